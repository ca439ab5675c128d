"""Temporary files of the vault: a folder for each writer, locked for as long as the writer lives."""

import ctypes
import errno
import itertools
import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from custody import locking
from custody.core.digest import (
    BLOCK,
    Digests,
    PathLike,
    Progress,
    Unchanging,
    digest_bytes,
)
from custody.core.errors import StorageError

LOCK = "lock"
KICK = 16 << 20  # bytes written before the kernel is asked to start bringing them to the disk
ZEROS = bytes(BLOCK)
LIBC = ctypes.CDLL(None, use_errno=True) if os.name == "posix" else None
SYNCFS = getattr(LIBC, "syncfs", None)
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Staged(NamedTuple):
    """A temporary file that is whole, but neither read back nor named yet."""

    path: Path
    digests: Digests


class Sink:
    """A temporary file being written; blocks of nothing but zeros become holes."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._kicked = 0
        self._end = 0

    def take(self, block: memoryview) -> None:
        """Append `block`. Raises StorageError: the disk is full or failing."""
        size = len(block)
        try:
            if size == BLOCK and block[0] == block[-1] == 0 and bytes(block) == ZEROS:
                os.lseek(self._descriptor, size, os.SEEK_CUR)
            else:
                rest = block
                while rest:
                    rest = rest[os.write(self._descriptor, rest) :]
            self._end += size
            if self._end - self._kicked >= KICK:
                drop_pages(self._descriptor, self._kicked, self._end - self._kicked)
                self._kicked = self._end
        except OSError as error:
            raise refusal(error) from error

    def finish(self, *, sync: bool) -> None:
        """Make the content read-only and whole and, with `sync`, wait for the disk."""
        os.ftruncate(self._descriptor, self._end)  # the last block may be a hole
        os.fchmod(self._descriptor, 0o440)
        if sync:
            os.fsync(self._descriptor)


class Staging:
    """A writer's own folder below `root`; nothing is created before the first file."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folder: Path | None = None
        self._mutex = threading.Lock()
        self._numbers = itertools.count()

    def copy(self, source: PathLike, progress: Progress | None, *, sync: bool) -> Staged:
        """One read of `source`, hashed and written at once; with `sync`, brought to the disk.

        Raises:
            StorageError: the source is unreadable or changed, or the vault is full or failing;
                the temporary file is gone.
        """
        with self._sink(sync) as (path, sink), Unchanging(source) as file:
            digests = file.digests(progress, [sink.take])
        return Staged(path, digests)

    def keep(self, data: bytes, *, sync: bool) -> Staged:
        """The same for bytes at hand."""
        with self._sink(sync) as (path, sink):
            sink.take(memoryview(data))
        return Staged(path, digest_bytes(data))

    @contextmanager
    def _sink(self, sync: bool) -> Iterator[tuple[Path, Sink]]:
        try:
            path = self._place() / f"{os.getpid()}-{next(self._numbers)}"
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise refusal(error) from error
        try:
            sink = Sink(descriptor)
            yield path, sink
            try:
                sink.finish(sync=sync)
            except OSError as error:
                raise refusal(error) from error
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
