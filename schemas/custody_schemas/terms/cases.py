"""Cases, authorities and cross-border requests (requirements §7).

Every value is lower case; `not_stated` says that nobody said, and is never a default in disguise.
"""

from enum import StrEnum


class InvestigationForm(StrEnum):
    """CASE investigationForm."""

    CASE = "case"
    INCIDENT = "incident"
    SUSPICIOUS_ACTIVITY = "suspicious_activity"
    NOT_STATED = "not_stated"


class CaseStatus(StrEnum):
    """7.25."""

    OPEN = "open"
    CHARGED = "charged"
    TRIAL = "trial"
    CONVICTED = "convicted"
    ACQUITTED = "acquitted"
    DISCONTINUED = "discontinued"
    NOT_PROSECUTED = "not_prosecuted"
    APPEAL = "appeal"
    POST_CONVICTION_REVIEW = "post_conviction_review"
    CLOSED = "closed"
    UNSOLVED = "unsolved"
    NOT_STATED = "not_stated"


class AuthorityKind(StrEnum):
    """7.2."""

    SEARCH_WARRANT = "search_warrant"
    SEIZURE_WARRANT = "seizure_warrant"
    PRODUCTION_ORDER = "production_order"
    PRESERVATION_ORDER = "preservation_order"
    EPOC = "epoc"
    EPOC_PR = "epoc_pr"
    EIO = "eio"
    MLA_REQUEST = "mla_request"
    LETTER_ROGATORY = "letter_rogatory"
    SUBPOENA = "subpoena"
    COURT_ORDER = "court_order"
    CONSENT = "consent"
    EXIGENT_CIRCUMSTANCES = "exigent_circumstances"
    STATUTORY_POWER = "statutory_power"
    EMERGENCY_DISCLOSURE = "emergency_disclosure"
    VOLUNTARY_DISCLOSURE = "voluntary_disclosure"
    ADMINISTRATIVE_ORDER = "administrative_order"
    CONTRACT_OR_POLICY = "contract_or_policy"
    JIT_AGREEMENT = "jit_agreement"
    NOT_STATED = "not_stated"


class DataCategory(StrEnum):
    """7.3, Regulation (EU) 2023/1543."""

    SUBSCRIBER = "subscriber"
    USER_IDENTIFICATION = "user_identification"
    TRAFFIC = "traffic"
    CONTENT = "content"
    DOMAIN_REGISTRATION = "domain_registration"
    NOT_STATED = "not_stated"


class OffenceSeverity(StrEnum):
    """R12."""

    MINOR = "minor"
    SERIOUS = "serious"
    VERY_SERIOUS = "very_serious"
    NOT_STATED = "not_stated"


class RequestKind(StrEnum):
    """7.22."""

    PRESERVATION = "preservation"
    SUBSCRIBER_DISCLOSURE = "subscriber_disclosure"
    TRAFFIC = "traffic"
    CONTENT = "content"
    EMERGENCY_DISCLOSURE = "emergency_disclosure"
    VOLUNTARY_DISCLOSURE = "voluntary_disclosure"
    MLA = "mla"
    SPONTANEOUS_INFORMATION = "spontaneous_information"
    JIT = "jit"
    NOT_STATED = "not_stated"


class Instrument(StrEnum):
    """7.22."""

    BUDAPEST = "budapest"
    SECOND_PROTOCOL = "second_protocol"
    UNTOC = "untoc"
    UNCAC = "uncac"
    UNCC = "uncc"
    BILATERAL_MLAT = "bilateral_mlat"
    EIO = "eio"
    REG_2023_1543 = "reg_2023_1543"
    CLOUD_ACT = "cloud_act"
    DOMESTIC = "domestic"
    NOT_STATED = "not_stated"


class Direction(StrEnum):
    """R101: whether another authority asks, or is asked."""

    IN = "in"
    OUT = "out"
    NOT_STATED = "not_stated"


class RequestOutcome(StrEnum):
    """Requirements §6: what a request came to; `released`: preserving is no longer needed."""

    ANSWERED = "answered"
    PRODUCED = "produced"
    PARTIALLY_PRODUCED = "partially_produced"
    RELEASED = "released"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    IMPOSSIBLE = "impossible"
    NOT_STATED = "not_stated"


class RefusalGround(StrEnum):
    """7.23."""

    IMMUNITY_OR_PRIVILEGE = "immunity_or_privilege"
    PRESS_FREEDOM = "press_freedom"
    MANIFEST_FUNDAMENTAL_RIGHT_BREACH = "manifest_fundamental_right_breach"
    NE_BIS_IN_IDEM = "ne_bis_in_idem"
    NO_DUAL_CRIMINALITY = "no_dual_criminality"
    DE_FACTO_IMPOSSIBILITY = "de_facto_impossibility"
    CONFLICTING_LAW = "conflicting_law"
    MANIFEST_ERROR = "manifest_error"
    INCOMPLETE = "incomplete"
    DATA_NOT_HELD = "data_not_held"
    NOT_STATED = "not_stated"


class LogOperation(StrEnum):
    """7.7, Directive (EU) 2016/680 art 25."""

    COLLECTION = "collection"
    ALTERATION = "alteration"
    CONSULTATION = "consultation"
    DISCLOSURE = "disclosure"
    TRANSFER = "transfer"
    COMBINATION = "combination"
    ERASURE = "erasure"
    NOT_STATED = "not_stated"


class AuthorityEnd(StrEnum):
    """R14: why a legal basis ended."""

    FULFILLED = "fulfilled"
    EXPIRED = "expired"
    REVOKED = "revoked"
    QUASHED = "quashed"
    WITHDRAWN = "withdrawn"
    NOT_RATIFIED = "not_ratified"
    OTHER = "other"
    NOT_STATED = "not_stated"
