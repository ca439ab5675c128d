"""The file of a bundle: nobody's file is written over, nobody else can read it while it is made."""

import io
import os
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from custody.core.digest import digest_bytes
from custody.core.errors import StorageError
from custody.ledger import zipping
from custody.ledger.bundling import write_evidence
from custody.ledger.enclosed import Enclosed, listed
from custody.ledger.zipping import BagWriter

AT = 1_790_000_000


def finished(path: Path, between: bytes | None = None) -> None:
    with BagWriter(path, "top", AT) as bag:
        bag.add("data/README.txt", b"words")
        if between is not None:
            path.write_bytes(between)
        bag.finish([], lambda a, b: b"{}")


def test_a_file_that_came_meanwhile_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "out.zip"
    with pytest.raises(StorageError, match="exists"):
        finished(path, between=b"another bundle")
    assert path.read_bytes() == b"another bundle"
    assert [each.name for each in tmp_path.iterdir()] == ["out.zip"]


def test_a_bundle_is_finished_before_another_one_begins_under_its_name(tmp_path: Path) -> None:
    path = tmp_path / "out.zip"
    finished(path)
    whole = path.read_bytes()
    with pytest.raises(StorageError, match="exists"):
        finished(path)
    assert path.read_bytes() == whole
    assert [each.name for each in tmp_path.iterdir()] == ["out.zip"]


def test_a_link_in_the_bundles_place_is_not_followed(tmp_path: Path) -> None:
    path, other = tmp_path / "out.zip", tmp_path / "precious"
    path.symlink_to(other)
    with pytest.raises(StorageError, match="exists"):
        finished(path)
    assert not other.exists()


def test_only_its_owner_reads_a_bundle(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        finished(tmp_path / "out.zip")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "out.zip").stat().st_mode) == 0o600


class Shelf:
    """A vault of what is at hand."""

    def __init__(self, *contents: bytes) -> None:
        self.objects = {digest_bytes(data).sha256: data for data in contents}

    def open(self, sha256: str) -> BinaryIO:
        return io.BytesIO(self.objects[sha256])

    def size(self, sha256: str) -> int:
        return len(self.objects[sha256])


def test_a_size_that_a_signer_made_up_does_not_break_the_zip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 2000)
    monkeypatch.setattr(zipping, "ZIP64_FROM", 1000)
    data = bytes(5000)
    shelf, sha256 = Shelf(data), digest_bytes(data).sha256
    with BagWriter(tmp_path / "out.zip", "top", AT) as bag:
        write_evidence(bag, Enclosed("data/items/1/0001.bin", sha256, 10, ""), shelf, None)
        bag.finish([], lambda a, b: b"{}")
    with zipfile.ZipFile(tmp_path / "out.zip") as made:
        assert made.read("top/data/items/1/0001.bin") == data


GOOD = '{{"blake3":"{}","path":"a","sha256":"{}","size":1,"type":"segment"}}\n'.format(
    "0" * 64, "1" * 64
)
BAD = {
    "no manifest at all": b"\x7fELF" * 100,
    "one endless line": b"[" * 3_000_000,
    "a file without digest": b'{"path":"a","size":1,"type":"file"}\n',
    "a file without size": GOOD.replace('"size":1,', "").encode(),
    "a digest that is a path": GOOD.replace("1" * 64, "../../../../etc/passwd").encode(),
    "a size below zero": GOOD.replace('"size":1', '"size":-1').encode(),
    "a size of words": GOOD.replace('"size":1', '"size":"1"').encode(),
    "no type": b'{"path":"a"}\n',
    "a list": b"[]\n",
}


class Counting(io.BytesIO):
    most = 0

    def readline(self, size: int | None = -1) -> bytes:
        line = super().readline(size)
        self.most = max(self.most, len(line))
        return line

    def __next__(self) -> bytes:
        raise AssertionError("a line of any length is read")


@pytest.mark.parametrize("name", BAD)
def test_content_that_is_no_manifest_is_refused_by_name(name: str) -> None:
    file = Counting(BAD[name])

    class One(Shelf):
        def open(self, sha256: str) -> BinaryIO:
            return file

    with pytest.raises(StorageError, match=r"item 7.*--records-only"):
        list(listed(7, "ab" * 32, One()))
    assert file.most < 1_000_000


def test_a_manifest_is_listed_in_its_order() -> None:
    def lines() -> Iterator[str]:
        yield '{"path":"x","type":"folder"}\n'
        yield GOOD

    data = "".join(lines()).encode()
    (found,) = listed(7, digest_bytes(data).sha256, Shelf(data))
    assert (found.sha256, found.size, found.original) == ("1" * 64, 1, "a")
