"""One entry of a history in words: who, when, why, from whom to whom, seal, digest. (R85)"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from custody.core import times
from custody.core.keys import fingerprint
from custody.core.record import Entry
from custody.core.statement import Statement
from custody.reports.members import Name, Told, details, verdict
from custody.reports.wording import happened, plain, text, title
from custody_schemas.acts import (
    Common,
    CopyIssued,
    CopyReturned,
    CourtExhibited,
    CourtReturned,
    CustodyAssumed,
    ExportPrepared,
    ItemReceived,
    TransferAccepted,
    TransferAcknowledged,
    TransferLost,
    TransferReleased,
    TransferReturned,
)
from custody_schemas.declare import Act
from custody_schemas.terms import Answer, CopyFate, LateReason, OutsideParty

WHY = ("purpose_text", "reason", "details", "override_reason")  # personal fields
NOBODY_KNOWN = "somebody without an account"
ERASED = "erased"


class Correction(NamedTuple):
    """A field of an entry that a later entry corrects; the old value stays readable.

    Without a field the later entry annuls the whole, and `value` says why.
    """

    by_number: int
    field: str
    value: str


class Later(NamedTuple):
    """What a later entry says of this one: that it came back, was reviewed, countersigned …"""

    by_number: int
    what: str


@dataclass(slots=True)
class Line:
    """One entry of an item's chain; texts are for people, `''` where nothing is said."""

    number: int  # place in the chain, from 1
    n: int  # place in the ledger
    act: str
    title: str
    who: tuple[str, ...]  # who leads comes first
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
    later: list[Later] = field(default_factory=list)

    @property
    def annulled(self) -> int | None:
        """Place in the chain of the entry that annuls this one."""
        return next((each.by_number for each in self.corrections if not each.field), None)

    @property
    def heading(self) -> str:
        """The title, marked where a later entry annuls the whole."""
        return (
            self.title if self.annulled is None else f"{self.title} – annulled by #{self.annulled}"
        )


def line(
    number: int,
    entry: Entry,
    told: Told,
    name: Name,
    offers: Mapping[str, tuple[str, str]],
    cited: Mapping[str, str],
    holder: str = "",
) -> Line:
    """An entry as a line.

    offers: giver and receiver by the id of their release or of an issued copy
    cited: words for other entries, by statement id
    holder: who held the item before, where a line must say that
    """
    made, act = told.statement, told.statement.act
    if not made.payload:
        return _gone(number, entry, made)
    source, target = sides(told, name, offers, holder)
    common = act if isinstance(act, Common) else None  # None: an act of a later version
    return Line(
        number=number,
        n=entry.n,
        act=made.name,
        title=title(made.name, act),
        who=_signers(made, name),
        key=fingerprint(next(s.key for s in made.signers if s.actor == made.by), 2),
        happened=happened(common.occurred) if common else "",
        signed=times.spelt(made.time),
        recorded=times.spelt(entry.at),
        late=_late(common, told) if common else "",
        why=_why(act, told),
        source=source,
        target=target,
        seal=_seal(act, told),
        hash=verdict(act),
        place=text(told.opened.get("place", "")) or _location(act),
        details=list(details(told, name, cited)),
        withheld=tuple(sorted(set(made.sd) - set(told.opened))),
        entry=made.id,
    )


def _gone(number: int, entry: Entry, made: Statement) -> Line:
    """An entry that was erased whole: that it was there, and when it was recorded."""
    return Line(
        number=number,
        n=entry.n,
        act=made.name,
        title=f"{title(made.name, made.act)} – {ERASED}",
        who=(ERASED,),
        key="",
        happened="",
        signed=ERASED,
        recorded=times.spelt(entry.at),
        late="",
        why="",
        source="",
        target="",
        seal="",
        hash="",
        place="",
        details=[],
        withheld=(),
        entry=made.id,
    )


def _signers(made: Statement, name: Name) -> tuple[str, ...]:
    """Who leads comes first; the others with the capacity in which they sign."""
    others = (s for s in made.signers if s.actor != made.by)
    return name(made.by), *(f"{name(s.actor)} (as {s.capacity})" for s in others)


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


def sides(
    told: Told, name: Name, offers: Mapping[str, tuple[str, str]], holder: str = ""
) -> tuple[str, str]:
    """From whom to whom, where an entry moves something between people; empty where it does not."""
    by = name(told.statement.by)
    match told.statement.act:
        case TransferReleased() | CopyIssued() as act:
            return by, receiver(act, told, name)
        case TransferAccepted() as act:
            giver = offers.get(act.transfer or "", ("", ""))[0]
            return giver or _said(told, "from_name"), by
        case TransferAcknowledged():
            return by, _said(told, "received_by", "the receiver")
        case TransferReturned() as act:
            return offers.get(act.transfer, ("", ""))[1] or "the way", by
        case TransferLost() as act:
            giver, taker = offers.get(act.transfer, ("", ""))
            return giver or by, f"{taker or 'the receiver'}, and did not arrive"
        case CustodyAssumed():
            return holder or "whoever held it", by
        case CopyReturned(fate=CopyFate.RETURNED) as act:
            return offers.get(act.copy, ("", ""))[1] or "whoever had it", by
        case ItemReceived() as act:
            return _outside(act.received_from, _said(told, "from_name", "")), by
        case CourtExhibited(retained=Answer.YES):
            return by, _outside(OutsideParty.COURT, _said(told, "court", ""))
        case CourtReturned():
            return _outside(OutsideParty.COURT, _said(told, "court", "")), by
        case ExportPrepared() as act:
            whom = name(act.to) if act.to else _said(told, "recipient", "")
            return by, _outside(act.outside, whom) if act.outside else whom
        case act if act.NAME == "access.checked_out":
            return by, name(getattr(act, "to", ""))
    return "", ""


def receiver(act: TransferReleased | CopyIssued, told: Told, name: Name) -> str:
    """Who is to get it."""
    if act.to is not None:
        return name(act.to)
    return _outside(act.outside, text(told.opened.get("to_name", "")))


def _outside(kind: OutsideParty | None, called: str) -> str:
    what = plain(kind) if kind else "somebody"
    return f"{called} ({what})" if called else what


def _said(told: Told, member: str, otherwise: str = NOBODY_KNOWN) -> str:
    return text(told.opened.get(member, "")) or otherwise


def _seal(act: Act, told: Told) -> str:
    read = text(told.opened.get("seal_read") or told.opened.get("seal_number", ""))
    seal = getattr(act, "verdict", None) if act.NAME.startswith("seal.") else None
    found = seal or getattr(act, "seal", None)
    parts = [plain(found) if found else "", f"no. {read}" if read else ""]
    return ", ".join(part for part in parts if part)


def _location(act: Act) -> str:
    location = getattr(act, "location", None)
    return plain(location) if isinstance(location, str) and location != "not_stated" else ""
