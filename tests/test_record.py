"""Records in one spelling: SPEC §4."""

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core import canonical, record
from custody.core.errors import MalformedError
from custody.core.record import Anchor, Entry, Record, Tally, UnknownRecord

VECTORS = json.loads((Path(__file__).parent / "vectors/records.json").read_text())["records"]
H, G = "a" * 64, "b" * 64

hexes = st.text("0123456789abcdef", min_size=64, max_size=64)
numbers = st.integers(0, 2**53 - 1)
places = st.tuples(numbers, hexes).map(lambda pair: (pair[0], pair[1] if pair[0] else ""))
entries = st.builds(
    lambda at, n, env, seq, tag: Entry(at, n[1], env, n[0], seq[1], seq[0], tag),
    numbers,
    places,
    hexes,
    places,
    hexes,
)
tallies = st.builds(
    lambda at, n, i, m: Tally(at, n[1], i, n[0], m), numbers, places, hexes, numbers
)
anchors = st.builds(
    lambda at, n, of, h: Anchor(at, n[1], n[0], min(of, n[0]), h), numbers, places, numbers, hexes
)
records: st.SearchStrategy[Entry | Tally | Anchor] = entries | tallies | anchors


@pytest.mark.parametrize("case", VECTORS, ids=lambda case: case["hash"][:8])
def test_vectors(case: dict[str, str]) -> None:
    data = case["record"].encode()
    found = record.read(data)
    assert not isinstance(found, UnknownRecord)
    assert found.encode() == data
    assert record.record_hash(data).hex() == case["hash"]


@given(records)
def test_a_record_is_read_back_and_is_canonical_json(one: Entry | Tally | Anchor) -> None:
    data = one.encode()
    assert record.read(data) == one
    assert canonical.encode(canonical.decode(data, canonical.RECORD_LIMIT)) == data
    assert record.record_hash(data) == hashlib.sha256(b"\0" + data).digest()


@given(records, st.data())
def test_a_record_has_one_spelling(one: Entry | Tally | Anchor, data: st.DataObject) -> None:
    spelling = bytearray(one.encode())
    at = data.draw(st.integers(0, len(spelling)), label="at")
    spelling[at : at + data.draw(st.integers(0, 2))] = data.draw(
        st.sampled_from(
            [b"", b" ", b"0", b"-", b".", b"e", b"A", b"\n", b'"', b",", b"\xb2", b"\\"]
        )
        | st.binary(max_size=2)
    )
    try:
        found: Record = record.read(bytes(spelling))
    except MalformedError:
        return
    if isinstance(found, UnknownRecord):
        assert canonical.encode(canonical.decode(bytes(spelling), 10_000)) == bytes(spelling)
    else:
        assert found.encode() == bytes(spelling)


@given(st.binary(max_size=100))
def test_noise_is_no_record(noise: bytes) -> None:
    with pytest.raises(MalformedError):
        record.read(noise)


ENTRY = Entry(1795341600, H, G, 7, H, 3, G).encode()
TALLY = Tally(1795341600, H, G, 8, 3).encode()
ANCHOR = Anchor(1795341600, H, 9, 8, G).encode()


@pytest.mark.parametrize("data", [ENTRY, TALLY, ANCHOR])
@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('"v":1', '"v":2', "not a record"),
        ('"v":1', '"v":true', "not a record"),
        ('"v":1', '"v":1,"z":1', "not a record"),
        ('"v":1', '"v":1.0', "1.0 is not an integer"),
        ('"v":1}', '"v":1}\n', "control"),
        ('{"at"', '{ "at"', "another spelling"),
        ('{"at":', '{"a":1,"at":', "not a record"),
        ('{"at":', '{"at":1,"at":', "another spelling"),
        ("1795341600", "01795341600", "not JSON"),
        ("1795341600", "-1795341600", "not a record"),
        ("1795341600", "-0", "another spelling"),
        ("1795341600", "true", "not a record"),
        ("1795341600", '"1795341600"', "not a record"),
        ("1795341600", "9007199254740992", r"2\*\*53"),
        ("1795341600", "9999999999999999", r"2\*\*53"),
        ("1795341600", "1" * 1500, r"2\*\*53"),
        ("1795341600", "1" * 3000, "2048"),
        ("1795341600", "1²", "not JSON"),
        (f'"chain":"{H}"', '"chain":""', "empty chain"),
        (f'"chain":"{H}"', f'"chain":"{H[:-1]}"', "not a record"),
        (f'"chain":"{H}"', f'"chain":"{H.upper()}"', "not a record"),
        (f'"chain":"{H}",', "", "not a record"),
    ],
)
def test_refusals(data: bytes, old: str, new: str, why: str) -> None:
    spoilt = data.decode().replace(old, new, 1).encode()
    assert spoilt != data
    with pytest.raises(MalformedError, match=why):
        record.read(spoilt)


def test_first_records_and_no_others_have_empty_links() -> None:
    for entry, why in (
        (Entry(1, H, G, 0, "", 0, G), "empty chain"),
        (Entry(1, "", G, 1, "", 0, G), "empty chain"),
        (Entry(1, H, G, 1, H, 0, G), "empty prev"),
        (Entry(1, H, G, 1, "", 1, G), "empty prev"),
    ):
        with pytest.raises(MalformedError, match=why):
            record.read(entry.encode())


def test_an_anchor_dates_what_was_there_before_it() -> None:
    """Else a log could say of each later state that it had been dated long ago."""
    for n, of in ((9, 9), (9, 0), (1, 1)):
        anchor = Anchor(1, H, n, of, G)
        assert record.read(anchor.encode()) == anchor
    for n, of in ((9, 10), (1, 2), (9, 2**53 - 1)):
        with pytest.raises(MalformedError, match=f"record {n} dates a checkpoint of {of} records"):
            record.read(Anchor(1, H, n, of, G).encode())


def test_the_members_of_one_kind_do_not_fit_another() -> None:
    for data in (ENTRY, TALLY, ANCHOR):
        for kind in ("entry", "tally", "anchor"):
            spoilt = canonical.decode(data, 2048) | {"kind": kind}
            if canonical.encode(spoilt) != data:
                with pytest.raises(MalformedError, match="not a record"):
                    record.read(canonical.encode(spoilt))


def test_an_unknown_kind_still_has_its_place() -> None:
    later = {"at": 5, "chain": H, "kind": "merge.v2", "n": 9, "v": 1, "what": [{"ever": True}]}
    assert record.read(canonical.encode(later)) == UnknownRecord(5, H, 9, "merge.v2")
    first = {**later, "at": 0, "chain": "", "n": 0}
    assert record.read(canonical.encode(first)) == UnknownRecord(0, "", 0, "merge.v2")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"at": -1}, "not a record"),
        ({"at": True}, "not a record"),
        ({"at": "5"}, "not a record"),
        ({"n": True}, "not a record"),
        ({"n": -9}, "not a record"),
        ({"n": 0}, "empty chain"),
        ({"chain": ""}, "empty chain"),
        ({"chain": "a"}, "not a record"),
        ({"chain": 1}, "not a record"),
        ({"kind": "Merge"}, "not a record"),
        ({"kind": ""}, "not a record"),
        ({"kind": "entry"}, "not a record"),
        ({"kind": 1}, "not a record"),
        ({"v": 2}, "not a record"),
        ({"v": True}, "not a record"),
        ({"filler": "a" * 2048}, "at most 2048"),
    ],
)
def test_an_unknown_kind_without_a_place_is_refused(changes: dict[str, object], why: str) -> None:
    later = {"at": 5, "chain": H, "kind": "merge", "n": 9, "v": 1}
    with pytest.raises(MalformedError, match=why):
        record.read(canonical.encode(later | changes))


@pytest.mark.parametrize("data", [b"[]", b"1", b'"entry"', b"{}", b"[" * 2000, b"\xff", b""])
def test_other_json_is_no_record(data: bytes) -> None:
    with pytest.raises(MalformedError):
        record.read(data)


def test_tallies_that_say_the_same_are_one() -> None:
    one, same, other = (Tally(1, H, G, 8, subjects) for subjects in (3, 3, 4))
    assert {one, same, other} == {one, other}
    assert len({one, same}) == 1
