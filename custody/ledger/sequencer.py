"""Admission within the one writing transaction: what is recorded, in which order, at what time.

Nothing is written until a whole batch is admitted; a batch that is refused leaves no trace in
what the batches beside it, in the same transaction, record (group commit).
"""

from collections.abc import Sequence
from typing import NamedTuple

from custody.core import record, state, times
from custody.core.errors import (
    CustodyError,
    HeadMovedError,
    MalformedError,
    RuleError,
    StorageError,
)
from custody.core.record import Entry, record_hash
from custody.core.rules import admit, keys_of
from custody.core.statement import Statement
from custody.core.world import Chain
from custody.ledger import erasures
from custody.ledger.admission import Prepared, check_item_tag, reference
from custody.ledger.due import due_row, last_hashed
from custody.ledger.encrypting import scope
from custody.ledger.past import Past, Standing, decoded
from custody.ledger.projections import Labels
from custody.ledger.storage import (
    ChainRow,
    Changes,
    DisclosureRow,
    DueRow,
    PrefixRow,
    Reading,
    link_key,
    prefix_of,
)
from custody.ledger.tiles import Known, Tiles, grow
from custody_schemas.acts import CaseOpened, ItemRegistered, LedgerOpened, PrivacyErased
from custody_schemas.declare import Kind

LEAP = 7 * 86_400  # seconds that the clock may jump forward without being confirmed
ABSENT = ChainRow("", 0, b"", 0, b"")
KINDS = {Kind.SOURCE: Kind.ITEM}  # a source is an item in another part


class Run(NamedTuple):
    """Where the records of one statement stand."""

    statement: str
    first: int
    length: int


class Identity(NamedTuple):
    """Which ledger this is: its name and the verifier keys of its log."""

    origin: str
    log_key: str
    log_mldsa: str


class Tip(NamedTuple):
    """Where a ledger ends: number of its records, and the last of them (none: empty)."""

    size: int
    last: bytes

    @property
    def hash(self) -> str:
        """What the next record names as the one before it."""
        return record_hash(self.last).hex() if self.size else ""


def tip(rows: Reading, size: int) -> Tip:
    """The end of a ledger of `size` records."""
    return Tip(size, last_record(rows, size) if size else b"")


def ledger_time(end: Tip, now: int, confirmed: bool) -> int:
    """The `at` of what is recorded now. (SPEC §4)

    Raises:
        RuleError: E_CLOCK, the clock went back or leapt more than seven days forward.
    """
    if end.size == 0:
        return now
    last = record.read(end.last).at
    if now < last:
        raise RuleError(
            "E_CLOCK",
            f"the clock is {last - now} seconds behind the last record: set the clock right",
        )
    if now - last > LEAP and not confirmed:
        days = (now - last) // 86_400
        raise RuleError(
            "E_CLOCK",
            f"the clock is {days} days ahead of the last record: check it, and confirm "
            "(--confirm-clock) if it is right",
        )
    return now


def last_record(rows: Reading, size: int) -> bytes:
    """Record number `size` - 1."""
    data = rows.record(size - 1)
    if data is None:
        raise StorageError(f"record {size - 1} is missing: run `custody verify --full`")
    return data


class Sequencer:
    """One transaction's worth of admissions, at the ledger time `at`."""

    def __init__(self, rows: Reading, identity: Identity, end: Tip, at: int, known: Known) -> None:
        self._rows = rows
        self._identity = identity
        self._at = at
        self._tiles = Tiles(rows, known)
        self._start, self._chain = end.size, end.hash
        self._envelope = rows.envelopes()
        self._past = Past(rows)
        self._refusals = rows.any_refusals()
        self._runs: dict[str, Run] = {}
        self._seen: set[tuple[int, str]] = set()
        self._changes = Changes()
        self._labels = Labels(rows.labels, self._first_of)
        self._hashes: list[bytes] = []
        self.refused: list[tuple[str, CustodyError]] = []
        """Statement ids whose signatures are good and that a rule refused, for ever."""

    def admit(self, batch: Sequence[Prepared]) -> list[Run]:
        """Admit the statements of a batch in order, all of them or none.

        Raises:
            RuleError, HeadMovedError, SignatureError, MalformedError: one is refused.
        """
        before = self._changes.copy(), list(self._hashes), self._chain, self._envelope
        labels, known = dict(self._labels.rows), dict(self._runs)
        attempt = Past(self._rows, self._past)
        stored = self._rows.statements([bytes.fromhex(each.statement.id) for each in batch])
        self._runs |= {key.hex(): Run(key.hex(), *row[:2]) for key, row in stored.items()}
        try:
            runs = [self._statement(each, attempt) for each in batch]
        except CustodyError:
            self._changes, self._hashes, self._chain, self._envelope = before
            self._labels.rows, self._runs = labels, known
            raise
        self._past.absorb(attempt)
        return runs

    def keep(self, known: Known) -> None:
        """Hand on the hashes of what was recorded, when it is durable."""
        known.keep(0, self._start, self._hashes)

    def changes(self) -> Changes:
        """All rows that the admitted batches add or renew."""
        done = self._changes.copy()
        for tag, now in self._past.changed.items():
            key, row = bytes.fromhex(tag), now.row or ABSENT._replace(kind=now.kind)
            chain = now.chain
            written = state.encode(now.subject)
            head = bytes.fromhex(chain.head)
            done.subjects.append((key, now.kind, chain.count, head, chain.changed, written))
            done.before.append((key, *row))
            if written != row.state:
                done.due += self._due(tag, now)
        done.unlabelled += [key for key, row in self._labels.rows.items() if row is None]
        done.labels += [row for row in self._labels.rows.values() if row]
        prefixes = {prefix_of(key) for key, *_ in done.subjects}
        done.prefixes += [PrefixRow(prefix, 0, None) for prefix in sorted(prefixes)]
        grow(self._rows, self._start, self._hashes, done)
        return done

    def _due(self, tag: str, now: Standing) -> list[DueRow]:
        """The row that says when to look at a subject that has changed."""
        was = decoded(now.kind, now.row.state) if now.row else None
        row = due_row(tag, now.subject, was, self._past.subject, self._identity.origin)
        return [row] if row else []

    def _statement(self, each: Prepared, past: Past) -> Run:
        made = each.statement
        known = self._known(made)
        if known is not None:
            return known
        n = self._start + len(self._hashes)
        keys = keys_of(past, made, n)
        if tuple(key.id for key in keys) != each.verified:
            each.envelope.check_signatures(keys)
        try:
            return self._record(each, past, n)
        except (RuleError, HeadMovedError) as error:
            self.refused.append((made.id, error))
            raise

    def _known(self, made: Statement) -> Run | None:
        """The run of a statement that was recorded before.

        Raises:
            RuleError, HeadMovedError: it was refused before.
        """
        if made.id in self._runs:
            return self._runs[made.id]
        refusal = self._rows.refusal(bytes.fromhex(made.id)) if self._refusals else None
        if refusal is not None:
            message = f"refused on {times.spelt(refusal.at)}, and for ever: {refusal.message}"
            if refusal.code == HeadMovedError.code:
                raise HeadMovedError(message)
            raise RuleError(refusal.code, message)
        return None

    def _first_of(self, statement: str) -> int | None:
        """First index of a statement's run, stored or in this transaction."""
        run = self._runs.get(statement) or self._rows.statement(bytes.fromhex(statement))
        return run.first if run else None

    def _record(self, each: Prepared, past: Past, n: int) -> Run:
        """Admit one statement and write its records; raises, and nothing has changed."""
        made = each.statement
        self._check_seen(made)
        effects = admit(past, made, at=self._at, n=n)
        self._check_names(each)
        if isinstance(made.act, PrivacyErased):
            erasures.named(self._rows, made, made.act, n)  # or raise, before anything is changed
        entries: list[tuple[Entry, str]] = []
        after: dict[str, Standing] = {}
        for place in made.about:
            was, effect = past.standing(place.tag), effects[place.tag]
            seq, prev = (was.chain.count, was.chain.head) if was else (0, "")
            entry = Entry(
                self._at, self._chain, each.sha256.hex(), n + len(entries), prev, seq, place.tag
            )
            data = entry.encode()
            self._hashes.append(record_hash(data))
            self._chain = self._hashes[-1].hex()
            entries.append((entry, self._chain))
            self._changes.records.append((entry.n, data, self._envelope + 1))
            self._changes.links.append((link_key(self._hashes[-1]), entry.n))
            self._changes.places.append((bytes.fromhex(place.tag), seq, entry.n))
            changed = seq if effect.changed or not was else was.chain.changed
            after[place.tag] = Standing(
                KINDS.get(place.kind, place.kind),
                effect.subject,
                Chain(seq + 1, self._chain, changed),
                was.row if was else None,
            )
        past.record(made, entries, after)
        self._keep(each, n, after)
        self._runs[made.id] = Run(made.id, n, len(entries))
        return self._runs[made.id]

    def _keep(self, each: Prepared, n: int, after: dict[str, Standing]) -> None:
        """The rows of one admitted statement beside its records."""
        made, changes = each.statement, self._changes
        self._envelope += 1
        changes.envelopes.append((self._envelope, each.sha256, each.data))
        key = bytes.fromhex(made.id)
        changes.statements.append((key, n, len(made.about), self._envelope))
        texts = "\n".join(one.text for one in each.opened)
        changes.disclosures.append(DisclosureRow(self._envelope, each.sha256, scope(made), texts))
        if isinstance(made.act, PrivacyErased):
            changes.erasures += erasures.named(self._rows, made, made.act, n)
        if isinstance(made.act, CaseOpened) and each.case_key is not None:
            tag = bytes.fromhex(made.places(Kind.CASE)[0].tag)
            changes.case_keys.append((tag, each.case_key, reference(each.opened)))
        self._labels.take(made, each.opened, n, after)
        changes.hashed += last_hashed(made, n, after)

    def _check_seen(self, made: Statement) -> None:
        """What the signer saw of this ledger is the beginning of it. (SPEC §2)"""
        seen = made.seen.size, made.seen.root
        if seen in self._seen:
            return
        size, root = seen
        if size > self._start:
            raise RuleError("E_SEEN", f"the signer saw {size} records, here are {self._start}")
        row = self._rows.checkpoint(size)
        ours = row.root if row else self._tiles.root(size)
        if ours.hex() != root:
            raise RuleError(
                "E_SEEN",
                f"the signer saw another ledger of {size} records: root {root:.16}, "
                f"here {ours.hex():.16}",
            )
        self._seen.add(seen)

    def _check_names(self, each: Prepared) -> None:
        """What only the ledger can check: item tags, and that these are its log keys."""
        made, identity = each.statement, self._identity
        if isinstance(made.act, LedgerOpened):
            if (made.act.log_key, made.act.log_mldsa) != identity[1:]:
                raise MalformedError("ledger.opened names other log keys than this ledger's")
        elif isinstance(made.act, ItemRegistered):
            tag = bytes.fromhex(made.act.case)
            fresh = {case: (key, name) for case, key, name in self._changes.case_keys}
            found = fresh.get(tag) or self._rows.case_key(tag)
            if found is None:
                raise StorageError(f"the key of case {made.act.case:.12} is missing")
            check_item_tag(made, *found)
