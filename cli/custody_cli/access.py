"""Items go out for a while, come back, or are put elsewhere."""

from collections.abc import Sequence
from functools import partial

import click

from custody.core.errors import RuleError
from custody.drafting import Request
from custody_cli import names
from custody_cli.accepting import checked
from custody_cli.bases import basis
from custody_cli.errand import Errand
from custody_cli.items import spoken
from custody_cli.params import Words
from custody_cli.recording import acting
from custody_cli.transfers import ITEMS, listed
from custody_cli.verdicts import (
    CONDITION,
    SEAL_FOUND,
    SEAL_READ,
    Looked,
    Said,
    grouped,
    look,
    presumed,
    read_of,
    tell,
    with_contents,
)
from custody_schemas import acts
from custody_schemas.answers import Checked
from custody_schemas.declare import Capacity


@acting(acts.AccessCheckedOut, leave={"to"}, need={"purpose"})
@ITEMS
@click.option("--to", "person", metavar="PERSON", help="Who takes them out, if not yourself.")
def checkout(errand: Errand, items: tuple[str, ...], person: str | None) -> None:
    """Let somebody take ITEMs out for a while; you go on holding them.

    Whoever takes them co-signs: keys on this machine are asked for, others come with --with.
    """
    to = errand.person(person) if person else errand.me.actor
    errand.capacity = Capacity.COUNTERPARTY
    errand.bring(to)
    found = errand.items(items)
    authority = basis(errand, found[0].state.case)
    batch = list(errand.on_items(acts.AccessCheckedOut, found, to=to, authority=authority))
    who = names.person(errand.run.ledger, to)
    summary = f"{listed(found)} checked out to {who}, {spoken(errand.told['purpose'])}"
    done = errand.record(batch, summary, ask=False)
    errand.finish(done, summary, [item.name for item in found])


@acting(acts.AccessCheckedIn, leave={"condition", "seal", "hash", "seal_read"})
@ITEMS
@SEAL_READ
@SEAL_FOUND
@CONDITION
def checkin(
    errand: Errand,
    items: tuple[str, ...],
    reads: Sequence[str],
    founds: Sequence[str],
    conditions: Sequence[str],
) -> None:
    """Take ITEMs back from a check-out.

    Seal numbers are read off the bags and compared by software, content is hashed again. Both
    people sign: who had them out, and who holds them.
    """
    errand.capacity = Capacity.COUNTERPARTY
    found = errand.items(items)
    for item in found:
        if item.state.out is None:
            raise RuleError("E_NOT_OUT", f"{item.both} is not checked out")
        errand.bring(item.state.out.to)
        errand.bring(item.state.holder)
    requests = partial(_checked_in, errand)
    looked = look(errand, found, Said(reads, founds, conditions), requests)
    summary = f"{listed(found)} checked in"
    _finish(errand, requests(looked), looked, summary)


def _checked_in(errand: Errand, looked: Sequence[Looked]) -> list[Request]:
    batch: list[Request] = []
    for group in grouped(looked):
        filled = {
            "seal": group[0].seal,
            "hash": group[0].hash,
            "condition": list(group[0].condition),
            "seal_read": read_of(group),
        }
        members = [each.item for each in group]
        batch += errand.on_items(acts.AccessCheckedIn, members, **filled)
    return batch


def _finish(
    errand: Errand,
    batch: Sequence[Request],
    looked: Sequence[Looked],
    summary: str,
) -> None:
    """Say what was found, record, answer."""
    tell(errand.run, looked)
    done = errand.record(batch, summary)
    errand.tell(summary, done)
    items = [each.item.name for each in looked]
    found = tuple(checked(each) for each in looked)
    errand.run.answer(Checked(**errand.answer(done, items), found=found))


@acting(acts.StorageMoved, leave={"hash", "to_place"})
@ITEMS
@click.option("--to", "to_place", required=True, type=Words(), help="Where: shelf, room, safe.")
@click.option("--check", is_flag=True, help="Hash the content again after the move.")
def move(errand: Errand, items: tuple[str, ...], to_place: str, check: bool) -> None:
    """Put ITEMs in another place; custody does not change."""
    found = errand.items(items)
    requests = partial(_moved, errand, to_place)
    looked = [Looked(item, content=presumed(item) if check else None) for item in found]
    if check:
        looked = with_contents(errand, looked, requests)
    _finish(errand, requests(looked), looked, f"{listed(found)} moved to {to_place}")


def _moved(errand: Errand, place: str, looked: Sequence[Looked]) -> list[Request]:
    batch: list[Request] = []
    for group in grouped(looked):
        members = [each.item for each in group]
        filled = {"to_place": place, "hash": group[0].hash}
        batch += errand.on_items(acts.StorageMoved, members, **filled)
    return batch
