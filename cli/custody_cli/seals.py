"""Seals: put on, looked at, opened. The number on file is never shown before one is read."""

import shlex

import click

from custody.core.errors import RuleError, UsageError
from custody.core.rules.items import sealed
from custody.drafting import Request, Subject
from custody_cli import names
from custody_cli.bases import basis
from custody_cli.errand import Errand
from custody_cli.items import spoken, warn_of_seal
from custody_cli.params import Words
from custody_cli.recording import acting
from custody_cli.verdicts import FOUND, seal_verdict
from custody_schemas import acts
from custody_schemas.answers import Checked, CheckedItem
from custody_schemas.declare import Act, Kind
from custody_schemas.terms import SealState

ITEM = click.argument("item")
READ = click.option("--seal-read", metavar="NUMBER", help="The number as read off the seal or bag.")


@acting(acts.SealApplied, name="apply", leave={"seal_number"})
@ITEM
@click.option(
    "--seal", "number", required=True, metavar="NUMBER", type=Words(), help="Number of the seal."
)
def apply(errand: Errand, item: str, number: str) -> None:
    """Put a seal on ITEM, or a new one after a break."""
    found = errand.item(item)
    summary = f"{found.both} sealed with {number}"
    warn_of_seal(errand, number, but=found.tag)
    given = errand.given(acts.SealApplied, seal_number=number)
    _record(errand, acts.SealApplied, found, given, summary)


@acting(acts.SealVerified, name="verify", leave={"verdict", "seal_read"})
@ITEM
@READ
@click.option(
    "--found",
    metavar="STATE",
    help=f"What is wrong with it: {', '.join(FOUND)}.",
)
def verify(errand: Errand, item: str, seal_read: str | None, found: str | None) -> None:
    """Look at the seal of ITEM: read the number off the bag, software compares it.

    Exit status 1 where the seal is not as it should be; that is recorded all the same.
    """
    named = errand.item(item)
    if found is None:
        _sound(named)
    verdict, read = seal_verdict(errand.run, named, seal_read, found)
    if verdict is None:
        raise RuleError("E_SEAL", f"{named.both} has no sound seal on file to be compared")
    if verdict is SealState.NUMBER_MISMATCH:
        errand.warn(
            f"careful: {read} is not the number on file: read the bag again. If it really says "
            "so, this is what records it; a mismatch stays on file"
        )
    spoken = verdict.replace("_", " ")
    given = errand.given(acts.SealVerified, verdict=verdict, seal_read=read)
    request = Request(acts.SealVerified.NAME, (Subject(Kind.ITEM, named.tag),), given)
    summary = f"{named.both}: seal {spoken}"
    done = errand.record([request], summary)
    errand.tell(summary, done)
    answer = CheckedItem(item=named.name, verdict=verdict, detail="")
    errand.run.answer(Checked(**errand.answer(done, [named.name]), found=(answer,)))
    if verdict not in (SealState.INTACT, SealState.RESEALED):
        click.get_current_context().exit(1)


@acting(acts.SealBroken, name="break", leave={"verdict", "seal_read"})
@ITEM
@READ
@click.option(
    "--found",
    metavar="STATE",
    help=f"It was found open, not opened by you: {', '.join(FOUND)}.",
)
def break_seal(errand: Errand, item: str, seal_read: str | None, found: str | None) -> None:
    """Record that you opened the seal of ITEM, or with --found, that it was found open.

    The number is read off the bag before it is opened.
    """
    named = errand.item(item)
    _sound(named)
    verdict, read = seal_verdict(errand.run, named, seal_read, found)
    if verdict is SealState.NUMBER_MISMATCH:
        typed = shlex.join([named.name, "--seal-read", read])
        raise RuleError(
            "E_SEAL",
            f"{read} is not the number on file: read the bag again. Only if it really says so, "
            f"record that first: `custody seal verify {typed}`",
        )
    if found is None:
        if errand.told.get("reason") is None:
            raise UsageError("say with --reason why it was opened")
        verdict = SealState.BROKEN_AUTHORISED
    authority = basis(errand, named.state.case)
    given = errand.given(acts.SealBroken, verdict=verdict, seal_read=read, authority=authority)
    summary = f"{named.both}: seal {str(verdict).replace('_', ' ')}"
    _record(errand, acts.SealBroken, named, given, summary)


def _sound(item: names.ItemName) -> None:
    """Raises RuleError: E_SEAL, the seal on file is open, or not the one it should be."""
    seal = item.state.seal
    if seal is None or sealed(item.state):
        return
    state = spoken(seal.state)
    stays = "; the mismatch stays on file" if seal.state is SealState.NUMBER_MISMATCH else ""
    raise RuleError(
        "E_SEAL",
        f"the seal of {item.both} is on file as: {state}. `custody seal apply {item.name} --seal "
        f"NEW` puts a new seal on{stays}",
    )


def _record(
    errand: Errand, act: type[Act], item: names.ItemName, given: dict[str, object], summary: str
) -> None:
    request = Request(act.NAME, (Subject(Kind.ITEM, item.tag),), given)
    errand.finish(errand.record([request], summary), summary, [item.name])
