"""Temporary files of the vault: a folder for each writer, locked for as long as the writer lives."""

import ctypes
import errno
import io
import itertools
import os
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from custody import locking
from custody.core.digest import Digests, PathLike, Progress, Unchanging, digest_bytes, pump
from custody.core.errors import StorageError
from custody.places import Place, digested
from custody.store import age
from custody.store.age import FileKey

LOCK = "lock"
KICK = 16 << 20  # bytes written before the kernel is asked to start bringing them to the disk
LIBC = ctypes.CDLL(None, use_errno=True) if os.name == "posix" else None
SYNCFS = getattr(LIBC, "syncfs", None)
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Staged(NamedTuple):
    """A temporary file that has no header yet, is not read back and not named.

    key: what its content is encrypted with.
    """

    path: Path
    digests: Digests
    key: FileKey

    def finish(self, identity: bytes) -> None:
        """Write the header by which `identity` opens it, and make the file read-only.

        Raises OSError.
        """
        descriptor = os.open(self.path, os.O_WRONLY)
        try:
            os.pwrite(descriptor, age.header(self.key, identity), 0)
            os.fchmod(descriptor, 0o440)
        finally:
            os.close(descriptor)

    def sync(self) -> None:
        """Wait for the disk. Raises OSError."""
        descriptor = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class Sink:
    """A temporary file being written, from byte `start` on."""

    def __init__(self, descriptor: int, start: int = 0) -> None:
        self._descriptor = descriptor
        self._kicked = self._end = start
        os.lseek(descriptor, start, os.SEEK_SET)

    def take(self, block: memoryview) -> None:
        """Append `block`. Raises StorageError: the disk is full or failing."""
        try:
            rest = block
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
            self._end += len(block)
            if self._end - self._kicked >= KICK:
                drop_pages(self._descriptor, self._kicked, self._end - self._kicked)
                self._kicked = self._end
        except OSError as error:
            raise refusal(error) from error


class Staging:
    """A writer's own folder below `root`; nothing is created before the first file."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folder: Path | None = None
        self._mutex = threading.Lock()
        self._numbers = itertools.count()

    def copy(self, source: PathLike | Place, progress: Progress | None) -> Staged:
        """One read of `source`, hashed, encrypted and written at once.

        Raises:
            StorageError: the source is unreadable or changed, or the vault is full or failing;
                the temporary file is gone.
        """
        with self._sealing() as (path, key, sealer):
            if isinstance(source, str | bytes | os.PathLike):
                with Unchanging(source) as file:
                    digests = file.digests(progress, [sealer.take])
            else:
                with source.open() as content:
                    read = content.readinto
                    digests = digested(read, source.size(), progress, [sealer.take])
        return Staged(path, digests, key)

    def keep(self, data: bytes) -> Staged:
        """The same for bytes at hand."""
        with self._sealing() as (path, key, sealer):
            sealer.take(memoryview(data))
        return Staged(path, digest_bytes(data), key)

    def duplicate(self, source: PathLike, progress: Progress | None) -> Path:
        """The bytes of a file as they are, read-only.

        Raises:
            as `copy`.
        """
        with self._sink(0) as (path, sink), Unchanging(source) as file:
            pump(io.FileIO(file.descriptor, closefd=False).readinto, [sink.take], progress)
            path.chmod(0o440)
        return path

    @contextmanager
    def _sealing(self) -> Iterator[tuple[Path, FileKey, age.Sealer]]:
        with self._sink(age.HEADER) as (path, sink):
            key = FileKey.fresh()
            sealer = age.Sealer(key, sink.take)
            yield path, key, sealer
            sealer.finish()

    @contextmanager
    def _sink(self, start: int) -> Iterator[tuple[Path, Sink]]:
        try:
            path = self._place() / f"{os.getpid()}-{next(self._numbers)}"
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise refusal(error) from error
        try:
            yield path, Sink(descriptor, start)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        finally:
            os.close(descriptor)

    def _place(self) -> Path:
        with self._mutex:
            if self._folder is None:
                self._folder = locked_folder(self._root)
            return self._folder


def locked_folder(root: Path) -> Path:
    """A fresh folder that no sweep takes away while this process lives."""
    locking.required()
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    while True:
        folder = Path(tempfile.mkdtemp(dir=root))
        # A sweep may come between making the folder and locking it: then another one is made.
        with suppress(FileNotFoundError):
            # Never closed: the lock ends with the process, however it ends.
            lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
            if locking.take(lock) and os.fstat(lock).st_nlink:
                return folder
            os.close(lock)


def sweep(root: Path) -> int:
    """Remove the temporary files of dead processes; how many there were. Others' are left alone."""
    removed = 0
    for folder in sorted(root.iterdir()) if root.is_dir() else []:
        with suppress(FileNotFoundError, PermissionError):  # another sweep, another user
            removed += sweep_folder(folder)
    return removed


def sweep_folder(folder: Path) -> int:
    """Empty and remove one writer's folder, unless the writer lives."""
    lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not locking.take(lock):
            return 0
        files = [path for path in folder.iterdir() if path.name != LOCK]
        for path in [*files, folder / LOCK]:
            path.unlink()
        folder.rmdir()
    finally:
        os.close(lock)
    return len(files)


def drop_pages(descriptor: int, start: int = 0, size: int = 0) -> None:
    """Start writing dirty pages out and forget clean ones, so that reading asks the disk."""
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(descriptor, start, size, os.POSIX_FADV_DONTNEED)


def forget(path: Path) -> None:
    """Have the next reader of `path` ask the disk."""
    with io.FileIO(path) as file:
        drop_pages(file.fileno())


def sync_file_system(folder: Path) -> None:
    """Wait until everything written in the file system of `folder` is on its disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        if SYNCFS is None:
            os.sync()
        elif SYNCFS(descriptor):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    finally:
        os.close(descriptor)


def refusal(error: OSError) -> StorageError:
    """What a failed call to the vault's file system means to its user."""
    if error.errno in FULL:
        return StorageError(
            f"the vault is full ({error.strerror}); nothing was recorded and the temporary file "
            "is removed. Free space or choose a vault on a larger disk, then repeat the act."
        )
    place = f" at {error.filename}" if error.filename else ""
    return StorageError(f"the vault failed{place}: {error.strerror}; nothing was recorded")


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


def discard(batch: Iterable[Staged]) -> None:
    """Remove what temporary files of a batch are left."""
    for staged in batch:
        staged.path.unlink(missing_ok=True)
