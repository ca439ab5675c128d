"""Entries whose envelope was erased, and fields that were: named, approved, never silent. (SPEC §8.4)"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from custody.core.checks.merged import Merged, Told
from custody.core.errors import CustodyError
from custody.core.record import Entry
from custody_schemas.acts import PrivacyErased


class Erasure(NamedTuple):
    """An entry that says what was erased."""

    told: Told
    act: PrivacyErased

    @property
    def words(self) -> str:
        """On what ground, and where that is said."""
        return f"erased, {self.act.ground.replace('_', ' ')} (record {self.told.start})"


class Gone(NamedTuple):
    """A record whose envelope was erased, and the entry that says so."""

    entry: Entry
    erasure: Erasure


def envelopes(merged: Merged) -> Mapping[tuple[str, str], Erasure]:
    """What is missing and was erased, by digest of the envelope and subject.

    Only where an envelope is missing is anything read. That the erasure itself was signed and
    allowed is asked when it is replayed, as of any other entry.
    """
    missing = {(e.env, e.tag) for e in merged.entries() if not merged.has(e.env)}
    found: dict[tuple[str, str], Erasure] = {}
    for erasure in recorded(merged) if missing else ():
        for place in erasure.told.statement.about:
            key = (erasure.act.envelope or "", place.tag)
            if key in missing:
                found.setdefault(key, erasure)
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
