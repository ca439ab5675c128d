"""Keys of what is stored encrypted: one row a scope, wrapped by the ledger key, apart from the rest.

    keys.db      SQLite: scope, generation, wrapped key; deleted rows are overwritten with zeros
    ledger.key   one line, for its owner only; may lie elsewhere, on a stick

A scope is what is erased as one: an object of the vault (`object_scope`), an item, a case, a person.
Whoever destroys its row makes what was encrypted under it unreadable, here and in every backup that
has no keys. A key is on the disk before it is handed out, so before anything is encrypted with it.

To give a scope another key: `renew`, write everything anew under what it returns, then `destroy`
what was `before` it. Killed in between, both generations are there, and all of it can be read.
"""

import os
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any, NamedTuple

from custody.core.errors import KeyStoreError, NotFoundError, StorageError
from custody.store import keyfiles, sqlite
from custody.store.keyfiles import Place
from custody.store.wrapping import Wrapper, wrap_anew

CHUNK = 500  # scopes in one question


class Key(NamedTuple):
    """32 random bytes; of an object of the vault they are an age identity (X25519)."""

    generation: int
    secret: bytes


class KeyCopy(NamedTuple):
    """A copy of the key store that somebody made, and when (Unix seconds)."""

    folder: str
    at: int


def object_scope(sha256: str) -> str:
    """Of an object of the vault, named by the SHA-256 of its content."""
    return f"object/{sha256}"


class KeyStore:
    """The keys of one ledger. Opened when first asked; safe across threads and processes."""

    def __init__(self, place: Place, origin: str) -> None:
        self.place, self.origin = place, origin
        self._lock = RLock()
        self._connection: Any = None
        self._wrapping = b""

    def __reduce__(self) -> Any:
        return KeyStore, (self.place, self.origin)  # another process opens it for itself

    @classmethod
    def create(
        cls, place: Place, origin: str, entropy: Callable[[int], bytes] = os.urandom
    ) -> "KeyStore":
        """A new, empty one, durable on return; one that a crash left empty is taken up.

        Raises:
            KeyStoreError: there are keys of another ledger.
            StorageError: the disk refused.
        """
        store = cls(place, origin)
        try:
            if not place.database.exists():
                keyfiles.make(place, origin, entropy)
        except (OSError, sqlite.driver.Error) as error:
            why = getattr(error, "strerror", None) or error
            raise StorageError(f"no keys can be made in {place.folder}: {why}") from error
        store.open()
        return store

    def exists(self) -> bool:
        """Whether there is a key store, readable or not."""
        return self.place.database.exists()

    def open(self) -> None:
        """Read the ledger key and hold it against the store, before hours of work depend on it.

        Raises:
            KeyStoreError: one of the two is missing, or they do not belong together or here.
        """
        with self._lock:
            if self._connection is None:
                if not self.exists():
                    raise KeyStoreError(keyfiles.missing(self.place, self.origin))
                connection = keyfiles.connected(self.place.database)
                try:
                    wrapping = keyfiles.opening(connection, self.place, self.origin)
                except BaseException:
                    connection.close()
                    raise
                self._connection, self._wrapping = connection, wrapping

    def key(self, scope: str) -> Key:
        """The newest key of a scope.

        Raises:
            NotFoundError: it has none: it never had, or its key was destroyed.
            KeyStoreError: the keys are not at hand.
        """
        return self.keys(scope)[0]

    def keys(self, scope: str) -> list[Key]:
        """All keys of a scope, newest first: several while it is being written anew; as `key`."""
        found = self.held([scope]).get(scope)
        if not found:
            raise NotFoundError(
                f"there is no key of {scope}: it was destroyed, or {self.place.database} is not "
                "the newest copy of the keys"
            )
        return found

    def held(self, scopes: Iterable[str]) -> dict[str, list[Key]]:
        """All keys of those of the scopes that have any, newest first. Raises KeyStoreError."""
        asked = list(dict.fromkeys(scopes))
        found: dict[str, list[Key]] = {}
        with self._transaction("BEGIN") as connection:
            rows = [row for part in parts(asked) for row in _rows(connection, part)]
        for row in reversed(rows):
            found.setdefault(row[0], []).append(self._unwrapped(*row))
        return found

    def has(self, scope: str) -> bool:
        """Whether a scope has a key. Raises KeyStoreError."""
        with self._transaction("BEGIN") as connection:
            return bool(_rows(connection, [scope]))

    def among(self, scopes: Iterable[str]) -> set[str]:
        """Those of the scopes that have a key. Raises KeyStoreError."""
        asked = list(dict.fromkeys(scopes))
        with self._transaction("BEGIN") as connection:
            return {row[0] for part in parts(asked) for row in _rows(connection, part)}

    def ensure(self, scopes: Iterable[str]) -> Mapping[str, Key]:
        """The newest key of each scope, made where there is none; all on the disk on return.

        Raises:
            KeyStoreError, StorageError: nothing was made.
        """
        asked = list(dict.fromkeys(scopes))
        with self._transaction("BEGIN IMMEDIATE") as connection:
            for part in parts(asked):
                had = {row[0] for row in _rows(connection, part)}
                new = [self._row(scope, 1) for scope in part if scope not in had]
                connection.executemany("INSERT INTO key VALUES (?, ?, ?)", new)
        # Read again, so that what is used is what was kept.
        with self._transaction("BEGIN") as connection:
            found = [row for part in parts(asked) for row in _rows(connection, part)]
        return {row[0]: self._unwrapped(*row) for row in found}

    def renew(self, scope: str) -> Key:
        """A further key of a scope, of the next generation, on the disk; the older ones stay.

        Raises:
            KeyStoreError, StorageError: as it was.
        """
        with self._transaction("BEGIN IMMEDIATE") as connection:
            newest = max((row[1] for row in _rows(connection, [scope])), default=0)
            row = self._row(scope, newest + 1)
            connection.execute("INSERT INTO key VALUES (?, ?, ?)", row)
        return self.key(scope)

    def destroy(self, scopes: Iterable[str], before: int | None = None) -> int:
        """Destroy the keys of these scopes for good, or those `before` a generation; how many.

        On return they are on no page of the database. What others hold is told by `copies`. Safe
        to repeat, and to kill: each key is there or gone.

        Raises:
            KeyStoreError, StorageError: some may be there still; repeat it.
        """
        sql, count = "DELETE FROM key WHERE scope = ? AND generation < ?", 0
        asked = list(dict.fromkeys(scopes))
        limit = 1 << 62 if before is None else before
        with self._transaction("BEGIN IMMEDIATE") as connection:
            for scope in asked:
                count += connection.execute(sql, (scope, limit)).rowcount
        with self._transaction("BEGIN") as connection:
            left = [row for scope in asked for row in _rows(connection, [scope]) if row[1] < limit]
        if left:
            raise StorageError(f"the key of {left[0][0]} is still in {self.place.database}")
        return count

    def change_ledger_key(self, entropy: Callable[[int], bytes] = os.urandom) -> int:
        """Wrap all keys anew under another ledger key, put in the place of the old one; how many.

        It is on the disk before the keys are under it, and gets its name afterwards: killed
        anywhere, the one that opens them is there. Raises KeyStoreError, StorageError.
        """
        fresh = entropy(32)
        with self._transaction("BEGIN IMMEDIATE") as connection:
            keyfiles.prepare_successor(self.place, fresh)
            old = self._wrapper
            count = wrap_anew(connection, old, old._replace(ledger_key=fresh))
            keyfiles.open_by(connection, fresh)
        with self._transaction("BEGIN IMMEDIATE"):
            return count  # who writes next gives it its name, alone

    def copies(self) -> list[KeyCopy]:
        """Copies of the key store that were made and not said to be gone, oldest first.

        Each may hold keys that were destroyed here since: they are to be replaced.
        """
        with self._transaction("BEGIN") as connection:
            rows = connection.execute("SELECT folder, at FROM copy ORDER BY at, folder").fetchall()
        return [KeyCopy(*row) for row in rows]

    def copy_to(
        self, folder: Path, clock: Callable[[], float] = time.time, *, ledger_key: bool = True
    ) -> KeyCopy:
        """Copy the keys, and with `ledger_key` what opens them, into a new folder; durable.

        The copy is remembered before it is made, so that no copy is unknown.

        Raises:
            KeyStoreError: the keys are not at hand.
            StorageError: the folder exists, or the disk refused.
        """
        made = KeyCopy(str(folder), int(clock()))
        with self._transaction("BEGIN IMMEDIATE") as connection:
            connection.execute("INSERT OR REPLACE INTO copy VALUES (?, ?)", made)
        try:
            with self._lock:
                keyfiles.copy(connection, self._wrapping if ledger_key else None, folder)
        except (OSError, sqlite.driver.Error) as error:
            why = getattr(error, "strerror", None) or error
            raise StorageError(f"no copy of the keys in {folder}: {why}") from error
        if ledger_key:
            copied = KeyStore(Place(folder, folder / keyfiles.LEDGER_KEY), self.origin)
            copied.open()
            copied.close()
        return made

    def forget_copy(self, folder: str) -> bool:
        """A copy is gone for good, as somebody says; whether it was known. Raises KeyStoreError."""
        with self._transaction("BEGIN IMMEDIATE") as connection:
            made = connection.execute("DELETE FROM copy WHERE folder = ?", (folder,))
            return bool(made.rowcount)

    def close(self) -> None:
        """Close the database; it is opened again when needed."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection, self._wrapping = None, b""

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Any]:
        with self._lock:
            self.open()
            connection = self._connection
            try:
                connection.execute(begin)
                try:
                    self._wrapping = keyfiles.still(connection, self.place, self._wrapping)
                    if begin != "BEGIN":
                        keyfiles.settle(self.place, self._wrapping)
                    yield connection
                    connection.execute("COMMIT")
                finally:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
            except sqlite.driver.Error as error:
                raise StorageError(f"{self.place.database}: {error}") from error

    @property
    def _wrapper(self) -> Wrapper:
        return Wrapper(self._wrapping, self.origin, str(self.place.database))

    def _row(self, scope: str, generation: int) -> tuple[str, int, bytes]:
        return scope, generation, self._wrapper.wrap(scope, generation, secrets.token_bytes(32))

    def _unwrapped(self, scope: str, generation: int, wrapped: bytes) -> Key:
        return Key(generation, self._wrapper.unwrap(scope, generation, wrapped))


def parts(scopes: list[str]) -> Iterator[list[str]]:
    """As many at a time as one question may hold."""
    for start in range(0, len(scopes), CHUNK):
        yield scopes[start : start + CHUNK]


def _rows(connection: Any, scopes: list[str]) -> list[tuple[str, int, bytes]]:
    """Scope, generation and wrapped key, oldest generation first."""
    marks = ",".join("?" * len(scopes))
    sql = f"SELECT scope, generation, wrapped FROM key WHERE scope IN ({marks}) ORDER BY 1, 2"
    rows: list[tuple[str, int, bytes]] = connection.execute(sql, scopes).fetchall()
    return rows
