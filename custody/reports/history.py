"""An item's history as a court wants to read it: one line for each act, nothing left out.

The signed entries are retold, not judged: three times stand apart (happened, signed, recorded),
corrections stand beside what they correct, an annulled entry is marked and stays readable, and
what became of an entry (a copy that came back, a review, a countersignature) stands beside it.
(R35, R58, R85)
"""

from collections.abc import Iterable, Mapping, Sequence

from custody.core.record import Entry
from custody.reports.members import Name, Told
from custody.reports.telling import Correction, Later, Line, line, receiver
from custody.reports.wording import plain, text
from custody_schemas.acts import (
    AnalysisReviewed,
    AuthorityRecorded,
    CopyIssued,
    CopyReturned,
    CorrectionRecorded,
    CourtReturned,
    CustodyAssumed,
    DiscrepancyResolved,
    DiscrepancyUpdated,
    ItemAcquired,
    ItemDerived,
    ItemReceived,
    ItemSeized,
    PrivacyErased,
    RequestRecorded,
    StatementCountersigned,
    TransferAccepted,
    TransferReleased,
)
from custody_schemas.declare import Kind

HOLDS = (ItemSeized, ItemAcquired, ItemDerived, ItemReceived)
HOLDS_NOW = (*HOLDS, TransferAccepted, CustodyAssumed, CourtReturned)


def history(
    chain: Iterable[tuple[Entry, Told]], name: Name, references: Mapping[str, str] | None = None
) -> list[Line]:
    """The entries of one chain, oldest first, with what later ones say of them beside them.

    references: words for entries of other chains that are cited here, by statement id.
    """
    lines: list[Line] = []
    offers: dict[str, tuple[str, str]] = {}
    cited, holder = dict(references or {}), ""
    for number, (entry, told) in enumerate(chain, 1):
        made = told.statement
        if isinstance(made.act, TransferReleased | CopyIssued):
            offers[made.id] = name(made.by), receiver(made.act, told, name)
        lines.append(line(number, entry, told, name, offers, cited, holder))
        cited[made.id] = f"entry #{number}"
        _beside(lines, told, name)
        if isinstance(made.act, HOLDS_NOW) and _holds(entry, told):
            holder = name(made.by)
    return lines


def _holds(entry: Entry, told: Told) -> bool:
    return any(place.tag == entry.tag for place in told.statement.places(Kind.ITEM))


def _beside(lines: Sequence[Line], told: Told, name: Name) -> None:
    """Put what the newest entry says of an earlier one beside that one."""
    number = lines[-1].number
    act = told.statement.act
    if isinstance(act, CorrectionRecorded):
        value = text(told.opened.get("value") or told.opened.get("values", "(withheld)"))
        why = plain(act.reason) if act.field is None else value
        for earlier in _named(lines, act.corrects):
            earlier.corrections.append(Correction(number, act.field or "", why))
        return
    of, what = _later(told, name)
    for earlier in _named(lines, of):
        earlier.later.append(Later(number, what))


def _later(told: Told, name: Name) -> tuple[str, str]:
    """The entry that an entry says something of, and what."""
    by = name(told.statement.by)
    match told.statement.act:
        case StatementCountersigned() as act:
            return act.entry, f"{by} countersigned: {plain(act.position)}"
        case PrivacyErased() as act:
            gone = ", ".join(act.fields or ("the whole entry",)).replace("_", " ")
            return act.entry, f"{gone}: erased, {plain(act.ground)}"
        case AnalysisReviewed() as act:
            return act.analysis, f"reviewed by {by}: {plain(act.outcome)}"
        case CopyReturned() as act:
            return act.copy, f"the copy: {plain(act.fate)}"
        case DiscrepancyUpdated() as act:
            return act.discrepancy, f"what is being done about it ({plain(act.kind)})"
        case DiscrepancyResolved() as act:
            return (
                act.discrepancy,
                f"the discrepancy ({plain(act.kind)}) ended: {plain(act.outcome)}",
            )
    return "", ""


def _named(lines: Sequence[Line], entry: str) -> list[Line]:
    return [each for each in lines if entry and each.entry == entry]


def authorities(case: Iterable[tuple[Entry, Told]]) -> dict[str, str]:
    """Words for the legal bases and requests on a case's chain, by statement id."""
    found: dict[str, str] = {}
    for _, told in case:
        act, opened = told.statement.act, told.opened
        if isinstance(act, AuthorityRecorded):
            number = text(opened.get("identifier", "")) or "(number withheld)"
            found[told.statement.id] = f"{plain(act.kind)} {number}"
        if isinstance(act, RequestRecorded):
            number = (
                text(opened.get("request_reference", "")) or "without a reference that is shown"
            )
            found[told.statement.id] = f"request ({plain(act.kind)}) {number}"
    return found
