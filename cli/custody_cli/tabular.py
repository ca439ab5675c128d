"""Tables that spreadsheets make and open: CSV in (with or without a mark, comma or semicolon), out.

What is written follows RFC 4180. A cell that a spreadsheet would run as a formula is made harmless
by an apostrophe before it, and so reads as text.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple, Protocol

from custody.core.errors import StorageError, UsageError

LARGEST = 1 << 20  # bytes of a table that is read
MOST = 500  # rows of it
FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r", "\n")
# Where spreadsheets of another country, or careless ones, begin a cell in the middle of ours.
INSIDE = re.compile("(?:(?<=;)|(?<=.[\t\r\n]))(?= *[=+@\uff1d\uff0b\uff0d\uff20-])", re.DOTALL)
SEPARATORS = ",;\t"


class Line(NamedTuple):
    """A row as a spreadsheet numbers it (the header is row 1), with its cells by column."""

    number: int
    cells: dict[str, str]


class Writer(Protocol):
    """Takes rows, one after the other."""

    def writerow(self, row: Sequence[str], /) -> object: ...


def read(path: Path) -> tuple[list[str], list[Line]]:
    """Header and rows; rows without anything in them are left out.

    Raises:
        UsageError: it is no such table, or one larger than `LARGEST` and `MOST`.
    """
    records = list(_records(path))
    if not records:
        raise UsageError(f"{path} is empty: the first row names the columns")
    header = [cell.strip() for cell in records[0]]
    while header and not header[-1]:
        header.pop()
    _check_header(path, header)
    lines = []
    for number, record in enumerate(records[1:], 2):
        cells = [cell.strip() for cell in record]
        if any(cells[len(header) :]):
            raise UsageError(f"{path}, row {number}: more cells than the {len(header)} columns")
        if any(cells):
            cells += [""] * (len(header) - len(cells))
            lines.append(Line(number, dict(zip(header, cells, strict=False))))
    if not lines:
        raise UsageError(f"{path} has a header and no rows under it")
    if len(lines) > MOST:
        raise UsageError(f"{path} has {len(lines)} rows; at most {MOST} are taken at once")
    return header, lines


def _check_header(path: Path, header: Sequence[str]) -> None:
    if not header:
        raise UsageError(f"{path}: the first row names no columns")
    if "" in header:
        raise UsageError(f"{path}: column {header.index('') + 1} has no name in the first row")
    if len(set(header)) < len(header):
        twice = Counter(header).most_common(1)[0][0]
        raise UsageError(f"{path}: two columns are called {twice}")


def _records(path: Path) -> Iterator[list[str]]:
    text = _text(path)
    first = text.partition("\n")[0]
    separator = max(SEPARATORS, key=first.count)  # of equals the first: a comma
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    except csv.Error as error:
        raise UsageError(f"{path} is not a table of comma-separated values: {error}") from None


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error.strerror}") from error
    if len(data) > LARGEST:
        raise UsageError(f"{path} has more than {LARGEST} bytes: that is no table of items")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{path} is not UTF-8 (byte {error.start + 1}): save it as CSV UTF-8"
        ) from None
    if "\0" in text:
        raise UsageError(f"{path} holds a zero byte: save it as CSV UTF-8")
    return text


def harmless(cell: str) -> str:
    """`cell` with an apostrophe before what a spreadsheet would take for a formula."""
    inside = INSIDE.sub("'", cell)
    return f"'{inside}" if cell.startswith(FORMULA) else inside


@contextmanager
def written(path: Path, header: Sequence[str]) -> Iterator[Writer]:
    """A new table in `path`, cells made harmless; taken away again if it cannot be finished.

    Raises:
        UsageError: the file exists.
        StorageError: it cannot be written.
    """
    try:
        with path.open("x", encoding="utf-8", newline="") as file:
            writer = _Harmless(csv.writer(file))
            writer.writerow(header)
            yield writer
    except FileExistsError:
        raise UsageError(f"{path} exists: name another file") from None
    except OSError as error:
        _remove(path)
        raise StorageError(f"{path} cannot be written: {error.strerror}") from error
    except BaseException:
        _remove(path)
        raise


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


class _Harmless:
    """Writes rows of cells that no spreadsheet runs."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer

    def writerow(self, row: Sequence[str], /) -> None:
        """One row."""
        self.writer.writerow([harmless(cell) for cell in row])
