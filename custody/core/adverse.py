"""Adverse facts: what the record itself says against the record-keeping (R68, R85). Never filtered.

Read off the acts, and off the states that replaying them gave; a fact names its record, so that
everybody can look it up. What the rules refuse is not here: that is a failed check.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from custody.core import times
from custody.core.against import KINDS, MISREAD, NOT_STATED, REASONS, of_act, spaced
from custody.core.checks.labels import Labels
from custody.core.checks.merged import Told
from custody.core.chronology import Chronology
from custody.core.circumstances import Setting, of_setting, whom
from custody.core.findings import Fact
from custody.core.hindsight import Hindsight
from custody.core.keeping import Keeping, unreviewed
from custody.core.others import of_others, unanswered
from custody.core.state import Actor, Case, Item, Subject
from custody.core.statement import Place
from custody_schemas import acts, terms
from custody_schemas.declare import Capacity, Kind

NOWHERE = (None, terms.LocationKind.NOT_STATED)


class Adverse:
    """Collects the facts while the acts are replayed."""

    def __init__(self, labels: Labels) -> None:
        self._labels = labels
        self._gaps: dict[str, tuple[str, int]] = {}  # by item: why, and since when
        # By key: record, when it was signed by its own word, when it was recorded.
        self._signed: dict[str, list[tuple[int, int, int]]] = {}
        self._seals: dict[str, str] = {}  # by item: number on file, where it is opened
        self._silent: dict[str, dict[str, list[int]]] = {}  # by subject: member, records
        self._records: dict[str, int] = {}  # of the entries shown, by id
        self._had: dict[str, set[str]] = {}  # by item: everybody who had it in hand so far
        self._later = Hindsight()
        self._keeping = Keeping()
        self._times = Chronology()
        self.facts: list[Fact] = []

    def take(
        self, told: Told, before: Mapping[str, Subject | None], after: Mapping[str, Subject]
    ) -> None:
        """One entry: its subjects before it, and all shown subjects after it."""
        made = told.statement
        self._records[made.id] = told.start
        for signer in made.signers:
            self._signed.setdefault(signer.key, []).append((told.start, made.time, told.at))
        self._number(told, after)
        setting = Setting(told, before, after, self._labels.of, self._record)
        for kind, what in dict.fromkeys(
            (
                *of_act(told),
                *of_setting(setting),
                *self._keeping.take(setting),
                *of_others(setting),
            )
        ):
            if kind == NOT_STATED:
                for place in _about(told, kind):
                    silent = self._silent.setdefault(self._labels.of(place.tag), {})
                    silent.setdefault(what, []).append(told.start)
                continue
            reason = told.text(*REASONS.get(kind, ()))
            self._add(
                told, kind, what + self._numbers(told, what) + (f" ({reason})" if reason else "")
            )
        self._later.take(setting, _where(told))
        for words in self._times.take(told, self._record):
            self._add(told, "late", words)
        if words := self._held_once(told):
            self._add(told, "discrepancy", words)
        for place in made.places(Kind.ITEM):
            item = after.get(place.tag)
            if isinstance(item, Item):
                self._had.setdefault(place.tag, set()).update(item.hands)
                self._gap(place.tag, _unplaced(item), told.at)

    def found(self, facts: Iterable[Fact]) -> None:
        """What speaks against the record beside its acts, as manifests of folders do."""
        self.facts += [fact for fact in facts if fact not in self.facts]

    def finish(self, states: Mapping[str, Subject], now: int) -> None:
        """What stands open when the record ends, at the tally's time."""
        for tag, state in states.items():
            name = self._labels.of(tag)
            if isinstance(state, Item):
                self._gap(tag, "", now)
                self.facts += (Fact(kind, name, what) for kind, what in self._open(state, now))
                self.facts += (Fact(kind, name, what) for kind, what in unreviewed(state, now))
                self.facts += (Fact(kind, name, what) for kind, what in unanswered(state, now))
                self.facts += (
                    Fact("use limit", name, what) for what in self._later.overdue(tag, now)
                )
            elif isinstance(state, Case):
                self.facts += (Fact("authority", name, what) for what in _unratified(state, now))
                self.facts += (Fact(kind, name, what) for kind, what in unreviewed(state, now))
                self.facts += (Fact(kind, name, what) for kind, what in unanswered(state, now))
                self.facts += self._later.unfounded(state)
            elif isinstance(state, Actor):
                self.facts += (Fact("key", name, what) for what in self._contested(state))
        self.facts += self._later.narrow()
        self.facts += self._shared(states)
        for name, silent in self._silent.items():
            members = (f"{member} ({_records(at)})" for member, at in silent.items())
            self.facts.append(Fact(NOT_STATED, name, f"not stated: {', '.join(members)}"))
        self.facts.sort(key=lambda fact: KINDS.index(fact.kind))

    def _add(self, told: Told, kind: str, what: str) -> None:
        names = [self._labels.of(place.tag) for place in _about(told, kind)]
        subject = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if names[3:] else "")
        self.facts.append(Fact(kind, subject, f"{what}; {_where(told)}"))

    def _held_once(self, told: Told) -> str:
        """R36: a discrepancy was ended only by people who had the item in hand at some time."""
        made = told.statement
        if not isinstance(made.act, acts.DiscrepancyResolved):
            return ""
        answering = {made.by, *made.signing(Capacity.APPROVER)}
        had = [self._had.get(place.tag, set()) for place in made.places(Kind.ITEM)]
        if not any(answering <= people for people in had):
            return ""
        names = " and ".join(map(self._labels.of, sorted(answering)))
        return f"ended by {names} alone, who had the item in hand before"

    def _record(self, entry: str) -> str:
        """Words for the record of an entry, by its id."""
        n = self._records.get(entry)
        return f"the entry {entry:.12}, which is not shown" if n is None else f"record {n}"

    def _number(self, told: Told, after: Mapping[str, Subject]) -> None:
        """Keep the number of the seal on file, as its entry or a correction of that opens it."""
        act = told.statement.act
        for place in told.statement.places(Kind.ITEM):
            item = after.get(place.tag)
            if isinstance(act, acts.SealApplied):
                self._seals[place.tag] = told.text("seal_number")
            elif (
                isinstance(act, acts.CorrectionRecorded)
                and (isinstance(item, Item) and item.seal and item.seal.id == act.corrects)
                and act.field == "seal_number"
            ):
                self._seals[place.tag] = told.text("value")

    def _numbers(self, told: Told, what: str) -> str:
        """The two numbers that differ, where both are opened."""
        items, read = told.statement.places(Kind.ITEM), told.text("seal_read")
        if what != MISREAD or len(items) != 1 or not read:
            return ""
        on_file = self._seals.get(items[0].tag)
        return f": read {read}, on file {on_file}" if on_file else ""

    def _gap(self, tag: str, why: str, at: int) -> None:
        was, since = self._gaps.pop(tag, ("", at))
        if why:
            self._gaps[tag] = (why, since if why == was else at)
        if was and was != why and at > since:
            span = f"from {times.spelt(since)} to {times.spelt(at)} by the ledger's time"
            self.facts.append(Fact("gap", self._labels.of(tag), f"{was} {span}"))

    def _open(self, item: Item, now: int) -> Iterator[tuple[str, str]]:
        """What stands open with an item at the end."""
        for each in item.discrepancies:
            where = self._record(each.id)
            yield "discrepancy", f"an open discrepancy: {spaced(each.kind)} ({where})"
        if item.disputed:
            yield "digest", "its integrity is disputed"
        if item.transfer is not None:
            since = times.spelt(item.transfer.since)
            yield "transfer", f"released on {since} and accepted by nobody yet"
        if item.out is not None and item.out.due is not None and item.out.due < now:
            yield "transfer", f"checked out, and due back since {times.spelt(item.out.due)}"
        for copy in item.copies:
            since, to = times.spelt(copy.since), whom(copy, self._labels.of)
            words = f"copy {copy.number} is still out, with {to} since {since}"
            if copy.due is not None and copy.due < now:
                words += f", and due back since {times.spelt(copy.due)}"
            yield "copy", f"{words} ({self._record(copy.id)})"

    def _shared(self, states: Mapping[str, Subject]) -> Iterator[Fact]:
        """R46: keys that were enrolled for more than one person."""
        owners: dict[str, list[str]] = {}
        for tag, state in states.items():
            keys = state.keys if isinstance(state, Actor) else ()
            for shared in dict.fromkeys(each for key in keys for each in key.ids):
                owners.setdefault(shared, []).append(self._labels.of(tag))
        for shared, names in owners.items():
            if len(names) > 1:
                words = f"these people have a key in common, {shared:.12}: they may be one person"
                yield Fact("key", ", ".join(sorted(names)), words)

    @property
    def unreviewed(self) -> list[tuple[str, str]]:
        """Analyses that nobody else went over: the record, and the items."""
        return self._later.unreviewed

    def _contested(self, actor: Actor) -> Iterator[str]:
        """R61: signed while, as was said later, the key was in other hands.

        When it was signed is the word of whoever had the key; when it was recorded is not.
        """
        for key in actor.keys:
            if key.compromised_from is None:
                continue
            for n, signed, at in self._signed.get(key.id, ()):
                if signed >= key.compromised_from:
                    yield f"record {n} was signed with a key that others may have had by then"
                elif at >= key.compromised_from:
                    words = f"record {n} was recorded when others may have had its key"
                    yield f"{words}; that it was signed before, at {times.spelt(signed)}, it says"


def _about(told: Told, kind: str) -> Sequence[Place]:
    """Whom a fact is told of: the items, else people and cases, else whatever is there."""
    about, kinds = told.statement.about, {Kind.ITEM}
    if kind == "override":
        kinds = {Kind.ITEM, Kind.SOURCE}
    elif kind == "digest" and isinstance(told.statement.act, acts.ItemDerived):
        kinds = {Kind.SOURCE}  # it is the parents that were compared
    places = [p for p in about if p.kind in kinds]
    return places or [p for p in about if p.kind not in (Kind.REGISTER, Kind.LEDGER)] or about


def _where(told: Told) -> str:
    return f"record {told.start}, {times.spelt(told.at)}, {told.statement.name}"


def _records(numbers: Sequence[int]) -> str:
    many = "s" if len(numbers) > 1 else ""
    return f"record{many} {', '.join(map(str, numbers))}"


def _unplaced(item: Item) -> str:
    """Why nobody can say from the record who holds the item, and where; empty if somebody can."""
    if item.terminal:
        return ""
    missing = any(each.kind is terms.DiscrepancyKind.MISSING_ITEM for each in item.discrepancies)
    if missing and item.location in NOWHERE:
        return "missing"
    if item.holder is None and item.outside is None:
        return "nobody is on file as holding it"
    if item.outside is not None:
        return f"with somebody without an account ({item.outside})"
    if item.content is None and item.location in NOWHERE:
        return "held, with no place on file"
    return ""


def _unratified(case: Case, now: int) -> Iterator[str]:
    followed = {authority.follows for authority in case.authorities}
    for authority in case.authorities:
        by = authority.ratify_by
        if by is not None and by < now and authority.id not in followed:
            kind = spaced(authority.kind)
            yield f"the {kind} was to be ratified by {times.spelt(by)}; no entry says so"
