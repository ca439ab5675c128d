"""Plain disclosures, which one pattern reads, are what JSON says they are; no others are read."""

from hashlib import sha256

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from custody.core import canonical, disclosure
from custody.core.disclosure import Value
from custody.core.errors import MalformedError

TEXTS = st.text(st.characters(exclude_categories=["C", "Z"]) | st.sampled_from(' "\\\n/~'))


def entropy(size: int) -> bytes:
    return sha256(b"salt").digest()[:size]


def by_json(text: str) -> tuple[str, str, Value]:
    """Salt, field and value, without the pattern."""
    parts = canonical.decode(canonical.from_base64url(text), canonical.STATEMENT_LIMIT)
    if not (isinstance(parts, list) and len(parts) == 3 and disclosure.is_digest(parts[0])):
        raise MalformedError("not of three parts")
    salt, field, value = parts
    if not (isinstance(field, str) and canonical.NAME.fullmatch(field)):
        raise MalformedError("not a field")
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return salt, field, tuple(value)
    if not isinstance(value, str | int):
        raise MalformedError("not a value")
    return salt, field, value


@given(st.from_regex("[a-z][a-z0-9_.]{0,9}", fullmatch=True), TEXTS | st.integers(-9, 9))
@example("note", "")
@example("note", 'a "quoted" \\ text')
@example("note", "naïve")
@example("note", True)
@example("note", ("a", "b"))
def test_every_disclosure_is_read_alike(field: str, value: Value) -> None:
    made = disclosure.make(field, value, entropy)
    assert made == disclosure.read(made.text)
    assert (made.salt, made.field, made.value) == by_json(made.text)


@given(st.binary(max_size=90) | st.just(b'["' + b"A" * 43 + b'","note",""]'), st.data())
def test_whatever_is_not_canonical_json_is_refused(raw: bytes, data: st.DataObject) -> None:
    text = canonical.to_base64url(raw)
    if text and data.draw(st.booleans()):
        at = data.draw(st.integers(0, len(text) - 1))
        text = text[:at] + data.draw(st.sampled_from("=+/ \nAé")) + text[at + 1 :]
    try:
        expected = by_json(text)
    except MalformedError:
        with pytest.raises(MalformedError):
            disclosure.read(text)
    else:
        assert disclosure.read(text)[:3] == expected


@pytest.mark.parametrize(
    "spelling",
    [
        '["{salt}","note","a" ]',
        '["{salt}","note","\\u0061"]',
        '["{salt}","Note","a"]',
        '["{salt}","note","a","b"]',
        '["{salt}","note"]',
        '["{salt}x","note","a"]',
        '["{short}","note","a"]',
        '["{salt}","note","tab\t"]',
        '["{salt}","note",null]',
    ],
)
def test_other_spellings_are_refused(spelling: str) -> None:
    salt = canonical.to_base64url(entropy(32))
    raw = spelling.replace("{salt}", salt).replace("{short}", salt[:42])
    with pytest.raises(MalformedError):
        disclosure.read(canonical.to_base64url(raw.encode()))


def test_unused_bits_and_padding_are_refused() -> None:
    text = disclosure.make("note", "a", entropy).text
    for other in (text + "=", text + "\n", text[:-1], " " + text):
        with pytest.raises(MalformedError):
            disclosure.read(other)
