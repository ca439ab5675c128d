"""Checkpoints and the three kinds of line on them."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core.checkpoint import Checkpoint, cosignature_line, signed_bytes, verify
from custody.core.errors import MalformedError, SignatureError
from custody.core.note import Note, SignatureType, VerifierKey
from custody.core.tree import EMPTY
from tests.log_keys import COURT, DEFENCE, LOG, MLDSA, ORIGIN, Party, note

PUBLISHED = json.loads((Path(__file__).parent / "vectors" / "cosignature.json").read_text())
ROOT = sha256(b"root").digest()
CHECKPOINT = Checkpoint(ORIGIN, 20852163, ROOT)
PARTIES = [LOG, COURT, MLDSA, DEFENCE]


@pytest.mark.parametrize("case", PUBLISHED, ids=lambda case: case["keys"][-1]["vkey"][:30])
def test_published_cosignatures_verify(case: dict[str, Any]) -> None:
    signed = Note.read(case["note"].encode())
    checkpoint = Checkpoint.read(signed.text)
    larger = Checkpoint(checkpoint.origin, checkpoint.size + 1, checkpoint.root)
    for each in case["keys"]:
        key = VerifierKey.read(each["vkey"])
        [line] = [s for s in signed.signatures if (s.name, s.id) == (key.name, key.id)]
        assert verify(key, line.signature, checkpoint) == each["time"]
        with pytest.raises(SignatureError):
            verify(key, line.signature, larger)


def test_the_text_is_the_published_one() -> None:
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    checkpoint = Checkpoint.read(text)
    assert checkpoint.text == text
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.root.hex().startswith("0ac5186a")
    cosigned = b"cosignature/v1\ntime 1679315147\n" + text.encode()
    assert signed_bytes(COURT.key, checkpoint, 1679315147) == cosigned
    assert signed_bytes(LOG.key, checkpoint, 0) == text.encode()


def test_the_ml_dsa_message_is_a_cosigned_message_from_leaf_0() -> None:
    expected = (
        b"subtree/v1\n\0"
        + b"\x0fdefence.example"
        + bytes.fromhex("000000006418504b")  # 1679315019
        + b"\x17agency.example/evidence"
        + bytes(8)
        + bytes.fromhex("00000000013e2dc3")  # 20852163
        + ROOT
    )
    assert signed_bytes(DEFENCE.key, CHECKPOINT, 1679315019) == expected


@pytest.mark.parametrize("signer", PARTIES, ids=lambda party: party.key.text[:34])
def test_a_line_says_who_knew_what_and_when(signer: Party) -> None:
    [line] = note(CHECKPOINT, signer).signatures
    assert (line.name, line.id) == (signer.key.name, signer.key.id)
    stated = 0 if signer is LOG else 1_790_000_000
    assert verify(signer.key, line.signature, CHECKPOINT) == stated


@given(st.sampled_from(PARTIES), st.data())
def test_no_other_checkpoint_key_or_signature_verifies(signer: Party, data: st.DataObject) -> None:
    [line] = note(CHECKPOINT, signer).signatures
    signature, checkpoint, key = line.signature, CHECKPOINT, signer.key
    how = data.draw(st.sampled_from(["bit", "cut", "size", "root", "origin", "key"]))
    if how == "bit":
        place = data.draw(st.integers(0, len(signature) - 1))
        altered = bytes([signature[place] ^ 1 << data.draw(st.integers(0, 7))])
        signature = signature[:place] + altered + signature[place + 1 :]
    elif how == "cut":
        signature = signature[: data.draw(st.integers(0, len(signature) - 1))]
    elif how == "size":
        size = data.draw(st.integers(1, 2**53 - 1).filter(lambda n: n != CHECKPOINT.size))
        checkpoint = Checkpoint(ORIGIN, size, ROOT)
    elif how == "root":
        checkpoint = Checkpoint(ORIGIN, CHECKPOINT.size, sha256(ROOT).digest())
    elif how == "origin":
        checkpoint = Checkpoint("other.example", CHECKPOINT.size, ROOT)
    else:
        key = data.draw(st.sampled_from([p.key for p in PARTIES if p is not signer]))
    with pytest.raises(SignatureError):
        verify(key, signature, checkpoint)


def test_an_ml_dsa_line_binds_the_name_of_its_signer() -> None:
    [line] = note(CHECKPOINT, DEFENCE).signatures
    renamed = VerifierKey("other.example", DEFENCE.key.type, DEFENCE.key.public)
    with pytest.raises(SignatureError, match=r"signature of other\.example is wrong"):
        verify(renamed, line.signature, CHECKPOINT)


def test_a_line_of_the_log_is_no_cosignature_by_the_same_key() -> None:
    """The type of a key is part of its id and of what it signs."""
    same = VerifierKey(ORIGIN, SignatureType.ED25519_COSIGNATURE, LOG.key.public)
    [line] = note(CHECKPOINT, LOG).signatures
    assert same.id != LOG.key.id
    with pytest.raises(SignatureError):
        verify(same, bytes(8) + line.signature, CHECKPOINT)


def test_a_time_beyond_63_bits_is_refused() -> None:
    line = cosignature_line(COURT.key, CHECKPOINT, 2**63, COURT.sign)
    [signature] = Note.read(f"{CHECKPOINT.text}\n{line}".encode()).signatures
    with pytest.raises(SignatureError, match="impossible time 9223372036854775808"):
        verify(COURT.key, signature.signature, CHECKPOINT)


B64 = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "3 lines"),
        (f"a\n1\n{B64}", "3 lines"),
        (f"a\n1\n{B64}\nextension\n", "no extensions"),
        (f"a\n1\n{B64}\n\n", "3 lines"),
        (f"a\n1\n{B64}\nextension", "no extensions"),
        (f"\n1\n{B64}\n", "name of a key"),
        (f"a b\n1\n{B64}\n", "name of a key"),
        (f"a\n01\n{B64}\n", "decimal number"),
        (f"a\n-1\n{B64}\n", "decimal number"),
        (f"a\n{2**53}\n{B64}\n", "decimal number"),
        (f"a\n1 \n{B64}\n", "decimal number"),
        (f"a\n1\n{B64[:-1]}\n", "base64"),
        ("a\n1\nAAAA\n", "1 leaves and a root of this length"),
        (f"a\n0\n{B64}\n", "root of the empty tree"),
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str, why: str) -> None:
    with pytest.raises(MalformedError, match=why):
        Checkpoint.read(text)


@pytest.mark.parametrize("size", [-1, 2**53])
def test_no_tree_has_so_many_leaves(size: int) -> None:
    with pytest.raises(MalformedError, match=f"no tree has {size} leaves"):
        Checkpoint(ORIGIN, size, ROOT)


def test_the_largest_tree_has_a_checkpoint() -> None:
    checkpoint = Checkpoint(ORIGIN, 2**53 - 1, ROOT)
    assert Checkpoint.read(checkpoint.text) == checkpoint


def test_the_empty_log_has_one_checkpoint() -> None:
    checkpoint = Checkpoint(ORIGIN, 0, EMPTY)
    assert Checkpoint.read(checkpoint.text) == checkpoint


@given(st.text(max_size=80))
def test_whatever_is_read_is_spelt_the_same(text: str) -> None:
    for candidate in (text, f"{text}\n1\n{B64}\n", f"a\n{text}\n{B64}\n"):
        try:
            checkpoint = Checkpoint.read(candidate)
        except MalformedError:
            continue
        assert checkpoint.text == candidate
