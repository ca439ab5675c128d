"""Another ledger key in the place of the old one: whole or not at all, also for who is at work."""

import os
import shutil
from pathlib import Path

import pytest

from custody.core.errors import KeyStoreError
from custody.core.reading import read_record
from custody.store import keyfiles
from custody.store.keystore import KeyStore
from custody_schemas import answers
from tests.bench import Bench, bench, plain
from tests.crashing import Fault, strike
from tests.test_keystore import ONE, SCOPES, TWO, again
from tests.vaults import keys_at

CHANGE = ("ledger-key", "change", "-y")


@pytest.fixture
def keys(tmp_path: Path) -> KeyStore:
    made = keys_at(tmp_path / "keys")
    made.ensure(SCOPES)
    return made


def test_keys_stay_what_they_are_under_another_ledger_key(keys: KeyStore) -> None:
    before, old = keys.held(SCOPES), keys.place.ledger_key.read_bytes()
    renewed = keys.renew(TWO)
    assert keys.change_ledger_key() == len(SCOPES) + 1
    assert keys.place.ledger_key.read_bytes() != old
    assert not keyfiles.successor(keys.place).exists()
    assert again(keys).key(TWO) == renewed
    assert {**again(keys).held(SCOPES), TWO: before[TWO]} == before
    keys.place.ledger_key.write_bytes(old)
    with pytest.raises(KeyStoreError, match="is not the ledger key that opens"):
        again(keys).key(ONE)


def test_who_has_the_store_open_goes_on_with_the_new_one(keys: KeyStore) -> None:
    """What it wrapped under the old one nobody could open."""
    other = again(keys)
    first = other.key(ONE)
    keys.change_ledger_key()
    new = other.ensure(["subject/new"])["subject/new"]
    assert other.key(ONE) == first
    assert again(keys).key("subject/new") == new


@pytest.mark.parametrize("named", [False, True], ids=["before it is in force", "after"])
def test_a_change_that_was_stopped_is_taken_up(keys: KeyStore, named: bool) -> None:
    """Either the new one was put beside and nothing more, or it is in force and has no name."""
    first, old = keys.key(ONE), keys.place.ledger_key.read_bytes()
    if named:
        keys.change_ledger_key()
        keys.place.ledger_key.rename(keyfiles.successor(keys.place))
        keys.place.ledger_key.write_bytes(old)
    else:
        keyfiles.prepare_successor(keys.place, os.urandom(32))
    assert again(keys).key(ONE) == first, "reading changes nothing"
    assert keyfiles.successor(keys.place).exists()
    again(keys).ensure([ONE])
    assert not keyfiles.successor(keys.place).exists()
    assert (keys.place.ledger_key.read_bytes() == old) is not named
    assert again(keys).key(ONE) == first


def test_a_key_that_does_not_open_stops_the_change(keys: KeyStore) -> None:
    old = keys.place.ledger_key.read_bytes()
    with keys._transaction("BEGIN IMMEDIATE") as connection:
        connection.execute("UPDATE key SET wrapped = zeroblob(60) WHERE scope = ?", (TWO,))
    with pytest.raises(KeyStoreError, match="damaged or altered"):
        keys.change_ledger_key()
    assert again(keys).key(ONE) and keys.place.ledger_key.read_bytes() == old


@pytest.fixture
def run(tmp_path: Path) -> Bench:
    return bench(tmp_path)


def test_the_command_names_the_copies_that_the_old_one_opens(run: Bench) -> None:
    item = run.seized("JS/1")
    run("backup", "keys", run.folder / "k")
    old = shutil.copy(run.folder / "home" / "keys" / "ledger.key", run.folder / "old")
    told = plain(run(*CHANGE).out)
    assert f"still opens the copy of the keys in {run.folder / 'k'}, of 20" in told
    made = read_record(answers.LedgerKeyChanged, run.json(*CHANGE))
    assert [copy.folder for copy in made.copies] == [str(run.folder / "k")]
    assert made.keys > 4
    assert run.item("JS/1")["item"] == item
    run.examined()
    wrong = {"CUSTODY_LEDGER_KEY": str(old)}
    refused = run("item", "list", status=5, environ=wrong).err
    assert "is not the ledger key that opens" in plain(refused)


@pytest.mark.needs("strace")
@pytest.mark.parametrize(
    "point", [*(f"fsync-{n}" for n in range(1, 9)), "rename-1", "rename-2", "unlink-1", "unlink-2"]
)
def test_a_command_that_is_killed_anywhere_leaves_one_that_opens(run: Bench, point: str) -> None:
    item = run.seized("JS/1")
    call, _, when = point.partition("-")
    strike(run, CHANGE, Fault(call, int(when)))
    assert run.item("JS/1")["item"] == item
    run("note", item, "-m", "goes on")
    run(*CHANGE)
    run.examined()
