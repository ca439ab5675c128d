"""What one person holds, has out, is to receive or has sent, and what is wrong with it."""

from custody_schemas.declare import Record
from custody_schemas.fields import Digest, Time


class HeldItem(Record):
    """An item that the person holds.

    out_to: who has it checked out
    released_to: who is to accept it
    seal: what the seal was last found to be; its number is not said
    """

    item: str
    exhibit: str
    type: str
    location: str | None = None
    seal: str | None = None
    out_to: str | None = None
    released_to: str | None = None


class OutItem(Record):
    """An item that is checked out to the person, or by the person to somebody.

    overdue: by the day it is due back, or else by the local threshold
    """

    item: str
    exhibit: str
    has_it: str
    holder: str
    since: Time
    due: Time | None = None
    overdue: bool


class ReleasedItem(Record):
    """An item on its way; overdue by what the release expects, or else by the local threshold."""

    item: str
    exhibit: str
    transfer: Digest
    by: str
    to: str
    since: Time
    expected_by: Time | None = None
    overdue: bool


class CopyHeld(Record):
    """A working copy that was issued to the person."""

    item: str
    exhibit: str
    number: int
    since: Time
    due: Time | None = None
    overdue: bool


class OpenDiscrepancy(Record):
    """Something that is not as it should be with an item that the person holds."""

    item: str
    exhibit: str
    kind: str
    since: Time
    entry: Digest


class AskedItem(Record):
    """Something the person holds that another authority asks for, or is asked for.

    entry: the entry that put the request on file
    overdue: past the first day that it names, or else by the local threshold
    """

    item: str
    exhibit: str
    kind: str
    direction: str
    since: Time
    due: Time | None = None
    overdue: bool
    entry: Digest


class Mine(Record):
    """Everything that waits for one person.

    overdue_after_days: the local threshold where no day was agreed; never a legal deadline (R53)
    """

    person: str
    overdue_after_days: int
    held: tuple[HeldItem, ...]
    out: tuple[OutItem, ...]
    released_to: tuple[ReleasedItem, ...]
    released_by: tuple[ReleasedItem, ...]
    copies: tuple[CopyHeld, ...]
    requests: tuple[AskedItem, ...]
    discrepancies: tuple[OpenDiscrepancy, ...]
