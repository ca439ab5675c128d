"""Small files that must survive a crash: whole and on the disk, or as they were before."""

import os
import secrets
from pathlib import Path

from custody.core.errors import StorageError


def replace(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Make `path` hold exactly `data`; a reader meets the old content or the new, never a part.

    Raises:
        StorageError: the disk refused; `path` is as it was.
    """
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        try:
            write(fresh, data, mode=mode)
            fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)
        sync_folder(path.parent)
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror}") from error


def write(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Create `path`, which must not exist, and wait until its bytes are on the disk.

    Its name is durable only after `sync_folder`. Raises OSError: callers know what was lost.
    """
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Wait until the names in `folder` are on the disk, where a system can say so."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
