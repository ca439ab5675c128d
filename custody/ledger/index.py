"""The subject index over stored chains, with one cached root for each 12-bit tag prefix.

An append forgets the roots of the prefixes it touches; a tally makes those anew and joins the
rest, so that it costs what changed and not what exists.
"""

from collections.abc import Mapping, Sequence

from custody.core import subject_index
from custody.core.errors import NotFoundError
from custody.core.subject_index import EMPTY, Part
from custody.ledger import Counted
from custody.ledger.storage import PREFIX_BITS, PrefixRow, Reading, prefix_of

PREFIXES = 1 << PREFIX_BITS


class Index:
    """The index of one view of the rows."""

    def __init__(self, rows: Reading) -> None:
        self._rows = rows
        self._parts: list[Part] = [Part(EMPTY, 0)] * PREFIXES
        self.renewed: list[PrefixRow] = []
        """Roots that were not cached; whoever writes may keep them."""
        for prefix, chains, root in rows.prefixes():
            if root is None:
                entries = self._entries(prefix)
                root, chains = subject_index.root_below(entries, PREFIX_BITS), len(entries)
                self.renewed.append(PrefixRow(prefix, chains, root))
            self._parts[prefix] = Part(root, chains)

    def _entries(self, prefix: int) -> list[tuple[bytes, bytes]]:
        return [
            (tag, subject_index.value(length, head))
            for tag, length, head in self._rows.chains(prefix)
        ]

    def whole(self) -> Part:
        """Root over all chains, and how many there are."""
        return subject_index.join(self._parts)

    def prove(self, tags: Sequence[str]) -> Mapping[str, Counted]:
        """Length, head and proof of each chain.

        Raises:
            NotFoundError: no such chain.
        """
        proofs = {}
        for text in tags:
            tag = bytes.fromhex(text)
            row = self._rows.subject(tag)
            if row is None:
                raise NotFoundError(f"there is no subject {text}")
            prefix = prefix_of(tag)
            path = subject_index.path_above(self._parts, prefix)
            path += subject_index.prove(self._entries(prefix), tag, PREFIX_BITS)
            proofs[text] = Counted(row.length, row.head.hex(), tuple(path))
        return proofs
