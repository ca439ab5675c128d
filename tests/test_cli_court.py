"""Items before a court: produced, kept, given back; verdicts are computed. (R40, R48, R49)"""

from pathlib import Path
from typing import Any

import pytest

from custody.core.reading import read_record
from custody_schemas import answers
from tests.bench import Bench, bench, plain
from tests.entries import entries, entry

COURT = ("--court", "District Court", "--hearing", "7 Ls 12/26", "--court-number", "P-14")


@pytest.fixture
def run(tmp_path: Path) -> Bench:
    return bench(tmp_path)


def kept(run: Bench, *items: str) -> None:
    """Produced in court, which keeps them."""
    for item in items:
        run("court", "exhibit", item, *COURT, "--retained", "--received-by", "A. Clerk")


def returned(run: Bench, *words: object, status: int = 0) -> Any:
    return run.json("court", "return", *words, "--location", "evidence_room", status=status)


def test_what_the_court_keeps_nobody_here_holds(run: Bench) -> None:
    item = run.seized("JS/1", "--seal", "S-1")
    made = run("court", "exhibit", item, *COURT, "--retained", "--received-by", "A. Clerk")
    assert "produced in court as P-14: District Court, which keeps it" in made.out
    assert f"custody court return {item}" in made.out
    shown = run.item(item)
    assert (shown.get("holder"), shown["outside"], shown["location"]) == (None, "court", "court")
    said = entry(run, item, "court.exhibited")
    assert (said["retained"], said["court_number"]) == ("yes", "P-14")
    release = ("transfer", "release", item, "--to", "bo", "--purpose", "storage")
    assert "E_NOT_HOLDER" in run(*release, status=4).err


@pytest.mark.parametrize(("option", "retained"), [((), "not_stated"), (("--not-retained",), "no")])
def test_what_is_only_shown_stays_with_its_holder(
    run: Bench, option: tuple[str, ...], retained: str
) -> None:
    item = run.seized("JS/1")
    read_record(answers.Recorded, run.json("court", "exhibit", item, *COURT, *option))
    assert run.item(item)["holder"] == "Ada Byron (Lab)"
    assert entry(run, item, "court.exhibited")["retained"] == retained
    refused = returned(run, item, status=4)["refused"]
    assert refused["code"] == "E_NO_TRANSFER"
    assert "its holder says with `custody move`" in refused["message"]


def test_only_who_has_the_item_produces_it_and_names_the_court(run: Bench) -> None:
    item = run.seized("JS/1")
    assert "E_NOT_HOLDER" in run("--as", "bo", "court", "exhibit", item, *COURT, status=4).err
    assert "Missing option '--court'" in run("court", "exhibit", item, status=2).err
    run("transfer", "release", item, "--to", "bo", "--purpose", "storage")
    assert "E_OPEN_TRANSFER" in run("court", "exhibit", item, *COURT, status=4).err


def test_what_comes_back_is_looked_at_and_hashed_again(run: Bench) -> None:
    device = run.seized("JS/1", "--seal", "S-1")
    image = run.acquired(run.file("disk.dd", b"d" * 70_000), "IMG")
    kept(run, device, image)
    answer = returned(run, device, image, "--seal-read", f"{device}=s-1", "--condition", "good")
    read_record(answers.Checked, answer)
    assert {each["item"]: each["verdict"] for each in answer["found"]} == {
        device: "not_applicable",
        image: "match",
    }
    assert entry(run, device, "court.returned")["seal"] == "intact"
    assert entry(run, image, "court.returned")["hash"] == "match"
    assert [run.item(each)["holder"] for each in (device, image)] == ["Ada Byron (Lab)"] * 2
    run.examined()


def test_another_may_take_it_back(run: Bench) -> None:
    item = run.seized("JS/1")
    kept(run, item)
    run("--as", "bo", "court", "return", item, "--location", "evidence_room")
    assert run.item(item)["holder"] == "Bo Peep (Lab)"


def test_a_seal_is_read_and_never_assumed(run: Bench) -> None:
    item = run.seized("JS/1", "--seal", "S-1")
    kept(run, item)
    refused = returned(run, item, status=4)["refused"]
    assert refused["code"] == "E_SEAL" and "S-1" not in refused["message"]
    answer = returned(run, item, "--seal-read", "S-2")
    assert answer["found"][0]["detail"] == "seal number_mismatch"
    assert run.item(item)["discrepancies"] == ["seal"]


def test_content_that_differs_comes_back_only_if_two_answer_for_it(run: Bench) -> None:
    made = run.json("acquire", "K-7", run.file("disk.dd", b"d" * 70_000))
    item = made["item"]
    kept(run, item)
    run.spoil(made["digests"]["sha256"])
    assert returned(run, item, status=4)["refused"]["code"] == "E_HASH"
    override = ("--override", "court_direction: the only copy")
    assert returned(run, item, *override, status=4)["refused"]["code"] == "E_TWO_PERSON"
    assert entries(run, item, "court.returned") == []
    answer = returned(run, item, *override, "--with", "bo", "--with", "cy")
    assert answer["found"][0]["verdict"] == "mismatch"
    assert run.item(item)["disputed"] is True
    run.examined()


def test_what_could_not_be_compared_needs_a_reason_and_keeps_it(run: Bench) -> None:
    path = run.file("disk.dd", b"d" * 70_000)
    item = run.acquired(path, "", "--in-place")
    kept(run, item)
    path.unlink()
    assert returned(run, item, status=4)["refused"]["code"] == "E_HASH"
    returned(run, item, "--override", "other: the medium stays with the court")
    said = entry(run, item, "court.returned")
    assert (said["hash"], said["override"]) == ("not_checked", "other")
    assert said["override_reason"] == "the medium stays with the court"


def test_an_override_is_said_only_where_it_was_needed(run: Bench) -> None:
    path = run.file("gone.dd", b"g" * 70_000)
    gone = run.acquired(path, "", "--in-place")
    there = run.acquired(run.file("there.dd", b"t" * 70_000))
    kept(run, gone, there)
    path.unlink()
    returned(run, gone, there, "--override", "other: stays there")
    assert "override" in entry(run, gone, "court.returned")
    assert "override" not in entry(run, there, "court.returned")


def test_where_it_is_put_must_be_said(run: Bench) -> None:
    item = run.seized("JS/1")
    kept(run, item)
    made = run("court", "return", item, status=2)
    assert "Missing option '--location'" in plain(made.err)


def test_an_acceptance_keeps_its_reason_where_content_could_not_be_compared(run: Bench) -> None:
    path = run.file("disk.dd", b"d" * 70_000)
    item = run.acquired(path, "", "--in-place")
    run("transfer", "release", item, "--to", "bo", "--purpose", "storage")
    path.unlink()
    words = ("--as", "bo", "transfer", "accept", item, "--location", "evidence_room")
    assert "E_HASH" in run(*words, status=4).err
    run(*words, "--override", "other: the medium follows")
    said = entry(run, item, "transfer.accepted")
    assert (said["hash"], said["override"]) == ("not_checked", "other")
