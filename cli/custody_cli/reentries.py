"""The entries with which an item of a lost ledger enters the new one."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from custody import reentering
from custody.casefile import CaseFile
from custody.drafting import Request, Subject
from custody.recovering import Saved
from custody.reentering import FormerItem
from custody_cli import names
from custody_cli.errand import Errand
from custody_cli.items import spoken
from custody_cli.params import Reason
from custody_cli.reopening import Reopened
from custody_cli.verdicts import Looked
from custody_schemas import acts
from custody_schemas.declare import Kind
from custody_schemas.terms import DiscrepancyKind, IntegrityVerdict, SealState

BAD_SEALS = (SealState.NUMBER_MISMATCH, SealState.BROKEN_UNAUTHORISED, SealState.MISSING)


class Arrival(NamedTuple):
    """An item that was seen, and what it is in the lost ledger."""

    looked: Looked
    before: FormerItem


def entries(
    errand: Errand, saved: Saved, case: Reopened, file: CaseFile, arrival: Arrival
) -> Iterator[Request]:
    """Registered, received, and what was and is wrong with it: one item."""
    looked, before = arrival
    subject = file.item(before.state.number)
    registered = errand.given(
        acts.ItemRegistered,
        main=False,
        case=case.name.tag,
        number=before.state.number,
        condition=list(looked.condition),
        **{"received_from": None, **reentering.registration(before)},
    )
    yield Request(acts.ItemRegistered.NAME, (subject, file.register), registered)
    received = errand.given(
        acts.ItemReceived,
        **_received(errand, saved, arrival),
        authority=case.authorities.get(before.state.authority or ""),
        note=_note(errand, saved, arrival),
    )
    yield Request(acts.ItemReceived.NAME, (subject,), received)
    yield from _wrong(errand, subject, arrival, disputed="disputed" in received)


def _received(errand: Errand, saved: Saved, arrival: Arrival) -> Mapping[str, Any]:
    looked, before = arrival
    verdict, content = looked.hash, looked.content
    members = reentering.reception(saved, before, verdict)
    if verdict is IntegrityVerdict.MISMATCH and content and len(content.found) == 1:
        members = reentering.as_found(members, content.found[0])
    told: Reason | None = errand.told["disputed"]
    wrong = verdict not in (None, IntegrityVerdict.MATCH)
    why = (told.kind, told.words) if wrong and told else reentering.disputed_before(before)
    return {**members, "disputed": why and why[0], "override_reason": why and why[1]}


def _note(errand: Errand, saved: Saved, arrival: Arrival) -> str:
    """What was said of the item in the lost ledger that no member here can hold."""
    looked, before = arrival
    ledger, state = saved.ledger, before.state
    holder = names.person(ledger, state.holder) or spoken(str(state.outside or "nobody"))
    lines = [errand.signing.note or "", f"{looked.item.name} in {ledger.origin}; held by {holder}"]
    if state.transfer is not None:
        lines.append("it was on its way to somebody else, who had not accepted it")
    if state.out is not None:
        lines.append(f"it was out to {names.person(ledger, state.out.to)}")
    if looked.seal is not None:
        lines.append(f"seal: number read {looked.read or 'none'}, {spoken(looked.seal)}")
    elif state.seal is not None:
        lines.append(f"its seal was on file as {spoken(state.seal.state)}")
    if state.parents:
        parents = (names.item_of(ledger, tag).name for tag in state.parents)
        lines.append(f"made out of {', '.join(parents)}")
    for label in ("reference", "court_number"):
        if before.labels.get(label):
            lines.append(f"{spoken(label)}: {before.labels[label]}")
    return "\n".join(filter(None, lines))


def _wrong(
    errand: Errand, subject: Subject, arrival: Arrival, *, disputed: bool
) -> Iterator[Request]:
    """Discrepancies: those that were open, and a seal that is not as it was."""
    wrong = [(each.kind, words) for each, words in reentering.open_there(arrival.before)]
    if arrival.looked.seal in BAD_SEALS:
        seal = f"seal found on taking over: {spoken(str(arrival.looked.seal))}"
        wrong.append((DiscrepancyKind.SEAL, seal))
    for kind, details in wrong:
        if not (disputed and kind is DiscrepancyKind.HASH):  # that one opens by itself
            given = errand.given(
                acts.DiscrepancyOpened, main=False, kind=kind, details=details[:10_000]
            )
            yield Request(acts.DiscrepancyOpened.NAME, (Subject(Kind.ITEM, subject.tag),), given)
