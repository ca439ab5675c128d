"""Salted disclosures in one spelling: SPEC §8."""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core import canonical, disclosure
from custody.core.disclosure import Value
from custody.core.errors import MalformedError
from tests.test_canonical import keys, texts

PUBLISHED = json.loads((Path(__file__).parent / "vectors/rfc9901.json").read_text())
SALT = "A" * 43
values: st.SearchStrategy[Value] = (
    texts | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.lists(texts).map(tuple)
)


def spelt(value: Any) -> str:
    return url(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode())


def url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def test_the_digest_is_that_of_rfc_9901() -> None:
    assert disclosure.digest(PUBLISHED["disclosure"]) == PUBLISHED["digest"]
    with pytest.raises(MalformedError, match="another spelling"):
        disclosure.read(PUBLISHED["disclosure"])


@given(keys, values, st.binary(min_size=32, max_size=32))
def test_what_is_made_is_read_back(field: str, value: Value, salt: bytes) -> None:
    asked: list[int] = []

    def entropy(size: int) -> bytes:
        asked.append(size)
        return salt

    made = disclosure.make(field, value, entropy)
    assert asked == [32]
    assert disclosure.read(made.text) == made
    assert (made.salt, made.field, made.value) == (url(salt), field, value)
    assert type(made.value) is type(value)
    assert made.digest == url(hashlib.sha256(made.text.encode()).digest())
    assert disclosure.is_digest(made.digest)


def test_truth_and_one_are_different_disclosures() -> None:
    true, one = (disclosure.make("known", value, bytes) for value in (True, 1))
    assert true.value is True
    assert one.value == 1
    assert one.value is not True
    assert true.digest != one.digest


@given(values, st.data())
def test_a_disclosure_has_one_spelling(value: Value, data: st.DataObject) -> None:
    text = list(disclosure.make("name", value, bytes).text)
    at = data.draw(st.integers(0, len(text)), label="at")
    text[at : at + data.draw(st.integers(0, 2))] = data.draw(st.text("ABgw-_+/= \n", max_size=3))
    spelling = "".join(text)
    try:
        read = disclosure.read(spelling)
    except MalformedError:
        return
    again = canonical.encode([read.salt, read.field, read.value])
    assert (read.text, url(again)) == (spelling, spelling)


@given(st.text() | st.binary().map(url))
def test_noise_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        disclosure.read(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (spelt([SALT, "name"]), "array of salt, field and value"),
        (spelt([SALT, "name", "a", "b"]), "array of salt, field and value"),
        (spelt({"salt": SALT}), "array of salt, field and value"),
        (spelt("text"), "array of salt, field and value"),
        (spelt("abc"), "array of salt, field and value"),
        (spelt({"a": SALT, "b": "name", "c": "a"}), "array of salt, field and value"),
        (spelt([SALT[:-1], "name", "a"]), "salt of a disclosure"),
        (spelt([SALT + "A", "name", "a"]), "salt of a disclosure"),
        (spelt([SALT[:-1] + "B", "name", "a"]), "salt of a disclosure"),
        (spelt([SALT[:-1] + "\n", "name", "a"]), "salt of a disclosure"),
        (spelt([7, "name", "a"]), "salt of a disclosure"),
        (spelt([SALT, "Name", "a"]), "not the name of a field"),
        (spelt([SALT, "", "a"]), "not the name of a field"),
        (spelt([SALT, "name\n", "a"]), "not the name of a field"),
        (spelt([SALT, "payloadType", "a"]), "not the name of a field"),
        (spelt([SALT, True, "a"]), "not the name of a field"),
        (spelt([SALT, "name", {"a": "b"}]), "a disclosed value is"),
        (spelt([SALT, "name", ["a", 1]]), "a disclosed value is"),
        (spelt([SALT, "name", [["a"]]]), "a disclosed value is"),
        (spelt([SALT, "name", None]), "NoneType"),
        (spelt([SALT, "name", 1.5]), "1.5 is not an integer"),
        (spelt([SALT, "name", 2**53]), "2\\*\\*53"),
        (spelt([SALT, "name", "\u202e"]), "bidirectional"),
        (url(f'["{SALT}", "name", "a"]'.encode()), "another spelling"),
        (url(f'["{SALT}","name","\\u0061"]'.encode()), "escape"),
        (url(b"[" * 10_000), "nested"),
        (url(b"\xff"), "UTF-8"),
        (spelt([SALT, "name", "a"]) + "=", "base64url"),
        (spelt([SALT, "name", "a" * 2**18]), "at most 262144"),
        ("", "not JSON"),
        ("\ud800", "base64url"),
    ],
)
def test_refusals(text: str, why: str) -> None:
    with pytest.raises(MalformedError, match=why):
        disclosure.read(text)


@pytest.mark.parametrize(
    ("field", "value", "salt", "why"),
    [
        ("Name", "a", bytes(32), "not the name of a field"),
        ("name", "\x00", bytes(32), "character"),
        ("name", "a", bytes(16), "salt of a disclosure"),
    ],
)
def test_nothing_is_made_that_would_not_be_read(
    field: str, value: Value, salt: bytes, why: str
) -> None:
    with pytest.raises(MalformedError, match=why):
        disclosure.make(field, value, lambda size: salt)


@given(st.text("AEIMBw019_-", min_size=40, max_size=45) | st.text(max_size=4))
def test_a_digest_is_32_bytes_in_one_spelling(text: str) -> None:
    try:
        right = len(canonical.from_base64url(text)) == 32
    except MalformedError:
        right = False
    assert disclosure.is_digest(text) == right


@pytest.mark.parametrize("value", [None, 7, b"A" * 43, ["A" * 43], "A" * 43 + "\n"])
def test_other_things_are_no_digests(value: Any) -> None:
    assert not disclosure.is_digest(value)


def test_the_longest_disclosure_is_read() -> None:
    most = 2**18 - len(f'["{SALT}","name",""]')
    found = disclosure.read(spelt([SALT, "name", "a" * most]))
    assert found.value == "a" * most
    with pytest.raises(MalformedError, match="262145 bytes"):
        disclosure.read(spelt([SALT, "name", "a" * (most + 1)]))
