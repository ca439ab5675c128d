"""`custody sweep`: what a scheduler runs. It notifies, it checks, and it never disposes. (R53, R73)"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from custody.consulting.verifying import spoken
from custody.core import times
from custody.waiting import Times
from custody_cli.consulting import Routine, consulted
from custody_cli.due import table
from custody_cli.params import OVERDUE_AFTER
from custody_cli.recording import Signing, passphrase_option
from custody_cli.run import Run
from custody_cli.waits import Lists
from custody_schemas.answers import Checked, Swept

if TYPE_CHECKING:
    from custody_cli.errand import Errand


@click.command(cls=Routine)
@click.option(
    "--check",
    "count",
    type=click.IntRange(1),
    metavar="N",
    help="Re-hash the N items whose last check is longest ago, and record what was found.",
)
@OVERDUE_AFTER
@passphrase_option()
@click.option("--confirm-clock", is_flag=True, help="The clock is right, though long went by.")
@click.pass_obj
def sweep(
    run: Run, count: int | None, days: int, passphrase_file: Path | None, confirm_clock: bool
) -> None:
    """All that waits for somebody, over all cases. A scheduler runs it, say every night.

    Reviews and holds that are due; requests, hand-overs, check-outs, working copies and inventories that are
    overdue; what is to be ratified; deadlines of appeal that passed. Nothing is disposed of, and
    nothing is recorded but the check, with --check. The log of consultations is closed for the day
    that is over, and it is told which of it may be erased now. It may run twice, at once, and be stopped.

    Exit status 0 whatever waits. With --check also 1 where content differs or cannot be read, and 3
    where some could not be checked.
    """
    run.leap_confirmed = confirm_clock  # before anything opens the ledger
    now = int(run.now())
    lists = Lists(run.ledger, Times(now, now, days))
    consulted(run, whole=True)
    lapsed = _lapsed(run, now)
    found = lists.answers([*lists.reviews(), *lists.others()])
    if not run.as_json:
        run.say(f"Waiting for somebody ({len(found)}):" if found else "Nothing waits for anybody.")
        if found:
            table(run, found)
        if not all(each.agreed for each in found):
            run.say(f"Where no day was agreed: after {days} days, a local threshold.")
    if lapsed:
        run.say(f"The log of consultations: the time of epochs {spoken(lapsed)} is over;")
        run.say("  two people erase them: `custody consultations erase --because … --with PERSON`")
    checked, status = _checked(run, count, passphrase_file) if count else (None, 0)
    run.answer(
        Swept(
            at=times.spelt(now),
            overdue_after_days=days,
            waiting=tuple(found),
            checked=checked,
            consultations_over=lapsed,
        )
    )
    click.get_current_context().exit(status)


def _lapsed(run: Run, now: int) -> tuple[int, ...]:
    """Close the log's epoch whose day is over; epochs past the time for which packs keep them."""
    from custody_cli.lapsing import lapsed

    log = run.at_home.consultations
    log.close_due(now)
    with log.quiet():
        return lapsed(run, log.entries(), now)


def _checked(run: Run, count: int, passphrase_file: Path | None) -> tuple[Checked | None, int]:
    from custody_cli.checking import scheduled

    found = scheduled(_errand(run, passphrase_file), count)
    if found is None:
        run.say("No item has content that could be checked.")
    return found or (None, 0)


def _errand(run: Run, passphrase_file: Path | None) -> "Errand":
    """A check on behalf of whoever runs the scheduler; nobody is asked."""
    from custody_cli.errand import Errand

    signing = Signing(
        at=None,
        ended=None,
        late=None,
        note=None,
        place=None,
        on_behalf_of=None,
        attach=(),
        cosigners=(),
        passphrase_file=passphrase_file,
        dry_run=False,
        yes=True,
        confirm_clock=run.leap_confirmed,
    )
    return Errand(run, signing, {})
