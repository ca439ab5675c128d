"""Where a zip ends: a false zip64 end, a list that breaks off, a file that shrinks under its reader."""

import io
import struct
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
