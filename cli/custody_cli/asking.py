"""`custody request`: what other authorities ask for, or are asked for, until it ends. (R56, R101)"""

import shlex
from collections.abc import Iterator
from typing import Any

import click

from custody.core import times
from custody.core.errors import NotFoundError, UsageError
from custody.core.kept import OpenRequest
from custody.core.text import safe
from custody.drafting import Request, Subject
from custody.ledger import Ledger
from custody_cli import names, output
from custody_cli.bases import basis
from custody_cli.consulting import Consulting, consulted
from custody_cli.errand import Errand
from custody_cli.items import spoken
from custody_cli.names import PREFIX, CaseName
from custody_cli.recording import acting
from custody_cli.run import Run
from custody_cli.standing import Standing, named, standing
from custody_cli.told import Told, chain, text
from custody_cli.transfers import listed
from custody_schemas import acts
from custody_schemas.answers import Recorded, RequestListed, Requests
from custody_schemas.declare import Kind
from custody_schemas.terms import Direction, RequestOutcome

CASE = click.option("--case", metavar="CASE", help="The whole case, and what enters it later.")
COLUMNS = ("request", "kind", "on", "asks", "is asked", "reference", "due")
WAYS = {Direction.IN: "that came in", Direction.OUT: "that went out"}


@acting(acts.RequestRecorded, name="record", leave={"follows"}, need={"kind", "direction", "asked"})
@click.argument("items", nargs=-1, metavar="[ITEM…]")
@CASE
@click.option("--follows", metavar="REQUEST", help="The earlier request that it follows up.")
@click.option(
    "--document",
    type=click.Path(exists=True, dir_okay=False),
    help="The request itself (same as --attach).",
)
def record(
    errand: Errand,
    items: tuple[str, ...],
    case: str | None,
    follows: str | None,
    document: str | None,
) -> None:
    """Put a request of another authority on file, or one to another: on ITEMs, or on a case.

    Until `custody request end` says how it ended, nothing that it covers is disposed of or erased,
    whatever retention says. It does not lapse by the days that it names. One on a case covers all
    its items: name ITEMs where others may go back meanwhile.
    """
    if bool(items) == (case is not None):
        raise UsageError("name either items, or a case with --case")
    if document is not None:
        errand.attach(document)
    ledger, of = errand.run.ledger, errand.items(items) if items else []
    found = names.find_case(ledger, case) if case else names.case_of(ledger, of[0].state.case)
    given: dict[str, Any] = {"authority": basis(errand, found.tag)}
    given["follows"] = _earlier(errand, found, follows)
    if of:
        batch = list(errand.on_items(acts.RequestRecorded, of, **given))
    else:
        members = errand.given(acts.RequestRecorded, **given)
        about = (Subject(Kind.CASE, found.tag),)
        batch = [Request(acts.RequestRecorded.NAME, about, members)]
    kind, way = spoken(errand.told["kind"]), WAYS[errand.told["direction"]]
    summary = f"request ({kind}) {way} on {listed(of) if of else f'case {found.reference}'}"
    done = errand.record(batch, summary)
    errand.tell(summary, done)
    for each in done:
        errand.run.say(f"  the request is called {each.statement.id[:12]}")
    errand.run.answer(Recorded(**errand.answer(done, [item.name for item in of])))


@acting(acts.RequestEnded, name="end", leave={"request"}, need={"outcome"})
@click.argument("request")
def end(errand: Errand, request: str) -> None:
    """Say how REQUEST ended: answered, produced, refused, withdrawn …

    REQUEST is the beginning of its name, as `custody request list` shows it, or the item or case
    that has no other. What was only to be preserved is never produced: it is released, and what is
    then produced takes a request of its own.
    """
    found = named(open_requests(errand.run.ledger), request, "request")
    given = errand.given(acts.RequestEnded, request=found.what.id)
    outcome: RequestOutcome = errand.told["outcome"]
    kind = spoken(found.what.kind)
    summary = f"request {found.what.id[:12]} ({kind}) on {found.on} ended: {spoken(outcome)}"
    batch = [Request(acts.RequestEnded.NAME, tuple(found.subjects), given)]
    errand.finish(errand.record(batch, summary), summary, [item.name for item in found.items])


@click.command("list", cls=Consulting)
@CASE
@click.pass_obj
def list_requests(run: Run, case: str | None) -> None:
    """Requests that are open: who asks whom, what for, and by when."""
    wanted, now = names.find_case(run.ledger, case) if case else None, int(run.now())
    consulted(run, cases=[wanted] if wanted else (), whole=wanted is None)
    found = [answer(run.ledger, each, now) for each in open_requests(run.ledger, wanted)]
    if not run.as_json:
        rows = [
            (
                *(
                    each.request[:12],
                    spoken(each.kind),
                    ", ".join(each.items) or f"case {each.case}",
                ),
                *(each.requesting or "not said", each.requested or "not said", each.reference),
                f"{each.due or 'not said'}{', overdue' if each.overdue else ''}",
            )
            for each in found
        ]
        output.table(COLUMNS, rows, "no request is open: `custody request record` puts one on file")
    run.answer(Requests(requests=tuple(found)))


def open_requests(ledger: Ledger, case: CaseName | None = None) -> Iterator[Standing[OpenRequest]]:
    """Requests that are open, of one case or of all, oldest first within a case."""
    return standing(ledger, lambda subject: subject.requests, case)


def answer(ledger: Ledger, found: Standing[OpenRequest], now: int) -> RequestListed:
    """A request as it is answered, at a moment (Unix seconds)."""
    request, case = found.what, found.case
    told = _put(ledger, found)
    act = told.statement.act if told else None
    due = request.due
    return RequestListed(
        request=request.id,
        kind=request.kind,
        direction=request.direction,
        instrument=str(getattr(act, "instrument", "not_stated")),
        case=case.reference,
        items=tuple(item.name for item in found.items),
        since=times.spelt(request.since),
        respond_by=_spelt(request.respond_by),
        expires_at=_spelt(request.expires_at),
        due=_spelt(due),
        overdue=due is not None and due < now,
        follows=getattr(act, "follows", None),
        put_by=names.person(ledger, request.by),
        requesting=_side(told, "requesting"),
        requested=_side(told, "requested"),
        reference=text(told, "request_reference") if told else "",
        asked=text(told, "asked") if told else "",
        end=f"custody request end {shlex.quote(request.id[:12])} --outcome …",
    )


def _earlier(errand: Errand, case: CaseName, words: str | None) -> str | None:
    """The request that is followed up, open or ended. Raises NotFoundError, UsageError."""
    if words is None:
        return None
    wanted = words.strip().lower()
    tags = [case.tag, *(item.tag for item in names.items_of_case(errand.run.ledger, case))]
    found = {
        told.statement.id
        for tag in tags
        for told in chain(errand.run.ledger, tag)
        if told.statement.name == acts.RequestRecorded.NAME
        and (len(wanted) >= PREFIX and told.statement.id.startswith(wanted))
    }
    if not found:
        raise NotFoundError(f"{case.reference} has no request {words!r}: `custody request list`")
    if len(found) > 1:
        raise UsageError(f"several requests begin with {words!r}: write more of it")
    return found.pop()


def _put(ledger: Ledger, found: Standing[OpenRequest]) -> Told | None:
    """The entry that put it on file."""
    tag = found.items[0].tag if found.items else found.case.tag
    told = (each for each in chain(ledger, tag) if each.statement.id == found.what.id)
    return next(told, None)


def _side(told: Told | None, side: str) -> str:
    """One of both authorities, with its State."""
    if told is None:
        return ""
    name = safe(text(told, side))
    state = getattr(told.statement.act, f"{side}_state", None)
    return f"{name} ({state})" if name and state else name or state or ""


def _spelt(moment: int | None) -> str | None:
    return times.spelt(moment) if moment is not None else None
