"""Rules on inventories: R30, R65, R66."""

from typing import Any

from custody.core import tags
from custody.core.state import LedgerFacts
from custody_schemas.acts import InventoryClosed, InventoryObserved, InventoryStarted
from custody_schemas.declare import Kind
from custody_schemas.terms import DiscrepancyKind
from tests.bodies import HASH
from tests.rulings import Attempt, admits, attempt, refuses, set_state
from tests.worlds import Person, Story

ITEM, LEDGER = Kind.ITEM, Kind.LEDGER


def ledger(s: Story) -> str:
    return tags.ledger_tag(s.world.origin)


def open_ones(s: Story) -> int:
    facts = s.world.states[ledger(s)]
    assert isinstance(facts, LedgerFacts)
    return len(facts.inventories)


def start(s: Story, by: Person, **given: Any) -> str:
    return s.world.record("inventory.started", [ledger(s)], given, signers=[by])


def observe(s: Story, which: str, by: Person, **given: Any) -> Attempt:
    return attempt(s, "inventory.observed", [s.laptop], {"inventory": which, **given}, by)


def close(s: Story, which: str, by: Person) -> Attempt:
    return attempt(s, "inventory.closed", [ledger(s)], {"inventory": which}, by)


@admits(InventoryStarted, LEDGER)
def test_several_are_open_at_once(s: Story) -> None:
    start(s, s.carl)
    start(s, s.pia, kind="spot_check")
    assert open_ones(s) == 2


@refuses(InventoryStarted, LEDGER, "E_NO_GRANT", "hold items")
def test_an_admin_counts_nothing(s: Story) -> Attempt:
    return attempt(s, "inventory.started", [ledger(s)], {}, s.ada)


@refuses(InventoryStarted, LEDGER, "E_INVENTORY", "why it is made")
def test_it_is_said_why(s: Story) -> Attempt:
    return attempt(s, "inventory.started", [ledger(s)], {"kind": "not_stated"}, s.carl)


@admits(InventoryObserved, ITEM)
def test_what_is_there_stays_as_it_is(s: Story) -> None:
    before = s.world.item(s.laptop)
    observe(s, start(s, s.carl), s.carl)()
    after = s.world.item(s.laptop)
    assert (after.discrepancies, after.holder) == ((), before.holder)


@admits(InventoryObserved, ITEM)
def test_what_is_missing_is_a_discrepancy(s: Story) -> None:
    observe(s, start(s, s.carl), s.pia, outcome="not_located")()
    (found,) = s.world.item(s.laptop).discrepancies
    assert found.kind is DiscrepancyKind.MISSING_ITEM


@admits(InventoryObserved, ITEM)
def test_what_should_not_be_there_is_one_too(s: Story) -> None:
    observe(s, start(s, s.carl), s.carl, outcome="unexpectedly_present")()
    (found,) = s.world.item(s.laptop).discrepancies
    assert found.kind is DiscrepancyKind.EXTRA_ITEM


@refuses(InventoryObserved, ITEM, "E_NO_GRANT", "hold items")
def test_who_may_neither_check_nor_hold_observes_nothing(s: Story) -> Attempt:
    return observe(s, start(s, s.carl), s.ada)


@refuses(InventoryObserved, ITEM, "E_INVENTORY", "not begun, or is closed")
def test_nothing_is_observed_outside_an_inventory(s: Story) -> Attempt:
    return observe(s, HASH, s.carl)


@refuses(InventoryObserved, ITEM, "E_INVENTORY", "not begun, or is closed")
def test_nor_after_its_end(s: Story) -> Attempt:
    which = start(s, s.carl)
    close(s, which, s.carl)()
    return observe(s, which, s.carl)


@refuses(InventoryObserved, ITEM, "E_INVENTORY", "says what was found")
def test_an_observation_says_something(s: Story) -> Attempt:
    return observe(s, start(s, s.carl), s.carl, outcome="not_yet_checked")


@refuses(InventoryObserved, ITEM, "E_TERMINAL", "for good")
def test_what_has_left_is_not_counted(s: Story) -> Attempt:
    which = start(s, s.carl)
    set_state(s, s.laptop, terminal=True)
    return observe(s, which, s.carl)


@admits(InventoryClosed, LEDGER)
def test_who_began_it_closes_it(s: Story) -> None:
    close(s, start(s, s.pia), s.pia)()
    assert not open_ones(s)


@admits(InventoryClosed, LEDGER)
def test_who_oversees_closes_what_somebody_left_open(s: Story) -> None:
    close(s, start(s, s.pia), s.olga)()


@refuses(InventoryClosed, LEDGER, "E_NO_GRANT", "oversee")
def test_nobody_else_closes_it(s: Story) -> Attempt:
    return close(s, start(s, s.carl), s.pia)


@refuses(InventoryClosed, LEDGER, "E_INVENTORY", "closed already")
def test_it_is_closed_once(s: Story) -> Attempt:
    which = start(s, s.carl)
    close(s, which, s.carl)()
    return close(s, which, s.carl)
