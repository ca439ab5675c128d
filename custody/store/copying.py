"""Content written out to a medium: copied while hashed, flushed, read back from the medium.

Everything is written into a folder that is new, below a name of its own, so that nothing is ever
overwritten and no link on the medium is followed. The caller gives the folder its final name.
"""

import errno
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from custody.core.digest import Digests, Progress, UnreadableError, digest_file, shown
from custody.core.errors import DamagedError, NotFoundError, StorageError
from custody.places import Left, Place, digested
from custody.store.staging import FULL, forget, sync_file_system

PASSES = 2  # every byte is told to the progress twice: written, and read back
# A medium's own idea of names: too long, with a colon, in another encoding.
NAMES = (errno.EINVAL, errno.ENAMETOOLONG, errno.EILSEQ, errno.ENOTDIR, errno.EISDIR)
NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)


class Part(NamedTuple):
    """One file: its name below the copy's folder, where its bytes lie, and what they must be.

    source: None where nobody knows.
    name: names something below the folder in one way only, as manifests do.
    mtime: Unix seconds; None where nobody kept it.
    """

    name: bytes
    source: Place | None
    digests: Digests
    mtime: int | None = None


def check_sources(parts: Sequence[Part]) -> None:
    """Raises NotFoundError: some of the content is not where it was put."""
    for part in parts:
        _source(part)


def _source(part: Part) -> Place:
    if part.source is None or not part.source.there():
        place = f"at {part.source.name}" if isinstance(part.source, Left) else "in the vault"
        raise NotFoundError(
            f"{shown(part.name)} is not {place} any more: nothing was copied. `custody check` "
            "records what is wrong"
        )
    return part.source


def check_room(parts: Sequence[Part], folder: Path) -> None:
    """Raises StorageError: the medium has not room enough, which is found out before hours."""
    needed = sum(part.digests.size for part in parts)
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise StorageError(
            f"{shown(folder)} has {free} bytes left, and the copy needs {needed}: nothing was "
            "copied. Use a larger medium."
        )


def write(
    parts: Sequence[Part], folders: Sequence[bytes], target: Path, progress: Progress | None
) -> None:
    """Write every part below `target`, which must not exist, and wait for the medium.

    Raises:
        NotFoundError, StorageError: a source is gone, or not what it must be; the medium is full,
            cannot hold a name, or fails. What was written so far is left: see `remove`.
    """
    try:
        target.mkdir()
        for folder in sorted(folders):
            _place(target, folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _refusal(error, target) from error
    for part in parts:
        path = _place(target, part.name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _refusal(error, path) from error
        _copy(part, path, progress)
    try:
        sync_file_system(target)
    except OSError as error:
        raise _refusal(error, target) from error


def _copy(part: Part, path: Path, progress: Progress | None) -> None:
    source = _source(part)
    try:
        with source.open() as file:
            found = _written(file.readinto, part, path, progress)
    except DamagedError as error:
        raise StorageError(
            f"{shown(part.name)} is not as on file: {error}. It was not copied; `custody check` "
            "records what is wrong with it."
        ) from error
    except OSError as error:
        raise UnreadableError(source.name, error) from error
    if found != part.digests:
        raise StorageError(
            f"{shown(part.name)} is not as on file: SHA-256 on file {part.digests.sha256}, found "
            f"{found.sha256}. It was not copied; `custody check` records what is wrong with it."
        )


def _written(
    read: Callable[[memoryview], int], part: Part, path: Path, progress: Progress | None
) -> Digests:
    try:
        descriptor = os.open(path, NEW, 0o444)
    except OSError as error:
        raise _refusal(error, path) from error
    try:

        def take(block: memoryview) -> None:
            rest = block
            try:
                while rest:
                    rest = rest[os.write(descriptor, rest) :]
            except OSError as error:  # of the medium: the source must not be blamed for it
                raise _refusal(error, path) from error

        found = digested(read, part.digests.size, progress, [take])
        _finish(descriptor, part, path)
        return found
    finally:
        os.close(descriptor)


def _finish(descriptor: int, part: Part, path: Path) -> None:
    """Bring the file to the medium, with the time that it had."""
    try:
        if part.mtime is not None and os.utime in os.supports_fd:
            os.utime(descriptor, (part.mtime, part.mtime))
        os.fsync(descriptor)
    except OSError as error:
        raise _refusal(error, path) from error


def differing(
    parts: Sequence[Part], target: Path, progress: Progress | None = None
) -> Iterator[tuple[bytes, str]]:
    """Names of the parts whose bytes, asked of the medium and not of the cache, are others."""
    for part in parts:
        path = _place(target, part.name)
        try:
            forget(path)
            found = digest_file(path, progress)
        except FileNotFoundError:
            yield part.name, "is not there"
        except (OSError, StorageError):
            yield part.name, "cannot be read"
        else:
            if found != part.digests:
                yield part.name, "differs"


def beside(parts: Sequence[Part], target: Path) -> Iterator[bytes]:
    """Files below `target` that are none of the parts, by name."""
    known = {part.name for part in parts}
    for folder, _, files in os.walk(os.fsencode(target)):
        for file in sorted(files):
            name = os.path.relpath(folder + b"/" + file, os.fsencode(target))
            if name not in known:
                yield name


def remove(target: Path) -> None:
    """Take an unfinished copy away, as far as the medium lets us."""
    shutil.rmtree(target, ignore_errors=True)


def _place(target: Path, name: bytes) -> Path:
    return target / os.fsdecode(name)


def _refusal(error: OSError, path: Path) -> StorageError:
    """What a failed call to the medium means to its user."""
    name = shown(path)
    if error.errno in FULL:
        return StorageError(f"the medium is full ({error.strerror}): use a larger one")
    if error.errno == errno.EEXIST:
        return StorageError(
            f"{name} is there already, and nothing is overwritten. If nobody put it there, the "
            "medium does not tell upper from lower case: use one with another file system."
        )
    if error.errno in NAMES:
        return StorageError(
            f"the medium cannot hold the name {name} ({error.strerror}): use one with another "
            "file system"
        )
    return StorageError(f"the medium failed at {name}: {error.strerror}")
