"""Adverse facts of what goes on with an item when somebody takes it over or closes its case."""

from pathlib import Path

from custody.core import times
from tests.rulings import check_out, release
from tests.test_adverse import LAPTOP
from tests.test_adverse_days import CASE, assumed, called, closed, reported, told_of
from tests.worlds import story


def test_a_takeover_of_what_was_checked_out(tmp_path: Path) -> None:
    told = story()
    check_out(told, told.laptop, told.dora, told.eve)
    assumed(told, reason="key_lost")
    ((_, subject, words),) = told_of(reported(tmp_path, told), "takeover")
    assert subject == LAPTOP
    assert words == (
        f"taken over from {called(told.dora)}, who could not hand it over: key lost; "
        "it was checked out at the time"
    )


def test_a_case_that_is_closed_while_an_item_is_checked_out(tmp_path: Path) -> None:
    told = story()
    check_out(told, told.laptop, told.dora, told.eve)
    closed(told)
    ((_, subject, words),) = told_of(reported(tmp_path, told), "closed case")
    assert subject == CASE
    assert words == f"the case was closed with {LAPTOP} left open: a check-out (acquittal)"


def test_nobody_is_missed_as_holder_of_what_was_given_up_for_lost(tmp_path: Path) -> None:
    """Relief ends the search, and the time in which the item was missing."""
    told = story()
    world = told.world
    lost = {"transfer": release(told, told.laptop, told.dora, told.eve)}
    since = world.now
    found = world.record("transfer.lost", [told.laptop], lost, signers=[told.dora])
    world.now += 3600
    until = world.now
    ended = {"discrepancy": found, "kind": "missing_item", "outcome": "relief_granted"}
    world.record(
        "discrepancy.resolved", [told.laptop], ended, signers=[told.dora, told.olga, told.carl]
    )
    world.now += 3600
    gaps = [words for _, _, words in told_of(reported(tmp_path, told), "gap")]
    span = f"from {times.spelt(since)} to {times.spelt(until)} by the ledger's time"
    assert f"missing {span}" in gaps
    assert not any(f"from {times.spelt(until)}" in words for words in gaps)
