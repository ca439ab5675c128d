"""Facts of keeping at their edges: what is told no more, or only a second later, or of others alone."""

from pathlib import Path
from typing import Any

import pytest

from custody.core import times
from custody.core.keeping import unreviewed
from custody.core.state import Case, Item
from custody_schemas.declare import Capacity
from tests.schedules import load, rule
from tests.test_adverse_days import called, reported, told_of
from tests.test_adverse_keeping import (
    CASE,
    ITEM,
    KEEPER,
    LATER,
    assigned,
    disposed,
    judge,
    moved,
    passes,
    placed,
    said,
    scene,
)
from tests.worlds import Person, Story

TOOK_PART = "took part, and alone said where the proceedings stand"


def words(folder: Path, told: Story, kind: str) -> list[str]:
    return [each for _, _, each in told_of(reported(folder, told), kind)]


@pytest.mark.parametrize("alone", [True, False])
def test_who_is_no_longer_alone_with_it_may_take_part(tmp_path: Path, alone: bool) -> None:
    """Olga said it alone at first; Carl has said the same with her since, or has not."""
    told = scene()
    said(told, "acquitted")
    said(told, "acquitted", *([] if alone else [told.carl]))
    disposed(told, told.olga, judge(told))
    found = [each for each in words(tmp_path, told, "disposition") if TOOK_PART in each]
    assert found == ([f"{called(told.olga)} {TOOK_PART}"] if alone else [])


def test_a_destruction_is_begun_and_ended_on_the_word_of_one_who_may_approve_no_more(
    tmp_path: Path,
) -> None:
    """Another role that lets her oversee is as good."""
    told = scene()
    judy, world, items = judge(told), told.world, [told.laptop]
    asked = {"kind": "destroy"}
    which = {
        "disposition": world.record("disposition.requested", items, asked, signers=[told.dora])
    }
    for approver in (judy, told.carl):
        world.record("disposition.approved", items, which, signers=[approver])
    also = {"role": "peer_reviewer"}
    world.record("role.granted", [judy.tag], also, signers=[told.ada])
    world.record("role.revoked", [judy.tag], {"role": "judge_or_clerk"}, signers=[told.ada])
    world.record("role.revoked", [told.carl.tag], KEEPER, signers=[told.ada])
    watched: list[Person | tuple[Person, Capacity]] = [told.dora, (told.pia, Capacity.WITNESS)]
    world.record("disposition.begun", items, which, signers=watched)
    given = {**which, "kind": "destroy", "to": None, "assurance": None}
    world.record("disposition.executed", items, given, signers=watched)
    late = f"{called(told.carl)} had approved it, and may no longer oversee the case"
    found = words(tmp_path, told, "disposition")
    assert found.count(late) == 2 and not any(judy.name in each for each in found)


def test_who_asked_for_it_took_part(tmp_path: Path) -> None:
    told = scene()
    said(told, "acquitted")
    item, world = told.laptop, told.world
    which = {"disposition": world.record("disposition.requested", [item], signers=[told.olga])}
    for approver in (judge(told), told.carl):
        world.record("disposition.approved", [item], which, signers=[approver])
    world.record("disposition.executed", [item], which, signers=[told.dora])
    assert f"{called(told.olga)} {TOOK_PART}" in words(tmp_path, told, "disposition")


def test_a_case_that_took_days_to_close_stands_since_its_end(tmp_path: Path) -> None:
    told = scene()
    end = told.world.now
    occurred = told.world.occurred(end - 86_400, until=times.spelt(end))
    given = {"status": "acquitted", "occurred": occurred}
    told.world.record("case.closed", [told.case], given, signers=[told.olga])
    fact = f"on the word of {called(told.olga)} alone: acquitted since {times.spelt(end)}"
    assert fact in words(tmp_path, told, "proceedings")


@pytest.mark.parametrize(
    ("status", "facts"), [("not_stated", 1), ("appeal", 2), ("discontinued", 2)]
)
def test_what_a_case_is_opened_again_for_is_one_persons_word(
    tmp_path: Path, status: str, facts: int
) -> None:
    told = scene()
    told.world.record("case.closed", [told.case], {"status": "acquitted"}, signers=[told.olga])
    told.world.record("case.reopened", [told.case], {"status": status}, signers=[told.olga])
    alone = f"on the word of {called(told.olga)} alone: "
    found = [each for each in words(tmp_path, told, "proceedings") if each.startswith(alone)]
    assert len(found) == facts and f"{alone}acquitted since " in found[0]


def test_nobody_was_to_look_again_at_what_has_left(tmp_path: Path) -> None:
    told = scene()
    told.world.record("retention.reviewed", [told.laptop], signers=[told.carl])
    said(told, "acquitted", told.carl)
    disposed(told, judge(told), told.carl)
    passes(told)
    assert told_of(reported(tmp_path, told), "hold", "retention") == []


@pytest.mark.parametrize(
    ("subject", "after", "facts"), [(ITEM, 0, 0), (ITEM, 1, 2), (CASE, 0, 0), (CASE, 1, 1)]
)
def test_the_day_of_a_review_has_passed_when_it_is_over(
    subject: str, after: int, facts: int
) -> None:
    told = scene()
    placed(told, review_by=LATER)
    given = {"review_by": LATER}
    told.world.record("hold.placed", [told.case], given, signers=[told.eve])
    told.world.record("retention.reviewed", [told.laptop], signers=[told.carl])
    state = told.world.states[told.laptop if subject == ITEM else told.case]
    assert isinstance(state, Item | Case)
    assert len(list(unreviewed(state, times.seconds(LATER) + after))) == facts


def test_a_rule_of_a_pack_is_a_rule(tmp_path: Path) -> None:
    told = scene()
    by_rule: dict[str, Any] = {"pack": "house", "pack_version": 1, "rule": "registered"}
    assigned(told, authority=None, retain_until=None, **by_rule)
    assert words(tmp_path, told, "retention") == []


@pytest.mark.parametrize("until", ["2031-01-01T00:00:00Z", None])
def test_a_date_moved_to_a_later_one_or_to_for_good_is_no_earlier_one(
    tmp_path: Path, until: str | None
) -> None:
    told = scene()
    moved(told, until)
    assert words(tmp_path, told, "retention") == []


def test_a_date_that_was_for_good_is_moved_to_an_earlier_one(tmp_path: Path) -> None:
    told = scene()
    paul: Person = told.world.enrol("Paul", "prosecutor", by=told.ada)
    line = assigned(told, retain_until=None)
    given = {"assigned": line, "retain_until": LATER, "authority": told.warrant}
    told.world.record(
        "retention.changed", [told.laptop], given, signers=[paul, told.carl, told.olga]
    )
    fact = f"a date was moved to an earlier one: {LATER}, and for good before"
    assert words(tmp_path, told, "retention") == [fact]


def test_a_pack_loaded_beside_another_replaces_nothing(tmp_path: Path) -> None:
    told = scene()
    load(told, rule(keep=1), name="other")
    assert words(tmp_path, told, "retention") == []
