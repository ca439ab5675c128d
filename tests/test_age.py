"""Our age files are those of everybody, and nothing that was altered is given out unasked."""

import io
import os
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custody.core.errors import DamagedError
from custody.store import age
from tests import aged

IDENTITY = bytes(range(32))
SIZES = (0, 1, 65_535, 65_536, 65_537, 131_072, (1 << 20) + 1, 3 * (1 << 20) + 17)


def sealed(data: bytes, piece: int = 1 << 20, identity: bytes = IDENTITY) -> bytes:
    """Data as it is written, in pieces of that size."""
    key, out = age.FileKey.fresh(), io.BytesIO()
    sealer = age.Sealer(key, out.write)
    for start in range(0, len(data), piece):
        sealer.take(memoryview(data)[start : start + piece])
    sealer.finish()
    return age.header(key, identity) + out.getvalue()


def opened(path: Path, *, damaged: bool = False, identity: bytes = IDENTITY) -> age.Opened:
    return age.Opened(io.FileIO(path), identity, path.name, damaged=damaged)


def all_of(path: Path, *, damaged: bool = False) -> bytes:
    with io.BufferedReader(opened(path, damaged=damaged)) as file:
        return file.read()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "file"


@pytest.mark.needs("age")
@pytest.mark.parametrize("size", SIZES)
def test_age_decrypts_what_we_write_and_we_what_age_writes(tmp_path: Path, size: int) -> None:
    data, path = os.urandom(size), tmp_path / "file"
    for piece in (1 << 20, 100_000):
        path.write_bytes(sealed(data, piece))
        assert aged.decrypted(path, IDENTITY, tmp_path) == data
        assert all_of(path) == data
        assert age.plain_size(path.stat().st_size) == size
    path.write_bytes(aged.encrypted(data, IDENTITY))
    assert all_of(path) == data


@given(st.binary(max_size=300), st.lists(st.integers(1, 60), max_size=20))
def test_how_it_comes_in_pieces_makes_no_difference(data: bytes, pieces: list[int]) -> None:
    key, out = age.FileKey(bytes(16), bytes(16)), io.BytesIO()
    sealer, at = age.Sealer(key, out.write), 0
    for piece in (*pieces, len(data)):
        sealer.take(memoryview(data)[at : at + piece])
        at += piece
    sealer.finish()
    once = io.BytesIO()
    sealer = age.Sealer(key, once.write)
    sealer.take(memoryview(data))
    sealer.finish()
    assert out.getvalue() == once.getvalue()


@settings(max_examples=40)
@given(st.data())
def test_any_part_can_be_read_alone(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.getbasetemp() / "parts"
    content = bytes(range(251)) * 1400  # five chunks and a bit
    if not path.exists():
        path.write_bytes(sealed(content))
    start = data.draw(st.integers(0, len(content) + 10))
    length = data.draw(st.integers(0, 200_000))
    with io.BufferedReader(opened(path), 4096) as file:
        file.seek(start)
        assert file.read(length) == content[start : start + length]
        assert file.tell() == max(start, min(start + length, len(content)))
        assert file.seek(-3, os.SEEK_END) == len(content) - 3


@pytest.mark.parametrize("size", [0, 5, 65_536, 200_000])
def test_a_flipped_bit_anywhere_is_told_and_nothing_of_its_chunk_is_given_out(
    path: Path, size: int
) -> None:
    data = os.urandom(size)
    whole = sealed(data)
    places = {
        0,
        21,
        30,
        60,
        100,
        118,
        122,
        160,
        167,
        168,
        183,
        184,
        len(whole) // 2,
        len(whole) - 1,
    }
    for place in sorted(places & set(range(len(whole)))):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
        with pytest.raises(DamagedError, match="file was altered, or is damaged: "):
            all_of(path)


@pytest.mark.parametrize(
    "kept", [0, 1, 167, 168, 183, 184, 199, 200, 65_735, 65_736, 65_737, 131_287]
)
def test_what_is_cut_off_anywhere_is_told(path: Path, kept: int) -> None:
    path.write_bytes(sealed(os.urandom(131_072))[:kept])
    with pytest.raises(DamagedError, match="is damaged"):
        all_of(path)


def test_what_was_put_behind_the_end_is_told(path: Path) -> None:
    whole = sealed(b"evidence")
    for more in (b"x", bytes(16), whole[age.START :]):
        path.write_bytes(whole + more)
        with pytest.raises(DamagedError, match="is damaged"):
            all_of(path)


def test_chunks_in_another_order_or_of_another_file_are_told(path: Path) -> None:
    whole, other = sealed(bytes(200_000)), sealed(bytes(200_000))
    first, second = (
        slice(age.START + n * age.SEALED, age.START + (n + 1) * age.SEALED) for n in (0, 1)
    )
    swapped = whole[: first.start] + whole[second] + whole[first] + whole[second.stop :]
    mixed = whole[: second.start] + other[second.start :]
    header_of_other = other[: age.START] + whole[age.START :]
    for made in (swapped, mixed, header_of_other):
        path.write_bytes(made)
        with pytest.raises(DamagedError):
            all_of(path)


def test_the_key_of_another_object_opens_nothing(path: Path) -> None:
    path.write_bytes(sealed(b"evidence", identity=bytes(32)))
    with pytest.raises(DamagedError, match="was made for another key"):
        opened(path)


def test_asked_for_damaged_content_one_bit_costs_one_bit(path: Path) -> None:
    data = os.urandom(200_000)
    whole = sealed(data)
    place = age.START + 70_000 + age.TAG  # in the second chunk
    path.write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
    found = all_of(path, damaged=True)
    assert [at for at in range(len(data)) if found[at] != data[at]] == [70_000]
    path.write_bytes(whole[: age.START + 2 * age.SEALED])
    assert all_of(path, damaged=True) == data[: 2 * age.CHUNK]
    path.write_bytes(whole[: age.START + age.SEALED + 3])
    assert all_of(path, damaged=True) == data[: age.CHUNK]


@settings(max_examples=200)
@given(st.binary(max_size=400), st.booleans(), st.booleans())
def test_whatever_lies_there_is_opened_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, begun: bool, damaged: bool
) -> None:
    path = tmp_path_factory.getbasetemp() / "whatever"
    path.write_bytes(sealed(b"x" * 70_000)[: age.START] + data if begun else age.MAGIC + data)
    with pytest.raises(DamagedError) if not (begun and damaged) else suppress(DamagedError):
        all_of(path, damaged=damaged)


def test_a_file_that_shrinks_while_it_is_read_is_told(path: Path) -> None:
    path.write_bytes(sealed(os.urandom(3 << 20)))
    with opened(path) as file:
        assert len(file.read(1000) or b"") == 1000
        os.truncate(path, 2 << 20)
        file.seek(2 << 20)
        with pytest.raises(DamagedError, match="cut off while it was read"):
            file.read(1000)


def test_keys_and_headers_are_never_the_same_twice() -> None:
    assert len({sealed(b"x")[: age.START] for _ in range(20)}) == 20
    key = age.FileKey.fresh()
    assert age.header(key, IDENTITY) != age.header(key, IDENTITY)
