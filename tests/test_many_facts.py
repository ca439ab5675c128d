"""What a folder or an image header says without end still fits into an entry, and says what is cut."""

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core.reading import open_act
from custody.drafting import happened
from custody.images import acquiring, intake
from custody_cli import content
from custody_schemas.fields import Content
from tests.bodies import LEAST
from tests.vaults import vault_at


def entry(members: dict[str, Any]) -> dict[str, Any]:
    """The personal members of an `item.acquired` that says the least, and `members`."""
    given = {**LEAST["item.acquired"], **members, "occurred": happened(0, 0)}
    return dict(open_act("item.acquired", {k: v for k, v in given.items() if v not in ("", [])})[1])


def test_a_log_with_a_version_without_end_can_be_taken_in(tmp_path: Path) -> None:
    image, log = tmp_path / "disk.dd", tmp_path / "log"
    image.write_bytes(b"x")
    log.write_text(f"ewfacquire 20140807{'x' * 9000}\nAcquiry started at: {'n' * 9000}\n")
    taken = acquiring.acquire(intake.plan([image]), vault_at(tmp_path / "vault"), logs=[log])
    found = entry(content.described(taken, {}, False))
    assert len(str(found["tool"])) == 500
    assert any("started nnn" in line for line in found["claims"])


def test_a_folder_full_of_special_files_can_be_taken_in(tmp_path: Path) -> None:
    folder = tmp_path / "dev"
    folder.mkdir()
    for number in range(500):
        os.mkfifo(folder / f"a_rather_long_name_of_a_special_file_{number:03}")
    taken = acquiring.acquire(intake.plan([folder]), vault_at(tmp_path / "vault"))
    assert len(taken.facts) == 500
    members = content.described(taken, {"scope": "the whole of /dev"}, False)
    assert isinstance(members["content"], Content)
    assert members["unread"] == 500
    scope = str(entry(members)["scope"])
    assert scope.startswith("the whole of /dev\na_rather_long_name_of_a_special_file_000 is a fifo")
    told = scope.count("is a fifo")
    assert scope.endswith(f"and {500 - told} more, which the manifest or the logs name")
    assert told > 50


@given(st.lists(st.text("ab", max_size=40), max_size=40), st.integers(60, 300))
def test_lines_that_fit_are_kept_and_others_counted(lines: list[str], room: int) -> None:
    text = content.fitting(lines, room)
    assert len(text) <= room
    if len("\n".join(lines)) <= room:
        assert text == "\n".join(lines)
    else:
        *kept, last = text.split("\n")
        assert kept == lines[: len(kept)]
        assert last == f"and {len(lines) - len(kept)} more, {content.ELSEWHERE}"


@pytest.mark.parametrize("length", [4999, 5000, 5001, 900_000])
def test_a_claim_without_end_is_cut_and_says_so(length: int) -> None:
    (said,) = content.bounded(["header: notes: " + "n" * length])
    assert len(said) <= 5000
    assert said.endswith("…") == (length + len("header: notes: ") > 5000)
