"""What an inventory expects and what was found: counted from the entries on record. (R30, R66)

An inventory is of the items that the person, or anybody, held at the moment when it began. What
came since is not counted in it, and what went elsewhere since is accounted for by its own entries.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from custody.chains import Told, chain, told_of
from custody.core import tags, times
from custody.core.findings import Check, Finding, Outcome, failed
from custody.core.state import Item
from custody.ledger.journal import Wanted
from custody.ledger.local import LocalLedger
from custody_schemas.acts import (
    CourtExhibited,
    CourtReturned,
    CustodyAssumed,
    DiscrepancyResolved,
    DispositionExecuted,
    InventoryClosed,
    InventoryObserved,
    InventoryStarted,
    ItemAcquired,
    ItemDerived,
    ItemReceived,
    ItemSeized,
    TransferAccepted,
    TransferAcknowledged,
)
from custody_schemas.declare import Kind
from custody_schemas.terms import Answer, DiscrepancyOutcome, InventoryOutcome

SEEN = (
    InventoryOutcome.PHYSICALLY_VERIFIED,
    InventoryOutcome.SEALED_CONTAINER_VERIFIED,
    InventoryOutcome.ACCOUNTED_ON_RELEASE,
)
TAKES = (
    *(ItemSeized, ItemAcquired, ItemDerived, ItemReceived),
    *(TransferAccepted, CustodyAssumed, CourtReturned),
)
"""Acts after which the person who leads holds the item."""
Outcomes = Mapping[str, InventoryOutcome]


class Count(NamedTuple):
    """An inventory as it stands: tags of items.

    expected: who held what when it began: every one of `seen`, `missing`, `gone`, `unchecked`
    here: what the person holds now
    gone: expected, held elsewhere by now, and not looked for
    unexpected: found beside those that were expected
    """

    expected: frozenset[str]
    here: frozenset[str]
    seen: frozenset[str]
    missing: frozenset[str]
    unexpected: frozenset[str]

    @property
    def unlooked(self) -> frozenset[str]:
        """Expected, and nobody looked for them."""
        return self.expected - self.seen - self.missing

    @property
    def gone(self) -> frozenset[str]:
        """Those of them that are held elsewhere by now."""
        return self.unlooked - self.here

    @property
    def unchecked(self) -> frozenset[str]:
        """Those of them that should still be there."""
        return self.unlooked & self.here


def held_now(ledger: LocalLedger, of: str | None) -> frozenset[str]:
    """Items in custody that the person holds; without one, that anybody does."""
    found = ((each.tag, ledger.subject(each.tag)) for each in ledger.find(Kind.ITEM, ""))
    return frozenset(
        tag
        for tag, item in found
        if isinstance(item, Item) and not item.terminal and _fits(item.holder, of)
    )


def count(ledger: LocalLedger, begun: Told) -> Count:
    """An inventory by the entry that began it."""
    act = begun.statement.act
    assert isinstance(act, InventoryStarted)
    here = held_now(ledger, act.of)
    moved: set[str] = set()
    outcomes: dict[str, InventoryOutcome] = {}
    for told in map(told_of, ledger.entries(Wanted(since=begun.entry.at))):
        made = told.statement
        places = [place.tag for place in made.places(Kind.ITEM)]
        if isinstance(made.act, InventoryObserved) and made.act.inventory == begun.statement.id:
            outcomes |= dict.fromkeys(places, made.act.outcome)
        elif told.entry.n > begun.entry.n and moves(told):
            moved |= {*places}
    then = {tag for tag in moved if _fits(_holder(ledger, tag, begun.entry.n), act.of)}
    expected = frozenset((here - moved) | then)
    return Count(
        expected=expected,
        here=here,
        seen=_those(outcomes, *SEEN) & expected,
        missing=_those(outcomes, InventoryOutcome.NOT_LOCATED) & expected,
        unexpected=_those(outcomes, InventoryOutcome.UNEXPECTEDLY_PRESENT),
    )


def _those(outcomes: Outcomes, *wanted: InventoryOutcome) -> frozenset[str]:
    return frozenset(tag for tag, outcome in outcomes.items() if outcome in wanted)


def _fits(holder: str | None, of: str | None) -> bool:
    return holder is not None and of in (None, holder)


def _holder(ledger: LocalLedger, tag: str, n: int) -> str | None:
    """Who held an item after record n; None: nobody here."""
    holder = None
    for told in chain(ledger, tag):
        if told.entry.n > n:
            break
        if moves(told) and tag in {place.tag for place in told.statement.places(Kind.ITEM)}:
            holder = taker(told)
    return holder


def taker(told: Told) -> str | None:
    """Who holds its items after an entry that moves them; None: nobody here."""
    return told.statement.by if isinstance(told.statement.act, TAKES) else None


def moves(told: Told) -> bool:
    """Whether the entry puts its items into other hands, or out of custody."""
    match told.statement.act:
        case TransferAcknowledged() | DispositionExecuted():
            return True
        case CourtExhibited(retained=retained):
            return retained is Answer.YES
        case DiscrepancyResolved(outcome=outcome):
            return outcome is DiscrepancyOutcome.RELIEF_GRANTED
    return isinstance(told.statement.act, TAKES)


def examined(ledger: LocalLedger, start: int) -> Iterator[Finding]:
    """Inventories that were closed from record `start` on, held against what was observed."""
    told = list(chain(ledger, tags.ledger_tag(ledger.origin)))
    begun = {each.statement.id: each for each in told}
    for each in told:
        act = each.statement.act
        if isinstance(act, InventoryClosed) and each.entry.n >= start:
            yield _examined(ledger, begun[act.inventory], each, act)


def _examined(ledger: LocalLedger, begun: Told, closed: Told, act: InventoryClosed) -> Finding:
    subject = f"inventory {act.inventory:.12}"
    observed = _observed(ledger, begun, closed)
    found = {
        "verified": len(_those(observed, *SEEN)),
        "missing": len(_those(observed, InventoryOutcome.NOT_LOCATED)),
        "unexpected": len(_those(observed, InventoryOutcome.UNEXPECTEDLY_PRESENT)),
    }
    wrong = [
        f"{getattr(act, name)} {name}, and {many} items were observed so"
        for name, many in found.items()
        if getattr(act, name) != many
    ]
    if wrong:
        return failed(Check.RULES, subject, f"it says {'; '.join(wrong)}")
    when = times.spelt(closed.entry.at)
    return Finding(Check.RULES, Outcome.PASSED, subject, f"numbers as observed until {when}")


def _observed(ledger: LocalLedger, begun: Told, closed: Told) -> Outcomes:
    """What was found of each item last, before the inventory was closed."""
    wanted = Wanted(begun.entry.at, closed.entry.at, None, [begun.statement.id.encode()])
    entries: Iterable[Told] = map(told_of, ledger.entries(wanted))
    return {
        place.tag: told.statement.act.outcome
        for told in entries
        if isinstance(told.statement.act, InventoryObserved)
        and told.statement.act.inventory == begun.statement.id
        and told.entry.n < closed.entry.n
        for place in told.statement.places(Kind.ITEM)
    }
