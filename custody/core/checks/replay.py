"""SIGNATURE, KEY and RULES: every act replayed in the order of the log, from record 0 on."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence

from custody.core.bundle.contents import Leaf
from custody.core.checks.erased import Gone
from custody.core.checks.joined import Reach
from custody.core.checks.merged import Merged, Told
from custody.core.checks.statements import Trouble
from custody.core.errors import CustodyError, HeadMovedError, RuleError, SignatureError
from custody.core.findings import Check, failed, undetermined
from custody.core.record import Entry
from custody.core.rules import Effect, admit, keys_of, need_not_be_read, seq_of_prev
from custody.core.state import Actor, Case, Item, LedgerFacts, Register, Subject
from custody.core.statement import Place
from custody.core.world import Chain, Cited
from custody_schemas.declare import Kind

STANDS: Mapping[Kind, type[Subject]] = {
    Kind.ITEM: Item,
    Kind.SOURCE: Item,
    Kind.CASE: Case,
    Kind.REGISTER: Register,
    Kind.ACTOR: Actor,
    Kind.LEDGER: LedgerFacts,
}


class Past:
    """The world of the rules, made of the subjects that are shown, as of record `n`.

    A subject that is not shown, or not up to `n`, has no state here, and the state of one with an
    act that could not be replayed is not to be relied on: `doubts` remembers that a rule asked for
    one of these. Then neither its refusal nor its passing counts. The same holds of what is shown,
    but not within the reach of each bundle that the entry stands in (`within`).
    """

    def __init__(self, reach: Mapping[str, int]) -> None:
        self._reach = reach
        self.n = 0
        self.within: Sequence[Reach] = ()
        self.lost: dict[str, str] = {}  # subjects whose state cannot be relied on, and why
        self.doubts: dict[str, str] = {}
        self.states: dict[str, Subject] = {}
        self._gone: dict[str, int] = {}  # erased statements, and their records
        self._chains: dict[str, Chain] = {}
        self._places: dict[tuple[str, str], int] = {}
        self._cited: dict[tuple[str, str], Cited] = {}

    def shows(self, tag: str) -> bool:
        """Whether all records of the subject up to now are shown."""
        return self.n <= self._reach.get(tag, -1)

    def subject(self, tag: str) -> Subject | None:
        """Its state, as the acts so far made it."""
        if not self.shows(tag):
            self.doubts[tag] = f"{tag:.12} is not shown"
            return None
        if tag in self.lost:
            self.doubts[tag] = self.lost[tag]
        elif any(reach.get(tag, -1) < self.n for reach in self.within):
            self.doubts[tag] = f"{tag:.12} is shown in a bundle only that may be of another log"
        return self.states.get(tag)

    def chain(self, tag: str) -> Chain | None:
        """Its chain so far."""
        return self._chains.get(tag) if self.shows(tag) else None

    def lose(self, tag: str, why: str) -> None:
        """From here on nothing can be said of what the rules make of this subject."""
        self.lost.setdefault(tag, why)

    def seq_of(self, tag: str, record_hash: str) -> int | None:
        """Place of a record in that subject's chain."""
        return self._places.get((tag, record_hash))

    def cited(self, tag: str, statement: str) -> Cited | None:
        """A statement recorded on that subject's chain; of an erased one only the act is known."""
        if statement in self._gone:
            self.doubts[statement] = f"the entry of record {self._gone[statement]} was erased"
        return self._cited.get((tag, statement))

    def extend(self, tag: str, record_hash: str, changed: bool) -> int:
        """One more record on a chain; its place there."""
        before = self._chains.get(tag)
        count = before.count if before else 0
        last_change = count if changed or before is None else before.changed
        self._chains[tag] = Chain(count + 1, record_hash, last_change)
        self._places[tag, record_hash] = count
        return count

    def append(self, leaf: Leaf, entry: Entry, told: Told, changed: bool) -> None:
        """The record of a statement that later ones may cite."""
        count = self.extend(entry.tag, leaf.hash, changed)
        made = told.statement
        keys = tuple(signer.key for signer in made.signers)
        cited = Cited(made.name, made.by, keys, entry.n, count, told.at)
        self._cited[entry.tag, made.id] = cited

    def pass_over(self, leaf: Leaf, gone: Gone) -> None:
        """The record of an erased entry: it changed nothing, as those say who erased it."""
        entry, act = gone.entry, gone.erasure.act
        count = self.extend(entry.tag, leaf.hash, changed=False)
        self._gone[act.entry] = entry.n
        self._cited[entry.tag, act.entry] = Cited(act.act, "", (), entry.n, count, entry.at)


class Replay:
    """Goes through the shown statements and keeps what they made of each subject."""

    def __init__(self, merged: Merged) -> None:
        self._merged, self._leaves = merged, merged.leaves
        self.past = Past(reach := merged.reach)
        entries = ((leaf, leaf.record) for _, leaf in sorted(self._leaves.items()))
        self._ahead = deque(
            (leaf, entry)
            for leaf, entry in entries
            if isinstance(entry, Entry) and leaf.n <= reach.get(entry.tag, -1)
        )

    def step(self, told: Told) -> Iterator[Trouble]:
        """Check one statement against the past, then add it to the past."""
        self.past.n = told.start
        places = {
            n: place
            for n, place in zip(told.run, told.statement.about, strict=True)
            if self.past.shows(place.tag)
        }
        tags = tuple(place.tag for place in places.values())
        self._catch_up(told.start)
        for leaf in map(self._leaves.get, told.run):
            if leaf and isinstance(leaf.record, Entry) and leaf.record.tag in tags:
                self._follow(leaf.record)
        self.past.within = self._merged.within(places)
        yield from self._signed(told, tags)
        effects: dict[str, Effect] = {}
        for n, place in places.items():
            self.past.within = self._merged.within((n,))
            yield from self._admitted(told, place, effects)
        self._append(told, effects)

    def pass_over(self, gone: Gone) -> None:
        """An entry that was erased whole."""
        self._catch_up(gone.entry.n)
        self._follow(gone.entry)
        self.past.pass_over(self._leaves[gone.entry.n], gone)

    def _catch_up(self, n: int) -> None:
        """Records before `n` that were passed over, because their statements cannot be read."""
        while self._ahead and self._ahead[0][0].n < n:
            leaf, entry = self._ahead.popleft()
            if self.past.seq_of(entry.tag, leaf.hash) is None:
                self.past.extend(entry.tag, leaf.hash, changed=True)
                self.past.lose(entry.tag, f"what record {leaf.n} did to it is not known")

    def _follow(self, entry: Entry) -> None:
        """Its place on the chain says whether a record before it is missing."""
        before = self.past.chain(entry.tag)
        if entry.seq > (before.count if before else 0):
            self.past.lose(entry.tag, f"a record before record {entry.n} is missing")

    def _signed(self, told: Told, tags: tuple[str, ...]) -> Iterator[Trouble]:
        name = f"record {told.start}"
        self.past.doubts.clear()
        try:
            keys = keys_of(self.past, told.statement, told.start)
        except (CustodyError, ValueError) as error:
            doubts = "; ".join(self.past.doubts.values())
            judge = undetermined if doubts else failed
            yield Trouble(judge(Check.KEY, name, doubts or str(error), _code(error)), tags)
            detail = "it is not known which keys had to sign"
            yield Trouble(undetermined(Check.SIGNATURE, name, detail), tags)
            return
        if doubts := "; ".join(self.past.doubts.values()):
            yield Trouble(undetermined(Check.KEY, name, doubts), tags)
        try:
            told.envelope.check_signatures(keys)
        except SignatureError as error:
            yield Trouble(failed(Check.SIGNATURE, name, str(error)), tags)

    def _admitted(self, told: Told, place: Place, effects: dict[str, Effect]) -> Iterator[Trouble]:
        """Take the effect on one place's subject into `effects`, or say why there is none."""
        made, tag, name = told.statement, place.tag, f"record {told.start}"
        self.past.doubts.clear()
        refused: CustodyError | None = None
        try:
            if self._replayable(told, place):
                effects |= admit(self.past, made, at=told.at, n=told.start, shown={tag})
            elif place.prev:
                seq_of_prev(self.past, place, made)
        except HeadMovedError as error:
            yield Trouble(failed(Check.STATEMENT, name, str(error), error.code), (tag,))
        except CustodyError as error:
            refused = error
        for each in need_not_be_read(made):
            self.past.doubts.pop(each, None)
        # That the other subjects of an act are not shown is as it should be; the ledger always is.
        others = {p.tag for p in made.about if p.kind is not Kind.LEDGER}
        others -= {s.actor for s in made.signers}
        doubts = [why for each, why in self.past.doubts.items() if each not in others]
        if tag in self.past.lost:
            doubts = [self.past.lost[tag]]
        if doubts:
            detail = f"{made.name}: {'; '.join(doubts)}"
            code = _code(refused) if refused else ""
            if tag not in effects:
                self.past.lose(tag, f"whether record {told.start} changed it is not known")
            yield Trouble(undetermined(Check.RULES, name, detail, code), (tag,))
        elif refused:
            detail = f"{made.name}: {refused}"
            yield Trouble(failed(Check.RULES, name, detail, refused.code), (tag,))

    def _replayable(self, told: Told, place: Place) -> bool:
        """Whether the rule has what it reads; a subject for which it has not is lost."""
        made, state = told.statement, self.past.states.get(place.tag)
        if not made.known:
            self.past.lose(place.tag, f"the act {made.name} of record {told.start} is not known")
        elif state is None and self.past.chain(place.tag):
            self.past.lose(place.tag, f"what came before record {told.start} could not be replayed")
        elif state is not None and not isinstance(state, STANDS[place.kind]):
            raise RuleError("E_UNKNOWN", f"{place.tag:.12} is not a {place.kind}")
        return place.tag not in self.past.lost

    def _append(self, told: Told, effects: Mapping[str, Effect]) -> None:
        made = told.statement
        for n, place in zip(told.run, made.about, strict=True):
            leaf = self._leaves.get(n)
            if not (leaf and isinstance(leaf.record, Entry) and self.past.shows(place.tag)):
                continue
            if leaf.record.env != told.env or leaf.record.tag != place.tag:
                continue
            changed = made.known and made.act.concern(place.kind).changes(made.act)
            self.past.append(leaf, leaf.record, told, changed)
            if place.tag in effects:
                self.past.states[place.tag] = effects[place.tag].subject


def _code(error: Exception) -> str:
    return error.code if isinstance(error, CustodyError) else ""
