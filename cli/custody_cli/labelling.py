"""`custody print label`: labels for bags, with codes that name their item to every command."""

from collections.abc import Sequence
from pathlib import Path

import click

from custody import durable
from custody.core.errors import UsageError
from custody.core.text import safe
from custody.reports import label_sheets
from custody.reports.label_sheets import SIZES
from custody.reports.labels import Label
from custody_cli import gathering, names, scanning
from custody_cli.consulting import Consulting, consulted
from custody_cli.files import written
from custody_cli.names import ItemName
from custody_cli.printing import SUBJECTS, case_named
from custody_cli.run import Run
from custody_schemas.answers import LabelAnswer, LabelsPrinted

FORMATS = ("svg", "html", "png")
TEXTLESS = (
    "a PNG shows the codes only, a file for each label: what people read is on the label in SVG "
    "and HTML"
)


@click.command(cls=Consulting, no_args_is_help=True)
@SUBJECTS
@written(
    "A new file; of several pages the others are FILE-2, FILE-3 …; HTML holds them all.",
    required=True,
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
    subjects: tuple[str, ...],
    target: Path,
    form: str | None,
    size: str,
    skip: int,
    with_seal: bool,
) -> None:
    """Labels of ITEMs, or of all items of CASE.

    Their bar code and their QR code are taken wherever a command asks for an ITEM.
    A label says which ledger, case and item it is of, with a check character, what the item is,
    and the beginning of its tag: it means something without this machine too.
    """
    form = form or target.suffix.lower().removeprefix(".")
    if form not in FORMATS:
        raise UsageError(f"{target}: say --format {', '.join(FORMATS)}, or end the name so")
    if skip >= SIZES[size].room:
        raise UsageError(f"--skip {skip}: a page of size {size} has {SIZES[size].room} labels")
    items = _named(run, subjects)
    consulted(run, items)
    found = [gathering.label(run.ledger, item, with_seal=with_seal) for item in items]
    drawn = _drawn(found, form, size, skip)
    files = _write(target, [data for data, _ in drawn])
    for file, (_, on) in zip(files, drawn, strict=True):
        run.say(safe(f"{file}: {', '.join(each.code for each in on)}"))
    if form == "png":
        run.aside(TEXTLESS)
    made = [_label(each, file) for file, (_, on) in zip(files, drawn, strict=True) for each in on]
    paths = tuple(map(str, files))
    run.answer(LabelsPrinted(format=form, size=size, files=paths, labels=tuple(made)))


def _named(run: Run, words: Sequence[str]) -> list[ItemName]:
    """The items that are to have labels.

    Raises:
        UsageError: the case has none.
    """
    case = case_named(run, words)
    if case is None:
        return scanning.items(run, words)
    found = names.items_of_case(run.ledger, case)
    if not found:
        raise UsageError(f"{case.reference} has no items yet")
    return found


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
