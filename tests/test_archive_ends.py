"""Where a zip ends: a false zip64 end, a list that breaks off, a file that shrinks under its reader."""

import io
import struct
import zlib
from random import Random

import pytest

from custody.core.bundle import archive
from custody.core.bundle.archive import Archive
from custody.core.errors import MalformedError, UsageError
from tests.zips import END, Entry, zip_of

A = Entry(b"top/data/a.txt", b"alpha " * 50)
WIDE = zip_of(A, wide=True)
END64_AT, LOCATOR_AT, END_AT = len(WIDE) - 98, len(WIDE) - 42, len(WIDE) - 22


NOISE = Random(1).randbytes(3 << 19)  # one and a half pieces; does not deflate


def with_bytes(at: int, form: str, *values: object) -> bytes:
    """The zip64 file with some fields of its end replaced."""
    made = bytearray(WIDE)
    struct.pack_into(form, made, at, *values)
    return bytes(made)


@pytest.mark.parametrize(
    ("data", "telling"),
    [
        (with_bytes(LOCATOR_AT + 4, "<L", 1), "locator does not point"),
        (with_bytes(LOCATOR_AT + 8, "<Q", END64_AT - 1), "locator does not point"),
        (with_bytes(LOCATOR_AT + 16, "<L", 2), "locator does not point"),
        (with_bytes(END64_AT, "<4s", b"PK\6\5"), "no zip64 end record"),
        (with_bytes(END64_AT + 4, "<Q", 45), "no zip64 end record"),
        (with_bytes(END64_AT + 16, "<L", 1), "no zip64 end record"),
        (with_bytes(END64_AT + 20, "<L", 1), "no zip64 end record"),
        (with_bytes(END64_AT + 24, "<Q", 2), "no zip64 end record"),
        (with_bytes(END_AT + 8, "<2H", 2, 2), "two ends of the zip disagree"),
        (with_bytes(END_AT + 12, "<L", 1), "two ends of the zip disagree"),
        (with_bytes(END_AT + 16, "<L", 1), "two ends of the zip disagree"),
    ],
    ids=str,
)
def test_a_zip64_end_that_tells_another_story_is_refused(data: bytes, telling: str) -> None:
    with pytest.raises(MalformedError, match=telling):
        Archive(io.BytesIO(data))


@pytest.mark.parametrize(
    ("back", "form", "values"),
    [(22, "<4s", (b"PK\5\7",)), (18, "<H", (1,)), (16, "<H", (1,)), (14, "<H", (2,)),
     (2, "<H", (4,))],
    ids=["magic", "disk", "first disk", "files here", "comment"],
)  # fmt: skip
def test_no_field_of_the_end_says_anything_else(
    back: int, form: str, values: tuple[object, ...]
) -> None:
    made = bytearray(zip_of(A))
    struct.pack_into(form, made, len(made) - back, *values)
    with pytest.raises(MalformedError, match="not one whole zip file"):
        Archive(io.BytesIO(bytes(made)))


def test_an_entry_of_the_list_begins_with_its_mark() -> None:
    made = bytearray(zip_of(A))
    (start,) = struct.unpack_from("<L", made, len(made) - 6)
    made[start : start + 4] = b"PK\1\3"
    with pytest.raises(MalformedError, match="list of files is malformed"):
        Archive(io.BytesIO(bytes(made)))


@pytest.mark.parametrize(
    ("limit", "most"), [("ENTRIES", 2), ("DIRECTORY_BYTES", 2 * (46 + 14)), ("TOTAL_BYTES", 600)]
)
def test_what_just_meets_a_limit_is_read(
    limit: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = zip_of(A, A.spoilt(name=b"top/data/b.txt"))
    monkeypatch.setattr(archive, limit, most)
    assert len(Archive(io.BytesIO(data)).members) == 2
    monkeypatch.setattr(archive, limit, most - 1)
    with pytest.raises(MalformedError):
        Archive(io.BytesIO(data))


def test_a_zip64_end_is_read_where_the_old_one_defers_to_it() -> None:
    found = Archive(io.BytesIO(with_bytes(END_AT + 8, "<2H2L", *[0xFFFF] * 2, *[2**32 - 1] * 2)))
    assert found.read("data/a.txt", 300) == A.data


@pytest.mark.parametrize(
    ("missing", "telling"),
    [(1, "files is malformed"), (14, "files is malformed"), (15, "ends inside"), (59, "ends ins")],
)
def test_a_list_that_breaks_off_inside_an_entry_is_refused(missing: int, telling: str) -> None:
    """Two entries are announced, and the list is `missing` bytes too short for the second."""
    whole = zip_of(A, A.spoilt(name=b"top/data/b.txt"))
    start, length = struct.unpack_from("<L", whole, len(whole) - 6)[0], 2 * (46 + 14)
    end = struct.pack(END, b"PK\5\6", 0, 0, 2, 2, length - missing, start, 0)
    cut = whole[: start + length - missing] + end
    with pytest.raises(MalformedError, match=telling):
        Archive(io.BytesIO(cut))


@pytest.mark.parametrize("deflated", [False, True])
def test_a_zip_that_shrinks_while_it_is_read_is_no_endless_wait(deflated: bool) -> None:
    file = io.BytesIO(zip_of(Entry(b"top/x", NOISE, deflated=deflated)))
    found = Archive(file)
    file.truncate(len(NOISE) // 2)
    with pytest.raises(MalformedError, match="the zip ends inside 'x'"):
        found.read("x", 1 << 30)


def test_an_encrypted_bundle_says_how_it_is_opened() -> None:
    with pytest.raises(UsageError, match="it is encrypted"):
        Archive(io.BytesIO(archive.ENCRYPTED + b"and what follows"))


@pytest.mark.parametrize("data", [b"", b"PK\x05\x06", bytes(21)])
def test_what_is_shorter_than_any_zip_is_none(data: bytes) -> None:
    with pytest.raises(MalformedError, match="not a zip file: too short"):
        Archive(io.BytesIO(data))


def test_a_file_whose_last_byte_waits_inside_the_unpacker_is_read_whole() -> None:
    """All its input is taken when a piece is full, and one byte is still to come out."""
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    noise, rest = NOISE[:8192], b"xy" + bytes(archive.CHUNK - 8192 - 3) + b"xy"
    packed = engine.compress(noise) + engine.flush(zlib.Z_FULL_FLUSH)
    packed += engine.compress(rest) + engine.flush()
    entry = Entry(b"top/x", noise + rest, deflated=True, packed=packed)
    assert Archive(io.BytesIO(zip_of(entry))).read("x", archive.CHUNK + 1) == noise + rest


def test_what_unpacks_to_more_than_it_says_is_not_handed_on() -> None:
    """Else a short zip could fill the memory of whoever gathers its pieces."""
    lie: dict[str, int | bytes] = {"size": 9}
    entry = Entry(b"top/x", NOISE, deflated=True, central=lie, local=lie)
    pieces = Archive(io.BytesIO(zip_of(entry))).chunks("x")
    with pytest.raises(MalformedError, match="stated size and CRC"):
        next(pieces)


@pytest.mark.parametrize(("size", "read"), [(1 << 20, True), ((1 << 20) + 1, False)])
def test_so_much_may_come_of_any_file_and_no_more(size: int, read: bool) -> None:
    data = zip_of(Entry(b"top/x", bytes(size), deflated=True))
    if read:
        assert Archive(io.BytesIO(data)).read("x", size) == bytes(size)
        return
    with pytest.raises(MalformedError, match="unpacks to 200 times its size"):
        Archive(io.BytesIO(data))


@pytest.mark.parametrize("header", ["central", "local"])
def test_a_file_needs_no_more_than_zip64(header: str) -> None:
    for needs, read in ((45, True), (46, False)):
        data = zip_of(A.spoilt(**{header: {"needs": needs}}))
        if read:
            assert Archive(io.BytesIO(data)).read("data/a.txt", 300) == A.data
            continue
        with pytest.raises(MalformedError):
            Archive(io.BytesIO(data))


@pytest.mark.parametrize(("attributes", "read"), [(0x01, True), (0x08, False), (0x10, False)])
def test_a_file_may_be_read_only_and_no_volume_nor_folder(attributes: int, read: bool) -> None:
    data = zip_of(A.spoilt(central={"outer": attributes}))
    if read:
        assert Archive(io.BytesIO(data)).read("data/a.txt", 300) == A.data
        return
    with pytest.raises(MalformedError, match="is a link, folder or device"):
        Archive(io.BytesIO(data))


def test_a_field_of_another_kind_holds_no_size() -> None:
    """It is as long as that of zip64, and another reader would not take it for it."""
    other = struct.pack("<2HQ", 2, 8, len(A.data))
    lie: dict[str, int | bytes] = {"size": 2**32 - 1, "extra": other}
    with pytest.raises(MalformedError, match="extra fields other than the zip64 one"):
        Archive(io.BytesIO(zip_of(A.spoilt(central=lie, local=lie))))


@pytest.mark.parametrize(
    ("at", "form", "value", "telling"),
    [
        (0, "<4s", b"PK\3\5", "two headers of b'top/data/a.txt' disagree"),
        (26, "<H", 0xFFFF, "the zip ends before byte"),
        (28, "<H", 0xFFFF, "the zip ends before byte"),
    ],
    ids=["mark", "name", "extra fields"],
)
def test_the_header_in_front_begins_with_its_mark_and_ends_inside_the_file(
    at: int, form: str, value: object, telling: str
) -> None:
    made = bytearray(zip_of(A))
    struct.pack_into(form, made, at, value)
    with pytest.raises(MalformedError, match=telling):
        Archive(io.BytesIO(bytes(made)))
