"""Adverse facts: what the record itself says against the record-keeping (R68, R85). Never filtered.

Read off the acts, and off the states that replaying them gave; a fact names its record, so that
everybody can look it up. What the rules refuse is not here: that is a failed check.
"""

from collections.abc import Iterator, Mapping, Sequence

from custody.core import times
from custody.core.checks.labels import Labels
from custody.core.checks.merged import Told
from custody.core.findings import Fact
from custody.core.rules.cases import in_force
from custody.core.state import Actor, Case, Item, Subject
from custody.core.statement import Statement
from custody_schemas import acts, terms
from custody_schemas.declare import Act, Kind, Record, Sealed
from custody_schemas.fields import Content, Occurred
from custody_schemas.terms import Answer, Condition, IntegrityVerdict, SealState, StoredHash

NOT_STATED = "not_stated"
# Which words of the entry explain a fact of that kind.
REASONS: Mapping[str, tuple[str, ...]] = {
    "override": ("override_reason",),
    "late": ("late_reason",),
    "seal": ("reason", "remarks"),
    "digest": ("override_reason", "variance", "remarks"),
    "discrepancy": ("details",),
    "correction": ("details",),
    "transfer": ("details", "remarks"),
    "source": ("changes", "loss"),
}
# The order in which facts are told: what weighs most comes first.
KINDS = (
    *("seal", "digest", "discrepancy", "override", "gap", "key", "authority", "transfer"),
    *("source", "same enroller", "correction", "late", "place", "condition", "not stated"),
)


def _spaced(value: str) -> str:
    return value.replace("_", " ")


# Members whose value speaks against the record, whatever act they stand in.
VALUES: Mapping[tuple[str, str], tuple[str, str]] = {
    **{
        (member, state): ("seal", f"the seal was found {_spaced(state)}")
        for member in ("verdict", "seal")
        for state in SealState
        if state not in (SealState.INTACT, SealState.RESEALED, SealState.NOT_STATED)
    },
    **{
        (member, verdict): ("digest", f"comparison with the digests on file: {_spaced(verdict)}")
        for member in ("verdict", "hash", "parents_verified")
        for verdict in IntegrityVerdict
        if verdict not in (IntegrityVerdict.MATCH, IntegrityVerdict.NOT_STATED)
    },
    **{
        ("condition", each): ("condition", f"condition: {_spaced(each)}")
        for each in Condition
        if each in (Condition.DAMAGED, Condition.WET, Condition.TAMPER_SUSPECTED)
        or each is Condition.CONTENTS_NOT_INVENTORIED
    },
    ("stored_hash", StoredHash.ABSENT): ("digest", "the image holds no hash of its media"),
    ("stored_hash", StoredHash.MISMATCH): ("digest", "the media does not match its stored hash"),
    ("destructive", Answer.YES): ("source", "acquiring it destroyed something"),
    ("source_changed", Answer.YES): ("source", "the source was changed"),
    ("verified", Answer.NO): ("digest", "the copy was not compared with its source"),
    ("reproducible", Answer.NO): ("source", "the same steps do not give the same bytes"),
    ("contents_inventoried", Answer.NO): ("condition", "the contents were not looked through"),
    ("where", terms.ContentPlace.IN_PLACE): ("place", "the content is not in the vault"),
}
# Members that are there only where something was out of order.
PRESENT = {
    "override": ("override", "a contradiction was overridden"),
    "variance": ("override", "a parent that does not match was used"),
    "disputed": ("override", "recorded in spite of a mismatch"),
    "late": ("late", "a late entry"),
    "compromised_from": ("key", "a key was in other hands"),
}
SPOKEN_FOR = {
    acts.CorrectionRecorded: ("correction", "a field of an earlier entry was corrected"),
    acts.DiscrepancyOpened: ("discrepancy", "a discrepancy was opened"),
    acts.TransferRefused: ("transfer", "a receiver refused the item"),
    acts.TransferAcknowledged: ("transfer", "received by one without an account, as stated"),
}


class Adverse:
    """Collects the facts while the acts are replayed."""

    def __init__(self, labels: Labels) -> None:
        self._labels = labels
        self._gaps: dict[str, tuple[str, int]] = {}  # by item: why, and since when
        self._signed: dict[str, list[tuple[int, int]]] = {}  # by key: (record, signing time)
        self.facts: list[Fact] = []

    def take(
        self, told: Told, before: Mapping[str, Subject | None], after: Mapping[str, Subject]
    ) -> None:
        """One statement: its subjects before it, and all shown subjects after it."""
        made, act = told.statement, told.statement.act
        for signer in made.signers:
            self._signed.setdefault(signer.key, []).append((told.start, made.time))
        found = list(_of_act(act))
        if isinstance(act, acts.ItemAcquired):
            found += _of_acquisition(act, after, made.places(Kind.ITEM)[0].tag)
        if isinstance(act, acts.TransferAccepted):
            found += [("same enroller", why) for why in _one_enroller(made.by, before, after)]
        if isinstance(act, acts.KeyRegistered) and _unasked(made):
            found.append(("key", "a key was registered for this person without her own signature"))
        for kind, what in _joined(found):
            reason = told.text(*REASONS.get(kind, ()))
            self._add(told, kind, what + (f" ({reason})" if reason else ""))
        for place in made.places(Kind.ITEM):
            item = after.get(place.tag)
            if isinstance(item, Item):
                self._gap(place.tag, _unplaced(item), told.at)

    def finish(self, states: Mapping[str, Subject], now: int) -> None:
        """What stands open when the record ends, at the tally's time."""
        for tag, state in states.items():
            name = self._labels.of(tag)
            if isinstance(state, Item):
                self._gap(tag, "", now)
                self.facts += (Fact(kind, name, what) for kind, what in _open(state, now))
            elif isinstance(state, Case):
                self.facts += (Fact("authority", name, what) for what in _unratified(state, now))
            elif isinstance(state, Actor):
                self.facts += (Fact("key", name, what) for what in self._contested(state))
        self.facts.sort(key=lambda fact: KINDS.index(fact.kind))

    def _add(self, told: Told, kind: str, what: str) -> None:
        about = told.statement.about
        kinds = (Kind.ITEM, Kind.SOURCE) if kind == "override" else (Kind.ITEM,)
        places = [p for p in about if p.kind in kinds]
        places = places or [p for p in about if p.kind not in (Kind.REGISTER, Kind.LEDGER)]
        names = [self._labels.of(place.tag) for place in places or about]
        subject = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if names[3:] else "")
        where = f"record {told.start}, {times.spelt(told.at)}, {told.statement.name}"
        self.facts.append(Fact(kind, subject, f"{what}; {where}"))

    def _gap(self, tag: str, why: str, at: int) -> None:
        was, since = self._gaps.pop(tag, ("", at))
        if why:
            self._gaps[tag] = (why, since if why == was else at)
        if was and was != why and at > since:
            span = f"from {times.spelt(since)} to {times.spelt(at)} by the ledger's time"
            self.facts.append(Fact("gap", self._labels.of(tag), f"{was} {span}"))

    def _contested(self, actor: Actor) -> Iterator[str]:
        """R61: signed while, as was said later, the key was in other hands."""
        for key in actor.keys:
            for n, signed in self._signed.get(key.id, ()):
                if key.compromised_from is not None and signed >= key.compromised_from:
                    yield f"record {n} was signed with a key that others may have had by then"


def _joined(found: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Each fact once; all that an entry does not state, in one."""
    silent = [what for kind, what in dict.fromkeys(found) if kind == "not stated"]
    yield from (each for each in dict.fromkeys(found) if each[0] != "not stated")
    if silent:
        yield "not stated", f"not stated: {', '.join(silent)}"


def _of_act(act: Act) -> Iterator[tuple[str, str]]:
    if type(act) in SPOKEN_FOR:
        yield SPOKEN_FOR[type(act)]
    if isinstance(act, acts.TransferAccepted) and act.transfer is None:
        yield "transfer", "taken back from one without an account, on the receiver's word alone"
    yield from _of_members(act)


def _of_members(value: Record) -> Iterator[tuple[str, str]]:
    for name, member in vars(value).items():
        if member is None or isinstance(member, Sealed):
            continue
        if name in PRESENT:
            yield PRESENT[name]
        for each in member if isinstance(member, tuple) else (member,):
            if isinstance(each, Content | Occurred):
                yield from _of_members(each)
            elif each == NOT_STATED:
                yield "not stated", name.replace("_", " ")
            elif isinstance(each, str) and (name, each) in VALUES:
                yield VALUES[name, each]


def _of_acquisition(
    act: acts.ItemAcquired, states: Mapping[str, Subject], tag: str
) -> Iterator[tuple[str, str]]:
    if act.read_errors is None:
        yield "not stated", "read errors"
    elif act.read_errors:
        yield "source", f"{act.read_errors} read errors"
    if act.authority is None:
        yield "authority", "acquired without a legal basis on file"
        return
    item = states.get(tag)
    case = states.get(item.case) if isinstance(item, Item) else None
    moment = times.seconds(act.occurred.at)
    for authority in case.authorities if isinstance(case, Case) else ():
        if authority.id == act.authority and not in_force(authority, moment):
            yield "authority", f"the {authority.kind} was not in force at {act.occurred.at}"


def _one_enroller(
    taker: str, before: Mapping[str, Subject | None], after: Mapping[str, Subject]
) -> Iterator[str]:
    for item in before.values():
        if not isinstance(item, Item) or item.transfer is None:
            continue
        one, other = after.get(item.transfer.by), after.get(taker)
        if isinstance(one, Actor) and isinstance(other, Actor):
            both = {one.enrolled_by or item.transfer.by, other.enrolled_by or taker}
            if len(both) == 1:
                yield "one person enrolled the giver and the receiver, or is one of them"
                return


def _unasked(made: Statement) -> bool:
    """The person whom the entry is about did not sign it herself."""
    return {place.tag for place in made.about}.isdisjoint(s.actor for s in made.signers)


def _unplaced(item: Item) -> str:
    """Why nobody can say from the record who holds the item, and where; empty if somebody can."""
    if item.terminal:
        return ""
    if item.holder is None and item.outside is None:
        return "nobody is on file as holding it"
    if item.outside is not None:
        return f"with somebody without an account ({item.outside})"
    if item.content is None and item.location in (None, terms.LocationKind.NOT_STATED):
        return "held, with no place on file"
    return ""


def _open(item: Item, now: int) -> Iterator[tuple[str, str]]:
    for each in item.discrepancies:
        yield "discrepancy", f"an open discrepancy: {each.kind} (entry {each.id:.12})"
    if item.disputed:
        yield "digest", "its integrity is disputed"
    if item.transfer is not None:
        since = times.spelt(item.transfer.since)
        yield "transfer", f"released on {since} and accepted by nobody yet"
    if item.out is not None and item.out.due is not None and item.out.due < now:
        yield "transfer", f"checked out, and due back since {times.spelt(item.out.due)}"


def _unratified(case: Case, now: int) -> Iterator[str]:
    followed = {authority.follows for authority in case.authorities}
    for authority in case.authorities:
        by = authority.ratify_by
        if by is not None and by < now and authority.id not in followed:
            yield f"the {authority.kind} was to be ratified by {times.spelt(by)}; no entry says so"
