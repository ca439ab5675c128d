"""What subjects are called, remembered while many entries pass by."""

from collections.abc import Callable, Mapping
from functools import lru_cache

from custody.ledger.local import LocalLedger
from custody_cli import names
from custody_schemas.declare import Kind

NAMES = 4096  # names that are remembered at once
Called = Callable[[str], str]


def people(ledger: LocalLedger) -> Called:
    """A person by her tag."""
    return lru_cache(NAMES)(lambda tag: names.person(ledger, tag))


def subjects(ledger: LocalLedger, person: Called) -> Mapping[Kind, Called]:
    """A subject of that kind by its tag."""
    item = lru_cache(NAMES)(lambda tag: names.item_of(ledger, tag).both)
    case = lru_cache(NAMES)(lambda tag: names.case_of(ledger, tag).reference)
    return {Kind.ITEM: item, Kind.SOURCE: item, Kind.CASE: case, Kind.ACTOR: person}
