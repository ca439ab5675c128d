"""Lines of a body are encrypted under a key of their epoch, which dies with it. (SPEC §14.1)

A line that is written stands in a file, and in every backup of it made since. Whoever destroys the
key of the epoch makes all of them unreadable.
"""

from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Iterable, Sequence
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from custody.consulting import lines
from custody.core.errors import MalformedError

NONCE = 12
TAG = 16
LIMIT = (NONCE + lines.LIMIT + TAG + 2) // 3 * 4  # bytes of an encrypted line


class EpochKeys(Protocol):
    """32 random bytes for each epoch, kept apart from the log."""

    def ensure(self, epoch: int) -> bytes:
        """The key of an epoch, made and on the disk where there was none.

        Raises:
            KeyStoreError, StorageError: the keys are not at hand; nothing can be written.
        """

    def find(self, epoch: int) -> bytes | None:
        """The key of an epoch; None where it has none, or none any more. Raises KeyStoreError."""

    def destroy(self, epochs: Iterable[int]) -> None:
        """Destroy the keys of these epochs, for good. Raises KeyStoreError, StorageError."""


def sealed(key: bytes, origin: str, epoch: int, line: bytes, nonce: bytes) -> bytes:
    """A line as it stands in a body, without its line feed."""
    return b64encode(nonce + AESGCM(key).encrypt(nonce, line, _bound(origin, epoch)))


def opened(key: bytes, origin: str, epoch: int, data: bytes) -> bytes:
    """Inverse of `sealed`.

    Raises:
        MalformedError: it was altered, or is one of another epoch.
    """
    try:
        raw = b64decode(data, validate=True)
        found = AESGCM(key).decrypt(raw[:NONCE], raw[NONCE:], _bound(origin, epoch))
    except (InvalidTag, Error, ValueError):
        raise MalformedError("does not open with the key of its epoch: it was altered") from None
    if b64encode(raw) != data:
        raise MalformedError("is spelt otherwise than it was written")
    return found


def all_opened(key: bytes, origin: str, epoch: int, body: Sequence[bytes]) -> list[bytes]:
    """The lines of a body. Raises MalformedError: one of them was altered; which."""
    found = []
    for n, data in enumerate(body, 1):
        try:
            found.append(opened(key, origin, epoch, data))
        except MalformedError as error:
            raise MalformedError(f"line {n} {error}") from None
    return found


def _bound(origin: str, epoch: int) -> bytes:
    return f"{origin}/consultations\n{epoch}\n".encode()
