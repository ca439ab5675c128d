"""Custody: seals, transfers, access, discrepancies, time (requirements §7).

Every value is lower case; `not_stated` says that nobody said, and is never a default in disguise.
"""

from enum import StrEnum


class SealState(StrEnum):
    """7.10."""

    INTACT = "intact"
    BROKEN_AUTHORISED = "broken_authorised"
    BROKEN_UNAUTHORISED = "broken_unauthorised"
    MISSING = "missing"
    NUMBER_MISMATCH = "number_mismatch"
    RESEALED = "resealed"
    NOT_SEALED = "not_sealed"
    NOT_STATED = "not_stated"


class SealType(StrEnum):
    """ours."""

    BAG = "bag"
    TAPE = "tape"
    TAG = "tag"
    BOX = "box"
    DIGITAL = "digital"
    OTHER = "other"
    NOT_STATED = "not_stated"


class TransferPurpose(StrEnum):
    """7.5."""

    TRANSPORT = "transport"
    STORAGE = "storage"
    LABORATORY_EXAMINATION = "laboratory_examination"
    ADJUDICATION = "adjudication"
    COURT_PRODUCTION = "court_production"
    DISPOSITION_APPROVAL = "disposition_approval"
    RETURN_TO_OWNER = "return_to_owner"
    DISCLOSURE_TO_DEFENCE = "disclosure_to_defence"
    MLA_TRANSMISSION = "mla_transmission"
    REPAIR_OR_UNLOCK = "repair_or_unlock"
    VALUATION = "valuation"
    OTHER = "other"
    NOT_STATED = "not_stated"


class TransferMethod(StrEnum):
    """R22."""

    HAND = "hand"
    COURIER = "courier"
    ACCOUNTABLE_MAIL = "accountable_mail"
    ELECTRONIC = "electronic"
    NOT_STATED = "not_stated"


class AccessPurpose(StrEnum):
    """7.6."""

    EXAMINATION = "examination"
    ANALYSIS = "analysis"
    PEER_REVIEW = "peer_review"
    COURT_PREPARATION = "court_preparation"
    DISCLOSURE_REVIEW = "disclosure_review"
    DEFENCE_EXAMINATION = "defence_examination"
    INVENTORY = "inventory"
    INTEGRITY_CHECK = "integrity_check"
    MAINTENANCE_MIGRATION = "maintenance_migration"
    AUDIT = "audit"
    TRAINING = "training"
    SUBJECT_ACCESS_REQUEST = "subject_access_request"
    NOT_STATED = "not_stated"


class TransferRefusal(StrEnum):
    """7.12."""

    SEAL_BROKEN = "seal_broken"
    SEAL_MISMATCH = "seal_mismatch"
    HASH_MISMATCH = "hash_mismatch"
    ITEM_MISSING = "item_missing"
    ITEM_EXTRA = "item_extra"
    IDENTITY_MISMATCH = "identity_mismatch"
    UNDOCUMENTED = "undocumented"
    WRONG_PACKAGING = "wrong_packaging"
    HAZARD = "hazard"
    NO_AUTHORITY = "no_authority"
    OUT_OF_SCOPE = "out_of_scope"
    RECEIVER_NOT_COMPETENT = "receiver_not_competent"
    OTHER = "other"
    NOT_STATED = "not_stated"


class LocationKind(StrEnum):
    """ours: what sort of place holds the item; its address is a personal field."""

    SCENE = "scene"
    VEHICLE = "vehicle"
    OFFICE = "office"
    EVIDENCE_ROOM = "evidence_room"
    LABORATORY = "laboratory"
    COURT = "court"
    VAULT = "vault"
    ARCHIVE = "archive"
    EXTERNAL = "external"
    NOT_STATED = "not_stated"


class OriginalOrCopy(StrEnum):
    """R25."""

    ORIGINAL = "original"
    COPY = "copy"
    NOT_STATED = "not_stated"


class DiscrepancyKind(StrEnum):
    """7.21."""

    MISSING_ITEM = "missing_item"
    EXTRA_ITEM = "extra_item"
    SEAL = "seal"
    HASH = "hash"
    CUSTODY_GAP = "custody_gap"
    LOCATION_UNKNOWN = "location_unknown"
    LATE_ENTRY = "late_entry"
    UNAUTHORISED_ACCESS = "unauthorised_access"
    KEY_COMPROMISE = "key_compromise"
    RECORD_CONFLICT = "record_conflict"
    DAMAGE = "damage"
    NOT_STATED = "not_stated"


class CorrectionReason(StrEnum):
    """7.20."""

    TRANSCRIPTION_ERROR = "transcription_error"
    WRONG_ITEM = "wrong_item"
    WRONG_TIME = "wrong_time"
    WRONG_PERSON = "wrong_person"
    OMITTED_FIELD = "omitted_field"
    DUPLICATE_ENTRY = "duplicate_entry"
    SYSTEM_ERROR = "system_error"
    LATER_INFORMATION = "later_information"
    RECTIFICATION = "rectification"
    NOT_STATED = "not_stated"


class LateReason(StrEnum):
    """R60."""

    NO_NETWORK = "no_network"
    NO_DEVICE_AT_SCENE = "no_device_at_scene"
    OPERATIONAL_URGENCY = "operational_urgency"
    TRANSCRIBED_FROM_PAPER = "transcribed_from_paper"
    SYSTEM_FAILURE = "system_failure"
    FORGOTTEN = "forgotten"
    OTHER = "other"
    NOT_STATED = "not_stated"


class Override(StrEnum):
    """design §5: why a contradiction was accepted; the words stand in a personal field."""

    URGENCY = "urgency"
    EVIDENCE_WOULD_BE_LOST = "evidence_would_be_lost"
    COURT_DIRECTION = "court_direction"
    SAFETY = "safety"
    OTHER = "other"
    NOT_STATED = "not_stated"


class Precision(StrEnum):
    """SPEC §2, occurred."""

    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"


class TimeSource(StrEnum):
    """R3, SPEC §2, occurred."""

    CLOCK = "clock"
    MANUAL = "manual"
    DEVICE = "device"


class Absence(StrEnum):
    """design §5: why somebody's items, or entries, fall to another person."""

    LEFT_SERVICE = "left_service"
    KEY_LOST = "key_lost"
    ON_LEAVE = "on_leave"
    INCAPACITY = "incapacity"
    DECEASED = "deceased"
    OTHER = "other"
    NOT_STATED = "not_stated"


class DiscrepancyOutcome(StrEnum):
    """R36, R65: how a discrepancy ended; a mistyped seal number is a recording error."""

    EXPLAINED = "explained"
    RECOVERED = "recovered"
    RECORDING_ERROR = "recording_error"
    CONFIRMED = "confirmed"
    RELIEF_GRANTED = "relief_granted"
    NOT_STATED = "not_stated"


class Countersignature(StrEnum):
    """ours: what a person who signs an entry of another says by it."""

    AGREES = "agrees"
    AGREES_WITH_REMARKS = "agrees_with_remarks"
    READ = "read"
    OBJECTS = "objects"
    NOT_STATED = "not_stated"
