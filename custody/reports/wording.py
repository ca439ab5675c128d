"""Words for acts, terms and times, as people read them in histories and registers."""

from collections.abc import Mapping
from enum import Enum

from custody_schemas.acts import CopyReturned, CorrectionRecorded, CourtExhibited
from custody_schemas.declare import Act
from custody_schemas.fields import Occurred
from custody_schemas.terms import Answer, Automation, CopyFate, TimeSource

TITLES = {
    "ledger.opened": "ledger opened",
    "ledger.rules_changed": "rules changed",
    "actor.registered": "person enrolled",
    "key.registered": "key registered",
    "key.revoked": "key withdrawn",
    "key.rotated": "key replaced",
    "role.granted": "role granted",
    "role.revoked": "role withdrawn",
    "case.opened": "case opened",
    "case.closed": "case closed",
    "case.reopened": "case taken up again",
    "case.status_changed": "proceedings stand otherwise",
    "pack.loaded": "jurisdiction pack loaded",
    "authority.recorded": "legal basis put on file",
    "authority.ended": "legal basis ended",
    "item.registered": "registered",
    "item.seized": "seized",
    "item.received": "received",
    "item.acquired": "acquired",
    "item.derived": "derived",
    "item.reference_assigned": "number noted",
    "seal.applied": "sealed",
    "seal.verified": "seal checked",
    "seal.broken": "seal broken",
    "transfer.released": "released",
    "transfer.accepted": "accepted",
    "transfer.refused": "refused",
    "transfer.cancelled": "release cancelled",
    "transfer.acknowledged": "receipt confirmed",
    "transfer.lost": "lost on the way",
    "transfer.returned": "came back",
    "custody.assumed": "taken over",
    "access.checked_out": "checked out",
    "access.checked_in": "checked in",
    "copy.issued": "copy issued",
    "copy.returned": "copy accounted for",
    "storage.moved": "moved",
    "court.exhibited": "produced in court",
    "court.returned": "given back by the court",
    "integrity.checked": "content checked",
    "analysis.recorded": "examined",
    "analysis.reviewed": "analysis reviewed",
    "discrepancy.opened": "discrepancy",
    "discrepancy.updated": "discrepancy, what is being done",
    "discrepancy.resolved": "discrepancy ended",
    "correction.recorded": "correction",
    "note.recorded": "note",
    "statement.countersigned": "countersigned",
    "retention.assigned": "kept until a date",
    "retention.changed": "date of keeping moved",
    "retention.reviewed": "looked at, and kept",
    "hold.placed": "hold placed",
    "hold.amended": "hold amended",
    "hold.released": "hold released",
    "request.recorded": "request of an authority put on file",
    "request.ended": "request of an authority ended",
    "disposition.requested": "disposition asked for",
    "disposition.consulted": "adviser consulted",
    "disposition.approved": "disposition approved",
    "disposition.rejected": "disposition rejected",
    "disposition.begun": "destruction begun",
    "disposition.executed": "left custody for good",
    "disposition.certified": "certificate",
    "privacy.erased": "personal data erased",
    "privacy.restricted": "personal data restricted",
    "inventory.started": "inventory begun",
    "inventory.observed": "seen in an inventory",
    "inventory.closed": "inventory closed",
    "export.prepared": "export prepared",
    "export.created": "exported",
}
FATES: Mapping[CopyFate, str] = {
    CopyFate.RETURNED: "copy returned",
    CopyFate.WIPED: "copy wiped",
    CopyFate.DESTROYED: "copy destroyed",
    CopyFate.RETAINED: "copy not given back",
    CopyFate.LOST: "copy lost",
}
SPELT: Mapping[Enum, str] = {Automation.AI: "AI", Automation.AI_ASSISTED: "AI-assisted"}
SOURCES = {TimeSource.MANUAL: "typed in", TimeSource.DEVICE: "by the device's clock"}


def title(name: str, act: Act) -> str:
    """What was done, in a few words; the name of an act that this version does not know."""
    if isinstance(act, CopyReturned) and act.fate in FATES:
        return FATES[act.fate]
    if isinstance(act, CourtExhibited) and act.retained is Answer.YES:
        return "produced in court, which keeps it"
    if isinstance(act, CorrectionRecorded) and act.annuls:
        return "annulment"
    return TITLES.get(name, name)


def happened(occurred: Occurred) -> str:
    """When it happened, in UTC, with how exactly that is known and where the time comes from."""
    took = occurred.until if occurred.until != occurred.at else None
    words = occurred.at + (f" – {took}" if took else "")
    notes = []
    if occurred.precision != "second":
        notes.append(f"to the {occurred.precision}")
    if occurred.source in SOURCES:
        notes.append(SOURCES[occurred.source])
    return f"{words} ({', '.join(notes)})" if notes else words


def text(value: object) -> str:
    """A value of any kind as words; empty where nothing is said."""
    if isinstance(value, tuple):
        return "; ".join(plain(v) for v in value)
    return plain(value) if value not in ("", None) else ""


def plain(value: object) -> str:
    """An enum as words; other values as they are."""
    if isinstance(value, Enum):
        return SPELT.get(value, str(value).replace("_", " "))
    return str(value)
