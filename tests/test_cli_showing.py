"""Items and cases as they stand: every number, what is out, what is open, what has ended."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from custody_cli.showing import standing_rows
from custody_schemas.answers import DiscrepancyAnswer, ItemShown
from tests.bench import CASE, Bench, bench, plain


@pytest.fixture
def run(tmp_path: Path) -> Bench:
    return bench(tmp_path)


def numbered(run: Bench) -> None:
    """JS/1 with numbers of a laboratory, an agency and a court."""
    run.seized("JS/1")
    ref = ("item", "ref", "JS/1", "--kind")
    run(*ref, "laboratory", "--reference", "L-26/77", "--given-by", "City Lab")
    run(*ref, "agency", "--reference", "BKA 9")
    run("court", "exhibit", "JS/1", "--court", "District Court", "--court-number", "P-7")


def received(run: Bench, *more: str) -> Any:
    file = run.file("mail.mbox", b"x" * 70_000)
    words = ("receive", CASE, file, "--from", "Mailhost", "--from-kind", "provider")
    return run.json(*words, "--channel", "provider_portal", "--exhibit", "PR/1", *more)


def test_an_item_answers_to_every_number_that_others_gave_it(run: Bench) -> None:
    numbered(run)
    run.seized("JS/2")
    for words in ("L-26/77", "BKA 9", "bka  9", "P-7", "K-7:L-26/77", "K-7:p-7", "JS/1"):
        assert run.item(words)["item"] == "K-7/1"
    for words in ("City Lab", "District Court", "K-8:P-7", "L-26", "K-7:City Lab"):
        assert run.json("item", "show", words, status=2)["refused"]["code"] == "E_NOT_FOUND"


def test_lists_show_all_numbers_and_no_column_where_nobody_gave_one(run: Bench) -> None:
    run.seized("JS/0")
    assert "other numbers" not in run("item", "list").out
    numbered(run)
    head, _, line = run("item", "list").out.splitlines()
    assert "other numbers" in head
    assert "L-26/77, BKA 9, P-7" in line
    found = {each["exhibit"]: each["references"] for each in run.json("item", "list")["items"]}
    assert found == {"JS/0": [], "JS/1": ["L-26/77", "BKA 9", "P-7"]}
    assert "L-26/77, BKA 9, P-7" in run("case", "show", CASE).out


def test_an_item_shows_whose_number_is_whose(run: Bench) -> None:
    numbered(run)
    assert run.item("JS/1")["numbers"] == [
        {"kind": "laboratory", "number": "L-26/77", "given_by": "City Lab", "entry": 3},
        {"kind": "agency", "number": "BKA 9", "given_by": "", "entry": 4},
        {"kind": "court", "number": "P-7", "given_by": "District Court", "entry": 5},
    ]
    text = plain(run("item", "show", "JS/1").out)
    assert "other number L-26/77 (laboratory, City Lab)" in text
    assert "other number P-7 (court, District Court)" in text


def test_a_number_that_was_annulled_names_nothing_and_stays_in_the_history(run: Bench) -> None:
    numbered(run)
    run("correct", "JS/1", "#3", "--annul", "--reason", "wrong_item")
    assert [each["number"] for each in run.item("JS/1")["numbers"]] == ["BKA 9", "P-7"]
    assert run.json("item", "show", "L-26/77", status=2)["refused"]["code"] == "E_NOT_FOUND"
    entries = run.json("item", "history", "JS/1")["history"]
    assert (entries[2]["annulled_by"], entries[2]["details"]["reference"]) == (6, "L-26/77")
    assert not any("annulled_by" in each for each in entries if each["number"] != 3)
    assert "#3 NUMBER NOTED – ANNULLED BY #6" in plain(run("item", "history", "JS/1").out)
    run.examined()


def test_a_number_of_two_items_is_refused_with_both_candidates(run: Bench) -> None:
    numbered(run)
    run("case", "open", "K-8", "--title", "Another")
    run("authority", "record", "K-8", "--kind", "consent")
    run("seize", "K-8", "--exhibit", "X", "--type", "mobile")
    run("court", "exhibit", "X", "--court", "District Court", "--court-number", "P-7")
    assert "it could be: K-7/1, K-8/1" in run("item", "show", "P-7", status=2).err
    assert run.item("K-8:P-7")["item"] == "K-8/1"


def test_an_older_number_answers_though_a_newer_one_is_on_file(run: Bench) -> None:
    run.seized("JS/1")
    ref = ("item", "ref", "JS/1", "--kind", "laboratory", "--reference")
    run(*ref, "Lab A")
    run(*ref, "L-2", "--given-by", "Lab A")
    assert run.item("Lab A")["references"] == ["Lab A", "L-2"]


def test_what_is_shown_of_a_discrepancy_can_be_typed(run: Bench) -> None:
    run.seized("JS/1")
    assert run.item("JS/1")["open"] == []
    run("discrepancy", "open", "JS/1", "--kind", "damage", "--details", "dent")
    (wrong,) = run.item("JS/1")["open"]
    assert (wrong["kind"], wrong["entry"]) == ("damage", 3)
    text = plain(run("item", "show", "JS/1").out)
    typed = re.search(r"custody (discrepancy resolve .*?) --outcome …", text)
    assert typed is not None
    run("--as", "cy", *shlex.split(typed[1]), "--outcome", "explained")
    assert run.item("JS/1")["open"] == []
    assert "open discrepancy" not in run("item", "show", "JS/1").out
    later = run.json("item", "history", "JS/1")["history"][2]["later"]
    assert later == [{"by": 4, "what": "the discrepancy (damage) ended: explained"}]


@pytest.mark.parametrize("entries", [(3, 3), (3, 4)])
def test_the_kind_is_told_where_one_entry_opened_several(entries: tuple[int, int]) -> None:
    at = "2026-11-22T10:00:00Z"
    found = tuple(
        DiscrepancyAnswer(kind=kind, entry=entry, since=at)
        for kind, entry in zip(("seal", "hash"), entries, strict=True)
    )
    item = ItemShown(
        item="K-7/1",
        exhibit="",
        description="",
        references=(),
        discrepancies=(),
        numbers=(),
        copies=(),
        limits=(),
        type="mobile",
        digital=False,
        disputed=False,
        terminal=False,
        holds=(),
        requests=(),
        disposition="",
        entries=4,
        open=found,
    )
    commands = [words for name, words in standing_rows(item) if name == "open discrepancy"]
    assert len(commands) == 2
    assert all(("--kind" in each) is (entries == (3, 3)) for each in commands)


def test_copies_are_shown_until_they_are_accounted_for(run: Bench) -> None:
    item = run.acquired(run.file("disk.dd"), "D/1")
    (run.folder / "stick").mkdir()
    run("copy", "issue", item, "--to", run.folder / "stick", "--purpose", "analysis")
    (copy,) = run.item(item)["copies"]
    assert (copy["number"], copy["to"], copy["entry"]) == (1, "Ada Byron (Lab)", 3)
    assert "copy out copy 1: with Ada Byron (Lab) since" in plain(run("item", "show", item).out)
    run("copy", "return", item, "--fate", "wiped")
    assert run.item(item)["copies"] == []
    assert "copy out" not in run("item", "show", item).out


def test_limits_of_use_are_shown_and_none_where_there_are_none(run: Bench) -> None:
    received(run, "--intelligence-only", "yes", "--use-limits", "no_onward_transfer")
    limits = run.item("PR/1")["limits"]
    assert limits == [
        "it may not be used as evidence until a formal request allows it (#2)",
        "it may not be passed on (#2)",
    ]
    text = plain(run("item", "show", "PR/1").out)
    assert all(f"limit of use {each}" in text for each in limits)
    run.seized("JS/1")
    assert run.item("JS/1")["limits"] == []
    assert "limit of use" not in run("item", "show", "JS/1").out


def test_a_legal_basis_that_ended_says_when_and_why(run: Bench) -> None:
    assert "ended" not in run("authority", "list", CASE).out
    run("authority", "record", CASE, "--kind", "consent", "--identifier", "C-1")
    run("authority", "end", CASE, "W-1", "--cause", "quashed", "--ended-at", "2026-01-01")
    first, second = run.json("authority", "list", CASE)["authorities"]
    assert (first["cause"], first["ended_at"][:10]) == ("quashed", "2026-01-01")
    assert not {"cause", "ended_at"} & second.keys()
    for words in (("authority", "list", CASE), ("case", "show", CASE)):
        text = run(*words).out
        assert re.search(r"W-1 .*ended 2026-01-01T\S+ \(quashed\)", text)
        assert not re.search(r"C-1 .*ended", text)


def test_a_closed_case_says_since_when_and_as_what(run: Bench) -> None:
    assert "state open" in plain(run("case", "show", CASE).out)
    close = ("--as", "cy", "case", "close", CASE, "--status", "acquitted")
    run(*close, "--court-reference", "4 KLs 7/26")
    answer = run.json("case", "show", CASE)
    assert (answer["status"], answer["court_reference"]) == ("acquitted", "4 KLs 7/26")
    text = plain(run("case", "show", CASE).out)
    assert f"state closed since {answer['closed_at']}: acquitted, decision 4 KLs 7/26" in text
    run("--as", "cy", "case", "reopen", CASE, "--status", "appeal")
    answer = run.json("case", "show", CASE)
    assert answer["closed"] is False
    assert not {"status", "closed_at"} & answer.keys()
    assert "state open" in plain(run("case", "show", CASE).out)


def test_a_history_tells_from_whom_it_was_taken_over(run: Bench) -> None:
    run.seized("JS/1")
    run("--as", "cy", "takeover", "JS/1", "--reason", "left_service", *SEEN)
    entry = run.json("item", "history", "JS/1")["history"][-1]
    assert (entry["source"], entry["target"]) == ("Ada Byron (Lab)", "Cy Twombly (Lab)")
    assert entry["who"] == ["Cy Twombly (Lab)", "Di Prima (Lab) (as approver)"]


SEEN = ("--observed", "physically_verified", "--with", "di")
