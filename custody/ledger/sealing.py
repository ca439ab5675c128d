"""Tallies: the count and head of every chain, sealed in a record. (SPEC §7)"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from custody.core.errors import UsageError
from custody.core.record import Tally, record_hash
from custody.ledger import Counted
from custody.ledger.index import Index
from custody.ledger.sequencer import Tip
from custody.ledger.storage import Changes, Writing
from custody.ledger.tiles import grow


class Seal(NamedTuple):
    """A tally that was written, and the proofs that hold for it and for no later one."""

    n: int
    record: bytes
    subjects: Mapping[str, Counted]


def seal(rows: Writing, end: Tip, at: int, tags: Sequence[str]) -> Seal:
    """Write a tally over all records, with index proofs for `tags`.

    Raises:
        UsageError: there is nothing to seal.
        NotFoundError: a tag names no subject.
    """
    n = end.size
    if n == 0:
        raise UsageError("an empty ledger has nothing to seal: open it first")
    index = Index(rows)
    whole = index.whole()
    data = Tally(at, end.hash, whole.root.hex(), n, whole.entries).encode()
    subjects = index.prove(tags)
    changes = Changes(records=[(n, data, None)], prefixes=index.renewed)
    grow(rows, n, [record_hash(data)], changes)
    rows.write(changes)
    return Seal(n, data, subjects)
