"""`custody seize`: registered, seized and sealed, under one passphrase, all or nothing."""

from collections.abc import Sequence
from typing import Any

import click

from custody.core.errors import UsageError
from custody.drafting import Request
from custody_cli import names
from custody_cli.errand import Errand
from custody_cli.items import (
    NUMBER,
    QUANTITY,
    REGISTERED_LEAVE,
    Registration,
    registration,
    spoken,
    warn_of_seal,
)
from custody_cli.params import Choices, Words
from custody_cli.recording import NOT_STATED, SECTIONS, acting
from custody_cli.table import Option
from custody_schemas import acts
from custody_schemas.declare import Chars
from custody_schemas.terms import SealType


class SealOption(Option):
    """An option about the seal that is put on at once."""

    section = SECTIONS[acts.SealApplied.NAME]


SEAL = click.option(
    "--seal",
    cls=SealOption,
    metavar="NUMBER",
    type=Words([Chars(1, 500)]),
    help="Seal it at once, with the seal or bag of this number.",
)
SEAL_TYPE = click.option(
    "--seal-type",
    cls=SealOption,
    type=Choices(SealType),
    default=NOT_STATED,
    metavar="KIND",
    help=f"What sort of seal: {', '.join(SealType)}.",
)
OF_SEAL = {"bag_number", "signed_across", "contents_inventoried"}


@acting(
    acts.ItemRegistered,
    acts.ItemSeized,
    acts.SealApplied,
    leave={*REGISTERED_LEAVE, "seal_number", "received_from", "received_from_name"},
    need={"type"},
)
@click.argument("case")
@SEAL
@SEAL_TYPE
@NUMBER
@QUANTITY
@click.option(
    "--photo",
    "photos",
    multiple=True,
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False),
    help="A photograph (same as --attach). Repeatable.",
)
def seize(
    errand: Errand,
    case: str,
    number: int | None,
    quantity: int,
    seal: str | None,
    seal_type: SealType,
    photos: Sequence[str],
) -> None:
    """Take an item of CASE at a scene: from now on you hold it.

    Registers, seizes and seals it in one go. The legal basis is the only one on file in the case,
    or the one that --authority names; it must have been in force at that moment.
    """
    found = names.find_case(errand.run.ledger, case)
    authority = names.find_authority(errand.run.ledger, found, errand.told.get("authority"))
    for photo in photos:
        errand.attach(photo)
    made = registration(errand, found, number, quantity=quantity, main=False)
    seized = errand.given(acts.ItemSeized, authority=authority)
    batch = [made.request, Request(acts.ItemSeized.NAME, (made.subject,), seized)]
    batch += sealing(errand, made, seal, seal_type)
    basis = names.authority_name(errand.run.ledger, found, authority)
    sealed = f", sealed with {seal}" if seal else ""
    summary = f"{made.label} seized, {spoken(errand.told['type'])}, under {basis}{sealed}"
    errand.finish(errand.record(batch, summary), summary, [made.name])


def sealing(errand: Errand, made: Registration, seal: str | None, kind: SealType) -> list[Request]:
    """The request to seal a new item, if a seal's number was given."""
    if seal is None:
        said = [name for name in OF_SEAL if errand.told.get(name) not in (None, NOT_STATED)]
        if said or kind is not SealType.NOT_STATED:
            option = f"--{said[0].replace('_', '-')}" if said else "--seal-type"
            raise UsageError(f"{option} is about a seal: say its number with --seal")
        return []
    warn_of_seal(errand, seal)
    given: dict[str, Any] = errand.given(acts.SealApplied, main=False, seal_number=seal, type=kind)
    return [Request(acts.SealApplied.NAME, (made.subject,), given)]
