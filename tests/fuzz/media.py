"""Readers of what comes with evidence: E01 segments, logs of imaging tools, lists of digests."""

import atexit
import shutil
import struct
import subprocess
import tempfile
import zlib
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from random import Random

from custody.core import listed
from custody.core.checks.merged import Told
from custody.core.digest import digest_bytes
from custody.core.disclosure import Disclosure
from custody.core.record import Entry
from custody.images import ewf, logs, sections, segments, supplied
from custody.images.compared import Comparison, Delivered, File
from custody.images.ewf import Decoded
from custody.images.logs import AcquisitionLog
from custody.images.sections import Segment
from custody.images.supplied import Stated
from custody.places import Left
from custody_cli import tabular
from tests.bodies import CONTENT, HASH
from tests.fuzz import Target
from tests.fuzz.mutating import image, spliced
from tests.test_acquisition_log import GUYMAGER
from tests.worlds import story

LONG = 65_536
MEDIA = 1 << 24  # bytes that the seeds' media could grow to; all else is refused by its size


@cache
def folder() -> Path:
    """Where inputs become files."""
    made = Path(tempfile.mkdtemp(prefix="custody-fuzz-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


def placed(name: str, data: bytes) -> Path:
    path = folder() / name
    path.write_bytes(data)
    return path


def segment(data: bytes) -> tuple[Segment, sections.Claims]:
    """One segment of an E01 or Ex01, without libewf."""
    path = placed("image.E01", data)
    assert segments.whole(folder(), segments.Series(b"image", "E")) == [path]
    found = sections.check_set([Left(path)])[0]
    return found, sections.claims(found.header or "")


def segment_holds(found: tuple[Segment, sections.Claims], _: bytes) -> bool:
    """The one segment of a whole set; what it claims can be printed."""
    one, claims = found
    printable = all(each.isprintable() for each in claims.values.values())
    return (one.number, one.ends) == (1, "done") and printable


def decoded(data: bytes) -> Decoded:
    """The media, through libewf, of a segment that its own sections call whole."""
    path = placed("media.E01", data)
    sections.check_set([Left(path)])
    return ewf.decode([Left(path)], ["md5", "sha1"])


def decoded_holds(found: Decoded, _: bytes) -> bool:
    """Digests are those of the whole media or there are none, and then a reason."""
    ewf.compare(found, "image", found.stored)
    if found.digests is None:
        return bool(found.failure) and not found.computed
    return found.digests.size == found.size == found.stated_size and not found.failure


def images() -> Iterator[bytes]:
    """Made by hand; and by ewfacquire in its formats, where it is installed."""
    yield by_hand()
    yield b"EVF2\r\n\x81\0\1\1\1\0" + (1).to_bytes(4, "little") + b"\1" * 16 + ended()
    if shutil.which("ewfacquire") is None:
        return
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / "disk.raw").write_bytes(Random(1).randbytes(3000) * 4 + bytes(20_768))
        for kind in ("encase1", "encase5", "encase6", "linen6", "ftk", "ewfx"):
            words = ["ewfacquire", "-u", "-f", kind, "-t", kind, "-d", "sha1", "-e", "Eva", "-b16"]
            subprocess.run([*words, "disk.raw"], cwd=place, check=True, capture_output=True)
            yield from (found.read_bytes() for found in Path(place).glob(f"{kind}.[Ee]01"))


def ended() -> bytes:
    """The descriptor that ends an Ex01."""
    return sections.LAST_V2.pack(sections.DONE_V2)


def by_hand() -> bytes:
    """A segment with a header, a volume, errors and an end, as an imaging tool writes them."""
    text = "1\nmain\nc\tn\ta\tav\tm\nK-1\tE-1\tdisk\t7\t1700000000\n\n"
    volume = sections.GEOMETRY.pack(1, 64, b"\7" * 16)
    bad = struct.pack("<I516x", 1) + struct.pack("<II", 8, 2) + bytes(4)
    body, parts = (
        b"EVF\x09\r\n\xff\0\1\1\0\0\0",
        [
            (b"header2", zlib.compress(text.encode("utf-16"))),
            (b"header", zlib.compress(text.encode())),
            (b"volume", volume + bytes(1052 - len(volume))),
            (b"error2", bad),
            (b"done", b""),
        ],
    )
    for kind, data in parts:
        size = sections.DESCRIPTOR.size + len(data)
        following = len(body) + size if kind != b"done" else len(body)
        head = sections.DESCRIPTOR.pack(kind, following, size, 0)[:-4]
        body += head + zlib.adler32(head).to_bytes(4, "little") + data
    return body


def log_holds(found: AcquisitionLog, _: bytes) -> bool:
    """Sectors that a disk can have, and words that can be printed."""
    words = [found.version, found.started, found.ended, *(found.segments or ())]
    spans = found.errors or ()
    return all((word or "").isprintable() for word in words) and all(
        0 <= first <= logs.SECTORS_MOST and count >= 0 for first, count in spans
    )


FTK = f"""Created By AccessData® FTK® Imager 4.5.0.3

Case Information:
Acquired using: ADI4.5.0.3
Case Number: 1

[Computed Hashes]
 MD5 checksum:    {"ab" * 16}
 SHA1 checksum:   {"cd" * 20}

Image Information:
 Acquisition started:   Mon Jan  5 10:00:00 2026
 Acquisition finished:  Mon Jan  5 11:00:00 2026
 Segment list:
  E:\\x\\disk.E01
  E:\\x\\disk.E02

The following sector(s) on the source drive could not be read:
   100 through 163
   7 through 7

"""
EWF = f"""ewfacquire 20140807

Acquiry started at: Jan 05, 2026 10:00:00
Acquiry completed at: Jan 05, 2026 11:00:00

Errors reading device:
\ttotal number: 1
\tat sector(s): 64 - 127 number: 64 (offset: 0x8000 of size: 32768)

MD5 hash calculated over data:\t\t{"ab" * 16}
SHA256 hash calculated over data:\t{"cd" * 32}
"""


def acquisition_logs() -> list[bytes]:
    bad = "During acquisition, 4 bad sectors have been encountered.\n300-302, 7\n"
    texts = [FTK, EWF, GUYMAGER.replace("BAD", bad).replace("STATE", "Finished successfully")]
    return [*(each.encode() for each in texts), FTK.encode("utf-16"), FTK.encode("latin-1")]


def digest_list_holds(found: list[Stated], _: bytes) -> bool:
    """Digests have the length of their algorithm; a delivery can be judged by any list."""
    name, data = b"dir/a", b"one"
    file = File(name, digest_bytes(data), Left(placed("a", data)))
    items = [Delivered(b"top", (file,), (b"dir",)), Delivered(b"", (file,))]
    for judged in Comparison([found], items).judge():
        assert all(line.isprintable() for line in judged.differs), judged.differs
    lengths = supplied.LENGTHS
    return all(
        len(each.digest) == lengths.get(each.algorithm, len(each.digest)) and each.name.strip()
        for each in found
    )


def digest_lists() -> list[bytes]:
    md5, sha1, sha256 = "f97c5d29941bfb1b2fdab0874906ab82", "ab" * 20, "cd" * 32
    return [
        f"{sha256}  dir/a\n{sha256} *b\\c\n\\{md5}  a\\nb\n".encode(),
        f"SHA256 (top/dir/a) = {sha256}\nMD5(a)= {md5}\nBLAKE3 (a) = {sha256}\n".encode(),
        f"%%%% HASHDEEP-1.0\n%%%% size,md5,sha256,filename\n## x\n3,{md5},{sha256},a,b\n".encode(),
        f'"File Name","Size","MD5 Hash","SHA-1"\n"a, b.txt","3","{md5}","{sha1}"\n'.encode(),
        f"\ufeffsep=;\r\nSHA256 checksum;Path\r\n0x{sha256};C:\\x\\dir\\a\r\n".encode("utf-16-le"),
        f'#TYPE x\n"Algorithm","Hash","Path"\n"SHA256","{sha256}","C:\\a.txt"\n'.encode(),
        f"name\thash\na\t{sha256}\nfolder/\t\n\xff\t{sha256}\n".encode("latin-1"),
    ]


@cache
def received() -> Told:
    """An entry that says that content came with digests that match; nothing of it is opened."""
    told = story()
    tag = told.world.register(told.case, 2, by=told.eve)
    given = {"content": CONTENT, "media": None, "stored_hash": "not_applicable"}
    signed = told.world.draft(
        "item.received", [tag], {**given, "format": "file", "supplied": "match"}, signers=[told.eve]
    )
    data = signed.envelope.encode()
    return Told(Entry(0, "", sha256(data).hexdigest(), 0, "", 0, tag), data)


def supplied_lines(data: bytes) -> tuple[tuple[str, ...], str]:
    """The lines that an entry kept of a list, and why its verdict is belied."""
    told, lines = received(), tuple(data.decode("latin-1").split("\n"))
    told.opened["supplied_digests"] = Disclosure("", "supplied_digests", lines, "", "")
    assert not (listed.belied(told) and listed.weak(told)), "weak digests belie nothing"
    return lines, listed.belied(told)


def supplied_lines_hold(found: tuple[tuple[str, ...], str], _: bytes) -> bool:
    """The verdict is belied only where every line is read and none names the content's digest."""
    lines, why = found
    return not why or not any(line.split(" ")[1:2] == [HASH] for line in lines)


Table = tuple[list[str], list[tabular.Line]]


def table(data: bytes) -> Table:
    """A table of items to seize, as a spreadsheet saves it."""
    return tabular.read(placed("items.csv", data))


def table_holds(found: Table, _: bytes) -> bool:
    """Rows ascend; none has cells that the header does not name, none is empty."""
    header, rows = found
    numbers = [row.number for row in rows]
    known = all(row.cells.keys() <= set(header) and any(row.cells.values()) for row in rows)
    return known and numbers == sorted(set(numbers)) and 0 < len(rows) <= tabular.MOST


def tables() -> list[bytes]:
    text = 'exhibit,type,note\r\nJS/1,mobile,"a, ""b"""\r\n,,\r\nJS/2,computer,\r\n'
    return [text.encode("utf-8-sig"), text.replace(",", ";").encode(), b"a\tb\n1\t2\n"]


TARGETS = {
    "e01-sections": Target(segment, segment_holds, images, image, LONG),
    "e01-media": Target(decoded, decoded_holds, images, image, LONG),
    "acquisition-log": Target(logs.read, log_holds, acquisition_logs, spliced),
    "table": Target(table, table_holds, tables, spliced),
    "listed": Target(
        supplied_lines,
        supplied_lines_hold,
        lambda: [f"sha256 {'cd' * 32} a b\nsha256 {HASH} c".encode(), b"md5 ab12 a", b"none - x"],
    ),
    "digest-list": Target(supplied.read, digest_list_holds, digest_lists, spliced),
}
