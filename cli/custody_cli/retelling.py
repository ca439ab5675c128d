"""`custody item history`: what a court would want to read, nothing left out."""

from collections.abc import Iterable

import click

from custody.core.record import Entry
from custody.core.text import safe
from custody.ledger import Ledger
from custody.reports.history import Gap, authorities, gaps, history
from custody.reports.register import entry_rows
from custody.reports.telling import Line
from custody_cli import names, output
from custody_cli.items import item_answer, item_rows
from custody_cli.run import Run
from custody_cli.table import Command
from custody_cli.told import Told, chain
from custody_schemas import acts
from custody_schemas.answers import CorrectionAnswer, History, HistoryEntry
from custody_schemas.declare import Kind
from custody_schemas.terms import LocationKind

NO_PLACE = "held, with no place on file"


@click.command("history", cls=Command)
@click.argument("item")
@click.pass_obj
def item_history(run: Run, item: str) -> None:
    """All that was done with ITEM: who, what, when, why, from whom to whom.

    Happened, signed and recorded are three times, told apart. Corrections stand beside the old
    value; times of which the record says too little are listed at the end.
    """
    ledger = run.ledger
    found = names.find_item(ledger, item)
    entries = [(told.entry, told) for told in chain(ledger, found.tag)]
    case = [(told.entry, told) for told in chain(ledger, found.state.case)]

    def name(tag: str) -> str:
        return names.person(ledger, tag or None)

    lines = history(entries, name, authorities(case))
    _tell_sources(ledger, lines, entries)
    times = sorted([*gaps(entries, name), *unplaced(entries)], key=lambda gap: gap.since)
    answer = item_answer(ledger, found)
    if not run.as_json:
        run.say(safe(f"{found.both}: {answer.description or answer.type}"))
        output.pairs(item_rows(ledger, answer, found)[3:-1], "  ")
        _tell(run, lines, times)
    run.answer(
        History(
            item=answer,
            history=tuple(map(_entry, lines)),
            gaps=tuple(gap.words for gap in times),
        )
    )


def unplaced(entries: Iterable[tuple[Entry, Told]]) -> list[Gap]:
    """Times in which somebody held the item and nobody said where it was. (R68)"""
    found: list[Gap] = []
    since: int | None = None
    for entry, told in entries:
        place = _place(entry, told)
        if place is not None and since is not None and place is not LocationKind.NOT_STATED:
            found.append(Gap(since, entry.at, NO_PLACE))
            since = None
        elif place is LocationKind.NOT_STATED and since is None:
            since = entry.at
    return [*found, *([Gap(since, None, NO_PLACE)] if since is not None else [])]


def _place(entry: Entry, told: Told) -> LocationKind | None:
    """Where the entry puts the item; None where it says nothing of that."""
    match told.statement.act:
        case acts.ItemSeized():
            return LocationKind.SCENE
        case acts.ItemAcquired() | acts.ItemDerived():
            return None if _is_source(entry, told) else LocationKind.NOT_STATED
        case acts.TransferAccepted(location=place) | acts.AccessCheckedIn(location=place):
            return place
        case acts.StorageMoved(location=place):
            return place
        case acts.TransferAcknowledged():
            return LocationKind.EXTERNAL
    return None


def _is_source(entry: Entry, told: Told) -> bool:
    return any(place.tag == entry.tag for place in told.statement.places(Kind.SOURCE))


def _tell_sources(
    ledger: Ledger, lines: Iterable[Line], entries: Iterable[tuple[Entry, Told]]
) -> None:
    """An acquisition on the chain of its source is told from the source's side."""
    for line, (entry, told) in zip(lines, entries, strict=True):
        if _is_source(entry, told):
            made = [names.item_of(ledger, each.tag) for each in told.statement.places(Kind.ITEM)]
            line.title = f"source of {', '.join(item.both for item in made)}, {line.title}"


def _tell(run: Run, lines: list[Line], times: list[Gap]) -> None:
    """The entries for people, then the gaps."""
    for line in lines:
        run.say()
        run.say(safe(f"#{line.number}  {line.title.upper()}"))
        output.pairs(entry_rows(line), "    ")
    run.say()
    run.say("Gaps (no holder, no place, on the way, or with somebody without an account):")
    for gap in times:
        run.say(f"    {safe(gap.words)}")
    if not times:
        run.say("    none")


def _entry(line: Line) -> HistoryEntry:
    corrections = tuple(
        CorrectionAnswer(by=each.by_number, field=each.field, value=each.value)
        for each in line.corrections
    )
    return HistoryEntry(
        number=line.number,
        n=line.n,
        entry=line.entry,
        act=line.act,
        who=line.who,
        key=line.key,
        happened=line.happened,
        signed=line.signed,
        recorded=line.recorded,
        late=line.late,
        why=line.why,
        source=line.source,
        target=line.target,
        seal=line.seal,
        content=line.hash,
        place=line.place,
        details=dict(line.details),
        withheld=line.withheld,
        corrections=corrections,
    )
