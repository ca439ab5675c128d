"""Reading what is stored encrypted: disclosures, keys of cases, and what things are called.

Each value is tied to its place: a row that somebody altered, or put in the place of another, is
read as `Unread`, and so is one whose key was destroyed.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from custody.core.errors import KeyStoreError, StorageError
from custody.ledger.projections import folded
from custody.ledger.storage import LabelRow, Leaf, Unread, readable
from custody.store.ciphers import LABELS, REMEDY, Ciphers, subject_scope

# Whoever tampers may leave text in the place of bytes: that is to be found, not stumbled over.
RECORD = (
    "SELECT r.n, CAST(r.data AS BLOB), r.envelope, NULLIF(CAST(e.data AS BLOB), x''), "
    "CAST(e.sha256 AS BLOB){opened} FROM {source} LEFT JOIN envelope e ON e.id = r.envelope "
)
OPENED = "CAST(d.scope AS BLOB), CAST(d.generation AS INTEGER), CAST(d.texts AS BLOB)"
DISCLOSED = "LEFT JOIN disclosure d ON d.envelope = r.envelope "
LABEL = (
    "SELECT CAST(tag AS BLOB), field, CAST(blind AS BLOB), kind, CAST(value AS BLOB), n FROM label "
)
PAGE = 512  # rows fetched at a time where there may be millions
BEFORE = ""  # in the place of a scope: there are, or were, rows in the clear
CASE = "case"  # what the key of a case is tied to, beside its scope
KEY = 32  # bytes of the key of a case, before its reference


class Opened(NamedTuple):
    """A row of disclosures as it is stored, `digest` being that of its envelope."""

    digest: bytes | None
    scope: bytes | None
    generation: int | None
    texts: bytes | None

    @property
    def name(self) -> str:
        """The scope under which it is encrypted."""
        return subject_scope(self.scope or b"")


class PersonalRows:
    """One view of these rows, over a driver connection that is within a transaction."""

    def __init__(self, connection: Any, ciphers: Ciphers) -> None:
        self._connection = connection
        self._ciphers = ciphers

    def _one(self, sql: str, *values: object) -> Any:
        return self._connection.execute(sql, values).fetchone()

    def _all(self, sql: str, *values: object) -> list[Any]:
        rows: list[Any] = self._connection.execute(sql, values).fetchall()
        return rows

    def _among(self, sql: str, keys: Sequence[object]) -> Iterator[Any]:
        """Rows whose key is among `keys`, which take the place of {} in the SQL."""
        for low in range(0, len(keys), PAGE):
            some = keys[low : low + PAGE]
            yield from self._all(sql.format(", ".join("?" * len(some))), *some)

    def _value(self, sql: str, *values: object) -> Any:
        row = self._one(sql, *values)
        return row[0] if row else None

    def generation(self, scope: str) -> int:
        """The generation of its key with which rows of a scope are written."""
        found = self._value("SELECT generation FROM renewed WHERE scope = ?", scope)
        return 1 if found is None else int(found)

    def in_clear(self) -> bool:
        """Whether rows of before there was encryption are there, or may be in the file."""
        return self._one("SELECT 1 FROM renewed WHERE scope = ?", BEFORE) is not None

    def names_lost(self) -> bool:
        """Whether the key of all labels was destroyed since, as in an older copy.

        Raises:
            KeyStoreError: the keys are not at hand.
        """
        return self._ciphers.lost(LABELS, self.generation(LABELS))

    def any_encrypted(self) -> bool:
        """Whether anything is encrypted; where nothing is, all is looked through."""
        return self._one("SELECT 1 FROM disclosure WHERE generation > 0 LIMIT 1") is not None

    def leaves(self, start: int, stop: int, *, opened: bool = True) -> Iterator[Leaf]:
        """Records start … stop-1 with their envelopes, a page at a time.

        opened: with their disclosures too, for which keys are needed.
        """
        more = f", {OPENED}" if opened else ""
        sql = RECORD.format(source="record r", opened=more) + (DISCLOSED if opened else "")
        sql += "WHERE r.n >= ? AND r.n < ? ORDER BY r.n"
        for low in range(start, stop, PAGE):
            yield from self._read(self._all(sql, low, min(low + PAGE, stop)))

    def chain(self, tag: bytes, start: int, limit: int) -> list[Leaf]:
        """Up to `limit` records of a chain from its record number `start` on."""
        source = "place p JOIN record r ON r.n = p.n"
        sql = RECORD.format(source=source, opened=f", {OPENED}") + DISCLOSED
        sql += "WHERE p.tag = ? AND p.seq >= ? ORDER BY p.seq LIMIT ?"
        return list(self._read(self._all(sql, tag, start, limit)))

    def _read(self, rows: Sequence[Any]) -> Iterator[Leaf]:
        """Records with what was disclosed of them, all keys of them being asked for at once."""
        found = [Opened(row[4], *row[5:]) if len(row) > 5 and row[7] else None for row in rows]
        self._ciphers.prepare((each.name, each.generation or 0) for each in found if each)
        for row, each in zip(rows, found, strict=True):
            yield Leaf._make((*row[:5], self._texts(each) if each else None))

    def _texts(self, row: Opened) -> bytes | Unread:
        bound = disclosed_place(row.digest or b"")
        return self._ciphers.read(row.name, row.generation or 0, row.texts or b"", bound)

    def disclosures(self, envelope: int) -> tuple[str, ...]:
        """Opened fields of a statement, in order of field; erased ones are left out.

        Raises:
            StorageError: they cannot be read, and not because their key was destroyed.
        """
        sql = f"SELECT CAST(e.sha256 AS BLOB), {OPENED} FROM disclosure d "
        sql += "LEFT JOIN envelope e ON e.id = d.envelope WHERE d.envelope = ?"
        row = self._one(sql, envelope)
        return readable(self._texts(Opened._make(row))) if row else ()

    def case_key(self, tag: bytes) -> tuple[bytes, str] | None:
        """Key and reference of a case.

        Raises:
            StorageError, KeyStoreError: they cannot be read, or their key was destroyed.
        """
        columns = "CAST(generation AS INTEGER), CAST(stored AS BLOB)"
        row = self._one(f"SELECT {columns} FROM case_key WHERE tag = ?", tag)
        if row is None:
            return None
        value = told(self._ciphers.read(subject_scope(tag), row[0] or 0, row[1] or b"", CASE))
        return value[:KEY], value[KEY:].decode(errors="replace")

    def labels(self, tag: bytes) -> list[LabelRow]:
        """What a subject is called, by field.

        Raises:
            StorageError, KeyStoreError: it cannot be read.
        """
        found = self._labels("WHERE tag = ?", tag)
        return sorted(found, key=lambda row: (row.field, row.n, row.folded))

    def find(self, kind: str, folded: str) -> list[LabelRow]:
        """Labels of subjects of that kind that are exactly `folded`.

        Raises:
            StorageError, KeyStoreError: they cannot be read.
        """
        blind = self._ciphers.index(self.generation(LABELS), folded)
        found = self._labels("WHERE blind = ? ORDER BY tag, field", blind)
        return [row for row in found if (row.kind, row.folded) == (kind, folded)]

    def _labels(self, which: str, *values: object) -> list[LabelRow]:
        found = list(self._named(self._all(LABEL + which, *values)))
        for _, value in found:
            told(value, f": {REMEDY}")
        return [row for row, _ in found]

    def all_labels(self) -> Iterator[LabelRow]:
        """Every label there is; without words where they cannot be read."""
        for row, _ in self._named(self._connection.execute(LABEL)):
            yield row

    def _named(self, rows: Iterable[Any]) -> Iterator[tuple[LabelRow, bytes | Unread]]:
        generation = self.generation(LABELS)
        for tag, field, blind, kind, stored, n in rows:
            bound = label_place(tag, field, blind, kind, n)
            value = self._ciphers.read(LABELS, generation, stored, bound)
            words = "" if isinstance(value, Unread) else value.decode(errors="replace")
            yield LabelRow(tag, field, folded(words), kind, words, n), value


def disclosed_place(digest: bytes) -> str:
    """What disclosures are tied to: the digest of their envelope."""
    return f"disclosures\0{digest.hex()}"


def label_place(tag: bytes, field: str, blind: bytes, kind: str, n: int) -> str:
    """What a label is tied to."""
    return f"label\0{tag.hex()}\0{field}\0{blind.hex()}\0{kind}\0{n}"


def told(value: bytes | Unread, remedy: str = "") -> bytes:
    """A value that can be read.

    Raises:
        KeyStoreError: its key was destroyed.
        StorageError: it is damaged, or altered.
    """
    if isinstance(value, Unread):
        error = KeyStoreError if value.destroyed else StorageError
        raise error(f"a value in the ledger cannot be read: {value.why}{remedy}")
    return value
