"""Parts of the states: what keeps an item, and how it leaves. (SPEC §9.4, §9.9)"""

from custody_schemas.acts import Pack
from custody_schemas.declare import Record
from custody_schemas.terms import (
    Direction,
    DispositionKind,
    EvidenceType,
    HoldKind,
    Opinion,
    RequestKind,
    RetentionLine,
    RetentionMode,
    Trigger,
    UseLimit,
)


class LoadedPack(Record):
    """A version of a jurisdiction pack: when it was loaded, and from when it is in force.

    until: from when a later version stands in its place
    """

    id: str
    pack: Pack
    since: int
    until: int | None = None


class Inventory(Record):
    """An inventory that is open: the entry that began it, and by whom.

    expected: how many items should be there
    of: whose items are counted; to: who becomes primary custodian after her
    """

    id: str
    by: str
    since: int
    expected: int
    of: str | None = None
    to: str | None = None


class Counted(Record):
    """An inventory at a change of custodian, closed: each item was looked for, both sides signed.

    n, at: index and time of the entry that closed it
    """

    id: str
    of: str
    to: str
    n: int
    at: int


class Custodian(Record):
    """Who became primary custodian last, in one case or in all; it stays when her role ends.

    since: index of the entry that made her so
    """

    actor: str
    case: str | None = None
    since: int


class Hold(Record):
    """Nothing may be disposed of or erased until it is released.

    by: who placed it
    types, lines: of a hold on a case, which of its items it covers; absent: all of them
    """

    id: str
    kind: HoldKind
    by: str
    since: int
    review_by: int | None = None
    types: tuple[EvidenceType, ...] | None = None
    lines: tuple[RetentionLine, ...] | None = None


class OpenRequest(Record):
    """What another authority asks for, or is asked for, and has not ended.

    by: who put it on file
    respond_by, expires_at: days that it names; past them it is open still
    """

    id: str
    kind: RequestKind
    direction: Direction
    by: str
    since: int
    respond_by: int | None = None
    expires_at: int | None = None

    @property
    def due(self) -> int | None:
        """The first of the days that it names."""
        named = (self.respond_by, self.expires_at)
        return min((day for day in named if day is not None), default=None)


class Limits(Record):
    """What the giver of an item, or of what it was made from, allows. (R98)

    kinds: in the order of the term; delete_by: the earliest day that was named
    """

    kinds: tuple[UseLimit, ...]
    delete_by: int | None = None


class Happened(Record):
    """An event from which retention runs, and when it happened, or will. (R72)"""

    trigger: Trigger
    at: int


class Retention(Record):
    """A line that somebody assigned to the item: a rule of a pack, a date, or for good."""

    id: str
    pack: str | None = None
    rule: str | None = None
    until: int | None = None
    mode: RetentionMode


class Moved(Record):
    """Where one retention line was moved to: the assigned line `id`, or a rule of a pack.

    until: the date that was set; absent: for good
    began, computed: what the line was computed from, and to, when it was moved
    """

    id: str | None = None
    pack: str | None = None
    rule: str | None = None
    until: int | None = None
    began: int | None = None
    computed: int | None = None


class Disposition(Record):
    """A disposition that was asked for and has not ended.

    by, keys: who asked for it, with all keys that she ever had
    approved, approving: who approved, in order, and all keys that they ever had
    order: the order on file that counts as one more approval
    """

    id: str
    kind: DispositionKind
    by: str
    keys: tuple[str, ...]
    opinion: Opinion | None = None
    approved: tuple[str, ...]
    approving: tuple[str, ...]
    order: str | None = None
    begun: bool
