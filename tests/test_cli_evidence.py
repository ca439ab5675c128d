"""Seizing, acquiring, deriving, checking: content is durable and its verdicts are computed."""

import json
import os
import subprocess
import sys
from hashlib import md5, sha256
from pathlib import Path
from typing import Any

import pytest

from custody.images import manifest
from tests.bench import CASE, Bench, bench, plain, python_path

BIG = bytes(range(256)) * 400  # above 64 KiB: its digests stand in the body


@pytest.fixture
def run(tmp_path: Path) -> Bench:
    return bench(tmp_path)


def last(run: Bench, item: str) -> Any:
    return run.json("item", "history", item)["history"][-1]


def test_one_line_registers_seizes_and_seals_or_does_nothing(run: Bench) -> None:
    answer = run.json(
        *("seize", "K-7", "--exhibit", "JS/1", "--type", "mobile", "--seal", "S-1"),
        *("--photo", run.file("a.jpg", b"photo"), "--place", "Quay 4", "--note", "face down"),
    )
    acts = [entry["act"] for entry in answer["entries"]]
    assert acts == ["item.registered", "item.seized", "seal.applied"]
    item = run.item("JS/1")
    assert (item["holder"], item["seal"], item["location"]) == (
        "Ada Byron (Lab)",
        "intact",
        "scene",
    )
    history = run.json("item", "history", "JS/1")["history"]
    assert [("note" in each["details"]) for each in history] == [False, True, False]
    refused = run.json(
        "seize", "K-7", "--type", "mobile", "--seal", "S-2", "--at", "2020-01-01", status=4
    )
    assert refused["refused"]["code"] == "E_TIME"
    assert len(run.json("item", "list")["items"]) == 1


def test_a_second_item_under_one_exhibit_reference_is_not_taken_in_silence(run: Bench) -> None:
    first = run.seized("JS/1")
    made = run("seize", CASE, "--exhibit", "JS/1", "--type", "mobile")
    assert made.err.count(f"careful: {first} has the exhibit reference JS/1 already") == 1
    assert "careful" not in run("seize", CASE, "--exhibit", "JS/2", "--type", "mobile").err


def test_a_seizure_cites_the_only_legal_basis_and_asks_where_there_are_two(run: Bench) -> None:
    run.seized("JS/1")
    assert "authority" in run.json("item", "history", "JS/1")["history"][1]["details"]
    run("authority", "record", "K-7", "--kind", "consent", "--identifier", "C-2")
    refused = run("seize", "K-7", "--type", "mobile", status=2)
    assert "it could be: W-1 = " in plain(refused.err)
    run("seize", "K-7", "--type", "mobile", "--authority", "c-2")
    run("case", "open", "K-8", "--title", "No warrant here")
    made = run("seize", "K-8", "--type", "mobile", status=4)
    assert "E_AUTHORITY" in made.err and "custody authority record" in made.err


def test_what_is_said_of_a_seal_needs_its_number(run: Bench) -> None:
    made = run("seize", "K-7", "--type", "mobile", "--bag-number", "B-1", status=2)
    assert "--bag-number is about a seal: say its number with --seal" in made.err


def test_a_late_seizure_says_why(run: Bench) -> None:
    run(
        *("seize", "K-7", "--exhibit", "JS/1", "--type", "mobile", "--at", "2026-01-05 10:30"),
        *("--ended", "2026-01-05 11:00", "--late-reason", "no_network: in a cellar"),
    )
    entry = last(run, "JS/1")
    assert entry["late"] == "late: no network – in a cellar"
    assert entry["happened"].startswith("2026-01-05T10:30:00Z – 2026-01-05T11:00:00Z")
    assert "to the minute" in entry["happened"]


def test_a_file_goes_into_the_vault_before_anything_is_signed(run: Bench) -> None:
    answer = run.json("acquire", "K-7", run.file("disk.dd", BIG), "--exhibit", "D/1")
    digest = sha256(BIG).hexdigest()
    assert answer["digests"]["sha256"] == digest
    assert run.content(digest) == BIG
    assert run.item("D/1")["type"] == "disk_image"
    entry = last(run, "D/1")
    assert digest in entry["details"]["content"]
    assert entry["details"]["format"] == "raw"
    run.examined()


def test_nothing_is_recorded_where_the_vault_fails(run: Bench) -> None:
    (run.folder / "home" / "vault").write_bytes(b"in the way")
    made = run("acquire", "K-7", run.file("a.bin"), status=5)
    assert "the vault failed" in made.err
    assert run.json("item", "list")["items"] == []


def test_a_refusal_comes_before_the_content_is_read(run: Bench) -> None:
    run.seized("JS/1", "--seal", "S-1")
    made = run("acquire", "K-7", run.file("a.bin"), "--source", "JS/1", status=4)
    assert "E_SEAL" in made.err
    assert not run.vault_object(sha256(b"evidence").hexdigest()).exists()
    run("seal", "break", "JS/1", "--seal-read", "S-1", "--reason", "imaging")
    item = run.acquired(run.file("a.bin"), "", "--source", "JS/1")
    assert run.item(item)["origin"] == "item.acquired"


def test_a_folder_is_one_item_with_a_manifest(run: Bench) -> None:
    run.file("case/a.txt", b"one")
    run.file("case/sub/b\udcff.txt", b"two")
    answer = run.json("acquire", "K-7", run.folder / "evidence" / "case", "--type", "file")
    assert answer["size"] == 6
    listing = run.content(answer["digests"]["sha256"])
    paths = [entry["path"] for entry in manifest.read(listing)]
    assert paths == ["a.txt", "sub", "sub/b%ff.txt"]
    assert run.json("check", answer["item"])["found"][0]["verdict"] == "match"


def test_segments_are_found_and_a_hole_is_refused(run: Bench) -> None:
    for number in (1, 2, 3):
        run.file(f"raw.00{number}", bytes([number]) * 40_000)
    answer = run.json("acquire", "K-7", run.folder / "evidence" / "raw.002")
    assert answer["size"] == 120_000
    assert any("whether raw.003 is the last" in each for each in answer["adverse"])
    (run.folder / "evidence" / "raw.002").unlink()
    made = run("acquire", "K-7", run.folder / "evidence" / "raw.001", status=5)
    assert "raw.002 of raw is missing" in plain(made.err)


def test_content_left_in_place_is_checked_where_it_is(run: Bench) -> None:
    path = run.file("huge.bin", BIG)
    item = run.acquired(path, "", "--in-place")
    assert not run.vault_object(sha256(BIG).hexdigest()).exists()
    assert run.json("check", item)["found"][0]["verdict"] == "match"
    path.write_bytes(BIG[:-1] + b"?")
    assert run.json("check", item, status=1)["found"][0]["verdict"] == "mismatch"
    path.unlink()
    (found,) = run.json("check", item, status=3)["found"]
    assert found["verdict"] == "not_checked"
    assert "not in the vault, and not at" in found["detail"]


def test_a_log_that_contradicts_the_image_needs_disputed(run: Bench) -> None:
    image = run.file("disk.dd", BIG)
    log = run.file(
        "disk.info",
        b"GUYMAGER ACQUISITION INFO FILE\n==============================\n\nGuymager\n========\n\n"
        b"Version : 0.8.13-1\n\nAcquisition\n===========\n\n"
        b"MD5 hash           : " + md5(b"other").hexdigest().encode() + b"\n",
    )
    made = run("acquire", "K-7", image, "--log", log, status=4)
    assert "E_DISPUTED disk.info states md5" in plain(made.err)
    assert "--disputed REASON" in made.err
    assert run.json("item", "list")["items"] == []
    answer = run.json(
        "acquire", "K-7", image, "--log", log, "--disputed", "evidence_would_be_lost: dying disk"
    )
    item = run.item(answer["item"])
    assert (item["disputed"], item["discrepancies"]) == (True, ["hash"])
    entry = last(run, answer["item"])
    assert "guymager" in entry["details"]["tool"].lower()
    assert "disk.info" in entry["details"]["attachments"]
    assert entry["details"]["disputed"] == "evidence would be lost"
    run.examined()


@pytest.mark.needs("setpriv")
def test_an_unreadable_file_is_accepted_only_when_that_is_said(run: Bench) -> None:
    run.file("case/a.txt").chmod(0)
    folder = run.folder / "evidence" / "case"
    made = shut_out(run, "acquire", "K-7", folder)
    assert made.returncode == 5
    assert "cannot be read: a.txt (EACCES)" in plain(made.stderr)
    made = shut_out(run, "--json", "acquire", "K-7", folder, "--accept-unreadable")
    answer = json.loads(made.stdout)
    assert answer["adverse"] == ["a.txt could not be read (EACCES)"]
    assert last(run, answer["item"])["details"]["unread"] == "1"


def shut_out(run: Bench, *words: object) -> "subprocess.CompletedProcess[str]":
    """Run a command that may not read what file modes forbid, even where root runs the tests."""
    bare = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"]
    return subprocess.run(
        [
            *(bare if os.geteuid() == 0 else []),
            sys.executable,
            "-m",
            "custody_cli.start",
            *map(str, words),
        ],
        env={**os.environ, **python_path(), **run.environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_a_folder_kept_shut_is_signed(run: Bench) -> None:
    run.file("case/a.txt")
    folder = run.folder / "evidence" / "case"
    os.mkfifo(folder / "pipe")
    made = run.json("acquire", "K-7", folder)
    assert made["adverse"] == ["pipe is a fifo; not opened"]
    assert last(run, made["item"])["details"]["unread"] == "1"


def test_a_rehearsed_acquisition_says_the_plan_and_reads_nothing(run: Bench) -> None:
    made = run("acquire", "K-7", run.file("disk.dd", BIG), "--dry-run")
    assert (
        made.out == f"would take in disk.dd: file, {len(BIG)} bytes\n  disk.dd, {len(BIG)} bytes\n"
    )
    assert not (run.folder / "home" / "vault").exists()


def test_what_is_derived_names_parents_that_were_checked(run: Bench) -> None:
    parent = run.json("acquire", "K-7", run.file("disk.dd", BIG))
    words = ("derive", parent["item"], run.file("mail.txt", b"dear"), "--kind", "extraction")
    derived = run.json(*words, "--exhibit", "D/2", "--tool", "grep 3.8")
    assert run.item("D/2")["origin"] == "item.derived"
    assert last(run, "D/2")["content"] == "match"
    assert [e["act"] for e in derived["entries"]] == ["item.registered", "item.derived"]
    run.spoil(parent["digests"]["sha256"])
    made = run(*words, status=4)
    assert "E_PARENT the parent's content: mismatch" in plain(made.err)
    run(*words, "--variance", "court_direction")
    run.examined()


def test_nothing_is_derived_from_what_has_no_content(run: Bench) -> None:
    run.seized("JS/1")
    made = run("derive", "JS/1", run.file("a.txt"), "--kind", "printout", status=4)
    assert "E_PARENT no content of K-7/1 (JS/1) is on file" in plain(made.err)


def test_a_check_records_what_it_finds_and_its_status_tells(run: Bench) -> None:
    small = run.json("acquire", "K-7", run.file("small.txt", b"small"))
    big = run.json("acquire", "K-7", run.file("big.bin", BIG))
    everything = run.json("check", "--all")
    assert [each["verdict"] for each in everything["found"]] == ["match", "match"]
    assert len(everything["entries"]) == 1
    run.spoil(big["digests"]["sha256"])
    bad = run.json("check", "--all", "--trigger", "schedule", status=1)
    assert {each["item"]: each["verdict"] for each in bad["found"]} == {
        small["item"]: "match",
        big["item"]: "mismatch",
    }
    entry = last(run, big["item"])
    assert (entry["why"], entry["content"]) == ("schedule", "mismatch")
    assert entry["details"]["found"].startswith("2 ")
    assert run.item(big["item"])["disputed"] is True
    run.vault_object(small["digests"]["sha256"]).unlink()
    (gone,) = run.json("check", small["item"], status=1)["found"]
    assert gone["verdict"] == "unreadable"
    run.examined()


def test_some_wrong_files_of_a_folder_make_it_partial(run: Bench) -> None:
    run.file("case/a.txt", b"one")
    run.file("case/b.txt", b"two")
    answer = run.json("acquire", "K-7", run.folder / "evidence" / "case")
    run.spoil(sha256(b"two").hexdigest())
    (found,) = run.json("check", answer["item"], status=1)["found"]
    assert found["verdict"] == "partial"
    assert found["detail"] == "1 of 2 files: b.txt differs"


def test_the_oldest_are_those_not_checked_longest(run: Bench) -> None:
    first = run.acquired(run.file("a.bin", b"a"))
    second = run.acquired(run.file("b.bin", b"b"))
    run("check", first)
    assert [e["item"] for e in run.json("check", "--oldest", 1)["found"]] == [second]


def test_items_without_content_are_no_check(run: Bench) -> None:
    run.seized("JS/1")
    made = run("check", "JS/1", status=2)
    assert "no digital content is on file" in made.err
    assert "none of these items has digital content" in run("check", "--mine", status=2).err


def test_terminal_control_characters_in_names_are_shown_and_not_obeyed(run: Bench) -> None:
    path = run.file("a\x1b[2Jb.txt")
    made = run("acquire", "K-7", path)
    assert "\x1b" not in made.out + made.err
    assert "a\\u{1b}[2Jb.txt" in made.out
