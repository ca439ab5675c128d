"""What evidence is, and what was done to get and derive it (requirements §7).

Every value is lower case; `not_stated` says that nobody said, and is never a default in disguise.
"""

from enum import StrEnum


class EvidenceType(StrEnum):
    """7.1, Bharatiya Sakshya Adhiniyam 2023 Schedule; the rest ours."""

    COMPUTER = "computer"
    STORAGE_MEDIA = "storage_media"
    DVR = "dvr"
    MOBILE = "mobile"
    FLASH_DRIVE = "flash_drive"
    CD_DVD = "cd_dvd"
    SERVER = "server"
    CLOUD = "cloud"
    NETWORK_CAPTURE = "network_capture"
    MEMORY_IMAGE = "memory_image"
    DISK_IMAGE = "disk_image"
    LOGICAL_EXTRACTION = "logical_extraction"
    FILE = "file"
    EMAIL = "email"
    MESSAGE_EXPORT = "message_export"
    ACCOUNT_DATA = "account_data"
    WEB_CAPTURE = "web_capture"
    DATABASE = "database"
    LOG = "log"
    SIM_CARD = "sim_card"
    IOT_DEVICE = "iot_device"
    VEHICLE_SYSTEM = "vehicle_system"
    DRONE = "drone"
    WALLET_OR_KEY = "wallet_or_key"
    AUDIO = "audio"
    VIDEO = "video"
    PHOTO = "photo"
    DOCUMENT = "document"
    PAPER = "paper"
    BIOLOGICAL_SWAB_FROM_DEVICE = "biological_swab_from_device"
    FIREARM = "firearm"
    CURRENCY = "currency"
    OTHER = "other"
    NOT_STATED = "not_stated"


class AcquisitionMethod(StrEnum):
    """7.8."""

    PHYSICAL = "physical"
    LOGICAL = "logical"
    FILE_SYSTEM = "file_system"
    FULL_FILE_SYSTEM = "full_file_system"
    LIVE = "live"
    MEMORY = "memory"
    CLOUD_API = "cloud_api"
    TARGETED = "targeted"
    NETWORK_CAPTURE = "network_capture"
    MANUAL_PHOTOGRAPHY = "manual_photography"
    PROVIDER_DISCLOSURE = "provider_disclosure"
    OPEN_SOURCE_CAPTURE = "open_source_capture"
    NOT_STATED = "not_stated"


class DerivationKind(StrEnum):
    """7.9."""

    FORENSIC_IMAGE = "forensic_image"
    WORKING_COPY = "working_copy"
    EXTRACTION = "extraction"
    CARVING = "carving"
    DECRYPTION = "decryption"
    PARSING = "parsing"
    CONVERSION = "conversion"
    TRANSCRIPTION = "transcription"
    TRANSLATION_SWORN = "translation_sworn"
    TRANSLATION_MACHINE = "translation_machine"
    REDACTION = "redaction"
    CLIP_OR_EXCERPT = "clip_or_excerpt"
    ENHANCEMENT = "enhancement"
    PRINTOUT = "printout"
    REPORT = "report"
    HASH_LIST = "hash_list"
    NOT_STATED = "not_stated"


class ImageFormat(StrEnum):
    """ours: how acquired content is kept."""

    RAW = "raw"
    SPLIT_RAW = "split_raw"
    EWF = "ewf"
    FOLDER = "folder"
    FILE = "file"
    OTHER = "other"
    NOT_STATED = "not_stated"


class ContentForm(StrEnum):
    """ours: one file, a folder with its manifest, or a set of segment files with theirs."""

    FILE = "file"
    FOLDER = "folder"
    SEGMENTS = "segments"


class ContentPlace(StrEnum):
    """design §3: in the vault, or left where it is (`--in-place`)."""

    VAULT = "vault"
    IN_PLACE = "in_place"


class Condition(StrEnum):
    """7.11."""

    GOOD = "good"
    DAMAGED = "damaged"
    WET = "wet"
    POWERED_ON = "powered_on"
    POWERED_OFF = "powered_off"
    LOCKED = "locked"
    TAMPER_SUSPECTED = "tamper_suspected"
    CONTENTS_NOT_INVENTORIED = "contents_not_inventoried"
    NOT_STATED = "not_stated"


class DeviceState(StrEnum):
    """R16, state on arrival."""

    ON = "on"
    OFF = "off"
    LOCKED = "locked"
    ENCRYPTED = "encrypted"
    NETWORKED = "networked"
    NOT_STATED = "not_stated"


class EncryptionState(StrEnum):
    """R17."""

    NONE = "none"
    ENCRYPTED_LOCKED = "encrypted_locked"
    ENCRYPTED_UNLOCKED = "encrypted_unlocked"
    DECRYPTED = "decrypted"
    NOT_STATED = "not_stated"


class Answer(StrEnum):
    """ours: a question that must not be answered by a default."""

    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "not_applicable"
    NOT_STATED = "not_stated"


class Sensitivity(StrEnum):
    """R99."""

    NORMAL = "normal"
    RESTRICTED = "restricted"
    PRIVILEGED = "privileged"
    JOURNALISTIC = "journalistic"
    MEDICAL = "medical"
    CHILD_ABUSE = "child_abuse"
    CLASSIFIED = "classified"
    NOT_STATED = "not_stated"


class HashAlgorithm(StrEnum):
    """7.26, UCO HashNameVocab; md5 and sha1 only to compare old values."""

    MD5 = "md5"
    SHA1 = "sha1"
    SHA256 = "sha256"
    SHA384 = "sha384"
    SHA512 = "sha512"
    SHA3_256 = "sha3_256"
    SHA3_512 = "sha3_512"
    BLAKE3 = "blake3"
    SSDEEP = "ssdeep"
    NOT_STATED = "not_stated"


class IntegrityVerdict(StrEnum):
    """7.13; computed by software, never typed."""

    MATCH = "match"
    MISMATCH = "mismatch"
    PARTIAL = "partial"
    UNREADABLE = "unreadable"
    NOT_CHECKED = "not_checked"
    ALGORITHM_UNSUPPORTED = "algorithm_unsupported"
    NOT_STATED = "not_stated"


class StoredHash(StrEnum):
    """design §3: what the container itself says of its media."""

    MATCH = "match"
    MISMATCH = "mismatch"
    ABSENT = "absent"
    NOT_APPLICABLE = "not_applicable"
    NOT_STATED = "not_stated"


class CheckTrigger(StrEnum):
    """R29."""

    SCHEDULE = "schedule"
    ACCESS = "access"
    MIGRATION = "migration"
    TRANSFER = "transfer"
    COURT = "court"
    REQUEST = "request"
    NOT_STATED = "not_stated"


class Channel(StrEnum):
    """R18: by which way something was received."""

    IN_PERSON = "in_person"
    COURIER = "courier"
    POST = "post"
    PROVIDER_PORTAL = "provider_portal"
    EMAIL = "email"
    SECURE_TRANSFER = "secure_transfer"
    E_EVIDENCE_SYSTEM = "e_evidence_system"
    API = "api"
    PUBLIC_UPLOAD = "public_upload"
    FORMER_LEDGER = "former_ledger"
    OTHER = "other"
    NOT_STATED = "not_stated"


class UseLimit(StrEnum):
    """R98: what a giver allows to be done with what was given."""

    SPECIALTY = "specialty"
    NO_ONWARD_TRANSFER = "no_onward_transfer"
    ONWARD_TRANSFER_WITH_CONSENT = "onward_transfer_with_consent"
    DELETE_BY = "delete_by"
    HANDLING_CODE = "handling_code"
    OTHER = "other"
    NOT_STATED = "not_stated"


class ReferenceKind(StrEnum):
    """ours: whose number an item goes by."""

    LABORATORY = "laboratory"
    COURT = "court"
    AGENCY = "agency"
    PROSECUTION = "prosecution"
    DEFENCE = "defence"
    FOREIGN_AUTHORITY = "foreign_authority"
    PROVIDER = "provider"
    OTHER = "other"
    NOT_STATED = "not_stated"


class Automation(StrEnum):
    """R27: what part software that decides, or learned to, had in an analysis."""

    NONE = "none"
    AUTOMATED = "automated"
    AI_ASSISTED = "ai_assisted"
    AI = "ai"
    NOT_STATED = "not_stated"


class ReviewOutcome(StrEnum):
    """R125: what a peer review came to."""

    CONFIRMED = "confirmed"
    CONFIRMED_WITH_REMARKS = "confirmed_with_remarks"
    NOT_CONFIRMED = "not_confirmed"
    NOT_STATED = "not_stated"


class CopyFate(StrEnum):
    """design §5: what became of a working copy."""

    RETURNED = "returned"
    WIPED = "wiped"
    DESTROYED = "destroyed"
    RETAINED = "retained"
    LOST = "lost"
    NOT_STATED = "not_stated"


class Signature(StrEnum):
    """R16: whether the possessor signed for what was taken."""

    SIGNED = "signed"
    REFUSED_TO_SIGN = "refused_to_sign"
    UNABLE_TO_SIGN = "unable_to_sign"
    ABSENT = "absent"
    NOT_STATED = "not_stated"
