"""Parameter types for click, made from the marks of a declared field."""

import re
import time
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

import click

from custody.core import canonical, times
from custody.core.errors import CustodyError
from custody.drafting import composed
from custody_cli.moments import moment
from custody_schemas.declare import Chars, Matches
from custody_schemas.fields import Time

# Options that a bench may fill in: typed as "", they are left unsaid this time.
ON_BENCH = (
    *("place", "on_behalf_of", "location", "storage"),
    *("tool", "tool_validation", "write_blocker", "environment"),
)
REASONS = {"reason", "late", "override", "text"}  # options that are there to say something


def days(
    *names: str, between: tuple[int, int], default: int, text: str
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """An option that takes so many days."""
    return click.option(
        *names,
        type=click.IntRange(*between),
        default=default,
        show_default=True,
        metavar="DAYS",
        help=text,
    )


OVERDUE_AFTER = days(
    "--overdue-after",
    "days",
    between=(1, 3650),
    default=7,
    text="A local threshold for what has no day agreed: never a legal deadline.",
)


class Words(click.ParamType[Any]):
    """Text that the formats can hold, within its declared length."""

    name = "text"

    def __init__(self, marks: Sequence[object] = ()) -> None:
        self.bounds = next((mark for mark in marks if isinstance(mark, Chars)), Chars(0, 10_000))
        self.pattern = next((mark for mark in marks if isinstance(mark, Matches)), None)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text in NFC."""
        text = str(composed(value.strip()))
        if not text and param is not None and param.name in ON_BENCH:
            return ""
        if not text:
            self.fail(f"is empty; {_instead_of_nothing(param)}", param, ctx)
        if len(text) > self.bounds.most:
            more = f"has {len(text)} characters, allowed are {self.bounds.most}"
            self.fail(more + _in_a_file(ctx), param, ctx)
        if self.pattern is not None and not re.fullmatch(self.pattern.pattern, text):
            self.fail(f"{text[:80]!r} is not like {self.pattern.like}", param, ctx)
        try:
            canonical.check_text(text)
        except CustodyError as error:
            self.fail(str(error), param, ctx)
        return text


def _instead_of_nothing(param: click.Parameter | None) -> str:
    """What to do about an empty text: an act wants reasons, whether or not click asks for them."""
    wanted = param is None or param.required or param.name in REASONS
    return "it must say something" if wanted else "leave the option out instead"


def _in_a_file(ctx: click.Context | None) -> str:
    """Where longer text may go, if the command takes files along."""
    takes = ctx is not None and any(param.name == "attach" for param in ctx.command.params)
    return "; put longer text into a file and --attach it" if takes else ""


class Choices(click.ParamType[Any]):
    """One value of a closed list, or several of them with commas between."""

    name = "choice"

    def __init__(self, kind: type[StrEnum], several: bool = False) -> None:
        self.kind, self.several = kind, several

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """A member, or a tuple of members."""
        if not isinstance(value, str):
            return value
        if not value.strip() and param is not None and param.name in ON_BENCH:
            return param.default or ""
        parts = value.split(",") if self.several else [value]
        found = tuple(self._member(part, param, ctx) for part in parts if part.strip())
        if not found:
            self.fail(f"is empty; it is one of {', '.join(self.kind)}", param, ctx)
        return found if self.several else found[0]

    def _member(
        self, text: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> StrEnum:
        wanted = text.strip().lower().replace("-", "_").replace(" ", "_")
        if wanted not in tuple(self.kind):
            like = [repr(str(each)) for each in self.kind if wanted and _like(wanted, each)]
            meant = f"; do you mean {' or '.join(like)}?" if like else ""
            self.fail(f"{text!r} is none of {', '.join(self.kind)}{meant}", param, ctx)
        return self.kind(wanted)

    def get_missing_message(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        """What could have been said."""
        return f"It is one of {', '.join(self.kind)}."

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[Any]:
        """The members that begin so."""
        from click.shell_completion import CompletionItem

        return [CompletionItem(each) for each in self.kind if each.startswith(incomplete)]


def _like(wanted: str, member: str) -> bool:
    """Whether a part of the member begins so, or it is a slip of the finger away."""
    return f"_{member}".find(f"_{wanted}") >= 0 or bool(get_close_matches(wanted, [member], 1, 0.8))


class EntryName(click.ParamType[str]):
    """An entry by its number in a history, which may stand after a #, or by its id."""

    name = "entry"

    def get_missing_message(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        """Why it is missing although it was typed."""
        return (
            "It is the entry's number in `custody item history`: 4, or '#4' in quotes, since a "
            "shell drops what follows a bare #."
        )


class Evidence(click.Path):
    """A path to take in. An empty word is nobody's wish to take in the current folder."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path as it was typed."""
        if value == "":
            self.fail("is empty; write . for the current folder", param, ctx)
        return super().convert(value, param, ctx)


class Reason(NamedTuple):
    """A reason of a closed list, and what else was said."""

    kind: StrEnum
    words: str


class Why(click.ParamType[Any]):
    """A reason of a list, words, or both: "forgotten", "on leave", "forgotten: on leave"."""

    name = "why"

    def __init__(self, kind: type[StrEnum]) -> None:
        self.kind = kind

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Words of which no reason is known stand under `other`."""
        if isinstance(value, Reason):
            return value
        first, _, rest = value.partition(":")
        name = first.strip().lower().replace(" ", "_")
        words = Words([Chars(1, 500)])
        if name in tuple(self.kind):
            said = str(words.convert(rest, param, ctx)) if rest.strip() else ""
            return Reason(self.kind(name), said)
        return Reason(self.kind("other"), str(words.convert(value, param, ctx)))


class When(click.ParamType[Any]):
    """A time as an act holds it. `end`: a date alone means the end of that day."""

    name = "time"

    def __init__(self, end: bool) -> None:
        self.end = end

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """In the spelling of the formats."""
        try:
            return times.spelt(moment(value, time.time(), end=self.end).at)
        except CustodyError as error:
            self.fail(str(error), param, ctx)


# Members that end something: until the last second of a day, where only a day is given.
ENDS = {"valid_to", "ratify_by", "due_at", "due_back", "return_due", "expected_by"}
ENDS |= {"data_to", "delete_by", "respond_by", "expires_at"}
IS_TIME = Time.__metadata__  # type: ignore[attr-defined]
