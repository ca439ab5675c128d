"""Signed notes and verifier keys: published ones verify, anything else in their place does not."""

import base64
import json
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from custody.core.errors import MalformedError, SignatureError
from custody.core.note import (
    LIMIT,
    Note,
    NoteSignature,
    SignatureType,
    VerifierKey,
    decode64,
    number,
)
from tests.log_keys import DEFENCE, LOG

VECTOR = json.loads((Path(__file__).parent / "vectors" / "signed_note.json").read_text())
NOTES = [(case["note"].encode(), case["vkeys"]) for case in VECTOR["notes"]]
ONE, VKEY = NOTES[0][0], NOTES[0][1][0]


def verify(note: Note, key: VerifierKey) -> None:
    """Every line of `key`, of which there must be one."""
    [line] = [each for each in note.signatures if (each.name, each.id) == (key.name, key.id)]
    key.verify(line.signature, note.text.encode())


@pytest.mark.parametrize(("data", "vkeys"), NOTES)
def test_published_notes_verify_and_encode_to_themselves(data: bytes, vkeys: list[str]) -> None:
    note = Note.read(data)
    assert note.encode() == data
    for vkey in vkeys:
        key = VerifierKey.read(vkey)
        assert key.text == vkey
        verify(note, key)


def test_a_key_id_is_made_as_the_specification_says() -> None:
    for each in (LOG, DEFENCE):
        key = each.key
        material = key.name.encode() + b"\x0a" + bytes([key.type]) + key.public
        assert key.id == sha256(material).digest()[:4]


@pytest.mark.parametrize("vkey", VECTOR["bad_vkeys"])
def test_published_bad_keys_are_refused(vkey: str) -> None:
    with pytest.raises(MalformedError, match=r"base64|unknown signature type"):
        VerifierKey.read(vkey)


@pytest.mark.parametrize("vkey", [VKEY, DEFENCE.key.text])
def test_no_part_of_a_vkey_can_be_changed(vkey: str) -> None:
    step = max(1, len(vkey) // 60)
    for place in range(0, len(vkey), step):
        altered = vkey[:place] + chr(ord(vkey[place]) ^ 1) + vkey[place + 1 :]
        for text in (altered, vkey[:place], vkey[place + 1 :], vkey[:place] + "\n" + vkey[place:]):
            with pytest.raises((MalformedError, SignatureError)):
                VerifierKey.read(text)


@pytest.mark.parametrize("public", [bytes(32), b"\x01" + bytes(31), b"\xff" * 32])
@pytest.mark.parametrize("kind", [SignatureType.ED25519, SignatureType.ED25519_COSIGNATURE])
def test_keys_under_which_signatures_prove_nothing_are_refused(
    public: bytes, kind: SignatureType
) -> None:
    with pytest.raises(SignatureError, match="small order or in a non-canonical"):
        VerifierKey("log.example", kind, public)


@pytest.mark.parametrize("size", [0, 32, 1311, 1313])
def test_ml_dsa_keys_of_another_length_are_refused(size: int) -> None:
    kind = SignatureType.ML_DSA_44_COSIGNATURE
    with pytest.raises(MalformedError, match=f"no key of type 6 has {size} bytes"):
        VerifierKey("log.example", kind, bytes(size))


@pytest.mark.parametrize("name", ["a" * 255, "ä" * 127 + "a"])
def test_the_longest_names_are_names(name: str) -> None:
    assert VerifierKey(name, LOG.key.type, LOG.key.public).name == name


@pytest.mark.parametrize(
    "name", ["", "a b", "a+b", "a\u3000b", "a\x85", "a\nb", "a\x00", "\ud800", "a" * 256, "ä" * 128]
)
def test_names_that_cannot_be_keys_are_refused(name: str) -> None:
    with pytest.raises(MalformedError, match="cannot be the name of a key"):
        VerifierKey(name, LOG.key.type, LOG.key.public)


@given(st.binary(max_size=80).map(bytes), st.integers(0, 63))
def test_an_altered_text_or_signature_does_not_verify(text: bytes, place: int) -> None:
    signature = LOG.sign(text)
    LOG.key.verify(signature, text)
    altered = signature[:place] + bytes([signature[place] ^ 1]) + signature[place + 1 :]
    for wrong, what in [(altered, text), (signature, text + b"\n"), (signature[:-1], text)]:
        with pytest.raises(SignatureError):
            LOG.key.verify(wrong, what)


@pytest.mark.parametrize("signature", [b"", bytes(2420), bytes(64)])
def test_a_wrong_ml_dsa_signature_does_not_verify(signature: bytes) -> None:
    with pytest.raises(SignatureError, match=r"ML-DSA-44 signature of defence\.example is wrong"):
        DEFENCE.key.verify(signature, b"")


SIGNATURE = "— example.com/foo " + base64.b64encode(bytes(68)).decode() + "\n"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty line"),
        (b"text\n", "empty line"),
        (f"text\n{SIGNATURE}".encode(), "empty line"),
        (f"text\n\n{SIGNATURE}".encode()[:-1], "empty line"),
        (b"text\n\n", "empty line"),
        (f"te\txt\n\n{SIGNATURE}".encode(), "control characters"),
        (f"text\r\n\n{SIGNATURE}".encode(), "control characters"),
        (f"text\x00\n\n{SIGNATURE}".encode(), "control characters"),
        (b"\xff\n\n" + SIGNATURE.encode(), "UTF-8"),
        (b"\xed\xa0\x80\n\n" + SIGNATURE.encode(), "UTF-8"),
        (f"text\n\n{SIGNATURE}not a signature\n".encode(), "not a signature line"),
        ("text\n\n— a+b AAAAAAA=\n".encode(), "not a signature line"),
        ("text\n\n—  AAAAAAA=\n".encode(), "not a signature line"),
        (b"text\n\n- foo AAAAAAA=\n", "not a signature line"),
        ("text\n\n— foo AAAAAAA\n".encode(), "base64"),
        ("text\n\n— foo AAAAAAB=\n".encode(), "base64"),
        ("text\n\n— foo AAAA AAA=\n".encode(), "base64"),
        ("text\n\n— foo AAAAAAA=  \n".encode(), "base64"),
        ("text\n\n— foo AAAAAA==\n".encode(), "too short"),
        ("text\n\n— foo\n".encode(), "too short"),
        (f"text\n\n{SIGNATURE * 101}".encode(), "more than 100"),
        (b"t" * (LIMIT + 1), "longer than"),
    ],
)
def test_what_is_no_note_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(MalformedError, match=why):
        Note.read(data)


def test_the_shortest_signature_and_the_longest_note_are_read() -> None:
    line = f"— foo {base64.b64encode(b'id..s').decode()}\n"
    data = b"t" * (LIMIT - len(line.encode()) - 2) + b"\n\n" + line.encode()
    assert len(data) == LIMIT
    assert Note.read(data).signatures == (NoteSignature("foo", b"id..", b"s"),)


def test_limits_leave_room_and_text_may_hold_empty_lines() -> None:
    data = f"one\n\ntwo\n\n\n{SIGNATURE * 100}".encode()
    note = Note.read(data)
    assert note.text == "one\n\ntwo\n\n" and len(note.signatures) == 100
    assert note.encode() == data
    long_name = NoteSignature("ä" * 300, b"name", b"somebody else's").line
    assert Note.read(ONE + long_name.encode()).signatures[1].name == "ä" * 300


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace")))
@example(ONE)
@example(b"\n\n" + SIGNATURE.encode())
def test_whatever_is_read_encodes_to_the_same_bytes(data: bytes) -> None:
    for candidate in (data, data + b"\n\n" + SIGNATURE.encode()):
        try:
            note = Note.read(candidate)
        except MalformedError:
            continue
        assert note.encode() == candidate


@given(st.text(max_size=30))
@example("AAA\n")
@example("AA==\n")
@example("ÄAA=")
@example("AB==")
@example("\ud800")
def test_base64_has_one_spelling(text: str) -> None:
    try:
        data = decode64(text)
    except MalformedError as error:
        assert "canonical base64" in str(error)
    else:
        assert base64.b64encode(data).decode() == text


@pytest.mark.parametrize(
    "text", ["", "-1", "+1", "01", "1 ", " 1", "1\n", "1_0", "٣", "1e3", "9" * 17, "9" * 5000]
)
def test_numbers_have_one_spelling(text: str) -> None:
    with pytest.raises(MalformedError, match="is not a decimal number"):
        number(text)


def test_numbers_end_at_their_limit() -> None:
    assert [number(text) for text in ("0", "7", str(2**53 - 1))] == [0, 7, 2**53 - 1]
    with pytest.raises(MalformedError, match=f"below {2**53}"):
        number(str(2**53))
