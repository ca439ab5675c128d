"""Forensic images made by other people's tools: taken in, handed over, exported, tampered with.

Everything is typed at the real program, one process a command.
"""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from custody.core import canonical, dsse
from tests.bench import CASE, Bench, bench, python_path
from tests.real_images import EVIDENCE

pytestmark = pytest.mark.needs("evidence", "ewfacquire", "ewfverify")

EXT2_MD5 = "196066add11fb71c4c49cf1bb50d6d24"  # stored in both images, says the README beside them
EXT2_BYTES = 4 << 20


class Image(NamedTuple):
    """An image, how many files it has, and what its media must be."""

    path: Path
    files: int
    media: int | None


IMAGES = [
    pytest.param(Image(EVIDENCE / "ext2.E01", 1, EXT2_BYTES), id="one-segment-e01"),
    pytest.param(Image(EVIDENCE / "ext2.split.E01", 2, EXT2_BYTES), id="two-segment-e01"),
    pytest.param(Image(EVIDENCE / "iso9660.raw", 1, None), id="raw-iso"),
]


def bodies(bundle: Path, act: str) -> list[dict[str, Any]]:
    """Bodies of the entries of that act in a bundle."""
    found = []
    with zipfile.ZipFile(bundle) as archive:
        for name in archive.namelist():
            if "/envelopes/" in name:
                payload = dsse.Envelope.read(archive.read(name)).payload
                value = canonical.decode(payload, canonical.STATEMENT_LIMIT)
                if value["act"] == act:
                    found.append(value["body"])
    return found


@pytest.mark.parametrize("image", IMAGES)
def test_an_image_goes_from_hand_to_hand_and_out_of_the_house(tmp_path: Path, image: Image) -> None:
    run = bench(tmp_path / "bench")
    typed = run.process
    acquired = typed("--json", "acquire", CASE, image.path, "--exhibit", "IMG").answer
    item = acquired["item"]
    typed("transfer", "release", item, "--to", "Bo Peep", "--purpose", "storage", "--by", "hand")
    accepted = typed("--as", "bo", "transfer", "accept", "--all", "--location", "evidence_room")
    assert "content: match" in accepted.out
    bundle, trust = tmp_path / "bundle.zip", tmp_path / "trust.txt"
    typed("export", CASE, "-o", bundle, "--recipient", "Court", "--purpose", "court_production")
    typed("trust", "show", "-o", trust)
    report = typed("verify", bundle, "--trust", trust)
    assert "Every check was made" in report.out
    (body,) = bodies(bundle, "item.acquired")
    assert body["content"]["count"] == image.files
    if image.media is not None:
        assert body["stored_hash"] == "match"
        assert body["media"]["size"] == image.media
        assert body["media"]["stored_md5"] == EXT2_MD5
    tampered(run, bundle, trust)


def tampered(run: Bench, bundle: Path, trust: Path) -> None:
    """One byte of the evidence in the bundle is changed; the verifier points at the file."""
    with zipfile.ZipFile(bundle) as archive:
        info = max(
            (i for i in archive.infolist() if "/data/items/" in i.filename),
            key=lambda i: i.file_size,
        )
        start = info.header_offset + 30 + len(info.filename.encode())
    data = bytearray(bundle.read_bytes())
    data[start + info.file_size // 2] ^= 1
    spoilt = bundle.with_name("spoilt.zip")
    spoilt.write_bytes(data)
    report = run.process("verify", spoilt, "--trust", trust, status=1)
    assert info.filename.partition("/")[2] in report.out
    assert "FIXITY FAILED" in report.out


def test_the_recorded_media_digests_are_those_of_libewfs_own_tool(tmp_path: Path) -> None:
    run = bench(tmp_path / "bench")
    run.process("acquire", CASE, EVIDENCE / "ext2.split.E02", "--exhibit", "IMG")
    bundle = tmp_path / "bundle.zip"
    run.process(
        *("export", CASE, "-o", bundle, "--recipient", "C", "--purpose", "court_production")
    )
    (body,) = bodies(bundle, "item.acquired")
    told = subprocess.run(
        ["ewfverify", "-q", "-d", "sha256", EVIDENCE / "ext2.split.E01"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert body["media"]["sha256"] in told.stdout


def test_an_image_whose_content_was_changed_is_recorded_only_as_disputed(tmp_path: Path) -> None:
    run = bench(tmp_path / "bench")
    image = tmp_path / "made"
    media = tmp_path / "media.raw"
    media.write_bytes(bytes(range(256)) * 4096)
    subprocess.run(
        ["ewfacquire", "-u", "-q", "-c", "none", "-t", image, media],
        check=True,
        capture_output=True,
    )
    path = image.with_suffix(".E01")
    data = bytearray(path.read_bytes())
    stored = data.find(b"hash", len(data) // 2)  # the section that holds the MD5
    digest = stored + 76
    data[digest] ^= 1
    path.write_bytes(data)
    refused = run.process("acquire", CASE, path, "--exhibit", "IMG", status=4)
    assert "E_DISPUTED" in refused.err
    assert run.json("item", "list")["items"] == []
    taken = run.process(
        *("--json", "acquire", CASE, path, "--exhibit", "IMG", "--disputed", "dying disk")
    ).answer
    shown = run.json("item", "show", taken["item"])
    assert shown["disputed"] is True


def test_a_set_with_a_missing_segment_is_refused_and_an_orphan_too(tmp_path: Path) -> None:
    run = bench(tmp_path / "bench")
    first = tmp_path / "ext2.split.E01"
    shutil.copy(EVIDENCE / "ext2.split.E01", first)
    refused = run.process("acquire", CASE, first, status=5)
    assert "number 2, which is missing" in refused.err
    first.unlink()
    second = tmp_path / "ext2.split.E02"
    shutil.copy(EVIDENCE / "ext2.split.E02", second)
    refused = run.process("acquire", CASE, second, status=5)
    assert "E01" in refused.err
    assert run.json("item", "list")["items"] == []


def started(run: Bench, *words: str) -> "subprocess.Popen[str]":
    """A command that runs while others do."""
    return subprocess.Popen(
        [sys.executable, "-m", "custody_cli.start", *words],
        env={**os.environ, **python_path(), **run.environ},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_two_people_at_two_terminals_never_hear_of_each_other(tmp_path: Path) -> None:
    """Commands run at once: none fails, nothing is lost, the ledger is one."""
    run = bench(tmp_path / "bench")
    item = run.acquired(run.file("a.txt"), "A")
    other = run.acquired(run.file("b.txt"), "B")
    programs = [
        started(run, "note", words, "--note", f"note {number}", "--yes")
        for number in range(6)
        for words in (item, other, item)[: 2 if number % 2 else 3]
    ]
    for program in programs:
        out, err = program.communicate(timeout=120)
        assert program.returncode == 0, out + err
    noted = sum(
        line["act"] == "note.recorded"
        for words in (item, other)
        for line in run.json("item", "history", words)["history"]
    )
    assert noted == len(programs)
    assert run.json("verify", "--full")["verdict"] == "PASSED"
