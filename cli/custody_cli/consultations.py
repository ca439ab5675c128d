"""`custody consultations`: who looked at what, for those who oversee it."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from custody.consulting.lines import ALL, Line
from custody.consulting.log import erased
from custody.consulting.verifying import Found, spoken, verify
from custody.core import times
from custody.core.errors import MalformedError, NotFoundError, RuleError, UsageError
from custody.core.findings import Outcome
from custody.core.keys import PublicKey
from custody.core.rules.people import public_key
from custody.core.rules.rights import RIGHTS, Right, roles_with
from custody.core.state import Actor, Case, Item
from custody.core.text import safe
from custody_cli import names, output
from custody_cli.consulting import Consulting, consulted
from custody_cli.exits import VERDICT
from custody_cli.files import FILE, OUTPUT, keep
from custody_cli.moments import moment
from custody_cli.overseers import roles
from custody_cli.persons import person_tag
from custody_cli.recording import passphrase_option
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
from custody_schemas.terms import ActorRole

if TYPE_CHECKING:
    from custody_cli.names import CaseName

OVERSEEING = f"the roles {ActorRole.AUDITOR}, {roles_with(Right.OVERSEE)}"
COLUMNS = ("when", "who", "account", "command", "of", "why", "result")


@click.command("list", cls=Consulting)
@click.option("--person", metavar="PERSON", help="By this person.")
@click.option("--case", metavar="REF", help="Of this case, of one of its items, or of everything.")
@click.option("--from", "since", metavar="TIME", help="Then or later.")
@click.option("--to", "until", metavar="TIME", help="Then or before.")
@passphrase_option()
@click.pass_obj
def list_looks(
    run: Run,
    person: str | None,
    case: str | None,
    since: str | None,
    until: str | None,
    passphrase_file: Path | None,
) -> None:
    """Who looked at what, when and why, the oldest first. That you look is logged as well.

    Who audits, or oversees all cases, reads all of it, and of one case who does so there; everybody
    else reads her own lines. Your key has to be open, or is opened: that you are who you say.

    The log may be used to check that processing is lawful, for self-monitoring, for integrity and
    security, and in criminal proceedings, and for nothing else (Directive (EU) 2016/680 art
    25(2)); it is made available to the supervisory authority on request.

    Nobody signs a view: who it was is the word of this machine.
    """
    found = names.find_case(run.ledger, case) if case is not None else None
    actor = person_tag(run, person) if person is not None else None
    mine = _own(run, actor, found, passphrase_file)
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
        and mine in (None, line.look.actor)
        and (actor is None or line.look.actor == actor)
        and (of_case is None or line.look.scope == ALL or of_case & {*line.look.subjects})
        and (low is None or line.look.at >= low)
        and (high is None or line.look.at <= high)
    ]
    gone = tuple(sorted(erased(log.entries())))
    spoilt = sum(isinstance(line, MalformedError) for line in read)
    listed = tuple(_listed(run, line) for line in chosen)
    _tell(run, listed, gone, spoilt)
    if mine is not None:
        run.say(f"only your own: the whole log is read by {OVERSEEING}")
    run.answer(Consultations(consultations=listed, whole=mine is None, erased=gone, spoilt=spoilt))


def _own(
    run: Run, actor: str | None, case: "CaseName | None", passphrase_file: Path | None
) -> str | None:
    """Whose lines she may read who asks, if not everybody's. (R91)

    Raises:
        RuleError: E_NO_GRANT, somebody else's are asked for.
        PassphraseError, UsageError: nothing shows that it is she.
    """
    from custody.identity import agent

    who = run.signer
    if agent.running(who, run.environ) is None:
        run.passphrases(passphrase_file).unlock(who)
    state = run.ledger.subject(who.actor)
    held = (
        roles(state, int(run.now()), case.tag if case else None) if isinstance(state, Actor) else ()
    )
    if any(role is ActorRole.AUDITOR or Right.OVERSEE in RIGHTS[role] for role in held):
        return None
    if actor not in (None, who.actor):
        raise RuleError(
            "E_NO_GRANT",
            f"{who.name} reads her own lines; those of others are read by {OVERSEEING}",
        )
    return who.actor


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
    """What a case, an item or a person is called today."""
    state = run.ledger.subject(tag)
    if isinstance(state, Actor):
        return names.person(run.ledger, tag)
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

    def owned(tag: str) -> list[list[PublicKey]]:
        person = run.ledger.subject(tag)
        keys = person.keys if isinstance(person, Actor) else ()
        return [[public_key(text) for text in (k.spki, k.partner) if text] for k in keys]

    return verify(home.consultations, (signer.key, signer.mldsa_key), owned, kept)


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
