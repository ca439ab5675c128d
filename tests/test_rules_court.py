"""Rules on items before a court: R40, R48, R49."""

from typing import Any

from custody_schemas.acts import CourtExhibited, CourtReturned
from custody_schemas.declare import Kind
from custody_schemas.terms import DiscrepancyKind, LocationKind, OutsideParty
from tests.bodies import HASH
from tests.rulings import (
    Attempt,
    admits,
    attempt,
    check_out,
    image,
    refuses,
    release,
    seal,
    set_state,
)
from tests.worlds import Person, Story

ITEM = Kind.ITEM


def exhibit(s: Story, by: Person, **given: Any) -> Attempt:
    return attempt(s, "court.exhibited", [s.laptop], given, by)


def kept(s: Story, tag: str, by: Person) -> None:
    """A court keeps what is produced."""
    s.world.record("court.exhibited", [tag], {"retained": "yes"}, signers=[by])


def take_back(s: Story, tag: str, *signers: Person, **given: Any) -> Attempt:
    return attempt(s, "court.returned", [tag], given, *signers)


@admits(CourtExhibited, ITEM)
def test_what_the_court_only_looks_at_stays_in_hand(s: Story) -> None:
    check_out(s, s.laptop, s.dora, s.eve)
    exhibit(s, s.eve, authority=s.warrant)()
    item = s.world.item(s.laptop)
    assert (item.holder, item.location) == (s.dora.tag, LocationKind.COURT)


@admits(CourtExhibited, ITEM)
def test_what_the_court_keeps_is_with_the_court(s: Story) -> None:
    kept(s, s.laptop, s.dora)
    item = s.world.item(s.laptop)
    assert (item.holder, item.outside) == (None, OutsideParty.COURT)
    assert item.outside_since == s.world.runs[-1].signed.id


@refuses(CourtExhibited, ITEM, "E_NO_GRANT", "hold items")
def test_an_admin_produces_nothing(s: Story) -> Attempt:
    return exhibit(s, s.ada)


@refuses(CourtExhibited, ITEM, "E_OPEN_TRANSFER", "on its way")
def test_nothing_on_its_way_is_produced(s: Story) -> Attempt:
    release(s, s.laptop, s.dora, s.eve)
    return exhibit(s, s.dora)


@refuses(CourtExhibited, ITEM, "E_AUTHORITY", "is not on file")
def test_an_order_to_produce_is_on_file(s: Story) -> Attempt:
    return exhibit(s, s.dora, authority=HASH)


@refuses(CourtExhibited, ITEM, "E_NOT_HOLDER", "not with the signer")
def test_nobody_produces_what_another_holds(s: Story) -> Attempt:
    return exhibit(s, s.eve)


@refuses(CourtExhibited, ITEM, "E_NOT_HOLDER", "not with the signer")
def test_who_only_has_it_out_does_not_leave_it_with_the_court(s: Story) -> Attempt:
    check_out(s, s.laptop, s.dora, s.eve)
    return exhibit(s, s.eve, retained="yes")


@refuses(CourtExhibited, ITEM, "E_CHECKED_OUT", "check it in first")
def test_the_holder_does_not_leave_with_the_court_what_is_out(s: Story) -> Attempt:
    check_out(s, s.laptop, s.dora, s.eve)
    return exhibit(s, s.dora, retained="yes")


@admits(CourtReturned, ITEM)
def test_who_takes_it_back_holds_it_and_says_what_the_seal_looks_like(s: Story) -> None:
    seal(s, s.laptop, s.dora)
    kept(s, s.laptop, s.dora)
    take_back(s, s.laptop, s.carl, seal="missing")()
    item = s.world.item(s.laptop)
    assert (item.holder, item.outside, item.outside_since) == (s.carl.tag, None, None)
    assert [d.kind for d in item.discrepancies] == [DiscrepancyKind.SEAL]


@refuses(CourtReturned, ITEM, "E_NO_GRANT", "hold items")
def test_a_reviewer_takes_nothing_back(s: Story) -> Attempt:
    rita = s.world.enrol("Rita", "peer_reviewer", by=s.ada)
    kept(s, s.laptop, s.dora)
    return take_back(s, s.laptop, rita)


@refuses(CourtReturned, ITEM, "E_TERMINAL", "left custody for good")
def test_what_is_gone_does_not_come_back(s: Story) -> Attempt:
    kept(s, s.laptop, s.dora)
    set_state(s, s.laptop, terminal=True)
    return take_back(s, s.laptop, s.carl)


@refuses(CourtReturned, ITEM, "E_NO_TRANSFER", "not with a court")
def test_nobody_takes_from_a_colleague_by_way_of_a_court(s: Story) -> Attempt:
    """Otherwise custody could be gained alone."""
    return take_back(s, s.laptop, s.carl)


@refuses(CourtReturned, ITEM, "E_SEAL", "read its number off the bag")
def test_a_seal_on_file_is_spoken_of(s: Story) -> Attempt:
    seal(s, s.laptop, s.dora)
    kept(s, s.laptop, s.dora)
    return take_back(s, s.laptop, s.carl)


@refuses(CourtReturned, ITEM, "E_HASH", "taken over as mismatch: refuse it, or say why")
def test_content_that_changed_at_court_is_answered_for(s: Story) -> Attempt:
    tag = image(s)
    kept(s, tag, s.eve)
    return take_back(s, tag, s.eve, hash="mismatch")


@refuses(CourtReturned, ITEM, "E_TWO_PERSON", "1 did")
def test_by_two_others(s: Story) -> Attempt:
    tag = image(s)
    kept(s, tag, s.eve)
    return take_back(s, tag, s.eve, s.olga, hash="mismatch", override="urgency")
