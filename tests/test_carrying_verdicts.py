"""Verdicts on seals and content at the receiver's machine, which has the offer and no ledger."""

import shutil
from pathlib import Path

import pytest

from tests.bench import plain
from tests.machines import Machines, machines

SEAL = ("--seal", "S-41")


@pytest.fixture
def two(tmp_path: Path) -> Machines:
    return machines(tmp_path)


def test_a_sealed_item_is_not_signed_for_unread_and_its_number_is_not_told(two: Machines) -> None:
    two.ledger.seized("JS/1", *SEAL)
    offer = two.offer("JS/1")
    made = two.countersign(offer, status=4)
    assert "E_SEAL K-7/1 (JS/1) is sealed: read the number off the bag" in plain(made.err)
    wrong = two.countersign(offer, "--seal-read", "S-47")
    assert "S-41" not in made.out + made.err + wrong.out + wrong.err
    assert b"S-41" not in offer.read_bytes()


def test_another_number_is_a_mismatch_in_an_entry_of_its_own(two: Machines) -> None:
    two.ledger.seized("JS/1", *SEAL)
    two.ledger.seized("JS/2", "--seal", "S-42")
    offer = two.offer("JS/1", "JS/2")
    two.countersign(offer, "--seal-read", "JS/1=S-47", "--seal-read", "JS/2=S-42")
    two.submit()
    item = two.ledger.item("JS/1")
    assert (item["seal"], item["discrepancies"]) == ("number_mismatch", ["seal"])
    assert two.ledger.item("JS/2")["seal"] == "intact"


def test_a_corrected_number_is_the_one_compared(two: Machines) -> None:
    two.ledger.seized("JS/1", *SEAL)
    corrected = ("--value", "S-99", "--reason", "transcription_error")
    two.ledger("correct", "JS/1", "#3", "--field", "seal_number", *corrected)
    two.countersign(two.offer("JS/1"), "--seal-read", "S-99")
    two.submit()
    assert two.ledger.item("JS/1")["seal"] == "intact"


def test_a_seal_that_was_opened_found_open_and_put_on_anew(two: Machines) -> None:
    """What the receiver's machine makes of the entries is what the ledger's rules made of them."""
    run = two.ledger
    for number in range(1, 5):
        run.seized(f"JS/{number}", "--seal", f"S-{number}")
    run("seal", "break", "JS/1", "--seal-read", "S-1", "--reason", "to look")
    run("seal", "break", "JS/2", "--seal-read", "S-2", "--reason", "to look")
    run("seal", "apply", "JS/2", "--seal", "S-22")
    run("seal", "verify", "JS/3", "--seal-read", "S-33", status=1)
    (found,) = run.json("seal", "verify", "JS/4", "--seal-read", "S-44", status=1)["entries"]
    resolved = ("--outcome", "recording_error", "--details", "mistyped")
    run("--as", "cy", "discrepancy", "resolve", "JS/4", found["entry"], *resolved)
    offer = two.offer("JS/1", "JS/2", "JS/3", "JS/4")
    reads = ("--seal-read", "JS/2=S-22", "--seal-read", "JS/4=S-4")
    two.countersign(offer, *reads)
    two.submit()
    seals = [run.item(f"JS/{number}")["seal"] for number in range(1, 5)]
    assert seals == ["broken_authorised", "resealed", "number_mismatch", "intact"]


def test_a_broken_seal_is_stated_and_a_sound_one_is_not(two: Machines) -> None:
    two.ledger.seized("JS/1", *SEAL)
    offer = two.offer("JS/1")
    made = two.countersign(offer, "--seal-found", "intact", status=2)
    assert "only broken_unauthorised or missing can be stated" in plain(made.err)
    two.countersign(offer, "--seal-found", "missing")
    two.submit()
    assert two.ledger.item("JS/1")["seal"] == "missing"


@pytest.mark.parametrize("option", ["--seal-read", "--seal-found"])
def test_nothing_is_said_of_a_seal_that_never_was(two: Machines, option: str) -> None:
    two.ledger.seized("JS/1")
    value = "S-1" if option == "--seal-read" else "missing"
    made = two.countersign(two.offer("JS/1"), option, value, status=2)
    assert "was never sealed" in made.err


def test_content_that_was_not_compared_needs_a_reason(two: Machines) -> None:
    two.ledger.acquired(two.ledger.file("a.bin", b"small"), "D/1")
    offer = two.offer("D/1")
    made = two.countersign(offer, status=4)
    assert "E_HASH K-7/1 (D/1): content not checked" in plain(made.err)
    two.countersign(offer, "--override", "urgency: the courier waits")
    two.submit()
    told = plain(two.ledger("item", "history", "D/1").out)
    assert "content not checked" in told
    assert "the courier waits" in told


def test_content_that_differs_is_not_recorded_without_two_approvers(two: Machines) -> None:
    two.ledger.acquired(two.ledger.file("a.bin", b"small"), "D/1")
    other = two.away.folder / "other.bin"
    other.write_bytes(b"smalL")
    offer = two.offer("D/1")
    assert "E_HASH" in two.countersign(offer, "--content", other, status=4).err
    two.countersign(offer, "--content", other, "--override", "urgency: told to")
    assert "E_TWO_PERSON" in two.submit(status=4).err
    for name in ("cy", "di"):
        at = two.ledger.folder / "identities" / name
        shutil.copytree(at, two.away.folder / "identities" / name)
    approved = ("--override", "urgency: told to", "--with", "cy", "--with", "Di Prima")
    again = two.offer("D/1", name="again.json")
    two.countersign(again, "--content", other, *approved, name="third.json")
    two.submit(name="third.json")
    assert two.ledger.item("D/1")["disputed"] is True
    two.ledger.examined()


def test_a_folder_is_compared_file_by_file(two: Machines) -> None:
    folder = two.ledger.folder / "evidence" / "tree"
    (folder / "sub").mkdir(parents=True)
    for name in ("a", "sub/b", "sub/c"):
        (folder / name).write_bytes(name.encode())
    two.ledger.acquired(folder, "F/1")
    copy = two.away.folder / "tree"
    shutil.copytree(folder, copy, copy_function=shutil.copy)
    offer = two.offer("F/1")
    found = two.away.json("countersign", offer, "--content", copy, "-o", two.stick / "a.json")
    assert found["found"][0]["verdict"] == "match"
    (copy / "sub/b").write_bytes(b"changed")
    made = two.countersign(offer, "--content", copy, name="b.json", status=4)
    assert "content partial" in plain(made.err)


def test_content_of_the_wrong_sort_or_place_is_a_mistake_and_no_verdict(two: Machines) -> None:
    two.ledger.acquired(two.ledger.file("a.bin", b"small"), "D/1")
    two.ledger.seized("JS/1")
    offer = two.offer("D/1", "JS/1")
    gone = two.countersign(offer, "--content", "D/1=nowhere", status=2)
    assert "there is no such file" in gone.err
    assert "this is none" in two.countersign(offer, "--content", "D/1=/tmp", status=2).err
    none = two.countersign(offer, "--content", f"JS/1={offer}", status=2)
    assert "no digital content" in none.err
    unnamed = two.countersign(offer, "--content", str(offer), status=2)
    assert "say of which item" in unnamed.err
    assert "no item of the offer" in two.countersign(offer, "--only", "JS/9", status=2).err
