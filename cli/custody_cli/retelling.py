"""`custody item history`: what a court would want to read, nothing left out."""

import click

from custody.core.text import safe
from custody.reports.history import Gap, authorities, gaps, history
from custody.reports.register import entry_rows
from custody.reports.telling import Line
from custody_cli import names, output
from custody_cli.items import item_answer, item_rows
from custody_cli.run import Run
from custody_cli.table import Command
from custody_cli.told import chain
from custody_schemas.answers import CorrectionAnswer, History, HistoryEntry


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
    times = gaps(entries, name)
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


def _tell(run: Run, lines: list[Line], times: list[Gap]) -> None:
    """The entries for people, then the gaps."""
    for line in lines:
        run.say()
        run.say(safe(f"#{line.number}  {line.title.upper()}"))
        output.pairs(entry_rows(line), "    ")
    run.say()
    run.say("Gaps (no holder, on the way, or with somebody without an account):")
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
