"""Where a zip ends: a false zip64 end, a list that breaks off, a file that shrinks under its reader."""

import io
import struct
from random import Random

import pytest

from custody.core.bundle.archive import Archive
from custody.core.errors import MalformedError
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


def test_a_zip64_end_is_read_where_the_old_one_defers_to_it() -> None:
    archive = Archive(io.BytesIO(with_bytes(END_AT + 8, "<2H2L", *[0xFFFF] * 2, *[2**32 - 1] * 2)))
    assert archive.read("data/a.txt", 300) == A.data


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
    archive = Archive(file)
    file.truncate(len(NOISE) // 2)
    with pytest.raises(MalformedError, match="the zip ends inside 'x'"):
        archive.read("x", 1 << 30)
