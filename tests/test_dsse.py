"""Envelopes in one spelling, and what their signatures sign: SPEC §3."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from custody.core import canonical, dsse
from custody.core.dsse import Envelope, Signature
from custody.core.errors import MalformedError, SignatureError
from custody.core.keys import PublicKey, low_s, read_spki
from tests.signers import TestSigner, ed25519_signer, every_signer, p256_signer

VECTORS = json.loads((Path(__file__).parent / "vectors/dsse.json").read_text())["pae"]

hexes = st.text("0123456789abcdef", min_size=64, max_size=64)
envelopes = st.builds(
    Envelope,
    st.sampled_from([dsse.STATEMENT, dsse.ENROLMENT, dsse.BUNDLE]),
    st.binary(max_size=60),
    st.dictionaries(hexes, st.binary(min_size=1, max_size=70), min_size=1, max_size=3).map(
        lambda found: tuple(Signature(*pair) for pair in sorted(found.items()))
    ),
)


def published_key(case: dict[str, Any]) -> tuple[PublicKey, bytes]:
    if "ed25519" in case:
        raw = bytes.fromhex(case["ed25519"]["public"])
        signature = base64.b64decode(case["ed25519"]["sig"])
        return read_spki(bytes.fromhex("302a300506032b6570032100") + raw), signature
    x, y = int(case["p256"]["x"]), int(case["p256"]["y"])
    public = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    raw = base64.b64decode(case["p256"]["sig_raw"])
    r, s = (int.from_bytes(half, "big") for half in (raw[:32], raw[32:]))
    spki = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return read_spki(spki), low_s(encode_dss_signature(r, s))


@pytest.mark.parametrize("case", VECTORS)
def test_published_vectors(case: dict[str, Any]) -> None:
    pae = dsse.pae(case["type"], bytes.fromhex(case["payload"]))
    assert pae == bytes.fromhex(case["pae"])
    key, signature = published_key(case)
    key.verify(signature, pae)


@given(envelopes)
def test_an_envelope_is_read_back_and_is_canonical_json(envelope: Envelope) -> None:
    data = envelope.encode()
    assert Envelope.read(data) == envelope
    value = canonical.decode(data, canonical.ENVELOPE_LIMIT)
    assert canonical.encode(value) == data
    assert base64.b64decode(value["payload"], validate=True) == envelope.payload


@given(st.text(max_size=8), st.binary(max_size=8), st.text(max_size=8), st.binary(max_size=8))
def test_two_payloads_never_share_what_is_signed(
    one: str, payload: bytes, other: str, body: bytes
) -> None:
    if (one, payload) != (other, body):
        assert dsse.pae(one, payload) != dsse.pae(other, body)


@given(envelopes, st.data())
def test_an_envelope_has_one_spelling(envelope: Envelope, data: st.DataObject) -> None:
    spelling = bytearray(envelope.encode())
    at = data.draw(st.integers(0, len(spelling)), label="at")
    spelling[at : at + data.draw(st.integers(0, 2))] = data.draw(
        st.sampled_from(
            [b"", b" ", b"\n", b"=", b"A", b"B", b"/", b"-", b"\\", b'"', b",", b"\xe9"]
        )
        | st.binary(max_size=2)
    )
    try:
        read = Envelope.read(bytes(spelling))
    except MalformedError:
        return
    assert read.encode() == bytes(spelling)


@given(st.binary(max_size=100))
def test_noise_is_no_envelope(noise: bytes) -> None:
    with pytest.raises(MalformedError, match="not a DSSE envelope"):
        Envelope.read(noise)


A, B = "a" * 64, "b" * 64


def spelt(payload: str = "AA==", kind: str = "x/y", signatures: str | None = None) -> bytes:
    if signatures is None:
        signatures = f'{{"keyid":"{A}","sig":"AA=="}}'
    return f'{{"payload":"{payload}","payloadType":"{kind}","signatures":[{signatures}]}}'.encode()


def one(keyid: str = A, sig: str = "AA==") -> str:
    return f'{{"keyid":"{keyid}","sig":"{sig}"}}'


def test_the_frame_of_the_refusals_is_itself_read() -> None:
    assert Envelope.read(spelt()) == Envelope("x/y", b"\0", (Signature(A, b"\0"),))
    assert len(Envelope.read(spelt(signatures=f"{one(A)},{one(B)}")).signatures) == 2


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (spelt(signatures=""), "not a DSSE envelope"),
        (spelt(signatures=f"{one(B)},{one(A)}"), "must ascend"),
        (spelt(signatures=f"{one(A)},{one(A)}"), "must ascend"),
        (spelt(signatures=f"{one(A)},{one(A, 'AQ==')}"), "must ascend"),
        (spelt(signatures=one(A) + ","), "not a DSSE envelope"),
        (spelt(signatures=one(A.upper())), "not a DSSE envelope"),
        (spelt(signatures=one(A[:-1])), "not a DSSE envelope"),
        (spelt(signatures=one(sig="")), "not a DSSE envelope"),
        (spelt(signatures=one(sig="AB==")), "base64"),
        (spelt(signatures=f'{{"sig":"AA==","keyid":"{A}"}}'), "not a DSSE envelope"),
        (spelt(signatures='{"sig":"AA=="}'), "not a DSSE envelope"),
        (spelt(payload="AB=="), "base64"),
        (spelt(payload="AA"), "base64"),
        (spelt(payload="-_-_"), "base64"),
        (spelt(payload="AA==\\n"), "base64"),
        (spelt(payload="\\u0041A=="), "base64"),
        (spelt(kind=""), "not a DSSE envelope"),
        (spelt(kind="X/Y"), "not a DSSE envelope"),
        (spelt(kind="x/\\u0079"), "not a DSSE envelope"),
        (spelt() + b"\n", "not a DSSE envelope"),
        (b"\xef\xbb\xbf" + spelt(), "not a DSSE envelope"),
        (spelt().replace(b":", b": "), "not a DSSE envelope"),
        (spelt()[:-1] + b',"z":1}', "not a DSSE envelope"),
        (b'{"payload":"",' + spelt()[1:], "not a DSSE envelope"),
        (spelt(payload="A" * canonical.ENVELOPE_LIMIT), "bytes; 524288 are allowed"),
        (b"[" * 100_000, "not a DSSE envelope"),
    ],
)
def test_refusals(data: bytes, why: str) -> None:
    with pytest.raises(MalformedError, match=why):
        Envelope.read(data)


def test_all_signers_and_no_others() -> None:
    signers = every_signer()
    keys = [signer.key for signer in signers]
    envelope = Envelope.read(dsse.sign(dsse.STATEMENT, b"{}", signers).encode())
    envelope.check_signatures(keys)
    with pytest.raises(SignatureError, match="nobody asked for that of key"):
        envelope.check_signatures(keys[1:])
    with pytest.raises(SignatureError, match="the signature is missing of key"):
        dsse.sign(dsse.STATEMENT, b"{}", signers[:2]).check_signatures(keys)
    with pytest.raises(SignatureError):
        envelope.check_signatures([])


def moved(envelope: Envelope, **changes: Any) -> Envelope:
    fields = {
        "payload_type": envelope.payload_type,
        "payload": envelope.payload,
        "signatures": envelope.signatures,
    }
    return Envelope(**{**fields, **changes})


@pytest.mark.parametrize("signer", every_signer(), ids=lambda s: s.key.algorithm)
def test_a_signature_moved_elsewhere_is_refused(signer: TestSigner) -> None:
    envelope = dsse.sign(dsse.STATEMENT, b"{}", [signer])
    envelope.check_signatures([signer.key])
    forged = (Signature(signer.key.id, signer.sign(b"something else")),)
    for other in (
        moved(envelope, payload_type=dsse.ENROLMENT),
        moved(envelope, payload=b"{} "),
        moved(envelope, signatures=forged),
    ):
        with pytest.raises(SignatureError, match=r"is no .* signature by key"):
            other.check_signatures([signer.key])


def test_signatures_cannot_change_places() -> None:
    one_signer, other = ed25519_signer(), p256_signer()
    envelope = dsse.sign(dsse.STATEMENT, b"{}", [one_signer, other])
    (first, a), (second, b) = envelope.signatures
    swapped = moved(envelope, signatures=(Signature(first, b), Signature(second, a)))
    with pytest.raises(SignatureError):
        swapped.check_signatures([one_signer.key, other.key])


def test_the_longest_envelope_is_read_and_none_that_is_longer() -> None:
    """Base64 grows by four characters: so many signatures that the limit can be met."""
    signatures = tuple(Signature(f"{n:064x}", b"s") for n in range(16))
    count = next(
        count
        for count in range(1, 16)
        if len(Envelope(dsse.BUNDLE, b"", signatures[:count]).encode()) % 4 == 0
    )
    rest = len(Envelope(dsse.BUNDLE, b"", signatures[:count]).encode())
    payload = bytes((canonical.ENVELOPE_LIMIT - rest) // 4 * 3)
    longest = Envelope(dsse.BUNDLE, payload, signatures[:count]).encode()
    assert len(longest) == canonical.ENVELOPE_LIMIT
    assert Envelope.read(longest).encode() == longest
    with pytest.raises(MalformedError, match="524289 bytes"):
        Envelope.read(longest + b" ")
