"""Chains as a client reads them: what a ledger hands out is held against itself, then believed.

A ledger's tables can be altered by whoever can write its files, and a ledger behind a server can
say anything. So each entry is compared with the digests that were signed, each record with the
one before, and what something is called with what its own signed entries call it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from typing import NamedTuple

from custody.casefile import open_file
from custody.core import disclosure, record, statement
from custody.core.checkpoint import Checkpoint
from custody.core.disclosure import Value
from custody.core.dsse import Envelope
from custody.core.errors import ProofError, SignatureError, StorageError
from custody.core.note import Note
from custody.core.proof import Proof
from custody.core.record import Entry
from custody.core.state import Item
from custody.core.statement import Statement
from custody.drafting import Request
from custody.ledger import Ledger, Recorded, erasures
from custody.ledger.past import Standing
from custody.ledger.projections import Labels
from custody_schemas.declare import Act, Kind, Refers

ATTEMPTS = 5  # times that a chain is read again while others go on with it
NAMED = frozenset({Kind.ITEM, Kind.SOURCE, Kind.CASE, Kind.ACTOR})
ALTERED = "do not go on: the ledger's tables were altered, run `custody verify --full`"


class Told(NamedTuple):
    """One entry: its record, the statement, and its personal fields as far as they are there."""

    entry: Entry
    statement: Statement
    opened: dict[str, Value]


def chain(ledger: Ledger, tag: str) -> Iterator[Told]:
    """The entries of a subject, oldest first, up to its newest record and none left out.

    Raises:
        ProofError: what the ledger hands out does not hold together.
    """
    return (told for _, told in _checked(ledger, tag))


def _checked(ledger: Ledger, tag: str) -> Iterator[tuple[bytes, Told]]:
    """Each record with its entry."""
    known = ledger.chain(tag)
    count, head, before, seq = known.count if known else 0, known.head if known else "", "", 0
    for recorded in ledger.history(tag):
        told = _told(recorded, tag)
        if (told.entry.seq, told.entry.prev) != (seq, before):
            raise ProofError(f"record {told.entry.n} does not follow the one before it; {ALTERED}")
        before, seq = record.record_hash(recorded.record).hex(), seq + 1
        if seq == count and before != head:
            raise ProofError(f"record {told.entry.n} is not the newest record of {tag:.12}")
        yield recorded.record, told
    if seq < count:
        raise ProofError(f"the newest record of {tag:.12} is not handed out; {ALTERED}")


def _told(recorded: Recorded, tag: str) -> Told:
    entry = record.read(recorded.record)
    if not isinstance(entry, Entry) or entry.tag != tag:
        raise ProofError(f"record {entry.n} is one of another subject; {ALTERED}")
    return told_of(recorded)


def newest(ledger: Ledger) -> Checkpoint:
    """The newest checkpoint, as the ledger says; whose it is was not asked."""
    return Checkpoint.read(Note.read(ledger.checkpoint()).text)


def told_of(recorded: Recorded) -> Told:
    """An entry out of one of its records.

    Raises:
        ProofError: record, entry and what is opened of it do not belong together.
    """
    entry = record.read(recorded.record)
    if not isinstance(entry, Entry):
        raise ProofError(f"record {entry.n} is no signed entry; {ALTERED}")
    if recorded.erased and not recorded.envelope:
        return Told(entry, _gone(recorded.erased, entry), {})
    if sha256(recorded.envelope).hexdigest() != entry.env:
        raise ProofError(f"record {entry.n} comes with another entry than its own; {ALTERED}")
    made = statement.read(Envelope.read(recorded.envelope).payload)
    opened: dict[str, Value] = {}
    for each in map(disclosure.read, recorded.disclosures):
        if made.sd.get(each.field) != each.digest:
            raise ProofError(f"{each.field} in record {entry.n} is not what was signed; {ALTERED}")
        opened[each.field] = each.value
    return Told(entry, made, opened)


def _gone(saying: bytes, entry: Entry) -> Statement:
    """What is left of an entry that was erased whole. Raises ProofError."""
    said = erasures.read(saying)
    if said.act.envelope != entry.env or entry.tag not in {p.tag for p in said.statement.about}:
        raise ProofError(f"record {entry.n} comes without its entry; {ALTERED}")
    return said.gone(entry)


def labels(ledger: Ledger, tag: str, entries: Sequence[Told]) -> dict[str, str]:
    """What the signed entries of a chain call it, as `Ledger.labels` says it."""
    first = {told.statement.id: _first(told) for told in entries}
    found, subject, head = Labels(lambda _: (), first.get), ledger.subject(tag), ledger.chain(tag)
    for told in entries:
        opened = [
            disclosure.Disclosure("", name, value, "", "") for name, value in told.opened.items()
        ]
        if subject is not None and head is not None:
            after = {tag: Standing("", subject, head, None)}
            found.take(told.statement, opened, first[told.statement.id], after)
    rows = [row for _, row in sorted(found.rows.items()) if row]
    last: dict[str, int] = {}
    for row in rows:
        last[row.field] = max(row.n, last.get(row.field, 0))
    newest: dict[str, list[str]] = {}
    for row in rows:
        if row.n == last[row.field]:
            newest.setdefault(row.field, []).append(row.value)
    return {name: "; ".join(values) for name, values in newest.items()}


def _first(told: Told) -> int:
    """Index of the first record of the run that the entry's record stands in."""
    return told.entry.n - [place.tag for place in told.statement.about].index(told.entry.tag)


class Witnessed:
    """What requests name, held against signed entries under the log's own checkpoint.

    seen: size of the checkpoint that was verified last; accept: judges the checkpoint of a proof.
    """

    def __init__(self, ledger: Ledger, seen: int, accept: Callable[[Note], object]) -> None:
        self.ledger, self._seen, self._accept = ledger, seen, accept
        self._done: set[str] = set()
        self._notes: set[Note] = set()

    def check(self, requests: Iterable[Request]) -> None:
        """Everything that the requests concern or refer to is what the ledger calls it.

        Raises:
            ProofError, SignatureError: it is not; nothing may be signed.
        """
        for request in requests:
            for tag in named(request):
                self._check(tag)

    def _check(self, tag: str) -> None:
        if tag in self._done or self.ledger.chain(tag) is None:
            return  # what has no record yet is computed by the client, or refused by a rule
        self._done.add(tag)
        state = self.ledger.subject(tag)
        if isinstance(state, Item):
            self._check(state.case)
            file = open_file(self.ledger, state.case)
            if file.item(state.number).tag != tag:
                raise SignatureError(
                    f"{tag:.12} is not the tag of item {state.number} of {file.reference}; {ALTERED}"
                )
        for _ in range(ATTEMPTS):
            before, called = self.ledger.chain(tag), self.ledger.labels(tag)
            entries = list(_checked(self.ledger, tag))
            signed = labels(self.ledger, tag, [told for _, told in entries])
            if self.ledger.chain(tag) == before:
                break
        else:
            raise StorageError(f"others record on {tag:.12} without a pause: try again")
        for name in sorted(signed.keys() | called.keys()):
            if signed.get(name) != called.get(name):
                raise ProofError(
                    f"the {name.replace('_', ' ')} of {tag:.12} is not what its signed entries "
                    f"say; {ALTERED}"
                )
        self._check_recorded(entries)

    def _check_recorded(self, entries: Sequence[tuple[bytes, Told]]) -> None:
        """The log has signed the chain: its newest record that was seen is in the tree."""
        data, told = [each for each in entries if each[1].entry.n < self._seen][-1]
        proof = Proof.read(self.ledger.receipt(told.entry.n))
        if (proof.index, proof.extra) != (told.entry.n, data):
            raise ProofError(
                f"the proof is not the record {told.entry.n} that was shown; {ALTERED}"
            )
        proof.verify(record.record_hash(data))
        if proof.note not in self._notes:
            self._accept(proof.note)
            self._notes.add(proof.note)


def named(request: Request) -> Iterator[str]:
    """Tags of what a request concerns or refers to and people know by a name."""
    yield from (subject.tag for subject in request.about if subject.kind in NAMED)
    declared_of = Act.ALL[request.act].FIELDS if request.act in Act.ALL else {}
    for member, declared in declared_of.items():
        value = request.given.get(member)
        if isinstance(value, str) and any(isinstance(mark, Refers) for mark in declared.marks):
            yield value
