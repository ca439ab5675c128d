"""Rules on how long items are kept: R32, R54, R69, R70, R73. Half of them keep dates from moving."""

from typing import Any

from custody.core import times
from custody.core.kept import Disposition
from custody_schemas.acts import RetentionAssigned, RetentionChanged, RetentionReviewed
from custody_schemas.declare import Kind
from custody_schemas.terms import DispositionKind, RetentionMode
from tests.bodies import HASH
from tests.rulings import Attempt, admits, attempt, hand_over, refuses, send_out, set_state
from tests.schedules import housed, kept, load, rule, status
from tests.worlds import Person, Story

ITEM = Kind.ITEM
DAY = 86_400
EARLY, DATE, LATE = (f"20{year}-01-01T00:00:00Z" for year in (28, 30, 32))
BY_RULE: dict[str, Any] = {
    "pack": "house",
    "pack_version": 1,
    "rule": "registered",
    "retain_until": None,
}
RULE = {"assigned": None, "pack": "house", "rule": "registered"}


def assigning(s: Story, item: str, by: Person, **given: Any) -> Attempt:
    return attempt(s, "retention.assigned", [item], given, by)


def assigned(s: Story, item: str = "", **given: Any) -> str:
    """Carl assigns a line; until 2030 unless something else is said."""
    about = [item or s.laptop]
    return s.world.record("retention.assigned", about, given, signers=[s.carl])


def changing(s: Story, line: str, until: str | None, *signers: Any, **given: Any) -> Attempt:
    """To move the date of the laptop's line."""
    values = {"assigned": line, "retain_until": until, **given}
    return attempt(s, "retention.changed", [s.laptop], values, *signers)


def moving(s: Story, item: str, until: str | None, *signers: Any, **given: Any) -> Attempt:
    """To move the date of the line that the rule of the pack gives."""
    values = {**RULE, "retain_until": until, **given}
    return attempt(s, "retention.changed", [item], values, *signers)


def warrant(s: Story, item: str, kind: str = "court_order") -> str:
    """An order on file in the item's case."""
    about = [s.world.item(item).case]
    return s.world.record("authority.recorded", about, {"kind": kind}, signers=[s.olga])


def until(s: Story, item: str = "") -> str | None:
    moment = kept(s, item or s.laptop).until
    return times.spelt(moment) if moment is not None else None


@admits(RetentionAssigned, ITEM)
def test_somebody_says_until_when_an_item_is_kept(s: Story) -> None:
    assert kept(s, s.laptop).lines == ()
    entry = assigned(s, authority=s.warrant)
    (line,) = s.world.item(s.laptop).retention
    assert (line.id, line.rule, line.mode) == (entry, None, RetentionMode.GOVERNANCE)
    assert until(s) == DATE


@admits(RetentionAssigned, ITEM)
def test_a_line_without_a_date_has_no_end(s: Story) -> None:
    assigned(s)
    assigned(s, retain_until=None, mode="indefinite")
    assert until(s) is None and kept(s, s.laptop).for_good


@admits(RetentionAssigned, ITEM)
def test_a_rule_is_assigned_to_what_it_does_not_fit(s: Story) -> None:
    load(s, rule(lines=["image"], keep=10))
    at = s.world.item(s.laptop).happened[0].at
    assigned(s, **BY_RULE)
    assert kept(s, s.laptop).until == at + 10 * DAY


@admits(RetentionAssigned, ITEM)
def test_what_has_no_origin_yet_can_be_kept_already(s: Story) -> None:
    item = s.world.register(s.case, 7, by=s.dora)
    assigned(s, item)
    assert until(s, item) == DATE


@admits(RetentionChanged, ITEM)
def test_one_person_keeps_an_item_longer(s: Story) -> None:
    line = assigned(s)
    changing(s, line, LATE, s.carl, authority=s.warrant)()
    assert until(s) == LATE
    changing(s, line, None, s.carl)()
    assert until(s) is None and len(s.world.item(s.laptop).moved) == 1


@admits(RetentionChanged, ITEM)
def test_two_who_are_not_involved_keep_it_shorter_on_a_legal_basis(s: Story) -> None:
    line = assigned(s)
    paul = s.world.enrol("Paul", "prosecutor", by=s.ada)
    changing(s, line, EARLY, paul, s.carl, s.olga, authority=s.warrant)()
    assert until(s) == EARLY


@admits(RetentionChanged, ITEM)
def test_the_date_that_a_rule_gives_is_moved(s: Story) -> None:
    item = housed(s, rule(keep=10))
    moving(s, item, DATE, s.carl)()
    assert until(s, item) == DATE and kept(s, item).lines[0].moved
    begin = times.spelt(s.world.item(item).happened[0].at)
    paul = s.world.enrol("Paul", "prosecutor", by=s.ada)
    basis = warrant(s, item)
    moving(s, item, begin, paul, s.carl, s.olga, authority=basis)()
    assert until(s, item) == begin


@admits(RetentionReviewed, ITEM)
def test_a_review_moves_no_date(s: Story) -> None:
    assigned(s)
    s.world.record("retention.reviewed", [s.laptop], signers=[s.carl])
    assert s.world.item(s.laptop).next_review == times.seconds("2027-01-01T00:00:00Z")
    assert until(s) == DATE


@refuses(RetentionAssigned, ITEM, "E_NO_GRANT", "how long items are kept")
def test_an_examiner_does_not_decide_how_long(s: Story) -> Attempt:
    return assigning(s, s.laptop, s.eve)


@refuses(RetentionAssigned, ITEM, "E_TERMINAL", "left custody for good")
def test_what_is_gone_is_not_kept(s: Story) -> Attempt:
    set_state(s, s.laptop, terminal=True, gone=DispositionKind.DESTROY)
    return assigning(s, s.laptop, s.carl)


@refuses(RetentionAssigned, ITEM, "E_DISPOSITION", "is being destroyed")
def test_what_is_being_destroyed_is_not_kept(s: Story) -> Attempt:
    begun = Disposition(
        id=HASH,
        kind=DispositionKind.DESTROY,
        by=s.pia.tag,
        keys=(),
        approved=(),
        approving=(),
        begun=True,
    )
    set_state(s, s.laptop, disposition=begun)
    return assigning(s, s.laptop, s.carl)


@refuses(RetentionAssigned, ITEM, "E_AUTHORITY", "is not on file")
def test_the_basis_of_a_line_is_on_file(s: Story) -> Attempt:
    return assigning(s, s.laptop, s.carl, authority=HASH)


@refuses(RetentionAssigned, ITEM, "E_RETENTION", "come from its rule")
def test_a_rule_computes_its_date(s: Story) -> Attempt:
    load(s, rule())
    return assigning(s, s.laptop, s.carl, **{**BY_RULE, "retain_until": DATE})


@refuses(RetentionAssigned, ITEM, "E_RETENTION", "come from its rule")
def test_a_rule_says_whether_its_date_moves(s: Story) -> Attempt:
    load(s, rule(mode="compliance"))
    return assigning(s, s.laptop, s.carl, **BY_RULE)


@refuses(RetentionAssigned, ITEM, "E_RETENTION", "not said whether the date may be moved")
def test_a_line_says_whether_its_date_moves(s: Story) -> Attempt:
    return assigning(s, s.laptop, s.carl, mode="not_stated")


@refuses(RetentionAssigned, ITEM, "E_RETENTION", "has no date")
def test_what_is_kept_for_good_has_no_date(s: Story) -> Attempt:
    return assigning(s, s.laptop, s.carl, mode="indefinite")


@refuses(RetentionAssigned, ITEM, "E_PACK", "no pack house is in force")
def test_a_rule_is_of_a_pack_that_was_loaded(s: Story) -> Attempt:
    return assigning(s, s.laptop, s.carl, **BY_RULE)


@refuses(RetentionAssigned, ITEM, "E_PACK", "no pack None is in force")
def test_a_rule_is_of_a_pack(s: Story) -> Attempt:
    load(s, rule())
    return assigning(s, s.laptop, s.carl, rule="registered", retain_until=None)


@refuses(RetentionAssigned, ITEM, "E_PACK", "version 1 of the pack house is in force")
def test_a_version_yet_to_come_is_not_assigned_from(s: Story) -> Attempt:
    load(s, rule())
    load(s, rule(), version=2)
    return assigning(s, s.laptop, s.carl, **{**BY_RULE, "pack_version": 2})


@refuses(RetentionAssigned, ITEM, "E_PACK", "has no rule registered")
def test_a_rule_stands_in_its_pack(s: Story) -> Attempt:
    load(s, rule("another"))
    return assigning(s, s.laptop, s.carl, **BY_RULE)


@refuses(RetentionChanged, ITEM, "E_NO_GRANT", "how long items are kept")
def test_an_examiner_moves_no_date(s: Story) -> Attempt:
    return changing(s, assigned(s), LATE, s.eve)


@refuses(RetentionChanged, ITEM, "E_TERMINAL", "left custody for good")
def test_no_date_of_what_is_gone_moves(s: Story) -> Attempt:
    line = assigned(s)
    set_state(s, s.laptop, terminal=True, gone=DispositionKind.DESTROY)
    return changing(s, line, LATE, s.carl)


@refuses(RetentionChanged, ITEM, "E_RETENTION", "one line is named")
def test_a_change_names_a_line(s: Story) -> Attempt:
    assigned(s)
    return attempt(s, "retention.changed", [s.laptop], {"assigned": None}, s.carl)


@refuses(RetentionChanged, ITEM, "E_RETENTION", "one line is named")
def test_a_change_names_the_pack_of_its_rule(s: Story) -> Attempt:
    return changing(s, assigned(s), LATE, s.carl, assigned=None, rule="registered")


@refuses(RetentionChanged, ITEM, "E_RETENTION", "one line is named")
def test_a_change_names_one_line(s: Story) -> Attempt:
    load(s, rule())
    return changing(s, assigned(s), LATE, s.carl, pack="house", rule="registered")


@refuses(RetentionChanged, ITEM, "E_RETENTION", "no such line applies")
def test_only_a_line_that_was_assigned_moves(s: Story) -> Attempt:
    assigned(s)
    return changing(s, HASH, LATE, s.carl)


@refuses(RetentionChanged, ITEM, "E_RETENTION", "no such line applies")
def test_only_a_rule_that_applies_moves(s: Story) -> Attempt:
    item = housed(s, rule(lines=["device"]))
    return moving(s, item, LATE, s.carl)


@refuses(RetentionChanged, ITEM, "E_RETENTION", "has that date already")
def test_a_change_changes(s: Story) -> Attempt:
    return changing(s, assigned(s), DATE, s.carl)


@refuses(RetentionChanged, ITEM, "E_RETENTION", "has that date already")
def test_for_good_is_not_longer_than_for_good(s: Story) -> Attempt:
    return changing(s, assigned(s, retain_until=None), None, s.carl)


@refuses(RetentionChanged, ITEM, "E_AUTHORITY", "is not on file")
def test_the_basis_of_a_later_date_is_on_file(s: Story) -> Attempt:
    return changing(s, assigned(s), LATE, s.carl, authority=HASH)


@refuses(RetentionChanged, ITEM, "E_AUTHORITY", "is not on file")
def test_the_basis_of_an_earlier_date_is_on_file(s: Story) -> Attempt:
    return changing(s, assigned(s), EARLY, s.carl, authority=HASH)


@refuses(RetentionChanged, ITEM, "E_AUTHORITY", "what kind of legal basis")
def test_the_basis_of_an_earlier_date_says_what_it_is(s: Story) -> Attempt:
    unsaid = warrant(s, s.laptop, "not_stated")
    return changing(s, assigned(s), EARLY, s.carl, authority=unsaid)


@refuses(RetentionChanged, ITEM, "E_AUTHORITY", "not in force now")
def test_the_basis_of_an_earlier_date_still_holds(s: Story) -> Attempt:
    line = assigned(s)
    given = {"authority": s.warrant, "cause": "quashed"}
    s.world.record("authority.ended", [s.case], given, signers=[s.olga])
    return changing(s, line, EARLY, s.carl, s.olga, authority=s.warrant)


@refuses(RetentionChanged, ITEM, "E_RETENTION", "names its legal basis")
def test_an_earlier_date_has_a_basis(s: Story) -> Attempt:
    return changing(s, assigned(s), EARLY, s.carl, s.olga)


@refuses(RetentionChanged, ITEM, "E_RETENTION", "in the mode compliance")
def test_no_date_is_shortened_in_compliance_mode(s: Story) -> Attempt:
    line = assigned(s, mode="compliance")
    return changing(s, line, EARLY, s.carl, s.olga, authority=s.warrant)


@refuses(RetentionChanged, ITEM, "E_RETENTION", "in the mode indefinite")
def test_for_good_gets_no_end(s: Story) -> Attempt:
    line = assigned(s, mode="indefinite", retain_until=None)
    return changing(s, line, LATE, s.carl, s.olga, authority=s.warrant)


@refuses(RetentionChanged, ITEM, "E_RETENTION", "in the mode compliance")
def test_nothing_is_shortened_that_will_be_in_compliance_mode(s: Story) -> Attempt:
    item = housed(s, rule(keep=100))
    load(s, rule(keep=100, mode="compliance"), version=2)
    return moving(s, item, "2026-10-01T00:00:00Z", s.carl, s.olga, authority=warrant(s, item))


@refuses(RetentionChanged, ITEM, "E_RETENTION", "conviction has not happened")
def test_no_date_is_put_in_the_place_of_an_event(s: Story) -> Attempt:
    item = housed(s, rule(trigger="conviction", keep=100))
    return moving(s, item, LATE, s.carl, s.olga, authority=warrant(s, item))


@refuses(RetentionChanged, ITEM, "E_RETENTION", "conviction has not happened")
def test_what_waits_for_an_event_is_kept_as_it_is(s: Story) -> Attempt:
    item = housed(s, rule(trigger="conviction", keep=100))
    return moving(s, item, None, s.carl)


@refuses(RetentionChanged, ITEM, "E_RETENTION", "the time runs from 2030-01-01T00:00:00Z on")
def test_no_date_comes_before_its_event(s: Story) -> Attempt:
    item = housed(s, rule(trigger="release_from_custody", keep=100))
    status(s, item, "convicted", release_at=DATE)
    return moving(s, item, EARLY, s.carl, s.olga, authority=warrant(s, item))


@refuses(RetentionChanged, ITEM, "E_TWO_PERSON", "2 approvers who are not involved must co-sign, 1")
def test_who_shortens_does_not_approve(s: Story) -> Attempt:
    return changing(s, assigned(s), EARLY, s.carl, s.olga, authority=s.warrant)


@refuses(RetentionChanged, ITEM, "E_TWO_PERSON", "2 approvers who are not involved must co-sign, 1")
def test_the_holder_does_not_approve_an_earlier_date(s: Story) -> Attempt:
    hand_over(s, s.laptop, s.dora, s.carl)
    paul = s.world.enrol("Paul", "prosecutor", by=s.ada)
    return changing(s, assigned(s), EARLY, paul, s.carl, s.olga, authority=s.warrant)


@refuses(RetentionChanged, ITEM, "E_TWO_PERSON", "2 approvers who are not involved must co-sign, 1")
def test_who_sent_it_out_does_not_approve_an_earlier_date(s: Story) -> Attempt:
    hand_over(s, s.laptop, s.dora, s.carl)
    send_out(s, s.laptop, s.carl)
    paul = s.world.enrol("Paul", "prosecutor", by=s.ada)
    return changing(s, assigned(s), EARLY, paul, s.carl, s.olga, authority=s.warrant)


@refuses(RetentionReviewed, ITEM, "E_NO_GRANT", "how long items are kept")
def test_an_examiner_reviews_no_retention(s: Story) -> Attempt:
    return attempt(s, "retention.reviewed", [s.laptop], {}, s.eve)


@refuses(RetentionReviewed, ITEM, "E_TERMINAL", "left custody for good")
def test_what_is_gone_needs_no_review(s: Story) -> Attempt:
    set_state(s, s.laptop, terminal=True, gone=DispositionKind.DESTROY)
    return attempt(s, "retention.reviewed", [s.laptop], {}, s.carl)
