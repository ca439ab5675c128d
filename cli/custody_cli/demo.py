"""`custody demo`: the whole story on one machine, told by typing the real commands."""

import itertools
import os
import shlex
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from typing import NamedTuple

import click

from custody.core.errors import StorageError, UsageError
from custody_cli.run import Run
from custody_schemas.answers import Demonstrated

IMAGE_BYTES = 1 << 20
PASSPHRASE = "correct horse battery staple"
ORIGIN = "demo.example/evidence"
LONG_AGO = 2 * 86_400  # seconds: the seizure is typed in two days later
WEEK = 7 * 86_400  # seconds: so long the warrant is in force
MARK = b"invoice 2026-114: paid in cash\n"


class Step(NamedTuple):
    """What is told, what is typed, and the exit status that it must have."""

    told: str
    typed: str
    status: int = 0


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.pass_obj
def demo(run: Run, folder: Path | None) -> None:
    """Tell the whole story in FOLDER (a new custody-demo, unless you name another).

    Three people, a warrant, a laptop seized and written up late, an image, a courier, a broken
    seal, a check, a correction, a bundle for the prosecutor, one byte changed in it; a hold that
    keeps a stick from being destroyed, and its destruction when nothing keeps it. It takes about a
    minute. Everything is typed as you would type it; everything stays in FOLDER.
    """
    folder = folder or unused()
    if folder.exists():
        raise UsageError(f"{folder} exists: remove it, or name another folder")
    place = folder.absolute()
    place.mkdir(parents=True)
    stage = Stage(place, quiet=run.as_json)
    stage.say(f"Everything happens in {place}. What is typed stands behind $.\n")
    (place / "laptop-disk.raw").write_bytes(image())
    for step in STORY:
        stage.play(step)
    spoil(place / "bundle.zip", place / "bundle-one-byte-changed.zip")
    for step in (TAMPERED, *ENDING):
        stage.play(step)
    stage.say(CLOSING.format(folder=shlex.quote(str(folder))))
    names = ("bundle.zip", "trust.txt", "bundle-one-byte-changed.zip")
    paths = [str(place / name) for name in names]
    run.answer(Demonstrated(bundle=paths[0], trust=paths[1], spoilt=paths[2]))


def unused() -> Path:
    """custody-demo, or where it is taken custody-demo-2 and so on, in the current folder."""
    names = itertools.chain([""], (f"-{number}" for number in itertools.count(2)))
    return next(path for path in (Path(f"custody-demo{n}") for n in names) if not path.exists())


class Stage:
    """Types commands in a folder of their own, and stops where one ends otherwise than told."""

    def __init__(self, place: Path, quiet: bool) -> None:
        self.place, self.quiet = place, quiet
        self.environ = {
            **os.environ,
            "CUSTODY_HOME": str(place / "ledger"),
            "CUSTODY_IDENTITIES": str(place / "identities"),
            "CUSTODY_PASSPHRASE": PASSPHRASE,
            "CUSTODY_BECAUSE": "a demonstration",
            "COLUMNS": "100",
        }

    def say(self, text: str) -> None:
        """Print, unless only a document is wanted."""
        if not self.quiet:
            click.echo(text)

    def play(self, step: Step) -> None:
        """Tell, type and show one step.

        Raises:
            StorageError: it ended otherwise than the story has it.
        """
        typed = step.typed.format(then=shlex.quote(ago(LONG_AGO)), week=shlex.quote(ago(WEEK)))
        self.say(click.style(f"\n{step.told}", bold=True))
        self.say(click.style(f"$ custody {typed}", fg="cyan"))
        command = [sys.executable, "-m", "custody_cli.start", *shlex.split(typed)]
        done = subprocess.run(
            command,
            cwd=self.place,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self.say(done.stdout.rstrip())
        if done.returncode != step.status:
            raise StorageError(
                f"the demonstration stopped: `custody {typed}` ended with {done.returncode}, "
                f"not {step.status}:\n{done.stdout}"
            )
        if step.status:
            self.say(click.style(f"(exit status {done.returncode})", dim=True))


def ago(seconds: int) -> str:
    """The local time so long ago, as people type it."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(time.time() - seconds))


def image() -> bytes:
    """A small disk image: noise with a text in it, always the same."""
    noise = bytearray(Random(2026).randbytes(IMAGE_BYTES))
    noise[4096 : 4096 + len(MARK)] = MARK
    return bytes(noise)


def spoil(bundle: Path, target: Path) -> None:
    """A copy of the bundle with one bit of the evidence changed: it is stored there as it is."""
    data = bytearray(bundle.read_bytes())
    data[data.index(MARK) + 8] ^= 1
    target.write_bytes(data)


STORY = (
    Step(
        "An agency opens its ledger. Mara Quint is the first person; her key is made here.",
        'init --origin demo.example/evidence --name "Mara Quint" '
        '--organisation "Digital Forensics Unit"',
    ),
    Step(
        "Tom Reyes works at the laboratory. He makes his own key and hands over a request …",
        'identity create tom --name "Tom Reyes" --organisation "Regional Laboratory" '
        "-o tom-request.json",
    ),
    Step(
        "… and Mara, who may enrol people, has seen his papers.",
        "actor enrol tom-request.json --role examiner,lab_receiver,peer_reviewer "
        "--identity-checked in_person",
    ),
    Step(
        "A case, and the warrant that it rests on.",
        'case open FR-26/114 --title "Invoice fraud" --offence "Fraud Act 2006 s.1" '
        "--legal-profile example-ew "
        '--jurisdiction "England and Wales"',
    ),
    Step(
        "The warrant is valid from last week on.",
        "authority record FR-26/114 --kind search_warrant --identifier W-2026-881 "
        '--issuer "Magistrates\' Court" --valid-from {week} --valid-to 2099-12-31',
    ),
    Step(
        "Two days ago Mara seized a laptop; there was no network, so she types it in only now. "
        "The entry says so, and will always say so.",
        "seize FR-26/114 --exhibit MQ/1 --type computer --make Lenovo --serial PF-3X7 "
        '--place "12 High Street, first floor" --state on,locked --seal B-1001 '
        '--at {then} --late-reason "no network at the scene"',
    ),
    Step(
        "She cannot image a sealed laptop: that would contradict the record.",
        "acquire FR-26/114 laptop-disk.raw --source MQ/1 --exhibit MQ/1/A --type disk_image",
        4,
    ),
    Step(
        "So she opens the bag, having read its number …",
        'seal break MQ/1 --seal-read B-1001 --reason "to image the disk"',
    ),
    Step(
        "… takes the image: SHA-256 and BLAKE3 in one reading, read back from the disk …",
        "acquire FR-26/114 laptop-disk.raw --source MQ/1 --exhibit MQ/1/A --type disk_image "
        '--method physical --tool "dcfldd 1.9" --write-blocker "Tableau T8u"',
    ),
    Step("… and seals the laptop again.", "seal apply MQ/1 --seal B-1002"),
    Step(
        "Laptop and image go to the laboratory by courier. Mara holds them until Tom accepts.",
        'transfer release MQ/1 MQ/1/A --to "Tom Reyes" --by courier --carrier "City Couriers" '
        "--tracking CC-55102 --purpose laboratory_examination",
    ),
    Step(
        "Tom reads the number off the bag. It is not the one on file: the software says so, "
        "not he. The image matches its digests.",
        "--as tom transfer accept MQ/1 MQ/1/A --seal-read MQ/1=B-1007 --location laboratory "
        '--storage "Shelf 4" --remarks "bag looks re-taped"',
    ),
    Step("Tom re-hashes what the vault holds.", "--as tom check MQ/1/A"),
    Step(
        "Mara notices a typing mistake. The old value stays; a correction stands beside it.",
        "correct MQ/1 '#1' --field serial --value PF-3X71 --reason transcription_error",
    ),
    Step("This is what a court would want to read.", "item history MQ/1"),
    Step(
        "The case goes to the prosecutor as one file …",
        'export FR-26/114 -o bundle.zip --recipient "Crown Prosecution Service" '
        "--outside prosecutor --purpose disclosure_to_defence",
    ),
    Step(
        "… and the trust file, which names whose keys to believe, goes another way.",
        "trust show -o trust.txt",
    ),
    Step(
        "Anybody can check the bundle, offline. What is proved, what speaks against the "
        "evidence, and what is not proved are said apart.",
        "verify bundle.zip --trust trust.txt",
    ),
    Step("The ledger itself is examined too.", "verify"),
)
TAMPERED = Step(
    "Now somebody changes one bit of the image inside the bundle.",
    "verify bundle-one-byte-changed.zip --trust trust.txt",
    1,
)
ENDING = (
    Step(
        "Ines Vidal keeps the evidence room. Everybody has a key of her own.",
        'identity create ines --name "Ines Vidal" --organisation "Evidence Room" '
        "-o ines-request.json",
    ),
    Step(
        "She oversees how long things are kept.",
        "actor enrol ines-request.json --role custodian_primary --identity-checked in_person",
    ),
    Step(
        "How long that is, a jurisdiction pack says: data that two people sign. This one is an "
        "example, and says so.",
        "--as ines pack load example-ew --with tom",
    ),
    Step(
        "At the scene Mara had also taken a memory stick.",
        "seize FR-26/114 --exhibit MQ/2 --type storage_media --place "
        '"12 High Street, first floor" --state not_stated --at {then} '
        '--late-reason "no network at the scene"',
    ),
    Step(
        "The case is not prosecuted; that was decided long ago, and is typed in now.",
        "case status FR-26/114 --status not_prosecuted --effective-at 2024-02-01",
    ),
    Step("So much for the schedule:", "retention show MQ/2"),
    Step(
        "But the stick's owner disputes it, and Tom puts a hold on it.",
        '--as tom hold place MQ/2 --kind litigation --reason "the owner claims it"',
    ),
    Step(
        "Nothing under a hold is disposed of, whatever the schedule says.",
        "dispose request MQ/2 --kind destroy --reason not_prosecuted",
        4,
    ),
    Step(
        "The claim is settled. Two people who did not ask for it, and do not hold the stick, "
        "release the hold together with Mara.",
        'hold release MQ/2 --reason "claim withdrawn" --with tom --with ines',
    ),
    Step("Now she may ask …", "dispose request MQ/2 --kind destroy --reason not_prosecuted"),
    Step("… two others approve, each with her own key …", "--as tom dispose approve MQ/2"),
    Step("… and the second.", "--as ines dispose approve MQ/2"),
    Step(
        "The stick is shredded, and Tom watches.",
        'dispose execute MQ/2 --with tom:witness --method "shredded, 2 mm" --sanitisation destroy',
    ),
    Step(
        "The certificate says what was done, and that nothing is left.",
        "dispose certificate MQ/2 --number V-2026/7 -o certificate.html",
    ),
)
CLOSING = """
That was the whole story. In {folder} you find

  bundle.zip                    the bundle, with data/README.txt for people who have no custody
  trust.txt                     the trust file
  bundle-one-byte-changed.zip   the one that fails
  certificate.html              of the destruction
  ledger/, identities/          the ledger and the three keys (passphrase: correct horse battery staple)

Try next:

  cd {folder}
  python -m custody.core bundle.zip --trust trust.txt        the checking program alone
  unzip -p bundle.zip '*/data/README.txt'                    how to check without it
  export CUSTODY_HOME=$PWD/ledger CUSTODY_IDENTITIES=$PWD/identities CUSTODY_BECAUSE="a first look"
  custody item list
  custody item history MQ/1/A
"""
