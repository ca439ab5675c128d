"""The cached subject index against the plain one."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from custody.core import subject_index
from custody.core.errors import NotFoundError
from custody.ledger.counting import Counting
from custody.ledger.index import Index
from custody.ledger.storage import Changes, PrefixRow, bounds, prefix_of
from custody.store.database import Database

Chains = Mapping[bytes, int]  # length by tag; the head follows from both
TAGS = st.binary(min_size=32, max_size=32) | st.integers(0, 300).map(
    lambda n: bytes(31) + bytes([n % 256]) if n < 256 else b"\xff" * 31 + bytes([n % 256])
)


def head_of(tag: bytes, length: int) -> bytes:
    return sha256(tag + b"%d" % length).digest()


def store(database: Database, chains: Chains) -> None:
    """Chains as the sequencer stores them: their prefixes lose the cached root."""
    rows = [(tag, "item", n, head_of(tag, n), 0, b"{}") for tag, n in chains.items()]
    spoilt = [PrefixRow(prefix, 0, None) for prefix in {prefix_of(tag) for tag in chains}]
    with database.writing() as writing:
        writing.write(Changes(subjects=rows, prefixes=spoilt))


def plain(chains: Chains) -> bytes:
    return subject_index.root(
        {tag: subject_index.value(n, head_of(tag, n)) for tag, n in chains.items()}
    )


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database.create(tmp_path / "ledger.db")


@given(steps=st.lists(st.dictionaries(TAGS, st.integers(1, 9), max_size=8), min_size=1, max_size=4))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_roots_and_proofs_are_those_of_the_plain_index(
    database: Database, steps: list[dict[bytes, int]]
) -> None:
    with database.writing() as rows:
        rows.clear_derived()
    chains: dict[bytes, int] = {}
    counting = Counting()
    for step in steps:
        chains |= step
        store(database, step)
        for tag, n in step.items():
            counting.put(tag, n, head_of(tag, n))
        with database.writing() as rows:
            index = Index(rows)
            rows.write(Changes(prefixes=index.renewed))
            root = plain(chains)
            assert index.whole() == counting.whole() == (root, len(chains))
            for text, counted in index.prove([tag.hex() for tag in chains]).items():
                tag = bytes.fromhex(text)
                assert (counted.length, counted.head) == (
                    chains[tag],
                    head_of(tag, chains[tag]).hex(),
                )
                content = subject_index.value(counted.length, bytes.fromhex(counted.head))
                assert subject_index.root_from_proof(tag, content, counted.proof) == root


def test_a_tally_makes_anew_what_has_changed_and_nothing_else(database: Database) -> None:
    chains = {sha256(b"%d" % n).digest(): 1 for n in range(2000)}
    store(database, chains)
    with database.writing() as rows:
        rows.write(Changes(prefixes=Index(rows).renewed))
    one = next(iter(chains))
    store(database, {one: 2})
    with database.reading() as rows:
        index = Index(rows)
    assert [row.prefix for row in index.renewed] == [prefix_of(one)]
    assert index.whole().root == plain({**chains, one: 2})


def test_a_tag_that_is_not_there_is_not_proved(database: Database) -> None:
    with database.reading() as rows, pytest.raises(NotFoundError, match="there is no subject 00"):
        Index(rows).prove(["00" * 32])


@pytest.mark.parametrize(
    "tag", [bytes(32), b"\xff" * 32, b"\x12\x34" + bytes(30), b"\xff\xef" * 16]
)
def test_a_tag_lies_within_the_bounds_of_its_prefix(tag: bytes) -> None:
    low, high = bounds(prefix_of(tag))
    assert low <= tag < high
    if prefix_of(tag):
        assert not tag < bounds(prefix_of(tag) - 1)[1]
