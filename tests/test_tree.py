"""The tree against RFC 6962's recursion, published values, and proofs that must not hold."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core import tree
from custody.core.errors import ProofError

VECTOR = json.loads((Path(__file__).parent / "vectors" / "rfc6962_tree.json").read_text())
LEAVES = [tree.leaf_hash(bytes.fromhex(record)) for record in VECTOR["records"]]


def oracle(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962 §2.1, word for word."""
    if len(leaves) < 2:
        return leaves[0] if leaves else tree.EMPTY
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return tree.node_hash(oracle(leaves[:k]), oracle(leaves[k:]))


def nodes(leaves: list[bytes]) -> tree.Node:
    return lambda level, index: oracle(leaves[index << level : (index + 1) << level])


def many(size: int) -> list[bytes]:
    return [tree.leaf_hash(b"%d" % number) for number in range(size)]


def test_roots_are_the_published_ones() -> None:
    for size, expected in enumerate(VECTOR["roots"]):
        assert tree.root(LEAVES[:size]).hex() == expected, f"size {size}"


@pytest.mark.parametrize("case", VECTOR["inclusion"], ids=str)
def test_inclusion_paths_are_the_published_ones(case: dict[str, int | list[str]]) -> None:
    index, size, path = case["index"], case["size"], case["path"]
    assert isinstance(index, int) and isinstance(size, int) and isinstance(path, list)
    hashes = [bytes.fromhex(each) for each in path]
    assert tree.inclusion_path(index, size, nodes(LEAVES)) == hashes
    implied = tree.root_from_inclusion(LEAVES[index], index, size, hashes)
    assert implied.hex() == VECTOR["roots"][size]


@pytest.mark.parametrize("case", VECTOR["consistency"], ids=str)
def test_consistency_paths_are_the_published_ones(case: dict[str, int | list[str]]) -> None:
    old, new, path = case["old"], case["new"], case["path"]
    assert isinstance(old, int) and isinstance(new, int) and isinstance(path, list)
    hashes = [bytes.fromhex(each) for each in path]
    roots = [bytes.fromhex(root) for root in VECTOR["roots"]]
    assert tree.consistency_path(old, new, nodes(LEAVES)) == hashes
    tree.check_consistency(old, roots[old], new, roots[new], hashes)


def test_the_frontier_follows_the_recursion_and_names_every_node() -> None:
    leaves = many(300)
    frontier, stored = tree.Frontier(), dict[tuple[int, int], bytes]()
    for size, leaf in enumerate(leaves):
        assert frontier.root() == oracle(leaves[:size])
        for level, node in enumerate(frontier.append(leaf)):
            stored[level, size >> level] = node
        again = tree.Frontier.load(size + 1, lambda level, index: stored[level, index])
        assert again.nodes == frontier.nodes
    assert stored == {
        (level, index): oracle(leaves[index << level : (index + 1) << level])
        for level in range(9)
        for index in range(300 >> level)
    }


def test_every_proof_of_every_small_tree_holds_and_fits_no_other_place() -> None:
    for size in range(1, 18):
        leaves = many(size)
        for index in range(size):
            path = tree.inclusion_path(index, size, nodes(leaves))
            for place in range(size):
                try:
                    root = tree.root_from_inclusion(leaves[index], place, size, path)
                except ProofError:
                    root = b""
                assert (root == oracle(leaves)) is (place == index)
        for old in range(size + 1):
            path = tree.consistency_path(old, size, nodes(leaves))
            roots = oracle(leaves[:old]), oracle(leaves)
            tree.check_consistency(old, roots[0], size, roots[1], path)


@given(st.integers(1, 70), st.data())
def test_an_altered_inclusion_proof_never_gives_the_root(size: int, data: st.DataObject) -> None:
    leaves = many(size)
    index = data.draw(st.integers(0, size - 1), label="index")
    path = tree.inclusion_path(index, size, nodes(leaves))
    how = data.draw(st.sampled_from(["hash", "leaf", "extended", "truncated", "swapped"]))
    leaf, before = leaves[index], list(path)
    if how == "hash" and path:
        place = data.draw(st.integers(0, len(path) - 1), label="altered hash")
        path[place] = bytes([path[place][0] ^ 1]) + path[place][1:]
    elif how == "truncated" and path:
        del path[data.draw(st.integers(0, len(path) - 1), label="left out")]
    elif how == "swapped" and len(path) > 1:
        path[0], path[1] = path[1], path[0]
    elif how == "extended":
        path.insert(data.draw(st.integers(0, len(path)), label="at"), leaf)
    else:
        leaf = tree.leaf_hash(b"another")
    assert (leaf, path) != (leaves[index], before)
    if len(path) != len(before):
        with pytest.raises(ProofError, match=r"too (long|short)"):
            tree.root_from_inclusion(leaf, index, size, path)
    else:
        assert tree.root_from_inclusion(leaf, index, size, path) != oracle(leaves)


@given(st.integers(2, 70), st.data())
def test_an_altered_consistency_proof_is_refused(size: int, data: st.DataObject) -> None:
    leaves = many(size)
    old = data.draw(st.integers(1, size - 1), label="old")
    path = tree.consistency_path(old, size, nodes(leaves))
    roots = [oracle(leaves[:old]), oracle(leaves)]
    how = data.draw(st.sampled_from(["hash", "root", "extended", "truncated", "swapped", "size"]))
    sizes = [old, size]
    if how == "hash":
        place = data.draw(st.integers(0, len(path) - 1), label="altered hash")
        path[place] = bytes([path[place][0] ^ 1]) + path[place][1:]
    elif how == "truncated":
        del path[data.draw(st.integers(0, len(path) - 1), label="left out")]
    elif how == "extended":
        path.insert(data.draw(st.integers(0, len(path)), label="at"), leaves[0])
    elif how == "root":
        roots[data.draw(st.integers(0, 1))] = tree.leaf_hash(b"another")
    elif how == "swapped":
        roots.reverse()
    else:
        sizes[0] = data.draw(st.integers(1, size).filter(lambda n: n != old), label="size")
    with pytest.raises(ProofError, match=r"path|root"):
        tree.check_consistency(sizes[0], roots[0], sizes[1], roots[1], path)


@given(
    st.integers(-2, 20),
    st.integers(-2, 20),
    st.lists(st.binary(min_size=31, max_size=33), max_size=6),
    st.binary(min_size=31, max_size=33),
)
def test_random_bytes_prove_nothing(old: int, new: int, path: list[bytes], node: bytes) -> None:
    for known in (tree.EMPTY, b"\x55" * 32):
        with pytest.raises(ProofError):
            tree.check_consistency(old, node, new, known, path)
        try:
            assert tree.root_from_inclusion(node, old, new, path) != known
        except ProofError:
            continue


A, B = many(2)


@pytest.mark.parametrize(
    ("old", "old_root", "new", "new_root", "path", "why"),
    [
        (4, A, 2, A, [], "cannot extend"),  # a shrunken tree, though the roots are equal
        (-1, A, 2, A, [], "cannot extend"),
        (0, A, 2, B, [], "0 leaves"),  # the root of nothing is known
        (0, tree.EMPTY, 0, A, [], "0 leaves"),
        (0, tree.EMPTY, 2, B, [A], "need no path"),
        (2, A, 2, A, [A], "need no path"),
        (2, A, 2, B, [], "two different roots"),
        (1, A, 2, A, [], "too short"),
        (3, A, 4, A, [], "too short"),
        (1, A, 2, B, [A, B], "too long"),
        (1, A, 2, B, [A[:31]], "31 bytes"),
        (1, A + b"0", 2, B, [A], "33 bytes"),
    ],
)
def test_impossible_consistency_is_refused(
    old: int, old_root: bytes, new: int, new_root: bytes, path: list[bytes], why: str
) -> None:
    with pytest.raises(ProofError, match=why):
        tree.check_consistency(old, old_root, new, new_root, path)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (-1, 3), (5, 3)])
def test_leaves_outside_the_tree_have_no_proof(index: int, size: int) -> None:
    with pytest.raises(ProofError, match=f"leaf {index} is outside"):
        tree.root_from_inclusion(A, index, size, [])
    with pytest.raises(ProofError, match=f"leaf {index} is outside"):
        tree.inclusion_path(index, size, nodes([]))


def test_what_cannot_be_proved_is_not_asked_for() -> None:
    with pytest.raises(ProofError, match="cannot extend"):
        tree.consistency_path(3, 2, nodes([]))
    with pytest.raises(ProofError, match="1 subtrees cannot make a tree of 3"):
        tree.Frontier(3, [A])
    with pytest.raises(ProofError, match="a hash of 31 bytes"):
        tree.Frontier(3, [A, A[1:]])
    with pytest.raises(ProofError, match="31 bytes"):
        tree.root_from_inclusion(A, 0, 2, [B[:31]])
    assert tree.consistency_path(0, 2, nodes([A, B])) == []
    tree.check_consistency(0, tree.EMPTY, 2, tree.root([A, B]), [])
