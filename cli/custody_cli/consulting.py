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
    KeyStoreError,
    NotFoundError,
    RollbackError,
    StorageError,
    UsageError,
)
from custody.core.state import LedgerFacts
from custody.drafting import Request
from custody_cli.names import CaseName, ItemName
from custody_cli.run import Run
from custody_cli.table import Command, Option
from custody_schemas.terms import LogOperation

BECAUSE, SESSION = "--because", "CUSTODY_BECAUSE"
UNABLE = (StorageError, RollbackError, KeyStoreError)
TELL = "it is logged with who looks, at what and when, unless a jurisdiction pack leaves that to people"


@dataclass(slots=True)
class Consulted:
    """A command that discloses, and whether its line is in the log yet."""

    command: str
    words: tuple[str, ...]
    because: str
    operation: LogOperation
    logged: bool = False


class Consulting(Command):
    """A command that shows what is on record: nothing is shown that is not logged before.

    Why somebody looks must be said, unless a pack leaves that to people. (R90)
    """

    operation = LogOperation.CONSULTATION
    needed = False  # a justification, whatever packs say
    reason = ""  # one that the command itself is, where nobody says another

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        said = "Why you look; it is logged."
        self.params.append(Option([BECAUSE], metavar="TEXT", help=said, expose_value=False))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep what was typed: the log says what was searched for."""
        because, words = _split(args)
        left = super().parse_args(ctx, args)
        if isinstance(ctx.obj, Run):
            because = because or ctx.obj.environ.get(SESSION, "")
            ctx.obj.asking = Consulted(path_of(ctx), words, because.strip(), self.operation)
        return left

    def invoke(self, ctx: click.Context) -> Any:
        """Run it. What is refused is logged too: that nothing answers to a name says something."""
        run: Run = ctx.obj
        asking = _asking(run)
        try:
            self._justify(ctx, run, asking)
            return super().invoke(ctx)
        except CustodyError as error:
            if not asking.logged and not isinstance(error, UNABLE):
                _write(run, look(run, result=error.code))
            raise

    def _justify(self, ctx: click.Context, run: Run, asking: Consulted) -> None:
        """Raises UsageError: why somebody looks must be said, and was not, or at great length."""
        asking.because = asking.because or on_bench(run, ctx) or self.said(ctx)
        if len(asking.because) > LENGTH:
            raise UsageError(f"{BECAUSE} takes {LENGTH} characters, not {len(asking.because)}")
        if asking.because or not (self.needed or demanded(run)):
            return
        if run.interactive and not run.as_json:
            asking.because = click.prompt("Why do you look? It is logged", err=True).strip()
        if not asking.because:
            why = "an erasure is never unexplained" if self.needed else TELL
            raise UsageError(
                f"say why, with {BECAUSE} TEXT, with {SESSION} for a session, or with `custody bench "
                f"set {BECAUSE} TEXT` while your key is open: {why}"
            )

    def said(self, ctx: click.Context) -> str:
        """The justification that the command itself is, as it was typed."""
        return self.reason


class Routine(Consulting):
    """What a scheduler runs, or lists that the duties of a role are made of."""

    reason = "to see what waits for somebody"


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


def disclosed(
    run: Run,
    words: Sequence[str],
    subjects: Sequence[str],
    why: str,
    operation: LogOperation = LogOperation.DISCLOSURE,
) -> None:
    """Log what a command that signs shows or hands out: what it signs says why. (R90)

    Raises:
        StorageError, RollbackError: it could not be logged; nothing may be disclosed.
    """
    said = (why, run.environ.get(SESSION, "").strip())
    because = "; ".join(filter(None, said))[:LENGTH]
    command = path_of(click.get_current_context())
    run.asking = Consulted(command, tuple(words), because, operation)
    consulted_tags(run, subjects)


def rehearsed(run: Run, requests: Iterable[Request], summary: str) -> None:
    """Log what is shown of an act that is not recorded, or not yet.

    Raises:
        StorageError, RollbackError: it could not be logged; nothing may be shown.
    """
    subjects = [subject.tag for each in requests for subject in each.about]
    why = f"to see what would be recorded: {summary}"
    disclosed(run, [summary], subjects, why, LogOperation.CONSULTATION)


def path_of(ctx: click.Context) -> str:
    """What was typed to name the command, without arguments."""
    return ctx.command_path.split(" ", 1)[-1]


def on_bench(run: Run, ctx: click.Context) -> str:
    """The justification on the bench of who looks, if it is for what is looked at."""
    from custody_cli import bench

    return bench.because(run, ctx.params)


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


def demanded(run: Run) -> bool:
    """Whether who consults the record says why: always, unless every pack in force relaxes it."""
    state, now = run.ledger.subject(tags.ledger_tag(run.ledger.origin)), run.now()
    packs = state.packs if isinstance(state, LedgerFacts) else ()
    asked = [
        each.pack.justification
        for each in packs
        if each.since <= now and (each.until is None or now < each.until)
    ]
    return any(asked) or not asked


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
