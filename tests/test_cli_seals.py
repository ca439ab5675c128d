"""Verdicts on seals are computed from the number read off the bag, and the seal that is on it now."""

from pathlib import Path

import pytest

from tests.bench import Bench, bench, plain

REASON = ("--reason", "transcription_error")


@pytest.fixture
def run(tmp_path: Path) -> Bench:
    return bench(tmp_path)


def verified(run: Bench, number: str, status: int = 0) -> str:
    """What software makes of that number."""
    made = run.json("seal", "verify", "JS/1", "--seal-read", number, status=status)
    return str(made["found"][0]["verdict"])


def resealed(run: Bench) -> None:
    """A first seal S-41 in the bag B-1, opened; now S-42 in a bag without number."""
    run.seized("JS/1", "--seal", "S-41", "--bag-number", "B-1")
    run("seal", "break", "JS/1", "--seal-read", "S-41", "--reason", "to be looked at")
    run("seal", "apply", "JS/1", "--seal", "S-42")


def test_seal_and_bag_have_numbers_and_either_will_do(run: Bench) -> None:
    run.seized("JS/1", "--seal", "S-41", "--bag-number", "B-1")
    assert verified(run, "s-41") == "intact"
    assert verified(run, "b - 1") == "intact"


@pytest.mark.parametrize("number", ["B-1", "S-41"])
def test_numbers_of_a_bag_that_is_gone_do_not_count(run: Bench, number: str) -> None:
    """Who put the item back into the old bag would have it sealed."""
    resealed(run)
    assert verified(run, "S-42") == "resealed"
    assert verified(run, number, status=1) == "number_mismatch"
    assert run.item("JS/1")["discrepancies"] == ["seal"]


def test_a_correction_of_the_first_seal_says_nothing_of_the_second(run: Bench) -> None:
    resealed(run)
    run("correct", "JS/1", "#3", "--field", "seal-number", "--value", "S-99", *REASON)
    assert verified(run, "S-42") == "resealed"
    assert verified(run, "S-99", status=1) == "number_mismatch"


def test_no_verdict_is_typed(run: Bench) -> None:
    resealed(run)
    made = run("seal", "verify", "JS/1", "--found", "intact", status=2)
    assert "only broken_unauthorised or missing can be stated" in plain(made.err)
