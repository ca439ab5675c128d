"""`custody item show`: one item as it stands, and what to type about what is open."""

from collections.abc import Sequence

import click

from custody.core.record import Entry
from custody.core.text import safe
from custody.ledger import Ledger
from custody.reports import beside
from custody.reports.beside import Wrong
from custody_cli import names, output
from custody_cli.consulting import Consulting, consulted
from custody_cli.discrepancies import ending
from custody_cli.items import item_answer, spoken, whereabouts
from custody_cli.names import ItemName
from custody_cli.run import Run
from custody_cli.told import Told, chain
from custody_schemas.answers import DiscrepancyAnswer, IssuedCopy, ItemShown, ReferenceAnswer

Rows = list[tuple[str, str]]


@click.command(cls=Consulting)
@click.argument("item")
@click.pass_obj
def show(run: Run, item: str) -> None:
    """One item as it stands now. Seal numbers are not shown: they are read off the bag."""
    ledger = run.ledger
    found = names.find_item(ledger, item)
    consulted(run, [found])
    answer = item_shown(ledger, found, entries_of(ledger, found))
    if not run.as_json:
        run.say(safe(found.both))
        made = [*identity_rows(ledger, answer, found), *standing_rows(answer)]
        made.append(("entries", f"{answer.entries} (custody item history {answer.item})"))
        output.pairs(made, "  ")
    run.answer(answer)


def entries_of(ledger: Ledger, item: ItemName) -> list[tuple[Entry, Told]]:
    """All entries of an item, oldest first, held against what was signed."""
    return [(told.entry, told) for told in chain(ledger, item.tag)]


def item_shown(ledger: Ledger, item: ItemName, entries: Sequence[tuple[Entry, Told]]) -> ItemShown:
    """An item as an answer, with what its entries say beside its custody."""

    def person(tag: str) -> str:
        return names.person(ledger, tag or None)

    read = beside.readings(entries)
    return ItemShown(
        **vars(item_answer(ledger, item)),
        numbers=tuple(ReferenceAnswer(**each._asdict()) for each in beside.references(read)),
        copies=tuple(
            IssuedCopy(**{**each._asdict(), "due": each.due or None})
            for each in beside.copies(item.state, entries, person)
        ),
        open=tuple(
            DiscrepancyAnswer(kind=each.kind, entry=each.entry, since=each.since)
            for each in beside.discrepancies(item.state, entries)
        ),
        limits=tuple(beside.limits(read)),
    )


def identity_rows(ledger: Ledger, answer: ItemShown, item: ItemName) -> Rows:
    """What the item is, and what it is called."""
    labels = ledger.labels(item.tag)
    numbers = [beside.Reference(**vars(each)).words for each in answer.numbers]
    return [
        ("what", answer.description),
        ("kind", spoken(answer.type)),
        ("make, model", " ".join(filter(None, (labels.get("make"), labels.get("model"))))),
        ("serial", labels.get("serial", "")),
        *(("other number", words) for words in dict.fromkeys(numbers)),
    ]


def standing_rows(answer: ItemShown) -> Rows:
    """Where and how the item is, and what is open with it."""
    content = "none on file"
    if answer.digital:
        content = "disputed" if answer.disputed else "digests on file"
    return [
        ("came by", spoken((answer.origin or "nothing yet").removeprefix("item."))),
        ("held by", "left custody for good" if answer.terminal else whereabouts(answer)),
        ("place", spoken(answer.location or "not stated")),
        ("seal", spoken(answer.seal) if answer.seal else "never sealed"),
        ("content", content),
        ("under hold", ", ".join(map(spoken, answer.holds))),
        ("asked for", ", ".join(map(spoken, answer.requests))),
        ("disposition", answer.disposition),
        *(("limit of use", each) for each in answer.limits),
        *(("copy out", _copy(each)) for each in answer.copies),
        *(("open discrepancy", _open(answer, each)) for each in answer.open),
    ]


def _copy(copy: IssuedCopy) -> str:
    return beside.Out(copy.number, copy.to, copy.since, copy.due or "", copy.entry).words


def _open(answer: ItemShown, each: DiscrepancyAnswer) -> str:
    """The discrepancy, and what ends it; the kind where its entry opened several."""
    several = sum(other.entry == each.entry for other in answer.open) > 1
    words = Wrong(each.kind, each.entry, "", each.since).words
    return f"{words}: {ending(answer.item, each.entry, each.kind if several else '')}"
