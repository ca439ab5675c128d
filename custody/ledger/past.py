"""The past as rules see it while a batch is being admitted: stored rows, and the batch so far."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import NamedTuple

from custody.core import record, state, statement
from custody.core.dsse import Envelope
from custody.core.errors import StorageError
from custody.core.record import Entry, record_hash
from custody.core.state import Subject
from custody.core.statement import Statement
from custody.core.world import Chain, Cited
from custody.ledger import erasures
from custody.ledger.storage import ChainRow, Reading, StatementRow, link_key

NO_LIMIT = 2**63


class Standing(NamedTuple):
    """A subject and its chain; `row` is what is stored, None where the subject is new."""

    kind: str
    subject: Subject
    chain: Chain
    row: ChainRow | None


class Past:
    """A `World`: every question is answered as of the record being admitted."""

    def __init__(
        self,
        rows: Reading,
        older: "Past | None" = None,
        stored: Callable[[bytes], ChainRow | None] | None = None,
    ) -> None:
        """The past of `rows`; where `stored` is given, it says how chains stood to begin with."""
        self._rows = rows
        self._stored = stored or rows.subject
        self.limit = NO_LIMIT
        """Statements from this index on have not happened yet."""
        self._older = older  # what batches before this one in the same transaction have changed
        self.changed: dict[str, Standing] = {}
        self._read: dict[str, Standing | None] = older._read if older else {}
        self._places: dict[tuple[str, str], int] = {}  # (tag, record hash) -> seq
        self._cited: dict[tuple[str, str], tuple[Statement, Entry]] = {}  # (tag, statement id)
        self.doubts: set[str] = set()
        """Statements that rules asked for, and of which only the act is known: they were erased."""

    def subject(self, tag: str) -> Subject | None:
        """State of a subject."""
        found = self.standing(tag)
        return found.subject if found else None

    def chain(self, tag: str) -> Chain | None:
        """Its chain."""
        found = self.standing(tag)
        return found.chain if found else None

    def standing(self, tag: str) -> Standing | None:
        """Both, and the stored row."""
        found = self.changed.get(tag)
        if found is not None:
            return found
        if self._older is not None:
            return self._older.standing(tag)
        if tag not in self._read:
            row = self._stored(bytes.fromhex(tag))
            self._read[tag] = standing(row) if row else None
        return self._read[tag]

    def seq_of(self, tag: str, record_hash: str) -> int | None:
        """Place of a record in that subject's chain."""
        chain = self.chain(tag)
        if chain is None or chain.head == record_hash:
            return chain.count - 1 if chain else None
        known = self._known_place(tag, record_hash)
        return known if known is not None else self._stored_place(tag, record_hash)

    def _known_place(self, tag: str, record_hash: str) -> int | None:
        found = self._places.get((tag, record_hash))
        if found is None and self._older is not None:
            return self._older._known_place(tag, record_hash)
        return found

    def _stored_place(self, tag: str, wanted: str) -> int | None:
        if len(wanted) != 64:
            return None
        for n in self._rows.linked(link_key(bytes.fromhex(wanted))):
            data = self._rows.record(n) if n < self.limit else None
            if data is not None and record_hash(data).hex() == wanted:
                entry = record.read(data)
                return entry.seq if isinstance(entry, Entry) and entry.tag == tag else None
        return None

    def cited(self, tag: str, statement: str) -> Cited | None:
        """A statement recorded on that subject's chain."""
        found = self._cited.get((tag, statement))
        if found is not None:
            return citation(*found)
        if self._older is not None:
            return self._older.cited(tag, statement)
        return self._stored_citation(tag, statement)

    def _stored_citation(self, tag: str, key: str) -> Cited | None:
        run = self._rows.statement(bytes.fromhex(key))
        if run is None or run.first >= self.limit:
            return None
        for data in self._rows.records(run.first, run.first + run.length):
            entry = record.read(data)
            if isinstance(entry, Entry) and entry.tag == tag:
                return self._citation(run, entry, key)
        return None

    def _citation(self, run: StatementRow, entry: Entry, key: str) -> Cited:
        signed = self._rows.envelope(run.envelope)
        if signed is not None:
            return citation(read(Envelope.read(signed).payload), entry)
        found = erasures.cited(self._rows, run, entry)
        if found is None:
            raise StorageError(f"envelope {run.envelope} is missing: run `custody verify --full`")
        self.doubts.add(key)
        return found

    def record(
        self, made: Statement, entries: Iterable[tuple[Entry, str]], after: dict[str, Standing]
    ) -> None:
        """Take up a statement that was admitted: its entries with their hashes, and the effects."""
        self.changed.update(after)
        for entry, value in entries:
            self._places[entry.tag, value] = entry.seq
            self._cited[entry.tag, made.id] = made, entry

    def forget(self) -> None:
        """Drop what the rows can tell as well, so that a long retelling stays small."""
        self._places.clear()
        self._cited.clear()

    def absorb(self, newer: "Past") -> None:
        """Keep what a batch has changed, now that all of it is admitted."""
        self.changed.update(newer.changed)
        self._places.update(newer._places)
        self._cited.update(newer._cited)


def citation(made: Statement, entry: Entry) -> Cited:
    """How rules read an earlier statement, from its entry on one subject's chain."""
    keys = tuple([signer.key for signer in made.signers])
    return Cited(made.name, made.by, keys, entry.n, entry.seq, entry.at)


def standing(row: ChainRow) -> Standing:
    """A stored chain, with its state read."""
    chain = Chain(row.length, row.head.hex(), row.changed)
    return Standing(row.kind, decoded(row.kind, row.state), chain, row)


@lru_cache(maxsize=64)
def read(payload: bytes) -> Statement:
    """A statement. What was recorded a moment ago is often what the next one cites."""
    return statement.read(payload)


@lru_cache(maxsize=1024)
def decoded(kind: str, data: bytes) -> Subject:
    """A stored state. States are frozen, and few bytes are asked for again and again."""
    return state.decode(kind, data)
