"""A strict zip reader: in place, nothing extracted, no byte of the file unaccounted for.

Reads what APPNOTE 6.3 allows of stored and deflated files with zip64, and of that only what has
one meaning: entries stand back to back from byte 0 to the central directory, each told in the same
words by its local header, so that no two zip readers can see two different bundles.
"""

import zlib
from collections.abc import Iterable, Iterator
from operator import attrgetter
from struct import Struct
from typing import BinaryIO, NamedTuple

from custody.core.bundle.layout import DIRECTORY_BYTES, ENTRIES, RATIO, RATIO_FREE, TOTAL_BYTES
from custody.core.bundle.names import Names
from custody.core.errors import MalformedError, UsageError

LOCAL = Struct("<4s5H3L2H")
CENTRAL = Struct("<4s6H3L5H2L")
END = Struct("<4s4H2LH")
LOCATOR = Struct("<4sLQL")
END64 = Struct("<4sQ2H2L4Q")
DESCRIPTOR, DESCRIPTOR64 = Struct("<4s3L"), Struct("<4sL2Q")
EXTRA = Struct("<2H")
NARROW = 0xFFFFFFFF  # "see the zip64 field"
STORED, DEFLATED = 0, 8
DESCRIBED, UTF8, LEVEL = 0x0008, 0x0800, 0x0006  # flags; every other one is refused
NEEDS = (10, 20, 45)  # versions for stored and deflated files, and for zip64
FREE = 0x01FF0021  # attributes that say nothing of content: permissions, read-only, archive
REGULAR = 0o10 << 28
CHUNK = 1 << 20
ENCRYPTED = b"age-encryption.org/v1\n"


class Header(NamedTuple):
    """What the central directory says of one file; `words` must stand in its local header too."""

    name: bytes
    words: tuple[int, ...]  # flags, method, time, date
    crc: int
    packed: int
    size: int
    offset: int


class Member(NamedTuple):
    """One file: `path` below the top folder, `start` of its data in the zip."""

    path: str
    size: int
    packed: int
    crc: int
    deflated: bool
    start: int


class Archive:
    """The files of a zip whose structure has been checked; their content has not.

    Raises:
        MalformedError: anything that a second reader could understand in a second way.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.members: dict[str, Member] = {}
        self.top = ""
        if file.read(len(ENCRYPTED)) == ENCRYPTED:
            raise UsageError(
                "it is encrypted (age): open it with `age -d -i IDENTITY -o BUNDLE.zip FILE`, IDENTITY "
                "being the file with the key of a recipient, and verify what comes out"
            )
        headers, end = directory(file)
        names, here = Names(), 0
        for header in sorted(headers, key=attrgetter("offset")):
            if header.offset != here:
                where = "overlaps the file before it" if header.offset < here else "follows a gap"
                raise MalformedError(f"{header.name!a} at byte {header.offset} {where}")
            here = self._enter(header, names)
        if here != end:
            raise MalformedError(f"bytes {here} to {end} of the zip belong to no file")

    def _enter(self, header: Header, names: Names) -> int:
        name = decoded(header)
        names.add(name)
        top, _, path = name.partition("/")
        if self.top not in ("", top):
            raise MalformedError(f"two top folders, {self.top!a} and {top!a}")
        start, end = located(self._file, header)
        deflated = header.words[1] == DEFLATED
        self.top = top
        self.members[path] = Member(path, header.size, header.packed, header.crc, deflated, start)
        return end

    def chunks(self, path: str) -> Iterator[bytes]:
        """The content of a file, in pieces of at most 1 MiB; its CRC is checked at the end.

        Raises:
            MalformedError: no such file, or content that is not what the headers say.
        """
        if (member := self.members.get(path)) is None:
            raise MalformedError(f"the bundle has no file {path!a}")
        raw = self._raw(member)
        size = crc = 0
        for chunk in inflated(raw, path) if member.deflated else raw:
            size += len(chunk)
            if size > member.size:
                break
            crc = zlib.crc32(chunk, crc)
            yield chunk
        if (size, crc) != (member.size, member.crc):
            raise MalformedError(f"{path!a} does not unpack to its stated size and CRC")

    def read(self, path: str, limit: int) -> bytes:
        """A small file whole; MalformedError above `limit` bytes."""
        if path in self.members and self.members[path].size > limit:
            raise MalformedError(f"{path!a} is longer than {limit} bytes")
        return b"".join(self.chunks(path))

    def _raw(self, member: Member) -> Iterator[bytes]:
        here, left = member.start, member.packed
        while left:
            self._file.seek(here)
            piece = self._file.read(min(left, CHUNK))
            if not piece:
                raise MalformedError(f"the zip ends inside {member.path!a}")
            here, left = here + len(piece), left - len(piece)
            yield piece


def inflated(raw: Iterable[bytes], path: str) -> Iterator[bytes]:
    """Deflated bytes unpacked, never more than CHUNK at a time."""
    engine = zlib.decompressobj(-15)
    try:
        for piece in raw:
            while piece:
                yield engine.decompress(piece, CHUNK)
                piece = engine.unconsumed_tail
            if engine.unused_data:
                raise MalformedError(f"{path!a} has bytes after its deflated data")
        yield engine.flush()
    except zlib.error as error:
        raise MalformedError(f"{path!a} cannot be unpacked: {error}") from error
    if not engine.eof:
        raise MalformedError(f"the deflated data of {path!a} does not end")


def exactly(file: BinaryIO, offset: int, length: int) -> bytes:
    """Raises MalformedError where the zip has no such bytes."""
    if offset < 0:
        raise MalformedError("not a zip file: too short")
    file.seek(offset)
    data = file.read(length)
    if len(data) != length:
        raise MalformedError(f"the zip ends before byte {offset + length}")
    return data


def directory(file: BinaryIO) -> tuple[list[Header], int]:
    """The central directory, and the byte at which it begins."""
    start, length, count = bounds(file)
    if count > ENTRIES or length > DIRECTORY_BYTES:
        raise MalformedError(f"{count} files in the zip, more than {ENTRIES}, or too long a list")
    data = memoryview(exactly(file, start, length))
    headers, here = [], 0
    while here < length:
        header, here = central(data, here)
        headers.append(header)
    if len(headers) != count or not headers:
        raise MalformedError(f"the zip says {count} files and lists {len(headers)}")
    if sum(header.size for header in headers) > TOTAL_BYTES:
        raise MalformedError(f"the files unpack to more than {TOTAL_BYTES} bytes")
    return headers, start


def bounds(file: BinaryIO) -> tuple[int, int, int]:
    """Start, length and number of entries of the central directory, which must end the file."""
    end = file.seek(0, 2) - END.size
    fields = END.unpack(exactly(file, end, END.size))
    magic, disk, first, here, count, length, start, comment = fields
    if magic != b"PK\5\6" or comment or disk or first or here != count:
        raise MalformedError("not one whole zip file, or one with bytes or a comment at its end")
    before = end - LOCATOR.size
    if before >= 0 and exactly(file, before, 4) == b"PK\6\7":
        narrow = ((count, 0xFFFF), (length, NARROW), (start, NARROW))
        end, *wide = bounds64(file, before)
        count, length, start = wide
        if any(n not in (w, most) for (n, most), w in zip(narrow, wide, strict=True)):
            raise MalformedError("the two ends of the zip disagree")
    if start + length != end:
        raise MalformedError("the list of files is not where the zip says")
    return start, length, count


def bounds64(file: BinaryIO, before: int) -> tuple[int, int, int, int]:
    """Place, count, length, start in the zip64 end record, which ends at byte `before`."""
    _, disk, end, disks = LOCATOR.unpack(exactly(file, before, LOCATOR.size))
    if (disk, end, disks) != (0, before - END64.size, 1):
        raise MalformedError("the zip64 locator does not point at the record before it")
    magic, size, _, _, here, first, entries, count, length, start = END64.unpack(
        exactly(file, end, END64.size)
    )
    if (magic, size, here, first, entries) != (b"PK\6\6", END64.size - 12, 0, 0, count):
        raise MalformedError("no zip64 end record where the locator points")
    return end, count, length, start


def central(data: memoryview, here: int) -> tuple[Header, int]:
    """The entry of the central directory at byte `here` of it, and where the next one begins."""
    if here + CENTRAL.size > len(data):
        raise MalformedError("the zip's list of files ends inside an entry")
    magic, _, needs, flags, method, time, date, crc, packed, size, *rest = CENTRAL.unpack_from(
        data, here
    )
    name_length, extra_length, comment, disk, text, attributes, offset = rest
    middle = here + CENTRAL.size + name_length
    end = middle + extra_length
    name = bytes(data[here + CENTRAL.size : middle])
    if magic != b"PK\1\2" or end > len(data) or comment or disk or text:
        raise MalformedError(f"entry {name!a} of the zip's list of files is malformed")
    size, packed, offset = widened(bytes(data[middle:end]), (size, packed, offset), name)
    header = Header(name, (flags, method, time, date), crc, packed, size, offset)
    check_entry(header, needs, attributes)
    return header, end


def check_entry(header: Header, needs: int, attributes: int) -> None:
    """Refuse encryption, links, folders, devices, foreign packing and bombs."""
    flags, method, *_ = header.words
    if (
        flags & ~(DESCRIBED | UTF8 | LEVEL)
        or method not in (STORED, DEFLATED)
        or needs not in NEEDS
    ):
        raise MalformedError(f"{header.name!a} is encrypted, or packed in a way not allowed here")
    if attributes & ~FREE not in (0, REGULAR):
        raise MalformedError(
            f"{header.name!a} is a link, folder or device, or hidden, not a plain file"
        )
    if method == STORED and header.size != header.packed:
        raise MalformedError(f"{header.name!a} is stored, yet of two sizes")
    if header.packed > TOTAL_BYTES or header.size > max(RATIO_FREE, RATIO * header.packed):
        raise MalformedError(f"{header.name!a} is too large, or unpacks to {RATIO} times its size")


def widened(extra: bytes, values: tuple[int, ...], name: bytes) -> tuple[int, ...]:
    """`values` with those that only zip64 can hold; no other extra field is allowed."""
    wide = values.count(NARROW)
    fields = Struct(f"<{wide}Q")
    if len(extra) != (EXTRA.size + fields.size if wide else 0) or (
        wide and EXTRA.unpack_from(extra) != (1, fields.size)
    ):
        raise MalformedError(f"{name!a} has extra fields other than the zip64 one it needs")
    found = iter(fields.unpack_from(extra, EXTRA.size) if wide else ())
    return tuple(next(found) if value == NARROW else value for value in values)


def located(file: BinaryIO, header: Header) -> tuple[int, int]:
    """Start of the data and end of the entry whose local header repeats the central one."""
    local = LOCAL.unpack(exactly(file, header.offset, LOCAL.size))
    magic, needs, *words, crc, packed, size, name_length, extra_length = local
    tail = exactly(file, header.offset + LOCAL.size, name_length + extra_length)
    name, extra = tail[:name_length], tail[name_length:]
    if (
        magic != b"PK\3\4"
        or needs not in NEEDS
        or (name, tuple(words)) != (header.name, header.words)
    ):
        raise MalformedError(f"the two headers of {header.name!a} disagree")
    size, packed = widened(extra, (size, packed), name)
    start = header.offset + LOCAL.size + len(tail)
    end = start + header.packed
    told = (header.crc, header.packed, header.size)
    if words[0] & DESCRIBED:
        form = DESCRIPTOR64 if extra else DESCRIPTOR
        descriptor = form.unpack(exactly(file, end, form.size))
        if (crc, packed, size) != (0, 0, 0) or descriptor != (b"PK\7\10", *told):
            raise MalformedError(f"the data descriptor of {name!a} disagrees with the list")
        end += form.size
    elif (crc, packed, size) != told:
        raise MalformedError(f"the two headers of {name!a} disagree")
    return start, end


def decoded(header: Header) -> str:
    """The name as text."""
    try:
        return header.name.decode("ascii")
    except UnicodeDecodeError as error:
        raise MalformedError(f"file name {header.name!a} is not ASCII") from error
