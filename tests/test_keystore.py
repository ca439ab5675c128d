"""Keys apart from what they open: durable before use, gone when destroyed, and told when missing."""

import multiprocessing
import os
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from custody.core.errors import KeyStoreError, NotFoundError, StorageError
from custody.store import keyfiles
from custody.store.keyfiles import LEDGER_KEY, Place
from custody.store.keystore import KeyStore, object_scope
from tests.vaults import ORIGIN, keys_at

SCOPES = [object_scope(f"{number:064x}") for number in range(1200)]  # more than one question
ONE, TWO = SCOPES[:2]


@pytest.fixture
def keys(tmp_path: Path) -> KeyStore:
    return keys_at(tmp_path / "keys")


def again(keys: KeyStore) -> KeyStore:
    """The same store, as another process finds it."""
    return KeyStore(keys.place, ORIGIN)


def raw(folder: Path) -> bytes:
    """All bytes of all files there."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_a_key_is_kept_and_the_same_for_everybody(keys: KeyStore) -> None:
    made = keys.ensure(SCOPES)
    assert len({key.secret for key in made.values()}) == len(SCOPES)
    assert again(keys).ensure([ONE, TWO, ONE]) == {ONE: made[ONE], TWO: made[TWO]}
    assert again(keys).key(SCOPES[-1]) == made[SCOPES[-1]]
    assert len(made[ONE].secret) == 32
    assert made[ONE].secret not in raw(keys.place.folder), "what lies there is wrapped"


def test_the_files_are_for_their_owner_only(keys: KeyStore) -> None:
    keys.ensure([ONE])
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in keys.place.folder.iterdir()}
    assert modes == {"keys.db": 0o600, "ledger.key": 0o600}


def test_a_scope_gets_a_further_key_and_loses_the_old_one_when_told(keys: KeyStore) -> None:
    old = keys.ensure([ONE])[ONE]
    new = keys.renew(ONE)
    assert (old.generation, new.generation) == (1, 2)
    assert again(keys).keys(ONE) == [new, old], "killed here, all of it can be read"
    assert keys.destroy([ONE], before=new.generation) == 1
    assert again(keys).keys(ONE) == [new]
    assert keys.destroy([ONE], before=new.generation) == 0


def test_what_is_destroyed_is_on_no_page_and_in_no_journal(keys: KeyStore) -> None:
    keys.ensure(SCOPES)
    connection = sqlite3.connect(keys.place.database)
    rows = connection.execute("SELECT scope, wrapped FROM key").fetchall()
    connection.close()
    assert all(wrapped in raw(keys.place.folder) for _, wrapped in rows)
    gone = SCOPES[::2]
    assert keys.destroy(gone) == len(gone)
    left = raw(keys.place.folder)
    for scope, wrapped in rows:
        assert (wrapped in left) is (scope not in gone)
        assert (scope.encode() in left) is (scope not in gone)
    assert keys.destroy(gone) == 0, "safe to repeat"
    for ask in (keys.key, keys.keys):
        with pytest.raises(NotFoundError, match=f"there is no key of {ONE}: it was destroyed"):
            ask(ONE)
    assert not keys.has(ONE)
    assert keys.has(TWO)


def test_who_comes_after_the_destruction_gets_another_key(keys: KeyStore) -> None:
    before = keys.ensure([ONE])[ONE]
    keys.destroy([ONE])
    assert keys.ensure([ONE])[ONE].secret != before.secret


def test_a_copy_opens_and_is_kept_in_mind(keys: KeyStore, tmp_path: Path) -> None:
    made = keys.ensure([ONE])
    copy = keys.copy_to(tmp_path / "copy", lambda: 1_790_000_000.5)
    assert (
        keys.copies() == again(keys).copies() == [copy] == [(str(tmp_path / "copy"), 1_790_000_000)]
    )
    there = Place(tmp_path / "copy", tmp_path / "copy" / LEDGER_KEY)
    assert KeyStore(there, ORIGIN).key(ONE) == made[ONE]
    keys.destroy([ONE])
    assert KeyStore(there, ORIGIN).key(ONE) == made[ONE], "which is why copies are named"
    assert keys.forget_copy(copy.folder)
    assert not keys.forget_copy(copy.folder)
    assert keys.copies() == []


def test_a_copy_without_the_ledger_key_opens_with_it_only(keys: KeyStore, tmp_path: Path) -> None:
    made = keys.ensure([ONE])
    keys.copy_to(tmp_path / "copy", lambda: 0, ledger_key=False)
    assert [path.name for path in (tmp_path / "copy").iterdir()] == ["keys.db"]
    alone = Place(tmp_path / "copy", tmp_path / "copy" / LEDGER_KEY)
    with pytest.raises(KeyStoreError, match=r"the ledger key is not at .*plug in the medium"):
        KeyStore(alone, ORIGIN).key(ONE)
    assert KeyStore(alone._replace(ledger_key=keys.place.ledger_key), ORIGIN).key(ONE) == made[ONE]


def test_a_copy_overwrites_nothing(keys: KeyStore, tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "other").write_bytes(b"x")
    with pytest.raises(StorageError, match="no copy of the keys in"):
        keys.copy_to(tmp_path / "copy", lambda: 0)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_the_ledger_key_can_lie_elsewhere(tmp_path: Path) -> None:
    place = Place(tmp_path / "keys", tmp_path / "stick" / "our.key")
    KeyStore.create(place, ORIGIN).ensure([ONE])
    assert [path.name for path in place.folder.iterdir()] == ["keys.db"]
    assert place.ledger_key.read_text().startswith("custody ledger key 1: ")
    assert KeyStore(place, ORIGIN).has(ONE)


def gone(place: Place) -> None:
    place.ledger_key.unlink()


def cut_off(place: Place) -> None:
    place.ledger_key.write_bytes(place.ledger_key.read_bytes()[:-3])


def no_key(place: Place) -> None:
    place.ledger_key.write_bytes(b"\xff\x00 something else")


def of_another(place: Place) -> None:
    place.ledger_key.write_bytes(keyfiles.spelt(os.urandom(32)))


def no_database(place: Place) -> None:
    place.database.unlink()


def no_keys_in_it(place: Place) -> None:
    place.database.write_bytes(b"not a database at all, " * 100)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (gone, "the ledger key is not at .*ledger.key: plug in"),
        (cut_off, "is no ledger key: bring it back"),
        (no_key, "is no ledger key: bring it back"),
        (of_another, "is not the ledger key that opens"),
        (no_database, f"the keys of {ORIGIN} are not in .*custody backup keys"),
        (no_keys_in_it, "keys.db is no key store"),
    ],
)
def test_what_is_missing_or_another_is_told_with_its_place(
    keys: KeyStore, spoil: Callable[[Place], None], told: str
) -> None:
    keys.ensure([ONE])
    keys.close()
    spoil(keys.place)
    found = again(keys)
    for ask in (found.open, lambda: found.key(ONE), lambda: found.ensure([ONE]), found.copies):
        with pytest.raises(KeyStoreError, match=told) as caught:
            ask()
        assert caught.value.code == "E_KEYSTORE"


def test_keys_of_another_ledger_are_refused(keys: KeyStore) -> None:
    with pytest.raises(KeyStoreError, match=r"holds the keys of agency.example/evidence, and this"):
        KeyStore(keys.place, "other.example/evidence").key(ONE)
    with pytest.raises(KeyStoreError, match="holds the keys of"):
        KeyStore.create(keys.place, "other.example/evidence")


def test_keys_that_were_exchanged_in_the_database_are_told(keys: KeyStore) -> None:
    keys.ensure([ONE, TWO])
    keys.close()
    connection = sqlite3.connect(keys.place.database)
    connection.execute(
        "UPDATE key SET wrapped = (SELECT wrapped FROM key WHERE scope = ?) WHERE scope = ?",
        (ONE, TWO),
    )
    connection.commit()
    connection.close()
    assert again(keys).key(ONE)
    with pytest.raises(KeyStoreError, match=f"the key of {TWO} in .* is damaged or altered"):
        again(keys).key(TWO)


def test_a_store_whose_making_was_cut_off_is_taken_up(tmp_path: Path) -> None:
    keys = keys_at(tmp_path / "keys")
    first = keys.place.ledger_key.read_bytes()
    keys.close()
    keys.place.database.unlink()  # killed after the ledger key, before the database
    assert keys_at(tmp_path / "keys").ensure([ONE])
    assert keys.place.ledger_key.read_bytes() == first


def _ensure(folder: Path, number: int) -> dict[str, bytes]:
    made = keys_at(folder).ensure(SCOPES[number : number + 40])
    return {scope: key.secret for scope, key in made.items()}


def test_processes_that_ask_at_once_are_told_the_same(keys: KeyStore) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        told = pool.starmap(_ensure, [(keys.place.folder, number) for number in range(0, 80, 10)])
    found: dict[str, bytes] = {}
    for each in told:
        for scope, secret in each.items():
            assert found.setdefault(scope, secret) == secret
    assert {scope: key.secret for scope, key in keys.ensure(found).items()} == found
