"""All acts. Importing this package fills `Act.ALL`."""

from custody_schemas.acts.cases import (
    AuthorityEnded,
    AuthorityRecorded,
    CaseClosed,
    CaseOpened,
    CaseReopened,
)
from custody_schemas.acts.checks import (
    CorrectionRecorded,
    DiscrepancyOpened,
    DiscrepancyResolved,
    DiscrepancyUpdated,
    IntegrityChecked,
    NoteRecorded,
    StatementCountersigned,
)
from custody_schemas.acts.common import Common
from custody_schemas.acts.court import CourtExhibited, CourtReturned
from custody_schemas.acts.exports import ExportCreated, ExportPrepared
from custody_schemas.acts.items import (
    ItemAcquired,
    ItemDerived,
    ItemRegistered,
    ItemSeized,
)
from custody_schemas.acts.people import (
    ActorRegistered,
    KeyRegistered,
    KeyRevoked,
    KeyRotated,
    LedgerOpened,
    LedgerRulesChanged,
    RoleGranted,
    RoleRevoked,
    Rules,
)
from custody_schemas.acts.received import Former, ItemReceived
from custody_schemas.acts.seals import SealApplied, SealBroken, SealVerified
from custody_schemas.acts.takeovers import CustodyAssumed, TransferLost, TransferReturned
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
from custody_schemas.acts.work import (
    AnalysisRecorded,
    AnalysisReviewed,
    CopyIssued,
    CopyReturned,
    ItemReferenceAssigned,
)

__all__ = [
    "AccessCheckedIn",
    "AccessCheckedOut",
    "ActorRegistered",
    "AnalysisRecorded",
    "AnalysisReviewed",
    "AuthorityEnded",
    "AuthorityRecorded",
    "CaseClosed",
    "CaseOpened",
    "CaseReopened",
    "Common",
    "CopyIssued",
    "CopyReturned",
    "CorrectionRecorded",
    "CourtExhibited",
    "CourtReturned",
    "CustodyAssumed",
    "DiscrepancyOpened",
    "DiscrepancyResolved",
    "DiscrepancyUpdated",
    "ExportCreated",
    "ExportPrepared",
    "Former",
    "IntegrityChecked",
    "ItemAcquired",
    "ItemDerived",
    "ItemReceived",
    "ItemReferenceAssigned",
    "ItemRegistered",
    "ItemSeized",
    "KeyRegistered",
    "KeyRevoked",
    "KeyRotated",
    "LedgerOpened",
    "LedgerRulesChanged",
    "NoteRecorded",
    "RoleGranted",
    "RoleRevoked",
    "Rules",
    "SealApplied",
    "SealBroken",
    "SealVerified",
    "StatementCountersigned",
    "StorageMoved",
    "TransferAccepted",
    "TransferAcknowledged",
    "TransferCancelled",
    "TransferLost",
    "TransferRefused",
    "TransferReleased",
    "TransferReturned",
]
