"""Proofs of recording: what they carry, what they show, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core import tree
from custody.core.checkpoint import Checkpoint
from custody.core.errors import MalformedError, ProofError
from custody.core.note import encode64
from custody.core.proof import LIMIT, Proof
from tests.log_keys import COURT, LOG, ORIGIN, note

RECORDS = [b"record %d" % number for number in range(7)]
LEAVES = [tree.leaf_hash(record) for record in RECORDS]
CHECKPOINT = Checkpoint(ORIGIN, 7, tree.root(LEAVES))
NOTE = note(CHECKPOINT, LOG, COURT)
PATHS = [
    tuple(
        tree.inclusion_path(
            n, 7, lambda level, index: tree.root(LEAVES[index << level : (index + 1) << level])
        )
    )
    for n in range(7)
]
PROOF = Proof(5, PATHS[5], NOTE, RECORDS[5])
TEXT = PROOF.encode().decode()


@given(st.integers(0, 6))
def test_a_proof_shows_its_record_and_no_other(index: int) -> None:
    proof = Proof.read(Proof(index, PATHS[index], NOTE, RECORDS[index]).encode())
    assert proof.extra == RECORDS[index]
    for other, leaf in enumerate(LEAVES):
        if other == index:
            assert proof.verify(leaf) == CHECKPOINT
        else:
            with pytest.raises(ProofError, match=f"record {index} is not shown"):
                proof.verify(leaf)


def test_the_text_is_laid_out_as_specified() -> None:
    lines = ["c2sp.org/tlog-proof@v1", "extra cmVjb3JkIDU=", "index 5"]
    lines += [encode64(each) for each in PATHS[5]]
    assert "\n".join(lines) + "\n\n" + NOTE.encode().decode() == TEXT
    bare = Proof(0, (), note(Checkpoint(ORIGIN, 1, LEAVES[0]), LOG))
    assert bare.encode().startswith(
        b"c2sp.org/tlog-proof@v1\nindex 0\n\nagency.example/evidence\n1\n"
    )
    assert Proof.read(bare.encode()) == bare
    assert bare.verify(LEAVES[0]).size == 1


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2", "begins with"),
        ("c2sp.org/tlog-proof@v1\n", "", "begins with"),
        ("extra cmVjb3JkIDU=", "extra ", "no extra line"),
        ("extra cmVjb3JkIDU=", "extra cmVjb3JkIDV=", "base64"),
        ("extra cmVjb3JkIDU=", "extra  cmVjb3JkIDU=", "base64"),
        ("extra cmVjb3JkIDU=", "Extra cmVjb3JkIDU=", "names the index"),
        ("extra cmVjb3JkIDU=\nindex 5", "index 5\nextra cmVjb3JkIDU=", "base64"),
        ("extra cmVjb3JkIDU=", "ëxtra", "not a proof"),
        ("index 5\n", "", "names the index"),
        ("index 5", "index 05", "decimal number"),
        ("index 5", "index -5", "decimal number"),
        ("index 5", "index  5", "decimal number"),
        ("index 5", "index 5\r", "decimal number"),
        ("index 5\n", "index 5\nAAAA\n", "32 bytes"),
        ("index 5\n", "index 5\n!!not base64!!\n", "base64"),
        ("\n\n", "\n", "base64"),
        ("\n\n", "\n\n\n", "3 lines"),
        ("7\n", "7\nextension\n", "3 lines"),
    ],
)
def test_what_is_no_proof_is_refused(old: str, new: str, why: str) -> None:
    assert old in TEXT
    with pytest.raises(MalformedError, match=why):
        Proof.read(TEXT.replace(old, new, 1).encode()).verify(LEAVES[5])


@pytest.mark.parametrize(
    ("proof", "why"),
    [
        (Proof(4, PATHS[5], NOTE), "is not shown to be in the checkpoint of 7"),
        (Proof(7, PATHS[5], NOTE), "outside a tree of 7"),
        (Proof(5, PATHS[5][:-1], NOTE), "too short"),
        (Proof(5, (*PATHS[5], LEAVES[0]), NOTE), "too long"),
        (Proof(5, PATHS[5][::-1], NOTE), "is not shown"),
    ],
)
def test_a_proof_that_does_not_lead_to_the_root_is_refused(proof: Proof, why: str) -> None:
    with pytest.raises(ProofError, match=why):
        Proof.read(proof.encode()).verify(LEAVES[5])


def test_a_proof_without_end_is_refused() -> None:
    with pytest.raises(MalformedError, match="not a proof of recording"):
        Proof.read(TEXT.encode() + b"\n" * LIMIT)


def test_the_longest_proof_is_read() -> None:
    """Each line of the path has 45 bytes; extra data, and digits of the index, fill the rest."""
    extra, lines, rest = next(
        (extra, *divmod(left, 45))
        for extra in range(1, 100)
        if (left := LIMIT - len(Proof(0, (), NOTE, bytes(extra)).encode())) % 45 < 15
    )
    longest = Proof(10**rest, (bytes(32),) * lines, NOTE, bytes(extra))
    assert len(longest.encode()) == LIMIT
    assert Proof.read(longest.encode()) == longest
    with pytest.raises(MalformedError, match="not a proof of recording"):
        Proof.read(longest.encode().replace(b"index 1", b"index 10", 1))


@pytest.mark.parametrize("head", ["", "extra cmVjb3JkIDU=\n"])
def test_a_proof_of_which_nothing_but_its_beginning_is_there(head: str) -> None:
    first = TEXT.partition("\n")[0]
    for data in (f"{first}\n{head}\n".encode() + NOTE.encode(), f"{first}\n\n".encode()):
        with pytest.raises(MalformedError, match="names the index of its record"):
            Proof.read(data)


@given(st.integers(0, len(TEXT) - 1), st.sampled_from(["", "\n", " ", "A", "=", "\r", "é"]))
def test_whatever_is_read_encodes_to_the_same_bytes(place: int, put: str) -> None:
    data = (TEXT[:place] + put + TEXT[place + 1 :]).encode()
    try:
        proof = Proof.read(data)
    except MalformedError:
        return
    assert proof.encode() == data


def test_proofs_that_say_the_same_are_one() -> None:
    one, same, other = (Proof(n, PATHS[5], NOTE) for n in (5, 5, 4))
    assert len({one, same}) == 1 and len({one, other}) == 2
