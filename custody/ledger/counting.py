"""The subject index while the ledger is retold: what each tally ought to have sealed."""

from collections.abc import Callable

from custody.core import subject_index
from custody.core.subject_index import EMPTY, Part
from custody.ledger.index import PREFIXES
from custody.ledger.storage import PREFIX_BITS, Reading, prefix_of

Values = dict[bytes, bytes]


class Counting:
    """Counts and heads of all chains, by 12-bit prefix; a root costs what changed."""

    def __init__(self) -> None:
        """Begin with an empty ledger."""
        self._parts = [Part(EMPTY, 0)] * PREFIXES
        self._base: Callable[[int], Values] = lambda _: {}
        self._new: dict[int, Values] = {}
        self._grown: dict[bytes, tuple[int, bytes]] = {}  # since the last look at the whole
        self._dirty: set[int] = set()

    @classmethod
    def since(cls, rows: Reading) -> "Counting":
        """Begin where the last examination ended.

        Prefixes that nothing has touched since then keep their cached roots: the last
        examination has compared them, or the tallies would not have matched.
        """
        touched = dict(rows.touched())

        def base(prefix: int) -> Values:
            chains = {tag: (length, head) for tag, length, head in rows.chains(prefix)}
            chains |= {
                tag: (row.length, row.head)
                for tag, row in touched.items()
                if prefix_of(tag) == prefix
            }
            return {
                tag: subject_index.value(length, head)
                for tag, (length, head) in chains.items()
                if length
            }

        counting = cls()
        counting._base = base
        for prefix, chains, root in rows.prefixes():
            if root is None:
                counting._new[prefix] = {}
            else:
                counting._parts[prefix] = Part(root, chains)
        counting._new |= {prefix_of(tag): {} for tag in touched}
        counting._dirty |= counting._new.keys()
        return counting

    def put(self, tag: bytes, length: int, head: bytes) -> None:
        """A chain has grown."""
        self._grown[tag] = length, head

    def whole(self) -> Part:
        """Root over all chains, and how many there are."""
        for tag, (length, head) in self._grown.items():
            self._new.setdefault(prefix_of(tag), {})[tag] = subject_index.value(length, head)
            self._dirty.add(prefix_of(tag))
        self._grown.clear()
        for prefix in self._dirty:
            entries = sorted({**self._base(prefix), **self._new[prefix]}.items())
            root = subject_index.root_below(entries, PREFIX_BITS)
            self._parts[prefix] = Part(root, len(entries))
        self._dirty.clear()
        return subject_index.join(self._parts)
