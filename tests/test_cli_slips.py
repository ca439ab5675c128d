"""Slips of tired people: what the answer offers instead, and what is not recorded twice."""

from pathlib import Path

import pytest

from tests.bench import CASE, ORIGIN, WORDS, Bench, bench, plain
from tests.entries import entries
from tests.test_cli_terminal import Terminal


@pytest.fixture
def run(tmp_path: Path) -> Bench:
    return bench(tmp_path)


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("warrant", "do you mean 'search_warrant' or 'seizure_warrant'?"),
        ("serch_warrant", "do you mean 'search_warrant'?"),
        ("Court", "do you mean 'court_order'?"),
    ],
)
def test_a_word_of_a_closed_list_that_is_nearly_right(run: Bench, typed: str, offered: str) -> None:
    words = ("authority", "record", "K-7", "--kind", typed, "--identifier", "W-9")
    assert offered in plain(run(*words, status=2).err)


def test_a_word_that_is_like_none_is_offered_nothing(run: Bench) -> None:
    made = run("authority", "record", "K-7", "--kind", "xyz", "--identifier", "W-9", status=2)
    assert "'xyz' is none of" in plain(made.err)
    assert "do you mean" not in made.err


def test_a_part_of_a_name_is_not_the_person_but_says_who_that_may_be(run: Bench) -> None:
    said = plain(run("actor", "show", "byron", status=2).err)
    assert "nobody called 'byron' is enrolled: see `custody actor list`; is it 'Ada Byron'?" in said
    assert "is it" not in plain(run("actor", "show", "zzz", status=2).err)


def test_a_bare_hash_is_dropped_by_the_shell_and_the_answer_says_so(run: Bench) -> None:
    item = run.seized("JS/1")
    for words in (
        ("discrepancy", "resolve", item, "--outcome", "explained"),
        ("correct", item, "--annul", "--reason", "wrong_item"),
        ("sign", item, "--position", "agrees"),
        ("analysis", "review", item, "--outcome", "confirmed"),
    ):
        said = plain(run(*words, status=2).err)
        assert "Missing argument 'ENTRY'" in said
        assert "4, or '#4' in quotes" in said


def test_an_entry_is_annulled_once(run: Bench) -> None:
    item = run.seized("JS/1")
    run("note", item, "-m", "of another item")
    words = ("correct", item, "3", "--annul", "--reason", "wrong_item")
    run(*words)
    assert "E_CORRECTION #3 is annulled already, by #4" in plain(run(*words, status=4).err)
    assert len(entries(run, item, "correction.recorded")) == 1


def test_a_case_is_not_closed_as_open(run: Bench) -> None:
    said = plain(run("case", "close", "K-7", "--status", "open", "-y", status=2).err)
    assert "what is closed is not open" in said
    assert "closed" not in run("case", "show", "K-7").out


def test_what_somebody_holds_who_has_no_key_any_more_is_open_when_a_case_is_closed(
    run: Bench,
) -> None:
    item = run.seized("JS/1")
    run("transfer", "release", item, "--to", "bo", "--purpose", "storage")
    run("--as", "bo", "transfer", "accept", item)
    run("actor", "leave", "Bo Peep")
    made = run.json("case", "close", "K-7", "--status", "convicted", "-y")
    (left,) = made["still_open"]
    assert "held by Bo Peep (Lab), who has no key any more: `custody takeover K-7/1`" in left


def test_nobody_scans_labels_for_a_receiver_who_does_not_exist(run: Bench) -> None:
    run.seized("JS/1")
    terminal = Terminal(run, "transfer", "release", "-", "--to", "nobody", "--purpose", "storage")
    shown = plain(terminal.end(2))
    assert "nobody called 'nobody' is enrolled" in shown
    assert "scan:" not in shown


def test_a_hand_over_that_is_open_says_how_it_travels(run: Bench) -> None:
    run.seized("JS/1")
    run("transfer", "release", "JS/1", "--to", "bo", "--purpose", "storage", "--by", "hand")
    run.seized("JS/2")
    words = ("--by", "courier", "--carrier", "DHL", "--tracking", "T-1")
    run("transfer", "release", "JS/2", "--to", "bo", "--purpose", "storage", *words)
    run.seized("JS/3")
    run("transfer", "release", "JS/3", "--to", "bo", "--purpose", "storage")
    found = run.json("transfer", "list")["transfers"]
    said = {each["items"][0]: each["travels"] for each in found}
    assert said == {"K-7/1": "hand", "K-7/2": "courier DHL T-1", "K-7/3": ""}


def test_items_of_one_entry_stand_in_the_log_by_their_numbers(run: Bench) -> None:
    items = [run.seized(f"JS/{n}") for n in range(1, 12)]
    run("transfer", "release", *items, "--to", "bo", "--purpose", "storage")
    (released,) = run.json("log", "--act", "transfer.released")["entries"]
    assert released["subjects"] == [f"K-7/{n} (JS/{n})" for n in range(1, 12)]


def test_a_number_that_a_court_gave_twice_is_shown_once(run: Bench) -> None:
    item = run.seized("JS/1")
    for _ in range(2):
        run("court", "exhibit", item, "--court", "Crown Court", "--court-number", "P-7")
    assert plain(run("item", "show", item).out).count("other number") == 1


def test_a_key_stroke_leaves_the_question_on_a_line_of_its_own(run: Bench) -> None:
    terminal = Terminal(run, "note", run.seized("JS/1"), "-m", "dusty")
    terminal.answer("[y/N]", "\x03")
    assert terminal.end(5).splitlines()[-1] == "custody: stopped; nothing was recorded"


def test_a_ledger_that_was_begun_and_never_opened_says_how_to_finish_it(run: Bench) -> None:
    home = {"CUSTODY_HOME": str(run.folder / "begun"), "CUSTODY_IDENTITIES": str(run.folder / "no")}
    words = ("init", "--origin", ORIGIN, "--name", "Ada Byron", "--organisation", "Lab")
    run(*words, status=2, environ={**home, "CUSTODY_PASSPHRASE": None})
    said = plain(run("mine", status=2, environ=home).err)
    assert f"`custody init --origin {ORIGIN} …` finishes it" in said
    run(*words, environ={**home, "CUSTODY_PASSPHRASE": WORDS})
    assert "You hold nothing" in run("mine", environ=home).out


@pytest.mark.parametrize(
    ("words", "how"),
    [
        (("--type", "mobile", "--type", "computer"), "was given twice: give it once"),
        (("--type", "mobile", "--state", "on", "--state", "locked"), "several values with commas"),
    ],
)
def test_an_option_that_takes_one_value_is_not_given_twice(
    run: Bench, words: tuple[str, ...], how: str
) -> None:
    """The first of two would be dropped, and nobody would see it."""
    made = run("seize", CASE, "--exhibit", "JS/1", *words, status=2)
    assert how in plain(made.err) and words[-2] in made.err
