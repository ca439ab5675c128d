"""Files that grow by whole lines, and are overwritten before they go."""

import os
from pathlib import Path

from custody.consulting import sealing

CHUNK = 1 << 20


def whole(path: Path) -> list[bytes]:
    """The lines of a file that are whole, without their line feeds; none where there is no file."""
    return path.read_bytes().split(b"\n")[:-1] if path.exists() else []


def append(path: Path, data: bytes) -> None:
    """A line, on the disk when this returns."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        rest = memoryview(data + b"\n")
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def cut_torn(path: Path) -> None:
    """Cut off a line that a stopped program left without its end: nothing was shown for it."""
    if not path.exists():
        return
    with path.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        begin = max(0, size - sealing.LIMIT - 2)
        file.seek(begin)
        tail = file.read()
        if tail and not tail.endswith(b"\n"):
            file.truncate(begin + tail.rfind(b"\n") + 1)
            os.fsync(file.fileno())


def destroy(path: Path) -> None:
    """Overwrite a body and take it away; what a disk keeps of old blocks is beyond programs."""
    with path.open("r+b", buffering=0) as file:
        left = os.fstat(file.fileno()).st_size
        while left > 0:
            left -= file.write(bytes(min(left, CHUNK)))
        os.fsync(file.fileno())
    path.unlink()
