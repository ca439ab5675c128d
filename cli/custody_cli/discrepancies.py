"""`custody discrepancy list`: what is not as it should be, over all items, and what ends it."""

import shlex
from collections.abc import Iterator, Sequence

import click

from custody.core.errors import UsageError
from custody.core.state import Discrepancy
from custody.core.text import safe
from custody.ledger import Ledger
from custody.reports import beside
from custody.reports.beside import Reading
from custody_cli import names, output
from custody_cli.consulting import Consulting, consulted
from custody_cli.items import item_answer, spoken, whereabouts
from custody_cli.names import CaseName, ItemName
from custody_cli.run import Run
from custody_cli.told import chain
from custody_schemas.acts import DiscrepancyOpened, DiscrepancyUpdated
from custody_schemas.answers import Discrepancies, DiscrepancyListed
from custody_schemas.declare import Kind

COLUMNS = ("item", "exhibit", "what", "entry", "since", "found by", "held by", "due")


@click.command("list", cls=Consulting)
@click.option("--all", "every", is_flag=True, help="Of all cases: so it is without --case.")
@click.option("--case", metavar="CASE", help="Only of the items of this case.")
@click.pass_obj
def list_open(run: Run, every: bool, case: str | None) -> None:
    """Discrepancies that are open: with which items, since when, and what ends them."""
    if every and case is not None:
        raise UsageError("say --all or --case, not both")
    ledger = run.ledger
    wanted = names.find_case(ledger, case) if case is not None else None
    consulted(run, cases=[wanted] if wanted else (), whole=wanted is None)
    found = [each for item in _troubled(ledger, wanted) for each in _listed(ledger, item)]
    if not run.as_json:
        rows = [
            (
                *(each.item, each.exhibit, spoken(each.kind), f"#{each.entry}", each.since),
                *(each.found_by, each.held_by, each.due or "not said"),
            )
            for each in found
        ]
        output.table(COLUMNS, rows, "no discrepancy is open")
        if found:
            run.say("next, by somebody who oversees the case and is not involved:")
        for each in found:
            run.say(f"  {safe(each.ends)}")
    run.answer(Discrepancies(discrepancies=tuple(found)))


def _troubled(ledger: Ledger, case: CaseName | None) -> Iterator[ItemName]:
    """Items with an open discrepancy, as their states say."""
    if case is not None:
        items: Iterator[ItemName] = iter(names.items_of_case(ledger, case))
    else:
        items = (names.item_of(ledger, each.tag) for each in ledger.find(Kind.ITEM, ""))
    return (item for item in items if item.state.discrepancies)


def _listed(ledger: Ledger, item: ItemName) -> Iterator[DiscrepancyListed]:
    """The open discrepancies of an item; only now its entries are read."""
    entries = [(told.entry, told) for told in chain(ledger, item.tag)]
    read = beside.readings(entries)
    wrong = beside.discrepancies(item.state, entries)
    held_by = whereabouts(item_answer(ledger, item))
    for opened, each in zip(item.state.discrepancies, wrong, strict=True):
        several = sum(other.id == opened.id for other in item.state.discrepancies) > 1
        yield DiscrepancyListed(
            item=item.name,
            exhibit=item.exhibit,
            kind=each.kind,
            entry=each.entry,
            since=each.since,
            found_by=names.person(ledger, entries[each.entry - 1][1].statement.by),
            held_by=held_by,
            due=_due(read, opened),
            ends=ending(item.name, each.entry, each.kind if several else ""),
        )


def ending(item: str, entry: int, kind: str = "") -> str:
    """What to type to end it; the kind where its entry opened several."""
    said = f" --kind {kind}" if kind else ""
    return f"custody discrepancy resolve {shlex.quote(item)} '#{entry}'{said} --outcome …"


def _due(entries: Sequence[Reading], wrong: Discrepancy) -> str | None:
    """By when it should be cleared up, as was said last."""
    days = [each.said("due_at") for each in entries if _speaks_of(each, wrong)]
    return next(filter(None, reversed(days)), None)


def _speaks_of(each: Reading, wrong: Discrepancy) -> bool:
    match each.told.statement.act:
        case DiscrepancyOpened():
            return not each.annulled and each.told.statement.id == wrong.id
        case DiscrepancyUpdated(discrepancy=wrong.id, kind=wrong.kind):
            return not each.annulled
    return False
