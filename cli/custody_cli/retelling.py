"""`custody item history`: what a court would want to read, nothing left out."""

from collections.abc import Iterable

import click

from custody.core.record import Entry
from custody.core.text import safe
from custody.ledger import Ledger
from custody.reports.gaps import Gap, all_gaps, is_source
from custody.reports.history import authorities, history
from custody.reports.rows import entry_rows
from custody.reports.telling import Line
from custody_cli import names, output
from custody_cli.consulting import Consulting, consulted
from custody_cli.items import spoken
from custody_cli.run import Run
from custody_cli.showing import entries_of, identity_rows, item_shown, standing_rows
from custody_cli.told import Told, chain
from custody_schemas.answers import CorrectionAnswer, History, HistoryEntry, LaterAnswer
from custody_schemas.declare import Kind


@click.command("history", cls=Consulting)
@click.argument("item")
@click.pass_obj
def item_history(run: Run, item: str) -> None:
    """All that was done with ITEM: who, what, when, why, from whom to whom.

    Happened, signed and recorded are three times, told apart. Corrections stand beside the old
    value; times of which the record says too little are listed at the end.
    """
    ledger = run.ledger
    found = names.find_item(ledger, item)
    consulted(run, [found])
    entries = entries_of(ledger, found)
    case = [(told.entry, told) for told in chain(ledger, found.state.case)]

    def name(tag: str) -> str:
        return names.person(ledger, tag or None)

    lines = history(entries, name, authorities(case))
    _tell_sources(ledger, lines, entries)
    times = all_gaps(entries, name)
    answer = item_shown(ledger, found, entries)
    if not run.as_json:
        run.say(safe(f"{found.both}: {answer.description or spoken(answer.type)}"))
        output.pairs([*identity_rows(ledger, answer, found)[2:], *standing_rows(answer)], "  ")
        _tell(run, lines, times)
    run.answer(
        History(
            item=answer,
            history=tuple(map(_entry, lines)),
            gaps=tuple(gap.words for gap in times),
        )
    )


def _tell_sources(
    ledger: Ledger, lines: Iterable[Line], entries: Iterable[tuple[Entry, Told]]
) -> None:
    """What was made of what is told from both sides: the source's, and that of what was made."""

    def items(told: Told, kind: Kind) -> str:
        found = (names.item_of(ledger, each.tag) for each in told.statement.places(kind))
        return ", ".join(item.both for item in found)

    for line, (entry, told) in zip(lines, entries, strict=True):
        if is_source(entry, told):
            line.title = f"source of {items(told, Kind.ITEM)}, {line.title}"
        elif sources := items(told, Kind.SOURCE):
            line.details.insert(0, ("made from", sources))


def _tell(run: Run, lines: list[Line], times: list[Gap]) -> None:
    """The entries for people, then the gaps."""
    for line in lines:
        run.say()
        run.say(safe(f"#{line.number}  {line.heading.upper()}"))
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
        annulled_by=line.annulled,
        later=tuple(LaterAnswer(by=each.by_number, what=each.what) for each in line.later),
    )
