"""The Merkle tree over the records: RFC 6962 §2.1, proofs as RFC 9162 §2.1.3 and §2.1.4 check them.

Hashes are 32 bytes. A *node* (level, index) is the hash of the complete subtree over the leaves
index·2^level … (index+1)·2^level − 1; a node never changes once its leaves exist, so whoever can
name nodes (a list, a tile store) can make every proof. Checking needs no tree at all.
"""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256

from custody.core.errors import ProofError

Node = Callable[[int, int], bytes]

EMPTY = sha256(b"").digest()
"""Root of the tree that has no leaves."""


def leaf_hash(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def _fold(nodes: Sequence[bytes]) -> bytes:
    """Root over complete subtrees that stand side by side, the largest first."""
    if not nodes:
        return EMPTY
    *others, root = nodes
    for node in reversed(others):
        root = node_hash(node, root)
    return root


def _complete(low: int, high: int) -> Iterator[tuple[int, int]]:
    """The nodes that tile leaves low … high−1, the largest first.

    `low` must be a multiple of the largest power of two within the range, which is true of
    every range that the recursive definition of the tree makes.
    """
    while low < high:
        level = (high - low).bit_length() - 1
        yield level, low >> level
        low += 1 << level


def _range_root(low: int, high: int, node: Node) -> bytes:
    return _fold([node(level, index) for level, index in _complete(low, high)])


def _middle(low: int, high: int) -> int:
    """Where RFC 6962 splits a range of two leaves or more: after the largest power of two < n."""
    return low + (1 << ((high - low - 1).bit_length() - 1))


def root(leaves: Sequence[bytes]) -> bytes:
    """Root over leaf hashes."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def inclusion_path(index: int, size: int, node: Node) -> list[bytes]:
    """Siblings of leaf `index` in the tree of `size` leaves, from the leaf up.

    Raises:
        ProofError: no such leaf in such a tree.
    """
    _check_leaf(index, size)
    path: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = _middle(low, high)
        if index < middle:
            path.append(_range_root(middle, high, node))
            high = middle
        else:
            path.append(_range_root(low, middle, node))
            low = middle
    return path[::-1]


def consistency_path(old: int, new: int, node: Node) -> list[bytes]:
    """Hashes that show the tree of `old` leaves to be the beginning of that of `new` leaves.

    Empty for old = 0 and for old = new, where there is nothing to show.

    Raises:
        ProofError: `old` is not in 0 … `new`.
    """
    _check_sizes(old, new)
    path: list[bytes] = []
    low, high = 0, new
    while 0 < old < high:
        middle = _middle(low, high)
        if old <= middle:
            path.append(_range_root(middle, high, node))
            high = middle
        else:
            path.append(_range_root(low, middle, node))
            low = middle
    if low:  # else the rest is the old tree itself, whose root the reader has
        path.append(_range_root(low, high, node))
    return path[::-1]


def root_from_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """Root that `path` implies for the leaf hash `leaf` as number `index` of `size` leaves.

    Source: RFC 9162 §2.1.3.2. The caller compares it with a root it trusts: this function
    cannot say that a proof is true, only what it would prove.

    Raises:
        ProofError: `index` is outside the tree, a hash is not 32 bytes long, or `path` has the
            wrong length for that leaf.
    """
    _check_leaf(index, size)
    _check_hashes(leaf, *path)
    wrong = f"a path of {len(path)} hashes does not fit leaf {index} of {size}"
    node, here, last = leaf, index, size - 1
    for sibling in path:
        if not last:
            raise ProofError(f"{wrong}: too long")
        if here & 1 or here == last:
            node = node_hash(sibling, node)
            while here and not here & 1:  # right edge: levels where the node has no sibling
                here, last = here >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        here, last = here >> 1, last >> 1
    if last:
        raise ProofError(f"{wrong}: too short")
    return node


def check_consistency(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, path: Sequence[bytes]
) -> None:
    """Is the tree (old_size, old_root) the beginning of the tree (new_size, new_root)?

    Source: RFC 9162 §2.1.4.2, with the ranges that it leaves to its caller checked here.

    Raises:
        ProofError: it is not shown to be.
    """
    _check_sizes(old_size, new_size)
    _check_hashes(old_root, new_root, *path)
    for size, known in ((old_size, old_root), (new_size, new_root)):
        if size == 0 and known != EMPTY:
            raise ProofError("the root of a tree of 0 leaves is not the hash of nothing")
    if old_size in (0, new_size):
        if path:
            raise ProofError(f"sizes {old_size} and {new_size} need no path, {len(path)} given")
        if old_size and old_root != new_root:
            raise ProofError(f"two different roots for one size of {old_size} leaves")
        return
    if _roots(old_size, old_root, new_size, path) != (old_root, new_root):
        raise ProofError(
            f"the path does not lead from the root of {old_size} leaves to that of {new_size}"
        )


def _roots(old: int, old_root: bytes, new: int, path: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Both roots that `path` implies, for 0 < old < new."""
    here, last = old - 1, new - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    # A complete old tree is itself the first node: RFC 9162 leaves it out of the path.
    hashes = list(path) if here else [old_root, *path]
    wrong = f"a path of {len(path)} hashes does not fit sizes {old} and {new}"
    if not hashes:
        raise ProofError(f"{wrong}: too short")
    before = after = hashes[0]
    for sibling in hashes[1:]:
        if not last:
            raise ProofError(f"{wrong}: too long")
        if here & 1 or here == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while here and not here & 1:
                here, last = here >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        here, last = here >> 1, last >> 1
    if last:
        raise ProofError(f"{wrong}: too short")
    return before, after


def _check_leaf(index: int, size: int) -> None:
    if not 0 <= index < size:
        raise ProofError(f"leaf {index} is outside a tree of {size} leaves")


def _check_sizes(old: int, new: int) -> None:
    if not 0 <= old <= new:
        raise ProofError(f"a tree of {new} leaves cannot extend one of {old}")


def _check_hashes(*hashes: bytes) -> None:
    for value in hashes:
        if len(value) != 32:
            raise ProofError(f"a hash of {len(value)} bytes stands where 32 are needed")


class Frontier:
    """The right edge of a growing tree: all that appending and the root need.

    `nodes` are its complete subtrees, the largest first: one for each 1 bit of `size`.
    """

    __slots__ = ("_nodes", "size")

    def __init__(self, size: int = 0, nodes: Sequence[bytes] = ()) -> None:
        if len(nodes) != size.bit_count():
            raise ProofError(f"{len(nodes)} subtrees cannot make a tree of {size} leaves")
        _check_hashes(*nodes)
        self.size = size
        self._nodes = list(nodes)

    @classmethod
    def load(cls, size: int, node: Node) -> "Frontier":
        """The frontier of a stored tree of `size` leaves."""
        return cls(size, [node(level, index) for level, index in _complete(0, size)])

    @property
    def nodes(self) -> tuple[bytes, ...]:
        return tuple(self._nodes)

    def root(self) -> bytes:
        return _fold(self._nodes)

    def append(self, leaf: bytes) -> list[bytes]:
        """Add a leaf hash; the nodes that it completes, from the leaf up.

        With `size` as it was before, the hash at place k is node (k, size >> k): what a tile
        writer has to store.
        """
        done = [leaf]
        nodes, rest = self._nodes, self.size
        while rest & 1:
            leaf = sha256(b"\x01" + nodes.pop() + leaf).digest()
            done.append(leaf)
            rest >>= 1
        nodes.append(leaf)
        self.size += 1
        return done
