"""What becomes of a discrepancy, and signatures put to entries that stand."""

import click

from custody.core.errors import RuleError, UsageError
from custody.drafting import Request, Subject
from custody.reports import wording
from custody_cli import names
from custody_cli.errand import Errand
from custody_cli.items import spoken
from custody_cli.names import ItemName
from custody_cli.params import Choices, EntryName
from custody_cli.recording import acting
from custody_cli.remarks import find
from custody_cli.told import Told, chain
from custody_schemas import acts
from custody_schemas.declare import Act, Capacity, Kind
from custody_schemas.terms import DiscrepancyKind, DiscrepancyOutcome

ENTRY = click.argument("entry", metavar="ENTRY", type=EntryName())
KIND = click.option(
    "--kind",
    type=Choices(DiscrepancyKind),
    metavar="KIND",
    help="Which of them, where the entry opened several.",
)


@acting(acts.DiscrepancyUpdated, name="update", leave={"discrepancy", "kind"})
@click.argument("item")
@ENTRY
@KIND
def update(errand: Errand, item: str, entry: str, kind: DiscrepancyKind | None) -> None:
    """Say what is being done about an open discrepancy of ITEM.

    ENTRY is the one that opened it: its number in `custody item history`, as 4 or '#4'.
    """
    if not any(errand.told[name] for name in ("details", "actions", "inquiry", "due_at")):
        raise UsageError("say what is new: --details, --actions, --inquiry or --due-at")
    _record(errand, acts.DiscrepancyUpdated, item, entry, kind, "looked into")


@acting(acts.DiscrepancyResolved, name="resolve", leave={"discrepancy", "kind"}, need={"outcome"})
@click.argument("item")
@ENTRY
@KIND
def resolve(errand: Errand, item: str, entry: str, kind: DiscrepancyKind | None) -> None:
    """End a discrepancy of ITEM: explained, recovered, a recording error, confirmed.

    ENTRY is the one that opened it: its number in `custody item history`, as 4 or '#4'. Somebody
    who oversees the case, and neither holds the item nor found it so, signs or co-signs (--with).
    relief_granted frees the holder of accountability, ends the item for good, and wants two
    approvers.
    """
    errand.capacity = Capacity.APPROVER
    outcome: DiscrepancyOutcome = errand.told["outcome"]
    _record(errand, acts.DiscrepancyResolved, item, entry, kind, spoken(outcome))


def _record(
    errand: Errand,
    act: type[Act],
    words: str,
    entry: str,
    kind: DiscrepancyKind | None,
    what: str,
) -> None:
    item = errand.item(words)
    number, told = names.find_entry(chain(errand.run.ledger, item.tag), entry)
    meant = _kind(errand, item, number, told, kind)
    given = errand.given(act, discrepancy=told.statement.id, kind=meant)
    summary = f"discrepancy of {item.both}, {spoken(meant)} (#{number}): {what}"
    request = Request(act.NAME, (Subject(Kind.ITEM, item.tag),), given)
    errand.finish(errand.record([request], summary), summary, [item.name])


def _kind(
    errand: Errand, item: ItemName, number: int, told: Told, said: DiscrepancyKind | None
) -> DiscrepancyKind:
    """What sort of discrepancy the entry opened that is still open.

    Raises:
        RuleError: E_DISCREPANCY, it opened none, or none that is open; the message names those.
        UsageError: it opened several.
    """
    here = [each.kind for each in item.state.discrepancies if each.id == told.statement.id]
    kinds = list(dict.fromkeys(here))
    if said is not None and said in kinds:
        return said
    if said is not None or not kinds:
        what = f"no discrepancy {spoken(said)}" if said else "no discrepancy"
        raise RuleError(
            "E_DISCREPANCY",
            f"#{number} of {item.both} opened {what} that is still open. {_open(errand, item)}",
        )
    if len(kinds) > 1:
        raise UsageError(
            f"#{number} of {item.both} opened several: say which with --kind {'|'.join(kinds)}"
        )
    return kinds[0]


def _open(errand: Errand, item: ItemName) -> str:
    """The discrepancies of an item that are open, by the entries that opened them."""
    entries = enumerate(chain(errand.run.ledger, item.tag), 1)
    numbers = {told.statement.id: number for number, told in entries}
    found = [
        f"#{numbers.get(each.id, '?')} {spoken(each.kind)}" for each in item.state.discrepancies
    ]
    return f"Open are: {', '.join(found)}" if found else "None is open"


@acting(acts.StatementCountersigned, name="sign", leave={"entry"}, need={"position"})
@click.argument("subject", metavar="ITEM|CASE|PERSON")
@ENTRY
def sign(errand: Errand, subject: str, entry: str) -> None:
    """Put your signature to an entry that somebody else signed, and say what you mean by it.

    ENTRY is its number in the history, as 4 or '#4', or the beginning of its id. The entry itself
    stays as it is. Your passphrase is asked for, whatever is unlocked.
    """
    found = find(errand, subject, people=True)
    number, told = names.find_entry(chain(errand.run.ledger, found.tag), entry)
    given = errand.given(acts.StatementCountersigned, entry=told.statement.id)
    request = Request(acts.StatementCountersigned.NAME, (Subject(found.kind, found.tag),), given)
    by = names.person(errand.run.ledger, told.statement.by)
    position = spoken(errand.told["position"])
    what = wording.title(told.statement.name, told.statement.act)
    summary = f"{found.name} #{number} ({what}, by {by}): {position}"
    items = [found.name] * (found.kind is Kind.ITEM)
    errand.finish(errand.record([request], summary), summary, items)
