"""`custody consultations`: who looked at what, for those who oversee it."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from custody.consulting.lines import ALL, Line
from custody.consulting.log import erased
from custody.consulting.verifying import Found, spoken, verify
from custody.core import times
from custody.core.errors import MalformedError, NotFoundError, UsageError
from custody.core.findings import Outcome
from custody.core.state import Case, Item
from custody.core.text import safe
from custody_cli import names, output
from custody_cli.consulting import Consulting, consulted
from custody_cli.exits import VERDICT
from custody_cli.files import FILE, OUTPUT, keep
from custody_cli.moments import moment
from custody_cli.persons import person_tag
from custody_cli.run import Run
from custody_cli.table import Command
from custody_schemas.answers import (
    ConsultationListed,
    Consultations,
    ConsultationsClosed,
    ConsultationsNote,
    ConsultationsVerified,
    Finding,
)

if TYPE_CHECKING:
    from custody_cli.names import CaseName

COLUMNS = ("when", "who", "account", "command", "of", "why", "result")


@click.command("list", cls=Consulting)
@click.option("--person", metavar="PERSON", help="By this person.")
@click.option("--case", metavar="REF", help="Of this case, of one of its items, or of everything.")
@click.option("--from", "since", metavar="TIME", help="Then or later.")
@click.option("--to", "until", metavar="TIME", help="Then or before.")
@click.pass_obj
def list_looks(
    run: Run, person: str | None, case: str | None, since: str | None, until: str | None
) -> None:
    """Who looked at what, when and why, the oldest first. That you look is logged as well.

    The log may be used to check that processing is lawful, for self-monitoring, for integrity and
    security, and in criminal proceedings, and for nothing else (Directive (EU) 2016/680 art
    25(2)); it is made available to the supervisory authority on request.

    Nobody signs a view: who it was is the word of this machine.
    """
    found = names.find_case(run.ledger, case) if case is not None else None
    actor = person_tag(run, person) if person is not None else None
    low = moment(since, run.now()).at if since is not None else None
    high = moment(until, run.now(), end=True).at if until is not None else None
    if low is not None and high is not None and high < low:
        raise UsageError(f"--from {since} is after --to {until}: nothing lies between")
    consulted(run, cases=[found] if found else (), whole=found is None)
    log = run.at_home.consultations
    read = list(log.read())
    of_case = _tags(run, found) if found else None
    chosen = [
        line
        for line in read
        if isinstance(line, Line)
        and (actor is None or line.look.actor == actor)
        and (of_case is None or line.look.scope == ALL or of_case & {*line.look.subjects})
        and (low is None or line.look.at >= low)
        and (high is None or line.look.at <= high)
    ]
    gone = tuple(sorted(erased(log.entries())))
    spoilt = sum(isinstance(line, MalformedError) for line in read)
    listed = tuple(_listed(run, line) for line in chosen)
    _tell(run, listed, gone, spoilt)
    run.answer(Consultations(consultations=listed, erased=gone, spoilt=spoilt))


def _tags(run: Run, case: "CaseName") -> set[str]:
    return {case.tag, *(item.tag for item in names.items_of_case(run.ledger, case))}


def _tell(
    run: Run, listed: Sequence[ConsultationListed], gone: tuple[int, ...], spoilt: int
) -> None:
    """The lines for people."""
    if run.as_json:
        return
    rows = [
        (
            each.at,
            each.who,
            each.account,
            " ".join((each.command, *each.words)),
            "everything" if each.scope == ALL else ", ".join(each.subjects),
            each.because,
            each.result,
        )
        for each in listed
    ]
    output.table(COLUMNS, rows, "nothing of that is logged")
    if gone:
        run.say(f"erased on schedule: epochs {spoken(gone)}")
    if spoilt:
        run.say(f"{spoilt} lines cannot be read: `custody consultations verify`")


def _listed(run: Run, line: Line) -> ConsultationListed:
    seen = line.look
    return ConsultationListed(
        epoch=line.epoch,
        n=line.n,
        at=times.spelt(seen.at),
        operation=seen.operation,
        command=seen.command,
        words=seen.words,
        scope=seen.scope,
        subjects=tuple(_name(run, tag) for tag in seen.subjects),
        count=seen.count,
        result=seen.result,
        who=seen.name,
        account=seen.account,
        because=seen.because,
    )


def _name(run: Run, tag: str) -> str:
    """What a case or an item is called today."""
    state = run.ledger.subject(tag)
    if isinstance(state, Case):
        return names.case_of(run.ledger, tag).reference
    if isinstance(state, Item):
        return names.item_of(run.ledger, tag).name
    return tag[:12]


@click.command(cls=Command)
@click.pass_obj
def close(run: Run) -> None:
    """Close the epoch that is open, so that its lines stand under a signature.

    An epoch closes by itself with the first line of another day, or after 1000 lines.
    """
    closed = run.at_home.consultations.close(int(run.now()))
    lines = closed.lines if closed else 0
    run.say(f"epoch {closed.epoch} closed: {lines} lines" if closed else "no epoch is open")
    run.answer(ConsultationsClosed(epoch=closed.epoch if closed else 0, lines=lines))


@click.command("verify", cls=Command)
@click.option("--note", "kept", type=FILE, help="An earlier note of this log, kept elsewhere.")
@click.pass_obj
def verify_log(run: Run, kept: Path | None) -> None:
    """Is the log what it was? `custody verify` asks this too.

    It finds lines that were altered, removed, moved or added in epochs that are closed, and epochs
    that are missing. Not what is cut off the end of the epoch that is open, for nobody has signed
    that yet; nor a log put back whole, with its note, to an earlier day, unless you kept a later
    note (`custody consultations note`) and give it with --note.

    Exit status: 0 all checks passed, 1 a check failed, 3 a check could not be made.
    """
    found = examined(run, kept.read_bytes() if kept else None)
    outcomes = {each.outcome for each in found.findings}
    worst = next(
        (each for each in (Outcome.FAILED, Outcome.UNDETERMINED) if each in outcomes),
        Outcome.PASSED,
    )
    run.say(f"{worst}: {found.words}")
    for each in found.findings:
        if each.outcome is not Outcome.PASSED:
            run.say(safe(f"  {each.check} {each.outcome}, {each.subject}: {each.detail}"))
    run.answer(
        ConsultationsVerified(
            verdict=worst,
            closed=found.closed,
            erased=found.erased,
            open=found.open,
            findings=tuple(Finding(**each.document()) for each in found.findings),
        )
    )
    click.get_current_context().exit(VERDICT[worst])


def examined(run: Run, kept: bytes | None = None) -> Found:
    """What is found of the log beside the ledger."""
    from custody.ledger.signer import LogSigner

    home = run.at_home
    signer = LogSigner(home.log, home.origin)
    return verify(home.consultations, (signer.key, signer.mldsa_key), kept)


@click.command(cls=Command)
@OUTPUT
@click.pass_obj
def note(run: Run, target: Path | None) -> None:
    """The log's newest signed note: kept elsewhere, it shows later that nothing was put back."""
    from custody.core.checkpoint import Checkpoint
    from custody.core.note import Note

    path = run.at_home.consultations.note
    if not path.exists():
        raise NotFoundError("nothing was consulted here yet, so there is no note")
    data = path.read_bytes()
    keep(run, data, target, "note")
    said = Checkpoint.read(Note.read(data).text)
    run.answer(
        ConsultationsNote(
            size=said.size,
            root=said.root.hex(),
            file=str(target) if target is not None else None,
            note=data.decode() if target is None else None,
        )
    )
