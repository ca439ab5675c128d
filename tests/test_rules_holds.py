"""Rules on holds: R31, R54, R71. Placed by anybody, lifted by two who are not involved."""

from typing import Any

from custody.core import times
from custody.core.retention import held_by
from custody_schemas.acts import HoldAmended, HoldPlaced, HoldReleased
from custody_schemas.declare import Kind
from custody_schemas.terms import DispositionKind, HoldKind
from tests.bodies import HASH
from tests.rulings import (
    Attempt,
    admits,
    attempt,
    hand_over,
    image,
    refuses,
    release,
    second_case,
    send_out,
    set_state,
)
from tests.schedules import case_of
from tests.worlds import Person, Story

ITEM, CASE = Kind.ITEM, Kind.CASE
LATER = "2027-01-01T00:00:00Z"


def placing(s: Story, about: str, by: Person, **given: Any) -> Attempt:
    return attempt(s, "hold.placed", [about], given, by)


def placed(s: Story, about: str, by: Person | None = None, **given: Any) -> str:
    return s.world.record("hold.placed", [about], given, signers=[by or s.pia])


def amending(s: Story, about: str, hold: str, by: Person, **given: Any) -> Attempt:
    return attempt(s, "hold.amended", [about], {"hold": hold, **given}, by)


def releasing(s: Story, about: str, hold: str, *signers: Any, **given: Any) -> Attempt:
    return attempt(s, "hold.released", [about], {"hold": hold, **given}, *signers)


def judge(s: Story) -> Person:
    return s.world.enrol("Judy", "judge_or_clerk", by=s.ada)


def holds(s: Story, item: str) -> list[str]:
    return [hold.id for hold in held_by(s.world.item(item), case_of(s, item))]


@admits(HoldPlaced, ITEM)
def test_whoever_has_a_right_in_the_case_places_a_hold(s: Story) -> None:
    at = s.world.now
    entry = placed(s, s.laptop, authority=s.warrant, review_by=LATER)
    (hold,) = s.world.item(s.laptop).holds
    assert (hold.id, hold.kind, hold.by, hold.since) == (entry, HoldKind.LEGAL_HOLD, s.pia.tag, at)
    assert hold.review_by == times.seconds(LATER)


@admits(HoldPlaced, CASE)
def test_a_hold_on_a_case_catches_what_enters_it_later(s: Story) -> None:
    entry = placed(s, s.case)
    assert holds(s, image(s)) == holds(s, s.laptop) == [entry]


@admits(HoldPlaced, CASE)
def test_a_hold_on_a_case_can_be_on_some_of_its_items(s: Story) -> None:
    by_line = placed(s, s.case, lines=["image"])
    by_type = placed(s, s.case, types=["computer"])
    placed(s, s.case, types=["vehicle_system"], lines=["device"])
    assert holds(s, s.laptop) == [by_type]
    assert holds(s, image(s)) == [by_line, by_type]


@admits(HoldAmended, ITEM)
def test_a_hold_is_looked_at_again(s: Story) -> None:
    entry = placed(s, s.laptop, review_by=LATER)
    amending(s, s.laptop, entry, s.dora)()
    (hold,) = s.world.item(s.laptop).holds
    assert hold.review_by == times.seconds(LATER)
    amending(s, s.laptop, entry, s.dora, review_by="2028-01-01T00:00:00Z")()
    (hold,) = s.world.item(s.laptop).holds
    assert (hold.by, hold.review_by) == (s.pia.tag, times.seconds("2028-01-01T00:00:00Z"))


@admits(HoldAmended, CASE)
def test_a_hold_is_widened(s: Story) -> None:
    entry, other = placed(s, s.case, types=["mobile"]), placed(s, s.case)
    amending(s, s.case, entry, s.dora, types=["mobile", "computer"])()
    assert holds(s, s.laptop) == [entry, other]
    amending(s, s.case, entry, s.dora)()
    assert case_of(s, s.laptop).holds[0].types is None


@admits(HoldReleased, ITEM)
def test_two_who_are_not_involved_lift_a_hold(s: Story) -> None:
    entry, other = placed(s, s.laptop, s.olga), placed(s, s.laptop)
    releasing(s, s.laptop, entry, s.pia, s.olga, s.carl, authority=s.warrant)()
    assert holds(s, s.laptop) == [other]


@admits(HoldReleased, CASE)
def test_two_lift_a_hold_on_a_case(s: Story) -> None:
    entry = placed(s, s.case)
    releasing(s, s.case, entry, s.pia, s.olga, s.carl)()
    assert holds(s, s.laptop) == []


@refuses(HoldPlaced, ITEM, "E_NO_GRANT", "hold items")
def test_an_admin_holds_nothing(s: Story) -> Attempt:
    return placing(s, s.laptop, s.ada)


@refuses(HoldPlaced, CASE, "E_NO_GRANT", "hold items")
def test_an_admin_holds_no_case(s: Story) -> Attempt:
    return placing(s, s.case, s.ada)


@refuses(HoldPlaced, ITEM, "E_TERMINAL", "left custody for good")
def test_what_is_gone_is_not_held(s: Story) -> Attempt:
    set_state(s, s.laptop, terminal=True, gone=DispositionKind.DESTROY)
    return placing(s, s.laptop, s.dora)


@refuses(HoldPlaced, ITEM, "E_AUTHORITY", "is not on file")
def test_an_order_to_hold_is_on_file(s: Story) -> Attempt:
    return placing(s, s.laptop, s.dora, authority=HASH)


@refuses(HoldPlaced, CASE, "E_AUTHORITY", "is not on file")
def test_an_order_to_hold_a_case_is_on_file(s: Story) -> Attempt:
    return placing(s, s.case, s.dora, authority=HASH)


@refuses(HoldPlaced, ITEM, "E_HOLD", "whatever it is")
def test_a_hold_on_an_item_asks_for_nothing(s: Story) -> Attempt:
    return placing(s, s.laptop, s.dora, types=["mobile"])


@refuses(HoldPlaced, CASE, "E_OTHER_CASE", "more than one case", by_rule=False)
def test_a_hold_is_on_one_case(s: Story) -> Attempt:
    other, _ = second_case(s)
    return attempt(s, "hold.placed", [s.case, other], {}, s.olga)


@refuses(HoldAmended, ITEM, "E_NO_GRANT", "hold items")
def test_an_admin_amends_no_hold(s: Story) -> Attempt:
    return amending(s, s.laptop, placed(s, s.laptop), s.ada)


@refuses(HoldAmended, ITEM, "E_HOLD", "no hold that still stands")
def test_only_a_hold_that_stands_is_amended(s: Story) -> Attempt:
    return amending(s, s.laptop, HASH, s.dora)


@refuses(HoldAmended, ITEM, "E_HOLD", "whatever it is")
def test_a_hold_on_an_item_comes_to_ask_for_nothing(s: Story) -> Attempt:
    return amending(s, s.laptop, placed(s, s.laptop), s.dora, lines=["device"])


@refuses(HoldAmended, CASE, "E_HOLD", "catch less than before")
def test_a_hold_on_everything_is_not_narrowed(s: Story) -> Attempt:
    return amending(s, s.case, placed(s, s.case), s.olga, types=["mobile"])


@refuses(HoldAmended, CASE, "E_HOLD", "catch less than before")
def test_no_line_drops_out_of_a_hold(s: Story) -> Attempt:
    entry = placed(s, s.case, lines=["device", "image"])
    return amending(s, s.case, entry, s.olga, lines=["device", "derived"])


@refuses(HoldReleased, ITEM, "E_NO_GRANT", "hold items")
def test_an_admin_lifts_no_hold(s: Story) -> Attempt:
    return releasing(s, s.laptop, placed(s, s.laptop), s.ada, s.olga, s.carl)


@refuses(HoldReleased, ITEM, "E_HOLD", "no hold that still stands")
def test_a_hold_is_lifted_once(s: Story) -> Attempt:
    entry = placed(s, s.laptop)
    releasing(s, s.laptop, entry, s.pia, s.olga, s.carl)()
    return releasing(s, s.laptop, entry, s.pia, s.olga, s.carl)


@refuses(HoldReleased, ITEM, "E_HOLD", "no hold that still stands")
def test_a_hold_on_the_case_is_not_lifted_from_one_item(s: Story) -> Attempt:
    return releasing(s, s.laptop, placed(s, s.case), s.pia, s.olga, s.carl)


@refuses(HoldReleased, ITEM, "E_AUTHORITY", "is not on file")
def test_an_order_to_release_is_on_file(s: Story) -> Attempt:
    entry = placed(s, s.laptop)
    return releasing(s, s.laptop, entry, s.pia, s.olga, s.carl, authority=HASH)


@refuses(HoldReleased, ITEM, "E_TWO_PERSON", "2 approvers who are not involved must co-sign, 1")
def test_who_asks_for_the_release_does_not_approve_it(s: Story) -> Attempt:
    return releasing(s, s.laptop, placed(s, s.laptop), s.olga, s.carl)


@refuses(HoldReleased, CASE, "E_TWO_PERSON", "2 approvers who are not involved must co-sign, 1")
def test_one_does_not_lift_a_hold_on_a_case(s: Story) -> Attempt:
    return releasing(s, s.case, placed(s, s.case), s.olga, s.carl)


@refuses(HoldReleased, ITEM, "E_NO_GRANT", "oversee")
def test_who_does_not_oversee_lifts_no_hold(s: Story) -> Attempt:
    return releasing(s, s.laptop, placed(s, s.laptop), s.pia, s.olga, s.eve)


@refuses(HoldReleased, ITEM, "E_TWO_PERSON", "2 approvers who are not involved must co-sign, 1")
def test_the_holder_does_not_lift_a_hold(s: Story) -> Attempt:
    hand_over(s, s.laptop, s.dora, s.carl)
    return releasing(s, s.laptop, placed(s, s.laptop), s.pia, s.olga, s.carl)


@refuses(HoldReleased, ITEM, "E_TWO_PERSON", "2 approvers who are not involved must co-sign, 1")
def test_who_is_to_get_the_item_does_not_lift_a_hold(s: Story) -> Attempt:
    release(s, s.laptop, s.dora, s.carl)
    return releasing(s, s.laptop, placed(s, s.laptop), s.pia, s.olga, s.carl)


@refuses(HoldReleased, ITEM, "E_TWO_PERSON", "2 approvers who are not involved must co-sign, 1")
def test_who_sent_the_item_out_does_not_lift_a_hold(s: Story) -> Attempt:
    hand_over(s, s.laptop, s.dora, s.carl)
    send_out(s, s.laptop, s.carl)
    return releasing(s, s.laptop, placed(s, s.laptop), s.pia, s.olga, s.carl)


@refuses(HoldReleased, ITEM, "E_TERMINAL", "left custody for good")
def test_a_hold_on_what_is_gone_stays_in_the_record(s: Story) -> Attempt:
    entry = placed(s, s.laptop)
    set_state(s, s.laptop, terminal=True, gone=DispositionKind.DESTROY)
    return releasing(s, s.laptop, entry, s.pia, s.olga, judge(s))
