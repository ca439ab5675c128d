"""What changed between the look at an item and the signature, and what an act opened by itself."""

from pathlib import Path

import pytest

from tests.bench import WORDS, Bench, bench, plain
from tests.entries import entries
from tests.test_cli_terminal import Terminal

BREAK = ("seal", "break", "JS/1", "--seal-read", "S-1", "--reason", "to image")


@pytest.fixture
def run(tmp_path: Path) -> Bench:
    made = bench(tmp_path)
    made.seized("JS/1", "--seal", "S-1")
    return made


def released(run: Bench, *items: str) -> None:
    run("transfer", "release", *items, "--to", "bo", "--purpose", "storage")


def test_an_item_that_changed_while_the_passphrase_was_asked_for_is_not_handed_over(
    run: Bench,
) -> None:
    words = ("transfer", "release", "JS/1", "--to", "bo", "--purpose", "storage")
    terminal = Terminal(run, *words)
    terminal.read(lambda: "Passphrase of Ada Byron" in terminal.shown)
    run(*BREAK)
    terminal.answer("Passphrase of Ada Byron", WORDS)
    assert "E_PREV a subject was changed since you looked at it" in plain(terminal.end(4))
    assert entries(run, "JS/1", "transfer.released") == []
    run(*words)  # after a new look


def test_a_remark_made_meanwhile_stops_nothing(run: Bench) -> None:
    terminal = Terminal(run, "transfer", "release", "JS/1", "--to", "bo", "--purpose", "storage")
    terminal.read(lambda: "Passphrase of Ada Byron" in terminal.shown)
    run("note", "JS/1", "-m", "the bag is dusty")
    terminal.answer("Passphrase of Ada Byron", WORDS)
    assert "recorded: K-7/1 (JS/1) released to Bo Peep (Lab)" in plain(terminal.end(0))


def test_a_remark_does_not_ask_what_the_item_was_like(run: Bench) -> None:
    terminal = Terminal(run, "note", "JS/1", "-m", "the bag is dusty")
    terminal.answer("[y/N]", "y")
    terminal.read(lambda: "Passphrase of Ada Byron" in terminal.shown)
    run(*BREAK)
    terminal.answer("Passphrase of Ada Byron", WORDS)
    assert "recorded: note on K-7/1" in plain(terminal.end(0))


def test_a_mistyped_seal_is_told_before_and_after_it_is_signed(run: Bench) -> None:
    run.seized("JS/2", "--seal", "S-2")
    released(run, "JS/1", "JS/2")
    reads = ("--seal-read", "JS/1=S-1", "--seal-read", "JS/2=S-22")
    made = run("--as", "bo", "transfer", "accept", "--all", *reads)
    assert "S-22 is not the number on file of K-7/2 (JS/2): read the bag again" in plain(made.err)
    told = plain(made.out)
    assert "discrepancy opened: K-7/2 (JS/2), seal (#5)" in told
    assert "K-7/1 (JS/1), seal (#" not in told
    resolve = "custody discrepancy resolve K-7/2 5 --outcome"
    assert resolve in told
    run("--as", "cy", *resolve.split()[1:], "recording_error", "--details", "read twice")
    assert run.item("JS/2")["discrepancies"] == []


def test_an_act_that_opens_nothing_tells_of_nothing_though_something_is_open(run: Bench) -> None:
    run("discrepancy", "open", "JS/1", "--kind", "damage", "--details", "a scratch")
    released(run, "JS/1")
    made = run("--as", "bo", "transfer", "accept", "JS/1", "--seal-read", "S-1")
    assert "discrepancy opened" not in made.out
