"""A new key proves that somebody holds it: SPEC §2, Enrolment."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core import canonical, disclosure, dsse, enrolment
from custody.core.errors import MalformedError, SignatureError
from tests.signers import TestSigner, ed25519_signer, ml_dsa_signer, p256_signer

LEDGER, NONCE = "agency.example/evidence", "0123456789abcdef" * 2
SD = {field: disclosure.make(field, "", bytes).digest for field in enrolment.FIELDS}
NEW, PARTNER, STRANGER = ed25519_signer(), ml_dsa_signer(), ed25519_signer(2)

Members = dict[str, Any]


def members(*, key: TestSigner = NEW, partner: TestSigner | None = None) -> Members:
    made = {"v": 1, "ledger": LEDGER, "nonce": NONCE, "sd": dict(SD)}
    made["spki"] = canonical.to_base64(key.spki)
    if partner:
        made["partner"] = canonical.to_base64(partner.spki)
    return made


def signed(payload: Members, *signers: TestSigner, kind: str = dsse.ENROLMENT) -> bytes:
    return dsse.sign(kind, canonical.encode(payload), signers).encode()


@pytest.mark.parametrize("new", [NEW, p256_signer()], ids=["ed25519", "p256"])
@pytest.mark.parametrize("partner", [None, PARTNER], ids=["alone", "with partner"])
def test_what_is_asked_is_read_back(new: TestSigner, partner: TestSigner | None) -> None:
    signers = [new, partner] if partner else [new]
    payload = enrolment.payload(LEDGER, NONCE, SD, new.key, partner.key if partner else None)
    assert payload == canonical.encode(members(key=new, partner=partner))
    data = dsse.sign(dsse.ENROLMENT, payload, signers).encode()
    read = enrolment.read(data)
    assert (read.ledger, read.nonce, read.sd, read.actor) == (LEDGER, NONCE, SD, None)
    assert (read.key, read.partner) == (new.key, partner.key if partner else None)
    assert read.keys == tuple(signer.key for signer in signers)
    assert read.envelope.encode() == data
    assert enrolment.read_object(canonical.decode(data, canonical.ENVELOPE_LIMIT)) == read


def test_a_further_key_says_whose_it_is_to_be() -> None:
    payload = enrolment.payload(LEDGER, NONCE, SD, NEW.key, actor="ab" * 32)
    assert payload == canonical.encode(members() | {"actor": "ab" * 32})
    assert enrolment.read(dsse.sign(dsse.ENROLMENT, payload, [NEW]).encode()).actor == "ab" * 32


def test_it_can_stand_in_a_statement() -> None:
    """It takes three of the eight nested containers; statement and body take two."""
    request = json.loads(signed(members(partner=PARTNER), NEW, PARTNER))
    statement = canonical.encode({"body": {"request": request}})
    found = canonical.decode(statement, canonical.STATEMENT_LIMIT)["body"]["request"]
    assert enrolment.read_object(found).key == NEW.key


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(signed(members(), STRANGER), id="another key"),
        pytest.param(signed(members(), NEW, STRANGER), id="one too many"),
        pytest.param(signed(members(), PARTNER), id="a partner that it does not name"),
        pytest.param(signed(members(partner=PARTNER), NEW), id="without the partner"),
        pytest.param(signed(members(partner=PARTNER), PARTNER), id="the partner alone"),
        pytest.param(signed(members(partner=PARTNER), NEW, ml_dsa_signer(2)), id="another partner"),
        pytest.param(signed(members(), NEW, PARTNER), id="the partner struck out"),
    ],
)
def test_possession_of_the_very_keys_is_proved(data: bytes) -> None:
    with pytest.raises(SignatureError, match=r"of key [0-9a-f]{4} "):
        enrolment.read(data)


def test_a_signature_on_something_else_proves_nothing() -> None:
    payload = canonical.encode(members())
    for stolen in (
        dsse.sign(dsse.STATEMENT, payload, [NEW]).signatures,
        dsse.sign(
            dsse.ENROLMENT, canonical.encode(members() | {"nonce": "0" * 32}), [NEW]
        ).signatures,
    ):
        with pytest.raises(SignatureError, match="no ed25519 signature by key"):
            enrolment.read(dsse.Envelope(dsse.ENROLMENT, payload, stolen).encode())


SMALL = canonical.to_base64(bytes.fromhex("302a300506032b6570032100") + b"\x01" + bytes(31))


def test_a_key_that_needs_no_holder_is_refused() -> None:
    """The universal signature of a small-order key would be a proof of possession by nobody."""
    universal = dsse.Signature("0" * 64, b"\x01" + bytes(63))
    payload = canonical.encode(members() | {"spki": SMALL})
    with pytest.raises(SignatureError, match="small order"):
        enrolment.read(dsse.Envelope(dsse.ENROLMENT, payload, (universal,)).encode())


BAD: list[tuple[str, Callable[[Members], object], str]] = [
    ("version 2", lambda m: m.update(v=2), "another version"),
    ("version true", lambda m: m.update(v=True), "another version"),
    ("version in text", lambda m: m.update(v="1"), "another version"),
    ("no version", lambda m: m.pop("v"), "has the members"),
    ("no nonce", lambda m: m.pop("nonce"), "has the members"),
    ("one member more", lambda m: m.update(role="supervisor"), "has the members"),
    ("empty ledger", lambda m: m.update(ledger=""), "names the origin"),
    ("ledger a number", lambda m: m.update(ledger=1), "names the origin"),
    ("short nonce", lambda m: m.update(nonce="ab" * 15), "nonce"),
    ("nonce in capitals", lambda m: m.update(nonce="AB" * 16), "nonce"),
    ("nonce and line feed", lambda m: m.update(nonce=NONCE + "\n"), "nonce"),
    ("nonce a list", lambda m: m.update(nonce=[NONCE]), "nonce"),
    ("a field missing", lambda m: m["sd"].pop("contact"), "sd of an enrolment"),
    ("a field more", lambda m: m["sd"].update(rank="A" * 43), "sd of an enrolment"),
    ("a name in clear", lambda m: m["sd"].update(name="Duty Examiner"), "sd of an enrolment"),
    ("a digest respelt", lambda m: m["sd"].update(name="A" * 42 + "B"), "sd of an enrolment"),
    ("sd a list", lambda m: m.update(sd=list(enrolment.FIELDS)), "sd of an enrolment"),
    ("spki a number", lambda m: m.update(spki=1), "base64 of its SubjectPublicKeyInfo"),
    ("spki in base64url", lambda m: m.update(spki="-_-_"), "base64"),
    ("spki of nothing", lambda m: m.update(spki=""), "not the SubjectPublicKeyInfo"),
    ("ML-DSA alone", lambda m: m.update(spki=canonical.to_base64(PARTNER.spki)), "not alone"),
    ("partner of another kind", lambda m: m.update(partner=m["spki"]), "is an ML-DSA-65 key"),
    ("partner left empty", lambda m: m.update(partner=""), "not the SubjectPublicKeyInfo"),
    ("actor left empty", lambda m: m.update(actor=""), "tag of a person"),
    ("actor in capitals", lambda m: m.update(actor="AB" * 32), "tag of a person"),
    ("actor false", lambda m: m.update(actor=False), "tag of a person"),
    ("actor a number", lambda m: m.update(actor=10**15), "tag of a person"),
    ("actor a list", lambda m: m.update(actor=["ab" * 32]), "tag of a person"),
    ("partner false", lambda m: m.update(partner=False), "base64 of its SubjectPublicKeyInfo"),
]


@pytest.mark.parametrize(("change", "why"), [pytest.param(c, w, id=n) for n, c, w in BAD])
def test_other_payloads_are_malformed(change: Callable[[Members], object], why: str) -> None:
    spoilt = members()
    change(spoilt)
    with pytest.raises(MalformedError, match=why):
        enrolment.read(signed(spoilt, NEW))


@pytest.mark.parametrize("payload", [b"[]", b"1", b"", b"{}", b"\xff", b"[" * 5000, b"null"])
def test_payloads_that_are_no_object_are_malformed(payload: bytes) -> None:
    with pytest.raises(MalformedError):
        enrolment.read(dsse.sign(dsse.ENROLMENT, payload, [NEW]).encode())


def test_another_spelling_of_the_payload_is_malformed() -> None:
    payload = json.dumps(members(), sort_keys=True).encode()
    with pytest.raises(MalformedError, match="another spelling"):
        enrolment.read(dsse.sign(dsse.ENROLMENT, payload, [NEW]).encode())


def test_a_statement_is_no_enrolment() -> None:
    with pytest.raises(MalformedError, match=r"statement\.v1\+json is not"):
        enrolment.read(signed(members(), NEW, kind=dsse.STATEMENT))


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(
    json_values
    | st.fixed_dictionaries(
        {"payload": json_values, "payloadType": json_values, "signatures": json_values}
    )
)
def test_whatever_stands_in_a_body_is_refused(value: Any) -> None:
    with pytest.raises(MalformedError):
        enrolment.read_object(value)


@given(st.data())
def test_an_altered_enrolment_is_refused(data: st.DataObject) -> None:
    envelope = bytearray(signed(members(), NEW))
    at = data.draw(st.integers(0, len(envelope) - 1), label="at")
    envelope[at] ^= 1 << data.draw(st.integers(0, 7), label="bit")
    with pytest.raises((MalformedError, SignatureError)):
        enrolment.read(bytes(envelope))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"ledger": ""}, "names the origin"),
        ({"nonce": "n"}, "nonce"),
        ({"sd": {"name": "A" * 43}}, "sd of an enrolment"),
        ({"key": PARTNER.key}, "not alone"),
        ({"partner": STRANGER.key}, "is an ML-DSA-65 key"),
        ({"actor": "Ada"}, "tag of a person"),
    ],
)
def test_nothing_is_asked_that_would_not_be_read(changes: dict[str, Any], why: str) -> None:
    asked: Members = {"ledger": LEDGER, "nonce": NONCE, "sd": SD, "key": NEW.key, **changes}
    with pytest.raises(MalformedError, match=why):
        enrolment.payload(**asked)
