"""Rules on hand-overs: two acts by two people. R44–R50, R54."""

from typing import Any

import pytest

from custody.core.errors import RuleError
from custody_schemas.acts import (
    TransferAccepted,
    TransferReleased,
)
from custody_schemas.declare import Kind
from custody_schemas.terms import DiscrepancyKind, LocationKind, SealState
from tests.bodies import HASH
from tests.rulings import (
    Attempt,
    admits,
    attempt,
    check_out,
    hand_over,
    refuses,
    release,
    seal,
    set_state,
    stage,
)
from tests.worlds import Story, signer_of

ITEM = Kind.ITEM


def accept(s: Story, item: str, *signers: Any, **given: Any) -> Attempt:
    """To take over what was released last."""
    transfer = s.world.item(item).transfer
    values = {"transfer": transfer.id if transfer else None, **given}
    return attempt(s, "transfer.accepted", [item], values, *signers)


@admits(TransferReleased, ITEM)
def test_a_release_changes_no_holder(s: Story) -> None:
    """R44."""
    released = release(s, s.laptop, s.dora, s.carl)
    item = s.world.item(s.laptop)
    assert item.holder == s.dora.tag and item.transfer is not None
    assert (item.transfer.id, item.transfer.to) == (released, s.carl.tag)


@admits(TransferReleased, ITEM)
def test_a_holder_whose_role_has_ended_may_still_hand_over(s: Story) -> None:
    """No dead ends: what she holds must not stay with her."""
    s.world.record("role.revoked", [s.dora.tag], {"role": "defr"}, signers=[s.ada])
    hand_over(s, s.laptop, s.dora, s.carl)
    release(s, s.laptop, s.carl, s.eve)


@refuses(TransferReleased, ITEM, "E_NOT_HOLDER", "not with the signer")
def test_only_the_holder_releases(s: Story) -> Attempt:
    return lambda: release(s, s.laptop, s.eve, s.carl)


@refuses(TransferReleased, ITEM, "E_NOT_HOLDER", "without an account (nobody)")
def test_who_has_handed_over_holds_no_more(s: Story) -> Attempt:
    tag = s.world.register(s.case, 2, by=s.dora)
    set_state(s, tag, origin="item.seized")
    return lambda: release(s, tag, s.dora, s.carl)


@refuses(TransferReleased, ITEM, "E_NO_ORIGIN", "where it comes from")
def test_what_has_no_origin_is_not_handed_over(s: Story) -> Attempt:
    tag = s.world.register(s.case, 2, by=s.dora)
    return lambda: release(s, tag, s.dora, s.carl)


@refuses(TransferReleased, ITEM, "E_OPEN_TRANSFER", "on its way")
def test_nothing_is_released_twice(s: Story) -> Attempt:
    release(s, s.laptop, s.dora, s.carl)
    return lambda: release(s, s.laptop, s.dora, s.eve)


@refuses(TransferReleased, ITEM, "E_CHECKED_OUT", "check it in first")
def test_what_is_checked_out_is_not_handed_over(s: Story) -> Attempt:
    check_out(s, s.laptop, s.dora, s.eve)
    return lambda: release(s, s.laptop, s.dora, s.carl)


@refuses(TransferReleased, ITEM, "E_NOT_HOLDER", "not with the signer")
def test_who_has_it_out_does_not_hand_it_over(s: Story) -> Attempt:
    check_out(s, s.laptop, s.dora, s.eve)
    return lambda: release(s, s.laptop, s.eve, s.carl)


@refuses(TransferReleased, ITEM, "E_UNKNOWN", "one receiver")
def test_a_release_names_a_receiver(s: Story) -> Attempt:
    return attempt(s, "transfer.released", [s.laptop], {}, s.dora)


@refuses(TransferReleased, ITEM, "E_UNKNOWN", "one receiver")
def test_a_release_names_one_receiver(s: Story) -> Attempt:
    return lambda: release(s, s.laptop, s.dora, s.carl, outside="court")


@refuses(TransferReleased, ITEM, "E_SAME_PERSON", "to herself")
def test_nobody_releases_to_herself(s: Story) -> Attempt:
    return lambda: release(s, s.laptop, s.dora, s.dora)


@refuses(TransferReleased, ITEM, "E_AUTHORITY", "not on file")
def test_the_authority_of_a_release_is_on_file(s: Story) -> Attempt:
    return lambda: release(s, s.laptop, s.dora, s.carl, authority=HASH)


@refuses(TransferReleased, ITEM, "E_TERMINAL", "left custody for good")
def test_what_is_gone_is_not_released(s: Story) -> Attempt:
    """R57."""
    set_state(s, s.laptop, terminal=True)
    return lambda: release(s, s.laptop, s.dora, s.carl)


@admits(TransferAccepted, ITEM)
def test_custody_passes_with_the_acceptance(s: Story) -> None:
    hand_over(s, s.laptop, s.dora, s.carl)
    item = s.world.item(s.laptop)
    assert (item.holder, item.transfer) == (s.carl.tag, None)
    assert item.location is LocationKind.EVIDENCE_ROOM


def test_part_of_what_was_released_is_accepted() -> None:
    """R64: what was not accepted stays on its way."""
    s = stage()
    second = s.world.seize(s.case, 2, s.warrant, by=s.dora)
    release(s, [s.laptop, second], s.dora, s.carl)
    accept(s, s.laptop, s.carl)()
    assert s.world.item(s.laptop).holder == s.carl.tag
    assert s.world.item(second).holder == s.dora.tag and s.world.item(second).transfer
    with pytest.raises(RuleError, match="not open for this item"):
        transfer = s.world.item(second).transfer
        assert transfer
        s.world.record("transfer.accepted", [s.laptop], {"transfer": transfer.id}, signers=[s.carl])
    accept(s, second, s.carl)()
    assert s.world.item(second).holder == s.carl.tag


@refuses(TransferAccepted, ITEM, "E_SAME_PERSON", "who released the item cannot accept")
def test_the_releaser_does_not_accept(s: Story) -> Attempt:
    """R46."""
    release(s, s.laptop, s.dora, s.carl)
    return accept(s, s.laptop, s.dora)


@refuses(TransferAccepted, ITEM, "E_SAME_PERSON", "the key that released the item")
def test_the_key_of_the_release_does_not_accept_in_another_name(s: Story) -> Attempt:
    """R46: by the same person or key. Dora's key was enrolled for Carl as well."""
    shared = s.world.request("Carl", signer_of("Dora"), actor=s.carl.tag)
    s.world.record("key.registered", [s.carl.tag], {"request": shared.body}, signers=[s.ada])
    release(s, s.laptop, s.dora, s.carl)
    return accept(s, s.laptop, s.carl.using(signer_of("Dora")))


@refuses(TransferAccepted, ITEM, "E_NO_TRANSFER", "released to somebody else")
def test_nobody_accepts_what_was_released_to_another(s: Story) -> Attempt:
    release(s, s.laptop, s.dora, s.carl)
    return accept(s, s.laptop, s.eve)


@refuses(TransferAccepted, ITEM, "E_NO_TRANSFER", "released to somebody else")
def test_nobody_accepts_what_is_on_its_way_to_a_court(s: Story) -> Attempt:
    s.world.record("transfer.released", [s.laptop], {"outside": "court"}, signers=[s.dora])
    return accept(s, s.laptop, s.eve)


@refuses(TransferAccepted, ITEM, "E_NO_TRANSFER", "not open for this item")
def test_nobody_accepts_what_was_not_released(s: Story) -> Attempt:
    return accept(s, s.laptop, s.carl, transfer=HASH)


@refuses(TransferAccepted, ITEM, "E_NO_TRANSFER", "not open for this item")
def test_nothing_is_accepted_twice(s: Story) -> Attempt:
    released = release(s, s.laptop, s.dora, s.carl)
    accept(s, s.laptop, s.carl)()
    return accept(s, s.laptop, s.carl, transfer=released)


@refuses(TransferAccepted, ITEM, "E_NO_GRANT", "hold items")
def test_who_may_not_hold_items_accepts_none(s: Story) -> Attempt:
    release(s, s.laptop, s.dora, s.ada)
    return accept(s, s.laptop, s.ada)


@refuses(TransferAccepted, ITEM, "E_OPEN_TRANSFER", "cite the release")
def test_what_is_on_its_way_is_accepted_by_its_release(s: Story) -> Attempt:
    release(s, s.laptop, s.dora, s.carl)
    return accept(s, s.laptop, s.carl, transfer=None)


@refuses(TransferAccepted, ITEM, "E_NO_TRANSFER", "not with anybody without an account")
def test_nobody_takes_what_another_holds(s: Story) -> Attempt:
    """Without a release, custody never leaves who has it."""
    return attempt(s, "transfer.accepted", [s.laptop], {"transfer": None}, s.eve)


@refuses(TransferAccepted, ITEM, "E_TERMINAL", "left custody for good")
def test_what_is_gone_is_not_accepted(s: Story) -> Attempt:
    release(s, s.laptop, s.dora, s.carl)
    set_state(s, s.laptop, terminal=True)
    return accept(s, s.laptop, s.carl)


@admits(TransferAccepted, ITEM)
def test_a_broken_seal_is_accepted_and_opens_a_discrepancy(s: Story) -> None:
    """R48."""
    seal(s, s.laptop, s.dora)
    release(s, s.laptop, s.dora, s.carl)
    accept(s, s.laptop, s.carl, seal="number_mismatch")()
    item = s.world.item(s.laptop)
    assert item.seal and item.seal.state is SealState.NUMBER_MISMATCH
    assert [d.kind for d in item.discrepancies] == [DiscrepancyKind.SEAL]


@admits(TransferAccepted, ITEM)
def test_sealed_and_not_looked_through_is_a_way_to_accept(s: Story) -> None:
    """R50."""
    seal(s, s.laptop, s.dora)
    release(s, s.laptop, s.dora, s.carl)
    condition = ["contents_not_inventoried"]
    accept(s, s.laptop, s.carl, seal="intact", contents_inventoried="no", condition=condition)()


@refuses(TransferAccepted, ITEM, "E_SEAL", "read its number off the bag")
def test_a_seal_on_file_is_not_passed_over(s: Story) -> Attempt:
    seal(s, s.laptop, s.dora)
    release(s, s.laptop, s.dora, s.carl)
    return accept(s, s.laptop, s.carl)


@refuses(TransferAccepted, ITEM, "E_SEAL", "read its number off the bag")
def test_a_seal_on_file_is_not_denied(s: Story) -> Attempt:
    seal(s, s.laptop, s.dora)
    release(s, s.laptop, s.dora, s.carl)
    return accept(s, s.laptop, s.carl, seal="not_sealed")


@refuses(TransferAccepted, ITEM, "E_SEAL", "never sealed")
def test_a_seal_that_is_not_on_file_is_not_invented(s: Story) -> Attempt:
    release(s, s.laptop, s.dora, s.carl)
    return accept(s, s.laptop, s.carl, seal="intact")
