"""`custody print`: labels for bags, and papers for people to sign by hand. They record nothing."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from custody import durable
from custody.core.errors import AmbiguousError, NotFoundError, UsageError
from custody.core.text import safe
from custody.reports import label_sheets, papers, papers_forms
from custody.reports.label_sheets import SIZES
from custody.reports.labels import Label
from custody.reports.papers import Paper
from custody.reports.papers_forms import Handover
from custody_cli import gathering, names, scanning
from custody_cli.names import CaseName, ItemName
from custody_cli.params import Words
from custody_cli.proving import keep
from custody_cli.run import Run
from custody_cli.table import Command
from custody_cli.transfers import ITEMS, by_transfer
from custody_schemas.answers import LabelAnswer, LabelsPrinted, PaperPrinted

FORMATS = ("svg", "html", "png")
WRITTEN = {".html": papers.as_html, ".htm": papers.as_html, ".txt": papers.as_text}
TEXTLESS = (
    "a PNG shows the codes only, a file for each label: what people read is on the label in SVG "
    "and HTML"
)
PAPER = click.option(
    "-o",
    "--output",
    "target",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write it to a new file, .html or .txt; else it is shown as text.",
)


@click.command(cls=Command, no_args_is_help=True)
@ITEMS
@click.option(
    "-o",
    "--output",
    "target",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="A new file; of several pages the others are FILE-2, FILE-3 …; HTML holds them all.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    help="Else what FILE ends in.",
)
@click.option(
    "--size",
    type=click.Choice(list(SIZES)),
    default="sheet",
    show_default=True,
    help="; ".join(f"{name}: {size.words}" for name, size in SIZES.items()) + ".",
)
@click.option(
    "--skip",
    type=click.IntRange(0, SIZES["sheet"].room - 1),
    default=0,
    metavar="NUMBER",
    help="Labels of the first sheet that are used up.",
)
@click.option(
    "--with-seal",
    is_flag=True,
    help="Print the seal's number too. Whoever reads it there does not read it off the seal.",
)
@click.pass_obj
def label(
    run: Run,
    items: tuple[str, ...],
    target: Path,
    form: str | None,
    size: str,
    skip: int,
    with_seal: bool,
) -> None:
    """Labels of ITEMs, with a bar code and a QR code that every command takes for ITEM.

    A label says which ledger, case and item it is of, with a check character, what the item is,
    and the beginning of its tag: it means something without this machine too.
    """
    form = form or target.suffix.lower().removeprefix(".")
    if form not in FORMATS:
        raise UsageError(f"{target}: say --format {', '.join(FORMATS)}, or end the name so")
    if skip >= SIZES[size].room:
        raise UsageError(f"--skip {skip}: a page of size {size} has {SIZES[size].room} labels")
    found = scanning.items(run, items)
    made = [gathering.label(run.ledger, item, with_seal=with_seal) for item in found]
    drawn = _drawn(made, form, size, skip)
    files = _write(target, [data for data, _ in drawn])
    for file, (_, shown) in zip(files, drawn, strict=True):
        run.say(safe(f"{file}: {', '.join(each.code for each in shown)}"))
    if form == "png":
        run.aside(TEXTLESS)
    answers = [
        _label(each, file) for file, (_, shown) in zip(files, drawn, strict=True) for each in shown
    ]
    names_of = tuple(map(str, files))
    run.answer(LabelsPrinted(format=form, size=size, files=names_of, labels=tuple(answers)))


def _drawn(
    labels: Sequence[Label], form: str, size: str, skip: int
) -> list[tuple[bytes, list[Label]]]:
    """Each file with the labels that it shows."""
    if form == "png":
        return [(label_sheets.png(each), [each]) for each in labels]
    pages = label_sheets.pages(labels, SIZES[size], skip)
    if form == "html":
        return [(label_sheets.html_pages(pages, SIZES[size]).encode(), list(labels))]
    return [
        (label_sheets.svg_page(page, SIZES[size]).encode(), [each for _, each in page])
        for page in pages
    ]


def _write(target: Path, contents: Sequence[bytes]) -> list[Path]:
    """New files, all or none. Raises UsageError: one of them exists."""
    later = [target.with_stem(f"{target.stem}-{at}") for at in range(2, len(contents) + 1)]
    files = [target, *later]
    for file in files:
        if file.exists():
            raise UsageError(f"{file} exists: name another file")
    for file, data in zip(files, contents, strict=True):
        durable.write(file, data, mode=0o644)
    return files


def _label(label: Label, file: Path) -> LabelAnswer:
    return LabelAnswer(
        item=label.name,
        code=label.code,
        bars=label.bars,
        qr=label.qr,
        tag=label.tag,
        entry=label.entry,
        file=str(file),
    )


@click.command("property-receipt", cls=Command, no_args_is_help=True)
@click.argument("subjects", nargs=-1, required=True, metavar="ITEM…|CASE")
@click.option("--to", type=Words(), metavar="NAME", help="For whom it is.")
@click.option(
    "--refused-to-sign", is_flag=True, help="She or he refused to sign; the paper says so."
)
@PAPER
@click.pass_obj
def property_receipt(
    run: Run, subjects: tuple[str, ...], to: str | None, refused_to_sign: bool, target: Path | None
) -> None:
    """A receipt for the owner of what was taken: all of CASE, or ITEMs of it.

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
    case = _case(run, words[0]) if len(words) == 1 else None
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
                "is nothing to give a receipt for"
            )
    return found


def _case(run: Run, words: str) -> CaseName | None:
    """The case of that reference; None where the words name an item or a list.

    Raises:
        AmbiguousError: they name both.
    """
    if words == scanning.STDIN:
        return None
    try:
        case = names.find_case(run.ledger, words)
    except NotFoundError:
        return None
    try:
        item = names.find_item(run.ledger, words)
    except NotFoundError:
        return case
    found = [f"case {case.reference}", f"item {item.name}"]
    raise AmbiguousError(f"{words!r} names several things", found)


@click.command("handover-sheet", cls=Command, no_args_is_help=True)
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


@click.command("courier-sheet", cls=Command, no_args_is_help=True)
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


def _print(
    run: Run, paper: Paper, kind: str, items: Sequence[ItemName], target: Path | None
) -> None:
    """Show a paper, or write it.

    Raises:
        UsageError: the file exists, or its name says no form that is known.
    """
    written: Callable[[Paper], str] | None = papers.as_text
    if target is not None:
        written = WRITTEN.get(target.suffix.lower())
    if written is None:
        raise UsageError(f"{target}: papers are written as .html or .txt, name it so")
    text = written(paper)
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
