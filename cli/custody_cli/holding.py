"""Holds: what may not be disposed of or erased, on items, or on a case and what enters it later."""

import shlex
from collections.abc import Iterator
from typing import Any

import click

from custody.core import times
from custody.core.errors import UsageError
from custody.core.kept import Hold
from custody.core.text import safe
from custody.drafting import Request, Subject
from custody.ledger import Ledger
from custody_cli import names, output
from custody_cli.bases import basis
from custody_cli.consulting import Consulting, consulted
from custody_cli.errand import Errand
from custody_cli.items import spoken
from custody_cli.names import CaseName
from custody_cli.recording import acting
from custody_cli.run import Run
from custody_cli.standing import Standing, named, standing
from custody_cli.told import chain, text
from custody_cli.transfers import listed
from custody_schemas import acts
from custody_schemas.answers import HoldListed, Holds, Recorded
from custody_schemas.declare import Act, Capacity, Kind

ITEMS = click.argument("items", nargs=-1, metavar="[ITEM…]")
CASE = click.option("--case", metavar="CASE", help="The whole case, and what enters it later.")
HOLD = click.argument("hold")
COLUMNS = ("hold", "kind", "on", "covers", "since", "look again", "asked for by")


@acting(acts.HoldPlaced, name="place", need={"kind", "reason"})
@ITEMS
@CASE
def place(errand: Errand, items: tuple[str, ...], case: str | None) -> None:
    """Put a hold on ITEMs, or with --case on a whole case and what enters it later.

    --types and --lines narrow a hold on a case to some sorts of evidence, now and later. Until two
    others release it, nothing that it covers is disposed of or erased, whatever retention says.
    """
    if bool(items) == (case is not None):
        raise UsageError("name either items, or a case with --case")
    if items and (errand.told.get("types") or errand.told.get("lines")):
        raise UsageError("--types and --lines narrow a hold on a case: here items are named")
    kind = spoken(errand.told["kind"])
    if case is not None:
        found = names.find_case(errand.run.ledger, case)
        given = errand.given(acts.HoldPlaced, authority=basis(errand, found.tag))
        batch = [Request(acts.HoldPlaced.NAME, (Subject(Kind.CASE, found.tag),), given)]
        summary, named = f"hold ({kind}) on case {found.reference}", []
    else:
        held = errand.items(items)
        authority = basis(errand, held[0].state.case)
        batch = list(errand.on_items(acts.HoldPlaced, held, authority=authority))
        summary, named = f"hold ({kind}) on {listed(held)}", [item.name for item in held]
    done = errand.record(batch, summary)
    errand.tell(summary, done)
    for each in done:
        errand.run.say(f"  the hold is called {each.statement.id[:12]}")
    errand.run.answer(Recorded(**errand.answer(done, named)))


@acting(acts.HoldAmended, name="amend", leave={"hold"})
@HOLD
def amend(errand: Errand, hold: str) -> None:
    """Say that HOLD was looked at again, or widen it. Narrowing takes a new hold and a release.

    HOLD is the beginning of its name, as `custody hold list` shows it, or the item or case that
    has no other hold.
    """
    found = find_hold(errand.run.ledger, hold)
    given = {
        "types": errand.told.get("types") or found.what.types,
        "lines": errand.told.get("lines") or found.what.lines,
    }
    _record(errand, acts.HoldAmended, found, "looked at again", **given)


@acting(acts.HoldReleased, name="release", leave={"hold"}, need={"reason"})
@HOLD
def release(errand: Errand, hold: str) -> None:
    """End HOLD. Two who neither asked for it nor hold the items co-sign: --with NAME, twice.

    HOLD is the beginning of its name, as `custody hold list` shows it, or the item or case that
    has no other hold.
    """
    errand.capacity = Capacity.APPROVER
    found = find_hold(errand.run.ledger, hold)
    authority = basis(errand, found.case.tag)
    _record(errand, acts.HoldReleased, found, "released", authority=authority)


@click.command("list", cls=Consulting)
@CASE
@click.pass_obj
def list_holds(run: Run, case: str | None) -> None:
    """Holds that stand, what they cover, and when somebody is to look at them again."""
    wanted = names.find_case(run.ledger, case) if case else None
    consulted(run, cases=[wanted] if wanted else (), whole=wanted is None)
    found = [_listed(run.ledger, each) for each in standing_holds(run.ledger, wanted)]
    if not run.as_json:
        rows = [
            (
                *(each.hold[:12], spoken(each.kind), ", ".join(each.items) or f"case {each.case}"),
                *(_covers(each), each.since, each.review_by or "not said", each.issuer),
            )
            for each in found
        ]
        output.table(COLUMNS, rows, "no hold stands: `custody hold place` puts one")
        now = times.spelt(int(run.now()))
        for each in found:
            if each.review_by is not None and each.review_by < now:
                run.say(safe(f"look again: {each.hold[:12]} was to be looked at {each.review_by}"))
    run.answer(Holds(holds=tuple(found)))


def standing_holds(ledger: Ledger, case: CaseName | None = None) -> Iterator[Standing[Hold]]:
    """Holds that stand, of one case or of all, oldest first within a case."""
    return standing(ledger, lambda subject: subject.holds, case)


def find_hold(ledger: Ledger, words: str) -> Standing[Hold]:
    """The hold whose name begins so, or the only one on that item or case.

    Raises:
        NotFoundError, UsageError: none, or several.
    """
    return named(standing_holds(ledger), words, "hold")


def _record(
    errand: Errand, act: type[Act], found: Standing[Hold], what: str, **filled: Any
) -> None:
    given = errand.given(act, hold=found.what.id, **filled)
    kind = spoken(found.what.kind)
    summary = f"hold {found.what.id[:12]} ({kind}) on {found.on}: {what}"
    request = Request(act.NAME, tuple(found.subjects), given)
    done = errand.record([request], summary)
    errand.finish(done, summary, [item.name for item in found.items])


def _listed(ledger: Ledger, found: Standing[Hold]) -> HoldListed:
    hold, case = found.what, found.case
    tag = found.items[0].tag if found.items else case.tag
    placed = next((told for told in chain(ledger, tag) if told.statement.id == hold.id), None)
    return HoldListed(
        hold=hold.id,
        kind=hold.kind,
        case=case.reference,
        items=tuple(item.name for item in found.items),
        types=hold.types or (),
        lines=hold.lines or (),
        since=times.spelt(hold.since),
        review_by=times.spelt(hold.review_by) if hold.review_by is not None else None,
        placed_by=names.person(ledger, hold.by),
        issuer=text(placed, "issuer") if placed else "",
        reason=text(placed, "reason") if placed else "",
        release=f"custody hold release {shlex.quote(hold.id[:12])} --reason … --with A --with B",
    )


def _covers(each: HoldListed) -> str:
    if each.items:
        return "these items"
    narrowed = [*map(spoken, each.types), *map(spoken, each.lines)]
    return ", ".join(narrowed) if narrowed else "all its items, later ones too"
