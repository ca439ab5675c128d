"""What an earlier run signed and never saw proved."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from custody.core.state import Item
from custody.drafting import Request
from custody.receipts import Done
from custody_cli import names
from custody_cli.run import Run
from custody_schemas.answers import Recorded

if TYPE_CHECKING:
    from custody_cli.errand import Errand


def tell(run: Run) -> None:
    """It has met its fate now: say so, once."""
    if "desk" not in vars(run):
        return
    while run.desk.settled:
        settled = run.desk.settled.pop(0)
        acts = ", ".join(signed.statement.name for signed in settled.batch)
        if settled.refusal is None:
            run.aside(f"left over from an earlier run, and recorded now: {acts}")
        else:
            run.aside(f"left over from an earlier run, and refused now: {acts}: {settled.refusal}")


def settle(run: Run) -> None:
    """Have it meet its fate before anything is decided that depends on it."""
    run.desk.settle()
    tell(run)


def stop_if_done(errand: "Errand", requests: Sequence[Request], done: Sequence[Done]) -> None:
    """End the command where an earlier run of it recorded the same of an item of another number."""
    asked = {subject.tag for request in requests for subject in request.about}
    made = list(dict.fromkeys(place.tag for each in done for place in each.statement.about))
    if asked == set(made):
        return
    ledger = errand.run.ledger
    items = [names.item_of(ledger, t).name for t in made if isinstance(ledger.subject(t), Item)]
    told = ", ".join(items)
    errand.tell(f"{told}, by an earlier run of the same command; nothing was recorded twice", done)
    errand.run.answer(Recorded(**errand.answer(done, items)))
    click.get_current_context().exit(0)
