"""Acts that bring an item into the ledger: registration, seizure, acquisition, derivation."""

from typing import Annotated

from custody_schemas.acts.common import Common
from custody_schemas.declare import Kind, Personal, Several, Within, begins, changes, touches
from custody_schemas.fields import (
    CaseTag,
    Content,
    Lines,
    LongText,
    Media,
    Number,
    StatementId,
    Text,
)
from custody_schemas.terms import (
    AcquisitionMethod,
    Answer,
    Condition,
    DerivationKind,
    DeviceState,
    EncryptionState,
    EvidenceType,
    ImageFormat,
    IntegrityVerdict,
    OutsideParty,
    Override,
    Sensitivity,
    Signature,
    StoredHash,
)

WRONG = (IntegrityVerdict.MISMATCH, IntegrityVerdict.PARTIAL, IntegrityVerdict.UNREADABLE)
Unread = Annotated[int, Within(1, 10_000_000)]
Conditions = Annotated[tuple[Condition, ...], Several(1, 8)]


class ItemRegistered(
    Common,
    name="item.registered",
    about=(begins(Kind.ITEM), touches(Kind.REGISTER), touches(Kind.SOURCE, optional=True)),
):
    """An exhibit enters the case under a number of its own. (R15, R42, R64)

    A source named here is the item of which this one is a part or a sample.

    case: the case
    number: item number, unique in the case
    type: what it is
    quantity: how many of it
    sensitivity: what sort of material it holds
    condition: its condition
    received_from: what sort of person or body it came from
    exhibit: exhibit reference, as on the label
    description: what it is: facts only, no conclusions
    make: maker
    model: model
    serial: serial number
    unique_ids: other numbers: IMEI, MAC, account, VIN, URL …
    colour: colour
    capacity: capacity
    marks: marks and damage
    packaging: how it is packed
    hazards: hazards
    unit: unit of the quantity
    owner: owner, as far as known
    received_from_name: from whom it was received
    """

    case: CaseTag
    number: Number
    type: EvidenceType
    quantity: Annotated[int, Within(1, 1_000_000)]
    sensitivity: Sensitivity
    condition: Conditions
    received_from: OutsideParty | None = None
    exhibit: Personal[Text]
    description: Personal[LongText]
    make: Personal[Text]
    model: Personal[Text]
    serial: Personal[Text]
    unique_ids: Personal[Lines]
    colour: Personal[Text]
    capacity: Personal[Text]
    marks: Personal[Text]
    packaging: Personal[Text]
    hazards: Personal[Lines]
    unit: Personal[Text]
    owner: Personal[Text]
    received_from_name: Personal[Text]


class ItemSeized(Common, name="item.seized", about=(changes(Kind.ITEM),)):
    """An item is taken at a scene; who signs holds it. (R16, R63)

    authority: the legal basis
    state: in what state the device was found
    network_isolated: whether it was cut off from networks
    volatile_captured: whether volatile data was captured
    credentials_obtained: whether credentials were obtained
    receipt_given: whether the owner got a receipt
    receipt_signature: whether the possessor signed for what was taken
    clock_offset_s: seconds by which the device's clock was ahead of a reference
    position: room and position at the place
    found_by: who found it, as stated
    witnesses: who watched, as stated
    possessor: owner or possessor at the scene
    volatile_reason: why volatile data was captured, or not
    receipt_to: who got the receipt
    recording: photographs or film of the search
    """

    authority: StatementId | None = None
    state: Annotated[tuple[DeviceState, ...], Several(1, 5)]
    network_isolated: Answer
    volatile_captured: Answer
    credentials_obtained: Answer
    receipt_given: Answer
    receipt_signature: Signature | None = None
    clock_offset_s: Annotated[int, Within(-(2**40), 2**40)] | None = None
    position: Personal[Text]
    found_by: Personal[Text]
    witnesses: Personal[Lines]
    possessor: Personal[Text]
    volatile_reason: Personal[Text]
    receipt_to: Personal[Text]
    recording: Personal[Text]


class ItemAcquired(
    Common,
    name="item.acquired",
    about=(changes(Kind.ITEM), touches(Kind.SOURCE, optional=True)),
):
    """Digital content is copied for the first time from a device or a live source. (R17, R126)

    content: the copy's size and digests
    media: the media inside a forensic image
    format: how the copy is kept
    method: how it was acquired
    stored_hash: whether the media matches the hash stored in the image
    disputed: why it is recorded in spite of a mismatch
    override: why a source was imaged against the record
    authority: the legal basis
    encryption: encryption of the source
    destructive: whether acquiring destroyed anything
    source_changed: whether the source was changed
    verified: whether the copy was compared with the source
    read_errors: number of read errors; absent where nobody said
    unread: entries of a folder that could not be read or opened; absent where there are none
    content_sha256: SHA-256 of content below 64 KiB
    content_blake3: BLAKE3 of content below 64 KiB
    media_sha256: SHA-256 of media below 64 KiB
    media_blake3: BLAKE3 of media below 64 KiB
    files: the files: SHA-256, BLAKE3, size in bytes, percent-encoded name
    tool: tool and version
    tool_validation: the tool's validation record
    write_blocker: write blocker: make, model, serial number, last test
    destination: destination medium and how it was wiped
    environment: machine and system used
    scope: what was acquired and what was not
    changes: what was changed on the source, why and by whom
    error_list: where the read errors are
    claims: what the image's header says of case, evidence, examiner and dates
    override_reason: why a contradiction or mismatch was accepted, in words
    location: where content left in place is
    """

    content: Content
    media: Media | None = None
    format: ImageFormat
    method: AcquisitionMethod
    stored_hash: StoredHash
    disputed: Override | None = None
    override: Override | None = None
    authority: StatementId | None = None
    encryption: EncryptionState
    destructive: Answer
    source_changed: Answer
    verified: Answer
    read_errors: Annotated[int, Within(0, 2**53 - 1)] | None = None
    unread: Unread | None = None
    content_sha256: Personal[Text]
    content_blake3: Personal[Text]
    media_sha256: Personal[Text]
    media_blake3: Personal[Text]
    files: Personal[Lines]
    tool: Personal[Text]
    tool_validation: Personal[Text]
    write_blocker: Personal[Text]
    destination: Personal[Text]
    environment: Personal[Text]
    scope: Personal[LongText]
    changes: Personal[LongText]
    error_list: Personal[Lines]
    claims: Personal[Lines]
    override_reason: Personal[Text]
    location: Personal[LongText]


class ItemDerived(
    Common,
    name="item.derived",
    about=(
        changes(Kind.ITEM),
        touches(Kind.SOURCE, many=True, finding=lambda act: act.parents_verified in WRONG),
    ),
):
    """Content is made out of items whose digests are on file. (R20, R43)

    parents: the entries that put the parents' content on file
    parents_verified: whether the parents were checked against their digests just before
    variance: why a parent that does not match was used
    kind: what sort of derivation it is
    content: the derived content's size and digests
    reproducible: whether the same steps give the same bytes
    unread: entries of a folder that could not be read or opened; absent where there are none
    content_sha256: SHA-256 of content below 64 KiB
    content_blake3: BLAKE3 of content below 64 KiB
    files: the files: SHA-256, BLAKE3, size in bytes, percent-encoded name
    tool: tool and version
    parameters: the tool's parameters
    loss: what was lost or changed on the way
    performed_by: who did it, as stated
    override_reason: why a variance was accepted, in words
    location: where content left in place is
    """

    parents: Annotated[tuple[StatementId, ...], Several(1, 255)]
    parents_verified: IntegrityVerdict
    variance: Override | None = None
    kind: DerivationKind
    content: Content
    reproducible: Answer
    unread: Unread | None = None
    content_sha256: Personal[Text]
    content_blake3: Personal[Text]
    files: Personal[Lines]
    tool: Personal[Text]
    parameters: Personal[LongText]
    loss: Personal[LongText]
    performed_by: Personal[Text]
    override_reason: Personal[Text]
    location: Personal[LongText]
