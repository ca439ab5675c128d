"""Which keys may sign, and what counts as their signature: SPEC §3."""

import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, mldsa, rsa, x25519
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from custody.core.errors import MalformedError, SignatureError
from custody.core.keys import P256_ORDER, Algorithm, fingerprint, low_s, read_spki
from tests.signers import (
    TestSigner,
    ed25519_signer,
    every_signer,
    ml_dsa_signer,
    p256_signer,
    spki_of,
)

VECTORS = Path(__file__).parent / "vectors"
ED25519 = bytes.fromhex("302a300506032b6570032100")
P256 = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")
L = 2**252 + 27742317777372353535851937790883648493  # order of the Ed25519 base point
P256_FIELD = 2**256 - 2**224 + 2**192 + 2**96 - 1
P256_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
SQRT_AT_5 = pow(5**3 - 3 * 5 + P256_B, (P256_FIELD + 1) // 4, P256_FIELD)
SIGNERS = [*every_signer(), *map(ed25519_signer, range(2, 8))]
signers = st.sampled_from(SIGNERS)


def vector(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((VECTORS / f"{name}.json").read_text())
    return loaded


@pytest.mark.parametrize("case", vector("ed25519")["signatures"], ids=lambda c: c["public"][:8])
def test_rfc_8032(case: dict[str, str]) -> None:
    key = read_spki(ED25519 + bytes.fromhex(case["public"]))
    key.verify(bytes.fromhex(case["signature"]), bytes.fromhex(case["message"]))
    with pytest.raises(SignatureError, match="no ed25519 signature by key"):
        key.verify(bytes.fromhex(case["signature"]), b"another message")


@pytest.mark.parametrize("case", vector("ecdsa_p256")["signatures"], ids=lambda c: c["message"])
def test_rfc_6979(case: dict[str, Any]) -> None:
    published = vector("ecdsa_p256")
    key = read_spki(P256 + bytes.fromhex(published["x"] + published["y"]))
    signature = encode_dss_signature(int(case["r"], 16), int(case["s"], 16))
    message = bytes.fromhex(case["message"])
    key.verify(low_s(signature), message)
    if case["low_s"]:
        assert low_s(signature) == signature
    else:
        with pytest.raises(SignatureError, match="above n/2"):
            key.verify(signature, message)


def test_rfc_9881() -> None:
    published = vector("ml_dsa_65")
    seed = bytes.fromhex(published["seed"])
    key = TestSigner(mldsa.MLDSA65PrivateKey.from_seed_bytes(seed)).key
    assert (len(key.spki), key.id) == (published["spki_bytes"], published["spki_sha256"])
    assert key.algorithm is Algorithm.ML_DSA_65


@pytest.mark.parametrize("encoding", vector("ed25519_small_order")["keys"])
def test_small_order_keys_may_not_sign(encoding: str) -> None:
    raw = bytes.fromhex(encoding)
    with pytest.raises(SignatureError, match="small order"):
        read_spki(ED25519 + raw)


def test_why_small_order_keys_may_not_sign() -> None:
    """The attack itself: for this key one signature fits every message, in OpenSSL too."""
    identity, universal = b"\x01" + bytes(31), b"\x01" + bytes(63)
    for message in (b"I released item 7", b"I never had item 7"):
        ed25519.Ed25519PublicKey.from_public_bytes(identity).verify(universal, message)
    with pytest.raises(SignatureError, match="small order"):
        read_spki(ED25519 + identity)


@pytest.mark.parametrize("sign", [0, 1])
@pytest.mark.parametrize("above", range(19))
def test_non_canonical_ed25519_keys_may_not_sign(above: int, sign: int) -> None:
    y = 2**255 - 19 + above
    with pytest.raises(SignatureError, match="non-canonical"):
        read_spki(ED25519 + (y | sign << 255).to_bytes(32, "little"))


def test_both_signs_of_x_are_among_the_signers() -> None:
    """Half of all Ed25519 keys have the last bit set: it is no part of y."""
    assert {s.spki[-1] >> 7 for s in SIGNERS if s.key.algorithm is Algorithm.ED25519} == {0, 1}


@given(signers, st.binary(max_size=200))
def test_signatures_verify_and_keys_have_one_spelling(signer: TestSigner, message: bytes) -> None:
    key = signer.key
    key.verify(signer.sign(message), message)
    assert key.spki == signer.spki == spki_of(signer.private)
    again = pickle.loads(pickle.dumps(key))
    assert again == key
    again.verify(signer.sign(message), message)


@given(signers, st.data())
def test_an_altered_signature_or_message_is_refused(
    signer: TestSigner, data: st.DataObject
) -> None:
    message, altered = b"released to the laboratory", bytearray(b"released to the laboratory")
    signature = bytearray(signer.sign(message))
    target = data.draw(st.sampled_from([signature, altered]), label="target")
    target[data.draw(st.integers(0, len(target) - 1), label="at")] ^= 1 << data.draw(
        st.integers(0, 7), label="bit"
    )
    with pytest.raises(SignatureError):
        signer.key.verify(bytes(signature), bytes(altered))


@given(signers, st.binary(max_size=80))
def test_noise_is_no_signature(signer: TestSigner, noise: bytes) -> None:
    genuine = signer.sign(b"m")
    for forged in (noise, genuine + noise[:1] + b"\0", genuine[: len(noise)], b""):
        with pytest.raises(SignatureError):
            signer.key.verify(forged, b"m")


def test_each_algorithm_refuses_the_signatures_of_the_others() -> None:
    for one in SIGNERS:
        for other in SIGNERS:
            if one.key.algorithm is not other.key.algorithm:
                with pytest.raises(SignatureError):
                    one.key.verify(other.sign(b"m"), b"m")


def test_ed25519_s_plus_l_is_refused() -> None:
    signer = ed25519_signer()
    signature = signer.sign(b"m")
    s = int.from_bytes(signature[32:], "little") + L
    with pytest.raises(SignatureError, match="no ed25519 signature"):
        signer.key.verify(signature[:32] + s.to_bytes(32, "little"), b"m")


def test_ml_dsa_with_a_context_is_refused() -> None:
    private = mldsa.MLDSA65PrivateKey.from_seed_bytes(bytes(32))
    key = TestSigner(private).key
    with pytest.raises(SignatureError, match="no ml-dsa-65 signature"):
        key.verify(private.sign(b"m", b"context"), b"m")


@given(st.binary(max_size=40))
def test_ecdsa_has_one_signature_for_each_nonce(message: bytes) -> None:
    signer = p256_signer(7)
    r, s = decode_dss_signature(signer.sign(message))
    signer.key.verify(encode_dss_signature(r, s), message)
    mirrored = encode_dss_signature(r, P256_ORDER - s)
    signer.private.public_key().verify(  # type: ignore[call-arg]
        mirrored,
        message,
        ec.ECDSA(SHA256()),  # type: ignore[arg-type]
    )
    with pytest.raises(SignatureError, match="above n/2"):
        signer.key.verify(mirrored, message)
    assert low_s(mirrored) == encode_dss_signature(r, s)


@pytest.mark.parametrize(
    "signature",
    [
        encode_dss_signature(0, 1),
        encode_dss_signature(1, 0),
        encode_dss_signature(P256_ORDER, 1),
        encode_dss_signature(1, P256_ORDER),
        encode_dss_signature(1, 2**4000),
        bytes.fromhex("3006020101020101") + b"\0",  # something behind it
        bytes.fromhex("300702010102020001"),  # padded integer
        bytes.fromhex("30060201ff020101"),  # negative
        bytes.fromhex("308106020101020101"),  # long form of a short length
        bytes.fromhex("30800201010201010000"),  # indefinite length
        bytes.fromhex("3009020101020101020101"),  # three integers
        bytes(64),  # raw r and s
        b"",
    ],
)
def test_ecdsa_in_another_spelling_is_refused(signature: bytes) -> None:
    for check in (lambda: low_s(signature), lambda: p256_signer().key.verify(signature, b"m")):
        with pytest.raises(SignatureError, match="strict DER"):
            check()


@pytest.mark.parametrize("r", [1, P256_ORDER - 1])
@pytest.mark.parametrize("s", [1, P256_ORDER // 2])
def test_the_least_and_the_largest_numbers_of_an_ecdsa_signature_are_ones(r: int, s: int) -> None:
    signature = encode_dss_signature(r, s)
    assert low_s(signature) == signature == low_s(encode_dss_signature(r, P256_ORDER - s))


@pytest.mark.parametrize(("r", "s"), [(0, 1), (1, 0), (P256_ORDER, 1), (1, P256_ORDER)])
def test_numbers_beyond_the_order_of_the_curve_are_refused(r: int, s: int) -> None:
    with pytest.raises(SignatureError, match="strict DER"):
        low_s(encode_dss_signature(r, s))


def other_keys() -> dict[str, bytes]:
    """Keys that exist, in encodings that `cryptography` reads, and that are not ours."""
    p256 = ec.derive_private_key(5, ec.SECP256R1()).public_key()
    compressed = p256.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    ed = spki_of(ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32)))

    hybrid = p256_signer(5).spki

    def spki(public: Any) -> bytes:
        data: bytes = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return data

    return {
        "P-256, compressed": bytes.fromhex("3039301306072a8648ce3d020106082a8648ce3d030107032200")
        + compressed,
        "P-384": spki(ec.derive_private_key(5, ec.SECP384R1()).public_key()),
        "secp256k1": spki(ec.derive_private_key(5, ec.SECP256K1()).public_key()),
        "RSA": spki(rsa.generate_private_key(65537, 2048).public_key()),
        "DSA": spki(dsa.generate_private_key(1024).public_key()),
        "Ed448": spki(ed448.Ed448PrivateKey.generate().public_key()),
        "X25519": spki(x25519.X25519PrivateKey.from_private_bytes(bytes(32)).public_key()),
        "ML-DSA-44": spki(mldsa.MLDSA44PrivateKey.from_seed_bytes(bytes(32)).public_key()),
        "ML-DSA-87": spki(mldsa.MLDSA87PrivateKey.from_seed_bytes(bytes(32)).public_key()),
        "P-256, hybrid": P256[:-1] + bytes([6 | hybrid[-1] & 1]) + hybrid[len(P256) :],
        "P-256, with a first byte of 0": P256[:-1] + b"\0" + hybrid[len(P256) :],
        "something behind it": ed + b"\0",
        "cut": ed[:-1],
        "long form length": b"\x30\x81" + ed[1:],
        "algorithm with NULL": bytes.fromhex("302c300706032b65700500032100") + ed[12:],
        "raw": ed[12:],
        "empty": b"",
    }


@pytest.mark.parametrize("der", [pytest.param(v, id=k) for k, v in other_keys().items()])
def test_other_keys_and_other_spellings_are_malformed(der: bytes) -> None:
    with pytest.raises(MalformedError, match="not the SubjectPublicKeyInfo"):
        read_spki(der)


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (0, 0),
        (5, 1),
        (P256_FIELD, 0),
        (P256_FIELD + 5, SQRT_AT_5),
        (5, SQRT_AT_5 + 1),
    ],
)
def test_p256_points_off_the_curve_may_not_sign(x: int, y: int) -> None:
    with pytest.raises(SignatureError, match="no point of the curve"):
        read_spki(P256 + x.to_bytes(32, "big") + y.to_bytes(32, "big"))


def test_the_point_of_those_refusals_is_on_the_curve() -> None:
    raw = (5).to_bytes(32, "big") + SQRT_AT_5.to_bytes(32, "big")
    assert read_spki(P256 + raw).algorithm is Algorithm.P256


@given(signers, st.data())
def test_an_altered_key_is_another_key_or_refused(signer: TestSigner, data: st.DataObject) -> None:
    der = bytearray(signer.spki)
    at = data.draw(st.integers(0, min(len(der) - 1, 60)), label="at")
    der[at] ^= 1 << data.draw(st.integers(0, 7), label="bit")
    try:
        key = read_spki(bytes(der))
    except (MalformedError, SignatureError):
        return
    assert key.algorithm is signer.key.algorithm
    assert key.spki == bytes(der)
    assert key.id != signer.key.id


@given(st.sampled_from([s.spki for s in SIGNERS]), st.binary(max_size=100), st.integers(0, 100))
def test_noise_is_no_key(spki: bytes, noise: bytes, keep: int) -> None:
    der = spki[:keep] + noise
    try:
        key = read_spki(der)
    except (MalformedError, SignatureError):
        return
    assert key.spki == der


def test_fingerprints_are_grouped() -> None:
    key_id = ml_dsa_signer().key.id
    assert fingerprint("ab12cd34" + "0" * 56, 2) == "ab12 cd34"
    assert len(fingerprint(key_id).split()) == 8
    assert fingerprint(key_id, 16).replace(" ", "") == key_id


def test_a_key_is_known_by_its_bytes_and_names_itself() -> None:
    key, other = ed25519_signer(1).key, ed25519_signer(2).key
    same = read_spki(key.spki)
    assert len({key, same}) == 1 and len({key, other}) == 2
    assert key.id in repr(key)
