"""Forensic images: segments counted, media decoded, stored hashes recomputed, claims kept as such."""

import hashlib
import os
import shutil
import struct
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core.digest import digest_bytes
from custody.core.errors import MalformedError, UsageError
from custody.images import ewf, sections
from custody.images.acquiring import Acquired, acquire
from custody.images.ewf import Verdict
from custody.images.facts import Adverse
from custody.images.intake import Kind, plan, plans
from custody.images.segments import FAMILIES, RAW, Series, number_of, spelt
from custody.store.vault import LocalVault
from tests.real_images import EVIDENCE
from tests.vaults import vault_at

pytestmark = pytest.mark.needs("evidence", "ewfacquire", "ewfinfo")

STORED_MD5 = "196066add11fb71c4c49cf1bb50d6d24"
MEDIA = 4 << 20


@pytest.fixture
def vault(tmp_path: Path) -> LocalVault:
    return vault_at(tmp_path / "vault")


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """A folder with the two-segment image."""
    place = tmp_path / "case"
    place.mkdir()
    for name in ("ext2.split.E01", "ext2.split.E02"):
        shutil.copy(EVIDENCE / name, place / name)
        (place / name).chmod(0o600)
    return place


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Images of one random disk in several formats, and one without its end."""
    place = tmp_path_factory.mktemp("made")
    disk = os.urandom(5 << 20)
    (place / "disk.raw").write_bytes(disk)
    for kind in ("encase1", "encase6", "smart", "ftk", "linen6", "ewfx"):
        run(place, kind, "-f", kind)
    (place / "other.raw").write_bytes(disk[::-1])
    run(place, "other", source="other.raw")
    return place


def run(place: Path, name: str, *options: str, source: str = "disk.raw") -> None:
    command = ["ewfacquire", "-u", "-S", "2MiB", "-C", "CASE", "-E", "EV", "-e", "Eva", *options]
    command += ["-d", "sha1", "-t", name, source]
    subprocess.run(command, cwd=place, check=True, capture_output=True)


def codes(acquired: Acquired) -> set[Adverse]:
    return {fact.code for fact in acquired.facts}


def replaced(path: Path, old: bytes, new: bytes) -> None:
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new))


@pytest.mark.parametrize("in_place", [False, True])
def test_a_real_image_in_one_segment(vault: LocalVault, in_place: bool) -> None:
    acquired = acquire(plan([EVIDENCE / "ext2.E01"]), vault, in_place=in_place)
    assert acquired.plan.kind == Kind.IMAGE
    assert acquired.digests == digest_bytes((EVIDENCE / "ext2.E01").read_bytes())
    assert acquired.manifest is None
    media = acquired.media
    assert media is not None
    assert media.decoded.digests is not None
    assert media.decoded.digests.size == media.decoded.stated_size == MEDIA
    assert media.decoded.stored == {"md5": STORED_MD5}
    assert media.comparisons == (
        ewf.Comparison("image", "md5", STORED_MD5, STORED_MD5, Verdict.MATCH),
    )
    assert media.stored_hash == Verdict.MATCH
    assert codes(acquired) == {Adverse.READ_ERRORS_NOT_STATED}
    assert media.errors is None


def test_header_values_are_claims_and_their_time_does_not_move_with_the_reader(
    vault: LocalVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    media = acquire(plan([EVIDENCE / "ext2.E01"]), vault).media
    assert media is not None
    assert media.claims is not None
    assert media.claims.values == {
        "case_number": "case",
        "evidence_number": "evidence",
        "examiner": "examiner",
        "description": "description",
        "notes": "notes",
        "software": "20140812",
        "system": "Linux",
    }
    assert media.claims.times["acquired"] == ("1626967998", 1626967998)  # 2021-07-22T15:33:18Z
    assert media.claims.raw.startswith("3\nmain\na\tc\tn\t")


@pytest.mark.parametrize(
    "chosen",
    [["ext2.split.E01"], ["ext2.split.E02"], ["ext2.split.E02", "ext2.split.E01"]],
    ids=["first", "last", "all"],
)
def test_any_segment_finds_its_set(vault: LocalVault, chosen: list[str]) -> None:
    acquired = acquire(plan([EVIDENCE / name for name in chosen]), vault)
    assert [each.name for each in acquired.plan.members] == [b"ext2.split.E01", b"ext2.split.E02"]
    assert acquired.manifest == acquired.digests
    assert acquired.media is not None
    assert acquired.media.stored_hash == Verdict.MATCH
    whole = acquire(plan([EVIDENCE / "ext2.E01"]), vault).media
    assert whole is not None
    assert acquired.media.decoded.digests == whole.decoded.digests


def test_the_same_segments_copied_elsewhere_are_the_same_item(
    vault: LocalVault, case: Path
) -> None:
    one, two = (acquire(plan([place / "ext2.split.E01"]), vault) for place in (EVIDENCE, case))
    assert one.digests == two.digests


def test_media_digests_equal_those_of_the_exported_media(made: Path, vault: LocalVault) -> None:
    disk = (made / "disk.raw").read_bytes()
    md5 = hashlib.md5(disk, usedforsecurity=False).hexdigest()
    for name in ("encase1.E01", "encase6.E02", "smart.s01", "ftk.E03", "linen6.E01", "ewfx.e01"):
        acquired = acquire(plan([made / name]), vault)
        assert acquired.media is not None
        assert acquired.media.decoded.digests == digest_bytes(disk), name
        assert acquired.media.stored_hash == Verdict.MATCH, name
        assert acquired.media.claims is not None
        assert acquired.media.claims.values["case_number"] == "CASE", name
        assert acquired.media.decoded.computed["md5"] == md5, name


def test_a_time_without_a_zone_is_adverse_and_not_guessed(made: Path, vault: LocalVault) -> None:
    acquired = acquire(plan([made / "encase1.E01"]), vault)
    assert acquired.media is not None
    assert acquired.media.claims is not None
    raw, at = acquired.media.claims.times["acquired"]
    assert len(raw.split(" ")) == 6
    assert at is None
    assert Adverse.ZONE_NOT_STATED in codes(acquired)


def test_a_missing_last_segment_is_refused(case: Path) -> None:
    (case / "ext2.split.E02").unlink()
    with pytest.raises(
        MalformedError, match=r"E01 is not the last segment.* number 2, which is mi"
    ):
        plan([case / "ext2.split.E01"])
    assert plan([case / "ext2.split.E01"], plain=True).kind == Kind.FILE


def test_a_missing_first_segment_is_refused(case: Path) -> None:
    (case / "ext2.split.E01").unlink()
    with pytest.raises(MalformedError, match=r"segment ext2.split.E01 of ext2.split is missing"):
        plan([case / "ext2.split.E02"])


def test_a_missing_middle_segment_is_refused(made: Path, tmp_path: Path) -> None:
    for name in ("encase6.E01", "encase6.E03"):
        shutil.copy(made / name, tmp_path)
    with pytest.raises(MalformedError, match=r"segment encase6.E02 of encase6 is missing"):
        plan([tmp_path / "encase6.E01"])


def test_a_renamed_segment_is_refused(case: Path) -> None:
    shutil.copy(case / "ext2.split.E01", case / "ext2.split.E02")
    with pytest.raises(MalformedError, match=r"E02 says that it is segment 1, not 2"):
        plan([case / "ext2.split.E01"])


def test_a_segment_of_another_image_is_refused(made: Path, case: Path) -> None:
    shutil.copy(made / "other.E02", case / "ext2.split.E02")
    with pytest.raises(MalformedError, match=r"E02 belongs to another image than .*E01"):
        plan([case / "ext2.split.E01"])


def test_a_foreign_segment_of_the_same_shape_shows_as_a_mismatch(
    made: Path, tmp_path: Path, vault: LocalVault
) -> None:
    for number in (1, 2, 3):
        shutil.copy(made / f"encase6.E0{number}", tmp_path / f"x.E0{number}")
    shutil.copy(made / "other.E02", tmp_path / "x.E02")
    acquired = acquire(plan([tmp_path / "x.E01"]), vault)
    assert Adverse.STORED_HASH_MISMATCH in codes(acquired)
    assert acquired.disputed
    assert acquired.media is not None
    assert acquired.media.stored_hash == Verdict.MISMATCH


def test_a_left_over_segment_is_refused(case: Path) -> None:
    shutil.copy(case / "ext2.split.E02", case / "ext2.split.E03")
    with pytest.raises(MalformedError, match=r"E02; .*E03 is left over from another"):
        plan([case / "ext2.split.E01"])


def test_segments_of_two_images_are_two_items(case: Path) -> None:
    with pytest.raises(UsageError, match="2 different items"):
        plan([case / "ext2.split.E01", EVIDENCE / "ext2.E01"])
    assert len(plans([case / "ext2.split.E01", EVIDENCE / "ext2.E01"])) == 2


def test_two_spellings_of_one_segment_are_refused(case: Path) -> None:
    shutil.copy(case / "ext2.split.E02", case / "ext2.split.e02")
    with pytest.raises(MalformedError, match="are both segment 2"):
        plan([case / "ext2.split.E01"])


def test_a_link_among_the_segments_is_refused(case: Path) -> None:
    (case / "ext2.split.E02").rename(case / "elsewhere")
    (case / "ext2.split.E02").symlink_to("elsewhere")
    with pytest.raises(UsageError, match="symbolic link to elsewhere"):
        plan([case / "ext2.split.E01"])


def test_names_that_are_not_utf8_decode_too(case: Path, vault: LocalVault) -> None:
    odd = Path(os.fsdecode(os.fsencode(case) + b"/caf\xe9"))
    for number in (1, 2):
        (case / f"ext2.split.E0{number}").rename(f"{odd}.E0{number}")
    acquired = acquire(plan([f"{odd}.E01"]), vault, in_place=True)
    assert acquired.media is not None
    assert acquired.media.stored_hash == Verdict.MATCH


@pytest.mark.parametrize("size", [0, 5, 12, 100, 1870, 3_000_000])
def test_a_cut_off_segment_is_refused(case: Path, size: int) -> None:
    os.truncate(case / "ext2.split.E01", size)
    with pytest.raises(MalformedError, match=r"is cut off|and is none"):
        plan([case / "ext2.split.E01"])


def test_an_image_without_a_stored_hash_is_adverse(tmp_path: Path, vault: LocalVault) -> None:
    path = tmp_path / "x.E01"
    data = (EVIDENCE / "ext2.E01").read_bytes()
    done = bytearray(data[12046:])
    # The hash section goes, and "done" follows "data" at once.
    done[16:24] = struct.pack("<Q", 11934)
    done[72:76] = struct.pack("<I", zlib.adler32(bytes(done[:72])))
    path.write_bytes(data[:11934] + done)
    acquired = acquire(plan([path]), vault)
    assert Adverse.NO_STORED_HASH in codes(acquired)
    assert acquired.media is not None
    assert acquired.media.stored_hash == Verdict.ABSENT
    assert acquired.media.decoded.digests is not None
    assert not acquired.disputed


def with_errors(spans: list[tuple[int, int]]) -> bytes:
    """ext2.E01 with an error2 section in front of its hash section, as imaging tools write it."""
    data = (EVIDENCE / "ext2.E01").read_bytes()
    head = struct.pack("<I512x", len(spans))
    table = b"".join(struct.pack("<II", *span) for span in spans)
    body = head + struct.pack("<I", zlib.adler32(head)) + table
    body += struct.pack("<I", zlib.adler32(table))
    size, start = 76 + len(body), 11934
    out = data[:start] + descriptor(b"error2", start + size, size) + body
    out += descriptor(b"hash", start + size + 112, 112) + data[start + 76 : start + 112]
    return out + descriptor(b"done", start + size + 112, 76)


def descriptor(kind: bytes, following: int, size: int) -> bytes:
    head = struct.pack("<16sQQ40x", kind, following, size)
    return head + struct.pack("<I", zlib.adler32(head))


def test_read_errors_that_the_image_states_agree_with_ewfinfo(
    tmp_path: Path, vault: LocalVault
) -> None:
    path = tmp_path / "x.E01"
    path.write_bytes(with_errors([(64, 8), (4096, 128)]))
    printed = subprocess.run(["ewfinfo", path], capture_output=True, text=True, check=True).stdout
    assert "total number: 2" in " ".join(printed.split())
    assert "at sector(s): 64 - 71 number: 8" in " ".join(printed.split())
    acquired = acquire(plan([path]), vault)
    assert acquired.media is not None
    assert acquired.media.errors == ((64, 8), (4096, 128))
    (fact,) = [fact for fact in acquired.facts if fact.code == Adverse.READ_ERRORS]
    assert fact.sentence == "136 sectors of the source could not be read: 64-71, 4096-4223"
    assert acquired.media.stored_hash == Verdict.MATCH


def test_read_errors_come_from_the_log_where_the_image_is_silent(
    tmp_path: Path, vault: LocalVault
) -> None:
    log = tmp_path / "x.info"
    heading = "GUYMAGER ACQUISITION INFO FILE\n==\n\n"
    log.write_text(heading + "No bad sectors encountered during acquisition.\n")
    clean = acquire(plan([EVIDENCE / "ext2.E01"]), vault, logs=[log])
    assert clean.media is not None
    assert clean.media.errors == ()
    assert clean.facts == ()
    log.write_text(heading + "State: Aborted by user (during acquisition)\n")
    stopped = acquire(plan([EVIDENCE / "ext2.E01"]), vault, logs=[log])
    assert codes(stopped) == {Adverse.ACQUISITION_ABORTED, Adverse.READ_ERRORS_NOT_STATED}
    assert stopped.disputed


def test_a_wrong_byte_in_the_media_is_a_mismatch_that_can_be_recorded(
    made: Path, tmp_path: Path, vault: LocalVault
) -> None:
    for number in (1, 2, 3):
        shutil.copy(made / f"encase6.E0{number}", tmp_path)
    data = bytearray((tmp_path / "encase6.E02").read_bytes())
    data[1_000_000] ^= 1
    (tmp_path / "encase6.E02").write_bytes(data)
    acquired = acquire(plan([tmp_path / "encase6.E01"]), vault)
    assert Adverse.STORED_HASH_MISMATCH in codes(acquired)
    assert acquired.disputed
    assert vault.has(acquired.digests.sha256)


def test_an_image_that_libewf_cannot_open_is_kept_and_adverse(
    tmp_path: Path, vault: LocalVault
) -> None:
    path = tmp_path / "x.E01"
    path.write_bytes((EVIDENCE / "ext2.E01").read_bytes())
    replaced(path, b"volume" + bytes(10), b"vulome" + bytes(10))
    data = bytearray(path.read_bytes())
    start = data.index(b"vulome")
    data[start + 72 : start + 76] = struct.pack("<I", zlib.adler32(bytes(data[start : start + 72])))
    path.write_bytes(data)
    acquired = acquire(plan([path]), vault)
    assert Adverse.MEDIA_NOT_DECODED in codes(acquired)
    assert acquired.disputed
    assert acquired.media is not None
    assert acquired.media.decoded.digests is None


def test_a_damaged_header_is_adverse_and_the_next_one_is_read(
    tmp_path: Path, vault: LocalVault
) -> None:
    path = tmp_path / "x.E01"
    data = bytearray((EVIDENCE / "ext2.E01").read_bytes())
    data[13 + 76] ^= 0xFF
    path.write_bytes(data)
    acquired = acquire(plan([path]), vault)
    assert Adverse.HEADER_DAMAGED in codes(acquired)
    assert acquired.media is not None
    assert acquired.media.claims is not None
    assert acquired.media.claims.values["case_number"] == "case"


def test_a_header_cannot_hide_control_characters_in_a_claim() -> None:
    claims = sections.claims("1\nmain\nc\tn\nfree\x1b[2J\u202ecase\t\n\n")
    assert claims.values == {"case_number": "free\\x1b[2J\\u202ecase"}
    assert sections.claims("nothing of the kind").values == {}


def second_version(number: int, kind: int, guid: bytes) -> bytes:
    """The frame of an Ex01 segment: its header and its last section descriptor."""
    head = b"EVF2\x0d\x0a\x81\x00\x02\x01\x01\x00" + struct.pack("<I", number) + guid
    return head + bytes(100) + struct.pack("<I60x", kind)


@pytest.mark.parametrize(
    ("write", "words"),
    [
        (lambda p: second(p, 1, 0x0D), "E[xX]01 is not the last segment"),
        (lambda p: second(p, 1, 0x01), "is cut off"),
        (lambda p: second(p, 2, 0x0F), "says that it is segment 2, not 1"),
        (lambda p: foreign(p), "Ex02 belongs to another image"),
    ],
    ids=["no end", "unfinished", "renamed", "foreign"],
)
def test_the_frame_of_ex01_is_checked(
    tmp_path: Path, write: Callable[[Path], object], words: str
) -> None:
    write(tmp_path)
    with pytest.raises(MalformedError, match=words):
        plan([tmp_path / "x.Ex01"])


def second(place: Path, number: int, kind: int) -> None:
    (place / "x.Ex01").write_bytes(second_version(number, kind, b"G" * 16))


def foreign(place: Path) -> None:
    second(place, 1, 0x0D)
    (place / "x.Ex02").write_bytes(second_version(2, 0x0F, b"F" * 16))


def test_a_whole_ex01_frame_is_one_image(tmp_path: Path) -> None:
    second(tmp_path, 1, 0x0D)
    (tmp_path / "x.Ex02").write_bytes(second_version(2, 0x0F, b"G" * 16))
    found = plan([tmp_path / "x.Ex02"])
    assert (found.kind, [each.name for each in found.members]) == (
        Kind.IMAGE,
        [b"x.Ex01", b"x.Ex02"],
    )


@given(st.sampled_from([*FAMILIES, RAW]), st.integers(1, 2127))  # EzZZ
def test_numbers_and_names_of_segments_agree(family: str, number: int) -> None:
    name = spelt(Series(b"img", family), number)
    extension = name.split(".")[1]
    assert number_of(extension.encode(), family) == number
    assert number_of(extension.lower().encode(), family) == number


@pytest.mark.parametrize(
    ("family", "number", "name"),
    [
        ("E", 99, "E99"),
        ("E", 100, "EAA"),
        ("E", 775, "EZZ"),
        ("E", 776, "FAA"),
        ("EX", 100, "ExAA"),
        ("EX", 776, "EyAA"),
        ("S", 1, "S01"),
        (RAW, 7, "007"),
        (RAW, 1000, "1000"),
    ],
)
def test_names_follow_the_known_sequence(family: str, number: int, name: str) -> None:
    assert spelt(Series(b"i", family), number) == f"i.{name}"


@pytest.mark.parametrize("extension", ["E00", "E0", "E1A", "DAA", "", "0001", "01", "Ex0", "E0\n"])
def test_what_is_no_segment_has_no_number(extension: str) -> None:
    assert all(number_of(extension.encode(), family) is None for family in (*FAMILIES, RAW))


def test_more_than_99_segments_are_one_set(tmp_path: Path, vault: LocalVault) -> None:
    (tmp_path / "disk.raw").write_bytes(os.urandom(103 << 20))
    command = ["ewfacquire", "-u", "-S", "1MiB", "-b", "16", "-t", "img", "disk.raw"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    (tmp_path / "disk.raw").unlink()
    assert (tmp_path / "img.EAA").exists()
    (tmp_path / "img.LOG").write_bytes(b"a log, no segment")
    acquired = acquire(plan([tmp_path / "img.EAA"]), vault, in_place=True)
    assert len(acquired.taken) >= 103
    assert acquired.media is not None
    assert acquired.media.stored_hash == Verdict.MATCH
    (tmp_path / "img.E57").unlink()
    with pytest.raises(MalformedError, match=r"segment img.E57 of img is missing"):
        plan([tmp_path / "img.EAA"])
