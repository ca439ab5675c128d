"""Digests of files: right, in one pass, and refused where a file is not what it was."""

import errno
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from blake3 import blake3
from hypothesis import given
from hypothesis import strategies as st

from custody.core import digest
from custody.core.digest import Digests, Unchanging, UnreadableError, digest_bytes, digest_file
from custody.core.errors import StorageError
from tests.real_images import EVIDENCE

SIZES = [0, 1, digest.SMALL - 1, digest.SMALL, digest.SMALL + 1, digest.BLOCK * 7 + 13]


def expected(data: bytes) -> Digests:
    return Digests(hashlib.sha256(data).hexdigest(), blake3(data).hexdigest(), len(data))


@pytest.mark.parametrize("size", SIZES)
def test_digests_equal_those_of_the_plain_libraries(tmp_path: Path, size: int) -> None:
    data = os.urandom(size)
    path = tmp_path / "evidence"
    path.write_bytes(data)
    done: list[int] = []
    assert digest_file(path, done.append) == expected(data) == digest_bytes(data)
    assert sum(done) == size


@pytest.mark.needs("evidence")
def test_a_real_image_has_the_digest_that_sha256sum_prints() -> None:
    path = EVIDENCE / "iso9660.raw"
    printed = subprocess.run(["sha256sum", path], capture_output=True, check=True, text=True)
    assert digest_file(path).sha256 == printed.stdout.split()[0]


def test_a_sparse_file_reads_as_the_zeros_it_stands_for(tmp_path: Path) -> None:
    path = tmp_path / "sparse"
    with path.open("wb") as file:
        file.truncate(5 << 20)
        file.seek(3 << 20)
        file.write(b"island")
    assert path.stat().st_blocks * 512 < 1 << 20
    assert digest_file(path) == expected(bytes(3 << 20) + b"island" + bytes((2 << 20) - 6))


def test_a_name_that_is_not_utf8_is_a_name(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/caf\xe9\xff\n.doc"
    Path(os.fsdecode(path)).write_bytes(b"x")
    assert digest_file(path) == expected(b"x")


def test_memory_stays_flat(tmp_path: Path) -> None:
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(600 << 20)
    code = (
        "import resource, sys; from custody.core.digest import digest_file;"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss;"
        "digest_file(sys.argv[1]);"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    command = [sys.executable, "-c", code, str(path)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(run.stdout) < 32 * 1024, "KiB"


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


def shrink(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 1)


def rewrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"other")
    os.utime(path, ns=(1, 1))  # a forged time is a change like any other


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (grow, "grew from"),
        (shrink, "shrank from"),
        (rewrite, "rewritten"),
        (Path.unlink, "removed"),
    ],
)
@pytest.mark.parametrize("size", [100, digest.BLOCK * 3])
def test_a_file_that_changes_while_it_is_read_is_refused_by_name(
    tmp_path: Path, change: Callable[[Path], None], words: str, size: int
) -> None:
    path = tmp_path / "live.log"
    path.write_bytes(os.urandom(size))
    once = [change]
    with pytest.raises(StorageError, match=f"live.log.*{words}"):
        digest_file(path, lambda _: once.pop()(path) if once else None)


def test_a_small_file_that_outgrows_its_first_look_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "live.log"
    path.write_bytes(b"short")
    with pytest.raises(StorageError, match="grew from 5"), Unchanging(path) as file:
        path.write_bytes(os.urandom(digest.SMALL * 2))
        assert file.digests().size > 5


def test_a_file_longer_than_its_entry_says_is_refused() -> None:
    with pytest.raises(StorageError, match=r"gave .* not the 0 of its entry"):
        digest_file("/proc/version")


def test_a_file_that_never_ends_is_not_read_for_ever(tmp_path: Path) -> None:
    path = tmp_path / "live.log"
    path.write_bytes(os.urandom(digest.BLOCK * 2))

    def grow(count: int) -> None:
        with path.open("ab") as file:
            file.write(bytes(count))

    with pytest.raises(StorageError, match=r"live.log grew from"):
        digest_file(path, grow)


def test_what_is_not_a_regular_file_is_never_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("/etc/hostname")
    for name in ("pipe", "/dev/zero", "."):
        with pytest.raises(StorageError, match="not a regular file"):
            digest_file(tmp_path / name)
    with pytest.raises(UnreadableError, match="link cannot be read") as caught:
        digest_file(tmp_path / "link")
    assert caught.value.why == "ELOOP"


def test_a_missing_file_is_named_with_its_odd_bytes_escaped(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match=r"no\\xff\\x1bpe cannot be read: No such file"):
        digest_file(os.fsencode(tmp_path) + b"/no\xff\x1bpe")


def test_reading_leaves_the_access_time_alone(tmp_path: Path) -> None:
    path = tmp_path / "evidence"
    path.write_bytes(b"x")
    os.utime(path, (1, 1))
    digest_file(path)
    assert path.stat().st_atime == 1


@given(st.binary(max_size=300), st.integers(1, 7), st.integers(1, 4))
def test_every_taker_gets_every_byte_in_order(data: bytes, step: int, takers: int) -> None:
    rest = memoryview(data)

    def read(into: memoryview) -> int:
        nonlocal rest
        part, rest = rest[:step], rest[step:]
        into[: len(part)] = part
        return len(part)

    got = [bytearray() for _ in range(takers)]
    assert digest.pump(read, [each.extend for each in got]) == len(data)
    assert all(each == data for each in got)


@given(st.integers(1, 30), st.data())
def test_a_taker_that_fails_ends_the_pass_with_its_own_error(
    blocks: int, data: st.DataObject
) -> None:
    fails_at = data.draw(st.integers(1, blocks))
    left, seen = blocks, 0

    def read(into: memoryview) -> int:
        nonlocal left
        left -= 1
        return 1 if left >= 0 else 0

    def take(block: memoryview) -> None:
        nonlocal seen
        seen += 1
        if seen == fails_at:
            raise StorageError(f"full at {seen}")

    with pytest.raises(StorageError, match=f"full at {fails_at}"):
        digest.pump(read, [take])


def test_a_file_of_somebody_else_is_read_all_the_same() -> None:
    """Linux refuses O_NOATIME to everybody but the owner and root."""
    path = Path("/etc/passwd")
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        with pytest.raises(PermissionError):
            os.open(path, os.O_RDONLY | os.O_NOATIME)
        assert digest_file(path) == expected(path.read_bytes())
    finally:
        if root:
            os.seteuid(0)


def test_a_file_that_may_not_be_read_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.touch(mode=0o000)
    root = os.geteuid() == 0
    if root:
        tmp_path.chmod(0o755)
        os.seteuid(65534)
    try:
        with pytest.raises(UnreadableError, match="cannot be read: Permission denied") as caught:
            digest_file(path)
        assert caught.value.why == "EACCES"
    finally:
        if root:
            os.seteuid(0)


def test_an_error_that_the_system_has_no_number_for_is_one_of_reading() -> None:
    assert UnreadableError("x", OSError("a reader's own words")).why == "EIO"


@pytest.mark.parametrize("size", SIZES)
def test_every_block_is_handed_on_while_a_file_is_read(tmp_path: Path, size: int) -> None:
    data = os.urandom(size)
    path = tmp_path / "evidence"
    path.write_bytes(data)
    got = bytearray()
    with Unchanging(path) as file:
        assert file.digests(also=[got.extend]) == expected(data)
    assert got == data


def test_an_error_of_the_system_while_a_file_is_read_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "evidence"
    path.write_bytes(b"x")
    told = pytest.raises(UnreadableError, match="evidence cannot be read: Input/output")
    with told as caught, Unchanging(path):
        raise OSError(errno.EIO, os.strerror(errno.EIO))
    assert caught.value.why == "EIO"


def test_what_a_reader_raises_itself_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "evidence"
    path.write_bytes(b"x")
    with pytest.raises(ValueError, match="not an image"), Unchanging(path):
        path.write_bytes(b"grown")
        raise ValueError("not an image")


def test_of_a_file_that_outgrew_its_size_all_is_counted_from_its_start(tmp_path: Path) -> None:
    path = tmp_path / "live.log"
    path.write_bytes(b"ten bytes!")
    with path.open("rb") as file:
        assert digest.digest_descriptor(file.fileno(), 5) == expected(b"ten bytes!")


def test_no_descriptor_stays_open(tmp_path: Path) -> None:
    """Neither of what was read, nor of what is refused: else a large folder would use them up."""
    path = tmp_path / "evidence"
    path.write_bytes(b"x")
    before = sorted(Path("/proc/self/fd").iterdir())
    digest_file(path)
    for refused in (tmp_path, "/dev/zero"):
        with pytest.raises(StorageError, match="not a regular file"):
            digest_file(refused)
    with pytest.raises(StorageError, match="grew"):
        digest_file(path, lambda _: grow(path))
    assert sorted(Path("/proc/self/fd").iterdir()) == before
