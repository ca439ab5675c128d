"""Rules on hand-overs that failed and on taking over from the absent: R24, R45, R54, R65, R66."""

from typing import Any

from custody_schemas.acts import CustodyAssumed, TransferLost, TransferReturned
from custody_schemas.declare import Capacity, Kind
from custody_schemas.terms import DiscrepancyKind, SealState
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
)
from tests.signers import ed25519_signer
from tests.worlds import Person, Story

ITEM = Kind.ITEM


def take_over(s: Story, *signers: Any, item: str = "", **given: Any) -> Attempt:
    return attempt(s, "custody.assumed", [item or s.laptop], given, *signers)


@admits(CustodyAssumed, ITEM)
def test_two_take_over_what_they_have_seen(s: Story) -> None:
    """Open hand-overs and check-outs end."""
    check_out(s, s.laptop, s.dora, s.eve)
    take_over(s, s.carl, s.olga)()
    item = s.world.item(s.laptop)
    assert (item.holder, item.out, item.transfer) == (s.carl.tag, None, None)


@admits(CustodyAssumed, ITEM)
def test_what_was_on_its_way_is_taken_over_as_it_is_found(s: Story) -> None:
    seal(s, s.laptop, s.dora)
    release(s, s.laptop, s.dora, s.eve)
    take_over(s, s.carl, s.olga, seal="number_mismatch")()
    item = s.world.item(s.laptop)
    assert (item.holder, item.transfer) == (s.carl.tag, None)
    assert item.seal and item.seal.state is SealState.NUMBER_MISMATCH
    (found,) = item.discrepancies
    assert set(found.involved) == {s.carl.tag, s.dora.tag, s.eve.tag}


@refuses(CustodyAssumed, ITEM, "E_TWO_PERSON", "co-signed by a person who oversees")
def test_nobody_takes_over_alone(s: Story) -> Attempt:
    return take_over(s, s.olga)


@refuses(CustodyAssumed, ITEM, "E_TWO_PERSON", "co-signed by a person who oversees")
def test_a_witness_is_not_enough(s: Story) -> Attempt:
    return take_over(s, s.carl, (s.olga, Capacity.WITNESS))


@refuses(CustodyAssumed, ITEM, "E_TWO_PERSON", "co-signed by a person who oversees")
def test_a_colleague_without_oversight_does_not_second(s: Story) -> Attempt:
    return take_over(s, s.carl, s.eve)


@refuses(CustodyAssumed, ITEM, "E_TWO_PERSON", "co-signed by a person who oversees")
def test_who_holds_the_item_does_not_second_that_she_cannot_hand_it_over(s: Story) -> Attempt:
    tag = image(s, 2, by=s.eve)
    given = {"transfer": release(s, tag, s.eve, s.olga), "hash": "match"}
    s.world.record("transfer.accepted", [tag], given, signers=[s.olga])
    return take_over(s, s.carl, s.olga, item=tag, hash="match")


@refuses(CustodyAssumed, ITEM, "E_TWO_PERSON", "co-signed by a person who oversees")
def test_nor_does_who_has_it_out(s: Story) -> Attempt:
    check_out(s, s.laptop, s.dora, s.olga)
    return take_over(s, s.carl, s.olga)


@refuses(CustodyAssumed, ITEM, "E_TWO_PERSON", "co-signed by a person who oversees")
def test_nor_does_the_giver_with_another_account(s: Story) -> Attempt:
    both = ed25519_signer(90)
    for person in (s.dora, s.olga):
        asked = s.world.request(person.name, both, actor=person.tag)
        about = [person.tag]
        s.world.record("key.registered", about, {"request": asked.body}, signers=[s.ada])
    release(s, s.laptop, s.dora, s.eve)
    return take_over(s, s.carl, s.olga)


@refuses(CustodyAssumed, ITEM, "E_NO_GRANT", "hold items")
def test_who_may_hold_nothing_takes_nothing_over(s: Story) -> Attempt:
    return take_over(s, s.ada, s.olga)


@refuses(CustodyAssumed, ITEM, "E_NO_ORIGIN", "where it comes from")
def test_nothing_without_an_origin_is_taken_over(s: Story) -> Attempt:
    return take_over(s, s.carl, s.olga, item=s.world.register(s.case, 2, by=s.dora))


@refuses(CustodyAssumed, ITEM, "E_NO_TRANSFER", "accept it back")
def test_nothing_is_taken_over_from_somebody_without_an_account(s: Story) -> Attempt:
    send_out(s, s.laptop, s.dora)
    return take_over(s, s.carl, s.olga)


@refuses(CustodyAssumed, ITEM, "E_SAME_PERSON", "holds the item already")
def test_nobody_takes_over_from_herself(s: Story) -> Attempt:
    """It would end a hand-over that she should cancel, or a loan that she should end."""
    return take_over(s, s.dora, s.olga)


@refuses(CustodyAssumed, ITEM, "E_TAKEOVER", "that is not_located is not taken over")
def test_what_was_not_seen_is_not_taken_over(s: Story) -> Attempt:
    return take_over(s, s.carl, s.olga, observed="not_located")


@refuses(CustodyAssumed, ITEM, "E_SEAL", "read its number off the bag")
def test_no_seal_goes_unmentioned(s: Story) -> Attempt:
    seal(s, s.laptop, s.dora)
    return take_over(s, s.carl, s.olga)


@refuses(CustodyAssumed, ITEM, "E_HASH", "say whether it was compared")
def test_nor_does_content(s: Story) -> Attempt:
    return take_over(s, s.carl, s.olga, item=image(s))


@refuses(CustodyAssumed, ITEM, "E_TWO_PERSON", "2 approvers who are not involved must co-sign, 1")
def test_who_left_a_changed_content_does_not_approve_that_it_is_taken_over(s: Story) -> Attempt:
    """Olga had the image; Carl takes it over with a mismatch, seconded by Rita, and by Olga."""
    rita = s.world.enrol("Rita", "peer_reviewer", by=s.ada)
    tag = image(s)
    given = {"transfer": release(s, tag, s.eve, s.olga), "hash": "match"}
    s.world.record("transfer.accepted", [tag], given, signers=[s.olga])
    return take_over(s, s.carl, rita, s.olga, item=tag, hash="mismatch", override="urgency")


def lost(s: Story, by: Person, transfer: str = "") -> Attempt:
    given = {"transfer": transfer or release(s, s.laptop, s.dora, s.eve)}
    return attempt(s, "transfer.lost", [s.laptop], given, by)


@admits(TransferLost, ITEM)
def test_a_parcel_that_is_lost_opens_a_discrepancy_and_the_giver_answers_for_it(s: Story) -> None:
    lost(s, s.eve)()
    item = s.world.item(s.laptop)
    assert (item.holder, item.transfer) == (s.dora.tag, None)
    (found,) = item.discrepancies
    assert (found.kind, set(found.involved)) == (
        DiscrepancyKind.MISSING_ITEM,
        {s.dora.tag, s.eve.tag},
    )


@admits(TransferLost, ITEM)
def test_who_oversees_says_that_it_is_lost(s: Story) -> None:
    lost(s, s.olga)()


@refuses(TransferLost, ITEM, "E_NO_GRANT", "correct for others")
def test_a_stranger_calls_nothing_lost(s: Story) -> Attempt:
    return lost(s, s.pia)


@refuses(TransferLost, ITEM, "E_NO_TRANSFER", "not open for this item")
def test_only_an_open_hand_over_is_lost(s: Story) -> Attempt:
    return lost(s, s.dora, transfer=HASH)


@refuses(TransferLost, ITEM, "E_TERMINAL", "left custody for good")
def test_what_is_gone_is_not_lost(s: Story) -> Attempt:
    attempted = lost(s, s.dora)
    set_state(s, s.laptop, terminal=True)
    return attempted


def come_back(s: Story, tag: str, by: Person, transfer: str = "", **given: Any) -> Attempt:
    values = {"transfer": transfer or release(s, tag, s.eve, s.carl), **given}
    return attempt(s, "transfer.returned", [tag], values, by)


@admits(TransferReturned, ITEM)
def test_what_comes_back_is_looked_at(s: Story) -> None:
    tag = image(s)
    come_back(s, tag, s.eve, hash="match")()
    item = s.world.item(tag)
    assert (item.holder, item.transfer) == (s.eve.tag, None)


@refuses(TransferReturned, ITEM, "E_NOT_HOLDER", "only who released the item")
def test_only_the_giver_takes_it_back(s: Story) -> Attempt:
    return come_back(s, image(s), s.carl, hash="match")


@refuses(TransferReturned, ITEM, "E_NO_TRANSFER", "not open for this item")
def test_nothing_comes_back_that_was_not_away(s: Story) -> Attempt:
    return come_back(s, image(s), s.eve, transfer=HASH, hash="match")


@refuses(TransferReturned, ITEM, "E_TERMINAL", "left custody for good")
def test_what_is_gone_does_not_come_back(s: Story) -> Attempt:
    tag = image(s)
    attempted = come_back(s, tag, s.eve, hash="match")
    set_state(s, tag, terminal=True)
    return attempted


@refuses(TransferReturned, ITEM, "E_TWO_PERSON", "0 did")
def test_what_comes_back_changed_is_not_passed_over(s: Story) -> Attempt:
    return come_back(s, image(s), s.eve, hash="mismatch", override="other")
