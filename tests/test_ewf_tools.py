"""libewf's own tools and `acquire` say the same of images in every format that CI can make."""

import os
import re
import subprocess
import zlib
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import pytest

from custody.core.errors import MalformedError
from custody.images.acquiring import Acquired, acquire
from custody.images.ewf import Verdict
from custody.images.facts import Adverse
from custody.images.intake import plan
from custody.images.testimony import Media
from tests.bench import CASE, bench
from tests.test_cli_images import bodies
from tests.vaults import vault_at

pytestmark = pytest.mark.needs("ewfacquire", "ewfverify", "ewfinfo")

CLOCK = os.environ | {"TZ": "UTC", "LC_ALL": "C"}
FORMATS = (
    *("ewf", "smart", "ftk", "encase1", "encase2", "encase3", "encase4", "encase5", "encase6"),
    *("encase7", "linen5", "linen6", "linen7", "ewfx"),
)
LEVELS = ("none", "empty-block", "fast", "best")


class Told(NamedTuple):
    """What `ewfverify` prints, by algorithm, and its exit status."""

    stored: dict[str, str]
    calculated: dict[str, str]
    status: int


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A disk that no whole number of chunks fills: noise, text and empty blocks."""
    path = tmp_path_factory.mktemp("disk") / "disk.raw"
    noise, text = os.urandom(700_000), b"invoice 17, paid\n" * 20_000
    data = noise + bytes(400_000) + text + bytes(65_536) + noise[::-1]
    path.write_bytes(data[: len(data) // 512 * 512])
    return path


def made(disk: Path, place: Path, *options: str) -> Path:
    """An image of that disk in segments of 1 MiB; its first segment."""
    command: list[str | Path] = ["ewfacquire", "-u", "-q", "-S", "1MiB", "-d", "sha1", *options]
    command += ["-C", "K-7", "-E", "HD/1", "-e", "Eva Ek", "-D", "a disk", "-t", "image", disk]
    subprocess.run(command, cwd=place, env=CLOCK, check=True, capture_output=True)
    return next(path for path in sorted(place.iterdir()) if path.name.lower().endswith("01"))


def verified(first: Path) -> Told:
    """`ewfverify`, which computes SHA-256 besides."""
    command = ["ewfverify", "-q", "-d", "sha1,sha256", str(first)]
    done = subprocess.run(command, env=CLOCK, capture_output=True, text=True, check=False)
    lines = re.findall(
        r"^(\w+) hash (stored in file|calculated over data):\s+(\S+)$", done.stdout, re.MULTILINE
    )
    sides: dict[str, dict[str, str]] = {"stored in file": {}, "calculated over data": {}}
    for algorithm, side, value in lines:
        if value != "N/A":
            sides[side][algorithm.lower()] = value
    return Told(sides["stored in file"], sides["calculated over data"], done.returncode)


def described(first: Path) -> dict[str, str]:
    """What `ewfinfo` prints, by label."""
    done = subprocess.run(["ewfinfo", first], env=CLOCK, capture_output=True, text=True, check=True)
    return dict(re.findall(r"^\t([^:\n]+):\s+(.+?)\s*$", done.stdout, re.MULTILINE))


def taken(first: Path, place: Path) -> tuple[Acquired, Media]:
    acquired = acquire(plan([first]), vault_at(place / "vault"))
    assert acquired.media is not None
    return acquired, acquired.media


def segments(first: Path) -> list[bytes]:
    found = first.parent.glob(f"{first.stem}.*")
    return sorted(path.name.encode() for path in found if path.suffix != ".raw")


@pytest.mark.parametrize(
    "options",
    [
        *(("-f", kind, "-c", "deflate:best") for kind in FORMATS),
        *(("-f", "encase6", "-c", level) for level in LEVELS),
        *(("-f", kind, "-c", "none") for kind in ("smart", "ewfx", "linen7")),
        *(("-f", "encase5", "-c", "fast", "-b", sectors) for sectors in ("16", "1024")),
        ("-f", "encase6", "-c", "fast", "-m", "optical", "-P", "2048", "-B", "1046528"),
    ],
    ids="".join,
)
def test_every_format_and_compression(disk: Path, tmp_path: Path, options: tuple[str, ...]) -> None:
    first = made(disk, tmp_path, *options)
    told, info = verified(first), described(first)
    acquired, media = taken(first, tmp_path)
    assert media.decoded.failure == ""
    assert media.decoded.digests is not None
    assert told.status == 0
    assert media.stored_hash is Verdict.MATCH
    assert {"md5"} <= told.stored.keys()
    assert dict(media.decoded.stored) == told.stored
    assert media.decoded.digests.sha256 == told.calculated["sha256"]
    read = disk.read_bytes()[: media.decoded.size]
    assert media.decoded.digests.sha256 == sha256(read).hexdigest()
    assert media.decoded.computed.keys() >= told.stored.keys()
    assert media.decoded.computed.items() <= told.calculated.items()
    assert info["Media size"].endswith(f"({media.decoded.size} bytes)") or (
        info["Media size"] == f"{media.decoded.size} bytes"
    )
    assert [each.name for each in acquired.plan.members] == segments(first)
    assert not acquired.disputed
    claims_agree(media, info)


def claims_agree(media: Media, info: dict[str, str]) -> None:
    """The header, as `ewfinfo` reads it in UTC; not every format has every value."""
    assert media.claims is not None
    labels = {
        "Case number": "case_number",
        "Examiner name": "examiner",
        "Description": "description",
    }
    labels |= {"Evidence number": "evidence_number", "Operating system used": "system"}
    printed = {ours: info[theirs] for theirs, ours in labels.items() if theirs in info}
    assert printed.items() <= media.claims.values.items()
    assert printed["case_number"] == "K-7"
    at = media.claims.times["acquired"][1]
    if at is not None:
        words = info["Acquisition date"].removesuffix(" UTC")
        when = datetime.strptime(words, "%a %b %d %H:%M:%S %Y").replace(tzinfo=UTC)
        assert at == when.timestamp()


def restated(segment: Path, section: bytes, size: int) -> None:
    """Another hash in a section of `size` bytes that end with their checksum, which is right."""
    data = bytearray(segment.read_bytes())
    start = data.rindex(section + bytes(16 - len(section))) + 76
    data[start] ^= 1
    end = start + size - 4
    data[end : end + 4] = zlib.adler32(bytes(data[start:end])).to_bytes(4, "little")
    segment.write_bytes(data)


@pytest.mark.parametrize("level", LEVELS)
def test_a_wrong_stored_hash_is_wrong_to_both(disk: Path, tmp_path: Path, level: str) -> None:
    first = made(disk, tmp_path, "-f", "encase6", "-c", level)
    last = tmp_path / segments(first)[-1].decode()
    restated(last, b"digest", 80)
    restated(last, b"hash", 36)
    told = verified(first)
    acquired, media = taken(first, tmp_path)
    assert told.status != 0
    assert told.stored["md5"] != told.calculated["md5"]
    assert media.stored_hash is Verdict.MISMATCH
    assert dict(media.decoded.stored) == told.stored
    assert media.decoded.computed.items() <= told.calculated.items()
    assert Adverse.STORED_HASH_MISMATCH in {fact.code for fact in acquired.facts}
    assert acquired.disputed


@pytest.mark.parametrize("level", LEVELS)
def test_one_wrong_byte_of_the_media_is_wrong_to_both(
    disk: Path, tmp_path: Path, level: str
) -> None:
    first = made(disk, tmp_path, "-f", "encase6", "-c", level)
    data = bytearray(first.read_bytes())
    data[300_000] ^= 1
    first.write_bytes(data)
    acquired, _ = taken(first, tmp_path)
    assert verified(first).status != 0
    assert acquired.disputed


def test_a_missing_segment_is_missed_by_both(disk: Path, tmp_path: Path) -> None:
    first = made(disk, tmp_path, "-f", "encase6", "-c", "none")
    (tmp_path / segments(first)[-1].decode()).unlink()
    assert verified(first).status != 0
    with pytest.raises(MalformedError, match="which is missing"):
        plan([first])


@pytest.mark.parametrize("kind", ["encase6", "smart"])
def test_what_is_recorded_is_what_the_tools_say(disk: Path, tmp_path: Path, kind: str) -> None:
    run = bench(tmp_path / "bench")
    place = tmp_path / "images"
    place.mkdir()
    first = made(disk, place, "-f", kind, "-c", "best")
    run("acquire", CASE, first, "--exhibit", "IMG")
    bundle = tmp_path / "bundle.zip"
    run("export", CASE, "-o", bundle, "--recipient", "C", "--purpose", "court_production")
    (body,) = bodies(bundle, "item.acquired")
    told = verified(first)
    stored = {f"stored_{name}": value for name, value in told.stored.items()}
    media = body["media"]
    assert {name: media[name] for name in media if name.startswith("stored_")} == stored
    assert (media["sha256"], media["size"]) == (told.calculated["sha256"], disk.stat().st_size)
    assert body["stored_hash"] == "match"
    assert body["content"]["count"] == len(segments(first)) > 1
