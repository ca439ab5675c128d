"""Hand-overs, check-outs and moves."""

from custody_schemas.acts.common import Common
from custody_schemas.acts.items import Conditions
from custody_schemas.declare import Capacity, Kind, Personal, changes
from custody_schemas.fields import ActorTag, Lines, LongText, StatementId, Text, Time
from custody_schemas.terms import (
    AccessPurpose,
    Answer,
    Assurance,
    IntegrityVerdict,
    LocationKind,
    OriginalOrCopy,
    OutsideParty,
    Override,
    SealState,
    TransferMethod,
    TransferPurpose,
    TransferRefusal,
)

ITEMS = (changes(Kind.ITEM, many=True),)


class TransferReleased(Common, name="transfer.released", about=ITEMS):
    """The holder offers items to somebody, and holds them until they are accepted. (R22, R44, R45)

    to: the person who is to receive them
    outside: what sort of person or body without an account is to receive them
    purpose: why
    method: how they travel
    condition: their condition
    expected_by: when they should arrive
    return_due: when they should come back
    authority: the legal basis
    consent: the giver's consent on file, where a limit of use would forbid it
    purpose_text: why, in words
    to_name: name of the receiver without an account
    to_organisation: the receiver's organisation
    to_number: the receiver's badge or identity number
    to_contact: how to reach the receiver
    carrier: carrier or courier
    tracking: tracking or accountable-mail number
    protection: packaging, encryption, channel security
    """

    to: ActorTag | None = None
    outside: OutsideParty | None = None
    purpose: TransferPurpose
    method: TransferMethod
    condition: Conditions
    expected_by: Time | None = None
    return_due: Time | None = None
    authority: StatementId | None = None
    consent: StatementId | None = None
    purpose_text: Personal[Text]
    to_name: Personal[Text]
    to_organisation: Personal[Text]
    to_number: Personal[Text]
    to_contact: Personal[Text]
    carrier: Personal[Text]
    tracking: Personal[Text]
    protection: Personal[Text]


class TransferAccepted(Common, name="transfer.accepted", about=ITEMS):
    """The receiver takes over items, with a verdict on seal and digest; from now on she holds them.

    Items that differ (one broken seal, one wrong digest) are accepted by an entry of their own.
    Without `transfer`, the items come back from somebody without an account. (R23, R46–R50)

    transfer: the release
    seal: what the seals look like, compared by software
    hash: whether the content matches its digests, computed
    condition: their condition
    contents_inventoried: whether the contents were looked through
    location: what sort of place they are put in
    override: why a mismatch was accepted
    seal_read: the number read off the bag
    storage: shelf, room, safe
    from_name: who handed them over, where that person has no account
    override_reason: why a mismatch was accepted, in words
    remarks: discrepancies and remarks
    """

    transfer: StatementId | None = None
    seal: SealState | None = None
    hash: IntegrityVerdict | None = None
    condition: Conditions
    contents_inventoried: Answer
    location: LocationKind
    override: Override | None = None
    seal_read: Personal[Text]
    storage: Personal[Text]
    from_name: Personal[Text]
    override_reason: Personal[Text]
    remarks: Personal[LongText]


class TransferRefused(Common, name="transfer.refused", about=ITEMS):
    """The receiver does not take the items; they stay with the releaser. (R24)

    transfer: the release
    reason: why
    details: why, in words
    notified: who was told
    """

    transfer: StatementId
    reason: TransferRefusal
    details: Personal[LongText]
    notified: Personal[Lines]


class TransferCancelled(Common, name="transfer.cancelled", about=ITEMS):
    """The releaser takes the offer back before it is accepted. (R24)

    transfer: the release
    reason: why
    """

    transfer: StatementId
    reason: Personal[Text]


class TransferAcknowledged(Common, name="transfer.acknowledged", about=ITEMS):
    """Somebody without an account confirmed receipt; the releaser records how. (R47)

    transfer: the release
    assurance: what the confirmation is worth
    condition: condition that the receiver confirmed
    received_by: who received them, as stated
    confirmation: number or reference of the confirmation
    """

    transfer: StatementId
    assurance: Assurance
    condition: Conditions
    received_by: Personal[Text]
    confirmation: Personal[Text]


class AccessCheckedOut(
    Common,
    name="access.checked_out",
    about=ITEMS,
    signers=(Capacity.ACTOR, Capacity.COUNTERPARTY, Capacity.WITNESS, Capacity.APPROVER),
):
    """The holder lets somebody take items out for a while. (R25, R52)

    to: who takes them
    purpose: what for
    original_or_copy: whether it is the original
    due_back: when they are due back
    authority: the legal basis
    purpose_text: what for, in words
    """

    to: ActorTag
    purpose: AccessPurpose
    original_or_copy: OriginalOrCopy
    due_back: Time | None = None
    authority: StatementId | None = None
    purpose_text: Personal[Text]


class AccessCheckedIn(
    Common,
    name="access.checked_in",
    about=ITEMS,
    signers=(Capacity.ACTOR, Capacity.COUNTERPARTY, Capacity.WITNESS, Capacity.APPROVER),
):
    """Items come back from a check-out. (R25)

    condition: their condition
    seal: what the seals look like, compared by software
    hash: whether the content matches its digests, computed
    location: what sort of place they are put in
    seal_read: the number read off the bag
    storage: shelf, room, safe
    variance: what is different
    """

    condition: Conditions
    seal: SealState | None = None
    hash: IntegrityVerdict | None = None
    location: LocationKind
    seal_read: Personal[Text]
    storage: Personal[Text]
    variance: Personal[Text]


class StorageMoved(Common, name="storage.moved", about=ITEMS):
    """Items are put in another place; custody does not change. (R28)

    location: what sort of place
    hash: whether the content matches its digests after the move, computed
    from_place: where they were
    to_place: where they are
    reason: why
    medium: serial number of the storage medium
    """

    location: LocationKind
    hash: IntegrityVerdict | None = None
    from_place: Personal[Text]
    to_place: Personal[Text]
    reason: Personal[Text]
    medium: Personal[Text]
