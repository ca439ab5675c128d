"""`custody court`: an item is produced in court, and comes back. (R40)"""

from collections.abc import Sequence
from functools import partial

import click

from custody.core.errors import RuleError
from custody.drafting import Request
from custody_cli.accepting import checked
from custody_cli.bases import basis
from custody_cli.errand import Errand
from custody_cli.items import item_answer, whereabouts
from custody_cli.names import ItemName
from custody_cli.recording import acting
from custody_cli.transfers import ITEMS, listed
from custody_cli.verdicts import (
    CONDITION,
    SEAL_FOUND,
    SEAL_READ,
    Looked,
    Said,
    judged,
    look,
    tell,
)
from custody_schemas import acts
from custody_schemas.answers import Checked
from custody_schemas.declare import Capacity
from custody_schemas.terms import Answer, OutsideParty

KEPT = {True: Answer.YES, False: Answer.NO, None: Answer.NOT_STATED}


@acting(acts.CourtExhibited, name="exhibit", leave={"retained"}, need={"court"})
@click.argument("item")
@click.option(
    "--retained/--not-retained",
    default=None,
    help="Whether the court keeps it: then the court has it, and you hold it no more.",
)
def exhibit(errand: Errand, item: str, retained: bool | None) -> None:
    """Record that ITEM is produced in court, with the number that the court gave it.

    What the court keeps comes back with `custody court return`; until then nobody here holds it.
    """
    found = [errand.item(item)]
    authority = basis(errand, found[0].state.case)
    kept = KEPT[retained]
    batch = list(errand.on_items(acts.CourtExhibited, found, retained=kept, authority=authority))
    court, number = errand.told["court"], errand.told.get("court_number")
    said = f" as {number}" if number else ""
    keeps = {Answer.YES: ", which keeps it", Answer.NO: ", which does not keep it"}.get(kept, "")
    summary = f"{listed(found)} produced in court{said}: {court}{keeps}"
    errand.finish(errand.record(batch, summary), summary, [each.name for each in found])
    if kept is Answer.YES:
        errand.run.say(f"  when it comes back: custody court return {found[0].name}")


@acting(
    acts.CourtReturned,
    name="return",
    leave={"seal", "hash", "condition", "seal_read"},
    need={"location"},
)
@ITEMS
@SEAL_READ
@SEAL_FOUND
@CONDITION
def return_items(
    errand: Errand,
    items: tuple[str, ...],
    reads: Sequence[str],
    founds: Sequence[str],
    conditions: Sequence[str],
) -> None:
    """Take ITEMs back that a court kept: from now on you hold them.

    Seal numbers are read off the bags and compared by software; the content is hashed again and
    compared with the digests on file. A wrong digest is refused unless --override says why and
    two approvers co-sign.
    """
    if errand.told.get("override") is not None:
        errand.capacity = Capacity.APPROVER
    found = errand.items(items)
    for item in found:
        _with_a_court(errand, item)
    requests = partial(_requests, errand)
    looked = look(errand, found, Said(reads, founds, conditions), requests)
    tell(errand.run, looked)
    summary = f"{listed(found)} back from court"
    done = errand.record(requests(looked), summary)
    errand.tell(summary, done)
    items_found = tuple(checked(each) for each in looked)
    names = [item.name for item in found]
    errand.run.answer(Checked(**errand.answer(done, names), found=items_found))


def _with_a_court(errand: Errand, item: ItemName) -> None:
    """Raises RuleError: E_NO_TRANSFER, no court has the item."""
    if item.state.outside is OutsideParty.COURT:
        return
    who = whereabouts(item_answer(errand.run.ledger, item))
    raise RuleError(
        "E_NO_TRANSFER",
        f"{item.both} is not on file as kept by a court, but as held by {who}. Where it is now, "
        "its holder says with `custody move`",
    )


def _requests(errand: Errand, looked: Sequence[Looked]) -> list[Request]:
    return list(judged(errand, acts.CourtReturned, looked))
