"""The last second, and the first, at which a rule about times still holds."""

from typing import Any

import pytest

from custody.core import times
from custody.core.errors import RuleError
from custody.core.rules.cases import in_force
from custody.core.state import Authority, Case
from custody_schemas.terms import AuthorityKind
from tests.rulings import attempt, stage

AHEAD = 120  # seconds by which clocks may disagree, in the rules of the tests' ledger
FROM, TO = 1_790_000_000, 1_790_000_600


def basis(**given: int | None) -> Authority:
    members: dict[str, Any] = {
        "valid_from": FROM,
        "valid_to": TO,
        "ratify_by": None,
        "follows": None,
        **given,
    }
    return Authority(id="ab" * 32, kind=AuthorityKind.SEARCH_WARRANT, **members)


@pytest.mark.parametrize(
    ("moment", "given", "holds"),
    [
        (FROM - 1, {}, False),
        (FROM, {}, True),
        (TO, {}, True),
        (TO + 1, {}, False),
        (FROM - 1, {"valid_from": None}, True),
        (TO + 1, {"valid_to": None}, True),
        (FROM + 60, {"ended": FROM + 60}, True),
        (FROM + 61, {"ended": FROM + 60}, False),
        (TO + 1, {"ended": TO + 60}, False),
        (TO, {"ended": TO + 60}, True),
    ],
)
def test_a_legal_basis_is_in_force_from_its_first_second_to_its_last(
    moment: int, given: dict[str, int | None], holds: bool
) -> None:
    assert in_force(basis(**given), moment) == holds


@pytest.mark.parametrize(("shift", "may"), [(0, True), (-1, False)])
def test_a_legal_basis_may_end_in_the_second_in_which_it_begins(shift: int, may: bool) -> None:
    s = stage()
    given = {"valid_from": times.spelt(FROM), "valid_to": times.spelt(FROM + shift)}
    trying = attempt(s, "authority.recorded", [s.case], given, s.olga)
    if may:
        trying()
        return
    with pytest.raises(RuleError, match="it would end before it begins"):
        trying()


@pytest.mark.parametrize(("shift", "may"), [(AHEAD, True), (AHEAD + 1, False)])
def test_clocks_may_disagree_about_when_a_legal_basis_ended(shift: int, may: bool) -> None:
    s = stage()
    given = {"authority": s.warrant, "ended_at": times.spelt(s.world.now + shift)}
    trying = attempt(s, "authority.ended", [s.case], given, s.olga)
    if may:
        trying()
        case = s.world.states[s.case]
        assert isinstance(case, Case)
        assert case.authorities[0].ended == s.world.now - 60 + shift
        return
    with pytest.raises(RuleError, match="which is still to come"):
        trying()


@pytest.mark.parametrize(("shift", "may"), [(AHEAD, True), (AHEAD + 1, False)])
def test_clocks_may_disagree_about_when_an_entry_was_signed(shift: int, may: bool) -> None:
    s = stage()
    time = times.spelt(s.world.now + shift)
    trying = attempt(s, "note.recorded", [s.laptop], {}, s.dora, time=time)
    if may:
        trying()
        return
    with pytest.raises(RuleError, match="signed later than the ledger's clock"):
        trying()


@pytest.mark.parametrize(("shift", "may"), [(0, True), (1, False)])
def test_an_entry_is_recorded_until_its_last_second(shift: int, may: bool) -> None:
    s = stage()
    signed = s.world.draft("note.recorded", [s.laptop], signers=[s.dora])
    at = signed.statement.until + shift
    if may:
        s.world.submit(signed, at=at)
        return
    with pytest.raises(RuleError, match="was to be recorded earlier"):
        s.world.submit(signed, at=at)


@pytest.mark.parametrize(("shift", "may"), [(0, True), (1, False)])
def test_an_entry_is_late_a_second_after_the_rules_say(shift: int, may: bool) -> None:
    s = stage()
    occurred = s.world.occurred(s.world.now - 86_400 - shift)
    trying = attempt(s, "note.recorded", [s.laptop], {"occurred": occurred}, s.dora)
    if may:
        trying()
        return
    with pytest.raises(RuleError, match="a late entry says why it is late"):
        trying()


def test_what_began_and_ended_in_one_second_is_recorded() -> None:
    s = stage()
    occurred = s.world.occurred(until=times.spelt(s.world.now))
    attempt(s, "note.recorded", [s.laptop], {"occurred": occurred}, s.dora)()


@pytest.mark.parametrize(("more", "may"), [(0, True), (1, False)])
def test_a_signer_saw_at_most_all_that_there_is(more: int, may: bool) -> None:
    s = stage()
    seen = {"size": len(s.world.records) + more, "root": s.world.seen().root}
    trying = attempt(s, "note.recorded", [s.laptop], {}, s.dora, seen=seen)
    if may:
        trying()
        return
    with pytest.raises(RuleError, match="the signer saw"):
        trying()
