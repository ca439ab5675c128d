"""Single bits of a bundle flipped: where each one stands in the zip, and which of them a verifier lets pass.

The zip is taken apart here anew, after APPNOTE 6.3, so that no mistake of the reader under test hides
a place from it.
"""

from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from struct import unpack_from
from typing import NamedTuple
from zipfile import ZIP_STORED, ZipFile

from custody.core.findings import Outcome
from custody.core.trust import TrustFile
from custody.core.verify import verify

LOCAL = (
    *(("signature", 4), ("version needed", 2), ("flags", 2), ("method", 2), ("time", 2)),
    *(("date", 2), ("crc", 4), ("packed size", 4), ("size", 4), ("name length", 2)),
    ("extra length", 2),
)
CENTRAL = (
    *(("signature", 4), ("version made by", 2), *LOCAL[1:], ("comment length", 2), ("disk", 2)),
    *(("internal attributes", 2), ("external attributes", 4), ("offset", 4)),
)
END = (
    *(("signature", 4), ("disk", 2), ("first disk", 2), ("files here", 2), ("files", 2)),
    *(("directory length", 4), ("directory start", 4), ("comment length", 2)),
)


class Span(NamedTuple):
    """Bytes `start` … `end`-1 of a zip: part of it, field of that, and the file it is about."""

    start: int
    end: int
    part: str
    field: str
    file: str


class Flip(NamedTuple):
    """One bit, and where it stands."""

    byte: int
    bit: int
    span: Span


def spans(data: bytes) -> list[Span]:
    """Every byte of a zip, in its order."""
    with ZipFile(BytesIO(data)) as opened:
        entries, start = opened.infolist(), opened.start_dir
    found: list[Span] = []
    for entry in entries:
        name, extra = unpack_from("<2H", data, entry.header_offset + 26)
        tail = (("name", name), ("extra", extra))
        here = _fields(found, entry.header_offset, "local", (*LOCAL, *tail), entry.filename)
        kind = "stored" if entry.compress_type == ZIP_STORED else "deflated"
        end = here + entry.compress_size
        found.append(Span(here, end, "data", kind, entry.filename))
    here = start
    for entry in entries:
        name, extra = unpack_from("<2H", data, here + 28)
        tail = (("name", name), ("extra", extra))
        here = _fields(found, here, "central", (*CENTRAL, *tail), entry.filename)
    _fields(found, here, "end", END, "")
    assert [a.end for a in found] == [b.start for b in found[1:]] + [len(data)]
    return found


def _fields(
    found: list[Span], here: int, part: str, fields: Iterable[tuple[str, int]], file: str
) -> int:
    for field, length in fields:
        if length:
            found.append(Span(here, here + length, part, field, file))
        here += length
    return here


def all_of(where: Iterable[Span]) -> Iterator[Flip]:
    """Every bit of these places."""
    for span in where:
        for byte in range(span.start, span.end):
            yield from (Flip(byte, bit, span) for bit in range(8))


def survivors(path: Path, trust: TrustFile, flips: Iterable[Flip]) -> Iterator[Flip]:
    """Those of the flips with which the bundle does not fail. The file is flipped in its place."""
    with path.open("r+b", buffering=0) as file:
        for flip in flips:
            file.seek(flip.byte)
            (was,) = file.read(1)
            file.seek(flip.byte)
            file.write(bytes([was ^ 1 << flip.bit]))
            if verify([path], trust).verdict is not Outcome.FAILED:
                yield flip
            file.seek(flip.byte)
            file.write(bytes([was]))
