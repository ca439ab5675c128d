"""What discloses is logged before it is shown, and whoever looks says why where a pack asks."""

import json
from pathlib import Path
from typing import Any

import pytest

from custody import packs
from custody.core.reading import plain, read_record
from custody_schemas import answers
from tests.bench import CASE, Bench, bench
from tests.bench import plain as words_of

WHY = "review of the file"


@pytest.fixture
def run(tmp_path: Path) -> Bench:
    made = bench(tmp_path)
    made.seized("JS/1")
    return made


def logged(run: Bench) -> list[dict[str, Any]]:
    """The lines of the log, read from its files: this is not logged itself."""
    bodies = sorted((run.folder / "home" / "consultations").glob("*.jsonl"))
    return [json.loads(line) for path in bodies for line in path.read_text().splitlines()]


def with_pack(run: Bench, *changes: tuple[str, str], name: str = "example-us") -> None:
    """Put an example in force, changed like that."""
    text = packs.examples()[name].read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file = run.folder / "pack.toml"
    file.write_text(text)
    run("--as", "cy", "pack", "load", file, "--reason", "law", "--with", "di:approver", "--yes")


DISCLOSING = [
    ("item", "show", "JS/1"),
    ("item", "history", "JS/1"),
    ("item", "list", CASE),
    ("item", "list"),
    ("case", "show", CASE),
    ("log",),
    ("log", "--case", CASE),
    ("print", "label", "JS/1", "-o", "label.svg"),
    ("print", "property-receipt", "JS/1"),
    ("print", "handover-sheet", "JS/1"),
    ("consultations", "list"),
    ("consultations", "list", "--case", CASE),
]


def placed(run: Bench, words: tuple[str, ...]) -> list[str]:
    """The words, files in the bench's own folder."""
    return [str(run.folder / word) if word.endswith(".svg") else word for word in words]


@pytest.mark.parametrize("words", DISCLOSING, ids=" ".join)
def test_what_discloses_is_logged(run: Bench, words: tuple[str, ...]) -> None:
    before = run.json("verify")["size"]
    run("--as", "bo", *placed(run, words), "--because", WHY)
    (line,) = logged(run)
    command = " ".join(words[: 1 if words[0] == "log" else 2])
    assert (line["command"], line["because"], line["name"]) == (command, WHY, "Bo Peep")
    assert line["words"] == placed(run, words)[len(command.split()) :]
    assert (line["result"], line["operation"]) == ("shown", "consultation")
    named = len(words) > len(command.split())
    assert line["scope"] == ("named" if named else "all")
    assert line["count"] == len(line["subjects"])
    assert bool(line["subjects"]) == named
    assert run.json("verify")["size"] == before  # it is no part of the chain of custody


@pytest.mark.parametrize("words", DISCLOSING, ids=" ".join)
def test_nothing_is_shown_that_cannot_be_logged(run: Bench, words: tuple[str, ...]) -> None:
    (run.folder / "home" / "consultations").write_bytes(b"in the way")
    made = run(*placed(run, words), status=5)
    assert made.out == ""
    assert "nothing is shown that is not logged first" in words_of(made.err)
    assert not (run.folder / "label.svg").exists()


def test_an_export_is_logged_as_a_disclosure(run: Bench) -> None:
    words = ("export", CASE, "--recipient", "X", "--purpose", "court_production")
    run(*words, "-o", run.folder / "one.zip", "--yes")
    (line,) = logged(run)
    assert (line["command"], line["operation"]) == ("export", "disclosure")
    assert "court production" in line["because"]
    assert "X" in line["words"]
    assert len(line["subjects"]) == 1


def test_an_export_that_cannot_be_logged_is_not_written(run: Bench) -> None:
    (run.folder / "home" / "consultations").write_bytes(b"in the way")
    words = ("export", CASE, "--recipient", "X", "--purpose", "court_production")
    run(*words, "-o", run.folder / "one.zip", "--yes", status=5)
    assert not (run.folder / "one.zip").exists()


def test_a_search_that_finds_nothing_is_logged(run: Bench) -> None:
    run("item", "show", "JS/99", status=2)
    (line,) = logged(run)
    assert (line["result"], line["words"], line["subjects"]) == ("E_NOT_FOUND", ["JS/99"], [])


def test_without_an_identity_the_account_is_logged(run: Bench) -> None:
    run("item", "show", "JS/1", environ={"CUSTODY_IDENTITIES": str(run.folder / "nobody")})
    (line,) = logged(run)
    assert (line["actor"], line["name"]) == ("", "")
    assert line["account"]


def test_a_pack_asks_why(run: Bench) -> None:
    run("item", "show", "JS/1")
    with_pack(run)
    for words in DISCLOSING:
        made = run(*placed(run, words), status=2)
        assert made.out == ""
        assert "the pack example-us asks for it" in words_of(made.err)
    refused = logged(run)[1:]
    assert [(each["result"], each["subjects"]) for each in refused] == [("E_USAGE", [])] * len(
        DISCLOSING
    )
    for blank in ("", "  "):
        run("item", "show", "JS/1", "--because", blank, status=2)
    run("item", "show", "JS/1", "--because", WHY)
    run("item", "show", "JS/1", environ={"CUSTODY_BECAUSE": "my shift"})
    run("item", "show", "JS/1", f"--because={WHY}", environ={"CUSTODY_BECAUSE": "my shift"})
    assert [each["because"] for each in logged(run)[-3:]] == [WHY, "my shift", WHY]
    run("item", "show", "JS/1", "--because", "x" * 501, status=2)


def test_a_pack_may_leave_it_to_people(run: Bench) -> None:
    with_pack(run, ("justification = true", "justification = false"))
    run("item", "show", "JS/1")
    assert logged(run)[-1]["because"] == ""


def test_lines_are_found_by_person_case_and_time(run: Bench) -> None:
    run("case", "open", "K-8", "--title", "Other goods")
    run("--as", "bo", "item", "show", "JS/1", "--because", WHY)
    run("case", "show", "K-8")

    def listed(*words: str) -> list[str]:
        found = run.json("consultations", "list", *words)
        assert plain(read_record(answers.Consultations, found)) == found
        return [each["command"] for each in found["consultations"]]

    assert listed("--person", "bo") == ["item show"]
    assert listed("--case", "K-8")[:2] == ["case show", "consultations list"]
    assert listed("--case", CASE)[0] == "item show"
    assert listed("--to", "2001-01-01") == []
    assert listed("--from", "2001-01-01")[0] == "item show"
    assert (
        "nothing lies between"
        in run("consultations", "list", "--from", "2002-01-01", "--to", "2001-01-01", status=2).err
    )
    shown = run("consultations", "list").out
    assert WHY in shown
    assert "Bo Peep" in shown
    assert "K-7/1" in shown


def test_its_use_is_limited_and_the_help_says_to_what() -> None:
    from click.testing import CliRunner

    from custody_cli.main import cli

    help_ = words_of(CliRunner().invoke(cli, ["consultations", "list", "--help"]).output)
    assert "processing is lawful" in help_
    assert "supervisory authority" in help_
    assert "Nobody signs a view" in help_


def test_erased_words_are_nowhere_and_verification_says_so(run: Bench) -> None:
    run("item", "show", "Zebulon-Quist", status=2)
    home = run.folder / "home"
    assert closed(run) == 1
    made = run.json("consultations", "erase", "--before", "2099-01-01", "--because", "schedule")
    assert plain(read_record(answers.ConsultationsErased, made)) == made
    assert made["epochs"] == [1]
    for path in home.rglob("*"):
        assert not path.is_file() or b"Zebulon" not in path.read_bytes(), path
    found = run.json("consultations", "verify")
    assert plain(read_record(answers.ConsultationsVerified, found)) == found
    assert (found["verdict"], found["erased"]) == ("PASSED", [1])
    assert "bodies erased of 1" in run("verify").out
    assert logged(run)[-1]["operation"] == "erasure"
    assert run.json("consultations", "list")["erased"] == [1]


def closed(run: Bench) -> int:
    """Close the epoch when its second is over: what is erased is older than now."""
    import time

    made = run.json("consultations", "close")
    assert plain(read_record(answers.ConsultationsClosed, made)) == made
    until = int(time.time()) + 1
    while time.time() < until:
        pass
    return int(made["epoch"])


def test_an_erasure_says_why_and_how_old(run: Bench) -> None:
    run("item", "show", "JS/1")
    made = run("consultations", "erase", "--before", "2099-01-01", status=2)
    assert "never unexplained" in made.err
    made = run("consultations", "erase", "--because", "schedule", status=2)
    assert "--before" in made.err


@pytest.mark.parametrize(
    ("name", "until"), [("example-us", "for good"), ("example-ew", "until 20")]
)
def test_nothing_is_erased_that_a_pack_keeps(run: Bench, name: str, until: str) -> None:
    run("item", "show", "JS/1")
    assert closed(run) == 1
    with_pack(run, name=name)
    words = ("consultations", "erase", "--because", "tidy")
    made = run(*words, "--before", "2099-01-01", status=4)
    assert "E_RETENTION" in made.err
    assert until in made.err
    assert run.json(*words)["epochs"] == []
    assert (run.folder / "home" / "consultations" / "00000001.jsonl").exists()


def test_what_a_pack_keeps_no_longer_is_erased(run: Bench) -> None:
    with_pack(run, ("years = 2", "days = 0"), name="example-ew")
    run("item", "show", "JS/1", "--because", WHY)
    assert closed(run) == 1
    assert run.json("consultations", "erase", "--because", "schedule")["epochs"] == [1]


def test_a_changed_line_fails_the_ledgers_examination(run: Bench) -> None:
    run("item", "show", "JS/1", "--because", "curiosity")
    path = run.folder / "home" / "consultations" / "00000001.jsonl"
    path.write_bytes(path.read_bytes().replace(b"curiosity", b"diligence"))
    run("verify")  # the newest line of an open epoch: nobody has signed it, none follows it
    run("item", "show", "JS/1")
    path.write_bytes(path.read_bytes().replace(b"diligence", b"indolence"))
    made = run("verify", status=1)
    assert "consultations, epoch 1" in made.out
    assert "does not follow" in made.out
    assert "CHAIN FAILED" in run("consultations", "verify", status=1).out


def test_a_note_that_was_kept_shows_what_was_put_back(run: Bench) -> None:
    run("consultations", "note", status=2)
    run("item", "show", "JS/1")
    early = run.folder / "early.note"
    made = run.json("consultations", "note", "-o", early)
    assert plain(read_record(answers.ConsultationsNote, made)) == made
    run("consultations", "close")
    kept = run.folder / "kept.note"
    run("consultations", "note", "-o", kept)
    for each in (early, kept):
        run("consultations", "verify", "--note", each)
    home = run.folder / "home"
    (home / "log" / "consultations").write_bytes(early.read_bytes())
    (home / "consultations" / "epochs").unlink()
    run("consultations", "verify")
    assert "cut off" in run("consultations", "verify", "--note", kept, status=1).out


def test_a_backup_has_it(run: Bench) -> None:
    run("item", "show", "JS/1")
    run("consultations", "close")
    run("item", "show", "JS/1")
    target = run.folder / "copy"
    run("backup", target)
    found = run("consultations", "verify", environ={"CUSTODY_HOME": str(target)})
    assert "1 epochs closed" in found.out
    assert "1 lines not yet" in found.out
