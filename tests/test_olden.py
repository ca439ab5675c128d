"""Ledgers of before there was encryption: read as they are, and encrypted."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from custody import opening
from custody.core.errors import KeyStoreError
from custody.core.findings import Check, Outcome
from custody.ledger.encrypting import encrypt
from custody.ledger.rebuild import rebuild
from custody.ledger.storage import Changes, LabelRow
from custody.store import sqlite
from custody.store.keystore import KeyStore
from custody_schemas.declare import Kind
from tests.bench import Bench, bench
from tests.crashing import Fault, strike
from tests.ledgers import Home, Live
from tests.memory import ORIGIN
from tests.olden import made_before
from tests.test_encrypted_rows import lived, stored, words
from tests.test_erasing import SECRET, erase, found, number, registered
from tests.test_rebuild import failures, look, remarks, tamper
from tests.test_row_keys import note
from tests.worlds import Story, tell


@pytest.fixture
def run(tmp_path: Path) -> Bench:
    return bench(tmp_path)


@pytest.fixture
def live(tmp_path: Path) -> Live:
    return Live(Home.make(tmp_path / "home"))


@pytest.fixture
def story(live: Live) -> Story:
    return tell(live)


def put_back(run: Bench) -> Path:
    """The bench's ledger as it was before its rows were encrypted; its database."""
    home = opening.read_home(run.folder / "home")
    made_before(home.database, opening.open_keys(home))
    return home.database


def test_a_ledger_of_before_is_encrypted_when_it_is_opened(run: Bench) -> None:
    items = lived(run)
    said, before = words(run.folder / "home"), run.json("item", "history", items[0])
    path = put_back(run)
    assert all(found(path.parent, value) for value in (SECRET, "ZQ-2026/4711", "EX-QUELL-77"))
    assert run.json("item", "history", items[0]) == before
    assert stored(path.parent, said) == {}
    assert run.item("EX-QUELL-77")["item"] == items[1]
    run("note", items[0], "-m", "goes on")
    run.examined()
    run("rebuild", "-y")
    run.examined()


def test_an_erased_entry_of_before_stays_erased(run: Bench) -> None:
    item, at = registered(run)
    run("note", item, "-m", SECRET)
    erase(run, item, number(run, item, "note.recorded"), "--whole")
    erase(run, item, at, "--field", "owner")
    put_back(run)
    run.examined()
    assert found(run.folder, SECRET) == []


def test_encrypting_goes_on_where_it_was_stopped(live: Live, story: Story) -> None:
    remarks(live, story, 3)
    live.ledger._storage.close()  # type: ignore[attr-defined]
    made_before(live.home.database, KeyStore(live.home.key_place, ORIGIN))
    storage = live.home.storage()
    with pytest.raises(ZeroDivisionError), storage.writing() as rows:
        rows.encrypt((number, bytes(32)) for number, *_ in rows.unencrypted(0))
        raise ZeroDivisionError
    assert storage.in_clear() and not storage.needs_keys()
    assert encrypt(storage)
    assert storage.needs_keys() and not encrypt(storage)
    assert look(live, full=True).verdict is Outcome.PASSED


@pytest.mark.needs("strace")
@pytest.mark.parametrize(
    "point",
    [*(f"fsync-{n}" for n in (1, 3, 5, 8, 10, 12, 14)), "ftruncate-3", "unlink-2", "pwrite64-60"],
)
def test_encrypting_that_is_killed_anywhere_is_gone_on_with(run: Bench, point: str) -> None:
    item = run.seized("JS/1", owner=SECRET)
    before = run.json("item", "history", item)["history"]
    path = put_back(run)
    call, _, when = point.partition("-")
    strike(run, ("item", "list"), Fault(call, int(when)))
    assert run.json("item", "history", item)["history"] == before
    assert found(path.parent, SECRET) == []
    run.examined()


def test_a_ledger_of_before_without_keys_is_read_and_gets_them_with_a_rebuild(
    live: Live, story: Story
) -> None:
    live.ledger._storage.close()  # type: ignore[attr-defined]
    made_before(live.home.database, KeyStore(live.home.key_place, ORIGIN))
    shutil.rmtree(live.home.key_place.folder)
    live.ledger = live.home.open()
    assert live.ledger.labels(story.dora.tag)["name"] == "Dora"
    assert live.ledger.find(Kind.ACTOR, "dora")
    assert look(live, full=True).verdict is Outcome.PASSED
    with pytest.raises(KeyStoreError, match="gets keys with `custody rebuild`"):
        live.ledger.submit([live.submission(note(live, story))])
    KeyStore.create(live.home.key_place, ORIGIN).close()
    storage = live.home.storage()
    assert encrypt(storage)
    rebuild(storage, ORIGIN)
    live.ledger = live.home.open()
    live.ledger.submit([live.submission(note(live, story))])
    assert look(live, full=True).verdict is Outcome.PASSED


def test_a_spoilt_entry_of_before_is_hidden_all_the_same(live: Live, story: Story) -> None:
    tamper(live, "UPDATE envelope SET data = x'7b7d' WHERE id = 5")
    live.ledger._storage.close()  # type: ignore[attr-defined]
    old = live.home.database
    with sqlite3.connect(old) as connection:
        (before,) = connection.execute("SELECT generation FROM disclosure WHERE envelope = 5")
    connection.close()
    assert before == (1,)
    made_before(old, KeyStore(live.home.key_place, ORIGIN))
    assert encrypt(live.home.storage())
    with closing(sqlite.driver.connect(old)) as rows:
        sql = "SELECT count(*) FROM disclosure WHERE generation = 0 AND texts <> x''"
        assert rows.execute(sql).fetchone() == (0,)
    assert Check.STATEMENT in failures(look(live, full=True))


def test_nothing_more_is_written_in_the_clear(live: Live, story: Story) -> None:
    """Whoever can write the database cannot make the ledger write so again."""
    tamper(live, "INSERT INTO renewed VALUES ('labels', 0)")
    with pytest.raises(KeyStoreError, match="nothing is added to it so"):
        live.home.storage().writing().__enter__().write(
            Changes(labels=[LabelRow(bytes(32), "name", "x", "actor", "X", 1)])
        )


def test_new_keys_do_not_take_the_place_of_lost_ones(run: Bench) -> None:
    run.seized("JS/1")
    shutil.rmtree(run.folder / "home" / "keys")
    assert "E_KEYSTORE" in run("rebuild", "-y", status=5).err
    assert not (run.folder / "home" / "keys").exists()
