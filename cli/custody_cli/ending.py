"""What ends in a case: a legal basis, and the case itself."""

from collections.abc import Iterator

import click

from custody.core.errors import UsageError
from custody.core.state import Actor, Item
from custody.core.text import safe
from custody.drafting import Request, Subject
from custody.ledger import Ledger
from custody_cli import names
from custody_cli.cases import CASE
from custody_cli.errand import Errand
from custody_cli.items import spoken
from custody_cli.names import CaseName, ItemName
from custody_cli.recording import acting
from custody_schemas import acts
from custody_schemas.answers import CaseEnded
from custody_schemas.declare import Act, Kind
from custody_schemas.terms import CaseStatus


@acting(acts.AuthorityEnded, name="end", leave={"authority"}, need={"cause"})
@CASE
@click.argument("authority")
def end_authority(errand: Errand, case: str, authority: str) -> None:
    """Record that the legal basis AUTHORITY of CASE no longer holds, and since when.

    AUTHORITY is its number, or the beginning of its entry's id: see `custody authority list`.
    What was done under it before stays lawful as it was; nothing can rest on it afterwards.
    """
    ledger = errand.run.ledger
    found = names.find_case(ledger, case)
    meant = names.find_authority(ledger, found, authority)
    given = errand.given(acts.AuthorityEnded, authority=meant)
    request = Request(acts.AuthorityEnded.NAME, (Subject(Kind.CASE, found.tag),), given)
    what = names.authority_name(ledger, found, meant)
    summary = f"{what} in {found.reference} ended, {spoken(errand.told['cause'])}"
    errand.finish(errand.record([request], summary), summary)


@acting(acts.CaseClosed, name="close", need={"status"})
@CASE
def close(errand: Errand, case: str) -> None:
    """Close CASE: nothing new enters it. Its items stay in custody, and are still handed over.

    What is still open in it is listed first; --yes closes it all the same.
    """
    if errand.told["status"] is CaseStatus.OPEN:
        raise UsageError("--status open: what is closed is not open; say how the case ended")
    found = names.find_case(errand.run.ledger, case)
    left = [] if found.state.closed else _still_open(errand.run.ledger, found)
    signing = errand.signing
    if left and not (signing.yes or signing.dry_run):
        if errand.run.as_json or not errand.run.interactive:
            many = "1 thing is" if len(left) == 1 else f"{len(left)} things are"
            raise UsageError(
                f"{many} still open in {found.reference}, and nobody can be asked: --yes closes "
                f"it all the same\n" + "\n".join(left)
            )
        for words in left:
            errand.run.aside(safe(f"still open: {words}"))
        click.confirm("Close the case all the same?", abort=True, err=True)
    summary = f"case {found.reference} closed, {spoken(errand.told['status'])}"
    done = errand.record([_on_case(errand, acts.CaseClosed, found)], summary)
    errand.tell(summary, done)
    for words in left:
        errand.run.say(safe(f"  still open: {words}"))
    errand.run.answer(
        CaseEnded(**errand.answer(done, ()), case=found.reference, still_open=tuple(left))
    )


@acting(acts.CaseReopened, name="reopen", need={"status"})
@CASE
def reopen(errand: Errand, case: str) -> None:
    """Take the closed CASE up again. Somebody who oversees does it."""
    found = names.find_case(errand.run.ledger, case)
    summary = f"case {found.reference} reopened, {spoken(errand.told['status'])}"
    done = errand.record([_on_case(errand, acts.CaseReopened, found)], summary)
    errand.finish(done, summary)


@acting(acts.CaseStatusChanged, name="status", need={"status", "effective_at"})
@CASE
def status(errand: Errand, case: str) -> None:
    """Record where the proceedings of CASE stand: charged, acquitted, convicted, in appeal …

    How long its items are kept is computed from it. Deadlines of appeal and the end of a sentence
    are said with it, as far as they are known.
    """
    found = names.find_case(errand.run.ledger, case)
    said = spoken(errand.told["status"])
    summary = f"case {found.reference}: {said} since {errand.told['effective_at']}"
    done = errand.record([_on_case(errand, acts.CaseStatusChanged, found)], summary)
    errand.finish(done, summary)


def _on_case(errand: Errand, act: type[Act], case: CaseName) -> Request:
    return Request(act.NAME, (Subject(Kind.CASE, case.tag),), errand.given(act))


def _still_open(ledger: Ledger, case: CaseName) -> list[str]:
    """What in a case waits for somebody, a sentence each."""
    items = names.items_of_case(ledger, case)
    return [words for item in items for words in _of_item(ledger, item)]


def _of_item(ledger: Ledger, item: ItemName) -> Iterator[str]:
    state, name = item.state, item.both
    if state.terminal:
        return
    if state.transfer is not None:
        to = names.person(ledger, state.transfer.to) or spoken(str(state.transfer.outside))
        yield f"{name} is released to {to}, who has not accepted it"
    if state.out is not None:
        yield f"{name} is checked out to {names.person(ledger, state.out.to)}"
    for copy in state.copies:
        to = names.person(ledger, copy.to) or spoken(str(copy.outside))
        yield f"copy {copy.number} of {name} is with {to}"
    for kind in dict.fromkeys(each.kind for each in state.discrepancies):
        yield f"{name} has an open discrepancy: {spoken(kind)}"
    if state.holder is None:
        yield f"{name} {_without_holder(state)}"
    holder = ledger.subject(state.holder) if state.holder else None
    if isinstance(holder, Actor) and all(key.revoked is not None for key in holder.keys):
        who = names.person(ledger, state.holder)
        yield f"{name} is held by {who}, who has no key any more: `custody takeover {item.name}`"


def _without_holder(state: Item) -> str:
    if state.origin is None:
        return "is registered, and nobody said how it came"
    return f"is with somebody without an account: {spoken(str(state.outside))}"
