"""Writes a BagIt 1.0 bag into a zip, one pass, each file hashed once, memory flat. (SPEC §11)

The file is written under a name that no reader takes for a bundle, and gets its own name when
everything is on the disk.
"""

import errno
import hashlib
import os
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Protocol, Self

from custody.core import times
from custody.core.bundle import layout
from custody.core.digest import digest_file
from custody.core.errors import StorageError
from custody.durable import sync_folder

BLOCK = 1 << 20
ZIP64_FROM = 1 << 30  # bytes; larger members get 64-bit sizes in their header


class Sealed(Protocol):
    """Takes a bundle, in order, and writes it elsewhere, encrypted."""

    def write(self, data: bytes) -> int: ...
    def finish(self) -> None: ...


Seal = Callable[[BinaryIO], Sealed]


class Passing:
    """What a zip is written to that cannot be read again: hashed and counted on the way."""

    def __init__(self, into: Sealed) -> None:
        self._into, self._sum, self._size = into, hashlib.sha256(), 0

    def write(self, data: bytes) -> int:
        """Pass these bytes on."""
        count = self._into.write(data)
        self._sum.update(data)
        self._size += count
        return count

    def flush(self) -> None:
        """Nothing waits here."""

    def finish(self) -> tuple[str, int]:
        """End it; SHA-256 and size of what was written."""
        self._into.finish()
        return self._sum.hexdigest(), self._size


class BagWriter:
    """An unfinished bundle at `path`.partial; leaving it unfinished removes it.

    seal: makes of a file one that encrypts into it what is written; the bundle itself then never
    is on the disk. `sha256` and `size` are those of the bundle, and known when it is finished.

    Raises:
        StorageError: the disk refuses; nothing is left behind.
    """

    def __init__(self, path: Path, top: str, at: int, seal: Seal | None = None) -> None:
        self.path, self._top = path, top
        self.sha256, self.size = "", 0
        self._partial = path.with_name(path.name + ".partial")
        moment = times.spelt(at)
        self._date = (
            *(int(moment[a:b]) for a, b in ((0, 4), (5, 7), (8, 10))),
            *(int(moment[a:b]) for a, b in ((11, 13), (14, 16), (17, 19))),
        )
        self._sums: dict[str, tuple[str, str]] = {}
        self._bytes = self._files = 0
        self._finished = False
        try:
            mode = os.O_RDWR | os.O_CREAT | os.O_EXCL
            self._file = os.fdopen(os.open(self._partial, mode, 0o600), "w+b")
        except FileExistsError:
            raise StorageError(
                f"{self._partial} exists: another export is writing it, or one was cut off; "
                "remove it if none is running"
            ) from None
        if os.path.lexists(path):  # only now: an export that held the name has just ended
            self._file.close()
            self._partial.unlink()
            raise StorageError(f"{path} exists: name another file")
        self._sealed = Passing(seal(self._file)) if seal else None
        into: Any = self._sealed or self._file
        self._zip = zipfile.ZipFile(into, "w", allowZip64=True)

    def add(self, name: str, data: bytes) -> None:
        """A file made by us, deflated where that helps."""
        self._write(name, [data], len(data), packing([data]))

    def lines(self, name: str, lines: Iterable[bytes], method: int = zipfile.ZIP_DEFLATED) -> None:
        """A file of lines, each ended by LF, of any length altogether."""
        self._write(name, _blocks(lines), ZIP64_FROM, method)

    def stream(self, name: str, blocks: Iterable[bytes], size: int) -> str:
        """Evidence as it is: `size` bytes, stored. Returns its SHA-256."""
        return self._write(name, blocks, size, zipfile.ZIP_STORED)

    def _write(self, name: str, blocks: Iterable[bytes], size: int, method: int) -> str:
        info = zipfile.ZipInfo(f"{self._top}/{name}", self._date)  # type: ignore[arg-type]
        info.compress_type = method
        info.external_attr = 0o100644 << 16
        first, second, counted = hashlib.sha256(), hashlib.sha512(), 0
        with self._zip.open(info, "w", force_zip64=size >= ZIP64_FROM) as member:
            for block in blocks:
                member.write(block)
                first.update(block)
                second.update(block)
                counted += len(block)
        self._sums[name] = (first.hexdigest(), second.hexdigest())
        if name.startswith(layout.PAYLOAD):
            self._bytes, self._files = self._bytes + counted, self._files + 1
        return first.hexdigest()

    def finish(self, bag_info: Iterable[str], sign: Callable[[str, str], bytes]) -> None:
        """Manifests, tag files and signature; `sign` gets each manifest's digest, of its own kind."""
        payload = sorted(name for name in self._sums if name.startswith(layout.PAYLOAD))
        self._manifests(layout.MANIFESTS, payload)
        digests = [self._sums[name][place] for place, name in enumerate(layout.MANIFESTS.values())]
        oxum = f"Payload-Oxum: {self._bytes}.{self._files}"
        self.add(layout.BAGIT, layout.BAGIT_TEXT)
        self.add(layout.BAG_INFO, "".join(f"{line}\n" for line in (*bag_info, oxum)).encode())
        self.add(layout.SIGNATURE, sign(*digests))
        self._manifests(layout.TAG_MANIFESTS, sorted(layout.TAG_FILES))
        self._finished = True

    def _manifests(self, manifests: dict[str, str], names: list[str]) -> None:
        lists = [
            "".join(f"{self._sums[name][place]}  {name}\n" for name in names) for place in (0, 1)
        ]
        for name, text in zip(manifests.values(), lists, strict=True):
            self.add(name, text.encode())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None and self._finished:
                self._zip.close()
                if self._sealed:
                    self.sha256, self.size = self._sealed.finish()
                self._file.flush()
                os.fsync(self._file.fileno())
                self._file.close()
                give_name(self._partial, self.path)
                sync_folder(self.path.parent)
                if not self._sealed:
                    made = digest_file(self.path)
                    self.sha256, self.size = made.sha256, made.size
        except OSError as failure:
            raise _failure(self.path, failure) from failure
        finally:
            self._zip.fp = None  # what was not finished is not to be ended when it is collected
            self._file.close()
            self._partial.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _failure(self.path, error) from error


def packing(blocks: Sequence[bytes]) -> int:
    """How to pack a file in which others' words stand: deflated, unless readers take it for a bomb.

    Whoever writes one letter often enough could else make every bundle of the case unreadable.
    """
    size = sum(map(len, blocks))
    if size <= layout.RATIO_FREE:
        return zipfile.ZIP_DEFLATED
    engine = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = sum(len(engine.compress(block)) for block in blocks) + len(engine.flush())
    return zipfile.ZIP_STORED if size > layout.RATIO // 2 * packed else zipfile.ZIP_DEFLATED


def give_name(fresh: Path, path: Path) -> None:
    """Give a finished file its name, never over another one.

    Raises:
        StorageError: something has that name.
    """
    try:
        os.link(fresh, path)
    except FileExistsError:
        raise StorageError(f"{path} exists by now: name another file") from None
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS):
            raise
        fresh.rename(path)  # a file system without hard links


def _failure(path: Path, error: OSError) -> StorageError:
    return StorageError(f"{path} could not be written: {error.strerror}; nothing was left there")


def _blocks(lines: Iterable[bytes]) -> Iterable[bytes]:
    block = bytearray()
    for line in lines:
        block += line
        block += b"\n"
        if len(block) >= BLOCK:
            yield bytes(block)
            block.clear()
    yield bytes(block)
