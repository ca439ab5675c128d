"""Holds, retention, disposition, inventory (requirements §7).

Every value is lower case; `not_stated` says that nobody said, and is never a default in disguise.
"""

from enum import StrEnum


class InventoryOutcome(StrEnum):
    """7.14."""

    PHYSICALLY_VERIFIED = "physically_verified"
    SEALED_CONTAINER_VERIFIED = "sealed_container_verified"
    ACCOUNTED_ON_RELEASE = "accounted_on_release"
    NOT_LOCATED = "not_located"
    UNEXPECTEDLY_PRESENT = "unexpectedly_present"
    NOT_YET_CHECKED = "not_yet_checked"
    NOT_STATED = "not_stated"


class HoldKind(StrEnum):
    """7.15."""

    LEGAL_HOLD = "legal_hold"
    LITIGATION = "litigation"
    APPEAL = "appeal"
    CCRC_OR_POST_CONVICTION = "ccrc_or_post_conviction"
    DISCLOSURE_DISPUTE = "disclosure_dispute"
    PRESERVATION_ORDER = "preservation_order"
    MLA_PENDING = "mla_pending"
    INTERNAL_INQUIRY = "internal_inquiry"
    DPA_REQUEST = "dpa_request"
    NOT_STATED = "not_stated"


class RetentionMode(StrEnum):
    """7.16."""

    GOVERNANCE = "governance"
    COMPLIANCE = "compliance"
    INDEFINITE = "indefinite"
    REVIEW_ONLY = "review_only"
    NOT_STATED = "not_stated"


class DispositionKind(StrEnum):
    """7.17."""

    RETURN_TO_OWNER = "return_to_owner"
    AUCTION = "auction"
    DESTROY = "destroy"
    DIVERT = "divert"
    RELEASE_TO_AGENCY = "release_to_agency"
    PERMANENT_TRANSFER = "permanent_transfer"
    RETAINED_BY_COURT = "retained_by_court"
    SECURE_ERASE = "secure_erase"
    CRYPTO_ERASE = "crypto_erase"
    ARCHIVE_TRANSFER = "archive_transfer"
    FORFEITURE = "forfeiture"
    RELIEF_OF_ACCOUNTABILITY = "relief_of_accountability"
    NOT_STATED = "not_stated"


class Sanitisation(StrEnum):
    """7.18, NIST SP 800-88."""

    CLEAR = "clear"
    PURGE = "purge"
    DESTROY = "destroy"
    NOT_STATED = "not_stated"


class DispositionReason(StrEnum):
    """7.19."""

    NO_EVIDENTIARY_VALUE = "no_evidentiary_value"
    CASE_CLOSED = "case_closed"
    ACQUITTED = "acquitted"
    CONVICTED_FINAL = "convicted_final"
    NOT_PROSECUTED = "not_prosecuted"
    LIMITATION_EXPIRED = "limitation_expired"
    IMAGE_RETAINED_INSTEAD = "image_retained_instead"
    COURT_ORDER = "court_order"
    OWNER_CLAIM = "owner_claim"
    HAZARD = "hazard"
    RETENTION_EXPIRED = "retention_expired"
    NOT_STATED = "not_stated"


class RetentionLine(StrEnum):
    """R74: what is kept apart from what."""

    DEVICE = "device"
    IMAGE = "image"
    WORKING_COPY = "working_copy"
    DERIVED = "derived"


class Trigger(StrEnum):
    """R72: the events from which retention runs."""

    CASE_OPENED = "case_opened"
    REGISTRATION = "registration"
    ORIGIN = "origin"
    COPY_VERIFIED = "copy_verified"
    NOT_PROSECUTED = "not_prosecuted"
    DISCONTINUANCE = "discontinuance"
    ACQUITTAL = "acquittal"
    CONVICTION = "conviction"
    RELEASE_FROM_CUSTODY = "release_from_custody"
    APPEAL_END = "appeal_end"
    LIMITATION_EXPIRY = "limitation_expiry"
    CASE_CLOSED = "case_closed"


class Opinion(StrEnum):
    """R33: what an adviser said to a disposition."""

    AGREES = "agrees"
    OBJECTS = "objects"
    NO_OBJECTION = "no_objection"
    NOT_STATED = "not_stated"


class Removal(StrEnum):
    """R34: what became of content in the vault; computed, never typed."""

    REMOVED = "removed"
    REMOVED_IN_PART = "removed_in_part"
    KEPT = "kept"
    NOT_IN_VAULT = "not_in_vault"


class ErasureGround(StrEnum):
    """R41, R93, R97; Directive (EU) 2016/680 art 16."""

    RETENTION_EXPIRED = "retention_expired"
    UNLAWFUL_PROCESSING = "unlawful_processing"
    LEGAL_OBLIGATION = "legal_obligation"
    COURT_ORDER = "court_order"
    REQUEST_OF_PERSON = "request_of_person"
    OUT_OF_SCOPE = "out_of_scope"
    RECORDED_IN_ERROR = "recorded_in_error"
    NOT_STATED = "not_stated"


class ErasureMethod(StrEnum):
    """R41."""

    KEY_AND_VALUE = "key_and_value"
    VALUE_AND_SALT = "value_and_salt"
    NOT_STATED = "not_stated"


class InventoryKind(StrEnum):
    """R30, R66."""

    PERIODIC = "periodic"
    CHANGE_OF_CUSTODIAN = "change_of_custodian"
    SPOT_CHECK = "spot_check"
    AFTER_INCIDENT = "after_incident"
    NOT_STATED = "not_stated"
