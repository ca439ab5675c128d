"""What ends: a legal basis, a case; and the rules that change."""

from pathlib import Path

import pytest

from custody.core.reading import read_record
from custody_schemas import answers
from tests.bench import WORDS, Bench, bench, plain
from tests.test_cli_terminal import Terminal

CLOSE = ("case", "close", "K-7", "--status", "convicted")
END = ("authority", "end", "K-7", "W-1", "--cause", "quashed")
CHANGE = ("rules", "change", "--details", "shifts at the weekend")


@pytest.fixture
def run(tmp_path: Path) -> Bench:
    return bench(tmp_path)


def test_nothing_new_rests_on_a_legal_basis_that_ended(run: Bench) -> None:
    run.seized("JS/1")
    run(*END, "--ended-at", "2020-01-01", "--details", "4 Qs 17/20")
    (authority,) = run.json("authority", "list", "K-7")["authorities"]
    assert authority["ended_at"] == "2020-01-01T00:00:00Z"
    assert "ended 2020-01-01T00:00:00Z" in run("authority", "list", "K-7").out
    assert "E_AUTHORITY" in run("seize", "K-7", "--type", "mobile", status=4).err
    assert run.item("JS/1")["holder"] == "Ada Byron (Lab)"
    assert "it ended already" in run(*END, "--ended-at", "2021-01-01", status=4).err
    run.examined()


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (END, 2, "--ended-at"),
        ((*END, "--ended-at", "2099-01-01"), 4, "which is still to come"),
        (("authority", "end", "K-7", "W-9", *END[4:], "--ended-at", "2020-01-01"), 2, "W-9"),
        (("authority", "end", "K-9", "W-1", *END[4:], "--ended-at", "2020-01-01"), 2, "K-9"),
    ],
)
def test_what_ends_no_legal_basis(
    run: Bench, words: tuple[str, ...], status: int, told: str
) -> None:
    assert told in plain(run(*words, status=status).err)
    assert "ended_at" not in run.json("authority", "list", "K-7")["authorities"][0]


def test_a_case_that_is_closed_takes_nothing_in_and_is_taken_up_again(run: Bench) -> None:
    run.seized("JS/1")
    made = read_record(answers.CaseEnded, run.json(*CLOSE))
    assert (made.case, made.still_open) == ("K-7", ())
    assert "E_CASE_CLOSED" in run("seize", "K-7", "--type", "mobile", status=4).err
    assert "E_CASE_CLOSED" in run(*CLOSE, status=4).err
    assert "E_NO_GRANT" in run("case", "reopen", "K-7", "--status", "appeal", status=4).err
    run("--as", "cy", "case", "reopen", "K-7", "--status", "appeal")
    again = run("--as", "cy", "case", "reopen", "K-7", "--status", "appeal", status=4)
    assert "E_CASE_OPEN" in again.err
    run.seized("JS/2")
    run.examined()


def test_items_of_a_closed_case_still_change_hands(run: Bench) -> None:
    run.seized("JS/1")
    run(*CLOSE)
    run("transfer", "release", "JS/1", "--to", "bo", "--purpose", "storage")
    run("--as", "bo", "transfer", "accept", "JS/1")
    assert run.item("JS/1")["holder"] == "Bo Peep (Lab)"


@pytest.fixture
def busy(run: Bench) -> Bench:
    """JS/1 is on its way, JS/2 is out and cracked, JS/3 is only registered."""
    run.seized("JS/1")
    run.seized("JS/2")
    run("transfer", "release", "JS/1", "--to", "bo", "--purpose", "storage")
    run("checkout", "JS/2", "--to", "bo", "--purpose", "examination")
    run("discrepancy", "open", "JS/2", "--kind", "damage")
    run("item", "register", "K-7", "--exhibit", "JS/3", "--type", "mobile")
    return run


OPEN = (
    "K-7/1 (JS/1) is released to Bo Peep (Lab), who has not accepted it",
    "K-7/2 (JS/2) is checked out to Bo Peep (Lab)",
    "K-7/2 (JS/2) has an open discrepancy: damage",
    "K-7/3 (JS/3) is registered, and nobody said how it came",
)


def test_what_is_still_open_keeps_a_case_from_closing_unasked(busy: Bench) -> None:
    refused = plain(busy(*CLOSE, status=2).err)
    assert "4 things are still open in K-7, and nobody can be asked: --yes closes it" in refused
    assert all(words in refused for words in OPEN)
    assert busy.json("case", "show", "K-7")["closed"] is False
    assert busy.json(*CLOSE, "--yes")["still_open"] == list(OPEN)
    assert busy.json("case", "show", "K-7")["closed"] is True


def test_at_a_terminal_what_is_open_is_listed_and_asked_about(busy: Bench) -> None:
    terminal = Terminal(busy, *CLOSE)
    terminal.answer("Close the case all the same? [y/N]", "n")
    assert "nothing was recorded" in terminal.end(5)
    terminal = Terminal(busy, *CLOSE)
    terminal.answer("Close the case all the same? [y/N]", "y")
    terminal.answer("Sign this as Ada Byron?", "y")
    terminal.answer("Passphrase of Ada Byron", WORDS)
    assert "case K-7 closed, convicted" in terminal.end(0)


def test_rules_are_changed_by_two_people_from_here_on(run: Bench) -> None:
    shown = read_record(answers.RulesAnswer, run.json("rules", "show"))
    assert (shown.late_after, shown.ahead, shown.approvers) == (86_400, 120, 2)
    told = plain(run(*CHANGE, "--late-after", "2d", "--approvers", 3, "--with", "cy").out)
    assert "late after: 2 days (was 1 day); approvers of an override: 3 (was 2)" in told
    assert "late after                2 days" in run("rules", "show").out
    run.examined()


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (("--late-after", "2d"), 4, "E_TWO_PERSON"),
        (("--with", "cy"), 2, "say what is to change"),
        (("--late-after", "48", "--with", "cy"), 2, "write 90s, 30m, 36h or 2d"),
        (("--late-after", "40d", "--with", "cy"), 2, "40d is more than 31 days"),
        (("--approvers", "1", "--with", "cy"), 2, "--approvers"),
        (("--ahead", "2m", "--with", "cy"), 4, "these rules are in force already"),
    ],
)
def test_what_changes_no_rule(run: Bench, words: tuple[str, ...], status: int, told: str) -> None:
    assert told in plain(run(*CHANGE, *words, status=status).err)
    assert run.json("rules", "show")["late_after"] == 86_400


def test_who_may_not_enrol_changes_no_rule(run: Bench) -> None:
    made = run("--as", "cy", *CHANGE, "--late-after", "2d", "--with", "ada", status=4)
    assert "E_NO_GRANT" in made.err
