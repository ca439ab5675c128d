"""Entries annulled as a whole, and entries of people who cannot correct them themselves."""

import re
from pathlib import Path
from typing import Any

import click
import pytest

from custody_cli.main import cli
from custody_cli.undoing import COUNTER_ACTS
from custody_schemas import acts
from custody_schemas.declare import Act
from tests.bench import Bench, bench, plain

TWICE = ("--annul", "--reason", "duplicate_entry")


@pytest.fixture
def run(tmp_path: Path) -> Bench:
    """With JS/1, released to Bo by its entry #3."""
    made = bench(tmp_path)
    made.seized("JS/1")
    made("transfer", "release", "JS/1", "--to", "bo", "--purpose", "storage")
    return made


def corrections(run: Bench, item: str = "JS/1") -> list[Any]:
    history = run.json("item", "history", item)["history"]
    return [each for each in history if each["act"] == "correction.recorded"]


def test_an_annulled_entry_changes_no_state_and_the_way_back_is_told(run: Bench) -> None:
    told = plain(run("correct", "JS/1", "#3", *TWICE).out)
    assert "K-7/1 #3, released: annulled as a whole" in told
    assert "What it did stands until it is undone: `custody transfer cancel ITEM" in told
    assert len(run.json("transfer", "list")["transfers"]) == 1
    assert len(corrections(run)) == 1
    run.examined()


def test_a_note_that_is_annulled_leaves_nothing_to_undo(run: Bench) -> None:
    run("note", "JS/1", "-m", "blue")
    words = ("correct", "JS/1", "#4", "--annul", "--reason", "wrong_item")
    assert "It changed no state, so there is nothing to undo" in plain(run(*words).out)


def test_what_no_act_undoes_is_told_so(run: Bench) -> None:
    told = plain(run("correct", "JS/1", "#2", *TWICE).out)
    assert "What it did stands, and no act undoes it: say with `custody note`" in told


def test_who_oversees_corrects_for_somebody_who_cannot(run: Bench) -> None:
    words = ("correct", "JS/1", "#3", "--field", "note", "--value", "by van")
    refused = plain(run("--as", "cy", *words, "--reason", "omitted_field", status=4).err)
    assert "#3 was signed by Ada Byron (Lab), who corrects it" in refused
    assert "says why with --for-absent" in refused
    run("--as", "cy", *words, "--reason", "omitted_field", "--for-absent", "on_leave")
    assert len(corrections(run)) == 1


@pytest.mark.parametrize(
    ("who", "words", "status", "told"),
    [
        ("ada", (*TWICE, "--field", "note"), 2, "say --field and --value, or --annul"),
        ("ada", ("--reason", "duplicate_entry"), 2, "say --field and --value, or --annul"),
        ("ada", ("--field", "note", "--reason", "wrong_time"), 2, "say --field and --value"),
        ("ada", ("--annul",), 2, "--reason"),
        ("ada", ("--annul", "--reason", "wrong_time"), 4, "E_CORRECTION"),
        ("ada", (*TWICE, "--for-absent", "on_leave"), 4, "nobody is absent"),
        ("bo", TWICE, 4, "#3 was signed by Ada Byron (Lab)"),
        ("ada", (*TWICE, "--for-absent", "bored"), 2, "'bored' is none of"),
    ],
)
def test_what_is_not_corrected(
    run: Bench, who: str, words: tuple[str, ...], status: int, told: str
) -> None:
    assert told in plain(run("--as", who, "correct", "JS/1", "#3", *words, status=status).err)
    assert corrections(run) == []


def test_who_does_not_oversee_corrects_for_nobody(run: Bench) -> None:
    run("--as", "bo", "note", "JS/1", "-m", "x")
    words = ("correct", "JS/1", "#4", *TWICE, "--for-absent", "on_leave")
    assert "E_NO_GRANT" in run(*words, status=4).err


def test_counter_acts_are_named_for_acts_that_exist_and_change_something() -> None:
    for name in COUNTER_ACTS:
        assert any(concern.mode != "touches" for concern in Act.ALL[name].ABOUT), name
    assert acts.CorrectionRecorded.NAME not in COUNTER_ACTS


# What no act undoes: beginnings, origins, findings, and what is gone.
FOR_GOOD = {
    *("ledger.opened", "case.opened", "item.registered", "item.seized", "item.acquired"),
    *("item.received", "item.derived", "copy.returned", "disposition.executed"),
}


def test_every_act_that_changes_something_is_undone_by_another_or_by_none() -> None:
    changing = {
        name
        for name, act in Act.ALL.items()
        if any(concern.mode != "touches" for concern in act.ABOUT)
    }
    assert changing - COUNTER_ACTS.keys() == FOR_GOOD


@pytest.mark.parametrize("name", COUNTER_ACTS)
def test_what_undoes_it_can_be_typed(name: str) -> None:
    (line,) = re.findall(r"`custody ([a-z ]+)", COUNTER_ACTS[name])
    command: click.Command = cli
    for word in line.split():
        assert isinstance(command, click.Group)
        found = command.get_command(click.Context(cli), word)
        assert found is not None, line
        command = found
    assert not isinstance(command, click.Group), line
