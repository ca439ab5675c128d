"""Holds: what may not be disposed of or erased, on items, or on a case and what enters it later."""

import shlex
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import click

from custody.core import times
from custody.core.errors import NotFoundError, UsageError
from custody.core.kept import Hold
from custody.core.text import safe
from custody.drafting import Request, Subject
from custody.ledger import Ledger
from custody_cli import names, output
from custody_cli.errand import Errand
from custody_cli.items import spoken
from custody_cli.names import PREFIX, CaseName, ItemName
from custody_cli.recording import acting
from custody_cli.run import Run
from custody_cli.table import Command
from custody_cli.told import chain, text
from custody_cli.transfers import listed
from custody_schemas import acts
from custody_schemas.answers import HoldListed, Holds, Recorded
from custody_schemas.declare import Act, Capacity, Kind

ITEMS = click.argument("items", nargs=-1, metavar="[ITEM…]")
CASE = click.option("--case", metavar="CASE", help="The whole case, and what enters it later.")
HOLD = click.argument("hold")
COLUMNS = ("hold", "kind", "on", "covers", "since", "look again", "asked for by")


class Standing(NamedTuple):
    """A hold that stands, and the subjects that it was placed on."""

    hold: Hold
    case: CaseName
    items: tuple[ItemName, ...]  # none: the whole case

    @property
    def on(self) -> str:
        """The items or the case, for people."""
        return listed(self.items) if self.items else f"case {self.case.reference}"

    @property
    def subjects(self) -> list[Subject]:
        """The places of an act on this hold."""
        if self.items:
            return [Subject(Kind.ITEM, item.tag) for item in self.items]
        return [Subject(Kind.CASE, self.case.tag)]


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
        given = errand.given(acts.HoldPlaced, authority=_authority(errand, found))
        batch = [Request(acts.HoldPlaced.NAME, (Subject(Kind.CASE, found.tag),), given)]
        summary, named = f"hold ({kind}) on case {found.reference}", []
    else:
        held = errand.items(items)
        of_case = names.case_of(errand.run.ledger, held[0].state.case)
        authority = _authority(errand, of_case)
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
    standing = find_hold(errand.run.ledger, hold)
    given = {
        "types": errand.told.get("types") or standing.hold.types,
        "lines": errand.told.get("lines") or standing.hold.lines,
    }
    _record(errand, acts.HoldAmended, standing, "looked at again", **given)


@acting(acts.HoldReleased, name="release", leave={"hold"}, need={"reason"})
@HOLD
def release(errand: Errand, hold: str) -> None:
    """End HOLD. Two who neither asked for it nor hold the items co-sign: --with NAME, twice.

    HOLD is the beginning of its name, as `custody hold list` shows it, or the item or case that
    has no other hold.
    """
    errand.capacity = Capacity.APPROVER
    standing = find_hold(errand.run.ledger, hold)
    authority = _authority(errand, standing.case)
    _record(errand, acts.HoldReleased, standing, "released", authority=authority)


@click.command("list", cls=Command)
@CASE
@click.pass_obj
def list_holds(run: Run, case: str | None) -> None:
    """Holds that stand, what they cover, and when somebody is to look at them again."""
    wanted = names.find_case(run.ledger, case) if case else None
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


def standing_holds(ledger: Ledger, case: CaseName | None = None) -> Iterator[Standing]:
    """Holds that stand, of one case or of all, oldest first within a case."""
    cases = [case] if case else [names.case_of(ledger, e.tag) for e in ledger.find(Kind.CASE, "")]
    for each in cases:
        items: dict[str, list[ItemName]] = {}
        holds = {hold.id: hold for hold in each.state.holds}
        for item in names.items_of_case(ledger, each):
            for hold in item.state.holds:
                holds[hold.id] = hold
                items.setdefault(hold.id, []).append(item)
        for hold in sorted(holds.values(), key=lambda hold: hold.since):
            yield Standing(hold, each, tuple(items.get(hold.id, ())))


def find_hold(ledger: Ledger, words: str) -> Standing:
    """The hold whose name begins so, or the only one on that item or case.

    Raises:
        NotFoundError, UsageError: none, or several.
    """
    wanted, standing = words.strip().lower(), list(standing_holds(ledger))
    found = [e for e in standing if len(wanted) >= PREFIX and e.hold.id.startswith(wanted)]
    found = found or [each for each in standing if words in _subjects(each)]
    if not found:
        raise NotFoundError(f"no hold {words!r} stands: `custody hold list` shows those that do")
    if len(found) > 1:
        raise UsageError(f"several holds answer to {words!r}: say which, by its own name")
    return found[0]


def _subjects(standing: Standing) -> set[str]:
    """What a hold was placed on, as people call it."""
    if not standing.items:
        return {standing.case.reference}
    return {name for item in standing.items for name in (item.name, item.exhibit) if name}


def _record(errand: Errand, act: type[Act], standing: Standing, what: str, **filled: Any) -> None:
    given = errand.given(act, hold=standing.hold.id, **filled)
    kind = spoken(standing.hold.kind)
    summary = f"hold {standing.hold.id[:12]} ({kind}) on {standing.on}: {what}"
    request = Request(act.NAME, tuple(standing.subjects), given)
    done = errand.record([request], summary)
    errand.finish(done, summary, [item.name for item in standing.items])


def _authority(errand: Errand, case: CaseName) -> str | None:
    said = errand.told.get("authority")
    return names.find_authority(errand.run.ledger, case, said) if said else None


def _listed(ledger: Ledger, standing: Standing) -> HoldListed:
    hold, case = standing.hold, standing.case
    tag = standing.items[0].tag if standing.items else case.tag
    placed = next((told for told in chain(ledger, tag) if told.statement.id == hold.id), None)
    return HoldListed(
        hold=hold.id,
        kind=hold.kind,
        case=case.reference,
        items=tuple(item.name for item in standing.items),
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


def names_of(holds: Sequence[Hold]) -> str:
    """Holds for one line: kind and name of each."""
    return ", ".join(f"{spoken(hold.kind)} {hold.id[:12]}" for hold in holds)
