"""After a loss: backups, what they saved, and a new ledger that continues it."""

import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from custody.core.reading import read_record
from custody_schemas import answers
from tests.bench import ORIGIN, WORDS, Bench, bench, plain
from tests.test_cli_terminal import Terminal

NEW = "agency.example/evidence-2"
FOUNDER = ("--origin", NEW, "--name", "Ada Byron", "--organisation", "Lab")


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """A sealed phone JS/1, a cracked one JS/2, an image JS/3, a folder JS/4."""
    made = bench(tmp_path_factory.mktemp("recover"))
    made.seized("JS/1", "--seal", "S-1")
    made.seized("JS/2")
    made("discrepancy", "open", "JS/2", "--kind", "damage", "--details", "cracked")
    made.acquired(made.file("disk.img", b"x" * 70_000), "JS/3", "--source", "JS/2")
    made.file("folder/a", b"a")
    made.file("folder/b", b"b")
    made.acquired(made.folder / "evidence" / "folder", "JS/4")
    return made


@pytest.fixture
def run(first: Bench, tmp_path: Path) -> Bench:
    """A copy of that ledger and its people."""
    shutil.copytree(first.folder, tmp_path, dirs_exist_ok=True)
    return Bench(tmp_path)


def lost(run: Bench) -> Path:
    """Restored from a backup, after which more was recorded; where it was restored."""
    backup = run.folder / "backup"
    run("backup", backup)
    run("backup", "keys", backup / "keys")
    run("note", "K-7", "-m", "recorded after the backup")
    shutil.rmtree(run.folder / "home")
    shutil.copytree(backup, run.folder / "home")
    return run.folder / "home"


def recover(run: Bench, *words: object, status: int = 0) -> Any:
    """A command at the new ledger, as Ada in it."""
    there = ("--home", run.folder / "new", "--as", "ada-byron", "--json")
    return run(*there, *words, status=status).answer


def continued(run: Bench) -> Path:
    """The new ledger stands beside the restored home, which is returned."""
    home = lost(run)
    run("--home", run.folder / "new", "recover", "ledger", home, *FOUNDER)
    return home


def items(run: Bench, home: Path, *words: object, status: int = 0) -> Any:
    words = ("recover", "items", home, "K-7", *words, "--received-from", "police")
    return recover(run, *words, status=status)


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def backed_up(run: Bench) -> Any:
    """A backup in `b`, to which the keys were brought back."""
    made = run.json("backup", run.folder / "b")
    shutil.copytree(run.folder / "home" / "keys", run.folder / "b" / "keys")
    return made


def test_a_backup_is_a_ledger_that_proves_itself(run: Bench) -> None:
    made = read_record(answers.BackedUp, backed_up(run))
    assert (made.objects, made.spoilt) == (4, ())
    assert run.json("--home", run.folder / "b", "verify", "--full")["verdict"] == "PASSED"
    assert run.json("--home", run.folder / "b", "item", "list") == run.json("item", "list")


def test_a_backup_overwrites_nothing_and_is_kept_elsewhere(run: Bench) -> None:
    (run.folder / "b").mkdir()
    assert "a backup never overwrites" in run("backup", run.folder / "b", status=2).err
    made = run("backup", run.folder / "home" / "b", status=2)
    assert "lies within the ledger's own home" in plain(made.err)
    assert "no backup can be made" in run("backup", run.folder / "no" / "b", status=5).err


def test_a_backup_says_which_evidence_is_spoilt(run: Bench) -> None:
    sha256 = run.json("acquire", "K-7", run.file("disk.img", b"x" * 70_000))["digests"]["sha256"]
    run.spoil(sha256)
    told = run("backup", run.folder / "b", status=1).out
    assert f"SPOILT in the vault, and left out: {sha256}" in told


def test_a_restored_ledger_refuses_whom_it_would_contradict_and_says_what_to_do(
    run: Bench,
) -> None:
    home = lost(run)
    told = plain(run("note", "K-7", "-m", "x", status=5).err)
    assert "E_ROLLBACK the ledger shows" in told
    assert "custody recover check" in told
    found = read_record(answers.Saved, run.json("recover", "check", home))
    (reason,) = found.reasons
    assert "Ada Byron saw" in reason
    assert "1 record is lost here" in reason


def test_a_lost_or_newer_memory_of_the_log_is_named(run: Bench) -> None:
    home = run.folder / "home"
    backed_up(run)
    run("note", "K-7", "-m", "x")
    shutil.copy(home / "log" / "signed", run.folder / "b" / "log" / "signed")
    found = run.json("recover", "check", run.folder / "b")
    assert any("its log signed" in each for each in found["reasons"])
    (run.folder / "b" / "log" / "signed").unlink()
    refused = run("--home", run.folder / "b", "item", "list", status=5)
    assert "is missing" in refused.err
    found = run.json("recover", "check", run.folder / "b")
    assert any("memory of what it signed last is lost" in each for each in found["reasons"])


def test_a_proof_that_was_kept_shows_what_is_lost_and_what_is_saved(run: Bench) -> None:
    backed_up(run)
    run("note", "K-7", "-m", "x")
    size = run.json("verify")["size"]
    for number in (7, size - 1):
        run("proof", number, "-o", run.folder / f"p{number}")
    kept = [part for n in (7, size - 1) for part in ("--proof", run.folder / f"p{n}")]
    found = read_record(answers.Saved, run.json("recover", "check", run.folder / "b", *kept))
    assert found.proofs[0].endswith("is saved")
    assert found.proofs[1].startswith(f"p{size - 1}: record {size - 1} of {size}, recorded ")
    assert found.proofs[1].endswith("was signed by its log, and is lost here")


def test_a_proof_of_another_past_or_another_log_is_refused(run: Bench) -> None:
    backed_up(run)
    run("note", "K-7", "-m", "x")
    size = run.json("verify")["size"]
    run("proof", size - 1, "-o", run.folder / "p")
    for name in ("ada", "bo", "cy", "di"):  # nobody remembers, and the copy goes on by mistake
        (run.folder / "identities" / name / "seen.json").unlink()
    run("--home", run.folder / "b", "note", "K-7", "-m", "y")
    words = ("recover", "check", run.folder / "b", "--proof")
    told = plain(run(*words, run.folder / "p", status=5).err)
    assert "what was saved has another record in its place" in told
    assert "E_MALFORMED" in run(*words, run.folder / "home" / "trust.txt", status=5).err


def test_a_copy_that_was_altered_is_not_continued(run: Bench) -> None:
    home = lost(run)
    data = (home / "ledger.sqlite").read_bytes()
    (home / "ledger.sqlite").write_bytes(data.replace(b'"number":3', b'"number":4'))
    told = run("recover", "check", home, status=5).err
    assert "bring back another copy" in plain(told)
    there = ("--home", run.folder / "new", "recover", "ledger", home, *FOUNDER)
    run(*there, status=5)
    assert not (run.folder / "new").exists()


def test_a_ledger_of_another_log_is_not_the_one_that_people_knew(run: Bench) -> None:
    forged = Bench(run.folder / "forged")
    words = ("--origin", ORIGIN, "--name", "Eve", "--organisation", "X")
    forged("init", *words)
    told = run("recover", "check", forged.folder / "home", status=5).err
    assert "does not hold the ledger that Ada Byron knew" in plain(told)


def test_a_new_ledger_cites_the_last_checkpoint_and_leaves_the_old_home_alone(
    run: Bench,
) -> None:
    home = lost(run)
    before = contents(home)
    there = ("--home", run.folder / "new", "--json")
    made = read_record(answers.Continued, run(*there, "recover", "ledger", home, *FOUNDER).answer)
    assert (made.origin, made.continues.origin) == (NEW, ORIGIN)
    items(run, home, "--all", "--seal-read", "JS/1=S-1")
    run("recover", "history", home, "JS/3")
    assert contents(home) == before
    assert recover(run, "verify", "--full")["verdict"] == "PASSED"


def test_nothing_is_continued_under_its_own_name_or_in_its_own_home(run: Bench) -> None:
    home = lost(run)
    made = run("recover", "ledger", home, *FOUNDER, status=2)
    assert "is kept as it is: name a new folder" in plain(made.err)
    there = ("--home", run.folder / "new", "recover", "ledger", home)
    made = run(*there, "--origin", ORIGIN, *FOUNDER[2:], status=2)
    assert f"needs another name than {ORIGIN}" in plain(made.err)


def test_a_ledger_that_could_go_on_is_not_continued_unasked(run: Bench) -> None:
    there = ("--home", run.folder / "new", "recover", "ledger", run.folder / "home", *FOUNDER)
    assert "nothing here shows that" in plain(run(*there, status=2).err)
    terminal = Terminal(run, *map(str, there))
    terminal.answer("Make a new ledger that continues it? [y/N]", "y")
    terminal.answer("New passphrase for ada-byron", WORDS)
    terminal.answer("The same again", WORDS)
    assert f"continues {ORIGIN} from its" in plain(terminal.end(0))


def test_items_that_are_seen_enter_under_their_numbers_and_the_others_are_named(
    run: Bench,
) -> None:
    home = continued(run)
    seals = ("--seal-read", "JS/1=S-1", "--condition", "good")
    answer = items(run, home, "--all", "--not-seen", "JS/2", *seals)
    made = read_record(answers.Recovered, answer)
    assert made.items == ("K-7/1", "K-7/3", "K-7/4")
    assert made.not_seen == ("K-7/2",)
    (authority,) = recover(run, "authority", "list", "K-7")["authorities"]
    assert authority["identifier"] == "W-1"
    last = recover(run, "item", "history", "K-7/3")["history"][-1]
    assert last["act"] == "item.received"
    assert f"an item of the lost ledger {ORIGIN}" in plain(
        run("--home", run.folder / "new", "item", "history", "K-7/3").out
    )
    found = recover(run, "check", "--all")["found"]
    assert [each["verdict"] for each in found] == ["match", "match"]


def test_what_was_wrong_there_is_wrong_here_and_a_second_call_takes_the_rest(
    run: Bench,
) -> None:
    home = continued(run)
    items(run, home, "JS/3")
    made = items(run, home, "--all", "--seal-read", "JS/1=S-9")
    assert made["items"] == ["K-7/1", "K-7/2", "K-7/4"]
    assert made["was_open"] == ["2: damage"]
    assert recover(run, "item", "show", "K-7/2")["discrepancies"] == ["damage"]
    assert recover(run, "item", "show", "K-7/1")["discrepancies"] == ["seal"]
    refused = items(run, home, "JS/3", status=2)["refused"]
    assert "is here already" in refused["message"]
    assert recover(run, "verify", "--full")["verdict"] == "PASSED"


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        ((), 2, "name the items that are before you, or say --all"),
        (("JS/3", "--all"), 2, "name the items that are before you"),
        (("JS/3", "--not-seen", "JS/4"), 2, "name the items that are before you"),
        (("JS/9",), 2, "no item answers to 'JS/9'"),
        (("JS/1",), 4, "is sealed: read the number off the bag"),
        (("JS/3", "--seal-read", "S-1"), 2, "was never sealed"),
    ],
)
def test_what_is_not_taken_over(run: Bench, words: tuple[str, ...], status: int, told: str) -> None:
    home = continued(run)
    assert told in items(run, home, *words, status=status)["refused"]["message"]
    assert recover(run, "item", "list")["items"] == []


def test_content_that_is_another_is_disputed_and_content_that_is_gone_is_left_out(
    run: Bench,
) -> None:
    sha256 = run.json("acquire", "K-7", run.file("disk.img", b"x" * 70_000))["digests"]["sha256"]
    home = continued(run)
    run.spoil(sha256)
    assert items(run, home, "JS/3", status=4)["refused"]["code"] == "E_DISPUTED"
    items(run, home, "JS/3", "--disputed", "the restored disk is failing")
    assert recover(run, "item", "show", "K-7/3")["discrepancies"] == ["hash"]
    (found,) = recover(run, "check", "K-7/3")["found"]
    assert found["verdict"] == "match"  # of the bytes as they were found
    run.vault_object(sha256).unlink()
    refused = items(run, home, "K-7/5", status=4)["refused"]
    assert (refused["code"], "leave it out" in refused["message"]) == ("E_HASH", True)


def test_limits_of_use_of_a_thing_that_was_handed_in_come_with_it(run: Bench) -> None:
    run(
        *("receive", "K-7", "--from", "foreign_authority:Prague", "--channel", "in_person"),
        *("--type", "mobile", "--exhibit", "FA/1", "--intelligence-only", "yes"),
        *("--use-limits", "specialty", "--delete-by", "2030-01-01", "--yes"),
    )
    home = continued(run)
    items(run, home, "FA/1")
    told = plain(run("--home", run.folder / "new", "item", "history", "FA/1").out)
    assert "intelligence only yes" in told
    assert "use limits specialty" in told
    assert "delete by 2030-01-01" in told


def test_no_item_comes_out_of_a_copy_that_was_altered_since(run: Bench) -> None:
    home = continued(run)
    database = sqlite3.connect(home / "ledger.sqlite")
    database.execute(
        "UPDATE subject SET state = replace(CAST(state AS TEXT), 'damage', 'hash')"
        " WHERE kind = 'item'"
    )
    database.commit()
    database.close()
    refused = items(run, home, "JS/2", status=5)["refused"]
    assert "bring back another copy" in refused["message"]
    assert recover(run, "case", "list")["cases"] == []


def test_items_enter_only_the_ledger_that_continues_theirs(run: Bench) -> None:
    home = lost(run)
    other = ("--home", run.folder / "new", "--as", "ada-byron")
    run("--home", run.folder / "new", "init", *FOUNDER)
    words = (*other, "recover", "items", home, "K-7", "JS/3", "--received-from", "police")
    assert "does not continue what was saved" in plain(run(*words, status=2).err)
