"""Entries by which people hid what speaks against them: each is told now. (R60, R61, R68)"""

from pathlib import Path
from typing import Any

import pytest

from custody.core import times
from custody.core.errors import RuleError
from custody.core.findings import Outcome, Report
from custody_schemas.declare import Kind
from tests import worlds
from tests.bundles import Bundle, bad, examined
from tests.rulings import release
from tests.signers import ml_dsa_signer
from tests.test_adverse import DERIVED, IMAGED, LAPTOP, acquired, derived
from tests.test_checks_bag import content_of
from tests.worlds import MEMBERS, Person, Story, World, story, tell

HOUR, DAY = 3600, 86_400
WARRANT = "search warrant"
CASE = "case K-2026/17"


def reported(folder: Path, told: Story) -> Report:
    report = examined(folder, Bundle(told.world, told.case, told.olga))
    assert report.verdict is Outcome.PASSED, bad(report)
    return report


def facts(folder: Path, told: Story, kind: str, subject: str = LAPTOP) -> list[str]:
    """What a good bundle tells of that kind, without record and time."""
    found = [f for f in reported(folder, told).adverse if (f.kind, f.subject) == (kind, subject)]
    return [fact.detail.partition("; record")[0] for fact in found]


def note(told: Story, by: Person, at: int) -> int:
    """A remark on the laptop, of that moment by its own word; its record."""
    n, given = len(told.world.records), {"occurred": told.world.occurred(at)}
    time = times.spelt(at)
    told.world.record("note.recorded", [told.laptop], given, signers=[by], time=time)
    return n


def stolen(told: Story, since: int) -> None:
    given = {
        "key": told.dora.signer.key.id,
        "reason": "compromised",
        "compromised_from": times.spelt(since),
    }
    told.world.record("key.revoked", [told.dora.tag], given, signers=[told.ada])


def test_a_thief_does_not_date_back_what_she_signs(tmp_path: Path) -> None:
    """Until 31 days back, `time` is what whoever has the key says it is."""
    told = story()
    since = told.world.now
    told.world.now += HOUR
    n = note(told, told.dora, since - 60)
    stolen(told, since)
    found = [f.detail for f in reported(tmp_path, told).adverse if f.kind == "key"]
    words = f"record {n} was recorded when others may have had its key; that it was signed before"
    assert f"{words}, at {times.spelt(since - 60)}, it says" in found


def test_what_was_recorded_before_the_theft_is_not_doubted(tmp_path: Path) -> None:
    told = story()
    note(told, told.dora, told.world.now)
    stolen(told, told.world.now)
    found = [f.detail for f in reported(tmp_path, told).adverse if f.kind == "key"]
    assert not any("others may have had" in words and "record" in words[:7] for words in found)


def seized_late(told: Story, days: int, **authority: Any) -> str:
    """A phone is seized under a warrant of an hour, in a search of so many days."""
    world = told.world
    given = {"valid_to": times.spelt(world.now + HOUR), **authority}
    basis = world.record("authority.recorded", [told.case], given, signers=[told.olga])
    phone, began = world.register(told.case, 2, by=told.dora), world.now
    world.now += days * DAY
    occurred = world.occurred(began, until=times.spelt(world.now))
    given = {"authority": basis, "occurred": occurred}
    world.record("item.seized", [phone], given, signers=[told.dora])
    return basis


def test_a_seizure_that_outlasts_its_warrant(tmp_path: Path) -> None:
    told = story()
    seized_late(told, 30)
    ended = times.spelt(told.world.now - 60)
    words = f"was in force when this began, and no more when it ended: {ended}"
    assert facts(tmp_path, told, "authority", IMAGED) == [f"the {WARRANT} {words}"]


def test_a_seizure_that_its_warrant_covers(tmp_path: Path) -> None:
    told = story()
    seized_late(told, 1, valid_to=times.spelt(told.world.now + 3 * DAY))
    assert facts(tmp_path, told, "authority", IMAGED) == []
    assert facts(tmp_path, told, "late", IMAGED) == []


def test_a_basis_that_proves_to_have_ended_while_it_was_used(tmp_path: Path) -> None:
    told = story()
    basis = seized_late(told, 1, valid_to=times.spelt(told.world.now + 3 * DAY))
    ended = times.spelt(told.world.now - DAY // 2)
    given = {"authority": basis, "ended_at": ended, "cause": "fulfilled"}
    told.world.record("authority.ended", [told.case], given, signers=[told.olga])
    (words,) = facts(tmp_path, told, "authority", IMAGED)
    assert "in force when this began, and no more when it ended" in words


def test_a_part_seized_when_the_basis_of_the_whole_had_ended(tmp_path: Path) -> None:
    told = story()
    world = told.world
    given = {"valid_to": times.spelt(world.now + HOUR)}
    basis = world.record("authority.recorded", [told.case], given, signers=[told.olga])
    whole = world.seize(told.case, 3, basis, by=told.dora)
    world.now += 2 * DAY
    part = world.register(told.case, 2, by=told.dora, source=whole)
    world.record("item.seized", [part], {"authority": basis}, signers=[told.dora])
    words = f"the {WARRANT} was not in force at {times.spelt(world.now - 60)}"
    assert facts(tmp_path, told, "authority", IMAGED) == [f"{words}: it was that of the whole"]


def test_what_is_said_to_have_taken_a_month_is_not_in_time(tmp_path: Path) -> None:
    """The end of an act counts for whether it is late: one that ended just now never is."""
    told = story()
    began = told.world.now
    told.world.now += 30 * DAY
    occurred = told.world.occurred(began, until=times.spelt(told.world.now))
    given = {"occurred": occurred}
    told.world.record("storage.moved", [told.laptop], given, signers=[told.dora])
    words = f"is said to have taken 30 days, from {times.spelt(began)} on"
    assert facts(tmp_path, told, "late") == [words]


def test_acquiring_may_take_days(tmp_path: Path) -> None:
    told = story()
    began = told.world.now
    told.world.now += 5 * DAY
    until = times.spelt(told.world.now)
    acquired(told, occurred=told.world.occurred(began, until=until))
    assert facts(tmp_path, told, "late", IMAGED) == []


def lax(monkeypatch: pytest.MonkeyPatch) -> Story:
    """The story, in a ledger whose rules let clocks be a day apart."""
    rules = {"version": 1, "late_after": DAY, "ahead": DAY, "approvers": 2}
    monkeypatch.setattr(worlds, "MEMBERS", {**MEMBERS, "rules": rules})
    return tell(World())


def test_lax_rules_do_not_hide_what_was_recorded_before_it_happened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = lax(monkeypatch)
    given = {"occurred": told.world.occurred(told.world.now + 20 * HOUR)}
    told.world.record("storage.moved", [told.laptop], given, signers=[told.dora])
    words = "is said to have happened 20 hours after it was recorded"
    assert facts(tmp_path, told, "late") == [words]


def test_nor_what_was_signed_before_it_happened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = lax(monkeypatch)
    given = {"occurred": told.world.occurred(told.world.now + 20 * HOUR)}
    signed = told.world.draft("storage.moved", [told.laptop], given, signers=[told.dora])
    told.world.now += 21 * HOUR
    told.world.submit(signed)
    words = "was signed 20 hours before it is said to have happened"
    assert facts(tmp_path, told, "late") == [words]


def accepted(told: Story, after: int) -> None:
    """Eve accepts the laptop so many seconds after it was released, as both say."""
    told.world.now += 12 * HOUR
    released = told.world.now
    given: dict[str, Any] = {"transfer": release(told, told.laptop, told.dora, told.eve)}
    given["occurred"] = told.world.occurred(released + after)
    told.world.record("transfer.accepted", [told.laptop], given, signers=[told.eve])


@pytest.mark.parametrize(("after", "wrong"), [(-6 * HOUR, True), (-600, False), (0, False)])
def test_nobody_accepts_before_it_was_released(after: int, wrong: bool, tmp_path: Path) -> None:
    told = story()
    n = len(told.world.records)
    accepted(told, after)
    words = f"is said to have happened before what it answers, record {n}"
    assert facts(tmp_path, told, "late") == ([words] if wrong else [])


def test_of_a_day_nobody_knows_whether_it_was_before(tmp_path: Path) -> None:
    told = story()
    told.world.now += 12 * HOUR
    released = told.world.now
    given: dict[str, Any] = {"transfer": release(told, told.laptop, told.dora, told.eve)}
    given["occurred"] = told.world.occurred(released - 6 * HOUR, precision="day")
    told.world.record("transfer.accepted", [told.laptop], given, signers=[told.eve])
    assert facts(tmp_path, told, "late") == []


def test_of_two_images_that_were_signed_the_second_may_be_recorded_first(tmp_path: Path) -> None:
    """Neither changes anything about the laptop, nor needs to name what came last of it."""
    told = story()
    images = [told.world.register(told.case, number, by=told.dora) for number in (2, 3)]
    given = {"content": content_of(bytes(70_000)), "stored_hash": "not_applicable"}
    source = (Kind.SOURCE, told.laptop)
    made = told.world.draft("item.acquired", [images[0], source], given, signers=[told.dora])
    told.world.now += 12 * HOUR
    told.world.record("item.acquired", [images[1], source], given, signers=[told.dora])
    told.world.submit(made)
    assert facts(tmp_path, told, "late", IMAGED) == []


def test_what_names_a_record_was_not_signed_before_it_was_made(tmp_path: Path) -> None:
    told = story()
    world = told.world
    world.now += 12 * HOUR
    world.record("storage.moved", [told.laptop], {}, signers=[told.dora])
    made, signed = times.spelt(world.now - 60), times.spelt(world.now - 6 * HOUR)
    given = {"occurred": world.occurred(world.now - 6 * HOUR)}
    world.record("storage.moved", [told.laptop], given, signers=[told.dora], time=signed)
    words = f"says that it was signed at {signed}, and names a record of {made}"
    assert facts(tmp_path, told, "late") == [words]


def test_nobody_signs_before_she_had_seen_what_she_saw(tmp_path: Path) -> None:
    """A remark names no newest record; what its signer had seen was made later all the same."""
    told = story()
    told.world.now += 12 * HOUR
    told.world.record("storage.moved", [told.laptop], {}, signers=[told.dora])
    made, signed = times.spelt(told.world.now - 60), times.spelt(told.world.now - 6 * HOUR)
    note(told, told.dora, told.world.now - 6 * HOUR)
    words = f"says that it was signed at {signed}, and its signer had seen a record of {made}"
    assert facts(tmp_path, told, "late") == [words]


@pytest.mark.parametrize(("hours", "wrong"), [(13, True), (11, False)])
def test_nothing_is_done_with_an_item_before_it_came(
    hours: int, wrong: bool, tmp_path: Path
) -> None:
    """Within the hours that the rules allow, when it happened is the signer's word."""
    told = story()
    seized = len(told.world.records) - 1
    told.world.now += 12 * HOUR
    given = {"occurred": told.world.occurred(told.world.now - hours * HOUR)}
    told.world.record("seal.applied", [told.laptop], given, signers=[told.dora])
    words = f"is said to have happened before the item came, record {seized}"
    assert facts(tmp_path, told, "late") == ([words] if wrong else [])


def test_what_was_signed_in_one_go_and_recorded_later_is_in_order(tmp_path: Path) -> None:
    told = story()
    world = told.world
    first = world.draft("storage.moved", [told.laptop], {}, signers=[told.dora])
    given: dict[str, Any] = {"prev": {told.laptop: first.id}}
    second = world.draft("storage.moved", [told.laptop], {}, signers=[told.dora], **given)
    world.now += 12 * HOUR
    world.submit(first)
    world.submit(second)
    assert facts(tmp_path, told, "late") == []


def test_an_annulled_review_leaves_an_analysis_unreviewed(tmp_path: Path) -> None:
    told = story()
    acquired(told)
    world, about = told.world, [told.world.item_tag(told.case, 2)]
    analysis = world.record("analysis.recorded", about, {}, signers=[told.eve])
    given: dict[str, Any] = {"analysis": analysis}
    review = world.record("analysis.reviewed", about, given, signers=[told.olga])
    assert not any("no review" in words for words in reported(tmp_path, told).not_proved)
    given = {"corrects": review, "act": "analysis.reviewed", "field": None, "annuls": True}
    given["reason"] = "system_error"
    world.record("correction.recorded", about, given, signers=[told.olga])
    (words,) = [each for each in reported(tmp_path, told).not_proved if "no review" in each]
    assert words.endswith(f"no review of it is on file for {IMAGED}")


def test_it_is_the_parent_that_does_not_match(tmp_path: Path) -> None:
    told = story()
    derived(told, parents_verified="mismatch", variance="urgency")
    words = "comparison with the digests on file: mismatch"
    assert words in facts(tmp_path, told, "digest", IMAGED)
    assert facts(tmp_path, told, "digest", DERIVED) == []


def test_people_who_share_a_partner_are_told_of(tmp_path: Path) -> None:
    told = story()
    both = ml_dsa_signer(5)
    people = [
        told.world.enrol(name, "examiner", by=told.ada, partner=both) for name in ("Mo", "Bo")
    ]
    found = [f for f in reported(tmp_path, told).adverse if "have a key in common" in f.detail]
    assert len(found) == 1
    assert all(person.name in found[0].subject for person in people)


def test_a_warrant_issued_afterwards_covers_nothing_before(tmp_path: Path) -> None:
    told = story()
    world = told.world
    phone, began = world.register(told.case, 2, by=told.dora), world.now
    world.now += 20 * HOUR
    given = {"issued_at": times.spelt(world.now - 60)}
    basis = world.record("authority.recorded", [told.case], given, signers=[told.olga])
    rests: dict[str, Any] = {"authority": basis, "occurred": world.occurred(began)}
    with pytest.raises(RuleError, match="was not in force"):
        world.record("item.seized", [phone], rests, signers=[told.dora])


def test_a_warrant_without_a_day_is_told(tmp_path: Path) -> None:
    told = story()
    n, given = len(told.world.records), {"issued_at": None}
    told.world.record("authority.recorded", [told.case], given, signers=[told.olga])
    words = f"not stated: from when the {WARRANT} holds (record {n})"
    assert facts(tmp_path, told, "not stated", CASE) == [words]


def test_a_warrant_that_reaches_back_before_its_issue_is_told(tmp_path: Path) -> None:
    told = story()
    now = told.world.now
    given = {"issued_at": times.spelt(now), "valid_from": times.spelt(now - DAY)}
    told.world.record("authority.recorded", [told.case], given, signers=[told.olga])
    words = f"issued at {times.spelt(now)}, is to hold from {times.spelt(now - DAY)}"
    assert facts(tmp_path, told, "authority", CASE) == [f"the {WARRANT}, {words}"]
