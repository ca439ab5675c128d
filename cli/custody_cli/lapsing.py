"""`custody consultations erase`: lines of the log go when their time is over. (R92)"""

from collections.abc import Iterator, Sequence

import click

from custody.consulting.epochs import Closed, Entry
from custody.consulting.log import erased
from custody.consulting.verifying import spoken
from custody.core import times
from custody.core.errors import RuleError, UsageError
from custody.core.retention import after, longest
from custody_cli.consulting import Erasing, look
from custody_cli.moments import moment
from custody_cli.packing import facts
from custody_cli.run import Run
from custody_schemas.answers import ConsultationsErased


@click.command(cls=Erasing)
@click.option(
    "--before", metavar="DATE", help="What is older; else what the packs' time is over of."
)
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@click.pass_obj
def erase(run: Run, before: str | None, yes: bool) -> None:
    """Erase lines of the log on schedule; their epochs' signed roots stay, and verify.

    Whole epochs are erased, and only such as are closed. The time for which packs in force keep
    the log is waited for; without a pack, --before decides alone. Say why with --because; that,
    and who it was, is a line of the log itself.

    Backups made earlier hold what is erased here: destroy them when their time is over too. What
    a disk keeps of overwritten blocks is beyond this program.
    """
    who, log, now = run.who, run.at_home.consultations, int(run.now())
    with log.quiet():
        entries = log.entries()
    threshold = _threshold(run, entries, before, now)
    if not yes and run.interactive and not run.as_json:
        question = f"{who.name}: erase what was logged before {times.spelt(threshold)}?"
        click.confirm(question, abort=True, err=True)
    gone = log.erase(threshold, look(run, whole=True))
    assert run.asking is not None
    run.asking.logged = True
    run.say(f"erased: epochs {spoken(gone)}" if gone else "nothing was due to be erased")
    run.answer(ConsultationsErased(before=times.spelt(threshold), epochs=gone))


def _threshold(run: Run, entries: Sequence[Entry], before: str | None, now: int) -> int:
    """What is older than that may be erased.

    Raises:
        UsageError: nobody says how old.
        RuleError: a pack in force keeps it longer.
    """
    gone = erased(entries)
    left = [each for each in entries if isinstance(each, Closed) and each.epoch not in gone]
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


def _until(run: Run, last: int) -> int | None:
    """Until when packs keep an epoch: the longest of all that are loaded; None: for good."""
    return longest(_ends(run, last))


def _ends(run: Run, last: int) -> Iterator[int | None]:
    for each in facts(run.ledger).packs:
        kept = each.pack.consultations_kept
        yield after(last, kept) if kept is not None else None


def _over(until: int | None, now: int) -> bool:
    return until is not None and until <= now
