"""File locks that end with the process that has them, however it ends. Windows has no such locks."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from custody.core.errors import StorageError

NEEDED = (
    "this system has no file locks that end with a program (fcntl), and a ledger needs them: keep "
    "it on Linux, or in WSL on Windows; nothing was recorded. Bundles are examined here as "
    "everywhere: `custody verify BUNDLE --trust FILE`"
)


def required() -> Any:
    """The system's own module for them; asked for before anything is made that needs one.

    Raises:
        StorageError: there is none.
    """
    try:
        import fcntl
    except ModuleNotFoundError:
        raise StorageError(NEEDED) from None
    return fcntl


def take(descriptor: int) -> bool:
    """Lock an open file for this process alone; False where another one has it."""
    fcntl = required()
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def turn(path: Path, *, alone: bool) -> Iterator[None]:
    """Wait for a turn at `path`, which is made where it is not: with others, or `alone`.

    Raises:
        OSError: the file cannot be made.
    """
    fcntl = required()
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)
