"""Content written out to a medium: nothing overwritten, nothing followed, everything read back."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from custody.core.digest import digest_bytes
from custody.core.errors import MalformedError, NotFoundError, StorageError
from custody.places import Left
from custody.store import copying
from custody.store.copying import Part
from custody_cli.copied import plain_name
from tests.bench import clean_environ

BIG = bytes(range(256)) * 8000
KILLED = """
import os, signal, sys
from pathlib import Path
from custody.core.digest import digest_file
from custody.places import Left
from custody.store.copying import Part, write
source, target = map(Path, sys.argv[1:])
kill = lambda _: os.kill(os.getpid(), signal.SIGKILL)
write([Part(b"a", Left(source), digest_file(source))], [], target, kill)
"""


def part(folder: Path, name: bytes, data: bytes = b"x") -> Part:
    source = folder / f"source-{len(name)}"
    source.write_bytes(data)
    return Part(name, Left(source), digest_bytes(data))


def test_a_copy_that_is_killed_leaves_no_name_that_looks_whole(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(BIG)
    words = [sys.executable, "-c", KILLED, str(source), str(tmp_path / "copy.partial")]
    made = subprocess.run(words, env=clean_environ(), check=False)
    assert made.returncode == -signal.SIGKILL
    assert (tmp_path / "copy.partial" / "a").exists()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["copy.partial", "source"]


def test_a_link_that_waits_on_the_medium_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "copy"
    target.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StorageError, match="is there already, and nothing is overwritten"):
        copying.write([part(tmp_path, b"a")], [], target, None)
    assert not (tmp_path / "elsewhere").exists()


def test_two_names_that_a_medium_takes_for_one_are_refused(tmp_path: Path) -> None:
    twice = [part(tmp_path, b"a"), part(tmp_path, b"a")]
    with pytest.raises(StorageError, match="does not tell upper from lower case"):
        copying.write(twice, [], tmp_path / "copy", None)


def test_a_name_that_a_medium_cannot_hold_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="the medium cannot hold the name"):
        copying.write([part(tmp_path, b"n" * 256)], [], tmp_path / "copy", None)


def test_a_medium_that_is_too_small_is_refused_before_hours(tmp_path: Path) -> None:
    huge = part(tmp_path, b"a")._replace(digests=digest_bytes(b"x")._replace(size=1 << 62))
    with pytest.raises(StorageError, match="and the copy needs 4611686018427387904"):
        copying.check_room([huge], tmp_path)
    with pytest.raises(NotFoundError, match="a is not in the vault any more"):
        copying.check_sources([huge._replace(source=None)])


def test_what_the_medium_gives_back_is_compared(tmp_path: Path) -> None:
    parts = [part(tmp_path, b"a", BIG), part(tmp_path, b"bb"), part(tmp_path, b"ccc")]
    target = tmp_path / "copy"
    copying.write(parts, [], target, None)
    assert list(copying.differing(parts, target)) == []
    change(target / "a")
    (target / "bb").unlink()
    (target / "ccc").unlink()
    (target / "ccc").symlink_to(target / "a")
    assert list(copying.differing(parts, target)) == [
        *((b"a", "differs"), (b"bb", "is not there"), (b"ccc", "cannot be read"))
    ]


def change(path: Path) -> None:
    path.chmod(0o600)
    path.write_bytes(b"other")


@pytest.mark.parametrize("name", [b"..", b".", b"", b"a/b", b"/a", b"a\0b"])
def test_a_name_that_would_leave_its_folder_is_refused(name: bytes) -> None:
    with pytest.raises(MalformedError):
        plain_name(name)
