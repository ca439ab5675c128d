"""Where bytes of evidence lie: left where they were found, or kept, encrypted, in a vault.

Whoever reads evidence is handed a place and opens it; nothing is ever decrypted into a file.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from blake3 import blake3

from custody.core.digest import (
    SMALL,
    Digests,
    Progress,
    Taker,
    Unchanging,
    digest_bytes,
    pump,
    shown,
)


class Content(Protocol):
    """Bytes that are open for reading."""

    def read(self, size: int = -1, /) -> bytes: ...
    def readinto(self, into: memoryview, /) -> int: ...
    def seek(self, offset: int, whence: int = 0, /) -> int: ...
    def tell(self) -> int: ...


class Place(Protocol):
    """Content that can be read from its beginning, or from any byte on."""

    @property
    def name(self) -> str:
        """For messages."""
        ...

    def there(self) -> bool:
        """Whether something is there that could be opened."""
        ...

    def size(self) -> int:
        """Bytes. Raises NotFoundError, OSError."""
        ...

    def open(self) -> AbstractContextManager[Content]:
        """The content. Raises NotFoundError, StorageError."""
        ...


@dataclass(frozen=True, slots=True)
class Left:
    """A file that stays where it is; opened, it must not change until it is closed."""

    path: Path

    @property
    def name(self) -> str:
        return shown(self.path)

    def there(self) -> bool:
        return self.path.is_file()

    def size(self) -> int:
        return self.path.stat().st_size

    @contextmanager
    def open(self) -> Iterator[Content]:
        with Unchanging(self.path) as file, open(file.descriptor, "rb", closefd=False) as raw:
            yield raw


def digested(
    read: Callable[[memoryview], int],
    size: int,
    progress: Progress | None = None,
    also: Sequence[Taker] = (),
) -> Digests:
    """Digests of all that `read` gives, which should be `size` bytes; once it is more, it ends.

    `also` is handed every block too.
    """
    if size <= SMALL:
        data = up_to(read, size + 1)
        for taker in also:
            taker(data)
        if progress:
            progress(len(data))
        return digest_bytes(bytes(data))
    sha256, second = hashlib.sha256(), blake3()
    total = pump(read, [sha256.update, second.update, *also], progress, size)
    return Digests(sha256.hexdigest(), second.hexdigest(), total)


def up_to(read: Callable[[memoryview], int], most: int) -> memoryview:
    """All that `read` gives, but no more than `most` bytes."""
    room, total = memoryview(bytearray(most)), 0
    while total < most and (count := read(room[total:])):
        total += count
    return room[:total]
