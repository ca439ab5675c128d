"""Packs, retention, holds and dispositions."""

from custody_schemas.answers.recording import Recorded
from custody_schemas.declare import Record
from custody_schemas.fields import Digest, Time


class HoldListed(Record):
    """A hold that stands.

    items: the items it was placed on; empty where it covers the case
    types: the sorts of evidence to which it is narrowed; empty: all
    lines: likewise of device, image, working copy and derived product
    release: the command that releases it
    """

    hold: Digest
    kind: str
    case: str
    items: tuple[str, ...]
    types: tuple[str, ...]
    lines: tuple[str, ...]
    since: Time
    review_by: Time | None = None
    placed_by: str
    issuer: str
    reason: str
    release: str


class Holds(Record):
    """Holds that stand."""

    holds: tuple[HoldListed, ...]


class RequestListed(Record):
    """A request of an authority that is open.

    items: the items it is on; empty where it covers the case
    requesting, requested: who asks, and who is asked, each with its State where that is said
    due: the first of the days that it names; `overdue`: that has passed
    end: the command that says how it ended
    """

    request: Digest
    kind: str
    direction: str
    instrument: str
    case: str
    items: tuple[str, ...]
    since: Time
    respond_by: Time | None = None
    expires_at: Time | None = None
    due: Time | None = None
    overdue: bool
    follows: Digest | None = None
    put_by: str
    requesting: str
    requested: str
    reference: str
    asked: str
    end: str


class Requests(Record):
    """Requests that are open."""

    requests: tuple[RequestListed, ...]


class RuleAnswer(Record):
    """A retention rule of a pack; `conditions` and `runs` in words."""

    code: str
    text: str
    source: str
    lines: tuple[str, ...]
    conditions: str
    runs: str
    mode: str


class PackHead(Record):
    """A pack by name and version."""

    pack: str
    version: int
    title: str
    example: bool
    cooling_off_days: int


class PackListed(PackHead):
    """A pack that was loaded: from when it is in force, until when, and how many rules it has."""

    since: Time
    until: Time | None = None
    rules: int


class Packs(Record):
    """Packs that were loaded, and examples that can be."""

    packs: tuple[PackListed, ...]
    examples: tuple[str, ...]


class PackAnswer(PackHead):
    """What a pack says."""

    rules: tuple[RuleAnswer, ...]


class DateMoved(Record):
    """An item whose date a pack moves: how long it is kept now, and then, in words."""

    item: str
    exhibit: str
    now: str
    then: str
    sooner: bool


class PackTaken(Recorded):
    """A pack that was loaded: from when it is in force, and every item whose date it moves."""

    pack: str
    version: int
    since: Time
    moves: tuple[DateMoved, ...]


class RetentionLineAnswer(Record):
    """One retention line of an item.

    line: what it is called: the pack's rule with its version, or the entry that assigned it
    until: the date; absent: no end, or none yet
    kept, runs_from, because: the same in words
    moved: whether somebody moved the date
    """

    line: str
    pack: str | None = None
    version: int | None = None
    rule: str | None = None
    assigned: Digest | None = None
    until: Time | None = None
    kept: str
    runs_from: str
    because: str
    mode: str
    moved: bool


class ItemRetained(Record):
    """How long an item is kept; `over`: it is due for review. Pack and version stand at each line."""

    item: str
    exhibit: str
    line: str
    until: Time | None = None
    over: bool
    sentence: str
    holds: tuple[Digest, ...]
    requests: tuple[Digest, ...]
    next_review: Time | None = None
    lines: tuple[RetentionLineAnswer, ...]


class RetentionShown(Record):
    """Items and how long they are kept."""

    items: tuple[ItemRetained, ...]


class InventoryListed(Record):
    """An inventory that is open.

    holder: whose items are counted; empty: everybody's
    to: who becomes primary custodian after her, at a change of custodian
    expected, seen, missing, unexpected, gone, left: how many items; `gone` went elsewhere since
    to_look_for: the items that nobody has looked for
    """

    inventory: Digest
    kind: str
    holder: str
    to: str
    since: Time
    expected: int
    seen: int
    missing: int
    unexpected: int
    gone: int
    left: int
    to_look_for: tuple[str, ...]


class Inventories(Record):
    """Inventories that are open."""

    inventories: tuple[InventoryListed, ...]


class DisposedItem(Record):
    """An item that left custody for good; `removal`: what became of its content in the vault."""

    item: str
    removal: str


class Disposed(Recorded):
    """Items that left custody for good."""

    disposed: tuple[DisposedItem, ...]


class Certified(Recorded):
    """A certificate: `total` where nothing is left, else how much is, in words."""

    total: bool
    surviving: int
    remaining: tuple[str, ...]
    certificate: str


class Finished(Record):
    """Destructions that had been stopped: records of the entries that say what is erased."""

    records: tuple[int, ...]
