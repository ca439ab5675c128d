"""The act that brings in what somebody else hands over: a provider, an authority, the public."""

from typing import Annotated

from custody_schemas.acts.common import Common
from custody_schemas.acts.items import Unread
from custody_schemas.declare import Kind, Personal, Record, Several, Within, changes
from custody_schemas.fields import (
    Content,
    Digest,
    Lines,
    LongText,
    Media,
    Origin,
    StatementId,
    Text,
    Time,
)
from custody_schemas.terms import (
    Answer,
    Channel,
    DataCategory,
    EncryptionState,
    ImageFormat,
    IntegrityVerdict,
    OutsideParty,
    Override,
    StoredHash,
    UseLimit,
)


class Former(Record):
    """The item in a lost ledger that this one continues: its chain as far as it was saved.

    origin: name of the lost ledger
    tag: the item's tag there
    count: number of its records there
    head: hash of the last of them
    """

    origin: Origin
    tag: Digest
    count: Annotated[int, Within(1, 2**53 - 1)]
    head: Digest


class ItemReceived(Common, name="item.received", about=(changes(Kind.ITEM),)):
    """An item is handed in by somebody outside: a device, a package, a file. (R18, R98, R109, R111)

    received_from: what sort of person or body it came from
    channel: by which way it came
    authority: the legal basis: the request or order that it answers
    content: the size and digests of what was received
    media: the media inside a forensic image
    format: how the content is kept
    stored_hash: whether the media matches the hash stored in the image
    supplied: whether the content matches the digests that came with it, computed
    disputed: why it is recorded in spite of a mismatch
    signature_valid: whether a signature or seal on the package was checked and holds
    certificate: whether a certificate of authenticity came with it
    encryption: whether the content is encrypted
    data_categories: which categories of data it holds
    data_from: beginning of the period that the data covers
    data_to: end of the period that the data covers
    intelligence_only: whether it may not be used as evidence until a formal request allows it
    use_limits: what the giver allows
    delete_by: when the giver wants it deleted
    former: the item in a lost ledger that this one continues
    unread: entries of a folder that could not be read or opened; absent where there are none
    from_name: who handed it over
    request_reference: reference of the request that it answers
    provider_reference: the giver's own reference
    content_sha256: SHA-256 of content below 64 KiB
    content_blake3: BLAKE3 of content below 64 KiB
    media_sha256: SHA-256 of media below 64 KiB
    media_blake3: BLAKE3 of media below 64 KiB
    files: the files: SHA-256, BLAKE3, size in bytes, percent-encoded name
    supplied_digests: digests that came with it: algorithm, digest, percent-encoded name
    differs: files that differ from the digests that came with them, or are missing
    time_zone: time zone of the data
    use_terms: what the giver allows, in words
    claims: what the image's header says of case, evidence, examiner and dates
    tool: tool and version
    override_reason: why a mismatch was accepted, in words
    location: where content left in place is
    """

    received_from: OutsideParty
    channel: Channel
    authority: StatementId | None = None
    content: Content | None = None
    media: Media | None = None
    format: ImageFormat | None = None
    stored_hash: StoredHash | None = None
    supplied: IntegrityVerdict | None = None
    disputed: Override | None = None
    signature_valid: Answer
    certificate: Answer
    encryption: EncryptionState
    data_categories: Annotated[tuple[DataCategory, ...], Several(1, 10)] | None = None
    data_from: Time | None = None
    data_to: Time | None = None
    intelligence_only: Answer
    use_limits: Annotated[tuple[UseLimit, ...], Several(1, 10)] | None = None
    delete_by: Time | None = None
    former: Former | None = None
    unread: Unread | None = None
    from_name: Personal[Text]
    request_reference: Personal[Text]
    provider_reference: Personal[Text]
    content_sha256: Personal[Text]
    content_blake3: Personal[Text]
    media_sha256: Personal[Text]
    media_blake3: Personal[Text]
    files: Personal[Lines]
    supplied_digests: Personal[Lines]
    differs: Personal[Lines]
    time_zone: Personal[Text]
    use_terms: Personal[LongText]
    claims: Personal[Lines]
    tool: Personal[Text]
    override_reason: Personal[Text]
    location: Personal[LongText]
