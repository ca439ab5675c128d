"""`custody consultations erase`: lines of the log go when their time is over. (R54, R92)"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from custody.consulting.epochs import ERASURE, Closed, Entry
from custody.consulting.log import erased
from custody.consulting.verifying import spoken
from custody.core import dsse, times
from custody.core.errors import RuleError, UsageError
from custody.core.retention import after, longest
from custody.core.rules.rights import RIGHTS, Right, roles_with
from custody.core.state import Actor
from custody.core.text import safe
from custody.identity.keyfile import Identity
from custody_cli.consulting import Erasing, look
from custody_cli.moments import moment
from custody_cli.overseers import oversees, roles
from custody_cli.packing import facts
from custody_cli.persons import find_identity
from custody_cli.recording import passphrase_option
from custody_cli.run import Run
from custody_schemas.answers import ConsultationsErased

ASKS = {Right.RETAIN, Right.OVERSEE, Right.ENROL}


@click.command(cls=Erasing)
@click.option(
    "--before", metavar="DATE", help="What is older; else what the packs' time is over of."
)
@click.option(
    "--with",
    "other",
    metavar="PERSON",
    help="Who oversees it and signs as well: another identity on this machine.",
)
@passphrase_option()
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@click.pass_obj
def erase(
    run: Run, before: str | None, other: str | None, passphrase_file: Path | None, yes: bool
) -> None:
    """Erase lines of the log on schedule; their epochs' signed roots stay, and verify.

    Whole epochs are erased, and only such as are closed. Two people sign it, each with her own
    key: who asks, and one who oversees everywhere. The time for which packs in force keep the log
    is waited for; without a pack, --before decides alone. Say why with --because; that, and who it
    was, is a line of the log itself.

    The keys of the epochs are destroyed, so that no backup of their lines can be read any more; a
    copy of the keys that was made before still opens it. What a disk keeps of overwritten blocks
    is beyond this program.
    """
    who, log, now = run.signer, run.at_home.consultations, int(run.now())
    overseer = _overseer(run, who, other, now)
    with log.quiet():
        entries = log.entries()
    threshold = _threshold(run, entries, before, now)
    if not yes and run.interactive and not run.as_json:
        question = f"{who.name}: erase what was logged before {times.spelt(threshold)}?"
        click.confirm(question, abort=True, err=True)
    asked = run.passphrases(passphrase_file)
    signers = [*asked.unlock(who).signers, *asked.unlock(overseer, own=False).signers]
    gone = log.erase(
        threshold,
        look(run, whole=True),
        overseer.actor,
        lambda payload: dsse.sign(ERASURE, payload, signers),
    )
    assert run.asking is not None
    run.asking.logged = True
    run.say(f"erased: epochs {spoken(gone)}" if gone else "nothing was due to be erased")
    if gone:
        run.say(safe(f"  signed by {who.name} and {overseer.name}; their keys are destroyed"))
        for copy in run.vault.keys.copies():
            run.say(safe(f"  replace the copy of the keys in {copy.folder}: it still opens them"))
    run.answer(ConsultationsErased(before=times.spelt(threshold), epochs=gone))


def _overseer(run: Run, who: Identity, words: str | None, now: int) -> Identity:
    """The second person; the first one may ask for it.

    Raises:
        RuleError: E_NO_GRANT, E_TWO_PERSON, E_SAME_PERSON.
    """
    asking = run.ledger.subject(who.actor)
    held = roles(asking, now) if isinstance(asking, Actor) else ()
    if not ASKS & {right for role in held for right in RIGHTS[role]}:
        raise RuleError(
            "E_NO_GRANT",
            "who asks for an erasure of the log decides how long things are kept, oversees or "
            f"enrols, in all cases: {roles_with(Right.RETAIN)}, {roles_with(Right.ENROL)}",
        )
    if words is None:
        raise RuleError(
            "E_TWO_PERSON",
            "nobody erases lines of the log alone: one who oversees everywhere signs as well, "
            "--with PERSON",
        )
    found = find_identity(run, words)
    person = run.ledger.subject(found.actor)
    if not oversees(person, now):
        raise RuleError(
            "E_NO_GRANT", f"{found.name} does not oversee all cases: {roles_with(Right.OVERSEE)}"
        )
    if found.actor == who.actor or _ids(asking) & _ids(person):
        raise RuleError("E_SAME_PERSON", "two different people sign the erasure of the log")
    return found


def _ids(person: object) -> set[str]:
    """Ids of all keys that a person ever had."""
    return {i for key in person.keys for i in key.ids} if isinstance(person, Actor) else set()


def _threshold(run: Run, entries: Sequence[Entry], before: str | None, now: int) -> int:
    """What is older than that may be erased.

    Raises:
        UsageError: nobody says how old.
        RuleError: a pack in force keeps it longer.
    """
    left = _left(entries)
    if before is None:
        if not facts(run.ledger).packs:
            raise UsageError("no pack says how long the log is kept: say --before DATE")
        ended = [each.last for each in left if _over(_until(run, each.last), now)]
        return max(ended, default=-1) + 1
    wanted = min(moment(before, now).at, now)
    for each in left:
        until = _until(run, each.last)
        if each.last < wanted and facts(run.ledger).packs and not _over(until, now):
            end = times.spelt(until) if until is not None else "for good"
            raise RuleError(
                "E_RETENTION", f"epoch {each.epoch} is kept {'until ' if until else ''}{end}"
            )
    return wanted


def lapsed(run: Run, entries: Sequence[Entry], now: int) -> tuple[int, ...]:
    """Closed epochs whose lines are there, past the time for which packs in force keep them."""
    if not facts(run.ledger).packs:
        return ()
    return tuple(each.epoch for each in _left(entries) if _over(_until(run, each.last), now))


def _left(entries: Sequence[Entry]) -> list[Closed]:
    gone = erased(entries)
    return [each for each in entries if isinstance(each, Closed) and each.epoch not in gone]


def _until(run: Run, last: int) -> int | None:
    """Until when packs keep an epoch: the longest of all that are loaded; None: for good."""
    return longest(_ends(run, last))


def _ends(run: Run, last: int) -> Iterator[int | None]:
    for each in facts(run.ledger).packs:
        kept = each.pack.consultations_kept
        yield after(last, kept) if kept is not None else None


def _over(until: int | None, now: int) -> bool:
    return until is not None and until <= now
