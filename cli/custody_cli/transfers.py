"""Hand-overs: the releaser's side, and what ends one without a new holder."""

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

import click

from custody.core import times
from custody.core.errors import RuleError, UsageError
from custody.core.state import Item, Transfer
from custody.drafting import Request
from custody.ledger import Ledger
from custody_cli import names, output
from custody_cli.bases import basis
from custody_cli.consulting import Consulting, consulted
from custody_cli.errand import Errand
from custody_cli.items import spoken
from custody_cli.names import ItemName
from custody_cli.params import Choices, Words
from custody_cli.recording import NOT_STATED, acting
from custody_cli.run import Run
from custody_cli.told import Told, chain, text
from custody_schemas import acts
from custody_schemas.answers import OpenTransfer, OpenTransfers
from custody_schemas.declare import Act, Kind
from custody_schemas.terms import OutsideParty, TransferMethod

OUTSIDE = Words(acts.TransferReleased.FIELDS["to_name"].marks)
NEEDED = ("E_HOLD", "E_OPEN_DISCREPANCY", "E_REQUEST", "E_APPEAL", "E_RETENTION")
ITEMS = click.argument("items", nargs=-1, required=True, metavar="ITEM…")


@acting(
    acts.TransferReleased,
    name="release",
    leave={"to", "to_name", "outside", "method"},
    need={"purpose"},
)
@ITEMS
@click.option("--to", "person", metavar="PERSON", help="Who is to accept them, with her own key.")
@click.option(
    "--to-outside", metavar="NAME", type=OUTSIDE, help="Who gets them without an account here."
)
@click.option(
    "--outside",
    type=Choices(OutsideParty),
    default=NOT_STATED,
    metavar="KIND",
    help=f"What sort of outside party: {', '.join(OutsideParty)}.",
)
@click.option(
    "--by",
    "method",
    type=Choices(TransferMethod),
    default=NOT_STATED,
    metavar="METHOD",
    help=f"How they travel: {', '.join(TransferMethod)}.",
)
def release(
    errand: Errand,
    items: tuple[str, ...],
    person: str | None,
    to_outside: str | None,
    outside: OutsideParty,
    method: TransferMethod,
) -> None:
    """Offer ITEMs to somebody. You hold them until they are accepted.

    The other side runs `custody transfer accept` or `refuse`. Of receivers without an account you
    record the confirmation with `custody transfer acknowledge`.
    """
    ledger = errand.run.ledger
    if (person is None) == (to_outside is None):
        raise UsageError("say who receives them: --to PERSON, or --to-outside NAME")
    receiver: dict[str, Any]
    if person is not None:
        receiver = {"to": errand.person(person)}
        who = names.person(ledger, receiver["to"])
    else:
        receiver = {"outside": outside, "to_name": to_outside}
        who = str(to_outside)
    found = errand.items(items)  # nobody scans twenty labels for a receiver who does not exist
    receiver["authority"] = basis(errand, found[0].state.case)
    receiver["consent"] = basis(errand, found[0].state.case, "consent")
    batch = list(errand.on_items(acts.TransferReleased, found, **receiver, method=method))
    summary = f"{listed(found)} released to {who}, {spoken(errand.told['purpose'])}"
    try:
        done = errand.record(batch, summary, ask=False)
    except RuleError as error:
        raise _instead(ledger, found, error) from error
    errand.finish(done, summary, [item.name for item in found])


def _instead(ledger: Ledger, items: Sequence[ItemName], error: RuleError) -> RuleError:
    """The refusal of a second release, or of one for good, with what to do; any other as it is."""
    if error.code in NEEDED:
        named = shlex.join(item.name for item in items)
        return RuleError(
            error.code,
            f"{error}. What goes back to its owner leaves for good, and that is a disposition: "
            f"`custody dispose request {named} --kind return_to_owner --reason …`",
        )
    open_ones = [item for item in items if item.state.transfer is not None]
    if error.code != "E_OPEN_TRANSFER" or not open_ones:
        return error
    parts = [
        f"{item.both} is on its way to {_receiver(ledger, item.state.transfer, item)} since "
        f"{times.spelt(item.state.transfer.since)}"
        for item in open_ones
        if item.state.transfer is not None
    ]
    back = shlex.join(["custody", "transfer", "cancel", *(item.name for item in open_ones)])
    return RuleError(error.code, f"{'; '.join(parts)}. `{back} --reason …` takes that back")


@acting(acts.TransferRefused, name="refuse", leave={"transfer"}, need={"reason"})
@ITEMS
def refuse(errand: Errand, items: tuple[str, ...]) -> None:
    """Do not take ITEMs that were released to you: they stay with the releaser."""
    _end(errand, acts.TransferRefused, items, f"refused, {spoken(errand.told['reason'])}")


@acting(acts.TransferCancelled, name="cancel", leave={"transfer"}, need={"reason"})
@ITEMS
def cancel(errand: Errand, items: tuple[str, ...]) -> None:
    """Take the release of ITEMs back before they are accepted."""
    _end(errand, acts.TransferCancelled, items, "release cancelled")


@acting(
    acts.TransferAcknowledged,
    name="acknowledge",
    leave={"transfer"},
    need={"assurance", "received_by"},
)
@ITEMS
def acknowledge(errand: Errand, items: tuple[str, ...]) -> None:
    """Record that somebody without an account confirmed to have ITEMs.

    Attach the countersigned paper, or give the number of the accountable mail: what the
    confirmation is worth is stated, and shown.
    """
    said = f"received by {errand.told['received_by']}, {spoken(errand.told['assurance'])}"
    _end(errand, acts.TransferAcknowledged, items, said)


def _end(errand: Errand, act: type[Act], words: Sequence[str], what: str) -> None:
    """Record an act on open hand-overs, an entry for each release."""
    found = errand.items(words)
    batch: list[Request] = []
    for transfer, members in by_transfer(found).items():
        batch += errand.on_items(act, members, transfer=transfer)
    summary = f"{listed(found)} {what}"
    errand.finish(errand.record(batch, summary), summary, [item.name for item in found])


def by_transfer(items: Sequence[ItemName]) -> Mapping[str, list[ItemName]]:
    """The items by the release that is open for them.

    Raises:
        RuleError: E_NO_TRANSFER.
    """
    groups: dict[str, list[ItemName]] = {}
    for item in items:
        if item.state.transfer is None:
            raise RuleError("E_NO_TRANSFER", f"{item.both} is not released to anybody")
        groups.setdefault(item.state.transfer.id, []).append(item)
    return groups


@click.command("list", cls=Consulting)
@click.option("--mine", is_flag=True, help="Only those from you or to you.")
@click.pass_obj
def list_open(run: Run, mine: bool) -> None:
    """Hand-overs that are open: nobody has accepted, refused or cancelled them."""
    me = run.who.actor if mine else None
    own = [item for item, each in open_items(run.ledger) if me in (each.by, each.to)] if me else ()
    consulted(run, own, whole=me is None)
    found = _open(run, me)
    if not run.as_json:
        rows = [(_both(t), t.by, t.to, t.travels, t.since) for t in found]
        columns = ("items", "from", "to", "travels", "since")
        output.table(columns, rows, "no hand-over is open")
    run.answer(OpenTransfers(transfers=tuple(found)))


def open_items(ledger: Ledger) -> list[tuple[ItemName, Transfer]]:
    """All items that are on their way to somebody."""
    found = []
    for each in ledger.find(Kind.ITEM, ""):
        state = ledger.subject(each.tag)
        if isinstance(state, Item) and state.transfer is not None:
            found.append((names.item_of(ledger, each.tag), state.transfer))
    return found


def _open(run: Run, of: str | None) -> list[OpenTransfer]:
    groups: dict[str, list[ItemName]] = {}
    transfers: dict[str, Transfer] = {}
    for item, transfer in open_items(run.ledger):
        if of is None or of in (transfer.by, transfer.to):
            groups.setdefault(transfer.id, []).append(item)
            transfers[transfer.id] = transfer
    return [
        OpenTransfer(
            transfer=transfer.id,
            items=tuple(item.name for item in groups[transfer.id]),
            exhibits=tuple(item.exhibit for item in groups[transfer.id]),
            by=names.person(run.ledger, transfer.by),
            to=_receiver(run.ledger, transfer, groups[transfer.id][0]),
            travels=_travels(run.ledger, transfer, groups[transfer.id][0]),
            since=times.spelt(transfer.since),
        )
        for transfer in transfers.values()
    ]


def _both(transfer: OpenTransfer) -> str:
    """Items with their exhibit references, for people."""
    named = zip(transfer.items, transfer.exhibits, strict=True)
    return ", ".join(f"{item} ({exhibit})" if exhibit else item for item, exhibit in named)


def _receiver(ledger: Ledger, transfer: Transfer, item: ItemName) -> str:
    """Who is to get it; without an account by name and kind, as the release says."""
    if transfer.to is not None:
        return names.person(ledger, transfer.to)
    name, kind = _said(ledger, transfer, item, "to_name"), spoken(str(transfer.outside))
    return f"{name} ({kind})" if name else kind


def _travels(ledger: Ledger, transfer: Transfer, item: ItemName) -> str:
    """How it goes, by whom and under which number, as far as the release says."""
    act = _release(ledger, transfer, item).statement.act
    method = str(getattr(act, "method", NOT_STATED))
    said = _said(ledger, transfer, item, "carrier", "tracking")
    return " ".join(filter(None, ("" if method == NOT_STATED else spoken(method), said)))


def _release(ledger: Ledger, transfer: Transfer, item: ItemName) -> Told:
    return next(t for t in chain(ledger, item.tag) if t.statement.id == transfer.id)


def _said(ledger: Ledger, transfer: Transfer, item: ItemName, *fields: str) -> str:
    """What the release says in these fields. Labels would tell what some later one says."""
    release = _release(ledger, transfer, item)
    return " ".join(filter(None, (text(release, field) for field in fields)))


def listed(items: Sequence[ItemName]) -> str:
    """Items in a sentence."""
    return ", ".join(item.both for item in items)
