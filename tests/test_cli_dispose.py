"""Items that leave custody for good, at the command line: refused, approved, gone, certified."""

from pathlib import Path
from typing import Any

import pytest

from custody.core.reading import read_record
from custody_schemas import answers
from tests.bench import CASE, Bench, bench, plain
from tests.entries import entry

APPROVERS = ("cy", "di")
WHY = ("--reason", "case_closed")


@pytest.fixture
def run(tmp_path: Path) -> Bench:
    return bench(tmp_path)


def over(run: Bench, item: str) -> None:
    """Retention of the item is over."""
    told = ("--retain-until", "2020-01-01", "--basis", "policy 7")
    run("--as", "bo", "retention", "assign", item, *told)


def approved(run: Bench, item: str, kind: str = "destroy") -> None:
    """Ada, who holds it, asks; Cy and Di approve."""
    over(run, item)
    run("dispose", "request", item, "--kind", kind, *WHY)
    for person in APPROVERS:
        run("--as", person, "dispose", "approve", item)


def destroy(run: Bench, *items: str, status: int = 0) -> Any:
    words = ("--with", "bo:witness", "--method", "overwritten", "--sanitisation", "purge")
    return run.json("dispose", "execute", *items, *words, status=status)


def content(run: Bench, item: str) -> str:
    return str(entry(run, item, "item.acquired")["content"]["sha256"])


BIG = b"evidence " * 10_000


def test_a_file_is_destroyed_with_its_key_and_certified(run: Bench, tmp_path: Path) -> None:
    item = run.acquired(run.file("memo.bin", BIG), "JS/1")
    sha256 = content(run, item)
    assert run.vault_object(sha256).exists()
    approved(run, item)
    answer = read_record(answers.Disposed, destroy(run, item))
    assert answer.disposed == (answers.DisposedItem(item=item, removal="removed"),)
    assert not run.vault_object(sha256).exists()
    assert [e["act"] for e in run.json("item", "history", item)["history"]][-2:] == [
        "disposition.begun",
        "disposition.executed",
    ]
    page = tmp_path / "certificate.html"
    made = run.json("dispose", "certificate", item, "-o", page, "--number", "V-12")
    assert (made["total"], made["surviving"], made["remaining"]) == (True, 0, [])
    text = page.read_text()
    assert "Certificate of destruction" in text and "V-12" in text
    assert "Cy Twombly" in text and "Bo Peep" in text and "destroyed with its keys" in text
    run.examined()


def test_what_is_left_is_counted_and_no_certificate_says_that_all_is_gone(run: Bench) -> None:
    item = run.acquired(run.file("memo.bin", BIG), "JS/1")
    run("derive", item, run.file("part.bin", BIG[:70_000]), "--kind", "carving")
    run("export", CASE, "-o", run.folder / "b.zip", "--recipient", "Court", "--purpose", "other")
    approved(run, item)
    destroy(run, item)
    made = run.json("dispose", "certificate", item)
    assert (made["total"], made["surviving"]) == (False, 2)
    assert any("made from it" in line for line in made["remaining"])
    assert any("an export with its content for Court" in line for line in made["remaining"])
    assert "WHAT IS LEFT: 2" in made["certificate"]


def test_a_product_that_is_destroyed_is_no_longer_left(run: Bench) -> None:
    item = run.acquired(run.file("memo.bin", BIG), "JS/1")
    path = run.file("part.bin", BIG[:70_000])
    child = run.json("derive", item, path, "--kind", "carving")["items"][0]
    for each in (child, item):
        approved(run, each)
        destroy(run, each)
    assert run.json("dispose", "certificate", item)["total"] is True


def test_content_that_another_item_has_too_stays(run: Bench) -> None:
    item = run.acquired(run.file("memo.bin", BIG), "JS/1")
    other = run.acquired(run.file("again.bin", BIG), "JS/2")
    approved(run, item)
    found = destroy(run, item)["disposed"]
    assert found == [{"item": item, "removal": "removed_in_part"}]
    assert run.json("check", other)["found"][0]["verdict"] == "match"
    assert run.json("dispose", "certificate", item)["total"] is False


def test_a_paper_that_is_the_same_file_stays(run: Bench) -> None:
    path = run.file("photo.jpg", BIG)
    item = run.acquired(path, "JS/1")
    run("note", CASE, "-m", "as received", "--attach", path)
    approved(run, item)
    assert destroy(run, item)["disposed"][0]["removal"] == "removed_in_part"


def test_a_destruction_that_was_cut_off_goes_on_where_it_was(run: Bench) -> None:
    item = run.acquired(run.file("memo.bin", BIG), "JS/1")
    sha256 = content(run, item)
    approved(run, item)
    folder = run.vault_object(sha256).parent
    kept = folder.rename(folder.with_name("elsewhere"))
    made = destroy(run, item, status=5)
    assert "what is lost was not destroyed" in str(made)
    kept.rename(folder)
    assert "disposition.begun" not in [
        e["act"] for e in run.json("item", "history", item)["history"]
    ]
    destroy(run, item)


def test_a_hold_stops_it(run: Bench) -> None:
    item = run.seized("JS/1")
    over(run, item)
    run("--as", "di", "hold", "place", item, "--kind", "appeal", "--reason", "notice of appeal")
    refused = run.json("dispose", "request", item, "--kind", "destroy", *WHY, status=4)
    assert refused["refused"]["code"] == "E_HOLD"
    hold = run.json("hold", "list")["holds"][0]
    assert (hold["items"], hold["kind"]) == ([item], "appeal")
    words = ("hold", "release", hold["hold"][:12], "--reason", "withdrawn")
    assert "E_TWO_PERSON" in run("--as", "bo", *words, "--with", "cy", status=4).err
    run("--as", "bo", *words, "--with", "cy", "--with", "di")
    run("dispose", "request", item, "--kind", "destroy", *WHY)


def test_a_hold_on_the_case_catches_what_enters_it_later(run: Bench) -> None:
    placed = ("hold", "place", "--case", CASE, "--kind", "litigation", "--reason", "r")
    run(*placed, "--types", "mobile")
    item = run.seized("JS/1")
    over(run, item)
    assert "E_HOLD" in run("dispose", "request", item, "--kind", "destroy", *WHY, status=4).err
    assert "mobile" in run("hold", "list").out


def test_nobody_destroys_alone(run: Bench) -> None:
    item = run.seized("JS/1")
    approved(run, item)
    assert "E_WITNESS" in run("dispose", "execute", item, status=4).err


def test_what_was_not_approved_is_not_done(run: Bench) -> None:
    item = run.seized("JS/1")
    over(run, item)
    run("dispose", "request", item, "--kind", "return_to_owner", *WHY)
    words = ("dispose", "execute", item, "--to", "owner", "--assurance", "paper_countersigned")
    assert "E_TWO_PERSON" in run(*words, status=4).err
    run("--as", "cy", "dispose", "reject", item, "--reason", "the owner is unknown")
    made = run("dispose", "approve", item, status=4)
    assert "no disposition" in made.err and f"custody dispose request {item}" in made.err


def test_an_item_goes_back_to_its_owner(run: Bench) -> None:
    item = run.seized("JS/1")
    approved(run, item, "return_to_owner")
    words = ("--to", "owner", "--assurance", "paper_countersigned", "--recipient", "Mia Thorsen")
    run("dispose", "execute", item, *words)
    made = run("dispose", "certificate", item).out
    assert "CERTIFICATE OF RELEASE" in made and "Mia Thorsen" in made
    refused = ("transfer", "release", item, "--to", "bo", "--purpose", "storage")
    assert "E_TERMINAL" in run(*refused, status=4).err
    run.examined()


def test_an_adviser_who_objects_stops_it(run: Bench) -> None:
    item = run.seized("JS/1")
    over(run, item)
    run("dispose", "request", item, "--kind", "destroy", *WHY)
    run("dispose", "consult", item, "--opinion", "objects", "--adviser", "State attorney Vogel")
    assert "objects" in run("--as", "cy", "dispose", "approve", item, status=4).err


def test_nothing_is_certified_that_is_in_custody(run: Bench) -> None:
    item = run.seized("JS/1")
    assert "there is nothing to certify" in run("dispose", "certificate", item, status=4).err


def test_items_of_several_requests_are_not_mixed(run: Bench) -> None:
    items = [run.seized("JS/1"), run.seized("JS/2")]
    for item in items:
        approved(run, item)
    made = run("dispose", "execute", *items, "--with", "bo:witness", status=2)
    assert "several requests" in plain(made.err)
