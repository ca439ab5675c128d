"""Cases and their legal bases."""

import os
from collections import deque
from collections.abc import Iterator, Sequence

import click

from custody.core import times
from custody.core.errors import UsageError
from custody.core.state import Register
from custody.core.text import safe
from custody.drafting import Request, Subject, case_subjects
from custody.ledger import Ledger
from custody_cli import names, output, readings
from custody_cli.consulting import Consulting, consulted
from custody_cli.errand import Errand
from custody_cli.items import items_table, spoken
from custody_cli.names import Authority, CaseName
from custody_cli.params import Words
from custody_cli.recording import acting
from custody_cli.run import Run
from custody_cli.told import Told, chain, text
from custody_schemas import acts
from custody_schemas.answers import Authorities, AuthorityAnswer, CaseAnswer, Cases
from custody_schemas.declare import Act, Chars, Kind
from custody_schemas.fields import Time
from custody_schemas.terms import AuthorityKind, CaseStatus

CASE = click.argument("case")


@acting(acts.CaseOpened, name="open", leave={"reference"}, need={"title"})
@click.argument("reference", type=Words([Chars(1, 500)]))
@click.option("--offence", "offences", multiple=True, type=Words(), help="An offence. Repeatable.")
def open_case(errand: Errand, reference: str, offences: Sequence[str]) -> None:
    """Open the case REFERENCE. You will type it in CASE/NUMBER: choose a short one.

    The reference stands: tags of the case and its items are made from it. It must not read like
    an item of another case.
    """
    ledger = errand.run.ledger
    _no_item(ledger, reference)
    if any(e.field == "reference" for e in ledger.find(Kind.CASE, reference)):
        raise UsageError(f"the case {reference} is open already: see `custody case show`")
    officer = errand.told.get("lead_officer")
    key = os.urandom(32)
    given = errand.given(
        acts.CaseOpened,
        reference=reference,
        offences=list(offences),
        lead_officer=errand.person(officer) if officer else None,
    )
    request = Request(acts.CaseOpened.NAME, case_subjects(reference, key), given, case_key=key)
    summary = f"case {reference} opened: {errand.told['title']}"
    errand.finish(errand.record([request], summary), summary)
    errand.run.say(f"next: custody authority record {reference} --kind search_warrant …")


def _no_item(ledger: Ledger, reference: str) -> None:
    """Raises UsageError: one of two cases would be taken for an item of the other."""
    for other in (names.case_of(ledger, each.tag) for each in ledger.find(Kind.CASE, "")):
        for case, item in ((other.reference, reference), (reference, other.reference)):
            head, number = readings.numbered(item)
            if item.startswith(f"{case}:") or (number and head == case):
                raise UsageError(
                    f"{item} would read like an item of the case {case}, which is CASE/NUMBER or "
                    "CASE:EXHIBIT: use another reference"
                )


@click.command("list", cls=Consulting)
@click.pass_obj
def list_cases(run: Run) -> None:
    """All cases: title, how many items, how many legal bases."""
    consulted(run, whole=True)
    ledger = run.ledger
    found = [case_answer(ledger, names.case_of(ledger, e.tag)) for e in ledger.find(Kind.CASE, "")]
    if not run.as_json:
        rows = [
            (c.case, c.title, str(c.items), str(len(c.authorities)), "closed" if c.closed else "")
            for c in found
        ]
        columns = ("case", "title", "items", "legal bases", "notes")
        output.table(columns, rows, "no cases: `custody case open` begins one")
    run.answer(Cases(cases=tuple(found)))


@click.command(cls=Consulting)
@CASE
@click.pass_obj
def show(run: Run, case: str) -> None:
    """One case: its legal bases and its items."""
    found = names.find_case(run.ledger, case)
    consulted(run, cases=[found])
    answer = case_answer(run.ledger, found)
    if not run.as_json:
        run.say(f"{safe(answer.case)}: {safe(answer.title)}")
        output.pairs(_pairs(answer), "  ")
        run.say()
        _authorities_table(answer.authorities)
        run.say()
        items_table(run.ledger, names.items_of_case(run.ledger, found))
    run.answer(answer)


@acting(acts.AuthorityRecorded, name="record", need={"kind"})
@CASE
@click.option(
    "--document",
    type=click.Path(exists=True, dir_okay=False),
    help="The warrant, order or consent itself (same as --attach).",
)
def record(errand: Errand, case: str, document: str | None) -> None:
    """Put a legal basis of CASE on file: a warrant, an order, a consent, exigent circumstances.

    A seizure is tested against it at the moment of the seizure; later acts cite it.
    """
    ledger = errand.run.ledger
    found = names.find_case(ledger, case)
    if document is not None:
        errand.attach(document)
    follows = errand.told.get("follows")
    given = errand.given(
        acts.AuthorityRecorded,
        follows=names.find_authority(ledger, found, follows) if follows else None,
    )
    request = Request(acts.AuthorityRecorded.NAME, (Subject(Kind.CASE, found.tag),), given)
    kind: AuthorityKind = errand.told["kind"]
    number = errand.told.get("identifier") or "without a number"
    summary = f"{kind.replace('_', ' ')} {number} on file in {found.reference}"
    errand.finish(errand.record([request], summary), summary)


@click.command("list", cls=Consulting)
@CASE
@click.pass_obj
def list_authorities(run: Run, case: str) -> None:
    """The legal bases of CASE."""
    found = names.find_case(run.ledger, case)
    consulted(run, cases=[found])
    answers = tuple(_authorities(run.ledger, found))
    if not run.as_json:
        _authorities_table(answers)
    run.answer(Authorities(case=found.reference, authorities=answers))


def _pairs(answer: CaseAnswer) -> list[tuple[str, str]]:
    since = f" since {answer.proceedings_since}" if answer.proceedings_since else ""
    found = [
        ("state", _state(answer)),
        ("proceedings", spoken(answer.proceedings) + since),
        ("appeal until", answer.appeal_until or ""),
        ("pack", answer.pack or "none"),
        ("under hold", ", ".join(map(spoken, answer.holds))),
        ("asked for", ", ".join(map(spoken, answer.requests))),
        ("opened by", answer.opened_by),
    ]
    return [(name, said) for name, said in found if said]


def _state(answer: CaseAnswer) -> str:
    """Open, or since when and as what the case is closed."""
    if not answer.closed:
        return "open"
    decision = f", decision {answer.court_reference}" if answer.court_reference else ""
    how = spoken(answer.status or "not_stated")
    return f"closed since {answer.closed_at}: {how}{decision}; its items stay in custody"


def case_answer(ledger: Ledger, case: CaseName) -> CaseAnswer:
    """A case as an answer."""
    register = ledger.subject(case.state.register)
    closing = _last(ledger, case, acts.CaseClosed) if case.state.closed else None
    until = case.state.appeal_until
    return CaseAnswer(
        case=case.reference,
        title=ledger.labels(case.tag).get("title", ""),
        opened_by=names.person(ledger, case.state.opened_by),
        closed=case.state.closed,
        status=getattr(closing.statement.act, "status", None) if closing else None,
        closed_at=times.spelt(closing.entry.at) if closing else None,
        court_reference=text(closing, "court_reference") if closing else "",
        proceedings=case.state.status,
        proceedings_since=_since(ledger, case),
        appeal_until=times.spelt(until) if until is not None else None,
        pack=case.state.profile,
        items=register.items if isinstance(register, Register) else 0,
        authorities=tuple(_authorities(ledger, case)),
        holds=tuple(hold.kind for hold in case.state.holds),
        requests=tuple(request.kind for request in case.state.requests),
    )


def _since(ledger: Ledger, case: CaseName) -> Time | None:
    """Since when the proceedings stand where they do, as the newest entry that says so."""
    if case.state.status is CaseStatus.OPEN:
        return None
    told = _last(ledger, case, acts.CaseStatusChanged)
    act = told.statement.act if told else None
    if isinstance(act, acts.CaseStatusChanged) and act.status is case.state.status:
        return act.effective_at
    return None  # it was closed with that status


def _last(ledger: Ledger, case: CaseName, act: type[Act]) -> Told | None:
    """The newest entry of that act on the case."""
    found = (told for told in chain(ledger, case.tag) if told.statement.name == act.NAME)
    return next(iter(deque(found, maxlen=1)), None)


def _authorities(ledger: Ledger, case: CaseName) -> Iterator[AuthorityAnswer]:
    ends: dict[str, acts.AuthorityEnded] = {}
    if any(each.ended is not None for each in case.state.authorities):
        found = (told.statement.act for told in chain(ledger, case.tag))
        ends = {act.authority: act for act in found if isinstance(act, acts.AuthorityEnded)}
    for authority in names.authorities(ledger, case):
        yield _authority(authority, ends.get(authority.id))


def _authority(authority: Authority, end: acts.AuthorityEnded | None) -> AuthorityAnswer:
    act = authority.told.statement.act
    assert isinstance(act, acts.AuthorityRecorded)
    return AuthorityAnswer(
        entry=authority.id,
        kind=act.kind,
        identifier=authority.identifier,
        issuer=text(authority.told, "issuer"),
        scope=text(authority.told, "scope"),
        valid_from=act.valid_from,
        valid_to=act.valid_to,
        ratify_by=act.ratify_by,
        follows=act.follows,
        ended_at=end.ended_at if end else None,
        cause=end.cause if end else None,
    )


def _authorities_table(authorities: Sequence[AuthorityAnswer]) -> None:
    rows = [
        (
            a.identifier or "(no number)",
            a.kind.replace("_", " "),
            a.issuer,
            _holds(a),
            a.entry[:12],
        )
        for a in authorities
    ]
    columns = ("legal basis", "kind", "issued by", "valid to", "entry")
    output.table(columns, rows, "no legal basis on file: `custody authority record` puts one there")


def _holds(authority: AuthorityAnswer) -> str:
    """Until when it holds, or since when it does not."""
    if authority.ended_at is not None:
        return f"ended {authority.ended_at} ({spoken(authority.cause or 'not_stated')})"
    by = f"to be ratified by {authority.ratify_by}" if authority.ratify_by else "not stated"
    return authority.valid_to or by
