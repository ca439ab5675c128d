"""What speaks against evidence as it was taken in: said at once, and kept in the record."""

from enum import StrEnum
from typing import NamedTuple


class Adverse(StrEnum):
    """Names of adverse facts; `DISPUTING` holds those that put the content itself in doubt."""

    UNREADABLE = "unreadable"
    SPECIAL_FILE = "special_file"
    NOTHING_INSIDE = "nothing_inside"
    EMPTY_FILE = "empty_file"
    NO_STORED_HASH = "no_stored_hash"
    STORED_HASH_MISMATCH = "stored_hash_mismatch"
    LOG_HASH_MISMATCH = "log_hash_mismatch"
    LOG_NOT_UNDERSTOOD = "log_not_understood"
    ACQUISITION_ABORTED = "acquisition_aborted"
    READ_ERRORS = "read_errors"
    READ_ERRORS_NOT_STATED = "read_errors_not_stated"
    END_NOT_STATED = "end_not_stated"
    MEDIA_NOT_DECODED = "media_not_decoded"
    HEADER_DAMAGED = "header_damaged"
    ZONE_NOT_STATED = "zone_not_stated"


DISPUTING = frozenset(
    {
        Adverse.STORED_HASH_MISMATCH,
        Adverse.LOG_HASH_MISMATCH,
        Adverse.ACQUISITION_ABORTED,
        Adverse.MEDIA_NOT_DECODED,
    }
)


class Fact(NamedTuple):
    """One adverse fact: its name, and a sentence for people."""

    code: Adverse
    sentence: str
