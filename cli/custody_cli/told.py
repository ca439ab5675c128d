"""Entries of a chain with what is opened of them."""

from collections.abc import Iterator
from typing import NamedTuple

from custody.core import disclosure, record, statement
from custody.core.disclosure import Value
from custody.core.dsse import Envelope
from custody.core.record import Entry
from custody.core.statement import Statement
from custody.ledger import Ledger


class Told(NamedTuple):
    """One entry: its record, the statement, and its personal fields as far as they are there."""

    entry: Entry
    statement: Statement
    opened: dict[str, Value]


def chain(ledger: Ledger, tag: str) -> Iterator[Told]:
    """The entries of a subject, oldest first."""
    for recorded in ledger.history(tag):
        entry = record.read(recorded.record)
        if isinstance(entry, Entry):
            made = statement.read(Envelope.read(recorded.envelope).payload)
            opened = map(disclosure.read, recorded.disclosures)
            yield Told(entry, made, {each.field: each.value for each in opened})


def text(told: Told, field: str) -> str:
    """A personal field as text; empty where it is withheld, erased or not said."""
    value = told.opened.get(field, "")
    return "; ".join(value) if isinstance(value, tuple) else str(value)
