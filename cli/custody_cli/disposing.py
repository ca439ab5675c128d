"""`custody dispose`: asked for, answered, approved or rejected. What is done stands in `executing`."""

from collections.abc import Sequence

from custody.core.errors import RuleError, UsageError
from custody.core.kept import Disposition
from custody_cli.bases import basis
from custody_cli.errand import Errand
from custody_cli.items import noun, spoken
from custody_cli.names import ItemName
from custody_cli.recording import acting
from custody_cli.transfers import ITEMS, listed
from custody_schemas import acts
from custody_schemas.declare import Act


@acting(acts.DispositionRequested, name="request", need={"kind", "reason"})
@ITEMS
def request(errand: Errand, items: tuple[str, ...]) -> None:
    """Ask that ITEMs leave custody for good: returned, destroyed, forfeited …

    Refused while anything protects an item: a hold, its retention, a hand-over or discrepancy that
    is open, a request of another authority, an appeal. Two others approve it; who holds the items then carries it out.
    """
    found = errand.items(items)
    authority = basis(errand, found[0].state.case)
    batch = list(errand.on_items(acts.DispositionRequested, found, authority=authority))
    summary = f"{listed(found)}: {noun(errand.told['kind'])} asked for"
    done = errand.record(batch, summary)
    errand.finish(done, summary, [item.name for item in found])
    errand.run.say(f"next, by two others who oversee: custody dispose approve {found[0].name}")


@acting(acts.DispositionConsulted, name="consult", leave={"disposition"}, need={"opinion"})
@ITEMS
def consult(errand: Errand, items: tuple[str, ...]) -> None:
    """Record what a prosecutor or adviser answered about the disposition of ITEMs.

    An objection stops it until another answer is recorded.
    """
    _step(errand, acts.DispositionConsulted, items, f"consulted: {spoken(errand.told['opinion'])}")


@acting(acts.DispositionApproved, name="approve", leave={"disposition"})
@ITEMS
def approve(errand: Errand, items: tuple[str, ...]) -> None:
    """Approve the disposition of ITEMs, as one who neither asked for it nor holds them.

    --order names an order on file that counts as one more approval, where the case's pack says so.
    """
    found = errand.items(items)
    order = basis(errand, found[0].state.case, "order")
    _step(errand, acts.DispositionApproved, items, "approved", order=order)


@acting(acts.DispositionRejected, name="reject", leave={"disposition"}, need={"reason"})
@ITEMS
def reject(errand: Errand, items: tuple[str, ...]) -> None:
    """Say that the disposition of ITEMs does not take place, or take back your own request."""
    _step(errand, acts.DispositionRejected, items, "rejected")


def _step(
    errand: Errand, act: type[Act], words: Sequence[str], what: str, **filled: object
) -> None:
    """One step of the dispositions that the items are in: one entry for each request."""
    found = errand.items(words)
    batch = [
        request
        for disposition, members in by_disposition(found).items()
        for request in errand.on_items(act, members, disposition=disposition, **filled)
    ]
    kinds = ", ".join(dict.fromkeys(noun(asked(item).kind) for item in found))
    summary = f"{listed(found)}: {kinds} {what}"
    errand.finish(errand.record(batch, summary), summary, [item.name for item in found])


def asked(item: ItemName) -> Disposition:
    """The disposition that was asked for.

    Raises:
        RuleError: E_DISPOSITION, none was.
    """
    if item.state.disposition is None:
        raise RuleError(
            "E_DISPOSITION",
            f"no disposition of {item.both} was asked for: `custody dispose request {item.name} …`",
        )
    return item.state.disposition


def by_disposition(items: Sequence[ItemName]) -> dict[str, list[ItemName]]:
    """The items by the request that they are in.

    Raises:
        RuleError: E_DISPOSITION. UsageError: an item was named twice.
    """
    found: dict[str, list[ItemName]] = {}
    for item in items:
        members = found.setdefault(asked(item).id, [])
        if item in members:
            raise UsageError(f"{item.both} was named twice")
        members.append(item)
    return found
