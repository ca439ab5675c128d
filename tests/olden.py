"""Ledgers as they were before their rows were encrypted: tables of revision 0003, in the clear."""

import sqlite3
from pathlib import Path
from typing import Any

from custody.ledger.storage import readable
from custody.store import sqlite
from custody.store.database import Database
from custody.store.keystore import KeyStore
from custody.store.migrating import migrate

SAME = (
    *("record", "envelope", "statement", "checkpoint", "tile", "erasure", "subject", "before"),
    *("examined", "place", "link", "edge", "prefix", "due", "refusal"),
)


def made_before(path: Path, keys: KeyStore) -> None:
    """Put the database at `path` back to the tables of then, all values being in the clear."""
    old = path.with_name("older.db")
    old.touch(mode=0o600)
    migrate(old, sqlite.driver, "0003")
    database = Database(path, keys)
    with database.reading() as rows, sqlite3.connect(old) as connection:
        for table in SAME:
            _copied(connection, table, rows._all(f"SELECT * FROM {table}"))
        cases = [tag for (tag,) in rows._all("SELECT tag FROM case_key")]
        _copied(connection, "case_key", [(tag, *(rows.case_key(tag) or ())) for tag in cases])
        opened = {leaf.envelope_id: leaf.texts for leaf in rows.leaves(0, rows.size())}
        texts = [(n, "\n".join(readable(found))) for n, found in opened.items() if n is not None]
        _copied(connection, "disclosure", texts)
        _copied(connection, "label", list(rows.all_labels()))
    connection.close()
    database.close()
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    old.rename(path)


def _copied(connection: sqlite3.Connection, table: str, rows: list[Any]) -> None:
    if rows:
        marks = ", ".join("?" * len(rows[0]))
        connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
