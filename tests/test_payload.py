"""Payloads that one pattern reads are what JSON says they are; whatever else there is goes by JSON."""

import json
import re
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core import canonical, payload
from custody.core.bundle import layout
from custody.core.dsse import STATEMENT, Envelope
from custody.core.errors import MalformedError
from custody.core.payload import Payload
from tests.bodies import HASH

CASE = Path(__file__).parent / "vectors/case.zip"
ENVELOPES = layout.ENVELOPE.partition("{}")[0]
DIGEST = "A" * 43
DEEPEST = json.loads("[" * (canonical.DEPTH - 2) + "]" * (canonical.DEPTH - 2))
HONEST: dict[str, Any] = {
    "about": [{"as": "item", "prev": "", "tag": HASH}],
    "act": "note.recorded",
    "body": {"a": [1, {"b": "x } y"}]},
    "ledger": "agency.example/evidence",
    "nonce": "0" * 32,
    "sd": {"note": DIGEST, "place": DIGEST},
    "seen": {"root": HASH, "size": 7},
    "signers": [{"actor": HASH, "as": "actor", "key": HASH}],
    "signing": {"client": "tests 1", "unlock": "prompt"},
    "time": "2026-11-22T10:00:00Z",
    "until": "2026-11-23T10:00:00Z",
    "v": 1,
}


def spelt(**changes: Any) -> str:
    return canonical.encode({**HONEST, **changes}).decode()


def both(text: str) -> Payload | None:
    """What the pattern makes of it, if it fits; JSON must make the same of it, or refuse it too."""
    found = payload._PAYLOAD.fullmatch(text)
    try:
        expected = payload.by_json(canonical.text_of(text.encode(), canonical.STATEMENT_LIMIT))
    except MalformedError:
        with pytest.raises(MalformedError):
            payload.read(text.encode())
        return None
    assert plainly(payload.read(text.encode())) == plainly(expected)
    return payload.by_pattern(found) if found else None


def plainly(members: Payload) -> list[Any]:
    """Members, and the order of those in objects."""
    return [*members, list(members.sd), json.dumps(members.body)]


def test_every_entry_of_a_whole_case_is_read_alike() -> None:
    with ZipFile(CASE) as bundle:
        files = [name for name in bundle.namelist() if ENVELOPES in name]
        envelopes = [Envelope.read(bundle.read(name)) for name in files]
    signed = [each.payload.decode() for each in envelopes if each.payload_type == STATEMENT]
    assert len(signed) > 20 and all(map(both, signed))


@pytest.mark.parametrize(
    "changes",
    (
        {"about": [{"as": "item", "prev": HASH, "tag": "a" * 64}] * 3},
        {"signers": [{"actor": HASH, "as": "witness", "key": HASH}] * 2},
        {"sd": {}},
        {"body": {}},
        {"body": {"ledger": "x", "sd": {"note": DIGEST}, "v": {"w": {}}}},
        {"body": {"text": '"},"ledger":"x","nonce":"'}},
        {"body": {"umlaut": "naïve \\ \n"}},
        {"seen": {"root": HASH, "size": 0}},
        {"ledger": "Behörde"},
        {"ledger": "a"},
        {"ledger": "a" * payload.LONGEST},
        {"body": {"a": DEEPEST}},
    ),
)
def test_what_the_pattern_takes(changes: dict[str, Any]) -> None:
    assert both(spelt(**changes)) is not None


@pytest.mark.parametrize(
    "changes",
    (
        {"ledger": 'a "quoted" name'},
        {"signing": {"client": "a\nb", "unlock": "prompt"}},
        {"seen": {"root": HASH, "size": 2**53 - 1}},
        {"time": "yesterday"},
    ),
)
def test_what_only_json_takes(changes: dict[str, Any]) -> None:
    text = spelt(**changes)
    assert both(text) is None
    assert payload.read(text.encode()) == payload.by_json(text)


@pytest.mark.parametrize(
    ("changes", "telling"),
    (
        ({"ledger": "a" * (payload.LONGEST + 1)}, "ledger: missing, or not"),
        ({"ledger": ""}, "ledger: missing, or not"),
        ({"signing": {"client": "x", "unlock": ""}}, "signing.unlock: missing, or not"),
        ({"until": 7}, "until: missing, or not"),
        ({"time": ""}, "time: missing, or not"),
    ),
)
def test_json_names_the_member_that_is_wrong(changes: dict[str, Any], telling: str) -> None:
    with pytest.raises(MalformedError, match=rf"^{re.escape(telling)}"):
        payload.read(spelt(**changes).encode())


REFUSED = (
    spelt().replace('"note":"', '"q":"'),  # sd out of order
    spelt().replace('"note":', '"place":'),  # twice
    spelt(body={"a": 1}).replace('{"a":1}', '{"a": 1}'),
    spelt(body={"a": 1}).replace('{"a":1}', '{"a":-0}'),
    spelt(body={"a": 1}).replace('{"a":1}', '{"a":1,"a":1}'),
    spelt(body={"a": 1}).replace('{"a":1}', '{"b":1,"a":1}'),
    spelt(body={"a": 1}).replace('{"a":1}', '{"a":1},"a":{}'),
    spelt(body={"a": 1}).replace('{"a":1}', '{"a":1e3}'),
    spelt(body={"a": 1}).replace('{"a":1}', '{"a":null}'),
    spelt(body={"a": 1}).replace('{"a":1}', f'{{"a":{"[" * 7}{"]" * 7}}}'),  # nine deep
    spelt().replace('"size":7', '"size":07'),
    spelt().replace('"v":1', '"v":2'),
    spelt() + " ",
)


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_spelt_otherwise_is_refused(text: str) -> None:
    assert text != spelt()
    with pytest.raises(MalformedError):
        payload.read(text.encode())


@given(
    st.integers(0, len(spelt())),
    st.integers(0, 3),
    st.text(st.sampled_from('{}[]",:\\ 0aé-'), max_size=3),
)
def test_whatever_is_changed_is_read_alike(at: int, gone: int, new: str) -> None:
    text = spelt()
    both(text[:at] + new + text[at + gone :])
