"""Rules on seals: R21, R48. Most of them keep a broken seal from being talked away."""

import pytest

from custody_schemas.acts import SealApplied, SealBroken, SealVerified
from custody_schemas.declare import Kind
from custody_schemas.terms import DiscrepancyKind, SealState
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
from tests.worlds import Story

ITEM = Kind.ITEM
FOUND_OPEN = ("broken_unauthorised", "missing", "number_mismatch")


def state_of(s: Story) -> SealState | None:
    on_file = s.world.item(s.laptop).seal
    return on_file.state if on_file else None


def verify(s: Story, verdict: str) -> Attempt:
    return attempt(s, "seal.verified", [s.laptop], {"verdict": verdict}, s.pia)


def broken(s: Story, verdict: str, *signers: object, **given: object) -> Attempt:
    values = {"verdict": verdict, **given}
    return attempt(s, "seal.broken", [s.laptop], values, *(signers or (s.dora,)))


@admits(SealApplied, ITEM)
def test_the_holder_seals_an_item(s: Story) -> None:
    seal(s, s.laptop, s.dora)
    assert state_of(s) is SealState.INTACT


@admits(SealApplied, ITEM)
def test_a_new_seal_after_a_break_is_called_so(s: Story) -> None:
    seal(s, s.laptop, s.dora)
    broken(s, "broken_authorised")()
    seal(s, s.laptop, s.dora)
    assert state_of(s) is SealState.RESEALED


@refuses(SealApplied, ITEM, "E_SEAL", "record how that seal was opened first")
def test_no_seal_is_put_over_a_sound_one(s: Story) -> Attempt:
    """It would hide that the first was opened."""
    seal(s, s.laptop, s.dora)
    return lambda: seal(s, s.laptop, s.dora)


@refuses(SealApplied, ITEM, "E_NO_GRANT", "hold items")
def test_who_may_not_hold_items_seals_none(s: Story) -> Attempt:
    return lambda: seal(s, s.laptop, s.ada)


@refuses(SealApplied, ITEM, "E_NOT_HOLDER", "not with the signer")
def test_the_holder_does_not_seal_what_is_checked_out(s: Story) -> Attempt:
    check_out(s, s.laptop, s.dora, s.eve)
    return lambda: seal(s, s.laptop, s.dora)


@refuses(SealApplied, ITEM, "E_OPEN_TRANSFER", "on its way")
def test_nothing_is_sealed_on_its_way(s: Story) -> Attempt:
    release(s, s.laptop, s.dora, s.eve)
    return lambda: seal(s, s.laptop, s.dora)


@admits(SealVerified, ITEM)
def test_a_sound_seal_is_a_touch(s: Story) -> None:
    seal(s, s.laptop, s.dora)
    verify(s, "intact")()
    chain = s.world.chains[s.laptop]
    assert (state_of(s), chain.changed) == (SealState.INTACT, chain.count - 2)


@admits(SealVerified, ITEM)
def test_a_number_that_differs_is_a_finding_and_a_change(s: Story) -> None:
    seal(s, s.laptop, s.dora)
    release(s, s.laptop, s.dora, s.eve)  # also on the way
    verify(s, "number_mismatch")()
    item, chain = s.world.item(s.laptop), s.world.chains[s.laptop]
    assert [d.kind for d in item.discrepancies] == [DiscrepancyKind.SEAL]
    assert (state_of(s), chain.changed) == (SealState.NUMBER_MISMATCH, chain.count - 1)


@admits(SealVerified, ITEM)
def test_the_same_finding_again_opens_no_second_discrepancy(s: Story) -> None:
    seal(s, s.laptop, s.dora)
    verify(s, "missing")()
    verify(s, "missing")()
    assert len(s.world.item(s.laptop).discrepancies) == 1


@admits(SealVerified, ITEM)
def test_a_seal_opened_with_authority_is_found_so(s: Story) -> None:
    seal(s, s.laptop, s.dora)
    broken(s, "broken_authorised")()
    verify(s, "broken_authorised")()
    assert s.world.item(s.laptop).discrepancies == ()


@refuses(SealVerified, ITEM, "E_SEAL", "no entry on file made the seal broken_authorised")
def test_nobody_calls_a_broken_seal_authorised_afterwards(s: Story) -> Attempt:
    seal(s, s.laptop, s.dora)
    return verify(s, "broken_authorised")


@refuses(SealVerified, ITEM, "E_SEAL", "no entry on file made the seal resealed")
def test_another_number_is_not_a_reseal_that_nobody_recorded(s: Story) -> Attempt:
    seal(s, s.laptop, s.dora)
    return verify(s, "resealed")


@refuses(SealVerified, ITEM, "E_SEAL", "on file as broken_unauthorised, not as sound")
def test_a_broken_seal_does_not_heal(s: Story) -> Attempt:
    seal(s, s.laptop, s.dora)
    verify(s, "broken_unauthorised")()
    return verify(s, "intact")


@refuses(SealVerified, ITEM, "E_SEAL", "no seal is on file")
def test_there_must_be_a_seal_to_look_at(s: Story) -> Attempt:
    return verify(s, "intact")


@refuses(SealVerified, ITEM, "E_SEAL", "nothing is said about it")
def test_a_look_at_a_seal_says_something(s: Story) -> Attempt:
    seal(s, s.laptop, s.dora)
    return verify(s, "not_stated")


@refuses(SealVerified, ITEM, "E_NO_GRANT", "hold items")
def test_an_admin_looks_at_no_seal(s: Story) -> Attempt:
    seal(s, s.laptop, s.dora)
    return attempt(s, "seal.verified", [s.laptop], {}, s.ada)


@refuses(SealVerified, ITEM, "E_NO_ORIGIN", "where it comes from")
def test_what_has_no_origin_has_no_seal(s: Story) -> Attempt:
    tag = s.world.register(s.case, 2, by=s.dora)
    return attempt(s, "seal.verified", [tag], {}, s.pia)


@admits(SealBroken, ITEM)
def test_the_holder_opens_a_seal_with_authority(s: Story) -> None:
    seal(s, s.laptop, s.dora)
    broken(s, "broken_authorised", authority=s.warrant)()
    assert state_of(s) is SealState.BROKEN_AUTHORISED
    assert s.world.item(s.laptop).discrepancies == ()


@pytest.mark.parametrize("verdict", FOUND_OPEN)
def test_a_seal_found_open_is_a_discrepancy_whoever_finds_it(verdict: str) -> None:
    s = stage()
    seal(s, s.laptop, s.dora)
    broken(s, verdict, s.pia)()
    assert state_of(s) == verdict
    assert [d.kind for d in s.world.item(s.laptop).discrepancies] == [DiscrepancyKind.SEAL]


@refuses(SealBroken, ITEM, "E_NOT_HOLDER", "not with the signer")
def test_only_who_has_the_item_in_hand_opens_its_seal(s: Story) -> Attempt:
    seal(s, s.laptop, s.dora)
    return broken(s, "broken_authorised", s.eve)


@refuses(SealBroken, ITEM, "E_OPEN_TRANSFER", "on its way")
def test_no_seal_is_opened_with_authority_on_the_way(s: Story) -> Attempt:
    seal(s, s.laptop, s.dora)
    release(s, s.laptop, s.dora, s.eve)
    return broken(s, "broken_authorised")


@refuses(SealBroken, ITEM, "E_SEAL", "no sound seal is on file")
def test_what_is_not_sealed_is_not_unsealed(s: Story) -> Attempt:
    return broken(s, "broken_authorised")


@refuses(SealBroken, ITEM, "E_SEAL", "no sound seal is on file")
def test_a_seal_found_open_is_not_opened_with_authority_afterwards(s: Story) -> Attempt:
    seal(s, s.laptop, s.dora)
    broken(s, "broken_unauthorised", s.pia)()
    return broken(s, "broken_authorised")


@refuses(SealBroken, ITEM, "E_SEAL", "not a way in which a seal is broken")
def test_intact_is_not_broken(s: Story) -> Attempt:
    seal(s, s.laptop, s.dora)
    return broken(s, "intact")


@refuses(SealBroken, ITEM, "E_AUTHORITY", "not on file in this case")
def test_the_authority_for_opening_a_seal_is_on_file(s: Story) -> Attempt:
    seal(s, s.laptop, s.dora)
    return broken(s, "broken_authorised", authority=HASH)


@refuses(SealBroken, ITEM, "E_TERMINAL", "left custody for good")
def test_the_seal_of_what_is_gone_is_not_opened(s: Story) -> Attempt:
    seal(s, s.laptop, s.dora)
    set_state(s, s.laptop, terminal=True)
    return broken(s, "broken_authorised")


@pytest.mark.parametrize("seal_", ["not_sealed", None])
def test_a_seal_on_file_as_opened_need_not_be_mentioned_again(seal_: str | None) -> None:
    s = stage()
    seal(s, s.laptop, s.dora)
    broken(s, "broken_authorised")()
    before = s.world.item(s.laptop).seal
    hand_over(s, s.laptop, s.dora, s.eve, seal=seal_)
    item = s.world.item(s.laptop)
    assert (item.holder, item.seal, item.discrepancies) == (s.eve.tag, before, ())
