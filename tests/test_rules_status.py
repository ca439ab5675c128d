"""Rules on where proceedings stand, and what has happened by that: R13, R72."""

from typing import Any

from custody.core import times
from custody.core.retention import began
from custody.core.state import Case
from custody_schemas.acts import CaseReopened, CaseStatusChanged
from custody_schemas.declare import Kind
from custody_schemas.terms import CaseStatus, OffenceSeverity, Trigger
from tests.rulings import Attempt, admits, attempt, refuses, stage
from tests.schedules import case_of, status
from tests.worlds import Person, Story

CASE = Kind.CASE
SEPTEMBER = times.seconds("2026-09-01T00:00:00Z")
LATER = "2030-01-01T00:00:00Z"


def changing(s: Story, by: Person, **given: Any) -> Attempt:
    return attempt(s, "case.status_changed", [s.case], given, by)


def case(s: Story) -> Case:
    return case_of(s, s.laptop)


def events(s: Story) -> dict[Trigger, int]:
    return {each.trigger: each.at for each in case(s).happened}


@admits(CaseStatusChanged, CASE)
def test_an_acquittal_happened_when_it_took_effect(s: Story) -> None:
    before = case(s)
    assert (before.status, set(events(s))) == (CaseStatus.OPEN, {Trigger.CASE_OPENED})
    status(s, s.laptop, "acquitted")
    assert case(s).status is CaseStatus.ACQUITTED
    assert events(s)[Trigger.ACQUITTAL] == SEPTEMBER
    assert (case(s).severity, case(s).category) == (before.severity, None)


@admits(CaseStatusChanged, CASE)
def test_what_the_offence_proved_to_be_is_said_with_it(s: Story) -> None:
    given = {"severity": "very_serious", "category": "homicide"}
    status(s, s.laptop, "charged", **given)
    status(s, s.laptop, "trial")
    assert case(s).severity is OffenceSeverity.VERY_SERIOUS and case(s).category == "homicide"


@admits(CaseStatusChanged, CASE)
def test_what_is_still_to_come_may_be_on_file(s: Story) -> None:
    given = {"release_at": LATER, "limitation_at": LATER, "appeal_deadline": LATER}
    status(s, s.laptop, "convicted", **given)
    later = times.seconds(LATER)
    assert events(s)[Trigger.RELEASE_FROM_CUSTODY] == events(s)[Trigger.LIMITATION_EXPIRY] == later
    assert case(s).appeal_until == later and Trigger.APPEAL_END not in events(s)


@admits(CaseStatusChanged, CASE)
def test_what_an_appeal_puts_in_question_has_not_happened(s: Story) -> None:
    given = {"release_at": LATER, "limitation_at": LATER, "appeal_deadline": LATER}
    status(s, s.laptop, "convicted", **given)
    status(s, s.laptop, "appeal")
    assert set(events(s)) == {Trigger.CASE_OPENED, Trigger.LIMITATION_EXPIRY}
    assert case(s).appeal_until == times.seconds(LATER)
    status(s, s.laptop, "convicted", appeal_ended="2026-09-10T00:00:00Z")
    assert case(s).appeal_until is None
    assert set(events(s)) >= {Trigger.CONVICTION, Trigger.APPEAL_END}
    assert Trigger.RELEASE_FROM_CUSTODY not in events(s)


@admits(CaseStatusChanged, CASE)
def test_another_outcome_takes_the_place_of_the_first(s: Story) -> None:
    status(s, s.laptop, "convicted", release_at=LATER)
    status(s, s.laptop, "acquitted", "2026-09-15T00:00:00Z")
    assert set(events(s)) == {Trigger.CASE_OPENED, Trigger.ACQUITTAL}


@admits(CaseStatusChanged, CASE)
def test_against_another_outcome_there_is_another_time_to_appeal(s: Story) -> None:
    status(s, s.laptop, "convicted", appeal_deadline=LATER)
    status(s, s.laptop, "acquitted", "2026-09-15T00:00:00Z")
    assert case(s).appeal_until is None


@admits(CaseReopened, CASE)
def test_taken_up_again_it_keeps_the_time_to_appeal(s: Story) -> None:
    """And only that: no outcome stands that it could be the end of."""
    status(s, s.laptop, "acquitted", appeal_deadline=LATER)
    s.world.record("case.closed", [s.case], {"status": "unsolved"}, signers=[s.olga])
    s.world.record("case.reopened", [s.case], {"status": "not_stated"}, signers=[s.olga])
    assert set(events(s)) == {Trigger.CASE_OPENED}
    assert case(s).appeal_until == times.seconds(LATER)
    assert began(Trigger.APPEAL_END, s.world.item(s.laptop), case(s)) is None


@admits(CaseStatusChanged, CASE)
def test_the_same_outcome_again_keeps_what_was_said_with_it(s: Story) -> None:
    status(s, s.laptop, "convicted", release_at=LATER, appeal_deadline=LATER)
    status(s, s.laptop, "closed")
    status(s, s.laptop, "convicted", "2026-09-15T00:00:00Z")
    assert events(s)[Trigger.CONVICTION] == times.seconds("2026-09-15T00:00:00Z")
    assert events(s)[Trigger.RELEASE_FROM_CUSTODY] == case(s).appeal_until == times.seconds(LATER)


@admits(CaseStatusChanged, CASE)
def test_an_appeal_that_ended_leaves_no_deadline(s: Story) -> None:
    status(s, s.laptop, "acquitted", appeal_deadline=LATER)
    status(s, s.laptop, "acquitted", appeal_ended="2026-09-10T00:00:00Z")
    assert case(s).appeal_until is None
    assert events(s)[Trigger.APPEAL_END] == times.seconds("2026-09-10T00:00:00Z")


@admits(CaseStatusChanged, CASE)
def test_a_prosecutor_who_runs_no_cases_says_it_too(s: Story) -> None:
    paul = s.world.enrol("Paul", "prosecutor", by=s.ada)
    changing(s, paul, status="discontinued")()
    assert events(s)[Trigger.DISCONTINUANCE] == SEPTEMBER


@admits(CaseStatusChanged, CASE)
def test_a_case_that_is_closed_stands_somewhere_too(s: Story) -> None:
    s.world.record("case.closed", [s.case], {"status": "not_prosecuted"}, signers=[s.olga])
    assert case(s).status is CaseStatus.NOT_PROSECUTED
    closed = s.world.now - 60
    assert events(s)[Trigger.CASE_CLOSED] == events(s)[Trigger.NOT_PROSECUTED] == closed
    status(s, s.laptop, "unsolved")
    assert set(events(s)) == {Trigger.CASE_OPENED, Trigger.CASE_CLOSED}
    s.world.record("case.reopened", [s.case], {"status": "open"}, signers=[s.olga])
    assert set(events(s)) == {Trigger.CASE_OPENED} and case(s).status is CaseStatus.OPEN


def test_a_case_that_is_closed_without_a_status_stands_where_it_stood() -> None:
    s = stage()
    status(s, s.laptop, "convicted", release_at=LATER)
    s.world.record("case.closed", [s.case], {"status": "not_stated"}, signers=[s.olga])
    assert case(s).status is CaseStatus.CONVICTED and Trigger.CONVICTION in events(s)


@refuses(CaseStatusChanged, CASE, "E_NO_GRANT", "open cases")
def test_a_receiver_says_nothing_about_proceedings(s: Story) -> Attempt:
    return changing(s, s.pia)


@refuses(CaseStatusChanged, CASE, "E_TIME", "still to come")
def test_no_acquittal_is_recorded_before_it_happens(s: Story) -> Attempt:
    return changing(s, s.olga, effective_at=LATER)


@refuses(CaseStatusChanged, CASE, "E_TIME", "still to come")
def test_no_appeal_has_ended_before_it_does(s: Story) -> Attempt:
    return changing(s, s.olga, appeal_ended=LATER)


@refuses(CaseStatusChanged, CASE, "E_APPEAL", "pending, and is said to have ended")
def test_an_appeal_is_pending_or_has_ended(s: Story) -> Attempt:
    return changing(s, s.olga, status="appeal", appeal_ended="2026-09-01T00:00:00Z")
