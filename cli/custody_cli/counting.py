"""Inventories: what should be there, what was seen, what is missing. (R30, R65, R66)"""

import shlex
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import click

from custody import counting
from custody.core import tags, times
from custody.core.errors import NotFoundError, UsageError
from custody.core.kept import Inventory
from custody.core.state import LedgerFacts
from custody.core.text import safe
from custody.counting import SEEN, Count
from custody.drafting import Request, Subject
from custody.ledger.local import LocalLedger
from custody_cli import names, output
from custody_cli.consulting import Consulting, consulted, disclosed
from custody_cli.errand import Errand
from custody_cli.items import spoken
from custody_cli.names import PREFIX, ItemName
from custody_cli.overseers import oversees
from custody_cli.packing import facts
from custody_cli.recording import acting
from custody_cli.run import Run
from custody_cli.told import chain
from custody_cli.transfers import listed
from custody_schemas import acts
from custody_schemas.answers import Inventories, InventoryListed
from custody_schemas.declare import Capacity, Kind
from custody_schemas.terms import InventoryKind, InventoryOutcome, LogOperation

COLUMNS = ("inventory", "why", "of", "since", "expected", "seen", "missing", "to look for")
OF = click.option("--inventory", "which", metavar="INVENTORY", help="Which, if several are open.")


class Open(NamedTuple):
    """An inventory that is open, and how far it has come."""

    open: Inventory
    kind: str
    counts: Count


@acting(acts.InventoryStarted, name="start", leave={"expected"}, need={"kind"})
def start(errand: Errand) -> None:
    """Begin an inventory: of everything in custody, or --of what one person holds.

    Before another person becomes primary custodian, all that the one before holds is counted:
    --kind change_of_custodian --of HER --to SUCCESSOR. Both sign when it is closed; then the role
    can be granted.
    """
    ledger = errand.run.ledger
    of, to = (
        errand.person(errand.told[name]) if errand.told.get(name) else None for name in ("of", "to")
    )
    holder = names.person(ledger, of) if of else ""
    expected = len(counting.held_now(ledger, of))
    given = errand.given(acts.InventoryStarted, expected=expected, of=of, to=to)
    subject = Subject(Kind.LEDGER, tags.ledger_tag(ledger.origin))
    request = Request(acts.InventoryStarted.NAME, (subject,), given)
    summary = f"inventory of what {holder or 'everybody'} holds: {expected} items expected"
    done = errand.record([request], summary)
    errand.finish(done, summary)
    errand.run.say(f"  it is called {done[0].statement.id[:12]}")
    errand.run.say("next: custody inventory scan - --outcome physically_verified")


@acting(acts.InventoryObserved, name="scan", leave={"inventory"}, need={"outcome"})
@click.argument("items", nargs=-1, required=True, metavar="ITEM…")
@OF
def scan(errand: Errand, items: tuple[str, ...], which: str | None) -> None:
    """Record what was found of ITEMs; - takes a list of scans.

    An item that the inventory does not expect is recorded as unexpectedly present, and one that is
    not located as missing: each opens its discrepancy by itself. What came in after the inventory
    began is no part of it.
    """
    run = errand.run
    found = find(run.ledger, which)
    named = errand.items(items)
    rest, strange = _sorted(errand, found.counts, named)
    batch: list[Request] = []
    for outcome, members in (
        (errand.told["outcome"], rest),
        (InventoryOutcome.UNEXPECTEDLY_PRESENT, strange),
    ):
        given = {"inventory": found.open.id, "outcome": outcome}
        batch += errand.on_items(acts.InventoryObserved, members, **given)
    if not batch:
        raise UsageError("nothing of that is part of the inventory: there is nothing to record")
    counted = [*rest, *strange]
    summary = f"{listed(counted)}: {spoken(errand.told['outcome'])}"
    if strange:
        summary += f"; {len(strange)} unexpectedly present"
    errand.finish(errand.record(batch, summary), summary, [item.name for item in counted])


def _sorted(
    errand: Errand, count: Count, found: Sequence[ItemName]
) -> tuple[list[ItemName], list[ItemName]]:
    """Items that are expected, and those that should not be there. What came since is told."""
    ledger, here = errand.run.ledger, errand.told["outcome"] in SEEN
    others = [item for item in found if item.tag not in count.expected]
    for item in others:
        whose = names.person(ledger, item.state.holder) or "nobody"
        if item.tag in count.here:
            errand.warn(f"{item.both} came in after the inventory began: it is not counted in it")
        elif here:
            errand.warn(
                f"careful: {item.both} was not expected here: on the record {whose} holds it"
            )
        else:
            raise UsageError(
                f"{item.both} is no part of this inventory: on the record {whose} holds it"
            )
    rest = [item for item in found if item.tag in count.expected]
    return rest, [item for item in others if item.tag not in count.here]


@acting(
    acts.InventoryClosed,
    name="close",
    leave={"inventory", "verified", "missing", "gone", "unchecked", "unexpected"},
)
@OF
@click.option("--unchecked", is_flag=True, help="Close it though items were not looked for.")
def close(errand: Errand, which: str | None, unchecked: bool) -> None:
    """End an inventory with its numbers. Items that nobody looked for are listed first.

    What is not there is recorded with `custody inventory scan ITEM --outcome not_located`. At a
    change of custodian both sign, --with PERSON; for her who cannot, one who oversees everywhere.
    """
    errand.capacity = Capacity.COUNTERPARTY
    ledger = errand.run.ledger
    found = find(ledger, which)
    count = found.counts
    _looked_for(errand, count, unchecked)
    if found.open.to is not None and not unchecked:
        _both(errand, found.open)
    numbers = {
        "verified": len(count.seen),
        "missing": len(count.missing),
        "gone": len(count.gone),
        "unchecked": len(count.unchecked),
        "unexpected": len(count.unexpected),
    }
    given = {**errand.given(acts.InventoryClosed, inventory=found.open.id), **numbers}
    subject = Subject(Kind.LEDGER, tags.ledger_tag(ledger.origin))
    summary = "inventory closed: " + ", ".join(f"{n} {what}" for what, n in numbers.items())
    request = Request(acts.InventoryClosed.NAME, (subject,), given)
    errand.finish(errand.record([request], summary), summary)
    if found.open.to is not None and not count.unchecked:
        who = shlex.quote(ledger.labels(found.open.to).get("name", found.open.to[:12]))
        errand.run.say(f"next: custody role grant {who} custodian_primary, within 7 days")


def _looked_for(errand: Errand, count: Count, unchecked: bool) -> None:
    """Raises UsageError: expected items were not looked for, and nobody said that this is so."""
    left = [names.item_of(errand.run.ledger, tag) for tag in sorted(count.unchecked)]
    if left:
        why = "to see what an inventory lacks"
        disclosed(errand.run, (), [item.tag for item in left], why, LogOperation.CONSULTATION)
    for item in left:
        errand.run.aside(safe(f"not looked for: {item.both}"))
    if left and not unchecked:
        raise UsageError(
            f"{len(left)} of {len(count.expected)} items were not looked for: scan them, say "
            "--outcome not_located of those that are missing, or close it with --unchecked"
        )


def _both(errand: Errand, found: Inventory) -> None:
    """Have both sign, or for her who goes one who oversees everywhere.

    Raises:
        UsageError: one side is missing, so nobody could be appointed on it.
    """
    ledger, now = errand.run.ledger, int(errand.run.now())
    errand.bring(found.to)
    if not any(_oversees(errand, tag, now) for tag in _signing(errand) - {found.of, found.to}):
        errand.bring(found.of)
    signing = _signing(errand)
    others = signing - {found.of, found.to}
    there = found.of in signing or any(_oversees(errand, tag, now) for tag in others)
    if found.to not in signing or not there:
        going, coming = (names.person(ledger, tag) for tag in (found.of, found.to))
        raise UsageError(
            f"at a change of custodian both sign: {coming} --with HER, and {going}, or where that "
            "cannot be one who oversees everywhere. With --unchecked it is closed without, and "
            "nobody can be appointed on it"
        )


def _signing(errand: Errand) -> set[str]:
    return {errand.me.actor, *(identity.actor for identity, _ in errand.cosigners())}


def _oversees(errand: Errand, tag: str, now: int) -> bool:
    return oversees(errand.run.ledger.subject(tag), now)


@click.command("list", cls=Consulting)
@click.pass_obj
def list_inventories(run: Run) -> None:
    """Inventories that are open, and how far they have come."""
    consulted(run, whole=True)
    found = [_listed(run.ledger, each) for each in open_ones(run.ledger)]
    if not run.as_json:
        rows = [
            (
                *(each.inventory[:12], spoken(each.kind), each.holder or "everybody", each.since),
                *map(str, (each.expected, each.seen, each.missing, each.left)),
            )
            for each in found
        ]
        output.table(COLUMNS, rows, "no inventory is open: `custody inventory start` begins one")
    run.answer(Inventories(inventories=tuple(found)))


def find(ledger: LocalLedger, words: str | None) -> Open:
    """The open inventory of that name, or the only one.

    Raises:
        NotFoundError: none is open. UsageError: several are, or several begin so.
    """
    found = list(open_ones(ledger))
    if words is not None:
        wanted = words.strip().lower()
        found = [
            each for each in found if len(wanted) >= PREFIX and each.open.id.startswith(wanted)
        ]
    if not found:
        raise NotFoundError(
            "no such inventory is open: `custody inventory list` shows those that are"
        )
    if len(found) > 1:
        raise UsageError("several inventories are open: say which with --inventory")
    return found[0]


def open_ones(ledger: LocalLedger) -> Iterator[Open]:
    """The inventories that are open, as they stand."""
    if not (found := facts(ledger).inventories):
        return
    begun = {told.statement.id: told for told in chain(ledger, tags.ledger_tag(ledger.origin))}
    for each in found:
        kind = getattr(begun[each.id].statement.act, "kind", "")
        yield Open(each, str(kind), counting.count(ledger, begun[each.id]))


def _listed(ledger: LocalLedger, found: Open) -> InventoryListed:
    count = found.counts
    left = sorted(
        (names.item_of(ledger, tag) for tag in count.unchecked),
        key=lambda item: (item.state.case, item.state.number),
    )
    return InventoryListed(
        inventory=found.open.id,
        kind=found.kind,
        holder=names.person(ledger, found.open.of),
        to=names.person(ledger, found.open.to),
        since=times.spelt(found.open.since),
        expected=len(count.expected),
        seen=len(count.seen),
        missing=len(count.missing),
        unexpected=len(count.unexpected),
        gone=len(count.gone),
        left=len(count.unchecked),
        to_look_for=tuple(item.name for item in left),
    )


def following(ledger: LocalLedger, actor: str, state: LedgerFacts) -> Iterator[str]:
    """What is to be done before somebody follows a primary custodian, as commands."""
    if any(each.actor == actor for each in state.custodians):
        who = shlex.quote(ledger.labels(actor).get("name", actor[:12]))
        kind = InventoryKind.CHANGE_OF_CUSTODIAN
        yield f"custody inventory start --kind {kind} --of {who} --to SUCCESSOR"
