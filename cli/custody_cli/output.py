"""What is drawn: tables on standard output, progress bars on standard error."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click

from custody.core.text import safe

PATIENCE = 1.0  # seconds before a bar appears


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], nothing: str) -> None:
    """A table: drawn on a terminal, plain columns elsewhere, nothing ever cut off."""
    if not rows:
        click.echo(nothing)
        return
    cells = [[safe(cell) for cell in row] for row in rows]
    if sys.stdout.isatty():
        _drawn(columns, cells)
        return
    widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
    for row in [list(columns), *cells]:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo(line.rstrip())


def _drawn(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        drawn.add_column(column, overflow="fold")
    for row in rows:
        drawn.add_row(*map(Text, row))  # Text: nothing in a name is taken for markup
    Console().print(drawn)


def pairs(rows: Sequence[tuple[str, str]], indent: str = "") -> None:
    """Names and values, one a line, the values under each other; empty ones are left out."""
    told = [(name, value) for name, value in rows if value]
    width = max((len(name) for name, _ in told), default=0)
    room = max(30, min(100, _columns()) - len(indent) - width - 2)
    for name, value in told:
        first, *rest = _wrapped(value, room)
        click.echo(f"{indent}{name:<{width}}  {first}")
        for line in rest:
            click.echo(f"{indent}{'':<{width}}  {line}")


def aside(text: str) -> None:
    """Say it on standard error: at a terminal, lines end between words and not at its edge."""
    if sys.stderr.isatty():
        text = "\n".join(part for line in text.split("\n") for part in _to_edge(line))
    click.echo(text, err=True)


def _to_edge(line: str) -> list[str]:
    """A line as many, the later ones further in; a word that is longer than a line stays whole."""
    from textwrap import wrap

    indent = " " * (len(line) - len(line.lstrip(" ")) + 2)
    made = wrap(
        line,
        max(20, _edge()),
        subsequent_indent=indent,
        expand_tabs=False,
        replace_whitespace=False,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return made or [line]


def _edge() -> int:
    """Columns of the terminal that standard error is."""
    import os

    said = os.environ.get("COLUMNS", "")
    if said.isdecimal() and int(said):
        return int(said)
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or 80
    except OSError:
        return 80


def _columns() -> int:
    import shutil

    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 100


def _wrapped(value: str, width: int) -> list[str]:
    from textwrap import wrap

    lines = [
        part
        for line in value.splitlines()
        for part in wrap(safe(line), width, break_on_hyphens=False) or [""]
    ]
    return lines or [""]


@contextmanager
def progress(
    total: int, what: str, passes: int = 1, *, counted: bool = False
) -> Iterator[Callable[[int], None] | None]:
    """A bar of `total` bytes, to be told how many more are done; None where nobody would see it.

    It appears only when the work takes longer than a second.

    passes: how often each byte is reported; the bar shows the bytes that there are.
    counted: things are counted, as entries, and no bytes.
    """
    if not sys.stderr.isatty():
        yield None
        return
    bar = _Bar(total, what, passes, counted)
    try:
        yield bar.advance
    finally:
        bar.close()


class _Bar:
    def __init__(self, total: int, what: str, passes: int, counted: bool) -> None:
        self.total, self.what, self.passes, self.done = total, what, passes, 0
        self.counted = counted
        self.since = time.monotonic()
        self.drawn: Any = None

    def advance(self, count: int) -> None:
        """`count` more are done."""
        self.done += count
        if self.drawn is None:
            if time.monotonic() - self.since < PATIENCE:
                return
            self.drawn = self._begin()
        self.drawn.update(self.task, completed=self.completed)

    @property
    def completed(self) -> int:
        """How much of `total` is done, each byte counted once."""
        return min(self.done // self.passes, self.total)

    def _begin(self) -> Any:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
            TransferSpeedColumn,
        )

        amount = (
            (MofNCompleteColumn(),) if self.counted else (DownloadColumn(), TransferSpeedColumn())
        )
        drawn = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            *amount,
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self.task = drawn.add_task(self.what, total=self.total)
        drawn.start()
        return drawn

    def close(self) -> None:
        """Take the bar away."""
        if self.drawn is not None:
            self.drawn.stop()
