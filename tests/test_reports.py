"""Histories, registers and READMEs retell what was signed, and nothing more or less."""

import re
from pathlib import Path

import pytest

from custody.core.keys import fingerprint
from custody.core.record import record_hash
from custody.ledger.selection import Selection, gather
from custody.reports import readme, register
from custody.reports.gaps import gaps
from custody.reports.history import history
from custody.reports.people import names
from tests.exports import Stage


def selected(stage: Stage) -> Selection:
    """The whole case as an export would show it."""
    story, live = stage.story, stage.live
    live.home.now = live.now
    with live.ledger.sealed_view() as (rows, row):
        return gather(rows, row, live.origin, story.case, ())


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def test_a_history_has_a_line_for_every_entry_and_names_both_sides(stage: Stage) -> None:
    selection = selected(stage)
    chain = selection.history(stage.story.laptop)
    lines = history(chain, names(selection))
    assert [line.number for line in lines] == list(range(1, len(chain) + 1))
    assert [line.entry for line in lines] == [told.statement.id for _, told in chain]
    accepted = next(line for line in lines if line.act == "transfer.accepted")
    assert (accepted.source, accepted.target) == ("Dora", "Eve")
    assert accepted.seal == "intact, no. S-1"


def test_times_without_a_holder_and_on_the_way_are_gaps(stage: Stage) -> None:
    selection = selected(stage)
    found = gaps(selection.history(stage.story.laptop), names(selection))
    assert [gap.what for gap in found] == [
        "registered, and nobody is recorded as its holder",
        "on its way from Dora to Eve",
    ]
    assert all(gap.until is not None and gap.since < gap.until for gap in found)


def test_an_open_release_is_a_gap_without_end(stage: Stage) -> None:
    story = stage.story
    given = {"to": story.carl.tag}
    stage.live.record("transfer.released", [story.laptop], given, signers=[story.eve])
    selection = selected(stage)
    last = gaps(selection.history(story.laptop), names(selection))[-1]
    assert (last.until, last.what) == (None, "on its way from Eve to Carl")
    assert "– now: on its way" in last.words


def test_a_correction_stands_beside_the_value_that_it_corrects(stage: Stage) -> None:
    story = stage.story
    registered = selected_id(stage, story.laptop)
    given = {"corrects": registered, "act": "item.registered", "field": "serial", "value": "SN-9"}
    stage.live.record("correction.recorded", [story.laptop], given, signers=[story.dora])
    selection = selected(stage)
    lines = history(selection.history(story.laptop), names(selection))
    assert [(c.field, c.value) for c in lines[0].corrections] == [("serial", "SN-9")]
    text = register.as_text(selection)
    assert "serial is to read: SN-9" in text
    assert "entry #1: serial is to read: SN-9" in text


def selected_id(stage: Stage, tag: str) -> str:
    """Id of the entry that registered an item."""
    (run,) = (
        run
        for run in stage.live.runs
        if run.signed.statement.name == "item.registered"
        and any(place.tag == tag for place in run.signed.statement.about)
    )
    return run.signed.id


def test_what_is_withheld_is_named_and_not_guessed(stage: Stage) -> None:
    selection = selected(stage)
    _, told = selection.history(stage.story.laptop)[0]
    del told.opened["exhibit"]
    line = history(selection.history(stage.story.laptop), names(selection))[0]
    assert line.withheld == ("exhibit",)
    assert "Item 1: (withheld)" in register.as_text(selection)


def test_hostile_text_stays_text(stage: Stage) -> None:
    story = stage.story
    words = '<script>alert("x")</script>\n</table>'
    stage.live.record("note.recorded", [story.laptop], {"note": words}, signers=[story.eve])
    page = register.as_html(selected(stage))
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert page.count("<table") == page.count("</table>")


def test_text_and_page_say_the_same(stage: Stage) -> None:
    selection = selected(stage)
    text, page = register.as_text(selection), register.as_html(selection)
    for sheet in register.sheets(selection):
        for line in sheet.lines:
            assert line.entry[:16] in text
            assert line.entry[:16] in page


def test_the_readme_gives_the_fingerprint_of_record_0(stage: Stage) -> None:
    selection = selected(stage)
    text = readme.as_text(selection, mirror=True)
    assert fingerprint(record_hash(selection.records[0]).hex(), 16) in text
    assert "mirror of the whole ledger" in text
    assert "mirror of the whole ledger" not in readme.as_text(selection, mirror=False)
    assert not re.search(r"\b(valid|authentic|admissible|untampered)\b", text)


def test_a_selection_of_one_item_shows_no_other_item_of_the_case(stage: Stage) -> None:
    story, live = stage.story, stage.live
    live.home.now = live.now
    with live.ledger.sealed_view() as (rows, row):
        selection = gather(rows, row, live.origin, story.case, [stage.text])
    assert stage.text in selection.chains
    assert {story.laptop, stage.image}.isdisjoint(selection.chains)
    text = register.as_text(selection)
    assert "Item 3" in text
    assert "Item 2" not in text


def test_an_image_brings_its_ancestors_with_it(stage: Stage) -> None:
    story, live = stage.story, stage.live
    live.home.now = live.now
    with live.ledger.sealed_view() as (rows, row):
        selection = gather(rows, row, live.origin, story.case, [stage.image])
    assert story.laptop in selection.chains
    assert stage.text not in selection.chains


def test_chosen_items_bring_the_case_but_not_who_else_got_what(stage: Stage) -> None:
    story, live = stage.story, stage.live
    live.record(
        "export.prepared",
        [story.case, stage.image],
        {"outside": "defence", "recipient": "Somebody Else & Partners"},
        signers=[story.olga],
    )
    live.record("note.recorded", [story.case], {"note": "the informant"}, signers=[story.olga])
    live.home.now = live.now
    with live.ledger.sealed_view() as (rows, row):
        chosen = gather(rows, row, live.origin, story.case, [stage.text])
        whole = gather(rows, row, live.origin, story.case, ())
    for words, shown in (("Somebody Else & Partners", whole), ("the informant", whole)):
        assert any(words in told.opened.values() for told in shown.told.values())
        assert not any(words in told.opened.values() for told in chosen.told.values())
    opened = next(t for t in chosen.told.values() if t.statement.name == "case.opened")
    assert opened.opened["reference"] == "K-2026/17"
