"""The quick reader of disclosures answers what the core answers."""

from hashlib import sha256

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from custody.core import canonical, disclosure
from custody.core.disclosure import Value
from custody.core.errors import MalformedError
from custody.ledger import quick

TEXTS = st.text(st.characters(exclude_categories=["C", "Z"]) | st.sampled_from(' "\\\n/~'))


def entropy(size: int) -> bytes:
    return sha256(b"salt").digest()[:size]


@given(st.from_regex("[a-z][a-z0-9_.]{0,9}", fullmatch=True), TEXTS | st.integers(-9, 9))
@example("note", "")
@example("note", 'a "quoted" \\ text')
@example("note", "naïve")
@example("note", True)
@example("note", ("a", "b"))
def test_every_disclosure_is_read_alike(field: str, value: Value) -> None:
    made = disclosure.make(field, value, entropy)
    assert quick.read(made.text) == made == disclosure.read(made.text)


@given(st.binary(max_size=90) | st.just(b'["' + b"A" * 43 + b'","note",""]'), st.data())
def test_whatever_the_core_refuses_is_refused(raw: bytes, data: st.DataObject) -> None:
    text = canonical.to_base64url(raw)
    if text and data.draw(st.booleans()):
        at = data.draw(st.integers(0, len(text) - 1))
        text = text[:at] + data.draw(st.sampled_from("=+/ \nAé")) + text[at + 1 :]
    try:
        expected = disclosure.read(text)
    except MalformedError:
        with pytest.raises(MalformedError):
            quick.read(text)
    else:
        assert quick.read(text) == expected


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
        quick.read(canonical.to_base64url(raw.encode()))


def test_unused_bits_and_padding_are_refused() -> None:
    text = disclosure.make("note", "a", entropy).text
    for other in (text + "=", text + "\n", text[:-1], " " + text):
        with pytest.raises(MalformedError):
            quick.read(other)
