"""The command in a real terminal: one question, hidden passphrases, drawn tables, no surprises."""

import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from custody_cli import output
from tests.bench import WORDS, Bench, bench, clean_environ, plain

PATIENCE = 60.0
LEFT = ("--reason", "left_service", "--observed", "physically_verified")
COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """A command whose standard streams are all one terminal of 100 columns."""

    def __init__(self, run: Bench, *words: str, unset: str = "") -> None:
        self.master, slave = pty.openpty()
        without = {"CUSTODY_PASSPHRASE", unset}
        environ = {k: v for k, v in run.environ.items() if k not in without}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "custody_cli.start", *words],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**clean_environ(), **environ, "COLUMNS": "100", "TERM": "xterm"},
            start_new_session=True,
        )
        os.close(slave)
        self.shown = ""

    def answer(self, question: str, words: str, end: str = "\n") -> None:
        """Wait until `question` stands there, and type `words`."""
        self.read(lambda: question in self.shown)
        self.shown = ""
        os.write(self.master, f"{words}{end}".encode())

    def end(self, status: int) -> str:
        """What stands there at the end, without colours."""
        self.read(lambda: False)
        assert self.process.wait(PATIENCE) == status, self.shown
        os.close(self.master)
        return COLOURS.sub("", self.shown)

    def read(self, enough: Callable[[], bool]) -> None:
        """Take in what comes until it is enough, or until the other side is closed."""
        deadline = time.monotonic() + PATIENCE
        while not enough():
            ready, _, _ = select.select([self.master], [], [], deadline - time.monotonic())
            assert ready, f"waited in vain; there stands {self.shown!r}"
            try:
                data = os.read(self.master, 4096)
            except OSError:  # the other side is closed
                return
            if not data:
                return
            self.shown += data.decode()


@pytest.fixture
def run(tmp_path: Path) -> Bench:
    return bench(tmp_path)


def test_an_act_shows_one_line_asks_once_and_hides_the_passphrase(run: Bench) -> None:
    terminal = Terminal(run, "seize", "K-7", "--exhibit", "JS/1", "--type", "mobile")
    terminal.answer("[y/N]", "y")
    terminal.answer("Passphrase of Ada Byron", "wrong words")
    terminal.answer("Once more:\r\nPassphrase of Ada Byron", WORDS)
    shown = terminal.end(0)
    assert "recorded: K-7/1 (JS/1) seized, mobile, under search warrant W-1" in shown
    assert WORDS not in shown
    assert run.item("JS/1")["holder"] == "Ada Byron (Lab)"


def test_no_is_no(run: Bench) -> None:
    terminal = Terminal(run, "seize", "K-7", "--exhibit", "JS/1", "--type", "mobile")
    terminal.answer("Sign this as Ada Byron? [y/N]", "n")
    assert "custody: stopped; nothing was recorded" in terminal.end(5)
    assert run.json("item", "list")["items"] == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("seize", "K-8", "--type", "mobile"), "E_AUTHORITY"),
        (("transfer", "accept", "JS/1"), "E_SAME_PERSON"),
        (("--as", "di", "transfer", "release", "JS/1", "--to", "bo", "--purpose", "other"), "E_"),
        (("--as", "bo", "takeover", "--all-of", "ada", *LEFT), "E_TWO_PERSON"),
        (("--as", "bo", "takeover", "JS/1", *LEFT, "--with", "ada"), "E_TWO_PERSON"),
    ],
)
def test_what_is_refused_anyhow_asks_nothing(run: Bench, words: tuple[str, ...], code: str) -> None:
    run("case", "open", "K-8", "--title", "T")
    run.seized("JS/1", "--seal", "S-41")
    run("transfer", "release", "JS/1", "--to", "bo", "--purpose", "storage")
    shown = Terminal(run, *words).end(4)
    assert code in shown
    for question in ("[y/N]", "Number on", "Passphrase of"):
        assert question not in shown


def test_an_act_that_another_takes_back_asks_for_the_passphrase_only(run: Bench) -> None:
    run.seized("JS/1")
    words = ("transfer", "release", "JS/1", "--to", "bo", "--purpose", "storage")
    terminal = Terminal(run, *words)
    terminal.answer("Passphrase of Ada Byron", WORDS)
    assert "[y/N]" not in terminal.end(0)


def test_the_number_of_a_seal_is_asked_for_and_not_shown(run: Bench) -> None:
    run.seized("JS/1", "--seal", "S-41")
    run("transfer", "release", "JS/1", "--to", "bo", "--purpose", "storage")
    terminal = Terminal(run, "--as", "bo", "transfer", "accept", "JS/1")
    terminal.answer("Number on the seal or bag of K-7/1 (JS/1)", "")
    terminal.read(lambda: "--seal-found K-7/1=missing" in plain(terminal.shown))
    terminal.answer("Number on the seal or bag of K-7/1 (JS/1)", "S-14")
    terminal.read(lambda: "[y/N]" in terminal.shown)
    assert "seal number mismatch" in terminal.shown
    assert "S-41" not in terminal.shown
    terminal.answer("[y/N]", "n")
    assert "S-41" not in terminal.end(5)


def test_both_sides_of_a_loan_type_their_own_passphrase(run: Bench) -> None:
    run.seized("JS/1")
    words = ("checkout", "JS/1", "--to", "bo", "--purpose", "examination")
    terminal = Terminal(run, *words)
    terminal.answer("Passphrase of Ada Byron", WORDS)
    terminal.answer("Passphrase of Bo Peep", WORDS)
    assert "signed as Bo Peep (Lab) as counterparty" in plain(terminal.end(0))


def test_tables_are_drawn_and_names_are_no_markup(run: Bench) -> None:
    run.seized("[red]x[/red]")
    shown = Terminal(run, "item", "list").end(0)
    assert "[red]x[/red]" in shown
    assert "──" in shown
    assert "──" not in run("item", "list").out


def test_a_terminal_is_asked_no_question_in_json(run: Bench) -> None:
    terminal = Terminal(run, "--json", "note", "K-7", "-m", "x")
    terminal.answer("Passphrase of Ada Byron", WORDS)
    shown = terminal.end(0)
    assert "[y/N]" not in shown and '"act": "note.recorded"' in shown


def test_no_bar_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    with output.progress(100, "hashing") as progress:
        assert progress is None
    assert capsys.readouterr() == ("", "")


def test_what_is_refused_is_broken_between_words_at_a_terminal_only(run: Bench) -> None:
    run.seized("JS/1")
    words = ("--as", "bo", "takeover", "JS/1", *LEFT)
    lines = Terminal(run, *words).end(4).splitlines()
    assert max(map(len, lines)) <= 100
    said = run(*words, status=4).err
    assert max(map(len, said.splitlines())) > 100
    assert " ".join(" ".join(lines).split()) == " ".join(said.split())


def test_who_looks_is_asked_once_why(run: Bench) -> None:
    run.seized("JS/1")
    terminal = Terminal(run, "item", "show", "JS/1", unset="CUSTODY_BECAUSE")
    terminal.answer("Why do you look? It is logged", "for the trial")
    assert "JS/1" in terminal.end(0)
    terminal = Terminal(run, "item", "show", "JS/1", "--because", "for the trial")
    assert "Why do you look" not in terminal.end(0)
