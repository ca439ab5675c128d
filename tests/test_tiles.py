"""The stored tree against the plain one."""

from hashlib import sha256
from pathlib import Path

import pytest

from custody.core import proof, tree
from custody.core.checkpoint import Checkpoint
from custody.core.errors import ProofError, StorageError
from custody.core.note import Note
from custody.core.record import record_hash
from custody.ledger.proving import Prover
from custody.ledger.storage import Changes, CheckpointRow
from custody.ledger.tiles import WIDTH, Known, Tiles, edges, full, grow, split
from custody.store.database import Database

SIZE = 2 * WIDTH * WIDTH + 3 * WIDTH + 77
STEPS = (1, 254, 255, 256, 257, 1000, WIDTH * WIDTH - 1, WIDTH * WIDTH, WIDTH * WIDTH + 1, SIZE)
INTERESTING = (1, 2, 3, 255, 256, 257, 511, 512, 1000, 65_535, 65_536, 65_537, 131_072, SIZE)


def record_of(n: int) -> bytes:
    return b"record %d" % n


def leaf_of(n: int) -> bytes:
    return record_hash(record_of(n))


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Database:
    """A ledger of SIZE small records, added in steps around the widths of tiles."""
    made = Database.create(tmp_path_factory.mktemp("tiles") / "ledger.db")
    start = 0
    for stop in STEPS:
        with made.writing() as rows:
            changes = Changes(records=[(n, record_of(n), None) for n in range(start, stop)])
            grow(rows, start, [leaf_of(n) for n in range(start, stop)], changes)
            rows.write(changes)
        start = stop
    return made


@pytest.fixture(scope="module")
def plain() -> dict[int, bytes]:
    """Roots by the plain algorithm, which a test of its own holds against RFC 6962."""
    frontier, roots = tree.Frontier(), {}
    for n in range(SIZE):
        frontier.append(leaf_of(n))
        if n + 1 in INTERESTING:
            roots[n + 1] = frontier.root()
    return roots


def test_roots_of_all_sizes_are_those_of_the_plain_tree(
    database: Database, plain: dict[int, bytes]
) -> None:
    with database.reading() as rows:
        for size, root in plain.items():
            assert Tiles(rows).root(size) == root, f"size {size}"
        assert Tiles(rows).root(0) == tree.EMPTY


def test_inclusion_and_consistency_are_proved(database: Database, plain: dict[int, bytes]) -> None:
    with database.reading() as rows:
        tiles = Tiles(rows)
        for size, root in plain.items():
            for n in {0, size // 3, size - 1}:
                path = tiles.inclusion(n, size)
                assert tree.root_from_inclusion(leaf_of(n), n, size, path) == root
            for old, old_root in plain.items():
                if old <= size:
                    path = tiles.consistency(old, size)
                    tree.check_consistency(old, old_root, size, root, path)


def test_bulk_proofs_are_those_of_the_core(database: Database, plain: dict[int, bytes]) -> None:
    with database.reading() as rows:
        tiles = Tiles(rows)
        for size in (1, 2, 257, 1000, SIZE):
            text = Checkpoint("example.org/log", size, plain[size]).text
            note = f"{text}\n— example.org/log AAAAAAAA\n".encode()
            prover = Prover(tiles, CheckpointRow(size, plain[size], note))
            for n in {0, 1 % size, size // 2, size - 1}:
                path = tiles.inclusion(n, size)
                expected = proof.Proof(n, tuple(path), Note.read(note), record_of(n))
                assert prover.path(n) == path
                assert prover.proof(n, record_of(n)) == expected.encode()
                assert proof.Proof.read(prover.proof(n, record_of(n))).verify(leaf_of(n))


@pytest.mark.parametrize("n", [-1, 1000, 2000])
def test_no_proof_is_made_of_a_record_outside_the_checkpoint(database: Database, n: int) -> None:
    with database.reading() as rows:
        tiles = Tiles(rows)
        prover = Prover(tiles, CheckpointRow(1000, tiles.root(1000), b""))
        with pytest.raises(ProofError, match=f"record {n} is outside"):
            prover.path(n)


def test_tiles_are_full_and_the_edge_is_what_the_full_ones_give(database: Database) -> None:
    with database.reading() as rows:
        for level, count in ((0, SIZE // WIDTH), (1, SIZE // WIDTH**2)):
            assert rows.tile(level, count) is None
            assert all(len(full(rows, level, place)) == 8192 for place in (0, count - 1))
        first = split(full(rows, 0, 0))
        assert first == [leaf_of(n) for n in range(WIDTH)]
        assert edges(rows, SIZE) == [(1, rows.edge(1)), (2, rows.edge(2))]
        assert len(split(rows.edge(1))) == SIZE // WIDTH % WIDTH == 3
        assert len(split(rows.edge(2))) == 2


def test_what_was_read_is_known_afterwards(database: Database, tmp_path: Path) -> None:
    known = Known()
    with database.reading() as rows:
        root = Tiles(rows, known).root(SIZE)
    empty = Database.create(tmp_path / "empty.db")
    with empty.reading() as rows:
        assert Tiles(rows, known).root(SIZE) == root
    empty.close()


def test_missing_rows_are_named(tmp_path: Path) -> None:
    made = Database.create(tmp_path / "ledger.db")
    with made.reading() as rows, pytest.raises(StorageError, match="hash 3 of tile 0 at level 0"):
        Tiles(rows).node(0, 3)
    with made.reading() as rows, pytest.raises(StorageError, match="tile 0 of level 0 is missing"):
        full(rows, 0, 0)
    with made.writing() as rows:
        hashes = [sha256(b"%d" % n).digest() for n in range(WIDTH)]
        with pytest.raises(StorageError, match="edge of tile level 1 holds 0 hashes, not 1"):
            grow(rows, WIDTH, hashes, Changes())
    made.close()
