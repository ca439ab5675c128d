"""Inventories at the command line: what should be there, what was seen, what is missing. (R30, R66)"""

from pathlib import Path
from typing import Any

import pytest

from tests.bench import Bench, bench, plain

START = ("inventory", "start", "--kind", "periodic")
SEEN = ("--outcome", "physically_verified")


@pytest.fixture
def run(tmp_path: Path) -> Bench:
    return bench(tmp_path)


def listed(run: Bench) -> Any:
    return run.json("inventory", "list")["inventories"]


def test_everything_is_there(run: Bench) -> None:
    items = [run.seized("JS/1"), run.seized("JS/2")]
    assert "2 items expected" in run(*START).out
    run("inventory", "scan", *items, *SEEN)
    (found,) = listed(run)
    assert (found["expected"], found["seen"], found["left"]) == (2, 2, 0)
    assert "2 verified, 0 missing" in run("inventory", "close").out
    assert listed(run) == []
    run.examined()


def test_what_is_missing_opens_its_discrepancy_by_itself(run: Bench) -> None:
    here, gone = run.seized("JS/1"), run.seized("JS/2")
    run(*START)
    run("inventory", "scan", here, *SEEN)
    run("inventory", "scan", gone, "--outcome", "not_located")
    assert run.item(gone)["discrepancies"] == ["missing_item"]
    assert "1 verified, 1 missing" in run("inventory", "close").out


def test_what_should_not_be_there_is_told_and_recorded_so(run: Bench) -> None:
    run.seized("JS/1")
    mine = run.seized("JS/2")
    run("transfer", "release", mine, "--to", "Bo Peep", "--purpose", "storage")
    accept = ("transfer", "accept", mine, "--location", "office")
    run("--as", "bo", *accept)
    run(*START, "--of", "Ada Byron")
    made = run("inventory", "scan", mine, *SEEN)
    assert "was not expected here: on the record Bo Peep (Lab) holds it" in plain(made.err)
    assert run.item(mine)["discrepancies"] == ["extra_item"]
    (found,) = listed(run)
    assert (found["holder"], found["unexpected"]) == ("Ada Byron (Lab)", 1)


def test_nobody_closes_over_what_was_not_looked_for(run: Bench) -> None:
    item = run.seized("JS/1")
    run(*START)
    made = run("inventory", "close", status=2)
    assert f"not looked for: {item}" in made.err and "1 of 1 items" in plain(made.err)
    assert "1 unchecked" in run("inventory", "close", "--unchecked").out


def test_nothing_is_scanned_without_an_inventory(run: Bench) -> None:
    item = run.seized("JS/1")
    made = run("inventory", "scan", item, *SEEN, status=2)
    assert "no such inventory is open" in made.err


def test_of_several_inventories_one_is_named(run: Bench) -> None:
    item = run.seized("JS/1")
    run(*START)
    run("inventory", "start", "--kind", "spot_check")
    assert "say which with --inventory" in run("inventory", "scan", item, *SEEN, status=2).err
    which = listed(run)[0]["inventory"][:12]
    run("inventory", "scan", item, *SEEN, "--inventory", which)


def test_nobody_says_nothing_of_what_was_found(run: Bench) -> None:
    item = run.seized("JS/1")
    run(*START)
    words = ("inventory", "scan", item, "--outcome", "not_yet_checked")
    assert "E_INVENTORY" in run(*words, status=4).err
