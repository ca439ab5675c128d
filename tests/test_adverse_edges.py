"""Adverse facts at their edges: a day in its last second, one of two that are alike, many subjects."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from custody.core import times
from custody_schemas.declare import Kind
from tests.schedules import load, rule
from tests.test_adverse import IMAGED, LAPTOP, acquired
from tests.test_adverse_days import (
    CASE,
    analysed,
    came_back,
    closed,
    imaged,
    issued,
    received,
    reported,
    told_of,
)
from tests.test_adverse_keeping import placed, said, scene
from tests.test_adverse_others import put
from tests.worlds import Story, World, story, tell

DAY = 86_400


def words(folder: Path, told: Story, kind: str, subject: str = "") -> list[str]:
    found = told_of(reported(folder, told), kind)
    return [each for _, about, each in found if subject in ("", about)]


class Day(NamedTuple):
    """What names a day, and what is told once that day has passed."""

    names: Callable[[Story, str], object]
    kind: str
    words: str


def lent(told: Story, day: str) -> None:
    given = {"to": told.eve.tag, "due_back": day}
    told.world.record("access.checked_out", [imaged(told)], given, signers=[told.eve])


def urgent(told: Story, day: str) -> None:
    given = {"kind": "exigent_circumstances", "ratify_by": day}
    told.world.record("authority.recorded", [told.case], given, signers=[told.olga])


DAYS = {
    "an item is given back": Day(lent, "transfer", "and due back since"),
    "a copy is given back": Day(
        lambda told, day: issued(told, due_back=day), "copy", "and due back since"
    ),
    "it is deleted": Day(
        lambda told, day: received(told, delete_by=day), "use limit", "no entry says that it was"
    ),
    "a basis is ratified": Day(urgent, "authority", "was to be ratified by"),
    "a request is answered": Day(
        lambda told, day: put(told, told.case, respond_by=day), "request", "a day that has passed"
    ),
    "a hold is looked at": Day(
        lambda told, day: placed(told, review_by=day), "hold", "was to be looked at again by"
    ),
}


@pytest.mark.parametrize("passed", [False, True])
@pytest.mark.parametrize("what", DAYS)
def test_a_day_has_passed_when_it_is_over(tmp_path: Path, what: str, passed: bool) -> None:
    told, day = story(), DAYS[what]
    end = told.world.now + DAY
    day.names(told, times.spelt(end))
    told.world.now = end + passed - 60  # a minute is taken by the entry of the export
    found = [each for each in words(tmp_path, told, day.kind) if day.words in each]
    assert len(found) == passed


@pytest.mark.parametrize("first", [True, False])
def test_what_others_rest_on_may_end(tmp_path: Path, first: bool) -> None:
    """One acquires on a warrant that stands, before or after another basis was quashed."""
    told = story()
    if first:
        acquired(told)
    given = {"kind": "court_order"}
    other = told.world.record("authority.recorded", [told.case], given, signers=[told.olga])
    given = {"authority": other, "ended_at": "2026-01-01T00:00:00Z", "cause": "quashed"}
    told.world.record("authority.ended", [told.case], given, signers=[told.olga])
    if not first:
        acquired(told)
    assert words(tmp_path, told, "authority", IMAGED) == []
    quashed = "the court order was quashed as of 2026-01-01T00:00:00Z"
    assert words(tmp_path, told, "authority", CASE) == [quashed]


def test_an_annulled_analysis_needs_no_review(tmp_path: Path) -> None:
    told = story()
    given: dict[str, Any] = {"corrects": analysed(told), "act": "analysis.recorded"}
    given |= {"field": None, "annuls": True, "reason": "system_error"}
    tag = told.world.item_tag(told.case, 2)
    told.world.record("correction.recorded", [tag], given, signers=[told.eve])
    assert not any("no review" in each for each in reported(tmp_path, told).not_proved)


def test_a_correction_of_an_analysis_does_not_take_it_back(tmp_path: Path) -> None:
    told = story()
    given: dict[str, Any] = {"corrects": analysed(told), "act": "analysis.recorded"}
    given |= {"field": "tools", "values": ["another tool"]}
    tag = told.world.item_tag(told.case, 2)
    told.world.record("correction.recorded", [tag], given, signers=[told.eve])
    assert any("no review" in each for each in reported(tmp_path, told).not_proved)


@pytest.mark.parametrize(
    "again",
    [
        {},
        {"effective_at": "2026-09-01T00:00:01Z"},
        {"severity": "serious"},
        {"appeal_deadline": "2027-01-01T00:00:01Z"},
    ],
    ids=str,
)
def test_who_says_the_same_again_says_nothing_against_it(
    tmp_path: Path, again: dict[str, Any]
) -> None:
    told = scene()
    first = {"appeal_deadline": "2027-01-01T00:00:00Z"}
    said(told, "acquitted", told.carl, **first)
    said(told, "acquitted", told.carl, **{**first, **again})
    assert words(tmp_path, told, "proceedings") == []


def test_the_time_to_appeal_is_told_where_it_goes_with_the_outcome(tmp_path: Path) -> None:
    told = scene()
    said(told, "acquitted", told.carl, appeal_deadline="2027-01-01T00:00:00Z")
    said(told, "discontinued", told.carl)
    (found,) = words(tmp_path, told, "proceedings")
    assert found.startswith("the time in which an appeal could be filed, until 2027-01-01")


def test_what_nobody_had_said_is_not_made_less_serious(tmp_path: Path) -> None:
    told = tell(World(), severity="not_stated")
    said(told, "charged", told.carl, severity="minor")
    assert words(tmp_path, told, "proceedings") == []


def test_a_pack_that_replaces_another_is_told_once(tmp_path: Path) -> None:
    told = scene()
    load(told, rule(keep=1), version=2)
    load(told, rule(keep=1), name="other")
    found = [each for each in words(tmp_path, told, "retention") if "replaces" in each]
    assert [each.partition(" replaces")[0] for each in found] == ["version 2 of the pack house"]


def test_a_case_that_is_closed_while_a_copy_is_out(tmp_path: Path) -> None:
    told = story()
    issued(told)
    closed(told)
    (found,) = words(tmp_path, told, "closed case")
    assert found == f"the case was closed with {IMAGED} left open: copy 1 (acquittal)"


def test_of_two_copies_the_one_that_is_named_was_lost(tmp_path: Path) -> None:
    told = story()
    first, tag = issued(told), told.world.item_tag(told.case, 2)
    given = {"to": told.pia.tag, "outside": None, "number": 2}
    second = told.world.record("copy.issued", [tag], given, signers=[told.eve])
    came_back(told, first)
    came_back(told, second, fate="lost", hash=None)
    found = words(tmp_path, told, "copy")
    assert "copy 2 was lost" in found
    assert not any(each.startswith("copy 1") for each in found)


def test_while_two_are_out_the_second_comes_back(tmp_path: Path) -> None:
    told = story()
    issued(told)
    tag = told.world.item_tag(told.case, 2)
    given = {"to": told.pia.tag, "outside": None, "number": 2}
    second = told.world.record("copy.issued", [tag], given, signers=[told.eve])
    came_back(told, second, fate="lost", hash=None)
    found = words(tmp_path, told, "copy")
    assert "copy 2 was lost" in found and "copy 1 was lost" not in found
    assert sum("is still out" in each for each in found) == 1


@pytest.mark.parametrize("fate", ["wiped", "destroyed", "lost", "retained"])
def test_what_did_not_come_back_is_not_compared(tmp_path: Path, fate: str) -> None:
    told = story()
    came_back(told, issued(told), fate=fate, hash=None)
    assert not any("still matched" in each for each in words(tmp_path, told, "not stated"))


def test_of_two_requests_it_is_told_what_the_one_that_ended_asked_for(tmp_path: Path) -> None:
    told = story()
    put(told, told.case, kind="preservation")
    given = {"request": put(told, told.case, kind="mla"), "outcome": "answered"}
    told.world.record("request.ended", [told.case], given, signers=[told.olga])
    (found,) = words(tmp_path, told, "request")
    assert found.startswith("the request (mla) of record ")


@pytest.mark.parametrize(("many", "rest"), [(3, ""), (4, " and 1 more"), (5, " and 2 more")])
def test_of_many_items_three_are_named(tmp_path: Path, many: int, rest: str) -> None:
    told = story()
    more = [told.world.seize(told.case, n, told.warrant, by=told.dora) for n in range(2, many + 1)]
    told.world.record("discrepancy.opened", [told.laptop, *more], signers=[told.dora])
    found = told_of(reported(tmp_path, told), "discrepancy")
    (subject,) = [about for _, about, each in found if each == "a discrepancy was opened"]
    names, _, tail = subject.partition(" and ")
    assert len(names.split(", ")) == 3
    assert tail == rest.removeprefix(" and ")


def test_an_override_is_told_of_the_item_and_of_what_it_was_made_from(tmp_path: Path) -> None:
    told = story()
    told.world.record("seal.applied", [told.laptop], signers=[told.dora])
    tag = told.world.register(told.case, 2, by=told.eve)
    given = {"override": "urgency", "override_reason": "the battery was dying"}
    about: list[Any] = [tag, (Kind.SOURCE, told.laptop)]
    signers = [told.eve, told.carl, told.olga]
    told.world.record("item.acquired", about, given, signers=signers)
    (found,) = told_of(reported(tmp_path, told), "override")
    assert sorted(found[1].split(", ")) == [LAPTOP, IMAGED]


def test_one_of_two_items_is_shown_whose_date_was_moved(tmp_path: Path) -> None:
    told = scene()
    other = told.world.seize(told.case, 2, told.warrant, by=told.dora)
    both, paul = [told.laptop, other], told.world.enrol("Paul", "prosecutor", by=told.ada)
    given: dict[str, Any] = {"authority": told.warrant}
    line = told.world.record("retention.assigned", both, given, signers=[told.carl])
    given |= {"assigned": line, "retain_until": "2028-01-01T00:00:00Z"}
    told.world.record("retention.changed", both, given, signers=[paul, told.carl, told.olga])
    found = told_of(reported(tmp_path, told, (told.laptop,)), "retention")
    assert [each for _, _, each in found] == [
        "a date was moved to an earlier one: 2028-01-01T00:00:00Z, and 2030-01-01T00:00:00Z before"
    ]


@pytest.mark.parametrize(
    ("cause", "end"),
    [
        ("revoked", "was revoked"),
        ("quashed", "was quashed"),
        ("withdrawn", "was withdrawn"),
        ("not_ratified", "was not ratified"),
        ("other", "no longer holds"),
        ("fulfilled", ""),
        ("expired", ""),
    ],
)
def test_a_basis_that_ended_otherwise_than_it_should(tmp_path: Path, cause: str, end: str) -> None:
    told = story()
    day = times.spelt(told.world.now)
    given = {"authority": told.warrant, "ended_at": day, "cause": cause}
    told.world.record("authority.ended", [told.case], given, signers=[told.olga])
    wanted = [f"the search warrant {end} as of {day}"] if end else []
    assert words(tmp_path, told, "authority") == wanted


@pytest.mark.parametrize("before", [0, 1])
def test_a_key_is_in_other_hands_from_the_second_that_is_named(tmp_path: Path, before: int) -> None:
    """She says that she signed a minute earlier; it was recorded in that second, or before it."""
    told = story()
    world, since = told.world, told.world.now + 600
    world.now = since - before
    n, signed = len(world.records), times.spelt(since - 60)
    given: dict[str, Any] = {"occurred": world.occurred(since - 60)}
    world.record("note.recorded", [told.laptop], given, signers=[told.dora], time=signed)
    given = {"key": told.dora.signer.key.id, "reason": "compromised"}
    given["compromised_from"] = times.spelt(since)
    world.record("key.revoked", [told.dora.tag], given, signers=[told.ada])
    fact = f"record {n} was recorded when others may have had its key"
    found = [each for each in words(tmp_path, told, "key") if each.startswith(f"record {n} ")]
    assert [each.partition(";")[0] for each in found] == ([] if before else [fact])


def test_each_rule_of_a_ledger_that_changed_is_told_with_what_it_was(tmp_path: Path) -> None:
    told = story()
    amy = told.world.enrol("Amy", "admin", by=told.ada)
    ledger = next(tag for tag, state in told.world.states.items() if hasattr(state, "rules"))
    given = {"rules": {"version": 1, "late_after": 3600, "ahead": 60, "approvers": 3}}
    told.world.record("ledger.rules_changed", [ledger], given, signers=[told.ada, amy])
    assert words(tmp_path, told, "rules") == [
        "the ledger's rules changed: seconds after which an entry is late: 3600, and 86400 before",
        "the ledger's rules changed: seconds by which clocks may disagree: 60, and 120 before",
        "the ledger's rules changed: people who must approve an override: 3, and 2 before",
    ]
