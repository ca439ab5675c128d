"""Rules on digests at hand-overs, on check-outs and on moves: R25, R28, R49, R52, R54."""

from typing import Any

import pytest

from custody_schemas.acts import AccessCheckedIn, AccessCheckedOut, StorageMoved, TransferAccepted
from custody_schemas.declare import Capacity, Kind
from custody_schemas.terms import DiscrepancyKind, LocationKind
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
    send_out,
    set_state,
    stage,
)
from tests.worlds import Person, Story, signer_of

ITEM = Kind.ITEM


def offered(s: Story, *signers: Any, **given: Any) -> Attempt:
    """To take over an image that Eve released to Carl."""
    tag = image(s)
    values = {"transfer": release(s, tag, s.eve, s.carl), **given}
    return attempt(s, "transfer.accepted", [tag], values, *signers)


def overseer(s: Story, name: str = "Rita") -> Person:
    return s.world.enrol(name, "peer_reviewer", by=s.ada)


def the_image(s: Story) -> Any:
    return s.world.item(s.world.item_tag(s.case, 2))


@admits(TransferAccepted, ITEM)
def test_content_that_matches_is_taken_over(s: Story) -> None:
    offered(s, s.carl, hash="match")()
    assert the_image(s).holder == s.carl.tag and the_image(s).discrepancies == ()


@pytest.mark.parametrize("verdict", ("mismatch", "partial"))
def test_a_mismatch_is_taken_over_with_two_overseers_and_disputed(verdict: str) -> None:
    """R49."""
    s = stage()
    people = (s.carl, s.olga, overseer(s))
    offered(s, *people, hash=verdict, override="court_direction")()
    assert the_image(s).disputed
    assert [d.kind for d in the_image(s).discrepancies] == [DiscrepancyKind.HASH]


@admits(TransferAccepted, ITEM)
def test_unreadable_content_opens_a_discrepancy(s: Story) -> None:
    people = (s.carl, s.olga, overseer(s))
    offered(s, *people, hash="unreadable", override="urgency")()
    assert not the_image(s).disputed and len(the_image(s).discrepancies) == 1


@admits(TransferAccepted, ITEM)
def test_content_nobody_could_check_is_taken_over_with_a_reason(s: Story) -> None:
    offered(s, s.carl, hash="not_checked", override="urgency")()


@refuses(TransferAccepted, ITEM, "E_HASH", "say whether it was compared")
def test_content_is_not_passed_over(s: Story) -> Attempt:
    return offered(s, s.carl)


@refuses(TransferAccepted, ITEM, "E_HASH", "say whether it was compared")
def test_not_stated_says_nothing_of_content(s: Story) -> Attempt:
    return offered(s, s.carl, hash="not_stated")


@refuses(TransferAccepted, ITEM, "E_HASH", "taken over as not_checked")
def test_unchecked_content_is_not_taken_over_in_silence(s: Story) -> Attempt:
    return offered(s, s.carl, hash="not_checked")


@refuses(TransferAccepted, ITEM, "E_HASH", "taken over as mismatch")
def test_a_mismatch_is_not_taken_over_without_a_reason(s: Story) -> Attempt:
    return offered(s, s.carl, s.olga, overseer(s), hash="mismatch")


@refuses(TransferAccepted, ITEM, "E_TWO_PERSON", "1 did")
def test_a_mismatch_is_not_overridden_by_one(s: Story) -> Attempt:
    return offered(s, s.carl, s.olga, hash="mismatch", override="urgency")


@refuses(TransferAccepted, ITEM, "E_TWO_PERSON", "1 did")
def test_unreadable_content_is_no_way_around_approval(s: Story) -> Attempt:
    return offered(s, s.carl, s.olga, hash="unreadable", override="urgency")


@refuses(TransferAccepted, ITEM, "E_TWO_PERSON", "1 did")
def test_the_giver_approves_nothing(s: Story) -> Attempt:
    return offered(s, s.carl, s.olga, s.eve, hash="mismatch", override="urgency")


@refuses(TransferAccepted, ITEM, "E_TWO_PERSON", "1 did")
def test_the_givers_key_approves_nothing_in_another_name(s: Story) -> Attempt:
    rita = overseer(s)
    asked = s.world.request("Rita", signer_of("Eve"), actor=rita.tag)
    s.world.record("key.registered", [rita.tag], {"request": asked.body}, signers=[s.ada])
    people = (s.carl, s.olga, rita.using(signer_of("Eve")))
    return offered(s, *people, hash="mismatch", override="urgency")


@refuses(
    TransferAccepted,
    ITEM,
    "E_NO_GRANT",
    "to oversee (approve, resolve, correct for others, reopen) in this",
)
def test_approvers_oversee_the_case(s: Story) -> Attempt:
    return offered(s, s.carl, s.olga, s.pia, hash="mismatch", override="urgency")


@refuses(TransferAccepted, ITEM, "E_TWO_PERSON", "0 did")
def test_witnesses_are_no_approvers(s: Story) -> Attempt:
    witnesses = [(s.olga, Capacity.WITNESS), (overseer(s), Capacity.WITNESS)]
    return offered(s, s.carl, *witnesses, hash="mismatch", override="urgency")


@refuses(TransferAccepted, ITEM, "E_HASH", "no digital content on file")
def test_a_laptop_has_no_digest(s: Story) -> Attempt:
    values = {"transfer": release(s, s.laptop, s.dora, s.carl), "hash": "match"}
    return attempt(s, "transfer.accepted", [s.laptop], values, s.carl)


@refuses(TransferAccepted, ITEM, "E_TWO_PERSON", "0 did")
def test_a_mismatch_on_the_way_back_needs_approvers_too(s: Story) -> Attempt:
    tag = image(s)
    send_out(s, tag, s.eve)
    values = {"transfer": None, "hash": "mismatch", "override": "urgency"}
    return attempt(s, "transfer.accepted", [tag], values, s.carl)


@admits(AccessCheckedOut, ITEM)
def test_an_item_is_lent_and_custody_stays(s: Story) -> None:
    check_out(s, s.laptop, s.dora, s.eve)
    item = s.world.item(s.laptop)
    assert item.holder == s.dora.tag and item.out and item.out.to == s.eve.tag


@admits(AccessCheckedOut, ITEM)
def test_the_holder_takes_it_out_herself(s: Story) -> None:
    given = {"to": s.dora.tag, "due_back": "2026-12-01T10:00:00Z", "authority": s.warrant}
    s.world.record("access.checked_out", [s.laptop], given, signers=[s.dora])


@refuses(AccessCheckedOut, ITEM, "E_SAME_PERSON", "co-signs as counterparty")
def test_who_takes_it_out_signs(s: Story) -> Attempt:
    return attempt(s, "access.checked_out", [s.laptop], {"to": s.eve.tag}, s.dora)


@refuses(AccessCheckedOut, ITEM, "E_NOT_HOLDER", "not with the signer")
def test_nobody_lends_what_another_holds(s: Story) -> Attempt:
    return lambda: check_out(s, s.laptop, s.carl, s.carl)


@refuses(AccessCheckedOut, ITEM, "E_CHECKED_OUT", "check it in first")
def test_nothing_is_lent_twice(s: Story) -> Attempt:
    check_out(s, s.laptop, s.dora, s.eve)
    return lambda: check_out(s, s.laptop, s.dora, s.carl)


@refuses(AccessCheckedOut, ITEM, "E_OPEN_TRANSFER", "on its way")
def test_nothing_is_lent_on_its_way(s: Story) -> Attempt:
    release(s, s.laptop, s.dora, s.carl)
    return lambda: check_out(s, s.laptop, s.dora, s.eve)


@refuses(AccessCheckedOut, ITEM, "E_NO_GRANT", "hold items")
def test_nothing_is_lent_to_who_may_not_handle_it(s: Story) -> Attempt:
    """R52."""
    return lambda: check_out(s, s.laptop, s.dora, s.ada)


@refuses(AccessCheckedOut, ITEM, "E_NO_GRANT", "not used for training")
def test_live_evidence_trains_nobody(s: Story) -> Attempt:
    given = {"to": s.dora.tag, "purpose": "training"}
    return attempt(s, "access.checked_out", [s.laptop], given, s.dora)


@refuses(AccessCheckedOut, ITEM, "E_AUTHORITY", "not on file")
def test_the_authority_of_a_loan_is_on_file(s: Story) -> Attempt:
    given = {"to": s.dora.tag, "authority": HASH}
    return attempt(s, "access.checked_out", [s.laptop], given, s.dora)


def check_in(s: Story, item: str, *signers: Any, **given: Any) -> Attempt:
    return attempt(s, "access.checked_in", [item], given, *signers)


def lent(s: Story) -> Story:
    seal(s, s.laptop, s.dora)
    check_out(s, s.laptop, s.dora, s.eve)
    return s


@admits(AccessCheckedIn, ITEM)
def test_both_sign_when_it_comes_back(s: Story) -> None:
    check_in(lent(s), s.laptop, s.dora, (s.eve, Capacity.COUNTERPARTY), seal="intact")()
    item = s.world.item(s.laptop)
    assert (item.holder, item.out) == (s.dora.tag, None)


@admits(AccessCheckedIn, ITEM)
def test_content_found_wrong_at_check_in_is_disputed(s: Story) -> None:
    tag = image(s)
    check_out(s, tag, s.eve, s.eve)
    check_in(s, tag, s.eve, hash="mismatch")()
    assert s.world.item(tag).disputed


@refuses(AccessCheckedIn, ITEM, "E_SEAL", "not as sound")
def test_the_old_seal_does_not_come_back_after_a_break(s: Story) -> Attempt:
    """Design §5."""
    lent(s)
    given = {"verdict": "broken_authorised"}
    s.world.record("seal.broken", [s.laptop], given, signers=[s.eve])
    return check_in(s, s.laptop, s.dora, (s.eve, Capacity.COUNTERPARTY), seal="intact")


@refuses(AccessCheckedIn, ITEM, "E_SAME_PERSON", "both sign")
def test_the_borrower_alone_does_not_bring_it_back(s: Story) -> Attempt:
    return check_in(lent(s), s.laptop, s.eve, seal="intact")


@refuses(AccessCheckedIn, ITEM, "E_NOT_HOLDER", "only who has the item out")
def test_a_third_person_does_not_bring_it_back(s: Story) -> Attempt:
    return check_in(lent(s), s.laptop, s.carl, seal="intact")


@refuses(AccessCheckedIn, ITEM, "E_NOT_OUT", "not checked out")
def test_what_is_not_out_does_not_come_back(s: Story) -> Attempt:
    return check_in(s, s.laptop, s.dora)


@refuses(AccessCheckedIn, ITEM, "E_NO_ORIGIN", "where it comes from")
def test_what_has_no_origin_does_not_come_back(s: Story) -> Attempt:
    return check_in(s, s.world.register(s.case, 2, by=s.dora), s.dora)


def move(s: Story, item: str, *signers: Any, **given: Any) -> Attempt:
    return attempt(s, "storage.moved", [item], given, *signers)


@admits(StorageMoved, ITEM)
def test_the_holder_moves_an_item(s: Story) -> None:
    move(s, s.laptop, s.dora, location="vehicle")()
    item = s.world.item(s.laptop)
    assert (item.location, item.holder) == (LocationKind.VEHICLE, s.dora.tag)


@admits(StorageMoved, ITEM)
def test_content_found_wrong_after_a_move_is_disputed(s: Story) -> None:
    tag = image(s)
    move(s, tag, s.eve, hash="partial")()
    assert s.world.item(tag).disputed


@refuses(StorageMoved, ITEM, "E_NOT_HOLDER", "not with the signer")
def test_nobody_moves_what_another_holds(s: Story) -> Attempt:
    return move(s, s.laptop, s.eve)


@refuses(StorageMoved, ITEM, "E_OPEN_TRANSFER", "on its way")
def test_what_is_on_its_way_is_not_moved(s: Story) -> Attempt:
    release(s, s.laptop, s.dora, s.carl)
    return move(s, s.laptop, s.dora)


@refuses(StorageMoved, ITEM, "E_TERMINAL", "left custody for good")
def test_what_is_gone_is_not_moved(s: Story) -> Attempt:
    set_state(s, s.laptop, terminal=True)
    return move(s, s.laptop, s.dora)
