"""Evidence in a local folder, by content: objects/<2 hex>/<62 hex>, written once, read-only.

Order of a put (design §7): temporary file in the same file system while hashing, fsync, drop the
cached pages, read back from the disk and compare, link to its name (never over another), fsync the
folders. Killed at any point, nothing half-written counts; `sweep` removes what dead processes left.
"""

import errno
import io
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from blake3 import blake3

from custody.core.digest import (
    SMALL,
    Digests,
    PathLike,
    Progress,
    UnreadableError,
    digest_file,
    pump,
)
from custody.core.errors import NotFoundError, StorageError, UsageError
from custody.durable import sync_folder
from custody.store.staging import Staged, Staging, drop_pages, refusal, sweep, sync_file_system

SHA256 = re.compile(r"[0-9a-f]{64}")
BATCH_FILES = 1000
BATCH_BYTES = 256 << 20  # what may wait for one flush of the file system


class LocalVault:
    """A content-addressed folder. Putting the same content twice keeps one, verified, object.

    Progress is told every byte twice (PASSES): as it is written, and as it is read back.
    """

    PASSES = 2

    def __init__(self, root: Path) -> None:
        self._objects = root / "objects"
        self._temp = root / "temp"
        self._staging = Staging(self._temp)

    def put(self, source: PathLike, progress: Progress | None = None) -> Digests:
        """Take in one file; when this returns, its content is on the disk and was read back.

        Raises:
            UnreadableError: the source cannot be read; `why` says which errno.
            StorageError: the source changed meanwhile, the vault is full, or the disk gave back
                other bytes than were written. Nothing counts and nothing is left behind.
        """
        self._prepare()
        return self._settle([self._staging.copy(source, progress, sync=True)], progress)[0]

    def put_bytes(self, data: bytes) -> Digests:
        """The same for bytes at hand (a manifest, a log)."""
        self._prepare()
        return self._settle([self._staging.keep(data, sync=True)], None)[0]

    def put_many(
        self, sources: Iterable[PathLike], progress: Progress | None = None
    ) -> Iterator[Digests | UnreadableError]:
        """`put` of each source, in order, with one flush of the file system for many small files.

        What is yielded is durable. A source that cannot be read yields its error, and the next
        one follows; any other error ends the whole as in `put`.
        """
        self._prepare()
        batch: list[Staged | UnreadableError] = []
        waiting = 0
        try:
            for source in sources:
                try:
                    staged = self._staging.copy(source, progress, sync=False)
                    waiting += staged.digests.size
                    batch.append(staged)
                except UnreadableError as error:
                    batch.append(error)
                if len(batch) >= BATCH_FILES or waiting >= BATCH_BYTES:
                    yield from self._settle_batch(batch, progress)
                    batch, waiting = [], 0
            yield from self._settle_batch(batch, progress)
        finally:
            discard(each for each in batch if isinstance(each, Staged))

    def _settle_batch(
        self, batch: Sequence[Staged | UnreadableError], progress: Progress | None
    ) -> Iterator[Digests | UnreadableError]:
        staged = [each for each in batch if isinstance(each, Staged)]
        if staged:
            try:
                sync_file_system(self._temp)
            except OSError as error:
                raise refusal(error) from error
        settled = iter(self._settle(staged, progress))
        for each in batch:
            yield next(settled) if isinstance(each, Staged) else each

    def _settle(self, batch: Sequence[Staged], progress: Progress | None) -> list[Digests]:
        """Read back and name what is on the disk already; durable when it returns."""
        folders: set[Path] = set()
        try:
            for staged in batch:
                folders.add(self._name(staged, progress))
            for folder in sorted(folders):
                sync_folder(folder)
            if folders:
                sync_folder(self._objects)
        except OSError as error:
            raise refusal(error) from error
        finally:
            discard(batch)
        return [staged.digests for staged in batch]

    def _name(self, staged: Staged, progress: Progress | None) -> Path:
        """Link a temporary file to its name, or check the object that has this name already."""
        target = self._path(staged.digests.sha256)
        if target.exists():
            if not holds(target, staged.digests, progress):
                raise StorageError(
                    f"{target} no longer holds the content that its name stands for: the vault's "
                    "disk is failing or the object was altered. Move it aside, do not delete it, "
                    "then repeat the act."
                )
            return target.parent
        if not holds(staged.path, staged.digests, progress):
            raise StorageError(
                "the vault's disk gave back other bytes than were written to it; nothing was "
                "recorded. Do not trust this disk: choose a vault on another one."
            )
        target.parent.mkdir(exist_ok=True)
        name(staged.path, target)
        return target.parent

    def has(self, sha256: str) -> bool:
        """Whether an object of that name is there; its content is not looked at."""
        return self._path(sha256).is_file()

    def location(self, sha256: str) -> Path:
        """Where the object lies. Raises NotFoundError."""
        path = self._path(sha256)
        if not path.is_file():
            raise NotFoundError(f"the vault has no object {sha256}; it was not stored or is lost")
        return path

    def open(self, sha256: str) -> BinaryIO:
        """The object, for reading; its content is not checked. Raises NotFoundError."""
        return self.location(sha256).open("rb")

    def size(self, sha256: str) -> int:
        """Bytes of the object. Raises NotFoundError."""
        return self.location(sha256).stat().st_size

    def verify(self, sha256: str, progress: Progress | None = None) -> Digests:
        """Digests of what the disk holds now, to compare: a difference is not an error here.

        Raises:
            NotFoundError: no such object.
            StorageError: it cannot be read.
        """
        path = self.location(sha256)
        forget(path)
        return digest_file(path, progress)

    def sweep(self) -> int:
        """Remove temporary files of dead processes, never of living ones; how many there were."""
        return sweep(self._temp)

    def _prepare(self) -> None:
        if self._objects.is_dir():
            return
        try:
            self._objects.mkdir(mode=0o700, parents=True, exist_ok=True)
            sync_folder(self._objects.parent)
            sync_folder(self._objects.parent.parent)
        except OSError as error:
            raise refusal(error) from error

    def _path(self, sha256: str) -> Path:
        if not SHA256.fullmatch(sha256):
            raise UsageError(f"{sha256!r} is not a SHA-256 in 64 lower-case hex digits")
        return self._objects / sha256[:2] / sha256[2:]


def holds(path: Path, expected: Digests, progress: Progress | None) -> bool:
    """Whether the disk, not the page cache, gives back the content whose digests were computed.

    BLAKE3 alone is compared: both digests were taken of the same buffers, and it is the faster.
    """
    file = io.FileIO(path)
    with file:
        drop_pages(file.fileno())
        if expected.size <= SMALL:
            data = os.read(file.fileno(), expected.size + 1)
            found = (len(data), blake3(data).hexdigest())
            if progress:
                progress(len(data))
        else:
            hasher = blake3()
            found = (pump(file.readinto, [hasher.update], progress), hasher.hexdigest())
    return found == (expected.size, expected.blake3)


def name(temporary: Path, target: Path) -> None:
    """Give a finished file its name, without ever replacing another one."""
    try:
        os.link(temporary, target)
    except FileExistsError:
        pass  # another writer was first, with content of the same digest
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS):
            raise
        temporary.rename(target)  # a file system without hard links


def forget(path: Path) -> None:
    """Have the next reader of `path` ask the disk."""
    with io.FileIO(path) as file:
        drop_pages(file.fileno())


def discard(batch: Iterable[Staged]) -> None:
    """Remove what temporary files of a batch are left."""
    for staged in batch:
        staged.path.unlink(missing_ok=True)
