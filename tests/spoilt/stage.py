"""The good bundle that all defects start from, and the tools to spoil it with."""

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from typing import Any

from custody.core import canonical, tags
from custody.core.bundle import layout
from custody.core.findings import Check, Outcome
from custody.core.record import Entry
from custody.core.trust import TrustFile
from custody_schemas.declare import Kind
from tests.bundles import DIGESTS, Bundle, trust_in, zipped
from tests.exports import content_of
from tests.memory import Signed
from tests.rogues import Rogue, rogue_story
from tests.spoilt import Spoilt
from tests.worlds import Person, Story, World

IMAGE = bytes(range(256)) * 300  # 76,800 bytes: its digests stand in the body
TEXT = b"note found on the laptop\n"  # its digests are withheld fields
EVIDENCE: Mapping[str, bytes] = {"data/items/2/0001.dd": IMAGE, "data/items/3/0001.txt": TEXT}
REPORT = "data/reports/register.txt"
NAME = "case.zip"
CASE = "case K-2026/17"


@dataclass
class Scenery:
    """A ledger in which the story went on.

    Items: the laptop (1), sealed and handed from Dora to Eve; an image of it (2); a note (3).
    last: the statement that checked the image, alone in its run and the last on that chain.
    """

    story: Story
    world: World
    release: str
    image: str
    text: str
    last: str


@dataclass
class Stage(Scenery):
    """The ledger is in the hands of an operator who records whatever is sent."""

    world: Rogue

    def fork(self) -> "Stage":
        """The same past, and a future of its own."""
        world = self.world.fork()
        world.case_keys = dict(world.case_keys)
        return replace(self, story=replace(self.story, world=world), world=world)

    def bundle(self, *items: str, **more: Any) -> Bundle:
        """An export by Olga at this moment; of the whole case, unless items are named."""
        if not items:
            more = {"evidence": EVIDENCE, **more}
        made = Bundle(self.world, self.story.case, self.story.olga, items, **more)
        made.files[REPORT] = b"all in order\n"
        return made

    def first(self, statement: str) -> int:
        """Index of the first record of a statement."""
        return next(run.first for run in self.world.runs if run.signed.id == statement)

    def sent(self, statement: str) -> Signed:
        """What was submitted of a statement."""
        return next(run.signed for run in self.world.runs if run.signed.id == statement)

    def sent_of(self, act: str) -> Signed:
        """What was submitted first of an act."""
        return next(run.signed for run in self.world.runs if run.signed.statement.name == act)

    def subject_keys(self, *numbers: int) -> list[dict[str, Any]]:
        """The keys of case, register and these items, each for one tag."""
        reference, key = self.world.case_keys[self.story.case]
        subjects: list[tuple[str, int | None]] = [("case", None), ("register", None)]
        subjects += [("item", number) for number in numbers]
        return [
            {
                "key": tags.subject_key(key, kind, reference, number).hex(),
                "kind": kind,
                "reference": reference,
                **({"number": number} if number else {}),
            }
            for kind, number in subjects
        ]

    @property
    def next(self) -> str:
        """What the finding about the next record is called."""
        return f"record {len(self.world.records)}"


def went_on(story: Story) -> Scenery:
    """What follows the usual story, told in its world."""
    world = story.world
    world.record("seal.applied", [story.laptop], {"seal_number": "S-1"}, signers=[story.dora])
    given: dict[str, Any] = {"to": story.eve.tag}
    release = world.record("transfer.released", [story.laptop], given, signers=[story.dora])
    given = {"transfer": release, "seal": "intact", "seal_read": "S-1"}
    world.record("transfer.accepted", [story.laptop], given, signers=[story.eve])
    given = {"verdict": "broken_authorised"}
    world.record("seal.broken", [story.laptop], given, signers=[story.eve])
    image = world.register(story.case, 2, by=story.eve)
    about: list[str | tuple[Kind, str]] = [image, (Kind.SOURCE, story.laptop)]
    world.record("item.acquired", about, content_of(IMAGE, "disk.dd"), signers=[story.eve])
    text = world.register(story.case, 3, by=story.dora)
    world.record("item.acquired", [text], content_of(TEXT, "note.txt"), signers=[story.dora])
    last = world.record("integrity.checked", [image], signers=[story.carl])
    return Scenery(story, world, release, image, text, last)


@cache
def _told() -> Stage:
    story, world = rogue_story()
    return Stage(**{**vars(went_on(story)), "world": world})


def stage() -> Stage:
    """A ledger of one's own, in which the story was told."""
    return _told().fork()


@cache
def _good() -> tuple[Stage, Bundle]:
    own = stage()
    return own, own.bundle()


def good() -> tuple[Stage, Bundle]:
    """That ledger and its good bundle, whose files may be spoilt. The ledger is shared."""
    own, bundle = _good()
    made = copy.copy(bundle)
    made.files = dict(bundle.files)
    return own, made


def spoilt_of(bundle: Bundle, *subjects: str, trust: TrustFile | None = None) -> Spoilt:
    """That bundle as its exporter signs it, spoilt as it is."""
    return handed(bundle.bag(), bundle, *subjects, trust=trust)


def handed(
    files: Mapping[str, bytes], bundle: Bundle, *subjects: str, trust: TrustFile | None = None
) -> Spoilt:
    """These files as a zip; `bundle` says whose ledger they are of."""
    return Spoilt(frozenset(subjects), (zipped(files),), trust or trust_in(bundle.world))


def of(subject: str) -> str:
    """The subject of a finding within the bundle."""
    return f"{NAME}: {subject}"


def rebagged(
    files: Mapping[str, bytes], lists: Mapping[str, bytes] | None = None
) -> dict[str, bytes]:
    """All manifests, but for the payload's in `lists`, as they must be for these files.

    The exporter's signature stays what it was.
    """
    payload = {path: data for path, data in files.items() if path.startswith(layout.PAYLOAD)}
    oxum = f"Payload-Oxum: {sum(map(len, payload.values()))}.{len(payload)}\n".encode()
    tagged = {
        layout.BAGIT: files[layout.BAGIT],
        layout.BAG_INFO: oxum,
        layout.SIGNATURE: files[layout.SIGNATURE],
        **{path: _listed(kind, payload) for kind, path in layout.MANIFESTS.items()},
        **(lists or {}),
    }
    over = {path: _listed(kind, tagged) for kind, path in layout.TAG_MANIFESTS.items()}
    return payload | tagged | over


def _listed(algorithm: str, files: Mapping[str, bytes]) -> bytes:
    make = DIGESTS[algorithm]
    lines = (f"{make(data).hexdigest()}  {path}\n" for path, data in sorted(files.items()))
    return "".join(lines).encode()


UNREAD = {
    (check, Outcome.UNDETERMINED): "nothing can be asked about a statement that is not there"
    for check in (Check.SIGNATURE, Check.KEY, Check.RULES, Check.REDACTIONS, Check.FRESHNESS)
}


Which = Callable[[dict[str, Any]], bool]


def drop(bundle: Bundle, path: str, which: Which) -> None:
    """Leave lines out of a .jsonl file."""

    def change(values: list[Any]) -> None:
        values[:] = [value for value in values if not which(value)]

    bundle.edit(path, change)


def alter(bundle: Bundle, file: str, which: Which, **changes: Any) -> None:
    """Change members of those lines of a .jsonl file."""

    def change(values: list[Any]) -> None:
        found = [value for value in values if which(value)]
        assert found
        for value in found:
            value.update(changes)

    bundle.edit(file, change)


def withhold(bundle: Bundle, numbers: Sequence[int]) -> None:
    """Leave records out with their proofs, and the envelopes that nothing shown needs any more.

    What belongs to a run of which another record is still shown becomes a companion.
    """
    drop(bundle, layout.RECORDS, lambda v: v["n"] in numbers)
    drop(bundle, layout.PROOFS, lambda v: v["n"] in numbers)
    shown = [canonical.decode(line, 10_000) for line in bundle.files[layout.RECORDS].splitlines()]
    envs, gone = {value.get("env") for value in shown}, set[str]()
    for n in numbers:
        entry = bundle.read[n]
        assert isinstance(entry, Entry)
        path = layout.ENVELOPE.format(entry.env)
        if entry.env in envs:
            accompany(bundle, n)
        elif path in bundle.files:
            del bundle.files[path]
            gone.add(entry.env)
    drop(bundle, layout.DISCLOSURES, lambda v: v["env"] in gone)
    drop(bundle, layout.COMPANIONS, lambda v: v["record"]["env"] in gone)


def accompany(bundle: Bundle, n: int) -> None:
    """Show a record as a companion."""
    value = canonical.decode(bundle.records[n], 10_000)

    def change(values: list[Any]) -> None:
        values.append({"n": n, "path": bundle.path(n), "record": value})
        values.sort(key=lambda each: int(each["n"]))

    bundle.edit(layout.COMPANIONS, change)


def chain_of(bundle: Bundle, tag: str) -> list[int]:
    """Indexes of a subject's records."""
    return [n for n, e in enumerate(bundle.read) if isinstance(e, Entry) and e.tag == tag]


def hide(bundle: Bundle, tag: str) -> None:
    """Leave a whole subject out, as if it were none of the bundle's business."""
    withhold(bundle, chain_of(bundle, tag))
    drop(bundle, layout.SUBJECTS, lambda v: v["tag"] == tag)


def env_of(signed: Signed) -> str:
    """Name of the envelope's file."""
    return sha256(signed.envelope.encode()).hexdigest()


def name_of(person: Person) -> str:
    """What findings call a person."""
    return f"{person.name} ({person.tag:.12})"
