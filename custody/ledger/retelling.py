"""The ledger retold from its signed bytes, in the order of its records.

What examining and rebuilding share: records, chains, tree, statements, rules and tallies are
computed anew, and whatever does not fit is a finding. Nothing derived is believed: what the
derived tables ought to hold falls out.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from hashlib import sha256

from custody.core import disclosure, record, statement, tree
from custody.core.disclosure import Disclosure
from custody.core.dsse import Envelope
from custody.core.errors import (
    CustodyError,
    MalformedError,
    RuleError,
    SignatureError,
    StorageError,
)
from custody.core.findings import Check, Finding, failed, undetermined
from custody.core.keys import PublicKey
from custody.core.reading import check_opened
from custody.core.record import Entry, Record, Tally, record_hash
from custody.core.rules import Effect, admit, keys_of, need_not_be_read
from custody.core.statement import Statement
from custody.core.subject_index import Part
from custody.core.world import Chain
from custody.ledger import erasures
from custody.ledger.counting import Counting
from custody.ledger.due import last_hashed
from custody.ledger.paging import Signed, parsed, runs
from custody.ledger.past import Past, Standing
from custody.ledger.projections import Labels
from custody.ledger.sequencer import KINDS
from custody.ledger.storage import ErasureRow, Leaf, Reading, StatementRow, Unread, link_key
from custody.ledger.tiles import Tiles
from custody_schemas.acts import PrivacyErased

Linked = list[tuple[Entry, str]]  # the entries of one run, with their hashes
# Is given a record, its envelope and the keys that had to sign; may raise SignatureError.
Verify = Callable[[int, Envelope, Sequence[PublicKey]], object]


class Retelling:
    """Everything as it is after the records told so far.

    past: the subjects. frontier: the tree. labels: what people call the subjects.
    places, links: rows of the entries told. hashed: by item, the last record at which its content
    was hashed. completed: (level, index, hash) of the complete
    subtrees of 256, 65,536 … records among them, for comparing tiles. statements: how many.
    erased: what the statements told say is erased.
    """

    def __init__(
        self,
        rows: Reading,
        origin: str,
        verify: Verify,
        past: Past,
        counting: Counting,
        frontier: tree.Frontier,
    ) -> None:
        """Begin after the records of `frontier`; chains stand as `past` and `counting` say."""
        self._rows, self.origin, self._verify, self._counting = rows, origin, verify, counting
        self.past, self.frontier = past, frontier
        self.labels = Labels(lambda _: (), self._first_of)
        self.places: list[tuple[bytes, int, int]] = []
        self.links: list[tuple[int, int]] = []
        self.hashed: dict[bytes, int | None] = {}
        self.completed: list[tuple[int, int, bytes]] = []
        self.statements = 0
        last = rows.record(frontier.size - 1) if frontier.size else None
        self._chain = record_hash(last).hex() if last else ""
        self._at = record.read(last).at if last else 0
        self._seen: set[statement.Seen] = set()
        self.seen: set[int] = set()  # sizes of checkpoints that signers had seen
        self._tiles = Tiles(rows)
        self.erased: dict[tuple[int, str], ErasureRow] = {}  # by envelope and field
        self._listed: dict[bytes, StatementRow] = {}

    def tell(self, leaves: Iterable[Leaf]) -> Iterator[Finding]:
        """Retell records in order; a finding for each thing that does not fit."""
        page = [(run, parsed(run[0].envelope)) for run in runs(leaves)]
        ids = [bytes.fromhex(each[1].id) for _, each in page if isinstance(each, tuple)]
        self._listed = self._rows.statements(ids)
        for run, signed in page:
            self.past.limit = first = self.frontier.size
            entries: Linked = []
            for leaf in run:
                made = yield from self._read(leaf)
                if isinstance(made, Tally):
                    yield from self._tally(made)
                self._append(leaf.record)
                if isinstance(made, Entry):
                    entries.append((made, self._chain))
            if run[0].envelope_id is not None:
                yield from self._statement(run[0], signed, first, entries)
            elif entries:
                yield failed(Check.STATEMENT, f"record {first}", "its envelope is missing")

    @property
    def counted(self) -> Part:
        """The subject index over all chains as they are now."""
        return self._counting.whole()

    def _read(self, leaf: Leaf) -> Generator[Finding, None, Record | None]:
        """The record, if it is one that follows the one before it."""
        name, size = f"record {leaf.n}", self.frontier.size
        try:
            made = record.read(leaf.record)
        except MalformedError as error:
            yield failed(Check.CHAIN, name, str(error))
            return None
        if leaf.n != size:
            yield failed(Check.CHAIN, name, f"stands where number {size} follows")
        elif made.n != size:
            yield failed(Check.CHAIN, name, f"says it is number {made.n} where {size} follows")
        if made.chain != self._chain:
            yield failed(Check.CHAIN, name, "does not name the record before it")
        if made.at < self._at:
            yield failed(Check.CHAIN, name, "is of an earlier time than the record before it")
        self._at = made.at
        if isinstance(made, Entry):
            chain = self.past.chain(made.tag)
            if (made.seq, made.prev) != ((chain.count, chain.head) if chain else (0, "")):
                yield failed(Check.CHAIN, name, "does not follow on its subject's chain")
        return made

    def _append(self, data: bytes) -> None:
        size, leaf = self.frontier.size, record_hash(data)
        done = self.frontier.append(leaf)
        for level in range(8, len(done), 8):
            self.completed.append((level, size >> level, done[level]))
        self._chain = leaf.hex()

    def _tally(self, made: Tally) -> Iterator[Finding]:
        whole = self._counting.whole()
        if (made.index, made.subjects) != (whole.root.hex(), whole.entries):
            detail = (
                f"the tally of {made.subjects} subjects is not that of the {whole.entries} here"
            )
            yield failed(Check.COMPLETENESS, f"record {made.n}", detail)

    def _statement(
        self, leaf: Leaf, signed: Signed | MalformedError, first: int, entries: Linked
    ) -> Iterator[Finding]:
        """One statement: its bytes, its run, its signatures, its rules; then its effects."""
        name = f"record {first}"
        self.statements += 1
        if leaf.envelope is None and erasures.passed_over(self._rows, leaf, entries):
            self._pass_over(entries)
            return
        try:
            envelope, made = self._signed(leaf, signed, entries)
            self._check_row(made, leaf, first)
        except MalformedError as error:
            yield failed(Check.STATEMENT, name, str(error))
            return
        if leaf.filed != bytes.fromhex(entries[0][0].env):
            yield failed(Check.STRUCTURE, name, "its envelope is filed under another digest")
        yield from self._check_keys(envelope, made, first)
        yield from self._check_seen(made, name)
        effects = yield from self._effects(made, entries[0][0].at, first)
        after = self._after(made, entries, effects)
        self.past.record(made, entries, after)
        opened = yield from self._opened(made, leaf)
        self.labels.take(made, opened, first, after)
        self.hashed.update((tag, n) for n, tag in last_hashed(made, first, after))

    def _effects(
        self, made: Statement, at: int, n: int
    ) -> Generator[Finding, None, dict[str, Effect]]:
        """What the rules make of the subjects; a finding where they refuse, or cannot say it."""
        self.past.doubts.clear()
        effects: dict[str, Effect] = {}
        refused: CustodyError | None = None
        try:
            effects = admit(self.past, made, at=at, n=n)
        except CustodyError as error:
            refused = error
        if isinstance(made.act, PrivacyErased):
            for row in () if refused else erasures.told(self._rows, made.act, n):
                self.erased.setdefault((row.envelope, row.field), row)
        self.past.doubts -= need_not_be_read(made)
        if self.past.doubts:
            detail = f"{made.name}: an entry that it is about was erased whole"
            code = refused.code if refused else ""
            yield undetermined(Check.RULES, f"record {n}", detail, code)
        elif refused:
            detail = f"{made.name}: {refused}"
            yield failed(Check.RULES, f"record {n}", detail, rule=refused.code)
        return effects

    def _pass_over(self, entries: Linked) -> None:
        """The records of an entry that was erased extend their chains, and change nothing."""
        for entry, head in entries:
            self._link(entry, head)
            was = self.past.standing(entry.tag)
            if was is not None:
                chain = Chain(entry.seq + 1, head, was.chain.changed)
                self.past.changed[entry.tag] = was._replace(chain=chain)

    def _link(self, entry: Entry, head: str) -> None:
        tag = bytes.fromhex(entry.tag)
        self.places.append((tag, entry.seq, entry.n))
        self.links.append((link_key(bytes.fromhex(head)), entry.n))
        self._counting.put(tag, entry.seq + 1, bytes.fromhex(head))

    def _signed(self, leaf: Leaf, signed: Signed | MalformedError, entries: Linked) -> Signed:
        """Envelope and statement of a run, if they are what its records name.

        Raises:
            MalformedError: something in them, or between them and the records, does not fit.
        """
        if leaf.envelope is None:
            raise MalformedError("its envelope is missing")
        digest = sha256(leaf.envelope).hexdigest()
        if any(entry.env != digest for entry, _ in entries):
            raise MalformedError("the envelope is not the one that the record names")
        if isinstance(signed, MalformedError):
            raise signed
        _, made = signed
        if made.ledger != self.origin:
            raise MalformedError(f"it was signed for the ledger {made.ledger}")
        if [place.tag for place in made.about] != [entry.tag for entry, _ in entries]:
            raise MalformedError("the records of the run are not those that it concerns, in order")
        if len({entry.at for entry, _ in entries}) > 1:
            raise MalformedError("the records of the run are not of one time")
        return signed

    def _check_row(self, made: Statement, leaf: Leaf, first: int) -> None:
        expected = StatementRow(first, len(made.about), leaf.envelope_id or 0)
        if self._listed.get(bytes.fromhex(made.id)) != expected:
            raise MalformedError("it was recorded before, or is not listed among the entries")

    def _check_keys(self, envelope: Envelope, made: Statement, n: int) -> Iterator[Finding]:
        name = f"record {n}"
        try:
            keys = keys_of(self.past, made, n)
        except (RuleError, MalformedError) as error:
            yield failed(Check.KEY, name, str(error), rule="E_KEY")
            return
        try:
            self._verify(n, envelope, keys)
        except SignatureError as error:
            yield failed(Check.SIGNATURE, name, str(error))

    def _check_seen(self, made: Statement, name: str) -> Iterator[Finding]:
        size, root = made.seen
        if made.seen in self._seen:
            return
        self._seen.add(made.seen)
        self.seen.add(size)
        try:
            same = size <= self.past.limit and self._tiles.root(size).hex() == root
        except StorageError as error:
            yield failed(Check.FRESHNESS, name, f"what the signer saw cannot be compared: {error}")
            return
        if not same:
            detail = f"the signer saw a ledger of {size} records that is not this one"
            yield failed(Check.FRESHNESS, name, detail)

    def _after(
        self, made: Statement, entries: Linked, effects: dict[str, Effect]
    ) -> dict[str, Standing]:
        """The subjects after a statement; where a rule refused it, chains grow all the same."""
        after: dict[str, Standing] = {}
        for place, (entry, head) in zip(made.about, entries, strict=True):
            was, effect = self.past.standing(place.tag), effects.get(place.tag)
            self._link(entry, head)
            subject = effect.subject if effect else was.subject if was else None
            if subject is None:
                continue
            changed = entry.seq if was is None or (effect and effect.changed) else was.chain.changed
            chain = Chain(entry.seq + 1, head, changed)
            kind = KINDS.get(place.kind, place.kind)
            after[place.tag] = Standing(kind, subject, chain, was.row if was else None)
        return after

    def _opened(
        self, made: Statement, leaf: Leaf
    ) -> Generator[Finding, None, Sequence[Disclosure]]:
        """Its disclosures, as far as they are kept and are what was signed."""
        opened: list[Disclosure] = []
        if isinstance(leaf.texts, Unread):
            unread = undetermined if leaf.texts.destroyed else failed
            yield unread(Check.REDACTIONS, f"record {leaf.n}", f"cannot be read: {leaf.texts.why}")
            return opened
        for text in leaf.disclosures:
            try:
                each = disclosure.read(text)
                if made.sd.get(each.field) != each.digest:
                    raise MalformedError(f"the disclosure of {each.field} is not what was signed")
                opened.append(each)
                check_opened(made.name, each.field, each.value)
            except MalformedError as error:
                yield failed(Check.REDACTIONS, f"record {leaf.n}", str(error))
        missing = made.sd.keys() - {each.field for each in opened}
        for name in missing - erasures.fields(self._rows, leaf.envelope_id or 0) if missing else ():
            detail = f"the disclosure of {name} is missing, and no entry says that it was erased"
            yield failed(Check.REDACTIONS, f"record {leaf.n}", detail)
        return opened

    def _first_of(self, key: str) -> int | None:
        row = self._rows.statement(bytes.fromhex(key))
        return row.first if row else None
