"""The index against the recursion that defines it (SPEC §7), and proofs that must not hold."""

from hashlib import sha256

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from custody.core import subject_index as index
from custody.core.errors import MalformedError, ProofError

HASH = st.binary(min_size=32, max_size=32)
# Tags that share long beginnings, as no honest tags do, and tags that share none.
TAGS = st.one_of(HASH, st.integers(0, 40).map(lambda n: n.to_bytes(32, "big")))
MAPS = st.dictionaries(TAGS, HASH, max_size=40)


def oracle(entries: dict[bytes, bytes], depth: int = 0) -> bytes:
    """T of SPEC §7, word for word."""
    if not entries:
        return bytes(32)
    if len(entries) == 1:
        return sha256(b"\x02" + b"".join(*entries.items())).digest()
    halves: list[dict[bytes, bytes]] = [{}, {}]
    for tag, value in entries.items():
        halves[int(f"{int.from_bytes(tag, 'big'):0256b}"[depth])][tag] = value
    return sha256(b"\x03" + b"".join(oracle(half, depth + 1) for half in halves)).digest()


def test_values_bind_count_and_head() -> None:
    head = bytes(range(32))
    assert index.value(258, head) == sha256(bytes.fromhex("0000000000000102") + head).digest()
    for count, bad in [(0, head), (-1, head), (2**53, head), (1, head[:31])]:
        with pytest.raises(MalformedError, match="no chain has"):
            index.value(count, bad)


@given(MAPS)
@example({})
@example({bytes(32): bytes(32), bytes(31) + b"\x01": bytes(32)})  # tags alike in 255 bits
def test_the_root_is_that_of_the_recursion(entries: dict[bytes, bytes]) -> None:
    assert index.root(entries) == oracle(entries)


@given(MAPS.filter(bool), st.data())
def test_every_proof_holds(entries: dict[bytes, bytes], data: st.DataObject) -> None:
    tag = data.draw(st.sampled_from(sorted(entries)))
    path = index.prove(sorted(entries.items()), tag)
    assert len(path) <= 256
    assert index.root_from_proof(tag, entries[tag], path) == oracle(entries)


@given(st.lists(st.tuples(TAGS, st.integers(1, 9), HASH), max_size=12))
def test_an_index_that_grows_is_at_each_step_that_of_its_chains(
    grown: list[tuple[bytes, int, bytes]],
) -> None:
    growing, entries = index.Growing(), dict[bytes, bytes]()
    for tag, count, head in grown:
        growing.put(tag, count, head)
        entries[tag] = index.value(count, head)
        assert growing.whole() == index.Part(oracle(entries), len(entries))


@given(MAPS.filter(bool), st.integers(0, 5))
def test_parts_make_the_same_root_and_the_same_proofs(
    entries: dict[bytes, bytes], depth: int
) -> None:
    """One cached root for each prefix of `depth` bits, as the ledger keeps them."""
    groups: list[list[tuple[bytes, bytes]]] = [[] for _ in range(1 << depth)]
    for tag, value in sorted(entries.items()):
        groups[tag[0] >> (8 - depth)].append((tag, value))
    parts = [index.Part(index.root_below(group, depth), len(group)) for group in groups]
    assert index.join(parts) == index.Part(oracle(entries), len(entries))
    for place, group in enumerate(groups):
        for tag, _ in group:
            path = index.path_above(parts, place) + index.prove(group, tag, depth)
            assert path == index.prove(sorted(entries.items()), tag)


@given(MAPS.filter(bool), st.data())
def test_an_altered_proof_never_gives_the_root(
    entries: dict[bytes, bytes], data: st.DataObject
) -> None:
    tag = data.draw(st.sampled_from(sorted(entries)))
    value, path = entries[tag], index.prove(sorted(entries.items()), tag)
    how = data.draw(st.sampled_from(["value", "hash", "tag", "truncated", "extended"]))
    if how == "hash" and path:
        place = data.draw(st.integers(0, len(path) - 1), label="altered hash")
        path[place] = bytes([path[place][0] ^ 1]) + path[place][1:]
    elif how == "truncated" and path:
        del path[data.draw(st.integers(0, len(path) - 1), label="left out")]
    elif how == "extended":
        path.insert(data.draw(st.integers(0, len(path)), label="at"), bytes(31) + b"\x07")
    elif how == "tag":
        bit = data.draw(st.integers(0, 255), label="bit")
        tag = (int.from_bytes(tag, "big") ^ (1 << bit)).to_bytes(32, "big")
    else:
        value = bytes([value[0] ^ 1]) + value[1:]
    try:
        assert index.root_from_proof(tag, value, path) != oracle(entries)
    except ProofError as error:
        assert "siblings" in str(error) or "empty" in str(error)


def test_the_count_of_a_chain_cannot_be_shortened() -> None:
    heads = {bytes([n]) * 32: (n, bytes([n]) * 32) for n in range(1, 9)}
    entries = {tag: index.value(*chain) for tag, chain in heads.items()}
    tag = bytes([5]) * 32
    path = index.prove(sorted(entries.items()), tag)
    claimed = index.value(4, heads[tag][1])
    assert index.root_from_proof(tag, entries[tag], path) == index.root(entries)
    assert index.root_from_proof(tag, claimed, path) != index.root(entries)


ONE, TWO = bytes(32), bytes([0x80]) + bytes(31)


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ([TWO] * 257, "257 siblings"),
        ([TWO, ONE], "empty"),  # ONE is the empty subtree's hash
        ([TWO[:31]], "31 bytes"),
        ([TWO + b"0"], "33 bytes"),
    ],
)
def test_impossible_proofs_are_refused(path: list[bytes], why: str) -> None:
    with pytest.raises(ProofError, match=why):
        index.root_from_proof(ONE, TWO, path)


@pytest.mark.parametrize(("tag", "value"), [(ONE[:31], TWO), (ONE, TWO[:31]), (b"", b"")])
def test_short_tags_and_values_are_refused(tag: bytes, value: bytes) -> None:
    with pytest.raises(ProofError, match="where 32 are needed"):
        index.root_from_proof(tag, value, [])
    with pytest.raises(MalformedError, match="32 bytes each"):
        index.root({tag: value})


def test_a_path_of_256_siblings_is_followed_to_the_end() -> None:
    entries = {ONE: TWO, bytes(31) + b"\x01": TWO}
    path = index.prove(sorted(entries.items()), ONE)
    assert len(path) == 256 and path[:255] == [bytes(32)] * 255
    assert index.root_from_proof(ONE, TWO, path) == index.root(entries)


def test_entries_must_be_sorted_and_belong_together() -> None:
    with pytest.raises(MalformedError, match="out of order at tag 0000"):
        index.root_below([(TWO, ONE), (ONE, ONE)])
    with pytest.raises(MalformedError, match="out of order"):
        index.prove([(ONE, ONE), (ONE, TWO)], ONE)
    with pytest.raises(MalformedError, match="differ in their first 1 bits"):
        index.root_below([(ONE, ONE), (TWO, ONE)], 1)


def test_what_is_not_in_the_index_has_no_proof() -> None:
    for entries in ([], [(ONE, ONE)], [(ONE, ONE), (TWO, ONE)]):
        with pytest.raises(ProofError, match=r"5555 is not in the index"):
            index.prove(entries, b"\x55" * 32)
