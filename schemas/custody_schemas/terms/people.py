"""People, their roles and rights (requirements §7).

Every value is lower case; `not_stated` says that nobody said, and is never a default in disguise.
"""

from enum import StrEnum


class ActorRole(StrEnum):
    """7.4, ISO/IEC 27037, CASE, ACPO 4."""

    DEFR = "defr"
    DES = "des"
    INVESTIGATOR = "investigator"
    EXAMINER = "examiner"
    ATTORNEY = "attorney"
    CASE_OFFICER = "case_officer"
    CUSTODIAN_PRIMARY = "custodian_primary"
    CUSTODIAN_ALTERNATE = "custodian_alternate"
    SUBMITTING_OFFICER = "submitting_officer"
    EXHIBITS_OFFICER = "exhibits_officer"
    COURIER = "courier"
    LAB_RECEIVER = "lab_receiver"
    PEER_REVIEWER = "peer_reviewer"
    PROSECUTOR = "prosecutor"
    DEFENCE = "defence"
    JUDGE_OR_CLERK = "judge_or_clerk"
    ISSUING_AUTHORITY = "issuing_authority"
    VALIDATING_AUTHORITY = "validating_authority"
    ENFORCING_AUTHORITY = "enforcing_authority"
    CENTRAL_AUTHORITY = "central_authority"
    SERVICE_PROVIDER = "service_provider"
    CONTACT_24_7 = "contact_24_7"
    WITNESS = "witness"
    OWNER = "owner"
    AUDITOR = "auditor"
    ADMIN = "admin"
    NOT_STATED = "not_stated"


class PersonCategory(StrEnum):
    """7.24, Directive (EU) 2016/680 art 6."""

    SUSPECT = "suspect"
    CONVICTED = "convicted"
    VICTIM = "victim"
    WITNESS = "witness"
    CONTACT = "contact"
    OTHER = "other"
    NOT_STATED = "not_stated"


class IdentityCheck(StrEnum):
    """ours: how an enroller made sure who the person is."""

    IN_PERSON = "in_person"
    DOCUMENT = "document"
    VIDEO_CALL = "video_call"
    ORGANISATION_DIRECTORY = "organisation_directory"
    NOT_STATED = "not_stated"


class KeyStorage(StrEnum):
    """R38."""

    FILE = "file"
    TOKEN = "token"
    HSM = "hsm"
    REMOTE_QSCD = "remote_qscd"
    NOT_STATED = "not_stated"


class RevocationReason(StrEnum):
    """R38."""

    LOST = "lost"
    COMPROMISED = "compromised"
    SUPERSEDED = "superseded"
    PERSON_LEFT = "person_left"
    NO_LONGER_NEEDED = "no_longer_needed"
    OTHER = "other"
    NOT_STATED = "not_stated"


class Assurance(StrEnum):
    """7.27."""

    QUALIFIED = "qualified"
    ADVANCED = "advanced"
    ORGANISATIONAL_KEY = "organisational_key"
    PAPER_COUNTERSIGNED = "paper_countersigned"
    ACCOUNTABLE_MAIL = "accountable_mail"
    ONE_TIME_LINK = "one_time_link"
    SYSTEM = "system"
    NOT_STATED = "not_stated"


class OutsideParty(StrEnum):
    """design §5: people and bodies without accounts."""

    OWNER = "owner"
    COURIER = "courier"
    COURT = "court"
    PROSECUTOR = "prosecutor"
    DEFENCE = "defence"
    PROVIDER = "provider"
    LABORATORY = "laboratory"
    FOREIGN_AUTHORITY = "foreign_authority"
    POLICE = "police"
    REPAIRER = "repairer"
    OTHER = "other"
    NOT_STATED = "not_stated"


class UnlockMethod(StrEnum):
    """SPEC §2, signing.unlock."""

    PROMPT = "prompt"
    AGENT = "agent"
    ENVIRONMENT = "environment"
    FILE = "file"
    TOKEN = "token"
