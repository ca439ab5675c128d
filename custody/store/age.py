"""age v1 files with one X25519 recipient: what `age -d` opens. Specification: C2SP age.md.

    age-encryption.org/v1 LF                    a header of 168 bytes, always: it can be written
    -> X25519 <share> LF <wrapped file key> LF  last, once the recipient is known
    --- <MAC of what stands before> LF
    <16 bytes nonce>                            then chunks of 64 KiB, each sealed by itself under
    <chunk> … <last chunk>                      its number and whether it is the last

So a part can be read without what stands before it, and an end that is missing shows. Written
here on the primitives of `cryptography`: docs/decisions/0024 says why, with measurements.
"""

import base64
import hmac
import io
import os
import re
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from custody.core.errors import DamagedError

MAGIC = b"age-encryption.org/v1\n"
FORM = re.compile(
    rb"age-encryption\.org/v1\n-> X25519 ([A-Za-z0-9+/]{43})\n([A-Za-z0-9+/]{43})\n"
    rb"--- ([A-Za-z0-9+/]{43})\n"
)
HEADER, NONCE, START = 168, 16, 184  # bytes
CHUNK, TAG = 1 << 16, 16
SEALED = CHUNK + TAG
WINDOW = 16  # chunks read or written at once
INFO = b"age-encryption.org/v1/X25519"


class FileKey(NamedTuple):
    """What encrypts one file; whoever knows the header's recipient finds it there."""

    secret: bytes
    nonce: bytes

    @classmethod
    def fresh(cls, entropy: Callable[[int], bytes] = os.urandom) -> "FileKey":
        """A new one, for one file only: its chunks are numbered from 0."""
        return cls(entropy(16), entropy(NONCE))

    def cipher(self) -> ChaCha20Poly1305:
        """For the chunks."""
        return ChaCha20Poly1305(self.payload)

    @property
    def payload(self) -> bytes:
        """The key of the chunks."""
        return derived(self.secret, self.nonce, b"payload")


def derived(secret: bytes, salt: bytes, info: bytes) -> bytes:
    """HKDF-SHA-256 (RFC 5869), 32 bytes of it."""
    extracted = hmac.digest(salt or bytes(32), secret, sha256)
    return hmac.digest(extracted, info + b"\1", sha256)


def header(key: FileKey, identity: bytes, entropy: Callable[[int], bytes] = os.urandom) -> bytes:
    """The header by which the holder of `identity` (32 bytes, an X25519 secret) opens the file."""
    recipient = X25519PrivateKey.from_private_bytes(identity).public_key()
    return header_for(key, [recipient.public_bytes_raw()], entropy)


def header_for(
    key: FileKey, recipients: Iterable[bytes], entropy: Callable[[int], bytes] = os.urandom
) -> bytes:
    """The header by which each of `recipients` (32 bytes, X25519 public keys) opens the file.

    Raises:
        ValueError: one of them is no key that a secret can be shared with.
    """
    stanzas = b"".join(_stanza(key, each, entropy) for each in recipients)
    said = MAGIC + stanzas + b"---"
    return said + b" " + _base64(_mac(key.secret, said)) + b"\n"


def _stanza(key: FileKey, recipient: bytes, entropy: Callable[[int], bytes]) -> bytes:
    passing = X25519PrivateKey.from_private_bytes(entropy(32))
    share = passing.public_key().public_bytes_raw()
    shared = passing.exchange(X25519PublicKey.from_public_bytes(recipient))
    body = ChaCha20Poly1305(derived(shared, share + recipient, INFO)).encrypt(
        bytes(12), key.secret, None
    )
    return b"-> X25519 " + _base64(share) + b"\n" + _base64(body) + b"\n"


def read_header(data: bytes, identity: bytes) -> FileKey:
    """The file's key, out of its first START bytes.

    Raises:
        DamagedError: no header as `header` writes it, or not for this identity.
    """
    found = FORM.fullmatch(data[:HEADER])
    if found is None or len(data) < START:
        raise DamagedError("its header is not as it was written")
    share, body, mac = (base64.b64decode(each + b"=") for each in found.groups())
    own = X25519PrivateKey.from_private_bytes(identity)
    try:
        shared = own.exchange(X25519PublicKey.from_public_bytes(share))
        wrap = derived(shared, share + own.public_key().public_bytes_raw(), INFO)
        secret = ChaCha20Poly1305(wrap).decrypt(bytes(12), body, None)
    except (ValueError, InvalidTag):
        raise DamagedError("its header is damaged, or was made for another key") from None
    if not hmac.compare_digest(mac, _mac(secret, data[: found.start(3) - 1])):
        raise DamagedError("its header was altered")
    return FileKey(secret, data[HEADER:START])


def _mac(secret: bytes, said: bytes) -> bytes:
    return hmac.digest(derived(secret, b"", b"header"), said, sha256)


def _base64(data: bytes) -> bytes:
    return base64.b64encode(data).rstrip(b"=")


def nonce_of(number: int, last: bool) -> bytes:
    """What a chunk is sealed under."""
    return number.to_bytes(11, "big") + bytes([last])


def plain_size(size: int) -> int:
    """Bytes of content in a file of `size` bytes; what is cut off counts as far as it goes."""
    whole, rest = divmod(max(size - START, 0), SEALED)
    return whole * CHUNK + max(rest - TAG, 0)


class Sealer:
    """Content in, nonce and chunks out: to `write`, in pieces of up to 1 MiB. The header is apart."""

    def __init__(self, key: FileKey, write: Callable[[memoryview], object]) -> None:
        self._cipher, self._write = key.cipher(), write
        self._number = 0
        self._held, self._filled = memoryview(bytearray(CHUNK)), 0
        self._out, self._used = memoryview(bytearray(WINDOW * SEALED)), 0
        write(memoryview(key.nonce))

    def take(self, block: memoryview) -> None:
        """Append `block`; the last bytes stay here, for they may be the end."""
        if self._filled + len(block) > CHUNK:
            missing = CHUNK - self._filled
            self._held[self._filled :] = block[:missing]
            self._seal(self._held, last=False)
            block, self._filled = block[missing:], 0
            while len(block) > CHUNK:
                self._seal(block[:CHUNK], last=False)
                block = block[CHUNK:]
        self._held[self._filled : self._filled + len(block)] = block
        self._filled += len(block)

    def finish(self) -> None:
        """Write what is held, as the end."""
        self._seal(self._held[: self._filled], last=True)
        self._flush()

    def _seal(self, chunk: memoryview, *, last: bool) -> None:
        if self._used + SEALED > len(self._out):
            self._flush()
        end = self._used + len(chunk) + TAG
        nonce = nonce_of(self._number, last)
        self._cipher.encrypt_into(nonce, chunk, None, self._out[self._used : end])
        self._number, self._used = self._number + 1, end

    def _flush(self) -> None:
        self._write(self._out[: self._used])
        self._used = 0


class Opened(io.RawIOBase):
    """The content of an encrypted file: every chunk is authenticated before any byte is given out.

    damaged: where set, chunks that do not authenticate are given out all the same, as far as they
    can be made out: for those who hold all of it against a digest, and to save what can be saved.
    `altered` counts them.
    """

    def __init__(
        self, file: io.FileIO, identity: bytes, name: str = "it", *, damaged: bool = False
    ) -> None:
        """Take `file` over, which is closed with this; `name` is for messages.

        Raises:
            DamagedError: it cannot be opened with `identity`, or its end is missing or altered.
        """
        self._file, self._damaged, self._name = file, damaged, name
        self.altered = 0
        size = os.fstat(file.fileno()).st_size
        if size < START + TAG:
            raise self._altered("its end is missing")
        try:
            self._key = read_header(os.pread(file.fileno(), START, 0), identity)
        except DamagedError as error:
            raise self._altered(str(error)) from None
        self._cipher = self._key.cipher()
        self._end, self._chunks = size, -(-(size - START) // SEALED)
        self.size = plain_size(size)
        self._at = 0
        self._sealed = memoryview(bytearray(WINDOW * SEALED))
        self._cached, self._chunk, self._length = -1, memoryview(bytearray(CHUNK)), 0
        self._load(self._chunks - 1)  # no chunk but the last says where the end is

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self.size}[whence]
        if start + offset < 0:
            raise ValueError(f"{start + offset} lies before the beginning")
        self._at = start + offset
        return self._at

    def close(self) -> None:
        self._file.close()
        super().close()

    def readinto(self, into: "memoryview | bytearray", /) -> int:  # type: ignore[override]
        """Fill `into` as far as one window reaches. Raises DamagedError, OSError."""
        room = memoryview(into).cast("B")
        number, skipped = divmod(self._at, CHUNK)
        whole = min(len(room) // CHUNK, WINDOW, self._chunks - number)
        if skipped or whole < 1:
            if self._at >= self.size:
                return 0
            self._load(number)
            count = min(len(room), self._length - skipped)
            room[:count] = self._chunk[skipped : skipped + count]
        else:
            count = self._open(number, whole, room)
        self._at += count
        return count

    def _load(self, number: int) -> None:
        if self._cached != number and number >= 0:
            self._cached = -1
            self._length = self._open(number, 1, self._chunk)
            self._cached = number

    def _open(self, first: int, count: int, into: memoryview) -> int:
        """Open chunks into `into`; how many bytes they hold."""
        start = START + first * SEALED
        got = os.preadv(self._file.fileno(), [self._sealed[: count * SEALED]], start)
        if got < min(count * SEALED, self._end - start):
            raise self._altered("it was cut off while it was read")
        done = 0
        for place in range(0, got, SEALED):
            sealed = self._sealed[place : min(place + SEALED, got)]
            size, number = len(sealed) - TAG, first + place // SEALED
            if size < 0:
                self._refuse(number)
                continue
            room = into[done : done + size]
            if not self._opens(number, sealed, room, number == self._chunks - 1):
                self._refuse(number)
                self._make_out(number, sealed, room)
            done += size
        return done

    def _opens(self, number: int, sealed: memoryview, room: memoryview, last: bool) -> bool:
        try:
            self._cipher.decrypt_into(nonce_of(number, last), sealed, None, room)
        except InvalidTag:
            return False
        return True

    def _refuse(self, number: int) -> None:
        self.altered += 1
        if not self._damaged:
            first, last = number * CHUNK, (number + 1) * CHUNK - 1
            raise self._altered(
                f"bytes {first} to {last} of its content are not what was written, or its end is "
                "missing"
            )

    def _altered(self, what: str) -> DamagedError:
        return DamagedError(f"{self._name} was altered, or is damaged: {what}")

    def _make_out(self, number: int, sealed: memoryview, room: memoryview) -> None:
        """Content of a chunk that nothing vouches for: flipped bits stay where they are."""
        last = number == self._chunks - 1
        if self._opens(number, sealed, room, not last):
            return  # whole, but what stood behind it is gone, or something stands behind it now
        nonce = (1).to_bytes(4, "little") + nonce_of(number, last)
        stream = Cipher(algorithms.ChaCha20(self._key.payload, nonce), mode=None)
        room[:] = stream.decryptor().update(bytes(sealed[:-TAG]))
