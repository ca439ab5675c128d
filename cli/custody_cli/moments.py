"""Times as people type them, in the local zone unless they name another."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import NamedTuple

from custody.core.errors import UsageError
from custody_schemas.terms import Precision

PATTERN = re.compile(
    r"(?P<date>\d{4}-\d{2}-\d{2})?(?:(?<=\d)[T ])?"
    r"(?P<time>\d{1,2}:\d{2}(?P<seconds>:\d{2})?)?\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?"
)
LIKE = '"2026-11-22 10:30", "10:30" (today), "2026-11-22" or "2026-11-22T10:30:00Z"'


class Moment(NamedTuple):
    """Unix seconds, how exactly they are known, and the offset of the zone they were given in."""

    at: int
    precision: Precision
    offset_min: int


def moment(text: str, now: float, *, end: bool = False) -> Moment:
    """What `text` means, typed at `now` (Unix seconds).

    end: a date alone is its last second, not its first.

    Raises:
        UsageError: it is no time.
    """
    found = PATTERN.fullmatch(text.strip())
    if not found or not (found["date"] or found["time"]) or (found["zone"] and not found["time"]):
        raise UsageError(f"{text!r} is not a time: write {LIKE}")
    try:
        day = date.fromisoformat(found["date"]) if found["date"] else date.fromtimestamp(now)
        clock = time.fromisoformat(found["time"].zfill(5)) if found["time"] else time.min
        meant = datetime.combine(day, clock, _zone(found["zone"]))
        meant = meant if meant.tzinfo else meant.astimezone()
        if end and not found["time"]:
            meant += timedelta(days=1, seconds=-1)
        offset = meant.utcoffset() or timedelta()
        return Moment(int(meant.timestamp()), _precision(found), int(offset.total_seconds()) // 60)
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(f"{text!r} is not a time ({error}): write {LIKE}") from None


def _precision(found: re.Match[str]) -> Precision:
    if found["seconds"]:
        return Precision.SECOND
    return Precision.MINUTE if found["time"] else Precision.DAY


def _zone(text: str | None) -> timezone | None:
    if not text:
        return None
    if text == "Z":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=minutes if text[0] == "+" else -minutes))
