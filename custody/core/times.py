"""Times as the formats write them: UTC, whole seconds, `YYYY-MM-DDTHH:MM:SSZ`."""

import re
import time
from datetime import datetime
from functools import lru_cache

from custody.core.errors import MalformedError

# Years from 1970: below 1000 the platforms' strftime disagree, and nobody signed anything then.
SPELLING = re.compile(
    r"(?:19[7-9][0-9]|[2-9][0-9]{3})-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}Z"
)


LAST = 253_402_300_799  # 9999-12-31T23:59:59Z; systems disagree on what comes after


@lru_cache(maxsize=4096)  # one time stands in a statement several times
def seconds(text: str) -> int:
    """Unix seconds of a time in the one spelling that the formats allow.

    Raises:
        MalformedError: another spelling, or a date that the calendar does not have.
    """
    try:
        if SPELLING.fullmatch(text) is None:
            raise ValueError
        return int(datetime.fromisoformat(text).timestamp())
    except ValueError:  # or the calendar has no such day, the clock no such minute
        raise MalformedError(f"{text!r} is not a time like 2026-11-22T10:00:00Z") from None


def spelt(value: int) -> str:
    """The spelling of `value` Unix seconds, years 1970 to 9999.

    Records can name later ones; of these it is the number.
    """
    if value > LAST:
        return f"Unix time {value}"
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(value))
