"""What is said to people who are about to go wrong, or did: the next step, and what became of it."""

import os
import sys
from hashlib import sha256
from pathlib import Path

import click
import pytest

from custody.images import acquiring
from custody.ledger.local import LocalLedger
from custody.store.vault import LocalVault
from custody_cli import output
from custody_cli.errand import Errand
from tests.bench import CASE, Bench, bench, plain


@pytest.fixture
def run(tmp_path: Path) -> Bench:
    return bench(tmp_path)


def test_a_seal_number_that_is_on_another_item_is_not_taken_in_silence(run: Bench) -> None:
    first = run.seized("JS/1", "--seal", "S-1", "--bag-number", "B-1")
    words = ("seize", CASE, "--type", "mobile", "--seal")
    assert run(*words, "s-1").err.count(f"careful: seal s-1 is on {first}") == 1
    assert f"careful: seal B-1 is on {first}" in run(*words, "B-1").err
    assert "careful" not in run(*words, "S-2").err
    third = run.seized("JS/3")
    assert f"careful: seal S-1 is on {first}" in run("seal", "apply", third, "--seal", "S-1").err
    made = run("acquire", CASE, run.file("a.bin"), "--seal", "S-2")
    assert made.err.count("careful: seal S-2 is on K-7/4") == 1
    run("seal", "break", third, "--seal-read", "S-1", "--reason", "imaging")
    run("seal", "apply", third, "--seal", "S-9")
    run("seal", "break", third, "--seal-read", "S-9", "--reason", "imaging")
    assert "careful" not in run("seal", "apply", third, "--seal", "S-9").err  # its own


def test_a_wrong_seal_number_sends_back_to_the_bag_and_then_to_a_new_seal(run: Bench) -> None:
    item = run.seized("JS/1", "--seal", "S-1")
    broken = ("seal", "break", item, "--reason", "imaging")
    refused = plain(run(*broken, "--seal-read", "S-7", status=4).err)
    assert "S-7 is not the number on file: read the bag again. Only if it really says" in refused
    assert f"`custody seal verify {item} --seal-read S-7`" in refused
    noted = plain(run("seal", "verify", item, "--seal-read", "S-7", status=1).err)
    assert "careful: S-7 is not the number on file: read the bag again" in noted
    for again in (broken, (*broken, "--seal-read", "S-7"), ("seal", "verify", item)):
        refused = plain(run(*again, status=4).err)
        assert f"`custody seal apply {item} --seal NEW` puts a new seal on" in refused
        assert "the mismatch stays on file" in refused
    run("seal", "apply", item, "--seal", "S-8")
    run(*broken, "--seal-read", "S-8")
    assert "the mismatch stays" not in run(*broken, status=4).err


@pytest.mark.parametrize(
    "words",
    [
        ("seize", CASE, "--type", "mobile", "--late-reason", ""),
        ("seal", "break", "JS/1", "--seal-read", "S-1", "--reason", " "),
        ("case", "open", "", "--title", "T"),
        ("case", "open", "C", "--title", ""),
        ("note", CASE, "-m", ""),
    ],
)
def test_what_must_be_said_cannot_be_left_out(run: Bench, words: tuple[str, ...]) -> None:
    made = plain(run(*words, status=2).err)
    assert "is empty; it must say something" in made
    assert "leave the option out" not in made


def test_other_empty_options_are_left_out(run: Bench) -> None:
    made = run("seize", CASE, "--type", "mobile", "--make", "", status=2)
    assert "is empty; leave the option out instead" in plain(made.err)


@pytest.mark.parametrize(
    ("words", "instead"),
    [
        (("--at", "2098-01-01"), "check the date, the time and the zone that were typed"),
        (("--at", "2026-01-02", "--ended", "2026-01-01"), "say with --at when it began"),
        (("--at", "2026-01-02"), "give the time with --at and the reason with --late-reason"),
    ],
)
def test_a_wrong_time_is_told_from_a_late_one(
    run: Bench, words: tuple[str, ...], instead: str
) -> None:
    made = plain(run("seize", CASE, "--type", "mobile", *words, status=4).err)
    assert "E_TIME" in made and f"instead: {instead}" in made
    assert made.count("instead:") == 1


def test_who_is_enrolled_already_is_sent_to_roles_and_keys(run: Bench) -> None:
    words = ("--role", "examiner", "--identity-checked", "in_person")
    made = plain(run("actor", "enrol", run.folder / "bo.json", *words, status=4).err)
    assert "E_EXISTS Bo Peep (Lab) is enrolled already" in made
    assert (
        "instead: `custody role grant` gives a role, `custody key add` a key, `custody correct`"
        in made
    )
    request = run.folder / "again.json"
    again = ("--name", "Bo Peep", "--organisation", "Lab", "-o", request)
    run("identity", "create", "bo2", *again)
    assert (
        "careful: Bo Peep (Lab) is enrolled already" in run("actor", "enrol", request, *words).err
    )


def test_what_is_not_on_its_way_to_me_is_with_somebody(run: Bench) -> None:
    item = run.seized("JS/1", "--seal", "S-1")
    refused = run("--as", "bo", "transfer", "accept", item, status=4).err
    assert "K-7/1 (JS/1) is not on its way to you. It is held by Ada Byron (Lab)" in plain(refused)
    assert "is with you already" in run("transfer", "accept", item, status=4).err
    run("transfer", "release", item, "--to", "cy", "--purpose", "storage")
    refused = run("--as", "bo", "transfer", "accept", item, status=4).err
    assert "held by Ada Byron (Lab), released to Cy Twombly (Lab)" in plain(refused)


def test_a_second_release_says_what_became_of_the_first(run: Bench) -> None:
    item = run.seized("JS/1")
    words = ("transfer", "release", item, "--purpose", "storage")
    run(*words, "--to", "cy")
    since = run.json("transfer", "list")["transfers"][0]["since"]
    refused = plain(run(*words, "--to", "bo", status=4).err)
    assert f"K-7/1 (JS/1) is on its way to Cy Twombly (Lab) since {since}" in refused
    assert f"`custody transfer cancel {item} --reason …` takes that back" in refused
    run("transfer", "cancel", item, "--reason", "wrong_recipient")
    run(*words, "--to-outside", "Courier Ltd", "--outside", "courier")
    assert "is on its way to Courier Ltd (courier) since" in plain(
        run(*words, "--to", "bo", status=4).err
    )


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (("note", CASE, "-m", "x" * 10_001), "-m"),
        (("seize", CASE, "--type", "mobile", "--place", "x" * 10_001), "--place"),
        (("transfer", "release", "JS/1", "--purpose", "storage", "--to-outside", "x" * 501), ""),
        (("seal", "verify", "JS/1", "--seal-read", "x" * 501), "--seal-read"),
    ],
)
def test_text_that_is_too_long_may_go_into_a_file(
    run: Bench, words: tuple[str, ...], option: str
) -> None:
    run.seized("JS/1", "--seal", "S-1")
    made = plain(run(*words, status=2).err)
    assert option in made
    assert "allowed are" in made
    assert "put longer text into a file and --attach it" in made


def test_a_bundle_and_a_trust_file_are_not_mistaken_for_each_other(run: Bench) -> None:
    run.seized("JS/1")
    bundle, trust = run.folder / "b.zip", run.folder / "trust.txt"
    run("export", CASE, "--recipient", "X", "--purpose", "storage", "-o", bundle)
    run("trust", "show", "-o", trust)
    made = plain(run("verify", trust, "--trust", bundle, status=2).err)
    assert f"--trust {bundle} is a .zip, not a trust file" in made
    assert f"were {bundle} and {trust} swapped?" in made
    made = plain(run("verify", bundle, "--trust", run.file("t.txt"), status=5).err)
    assert f"{run.folder}/evidence/t.txt: trust file: the last line has no end" in made
    made = plain(run("verify", run.folder, status=2).err)
    assert f"{run.folder} is a folder: give the .zip as it was handed over" in made


def stopped(
    run: Bench,
    monkeypatch: pytest.MonkeyPatch,
    where: object,
    name: str,
    how: type[BaseException] = KeyboardInterrupt,
) -> str:
    """What an acquisition says that is stopped, by Ctrl-C, when it comes to `where.name`."""

    def stop(*_: object, **__: object) -> None:
        raise how

    monkeypatch.setattr(where, name, stop)
    made = run("acquire", CASE, run.file("disk.dd", b"x" * 70_000), status=5)
    monkeypatch.undo()
    return plain(made.err)


def test_who_stops_an_acquisition_is_told_what_is_kept(
    run: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = sha256(b"x" * 70_000).hexdigest()
    said = stopped(run, monkeypatch, LocalVault, "put_many")
    assert said.strip() == "custody: stopped; nothing was recorded"
    for where, name, how in (
        (acquiring, "check_unchanged", KeyboardInterrupt),
        (Errand, "consent", KeyboardInterrupt),
        (Errand, "consent", click.Abort),
    ):
        said = stopped(run, monkeypatch, where, name, how)
        assert f"nothing was recorded; kept whole in the vault: {digest}" in said
        assert "Acquiring the same content again uses it" in said
        assert "signed" not in said
        assert run.vault_object(digest).is_file()
    assert run.json("item", "list")["items"] == []


def test_who_stops_a_signed_act_is_told_that_it_may_be_recorded(
    run: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = stopped(run, monkeypatch, LocalLedger, "submit")
    assert "stopped; the next act tells what became of an entry that was signed already" in said
    assert "recorded now: item.registered, item.acquired" in plain(run("note", CASE, "-m", "x").err)
    said = stopped(run, monkeypatch, Errand, "tell")
    assert "stopped; the entry was recorded before that" in said
    assert len(run.json("item", "list")["items"]) == 2


def test_a_folder_is_counted_by_sorts(run: Bench) -> None:
    folder = run.file("case/a.txt").parent
    (folder / "sub").mkdir()
    run.file("case/sub/b.txt")
    (folder / "link").symlink_to("a.txt")
    os.mkfifo(folder / "pipe")
    made = plain(run("acquire", CASE, folder).out)
    assert "taken in: 2 files, 1 folder, 1 link, 1 special file" in made
    assert "special files" not in made


def test_an_empty_file_is_an_adverse_fact(run: Bench) -> None:
    made = run("acquire", CASE, run.file("nothing.bin", b""))
    assert "adverse: the file nothing.bin is empty: it has 0 bytes" in made.err
    assert "adverse" not in run("acquire", CASE, run.file("one.bin", b"1")).err


def test_a_bar_counts_each_byte_once_however_often_it_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with output.progress(100, "copying, reading back", passes=2) as advance:
        assert advance is not None
        bar = advance.__self__  # type: ignore[attr-defined]
        advance(100)
        assert (bar.total, bar.completed) == (100, 50)
        advance(100)
        assert bar.completed == 100
        advance(100)
        assert bar.completed == 100


@pytest.mark.parametrize(("counted", "shown"), [(True, "7/9"), (False, "7/9 bytes")])
def test_a_bar_of_entries_does_not_call_them_bytes(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    counted: bool,
    shown: str,
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setattr(output, "PATIENCE", 0)
    with output.progress(9, "entries", counted=counted) as advance:
        assert advance is not None
        advance(7)
        advance.__self__.drawn.refresh()  # type: ignore[attr-defined]
    said = capsys.readouterr().err
    assert shown in said and ("bytes" in said) is not counted
