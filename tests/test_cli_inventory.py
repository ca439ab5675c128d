"""Inventories at the command line: what should be there, what was seen, what is missing. (R30, R66)"""

from pathlib import Path
from typing import Any

import pytest

from custody import opening
from custody.core import tags
from custody.drafting import Request, Subject
from custody.identity import keyfile
from custody.identity.passphrases import Passphrases
from custody_schemas.declare import Kind
from tests.bench import WORDS, Bench, bench, plain
from tests.bodies import LEAST

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


CHANGE = ("inventory", "start", "--kind", "change_of_custodian", "--of", "bo", "--to", "di")
APPOINT = ("role", "grant", "di", "custodian_primary")


def kept(run: Bench) -> str:
    """An item that Bo keeps."""
    item = run.seized("JS/1")
    run("transfer", "release", item, "--to", "Bo Peep", "--purpose", "storage")
    run("--as", "bo", "transfer", "accept", item, "--location", "vault")
    return item


def test_nobody_follows_a_primary_custodian_uncounted(run: Bench) -> None:
    made = run(*APPOINT, status=4)
    assert "E_INVENTORY" in made.err and "Bo Peep (Lab) was primary custodian" in plain(made.err)
    assert "inventory start --kind change_of_custodian --of HER" in plain(made.err)


def test_both_count_and_then_one_follows_the_other(run: Bench) -> None:
    item = kept(run)
    assert "1 items expected" in run("--as", "bo", *CHANGE).out
    (found,) = listed(run)
    assert (found["holder"], found["to"]) == ("Bo Peep (Lab)", "Di Prima (Lab)")
    run("--as", "di", "inventory", "scan", item, *SEEN)
    made = run("--as", "bo", "inventory", "close", "--yes")
    assert "signed as Di Prima (Lab) as counterparty" in made.out
    assert "next: custody role grant 'Di Prima' custodian_primary" in made.out
    run(*APPOINT)
    assert run.json("person", "show", "di")["roles"][-1]["role"] == "custodian_primary"
    run.examined()


def test_one_who_oversees_signs_for_a_custodian_who_left(run: Bench) -> None:
    item = kept(run)
    made = run("actor", "leave", "bo", "--yes")
    assert "next: custody inventory start --kind change_of_custodian --of 'Bo Peep'" in made.out
    run("--as", "di", *CHANGE)
    run("--as", "di", "inventory", "scan", item, *SEEN)
    (run.folder / "identities" / "bo").rename(run.folder / "gone")
    made = run("--as", "di", "inventory", "close", "--yes", status=2)
    assert "one who oversees everywhere" in plain(made.err)
    run("--as", "di", "inventory", "close", "--yes", "--with", "cy")
    run(*APPOINT)
    run.examined()


def test_what_goes_elsewhere_meanwhile_and_what_comes_in_is_told(run: Bench) -> None:
    here, gone = kept(run), run.seized("JS/2")
    run(*START, "--of", "Ada Byron")
    run("transfer", "release", gone, "--to", "Bo Peep", "--purpose", "storage")
    run("--as", "bo", "transfer", "accept", gone, "--location", "vault")
    new = run.seized("JS/3")
    made = run("inventory", "scan", new, *SEEN, status=2)
    assert "came in after the inventory began" in plain(made.err)
    made = run("inventory", "scan", here, "--outcome", "not_located", status=2)
    assert "no part of this inventory" in made.err
    (found,) = listed(run)
    assert (found["expected"], found["gone"], found["left"]) == (1, 1, 0)
    assert "0 verified, 0 missing, 1 gone, 0 unchecked" in run("inventory", "close").out
    run.examined()


def closed_saying(run: Bench, **numbers: int) -> None:
    """Ada's own software ends her inventory with numbers that it made up."""
    home = opening.read_home(run.folder / "home")
    ledger = opening.open_ledger(home)
    identity = keyfile.read(run.folder / "identities" / "ada")
    desk, _ = opening.open_desk(ledger, identity)
    (which,) = listed(run)
    given = {**LEAST["inventory.closed"], "inventory": which["inventory"], **numbers}
    about = (Subject(Kind.LEDGER, tags.ledger_tag(ledger.origin)),)
    keys = Passphrases({"CUSTODY_PASSPHRASE": WORDS}).unlock(identity)
    desk.record([Request("inventory.closed", about, given)], keys)


def test_an_examination_compares_the_numbers_with_what_was_observed(run: Bench) -> None:
    run.seized("JS/1")
    run(*START)
    closed_saying(run, verified=1)
    made = run("verify", status=1)
    assert "it says 1 verified, and 0 items were observed so" in plain(made.out)
    assert "RULES FAILED" in made.out
