"""Numbers of seals: which one is on file for the seal that an item has. (R21, R48)

Rules read no number: they read the verdict that software computed from two of them. Whoever has
both opened computes it again.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from custody.core.note import SPACES
from custody.core.statement import Statement
from custody_schemas.acts import CorrectionRecorded, SealApplied
from custody_schemas.terms import SealState

FIELDS = ("seal_number", "bag_number")
BLANKS = re.compile(f"[{SPACES}]+")


class _Seal(NamedTuple):
    """A seal as entries told it: its entry, and its two numbers from each record `n` on."""

    id: str
    told: tuple[tuple[int, Mapping[str, object]], ...]


class SealNumbers:
    """Takes the entries in the order of the log and knows the numbers of the latest seals."""

    def __init__(self) -> None:
        self._seals: dict[str, _Seal] = {}  # by item

    def take(self, tag: str, made: Statement, n: int, opened: Mapping[str, object]) -> None:
        """An entry about an item, at record `n`; what is withheld is not in `opened`."""
        act, seal = made.act, self._seals.get(tag)
        if isinstance(act, SealApplied):
            numbers = {field: opened.get(field) for field in FIELDS}
            self._seals[tag] = _Seal(made.id, ((n, numbers),))
        elif seal and isinstance(act, CorrectionRecorded) and act.field in FIELDS:
            if act.corrects != seal.id:
                return
            numbers = {**seal.told[-1][1], act.field: opened.get("value")}
            self._seals[tag] = seal._replace(told=(*seal.told, (n, numbers)))

    def on_file(self, tag: str, seen: int | None = None) -> frozenset[str] | None:
        """Numbers of the item's seal and bag; None where one is withheld, or there is no seal.

        seen: with it also those that were on file since so many records were there, which
            somebody compared who had seen no more
        """
        told = self._seals[tag].told if tag in self._seals else ()
        last = next((k for k in reversed(range(len(told))) if seen is None or told[k][0] < seen), 0)
        found = [number for _, numbers in told[last:] for number in numbers.values()]
        if not found or None in found:
            return None
        return frozenset(str(number) for number in found if number)


def folded(number: str) -> str:
    """A–Z in one case and no white space: what hand and eye may change.

    Other letters stay: what falls together there depends on a reader's version of Unicode.
    """
    return BLANKS.sub("", number.encode().lower().decode())


def belied(verdict: SealState | None, read: str, on_file: frozenset[str] | None) -> str:
    """Why the verdict is not what comparing these numbers gives; empty where it may be.

    Programs may fold letters and blanks, and need not: the doubt is the verdict's. Where nothing
    was read, or is opened, there is nothing to compare.
    """
    if not read or on_file is None:
        return ""
    if verdict in (SealState.INTACT, SealState.RESEALED):
        if folded(read) not in map(folded, on_file):
            what = "the number read off the bag differs from the number on file"
            return f"the verdict says {verdict}, {what}"
    elif verdict is SealState.NUMBER_MISMATCH and on_file == {read}:
        return "the verdict says that the numbers differ, and they are the same"
    return ""
