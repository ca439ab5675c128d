"""What a ledger's rows answer to readers: states, chains, names, proofs. No keys are needed."""

from collections.abc import Iterator, Mapping, Sequence

from custody.core import state
from custody.core.errors import NotFoundError, UsageError
from custody.core.state import Item, Subject
from custody.core.world import Chain
from custody.ledger import Found, Named, Recorded, journal
from custody.ledger.erasures import saying
from custody.ledger.journal import Wanted
from custody.ledger.projections import folded
from custody.ledger.proving import Prover
from custody.ledger.storage import CheckpointRow, LabelRow, Reading, Storage
from custody.ledger.tiles import Known, Tiles
from custody_schemas.declare import Kind

PAGE = 256  # records of a history read together


class Answers:
    """The reading half of `custody.ledger.Ledger`."""

    def __init__(self, storage: Storage, known: Known) -> None:
        self._storage = storage
        self._known = known

    def checkpoint(self) -> bytes:
        """The newest signed note.

        Raises:
            NotFoundError: nothing has been recorded yet.
        """
        with self._storage.reading() as rows:
            return newest(rows).note

    def consistency(self, old: int, new: int) -> list[bytes]:
        """Proof that the first `old` records are the beginning of the first `new`.

        Raises:
            UsageError: there are no such sizes.
        """
        with self._storage.reading() as rows:
            if not 0 <= old <= new <= rows.size():
                raise UsageError(f"no proof leads from {old} to {new} of {rows.size()} records")
            return Tiles(rows, self._known).consistency(old, new)

    def receipt(self, n: int) -> bytes:
        """Proof of recording of record `n`, at the newest checkpoint.

        Raises:
            NotFoundError: there is no such record, or no checkpoint over it yet.
        """
        with self._storage.reading() as rows:
            row, data = newest(rows), rows.record(n)
            if data is None or n >= row.size:
                raise NotFoundError(f"there is no record {n} under a checkpoint")
            return Prover(Tiles(rows, self._known), row).proof(n, data)

    def kind(self, tag: str) -> Kind:
        """What sort of subject a tag names.

        Raises:
            NotFoundError: none.
        """
        with self._storage.reading() as rows:
            row = rows.subject(bytes.fromhex(tag))
        if row is None:
            raise NotFoundError(f"nothing in this ledger has the tag {tag:.16}")
        return Kind(row.kind)

    def subject(self, tag: str) -> Subject | None:
        """A subject as the rules have made it; None where it has no record."""
        with self._storage.reading() as rows:
            row = rows.subject(bytes.fromhex(tag))
        return state.decode(row.kind, row.state) if row else None

    def chain(self, tag: str) -> Chain | None:
        """Its chain. The head may be cited as `prev`, whatever the act does to the subject."""
        with self._storage.reading() as rows:
            row = rows.subject(bytes.fromhex(tag))
        return Chain(row.length, row.head.hex(), row.changed) if row else None

    def history(self, tag: str) -> Iterator[Recorded]:
        """Its records, oldest first; each page is read when it is asked for."""
        start = 0
        while True:
            with self._storage.reading() as rows:
                page = [
                    Recorded(
                        leaf.record,
                        leaf.envelope or b"",
                        leaf.disclosures,
                        b"" if leaf.envelope else saying(rows, leaf.envelope_id or 0),
                    )
                    for leaf in rows.chain(bytes.fromhex(tag), start, PAGE)
                ]
            yield from page
            if len(page) < PAGE:
                return
            start += PAGE

    def entry(self, statement: str) -> Recorded:
        """The first record of an entry, by its id.

        Raises:
            NotFoundError: no such entry is recorded here.
        """
        with self._storage.reading() as rows:
            run = rows.statement(bytes.fromhex(statement))
            data = rows.record(run.first) if run else None
            if run is None or data is None:
                raise NotFoundError(f"there is no entry {statement:.16}")
            signed = rows.envelope(run.envelope) or b""
            erased = b"" if signed else saying(rows, run.envelope)
            return Recorded(data, signed, rows.disclosures(run.envelope), erased)

    def recorded(self, statement: str) -> bool:
        """Whether an entry of that id is recorded."""
        with self._storage.reading() as rows:
            return rows.statement(bytes.fromhex(statement)) is not None

    def entries(self, wanted: Wanted) -> Iterator[Recorded]:
        """The first wanted record of each signed entry, in the order of the ledger."""
        return journal.entries(self._storage, wanted)

    def concerning(self, actor: str) -> list[Named]:
        """The items whose present state names that person, by case and number.

        One pass over the states: only those that hold the tag are decoded.
        """
        sought, found = actor.encode(), []
        with self._storage.reading() as rows:
            for tag, row in rows.subjects():
                if row.kind == Kind.ITEM and sought in row.state:
                    made = state.decode(row.kind, row.state)
                    assert isinstance(made, Item)
                    found.append(Named(tag.hex(), made, newest_labels(rows.labels(tag))))
        return sorted(found, key=lambda each: (each.state.case, each.state.number))

    def find(self, kind: Kind, words: str) -> list[Found]:
        """Subjects of that kind that answer to `words`: a label, whole, or their own tag.

        Case, width and spacing do not matter. Without words: all of them, oldest first.
        """
        wanted = folded(words)
        with self._storage.reading() as rows:
            if not wanted:
                return [Found(tag.hex(), kind, "", "") for tag in rows.tags(kind)]
            found = {row.tag: row for row in reversed(rows.find(kind, wanted))}
            tag = as_tag(wanted)
            row = rows.subject(tag) if tag else None
            if tag and row and row.kind == kind:
                found[tag] = LabelRow(tag, "tag", wanted, kind, wanted, 0)
        return [Found(row.tag.hex(), kind, row.field, row.value) for row in found.values()]

    def labels(self, tag: str) -> Mapping[str, str]:
        """What people have called it last, by field, corrections applied; lists joined by "; "."""
        with self._storage.reading() as rows:
            return newest_labels(rows.labels(bytes.fromhex(tag)))

    def called(self, tag: str) -> Mapping[str, tuple[str, ...]]:
        """Everything that it is called, by field, oldest first: an item has numbers of many."""
        found: dict[str, tuple[str, ...]] = {}
        with self._storage.reading() as rows:
            for row in sorted(rows.labels(bytes.fromhex(tag)), key=lambda row: row.n):
                found[row.field] = (*found.get(row.field, ()), row.value)
        return found

    def case_key(self, tag: str) -> bytes:
        """The key from which the tags of a case are made.

        Raises:
            NotFoundError: there is no such case.
        """
        with self._storage.reading() as rows:
            found = rows.case_key(bytes.fromhex(tag))
        if found is None:
            raise NotFoundError(f"there is no case with the tag {tag:.16}")
        return found[0]


def newest_labels(found: Sequence[LabelRow]) -> dict[str, str]:
    """The newest value of each field, lists joined by "; "."""
    last = {row.field: row.n for row in found}
    values: dict[str, str] = {}
    for row in found:
        if row.n == last[row.field]:
            before = values.get(row.field)
            values[row.field] = f"{before}; {row.value}" if before else row.value
    return values


def newest(rows: Reading) -> CheckpointRow:
    """The newest checkpoint.

    Raises:
        NotFoundError: nothing has been recorded yet.
    """
    row = rows.newest()
    if row is None:
        raise NotFoundError("nothing has been recorded in this ledger yet")
    return row


def as_tag(words: str) -> bytes | None:
    """`words` as a tag, where they could be one."""
    try:
        tag = bytes.fromhex(words)
    except ValueError:
        return None
    return tag if len(words) == 64 and len(tag) == 32 else None
