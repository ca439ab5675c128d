"""One entry of a history in words: who, when, why, from whom to whom, seal, digest. (R85)"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from custody.core import times
from custody.core.disclosure import Value
from custody.core.keys import fingerprint
from custody.core.record import Entry
from custody.core.statement import Statement
from custody_schemas.acts import (
    Common,
    CorrectionRecorded,
    TransferAccepted,
    TransferAcknowledged,
    TransferReleased,
)
from custody_schemas.declare import Act, Kind, Record, Refers
from custody_schemas.fields import Content, Media, Occurred
from custody_schemas.terms import LateReason, TimeSource

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
SOURCES = {TimeSource.MANUAL: "typed in", TimeSource.DEVICE: "by the device's clock"}
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
    """A field of an entry that a later entry corrects; the old value stays readable.

    Without a field the later entry annuls the whole.
    """

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


def line(
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
        place=text(told.opened.get("place", "")) or _location(act),
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
    if occurred.source in SOURCES:
        notes.append(SOURCES[occurred.source])
    return f"{text} ({', '.join(notes)})" if notes else text


def _signer(made: Statement, actor: str, name: Name) -> str:
    capacity = next(s.capacity for s in made.signers if s.actor == actor)
    return name(actor) if actor == made.by else f"{name(actor)} (as {capacity})"


def _late(act: Common, told: Told) -> str:
    if act.late is None:
        return ""
    reason = text(told.opened.get("late_reason", ""))
    if act.late is LateReason.OTHER and reason:
        return f"late: {reason}"
    return f"late: {plain(act.late)}" + (f" – {reason}" if reason else "")


def _why(act: Act, told: Told) -> str:
    parts = [plain(getattr(act, k)) for k in ("purpose", "reason", "trigger") if _enum(act, k)]
    parts += [text(told.opened.get(k, "")) for k in WHY]
    return "; ".join(dict.fromkeys(part for part in parts if part))


def _enum(act: Act, member: str) -> bool:
    value = getattr(act, member, None)
    return isinstance(value, str)


def _sides(told: Told, name: Name, offers: dict[str, str]) -> tuple[str, str]:
    act, by = told.statement.act, name(told.statement.by)
    if isinstance(act, TransferReleased):
        return by, receiver(act, told, name)
    if isinstance(act, TransferAccepted):
        giver = text(told.opened.get("from_name", ""))
        return offers.get(act.transfer or "") or giver or "somebody without an account", by
    if isinstance(act, TransferAcknowledged):
        return by, text(told.opened.get("received_by", "")) or "the receiver"
    if act.NAME == "access.checked_out":
        return by, name(getattr(act, "to", ""))
    return "", ""


def receiver(act: TransferReleased, told: Told, name: Name) -> str:
    if act.to is not None:
        return name(act.to)
    outside = text(told.opened.get("to_name", ""))
    kind = plain(act.outside) if act.outside else "somebody"
    return f"{outside} ({kind})" if outside else kind


def _seal(act: Act, told: Told) -> str:
    read = text(told.opened.get("seal_read") or told.opened.get("seal_number", ""))
    seal = getattr(act, "verdict", None) if act.NAME.startswith("seal.") else None
    verdict = seal or getattr(act, "seal", None)
    parts = [plain(verdict) if verdict else "", f"no. {read}" if read else ""]
    return ", ".join(part for part in parts if part)


def _hash(act: Act) -> str:
    if act.NAME == "integrity.checked":
        return plain(getattr(act, "verdict", ""))
    stored = getattr(act, "stored_hash", None)
    verdict = getattr(act, "hash", None) or getattr(act, "parents_verified", None)
    if stored is not None:
        return f"hash in the image: {plain(stored)}"
    return plain(verdict) if verdict else ""


def _location(act: Act) -> str:
    location = getattr(act, "location", None)
    return plain(location) if isinstance(location, str) and location != "not_stated" else ""


def _details(
    act: Act, told: Told, name: Name, cited: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Every other member that says something."""
    for member, declared in type(act).FIELDS.items():
        if member not in TOLD_APART:
            value = told.opened.get(member) if declared.personal else getattr(act, member)
            if said := _member(value, declared.marks, name, cited):
                yield member.replace("_", " "), said
    for member in ("content", "media"):
        value = getattr(act, member, None)
        if isinstance(value, Content | Media):
            yield member, _digests(value, told, member)
    if isinstance(act, CorrectionRecorded):
        entry = cited.get(act.corrects, f"the entry {act.corrects:.12} …")
        if act.field is None:
            yield "annuls", entry
            return
        value = told.opened.get("value") or told.opened.get("values", "(withheld)")
        yield "corrects", f"{entry}: {act.field.replace('_', ' ')} is to read: {text(value)}"


def _member(value: object, marks: tuple[object, ...], name: Name, cited: Mapping[str, str]) -> str:
    if value is None or isinstance(value, Record):
        return ""
    if isinstance(value, str) and value in cited:
        return cited[value]
    if isinstance(value, str) and Refers(Kind.ACTOR) in marks:
        return name(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return text(value)


def _digests(value: Content | Media, told: Told, member: str) -> str:
    found = [f"{value.size} bytes"]
    for algorithm in ("sha256", "blake3"):
        digest = getattr(value, algorithm) or told.opened.get(f"{member}_{algorithm}", "")
        found.append(f"{algorithm} {digest or '(withheld)'}")
    for legacy in ("stored_md5", "stored_sha1"):
        if stored := getattr(value, legacy, None):
            found.append(f"{legacy.replace('_', ' ')} (legacy, compared only) {stored}")
    return ", ".join(found)


def text(value: object) -> str:
    if isinstance(value, tuple):
        return "; ".join(plain(v) for v in value)
    return plain(value) if value not in ("", None) else ""


def plain(value: object) -> str:
    """An enum as words; other values as they are."""
    text = str(value)
    return text.replace("_", " ") if hasattr(value, "name") and hasattr(value, "value") else text
