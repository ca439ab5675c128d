"""Logs of imaging tools: what they say is read, what they do not say stays absent."""

import hashlib
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custody.core.errors import MalformedError
from custody.images.logs import LIMIT, AcquisitionLog, read

MD5, SHA1, SHA256 = "1f" * 16, "2e" * 20, "3d" * 32

GUYMAGER = f"""
GUYMAGER ACQUISITION INFO FILE
==============================

Guymager
========

Version              : 0.8.13-2
Version timestamp    : 2021-10-18-00.00.00 UTC
libewf version       : 20140807 (not used as Guymager is configured to use its own EWF module)

Device information
==================
Information returned:
----------------------------------------------------------------------------------------------------
   MD5 hash : {"00" * 16}
   No bad sectors encountered during acquisition.

Acquisition
===========

Linux device            : /dev/sdc
Device size             : 4004511744 (4.0GB)
Image path and file name: /evidence/stick.Exx
Hash calculation        : MD5 and SHA-256
Source verification     : on

BAD
State: STATE

MD5 hash                   : {MD5}
MD5 hash verified source   : {"55" * 16}
MD5 hash verified image    : {MD5}
SHA1 hash                  : --
SHA256 hash                : {SHA256}
Image verification OK. The image contains exactly the data that was written.

Acquisition started : 2026-01-09 11:50:17 (ISO format YYYY-MM-DD HH:MM:SS)
Verification started: 2026-01-09 11:53:14
Ended               : 2026-01-09 11:53:38 (0 hours, 3 minutes and 20 seconds)


Generated image files and their MD5 hashes
==========================================

No MD5 hashes available (configuration parameter CalcImageFileMD5 is off)
MD5                               Image file
n/a                               stick.E01
{"4c" * 16}  stick two.E02

"""

FTK = f"""\ufeffCreated By AccessData® FTK® Imager 4.5.0.3 

Case Information: 
Acquired using: ADI4.5.0.3
Case Number: 1
Examiner: somebody
Notes:  MD5 checksum:    {"00" * 16}

--------------------------------------------------------------

Information for E:\\evidence\\stick:

Physical Evidentiary Item (Source) Information:
[Drive Geometry]
 Bytes per Sector: 512
 Sector Count: 1,972,224
[Computed Hashes]
 MD5 checksum:    {MD5}
 SHA1 checksum:   {SHA1}

ERRORSImage Information:
 Acquisition started:   Tue May 20 21:25:16 2014
 Acquisition finished:  Tue May 20 21:26:59 2014
 Segment list:
  E:\\evidence\\stick.E01
  E:\\evidence\\stick two.E02

Image Verification Results:
 Verification started:  Tue May 20 21:26:59 2014
 Verification finished: Tue May 20 21:27:18 2014
 MD5 checksum:    {"66" * 16} : verified
"""

ATTENTION = """ATTENTION:
The following sector(s) on the source drive could not be read:
	491584 through 491591
	491928 through 491928
The contents of these sectors were replaced with zeros in the image.

"""

EWFACQUIRE = f"""ewfacquire 20140813

Acquiry started at: Nov 22, 2026 02:21:35
This could take a while.

Acquiry completed at: Nov 22, 2026 02:21:40

Written: 1.9 GiB (2048000804 bytes) in 14 second(s) with 139 MiB/s.
Errors reading device:
\ttotal number: 2
\tat sector(s): 1000 - 1008 number: 8 (offset: 0x0007d000 of size: 4096)
\tat sector(s): 2000 - 2008 number: 8 (offset: 0x000fa000 of size: 4096)

MD5 hash calculated over data:\t\t{MD5}
SHA256 hash calculated over data:\t\t{SHA256}
ewfacquire: SUCCESS
"""


def guymager(bad: str, state: str = "Finished successfully") -> AcquisitionLog:
    return read(GUYMAGER.replace("BAD", bad).replace("STATE", state).encode())


def test_guymager() -> None:
    log = guymager("No bad sectors encountered during acquisition.")
    assert log == AcquisitionLog(
        "guymager",
        version="0.8.13-2",
        started="2026-01-09 11:50:17",
        ended="2026-01-09 11:53:38",
        hashes={"md5": MD5, "sha256": SHA256},
        errors=(),
        error_count=0,
        segments=("stick.E01", "stick two.E02"),
    )


def test_guymager_lists_bad_sectors_over_several_lines() -> None:
    log = guymager(
        "During acquisition, 6762 bad sectors have been encountered. They have been replaced by "
        "zeroed sectors. The sector numbers are:\n   300-302, 7,\n   12002-18758, 9\n"
        "During verification, 3 bad sectors have been encountered. The sector numbers are:\n   1-3",
        "Finished successfully (with 6762 bad sectors)",
    )
    assert log.errors == ((300, 3), (7, 1), (12002, 6757), (9, 1))
    assert log.error_count == 6762
    assert not log.aborted


def test_guymager_that_was_stopped_and_says_nothing_of_sectors() -> None:
    log = guymager("", "Aborted by user (during acquisition)")
    assert (log.errors, log.error_count, log.aborted) == (None, None, True)


def test_ftk_imager() -> None:
    log = read(FTK.replace("ERRORS", "").replace("\n", "\r\n").encode())
    assert log == AcquisitionLog(
        "FTK Imager",
        version="4.5.0.3",
        started="Tue May 20 21:25:16 2014",
        ended="Tue May 20 21:26:59 2014",
        hashes={"md5": MD5, "sha1": SHA1},
        segments=("stick.E01", "stick two.E02"),
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_ftk_imager_lists_sectors_in_any_encoding_of_windows(encoding: str) -> None:
    text = FTK.removeprefix("\ufeff").replace("ERRORS", ATTENTION)
    log = read(text.encode(encoding))
    assert log.errors == ((491584, 8), (491928, 1))
    assert log.error_count == 9
    assert log.version == "4.5.0.3"


@pytest.mark.needs("ewfacquire")
def test_ewfacquire_as_printed() -> None:
    assert read(EWFACQUIRE.encode()) == AcquisitionLog(
        "ewfacquire",
        version="20140813",
        started="Nov 22, 2026 02:21:35",
        ended="Nov 22, 2026 02:21:40",
        hashes={"md5": MD5, "sha256": SHA256},
        errors=((1000, 8), (2000, 8)),
        error_count=2,
    )


@pytest.mark.needs("ewfacquire")
def test_a_real_run_of_ewfacquire(tmp_path: Path) -> None:
    disk = tmp_path / "disk.raw"
    disk.write_bytes(b"sector" * 512 * 64)
    command = ["ewfacquire", "-u", "-d", "sha1", "-l", "acq.log", "-t", "img", "disk.raw"]
    printed = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True).stdout
    expected = {
        "md5": hashlib.md5(disk.read_bytes(), usedforsecurity=False).hexdigest(),
        "sha1": hashlib.sha1(disk.read_bytes(), usedforsecurity=False).hexdigest(),
    }
    kept = read((tmp_path / "acq.log").read_bytes())
    assert kept == AcquisitionLog("ewfacquire", hashes=expected)
    log = read(printed)
    assert (log.hashes, log.errors, log.aborted) == (expected, None, False)
    assert log.version
    assert log.started
    assert log.ended


def test_a_run_that_failed_says_so() -> None:
    log = read(b"ewfacquire 20140813\n\nAcquiry failed at: Nov 22, 2026 02:34:10\n")
    assert log.aborted
    assert log.hashes == {}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no log of"),
        (b"dcfldd 1.9 started", "no log of"),
        (bytes(LIMIT + 1), "at most"),
        (
            f"MD5 hash calculated over data: {MD5}\nMD5 hash calculated over data: {'0' * 32}\n".encode(),
            "contradicts itself",
        ),
    ],
)
def test_what_cannot_be_read_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(MalformedError, match=words):
        read(data)


@settings(max_examples=500)
@given(st.sampled_from([GUYMAGER, FTK.replace("ERRORS", ATTENTION), EWFACQUIRE]), st.data())
def test_a_log_cut_anywhere_says_less_and_nothing_else(text: str, data: st.DataObject) -> None:
    whole, part = read(text.encode()), text[: data.draw(st.integers(0, len(text)))]
    try:
        log = read(part.encode())
    except MalformedError:
        return
    assert log.hashes.items() <= whole.hashes.items()
    assert log.started in (None, whole.started)
    assert set(log.errors or ()) <= set(whole.errors or ())
