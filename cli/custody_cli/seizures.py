"""Many items seized at once, out of a table: every row is checked before anything is signed."""

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from pathlib import Path
from typing import Any, NamedTuple

import click

from custody.casefile import CaseFile, next_number, open_file
from custody.core.errors import HeadMovedError, NotFoundError, RuleError, UsageError
from custody.core.text import safe
from custody.drafting import Request
from custody.ledger import Ledger
from custody.ledger.projections import folded
from custody_cli import names, recording, tabular
from custody_cli.errand import Errand
from custody_cli.names import CaseName
from custody_cli.params import Choices
from custody_cli.seizing import Piece, Taken, seize, taking
from custody_schemas.answers import Recorded
from custody_schemas.declare import Kind

# Of the command and of how it is signed, not of an item.
NO_COLUMN = {
    *("case", "table", "csv_template", "attach", "cosigners", "passphrase_file"),
    *("dry_run", "yes", "confirm_clock"),
}
USUAL = (
    *("exhibit", "type", "description", "make", "model", "serial", "state", "condition"),
    *("position", "seal", "bag-number", "photo"),
)
ALSO = {"bag": "bag-number", "photos": "photo"}
SHOWN = 20  # faults that are told at once


def _columns() -> dict[str, click.Parameter]:
    """What a column may be called, the usual ones first."""
    found = {
        param.opts[0].removeprefix("--"): param
        for param in seize.params
        if isinstance(param, click.Option) and param.name not in NO_COLUMN
    }
    return {name: found[name] for name in (*USUAL, *(n for n in found if n not in USUAL))}


COLUMNS = _columns()


def template() -> str:
    """The first row of a table, all columns."""
    return ",".join(COLUMNS)


class Row(NamedTuple):
    """A row of the table: its number, and its values by parameter of `custody seize`."""

    number: int
    values: Mapping[str, Any]


class Fault(NamedTuple):
    """What is wrong with a value: the row, the column, the parameter behind it, and words."""

    row: int
    column: str
    member: str
    words: str

    def __str__(self) -> str:
        return f"row {self.row}, column {self.column}: {self.words}"


def seize_all(errand: Errand, case: CaseName, common: Piece, table: Path) -> None:
    """Seize what the table lists, all or nothing, under one passphrase."""
    rows = read(errand, case, common, table)
    taken = _taken(errand, case, common, rows, open_file(errand.run.ledger, case.tag))
    batch = [request for each in taken for request in each.requests]
    _rehearse(errand, rows, taken, batch)
    items = "1 item" if len(taken) == 1 else f"{len(taken)} items"
    summary = f"{items} of {case.reference} seized, out of {table.name}"
    lines = [f"  {each.made.label}: {each.words}" for each in taken]
    if errand.run.interactive and not errand.signing.yes:
        for line in lines:
            errand.run.aside(safe(line))
    done = errand.record(batch, summary)
    errand.tell(summary, done)
    for line in lines:
        errand.run.say(safe(line))
    errand.run.answer(Recorded(**errand.answer(done, [each.made.name for each in taken])))


def read(errand: Errand, case: CaseName, common: Piece, table: Path) -> list[Row]:
    """The rows of a table, each value what the option of that name makes of it.

    Raises:
        UsageError: which rows and columns are wrong, and how; all that was found, at once.
    """
    if common.number is not None:
        raise UsageError("--number is one item's: make it a column of the table")
    header, lines = tabular.read(table)
    columns = _named(table, header)
    faults: list[Fault] = []
    rows = [_row(table.parent, line, columns, faults) for line in lines]
    wrong = {(fault.row, fault.member) for fault in faults}
    said = {**errand.told, **common._asdict()}
    every = [Row(row.number, {**said, **row.values}) for row in rows]
    faults += [
        Fault(row.number, "type", "type", "is missing")
        for row in every
        if row.values["type"] is None and (row.number, "type") not in wrong
    ]
    faults += _twins(errand.run.ledger, case, every, shared=common.seal)
    if faults:
        more = [f"and {len(faults) - SHOWN} more"] if len(faults) > SHOWN else []
        told = sorted(faults, key=lambda fault: fault.row)[:SHOWN]
        raise UsageError("\n".join([f"{table}: nothing was recorded", *map(str, told), *more]))
    return rows


def _named(table: Path, header: Sequence[str]) -> dict[str, click.Parameter]:
    """The option behind each column."""
    found: dict[str, click.Parameter] = {}
    for column in header:
        name = "-".join(column.casefold().replace("_", " ").replace("-", " ").split())
        name = ALSO.get(name, name)
        if name not in COLUMNS:
            raise UsageError(
                f"{table}: no column may be called {column!r}; there are {', '.join(COLUMNS)}"
            )
        if COLUMNS[name] in found.values():
            raise UsageError(f"{table}: two columns are called {name}")
        found[column] = COLUMNS[name]
    return found


def _row(
    folder: Path, line: tabular.Line, columns: Mapping[str, click.Parameter], faults: list[Fault]
) -> Row:
    """The values of the cells that say something; what is wrong goes to `faults`."""
    values: dict[str, Any] = {}
    ctx = click.get_current_context()
    for column, param in columns.items():
        if not line.cells[column]:
            continue
        try:
            typed = _typed(folder, param, line.cells[column])
            values[str(param.name)] = param.type_cast_value(ctx, typed)
        except click.BadParameter as error:
            faults.append(Fault(line.number, column, str(param.name), error.message))
    return Row(line.number, values)


def _typed(folder: Path, param: click.Parameter, cell: str) -> str | list[str]:
    """A cell as it would have been typed: several values stand with ; or line breaks between."""
    parts = [part.strip() for part in cell.replace("\n", ";").split(";") if part.strip()]
    if isinstance(param.type, click.Path):
        return [str(folder / part) for part in parts]
    if isinstance(param.type, Choices):
        return ",".join(parts)
    return parts if param.multiple else cell


def _twins(
    ledger: Ledger, case: CaseName, rows: Sequence[Row], *, shared: str | None
) -> Iterator[Fault]:
    """Numbers and references that two rows have, or that are on file already.

    shared: the seal that --seal puts on all of them.
    """
    file = open_file(ledger, case.tag)
    for member in ("exhibit", "seal", "number"):
        seen: dict[str, int] = {}
        for row in rows:
            value = row.values.get(member)
            if value is None:
                continue
            first = seen.setdefault(folded(str(value)), row.number)
            if first != row.number and not (member == "seal" and value == shared):
                words = f"{value} is that of row {first} too"
                yield Fault(row.number, member, member, words)
            elif other := _on_file(ledger, file, member, value):
                yield Fault(row.number, member, member, f"{value} is on file for {other}")


def _on_file(ledger: Ledger, file: CaseFile, member: str, value: Any) -> str:
    """The item that has this number, reference or seal already; empty if none has."""
    if member == "number":
        tag = file.item(value).tag
        return names.item_of(ledger, tag).both if ledger.chain(tag) is not None else ""
    fields = ("exhibit",) if member == "exhibit" else ("seal_number", "bag_number")
    found = (names.item_of(ledger, t) for t in names.answering(ledger, Kind.ITEM, value, fields))
    named = [i.name for i in found if member == "seal" or i.state.case == file.case.tag]
    return min(named, default="")


def _taken(
    errand: Errand, case: CaseName, common: Piece, rows: Sequence[Row], file: CaseFile
) -> list[Taken]:
    """The requests of each row, under numbers that are free."""
    reserved = {row.values["number"] for row in rows if "number" in row.values}
    free = _free(errand.run.ledger, file, reserved)
    return [_one(errand, case, common, row, free) for row in rows]


def _free(ledger: Ledger, file: CaseFile, reserved: set[int]) -> Iterator[int]:
    number = next_number(ledger, file)
    while True:
        if number not in reserved and ledger.chain(file.item(number).tag) is None:
            yield number
        number += 1


def _one(errand: Errand, case: CaseName, common: Piece, row: Row, free: Iterator[int]) -> Taken:
    signing = {k: v for k, v in row.values.items() if k in errand.signing._fields}
    own = {k: v for k, v in row.values.items() if k in common._fields}
    own["number"] = own.get("number") or next(free)
    own["photos"] = (*common.photos, *own.get("photos", ()))
    told = {**errand.told, **{k: v for k, v in row.values.items() if k in errand.told}}
    single = copy(errand)  # what was attached to one is not stored again for the next
    single.signing, single.told = errand.signing._replace(**signing), told
    try:
        taken = taking(single, case, common._replace(**own))
        recording.check_typed(taken.requests)
    except (UsageError, NotFoundError) as error:
        raise type(error)(f"row {row.number}: {error}") from error
    return taken


def _rehearse(
    errand: Errand, rows: Sequence[Row], taken: Sequence[Taken], batch: Sequence[Request]
) -> None:
    """Past the rules before anybody is asked; a refusal names the row that it is about."""
    try:
        errand.rehearse(batch)
    except (RuleError, HeadMovedError):
        for row, each in zip(rows, taken, strict=True):
            try:
                errand.rehearse(each.requests)
            except RuleError as error:
                raise RuleError(error.code, f"row {row.number}: {error}") from error
        raise
