"""Signed notes: C2SP signed-note v1, as strict as its writer.

A note is a text that ends in a newline, an empty line, and one or more signature lines:

    — <key name> base64(4-byte key id ‖ signature)

A verifier key ("vkey") is written `<key name>+<hex key id>+<base64(type ‖ public key)>`, with
key id = SHA-256(name ‖ 0x0A ‖ type ‖ public key)[:4]. The id is a hint and no fingerprint: what
counts is the public key that the reader brings. Types known here: 0x01 Ed25519 over the text,
0x04 and 0x06 cosignatures (C2SP tlog-cosignature; see `custody.core.checkpoint`).
"""

import binascii
import re
from enum import IntEnum
from functools import cached_property
from hashlib import sha256
from typing import NamedTuple, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

from custody.core.errors import MalformedError, SignatureError
from custody.core.keys import read_spki

LIMIT = 1_000_000  # bytes of a note
SIGNATURES = 100  # a reader must accept at least 16

# Unicode's White_Space, spelt out so that it is the same under every Unicode version.
SPACES = "\t\n\v\f\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
NAME = re.compile(f"[^+{SPACES}\x00-\x1f\ud800-\udfff]+")
ED25519_SPKI = bytes.fromhex("302a300506032b6570032100")  # followed by the 32 bytes of the key


class SignatureType(IntEnum):
    ED25519 = 0x01
    ED25519_COSIGNATURE = 0x04
    ML_DSA_44_COSIGNATURE = 0x06


def decode64(text: str) -> bytes:
    """Bytes of base64 (RFC 4648 §4) in its one canonical spelling."""
    try:
        data = binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        data = b""
    if encode64(data) != text:
        raise MalformedError(f"{text[:60]!r} is not canonical base64")
    return data


def encode64(data: bytes) -> str:
    return binascii.b2a_base64(data, newline=False).decode()


def number(text: str, limit: int = 2**53) -> int:
    """A decimal number below `limit`, spelt as it would be written: no sign, no leading zero."""
    if not re.fullmatch("0|[1-9][0-9]{0,18}", text) or int(text) >= limit:
        raise MalformedError(f"{text[:40]!r} is not a decimal number below {limit}")
    return int(text)


def check_name(name: str) -> None:
    """A key name, or an origin that is to be one: no spaces, no plus, 1 … 255 bytes of UTF-8."""
    if not NAME.fullmatch(name) or len(name.encode()) > 255:
        raise MalformedError(f"{name[:60]!r} cannot be the name of a key")


class _Named(NamedTuple):
    name: str
    type: SignatureType
    public: bytes


class VerifierKey(_Named):
    """A public key with the name and the purpose under which it signs notes.

    Raises:
        MalformedError: a name or a length that cannot be.
        SignatureError: a key under which signatures prove nothing (small order).
    """

    def __new__(cls, name: str, kind: SignatureType, public: bytes) -> Self:
        check_name(name)
        mldsa = kind is SignatureType.ML_DSA_44_COSIGNATURE
        if len(public) != (1312 if mldsa else 32):
            raise MalformedError(f"no key of type {kind} has {len(public)} bytes")
        if not mldsa:
            read_spki(ED25519_SPKI + public)
        return super().__new__(cls, name, kind, public)

    @classmethod
    def read(cls, text: str) -> "VerifierKey":
        """The key that a vkey spells."""
        name, _, rest = text.partition("+")
        key_id, _, data = rest.partition("+")
        material = decode64(data)
        if material[:1] not in KNOWN_TYPES:
            raise MalformedError(f"verifier key of {name!r} is of an unknown signature type")
        key = cls(name, SignatureType(material[0]), material[1:])
        if key_id != key.id.hex():
            raise MalformedError(f"verifier key of {name!r}: id {key_id!r} is not {key.id.hex()}")
        return key

    @cached_property
    def id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + self._material).digest()[:4]

    @property
    def text(self) -> str:
        return f"{self.name}+{self.id.hex()}+{encode64(self._material)}"

    @property
    def _material(self) -> bytes:
        return bytes([self.type]) + self.public

    def verify(self, signature: bytes, message: bytes) -> None:
        """Check the bare signature over what this type of key signs.

        Raises:
            SignatureError: it does not verify.
        """
        if self.type is not SignatureType.ML_DSA_44_COSIGNATURE:
            read_spki(ED25519_SPKI + self.public).verify(signature, message)
            return
        try:
            MLDSA44PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            raise SignatureError(f"the ML-DSA-44 signature of {self.name} is wrong") from None


KNOWN_TYPES = [bytes([kind]) for kind in SignatureType]


class NoteSignature(NamedTuple):
    """One signature line; `signature` is all that follows the key id."""

    name: str
    id: bytes
    signature: bytes

    @property
    def line(self) -> str:
        return f"— {self.name} {encode64(self.id + self.signature)}\n"

    @classmethod
    def read(cls, line: str) -> "NoteSignature":
        """A line without its newline."""
        dash, _, rest = line.partition(" ")
        name, _, data = rest.partition(" ")
        if dash != "—" or not NAME.fullmatch(name):
            raise MalformedError(f"{line[:60]!r} is not a signature line of a note")
        material = decode64(data)
        if len(material) < 5:
            raise MalformedError(f"the signature of {name} is too short")
        return cls(name, material[:4], material[4:])


class Note(NamedTuple):
    """A note as read: nothing about its signatures has been checked."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def encode(self) -> bytes:
        return f"{self.text}\n{''.join(each.line for each in self.signatures)}".encode()

    @classmethod
    def read(cls, data: bytes) -> "Note":
        """Parse a note; what it accepts, `encode` gives back byte for byte.

        Raises:
            MalformedError: not a signed note, or more than LIMIT bytes or SIGNATURES lines.
        """
        if len(data) > LIMIT:
            raise MalformedError(f"a note of {len(data)} bytes is longer than {LIMIT}")
        try:
            whole = data.decode()
        except UnicodeDecodeError:
            raise MalformedError("a note must be UTF-8 text") from None
        if re.search(r"[\x00-\x09\x0b-\x1f]", whole):
            raise MalformedError("a note contains control characters")
        text, separator, block = whole.rpartition("\n\n")
        if not separator or not block.endswith("\n"):
            raise MalformedError("a note ends in an empty line and lines of signatures")
        lines = block[:-1].split("\n")
        if len(lines) > SIGNATURES:
            raise MalformedError(f"a note carries more than {SIGNATURES} signatures")
        return cls(text + "\n", tuple(NoteSignature.read(line) for line in lines))
