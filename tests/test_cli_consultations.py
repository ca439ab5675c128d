"""What discloses is logged before it is shown, and whoever looks says why where a pack asks."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from custody import packs
from custody.consulting.lines import Line
from custody.core.reading import plain, read_record
from custody.opening import read_home
from custody_cli.consulting import Consulting
from custody_schemas import answers
from tests.bench import CASE, Bench, Outcome, bench
from tests.bench import plain as words_of

WHY = "review of the file"
ERASE = ("consultations", "erase", "--because", "schedule", "--with", "cy")


@pytest.fixture
def run(tmp_path: Path) -> Bench:
    made = bench(tmp_path)
    made.seized("JS/1")
    return made


def logged(run: Bench) -> list[dict[str, Any]]:
    """The lines of the log, read from its files: this is not logged itself."""
    log = read_home(run.folder / "home").consultations
    return [json.loads(line.encode()) for line in log.read() if isinstance(line, Line)]


def unsaid(run: Bench, *words: object, status: int = 0) -> Outcome:
    """A command of somebody who does not say why she looks."""
    return run(*words, status=status, environ={"CUSTODY_BECAUSE": None})


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
    ("actor", "list"),
    ("actor", "show", "bo"),
    ("key", "list"),
    ("key", "list", "bo"),
    ("authority", "list", CASE),
    ("case", "list"),
    ("mine", "--person", "ada"),
    ("transfer", "list"),
    ("copy", "list"),
    ("copy", "list", "JS/1"),
    ("discrepancy", "list"),
    ("discrepancy", "list", "--case", CASE),
    ("request", "list"),
    ("retention", "show", "JS/1"),
    ("retention", "due", "--case", CASE),
    ("hold", "list"),
    ("inventory", "list"),
    ("sweep",),
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
    command = " ".join(words[: 1 if words[0] in ("log", "mine", "sweep") else 2])
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


def test_the_list_tries_every_command_that_logs() -> None:
    from tests.test_cli_looks import commands

    logs = {path for path, command in commands() if isinstance(command, Consulting)}
    tried = {" ".join(words[:n]) for words in DISCLOSING for n in (1, 2)}
    assert logs - tried == {"consultations erase", "print courier-sheet", "privacy access"}


@pytest.mark.parametrize(
    "words",
    [
        (
            "copy",
            "issue",
            "JS/2",
            "--to",
            "MEDIUM",
            "--for",
            "bo",
            "--purpose",
            "analysis",
            "--yes",
        ),
        ("transfer", "offer", "JS/1", "--to", "bo", "--purpose", "storage", "-o", "o.svg", "--yes"),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_what_hands_out_is_logged_as_a_disclosure(run: Bench, words: tuple[str, ...]) -> None:
    run.acquired(run.file("a.bin"), "JS/2")
    (run.folder / "medium").mkdir()
    said = [str(run.folder / "medium") if w == "MEDIUM" else w for w in placed(run, words)]
    run(*said)
    (line,) = logged(run)
    assert (line["command"], line["operation"]) == (" ".join(words[:2]), "disclosure")
    assert "Bo Peep" in line["because"]
    assert len(line["subjects"]) == 2


def test_an_act_that_is_only_tried_is_logged(run: Bench) -> None:
    run("note", "JS/1", "-m", "x", "--dry-run")
    (line,) = logged(run)
    assert (line["command"], line["operation"]) == ("note", "consultation")
    assert "to see what would be recorded" in line["because"]


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


OWN = (("mine",), ("sweep",), ("retention", "due"))


def test_who_looks_says_why_and_no_pack_need_ask(run: Bench) -> None:
    asked = [words for words in DISCLOSING if words[:1] != ("sweep",) and words[1:2] != ("due",)]
    for words in asked:
        made = unsaid(run, *placed(run, words), status=2)
        assert made.out == ""
        assert "say why, with --because" in words_of(made.err)
        assert "unless a jurisdiction pack leaves that to people" in words_of(made.err)
    refused = logged(run)
    assert [(e["result"], e["subjects"]) for e in refused] == [("E_USAGE", [])] * len(asked)
    for blank in ("", "  "):
        unsaid(run, "item", "show", "JS/1", "--because", blank, status=2)
    unsaid(run, "item", "show", "JS/1", "--because", WHY)
    run("item", "show", "JS/1", environ={"CUSTODY_BECAUSE": "my shift"})
    run("item", "show", "JS/1", f"--because={WHY}", environ={"CUSTODY_BECAUSE": "my shift"})
    assert [each["because"] for each in logged(run)[-3:]] == [WHY, "my shift", WHY]
    run("item", "show", "JS/1", "--because", "x" * 501, status=2)


@pytest.mark.parametrize("words", OWN, ids=" ".join)
def test_what_is_ones_own_and_what_waits_is_its_own_reason(
    run: Bench, words: tuple[str, ...]
) -> None:
    unsaid(run, *words)
    assert logged(run)[-1]["because"]


def test_a_pack_asks_why(run: Bench) -> None:
    with_pack(run)
    unsaid(run, "item", "show", "JS/1", status=2)


def test_a_pack_may_leave_it_to_people(run: Bench) -> None:
    with_pack(run, ("justification = true", "justification = false"))
    unsaid(run, "item", "show", "JS/1")
    assert logged(run)[-1]["because"] == ""


def test_lines_are_found_by_person_case_and_time(run: Bench) -> None:
    run("case", "open", "K-8", "--title", "Other goods")
    run("--as", "bo", "item", "show", "JS/1", "--because", WHY)
    run("case", "show", "K-8")

    def listed(*words: str) -> list[str]:
        found = run.json("--as", "cy", "consultations", "list", *words)
        assert plain(read_record(answers.Consultations, found)) == found
        assert found["whole"]
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
    shown = run("--as", "cy", "consultations", "list").out
    assert WHY in shown
    assert "Bo Peep" in shown
    assert "K-7/1" in shown


def test_who_neither_audits_nor_oversees_reads_her_own_lines(run: Bench) -> None:
    run("--as", "cy", "item", "show", "JS/1")
    run("item", "show", "JS/1")
    found = run.json("consultations", "list")
    assert not found["whole"]
    assert {each["who"] for each in found["consultations"]} == {"Ada Byron"}
    assert "only your own: the whole log is read by" in words_of(run("consultations", "list").out)
    made = run("consultations", "list", "--person", "cy", status=4)
    assert "E_NO_GRANT" in made.err and "Cy Twombly" not in made.out
    run("--as", "bo", "role", "grant", "ada", "auditor", "--case", CASE, status=4)
    run("actor", "show", "ada")


def test_nobody_reads_it_in_the_name_of_another(run: Bench) -> None:
    wrong = {"CUSTODY_PASSPHRASE": "not her words"}
    made = run("--as", "cy", "consultations", "list", status=5, environ=wrong)
    assert made.out == ""
    made = run(
        "--as", "cy", "consultations", "list", status=2, environ={"CUSTODY_PASSPHRASE": None}
    )
    assert "a passphrase is needed" in words_of(made.err)


def test_no_line_stands_in_the_clear_in_home_or_backup(run: Bench) -> None:
    run("item", "show", "JS/1", "--because", "Zebulon-Quist")
    run("backup", run.folder / "copy")
    for path in run.folder.rglob("*"):
        assert not path.is_file() or b"Zebulon" not in path.read_bytes(), path


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
    run("backup", run.folder / "copy")
    made = run.json(*ERASE, "--before", "2099-01-01")
    assert plain(read_record(answers.ConsultationsErased, made)) == made
    assert made["epochs"] == [1]
    body = "consultations/00000001.jsonl"
    assert not (home / body).exists()
    shutil.copy(run.folder / "copy" / body, home / body)  # nobody reads that any more
    (spoilt,) = [e for e in read_home(home).consultations.read() if not isinstance(e, Line)]
    assert "destroyed" in str(spoilt)
    (home / body).unlink()
    found = run.json("consultations", "verify")
    assert plain(read_record(answers.ConsultationsVerified, found)) == found
    assert (found["verdict"], found["erased"]) == ("PASSED", [1])
    assert "bodies erased of 1" in run("verify").out
    assert logged(run)[-1]["operation"] == "erasure"
    assert run.json("--as", "cy", "consultations", "list")["erased"] == [1]


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
    made = unsaid(run, "consultations", "erase", "--before", "2099-01-01", status=2)
    assert "never unexplained" in made.err
    made = run(*ERASE, status=2)
    assert "--before" in made.err


@pytest.mark.parametrize(
    ("by", "other", "code"),
    [
        ("ada", (), "E_TWO_PERSON"),
        ("ada", ("--with", "ada"), "E_NO_GRANT"),
        ("cy", ("--with", "cy"), "E_SAME_PERSON"),
        ("di", ("--with", "cy"), "recorded"),
        ("eli", ("--with", "cy"), "E_NO_GRANT"),
    ],
)
def test_two_people_erase_one_of_whom_oversees(
    run: Bench, by: str, other: tuple[str, ...], code: str
) -> None:
    request = run.folder / "eli.json"
    run("identity", "create", "eli", "--name", "Eli", "--organisation", "Lab", "-o", request)
    run("actor", "enrol", request, "--role", "courier", "--identity-checked", "in_person")
    run("item", "show", "JS/1")
    assert closed(run) == 1
    words = ("--as", by, "consultations", "erase", "--before", "2099-01-01", *other)
    if code == "recorded":
        assert "signed by Di Prima and Cy Twombly" in run(*words).out
        assert run.json("consultations", "verify")["erased"] == [1]
        return
    assert code in run(*words, status=4).err
    assert (run.folder / "home" / "consultations" / "00000001.jsonl").exists()
    run("verify")


def test_an_erasure_names_copies_of_the_keys(run: Bench) -> None:
    run("item", "show", "JS/1")
    assert closed(run) == 1
    run("backup", "keys", run.folder / "spare")
    made = run(*ERASE, "--before", "2099-01-01")
    assert f"replace the copy of the keys in {run.folder / 'spare'}" in words_of(made.out)


def test_a_sweep_closes_the_day_and_says_what_may_be_erased(run: Bench) -> None:
    with_pack(run, ("years = 2", "days = 0"), name="example-ew")
    run("item", "show", "JS/1")
    assert closed(run) == 1
    made = run.json("sweep")
    assert made["consultations_over"] == [1]
    assert "two people erase them" in words_of(run("sweep").out)


@pytest.mark.parametrize(
    ("name", "until"), [("example-us", "for good"), ("example-ew", "until 20")]
)
def test_nothing_is_erased_that_a_pack_keeps(run: Bench, name: str, until: str) -> None:
    run("item", "show", "JS/1")
    assert closed(run) == 1
    with_pack(run, name=name)
    words = ERASE
    made = run(*words, "--before", "2099-01-01", status=4)
    assert "E_RETENTION" in made.err
    assert until in made.err
    assert run.json(*words)["epochs"] == []
    assert (run.folder / "home" / "consultations" / "00000001.jsonl").exists()


def test_what_a_pack_keeps_no_longer_is_erased(run: Bench) -> None:
    with_pack(run, ("years = 2", "days = 0"), name="example-ew")
    run("item", "show", "JS/1", "--because", WHY)
    assert closed(run) == 1
    assert run.json(*ERASE)["epochs"] == [1]


def test_a_changed_line_fails_the_ledgers_examination(run: Bench) -> None:
    run("item", "show", "JS/1")
    run("item", "show", "JS/1")
    path = run.folder / "home" / "consultations" / "00000001.jsonl"
    first, second = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(first[:40] + bytes([first[40] ^ 1]) + first[41:] + second)
    made = run("verify", status=1)
    assert "consultations, epoch 1" in made.out
    assert "does not open with the key of its epoch" in words_of(made.out)
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
    keys = {"CUSTODY_HOME": str(target), "CUSTODY_KEYS": str(run.folder / "home" / "keys")}
    found = run("consultations", "verify", environ=keys)
    assert "1 epochs closed" in found.out
    assert "1 lines not yet" in found.out
    bare = {"CUSTODY_HOME": str(target)}
    assert "cannot be read" in run("consultations", "verify", status=3, environ=bare).out
