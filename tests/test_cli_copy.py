"""Working copies: written, flushed, read back, recorded, and accounted for. (R25, R75)"""

import os
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from custody.core.canonical import encode
from custody.core.reading import read_record
from custody_schemas import answers
from tests.bench import CASE, Bench, bench, clean_environ, plain
from tests.entries import entries, entry

BIG = bytes(range(256)) * 8000
WHAT = ("--purpose", "examination")
LIMITED = 'ulimit -f 1500; exec "$@"'  # blocks of 1 KiB that a file may have


@pytest.fixture
def run(tmp_path: Path) -> Bench:
    made = bench(tmp_path)
    (made.folder / "stick").mkdir()
    return made


@pytest.fixture
def folder(run: Bench) -> str:
    """An item that is a folder with all that a folder can hold."""
    run.file("pkg/a\udcff.txt", b"one")
    run.file("pkg/sub/b\n.txt", b"two")
    base = run.folder / "evidence" / "pkg"
    (base / "empty").mkdir()
    (base / "link").symlink_to("/etc/passwd")
    os.mkfifo(base / "pipe")
    os.utime(base / "sub" / "b\n.txt", (10**9, 10**9))
    return run.acquired(base, "F/1")


def stick(run: Bench) -> Path:
    return run.folder / "stick"


def issue(run: Bench, item: str, *more: object, status: int = 0) -> Any:
    return run.json("copy", "issue", item, "--to", stick(run), *WHAT, *more, status=status)


def test_a_file_gets_its_name_back_and_the_copy_is_recorded(run: Bench) -> None:
    item = run.acquired(run.file("disk image.dd", BIG))
    answer = issue(run, item, "--medium", "SanDisk 4711", "--due-back", "2099-01-01")
    read_record(answers.CopyMade, answer)
    copy = stick(run) / "K-7-1-copy-1"
    assert answer["path"] == str(copy)
    assert (copy / "disk image.dd").read_bytes() == BIG
    assert [each.name for each in stick(run).iterdir()] == [copy.name]
    said = entry(run, item, "copy.issued")
    assert (said["number"], said["verified"], said["purpose"]) == (1, "match", "examination")
    assert (said["copy_medium"], said["copy_path"]) == ("SanDisk 4711", str(copy))
    assert run.item(item)["holder"] == "Ada Byron (Lab)"
    run.examined()


def test_a_folder_is_restored_and_what_no_copy_holds_is_named(run: Bench, folder: str) -> None:
    answer = issue(run, folder)
    copy = stick(run) / "K-7-1-copy-1"
    assert (copy / "a\udcff.txt").read_bytes() == b"one"
    assert (copy / "sub" / "b\n.txt").stat().st_mtime == 10**9
    assert sorted(each.name for each in copy.iterdir()) == ["a\udcff.txt", "empty", "sub"]
    assert answer["left_out"] == ["link (a link to /etc/passwd)", "pipe (a fifo)"]
    assert answer["files"] == 2


def test_segments_get_their_names_back(run: Bench) -> None:
    for number in (1, 2):
        run.file(f"raw.00{number}", bytes([number]) * 40_000)
    item = run.acquired(run.folder / "evidence" / "raw.001")
    issue(run, item)
    copy = stick(run) / "K-7-1-copy-1"
    assert sorted(each.name for each in copy.iterdir()) == ["raw.001", "raw.002"]


def test_content_left_in_place_is_copied_from_there(run: Bench, folder: str) -> None:
    path = run.file("huge.bin", BIG)
    item = run.acquired(path, "", "--in-place")
    issue(run, item)
    path.unlink()
    made = run("copy", "issue", item, "--to", stick(run), *WHAT, status=2)
    assert f"huge.bin is not at {path} any more: nothing was copied" in plain(made.err)
    tree = run.acquired(run.folder / "evidence" / "pkg", "", "--in-place")
    assert issue(run, tree)["files"] == 2


def test_copies_are_counted_and_each_has_one_receiver(run: Bench) -> None:
    item = run.acquired(run.file("a.bin"))
    issue(run, item)
    issue(run, item, "--for", "bo")
    issue(run, item, "--for-outside", "defence:Richard Roe")
    found = run.json("copy", "list", item)
    read_record(answers.Copies, found)
    assert [(c["number"], c["to"]) for c in found["copies"]] == [
        *((1, "Ada Byron (Lab)"), (2, "Bo Peep (Lab)"), (3, "Richard Roe"))
    ]
    (held,) = run.json("--as", "bo", "mine")["copies"]
    assert (held["item"], held["number"]) == (item, 2)
    both = run.json(
        *("copy", "issue", item, "--to", stick(run), *WHAT, "--for", "bo"),
        *("--for-outside", "court"),
        status=2,
    )
    assert "a copy goes to one receiver" in both["refused"]["message"]
    made = run("copy", "issue", item, "--to", stick(run), *WHAT, "--for-outside", "Roe", status=2)
    assert "say what sort of person or body that is, as --for-outside owner:Roe" in made.err
    assert len(list(stick(run).iterdir())) == 3


def test_who_has_not_the_item_in_hand_copies_nothing(run: Bench) -> None:
    item = run.acquired(run.file("a.bin"))
    words = ("--as", "bo", "copy", "issue", item, "--to", stick(run), *WHAT)
    assert "E_NOT_HOLDER" in run(*words, status=4).err
    run.seized("JS/1")
    made = run("copy", "issue", "JS/1", "--to", stick(run), *WHAT, status=2)
    assert "no digital content is on file that could be copied" in made.err
    assert list(stick(run).iterdir()) == []


def test_content_that_went_bad_is_not_handed_out(run: Bench) -> None:
    item = run.acquired(run.file("a.bin", BIG))
    run.spoil(sha256(BIG).hexdigest())
    made = run("copy", "issue", item, "--to", stick(run), *WHAT, status=5)
    assert "a.bin is not as on file: " in plain(made.err)
    assert "was altered, or is damaged: bytes 0 to 65535" in plain(made.err)
    assert list(stick(run).iterdir()) == []
    assert entries(run, item, "copy.issued") == []
    run.vault_object(sha256(BIG).hexdigest()).unlink()
    made = run("copy", "issue", item, "--to", stick(run), *WHAT, status=2)
    assert "a.bin is not in the vault any more" in plain(made.err)


def test_a_manifest_that_is_not_the_one_on_file_is_not_followed(run: Bench, folder: str) -> None:
    digest = entry(run, folder, "item.acquired")["content_sha256"]
    path = run.vault_object(digest)
    path.chmod(0o600)
    path.write_bytes(encode({"path": "../../evil", "type": "folder"}) + b"\n")
    made = run("copy", "issue", folder, "--to", stick(run), *WHAT, status=5)
    assert "the manifest of K-7/1 (F/1) in the vault is not the one on file" in plain(made.err)
    assert list(stick(run).iterdir()) == []


@pytest.mark.needs("bash")
def test_a_medium_that_fills_up_leaves_nothing_behind(run: Bench) -> None:
    run.file("pkg/a.bin", b"small")
    run.file("pkg/b.bin", BIG)
    item = run.acquired(run.folder / "evidence" / "pkg")
    words = ["copy", "issue", item, "--to", str(stick(run)), *WHAT]
    made = subprocess.run(
        ["bash", "-c", LIMITED, "-", sys.executable, "-m", "custody_cli.start", *words],
        env={**clean_environ(), **run.environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (made.returncode, made.stdout) == (5, "")
    assert "the medium is full" in made.stderr
    assert list(stick(run).iterdir()) == []
    assert entries(run, item, "copy.issued") == []


def test_what_is_there_already_is_never_touched(run: Bench) -> None:
    item = run.acquired(run.file("a.bin"))
    partial = stick(run) / "K-7-1-copy-1.partial"
    partial.mkdir()
    made = run("copy", "issue", item, "--to", stick(run), *WHAT, status=5)
    assert "an earlier copy was stopped while it was written" in plain(made.err)
    partial.rename(stick(run) / "K-7-1-copy-1")
    made = run("copy", "issue", item, "--to", stick(run), *WHAT, status=5)
    assert "is there already: choose another folder" in plain(made.err)
    run("copy", "issue", item, "--to", stick(run) / "missing", *WHAT, status=2)
    assert entries(run, item, "copy.issued") == []


def test_a_rehearsal_writes_nothing(run: Bench) -> None:
    item = run.acquired(run.file("a.bin"))
    drafted = issue(run, item, "--dry-run")["would_sign"]
    assert [each["act"] for each in drafted] == ["copy.issued"]
    assert list(stick(run).iterdir()) == []


def test_a_copy_comes_back_and_is_held_against_the_digests(run: Bench, folder: str) -> None:
    issue(run, folder)
    copy = stick(run) / "K-7-1-copy-1"
    (copy / "notes.txt").write_text("mine")
    answer = run.json("copy", "return", folder, "--fate", "returned", "--check", copy)
    read_record(answers.CopyEnded, answer)
    assert (answer["check"], answer["differs"], answer["more"]) == ("match", [], ["notes.txt"])
    said = entry(run, folder, "copy.returned")
    assert (said["fate"], said["hash"]) == ("returned", "match")
    assert said["details"] == "beside the content: notes.txt"
    assert run.json("copy", "list")["copies"] == []
    (ended,) = run.json("copy", "list", "--all")["copies"]
    assert (ended["fate"], ended["check"]) == ("returned", "match")
    run.examined()


@pytest.mark.parametrize(
    ("spoil", "verdict", "line"),
    [
        (lambda copy: (copy / "a\udcff.txt").unlink(), "partial", "a\\xff.txt is not there"),
        (lambda copy: change(copy / "sub" / "b\n.txt"), "partial", "sub/b\\n.txt differs"),
        (lambda copy: [each.unlink() for each in copy.rglob("*.txt")], "mismatch", "not there"),
    ],
    ids=["one gone", "one other", "all gone"],
)
def test_a_copy_that_was_changed_is_recorded_so_and_the_item_stays_sound(
    run: Bench, folder: str, spoil: Callable[[Path], object], verdict: str, line: str
) -> None:
    issue(run, folder)
    copy = stick(run) / "K-7-1-copy-1"
    spoil(copy)
    answer = run.json("copy", "return", folder, "--fate", "wiped", "--check", copy)
    assert answer["check"] == verdict
    assert any(line in each for each in answer["differs"])
    shown = run.item(folder)
    assert (shown["disputed"], shown["discrepancies"]) == (False, ["record_conflict"])


def change(path: Path) -> None:
    path.chmod(0o600)
    path.write_bytes(b"other")


def test_the_medium_may_be_named_instead_of_the_folder_of_the_copy(run: Bench, folder: str) -> None:
    issue(run, folder)
    (stick(run) / "other.txt").write_text("mine")
    answer = run.json("copy", "return", folder, "--fate", "returned", "--check", stick(run))
    assert (answer["check"], answer["more"]) == ("match", [])


def test_a_folder_with_nothing_of_the_copy_is_refused_and_no_mismatch_recorded(
    run: Bench, folder: str
) -> None:
    issue(run, folder)
    (run.folder / "elsewhere").mkdir()
    words = ("copy", "return", folder, "--fate", "returned", "--check", run.folder / "elsewhere")
    assert "nothing of the copy is there" in plain(run(*words, status=2).err)
    assert run.item(folder)["discrepancies"] == []
    assert len(run.json("copy", "list")["copies"]) == 1


def test_a_single_file_is_checked_by_whatever_name_it_has(run: Bench) -> None:
    item = run.acquired(run.file("a.bin", BIG))
    issue(run, item)
    moved = run.folder / "renamed.bin"
    (stick(run) / "K-7-1-copy-1" / "a.bin").rename(moved)
    run.vault_object(sha256(BIG).hexdigest()).unlink()  # the copy may be all that is left
    words = ("copy", "return", item, "--fate", "returned", "--check", moved)
    assert run.json(*words)["check"] == "match"


def test_without_a_check_nothing_is_said_of_the_content(run: Bench) -> None:
    item = run.acquired(run.file("a.bin"))
    issue(run, item, "--for", "bo")
    words = ("copy", "return", item, "--fate", "lost", "--details", "on the train")
    assert "E_NOT_HOLDER" in run("--as", "cy", *words, status=4).err
    made = run("--as", "bo", *words)
    assert "copy 1 of K-7/1 lost, not compared" in made.out
    assert "hash" not in entry(run, item, "copy.returned")


def test_a_copy_ends_once_and_is_named_where_there_are_several(run: Bench) -> None:
    item = run.acquired(run.file("a.bin"))
    words = ("copy", "return", item, "--fate", "destroyed")
    assert "E_COPY no copy of K-7/1 is out" in plain(run(*words, status=4).err)
    issue(run, item)
    issue(run, item)
    made = run(*words, status=2)
    assert "2 copies of K-7/1 are out: say which it could be: 1, 2" in plain(made.err)
    run("copy", "return", item, 2, "--fate", "destroyed")
    assert "E_COPY no copy 2 of K-7/1 is out" in plain(
        run("copy", "return", item, 2, "--fate", "wiped", status=4).err
    )
    run(*words)
    assert issue(run, item)["number"] == 3


def test_nothing_is_copied_of_another_case_by_mistake(run: Bench) -> None:
    run.acquired(run.file("a.bin"))
    made = run("copy", "issue", f"{CASE}/9", "--to", stick(run), *WHAT, status=2)
    assert "no item answers to 'K-7/9'" in made.err
