"""`custody print`: papers for people to sign by hand. They record nothing."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from custody.core.errors import AmbiguousError, NotFoundError, UsageError
from custody.reports import papers, papers_forms
from custody.reports.papers import Paper
from custody.reports.papers_forms import Handover
from custody_cli import gathering, names, scanning
from custody_cli.consulting import Consulting, consulted
from custody_cli.files import PAPER, keep
from custody_cli.names import CaseName, ItemName
from custody_cli.params import Words
from custody_cli.run import Run
from custody_cli.transfers import ITEMS, by_transfer
from custody_schemas.answers import PaperPrinted

WRITTEN = {".html": papers.as_html, ".htm": papers.as_html, ".txt": papers.as_text}
SUBJECTS = click.argument("subjects", nargs=-1, required=True, metavar="ITEM…|CASE")


@click.command("property-receipt", cls=Consulting, no_args_is_help=True)
@SUBJECTS
@click.option("--to", type=Words(), metavar="NAME", help="For whom it is.")
@click.option(
    "--refused-to-sign", is_flag=True, help="She or he refused to sign; the paper says so."
)
@PAPER
@click.pass_obj
def property_receipt(
    run: Run, subjects: tuple[str, ...], to: str | None, refused_to_sign: bool, target: Path | None
) -> None:
    """The property receipt for the owner of what was taken: all of CASE, or ITEMs of it.

    It is printed for both sides to sign by hand, and records nothing: scan it when it is signed,
    and put it on file with `custody note --attach`.
    """
    found = _subjects(run, subjects)
    case = gathering.one_case(run.ledger, found)
    things = [gathering.thing(run.ledger, item) for item in found]
    stamp = gathering.stamp(run)
    paper = papers_forms.property_receipt(stamp, case, things, to, refused=refused_to_sign)
    _print(run, paper, "property-receipt", found, target)
    if refused_to_sign:
        run.aside("next: the refusal is not on file yet: custody note CASE -m … --attach SCAN")


def _subjects(run: Run, words: Sequence[str]) -> list[ItemName]:
    """The items named, all of which were taken from somebody; of a case, those that were.

    Raises:
        UsageError: one of them was not, or the case has none.
    """
    ledger = run.ledger
    case = case_named(run, words)
    if case is not None:
        found = [i for i in names.items_of_case(ledger, case) if gathering.was_taken(ledger, i)]
        if not found:
            raise UsageError(f"no item of {case.reference} was taken from anybody yet")
        return found
    found = scanning.items(run, words)
    for item in found:
        if not gathering.was_taken(ledger, item):
            raise UsageError(
                f"{item.both} is not on file as seized, received or acquired from somebody: there "
                "is nothing to give a property receipt for"
            )
    return found


def case_named(run: Run, words: Sequence[str]) -> CaseName | None:
    """The case, where that is all that is named; None where items are, or a list of scans.

    Raises:
        AmbiguousError: the words name a case and an item.
    """
    if len(words) > 1 or words[0] == scanning.STDIN:
        return None
    try:
        case = names.find_case(run.ledger, words[0])
    except NotFoundError:
        return None
    try:
        item = names.find_item(run.ledger, words[0])
    except NotFoundError:
        return case
    found = [f"case {case.reference}", f"item {item.name}"]
    raise AmbiguousError(f"{words[0]!r} names several things", found)


@click.command("handover-sheet", cls=Consulting, no_args_is_help=True)
@ITEMS
@click.option("--to", type=Words(), metavar="NAME", help="Who receives them, if none is on file.")
@click.option("--purpose", type=Words(), metavar="TEXT", help="What for, if none is on file.")
@PAPER
@click.pass_obj
def handover_sheet(
    run: Run, items: tuple[str, ...], to: str | None, purpose: str | None, target: Path | None
) -> None:
    """A sheet for both sides of a hand-over of ITEMs to fill in and sign.

    The numbers of seals and the digests on file are not on it: they are read off the bags and
    computed, and compared by software.
    """
    found = scanning.items(run, items)
    if len(gathering.releases(found)) > 1:
        raise UsageError(
            "these items do not go together: some are released to somebody and others are not, or "
            "in different hand-overs; `custody transfer list` shows them. Print a sheet for each"
        )
    sides = _sides(run, found, to, purpose)
    things = [gathering.thing(run.ledger, item) for item in found]
    paper = papers_forms.handover_sheet(gathering.stamp(run), things, sides)
    _print(run, paper, "handover-sheet", found, target)


def _sides(run: Run, items: Sequence[ItemName], to: str | None, purpose: str | None) -> Handover:
    """The open hand-over of the items, or else what was said, and blanks."""
    transfer = items[0].state.transfer
    if transfer is not None:
        if to is not None or purpose is not None:
            raise UsageError("a hand-over of these is open: its own receiver and purpose are told")
        return gathering.handover(run.ledger, items[0], transfer)
    holders = {item.state.holder for item in items}
    holder = names.person(run.ledger, holders.pop()) if len(holders) == 1 else ""
    return Handover(holder or None, to, purpose)


@click.command("courier-sheet", cls=Consulting, no_args_is_help=True)
@ITEMS
@PAPER
@click.pass_obj
def courier_sheet(run: Run, items: tuple[str, ...], target: Path | None) -> None:
    """A sheet that travels with ITEMs that are released: who had them on the way.

    It names the pieces by the tags on their labels, and neither case nor content.
    """
    found = scanning.items(run, items)
    consignments = []
    for members in by_transfer(found).values():
        transfer = members[0].state.transfer
        assert transfer is not None  # by_transfer has refused the others
        things = [gathering.thing(run.ledger, item) for item in members]
        consignments.append((gathering.handover(run.ledger, members[0], transfer), things))
    paper = papers_forms.courier_sheet(gathering.stamp(run), consignments)
    _print(run, paper, "courier-sheet", found, target)


def rendered(target: Path | None) -> Callable[[Paper], str]:
    """How a paper is written into that file, or shown. Raises UsageError: no such form is known."""
    written = papers.as_text if target is None else WRITTEN.get(target.suffix.lower())
    if written is None:
        raise UsageError(f"{target}: papers are written as .html or .txt, name it so")
    return written


def _print(
    run: Run, paper: Paper, kind: str, items: Sequence[ItemName], target: Path | None
) -> None:
    """Show a paper, or write it.

    Raises:
        UsageError: the file exists, or its name says no form that is known.
    """
    text = rendered(target)(paper)
    consulted(run, items)
    keep(run, text.encode(), target, paper.title.lower())
    more: dict[str, Any] = {"text": text} if target is None else {"file": str(target)}
    run.answer(
        PaperPrinted(
            paper=kind,
            items=tuple(item.name for item in items),
            origin=paper.stamp.origin,
            size=paper.stamp.size,
            root=paper.stamp.root,
            **more,
        )
    )
