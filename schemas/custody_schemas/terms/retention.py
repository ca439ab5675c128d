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
