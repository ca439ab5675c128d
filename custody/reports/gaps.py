"""Times of which the record says less than it should: no holder, no place, on the way. (R68)"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from custody.core import times
from custody.core.record import Entry
from custody.reports.members import Name, Told
from custody.reports.telling import receiver
from custody_schemas.acts import (
    AccessCheckedIn,
    CourtExhibited,
    CourtReturned,
    CustodyAssumed,
    DiscrepancyResolved,
    ItemAcquired,
    ItemDerived,
    ItemReceived,
    ItemRegistered,
    ItemSeized,
    StorageMoved,
    TransferAccepted,
    TransferAcknowledged,
    TransferCancelled,
    TransferLost,
    TransferRefused,
    TransferReleased,
    TransferReturned,
)
from custody_schemas.declare import Kind
from custody_schemas.terms import Answer, LocationKind

NO_PLACE = "held, with no place on file"
ORIGINS = (ItemSeized, ItemAcquired, ItemDerived, ItemReceived)
TAKEN = (TransferAccepted, CustodyAssumed, CourtReturned, TransferReturned)
ENDS = (*ORIGINS, *TAKEN, TransferRefused, TransferCancelled, TransferAcknowledged, TransferLost)


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


class _Opened(NamedTuple):
    since: int
    what: str
    lost: str  # the entry that says that the item is lost


def all_gaps(chain: Sequence[tuple[Entry, Told]], name: Name) -> list[Gap]:
    """Those without a holder and those without a place, by when they began."""
    return sorted([*gaps(chain, name), *unplaced(chain)], key=lambda gap: gap.since)


def gaps(chain: Iterable[tuple[Entry, Told]], name: Name) -> list[Gap]:
    """Times without a holder, on the way, lost, or with somebody without an account. (R68)"""
    found: list[Gap] = []
    opened: _Opened | None = None
    for entry, told in _own(chain):
        begins = _opens(entry, told, name)
        if opened is not None and (begins or _closes(told, opened)):
            if entry.at > opened.since:  # acts of one run are recorded in one moment
                found.append(Gap(opened.since, entry.at, opened.what))
            opened = None
        if begins:
            opened = begins
    if opened is not None:
        found.append(Gap(opened.since, None, opened.what))
    return found


def _own(chain: Iterable[tuple[Entry, Told]]) -> Iterator[tuple[Entry, Told]]:
    """The entries on the item itself; what is made out of it says nothing of where it is."""
    return ((entry, told) for entry, told in chain if not is_source(entry, told))


def is_source(entry: Entry, told: Told) -> bool:
    """Whether the entry concerns the item as the source of another one."""
    return any(place.tag == entry.tag for place in told.statement.places(Kind.SOURCE))


def _opens(entry: Entry, told: Told, name: Name) -> _Opened | None:
    made = told.statement
    match made.act:
        case ItemRegistered():
            what = "registered, and nobody is recorded as its holder"
        case TransferReleased() as act:
            what = f"on its way from {name(made.by)} to {receiver(act, told, name)}"
        case TransferAcknowledged():
            what = "with somebody who has no account here"
        case CourtExhibited(retained=Answer.YES):
            what = "with a court, which keeps it"
        case TransferLost():
            what = "lost on the way"
        case _:
            return None
    return _Opened(entry.at, what, made.id if isinstance(made.act, TransferLost) else "")


def _closes(told: Told, opened: _Opened) -> bool:
    act = told.statement.act
    if opened.lost:
        if isinstance(act, DiscrepancyResolved):
            return act.discrepancy == opened.lost
        return isinstance(act, (*TAKEN, StorageMoved, CourtExhibited, AccessCheckedIn))
    return isinstance(act, ENDS)


def unplaced(chain: Iterable[tuple[Entry, Told]]) -> list[Gap]:
    """Times in which somebody held the item and nobody said where it was. (R68)"""
    found: list[Gap] = []
    since: int | None = None
    lost = ""
    for entry, told in _own(chain):
        place = _place(told, lost)
        if isinstance(told.statement.act, TransferLost):
            lost = told.statement.id  # until it is found, `gaps` speaks of it
        elif place is not None:
            lost = ""
        if place is not None and since is not None and place is not LocationKind.NOT_STATED:
            found.append(Gap(since, entry.at, NO_PLACE))
            since = None
        elif place is LocationKind.NOT_STATED and since is None:
            since = entry.at
    return [*found, *([Gap(since, None, NO_PLACE)] if since is not None else [])]


def _place(told: Told, lost: str) -> LocationKind | None:
    """Where the entry puts the item; None where it says nothing of that."""
    match told.statement.act:
        case ItemSeized():
            return LocationKind.SCENE
        case ItemAcquired() | ItemDerived() | ItemReceived():
            return LocationKind.NOT_STATED
        case TransferAccepted(location=place) | AccessCheckedIn(location=place):
            return place
        case StorageMoved(location=place) | CourtReturned(location=place):
            return place
        case CustodyAssumed(location=place) | TransferReturned(location=place):
            return place
        case TransferAcknowledged() | TransferLost():
            return LocationKind.EXTERNAL
        case CourtExhibited():
            return LocationKind.COURT
        case DiscrepancyResolved(discrepancy=entry) if entry == lost:
            return LocationKind.NOT_STATED
    return None
