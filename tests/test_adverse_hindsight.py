"""Adverse facts that other entries, or the day of the report, make of an entry; and gaps."""

from pathlib import Path
from typing import Any

import pytest

from custody.core import times
from custody_schemas.declare import Capacity
from tests.test_adverse import IMAGED, LAPTOP, acquired
from tests.test_adverse_days import (
    CASE,
    analysed,
    assumed,
    called,
    came_back,
    closed,
    ended,
    exhibited,
    imaged,
    issued,
    received,
    released,
    reported,
    told_of,
)
from tests.worlds import START, World, signer_of, story, tell


@pytest.mark.parametrize(("after", "overdue"), [(600, False), (86_400, True)])
def test_a_copy_that_is_still_out(tmp_path: Path, after: int, overdue: bool) -> None:
    told = story()
    day = times.spelt(told.world.now + 3600)
    issued(told, due_back=day)
    since = times.spelt(told.world.now - 60)
    told.world.now += after
    words = f"copy 1 is still out, with {called(told.pia)} since {since}"
    words += f", and due back since {day}" if overdue else ""
    assert told_of(reported(tmp_path, told), "copy") == [("copy", IMAGED, f"{words} (record 17)")]


def test_a_copy_that_is_out_to_somebody_without_an_account(tmp_path: Path) -> None:
    told = story()
    issued(told, to=None, outside="foreign_authority")
    ((_, _, words),) = told_of(reported(tmp_path, told), "copy")
    assert "with somebody without an account (foreign authority) since" in words


def test_copies_that_came_back_are_not_still_out(tmp_path: Path) -> None:
    told = story()
    came_back(told, issued(told))
    assert told_of(reported(tmp_path, told), "copy") == []


def test_of_a_copy_that_came_back_unseen_it_is_said_that_nobody_says(tmp_path: Path) -> None:
    told = story()
    came_back(told, issued(told), hash=None)
    ((_, subject, words),) = told_of(reported(tmp_path, told), "not stated")
    assert subject == IMAGED
    assert "whether copy 1 still matched when it came back" in words


def test_the_digests_of_a_copy_are_not_those_of_the_item(tmp_path: Path) -> None:
    told = story()
    came_back(told, issued(told), hash="mismatch")
    assert told_of(reported(tmp_path, told), "digest") == []


def test_an_item_that_is_lost_is_missing_until_it_is_somewhere(tmp_path: Path) -> None:
    told = story()
    world, lost_at = told.world, told.world.now + 60
    world.record("transfer.lost", [told.laptop], {"transfer": released(told)}, signers=[told.dora])
    world.now += 3600
    found_at = world.now
    world.record("storage.moved", [told.laptop], signers=[told.dora])
    span = f"missing from {times.spelt(lost_at)} to {times.spelt(found_at)} by the ledger's time"
    report = reported(tmp_path, told)
    assert span in [words for _, _, words in told_of(report, "gap")]
    assert ("discrepancy", LAPTOP, "an open discrepancy: missing item (record 15)") in told_of(
        report, "discrepancy"
    )


def test_time_with_a_court_is_a_gap_until_it_gives_the_item_back(tmp_path: Path) -> None:
    told = story()
    since = told.world.now
    exhibited(told, retained="yes")
    told.world.now += 3600
    until = told.world.now
    told.world.record("court.returned", [told.laptop], signers=[told.carl])
    words = f"with somebody without an account (court) from {times.spelt(since)} to "
    found = [what for _, _, what in told_of(reported(tmp_path, told), "gap")]
    assert f"{words}{times.spelt(until)} by the ledger's time" in found


def test_a_takeover_ends_the_time_in_which_nobody_accepts(tmp_path: Path) -> None:
    told = story()
    released(told)
    told.world.record(
        "custody.assumed", [told.laptop], signers=[told.pia, (told.olga, Capacity.APPROVER)]
    )
    assert not [w for _, _, w in told_of(reported(tmp_path, told), "transfer") if "nobody yet" in w]


def test_what_was_to_be_deleted_and_is_still_there(tmp_path: Path) -> None:
    told = story()
    day = times.spelt(told.world.now + 600)
    received(told, delete_by=day)
    told.world.now += 86_400
    words = f"it was to be deleted by {day} (record 16); no entry says that it was"
    assert ("use limit", IMAGED, words) in told_of(reported(tmp_path, told), "use limit")


def test_a_review_that_does_not_confirm(tmp_path: Path) -> None:
    told = story()
    given = {"analysis": analysed(told), "outcome": "not_confirmed", "remarks": "wrong time zone"}
    tag = told.world.item_tag(told.case, 2)
    told.world.record("analysis.reviewed", [tag], given, signers=[told.olga])
    report = reported(tmp_path, told)
    words = "a review did not confirm the analysis of record 17 (wrong time zone)"
    assert told_of(report, "analysis") == [("analysis", IMAGED, words)]


@pytest.mark.parametrize("reviewed", [False, True])
def test_an_analysis_that_nobody_reviewed_is_not_proved(tmp_path: Path, reviewed: bool) -> None:
    told = story()
    given = {"analysis": analysed(told)}
    if reviewed:
        tag = told.world.item_tag(told.case, 2)
        told.world.record("analysis.reviewed", [tag], given, signers=[told.olga])
    report = reported(tmp_path, told)
    words = (
        "that another examiner went over the analysis in record 17: no review of it is on file "
        f"for {IMAGED}"
    )
    assert (words in report.not_proved) is not reviewed
    assert told_of(report, "analysis") == []


def test_a_warrant_that_ended_later_speaks_against_nothing(tmp_path: Path) -> None:
    told = story()
    acquired(told)
    ended(told, told.world.now, "fulfilled")
    assert told_of(reported(tmp_path, told), "authority") == []


def test_what_rests_on_an_ended_warrant_is_told_of_each_item(tmp_path: Path) -> None:
    told = story()
    acquired(told)
    ended(told, START, "not_ratified")
    found = told_of(reported(tmp_path, told), "authority")
    assert [(subject, words[:34]) for _, subject, words in found] == [
        (CASE, "the search warrant was not ratifie"),
        (LAPTOP, "the search warrant had ended when "),
        (IMAGED, "the search warrant had ended when "),
    ]


@pytest.mark.parametrize("signs", [False, True])
def test_a_key_rotated_without_its_person(tmp_path: Path, signs: bool) -> None:
    told = story()
    asked = told.world.request("Dora", signer_of("spare"), actor=told.dora.tag)
    herself = [(told.dora, Capacity.COUNTERPARTY)] if signs else []
    given = {
        "request": asked.body,
        "replaces": told.dora.signer.key.id,
        "reason": "superseded",
    }
    told.world.record("key.rotated", [told.dora.tag], given, signers=[told.ada, *herself])
    found = {words for _, _, words in told_of(reported(tmp_path, told), "key")}
    fact = "a key was registered for this person without her own signature"
    assert found == (set() if signs else {fact})


def test_a_key_rotated_because_it_was_in_other_hands(tmp_path: Path) -> None:
    told = story()
    asked = told.world.request("Dora", signer_of("spare"), actor=told.dora.tag)
    given = {
        "request": asked.body,
        "replaces": told.dora.signer.key.id,
        "reason": "compromised",
        "compromised_from": times.spelt(START),
    }
    herself = (told.dora, Capacity.COUNTERPARTY)
    told.world.record("key.rotated", [told.dora.tag], given, signers=[told.ada, herself])
    found = {words for _, _, words in told_of(reported(tmp_path, told), "key")}
    assert {"a key was in other hands", "a key was withdrawn because others may have used it"} < (
        found
    )
    assert "record 13 was signed with a key that others may have had by then" in found


def test_a_ledger_that_continues_a_lost_one_says_so(tmp_path: Path) -> None:
    class Successor(World):
        """Opens as the successor of a lost ledger."""

        def record(self, act: str, about: Any, given: Any = None, **more: Any) -> str:
            if act == "ledger.opened":
                lost = {"origin": "old.example/evidence", "size": 40, "root": "ab" * 32}
                given = {**given, "continues": lost}
            return super().record(act, about, given, **more)

    report = reported(tmp_path, tell(Successor()))
    words = (
        "this ledger continues a lost one, old.example/evidence, with 40 records: what they say is "
        "not here"
    )
    assert words in [what for _, _, what in told_of(report, "lost ledger")]
    assert told_of(reported(tmp_path, story()), "lost ledger") == []


def test_chosen_items_tell_their_own_facts_alone(tmp_path: Path) -> None:
    told = story()
    assumed(told)
    tag = received(told, intelligence_only="yes")
    kinds = {fact.kind for fact in reported(tmp_path, told, (tag,)).adverse}
    assert "use limit" in kinds
    assert "takeover" not in kinds


def test_a_ledger_of_good_entries_has_no_fact_of_the_new_kinds(tmp_path: Path) -> None:
    told = story()
    tag = received(told)
    given = {"kind": "laboratory", "reference": "L-1"}
    told.world.record("item.reference_assigned", [tag], given, signers=[told.eve])
    copy = told.world.record(
        "copy.issued", [tag], {"to": told.eve.tag, "outside": None}, signers=[told.eve]
    )
    done = told.world.record("analysis.recorded", [tag], signers=[told.eve])
    told.world.record("analysis.reviewed", [tag], {"analysis": done}, signers=[told.olga])
    back = {"copy": copy, "hash": "match"}
    back_at = told.world.record("copy.returned", [tag], back, signers=[told.eve])
    given = {"entry": back_at, "position": "agrees"}
    told.world.record("statement.countersigned", [tag], given, signers=[told.carl])
    closed(told)
    told.world.record("case.reopened", [told.case], signers=[told.olga])
    found = {fact.kind for fact in reported(tmp_path, told).adverse}
    assert found <= {"gap", "not stated", "proceedings"}  # the last said by one person alone


@pytest.mark.parametrize(("after", "overdue"), [(600, False), (86_400, True)])
def test_an_item_that_is_still_checked_out(tmp_path: Path, after: int, overdue: bool) -> None:
    told = story()
    tag = imaged(told)
    day = times.spelt(told.world.now + 3600)
    given = {"to": told.eve.tag, "due_back": day}
    told.world.record("access.checked_out", [tag], given, signers=[told.eve])
    told.world.now += after
    words = [("transfer", IMAGED, f"checked out, and due back since {day}")] if overdue else []
    assert told_of(reported(tmp_path, told), "transfer") == words


def test_an_original_is_spared_where_a_verified_copy_of_it_is_on_file(tmp_path: Path) -> None:
    told = story()
    told.world.enrol("Finn", "examiner", by=told.ada)
    source = imaged(told)
    told.world.acquire(told.case, 3, by=told.eve, source=source)
    given = {"working_copy": "no", "original": "urgency", "override_reason": "a hearing"}
    told.world.record("analysis.recorded", [source], given, signers=[told.eve])
    words = "the original was examined, though a verified copy of it is on file: urgency"
    found = told_of(reported(tmp_path, told), "analysis")
    assert found == [("analysis", IMAGED, f"{words} (a hearing)")]
