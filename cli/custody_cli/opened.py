"""Discrepancies that an act has opened by itself, and what ends them."""

from collections.abc import Iterator, Mapping

from custody.core.state import Item
from custody.core.state import Subject as State
from custody.core.text import safe
from custody_cli import names
from custody_cli.items import spoken
from custody_cli.run import Run
from custody_cli.told import chain


def lines(run: Run, before: Mapping[str, State | None]) -> Iterator[str]:
    """What is open now with items that were so `before`, by tag, and was not then."""
    for tag, state in before.items():
        then = {each.id for each in state.discrepancies} if isinstance(state, Item) else set()
        item = names.item_of(run.ledger, tag)
        new = [each for each in item.state.discrepancies if each.id not in then]
        if not new:
            continue
        numbers = {told.statement.id: n for n, told in enumerate(chain(run.ledger, tag), 1)}
        for each in new:
            number = numbers[each.id]
            several = sum(other.id == each.id for other in new) > 1
            kind = f" --kind {each.kind}" if several else ""
            yield safe(
                f"discrepancy opened: {item.both}, {spoken(each.kind)} (#{number}); who oversees "
                f"the case ends it: custody discrepancy resolve {item.name} {number}{kind} "
                "--outcome …"
            )
