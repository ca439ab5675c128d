"""What a segment of an EWF image says of itself, read without libewf.

libewf shows dates in the reader's time zone, has no call for read errors, and opens a set whose end
is missing. So the chain of sections is walked here: number and identity of the segment, how it
ends ("next" or "done"), the header as text, and the sectors the imaging tool could not read.
Layout: EWF specification of libewf (documentation/Expert Witness Compression Format).
"""

import os
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from custody.core.digest import printable
from custody.core.errors import MalformedError
from custody.images.segments import LOGICAL, SIGNATURES
from custody.places import Content, Place

DESCRIPTOR = struct.Struct("<16sQQ40xI")  # type, offset of the next section, size, Adler-32
GEOMETRY = struct.Struct("<4xI8xQ40x16s")  # of volume, disk and data: chunks, sectors, set GUID
LAST_V2 = struct.Struct("<I60x")  # EWF2: the descriptor stands behind its section
NEXT_V2, DONE_V2 = 0x0D, 0x0F
TEXT_LIMIT = 1 << 20  # bytes of a header unpacked
ERRORS_LIMIT = 1 << 20  # entries, of a whole segment
SECTIONS_LIMIT = 1 << 16  # of a segment; one of 11 TB has so many
HEADER_FIELDS = {
    "c": "case_number",
    "n": "evidence_number",
    "e": "examiner",
    "a": "description",
    "t": "notes",
    "md": "model",
    "sn": "serial",
    "l": "label",
    "av": "software",
    "ov": "system",
    "m": "acquired",
    "u": "system_date",
}


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment file. `identity` is what all segments of a set repeat, where they do."""

    number: int
    ends: str  # "next" or "done"
    guid: bytes = b""
    geometry: tuple[int, int] | None = None  # chunks, sectors
    header: str | None = None  # raw text of header2, else of header
    errors: tuple[tuple[int, int], ...] = ()  # first sector, number of sectors
    damaged: bool = False  # a header section that does not unpack


@dataclass(frozen=True, slots=True)
class Claims:
    """The header's values, as the imaging tool and its user wrote them: claims, not facts.

    `times` holds, by name, the raw spelling and, where it is a number of seconds since 1970, that
    number. A time written as text has no zone: it is not guessed at.
    """

    raw: str
    values: Mapping[str, str] = field(default_factory=dict)
    times: Mapping[str, tuple[str, int | None]] = field(default_factory=dict)


def read_segment(place: Place) -> Segment:
    """The segment file at `place`.

    Raises:
        MalformedError: not a segment of an EWF image, or cut off.
        StorageError: unreadable, or changed meanwhile.
    """
    with place.open() as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        try:
            start = file.read(32)
            if start[:8] in (SIGNATURES[0], LOGICAL[0]):
                return first_version(file, int.from_bytes(start[9:11], "little"), size)
            if start[:8] in (SIGNATURES[1], LOGICAL[1]):
                return second_version(file, start, size)
        except (struct.error, EOFError) as error:
            raise MalformedError(
                f"{place.name} is cut off, or was never finished: its sections lead beyond its "
                f"{size} bytes. Copy it again; if this is all there is, take it in as a "
                "plain file."
            ) from error
    raise MalformedError(
        f"{place.name} is named like a segment of a forensic image and is none; "
        "take it in as a plain file"
    )


def check_set(places: Sequence[Place]) -> list[Segment]:
    """The segments of one image, given in the order of their names: whole, and of one image.

    Raises:
        MalformedError: a renamed or foreign segment, an end before the last file, or none at all.
    """
    found = [read_segment(place) for place in places]
    for number, (place, segment) in enumerate(zip(places, found, strict=True), start=1):
        last = number == len(places)
        if segment.number != number:
            raise MalformedError(
                f"{place.name} says that it is segment {segment.number}, not {number}: it was "
                "renamed or belongs to another image"
            )
        if not of_one_set(found[0], segment):
            raise MalformedError(
                f"{place.name} belongs to another image than {places[0].name}; "
                "put the segment that belongs there in its place"
            )
        if segment.ends == "done" and not last:
            raise MalformedError(
                f"the image ends with {place.name}; {places[number].name} is left over from "
                "another one. Move it elsewhere."
            )
        if segment.ends == "next" and last:
            raise MalformedError(
                f"{place.name} is not the last segment: it points to a next one, number "
                f"{number + 1}, which is missing. Put all segments into one folder; if the rest is "
                "lost, take in what is left as plain files (--plain)."
            )
    return found


def of_one_set(one: Segment, other: Segment) -> bool:
    """Whether nothing that both say of their set differs (old tools leave the GUID empty)."""
    if one.guid and other.guid and one.guid != other.guid:
        return False
    return None in (one.geometry, other.geometry) or one.geometry == other.geometry


def first_version(file: Content, number: int, size: int) -> Segment:
    """E01, S01, L01: descriptors in a chain from byte 13 on."""
    segment, errors = Segment(number, ""), list[tuple[int, int]]()
    for kind, start, length in chain(file, size):
        file.seek(start)
        if kind in ("next", "done"):
            return replace(segment, ends=kind, errors=tuple(errors))
        if kind == "header2" or (kind == "header" and segment.header is None):
            try:
                text = unpacked(file.read(min(length, TEXT_LIMIT)), kind)
                segment = replace(segment, header=text)
            except (zlib.error, UnicodeError):
                segment = replace(segment, damaged=True)
        elif kind in ("volume", "disk", "data") and length >= GEOMETRY.size:
            chunks, sectors, guid = GEOMETRY.unpack(file.read(GEOMETRY.size))
            segment = replace(segment, geometry=(chunks, sectors), guid=guid.strip(b"\0"))
        elif kind == "error2":
            errors += read_errors(file, ERRORS_LIMIT - len(errors))
    raise EOFError


def chain(file: Content, size: int) -> Iterator[tuple[str, int, int]]:
    """Type, start of the data and length of the data of each section, to "next" or "done"."""
    offset = 13
    for _ in range(SECTIONS_LIMIT):
        file.seek(offset)
        head = file.read(DESCRIPTOR.size)
        name, following, length, checksum = DESCRIPTOR.unpack(head)
        if zlib.adler32(head[:-4]) != checksum:
            raise EOFError
        kind = name.rstrip(b"\0").decode("latin-1")
        yield kind, offset + DESCRIPTOR.size, max(length - DESCRIPTOR.size, 0)
        if not offset < following <= size:
            raise EOFError
        offset = following
    raise EOFError


def unpacked(packed: bytes, kind: str) -> str:
    """The text of a header section (zlib; UTF-16 in header2, some 8-bit page in header)."""
    data = zlib.decompressobj().decompress(packed, TEXT_LIMIT)
    return data.decode("utf-16" if kind == "header2" else "latin-1").strip("\0")


def read_errors(file: Content, most: int) -> tuple[tuple[int, int], ...]:
    """The entries of an error2 section: first sector and number of sectors of each."""
    (count,) = struct.unpack("<I516x", file.read(520))
    if count > most:
        raise EOFError
    return tuple(struct.iter_unpack("<II", file.read(8 * count)))


def second_version(file: Content, start: bytes, size: int) -> Segment:
    """Ex01, Lx01: number and set GUID in front; the last descriptor ends the file."""
    file.seek(max(size - LAST_V2.size, 0))
    (kind,) = LAST_V2.unpack(file.read(LAST_V2.size))
    if kind not in (NEXT_V2, DONE_V2):
        raise EOFError
    number = int.from_bytes(start[12:16], "little")
    return Segment(number, "done" if kind == DONE_V2 else "next", guid=start[16:32].strip(b"\0"))


def claims(text: str) -> Claims:
    """The claims in a header's text: tab-separated names in line 3, values in line 4."""
    lines = text.replace("\r", "").split("\n")
    if len(lines) < 4 or lines[1] != "main":
        return Claims(text)
    named = dict(zip(lines[2].split("\t"), lines[3].split("\t"), strict=False))
    values = {
        long: printable(named[short]) for short, long in HEADER_FIELDS.items() if named.get(short)
    }
    times = {name: values.pop(name) for name in ("acquired", "system_date") if name in values}
    return Claims(text, values, {name: (raw, unix(raw)) for name, raw in times.items()})


def unix(raw: str) -> int | None:
    """Seconds since 1970, where the header says so and not "2021 7 22 17 33 18"."""
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) <= 12 else None
