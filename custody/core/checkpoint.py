"""Checkpoints: C2SP tlog-checkpoint v1 without extension lines, and who signs them.

    <origin> ⏎ <number of records> ⏎ <base64 of the root> ⏎

The origin is at once the name of the log's keys. Three kinds of signature, by type of key:

    0x01  Ed25519 over the text
    0x04  u64be time ‖ Ed25519 over "cosignature/v1⏎time <time>⏎" ‖ text
    0x06  u64be time ‖ ML-DSA-44, pure, empty context, over "subtree/v1⏎" ‖ 00 ‖ len ‖ name ‖
          u64be time ‖ len ‖ origin ‖ u64be start = 0 ‖ u64be end = size ‖ root
"""

from collections.abc import Callable
from typing import NamedTuple, Self

from custody.core.errors import MalformedError, SignatureError
from custody.core.note import (
    NoteSignature,
    SignatureType,
    VerifierKey,
    check_name,
    decode64,
    encode64,
    number,
)
from custody.core.tree import EMPTY

Sign = Callable[[bytes], bytes]


class _Claim(NamedTuple):
    origin: str
    size: int
    root: bytes


class Checkpoint(_Claim):
    """A claim that the log `origin` has `size` records under `root`.

    Raises:
        MalformedError: no log can have such a checkpoint.
    """

    __slots__ = ()

    def __new__(cls, origin: str, size: int, root: bytes) -> Self:
        check_name(origin)
        if not 0 <= size < 2**53 or len(root) != 32:
            raise MalformedError(f"no tree has {size} leaves and a root of this length")
        if size == 0 and root != EMPTY:
            raise MalformedError("a checkpoint of 0 records has not the root of the empty tree")
        return super().__new__(cls, origin, size, root)

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{encode64(self.root)}\n"

    @classmethod
    def read(cls, text: str) -> "Checkpoint":
        """The checkpoint that the text of a note spells."""
        lines = text.split("\n")
        if len(lines) != 4 or lines[3]:
            raise MalformedError(f"a checkpoint has 3 lines and no extensions, not {text[:200]!r}")
        return cls(lines[0], number(lines[1]), decode64(lines[2]))


def signed_bytes(key: VerifierKey, checkpoint: Checkpoint, time: int) -> bytes:
    """What `key` signs to say that it knows `checkpoint`; type 0x01 states no time."""
    text = checkpoint.text.encode()
    if key.type is SignatureType.ED25519:
        return text
    if key.type is SignatureType.ED25519_COSIGNATURE:
        return b"cosignature/v1\ntime %d\n%b" % (time, text)
    name, origin = key.name.encode(), checkpoint.origin.encode()
    return b"".join(
        [
            b"subtree/v1\n\x00",
            len(name).to_bytes(1, "big") + name,
            time.to_bytes(8, "big"),
            len(origin).to_bytes(1, "big") + origin,
            bytes(8),
            checkpoint.size.to_bytes(8, "big"),
            checkpoint.root,
        ]
    )


def ed25519_line(key: VerifierKey, checkpoint: Checkpoint, sign: Sign) -> str:
    """The log's own line (type 0x01); `sign` makes the bare signature of `key`'s owner."""
    signature = sign(signed_bytes(key, checkpoint, 0))
    return NoteSignature(key.name, key.id, signature).line


def cosignature_line(key: VerifierKey, checkpoint: Checkpoint, time: int, sign: Sign) -> str:
    """A line of type 0x04 or 0x06, made at `time` (Unix seconds)."""
    signature = sign(signed_bytes(key, checkpoint, time))
    return NoteSignature(key.name, key.id, time.to_bytes(8, "big") + signature).line


def verify(key: VerifierKey, signature: bytes, checkpoint: Checkpoint) -> int:
    """Check what follows the key id in a line of `key`; the time it states, 0 for type 0x01.

    Raises:
        SignatureError: it does not verify, or states an impossible time.
    """
    time = 0
    if key.type is not SignatureType.ED25519:
        time, signature = int.from_bytes(signature[:8], "big"), signature[8:]
        if time >= 2**63:
            raise SignatureError(f"the signature of {key.name} states the impossible time {time}")
    key.verify(signature, signed_bytes(key, checkpoint, time))
    return time
