"""Histories and registers of the acts of every working day: received, copies, courts, takeovers."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from custody.core import times
from custody.ledger.selection import Selection
from custody.reports import beside, register
from custody.reports.gaps import all_gaps, gaps, unplaced
from custody.reports.history import history
from custody.reports.people import names
from custody.reports.rows import entry_rows
from custody.reports.telling import Line
from custody.reports.wording import TITLES
from custody_schemas.declare import Act
from tests.bench import plain
from tests.exports import IMAGE, Stage, content_of
from tests.test_reports import selected


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def record(stage: Stage, act: str, tag: str, by: Any, /, **given: Any) -> str:
    signers = by if isinstance(by, list) else [by]
    return stage.live.record(act, [tag], given, signers=signers)


def lines_of(stage: Stage, tag: str) -> list[Line]:
    selection = selected(stage)
    return history(selection.history(tag), names(selection))


def last(stage: Stage, tag: str) -> Line:
    return lines_of(stage, tag)[-1]


def issued(stage: Stage, **given: Any) -> str:
    """Copy 1 of the image, with Pia."""
    values = {"to": stage.story.pia.tag, "outside": None, **given}
    return record(stage, "copy.issued", stage.image, stage.story.eve, **values)


def received(stage: Stage, **given: Any) -> str:
    """Item 4 is handed in by a provider; its tag."""
    stage.vault.put_bytes(IMAGE)
    tag = stage.live.register(stage.story.case, 4, by=stage.story.eve)
    values = {
        **content_of(IMAGE, "mail.zip"),
        "received_from": "provider",
        "authority": stage.story.warrant,
        "from_name": "Mailhost",
        "supplied": "match",
        **given,
    }
    record(stage, "item.received", tag, stage.story.eve, **values)
    return tag


def test_every_act_has_a_title() -> None:
    assert sorted(TITLES) == sorted(Act.ALL)


MOVES: dict[str, tuple[Callable[[Stage], str], str, tuple[str, str]]] = {
    "received": (received, "received", ("Mailhost (provider)", "Eve")),
    "copy issued": (
        lambda stage: (issued(stage), stage.image)[1],
        "copy issued",
        ("Eve", "Pia"),
    ),
    "copy to somebody without an account": (
        lambda stage: (issued(stage, to=None, outside="defence", to_name="Kanzlei Z"), stage.image)[
            1
        ],
        "copy issued",
        ("Eve", "Kanzlei Z (defence)"),
    ),
    "copy back": (
        lambda stage: (
            record(stage, "copy.returned", stage.image, stage.story.eve, copy=issued(stage)),
            stage.image,
        )[1],
        "copy returned",
        ("Pia", "Eve"),
    ),
    "copy lost": (
        lambda stage: (
            record(
                stage,
                "copy.returned",
                stage.image,
                stage.story.eve,
                copy=issued(stage),
                fate="lost",
            ),
            stage.image,
        )[1],
        "copy lost",
        ("", ""),
    ),
    "kept by a court": (
        lambda stage: (
            record(
                stage,
                "court.exhibited",
                stage.story.laptop,
                stage.story.eve,
                retained="yes",
                court="Amtsgericht",
            ),
            stage.story.laptop,
        )[1],
        "produced in court, which keeps it",
        ("Eve", "Amtsgericht (court)"),
    ),
    "only shown to a court": (
        lambda stage: (
            record(stage, "court.exhibited", stage.story.laptop, stage.story.eve),
            stage.story.laptop,
        )[1],
        "produced in court",
        ("", ""),
    ),
    "taken over": (
        lambda stage: (
            record(
                stage, "custody.assumed", stage.story.laptop, [stage.story.carl, stage.story.olga]
            ),
            stage.story.laptop,
        )[1],
        "taken over",
        ("Eve", "Carl"),
    ),
    "lost on the way": (
        lambda stage: (
            record(
                stage, "transfer.lost", stage.story.laptop, stage.story.eve, transfer=given(stage)
            ),
            stage.story.laptop,
        )[1],
        "lost on the way",
        ("Eve", "Carl, and did not arrive"),
    ),
    "came back": (
        lambda stage: (
            record(
                stage,
                "transfer.returned",
                stage.story.laptop,
                stage.story.eve,
                transfer=given(stage),
            ),
            stage.story.laptop,
        )[1],
        "came back",
        ("Carl", "Eve"),
    ),
}


def given(stage: Stage) -> str:
    """The laptop on its way from Eve to Carl."""
    story = stage.story
    return record(stage, "transfer.released", story.laptop, story.eve, to=story.carl.tag)


@pytest.mark.parametrize("what", MOVES)
def test_both_sides_of_a_move_are_named_and_of_nothing_else(stage: Stage, what: str) -> None:
    act, title, sides = MOVES[what]
    line = last(stage, act(stage))
    assert (line.title, (line.source, line.target)) == (title, sides)


def test_who_leads_stands_first_and_the_others_with_their_capacity(stage: Stage) -> None:
    story = stage.story
    record(stage, "custody.assumed", story.laptop, [story.carl, story.olga])
    line = last(stage, story.laptop)
    assert line.who == ("Carl", "Olga (as approver)")
    assert dict(entry_rows(line))["by"] == f"Carl – key {line.key} …; Olga (as approver)"


def test_an_annulled_entry_is_marked_and_stays_readable(stage: Stage) -> None:
    story = stage.story
    noted = record(stage, "note.recorded", story.laptop, story.dora, note="the wrong bag")
    annulment = {
        "corrects": noted,
        "act": "note.recorded",
        "field": None,
        "value": None,
        "annuls": True,
        "reason": "wrong_item",
    }
    record(stage, "correction.recorded", story.laptop, story.dora, **annulment)
    *_, line, annulling = lines_of(stage, story.laptop)
    assert line.heading == f"note – annulled by #{annulling.number}"
    assert (annulling.heading, annulling.annulled) == ("annulment", None)
    assert dict(line.details)["note"] == "the wrong bag"
    rows = dict(entry_rows(line))
    assert rows[f"annulled by #{annulling.number}"] == "this entry should not be there: wrong item"
    assert dict(annulling.details)["annuls"] == f"entry #{line.number}"
    text = register.as_text(selected(stage))
    assert "NOTE – ANNULLED BY" in text and "the wrong bag" in text


def test_a_correction_of_a_field_annuls_nothing(stage: Stage) -> None:
    story = stage.story
    noted = record(stage, "seal.verified", story.laptop, story.eve, verdict="broken_authorised")
    correction = {"corrects": noted, "act": "seal.verified", "field": "seal_read", "value": "S-2"}
    record(stage, "correction.recorded", story.laptop, story.eve, **correction)
    line = lines_of(stage, story.laptop)[-2]
    assert (line.annulled, line.heading) == (None, "seal checked")


def test_what_becomes_of_an_entry_stands_beside_it(stage: Stage) -> None:
    story, image = stage.story, stage.image
    copy = issued(stage)
    record(stage, "copy.returned", image, story.eve, copy=copy, fate="wiped")
    done = record(stage, "analysis.recorded", image, story.eve, question="Who wrote it?")
    record(stage, "analysis.reviewed", image, story.olga, analysis=done, outcome="not_confirmed")
    record(stage, "statement.countersigned", image, story.carl, entry=done, position="objects")
    found = record(stage, "discrepancy.opened", image, story.eve)
    ends = {"discrepancy": found, "outcome": "recording_error"}
    record(stage, "discrepancy.resolved", image, story.olga, **ends)
    lines = lines_of(stage, image)
    assert [(line.title, [each.what for each in line.later]) for line in lines if line.later] == [
        ("copy issued", ["the copy: wiped"]),
        ("examined", ["reviewed by Olga: not confirmed", "Carl countersigned: objects"]),
        ("discrepancy", ["the discrepancy (damage) ended: recording error"]),
    ]
    assert f"see #{lines[-1].number}" in dict(entry_rows(lines[-2]))


@pytest.mark.parametrize(("supplied", "words"), [("match", "match"), (None, "none came")])
def test_the_verdict_on_what_was_received_is_told(
    stage: Stage, supplied: str | None, words: str
) -> None:
    line = last(stage, received(stage, supplied=supplied))
    assert line.hash == f"digests that came with it: {words}"


def test_the_verdict_on_a_copy_is_not_one_on_the_item(stage: Stage) -> None:
    given = {"copy": issued(stage), "hash": "mismatch"}
    record(stage, "copy.returned", stage.image, stage.story.eve, **given)
    line = last(stage, stage.image)
    assert line.hash == ""
    assert dict(line.details)["copy compared"] == "mismatch"


def test_the_item_of_a_lost_ledger_is_named(stage: Stage) -> None:
    former = {"origin": "old.example/e", "tag": "ab" * 32, "count": 9, "head": "cd" * 32}
    details = dict(last(stage, received(stage, former=former)).details)
    assert details["continues"].startswith("an item of the lost ledger old.example/e: 9 entries")


def gaps_of(selection: Selection, tag: str) -> list[str]:
    return [gap.what for gap in gaps(selection.history(tag), names(selection))][2:]


def test_a_loss_on_the_way_is_a_gap_until_the_item_is_somewhere(stage: Stage) -> None:
    story = stage.story
    record(stage, "transfer.lost", story.laptop, story.eve, transfer=given(stage))
    selection = selected(stage)
    assert gaps_of(selection, story.laptop) == ["on its way from Eve to Carl", "lost on the way"]
    assert all_gaps(selection.history(story.laptop), names(selection))[-1].until is None
    record(stage, "storage.moved", story.laptop, story.eve)
    selection = selected(stage)
    assert all(g.until for g in all_gaps(selection.history(story.laptop), names(selection)))


def test_a_loss_that_was_explained_leaves_an_item_without_a_place(stage: Stage) -> None:
    story = stage.story
    lost = record(stage, "transfer.lost", story.laptop, story.eve, transfer=given(stage))
    ends = {"discrepancy": lost, "kind": "missing_item", "outcome": "recovered"}
    record(stage, "discrepancy.resolved", story.laptop, story.olga, **ends)
    selection = selected(stage)
    found = all_gaps(selection.history(story.laptop), names(selection))
    assert [gap.what for gap in found if gap.until is None] == ["held, with no place on file"]


def test_another_discrepancy_that_ends_does_not_find_what_is_lost(stage: Stage) -> None:
    story = stage.story
    other = record(stage, "discrepancy.opened", story.laptop, story.eve)
    record(stage, "transfer.lost", story.laptop, story.eve, transfer=given(stage))
    ends = {"discrepancy": other, "outcome": "explained"}
    record(stage, "discrepancy.resolved", story.laptop, story.olga, **ends)
    selection = selected(stage)
    found = all_gaps(selection.history(story.laptop), names(selection))
    assert [gap.what for gap in found if gap.until is None] == ["lost on the way"]


@pytest.mark.parametrize("ends", ["custody.assumed", "transfer.returned"])
def test_what_ends_a_hand_over_ends_its_gap(stage: Stage, ends: str) -> None:
    story = stage.story
    release = given(stage)
    takes = [story.carl, story.olga] if ends == "custody.assumed" else story.eve
    cites = {} if ends == "custody.assumed" else {"transfer": release}
    record(stage, ends, story.laptop, takes, **cites)
    selection = selected(stage)
    assert gaps_of(selection, story.laptop) == ["on its way from Eve to Carl"]
    assert all(gap.until for gap in gaps(selection.history(story.laptop), names(selection)))
    assert all(gap.until for gap in unplaced(selection.history(story.laptop)))


def test_time_with_a_court_is_a_gap_until_it_gives_the_item_back(stage: Stage) -> None:
    story = stage.story
    record(stage, "court.exhibited", story.laptop, story.eve, retained="yes")
    assert gaps_of(selected(stage), story.laptop) == ["with a court, which keeps it"]
    record(stage, "court.returned", story.laptop, story.carl, seal="broken_authorised")
    selection = selected(stage)
    assert all(gap.until for gap in gaps(selection.history(story.laptop), names(selection)))


def test_what_is_received_is_held_and_without_a_place_until_one_is_stated(stage: Stage) -> None:
    tag = received(stage)
    selection = selected(stage)
    chain = selection.history(tag)
    assert all(gap.until for gap in gaps(chain, names(selection)))
    assert [gap.until for gap in unplaced(chain)] == [None]
    record(stage, "storage.moved", tag, stage.story.eve)
    assert all(gap.until for gap in unplaced(selected(stage).history(tag)))


def test_what_is_made_out_of_an_item_opens_no_gap_of_it(stage: Stage) -> None:
    story = stage.story
    before = gaps_of(selected(stage), story.laptop)
    stage.live.register(story.case, 4, by=story.eve, source=story.laptop)
    assert gaps_of(selected(stage), story.laptop) == before


def read(stage: Stage, tag: str) -> list[beside.Reading]:
    return beside.readings(selected(stage).history(tag))


def test_all_numbers_that_others_gave_an_item_are_told(stage: Stage) -> None:
    story, tag = stage.story, stage.image
    record(stage, "item.reference_assigned", tag, story.eve, reference="L-1", given_by="Lab A")
    second = record(
        stage, "item.reference_assigned", tag, story.eve, kind="agency", reference="KT 9"
    )
    record(stage, "court.exhibited", tag, story.eve, court_number="P-7", court="Amtsgericht")
    fixed = {
        "corrects": second,
        "act": "item.reference_assigned",
        "field": "given_by",
        "value": "BKA",
    }
    record(stage, "correction.recorded", tag, story.eve, **fixed)
    selection = selected(stage)
    entries = beside.readings(selection.history(tag))
    assert [each.words for each in beside.references(entries)] == [
        "L-1 (laboratory, Lab A)",
        "KT 9 (agency, BKA)",
        "P-7 (court, Amtsgericht)",
    ]
    text, page = register.as_text(selection), register.as_html(selection)
    assert all("KT 9 (agency, BKA)" in each and "P-7 (court" in each for each in (text, page))


def test_a_number_that_was_noted_by_mistake_is_none(stage: Stage) -> None:
    story, tag = stage.story, stage.image
    noted = record(stage, "item.reference_assigned", tag, story.eve)
    whole = {
        "corrects": noted,
        "act": "item.reference_assigned",
        "field": None,
        "value": None,
        "annuls": True,
        "reason": "wrong_item",
    }
    record(stage, "correction.recorded", tag, story.eve, **whole)
    selection = selected(stage)
    assert list(beside.references(beside.readings(selection.history(tag)))) == []
    assert "number noted – annulled by" in register.as_html(selection)


def test_a_court_without_a_number_gives_none(stage: Stage) -> None:
    record(stage, "court.exhibited", stage.image, stage.story.eve, court="Amtsgericht")
    assert list(beside.references(read(stage, stage.image))) == []


def test_copies_are_out_until_somebody_says_what_became_of_them(stage: Stage) -> None:
    due = times.spelt(stage.live.now + 3600)
    copy = issued(stage, due_back=due)
    text = plain(register.as_text(selected(stage)))
    assert "working copy out copy 1: with Pia since" in text
    assert f"due back {due}" in text
    record(stage, "copy.returned", stage.image, stage.story.eve, copy=copy)
    assert "working copy out" not in register.as_text(selected(stage))


def test_open_discrepancies_name_the_entry_that_is_typed(stage: Stage) -> None:
    record(stage, "discrepancy.opened", stage.image, stage.story.eve)
    selection = selected(stage)
    number = len(selection.history(stage.image))
    assert f"damage (#{number}, since " in register.as_text(selection)


def test_limits_of_use_are_told_in_sentences(stage: Stage) -> None:
    tag = received(
        stage,
        intelligence_only="yes",
        use_limits=["specialty", "delete_by"],
        delete_by="2030-01-01T00:00:00Z",
        use_terms="for K-2026/17 alone",
    )
    assert list(beside.limits(read(stage, tag))) == [
        "it may not be used as evidence until a formal request allows it (#2)",
        "it may be used for nothing but what it was given for (#2)",
        "the giver wants it deleted by 2030-01-01T00:00:00Z (#2)",
        "in the giver's words: for K-2026/17 alone (#2)",
    ]


def test_a_limit_is_not_lifted_by_annulling_the_entry_that_says_it(stage: Stage) -> None:
    tag = received(stage, intelligence_only="yes")
    whole = {
        "corrects": stage.live.runs[-1].signed.id,
        "act": "item.received",
        "field": None,
        "value": None,
        "annuls": True,
        "reason": "duplicate_entry",
    }
    record(stage, "correction.recorded", tag, stage.story.eve, **whole)
    assert list(beside.limits(read(stage, tag))) == [
        "it may not be used as evidence until a formal request allows it (#2, annulled)"
    ]


def test_of_others_no_limit_is_told_and_silence_is_no_permission(stage: Stage) -> None:
    tag = received(stage, intelligence_only="not_stated")
    assert list(beside.limits(read(stage, stage.image))) == []
    assert list(beside.limits(read(stage, tag))) == [
        "nobody said whether it may be used as evidence (#2)"
    ]


def test_analyses_and_reviews_have_a_section_of_their_own(stage: Stage) -> None:
    story, image = stage.story, stage.image
    asked = {"question": "Who wrote it?", "method": "stylometry 2", "result": "nobody knows"}
    done = record(stage, "analysis.recorded", image, story.eve, automation="ai_assisted", **asked)
    outcome = {"analysis": done, "outcome": "confirmed_with_remarks", "remarks": "too short"}
    record(stage, "analysis.reviewed", image, story.olga, **outcome)
    selection = selected(stage)
    text, page = register.as_text(selection), register.as_html(selection)
    for each in (
        "AI-assisted",
        "Who wrote it?",
        "stylometry 2",
        "Olga: confirmed with remarks: too short",
    ):
        assert each in text and each in page


def test_an_analysis_without_a_review_says_so_and_no_analysis_is_none(stage: Stage) -> None:
    record(stage, "analysis.recorded", stage.image, stage.story.eve, question="Who wrote it?")
    text = plain(register.as_text(selected(stage)))
    assert text.count("review none is on file") == 1
    assert text.count("Analyses and reviews: none") == 2  # of the laptop and of the text


def test_what_is_withheld_of_an_analysis_is_named_as_such(stage: Stage) -> None:
    record(stage, "analysis.recorded", stage.image, stage.story.eve, question="Who wrote it?")
    selection = selected(stage)
    chain = selection.history(stage.image)
    del chain[-1][1].opened["question"]
    (found,) = beside.analyses(beside.readings(chain), names(selection))
    assert found.question == "(withheld)"
