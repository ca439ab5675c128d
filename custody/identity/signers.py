"""Keys in this process's memory that sign."""

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, mldsa

from custody.core.keys import Algorithm, PublicKey, low_s, read_spki
from custody.identity.pkcs8 import PrivateKey


class MemorySigner:
    """A private key held in memory; fulfils `custody.core.keys.Signer`."""

    __slots__ = ("key", "private")

    def __init__(self, private: PrivateKey) -> None:
        self.private = private
        self.key: PublicKey = read_spki(
            private.public_key().public_bytes(
                serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
            )
        )

    def sign(self, message: bytes) -> bytes:
        """Signature as SPEC §3 wants it: raw for Ed25519 and ML-DSA, low-s DER for P-256."""
        if isinstance(self.private, ec.EllipticCurvePrivateKey):
            return low_s(self.private.sign(message, ec.ECDSA(hashes.SHA256())))
        return self.private.sign(message)


def generated(algorithm: Algorithm) -> MemorySigner:
    """A new key. Its randomness is the operating system's, through OpenSSL."""
    match algorithm:
        case Algorithm.ED25519:
            return MemorySigner(ed25519.Ed25519PrivateKey.generate())
        case Algorithm.P256:
            return MemorySigner(ec.generate_private_key(ec.SECP256R1()))
        case Algorithm.ML_DSA_65:
            return MemorySigner(mldsa.MLDSA65PrivateKey.generate())
