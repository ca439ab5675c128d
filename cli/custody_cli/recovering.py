"""`custody recover`: what a backup saved of a lost ledger, and a new ledger that continues it."""

import os
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from custody import recovering
from custody.core.errors import ProofError, UsageError
from custody.core.keys import Algorithm
from custody.core.text import grouped, safe
from custody.founding import Founded, Founder, found
from custody.identity import keyfile
from custody.recovering import Saved
from custody_cli import names, output
from custody_cli.files import FILE
from custody_cli.founding import (
    ALGORITHM,
    KEYS,
    LEDGER_KEY,
    ORIGIN,
    POST_QUANTUM,
    TEXT,
    keys_at,
)
from custody_cli.params import Choices
from custody_cli.recording import passphrase_option
from custody_cli.run import Run
from custody_cli.table import Command
from custody_schemas.answers import Continued
from custody_schemas.answers import Saved as Answer
from custody_schemas.declare import Kind
from custody_schemas.terms import ActorRole

OLD_HOME = click.argument(
    "old", metavar="OLD_HOME", type=click.Path(exists=True, file_okay=False, path_type=Path)
)
CASES_MOST = 20  # that a hint names
MANY = 10_000  # records that take a while to examine


@click.command(cls=Command)
@OLD_HOME
@click.option(
    "--proof",
    "proofs",
    multiple=True,
    type=FILE,
    help="A proof of recording that somebody kept. Repeatable.",
)
@click.pass_obj
def check(run: Run, old: Path, proofs: tuple[Path, ...]) -> None:
    """Examine what was saved of a lost ledger in OLD_HOME; the folder is only read.

    Proofs of recording show which entries were recorded after the backup, and are lost.

    Exit status: 0 every record that was saved is sound; 5 something failed: bring back another copy.
    """
    with recovering.saved(old) as saved:
        answer = _examined(run, saved)
        said = recovering.proved(saved, [(path.name, path.read_bytes()) for path in proofs])
    for words in said:
        run.say(safe(f"  {words}"))
    run.answer(answer.but(proofs=tuple(said)))


@click.command(cls=Command)
@OLD_HOME
@click.option("--origin", required=True, type=ORIGIN, help="Name of the new ledger: another one.")
@click.option("--name", required=True, type=TEXT, help="Name of the first person.")
@click.option("--organisation", required=True, type=TEXT, help="The person's organisation.")
@click.option("--contact", default="", help="How to reach the person.")
@click.option(
    "--role",
    "roles",
    type=Choices(ActorRole, several=True),
    default="admin,examiner",
    show_default=True,
    help="Roles of the first person, with commas; admin is always one of them.",
)
@click.option("--yes", "-y", is_flag=True, help="Go on where nothing shows that it must be.")
@KEYS
@LEDGER_KEY
@ALGORITHM
@POST_QUANTUM
@passphrase_option()
@click.pass_obj
def ledger(run: Run, /, old: Path, **said: Any) -> None:
    """Make a new ledger that continues the lost one of which OLD_HOME was saved.

    Every record that was saved is examined first. The new ledger is made in --home, under another
    name; its first entry cites the last checkpoint that was saved. OLD_HOME stays as it is: keep
    it, it is the evidence of everything before. docs/recovery.md says what comes next.
    """
    if run.folder == old.absolute():
        raise UsageError(f"{old} is kept as it is: name a new folder with --home")
    with recovering.saved(old) as saved:
        if said["origin"] == saved.home.origin:
            raise UsageError(
                f"the new ledger needs another name than {saved.home.origin}: two pasts under one "
                f"name would look like a forgery; for example {saved.home.origin}-2"
            )
        answer = _examined(run, saved)
        _must_be(run, saved, answer, said["yes"])
        cases = [names.case_of(saved.ledger, e.tag) for e in saved.ledger.find(Kind.CASE, "")]
        made = found(
            run.folder,
            run.identities,
            _founder(saved, said),
            run.passphrases(said["passphrase_file"]),
            clock=run.now,
            entropy=os.urandom,
            handle=run.identity,
            keys_at=keys_at(run, said["keys_in"], said["ledger_key"]),
        )
    _tell_made(run, old, made, answer, cases)


def _tell_made(
    run: Run, old: Path, made: Founded, answer: Answer, cases: Sequence[names.CaseName]
) -> None:
    """The new ledger, and what to type next."""
    run.say(f"made: the ledger {made.home.origin} in {made.home.folder}")
    run.say(f"  continues {answer.origin} from its {answer.size} records on")
    run.say(f"  first person: {safe(made.identity.name)}, identity {made.identity.handle}")
    run.say(f"  trust file to hand out: {made.home.trust}, with the fingerprint")
    run.say(f"    {grouped(made.trust.fingerprint)}")
    for case in cases[:CASES_MOST]:
        words = shlex.join(["--home", str(run.folder), "recover", "items", str(old)])
        run.say(f"next: custody {words} {shlex.quote(case.reference)} ITEM… --received-from …")
    run.answer(
        Continued(
            origin=made.home.origin,
            home=str(made.home.folder),
            identity=made.identity.handle,
            key=made.identity.key.id,
            trust=made.trust.fingerprint,
            continues=answer,
        )
    )


@click.command("history", cls=Command)
@OLD_HOME
@click.argument("item")
@click.pass_context
def old_history(ctx: click.Context, old: Path, item: str) -> None:
    """The history of ITEM in the lost ledger, as far as it was saved in OLD_HOME."""
    from custody_cli.retelling import item_history

    with recovering.saved(old) as saved:
        ctx.obj = looking(ctx.obj, saved)
        ctx.invoke(item_history, item=item)


def looking(run: Run, saved: Saved) -> Run:
    """The same run, at the lost ledger: whatever reads a ledger or vault reads that one."""
    there = Run(str(saved.home.folder), None, run.identity, run.as_json)
    vars(there).update(ledger=saved.ledger, vault=saved.vault, at_home=saved.home, lost=True)
    return there


def _examined(run: Run, saved: Saved) -> Answer:
    """Examine all of it, and say what was saved.

    Raises:
        as `check_sound`.
    """
    remembered = check_sound(run, saved)
    why = recovering.reasons(saved, keyfile.listed(run.identities))
    run.say(f"saved of {saved.home.origin}: {saved.newest.size} records, every one examined")
    lacking = recovering.missing(saved)
    rows = [
        ("root", saved.newest.root.hex()),
        *(("why it cannot go on", each) for each in why),
        *(("missing, to read the evidence", each) for each in lacking),
    ]
    if not run.as_json:
        output.pairs(rows, "  ")
    if not remembered:
        run.aside(
            "nobody on this machine has pinned the trust file of that ledger: that these are its "
            "keys is the word of who restored it. Compare with a trust file or bundle handed out "
            "before the loss"
        )
    return Answer(
        origin=saved.home.origin,
        size=saved.newest.size,
        root=saved.newest.root.hex(),
        reasons=tuple(why),
        missing=tuple(lacking),
        proofs=(),
    )


def check_sound(run: Run, saved: Saved) -> bool:
    """Examine every record that was saved; whether anybody on this machine remembers the ledger.

    Nothing that was saved is believed before: its tables could have been altered as well.

    Raises:
        ProofError: something in it does not hold.
        RollbackError, SignatureError: people on this machine knew another ledger.
    """
    remembered = recovering.check_remembered(saved, keyfile.listed(run.identities))
    if saved.newest.size > MANY:
        run.aside(f"examining {saved.newest.size} records …")
    failed = recovering.failures(recovering.examined(saved, min(4, os.cpu_count() or 1)))
    if failed:
        told = "\n".join(f"{each.check} FAILED, {each.subject}: {each.detail}" for each in failed)
        raise ProofError(
            f"what was saved in {saved.home.folder} does not hold together: bring back another "
            f"copy\n{told}"
        )
    return remembered > 0


def _must_be(run: Run, saved: Saved, answer: Answer, yes: bool) -> None:
    """Ask, where nothing shows that the ledger cannot simply go on.

    Raises:
        UsageError: nobody can be asked.
    """
    if answer.reasons or yes:
        return
    nothing = (
        f"nothing here shows that {saved.home.origin} cannot go on as it is in {saved.home.folder}"
    )
    if run.as_json or not run.interactive:
        raise UsageError(
            f"{nothing}. If you know that later entries are lost, say --yes; a ledger that "
            "is whole is used with --home"
        )
    run.aside(f"{nothing}; go on only if you know that later entries are lost.")
    click.confirm("Make a new ledger that continues it?", abort=True, err=True)


def _founder(saved: Saved, said: dict[str, Any]) -> Founder:
    """The first person of the new ledger; its rules are the old one's."""
    return Founder(
        said["origin"],
        said["name"],
        said["organisation"],
        said["contact"],
        roles=tuple(dict.fromkeys([ActorRole.ADMIN, *said["roles"]])),
        rules=saved.facts.rules,
        algorithm=Algorithm(said["algorithm"]),
        partner=said["post_quantum"],
        continues=saved.continues,
    )
