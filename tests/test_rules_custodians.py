"""Nobody follows a primary custodian before every item was counted, with both there: R30, R66."""

from collections.abc import Sequence
from typing import Any

from custody.core import tags
from custody.core.state import LedgerFacts
from custody_schemas.acts import ActorRegistered, InventoryClosed, InventoryStarted, RoleGranted
from custody_schemas.declare import Capacity, Kind
from custody_schemas.terms import ActorRole
from tests.bodies import HASH
from tests.memory import ORIGIN
from tests.rulings import Attempt, admits, attempt, refuses, second_case, shown_only
from tests.worlds import Person, Story, World, signer_of

ACTOR, LEDGER = Kind.ACTOR, Kind.LEDGER
THERE = tags.ledger_tag(ORIGIN)
CUSTODIAN = {"role": "custodian_primary"}
CHANGE = "change_of_custodian"
DAY = 86_400
NOT_COUNTED = "what she holds is counted first"
BESIDE = Capacity.COUNTERPARTY


def facts(world: World) -> LedgerFacts:
    found = world.states[THERE]
    assert isinstance(found, LedgerFacts)
    return found


def custodians(world: World) -> dict[str | None, str]:
    return {each.case: each.actor for each in facts(world).custodians}


def start(s: Story, of: Person | None, to: Person | None, **given: Any) -> Attempt:
    """Carl begins an inventory at a change of custodian."""
    people = {"of": of and of.tag, "to": to and to.tag}
    return attempt(s, "inventory.started", [THERE], {"kind": CHANGE, **people, **given}, s.carl)


def begun(s: Story, of: Person, to: Person) -> str:
    return str(start(s, of, to)())


def end(s: Story, which: str, *signers: Any, **given: Any) -> Attempt:
    return attempt(s, "inventory.closed", [THERE], {"inventory": which, **given}, *signers)


def count(s: Story, of: Person, to: Person) -> None:
    """An inventory as it should be: both are there to the end."""
    lead = s.carl if s.carl in (of, to) else s.olga
    other = to if lead is of else of
    which = begun(s, of, to)
    end(s, which, lead, (other, BESIDE), *([] if to in (lead, other) else [(to, BESIDE)]))()


def appoint(s: Story, to: Person, about: Sequence[Any] = (THERE,), **given: Any) -> Attempt:
    return attempt(s, "role.granted", [to.tag, *about], {**CUSTODIAN, **given}, s.ada)


@admits(ActorRegistered, ACTOR, LEDGER)
def test_the_first_needs_no_inventory(s: Story) -> None:
    world = World()
    ada = world.found()
    carl = world.enrol("Carl", "custodian_primary", by=ada)
    assert custodians(world) == {None: carl.tag}
    s.world = world


def test_a_founder_may_be_the_first() -> None:
    world = World()
    ada = world.found("Ada", "custodian_primary")
    assert custodians(world) == {None: ada.tag}


@admits(RoleGranted, ACTOR, LEDGER)
def test_who_counted_with_her_follows(s: Story) -> None:
    count(s, s.carl, s.pia)
    appoint(s, s.pia)()
    assert custodians(s.world) == {None: s.pia.tag}
    assert facts(s.world).counted == ()
    assert s.world.actor(s.pia).grants[-1].role is ActorRole.CUSTODIAN_PRIMARY


@admits(RoleGranted, ACTOR, LEDGER)
def test_one_who_oversees_signs_for_her_who_cannot(s: Story) -> None:
    end(s, begun(s, s.carl, s.pia), s.olga, (s.pia, BESIDE))()
    s.world.record("role.revoked", [s.carl.tag], CUSTODIAN, signers=[s.ada])
    appoint(s, s.pia)()


@admits(RoleGranted, ACTOR, LEDGER)
def test_the_same_person_goes_on(s: Story) -> None:
    """Her appointment is renewed, or was for a time."""
    appoint(s, s.carl, valid_to="2030-01-01T00:00:00Z")()


@admits(RoleGranted, ACTOR, LEDGER)
def test_each_case_has_its_own(s: Story) -> None:
    """The first in a case follows nobody there."""
    appoint(s, s.pia, case=s.case)()
    appoint(s, s.eve, case=second_case(s)[0])()
    assert len(custodians(s.world)) == 3


@admits(RoleGranted, ACTOR, LEDGER)
def test_one_inventory_is_enough_for_all_that_she_leaves(s: Story) -> None:
    appoint(s, s.carl, case=s.case)()
    count(s, s.carl, s.pia)
    appoint(s, s.pia)()
    appoint(s, s.pia, case=s.case)()
    assert set(custodians(s.world).values()) == {s.pia.tag}


@refuses(RoleGranted, LEDGER, "E_INVENTORY", NOT_COUNTED)
def test_nobody_follows_uncounted(s: Story) -> Attempt:
    return appoint(s, s.pia)


@refuses(RoleGranted, LEDGER, "E_INVENTORY", NOT_COUNTED)
def test_nor_where_the_role_was_taken_back_first(s: Story) -> Attempt:
    s.world.record("role.revoked", [s.carl.tag], CUSTODIAN, signers=[s.ada])
    return appoint(s, s.pia)


@refuses(RoleGranted, LEDGER, "E_INVENTORY", NOT_COUNTED)
def test_nor_in_a_case_that_had_one(s: Story) -> Attempt:
    appoint(s, s.carl, case=s.case)()
    return appoint(s, s.pia, case=s.case)


@refuses(RoleGranted, LEDGER, "E_INVENTORY", NOT_COUNTED)
def test_a_periodic_inventory_is_no_change_of_custodian(s: Story) -> Attempt:
    which = start(s, s.carl, None, kind="periodic")()
    end(s, str(which), s.carl, (s.pia, BESIDE))()
    return appoint(s, s.pia)


@refuses(RoleGranted, LEDGER, "E_INVENTORY", NOT_COUNTED)
def test_another_person_counted(s: Story) -> Attempt:
    count(s, s.carl, s.eve)
    return appoint(s, s.pia)


@refuses(RoleGranted, LEDGER, "E_INVENTORY", NOT_COUNTED)
def test_another_persons_items_were_counted(s: Story) -> Attempt:
    count(s, s.eve, s.pia)
    return appoint(s, s.pia)


@refuses(RoleGranted, LEDGER, "E_INVENTORY", NOT_COUNTED)
def test_one_item_was_not_looked_for(s: Story) -> Attempt:
    end(s, begun(s, s.carl, s.pia), s.carl, (s.pia, BESIDE), verified=0, unchecked=1)()
    return appoint(s, s.pia)


@refuses(RoleGranted, LEDGER, "E_INVENTORY", NOT_COUNTED)
def test_she_who_follows_was_not_there(s: Story) -> Attempt:
    end(s, begun(s, s.carl, s.pia), s.carl, (s.olga, BESIDE))()
    return appoint(s, s.pia)


@refuses(RoleGranted, LEDGER, "E_INVENTORY", NOT_COUNTED)
def test_she_who_leaves_was_not_there_nor_anybody_who_oversees(s: Story) -> Attempt:
    which = s.world.record(
        *("inventory.started", [THERE]),
        {"kind": CHANGE, "of": s.carl.tag, "to": s.pia.tag},
        signers=[s.pia],
    )
    end(s, which, s.pia, (s.eve, BESIDE))()
    return appoint(s, s.pia)


@refuses(RoleGranted, LEDGER, "E_INVENTORY", NOT_COUNTED)
def test_an_inventory_that_is_open_says_nothing(s: Story) -> Attempt:
    begun(s, s.carl, s.pia)
    return appoint(s, s.pia)


@admits(RoleGranted, ACTOR, LEDGER)
def test_after_seven_days_it_still_counts(s: Story) -> None:
    count(s, s.carl, s.pia)
    s.world.now += 7 * DAY - 60  # a minute has passed
    appoint(s, s.pia)()


@refuses(RoleGranted, LEDGER, "E_INVENTORY", "no more than 7 days ago")
def test_later_it_is_counted_anew(s: Story) -> Attempt:
    count(s, s.carl, s.pia)
    s.world.now += 7 * DAY
    return appoint(s, s.pia)


@refuses(RoleGranted, LEDGER, "E_INVENTORY", NOT_COUNTED)
def test_an_inventory_serves_one_change(s: Story) -> Attempt:
    """Carl hands over to Pia, gets it back, and Pia is to follow again."""
    count(s, s.carl, s.pia)
    appoint(s, s.pia)()
    count(s, s.pia, s.carl)
    appoint(s, s.carl)()
    return appoint(s, s.pia)


@refuses(ActorRegistered, LEDGER, "E_INVENTORY", "enrolled in another role")
def test_nobody_new_is_enrolled_in_her_place(s: Story) -> Attempt:
    return enrolling(s, [(LEDGER, THERE)], "custodian_primary")


@refuses(ActorRegistered, ACTOR, "E_INVENTORY", "the ledger's own chain too")
def test_no_first_one_is_enrolled_beside_the_ledgers_chain(s: Story) -> Attempt:
    return enrolling(s, [], "custodian_primary")


@refuses(ActorRegistered, LEDGER, "E_INVENTORY", "and no other role")
def test_other_roles_are_none_of_the_ledgers(s: Story) -> Attempt:
    person = tags.actor_tag(ORIGIN, signer_of("Nora").key.id)
    asked = s.world.request("Nora", signer_of("Nora"))
    values = {"request": asked.body, "roles": ["courier"]}
    about = [(ACTOR, person), (LEDGER, THERE)]
    return shown_only(s, THERE, "actor.registered", about, values, [s.ada])


@refuses(RoleGranted, ACTOR, "E_INVENTORY", "the ledger's own chain too")
def test_no_role_is_granted_beside_the_ledgers_chain(s: Story) -> Attempt:
    return appoint(s, s.pia, about=())


@refuses(RoleGranted, LEDGER, "E_INVENTORY", "and no other role")
def test_another_role_is_none_of_the_ledgers(s: Story) -> Attempt:
    """As the reader of a bundle sees it who is not shown the person."""
    return shown_only(s, THERE, "role.granted", [s.pia.tag, THERE], {"role": "courier"}, [s.ada])


def enrolling(s: Story, more: Sequence[Any], role: str) -> Attempt:
    person = tags.actor_tag(ORIGIN, signer_of("Nora").key.id)
    asked = s.world.request("Nora", signer_of("Nora"))
    values = {"request": asked.body, "roles": [role]}
    about = [(ACTOR, person), *more]
    return attempt(s, "actor.registered", about, values, s.ada, disclosed=asked.disclosures)


@admits(InventoryStarted, LEDGER)
def test_at_a_change_it_is_said_whose_items_and_who_follows(s: Story) -> None:
    which = begun(s, s.carl, s.pia)
    (found,) = facts(s.world).inventories
    assert (found.id, found.of, found.to, found.expected) == (which, s.carl.tag, s.pia.tag, 1)


@refuses(InventoryStarted, LEDGER, "E_INVENTORY", "who follows, and only then")
def test_at_a_change_somebody_follows(s: Story) -> Attempt:
    return start(s, s.carl, None)


@refuses(InventoryStarted, LEDGER, "E_INVENTORY", "who follows, and only then")
def test_nobody_follows_a_spot_check(s: Story) -> Attempt:
    return start(s, s.carl, s.pia, kind="spot_check")


@refuses(InventoryStarted, LEDGER, "E_INVENTORY", "whose items another person")
def test_at_a_change_it_is_said_whose_items_they_are(s: Story) -> Attempt:
    return start(s, None, s.pia)


@refuses(InventoryStarted, LEDGER, "E_INVENTORY", "whose items another person")
def test_nobody_follows_herself(s: Story) -> Attempt:
    return start(s, s.pia, s.pia)


@refuses(InventoryStarted, LEDGER, "E_UNKNOWN", "is enrolled")
def test_whose_items_are_counted_is_somebody(s: Story) -> Attempt:
    given = {"kind": "periodic", "of": HASH}
    return attempt(s, "inventory.started", [THERE], given, s.carl)


@refuses(InventoryClosed, LEDGER, "E_INVENTORY", "1 items were expected, it accounts for 2")
def test_the_numbers_add_up(s: Story) -> Attempt:
    return end(s, begun(s, s.carl, s.pia), s.carl, gone=1)


@admits(InventoryClosed, LEDGER)
def test_what_went_elsewhere_meanwhile_is_accounted_for(s: Story) -> None:
    given = {"verified": 1, "missing": 1, "gone": 1, "unchecked": 1, "unexpected": 9}
    which = start(s, None, None, kind="periodic", expected=4)()
    end(s, str(which), s.carl, **given)()
