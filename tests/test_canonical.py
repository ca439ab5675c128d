"""One spelling, and no other: SPEC §1."""

import json
import string
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from custody.core import canonical
from custody.core.canonical import decode, encode
from custody.core.errors import MalformedError

VECTORS = json.loads((Path(__file__).parent / "vectors/rfc8785.json").read_text())["cases"]
LIMIT = canonical.STATEMENT_LIMIT

FORBIDDEN = [
    *(n for n in range(0x20) if n != 0x0A),
    *range(0x7F, 0xA0),
    0x2028,
    0x2029,
    *range(0x202A, 0x202F),
    *range(0x2066, 0x206A),
    0xD800,
    0xDBFF,
    0xDC00,
    0xDFFF,
]
texts = st.text(
    st.characters(exclude_characters=[chr(n) for n in FORBIDDEN], exclude_categories=["Cs"])
)
keys = st.from_regex(r"[a-z][a-z0-9_.]{0,12}", fullmatch=True)
scalars = texts | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1)
values: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=20,
).filter(lambda value: depth(value) <= canonical.DEPTH)


def depth(value: Any) -> int:
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + max(map(depth, value), default=0) if isinstance(value, list) else 0


@pytest.mark.parametrize("case", VECTORS, ids=[case["name"] for case in VECTORS])
def test_published_samples(case: dict[str, Any]) -> None:
    output = case["output"].encode()
    if case["accepted"]:
        assert encode(json.loads(case["output"])) == output
        assert decode(output, LIMIT) == json.loads(case["input"])
    else:
        with pytest.raises(MalformedError):
            decode(output, LIMIT)
    if case["input"] != case["output"]:
        with pytest.raises(MalformedError):
            decode(case["input"].encode(), LIMIT)


@given(values)
def test_what_is_written_is_read_back_and_is_rfc_8785(value: Any) -> None:
    data = encode(value)
    assert data == rfc8785.dumps(value)
    assert decode(data, LIMIT) == value


@given(values, st.data())
def test_whatever_is_read_has_no_other_spelling(value: Any, data: st.DataObject) -> None:
    spelling = bytearray(encode(value))
    at = data.draw(st.integers(0, len(spelling)), label="at")
    spelling[at : at + data.draw(st.integers(0, 2))] = data.draw(
        st.sampled_from([b"", b" ", b"\n", b"0", b"-", b".0", b"e5", b'"', b",", b"\\", b"[", b"}"])
        | st.binary(max_size=3)
    )
    try:
        read = decode(bytes(spelling), LIMIT)
    except MalformedError:
        return
    assert encode(read) == bytes(spelling)


@given(st.binary(max_size=60) | st.text().map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_noise_is_refused_or_canonical(data: bytes) -> None:
    try:
        value = decode(data, LIMIT)
    except MalformedError:
        return
    assert rfc8785.dumps(value) == data


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not JSON"),
        (b"\xef\xbb\xbf{}", "not JSON"),
        (b'{"a":1,"a":1}', "another spelling"),
        (b'{"a":1,"a":2}', "another spelling"),
        (b'{"b":1,"a":2}', "another spelling"),
        (b'{"a": 1}', "another spelling"),
        (b'{"a":1}\n', "control"),
        (b'{"a":1} ', "another spelling"),
        (b"-0", "another spelling"),
        (b"01", "not JSON"),
        (b"+1", "not JSON"),
        (b"1e5", "1e5 is not an integer"),
        (b"1.0", "1.0 is not an integer"),
        (b"1E400", "not an integer"),
        (b"NaN", "NaN is not an integer"),
        (b"-Infinity", "Infinity is not an integer"),
        (b"null", "NoneType"),
        (b'{"a":[null]}', "NoneType"),
        (b"9007199254740992", "2\\*\\*53"),
        (b"-9007199254740992", "2\\*\\*53"),
        (b"1" * 5000, "an integer lies beyond"),
        (b'"\\/"', "escape"),
        (b'"\\u0041"', "escape"),
        (b'"\\u000a"', "escape"),
        (b'"\\ud83d\\ude02"', "escape"),
        (b'"\\ud800"', "escape"),
        (b'"\\t"', "escape"),
        (b'"\xed\xa0\x80"', "UTF-8"),  # a surrogate in CESU-8
        (b'"\xc0\xaf"', "UTF-8"),  # overlong
        (b'"\xff"', "UTF-8"),
        (b'{"A":1}', "keys"),
        (b'{"":1}', "keys"),
        (b'{"0a":1}', "keys"),
        (b'{"a-b":1}', "keys"),
        (b'{"a\\n":1}', "keys"),
        (b'{"a\\nb":1}', "keys"),
        ('{"é":1}'.encode(), "keys"),
        (b'{"PayloadType":1}', "keys"),
        (b"[" * 9 + b"]" * 9, "nested"),
        (b'{"a":' * 9 + b"1" + b"}" * 9, "nested"),
        (b"[" * 200_000, "nested"),
        (b"[" * 100_000 + b"]" * 100_000, "nested"),
        (b'{"a":' * 40_000, "nested"),
    ],
)
def test_refusals(data: bytes, why: str) -> None:
    with pytest.raises(MalformedError, match=why):
        decode(data, LIMIT)


@pytest.mark.parametrize("number", FORBIDDEN, ids=hex)
@pytest.mark.parametrize("frame", ['"{}"', '{{"a":"x{}y"}}', '["{}"]'])
def test_forbidden_characters_raw_and_escaped(number: int, frame: str) -> None:
    raw = frame.format(chr(number)).encode("utf-8", "surrogatepass")
    for data in (raw, frame.format(f"\\u{number:04x}").encode()):
        with pytest.raises(MalformedError):
            decode(data, LIMIT)
    with pytest.raises(MalformedError, match="character"):
        encode(["plain", chr(number)])
    with pytest.raises(MalformedError, match="character"):
        canonical.check_text(chr(number))


@given(st.characters())
@example("\u200f").via("marks that order text but hide nothing are left alone")
@example("\u2027")
@example("\u202f")
@example("\u2065")
@example("\u206a")
@example("\ufeff")
def test_no_other_character_is_refused(character: str) -> None:
    if ord(character) not in FORBIDDEN and not 0xD800 <= ord(character) <= 0xDFFF:
        canonical.check_text(character)
        assert decode(encode(character), LIMIT) == character


def test_the_limit_counts_bytes() -> None:
    assert decode('"é"'.encode(), 4) == "é"
    with pytest.raises(MalformedError, match="4 bytes, where at most 3"):
        decode('"é"'.encode(), 3)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (1.0, "float"),
        (None, "NoneType"),
        ([b"bytes"], "bytes"),
        ({1: "a"}, "keys"),
        ({None: "a", "b": 1}, "keys"),
        ({"Key": 1}, "keys"),
        (2**53, "2\\*\\*53"),
        ({"a": {"b": -(2**53)}}, "2\\*\\*53"),
        ([[[[[[[[[]]]]]]]]], "nested"),
        ({"a", "b"}, "set"),
    ],
)
def test_nothing_is_written_that_would_not_be_read(value: Any, why: str) -> None:
    with pytest.raises(MalformedError, match=why):
        encode(value)


def test_a_value_that_holds_itself_is_refused() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(MalformedError, match="nested"):
        encode(value)


def test_eight_containers_and_dsse_keys_are_allowed() -> None:
    for data in (b"[" * 8 + b"]" * 8, b'{"payload":"","payloadType":"a","signatures":[]}'):
        assert encode(decode(data, LIMIT)) == data


@given(st.binary(max_size=70))
def test_base64_both_ways(data: bytes) -> None:
    assert canonical.from_base64(canonical.to_base64(data)) == data
    assert canonical.from_base64url(canonical.to_base64url(data)) == data


BASE64 = string.ascii_letters + string.digits + "+/-_="


@given(st.text(BASE64, max_size=12) | st.text(max_size=6))
def test_base64_has_one_spelling(text: str) -> None:
    for read, write in (
        (canonical.from_base64, canonical.to_base64),
        (canonical.from_base64url, canonical.to_base64url),
    ):
        try:
            data = read(text)
        except MalformedError:
            continue
        assert write(data) == text


@pytest.mark.parametrize(
    "text",
    ["AB==", "AAB=", "AA", "AA=", "AA==\n", " AA==", "A===", "-_-_", "AA==AA==", "\ud800", "é"],
)
def test_base64_refusals(text: str) -> None:
    with pytest.raises(MalformedError, match="is not base64 in its one spelling"):
        canonical.from_base64(text)


@pytest.mark.parametrize("text", ["AB", "AAB", "A", "AA==", "AA\n", "+/+/", "\ud800", "é", "===="])
def test_base64url_refusals(text: str) -> None:
    with pytest.raises(MalformedError, match="is not unpadded base64url"):
        canonical.from_base64url(text)


@given(st.binary(max_size=40))
def test_names_found_in_evidence_both_ways(name: bytes) -> None:
    text = canonical.percent(name)
    assert set(text) <= set(string.ascii_letters + string.digits + "._-/%")
    assert canonical.unpercent(text) == name


@given(st.text("aAfF0%._-/~ é", max_size=12))
def test_a_name_has_one_spelling(text: str) -> None:
    try:
        name = canonical.unpercent(text)
    except MalformedError:
        return
    assert canonical.percent(name) == text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("%41", "stands for itself"),
        ("a%2fb", "stands for itself"),
        ("%C3%A9", "not a percent-encoded name"),
        ("%", "not a percent-encoded name"),
        ("%4", "not a percent-encoded name"),
        ("é", "not a percent-encoded name"),
        ("a b", "not a percent-encoded name"),
        ("a\n", "not a percent-encoded name"),
        ("٣", "not a percent-encoded name"),
    ],
)
def test_names_spelt_otherwise_are_refused(text: str, why: str) -> None:
    with pytest.raises(MalformedError, match=why):
        canonical.unpercent(text)


def test_a_name_in_lower_case_hex() -> None:
    assert canonical.percent("Beweis/é ~1.jpg".encode()) == "Beweis/%c3%a9%20%7e1.jpg"


def test_keys_that_are_remembered_are_few_and_short(monkeypatch: pytest.MonkeyPatch) -> None:
    remembered: set[str] = set()
    monkeypatch.setattr(canonical, "_NAMES", remembered)
    canonical.encode({"a" * 40: 1, "a" * 41: 1})
    assert remembered == {"a" * 40}
    for number in range(3000):
        canonical.encode({f"k{number}": 1})
    assert len(remembered) == 2000
    for key in ("k2999", "K2999", "a" * 41, "1"):
        if key.islower():
            assert canonical.encode({key: 1})
        else:
            with pytest.raises(MalformedError, match="are not all keys"):
                canonical.encode({key: 1})
