"""A ledger's SQLite database: transactions, and connections kept for the next one."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from custody.core.errors import StorageError
from custody.store import sqlite
from custody.store.ciphers import Ciphers
from custody.store.keystore import KeyStore
from custody.store.rows import Rows
from custody.store.writing import WritingRows


class Database:
    """Any number of readers and one writer at a time, across threads and processes."""

    def __init__(
        self, path: Path, keys: KeyStore | None = None, patience: float = sqlite.PATIENCE
    ) -> None:
        """Open the database at `path`, bringing its tables up to date first.

        Args:
            path: the file.
            keys: of what is stored encrypted; asked when there is anything to read or write of it.
            patience: seconds to wait for another process that is writing.

        Raises:
            StorageError: there is none, or it is not ours.
        """
        sqlite.prepare(path)
        self.path = path
        self._ciphers = Ciphers(keys)
        self._patience = patience
        self._idle: list[Any] = []
        self._lock = Lock()

    @classmethod
    def create(cls, path: Path) -> "Database":
        """A new, empty database.

        Raises:
            StorageError: there is a file at `path` already.
        """
        sqlite.make(path)
        return cls(path)

    @contextmanager
    def reading(self) -> Iterator[Rows]:
        """A view that does not change while others write."""
        with self._transaction("BEGIN") as connection:
            yield Rows(connection, self._ciphers)

    @contextmanager
    def writing(self, durable: bool = True) -> Iterator[WritingRows]:
        """The writing transaction: committed at the end, or nothing of it is kept.

        Raises:
            StorageError: the turn did not come, or the disk or database failed.
        """
        with self._transaction("BEGIN IMMEDIATE", durable) as connection:
            yield WritingRows(connection, self._ciphers)

    def scrub(self) -> None:
        """Write the file anew without what was deleted, and empty the log beside it.

        The temporary file of it holds what is kept, and nothing that was deleted.

        Raises:
            StorageError: the disk refused, or somebody is reading; it can be repeated.
        """
        connection, busy = self._borrow(), 0
        try:
            connection.execute("VACUUM")
            if sqlite.JOURNAL == "wal":
                (busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite.driver.Error as error:
            connection.close()
            raise StorageError(
                f"{self.path}: {error}; what was erased may still be in it"
            ) from error
        self._give_back(connection)
        if busy:
            raise StorageError(
                f"{self.path}: another program is reading; what was erased is still in its log"
            )

    def in_clear(self) -> bool:
        """Whether there are rows of before there was encryption, or may be in the file."""
        with self.reading() as rows:
            return rows.in_clear()

    def needs_keys(self) -> bool:
        """Whether anything in it is encrypted."""
        with self.reading() as rows:
            return rows.any_encrypted()

    def forget(self, renewed: Mapping[str, int]) -> None:
        """Destroy the keys of these scopes before those generations.

        Raises:
            KeyStoreError, StorageError: some may be there still; it can be repeated.
        """
        for scope, generation in renewed.items():
            self._ciphers.keys.destroy([scope], before=generation)

    @contextmanager
    def _transaction(self, begin: str, durable: bool = True) -> Iterator[Any]:
        connection = self._borrow()
        durable = durable or sqlite.JOURNAL != "wal"  # NORMAL is sound with a WAL only
        try:
            if not durable:  # cannot be said within a transaction
                connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute(begin)
            try:
                yield connection
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                if not durable:
                    connection.execute(f"PRAGMA synchronous={sqlite.SYNCHRONOUS}")
        except sqlite.driver.Error as error:
            connection.close()
            raise StorageError(self._trouble(error)) from error
        except BaseException:
            self._give_back(connection)
            raise
        self._give_back(connection)

    def _trouble(self, error: Exception) -> str:
        if "locked" in str(error):
            return (
                f"{self.path}: another program has been writing for {self._patience:g} seconds; "
                "nothing was recorded, try again"
            )
        return f"{self.path}: {error}; nothing was recorded"

    def _borrow(self) -> Any:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return sqlite.connect(self.path, self._patience)

    def _give_back(self, connection: Any) -> None:
        with self._lock:
            self._idle.append(connection)

    def close(self) -> None:
        """Close the idle connections; using the database afterwards opens new ones."""
        with self._lock:
            while self._idle:
                self._idle.pop().close()
