"""The subject index: what every chain holds, under one root (formats §7, completeness).

A map from tag (32 bytes) to `value(count, head)`. Of a set S of entries, with bits counted from
the most significant one of the tag:

    T(∅) = 32 zero bytes     T({k: v}) = H(02 ‖ k ‖ v)
    T(S) = H(03 ‖ T(entries with next bit 0) ‖ T(entries with next bit 1))

Along the bits of a tag each hash fixes the ones below it, so for one root only one value of a
tag can be proved, whoever built the tree. Whether the root is the *right* one, a proof cannot say.

A root over a part (all tags with the same first bits) does not depend on the other parts, so one
can be kept for each prefix: `Part`, `join`, `path_above`.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from hashlib import sha256
from operator import itemgetter
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


def _leaf(tag: bytes, content: bytes) -> bytes:
    return sha256(b"\x02" + tag + content).digest()


def _inner(zero: bytes, one: bytes) -> bytes:
    return sha256(b"\x03" + zero + one).digest()


def _side(tag: int, bit: int) -> int:
    return tag >> (BITS - 1 - bit) & 1


def root(entries: Mapping[bytes, bytes]) -> bytes:
    """T over a whole map."""
    return root_below(sorted(entries.items()))


def root_below(entries: Entries, depth: int = 0) -> bytes:
    """T of entries whose tags share their first `depth` bits.

    One pass over the sorted entries: a leaf stands one bit below the last bit that it shares
    with a neighbour, and climbs from there to where it meets the neighbour on its other side.

    Raises:
        MalformedError: the tags are not ascending, 32 bytes long and alike in those bits.
    """
    if not entries:
        return EMPTY
    waiting: list[tuple[int, bytes]] = []  # (bit, T of the zero side of that bit)
    before = depth - 1
    tags = [int.from_bytes(tag, "big") for tag, _ in entries]
    for number, (tag, content) in enumerate(entries):
        here, after = tags[number], depth - 1
        if number + 1 < len(tags):
            after = BITS - (here ^ tags[number + 1]).bit_length()
            if here >= tags[number + 1] or after < depth:
                raise MalformedError(f"index entries out of order after tag {tag.hex()}")
        if len(tag) != 32 or len(content) != 32:
            raise MalformedError(f"tag {tag.hex()} or its value is not 32 bytes long")
        node = sha256(b"\x02" + tag + content).digest()
        for bit in range(max(before, after), after, -1):
            if waiting and waiting[-1][0] == bit:
                node = sha256(b"\x03" + waiting.pop()[1] + node).digest()
            elif _side(here, bit):
                node = _inner(EMPTY, node)
            else:
                node = _inner(node, EMPTY)
        waiting.append((after, node))
        before = after
    return waiting[0][1]


def prove(entries: Entries, tag: bytes, depth: int = 0) -> list[bytes]:
    """Siblings of `tag` below its first `depth` bits, from the root down.

    Raises:
        ProofError: `tag` is not among the entries.
    """
    low, high = 0, len(entries)
    path: list[bytes] = []
    key = int.from_bytes(tag, "big")
    while high - low > 1:
        rest = BITS - 1 - depth
        ones = (key >> rest | 1) << rest  # the least tag on the other side of this bit
        middle = bisect_left(entries, ones.to_bytes(32, "big"), low, high, key=itemgetter(0))
        zero, one = (low, middle), (middle, high)
        (low, high), (start, stop) = (one, zero) if _side(key, depth) else (zero, one)
        depth += 1
        path.append(root_below(entries[start:stop], depth))
    if low == high or entries[low][0] != tag:
        raise ProofError(f"tag {tag.hex()} is not in the index")
    return path


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
    key, node = int.from_bytes(tag, "big"), _leaf(tag, content)
    for bit in range(len(path) - 1, -1, -1):
        node = _inner(path[bit], node) if _side(key, bit) else _inner(node, path[bit])
    return node
