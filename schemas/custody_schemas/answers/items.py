"""Cases, items, their histories and open hand-overs."""

from typing import Any

from custody_schemas.declare import Record
from custody_schemas.fields import Digest, Time


class AuthorityAnswer(Record):
    """A legal basis on file; `ended_at`: since when it no longer holds."""

    entry: Digest
    kind: str
    identifier: str
    issuer: str
    scope: str
    valid_from: Time | None = None
    valid_to: Time | None = None
    ratify_by: Time | None = None
    follows: Digest | None = None
    ended_at: Time | None = None
    cause: str | None = None


class Authorities(Record):
    """The legal bases of a case."""

    case: str
    authorities: tuple[AuthorityAnswer, ...]


class CaseAnswer(Record):
    """A case as it stands.

    status: how it ended, where it is closed
    closed_at: when that happened
    court_reference: number of the decision; empty where none is on file
    proceedings: where they stand, and since when, as somebody last recorded
    appeal_until: until when an appeal can be filed
    pack: name of the jurisdiction pack that applies; absent: none does
    holds, requests: sorts of holds that stand on the case, and of requests that are open on it
    """

    case: str
    title: str
    opened_by: str
    closed: bool
    proceedings: str
    proceedings_since: Time | None = None
    appeal_until: Time | None = None
    pack: str | None = None
    status: str | None = None
    closed_at: Time | None = None
    court_reference: str
    items: int
    authorities: tuple[AuthorityAnswer, ...]
    holds: tuple[str, ...]
    requests: tuple[str, ...]


class Cases(Record):
    """All cases."""

    cases: tuple[CaseAnswer, ...]


class ItemAnswer(Record):
    """An item as the entries have made it.

    references: every number that others gave it, courts included, oldest first
    holder: who holds it; absent where nobody does
    outside: what sort of person without an account has it
    out_to: who has it checked out
    released_to: who is to accept it
    seal: what the seal was last found to be; its number is not said
    holds: sorts of holds that stand on it, those of its case included
    requests: sorts of requests of authorities that are open on it, those on its case included
    disposition: how it is to leave custody, or left it, and where that stands; empty: no talk of it
    """

    item: str
    exhibit: str
    references: tuple[str, ...]
    description: str
    type: str
    origin: str | None = None
    holder: str | None = None
    outside: str | None = None
    out_to: str | None = None
    released_to: str | None = None
    location: str | None = None
    seal: str | None = None
    digital: bool
    disputed: bool
    discrepancies: tuple[str, ...]
    terminal: bool
    holds: tuple[str, ...]
    requests: tuple[str, ...]
    disposition: str
    entries: int


class ReferenceAnswer(Record):
    """A number that somebody else gave an item; `kind` says whose it is.

    entry: place of the entry that noted it in the item's history, from 1
    """

    kind: str
    number: str
    given_by: str
    entry: int


class IssuedCopy(Record):
    """A working copy that is out.

    entry: place of the entry that issued it in the item's history, from 1
    """

    number: int
    to: str
    since: Time
    due: Time | None = None
    entry: int


class DiscrepancyAnswer(Record):
    """A discrepancy that is open.

    entry: place of the entry that opened it in the item's history, from 1
    """

    kind: str
    entry: int
    since: Time


class DiscrepancyListed(Record):
    """A discrepancy that is open, in a list over items.

    entry: place of the entry that opened it in the item's history, from 1
    due: by when it should be cleared up, as was said last
    ends: what somebody who oversees the case types to end it
    """

    item: str
    exhibit: str
    kind: str
    entry: int
    since: Time
    found_by: str
    held_by: str
    due: str | None = None
    ends: str


class Discrepancies(Record):
    """All discrepancies that are open."""

    discrepancies: tuple[DiscrepancyListed, ...]


class ItemShown(ItemAnswer):
    """One item as it stands, with all that its entries say beside its custody.

    limits: what the giver allows, in sentences
    """

    numbers: tuple[ReferenceAnswer, ...]
    copies: tuple[IssuedCopy, ...]
    open: tuple[DiscrepancyAnswer, ...]
    limits: tuple[str, ...]


class Items(Record):
    """Items as they stand."""

    items: tuple[ItemAnswer, ...]


class CorrectionAnswer(Record):
    """A later entry says that a field is to read otherwise.

    field: empty where the whole entry is annulled; `value` then says why
    """

    by: int
    field: str
    value: str


class LaterAnswer(Record):
    """What a later entry says of this one: a review, a countersignature, a copy that came back."""

    by: int
    what: str


class HistoryEntry(Record):
    """One entry of an item's chain; what is not said is an empty string.

    number: its place in the chain, from 1
    n: its place in the ledger
    annulled_by: place of the entry that says that this one should not be there
    """

    number: int
    n: int
    entry: Digest
    act: str
    who: tuple[str, ...]
    key: str
    happened: str
    signed: str
    recorded: str
    late: str
    why: str
    source: str
    target: str
    seal: str
    content: str
    place: str
    details: dict[str, Any]
    withheld: tuple[str, ...]
    corrections: tuple[CorrectionAnswer, ...]
    annulled_by: int | None = None
    later: tuple[LaterAnswer, ...]


class History(Record):
    """All entries of an item, and the times of which the record says too little."""

    item: ItemShown
    history: tuple[HistoryEntry, ...]
    gaps: tuple[str, ...]


class OpenTransfer(Record):
    """A hand-over that nobody has accepted, refused or cancelled yet.

    exhibits: the exhibit reference of each item, in their order; empty where it has none
    """

    transfer: Digest
    items: tuple[str, ...]
    exhibits: tuple[str, ...]
    by: str
    to: str
    travels: str
    since: Time


class OpenTransfers(Record):
    """All open hand-overs."""

    transfers: tuple[OpenTransfer, ...]
