"""Rules on hand-overs that come to nothing, or go to people without accounts: R24, R47."""

from typing import Any

from custody_schemas.acts import (
    TransferAccepted,
    TransferAcknowledged,
    TransferCancelled,
    TransferRefused,
    TransferReleased,
)
from custody_schemas.declare import Kind
from custody_schemas.terms import DiscrepancyKind, LocationKind
from tests.rulings import (
    Attempt,
    admits,
    attempt,
    refuses,
    release,
    send_out,
)
from tests.worlds import Story

ITEM = Kind.ITEM


def accept(s: Story, item: str, *signers: Any, **given: Any) -> Attempt:
    """To take over what was released last."""
    transfer = s.world.item(item).transfer
    values = {"transfer": transfer.id if transfer else None, **given}
    return attempt(s, "transfer.accepted", [item], values, *signers)


@admits(TransferRefused, ITEM)
def test_what_is_refused_stays_with_the_releaser(s: Story) -> None:
    released = release(s, s.laptop, s.dora, s.carl)
    given = {"transfer": released, "reason": "wrong_packaging"}
    s.world.record("transfer.refused", [s.laptop], given, signers=[s.carl])
    item = s.world.item(s.laptop)
    assert (item.holder, item.transfer, item.discrepancies) == (s.dora.tag, None, ())


@admits(TransferRefused, ITEM)
def test_a_refusal_for_a_defect_is_a_finding(s: Story) -> None:
    """Else a broken seal goes back to the releaser, who offers the item to the next."""
    released = release(s, s.laptop, s.dora, s.carl)
    given = {"transfer": released, "reason": "seal_broken"}
    s.world.record("transfer.refused", [s.laptop], given, signers=[s.carl])
    assert [d.kind for d in s.world.item(s.laptop).discrepancies] == [DiscrepancyKind.SEAL]


@refuses(TransferRefused, ITEM, "E_NO_TRANSFER", "released to somebody else")
def test_only_the_receiver_refuses(s: Story) -> Attempt:
    released = release(s, s.laptop, s.dora, s.carl)
    return attempt(s, "transfer.refused", [s.laptop], {"transfer": released}, s.eve)


@refuses(TransferRefused, ITEM, "E_SAME_PERSON", "cannot accept or refuse")
def test_the_releaser_does_not_refuse_but_cancel(s: Story) -> Attempt:
    released = release(s, s.laptop, s.dora, s.carl)
    return attempt(s, "transfer.refused", [s.laptop], {"transfer": released}, s.dora)


@admits(TransferCancelled, ITEM)
def test_the_releaser_takes_the_offer_back(s: Story) -> None:
    released = release(s, s.laptop, s.dora, s.carl)
    s.world.record("transfer.cancelled", [s.laptop], {"transfer": released}, signers=[s.dora])
    item = s.world.item(s.laptop)
    assert (item.holder, item.transfer) == (s.dora.tag, None)


@refuses(TransferCancelled, ITEM, "E_NOT_HOLDER", "only who released")
def test_nobody_else_cancels_a_release(s: Story) -> Attempt:
    released = release(s, s.laptop, s.dora, s.carl)
    return attempt(s, "transfer.cancelled", [s.laptop], {"transfer": released}, s.carl)


@refuses(TransferCancelled, ITEM, "E_NO_TRANSFER", "not open for this item")
def test_what_was_accepted_is_not_cancelled(s: Story) -> Attempt:
    released = release(s, s.laptop, s.dora, s.carl)
    accept(s, s.laptop, s.carl)()
    return attempt(s, "transfer.cancelled", [s.laptop], {"transfer": released}, s.dora)


@admits(TransferAcknowledged, ITEM)
def test_a_court_confirms_on_paper(s: Story) -> None:
    """R47."""
    sent = send_out(s, s.laptop, s.dora)
    item = s.world.item(s.laptop)
    assert (item.holder, item.outside, item.outside_since) == (None, "court", sent)
    assert item.location is LocationKind.EXTERNAL


@admits(TransferAccepted, ITEM)
def test_an_item_comes_back_from_a_court(s: Story) -> None:
    send_out(s, s.laptop, s.dora)
    accept(s, s.laptop, s.carl)()
    item = s.world.item(s.laptop)
    assert (item.holder, item.outside, item.outside_since) == (s.carl.tag, None, None)


@refuses(TransferAcknowledged, ITEM, "E_NO_TRANSFER", "accept with her own key")
def test_nobody_acknowledges_for_who_has_an_account(s: Story) -> Attempt:
    """Else a releaser alone would make somebody else the holder."""
    released = release(s, s.laptop, s.dora, s.carl)
    return attempt(s, "transfer.acknowledged", [s.laptop], {"transfer": released}, s.dora)


@refuses(TransferAcknowledged, ITEM, "E_NOT_HOLDER", "only who released")
def test_only_the_releaser_records_an_acknowledgement(s: Story) -> Attempt:
    sent = s.world.record("transfer.released", [s.laptop], {"outside": "court"}, signers=[s.dora])
    return attempt(s, "transfer.acknowledged", [s.laptop], {"transfer": sent}, s.carl)


@refuses(TransferReleased, ITEM, "E_NOT_HOLDER", "without an account (court)")
def test_what_a_court_has_is_not_released_here(s: Story) -> Attempt:
    send_out(s, s.laptop, s.dora)
    return lambda: release(s, s.laptop, s.dora, s.carl)
