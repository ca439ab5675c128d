"""`custody item ref`: the number that a laboratory, a court or an agency gives an item."""

import click

from custody.drafting import Request, Subject
from custody_cli import names
from custody_cli.errand import Errand
from custody_cli.items import spoken
from custody_cli.names import ItemName
from custody_cli.recording import acting
from custody_schemas import acts
from custody_schemas.declare import Kind


@acting(acts.ItemReferenceAssigned, name="ref", need={"kind", "reference"})
@click.argument("item")
def ref(errand: Errand, item: str) -> None:
    """Note the number that somebody else gave ITEM: a laboratory, a court, an agency.

    The item keeps its own number. Each number that is noted stays readable.
    """
    found = errand.item(item)
    reference = errand.told["reference"]
    _warn_of_twins(errand, found, reference)
    given = errand.given(acts.ItemReferenceAssigned)
    request = Request(acts.ItemReferenceAssigned.NAME, (Subject(Kind.ITEM, found.tag),), given)
    summary = f"{found.both} is {reference} ({spoken(errand.told['kind'])})"
    errand.finish(errand.record([request], summary), summary, [found.name])


def _warn_of_twins(errand: Errand, item: ItemName, reference: str) -> None:
    """Say, once, which other item goes by this number."""
    ledger = errand.run.ledger
    for tag in names.answering(ledger, Kind.ITEM, reference, ("reference",)):
        if tag != item.tag:
            errand.warn(f"careful: {names.item_of(ledger, tag).both} is {reference} already")
