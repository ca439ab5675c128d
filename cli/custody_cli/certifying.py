"""`custody dispose certificate`: what was done with an item, and what is left of it. (R34, R75)"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from custody.core import times
from custody.core.errors import RuleError
from custody.core.rules.dispositions import DESTROYING
from custody.core.state import Case
from custody.drafting import Request, Subject
from custody.reports import certificates
from custody.reports.certificates import Ending
from custody_cli import gathering, names
from custody_cli.consulting import disclosed
from custody_cli.errand import Errand
from custody_cli.files import PAPER, keep
from custody_cli.items import noun, spoken
from custody_cli.names import ItemName
from custody_cli.printing import rendered
from custody_cli.recording import acting
from custody_cli.told import Told, chain, text
from custody_schemas import acts
from custody_schemas.answers import Certified
from custody_schemas.declare import Act, Capacity, Kind
from custody_schemas.terms import Answer, Removal

CONTENT = {
    Removal.REMOVED: "destroyed with its keys, and looked for",
    Removal.REMOVED_IN_PART: "destroyed with its keys, but for files that other items have too",
    Removal.KEPT: "kept",
    Removal.NOT_IN_VAULT: "none was in the vault",
}


@acting(
    acts.DispositionCertified,
    name="certificate",
    leave={"executed", "total", "surviving", "remaining"},
)
@click.argument("item")
@PAPER
def certificate(errand: Errand, item: str, target: Path | None) -> None:
    """Sign and print the certificate of what became of ITEM: of destruction, or of release.

    Copies, products and exports that are left are counted and listed; while there are any, no
    certificate says that all is gone.
    """
    run, found = errand.run, errand.item(item)
    write = rendered(target)
    told = list(chain(run.ledger, found.tag))
    executed = _executed(found, told)
    remaining = list(left(errand, found, told))
    destroyed = found.state.gone in DESTROYING
    total = destroyed and not remaining
    given = errand.given(
        acts.DispositionCertified,
        executed=executed.statement.id,
        total=Answer.YES if total else Answer.NO,
        surviving=len(remaining),
        remaining=remaining,
    )
    what = "all of it is gone" if total else f"{len(remaining)} copies of it are left"
    summary = f"certificate of {found.both}: {noun(str(found.state.gone))}, {what}"
    request = Request(acts.DispositionCertified.NAME, (Subject(Kind.ITEM, found.tag),), given)
    done = errand.record([request], summary)
    paper = certificates.certificate(
        gathering.stamp(run),
        errand.told.get("number") or done[0].statement.id[:12],
        names.case_of(run.ledger, found.state.case).reference,
        _facts(errand, found),
        _ending(errand, found, told, executed),
        remaining,
    )
    page = write(paper)
    disclosed(run, [found.name], [found.tag, found.state.case], summary)
    errand.tell(summary, done)
    keep(run, page.encode(), target, paper.title.lower())
    run.answer(
        Certified(
            **errand.answer(done, [found.name]),
            total=total,
            surviving=len(remaining),
            remaining=tuple(remaining),
            certificate=str(target) if target else page,
        )
    )


def _executed(item: ItemName, told: Sequence[Told]) -> Told:
    for each in reversed(told):
        act = each.statement.act
        if isinstance(act, acts.DispositionExecuted) and _own(each, item):
            return each
    raise RuleError("E_DISPOSITION", f"{item.both} is in custody: there is nothing to certify")


def _own(told: Told, item: ItemName) -> bool:
    return any(place.tag == item.tag for place in told.statement.places(Kind.ITEM))


def left(errand: Errand, item: ItemName, told: Sequence[Told]) -> Iterator[str]:
    """Everything that is left of an item, a line each, as many as the rules count."""
    ledger, state = errand.run.ledger, item.state
    for copy in state.copies:
        to = names.person(ledger, copy.to) or spoken(str(copy.outside))
        yield f"working copy {copy.number}, issued to {to} {times.spelt(copy.since)}"
    for tag in state.products:
        made = names.item_of(ledger, tag)
        yield f"{made.both}, made from it"
    by_id = {each.statement.id: each for each in told}
    for export in state.exports:
        yield _export(by_id[export])
    case = ledger.subject(state.case)
    assert isinstance(case, Case)
    if state.content is not None:
        of_case = {each.statement.id: each for each in chain(ledger, state.case)}
        for export in case.exports[state.exported :]:
            yield _export(of_case[export])
    if state.left:
        yield "files of its content that other items have too"


def _export(told: Told) -> str:
    recipient = text(told, "recipient") or "somebody who is not named"
    return f"an export with its content for {recipient}, prepared {times.spelt(told.entry.at)}"


def _facts(errand: Errand, item: ItemName) -> list[tuple[str, str | None]]:
    thing = gathering.thing(errand.run.ledger, item)
    return [
        ("item", thing.code),
        ("exhibit", thing.exhibit),
        ("what", ", ".join(filter(None, (thing.kind, thing.description)))),
        ("quantity", thing.quantity),
        *thing.numbers,
    ]


def _ending(errand: Errand, item: ItemName, told: Sequence[Told], executed: Told) -> Ending:
    ledger = errand.run.ledger
    act = executed.statement.act
    assert isinstance(act, acts.DispositionExecuted)
    asked = next((each for each in told if each.statement.id == act.disposition), None)
    steps = [
        each for each in told if getattr(each.statement.act, "disposition", "") == act.disposition
    ]
    light = [executed] if asked is None else []
    return Ending(
        kind=noun(act.kind),
        reason=spoken(getattr(asked.statement.act, "reason", "")) if asked else "image on file",
        authority=_authority(errand, item, asked),
        asked=_who(errand, asked) if asked else "",
        approved=[
            *(_who(errand, each) for each in _of(steps, acts.DispositionApproved)),
            *(
                names.person(ledger, tag)
                for each in light
                for tag in each.statement.signing(Capacity.APPROVER)
            ),
        ],
        consulted="; ".join(_consulted(each) for each in _of(steps, acts.DispositionConsulted)),
        done=act.occurred.until or act.occurred.at,
        by=names.person(ledger, executed.statement.by),
        watched=[names.person(ledger, t) for t in executed.statement.signing(Capacity.WITNESS)],
        sanitisation=spoken(act.sanitisation or ""),
        method=text(executed, "method"),
        media=text(executed, "media"),
        verification=text(executed, "verification"),
        content=CONTENT[act.removal],
        recipient=text(executed, "recipient") or spoken(act.to or ""),
        recipient_address=text(executed, "recipient_address"),
        recipient_document=text(executed, "recipient_document"),
        ownership=text(executed, "ownership"),
        known_by=spoken(act.assurance or ""),
        destroyed=act.kind in DESTROYING,
    )


def _of(steps: Sequence[Told], act: type[Act]) -> list[Told]:
    return [each for each in steps if isinstance(each.statement.act, act)]


def _who(errand: Errand, told: Told) -> str:
    by = names.person(errand.run.ledger, told.statement.by)
    return f"{by}, {times.spelt(told.entry.at)}"


def _consulted(told: Told) -> str:
    opinion = spoken(getattr(told.statement.act, "opinion", ""))
    return f"{text(told, 'adviser') or 'not named'}: {opinion}"


def _authority(errand: Errand, item: ItemName, asked: Told | None) -> str:
    basis = getattr(asked.statement.act, "authority", None) if asked else None
    if basis is None:
        return ""
    ledger = errand.run.ledger
    return names.authority_name(ledger, names.case_of(ledger, item.state.case), basis)
