"""Entries whose envelope was erased, and fields that were: named, approved, never silent. (SPEC §8.4)"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from custody.core.checks.merged import Merged, Told
from custody.core.checks.view import View
from custody.core.errors import CustodyError
from custody.core.record import Entry
from custody_schemas.acts import PrivacyErased


class Erasure(NamedTuple):
    """An entry that says what was erased."""

    told: Told
    act: PrivacyErased

    def shown_by(self, view: View) -> bool:
        """Whether the bundle shows that it was erased."""
        return any(n in view.contents.records for n in self.told.run)

    @property
    def words(self) -> str:
        """On what ground, and where that is said."""
        return f"erased, {self.act.ground.replace('_', ' ')} (record {self.told.start})"


class Gone(NamedTuple):
    """A record whose envelope was erased, and the entry that says so."""

    entry: Entry
    erasure: Erasure


def envelopes(merged: Merged) -> Mapping[int, Erasure]:
    """What is missing and was erased, by the index of its record.

    Only where an envelope is missing is anything read. That the erasure itself was signed and
    allowed is asked when it is replayed, as of any other entry. A bundle that does not show it was
    made before, when nothing excused it.
    """
    missing: dict[tuple[str, str], list[int]] = {}
    for entry in merged.entries():
        if not merged.has(entry.env):
            missing.setdefault((entry.env, entry.tag), []).append(entry.n)
    found: dict[int, Erasure] = {}
    for erasure in recorded(merged) if missing else ():
        for place in erasure.told.statement.about:
            for n in missing.get((erasure.act.envelope or "", place.tag), ()):
                showing = [view for view in merged.views if n in view.contents.records]
                if n < erasure.told.start and all(map(erasure.shown_by, showing)):
                    found.setdefault(n, erasure)
    return found


def fields(erasures: Sequence[Erasure]) -> Mapping[tuple[str, str], Erasure]:
    """Fields that were erased, by the entry's id and the field's name."""
    found: dict[tuple[str, str], Erasure] = {}
    for erasure in erasures:
        for field in erasure.act.fields or ():
            found.setdefault((erasure.act.entry, field), erasure)
    return found


def recorded(merged: Merged) -> Iterator[Erasure]:
    """Every entry shown that says what was erased, of one that is about several subjects for each."""
    for entry in merged.entries():
        try:
            told = merged.told(entry)
        except CustodyError:
            continue  # missing, or a finding of the pass that asks about it
        if isinstance(told.statement.act, PrivacyErased):
            yield Erasure(told, told.statement.act)
