"""`custody retention due`: what is due for review, overdue, or soon due. (R73)"""

from collections.abc import Sequence

import click

from custody.core import times
from custody.core.retention import DAY
from custody.core.text import safe
from custody.waiting import Times
from custody_cli import names, output
from custody_cli.consulting import Routine, consulted
from custody_cli.params import days
from custody_cli.run import Run
from custody_cli.waits import Lists
from custody_schemas.answers import Due, WaitingAnswer

COLUMNS = ("what", "exhibit", "why", "since", "decided by")


@click.command(cls=Routine)
@click.option("--case", metavar="CASE", help="Only this case.")
@days(
    "--within",
    between=(0, 36_500),
    default=30,
    text="Look so far ahead; and what has been due for longer is overdue. A local threshold.",
)
@click.pass_obj
def due(run: Run, case: str | None, within: int) -> None:
    """What is due for review: items whose retention is over, days named, holds to be looked at.

    Nothing happens to any of it by itself: somebody reviews it and keeps it, or asks for its
    disposition. Whoever looked after retention was over is not asked again until --next-review.
    """
    now = int(run.now())
    found = names.find_case(run.ledger, case) if case else None
    consulted(run, cases=[found] if found else (), whole=found is None)
    told = Lists(run.ledger, Times(now, now + within * DAY, within), found)
    parts: dict[str, list[WaitingAnswer]] = {"overdue": [], "due": [], "soon": []}
    for each in told.answers(told.reviews()):
        part = "soon" if each.days < 0 else "due" if each.days <= within else "overdue"
        parts[part].append(each)
    if not run.as_json:
        _tell(run, parts, within)
    lists = {name: tuple(each) for name, each in parts.items()}
    run.answer(Due(at=times.spelt(now), within=within, **lists))


def _tell(run: Run, parts: dict[str, list[WaitingAnswer]], within: int) -> None:
    titles = {
        "overdue": f"Overdue for review: for more than {within} days",
        "due": "Due for review",
        "soon": f"Soon due: within {within} days",
    }
    for name, found in parts.items():
        if found:
            run.say(f"{titles[name]} ({len(found)}):")
            table(run, found)
    if not any(parts.values()):
        run.say(f"Nothing is due for review, or will be within {within} days.")
    else:
        run.say("Nothing happens to any of it by itself.")


def table(run: Run, found: Sequence[WaitingAnswer]) -> None:
    """What waits, for people, and what to type next."""
    rows = [
        (
            ", ".join(each.items) or (f"case {each.case}" if each.case else "the ledger"),
            ", ".join(filter(None, each.exhibits)),
            each.words,
            each.since,
            "; ".join(f"{line.line}, {line.because}" for line in each.lines),
        )
        for each in found
    ]
    output.table(COLUMNS, rows, "")
    for row, each in zip(rows, found, strict=True):
        run.say(safe(f"  {row[0]}: {', or '.join(f'`{command}`' for command in each.next)}"))
