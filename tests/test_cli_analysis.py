"""Analyses, their reviews, reports made items, and the numbers of others. (R27, R51, R125)"""

from pathlib import Path
from typing import Any

import pytest

from custody.core.reading import read_record
from custody_schemas import answers
from tests.bench import CASE, Bench, bench, plain
from tests.entries import entries, entry

ASKED = ("--question", "Who sent the mail?", "--method", "SOP-12 v3")


@pytest.fixture
def run(tmp_path: Path) -> Bench:
    return bench(tmp_path)


def analysed(run: Bench, *items: str, **said: str) -> Any:
    options = [part for name, value in said.items() for part in (f"--{name}", value)]
    return run.json("analysis", "record", *items, *ASKED, *options)


def reviewed(
    run: Bench, item: str, number: str, *more: str, by: str = "di", status: int = 0
) -> Any:
    words = ("--as", by, "analysis", "review", item, number, "--outcome", "confirmed", *more)
    return run.json(*words, status=status)


def test_question_method_tools_and_limits_stand_in_one_entry(run: Bench) -> None:
    first, second = run.acquired(run.file("a.bin")), run.acquired(run.file("b.bin", b"b"))
    answer = run.json(
        *("analysis", "record", first, second, *ASKED, "--tool", "grep 3.8", "--tool", "sed 4.8"),
        *("--validated", "yes", "--automation", "ai_assisted", "--ai-model", "whisper 3"),
        *("--human-review", "yes", "--result", "Jo did.", "--limitations", "mail only"),
    )
    read_record(answers.Recorded, answer)
    assert answer["items"] == [first, second] and len(answer["entries"]) == 1
    said = entry(run, second, "analysis.recorded")
    assert said["tools"] == ("grep 3.8", "sed 4.8")
    assert (said["question"], said["result"]) == ("Who sent the mail?", "Jo did.")
    assert (said["automation"], said["ai_model"]) == ("ai_assisted", "whisper 3")
    assert said["working_copy"] == "not_stated"
    run.examined()


def test_what_was_asked_and_how_must_be_said(run: Bench) -> None:
    item = run.acquired(run.file("a.bin"))
    for option in ("--question", "--method"):
        other = next(each for each in ("--question", "--method") if each != option)
        made = run("analysis", "record", item, other, "x", status=2)
        assert f"Missing option '{option}'" in made.err


@pytest.mark.parametrize("option", ["--ai-model", "--human-reviewer"])
def test_what_is_said_of_software_is_not_denied_in_one_breath(run: Bench, option: str) -> None:
    item = run.acquired(run.file("a.bin"))
    words = ("analysis", "record", item, *ASKED, "--automation", "none", option, "x")
    assert f"{option} is about software that decides: --automation says none" in plain(
        run(*words, status=2).err
    )


def test_an_original_with_a_copy_is_examined_for_a_reason_and_what_it_did_is_said(
    run: Bench,
) -> None:
    device = run.seized("JS/1")
    run.acquired(run.file("disk.dd"), "IMG", "--source", device, "--verified", "yes")
    words = ("analysis", "record", device, *ASKED)
    assert "E_ORIGINAL a verified copy of this original is on file" in plain(
        run(*words, status=4).err
    )
    reason = (*words, "--original", "court_direction: the clock")
    assert "say with --impact what examining the original changed" in plain(
        run(*reason, status=2).err
    )
    run(*reason, "--impact", "It was switched on; A. Byron is certified.")
    assert entry(run, device, "analysis.recorded")["original"] == "court_direction"


def test_who_has_neither_the_item_nor_a_copy_examines_nothing(run: Bench) -> None:
    item = run.acquired(run.file("a.bin"))
    run("role", "grant", "bo", "examiner")
    words = ("--as", "bo", "analysis", "record", item, *ASKED)
    assert "E_NOT_HOLDER" in run(*words, status=4).err
    (run.folder / "stick").mkdir()
    issue = ("--to", run.folder / "stick", "--for", "bo", "--purpose", "analysis")
    run("copy", "issue", item, *issue)
    run(*words, "--working-copy", "yes")
    assert entry(run, item, "analysis.recorded")["working_copy"] == "yes"


def test_another_goes_over_it_and_the_review_stands_on_every_item(run: Bench) -> None:
    first, second = run.acquired(run.file("a.bin")), run.acquired(run.file("b.bin", b"b"))
    made = run("analysis", "record", first, second, *ASKED)
    assert f"custody analysis review {first} '#3'" in made.out
    own = reviewed(run, first, "#3", by="ada", status=4)["refused"]
    assert (own["code"], own["message"]) == (
        "E_SAME_PERSON",
        "nobody reviews an analysis of her own",
    )
    answer = reviewed(run, first, "#3", "--repeated", "no", "--remarks", "sound")
    assert sorted(answer["items"]) == [first, second]
    analysis = run.json("item", "history", first)["history"][2]["entry"]
    for item in (first, second):
        said = entry(run, item, "analysis.reviewed")
        assert (said["analysis"], said["outcome"]) == (analysis, "confirmed")
    run.examined()


@pytest.mark.parametrize(
    ("number", "status", "message"),
    [
        ("#2", 4, "E_UNKNOWN #2 of K-7/1 is no analysis, but item.acquired"),
        ("#9", 2, "there is no entry '#9': there are #1 to #3"),
        ("x", 2, "there is no entry 'x'"),
    ],
)
def test_only_an_analysis_is_reviewed(run: Bench, number: str, status: int, message: str) -> None:
    item = run.acquired(run.file("a.bin"))
    analysed(run, item)
    words = ("--as", "di", "analysis", "review", item, number, "--outcome", "not_confirmed")
    assert message in plain(run(*words, status=status).err)
    assert entries(run, item, "analysis.reviewed") == []


def test_a_report_is_an_item_derived_from_all_that_it_is_about(run: Bench) -> None:
    first, second = run.acquired(run.file("a.dd")), run.acquired(run.file("b.dd", b"b" * 70_000))
    report = run.file("report.txt", b"Findings")
    words = ("derive", first, report, "--also", second, "--kind", "report", "--type", "document")
    answer = run.json(*words, "--exhibit", "R/1")
    said = entry(run, "R/1", "item.derived")
    assert (said["kind"], said["parents_verified"], len(said["parents"])) == ("report", "match", 2)
    assert run.item("R/1")["type"] == "document"
    assert [each["act"] for each in answer["entries"]] == ["item.registered", "item.derived"]
    run.examined()


def test_one_of_two_parents_is_handed_out_without_the_other(run: Bench) -> None:
    first, second = run.acquired(run.file("a.dd")), run.acquired(run.file("b.dd", b"b"))
    words = ("derive", first, run.file("r.txt", b"R"), "--also", second, "--kind", "report")
    report = run.json(*words)["items"][0]
    trust = run.folder / "trust.txt"
    run("trust", "show", "-o", trust)
    for item in (first, report):  # the report comes with both parents, a parent without it
        bundle = run.folder / f"{item.replace('/', '-')}.zip"
        run("export", item, "--recipient", "X", "--purpose", "storage", "-o", bundle)
        assert run.json("verify", bundle, "--trust", trust)["verdict"] == "PASSED"


def test_a_report_on_a_great_image_need_not_hash_it_again_and_says_so(run: Bench) -> None:
    item = run.json("acquire", CASE, run.file("a.dd", b"a" * 70_000))
    run.spoil(item["digests"]["sha256"])
    words = ("derive", item["item"], run.file("report.txt"), "--kind", "report", "--exhibit", "R")
    assert "E_PARENT the parent's content: mismatch" in plain(run(*words, status=4).err)
    run(*words, "--unchecked")
    assert entry(run, "R", "item.derived")["parents_verified"] == "not_checked"


def test_a_rehearsed_derivation_takes_nothing_in(run: Bench) -> None:
    item = run.acquired(run.file("a.dd"))
    answer = run.json("derive", item, run.file("r.txt", b"R"), "--kind", "report", "--dry-run")
    read_record(answers.Planned, answer)
    assert len(run.json("item", "list")["items"]) == 1


def test_a_report_on_a_thing_without_content_goes_along_with_its_analysis(run: Bench) -> None:
    device = run.seized("JS/1")
    report = run.file("report.txt")
    made = run("derive", device, report, "--kind", "report", status=4)
    assert "goes along with its analysis: `custody analysis record … --attach FILE`" in made.err
    run("analysis", "record", device, *ASKED, "--attach", report)
    assert entry(run, device, "analysis.recorded")["attachments"][0].endswith(" report.txt")


def test_a_number_that_others_gave_is_noted_and_a_twin_is_told(run: Bench) -> None:
    first, second = run.seized("JS/1"), run.seized("JS/2")
    words = ("--kind", "laboratory", "--reference", "L-77", "--given-by", "Lab Nord")
    answer = run.json("item", "ref", first, *words)
    read_record(answers.Recorded, answer)
    said = entry(run, first, "item.reference_assigned")
    assert (said["kind"], said["reference"], said["given_by"]) == ("laboratory", "L-77", "Lab Nord")
    again = run("item", "ref", first, *words)
    assert "careful" not in again.err
    assert "careful: K-7/1 (JS/1) is L-77 already" in run("item", "ref", second, *words).err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--kind", "laboratory"), "Missing option '--reference'"),
        (("--reference", "L-1"), "Missing option '--kind'"),
        (("--kind", "mine", "--reference", "L-1"), "'mine' is none of laboratory, court"),
        (("--kind", "court", "--reference", " "), "is empty"),
    ],
)
def test_a_number_without_an_owner_is_none(
    run: Bench, words: tuple[str, ...], message: str
) -> None:
    item = run.seized("JS/1")
    assert message in plain(run("item", "ref", item, *words, status=2).err)
