"""What `make fuzz`, and reading for what it would take too long to reach, found; once each."""

import base64
import json
import struct
import zlib
from pathlib import Path
from time import process_time

import pytest

from custody.core.digest import digest_bytes
from custody.core.errors import MalformedError, UsageError
from custody.core.trust import TrustFile
from custody.identity import keyfile, memory
from custody.images import logs, sections
from custody.images.compared import Delivered, File, Known
from custody.places import Left
from custody_cli import tabular
from tests.signers import ed25519_signer

PATIENCE = 15  # seconds of processor time, where the defect took minutes or hours


def test_a_trust_file_of_many_certificates_is_read_in_time() -> None:
    """Each was compared with all the others: half a minute for a file of 1 MB."""
    spelt = (base64.b64encode(b"\x30" + n.to_bytes(2, "big")).decode() for n in range(45_000))
    start = process_time()
    with pytest.raises(MalformedError, match="no line 'log'"):
        TrustFile.read("".join(f"#!custody tsa {each}\n" for each in spelt).encode())
    assert process_time() - start < PATIENCE


@pytest.mark.parametrize("tool", ["guymager", "FTK Imager", "ewfacquire"])
def test_a_log_that_lists_millions_of_spans_is_refused(tool: str) -> None:
    """16 MiB of sector numbers took half a minute and more than a gigabyte."""
    many = 300_000
    text = {
        "guymager": "GUYMAGER ACQUISITION INFO FILE\nDuring acquisition, 4 bad sectors have been "
        f"encountered.\n{'7 ' * many}\n",
        "FTK Imager": "Created By AccessData® FTK® Imager 4.5.0.3\nThe following sector(s) on the "
        f"source drive could not be read:\n{'7 through 7 ' * many}\n",
        "ewfacquire": "ewfacquire 20140807\n" + "\tat sector(s): 7 - 7 number: 1 (x)\n" * many,
    }
    with pytest.raises(MalformedError, match="more than 262144 spans"):
        logs.read(text[tool].encode())


def image(*parts: tuple[bytes, bytes]) -> bytes:
    """A segment of sections: type and data of each, which may claim what stands behind it."""
    body = bytearray(b"EVF\x09\r\n\xff\0\1\1\0\0\0")
    for kind, data in (*parts, (b"done", b"")):
        following = len(body) + sections.DESCRIPTOR.size + len(data)
        head = sections.DESCRIPTOR.pack(kind, following, 1 << 20, 0)[:-4]
        body += head + zlib.adler32(head).to_bytes(4, "little") + data
    return bytes(body)


def errors(*spans: tuple[int, int]) -> bytes:
    return struct.pack("<I516x", len(spans)) + b"".join(struct.pack("<II", *each) for each in spans)


def test_a_second_list_of_read_errors_does_not_hide_the_first(tmp_path: Path) -> None:
    """The last section of an E01 that lists sectors not read stood for all of them."""
    parts = [(b"error2", data) for data in (errors((8, 2)), errors(), errors((99, 1)))]
    path = tmp_path / "disk.E01"
    path.write_bytes(image(*parts))
    assert sections.read_segment(Left(path)).errors == ((8, 2), (99, 1))


def test_sections_that_lie_in_each_other_do_not_multiply_the_work(tmp_path: Path) -> None:
    """16 MB of overlapping lists of read errors, a million in each: hours."""
    many = (1 << 20).to_bytes(4, "little")
    path = tmp_path / "disk.E01"
    path.write_bytes(image(*[(b"error2", many)] * 1000) + bytes(9 << 20))
    start = process_time()
    with pytest.raises(MalformedError, match="cut off"):
        sections.read_segment(Left(path))
    assert process_time() - start < PATIENCE


def test_more_sections_than_any_segment_has_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "disk.E01"
    path.write_bytes(image(*[(b"table", b"")] * (sections.SECTIONS_LIMIT - 1)))
    assert sections.read_segment(Left(path)).ends == "done"
    path.write_bytes(image(*[(b"table", b"")] * sections.SECTIONS_LIMIT))
    with pytest.raises(MalformedError, match="cut off"):
        sections.read_segment(Left(path))


def test_deep_names_in_a_list_and_a_delivery_are_matched_in_time() -> None:
    """Every end of every name was made and hashed anew: minutes, and gigabytes, for one list."""
    files = [
        File(b"/".join([b"x"] * deep), digest_bytes(b""), Left(Path())) for deep in range(1, 256)
    ]
    listed = [f"{number}/{'/'.join('x' * 254)}" for number in range(4000)]
    start = process_time()
    Known([Delivered(b"", tuple(files))], listed)
    assert process_time() - start < PATIENCE


def test_a_beginning_of_names_is_still_found_among_deep_ones() -> None:
    file = File(b"a/b/c.txt", digest_bytes(b""), Left(Path()))
    known = Known([Delivered(b"", (file,))], ["C:\\export\\a\\b\\c.txt", "C:\\export\\z"])
    assert known.file("C:\\export\\a\\b\\c.txt") == file
    assert known.file("C:\\a\\b\\c.txt") is None


def test_a_table_with_two_columns_of_one_name_is_refused(tmp_path: Path) -> None:
    """The second one's cells stood in the place of the first one's."""
    path = tmp_path / "items.csv"
    path.write_text("exhibit,note,exhibit\nJS/1,x,JS/2\n")
    with pytest.raises(UsageError, match="two columns are called exhibit"):
        tabular.read(path)


def test_files_of_an_identity_that_nest_too_deep_are_refused(tmp_path: Path) -> None:
    """The recursion limit of the JSON reader ended the program."""
    for name in (keyfile.FILE, "seen.json"):
        (tmp_path / name).write_bytes(b"[" * 100_000)
    with pytest.raises(MalformedError, match="is not an identity file"):
        keyfile.read(tmp_path)
    with pytest.raises(MalformedError, match="is spoilt"):
        memory.last_seen(tmp_path)


@pytest.mark.parametrize("name", ["\ud800", "Ada\x1b[2J", "\u202eada"])
def test_an_identity_whose_name_cannot_stand_in_an_entry_is_refused(
    name: str, tmp_path: Path
) -> None:
    """A lone surrogate ended the program where the name was printed."""
    key = {"public": base64.b64encode(ed25519_signer().spki).decode(), "private": ""}
    said = {"v": 1, "ledger": "a.example", "name": name, "organisation": "", "actor": "ab" * 32}
    (tmp_path / keyfile.FILE).write_text(json.dumps({**said, "keys": [key]}))
    with pytest.raises(MalformedError, match="is not an identity file"):
        keyfile.read(tmp_path)
