"""SHA-256 and BLAKE3 of evidence: read once, computed in parallel, memory flat (design §3, §9).

Nothing is mapped into memory: a file that shrinks under a mapping kills the process.
"""

import errno
import hashlib
import io
import os
import stat
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, Self

from blake3 import blake3

from custody.core.errors import StorageError

if TYPE_CHECKING:
    from concurrent.futures import Future

BLOCK = 1 << 20  # bytes; a ring of DEPTH such buffers is all the memory a pass needs
DEPTH = 6
SMALL = 256 * 1024  # bytes; up to here, starting threads costs more than they save
# Links are not followed, a pipe put in a file's place does not block, access times stay as found.
QUIET = os.O_RDONLY | sum(getattr(os, f, 0) for f in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))
NOATIME = getattr(os, "O_NOATIME", 0)

Progress = Callable[[int], None]  # told how many more bytes are done
Taker = Callable[[memoryview], object]  # must be finished with the block when it returns
PathLike = str | bytes | os.PathLike[str]


class UnreadableError(StorageError):
    """The system does not let us open or read a file; `why` is the errno's name, as EACCES."""

    def __init__(self, path: PathLike, error: OSError) -> None:
        super().__init__(f"{shown(path)} cannot be read: {error.strerror}")
        self.why = errno.errorcode.get(error.errno or 0, "EIO")


class Digests(NamedTuple):
    """What identifies content: lower-case hex digests, and the size in bytes."""

    sha256: str
    blake3: str
    size: int


def digest_bytes(data: bytes) -> Digests:
    """Digests of bytes at hand."""
    return Digests(hashlib.sha256(data).hexdigest(), blake3(data).hexdigest(), len(data))


def digest_file(path: PathLike, progress: Progress | None = None) -> Digests:
    """Digests of a regular file.

    Raises:
        StorageError: it cannot be read, is no regular file, or changed while it was read.
    """
    with Unchanging(path) as file:
        return file.digests(progress)


def digest_descriptor(
    descriptor: int, size: int, progress: Progress | None = None, also: Sequence[Taker] = ()
) -> Digests:
    """Digests of an open file that stands at its start and should have `size` bytes.

    `also` is handed every block too. What was really read is counted; of a file that outgrows
    `size` no more is read, for it may never end: the caller sees that the sizes differ.
    """
    if size <= SMALL:
        data = os.read(descriptor, size + 1)
        if len(data) == size:
            for taker in also:
                taker(memoryview(data))
            if progress:
                progress(size)
            return digest_bytes(data)
        os.lseek(descriptor, 0, os.SEEK_SET)
    sha256, second = hashlib.sha256(), blake3()
    read = io.FileIO(descriptor, closefd=False).readinto
    total = pump(read, [sha256.update, second.update, *also], progress, size)
    return Digests(sha256.hexdigest(), second.hexdigest(), total)


def pump(
    read: Callable[[memoryview], int],
    takers: Sequence[Taker],
    progress: Progress | None = None,
    expected: int | None = None,
) -> int:
    """Hand everything that `read` fills in to every taker, each in its own thread and in order.

    Returns the number of bytes; once more than `expected` have come, no more are asked for. What
    `read` or a taker raises ends the pass and is raised here.
    """
    from concurrent.futures import ThreadPoolExecutor  # slow to load, and few files are large

    ring = [memoryview(bytearray(BLOCK)) for _ in range(DEPTH)]
    busy: list[list[Future[object]]] = [[] for _ in ring]
    total, turn = 0, 0
    with ExitStack() as stack:
        lanes = [stack.enter_context(ThreadPoolExecutor(1)) for _ in takers]
        while True:
            for future in busy[turn]:  # a buffer is filled again only when all are done with it
                future.result()
            if (expected is not None and total > expected) or not (count := read(ring[turn])):
                break
            block = ring[turn][:count]
            busy[turn] = [
                lane.submit(take, block) for lane, take in zip(lanes, takers, strict=True)
            ]
            total, turn = total + count, (turn + 1) % DEPTH
            if progress:
                progress(count)
        for future in (waiting for slot in busy for waiting in slot):
            future.result()
    return total


class Unchanging:
    """A regular file, open for reading, that must be the same and unchanged when it is closed.

    As a context manager it raises StorageError where the file cannot be opened or read, is not a
    regular file (links are not followed), or has grown, shrunk, been rewritten or been removed
    meanwhile: then nothing that was read of it counts. (A plain class: a generator costs a tenth
    of the time that a small file takes.)
    """

    __slots__ = ("before", "descriptor", "path", "read", "size")

    def __init__(self, path: PathLike) -> None:
        self.path = path
        self.read: int | None = None

    def __enter__(self) -> Self:
        try:
            self.descriptor = quiet_open(self.path)
        except OSError as error:
            raise UnreadableError(self.path, error) from error
        self.before = os.fstat(self.descriptor)
        self.size = self.before.st_size
        if not stat.S_ISREG(self.before.st_mode):
            os.close(self.descriptor)
            raise StorageError(f"{shown(self.path)} is not a regular file; it was not read")
        return self

    def digests(self, progress: Progress | None = None, also: Sequence[Taker] = ()) -> Digests:
        """Digests of the whole file, in one pass; every block is handed to `also` too."""
        digests = digest_descriptor(self.descriptor, self.size, progress, also)
        self.read = digests.size
        return digests

    def again(self) -> BinaryIO:
        """The same file, whatever its name stands for by now, from its beginning."""
        os.lseek(self.descriptor, 0, os.SEEK_SET)
        return os.fdopen(self.descriptor, "rb", closefd=False)

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        try:
            after = os.fstat(self.descriptor)
        finally:
            os.close(self.descriptor)
        if isinstance(error, OSError):
            raise UnreadableError(self.path, error) from error
        change = difference(self.before, after)
        if not change and self.read not in (None, self.size):
            change = f"gave {self.read} bytes or more, not the {self.size} of its entry,"
        if error is None and change:
            raise StorageError(
                f"{shown(self.path)} {change} while it was being read; nothing of it was counted. "
                "Stop whatever writes to it, or take it from a write-blocked or read-only mount."
            )


def quiet_open(path: PathLike) -> int:
    """A descriptor for reading that leaves the access time alone where the system allows it."""
    try:
        return os.open(path, QUIET | NOATIME)
    except PermissionError:
        return os.open(path, QUIET)  # O_NOATIME is for the file's owner only


def difference(before: os.stat_result, after: os.stat_result) -> str:
    """What happened to a file between two looks at it; empty if nothing shows."""
    if after.st_size != before.st_size:
        return f"{'grew' if after.st_size > before.st_size else 'shrank'} " + (
            f"from {before.st_size} to {after.st_size} bytes"
        )
    if after.st_nlink == 0 and os.name == "posix":
        return "was removed"
    if (after.st_mtime_ns, after.st_ctime_ns) != (before.st_mtime_ns, before.st_ctime_ns):
        return "was rewritten"
    return ""


def shown(path: PathLike) -> str:
    """A file name fit for a message: bytes that are no UTF-8 and control characters escaped."""
    return printable(os.fsencode(path).decode("utf-8", "backslashreplace"))


def printable(text: str) -> str:
    """`text` with every character escaped that a terminal obeys or a reader does not see."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
