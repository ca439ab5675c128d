"""When a hand-over fails, or its people are gone: loss, return, takeover. (design §5)"""

from custody_schemas.acts.common import Common
from custody_schemas.acts.items import Conditions
from custody_schemas.acts.transfers import ITEMS
from custody_schemas.declare import Personal
from custody_schemas.fields import Lines, LongText, StatementId, Text
from custody_schemas.terms import (
    Absence,
    Answer,
    IntegrityVerdict,
    InventoryOutcome,
    LocationKind,
    Override,
    SealState,
)


class TransferLost(Common, name="transfer.lost", about=ITEMS):
    """Released items did not arrive and nobody has them; a discrepancy opens by itself. (R24, R65)

    transfer: the release
    details: what is known
    notified: who was told
    actions: what is being done
    """

    transfer: StatementId
    details: Personal[LongText]
    notified: Personal[Lines]
    actions: Personal[Lines]


class TransferReturned(Common, name="transfer.returned", about=ITEMS):
    """Released items came back without having been accepted; the releaser has them again. (R24)

    transfer: the release
    seal: what the seals look like, compared by software
    hash: whether the content matches its digests, computed
    condition: their condition
    location: what sort of place they are put in
    override: why a mismatch was accepted
    seal_read: the number read off the bag
    storage: shelf, room, safe
    details: why they came back
    override_reason: why a mismatch was accepted, in words
    """

    transfer: StatementId
    seal: SealState | None = None
    hash: IntegrityVerdict | None = None
    condition: Conditions
    location: LocationKind
    override: Override | None = None
    seal_read: Personal[Text]
    storage: Personal[Text]
    details: Personal[LongText]
    override_reason: Personal[Text]


class CustodyAssumed(Common, name="custody.assumed", about=ITEMS):
    """Items are taken over from somebody who cannot hand them over; two people sign. (R45, R66)

    Each item was seen. An open hand-over or check-out of it ends here.

    reason: why the holder cannot hand them over
    observed: how each item was seen
    seal: what the seals look like, compared by software
    hash: whether the content matches its digests, computed
    condition: their condition
    contents_inventoried: whether the contents were looked through
    location: what sort of place they are put in
    override: why a mismatch was accepted
    seal_read: the number read off the bag
    storage: shelf, room, safe
    override_reason: why a mismatch was accepted, in words
    details: the circumstances
    """

    reason: Absence
    observed: InventoryOutcome
    seal: SealState | None = None
    hash: IntegrityVerdict | None = None
    condition: Conditions
    contents_inventoried: Answer
    location: LocationKind
    override: Override | None = None
    seal_read: Personal[Text]
    storage: Personal[Text]
    override_reason: Personal[Text]
    details: Personal[LongText]
