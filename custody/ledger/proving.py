"""Proofs of recording in bulk: C2SP tlog-proof files against one checkpoint. (SPEC §6)

The same text as `custody.core.proof.Proof.encode`, several times faster for a batch, because
neighbouring records share most of their paths; a test compares.
"""

from custody.core import proof, tree
from custody.core.canonical import to_base64
from custody.core.errors import ProofError
from custody.ledger.storage import CheckpointRow
from custody.ledger.tiles import Tiles


class Prover:
    """Makes the proofs of any records at the checkpoint `row`."""

    def __init__(self, tiles: Tiles, row: CheckpointRow) -> None:
        self._node = tiles.node
        self._row = row
        # By (level, index) of a node: the lines of the path from there to the root.
        self._above: dict[tuple[int, int], str] = {}
        self._subtrees: list[tuple[int, int]] = []  # (level, index), the largest first
        low = 0
        while low < row.size:
            level = (row.size - low).bit_length() - 1
            self._subtrees.append((level, low >> level))
            low += 1 << level
        nodes = [tiles.node(level, index) for level, index in self._subtrees]
        self._left = nodes
        self._right = [fold(nodes[place:]) for place in range(1, len(nodes))]
        self._tops = {node: place for place, node in enumerate(self._subtrees)}

    def path(self, n: int) -> list[bytes]:
        """Inclusion path of record `n`, leaf to root.

        Raises:
            ProofError: it is not in this checkpoint.
        """
        if not 0 <= n < self._row.size:
            raise ProofError(f"record {n} is outside a checkpoint of {self._row.size} records")
        place = next(k for k, (level, index) in enumerate(self._subtrees) if n >> level == index)
        level, _ = self._subtrees[place]
        path = [self._node(height, n >> height ^ 1) for height in range(level)]
        return path + self._beside(place)

    def _beside(self, place: int) -> list[bytes]:
        """The end of the path of every record in that subtree."""
        return self._right[place : place + 1] + self._left[:place][::-1]

    def proof(self, n: int, record: bytes) -> bytes:
        """The tlog-proof file of record `n`, whose bytes are `record`."""
        if not 0 <= n < self._row.size:
            raise ProofError(f"record {n} is outside a checkpoint of {self._row.size} records")
        path = self._from(0, n)
        head = f"{proof.HEADER}\nextra {to_base64(record)}\nindex {n}\n{path}\n"
        return head.encode() + self._row.note

    def _from(self, level: int, index: int) -> str:
        """Lines of the path from that node on; neighbours share nearly all of them."""
        found = self._above.get((level, index))
        if found is None:
            place = self._tops.get((level, index))
            if place is None:
                found = line(self._node(level, index ^ 1)) + self._from(level + 1, index >> 1)
            else:
                found = "".join(map(line, self._beside(place)))
            self._above[level, index] = found
        return found


def line(value: bytes) -> str:
    """A hash as proofs spell it."""
    return to_base64(value) + "\n"


def fold(nodes: list[bytes]) -> bytes:
    """Root over complete subtrees that stand side by side, the largest first."""
    *others, root = nodes
    for node in reversed(others):
        root = tree.node_hash(node, root)
    return root
