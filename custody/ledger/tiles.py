"""The stored tree: hashes of complete subtrees out of tiles and rows, and what proofs need.

Full tiles (256 hashes at level 8·t, C2SP tlog-tiles) are rows of their own. The right edge is
not: at level 0 it is the newest records themselves, above it one row a level (`edge`), which
changes once every 256 records. Complete subtrees never change, so what was read stays known.
"""

from collections.abc import Sequence

from custody.core import tree
from custody.core.errors import StorageError
from custody.core.record import record_hash
from custody.ledger.storage import Changes, Reading

WIDTH = 256
HASH = 32
KNOWN_AT_MOST = 1 << 16  # hashes; about 10 MB


class Known:
    """Hashes of complete subtrees that were read before, by (level, index), for one process."""

    def __init__(self) -> None:
        self.hashes: dict[tuple[int, int], bytes] = {}

    def keep(self, level: int, start: int, hashes: Sequence[bytes]) -> None:
        if len(self.hashes) > KNOWN_AT_MOST:
            self.hashes = {}
        for offset, value in enumerate(hashes):
            self.hashes[level, start + offset] = value


class Tiles:
    """The tree in one view of the rows."""

    def __init__(self, rows: Reading, known: Known | None = None) -> None:
        self._rows = rows
        self._known = known or Known()

    def node(self, level: int, index: int) -> bytes:
        """Hash of the complete subtree over leaves index·2^level … (index+1)·2^level − 1.

        Raises:
            StorageError: the rows it is made of are not all there.
        """
        found = self._known.hashes.get((level, index))
        if found is None:
            if level % 8 == 0:
                found = self._read(level // 8, index)
            else:
                left, right = self.node(level - 1, 2 * index), self.node(level - 1, 2 * index + 1)
                found = tree.node_hash(left, right)
                self._known.keep(level, index, (found,))
        return found

    def _read(self, level: int, index: int) -> bytes:
        place, offset = divmod(index, WIDTH)
        data = self._rows.tile(level, place)
        if data is not None:
            hashes, start = split(data), place * WIDTH
        elif level == 0:
            start = index
            hashes = [record_hash(r) for r in self._rows.records(start, (place + 1) * WIDTH)]
        else:
            hashes, start = split(self._rows.edge(level)), place * WIDTH
        if not start <= index < start + len(hashes):
            raise StorageError(
                f"hash {offset} of tile {place} at level {level} is missing: the database is damaged; "
                "run `custody verify --full`, then `custody rebuild`"
            )
        self._known.keep(8 * level, start, hashes)
        return hashes[index - start]

    def root(self, size: int) -> bytes:
        """Root over the first `size` records."""
        return tree.Frontier.load(size, self.node).root()

    def inclusion(self, n: int, size: int) -> list[bytes]:
        return tree.inclusion_path(n, size, self.node)

    def consistency(self, old: int, new: int) -> list[bytes]:
        return tree.consistency_path(old, new, self.node)


def split(data: bytes) -> list[bytes]:
    """The hashes of a tile."""
    return [data[at : at + HASH] for at in range(0, len(data), HASH)]


def grow(rows: Reading, start: int, hashes: Sequence[bytes], changes: Changes) -> None:
    """Add to `changes` the tiles that records `start` … complete; `hashes` are their leaf hashes.

    `rows` is the view before these records were added.
    """
    if (start + len(hashes)) // WIDTH == start // WIDTH:
        return
    low = start - start % WIDTH
    pending = [record_hash(data) for data in rows.records(low, start)] + list(hashes)
    place, level = start // WIDTH, 0
    while True:
        above: list[bytes] = []
        while len(pending) >= WIDTH:
            tile, pending = pending[:WIDTH], pending[WIDTH:]
            changes.tiles.append((level, place + len(above), b"".join(tile)))
            above.append(tree.root(tile))
        if level:
            changes.edges.append((level, b"".join(pending)))
        if not above:
            return
        level, (place, offset) = level + 1, divmod(place, WIDTH)
        pending = split(rows.edge(level))
        if len(pending) != offset:
            raise StorageError(
                f"the edge of tile level {level} holds {len(pending)} hashes, not {offset}: "
                "run `custody rebuild`"
            )
        pending += above


def edges(rows: Reading, size: int) -> list[tuple[int, bytes]]:
    """The tiles of levels 1 and up that are not full at `size` records, out of the full ones."""
    made = []
    level, count = 1, size // WIDTH
    while count:
        start = count - count % WIDTH
        hashes = [tree.root(split(full(rows, level - 1, place))) for place in range(start, count)]
        made.append((level, b"".join(hashes)))
        level, count = level + 1, count // WIDTH
    return made


def full(rows: Reading, level: int, place: int) -> bytes:
    """A full tile.

    Raises:
        StorageError: it is missing.
    """
    data = rows.tile(level, place)
    if data is None or len(data) != WIDTH * HASH:
        raise StorageError(f"tile {place} of level {level} is missing: bring back a backup")
    return data
