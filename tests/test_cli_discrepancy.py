"""What becomes of a discrepancy, and signatures put to entries that stand."""

import shlex
import tempfile
from pathlib import Path
from typing import Any

import pytest

from tests.bench import Bench, bench, plain


@pytest.fixture
def run(tmp_path: Path) -> Bench:
    """With JS/1, whose entry #4 opened the discrepancy damage."""
    made = bench(tmp_path)
    made.seized("JS/1", "--seal", "S-1")
    made("discrepancy", "open", "JS/1", "--kind", "damage", "--details", "cracked")
    return made


def last(run: Bench, item: str = "JS/1") -> Any:
    return run.json("item", "history", item)["history"][-1]


def test_a_discrepancy_is_looked_into_and_ended_by_somebody_who_is_not_involved(
    run: Bench,
) -> None:
    run("--as", "bo", "discrepancy", "update", "JS/1", "#4", "--inquiry", "I-5")
    assert last(run)["act"] == "discrepancy.updated"
    words = ("discrepancy", "resolve", "JS/1", "#4", "--outcome", "explained", "--with", "cy")
    told = plain(run(*words).out)
    assert "discrepancy of K-7/1 (JS/1), damage (#4): explained" in told
    assert "signed as Cy Twombly (Lab) as approver" in told
    assert run.item("JS/1")["discrepancies"] == []
    run.examined()


def test_a_mistyped_seal_number_is_a_recording_error_and_the_seal_is_what_it_was(
    run: Bench,
) -> None:
    run("seal", "verify", "JS/1", "--seal-read", "S-7", status=1)
    assert run.item("JS/1")["seal"] == "number_mismatch"
    words = ("discrepancy", "resolve", "JS/1", "#5", "--outcome", "recording_error")
    run("--as", "cy", *words, "--details", "7 was a 1")
    assert run.item("JS/1")["seal"] == "intact"


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (("update", "JS/1", "#4"), 2, "say what is new"),
        (("update", "JS/1", "#3", "--details", "x"), 4, "Open are: #4 damage"),
        (("update", "JS/1", "#9", "--details", "x"), 2, "there are #1 to #4"),
        (("update", "JS/1", "#4", "--kind", "seal", "--details", "x"), 4, "no discrepancy seal"),
        (("resolve", "JS/1", "#4"), 2, "--outcome"),
        (("resolve", "JS/1", "#4", "--outcome", "explained"), 4, "E_TWO_PERSON"),
        (
            ("resolve", "JS/1", "#4", "--outcome", "relief_granted", "--with", "cy"),
            4,
            "2 approvers who are not involved must co-sign, 1 did",
        ),
    ],
)
def test_what_does_not_end_a_discrepancy(
    run: Bench, words: tuple[str, ...], status: int, told: str
) -> None:
    assert told in plain(run("discrepancy", *words, status=status).err)
    assert run.item("JS/1")["discrepancies"] == ["damage"]


def test_all_that_is_open_is_listed_with_what_ends_it(run: Bench) -> None:
    run.seized("JS/2")
    listed = run("discrepancy", "list")
    assert "K-7/1" in listed.out and "K-7/2" not in listed.out
    run("--as", "di", "discrepancy", "open", "JS/2", "--kind", "missing_item", "--details", "gone")
    run("discrepancy", "update", "JS/1", "#4", "--due-at", "2031-01-05", "--details", "x")
    first, second = run.json("discrepancy", "list", "--all")["discrepancies"]
    assert (first["item"], first["kind"], first["entry"]) == ("K-7/1", "damage", 4)
    assert first["due"].startswith("2031-01-05") and "due" not in second
    assert (second["found_by"], second["held_by"]) == ("Di Prima (Lab)", "Ada Byron (Lab)")
    command = "custody discrepancy resolve K-7/1 '#4' --outcome …"
    assert first["ends"] == command
    run("--as", "cy", *shlex.split(command)[1:-1], "explained")
    assert [each["item"] for each in run.json("discrepancy", "list")["discrepancies"]] == ["K-7/2"]


def test_discrepancies_of_one_case(run: Bench) -> None:
    run("case", "open", "K-8", "--title", "T")
    assert "no discrepancy is open" in run("discrepancy", "list", "--case", "K-8").out
    assert "damage" in run("discrepancy", "list", "--case", "K-7").out
    run("discrepancy", "list", "--case", "K-9", status=2)
    run("discrepancy", "list", "--case", "K-7", "--all", status=2)


def test_it_ends_once(run: Bench) -> None:
    words = ("--as", "cy", "discrepancy", "resolve", "JS/1", "#4", "--outcome", "confirmed")
    run(*words)
    assert "None is open" in plain(run(*words, status=4).err)


def test_an_entry_is_signed_by_another_person_who_says_what_she_means(run: Bench) -> None:
    run("--as", "di", "sign", "JS/1", "#4", "--position", "objects", "--remarks", "an old crack")
    assert last(run)["act"] == "statement.countersigned"
    run("--as", "cy", "sign", "K-7", "#1", "--position", "read")
    run.examined()


@pytest.mark.parametrize(
    ("who", "words", "status", "told"),
    [
        ("ada", ("JS/1", "#4", "--position", "agrees"), 4, "E_SAME_PERSON"),
        ("di", ("JS/1", "#4"), 2, "--position"),
        ("di", ("JS/1", "#8", "--position", "read"), 2, "there are #1 to #4"),
        ("di", ("JS/1", "#4", "--position", "maybe"), 2, "'maybe' is none of agrees"),
    ],
)
def test_what_is_not_signed(
    run: Bench, who: str, words: tuple[str, ...], status: int, told: str
) -> None:
    assert told in plain(run("--as", who, "sign", *words, status=status).err)


def test_the_agent_does_not_countersign(run: Bench) -> None:
    with tempfile.TemporaryDirectory() as short:  # a socket's path has at most 107 bytes
        agent = {"XDG_RUNTIME_DIR": short}
        run("--as", "di", "unlock", "--minutes", "1", environ=agent)
        try:
            words = ("--as", "di", "sign", "JS/1", "#4", "--position", "read")
            made = run(*words, status=2, environ={**agent, "CUSTODY_PASSPHRASE": None})
        finally:
            run("--as", "di", "lock", environ=agent)
    assert "a passphrase is needed" in made.err
