"""What discloses is logged first: who, when, what of, by which command, and why. (R26, R89, R90)"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import click

from custody.consulting.lines import ALL, LENGTH, NAMED, SHOWN, Look
from custody.core import tags
from custody.core.errors import (
    AmbiguousError,
    CustodyError,
    NotFoundError,
    RollbackError,
    StorageError,
    UsageError,
)
from custody.core.state import LedgerFacts
from custody_cli.names import CaseName, ItemName
from custody_cli.run import Run
from custody_cli.table import Command, Option
from custody_schemas.terms import LogOperation

BECAUSE, SESSION = "--because", "CUSTODY_BECAUSE"
UNABLE = (StorageError, RollbackError)


@dataclass(slots=True)
class Consulted:
    """A command that discloses, and whether its line is in the log yet."""

    command: str
    words: tuple[str, ...]
    because: str
    operation: LogOperation
    logged: bool = False


class Consulting(Command):
    """A command that shows what is on record: nothing is shown that is not logged before."""

    operation = LogOperation.CONSULTATION
    needed = False  # a justification, whatever packs say

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        said = "Why you look; it is logged."
        self.params.append(Option([BECAUSE], metavar="TEXT", help=said, expose_value=False))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep what was typed: the log says what was searched for."""
        because, words = _split(args)
        left = super().parse_args(ctx, args)
        if isinstance(ctx.obj, Run):
            path = ctx.command_path.split(" ", 1)[-1]
            because = because or ctx.obj.environ.get(SESSION, "")
            ctx.obj.asking = Consulted(path, words, because.strip(), self.operation)
        return left

    def invoke(self, ctx: click.Context) -> Any:
        """Run it. What is refused is logged too: that nothing answers to a name says something."""
        run: Run = ctx.obj
        asking = _asking(run)
        try:
            _justified(run, asking, needed=self.needed)
            return super().invoke(ctx)
        except CustodyError as error:
            if not asking.logged and not isinstance(error, UNABLE):
                _write(run, look(run, result=error.code))
            raise


class Erasing(Consulting):
    """A command that erases lines of the log."""

    operation = LogOperation.ERASURE
    needed = True


def consulted(
    run: Run, items: Iterable[ItemName] = (), cases: Iterable[CaseName] = (), *, whole: bool = False
) -> None:
    """Log what is about to be shown: items, which belong to cases, and cases; or everything.

    Raises:
        StorageError, RollbackError: it could not be logged; nothing may be shown.
    """
    found = list(items)
    subjects = [item.tag for item in found]
    subjects += [item.state.case for item in found] + [case.tag for case in cases]
    consulted_tags(run, subjects, whole=whole)


def consulted_tags(run: Run, subjects: Sequence[str], *, whole: bool = False) -> None:
    """As `consulted`, of subjects by their tags. Nothing is written beside a lost ledger."""
    if run.lost:
        return
    _write(run, look(run, tuple(dict.fromkeys(subjects)), whole=whole))


def disclosed(run: Run, command: str, words: Sequence[str], tags_: Sequence[str], why: str) -> None:
    """Log a disclosure by a command that signs one: it says itself why it is made.

    Raises:
        StorageError, RollbackError: it could not be logged; nothing may be disclosed.
    """
    because = run.environ.get(SESSION, "").strip() or why
    run.asking = Consulted(command, tuple(words), because[:LENGTH], LogOperation.DISCLOSURE)
    consulted_tags(run, tags_)


def look(
    run: Run, subjects: tuple[str, ...] = (), *, whole: bool = False, result: str = SHOWN
) -> Look:
    """A line of the log about the command that runs."""
    asking, (actor, name) = _asking(run), _who(run)
    return Look(
        at=int(run.now()),
        operation=asking.operation,
        command=asking.command,
        words=asking.words,
        scope=ALL if whole else NAMED,
        subjects=subjects,
        count=len(subjects),
        result=result,
        actor=actor,
        name=name,
        account=_account(),
        because=asking.because,
    )


def _write(run: Run, line: Look) -> None:
    run.at_home.consultations.record(line)
    _asking(run).logged = True


def _asking(run: Run) -> Consulted:
    assert run.asking is not None  # every command that discloses is a Consulting, or says so
    return run.asking


def _justified(run: Run, asking: Consulted, *, needed: bool) -> None:
    """Raises UsageError: why somebody looks must be said, and was not, or at too great length."""
    if len(asking.because) > LENGTH:
        raise UsageError(f"{BECAUSE} takes {LENGTH} characters, not {len(asking.because)}")
    if asking.because:
        return
    asked_by = demanding(run)
    if needed or asked_by:
        who = (
            f"the pack {asked_by[0]} asks for it" if asked_by else "an erasure is never unexplained"
        )
        raise UsageError(
            f"say why, with {BECAUSE} TEXT, or with {SESSION} for a session: {who}; it is logged "
            "with who looks, at what and when"
        )


def demanding(run: Run) -> list[str]:
    """Packs in force by which whoever consults the record says why."""
    state, now = run.ledger.subject(tags.ledger_tag(run.ledger.origin)), run.now()
    if not isinstance(state, LedgerFacts):
        return []
    return [
        each.pack.name
        for each in state.packs
        if each.pack.justification
        and each.since <= now
        and (each.until is None or now < each.until)
    ]


def _who(run: Run) -> tuple[str, str]:
    """Tag and name of the identity that acts; empty where nobody said which, or there is none."""
    try:
        return run.who.actor, run.who.name
    except (NotFoundError, AmbiguousError):
        if run.identity or run.environ.get("CUSTODY_IDENTITY"):
            raise
        return "", ""


def _account() -> str:
    """Who is logged in, by the system's word and not by a variable that anybody can set."""
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        import getpass

        return getpass.getuser() if os.name == "nt" else str(os.getuid())


def _split(args: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """The justification, and everything else that was typed."""
    because, words, following = "", [], iter(args)
    for word in following:
        if word == BECAUSE:
            because = next(following, "")
        elif word.startswith(f"{BECAUSE}="):
            because = word.partition("=")[2]
        else:
            words.append(word)
    return because, tuple(words)
