"""What goes wrong, as people and scripts are told: one table of exit status, one way to say it."""

import json
from collections.abc import Iterator
from typing import Any

import click

from custody.core.errors import (
    AmbiguousError,
    CustodyError,
    HeadMovedError,
    NotFoundError,
    PassphraseError,
    RuleError,
    UsageError,
)
from custody.core.findings import Outcome
from custody.core.text import safe
from custody_cli import output
from custody_schemas.codes import CODES

# design §4. Whatever is not named here stands under its base class.
STATUS: dict[type[CustodyError], int] = {
    CustodyError: 5,
    UsageError: 2,
    NotFoundError: 2,
    AmbiguousError: 2,
    RuleError: 4,
    HeadMovedError: 4,
}
VERDICT = {Outcome.PASSED: 0, Outcome.FAILED: 1, Outcome.UNDETERMINED: 3}
WRONG_USAGE = 2
STOPPED = 5


def status(error: CustodyError) -> int:
    """The exit status of an error."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def refused(error: Exception, *, as_json: bool) -> int:
    """Say what went wrong; returns the exit status.

    Raises:
        Exception: `error` itself, where nobody meant it to happen.
    """
    match error:
        case CustodyError():
            more: dict[str, Any] = {"instead": way} if (way := _instead(error)) else {}
            if isinstance(error, AmbiguousError):
                more["candidates"] = list(error.candidates)
            _say(error.code, str(error), list(_advice(error)), as_json, **more)
            return status(error)
        case click.exceptions.NoArgsIsHelpError():
            click.echo(error.ctx.get_help() if error.ctx else error.format_message(), err=True)
            return WRONG_USAGE
        case click.UsageError():
            _say("E_USAGE", error.format_message(), list(_see_help(error)), as_json)
            return WRONG_USAGE
        case click.ClickException():
            _say("E_STORAGE", error.format_message(), [], as_json)
            return STOPPED
        case click.Abort():
            # A "no" to a question, or a key stroke, which click has wrapped.
            if isinstance(error.__context__, KeyboardInterrupt | EOFError) and not error.__cause__:
                click.echo(err=True)  # the cursor stands behind the question still
            notes = (getattr(each, "__notes__", []) for each in (error, error.__cause__))
            fate = next(filter(None, notes), ["nothing was recorded"])
            _say("E_USAGE", f"stopped; {'; '.join(fate)}", [], as_json)
            return STOPPED
        case ModuleNotFoundError() if (error.name or "").partition(".")[0] in EXTRAS:
            extra = EXTRAS[str(error.name).partition(".")[0]]
            message = f"this needs more packages: pip install 'custody[{extra}]'"
            _say("E_EXTRA", message, [], as_json)
            return STOPPED
        case OSError():
            place = f"{error.filename}: " if error.filename else ""
            _say("E_STORAGE", f"{place}{error.strerror or error}", [], as_json)
            return STOPPED
    raise error


def _say(code: str, message: str, advice: list[str], as_json: bool, **more: Any) -> None:
    """In JSON as `custody_schemas.answers.Refused`; `more` replaces what the code says."""
    if as_json:
        told = {"code": code, "message": message, **_declared(code), **more}
        click.echo(document({"refused": told}))
        return
    lines = [safe(line) for line in message.splitlines()] or [""]
    name = "" if code in QUIET else f" {code}"
    output.aside(f"custody:{name} {lines[0]}")
    for line in [*lines[1:], *map(safe, advice)]:
        output.aside(f"  {line}")


# Packages of others that commands import when they run, and the extra that brings them.
EXTRAS = {
    **dict.fromkeys(("sqlmodel", "sqlalchemy", "alembic", "pydantic", "pysqlite3"), "ledger"),
    "rich": "cli",
    "segno": "cli",
}
# Errors by which it is certain that the act came to nothing.
NOTHING_RECORDED = (RuleError, HeadMovedError, PassphraseError)
# Codes that say less than their message, which is all that people are told.
QUIET = {"E_USAGE", "E_EXTRA", "E_NOT_FOUND", "E_AMBIGUOUS", "E_CUSTODY", "E_STORAGE"}


# Code, words of the message, and what to do instead where that is not what the code says.
AHEAD = "check the date, the time and the zone that were typed, and this machine's clock"
INSTEAD = (
    ("E_TIME", ", after ", AHEAD),
    ("E_TIME", "ended before it began", "say with --at when it began, with --ended when it ended"),
    ("E_TIME", "was signed later than", "set this machine's clock and the ledger's"),
    ("E_SEEN", "have it written again", "ask for a new offer; what was released stays released"),
    (
        "E_EXISTS",
        "is enrolled already",
        "`custody role grant` gives a role, `custody key add` a key, `custody correct` mends a name",
    ),
)


def _advice(error: CustodyError) -> Iterator[str]:
    """The rule, where it comes from, what to do instead, and where there is more: three lines."""
    code = CODES.get(error.code)
    if isinstance(error, AmbiguousError):
        yield "it could be: " + ", ".join(error.candidates)
    if code is None or error.code in QUIET:
        return
    if code.source:
        yield f"rule: {code.means} ({code.source})"
    yield f"instead: {_instead(error) or code.instead}"
    more = f"more: {_explain(error.code)}"
    yield f"nothing was recorded; {more}" if isinstance(error, NOTHING_RECORDED) else more


def _declared(code: str) -> dict[str, str]:
    """What the code says wherever it is met."""
    found = CODES[code]
    rule = {"rule": found.means, **({"source": found.source} if found.source else {})}
    return {**rule, "instead": found.instead, "explain": _explain(code)}


def _explain(code: str) -> str:
    return f"custody explain {code}"


def _instead(error: CustodyError) -> str:
    """What helps in this case, where a code stands for several."""
    found = (do for code, words, do in INSTEAD if code == error.code and words in str(error))
    return next(found, "")


def _see_help(error: click.UsageError) -> Iterator[str]:
    if error.ctx is not None:
        yield f"see: {error.ctx.command_path} --help"


def document(value: Any) -> str:
    """One JSON document, as `--json` prints it.

    What does not print, a terminal must not be told to do: names of files can hold it.
    """
    text = json.dumps(value, ensure_ascii=False, indent=1)
    if all(line.isprintable() for line in text.split("\n")):
        return text
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)
