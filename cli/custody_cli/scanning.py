"""`-` where items are asked for: a list of them out of a scanner, or out of a file."""

import sys
from collections.abc import Iterator, Sequence

import click

from custody.core.errors import AmbiguousError, NotFoundError, UsageError
from custody.core.text import safe
from custody_cli import names
from custody_cli.names import ItemName
from custody_cli.run import Run

STDIN = "-"
BELL = "\a"


def items(run: Run, words: Sequence[str]) -> list[ItemName]:
    """The items, each once, in the order in which they were named; `-` stands for a list.

    Raises:
        NotFoundError, AmbiguousError: words that name no item, or several.
        UsageError: there is more than one `-`, or nothing in its list.
    """
    found = [names.find_item(run.ledger, each) for each in spread(run, words)]
    return list({item.tag: item for item in found}.values())


def spread(run: Run, words: Sequence[str]) -> list[str]:
    """The words; in the place of a `-`, the tags of the items in its list.

    Raises:
        NotFoundError, AmbiguousError, UsageError: as `items`, of the list only.
    """
    if words.count(STDIN) > 1:
        raise UsageError("- stands for standard input, which can be read once: give it once")
    found: list[str] = []
    for each in words:
        found += [item.tag for item in _scanned(run)] if each == STDIN else [each]
    return found


def _scanned(run: Run) -> list[ItemName]:
    found = _asked(run) if run.interactive else _listed(run)
    if not found:
        raise UsageError("- reads items from standard input, a line each, and there were none")
    return found


def _listed(run: Run) -> list[ItemName]:
    """All lines there are; one that names no item refuses them all."""
    found: dict[str, ItemName] = {}
    for number, line in enumerate(_lines(), 1):
        if not line:
            continue
        try:
            item = names.find_item(run.ledger, line)
        except NotFoundError as error:
            raise NotFoundError(f"line {number}: {error}") from error
        except AmbiguousError as error:
            raise AmbiguousError(f"line {number}: {error}", error.candidates) from error
        if item.tag in found:
            run.aside(safe(f"line {number}: {item.both} again, counted once"))
        found.setdefault(item.tag, item)
    return list(found.values())


def _asked(run: Run) -> list[ItemName]:
    """One after the other, until an empty line or Ctrl-D; what is not understood is said at once.

    A scan that named nothing rings, and is left out only when somebody has said so at the end.
    """
    found: dict[str, ItemName] = {}
    lost = 0
    run.aside("Scan the labels, or type items; an empty line ends the list.")
    for line in _typed():
        try:
            item = names.find_item(run.ledger, line)
        except (NotFoundError, AmbiguousError) as error:
            lost += 1
            candidates = error.candidates if isinstance(error, AmbiguousError) else ()
            could = f"; it could be: {', '.join(candidates)}" if candidates else ""
            run.aside(f"{BELL}  not taken: {safe(f'{error}{could}')}")
            continue
        if item.tag in found:
            run.aside(f"{BELL}  {safe(item.both)} again, counted once")
            continue
        found[item.tag] = item
        run.aside(f"  {len(found)}  {safe(item.both)}")
    if found and lost:
        left = "1 scan was" if lost == 1 else f"{lost} scans were"
        taken = "1 item" if len(found) == 1 else f"{len(found)} items"
        click.confirm(f"{left} not taken. Go on with {taken}?", abort=True, err=True)
    return list(found.values())


def _typed() -> Iterator[str]:
    """Lines until an empty one."""
    while True:
        click.echo("scan: ", nl=False, err=True)
        line = next(_lines(), "")
        if not line:
            click.echo(err=True)
            return
        yield line


def _lines() -> Iterator[str]:
    """Lines of standard input without blanks around them.

    Read below Python's own text layer, a line at a time: what is asked later (a yes, the number of
    a seal) finds everything that was typed after the list.
    """
    while data := sys.stdin.buffer.readline():
        yield data.decode("utf-8", "surrogateescape").removeprefix("\ufeff").strip()
