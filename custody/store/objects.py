"""Files of a vault: whether they are encrypted, what is in them, and whether it is what it must be."""

import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

from blake3 import blake3

from custody.core.digest import SMALL, Digests, Progress, pump, quiet_open
from custody.core.errors import DamagedError
from custody.places import Content, up_to
from custody.store import age
from custody.store.keystore import Key
from custody.store.staging import drop_pages


class Removed(NamedTuple):
    """What removing an object came to: what was there, and is not any more.

    key: its key was there, and is destroyed. object: its file was, of so many bytes on the disk.
    encrypted: whether destroying the key took the content with it, here and in every backup; of
        content that was put before there was encryption only the file's name is gone.
    """

    sha256: str
    key: bool
    object: bool
    size: int
    encrypted: bool


class Vault(Protocol):
    """As much of a vault as one of its objects needs."""

    def has(self, sha256: str) -> bool: ...
    def size(self, sha256: str) -> int: ...
    def open(self, sha256: str, *, damaged: bool = False) -> io.BufferedReader: ...


@dataclass(frozen=True, slots=True)
class Kept:
    """An object of a vault; fulfils `custody.places.Place`."""

    vault: Vault
    sha256: str
    name: str
    damaged: bool = False

    def there(self) -> bool:
        return self.vault.has(self.sha256)

    def size(self) -> int:
        return self.vault.size(self.sha256)

    @contextmanager
    def open(self) -> Iterator[Content]:
        with self.vault.open(self.sha256, damaged=self.damaged) as file:
            yield file


def encrypted(file: io.FileIO) -> bool:
    """Whether a file begins as ours do."""
    return os.pread(file.fileno(), len(age.MAGIC), 0) == age.MAGIC


def opened(
    path: Path, key: Callable[[], Key], *, damaged: bool = False, asked_of_disk: bool = False
) -> io.FileIO | age.Opened:
    """The content of a file of a vault.

    asked_of_disk: what the page cache holds is forgotten first.

    Raises:
        DamagedError: the key does not open it.
        OSError, and what `key` raises.
    """
    file = io.FileIO(quiet_open(path))
    try:
        if asked_of_disk:
            drop_pages(file.fileno())
        if not encrypted(file):
            return file
        return age.Opened(file, key().secret, str(path), damaged=damaged)
    except BaseException:
        file.close()
        raise


def holds(path: Path, key: Key, expected: Digests, progress: Progress | None) -> bool:
    """Whether the disk, not the page cache, gives back the content whose digests were computed.

    What it gives back is decrypted with the key as it was kept, so the key is tried as well.
    BLAKE3 alone is compared: both digests were taken of the same buffers, and it is the faster.
    """
    with suppress(DamagedError), opened(path, lambda: key, asked_of_disk=True) as file:
        hasher = blake3()
        if expected.size <= SMALL:
            data = up_to(file.readinto, expected.size + 1)
            hasher.update(data)
            total = len(data)
            if progress:
                progress(total)
        else:
            total = pump(file.readinto, [hasher.update], progress, expected.size)
        return (total, hasher.hexdigest()) == (expected.size, expected.blake3)
    return False


def looked_at(path: Path) -> tuple[int | None, bool]:
    """Bytes of a file on the disk, None where there is none, and whether it is encrypted."""
    try:
        with io.FileIO(path) as file:
            return os.fstat(file.fileno()).st_size, encrypted(file)
    except FileNotFoundError:
        return None, False


def weight(path: Path) -> int:
    """Bytes that a file takes on the disk, as it says."""
    return path.stat().st_size
