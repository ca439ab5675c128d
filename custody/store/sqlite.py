"""How we talk to SQLite: which library, which journal, which promises.

The `pysqlite3` wheel brings a library of its own; the interpreter's may be old. Before 3.51.3 a
database in WAL mode can be corrupted by a race between writers ("WAL-reset"): such a library
gets a rollback journal instead, which is slower and safe.
"""

from pathlib import Path
from types import ModuleType
from typing import Any

from custody.core.errors import StorageError
from custody.store.migrating import NEWEST, migrate

try:
    import pysqlite3 as _driver
except ImportError:  # no wheel for this platform
    import sqlite3 as _driver

driver: ModuleType = _driver
WAL_IS_SOUND = (3, 51, 3)
OLDEST = (3, 35, 0)  # RETURNING, upsert, WITHOUT ROWID and trusted_schema as we use them
PATIENCE = 60.0  # seconds that a command waits for another one to finish writing


def journal_mode(version: tuple[int, ...]) -> str:
    """The journal that SQLite of that version may be trusted with."""
    if version < OLDEST:
        found = ".".join(map(str, version))
        raise StorageError(f"SQLite {found} is too old: install the pysqlite3 package")
    return "wal" if version >= WAL_IS_SOUND else "delete"


JOURNAL = journal_mode(driver.sqlite_version_info)
# In WAL mode FULL syncs each commit; a rollback journal also needs its folder synced: EXTRA.
SYNCHRONOUS = "FULL" if JOURNAL == "wal" else "EXTRA"


def connect(path: Path, patience: float = PATIENCE) -> Any:
    """A connection that begins and commits only when told, and keeps what it committed.

    Raises:
        StorageError: no such database, or one that cannot be brought into a sound journal mode.
    """
    try:
        connection = driver.connect(
            path, timeout=patience, isolation_level=None, check_same_thread=False
        )
        (kept,) = connection.execute(f"PRAGMA journal_mode={JOURNAL}").fetchone()
        connection.execute(f"PRAGMA synchronous={SYNCHRONOUS}")
        connection.execute("PRAGMA trusted_schema=OFF")
        connection.execute("PRAGMA recursive_triggers=ON")  # so that REPLACE asks them too
        connection.execute("PRAGMA cache_size=-32000")  # KiB
        connection.execute("PRAGMA secure_delete=ON")  # a label or disclosure may be a name
    except driver.Error as error:
        raise StorageError(f"{path}: {error}") from error
    if kept != JOURNAL:
        connection.close()
        raise StorageError(
            f"{path} is in journal mode {kept!r} and cannot be brought into {JOURNAL!r}: "
            "close other programs that use it"
        )
    return connection


def revision(path: Path) -> str | None:
    """Alembic revision of the database at `path`, None for an empty or foreign one."""
    connection = connect(path)
    try:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return str(row[0]) if row else None
    except driver.OperationalError:
        return None
    finally:
        connection.close()


def make(path: Path) -> None:
    """A new database with all tables, readable and writable by its owner only.

    Raises:
        StorageError: there is a file already, or none can be made.
    """
    try:
        path.touch(mode=0o600, exist_ok=False)
    except OSError as error:
        raise StorageError(f"no database can be made at {path}: {error.strerror}") from error
    connect(path).close()
    migrate(path, driver)


def prepare(path: Path) -> None:
    """Bring the database at `path` up to this version's tables.

    Raises:
        StorageError: there is none, it is not ours, or it is newer than this program.
    """
    if not path.is_file():
        raise StorageError(f"there is no ledger database at {path}")
    found = revision(path)
    if found == NEWEST:
        return
    if found is None:
        raise StorageError(f"{path} is not a ledger database, or has lost its tables")
    if found > NEWEST:
        raise StorageError(
            f"{path} was written by a newer version (tables {found}, here {NEWEST}): upgrade custody"
        )
    migrate(path, driver)
