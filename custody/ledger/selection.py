"""What a bundle shows: the chains it was asked for, and all that checking them needs. (SPEC §11)

Closed: with each item its case, its ancestors and the ledger; with each shown statement the
people who signed it, whom it names, or who enrolled one of these, up to record 0.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from custody.core import disclosure, record, statement, tags
from custody.core.announced import (
    ORDINARY,
    Opening,
    Restrictions,
    is_sensitive,
    is_shown,
    of_case_alone,
    profile_of,
)
from custody.core.disclosure import Value
from custody.core.dsse import Envelope
from custody.core.errors import NotFoundError, StorageError
from custody.core.record import Entry
from custody.core.state import Case, Item, Subject, decode
from custody.core.statement import Statement
from custody.ledger import erasures
from custody.ledger.storage import CheckpointRow, Leaf, Reading
from custody_schemas.acts import CorrectionRecorded, ExportPrepared, ItemRegistered, PackLoaded
from custody_schemas.declare import Act, Kind
from custody_schemas.terms import Sensitivity

BATCH = 1000  # records of a chain read together


@dataclass(frozen=True, slots=True)
class Told:
    """One shown statement: its envelope, its run of records, and what is opened of it."""

    statement: Statement
    envelope: bytes  # empty where it was erased whole
    env: str  # SHA-256 of the envelope, hex
    first: int
    length: int
    at: int  # ledger time
    opened: dict[str, Value]
    texts: tuple[str, ...]  # the disclosures themselves


@dataclass(slots=True)
class Selection:
    """Chains, statements and companions of one bundle, at one checkpoint."""

    checkpoint: CheckpointRow
    origin: str
    case: str
    items: tuple[str, ...]
    whole: bool  # the whole case, not chosen items
    chains: dict[str, list[Entry]] = field(default_factory=dict)
    subjects: dict[str, Subject] = field(default_factory=dict)
    told: dict[str, Told] = field(default_factory=dict)  # by env, in order of first appearance
    records: dict[int, bytes] = field(default_factory=dict)
    companions: dict[int, bytes] = field(default_factory=dict)
    left_out: tuple[int, ...] = ()  # numbers of items whose content stays behind
    opening: Opening | None = None  # what was announced of it, if a bundle is made of it

    def item(self, tag: str) -> Item:
        """The state of a shown item."""
        found = self.subjects[tag]
        assert isinstance(found, Item)
        return found

    def contents(self) -> dict[str, str]:
        """Items whose content is enclosed, by the id of the entry that put it on file."""
        items = ((self.item(tag), tag) for tag in self.items)
        return {i.content: tag for i, tag in items if i.content and i.number not in self.left_out}

    def history(self, tag: str) -> list[tuple[Entry, Told]]:
        """The records of a shown chain with their statements, oldest first."""
        return [(entry, self.told[entry.env]) for entry in self.chains[tag]]


def gather(
    rows: Reading,
    checkpoint: CheckpointRow,
    origin: str,
    case: str,
    items: Sequence[str],
    export: str = "",
) -> Selection:
    """Everything that a bundle of `items`, or without any of the whole case, shows.

    `rows` is one view of a ledger whose newest record is the tally that `checkpoint` covers.
    export: id of the entry that announced it, and what it withholds.

    Raises:
        NotFoundError: no such case or item.
    """
    selection = Selection(checkpoint, origin, case, tuple(items), not items)
    waiting = [tags.ledger_tag(origin), case, *items]
    if not items:
        found = rows.subject(bytes.fromhex(case))
        facts = decode(found.kind, found.state) if found else None
        if not isinstance(facts, Case):
            raise NotFoundError("there is no such case in this ledger")
        waiting.append(facts.register)
    while waiting:
        tag = waiting.pop()
        if tag not in selection.chains:
            waiting += _show(rows, selection, tag)
    if not items:
        selection.items = tuple(t for t, s in selection.subjects.items() if isinstance(s, Item))
    tally = rows.record(checkpoint.size - 1)
    if tally is None or not isinstance(record.read(tally), record.Tally):
        raise StorageError("the checkpoint to export at does not end with a tally")
    selection.records[checkpoint.size - 1] = tally
    if not selection.whole:
        _withhold_of_case(selection)
    prepared = _prepared(selection, export) if export else None
    named = prepared.act.sensitive if prepared else None
    selection.left_out = left_out(selection, named or ())
    if prepared:
        _redact(selection, prepared)
    _add_companions(rows, selection)
    return selection


def _show(rows: Reading, selection: Selection, tag: str) -> Iterator[str]:
    """Take up one chain; yields the tags of the subjects that it needs beside it."""
    row = rows.subject(bytes.fromhex(tag))
    if row is None:
        raise NotFoundError(f"there is no subject {tag:.12} in this ledger")
    selection.subjects[tag] = decode(row.kind, row.state)
    chain = selection.chains[tag] = []
    for leaf in _leaves(rows, bytes.fromhex(tag), row.length):
        entry = record.read(leaf.record)
        if not isinstance(entry, Entry) or leaf.envelope_id is None:
            raise StorageError(f"record {leaf.n} is damaged: run `custody verify --full`")
        chain.append(entry)
        selection.records[entry.n] = leaf.record
        if entry.env not in selection.told:
            told = selection.told[entry.env] = _told(rows, leaf, entry)
            if told.envelope:
                yield from needed(told.statement)
                yield from (each for each in told.statement.named if _is_person(rows, each))
        if any(p.tag == tag for p in selection.told[entry.env].statement.places(Kind.ITEM)):
            yield from ancestors(selection.told[entry.env].statement)
        if selection.whole:
            yield from registered(selection.told[entry.env].statement)


def needed(made: Statement) -> Iterator[str]:
    """Tags of the subjects without which a statement cannot be checked."""
    for signer in made.signers:
        yield signer.actor
    if isinstance(made.act, ItemRegistered):
        yield made.act.case


def _is_person(rows: Reading, tag: str) -> bool:
    """Whether it is one, and not nobody: nor a subject of another case, which must stay hidden."""
    found = rows.subject(bytes.fromhex(tag))
    return found is not None and found.kind == Kind.ACTOR


def ancestors(made: Statement) -> Iterator[str]:
    """The items that the item of a statement comes from."""
    yield from (place.tag for place in made.places(Kind.SOURCE))


def registered(made: Statement) -> Iterator[str]:
    """The item that a statement registers."""
    if made.name == ItemRegistered.NAME and made.name in Act.ALL:
        yield from (place.tag for place in made.places(Kind.ITEM))


def take(said: dict[str, Sensitivity], more: Iterable[tuple[str, Sensitivity]]) -> None:
    """The later one counts, unless an earlier one said that the item is sensitive."""
    for tag, sensitivity in more:
        if said.get(tag) in (None, *ORDINARY):
            said[tag] = sensitivity


def stated(made: Statement, opened: Mapping[str, Value]) -> Iterator[tuple[str, Sensitivity]]:
    """How sensitive an item is, as its registration says, or a correction of that says instead."""
    if isinstance(made.act, ItemRegistered):
        yield made.places(Kind.ITEM)[0].tag, made.act.sensitivity
    if isinstance(made.act, CorrectionRecorded) and made.act.field == "sensitivity":
        value = str(opened.get("value", ""))
        known = value in tuple(Sensitivity)
        said = Sensitivity(value) if known else Sensitivity.NOT_STATED
        yield from ((place.tag, said) for place in made.places(Kind.ITEM))


def _leaves(rows: Reading, tag: bytes, length: int) -> Iterator[Leaf]:
    for start in range(0, length, BATCH):
        yield from rows.chain(tag, start, min(BATCH, length - start))


def _told(rows: Reading, leaf: Leaf, entry: Entry) -> Told:
    if leaf.envelope is None:
        return _gone(rows, leaf, entry)
    made = statement.read(Envelope.read(leaf.envelope).payload)
    run = rows.statement(bytes.fromhex(made.id))
    if run is None:
        raise StorageError(f"the entry {made.id:.12} is missing: run `custody rebuild`")
    read = map(disclosure.read, leaf.disclosures)
    shown = [each for each in read if is_shown(made, each.field)]
    opened, texts = {d.field: d.value for d in shown}, tuple(d.text for d in shown)
    return Told(made, leaf.envelope, entry.env, run.first, run.length, entry.at, opened, texts)


def _gone(rows: Reading, leaf: Leaf, entry: Entry) -> Told:
    """What is left of an entry that was erased whole. Raises StorageError."""
    said = erasures.whole(rows, leaf.envelope_id or 0, entry.env, [entry.tag])
    run = rows.statement(bytes.fromhex(said.act.entry)) if said else None
    if said is None or run is None:
        raise StorageError(f"record {leaf.n} is damaged: run `custody verify --full`")
    return Told(said.gone(entry), b"", entry.env, run.first, run.length, entry.at, {}, ())


def _withhold_of_case(selection: Selection) -> None:
    """In a bundle of chosen items, close what concerns readers of the whole case."""
    for env, told in selection.told.items():
        if of_case_alone(told.statement, selection.chains):
            selection.told[env] = replace(told, opened={}, texts=())


class Prepared(NamedTuple):
    """The statement that announced the export, and its act."""

    statement: Statement
    act: ExportPrepared


def _prepared(selection: Selection, export: str) -> Prepared:
    for told in selection.told.values():
        if told.statement.id == export and isinstance(told.statement.act, ExportPrepared):
            return Prepared(told.statement, told.statement.act)
    raise StorageError("the entry that announced the export is missing: export again")


def left_out(selection: Selection, named: Sequence[int]) -> tuple[int, ...]:
    """Numbers of the items asked for whose content stays behind: it is sensitive, and not `named`."""
    said: dict[str, Sensitivity] = {}
    for told in selection.told.values():
        take(said, stated(told.statement, told.opened))
    states = {tag: s for tag, s in selection.subjects.items() if isinstance(s, Item)}
    parents = {tag: state.parents for tag, state in states.items()}
    found = (
        states[tag].number
        for tag in selection.items
        if states[tag].content is not None
        and states[tag].number not in named
        and is_sensitive(tag, said, parents)
    )
    return tuple(sorted(found))


def _redact(selection: Selection, prepared: Prepared) -> None:
    """Close what the export announced that it withholds.

    Raises:
        StorageError: it announced something else than what there is.
    """
    act = prepared.act
    if act.evidence and selection.left_out != (act.left_out or ()):
        raise StorageError("the items of the case are others by now: export again")
    restrictions, packs = Restrictions(), []
    for told in sorted(selection.told.values(), key=lambda told: told.first):
        restrictions.take(told.statement, told.first)
        if isinstance(told.statement.act, PackLoaded):
            packs.append(told.statement.act.pack)
    enclosed = set(selection.contents()) if act.evidence else set()
    opening = Opening(prepared.statement, profile_of(packs, act), restrictions, enclosed)
    selection.opening = opening
    for env, told in selection.told.items():
        pairs = zip(told.opened, told.texts, strict=True)
        kept = {name: text for name, text in pairs if not opening.why_not(told.statement, name)}
        opened = {name: told.opened[name] for name in kept}
        selection.told[env] = replace(told, opened=opened, texts=tuple(kept.values()))


def _add_companions(rows: Reading, selection: Selection) -> None:
    """The other records of every shown run, blinded as they are."""
    for told in selection.told.values():
        if not told.envelope:
            continue  # nobody can tell which they are
        data = rows.records(told.first, told.first + told.length)
        for n, line in enumerate(data, told.first):
            if n not in selection.records:
                selection.companions[n] = line
