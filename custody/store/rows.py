"""Reading rows: plain SQL through the driver, because an object a row costs more than the rules.

The SQL keeps to what SQLite and PostgreSQL share. Nothing here changes a row: see writing.py.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from custody.ledger.storage import (
    ChainRow,
    CheckpointRow,
    DueRow,
    ErasureRow,
    PrefixRow,
    Refusal,
    StatementRow,
    bounds,
)
from custody.store.personal import PAGE, PersonalRows


class Rows(PersonalRows):
    """One view of a ledger's rows, over a driver connection that is within a transaction."""

    def size(self) -> int:
        """Number of records; max(), because count(*) reads the whole table."""
        return int(self._value("SELECT coalesce(max(n), -1) + 1 FROM record"))

    def record(self, n: int) -> bytes | None:
        data: bytes | None = self._value("SELECT CAST(data AS BLOB) FROM record WHERE n = ?", n)
        return data

    def records(self, start: int, stop: int) -> list[bytes]:
        """Records start … stop-1, as many of them as there are."""
        sql = "SELECT CAST(data AS BLOB) FROM record WHERE n >= ? AND n < ? ORDER BY n"
        return [row[0] for row in self._all(sql, start, stop)]

    def headers(self, start: int, stop: int) -> list[tuple[bytes, int | None]]:
        """Records start … stop-1, each with the id of the envelope that it cites."""
        sql = "SELECT CAST(data AS BLOB), envelope FROM record WHERE n >= ? AND n < ? ORDER BY n"
        return self._all(sql, start, stop)

    def places(self, tag: bytes) -> list[int]:
        """Indexes of the records of a chain, in order."""
        return [row[0] for row in self._all("SELECT n FROM place WHERE tag = ? ORDER BY seq", tag)]

    def envelopes(self) -> int:
        """Number of envelopes: the highest id."""
        return int(self._value("SELECT coalesce(max(id), 0) FROM envelope"))

    def envelope(self, number: int) -> bytes | None:
        """None where it is missing, and where it was erased."""
        sql = "SELECT NULLIF(data, x'') FROM envelope WHERE id = ?"
        data: bytes | None = self._value(sql, number)
        return data

    def erasures(self, envelope: int | None = None) -> list[ErasureRow]:
        """What entries say is erased of an envelope, or of all of them, oldest first."""
        sql = "SELECT envelope, CAST(field AS TEXT), said, done FROM erasure"
        if envelope is None:
            found = self._all(f"{sql} ORDER BY said, envelope, field")
        else:
            found = self._all(f"{sql} WHERE envelope = ? ORDER BY said, field", envelope)
        return [ErasureRow._make(row) for row in found]

    def statement(self, key: bytes) -> StatementRow | None:
        row = self._one("SELECT first, count, envelope FROM statement WHERE id = ?", key)
        return StatementRow._make(row) if row else None

    def statements(self, keys: Sequence[bytes]) -> dict[bytes, StatementRow]:
        """Those of these ids that were recorded."""
        sql = "SELECT id, first, count, envelope FROM statement WHERE id IN ({})"
        return {key: StatementRow._make(row) for key, *row in self._among(sql, keys)}

    def newest(self) -> CheckpointRow | None:
        """The checkpoint of the greatest size."""
        return self._checkpoint("ORDER BY size DESC LIMIT 1")

    def checkpoint(self, size: int) -> CheckpointRow | None:
        return self._checkpoint("WHERE size = ?", size)

    def covering(self, n: int) -> CheckpointRow | None:
        """The smallest checkpoint that record `n` is in: the same whenever one asks."""
        return self._checkpoint("WHERE size > ? ORDER BY size LIMIT 1", n)

    def _checkpoint(self, which: str, *values: int) -> CheckpointRow | None:
        columns = "size, CAST(root AS BLOB), CAST(note AS BLOB)"
        row = self._one(f"SELECT {columns} FROM checkpoint {which}", *values)
        return CheckpointRow._make(row) if row else None

    def roots(self, start: int, stop: int) -> list[tuple[int, bytes]]:
        """(size, root) of the checkpoints of sizes `start`+1 … `stop`."""
        sql = "SELECT size, CAST(root AS BLOB) FROM checkpoint WHERE size > ? AND size <= ? "
        return self._all(sql + "ORDER BY size", start, stop)

    def checkpoints(self, start: int, stop: int) -> Iterator[CheckpointRow]:
        """The checkpoints of sizes `start`+1 … `stop`, a page at a time."""
        sql = (
            "SELECT size, CAST(root AS BLOB), CAST(note AS BLOB) FROM checkpoint "
            "WHERE size > ? AND size <= ? ORDER BY size LIMIT ?"
        )
        while page := self._all(sql, start, stop, PAGE):
            yield from map(CheckpointRow._make, page)
            start = page[-1][0]

    def tile(self, level: int, place: int) -> bytes | None:
        sql = "SELECT CAST(data AS BLOB) FROM tile WHERE level = ? AND place = ?"
        data: bytes | None = self._value(sql, level, place)
        return data

    def edge(self, level: int) -> bytes:
        """Hashes of the tile of that level (1 and up) that is not full yet."""
        data: bytes | None = self._value(
            "SELECT CAST(data AS BLOB) FROM edge WHERE level = ?", level
        )
        return data or b""

    def subject(self, tag: bytes) -> ChainRow | None:
        return self._chain("subject", tag)

    def before(self, tag: bytes) -> ChainRow | None:
        """A chain as the last examination left it, if it was touched since (length 0: new)."""
        return self._chain("before", tag)

    def touched(self) -> list[tuple[bytes, ChainRow]]:
        """All chains touched since the last examination, as it left them."""
        rows = self._all("SELECT tag, kind, count, head, changed, state FROM before")
        return [(tag, ChainRow._make(row)) for tag, *row in rows]

    def _chain(self, table: str, tag: bytes) -> ChainRow | None:
        sql = f"SELECT kind, count, head, changed, state FROM {table} WHERE tag = ?"
        row = self._one(sql, tag)
        return ChainRow._make(row) if row else None

    def subjects(self) -> Iterator[tuple[bytes, ChainRow]]:
        """All chains by tag, a page at a time."""
        sql = (
            "SELECT tag, kind, count, head, changed, state FROM subject "
            "WHERE tag > ? ORDER BY tag LIMIT ?"
        )
        last = b""
        while page := self._all(sql, last, PAGE):
            for tag, *row in page:
                yield tag, ChainRow._make(row)
            last = page[-1][0]

    def states(self, prefix: int) -> list[tuple[bytes, ChainRow]]:
        """The chains whose tags have that prefix, by tag."""
        sql = (
            "SELECT tag, kind, count, head, changed, state FROM subject "
            "WHERE tag >= ? AND tag < ? ORDER BY tag"
        )
        return [(tag, ChainRow._make(row)) for tag, *row in self._all(sql, *bounds(prefix))]

    def linked(self, key: int) -> list[int]:
        """Indexes of the records whose hash may be the one that `link_key` made `key` of."""
        return [row[0] for row in self._all("SELECT n FROM link WHERE key = ?", key)]

    def links(self, keys: Sequence[int]) -> set[tuple[int, int]]:
        """(key, index) of the records that `linked` gives for these keys."""
        return set(self._among("SELECT key, n FROM link WHERE key IN ({})", keys))

    def stretch(self, tag: bytes, start: int, stop: int) -> dict[int, int]:
        """Indexes in the ledger of records number `start` … `stop`-1 of a chain, by number."""
        sql = "SELECT seq, n FROM place WHERE tag = ? AND seq >= ? AND seq < ?"
        return dict(self._all(sql, tag, start, stop))

    def counts(self, tables: Sequence[str]) -> dict[str, int]:
        """How many rows each of these tables has; reads them whole."""
        return {name: self._value(f"SELECT count(*) FROM {name}") for name in tables}

    def tags(self, kind: str) -> list[bytes]:
        """Tags of all subjects of a kind, in the order in which they began."""
        sql = (
            "SELECT s.tag FROM subject s JOIN place p ON p.tag = s.tag AND p.seq = 0 "
            "WHERE s.kind = ? ORDER BY p.n"
        )
        return [row[0] for row in self._all(sql, kind)]

    def prefixes(self) -> list[PrefixRow]:
        sql = "SELECT prefix, CAST(count AS INTEGER), CAST(root AS BLOB) FROM prefix "
        sql += "WHERE prefix BETWEEN 0 AND 4095 ORDER BY prefix"
        return [PrefixRow._make(row) for row in self._all(sql)]

    def chains(self, prefix: int) -> list[tuple[bytes, int, bytes]]:
        """(tag, length, head) of the chains whose tags have that prefix, by tag."""
        columns = "tag, CAST(count AS INTEGER), CAST(head AS BLOB)"
        sql = f"SELECT {columns} FROM subject WHERE tag >= ? AND tag < ? ORDER BY tag"
        return self._all(sql, *bounds(prefix))

    def any_refusals(self) -> bool:
        """Whether a statement was ever refused."""
        return self._one("SELECT 1 FROM refusal LIMIT 1") is not None

    def refusal(self, key: bytes) -> Refusal | None:
        row = self._one("SELECT at, code, message FROM refusal WHERE statement = ?", key)
        return Refusal._make(row) if row else None

    def refusals(self, since: int, until: int | None) -> Iterator[tuple[Any, ...]]:
        """Statement id, time, code and message of those before `until`, in order of time."""
        sql = "SELECT statement, at, code, message FROM refusal WHERE at >= ? "
        more, values = ("AND at < ? ", (since, until)) if until is not None else ("", (since,))
        yield from self._connection.execute(sql + more + "ORDER BY at, statement", values)

    def examined(self) -> int:
        """Size up to which the last examination went, of which `before` tells."""
        return int(self._value("SELECT coalesce(max(size), 0) FROM examined"))

    def due(self, tag: bytes) -> DueRow | None:
        """What is noted of when to look at a subject."""
        row = self._one("SELECT tag, of_case, look_at, marked FROM due WHERE tag = ?", tag)
        return DueRow._make(row) if row else None

    def hashed(self, tag: bytes) -> int | None:
        """Index of the last record at which the content of an item was hashed."""
        found: int | None = self._value("SELECT hashed FROM due WHERE tag = ?", tag)
        return found

    def marked(self) -> list[bytes]:
        """Cases whose items' rows are to be computed anew; the ledger's tag stands for all."""
        return [row[0] for row in self._all("SELECT tag FROM due WHERE marked <> 0")]

    def of_case(self, case: bytes) -> list[tuple[bytes, ChainRow]]:
        """The case and its items, as `due` lists them."""
        sql = (
            "SELECT s.tag, s.kind, s.count, s.head, s.changed, s.state FROM due d "
            "JOIN subject s ON s.tag = d.tag WHERE d.of_case = ?"
        )
        return [(tag, ChainRow._make(row)) for tag, *row in self._all(sql, case)]

    def watched(self, until: int, case: bytes | None) -> list[tuple[bytes, str, bytes]]:
        """(tag, kind, state) of items and cases to be looked at by then, the earliest first."""
        sql = (
            "SELECT s.tag, s.kind, s.state FROM due d JOIN subject s ON s.tag = d.tag "
            "WHERE d.look_at <= ?"
        )
        if case is None:
            return self._all(f"{sql} ORDER BY d.look_at, d.tag", until)
        return self._all(f"{sql} AND d.of_case = ? ORDER BY d.look_at, d.tag", until, case)

    def longest_unhashed(self, limit: int) -> list[bytes]:
        """The items with content whose last hashing is longest ago."""
        sql = "SELECT tag FROM due WHERE hashed IS NOT NULL ORDER BY hashed, tag LIMIT ?"
        return [row[0] for row in self._all(sql, limit)]
