"""Times as the formats write them: UTC, whole seconds, `YYYY-MM-DDTHH:MM:SSZ`."""

import calendar
import re
import time

from custody.core.errors import MalformedError

# Years from 1970: below 1000 the platforms' strftime disagree, and nobody signed anything then.
SPELLING = re.compile(
    r"(?:19[7-9][0-9]|[2-9][0-9]{3})-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"
)


def seconds(text: str) -> int:
    """Unix seconds of a time in the one spelling that the formats allow.

    Raises:
        MalformedError: another spelling, or a date that the calendar does not have.
    """
    try:
        if not SPELLING.fullmatch(text):
            raise ValueError
        value = calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))
        if spelt(value) != text:  # strptime lets second 60 and 61 through
            raise ValueError
    except ValueError:
        raise MalformedError(f"{text!r} is not a time like 2026-11-22T10:00:00Z") from None
    return value


def spelt(value: int) -> str:
    """The spelling of `value` Unix seconds (years 1970 to 9999)."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(value))
