"""The strict zip reader: what it reads, and every trick that it refuses."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import custody.core.bundle.archive as archive_module
from custody.core.bundle.archive import Archive
from custody.core.bundle.names import Names, check_name
from custody.core.errors import MalformedError
from tests.zips import Entry, zip_of

A = Entry(b"top/data/a.txt", b"alpha " * 50)
B = Entry(b"top/data/b.txt", b"beta " * 50, deflated=True)


def opened(data: bytes) -> Archive:
    return Archive(io.BytesIO(data))


def all_of(data: bytes) -> dict[str, bytes]:
    archive = opened(data)
    return {path: b"".join(archive.chunks(path)) for path in archive.members}


def refuses(data: bytes, telling: str) -> None:
    with pytest.raises(MalformedError, match=telling):
        all_of(data)


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize(
    "entry",
    [A, B, A.spoilt(described=True), B.spoilt(described=True), A.spoilt(wide=True),
     B.spoilt(wide=True, described=True), A.spoilt(data=b"")],
)  # fmt: skip
def test_reads_what_the_format_allows(entry: Entry, wide: bool) -> None:
    data = zip_of(entry, Entry(b"top/z", b"last"), wide=wide)
    path = entry.name.decode().removeprefix("top/")
    assert all_of(data) == {path: entry.data, "z": b"last"}
    assert opened(data).top == "top"


def python_zip(packing: int, big: bool) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", packing) as made:
        for name in ("t/u.txt", "t/data/x"):
            with made.open(zipfile.ZipInfo(name), "w", force_zip64=big) as file:
                file.write(name.encode() * 1000)
    return sink.getvalue()


@pytest.mark.parametrize("packing", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("big", [False, True])
def test_reads_what_the_standard_library_writes(packing: int, big: bool) -> None:
    files = all_of(python_zip(packing, big))
    assert files == {"u.txt": b"t/u.txt" * 1000, "data/x": b"t/data/x" * 1000}


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=8), st.booleans(), st.booleans())
def test_files_come_back_as_they_went_in(
    contents: list[bytes], deflated: bool, described: bool
) -> None:
    entries = [
        Entry(b"t/%d" % n, data, deflated=deflated, described=described)
        for n, data in enumerate(contents)
    ]
    assert list(all_of(zip_of(*entries)).values()) == contents


LINK = {"outer": 0o120777 << 16}
FOLDER_BIT = {"outer": 0x10}
OTHER = zlib.crc32(b"other")

SPOILT: dict[str, tuple[bytes, str]] = {
    "prepended bytes": (b"#!/bin/sh\n" + zip_of(A), "not where the zip says"),
    "prepended, offsets mended": (zip_of(A.spoilt(before=b"MZ")), "follows a gap"),
    "trailing bytes": (zip_of(A, tail=b"more"), "at its end"),
    "a comment": (zip_of(A)[:-2] + b"\4\0more", "at its end"),
    "a gap between files": (zip_of(A, B.spoilt(before=b"hidden")), "follows a gap"),
    "a gap before the directory": (zip_of(A, gap=b"hidden"), "belong to no file"),
    "a file that is not listed": (zip_of(A, B.spoilt(hidden=True)), "belong to no file"),
    "an unlisted file in front": (zip_of(B.spoilt(hidden=True), A), "follows a gap"),
    "two names for one file": (
        zip_of(A, A.spoilt(name=b"top/data/c.txt", hidden=True), A.spoilt(offset=0)),
        "overlaps",
    ),
    "no zip": (b"just text, and not a little of it", "not one whole zip"),
    "too short": (b"PK\5\6", "too short"),
    "empty": (zip_of(), "says 0 files"),
    "encrypted": (zip_of(A.spoilt(flags=1)), "encrypted"),
    "strongly encrypted": (zip_of(A.spoilt(flags=0x41)), "encrypted"),
    "masked headers": (zip_of(A.spoilt(flags=0x2000)), "encrypted"),
    "another packing": (zip_of(A.spoilt(central={"method": 12}, local={"method": 12})), "packed"),
    "newer than zip64": (zip_of(A.spoilt(central={"needs": 63})), "not allowed here"),
    "of no known version": (zip_of(A.spoilt(central={"needs": 21})), "not allowed here"),
    "of no known version in front": (zip_of(A.spoilt(local={"needs": 21})), "two headers"),
    "hidden": (zip_of(A.spoilt(central={"outer": 0x02})), "hidden"),
    "of the system": (zip_of(A.spoilt(central={"outer": 0x04})), "hidden"),
    "of its owner's rights": (zip_of(A.spoilt(central={"outer": 0o104755 << 16})), "plain file"),
    "text, to be converted": (zip_of(A.spoilt(central={"inner": 1})), "malformed"),
    "a link": (zip_of(A.spoilt(central=LINK)), "link"),
    "a link made on another system": (
        zip_of(A.spoilt(central={**LINK, "made": 0x0014})),
        "link",
    ),
    "a folder by its attribute": (zip_of(A.spoilt(central=FOLDER_BIT)), "folder"),
    "a folder by its name": (zip_of(Entry(b"top/data/"), A), "is absolute, a folder"),
    "a pipe": (zip_of(A.spoilt(central={"outer": 0o010644 << 16})), "device"),
    "another size in front": (zip_of(A.spoilt(local={"size": 7})), "two headers"),
    "another CRC in front": (zip_of(A.spoilt(local={"crc": OTHER})), "two headers"),
    "another name in front": (zip_of(A.spoilt(local={"name": b"top/data/x.txt"})), "two headers"),
    "other flags in front": (zip_of(A.spoilt(local={"flags": 0x800})), "two headers"),
    "other packing in front": (zip_of(A.spoilt(local={"method": 8})), "two headers"),
    "another date in front": (zip_of(A.spoilt(local={"date": 0x22})), "two headers"),
    "another CRC behind": (
        zip_of(A.spoilt(described=True, descriptor=struct.pack("<4s3L", b"PK\7\10", 1, 300, 300))),
        "data descriptor",
    ),
    "a descriptor without its mark": (
        zip_of(
            A.spoilt(
                described=True,
                descriptor=struct.pack("<3L", zlib.crc32(A.data), 300, 300),
            ),
            B,
        ),
        "data descriptor",
    ),
    "sizes in front and behind": (
        zip_of(A.spoilt(described=True, local={"size": 300})),
        "data descriptor",
    ),
    "a wrong CRC": (
        zip_of(A.spoilt(central={"crc": OTHER}, local={"crc": OTHER})),
        "stated size and CRC",
    ),
    "stored in two sizes": (
        zip_of(A.spoilt(central={"size": 9}, local={"size": 9})),
        "two sizes",
    ),
    "unpacks to more": (
        zip_of(B.spoilt(central={"size": 9}, local={"size": 9})),
        "stated size and CRC",
    ),
    "bytes after deflated data": (zip_of(B.spoilt(packed=B.body + b"x")), "bytes after"),
    "deflated data cut off": (zip_of(B.spoilt(packed=B.body[:-3])), "does not end"),
    "no deflated data": (zip_of(B.spoilt(packed=b"\xff" * 20)), "cannot be unpacked"),
    "a second name in an extra field": (
        zip_of(A.spoilt(extra=struct.pack("<2H", 0x7075, 4) + b"evil")),
        "extra fields",
    ),
    "zip64 without need": (
        zip_of(A.spoilt(extra=struct.pack("<2HQ", 1, 8, 300))),
        "extra fields",
    ),
    "zip64 marks without a field": (zip_of(A.spoilt(central={"size": 0xFFFFFFFF})), "extra"),
    "a comment to a file": (zip_of(A.spoilt(central={"comments": 3})), "malformed"),
    "another disk": (zip_of(A.spoilt(central={"disk": 1})), "malformed"),
    "the same name twice": (zip_of(A, A), "fall together"),
    "names alike but for case": (zip_of(A, A.spoilt(name=b"top/data/A.TXT")), "fall together"),
    "folders alike but for case": (zip_of(A, A.spoilt(name=b"top/Data/b")), "fall together"),
    "a file that is also a folder": (zip_of(A, A.spoilt(name=b"top/data")), "fall together"),
    "a folder that is also a file": (zip_of(A, A.spoilt(name=A.name + b"/b")), "fall together"),
    "two top folders": (zip_of(A, A.spoilt(name=b"other/a")), "two top folders"),
    "no top folder": (zip_of(A.spoilt(name=b"a.txt")), "outside the one top folder"),
    "UTF-8": (zip_of(A.spoilt(name="top/é".encode(), flags=0x800)), "not ASCII"),
    "some code page": (zip_of(A.spoilt(name=b"top/\xff")), "not ASCII"),
    "the list says one file more": (
        zip_of(A)[:-14] + struct.pack("<2H", 2, 2) + zip_of(A)[-10:],
        "says 2 files and lists 1",
    ),
    "a second disk": (zip_of(A)[:-18] + b"\1\0" + zip_of(A)[-16:], "not one whole zip"),
    "two ends that disagree": (
        zip_of(A, wide=True)[:-10] + struct.pack("<2LH", 1, 1, 0),
        "two ends",
    ),
    "larger than any file, with its descriptor behind": (
        zip_of(
            B.spoilt(
                described=True,
                wide=True,
                central={"extra": struct.pack("<2H3Q", 1, 24, 300, 2**63, 0)},
            )
        ),
        "too large",
    ),
    "cut off in the list": (zip_of(A)[:-40] + zip_of(A)[-22:], "not where the zip says"),
}


@pytest.mark.parametrize("trick", SPOILT)
def test_refuses(trick: str) -> None:
    refuses(*SPOILT[trick])


@pytest.mark.parametrize(
    ("name", "telling"),
    [
        ("top/../x", "leaves its folder"),
        ("../x", "leaves its folder"),
        ("/etc/passwd", "absolute"),
        ("top//x", "absolute"),
        ("top/./x", "leaves its folder"),
        ("C:/x", "character"),
        ("top/x:stream", "character"),
        ("top\\x", "character"),
        ("top/a%20b", "character"),
        ("top/a\nb", "character"),
        ("top/é", "character"),
        ("top/\u202etxt.exe", "character"),
        ("top/\u0661", "character"),
        ("top/CON", "device"),
        ("top/com1.txt", "device"),
        ("top/nul.x.y", "device"),
        ("top/x.", "changes"),
        ("top/a b", "character"),
        ("top/x\n", "character"),
        ("top/" + "x" * 256, "changes"),
        ("top/" + "x/" * 600 + "x", "longer"),
    ],
)
def test_refuses_names_that_mean_something_else_elsewhere(name: str, telling: str) -> None:
    with pytest.raises(MalformedError, match=telling):
        check_name(name)


@pytest.mark.parametrize("name", ["top/data/console.txt", "top/com10", "top/-_/.hidden"])
def test_admits_ordinary_names(name: str) -> None:
    check_name(name)


def test_names_of_one_folder_do_not_fall_together() -> None:
    names = Names()
    for name in ("t/a/b/1", "t/a/b/2", "t/a/c", "t/b"):
        names.add(name)
    with pytest.raises(MalformedError, match="'t/A/b'"):
        names.add("t/A/b/3")


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = Entry(b"top/bomb", bytes(2 << 20), deflated=True)
    refuses(zip_of(bomb), "unpacks to 200 times")


@pytest.mark.parametrize(
    ("limit", "value", "telling"),
    [
        ("ENTRIES", 1, "2 files"),
        ("DIRECTORY_BYTES", 50, "too long"),
        ("TOTAL_BYTES", 500, "unpack"),
    ],
)
def test_limits_are_limits(
    limit: str, value: int, telling: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = zip_of(A, B)
    assert len(all_of(data)) == 2
    monkeypatch.setattr(archive_module, limit, value)
    refuses(data, telling)


def test_a_file_that_does_not_exist_and_one_too_long() -> None:
    archive = opened(zip_of(A))
    with pytest.raises(MalformedError, match="no file 'nowhere'"):
        archive.read("nowhere", 10)
    with pytest.raises(MalformedError, match="longer than 299 bytes"):
        archive.read("data/a.txt", 299)
    assert archive.read("data/a.txt", 300) == A.data


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_no_changed_byte_changes_what_is_read(data: st.DataObject) -> None:
    """Names, contents and their number are as before, or the reader refuses."""
    good = zip_of(A, B.spoilt(described=True), A.spoilt(name=b"top/w", wide=True), wide=True)
    files = all_of(good)
    place = data.draw(st.integers(0, len(good) - 1), label="byte")
    change = data.draw(st.integers(1, 255), label="bits")
    bad = good[:place] + bytes([good[place] ^ change]) + good[place + 1 :]
    try:
        found = all_of(bad)
    except MalformedError:
        return
    assert found == files


SHAPES: list[Callable[[bytes, int], bytes]] = [
    lambda data, at: data[:at],
    lambda data, at: data[at:],
    lambda data, at: data[:at] + b"\0" + data[at:],
]


@settings(deadline=None)
@given(st.integers(1, 500), st.sampled_from(SHAPES))
def test_cut_or_stretched_zips_are_refused(at: int, shape: Callable[[bytes, int], bytes]) -> None:
    good = zip_of(A, B)
    with pytest.raises(MalformedError):
        all_of(shape(good, min(at, len(good) - 1)))
