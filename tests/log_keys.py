"""A log and its witnesses with fixed keys, so that a failing test can be run again."""

from collections.abc import Callable
from hashlib import sha256
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric import ed25519, mldsa

from custody.core.checkpoint import Checkpoint, cosignature_line, ed25519_line
from custody.core.note import Note, SignatureType, VerifierKey

ORIGIN = "agency.example/evidence"


class Party(NamedTuple):
    key: VerifierKey
    sign: Callable[[bytes], bytes]

    def line(self, checkpoint: Checkpoint, time: int = 1_790_000_000) -> str:
        if self.key.type is SignatureType.ED25519:
            return ed25519_line(self.key, checkpoint, self.sign)
        return cosignature_line(self.key, checkpoint, time, self.sign)


def party(name: str, kind: SignatureType, seed: str = "") -> Party:
    secret = sha256(f"{name} {kind} {seed}".encode()).digest()
    private: ed25519.Ed25519PrivateKey | mldsa.MLDSA44PrivateKey
    if kind is SignatureType.ML_DSA_44_COSIGNATURE:
        private = mldsa.MLDSA44PrivateKey.from_seed_bytes(secret)
    else:
        private = ed25519.Ed25519PrivateKey.from_private_bytes(secret)
    return Party(VerifierKey(name, kind, private.public_key().public_bytes_raw()), private.sign)


LOG = party(ORIGIN, SignatureType.ED25519)
MLDSA = party(ORIGIN, SignatureType.ML_DSA_44_COSIGNATURE)
COURT = party("court.example/w1", SignatureType.ED25519_COSIGNATURE)
DEFENCE = party("defence.example", SignatureType.ML_DSA_44_COSIGNATURE)
PRESS = party("press.example", SignatureType.ED25519_COSIGNATURE)


def note(checkpoint: Checkpoint, *parties: Party) -> Note:
    """The checkpoint, signed by these."""
    lines = "".join(each.line(checkpoint) for each in parties)
    return Note.read(f"{checkpoint.text}\n{lines}".encode())
