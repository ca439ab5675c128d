"""The subject index: what every chain holds, under one root (SPEC §7, completeness).

A map from tag (32 bytes) to `value(count, head)`. Of a set S of entries, with bits counted from
the most significant one of the tag:

    T(∅) = 32 zero bytes     T({k: v}) = H(02 ‖ k ‖ v)
    T(S) = H(03 ‖ T(entries with next bit 0) ‖ T(entries with next bit 1))

Along the bits of a tag each hash fixes the ones below it, so for one root only one value of a
tag can be proved, whoever built the tree. Whether the root is the *right* one, a proof cannot say.

A root over a part (all tags with the same first bits) does not depend on the other parts, so one
can be kept for each prefix: `Part`, `join`, `path_above`.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from itertools import pairwise
from typing import NamedTuple

from custody.core.errors import MalformedError, ProofError

EMPTY = bytes(32)
BITS = 256

Entries = Sequence[tuple[bytes, bytes]]
"""(tag, value), ascending by tag, no tag twice."""


class Part(NamedTuple):
    """The entries whose tags share a prefix: their T, and how many they are."""

    root: bytes
    entries: int


def value(count: int, head: bytes) -> bytes:
    """What the index says of one chain: number of its records, and the hash of the last."""
    if not 0 < count < 2**53 or len(head) != 32:
        raise MalformedError(f"no chain has {count} records and a head of {len(head)} bytes")
    return sha256(count.to_bytes(8, "big") + head).digest()


def _inner(zero: bytes, one: bytes) -> bytes:
    return sha256(b"\x03" + zero + one).digest()


def root(entries: Mapping[bytes, bytes]) -> bytes:
    """T over a whole map."""
    return root_below([(tag, entries[tag]) for tag in sorted(entries)])


def root_below(entries: Entries, depth: int = 0) -> bytes:
    """T of entries whose tags share their first `depth` bits.

    Raises:
        MalformedError: the tags are not ascending, 32 bytes long and alike in those bits.
    """
    _check(entries, depth)
    return _root(entries, depth)


def prove(entries: Entries, tag: bytes, depth: int = 0) -> list[bytes]:
    """Siblings of `tag` below its first `depth` bits, from the root down.

    Raises:
        MalformedError: as `root_below`.
        ProofError: `tag` is not among the entries.
    """
    _check(entries, depth)
    path: list[bytes] = []
    while len(entries) > 1:
        middle = _middle(entries, depth)
        zero, one = entries[:middle], entries[middle:]
        entries, others = (one, zero) if _bit(tag, depth) else (zero, one)
        depth += 1
        path.append(_root(others, depth))
    if not entries or entries[0][0] != tag:
        raise ProofError(f"tag {tag.hex()} is not in the index")
    return path


def _check(entries: Entries, depth: int) -> None:
    for entry in entries:
        if len(entry[0]) != 32 or len(entry[1]) != 32:
            raise MalformedError(f"index entry {entry[0].hex()}: tag and value have 32 bytes each")
    for (tag, _), (later, _) in pairwise(entries):
        if tag >= later:
            raise MalformedError(f"index entries out of order at tag {later.hex()}")
    if entries:
        first, last = (int.from_bytes(entries[place][0], "big") for place in (0, -1))
        if (first ^ last) >> (BITS - depth):
            raise MalformedError(f"index entries differ in their first {depth} bits")


def _root(entries: Entries, depth: int) -> bytes:
    """T; at most BITS calls deep, because no two tags are the same."""
    if len(entries) == 1:
        tag, content = entries[0]
        return sha256(b"\x02" + tag + content).digest()
    if not entries:
        return EMPTY
    middle = _middle(entries, depth)
    zero, one = _root(entries[:middle], depth + 1), _root(entries[middle:], depth + 1)
    return sha256(b"\x03" + zero + one).digest()


def _middle(entries: Entries, depth: int) -> int:
    """Place of the first entry whose bit `depth` is 1."""
    byte, mask = depth >> 3, 0x80 >> (depth & 7)
    low, high = 0, len(entries)
    while low < high:
        middle = (low + high) >> 1
        if entries[middle][0][byte] & mask:
            high = middle
        else:
            low = middle + 1
    return low


def _bit(tag: bytes, depth: int) -> int:
    return tag[depth >> 3] >> (7 - (depth & 7)) & 1


def join(parts: Sequence[Part]) -> Part:
    """The part that 2^k neighbouring parts make together, in the order of their prefixes."""
    while len(parts) > 1:
        parts = [_joined(*parts[n : n + 2]) for n in range(0, len(parts), 2)]
    return parts[0]


def _joined(zero: Part, one: Part) -> Part:
    entries = zero.entries + one.entries
    if entries > 1:
        return Part(_inner(zero.root, one.root), entries)
    return one if one.entries else zero  # a lone entry stands as high as it is alone


class Growing:
    """The index of a log as it is told: a root costs what changed since the one before."""

    def __init__(self) -> None:
        self._below: list[dict[bytes, bytes]] = [{} for _ in range(256)]  # by first byte of the tag
        self._parts = [Part(EMPTY, 0)] * 256
        self._changed: set[int] = set()

    def put(self, tag: bytes, count: int, head: bytes) -> None:
        """A chain has grown. Raises MalformedError for a count that no chain has."""
        self._below[tag[0]][tag] = value(count, head)
        self._changed.add(tag[0])

    def whole(self) -> Part:
        """Root over all chains, and how many there are."""
        for first in self._changed:
            entries = sorted(self._below[first].items())
            self._parts[first] = Part(root_below(entries, 8), len(entries))
        self._changed.clear()
        return join(self._parts)


def path_above(parts: Sequence[Part], place: int) -> list[bytes]:
    """Siblings, from the root down, of the part number `place` among 2^k parts.

    Followed by `prove` within that part, this is the whole proof of a tag that is in it.
    """
    path: list[bytes] = []
    while len(parts) > 1 and sum(part.entries for part in parts) > 1:
        half = len(parts) // 2
        zero, one = parts[:half], parts[half:]
        parts, others = (zero, one) if place < half else (one, zero)
        place %= half
        path.append(join(others).root)
    return path


def root_from_proof(tag: bytes, content: bytes, path: Sequence[bytes]) -> bytes:
    """Root that `path` (siblings from the root down) implies for `tag` with that value.

    The caller compares it with the root in a tally that it trusts.

    Raises:
        ProofError: more siblings than a tag has bits, a hash that is not 32 bytes long, or a
            last sibling that is empty (a lone entry has none).
    """
    if len(path) > BITS:
        raise ProofError(f"{len(path)} siblings, but a tag has {BITS} bits")
    for part in (tag, content, *path):
        if len(part) != 32:
            raise ProofError(f"a hash of {len(part)} bytes stands where 32 are needed")
    if path and path[-1] == EMPTY:
        raise ProofError("the last sibling is empty: the entry would stand higher")
    node = sha256(b"\x02" + tag + content).digest()
    for depth in range(len(path) - 1, -1, -1):
        node = _inner(path[depth], node) if _bit(tag, depth) else _inner(node, path[depth])
    return node
