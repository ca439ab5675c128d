"""An item's history as a court wants to read it: one line for each act, nothing left out.

The signed entries are retold, not judged: three times stand apart (happened, signed, recorded),
corrections stand beside what they correct, withheld fields are named, and gaps are computed from
the acts (R35, R58, R68, R85).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from custody.core import times
from custody.core.disclosure import Value
from custody.core.keys import fingerprint
from custody.core.record import Entry
from custody.core.statement import Statement
from custody_schemas.acts import (
    AuthorityRecorded,
    Common,
    CorrectionRecorded,
    TransferAccepted,
    TransferAcknowledged,
    TransferCancelled,
    TransferRefused,
    TransferReleased,
)
from custody_schemas.declare import Act, Kind, Record, Refers
from custody_schemas.fields import Content, Media, Occurred

TITLES = {
    "item.registered": "registered",
    "item.seized": "seized",
    "item.acquired": "acquired",
    "item.derived": "derived",
    "seal.applied": "sealed",
    "seal.verified": "seal checked",
    "seal.broken": "seal broken",
    "transfer.released": "released",
    "transfer.accepted": "accepted",
    "transfer.refused": "refused",
    "transfer.cancelled": "release cancelled",
    "transfer.acknowledged": "receipt confirmed",
    "access.checked_out": "checked out",
    "access.checked_in": "checked in",
    "storage.moved": "moved",
    "integrity.checked": "content checked",
    "discrepancy.opened": "discrepancy",
    "correction.recorded": "correction",
    "note.recorded": "note",
    "export.prepared": "export prepared",
    "export.created": "exported",
}
WHY = ("purpose_text", "reason", "details", "override_reason")  # personal fields
TOLD_APART = frozenset(  # members that stand elsewhere in a line, or in its heading
    [
        "occurred",
        "late",
        "late_reason",
        "request",
        "content",
        "media",
        "content_sha256",
        "content_blake3",
        "media_sha256",
        "media_blake3",
        "case",
        "number",
        "seal",
        "hash",
        "verdict",
        "stored_hash",
        "to",
        "to_name",
        "from_name",
        "received_by",
        "place",
        "purpose",
        "purpose_text",
        "reason",
        "details",
        "trigger",
        "override_reason",
        "seal_read",
        "seal_number",
        "act",
        "corrects",
        "field",
        "value",
        "values",
    ]
)
Name = Callable[[str], str]  # an actor's tag to what people call her


class Told(Protocol):
    """A statement with what is opened of it."""

    @property
    def statement(self) -> Statement: ...
    @property
    def opened(self) -> dict[str, Value]: ...


class Correction(NamedTuple):
    """A field of an entry that a later entry corrects; the old value stays readable."""

    by_number: int
    field: str
    value: str


@dataclass(slots=True)
class Line:
    """One entry of an item's chain; texts are for people, `''` where nothing is said."""

    number: int  # place in the chain, from 1
    n: int  # place in the ledger
    act: str
    title: str
    who: tuple[str, ...]
    key: str  # beginning of the leading signer's key id
    happened: str
    signed: str
    recorded: str
    late: str
    why: str
    source: str  # from whom
    target: str  # to whom
    seal: str
    hash: str
    place: str
    details: list[tuple[str, str]]
    withheld: tuple[str, ...]
    entry: str  # statement id
    corrections: list[Correction] = field(default_factory=list)


class Gap(NamedTuple):
    """A time in which the record says less than it should. (R68)"""

    since: int
    until: int | None
    what: str

    @property
    def words(self) -> str:
        """The gap in a line."""
        end = times.spelt(self.until) if self.until is not None else "now"
        return f"{times.spelt(self.since)} – {end}: {self.what}"


def history(
    chain: Iterable[tuple[Entry, Told]], name: Name, references: Mapping[str, str] | None = None
) -> list[Line]:
    """The entries of one chain, oldest first, with corrections beside what they correct.

    references: words for entries of other chains that are cited here, by statement id.
    """
    lines: list[Line] = []
    offers: dict[str, str] = {}
    cited = dict(references or {})
    for number, (entry, told) in enumerate(chain, 1):
        act = told.statement.act
        if isinstance(act, TransferReleased):
            offers[told.statement.id] = name(told.statement.by)
        lines.append(_line(number, entry, told, name, offers, cited))
        cited[told.statement.id] = f"entry #{number}"
        if isinstance(act, CorrectionRecorded):
            value = _text(told.opened.get("value") or told.opened.get("values", "(withheld)"))
            for line in lines:
                if line.entry == act.corrects:
                    line.corrections.append(Correction(number, act.field, value))
    return lines


def authorities(case: Iterable[tuple[Entry, Told]]) -> dict[str, str]:
    """Words for the legal bases on a case's chain, by statement id."""
    return {
        told.statement.id: f"{_plain(told.statement.act.kind)} "
        f"{_text(told.opened.get('identifier', '')) or '(number withheld)'}"
        for _, told in case
        if isinstance(told.statement.act, AuthorityRecorded)
    }


def gaps(chain: Sequence[tuple[Entry, Told]], name: Name) -> list[Gap]:
    """Times without a holder, on the way, or with somebody without an account. (R68)"""
    found: list[Gap] = []
    since: int | None = None
    what = ""
    for entry, told in chain:
        act = told.statement.act
        begins = _opens_gap(act, told, name)
        if since is not None and (begins or _closes_gap(act)):
            if entry.at > since:  # acts of one run are recorded in one moment
                found.append(Gap(since, entry.at, what))
            since = None
        if begins:
            since, what = entry.at, begins
    if since is not None:
        found.append(Gap(since, None, what))
    return found


def _opens_gap(act: Act, told: Told, name: Name) -> str:
    if act.NAME == "item.registered":
        return "registered, and nobody is recorded as its holder"
    if isinstance(act, TransferReleased):
        return f"on its way from {name(told.statement.by)} to {_receiver(act, told, name)}"
    if isinstance(act, TransferAcknowledged):
        return "with somebody who has no account here"
    return ""


def _closes_gap(act: Act) -> bool:
    ends = (TransferAccepted, TransferRefused, TransferCancelled, TransferAcknowledged)
    return isinstance(act, ends) or act.NAME in ("item.seized", "item.acquired", "item.derived")


def _line(
    number: int,
    entry: Entry,
    told: Told,
    name: Name,
    offers: dict[str, str],
    cited: Mapping[str, str],
) -> Line:
    made, act = told.statement, told.statement.act
    source, target = _sides(told, name, offers)
    common = act if isinstance(act, Common) else None  # None: an act of a later version
    return Line(
        number=number,
        n=entry.n,
        act=made.name,
        title=TITLES.get(made.name, made.name),
        who=tuple(_signer(made, s.actor, name) for s in made.signers),
        key=fingerprint(next(s.key for s in made.signers if s.actor == made.by), 2),
        happened=happened(common.occurred) if common else "",
        signed=times.spelt(made.time),
        recorded=times.spelt(entry.at),
        late=_late(common, told) if common else "",
        why=_why(act, told),
        source=source,
        target=target,
        seal=_seal(act, told),
        hash=_hash(act),
        place=_text(told.opened.get("place", "")) or _location(act),
        details=list(_details(act, told, name, cited)),
        withheld=tuple(sorted(set(made.sd) - set(told.opened))),
        entry=made.id,
    )


def happened(occurred: Occurred) -> str:
    """When it happened, in UTC, with how exactly that is known and where the time comes from."""
    text = occurred.at + (f" – {occurred.until}" if occurred.until else "")
    notes = []
    if occurred.precision != "second":
        notes.append(f"to the {occurred.precision}")
    if occurred.source != "clock":
        notes.append(f"time by {occurred.source}")
    return f"{text} ({', '.join(notes)})" if notes else text


def _signer(made: Statement, actor: str, name: Name) -> str:
    capacity = next(s.capacity for s in made.signers if s.actor == actor)
    return name(actor) if actor == made.by else f"{name(actor)} (as {capacity})"


def _late(act: Common, told: Told) -> str:
    if act.late is None:
        return ""
    words_ = _text(told.opened.get("late_reason", ""))
    return f"late: {_plain(act.late)}" + (f" – {words_}" if words_ else "")


def _why(act: Act, told: Told) -> str:
    parts = [_plain(getattr(act, k)) for k in ("purpose", "reason", "trigger") if _enum(act, k)]
    parts += [_text(told.opened.get(k, "")) for k in WHY]
    return "; ".join(dict.fromkeys(part for part in parts if part))


def _enum(act: Act, member: str) -> bool:
    value = getattr(act, member, None)
    return isinstance(value, str)


def _sides(told: Told, name: Name, offers: dict[str, str]) -> tuple[str, str]:
    act, by = told.statement.act, name(told.statement.by)
    if isinstance(act, TransferReleased):
        return by, _receiver(act, told, name)
    if isinstance(act, TransferAccepted):
        giver = _text(told.opened.get("from_name", ""))
        return offers.get(act.transfer or "") or giver or "somebody without an account", by
    if isinstance(act, TransferAcknowledged):
        return by, _text(told.opened.get("received_by", "")) or "the receiver"
    if act.NAME == "access.checked_out":
        return by, name(getattr(act, "to", ""))
    return "", ""


def _receiver(act: TransferReleased, told: Told, name: Name) -> str:
    if act.to is not None:
        return name(act.to)
    outside = _text(told.opened.get("to_name", ""))
    kind = _plain(act.outside) if act.outside else "somebody"
    return f"{outside} ({kind})" if outside else kind


def _seal(act: Act, told: Told) -> str:
    read = _text(told.opened.get("seal_read") or told.opened.get("seal_number", ""))
    seal = getattr(act, "verdict", None) if act.NAME.startswith("seal.") else None
    verdict = seal or getattr(act, "seal", None)
    parts = [_plain(verdict) if verdict else "", f"no. {read}" if read else ""]
    return ", ".join(part for part in parts if part)


def _hash(act: Act) -> str:
    if act.NAME == "integrity.checked":
        return _plain(getattr(act, "verdict", ""))
    stored = getattr(act, "stored_hash", None)
    verdict = getattr(act, "hash", None) or getattr(act, "parents_verified", None)
    if stored is not None:
        return f"hash in the image: {_plain(stored)}"
    return _plain(verdict) if verdict else ""


def _location(act: Act) -> str:
    location = getattr(act, "location", None)
    return _plain(location) if isinstance(location, str) and location != "not_stated" else ""


def _details(
    act: Act, told: Told, name: Name, cited: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Every other member that says something."""
    for member, declared in type(act).FIELDS.items():
        if member not in TOLD_APART:
            value = told.opened.get(member) if declared.personal else getattr(act, member)
            if text := _member(value, declared.marks, name, cited):
                yield member.replace("_", " "), text
    for member in ("content", "media"):
        value = getattr(act, member, None)
        if isinstance(value, Content | Media):
            yield member, _digests(value, told, member)
    if isinstance(act, CorrectionRecorded):
        value = told.opened.get("value") or told.opened.get("values", "(withheld)")
        entry = cited.get(act.corrects, f"the entry {act.corrects:.12} …")
        yield "corrects", f"{entry}: {act.field.replace('_', ' ')} is to read: {_text(value)}"


def _member(value: object, marks: tuple[object, ...], name: Name, cited: Mapping[str, str]) -> str:
    if value is None or isinstance(value, Record):
        return ""
    if isinstance(value, str) and value in cited:
        return cited[value]
    if isinstance(value, str) and Refers(Kind.ACTOR) in marks:
        return name(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _text(value)


def _digests(value: Content | Media, told: Told, member: str) -> str:
    found = [f"{value.size} bytes"]
    for algorithm in ("sha256", "blake3"):
        digest = getattr(value, algorithm) or told.opened.get(f"{member}_{algorithm}", "")
        found.append(f"{algorithm} {digest or '(withheld)'}")
    for legacy in ("stored_md5", "stored_sha1"):
        if stored := getattr(value, legacy, None):
            found.append(f"{legacy.replace('_', ' ')} (legacy, compared only) {stored}")
    return ", ".join(found)


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return "; ".join(_plain(v) for v in value)
    return _plain(value) if value not in ("", None) else ""


def _plain(value: object) -> str:
    """An enum as words; other values as they are."""
    text = str(value)
    return text.replace("_", " ") if hasattr(value, "name") and hasattr(value, "value") else text
