"""Hand-overs between two machines: the story, and what goes wrong on the way of honest people."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from custody.core.proof import Proof
from custody.core.reading import read_record
from custody_schemas import answers
from tests.bench import plain
from tests.machines import Machines, machines

SEAL = ("--seal", "S-41")


@pytest.fixture
def two(tmp_path: Path) -> Machines:
    return machines(tmp_path)


def last(two: Machines, item: str) -> Any:
    return two.ledger.json("item", "history", item)["history"][-1]


def test_two_machines_hand_over_sealed_and_digital_items(two: Machines) -> None:
    disk = two.ledger.file("disk.dd", b"x" * 70_000)
    two.ledger.seized("JS/1", *SEAL)
    two.ledger.acquired(disk, "D/1")
    carried = shutil.copy(disk, two.away.folder / "copy.dd")
    offer = two.offer("JS/1", "D/1")
    assert two.ledger.item("JS/1")["holder"] == "Ada Byron (Lab)"
    said = ("--seal-read", "JS/1=s - 41", "--content", f"D/1={carried}", "--condition", "good")
    made = two.countersign(offer, *said, "--location", "evidence_room", "--storage", "Shelf 3")
    assert "released by Ada Byron (Lab)" in made.out
    assert "accepted: K-7/2 (D/1)" in made.out
    assert two.ledger.item("JS/1")["holder"] == "Ada Byron (Lab)", "signed is not recorded"
    two.submit()
    for item in ("JS/1", "D/1"):
        assert two.ledger.item(item)["holder"] == "Bo Peep (Lab)"
    assert last(two, "JS/1")["seal"] == "intact, no. s - 41"
    assert "Shelf 3" in last(two, "D/1")["details"].values()
    two.ledger.examined()


def test_an_answer_brought_twice_is_recorded_once(two: Machines) -> None:
    two.ledger.seized("JS/1")
    two.countersign(two.offer("JS/1"))
    first = read_record(answers.Submitted, json.loads(two.submit("--json").out))
    again = read_record(answers.Submitted, json.loads(two.submit("--json").out))
    assert (first.earlier, again.earlier) == (False, True)
    assert first.records == again.records
    assert len(two.ledger.json("item", "history", "JS/1")["history"]) == 4


def test_what_was_signed_and_recorded_is_told_in_words(two: Machines) -> None:
    two.ledger.seized("JS/1")
    signed = two.countersign(two.offer("JS/1"), "--valid-days", "3", "--remarks", "bag_7 torn")
    assert "accepted: K-7/1 (JS/1)" in signed.out
    assert "late: no network" in signed.out
    assert "remarks: bag_7 torn" in signed.out
    assert "no_network" not in signed.out and "not_stated" not in signed.out
    assert "recorded: accepted, K-7/1 (JS/1)" in two.submit("-y").out


def test_answers_are_declared(two: Machines) -> None:
    two.ledger.seized("JS/1")
    path = two.stick / "o.json"
    words = ("--to", "Bo Peep", "--purpose", "storage", "-o", path)
    offered = read_record(
        answers.OfferWritten, two.ledger.json("transfer", "offer", "JS/1", *words)
    )
    assert (offered.items, offered.to) == (("K-7/1",), "Bo Peep (Lab)")
    assert offered.size == path.stat().st_size
    assert len(offered.records) == 1
    signed = two.away.json("countersign", path, "-o", two.stick / "a.json")
    read = read_record(answers.Countersigned, signed)
    assert [entry.act for entry in read.entries] == ["transfer.accepted"]
    assert read.signed_by[0].name == "Bo Peep"
    drafted = two.away.json("countersign", path, "--dry-run")
    assert drafted["would_sign"][0]["act"] == "transfer.accepted"


def test_items_that_are_released_already_are_offered_without_a_new_entry(two: Machines) -> None:
    two.ledger.seized("JS/1")
    two.ledger("transfer", "release", "JS/1", "--to", "Bo Peep", "--purpose", "storage")
    path = two.stick / "offer.json"
    made = two.ledger.json("transfer", "offer", "JS/1", "--to", "Bo Peep", "-o", path)
    assert made["records"] == []
    two.countersign(path)
    two.submit()
    assert two.ledger.item("JS/1")["holder"] == "Bo Peep (Lab)"


def test_what_is_to_be_released_says_why(two: Machines) -> None:
    two.ledger.seized("JS/1")
    path = two.stick / "offer.json"
    made = two.ledger("transfer", "offer", "JS/1", "--to", "Bo Peep", "-o", path, status=2)
    assert "--purpose" in made.err
    assert not path.exists()


def test_an_item_on_its_way_to_somebody_else_is_not_offered(two: Machines) -> None:
    two.ledger.seized("JS/1")
    two.ledger("transfer", "release", "JS/1", "--to", "cy", "--purpose", "storage")
    words = ("--to", "Bo Peep", "--purpose", "storage", "-o", two.stick / "o.json")
    made = two.ledger("transfer", "offer", "JS/1", *words, status=4)
    assert "E_OPEN_TRANSFER" in made.err


def test_some_are_accepted_and_some_refused(two: Machines) -> None:
    two.ledger.seized("JS/1")
    two.ledger.seized("JS/2")
    offer = two.offer("JS/1", "JS/2")
    two.countersign(offer, "--only", "JS/1")
    reason = ("--refuse", "item_missing", "--details", "not in the crate")
    two.countersign(offer, "--only", "K-7/2", *reason, name="no.json")
    two.submit()
    two.submit(name="no.json")
    assert two.ledger.item("JS/1")["holder"] == "Bo Peep (Lab)"
    item = two.ledger.item("JS/2")
    assert (item["holder"], item["discrepancies"]) == ("Ada Byron (Lab)", ["missing_item"])
    two.ledger.examined()


def test_somebody_elses_offer_is_refused(two: Machines) -> None:
    two.ledger.seized("JS/1")
    path = two.stick / "offer.json"
    words = ("--to", "cy", "--purpose", "storage", "-o", path)
    two.ledger("transfer", "offer", "JS/1", *words)
    assert "E_NO_TRANSFER the offer names somebody else" in two.countersign(path, status=4).err
    named = two.away("--as", "bo", "countersign", path, "-o", two.stick / "a.json", status=4)
    assert "released to somebody else" in named.err


def test_items_of_several_cases_and_a_remark_meanwhile(two: Machines) -> None:
    """A remark only touches an item, but who takes it over must have seen it."""
    two.ledger("case", "open", "L-8", "--title", "Another")
    warrant = ("--kind", "search_warrant", "--identifier", "W-2", "--valid-to", "2099-01-01")
    two.ledger("authority", "record", "L-8", *warrant)
    two.ledger.seized("JS/1")
    two.ledger("seize", "L-8", "--exhibit", "Q/1", "--type", "mobile")
    two.countersign(two.offer("JS/1", "Q/1"))
    two.ledger("note", "L-8/1", "-m", "scratched")
    assert "E_PREV L-8/1 (Q/1): Ada Byron" in plain(two.submit(status=4).err)
    assert two.ledger.item("JS/1")["holder"] == "Ada Byron (Lab)", "all of it, or nothing"
    made = two.countersign(two.offer("JS/1", "Q/1", name="again.json"), name="b.json")
    assert made.out.count("released by Ada Byron (Lab)") == 2
    two.submit(name="b.json")
    for item in ("JS/1", "Q/1"):
        assert two.ledger.item(item)["holder"] == "Bo Peep (Lab)"


def test_a_release_that_was_cancelled_meanwhile(two: Machines) -> None:
    two.ledger.seized("JS/1")
    two.countersign(two.offer("JS/1"))
    two.ledger("transfer", "cancel", "JS/1", "--reason", "wrong item")
    told = plain(two.submit(status=4).err)
    assert (
        "E_PREV K-7/1 (JS/1): Ada Byron (Lab) recorded since it was offered: release cancelled"
        in told
    )
    assert "write a new offer" in told
    assert two.ledger.item("JS/1")["holder"] == "Ada Byron (Lab)"


def test_accepted_and_refused_only_the_first_to_arrive_counts(two: Machines) -> None:
    two.ledger.seized("JS/1")
    offer = two.offer("JS/1")
    two.countersign(offer, name="yes.json")
    two.countersign(offer, "--refuse", "no_authority", name="no.json")
    two.submit(name="no.json")
    assert "E_PREV" in two.submit(name="yes.json", status=4).err


def test_an_answer_is_for_days_and_says_why_it_is_late(two: Machines) -> None:
    two.ledger.seized("JS/1")
    offer = two.offer("JS/1")
    made = two.countersign(offer, "--valid-days", "32", status=2)
    assert "1<=x<=31" in made.err
    path = two.stick / "a.json"
    today = two.away.json("countersign", offer, "--valid-days", 1, "--dry-run")["would_sign"][0]
    month = two.away.json("countersign", offer, "--valid-days", 31, "-o", path)
    assert "late" not in today["body"]
    assert month["until"] > today["until"]
    two.submit(name="a.json")
    assert last(two, "JS/1")["late"].startswith("late: no network")


def test_an_answer_that_waited_too_long(two: Machines) -> None:
    from tests.carriers import sign_long_ago

    two.ledger.seized("JS/1")
    sign_long_ago(two, two.offer("JS/1"))
    assert "E_EXPIRED it could be recorded until 20" in two.submit(status=4).err
    assert two.ledger.item("JS/1")["holder"] == "Ada Byron (Lab)"


def test_the_first_meeting_needs_the_operators_own_trust_file(two: Machines) -> None:
    two.ledger.seized("JS/1")
    offer = two.offer("JS/1")
    identity = two.away.folder / "identities" / "bo"
    for name in ("trust.txt", "seen.json"):
        (identity / name).unlink()
    made = two.countersign(offer, status=2)
    assert "Compare this fingerprint" in made.err
    assert "an offer cannot vouch for itself" in made.err
    assert not (identity / "trust.txt").exists()
    two.ledger("trust", "show", "-o", two.stick / "trust.txt")
    two.countersign(offer, "--trust", two.stick / "trust.txt")
    assert (identity / "trust.txt").exists()
    assert json.loads((identity / "seen.json").read_bytes())["size"] > 1
    two.submit()


def test_what_she_saw_last_goes_on_or_she_is_told_what_to_ask_for(two: Machines) -> None:
    two.ledger.seized("JS/1")
    identity = two.away.folder / "identities" / "bo"
    size = json.loads((identity / "seen.json").read_bytes())["size"]
    offer = two.offer("JS/1")
    value = json.loads(offer.read_bytes())
    assert size in [each["size"] for each in value["consistency"]]
    bare = two.spoilt(offer, lambda v: v.update(consistency=[]))
    made = two.countersign(bare, status=4)
    assert f"have it written again, with --seen {size}" in plain(made.err)
    assert json.loads((identity / "seen.json").read_bytes())["size"] == size
    two.countersign(offer)
    assert json.loads((identity / "seen.json").read_bytes())["size"] > size


def test_an_offer_older_than_what_she_saw(two: Machines) -> None:
    two.ledger.seized("JS/1")
    old = two.offer("JS/1", name="old.json")
    two.ledger("note", "K-7", "-m", "meanwhile")
    two.countersign(two.offer("JS/1", name="new.json"), name="new-answer.json")
    made = two.countersign(old, status=4)
    assert "E_SEEN the offer shows" in made.err
    assert "is older than" in made.err


def test_sizes_that_the_ledger_never_had(two: Machines) -> None:
    two.ledger.seized("JS/1")
    words = ("--to", "Bo Peep", "--purpose", "storage", "--seen", 9999)
    made = two.ledger("transfer", "offer", "JS/1", *words, "-o", two.stick / "o.json", status=2)
    assert "--seen 9999" in made.err


def test_proofs_of_recording_go_back_and_find_an_omission(two: Machines) -> None:
    two.ledger.seized("JS/1")
    early = two.ledger.folder / "early.zip"
    words = ("--recipient", "X", "--purpose", "storage", "-o")
    two.countersign(two.offer("JS/1"))
    answer = json.loads(two.submit("--proof-out", two.stick / "proofs", "--json").out)
    (path,) = answer["proofs"]
    proof = Proof.read(Path(path).read_bytes())
    assert proof.index == answer["records"][0]
    two.ledger("export", "K-7", *words, early)
    trust = two.stick / "trust.txt"
    two.ledger("trust", "show", "-o", trust)
    two.away("verify", early, "--trust", trust, "--proof", path)
    made = two.submit("--proof-out", two.stick / "proofs", status=2)
    assert "exists: name another folder" in made.err


def test_files_are_not_overwritten_and_must_be_named(two: Machines) -> None:
    two.ledger.seized("JS/1")
    offer = two.offer("JS/1")
    words = ("--to", "Bo Peep", "--purpose", "storage", "-o", offer)
    assert "exists" in two.ledger("transfer", "offer", "JS/1", *words, status=2).err
    (two.stick / "answer.json").write_bytes(b"mine")
    assert "exists" in two.countersign(offer, status=2).err
    assert "say with -o" in two.away("countersign", offer, status=2).err
    assert (two.stick / "answer.json").read_bytes() == b"mine"


def test_a_wrong_passphrase_signs_nothing(two: Machines) -> None:
    two.ledger.seized("JS/1")
    words = ("countersign", two.offer("JS/1"), "-o", two.stick / "a.json")
    made = two.away(*words, status=5, environ={"CUSTODY_PASSPHRASE": "three"})
    assert "E_PASSPHRASE" in made.err
    assert not (two.stick / "a.json").exists()
