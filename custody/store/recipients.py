"""Files for others to open: age v1, for one or more recipients, written in one pass. (R83)"""

from collections.abc import Sequence
from typing import BinaryIO

from custody.core.errors import MalformedError
from custody.store import age

ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
KIND = "age"
CHECKSUM = 6  # characters


def read(text: str) -> bytes:
    """The X25519 public key, 32 bytes, that a recipient like `age1…` spells (BIP 173).

    Raises:
        MalformedError: it is no such recipient, or was mistyped.
    """
    said = text.strip()
    if said.lower().startswith("age-secret-key-"):
        raise MalformedError("this is a secret key: give the recipient, which begins with age1")
    kind, _, data = said.rpartition("1")
    if kind != KIND or set(data) - set(ALPHABET):
        raise MalformedError(f"{said[:80]!r} is no recipient like age1…: ask for one of age-keygen")
    values = [ALPHABET.index(each) for each in data]
    spread = [*(ord(c) >> 5 for c in KIND), 0, *(ord(c) & 31 for c in KIND)]
    bits = 0
    for value in values[:-CHECKSUM]:
        bits = bits << 5 | value
    spare = (len(values) - CHECKSUM) * 5 - 256
    if _polymod([*spread, *values]) != 1 or spare not in range(5) or bits & ((1 << spare) - 1):
        raise MalformedError(f"{said[:80]!r} was mistyped: its checksum is not right")
    key = (bits >> spare).to_bytes(32, "big")
    try:
        age.header_for(age.FileKey.fresh(), [key])
    except ValueError:
        raise MalformedError(f"{said!r} is no key that anything can be encrypted to") from None
    return key


def _polymod(values: Sequence[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for place, generator in enumerate(GENERATOR):
            check ^= generator if top >> place & 1 else 0
    return check


class Sealing:
    """Writes to `file` what is written to it, encrypted; it cannot seek."""

    def __init__(self, file: BinaryIO, recipients: Sequence[bytes]) -> None:
        key = age.FileKey.fresh()
        file.write(age.header_for(key, recipients))
        self._file = file
        self._sealer = age.Sealer(key, file.write)

    def write(self, data: bytes) -> int:
        """Take these bytes. Raises OSError."""
        view = memoryview(data).cast("B")
        self._sealer.take(view)
        return len(view)

    def flush(self) -> None:
        """What is held stays here until the end: a chunk is written whole."""

    def finish(self) -> None:
        """Write the end. Raises OSError."""
        self._sealer.finish()
