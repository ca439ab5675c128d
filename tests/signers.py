"""Signers with published or fixed private keys, so that a failing test can be run again."""

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, mldsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from custody.core.keys import PublicKey, low_s, read_spki

Private = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | mldsa.MLDSA65PrivateKey


def spki_of(private: Private) -> bytes:
    return private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


class TestSigner:
    """Fulfils `custody.core.keys.Signer`."""

    __test__ = False

    def __init__(self, private: Private) -> None:
        self.private = private
        self.spki = spki_of(private)

    @property
    def key(self) -> PublicKey:
        return read_spki(self.spki)

    def sign(self, message: bytes) -> bytes:
        if isinstance(self.private, ec.EllipticCurvePrivateKey):
            return low_s(self.private.sign(message, ec.ECDSA(SHA256(), deterministic_signing=True)))
        return self.private.sign(message)


def ed25519_signer(number: int = 1) -> TestSigner:
    return TestSigner(ed25519.Ed25519PrivateKey.from_private_bytes(number.to_bytes(32, "big")))


def p256_signer(number: int = 1) -> TestSigner:
    return TestSigner(ec.derive_private_key(number, ec.SECP256R1()))


def ml_dsa_signer(number: int = 1) -> TestSigner:
    return TestSigner(mldsa.MLDSA65PrivateKey.from_seed_bytes(number.to_bytes(32, "big")))


def every_signer() -> list[TestSigner]:
    return [ed25519_signer(), p256_signer(), ml_dsa_signer()]
