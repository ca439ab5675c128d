"""An item's history as a court wants to read it: one line for each act, nothing left out.

The signed entries are retold, not judged: three times stand apart (happened, signed, recorded),
corrections stand beside what they correct, withheld fields are named, and gaps are computed from
the acts (R35, R58, R68, R85).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from custody.core import times
from custody.core.record import Entry
from custody.reports.telling import Correction, Line, Name, Told, line, plain, receiver, text
from custody_schemas.acts import (
    AuthorityRecorded,
    CorrectionRecorded,
    CourtExhibited,
    TransferAccepted,
    TransferAcknowledged,
    TransferCancelled,
    TransferRefused,
    TransferReleased,
)
from custody_schemas.declare import Act
from custody_schemas.terms import Answer

# Acts by which somebody has the item from then on.
TAKEN = {"item.seized", "item.acquired", "item.derived", "item.received", "court.returned"}


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
        lines.append(line(number, entry, told, name, offers, cited))
        cited[told.statement.id] = f"entry #{number}"
        if isinstance(act, CorrectionRecorded):
            value = text(told.opened.get("value") or told.opened.get("values", "(withheld)"))
            for earlier in lines:
                if earlier.entry == act.corrects:
                    earlier.corrections.append(Correction(number, act.field or "", value))
    return lines


def authorities(case: Iterable[tuple[Entry, Told]]) -> dict[str, str]:
    """Words for the legal bases on a case's chain, by statement id."""
    return {
        told.statement.id: f"{plain(told.statement.act.kind)} "
        f"{text(told.opened.get('identifier', '')) or '(number withheld)'}"
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
        return f"on its way from {name(told.statement.by)} to {receiver(act, told, name)}"
    if isinstance(act, TransferAcknowledged):
        return "with somebody who has no account here"
    if isinstance(act, CourtExhibited) and act.retained is Answer.YES:
        return "kept by a court"
    return ""


def _closes_gap(act: Act) -> bool:
    ends = (TransferAccepted, TransferRefused, TransferCancelled, TransferAcknowledged)
    return isinstance(act, ends) or act.NAME in TAKEN
