"""Digests that came with what was handed in: a verdict that they belie is found out."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from blake3 import blake3

from custody.core.bundle import layout
from custody.core.findings import Check, Outcome, Report
from tests.bundles import Bundle, bad, examined
from tests.spoilt.stage import drop
from tests.test_adverse_days import received, told_of
from tests.test_checks_bag import IMAGE, content_of
from tests.worlds import Story, story

FILED: dict[str, Any] = content_of(IMAGE)
OTHER = "ab" * 32
FILES = [f"{OTHER} {'cd' * 32} 70000 a.bin", f"{'ef' * 32} {'01' * 32} 70000 b.bin"]
FOLDER = {**FILED, "form": "folder", "count": 2}
FOLDERED = {"content": FOLDER, "format": "folder", "media": None, "stored_hash": "not_applicable"}

MEMO = b"a short memo"
SHORT: dict[str, Any] = {
    "content": content_of(MEMO),
    "content_sha256": sha256(MEMO).hexdigest(),
    "content_blake3": blake3(MEMO).hexdigest(),
    "media": None,
    "stored_hash": "not_applicable",
}


def reported(folder: Path, lines: list[str], **given: Any) -> tuple[Story, Report]:
    told = story()
    received(told, supplied_digests=lines, **given)
    return told, examined(folder, Bundle(told.world, told.case, told.olga))


BELIED: dict[str, tuple[list[str], dict[str, Any]]] = {
    "one file": ([f"sha256 {OTHER} disk.dd"], {}),
    "several lines": ([f"sha256 {OTHER} disk.dd", f"blake3 {OTHER} disk.dd"], {}),
    "a folder": ([f"sha256 {'12' * 32} a.bin"], {**FOLDERED, "files": FILES}),
    "short content": ([f"sha256 {OTHER} memo.txt"], SHORT),
}
FITTING: dict[str, tuple[list[str], dict[str, Any]]] = {
    "its SHA-256": ([f"sha256 {FILED['sha256']} disk.dd"], {}),
    "its BLAKE3 in a list that names none": ([f"sha256 {FILED['blake3']} disk.dd"], {}),
    "the SHA-256 of short content": ([f"sha256 {SHORT['content_sha256']} memo.txt"], SHORT),
    "the BLAKE3 of short content": ([f"blake3 {SHORT['content_blake3']} memo.txt"], SHORT),
    "one file of which little is told": (
        [f"sha256 {FILED['sha256']} disk.dd"],
        {"files": ["disk.dd"]},
    ),
    "a folder of whose files one is not told": (
        [f"sha256 {'12' * 32} b.bin"],
        {**FOLDERED, "files": [FILES[0], "b.bin"]},
    ),
    "among others of a longer list": (
        [f"sha256 {OTHER} x", f"sha256 {FILED['sha256']} disk.dd"],
        {},
    ),
    "a file of a folder": ([f"sha256 {OTHER} a.bin"], {**FOLDERED, "files": FILES}),
    "a folder whose files are not told": ([f"sha256 {'12' * 32} a.bin"], FOLDERED),
    "one that is not computed again": ([f"md5 {'12' * 16} disk.dd"], {}),
    "a list that is cut": ([f"sha256 {OTHER} x", "and 7 more, which the attached list tells"], {}),
    "a list of which one line is illegible": ([f"sha256 {OTHER} x", "illegible"], {}),
    "a list that is not there": ([], {}),
}


@pytest.mark.parametrize("name", BELIED)
def test_a_match_that_the_list_belies_is_found_out(name: str, tmp_path: Path) -> None:
    lines, given = BELIED[name]
    _, report = reported(tmp_path, lines, **given)
    (found,) = bad(report)
    assert (found.check, found.outcome, found.rule) == (
        Check.STATEMENT,
        Outcome.FAILED,
        "E_DISPUTED",
    )
    assert "no digest that came with it is one of the content's" in found.detail


@pytest.mark.parametrize("name", FITTING)
def test_nobody_is_accused_where_one_fits_or_nothing_can_be_compared(
    name: str, tmp_path: Path
) -> None:
    lines, given = FITTING[name]
    assert bad(reported(tmp_path, lines, **given)[1]) == []


def test_nobody_is_accused_where_one_of_the_digests_is_withheld(tmp_path: Path) -> None:
    told = story()
    small = {"form": "file", "count": 1, "size": 5, "where": "vault"}
    given: dict[str, Any] = {"content": small, "media": None, "stored_hash": "not_applicable"}
    digests = {"content_sha256": OTHER, "content_blake3": "cd" * 32}
    received(told, supplied_digests=[f"blake3 {'cd' * 32} memo.txt"], **given, **digests)
    bundle = Bundle(told.world, told.case, told.olga)
    drop(bundle, layout.DISCLOSURES, lambda line: line["name"] == "content_blake3")
    assert bad(examined(tmp_path, bundle)) == []


def test_a_mismatch_that_was_disputed_accuses_nobody(tmp_path: Path) -> None:
    given = {"supplied": "mismatch", "disputed": "urgency"}
    assert bad(reported(tmp_path, [f"sha256 {OTHER} disk.dd"], **given)[1]) == []


@pytest.mark.parametrize(
    ("algorithms", "weak"), [(["md5"], True), (["md5", "sha1"], True), (["md5", "sha256"], False)]
)
def test_digests_that_can_be_forged_are_told(
    algorithms: list[str], weak: bool, tmp_path: Path
) -> None:
    lines = [f"{each} {FILED['sha256']} disk.dd" for each in algorithms]
    told = [words for _, _, words in told_of(reported(tmp_path, lines)[1], "received")]
    assert any("MD5 or SHA-1 alone" in each for each in told) == weak


def test_what_the_list_names_and_was_not_handed_in_is_told(tmp_path: Path) -> None:
    lines = [f"sha256 {FILED['sha256']} disk.dd", f"sha256 {OTHER} more.dd"]
    _, report = reported(tmp_path, lines, differs=["more.dd: listed, and not there"])
    told = [words for _, _, words in told_of(report, "received")]
    assert "named in the list that came with it, and not there: 1" in told
