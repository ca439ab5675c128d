"""Public keys that may sign, and what counts as their signature (SPEC §3).

    ed25519     SPKI of 44 bytes (RFC 8410); signatures of 64 bytes, verified as OpenSSL does
    p256        SPKI of 91 bytes (RFC 5480: named curve, uncompressed); ECDSA with SHA-256,
                strict DER, s ≤ n/2
    ml-dsa-65   SPKI of 1974 bytes (RFC 9881); FIPS 204, pure, empty context; only ever the
                partner of one of the others (see `custody.core.enrolment`)

A key id is the SHA-256 of the SubjectPublicKeyInfo. Each algorithm has one DER prefix and one
length, so a key has exactly one spelling and no DER is parsed here.
"""

import hashlib
from enum import StrEnum
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, mldsa
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256

from custody.core.errors import MalformedError, SignatureError


class Algorithm(StrEnum):
    """Closed list: another algorithm means another version of the formats."""

    ED25519 = "ed25519"
    P256 = "p256"
    ML_DSA_65 = "ml-dsa-65"


# What stands before the key itself, and the length of the key in bytes.
_SPKI = {
    Algorithm.ED25519: (bytes.fromhex("302a300506032b6570032100"), 32),
    Algorithm.P256: (bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004"), 64),
    Algorithm.ML_DSA_65: (bytes.fromhex("308207b2300b0609608648016503040312038207a100"), 1952),
}

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
ED25519_FIELD = 2**255 - 19
# The y coordinates of the eight points of small order. For such a key OpenSSL accepts signatures
# on messages nobody signed: A = 0x01‖0^31 with signature 0x01‖0^63 fits every message.
SMALL_ORDER = {
    0,
    1,
    ED25519_FIELD - 1,
    int.from_bytes(
        bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"
    ),
    int.from_bytes(
        bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"), "little"
    ),
}


class PublicKey:
    """A key that passed every test of `read_spki`, the only way to make one; `id`: 64 hex digits."""

    __slots__ = ("_key", "algorithm", "id", "spki")

    def __init__(self, spki: bytes, algorithm: Algorithm, key: Any) -> None:
        self.spki, self.algorithm, self._key = spki, algorithm, key
        self.id = hashlib.sha256(spki).hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PublicKey) and other.spki == self.spki

    def __hash__(self) -> int:
        return hash(self.spki)

    def __repr__(self) -> str:
        return f"PublicKey({self.algorithm} {self.id})"

    def verify(self, signature: bytes, message: bytes) -> None:
        """Return if `signature` is this key's on `message`, in the one form that is allowed.

        Raises:
            SignatureError: it is not.
        """
        try:
            if self.algorithm is Algorithm.P256:
                _check_ecdsa(signature)
                self._key.verify(signature, message, ec.ECDSA(SHA256()))
            else:  # the length is checked below us: 64 or 3309 bytes
                self._key.verify(signature, message)
        except InvalidSignature:
            raise SignatureError(
                f"this is no {self.algorithm} signature by key {fingerprint(self.id)} on these bytes"
            ) from None

    def __reduce__(self) -> tuple[Any, ...]:  # verifying processes are sent keys
        return read_spki, (self.spki,)


class Signer(Protocol):
    """Whoever holds a private key: a file, an agent, a token."""

    @property
    def key(self) -> PublicKey: ...

    def sign(self, message: bytes) -> bytes:
        """A signature that `key.verify` accepts: for P-256 one that went through `low_s`."""
        ...


def read_spki(der: bytes) -> PublicKey:
    """The key whose SubjectPublicKeyInfo is `der`.

    Raises:
        MalformedError: not the one encoding of a key of one of the three algorithms.
        SignatureError: a key that may not sign: small order, not canonical, or not on its curve.
    """
    for algorithm, (prefix, length) in _SPKI.items():
        if der.startswith(prefix) and len(der) == len(prefix) + length:
            key = _load(algorithm, der[len(prefix) :])
            return PublicKey(der, algorithm, key)
    raise MalformedError(
        "not the SubjectPublicKeyInfo of an Ed25519, P-256 (named curve, uncompressed) or "
        "ML-DSA-65 key"
    )


def _load(algorithm: Algorithm, raw: bytes) -> Any:
    if algorithm is Algorithm.ML_DSA_65:
        return mldsa.MLDSA65PublicKey.from_public_bytes(raw)
    if algorithm is Algorithm.ED25519:
        y = int.from_bytes(raw, "little") & (2**255 - 1)  # the last bit is the sign of x
        if y >= ED25519_FIELD or y in SMALL_ORDER:
            raise SignatureError("an Ed25519 key of small order or in a non-canonical encoding")
        return ed25519.Ed25519PublicKey.from_public_bytes(raw)
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + raw)
    except ValueError:
        raise SignatureError("a P-256 key that is no point of the curve") from None


def _check_ecdsa(signature: bytes) -> None:
    """Strict DER and low s, so that nobody can respell somebody else's signature."""
    if low_s(signature) != signature:
        raise SignatureError("an ECDSA signature with s above n/2: signers must send the low s")


def low_s(der_signature: bytes) -> bytes:
    """The same ECDSA P-256 signature with s ≤ n/2; signers apply it to what a token returns.

    Raises:
        SignatureError: not the strict DER of two integers from 1 to n-1.
    """
    try:
        r, s = decode_dss_signature(der_signature)
        if not (0 < r < P256_ORDER and 0 < s < P256_ORDER):
            raise ValueError
    except ValueError:
        raise SignatureError("not an ECDSA P-256 signature in strict DER") from None
    return encode_dss_signature(r, min(s, P256_ORDER - s))


def fingerprint(hex_id: str, groups: int = 8) -> str:
    """The first `groups` groups of four digits, to be read aloud: `ab12 cd34 …`."""
    return " ".join(hex_id[at : at + 4] for at in range(0, 4 * groups, 4))
