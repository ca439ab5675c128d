"""What the acts make of a subject: the state that rules read and write. (SPEC §9)

Custody, location and seal are separate axes (R2 of §0): each is computed from the acts, none is
edited. `at` values are Unix seconds; references are statement ids; people are actor tags.
"""

from hashlib import sha256
from typing import Any

from custody.core import canonical
from custody.core.kept import (
    Counted,
    Custodian,
    Disposition,
    Happened,
    Hold,
    Inventory,
    Limits,
    LoadedPack,
    Moved,
    OpenRequest,
    Retention,
)
from custody.core.reading import plain, read_record
from custody_schemas.acts import Rules
from custody_schemas.declare import Record
from custody_schemas.terms import (
    ActorRole,
    AuthorityKind,
    CaseStatus,
    DiscrepancyKind,
    DispositionKind,
    EvidenceType,
    LocationKind,
    OffenceSeverity,
    OutsideParty,
    RetentionLine,
    SealState,
)

STATE_LIMIT = 1 << 24  # bytes; states are our own, the limit only stops nonsense


class Key(Record):
    """A key of an actor. It may sign records with `since` < n, and < `revoked` if that is there."""

    id: str
    spki: str
    partner: str | None = None
    since: int
    revoked: int | None = None
    compromised_from: int | None = None

    @property
    def ids(self) -> tuple[str, ...]:
        """Its id, and that of its partner: whoever has one of them in common is one person."""
        if self.partner is None:
            return (self.id,)
        return self.id, sha256(canonical.from_base64(self.partner)).hexdigest()


class Grant(Record):
    """A role, in one case or in all, between two moments; `revoked` is an index."""

    role: ActorRole
    case: str | None = None
    since: int
    valid_from: int | None = None
    valid_to: int | None = None
    revoked: int | None = None


class Actor(Record):
    """A person: keys, roles, and who enrolled her (nobody enrolled the founder)."""

    enrolled_by: str | None = None
    keys: tuple[Key, ...]
    grants: tuple[Grant, ...]


class LedgerFacts(Record):
    """The ledger itself: its name, log keys, and the rules in force.

    counted: inventories at a change of custodian on which the next one may still be appointed
    """

    origin: str
    log_key: str
    log_mldsa: str
    rules: Rules
    founder: str
    packs: tuple[LoadedPack, ...]
    inventories: tuple[Inventory, ...]
    counted: tuple[Counted, ...]
    custodians: tuple[Custodian, ...]


class Authority(Record):
    """A legal basis on file in a case."""

    id: str
    kind: AuthorityKind
    valid_from: int | None = None
    valid_to: int | None = None
    ratify_by: int | None = None
    follows: str | None = None
    ended: int | None = None


class Case(Record):
    """A case with the legal bases on file, where its proceedings stand, and what it is held for.

    profile: the jurisdiction pack that applies
    appeal_until: until when an appeal can be filed
    exports: entries that prepared whole-case exports with the evidence inside
    """

    register: str
    opened_by: str
    closed: bool
    authorities: tuple[Authority, ...]
    profile: str | None = None
    severity: OffenceSeverity
    category: str | None = None
    status: CaseStatus
    appeal_until: int | None = None
    happened: tuple[Happened, ...]
    holds: tuple[Hold, ...]
    requests: tuple[OpenRequest, ...]
    exports: tuple[str, ...]


class Register(Record):
    """The list of a case's items; its chain is the list, the state only counts."""

    case: str
    items: int


class Transfer(Record):
    """An open hand-over: the releaser still holds the item; `keys` are all that she ever had."""

    id: str
    by: str
    keys: tuple[str, ...]
    to: str | None = None
    outside: OutsideParty | None = None
    since: int


class CheckOut(Record):
    """Who has the item out, and since when."""

    id: str
    to: str
    since: int
    due: int | None = None


class Seal(Record):
    """The seal on file: the entry that applied it, and what it was last found to be.

    finding: the entry that found it otherwise than it was before, and made it `state`
    before: what it was then, for the day when the finding proves to be a typing mistake
    """

    id: str
    state: SealState
    finding: str | None = None
    before: SealState | None = None


class Discrepancy(Record):
    """Something is not as it should be; the entry that found it is its id.

    involved: who found it, and who had the item, or its copy, in hand, gave it or was to get it
    keys: all that the finder ever had, and those that gave it
    """

    id: str
    kind: DiscrepancyKind
    involved: tuple[str, ...]
    keys: tuple[str, ...]


class Copy(Record):
    """A working copy that is out: the entry that issued it, its number, and to whom."""

    id: str
    number: int
    to: str | None = None
    outside: OutsideParty | None = None
    since: int
    due: int | None = None


class Item(Record):
    """An exhibit. Before its origin nobody holds it; `outside` names a holder without account.

    `copied`: a verified copy of the original is on file. `issued`: working copies made so far.
    `people`: everybody who ever signed for it, held it or was to get it. `products`: items made
    from it that are still there. `exports`: entries that exported it with its content, by name;
    `exported`: whole-case exports that were prepared before it had content.
    """

    case: str
    number: int
    type: EvidenceType
    origin: str | None = None
    authority: str | None = None
    holder: str | None = None
    outside: OutsideParty | None = None
    outside_since: str | None = None
    transfer: Transfer | None = None
    out: CheckOut | None = None
    location: LocationKind | None = None
    seal: Seal | None = None
    content: str | None = None
    parents: tuple[str, ...]
    copied: bool
    copies: tuple[Copy, ...]
    issued: int
    disputed: bool
    discrepancies: tuple[Discrepancy, ...]
    terminal: bool
    line: RetentionLine
    happened: tuple[Happened, ...]
    retention: tuple[Retention, ...]
    moved: tuple[Moved, ...]
    next_review: int | None = None
    holds: tuple[Hold, ...]
    requests: tuple[OpenRequest, ...]
    limits: Limits | None = None
    disposition: Disposition | None = None
    products: tuple[str, ...]
    exports: tuple[str, ...]
    exported: int
    people: tuple[str, ...]
    gone: DispositionKind | None = None
    left: bool

    @property
    def hands(self) -> tuple[str, ...]:
        """Who holds the item, has it out, gives it or is to get it."""
        offer = self.transfer
        named = (self.holder, self.out and self.out.to, offer and offer.by, offer and offer.to)
        return tuple(tag for tag in named if tag)


Subject = Actor | LedgerFacts | Case | Register | Item
SUBJECTS: dict[str, type[Record]] = {
    "actor": Actor,
    "ledger": LedgerFacts,
    "case": Case,
    "register": Register,
    "item": Item,
}


def encode(subject: Subject) -> bytes:
    """A state as canonical JSON, for the projection that `custody rebuild` recreates."""
    return canonical.encode(plain(subject))


def decode(kind: str, data: bytes) -> Subject:
    """The state that `encode` wrote; `kind` is a key of SUBJECTS."""
    value: Any = canonical.decode(data, STATE_LIMIT)
    return read_record(SUBJECTS[kind], value)  # type: ignore[return-value]
