"""What `--json` prints and the API answers. Hashes are hex, sizes bytes, times as acts spell them.

Each answer is one object; lists stand under a name of their own, so that members can be added.
"""

from typing import Any

from custody_schemas.declare import Record
from custody_schemas.fields import Digest, Size, Time


class Refusal(Record):
    """Why nothing was done.

    code: a code of `codes.CODES`
    message: what is wrong, and what to do
    """

    code: str
    message: str


class Refused(Record):
    """The answer of whatever did not succeed."""

    refused: Refusal


class SignedBy(Record):
    """Somebody who signed."""

    name: str
    key: Digest
    capacity: str


class EntryAnswer(Record):
    """One signed entry that was recorded, and the indices of its records."""

    entry: Digest
    act: str
    records: tuple[int, ...]


class Recorded(Record):
    """What was recorded in one submission, after its proofs have verified.

    items: the items concerned, as CASE/NUMBER
    records: indices of all records
    at: the ledger's time
    """

    items: tuple[str, ...]
    entries: tuple[EntryAnswer, ...]
    records: tuple[int, ...]
    at: Time
    signed_by: tuple[SignedBy, ...]


class Digests(Record):
    """Digests of content; of a folder or of segments, those of its manifest."""

    sha256: Digest
    blake3: Digest


class Acquired(Recorded):
    """Content that was taken in.

    item: the new item, as CASE/NUMBER
    size: bytes of all files
    adverse: what speaks against the content as it was taken in
    """

    item: str
    digests: Digests
    size: Size
    adverse: tuple[str, ...]


class Planned(Record):
    """What `acquire --dry-run` would take in; nothing was read but names and headers."""

    name: str
    kind: str
    files: int
    size: Size
    unreadable: tuple[str, ...]


class Drafted(Record):
    """What `--dry-run` would have signed: each act's name and payload."""

    would_sign: tuple[dict[str, Any], ...]


class LedgerMade(Record):
    """A new ledger."""

    origin: str
    home: str
    identity: str
    key: Digest
    trust: Digest


class IdentityAnswer(Record):
    """An identity on this machine; `request` is the file to send to who enrols."""

    identity: str
    name: str
    organisation: str
    ledger: str
    key: Digest
    request: str | None = None


class Identities(Record):
    """The identities on this machine."""

    identities: tuple[IdentityAnswer, ...]


class RoleAnswer(Record):
    """A role that a person has or had."""

    role: str
    case: str | None = None
    valid_from: Time | None = None
    valid_to: Time | None = None
    in_force: bool


class KeyAnswer(Record):
    """A key of a person; `revoked` is the index from which on it signs nothing."""

    key: Digest
    algorithm: str
    in_force: bool
    since: int
    revoked: int | None = None


class PersonAnswer(Record):
    """A person who is enrolled."""

    person: Digest
    name: str
    organisation: str
    contact: str
    enrolled_by: str | None = None
    roles: tuple[RoleAnswer, ...]
    keys: tuple[KeyAnswer, ...]


class People(Record):
    """Everybody who is enrolled."""

    people: tuple[PersonAnswer, ...]


class Whoami(Record):
    """Who signs, and whether an agent keeps the key open."""

    identity: IdentityAnswer
    person: PersonAnswer | None = None
    unlocked_seconds: int


class AuthorityAnswer(Record):
    """A legal basis on file."""

    entry: Digest
    kind: str
    identifier: str
    issuer: str
    scope: str
    valid_from: Time | None = None
    valid_to: Time | None = None
    ratify_by: Time | None = None
    follows: Digest | None = None


class Authorities(Record):
    """The legal bases of a case."""

    case: str
    authorities: tuple[AuthorityAnswer, ...]


class CaseAnswer(Record):
    """A case as it stands."""

    case: str
    title: str
    opened_by: str
    closed: bool
    items: int
    authorities: tuple[AuthorityAnswer, ...]


class Cases(Record):
    """All cases."""

    cases: tuple[CaseAnswer, ...]


class ItemAnswer(Record):
    """An item as the entries have made it.

    holder: who holds it; absent where nobody does
    outside: what sort of person without an account has it
    out_to: who has it checked out
    released_to: who is to accept it
    seal: what the seal was last found to be; its number is not said
    """

    item: str
    exhibit: str
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
    entries: int


class Items(Record):
    """Items as they stand."""

    items: tuple[ItemAnswer, ...]


class CorrectionAnswer(Record):
    """A later entry says that a field is to read otherwise."""

    by: int
    field: str
    value: str


class HistoryEntry(Record):
    """One entry of an item's chain; what is not said is an empty string.

    number: its place in the chain, from 1
    n: its place in the ledger
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


class History(Record):
    """All entries of an item, and the times of which the record says too little."""

    item: ItemAnswer
    history: tuple[HistoryEntry, ...]
    gaps: tuple[str, ...]


class OpenTransfer(Record):
    """A hand-over that nobody has accepted, refused or cancelled yet."""

    transfer: Digest
    items: tuple[str, ...]
    by: str
    to: str
    since: Time


class OpenTransfers(Record):
    """All open hand-overs."""

    transfers: tuple[OpenTransfer, ...]


class CheckedItem(Record):
    """The computed verdict on an item's content, or seal."""

    item: str
    verdict: str
    detail: str


class Checked(Recorded):
    """What was found, and that it was recorded."""

    found: tuple[CheckedItem, ...]


class Exported(Record):
    """A bundle that was made: its file, digest and size, and what it shows."""

    bundle: str
    sha256: Digest
    size: Size
    root: Digest
    items: tuple[str, ...]


class ProofAnswer(Record):
    """Proof of recording of a record: a C2SP tlog-proof."""

    record: int
    proof: str
    file: str | None = None


class TrustAnswer(Record):
    """The trust file to hand out."""

    origin: str
    fingerprint: Digest
    trust: str


class Agent(Record):
    """Whether an agent keeps keys open, and for how long."""

    unlocked: bool
    seconds_left: int


class Rebuilt(Record):
    """From how many records the tables were made anew."""

    records: int


class Finding(Record):
    """One answer of an examination; `rule` only where a rule speaks."""

    check: str
    outcome: str
    subject: str
    rule: str | None = None
    detail: str


class Examined(Record):
    """The examination of a whole ledger: records `start` to `size` - 1 were looked at now."""

    verdict: str
    origin: str
    start: int
    size: int
    root: Digest
    findings: tuple[Finding, ...]


class Fact(Record):
    """Something that was proved and that speaks against the record-keeping."""

    kind: str
    subject: str
    detail: str


class BundleAnswer(Record):
    """A bundle as it was given: its digest, and what its checkpoint says of itself."""

    name: str
    sha256: Digest
    size: Size
    origin: str
    records: int
    root: str
    tallied: str


class Report(Record):
    """The examination of bundles. `trust` is the fingerprint of the trust file, or empty."""

    verdict: str
    bundles: tuple[BundleAnswer, ...]
    trust: str
    findings: tuple[Finding, ...]
    adverse: tuple[Fact, ...]
    proved: tuple[str, ...]
    not_proved: tuple[str, ...]
    withheld: tuple[str, ...]


class Demonstrated(Record):
    """What `custody demo` left behind: paths.

    bundle: the bundle that passes
    trust: the trust file
    spoilt: the bundle that fails
    """

    bundle: str
    trust: str
    spoilt: str
