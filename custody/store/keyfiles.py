"""The files of a key store: the wrapped keys, and the ledger key that opens them."""

import hmac
import secrets
import shutil
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from custody import durable
from custody.core.errors import KeyStoreError, StorageError
from custody.store import sqlite

DATABASE, LEDGER_KEY = "keys.db", "ledger.key"
FORM = b"custody ledger key 1: "
TABLES = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE key (scope TEXT NOT NULL, generation INTEGER NOT NULL, wrapped BLOB NOT NULL,
                  PRIMARY KEY (scope, generation)) WITHOUT ROWID;
CREATE TABLE copy (folder TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
"""


class Place(NamedTuple):
    """Where the keys of a ledger lie: the folder of `keys.db`, and the file of the ledger key."""

    folder: Path
    ledger_key: Path

    @property
    def database(self) -> Path:
        """The wrapped keys."""
        return self.folder / DATABASE


def connected(path: Path) -> Any:
    """A connection that leaves nothing of a deleted row in the file, nor a journal beside it.

    Raises:
        KeyStoreError: it is no database, or cannot be opened.
    """
    try:
        connection = sqlite.driver.connect(
            path, timeout=sqlite.PATIENCE, isolation_level=None, check_same_thread=False
        )
        for pragma in ("secure_delete=ON", "synchronous=EXTRA", "trusted_schema=OFF"):
            connection.execute(f"PRAGMA {pragma}")
    except sqlite.driver.Error as error:
        raise KeyStoreError(f"{path} is no key store: {error}") from error
    return connection


def make(place: Place, origin: str, entropy: Callable[[int], bytes]) -> None:
    """An empty key store. The database gets its name last: where it is, the ledger key is.

    Raises:
        OSError, KeyStoreError: nothing was made, or a part that a second call takes up.
    """
    place.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    place.ledger_key.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not place.ledger_key.exists():
        durable.replace(place.ledger_key, spelt(entropy(32)))
    wrapping = read_ledger_key(place)
    fresh = place.folder / f".{DATABASE}.{secrets.token_hex(8)}"
    try:
        fresh.touch(mode=0o600)
        connection = connected(fresh)
        connection.executescript(TABLES)
        about = [("version", "1"), ("origin", origin), ("opened_by", fingerprint(wrapping))]
        connection.executemany("INSERT INTO about VALUES (?, ?)", about)
        connection.close()
        fresh.rename(place.database)
        durable.sync_folder(place.folder)
    finally:
        fresh.unlink(missing_ok=True)


def copy(connection: Any, wrapping: bytes | None, folder: Path) -> None:
    """A copy in a new folder, which gets its name when it is whole; `wrapping` goes along if given.

    Raises:
        OSError: the folder is there, or cannot be made.
    """
    fresh = folder.with_name(f".{folder.name}.{secrets.token_hex(8)}")
    fresh.mkdir(mode=0o700)
    try:
        (fresh / DATABASE).touch(mode=0o600)
        # Not by reading the file: closing it would end SQLite's locks in this process.
        target = connected(fresh / DATABASE)
        connection.backup(target)
        target.close()
        if wrapping is not None:
            durable.write(fresh / LEDGER_KEY, spelt(wrapping))
        durable.sync_folder(fresh)
        fresh.rename(folder)
        durable.sync_folder(folder.parent)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def opening(connection: Any, place: Place, origin: str) -> bytes:
    """The ledger key that opens a store.

    Raises:
        KeyStoreError: there is none, or it does not belong to the store, or the store elsewhere.
    """
    wrapping = read_ledger_key(place)
    try:
        about = dict(connection.execute("SELECT name, value FROM about").fetchall())
        if about.get("origin") == origin:
            return still(connection, place, wrapping)
    except sqlite.driver.Error as error:
        raise KeyStoreError(f"{place.database} is no key store: {error}") from error
    raise KeyStoreError(
        f"{place.database} holds the keys of {about.get('origin')}, and this ledger is {origin}"
    )


def still(connection: Any, place: Place, wrapping: bytes) -> bytes:
    """The ledger key that opens the store now, `wrapping` or one that took its place.

    Raises:
        KeyStoreError: none that is there does.
    """
    sql = "SELECT value FROM about WHERE name = 'opened_by'"
    (opened_by,) = connection.execute(sql).fetchone() or ("",)
    # While it is being changed, it gets its name after the keys are under it.
    for path in (None, place.ledger_key, successor(place), place.ledger_key):
        with suppress(KeyStoreError):
            found = read(path, place) if path else wrapping
            if hmac.compare_digest(str(opened_by), fingerprint(found)):
                return found
    raise KeyStoreError(
        f"{place.ledger_key} is not the ledger key that opens {place.database}: bring back the "
        "two that belong together"
    )


def settle(place: Place, wrapping: bytes) -> None:
    """Give a ledger key that is in force its name; by who writes the store alone.

    Raises:
        StorageError: the disk refused.
    """
    fresh = successor(place)
    if not fresh.exists():
        return
    try:
        if read(fresh, place) == wrapping:
            fresh.replace(place.ledger_key)
        else:
            fresh.unlink()  # of a change that came to nothing
        durable.sync_folder(place.ledger_key.parent)
    except OSError as error:
        raise StorageError(f"{place.ledger_key} cannot be written: {error.strerror}") from error


def successor(place: Place) -> Path:
    """Where a ledger key lies before it takes the place of the one that is there."""
    return place.ledger_key.with_name(f"{place.ledger_key.name}.new")


def prepare_successor(place: Place, wrapping: bytes) -> None:
    """Put another ledger key beside the one that is there. Raises StorageError."""
    durable.replace(successor(place), spelt(wrapping))


def open_by(connection: Any, wrapping: bytes) -> None:
    """From here on the store is opened by that ledger key."""
    sql = "UPDATE about SET value = ? WHERE name = 'opened_by'"
    connection.execute(sql, (fingerprint(wrapping),))


def read_ledger_key(place: Place) -> bytes:
    """The ledger key. Raises KeyStoreError: it is missing, or no such key."""
    return read(place.ledger_key, place)


def read(path: Path, place: Place) -> bytes:
    """The ledger key in a file; as `read_ledger_key`."""
    try:
        said = path.read_bytes()
    except FileNotFoundError:
        raise KeyStoreError(
            f"the ledger key is not at {path}: plug in the medium that it is on, or bring it back "
            f"from a copy; without it nothing opens the keys in {place.folder}"
        ) from None
    except OSError as error:
        raise KeyStoreError(f"the ledger key {path} cannot be read: {error.strerror}") from error
    try:
        key = bytes.fromhex(said.removeprefix(FORM).strip().decode("ascii"))
    except ValueError:
        key = b""
    if not said.startswith(FORM) or len(key) != 32:
        raise KeyStoreError(f"{path} is no ledger key: bring it back from a copy")
    return key


def spelt(wrapping: bytes) -> bytes:
    """A ledger key as its file holds it: a line that can be printed and typed."""
    return FORM + wrapping.hex().encode() + b"\n"


def fingerprint(wrapping: bytes) -> str:
    """By which a ledger key is recognised; it does not give it away."""
    return hmac.new(wrapping, b"custody/ledger-key/v1", sha256).hexdigest()


def missing(place: Place, origin: str) -> str:
    """What to say where there is no key store."""
    return (
        f"the keys of {origin} are not in {place.folder}: bring back there what `custody backup "
        "keys` saved, or say with CUSTODY_KEYS in which folder they lie. A ledger that was made "
        "before there was encryption gets keys with `custody rebuild`"
    )
