"""Inventories: what should be there, what was seen, what is missing. (R30, R65, R66)"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import click

from custody.chains import Told, told_of
from custody.core import tags, times
from custody.core.errors import NotFoundError, UsageError
from custody.core.kept import Inventory
from custody.core.text import safe
from custody.drafting import Request, Subject
from custody.ledger.journal import Wanted
from custody.ledger.local import LocalLedger
from custody_cli import names, output
from custody_cli.errand import Errand
from custody_cli.items import spoken
from custody_cli.names import PREFIX, ItemName
from custody_cli.packing import facts
from custody_cli.recording import acting
from custody_cli.run import Run
from custody_cli.table import Command
from custody_cli.told import chain, text
from custody_cli.transfers import listed
from custody_schemas import acts
from custody_schemas.answers import Inventories, InventoryListed
from custody_schemas.declare import Kind
from custody_schemas.terms import InventoryOutcome

SEEN = (
    InventoryOutcome.PHYSICALLY_VERIFIED,
    InventoryOutcome.SEALED_CONTAINER_VERIFIED,
    InventoryOutcome.ACCOUNTED_ON_RELEASE,
)
COLUMNS = ("inventory", "why", "of", "since", "expected", "seen", "missing", "to look for")
OF = click.option("--inventory", "which", metavar="INVENTORY", help="Which, if several are open.")


class Count(NamedTuple):
    """An inventory as it stands: tags of items, by what became of them."""

    open: Inventory
    holder: str  # whose items; '': everybody's
    kind: str
    expected: tuple[ItemName, ...]
    seen: frozenset[str]
    missing: frozenset[str]
    unexpected: frozenset[str]

    @property
    def left(self) -> list[ItemName]:
        """Expected items that nobody has looked for."""
        done = self.seen | self.missing | self.unexpected
        return [item for item in self.expected if item.tag not in done]


@acting(acts.InventoryStarted, name="start", leave={"expected", "holder"}, need={"kind"})
@click.option("--of", "person", metavar="PERSON", help="Only of what PERSON holds.")
def start(errand: Errand, person: str | None) -> None:
    """Begin an inventory: of everything in custody, or of what one person holds.

    A new primary custodian begins with one of all that her predecessor held
    (--kind change_of_custodian --of PREDECESSOR).
    """
    ledger = errand.run.ledger
    tag = errand.person(person) if person else ""
    holder = names.person(ledger, tag) if tag else ""
    expected = len(list(_expected(ledger, holder)))
    given = errand.given(acts.InventoryStarted, expected=expected, holder=holder)
    subject = Subject(Kind.LEDGER, tags.ledger_tag(ledger.origin))
    request = Request(acts.InventoryStarted.NAME, (subject,), given)
    summary = f"inventory of what {holder or 'everybody'} holds: {expected} items expected"
    done = errand.record([request], summary)
    errand.finish(done, summary)
    errand.run.say(f"  it is called {done[0].statement.id[:12]}")
    errand.run.say("next: custody inventory scan - --outcome physically_verified")


@acting(acts.InventoryObserved, name="scan", leave={"inventory"}, need={"outcome"})
@click.argument("items", nargs=-1, required=True, metavar="ITEM…")
@OF
def scan(errand: Errand, items: tuple[str, ...], which: str | None) -> None:
    """Record what was found of ITEMs; - takes a list of scans.

    An item that the inventory does not expect is recorded as unexpectedly present, and one that is
    not located as missing: each opens its discrepancy by itself.
    """
    run = errand.run
    count = find(run.ledger, which)
    found = errand.items(items)
    expected = {item.tag for item in count.expected}
    here = errand.told["outcome"] in SEEN
    strange = [item for item in found if here and item.tag not in expected]
    for item in strange:
        whose = names.person(run.ledger, item.state.holder) or "nobody"
        errand.warn(f"careful: {item.both} was not expected here: on the record {whose} holds it")
    rest = [item for item in found if item not in strange]
    batch: list[Request] = []
    for outcome, members in (
        (errand.told["outcome"], rest),
        (InventoryOutcome.UNEXPECTEDLY_PRESENT, strange),
    ):
        given = {"inventory": count.open.id, "outcome": outcome}
        batch += errand.on_items(acts.InventoryObserved, members, **given)
    summary = f"{listed(found)}: {spoken(errand.told['outcome'])}"
    if strange:
        summary += f"; {len(strange)} unexpectedly present"
    errand.finish(errand.record(batch, summary), summary, [item.name for item in found])


@acting(
    acts.InventoryClosed,
    name="close",
    leave={"inventory", "verified", "missing", "unexpected", "unchecked"},
)
@OF
@click.option("--unchecked", is_flag=True, help="Close it though items were not looked for.")
def close(errand: Errand, which: str | None, unchecked: bool) -> None:
    """End an inventory with its numbers. Items that nobody looked for are listed first.

    What is not there is recorded with `custody inventory scan ITEM --outcome not_located`.
    """
    ledger = errand.run.ledger
    count = find(ledger, which)
    left = count.left
    for item in left:
        errand.run.aside(safe(f"not looked for: {item.both}"))
    if left and not unchecked:
        raise UsageError(
            f"{len(left)} of {len(count.expected)} items were not looked for: scan them, say "
            "--outcome not_located of those that are missing, or close it with --unchecked"
        )
    numbers: dict[str, Any] = {
        "verified": len(count.seen),
        "missing": len(count.missing),
        "unexpected": len(count.unexpected),
        "unchecked": len(left),
    }
    given = errand.given(acts.InventoryClosed, inventory=count.open.id, **numbers)
    subject = Subject(Kind.LEDGER, tags.ledger_tag(ledger.origin))
    summary = "inventory closed: " + ", ".join(f"{n} {what}" for what, n in numbers.items())
    request = Request(acts.InventoryClosed.NAME, (subject,), given)
    errand.finish(errand.record([request], summary), summary)


@click.command("list", cls=Command)
@click.pass_obj
def list_inventories(run: Run) -> None:
    """Inventories that are open, and how far they have come."""
    found = [_listed(each) for each in counts(run.ledger)]
    if not run.as_json:
        rows = [
            (
                *(each.inventory[:12], spoken(each.kind), each.holder or "everybody", each.since),
                *map(str, (each.expected, each.seen, each.missing, each.left)),
            )
            for each in found
        ]
        output.table(COLUMNS, rows, "no inventory is open: `custody inventory start` begins one")
    run.answer(Inventories(inventories=tuple(found)))


def find(ledger: LocalLedger, words: str | None) -> Count:
    """The open inventory of that name, or the only one.

    Raises:
        NotFoundError: none is open. UsageError: several are, or several begin so.
    """
    found = list(counts(ledger))
    if words is not None:
        wanted = words.strip().lower()
        found = [
            each for each in found if len(wanted) >= PREFIX and each.open.id.startswith(wanted)
        ]
    if not found:
        raise NotFoundError(
            "no such inventory is open: `custody inventory list` shows those that are"
        )
    if len(found) > 1:
        raise UsageError("several inventories are open: say which with --inventory")
    return found[0]


def counts(ledger: LocalLedger) -> Iterator[Count]:
    """The inventories that are open, as they stand."""
    open_ones = facts(ledger).inventories
    if not open_ones:
        return
    begun = {told.statement.id: told for told in chain(ledger, tags.ledger_tag(ledger.origin))}
    for each in open_ones:
        yield _count(ledger, each, begun[each.id])


def _count(ledger: LocalLedger, inventory: Inventory, begun: Told) -> Count:
    holder, kind = text(begun, "holder"), getattr(begun.statement.act, "kind", "")
    outcomes: dict[str, InventoryOutcome] = {}
    wanted = Wanted(since=inventory.since, saying=(inventory.id.encode(),))
    for told in map(told_of, ledger.entries(wanted)):
        act = told.statement.act
        if isinstance(act, acts.InventoryObserved) and act.inventory == inventory.id:
            outcomes |= {place.tag: act.outcome for place in told.statement.places(Kind.ITEM)}

    def those(*wanted: InventoryOutcome) -> frozenset[str]:
        return frozenset(tag for tag, outcome in outcomes.items() if outcome in wanted)

    return Count(
        open=inventory,
        holder=holder,
        kind=str(kind),
        expected=tuple(_expected(ledger, holder)),
        seen=those(*SEEN),
        missing=those(InventoryOutcome.NOT_LOCATED),
        unexpected=those(InventoryOutcome.UNEXPECTEDLY_PRESENT),
    )


def _expected(ledger: LocalLedger, holder: str) -> Iterator[ItemName]:
    """Items that should be there: in custody, and held by that person if it is said."""
    for each in ledger.find(Kind.ITEM, ""):
        item = names.item_of(ledger, each.tag)
        if item.state.terminal or item.state.holder is None:
            continue
        if not holder or names.person(ledger, item.state.holder) == holder:
            yield item


def _listed(count: Count) -> InventoryListed:
    return InventoryListed(
        inventory=count.open.id,
        kind=count.kind,
        holder=count.holder,
        since=times.spelt(count.open.since),
        expected=len(count.expected),
        seen=len(count.seen),
        missing=len(count.missing),
        unexpected=len(count.unexpected),
        left=len(count.left),
        to_look_for=tuple(item.name for item in count.left),
    )
