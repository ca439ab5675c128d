"""Zip files made byte by byte, so that a test can spoil any one of their fields."""

import struct
import zlib
from dataclasses import dataclass, field, replace

LOCAL, CENTRAL, END = "<4s5H3L2H", "<4s6H3L5H2L", "<4s4H2LH"
NARROW = 0xFFFFFFFF


@dataclass(frozen=True)
class Entry:
    """One file, and every way in which its headers can be made to lie."""

    name: bytes
    data: bytes = b""
    deflated: bool = False
    flags: int = 0
    central: dict[str, int | bytes] = field(default_factory=dict)  # fields that lie
    local: dict[str, int | bytes] = field(default_factory=dict)
    extra: bytes = b""  # in both headers
    before: bytes = b""  # bytes between the entry before and this one
    described: bool = False  # sizes follow the data
    descriptor: bytes | None = None
    wide: bool = False  # zip64 in both headers
    offset: int | None = None  # where the directory says it begins
    hidden: bool = False  # not listed in the directory
    packed: bytes | None = None

    def spoilt(self, **lies: object) -> "Entry":
        return replace(self, **lies)  # type: ignore[arg-type]

    @property
    def body(self) -> bytes:
        if self.packed is not None:
            return self.packed
        if not self.deflated:
            return self.data
        engine = zlib.compressobj(9, zlib.DEFLATED, -15)
        return engine.compress(self.data) + engine.flush()


def common(entry: Entry) -> dict[str, int | bytes]:
    return {
        "needs": 45 if entry.wide else 20,
        "flags": entry.flags | (8 if entry.described else 0),
        "method": 8 if entry.deflated else 0,
        "time": 0,
        "date": 0x21,
        "crc": zlib.crc32(entry.data),
        "packed": len(entry.body),
        "size": len(entry.data),
        "name": entry.name,
        "extra": entry.extra,
    }


def header(form: str, magic: bytes, words: dict[str, int | bytes], *order: str) -> bytes:
    name, extra = words.pop("name"), words.pop("extra")
    assert isinstance(name, bytes)
    assert isinstance(extra, bytes)
    lengths = {"names": len(name), "extras": len(extra)}
    return struct.pack(form, magic, *((words | lengths)[each] for each in order)) + name + extra


def widened(words: dict[str, int | bytes], *names: str) -> None:
    values = [words[name] for name in names]
    words["extra"] = struct.pack(f"<2H{len(names)}Q", 1, 8 * len(names), *values)
    words.update(dict.fromkeys(names, NARROW))


FIXED = ("needs", "flags", "method", "time", "date", "crc", "packed", "size", "names", "extras")


def local_part(entry: Entry) -> bytes:
    words = common(entry)
    if entry.described:
        words.update(crc=0, packed=0, size=0)
    if entry.wide:
        widened(words, "size", "packed")
    head = header(LOCAL, b"PK\3\4", words | entry.local, *FIXED)
    tail = b""
    if entry.described:
        form = "<4sL2Q" if entry.wide else "<4s3L"
        sizes = (zlib.crc32(entry.data), len(entry.body), len(entry.data))
        tail = struct.pack(form, b"PK\7\10", *sizes)
    return head + entry.body + (tail if entry.descriptor is None else entry.descriptor)


def central_part(entry: Entry, offset: int) -> bytes:
    words = common(entry) | {"made": 0x031E, "comments": 0, "disk": 0, "inner": 0}
    words |= {"outer": 0o100644 << 16, "offset": offset if entry.offset is None else entry.offset}
    if entry.wide:
        widened(words, "size", "packed", "offset")
    more = ("comments", "disk", "inner", "outer", "offset")
    return header(CENTRAL, b"PK\1\2", words | entry.central, "made", *FIXED, *more)


def zip_of(*entries: Entry, gap: bytes = b"", tail: bytes = b"", wide: bool = False) -> bytes:
    """The zip; `gap` before its directory, `tail` after its end, `wide` with a zip64 end."""
    out, listed = b"", b""
    for entry in entries:
        out += entry.before
        if not entry.hidden:
            listed += central_part(entry, len(out))
        out += local_part(entry)
    out += gap
    count = sum(not entry.hidden for entry in entries)
    start, here = len(out), len(out) + len(listed)
    out += listed
    if wide:
        out += struct.pack(
            "<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, len(listed), start
        )
        out += struct.pack("<4sLQL", b"PK\6\7", 0, here, 1)
    return out + struct.pack(END, b"PK\5\6", 0, 0, count, count, len(listed), start, 0) + tail
