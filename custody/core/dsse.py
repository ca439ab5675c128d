"""DSSE envelopes (secure-systems-lab/dsse v1.0), in one spelling only (SPEC §3).

The file is the RFC 8785 form of `{"payload","payloadType","signatures":[{"keyid","sig"}]}`, both
kinds of base64 canonical, signatures in ascending order of key id, one a key. Plain DSSE would
also admit other spellings of the same envelope; its file digest stands in a record, so here it
may have one only.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from itertools import pairwise
from typing import NamedTuple

from custody.core.canonical import ENVELOPE_LIMIT, from_base64, to_base64
from custody.core.errors import MalformedError, SignatureError
from custody.core.keys import PublicKey, Signer, fingerprint

STATEMENT = "application/vnd.custody.statement.v1+json"
ENROLMENT = "application/vnd.custody.enrolment.v1+json"
BUNDLE = "application/vnd.custody.bundle.v1+json"

_SIGNATURE = r'\{"keyid":"([0-9a-f]{64})","sig":"([^"]+)"\}'
_ENVELOPE = re.compile(
    r'\{"payload":"([^"]*)","payloadType":"([a-z0-9][a-z0-9.+/-]{0,126})",'
    rf'"signatures":\[({_SIGNATURE}(?:,{_SIGNATURE})*)\]\}}'
)
_SIGNATURES = re.compile(_SIGNATURE)


def pae(payload_type: str, payload: bytes) -> bytes:
    """Pre-authentication encoding: the only bytes that an actor's key ever signs."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


class Signature(NamedTuple):
    """One signature over `pae`; `keyid` is 64 hex digits."""

    keyid: str
    sig: bytes


class Envelope(NamedTuple):
    """A payload and who signed it, not yet verified."""

    payload_type: str
    payload: bytes
    signatures: tuple[Signature, ...]

    @property
    def pae(self) -> bytes:
        """What every signature signs."""
        return pae(self.payload_type, self.payload)

    def encode(self) -> bytes:
        """The file whose SHA-256 a record names."""
        signatures = ",".join(
            f'{{"keyid":"{keyid}","sig":"{to_base64(sig)}"}}' for keyid, sig in self.signatures
        )
        return (
            f'{{"payload":"{to_base64(self.payload)}","payloadType":"{self.payload_type}",'
            f'"signatures":[{signatures}]}}'
        ).encode()

    @classmethod
    def read(cls, data: bytes) -> "Envelope":
        """The envelope in `data`, which its `encode` gives back.

        Raises:
            MalformedError: anything else than the one spelling of an envelope.
        """
        if len(data) > ENVELOPE_LIMIT:
            raise MalformedError(f"an envelope of {len(data)} bytes; {ENVELOPE_LIMIT} are allowed")
        found = _ENVELOPE.fullmatch(data.decode("latin-1"))
        if not found:
            raise MalformedError("not a DSSE envelope in canonical form with exactly its members")
        payload, payload_type, block = found.group(1, 2, 3)
        signatures = tuple(
            Signature(keyid, from_base64(sig)) for keyid, sig in _SIGNATURES.findall(block)
        )
        for one, other in pairwise(signatures):
            if one.keyid >= other.keyid:
                raise MalformedError("signatures must ascend by key id, one for each key")
        return cls(payload_type, from_base64(payload), signatures)

    def signers(self, keys: Collection[PublicKey]) -> Mapping[str, PublicKey]:
        """The `keys` by their ids, if the signatures say that they are of exactly these.

        Raises:
            SignatureError: one is missing, or one is too many.
        """
        by_id = {key.id: key for key in keys}
        for keyid in by_id.keys() ^ {signature.keyid for signature in self.signatures}:
            what = "the signature is missing of" if keyid in by_id else "nobody asked for that of"
            raise SignatureError(f"{what} key {fingerprint(keyid)}")
        return by_id

    def check_signatures(self, keys: Collection[PublicKey]) -> None:
        """Return if the signatures are those of exactly `keys`, one each, and all verify.

        Raises:
            SignatureError: one is missing, one is too many, or one does not verify.
        """
        by_id = self.signers(keys)
        message = self.pae
        for keyid, sig in self.signatures:
            by_id[keyid].verify(sig, message)


def sign(payload_type: str, payload: bytes, signers: Iterable[Signer]) -> Envelope:
    """`payload` signed by each of `signers`, in the order that the format wants."""
    message = pae(payload_type, payload)
    signatures = (Signature(signer.key.id, signer.sign(message)) for signer in signers)
    return Envelope(payload_type, payload, tuple(sorted(signatures)))
