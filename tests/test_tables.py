"""Tables, triggers and transactions of the SQLite store."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from custody.core.errors import StorageError
from custody.ledger.storage import Changes, CheckpointRow
from custody.store import sqlite
from custody.store.database import Database
from custody.store.migrating import NEWEST
from custody.store.tables import Table

HASH = bytes(range(32))
SIGNED = ("record", "envelope", "statement", "checkpoint", "tile")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database with one row in every signed table."""
    database = Database.create(tmp_path / "ledger.db")
    with database.writing() as rows:
        rows.write(
            Changes(
                records=[(0, b"record", 1)],
                envelopes=[(1, HASH, b"envelope")],
                statements=[(HASH, 0, 1, 1)],
                tiles=[(0, 0, bytes(8192))],
            )
        )
        rows.add_checkpoint(CheckpointRow(1, HASH, b"note"))
    database.close()
    return tmp_path / "ledger.db"


@pytest.fixture
def stranger(path: Path) -> Iterator[Any]:
    """Another program's connection, with settings of its own."""
    connection = sqlite.driver.connect(path, isolation_level=None)
    connection.execute("PRAGMA recursive_triggers=OFF")
    yield connection
    connection.close()


@pytest.mark.parametrize("table", SIGNED)
@pytest.mark.parametrize("what", ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}"])
def test_signed_rows_are_neither_changed_nor_deleted(stranger: Any, table: str, what: str) -> None:
    column = {"checkpoint": "size", "record": "n", "tile": "place"}.get(table, "id")
    with pytest.raises(sqlite.driver.IntegrityError, match=f"{table} is append-only"):
        stranger.execute(what.format(table, column))
    assert stranger.execute(f"SELECT count(*) FROM {table}").fetchone() == (1,)


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("record", (0, b"other", None)),  # replaces the first
        ("record", (2, b"other", None)),  # leaves a gap
        ("record", (None, b"other", None)),
        ("record", (-1, b"other", None)),
        ("envelope", (1, b"1" * 32, b"other")),
        ("envelope", (2, HASH, b"other")),  # replaces by its digest
        ("envelope", (3, b"1" * 32, b"other")),
        ("statement", (HASH, 5, 1, 1)),
        ("checkpoint", (1, HASH, b"other")),
        ("checkpoint", (0, HASH, b"other")),
        ("tile", (0, 0, b"other")),
        ("tile", (0, 2, b"other")),
        ("tile", (1, 1, b"other")),
    ],
)
def test_replacing_and_gaps_are_refused(stranger: Any, table: str, row: tuple[object]) -> None:
    marks = ", ".join("?" * len(row))
    before = stranger.execute(f"SELECT * FROM {table}").fetchall()
    with pytest.raises(sqlite.driver.IntegrityError, match="only the next row may be added"):
        stranger.execute(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", row)
    assert stranger.execute(f"SELECT * FROM {table}").fetchall() == before


def test_the_next_row_is_admitted(stranger: Any) -> None:
    stranger.execute("INSERT INTO record VALUES (1, 'next', NULL)")
    stranger.execute("INSERT INTO checkpoint VALUES (7, 'root', 'note')")
    stranger.execute("INSERT INTO tile VALUES (0, 1, 'next'), (1, 0, 'first')")


def test_the_admission_trigger_does_not_read_the_whole_table(stranger: Any) -> None:
    plan = stranger.execute("EXPLAIN QUERY PLAN SELECT coalesce(max(n), -1) FROM record").fetchall()
    assert all("SCAN" not in row[3] for row in plan), plan


def test_migrations_make_what_the_models_declare(path: Path) -> None:
    url = sqlalchemy.URL.create("sqlite", database=str(path))
    engine = sqlalchemy.create_engine(url, module=sqlite.driver)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Table.metadata) == []
    engine.dispose()


def test_the_newest_revision_is_the_last_one() -> None:
    folder = Path(sqlite.__file__).parent / "migrations"
    assert ScriptDirectory(str(folder)).get_current_head() == NEWEST


def test_commits_are_synced_and_the_journal_is_sound(path: Path) -> None:
    connection = sqlite.connect(path)
    assert connection.execute("PRAGMA journal_mode").fetchone() == (sqlite.JOURNAL,)
    full = {"wal": 2, "delete": 3}[sqlite.JOURNAL]
    assert connection.execute("PRAGMA synchronous").fetchone() == (full,)
    connection.close()


@pytest.mark.parametrize(
    ("version", "mode"),
    [((3, 40, 1), "delete"), ((3, 51, 2), "delete"), ((3, 51, 3), "wal"), ((3, 53, 4), "wal")],
)
def test_wal_is_refused_where_it_may_corrupt(version: tuple[int, int, int], mode: str) -> None:
    assert sqlite.journal_mode(version) == mode


def test_an_sqlite_that_is_too_old_is_refused() -> None:
    with pytest.raises(StorageError, match=r"3\.34\.1 is too old"):
        sqlite.journal_mode((3, 34, 1))


def test_a_durable_write_syncs_again_after_one_that_is_not(path: Path) -> None:
    database = Database(path)
    with database.writing(durable=False) as rows:
        rows.add_checkpoint(CheckpointRow(2, HASH, b"note"))
    with database.reading() as rows:
        (synchronous,) = rows._connection.execute("PRAGMA synchronous").fetchone()
    assert synchronous >= 2
    database.close()


def test_what_raises_within_a_transaction_leaves_nothing(path: Path) -> None:
    database = Database(path)
    with pytest.raises(ZeroDivisionError), database.writing() as rows:
        rows.write(Changes(records=[(1, b"record", None)]))
        raise ZeroDivisionError
    with database.reading() as rows:
        assert rows.size() == 1
    database.close()


def test_a_refused_row_takes_the_whole_transaction_with_it(path: Path) -> None:
    database = Database(path)
    refused = pytest.raises(StorageError, match="only the next row may be added; nothing was")
    with refused, database.writing() as rows:
        rows.write(Changes(records=[(1, b"one", None), (3, b"three", None)]))
    with database.reading() as rows:
        assert rows.size() == 1
    database.close()


def test_a_reader_sees_one_state_while_others_write(path: Path) -> None:
    if sqlite.JOURNAL != "wal":
        pytest.skip("with a rollback journal the writer waits for the reader")
    database = Database(path)
    with database.reading() as before:
        assert before.size() == 1
        with database.writing() as rows:
            rows.write(Changes(records=[(1, b"record", None)]))
        assert before.size() == 1
    with database.reading() as after:
        assert after.size() == 2
    database.close()


def test_who_waits_too_long_for_another_writer_is_told(path: Path) -> None:
    first, second = Database(path), Database(path, patience=0.05)
    refused = pytest.raises(StorageError, match=r"has been writing for 0\.05 seconds")
    with first.writing(), refused, second.writing():
        raise AssertionError("two writers at once")
    first.close()
    second.close()


def test_no_database_is_made_over_a_file(path: Path) -> None:
    with pytest.raises(StorageError, match="File exists"):
        Database.create(path)


def test_a_missing_database_is_not_made_by_opening_it(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="there is no ledger database"):
        Database(tmp_path / "none.db")
    assert not (tmp_path / "none.db").exists()


def test_a_foreign_database_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "other.db") as connection:
        connection.execute("CREATE TABLE other (a)")
    connection.close()
    with pytest.raises(StorageError, match="is not a ledger database"):
        Database(tmp_path / "other.db")


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.db").write_bytes(b"something else " * 1000)
    with pytest.raises(StorageError, match="not a database"):
        Database(tmp_path / "other.db")


def test_a_database_of_a_later_version_is_refused(path: Path) -> None:
    connection = sqlite.connect(path)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(StorageError, match="written by a newer version"):
        Database(path)


def test_only_its_owner_can_read_a_new_database(path: Path) -> None:
    assert path.stat().st_mode & 0o777 == 0o600
