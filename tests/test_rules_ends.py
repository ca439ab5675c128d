"""Rules on what ends and changes: legal bases, cases, keys in one step, the rules themselves."""

from typing import Any

import pytest

from custody.core.errors import RuleError
from custody.core.state import Case
from custody_schemas.acts import (
    AuthorityEnded,
    CaseClosed,
    CaseReopened,
    ItemSeized,
    KeyRotated,
    LedgerRulesChanged,
)
from custody_schemas.declare import Kind
from tests.bodies import HASH
from tests.rulings import Attempt, admits, attempt, refuses
from tests.worlds import Person, Story, signer_of

ACTOR, CASE, ITEM, LEDGER = Kind.ACTOR, Kind.CASE, Kind.ITEM, Kind.LEDGER
TOMORROW = "2026-09-23T00:00:00Z"
YESTERDAY = "2026-09-20T00:00:00Z"


def case_of(s: Story) -> Case:
    found = s.world.states[s.case]
    assert isinstance(found, Case)
    return found


def end(s: Story, by: Person, **given: Any) -> Attempt:
    values = {"authority": s.warrant, "ended_at": YESTERDAY, **given}
    return attempt(s, "authority.ended", [s.case], values, by)


@admits(AuthorityEnded, CASE)
def test_a_warrant_that_was_quashed_stays_on_file(s: Story) -> None:
    end(s, s.olga, cause="quashed")()
    (warrant,) = case_of(s).authorities
    assert warrant.id == s.warrant and warrant.ended is not None


@refuses(ItemSeized, ITEM, "E_AUTHORITY", "was not in force at")
def test_nothing_is_seized_under_a_warrant_that_ended(s: Story) -> Attempt:
    end(s, s.olga)()
    tag = s.world.register(s.case, 2, by=s.dora)
    return attempt(s, "item.seized", [tag], {"authority": s.warrant}, s.dora)


@refuses(AuthorityEnded, CASE, "E_NO_GRANT", "record their legal basis")
def test_a_receiver_ends_no_warrant(s: Story) -> Attempt:
    return end(s, s.pia)


@refuses(AuthorityEnded, CASE, "E_AUTHORITY", "is not on file")
def test_only_what_is_on_file_ends(s: Story) -> Attempt:
    return end(s, s.olga, authority=HASH)


@refuses(AuthorityEnded, CASE, "E_AUTHORITY", "it ended already, at 2026-09-20")
def test_a_warrant_ends_once(s: Story) -> Attempt:
    end(s, s.olga)()
    return end(s, s.olga)


@refuses(AuthorityEnded, CASE, "E_TIME", "which is still to come")
def test_no_warrant_ends_beforehand(s: Story) -> Attempt:
    return end(s, s.olga, ended_at=TOMORROW)


@admits(CaseClosed, CASE)
def test_a_case_ends_and_its_items_stay_where_they_are(s: Story) -> None:
    before = s.world.item(s.laptop)
    attempt(s, "case.closed", [s.case], {}, s.olga)()
    assert case_of(s).closed and s.world.item(s.laptop) == before
    given = {"to": s.carl.tag}
    s.world.record("transfer.released", [s.laptop], given, signers=[s.dora])


@refuses(CaseClosed, CASE, "E_NO_GRANT", "open cases")
def test_a_receiver_closes_no_case(s: Story) -> Attempt:
    return attempt(s, "case.closed", [s.case], {}, s.pia)


@refuses(CaseClosed, CASE, "E_CASE_CLOSED", "closed already")
def test_a_case_is_closed_once(s: Story) -> Attempt:
    s.world.record("case.closed", [s.case], signers=[s.olga])
    return attempt(s, "case.closed", [s.case], {}, s.olga)


@admits(CaseReopened, CASE)
def test_a_case_is_taken_up_again(s: Story) -> None:
    s.world.record("case.closed", [s.case], signers=[s.eve])
    s.world.record("case.reopened", [s.case], signers=[s.olga])
    assert not case_of(s).closed
    s.world.register(s.case, 2, by=s.dora)


@refuses(CaseReopened, CASE, "E_NO_GRANT", "correct for others")
def test_who_may_close_a_case_may_not_reopen_it(s: Story) -> Attempt:
    s.world.record("case.closed", [s.case], signers=[s.eve])
    return attempt(s, "case.reopened", [s.case], {}, s.eve)


@refuses(CaseReopened, CASE, "E_CASE_OPEN", "the case is open")
def test_an_open_case_is_not_reopened(s: Story) -> Attempt:
    return attempt(s, "case.reopened", [s.case], {}, s.olga)


def rotate(
    s: Story, by: Person, name: str = "spare", *, to: Person | None = None, replaces: str = ""
) -> Attempt:
    to = to or s.dora
    asked = s.world.request(to.name, signer_of(name), actor=to.tag)
    given = {"request": asked.body, "replaces": replaces or to.signer.key.id}
    return attempt(s, "key.rotated", [to.tag], given, by)


@admits(KeyRotated, ACTOR)
def test_a_new_key_takes_the_place_of_an_old_one(s: Story) -> None:
    rotate(s, s.ada)()
    with pytest.raises(RuleError, match="not in force"):
        s.world.record("note.recorded", [s.laptop], signers=[s.dora])
    s.world.record("note.recorded", [s.laptop], signers=[s.dora.using(signer_of("spare"))])


@refuses(KeyRotated, ACTOR, "E_NO_GRANT", "enrol people")
def test_an_old_key_alone_makes_no_new_one(s: Story) -> Attempt:
    return rotate(s, s.dora)


@refuses(KeyRotated, ACTOR, "E_SAME_PERSON", "for herself")
def test_an_admin_does_not_rotate_her_own(s: Story) -> Attempt:
    return rotate(s, s.ada, to=s.ada)


@refuses(KeyRotated, ACTOR, "E_KEY", "is not in force for this person")
def test_a_key_that_was_revoked_is_not_replaced(s: Story) -> Attempt:
    return rotate(s, s.ada, replaces=HASH)


@refuses(KeyRotated, ACTOR, "E_KEY", "registered for this person before")
def test_no_key_is_replaced_by_itself(s: Story) -> Attempt:
    return rotate(s, s.ada, "Dora")


@refuses(KeyRotated, ACTOR, "E_KEY", "cannot replace itself")
def test_the_new_key_is_not_the_one_that_ends(s: Story) -> Attempt:
    """The person would be left with the old key, and seem to have a new one."""
    return rotate(s, s.ada, replaces=signer_of("spare").key.id)


def change(s: Story, *signers: Any, **rules: int) -> Attempt:
    values = {"version": 1, "late_after": 3600, "ahead": 120, "approvers": 2, **rules}
    return attempt(s, "ledger.rules_changed", [ledger_tag(s)], {"rules": values}, *signers)


def ledger_tag(s: Story) -> str:
    return next(p.tag for p in s.world.runs[0].signed.statement.about if p.kind is LEDGER)


@admits(LedgerRulesChanged, LEDGER)
def test_two_change_the_rules_and_the_next_act_is_judged_by_them(s: Story) -> None:
    change(s, s.ada, s.olga, late_after=0)()
    occurred = s.world.occurred(s.world.now - 1)
    with pytest.raises(RuleError, match="a late entry says why"):
        s.world.record("note.recorded", [s.laptop], {"occurred": occurred}, signers=[s.dora])


@refuses(LedgerRulesChanged, LEDGER, "E_NO_GRANT", "enrol people")
def test_a_case_officer_changes_no_rules(s: Story) -> Attempt:
    return change(s, s.olga, s.carl)


@refuses(LedgerRulesChanged, LEDGER, "E_TWO_PERSON", "may enrol or oversee everywhere co-signs")
def test_an_admin_changes_no_rules_alone(s: Story) -> Attempt:
    return change(s, s.ada)


@refuses(LedgerRulesChanged, LEDGER, "E_TWO_PERSON", "may enrol or oversee everywhere co-signs")
def test_who_oversees_one_case_does_not_answer_for_all(s: Story) -> Attempt:
    role = {"role": "peer_reviewer", "case": s.case}
    s.world.record("role.granted", [s.pia.tag], role, signers=[s.ada])
    return change(s, s.ada, s.pia)


@refuses(LedgerRulesChanged, LEDGER, "E_CORRECTION", "in force already")
def test_rules_that_stand_are_not_changed(s: Story) -> Attempt:
    return change(s, s.ada, s.olga, late_after=86_400)
