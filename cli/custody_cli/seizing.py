"""`custody seize`: registered, seized and sealed, under one passphrase, all or nothing."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

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
from custody_cli.names import CaseName
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


def _template(ctx: click.Context, param: click.Parameter, wanted: bool) -> None:
    """Print the first row of a table for --from, and do nothing else."""
    if wanted:
        from custody_cli.seizures import template

        click.echo(template())
        ctx.exit()


class Piece(NamedTuple):
    """What the command itself is told of one item."""

    number: int | None
    quantity: int
    seal: str | None
    seal_type: SealType
    photos: Sequence[str]


class Taken(NamedTuple):
    """An item that is about to be seized: its registration, all requests, and a line of words."""

    made: Registration
    requests: list[Request]
    words: str


@acting(
    acts.ItemRegistered,
    acts.ItemSeized,
    acts.SealApplied,
    leave={*REGISTERED_LEAVE, "seal_number", "received_from", "received_from_name"},
    need={"type"},
)
@click.argument("case")
@click.option(
    "--from",
    "table",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Many items: a CSV table, an item a row, a column an option.",
)
@click.option(
    "--csv-template",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_template,
    help="Print the first row of such a table.",
)
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
def seize(errand: Errand, case: str, table: Path | None, **own: Any) -> None:
    """Take an item of CASE at a scene: from now on you hold it.

    Registers, seizes and seals it in one go. The legal basis is the only one on file in the case,
    or the one that --authority names; it must have been in force at that moment.

    With --from, many items at once, all or none: the table is UTF-8 with commas or semicolons,
    its first row names options (exhibit, type, seal, photo …). Options that are typed hold for all
    rows where a cell does not say otherwise. Several values of a cell stand with ; between;
    photographs are looked for beside the table.
    """
    found = names.find_case(errand.run.ledger, case)
    piece = Piece(**own)
    if table is not None:
        from custody_cli.seizures import seize_all

        seize_all(errand, found, piece, table)
        return
    if errand.told.get("type") is None:
        raise click.MissingParameter(ctx=click.get_current_context(), param=TYPE)
    taken = taking(errand, found, piece)
    summary = f"{taken.made.label} seized, {taken.words}"
    errand.finish(errand.record(taken.requests, summary), summary, [taken.made.name])


# Needed for each item; with --from it may stand in the table.
TYPE = next(param for param in seize.params if param.name == "type")
TYPE.required = False


def taking(errand: Errand, case: CaseName, piece: Piece) -> Taken:
    """The requests that register, seize and seal one item."""
    ledger = errand.run.ledger
    authority = names.find_authority(ledger, case, errand.told.get("authority"))
    for photo in piece.photos:
        errand.attach(photo)
    made = registration(errand, case, piece.number, quantity=piece.quantity, main=False)
    seized = errand.given(acts.ItemSeized, authority=authority)
    batch = [made.request, Request(acts.ItemSeized.NAME, (made.subject,), seized)]
    batch += sealing(errand, made, piece.seal, piece.seal_type)
    basis = names.authority_name(ledger, case, authority)
    sealed = f", sealed with {piece.seal}" if piece.seal else ""
    return Taken(made, batch, f"{spoken(errand.told['type'])}, under {basis}{sealed}")


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
