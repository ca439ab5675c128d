"""All acts. Importing this package fills `Act.ALL`."""

from custody_schemas.acts.cases import AuthorityRecorded, CaseOpened
from custody_schemas.acts.checks import (
    CorrectionRecorded,
    DiscrepancyOpened,
    IntegrityChecked,
    NoteRecorded,
)
from custody_schemas.acts.common import Common
from custody_schemas.acts.exports import ExportCreated, ExportPrepared
from custody_schemas.acts.items import ItemAcquired, ItemDerived, ItemRegistered, ItemSeized
from custody_schemas.acts.people import (
    ActorRegistered,
    KeyRegistered,
    KeyRevoked,
    LedgerOpened,
    RoleGranted,
    RoleRevoked,
    Rules,
)
from custody_schemas.acts.seals import SealApplied, SealBroken, SealVerified
from custody_schemas.acts.transfers import (
    AccessCheckedIn,
    AccessCheckedOut,
    StorageMoved,
    TransferAccepted,
    TransferAcknowledged,
    TransferCancelled,
    TransferRefused,
    TransferReleased,
)

__all__ = [
    "AccessCheckedIn",
    "AccessCheckedOut",
    "ActorRegistered",
    "AuthorityRecorded",
    "CaseOpened",
    "Common",
    "CorrectionRecorded",
    "DiscrepancyOpened",
    "ExportCreated",
    "ExportPrepared",
    "IntegrityChecked",
    "ItemAcquired",
    "ItemDerived",
    "ItemRegistered",
    "ItemSeized",
    "KeyRegistered",
    "KeyRevoked",
    "LedgerOpened",
    "NoteRecorded",
    "RoleGranted",
    "RoleRevoked",
    "Rules",
    "SealApplied",
    "SealBroken",
    "SealVerified",
    "StorageMoved",
    "TransferAccepted",
    "TransferAcknowledged",
    "TransferCancelled",
    "TransferRefused",
    "TransferReleased",
]
