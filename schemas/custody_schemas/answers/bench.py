"""What is on somebody's bench: defaults that last one unlock."""

from typing import Any

from custody_schemas.declare import Record


class BenchAnswer(Record):
    """Options that are filled in where they are not typed.

    unlocked: a key is open, which is how long a bench lasts
    case: they are for acts in this case only
    """

    unlocked: bool
    seconds_left: int
    case: str | None = None
    defaults: dict[str, Any]
