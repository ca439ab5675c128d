"""Hand-overs and loans: verdicts are computed from what was read, and split where items differ."""

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest

from custody.core import statement
from tests.bench import Bench, bench, plain

SEAL = ("--seal", "S-41")


@pytest.fixture
def run(tmp_path: Path) -> Bench:
    return bench(tmp_path)


def entries(run: Bench, item: str) -> list[Any]:
    history = run.json("item", "history", item)["history"]
    assert isinstance(history, list)
    return history


def release(run: Bench, *items: str, to: str = "bo") -> None:
    run("transfer", "release", *items, "--to", to, "--purpose", "storage", "--by", "hand")


def accept(run: Bench, *words: object, status: int = 0) -> Any:
    return run.json("--as", "bo", "transfer", "accept", *words, status=status)


def test_two_people_move_an_item_and_custody_moves_with_the_second(run: Bench) -> None:
    run.seized("JS/1", *SEAL)
    release(run, "JS/1")
    assert run.item("JS/1")["holder"] == "Ada Byron (Lab)"
    (offer,) = run.json("transfer", "list")["transfers"]
    assert (offer["items"], offer["exhibits"]) == (["K-7/1"], ["JS/1"])
    assert "K-7/1 (JS/1)" in run("transfer", "list").out
    assert (offer["by"], offer["to"]) == ("Ada Byron (Lab)", "Bo Peep (Lab)")
    accept(run, "JS/1", "--seal-read", "s - 41", "--condition", "good")
    assert run.item("JS/1")["holder"] == "Bo Peep (Lab)"
    assert run.json("transfer", "list")["transfers"] == []
    last = entries(run, "JS/1")[-1]
    assert (last["source"], last["target"]) == ("Ada Byron (Lab)", "Bo Peep (Lab)")
    assert last["seal"] == "intact, no. s - 41"
    run.examined()


def test_a_sealed_item_is_not_accepted_unread_and_its_number_is_not_told(run: Bench) -> None:
    run.seized("JS/1", *SEAL)
    release(run, "JS/1")
    made = run("--as", "bo", "transfer", "accept", "JS/1", status=4)
    assert "E_SEAL K-7/1 (JS/1) is sealed: read the number off the bag" in plain(made.err)
    shown = made.out + made.err + run("item", "show", "JS/1").out + run("item", "list").out
    assert "S-41" not in shown
    assert len(entries(run, "JS/1")) == 4


def test_another_number_is_a_mismatch_and_opens_a_discrepancy(run: Bench) -> None:
    run.seized("JS/1", *SEAL)
    release(run, "JS/1")
    (found,) = accept(run, "JS/1", "--seal-read", "S-47")["found"]
    assert found["detail"] == "seal number_mismatch"
    item = run.item("JS/1")
    assert (item["seal"], item["discrepancies"]) == ("number_mismatch", ["seal"])


def test_a_sound_seal_cannot_be_typed_and_a_broken_one_can(run: Bench) -> None:
    run.seized("JS/1", *SEAL)
    release(run, "JS/1")
    made = run("--as", "bo", "transfer", "accept", "JS/1", "--seal-found", "intact", status=2)
    assert "only broken_unauthorised or missing can be stated" in plain(made.err)
    accept(run, "JS/1", "--seal-found", "missing")
    assert run.item("JS/1")["seal"] == "missing"


def test_a_number_for_an_item_that_was_never_sealed_is_refused(run: Bench) -> None:
    run.seized("JS/1")
    release(run, "JS/1")
    made = run("--as", "bo", "transfer", "accept", "JS/1", "--seal-read", "9", status=2)
    assert "was never sealed: leave --seal-read out" in plain(made.err)


def test_items_that_differ_are_accepted_by_entries_of_their_own_in_one_go(run: Bench) -> None:
    for number in (1, 2, 3):
        run.seized(f"JS/{number}", "--seal", f"S-{number}")
    good = run.acquired(run.file("good.bin", b"g" * 70_000), "IMG/1")
    bad = run.acquired(run.file("bad.bin", b"b" * 70_000), "IMG/2")
    names = ["JS/1", "JS/2", "JS/3", good, bad]
    release(run, *names)
    reads = [f"JS/1={'S-1'}", "JS/2=S-2", "JS/3=S-4"]
    options = [word for read in reads for word in ("--seal-read", read)]
    answer = accept(run, "--all", *options, "--condition", "good")
    acts = [each["act"] for each in answer["entries"]]
    assert acts == ["transfer.accepted"] * 3
    assert sorted(len(each["records"]) for each in answer["entries"]) == [1, 2, 2]
    details = {each["item"]: each for each in answer["found"]}
    assert details["K-7/3"]["detail"] == "seal number_mismatch"
    assert {details[good]["verdict"], details[bad]["verdict"]} == {"match"}
    run.examined()


def test_wrong_content_is_refused_without_a_reason_and_two_approvers(run: Bench) -> None:
    answer = run.json("acquire", "K-7", run.file("disk.bin", b"x" * 70_000))
    release(run, answer["item"])
    run.spoil(answer["digests"]["sha256"])
    refused = accept(run, answer["item"], status=4)["refused"]
    assert refused["code"] == "E_HASH"
    override = ("--override", "court_direction: the only copy")
    refused = accept(run, answer["item"], *override, status=4)["refused"]
    assert refused["code"] == "E_TWO_PERSON"
    approvers = ("--with", "cy", "--with", "di:approver")
    accepted = accept(run, answer["item"], *override, *approvers)
    assert [s["capacity"] for s in accepted["signed_by"]].count("approver") == 2
    assert accepted["found"][0]["verdict"] == "mismatch"
    item = run.item(answer["item"])
    assert (item["disputed"], item["discrepancies"]) == (True, ["hash"])
    run.examined()


def test_an_override_is_said_only_of_the_item_that_needs_it(run: Bench) -> None:
    good = run.acquired(run.file("good.bin", b"g" * 70_000))
    bad = run.json("acquire", "K-7", run.file("bad.bin", b"b" * 70_000))
    release(run, good, bad["item"])
    run.spoil(bad["digests"]["sha256"])
    accept(run, "--all", "--override", "safety", "--with", "cy", "--with", "di")
    assert [k for k in entries(run, bad["item"])[-1]["details"] if k == "override"] == ["override"]
    assert "override" not in entries(run, good)[-1]["details"]


def test_accepting_asks_for_the_passphrase_whatever_is_unlocked(run: Bench) -> None:
    run.seized("JS/1")
    release(run, "JS/1")
    with tempfile.TemporaryDirectory() as short:  # a socket's path has at most 107 bytes
        agent = {"XDG_RUNTIME_DIR": short}
        alone = {**agent, "CUSTODY_PASSPHRASE": None}
        run("--as", "bo", "unlock", "--minutes", "1", environ=agent)
        try:
            run("--as", "bo", "note", "K-7", "-m", "by the agent", environ=alone)
            words = ("--as", "bo", "transfer", "accept", "JS/1")
            made = run(*words, status=2, environ=alone)
            assert "a passphrase is needed" in made.err
            run(*words, environ=agent)
        finally:
            run("--as", "bo", "lock", environ=agent)
        made = run("--as", "bo", "note", "K-7", "-m", "x", status=2, environ=alone)
        assert "a passphrase is needed" in made.err


def test_refused_and_cancelled_items_stay_where_they_are(run: Bench) -> None:
    run.seized("JS/1")
    release(run, "JS/1")
    run("--as", "bo", "transfer", "refuse", "JS/1", "--reason", "wrong_packaging")
    assert run.item("JS/1")["holder"] == "Ada Byron (Lab)"
    release(run, "JS/1")
    run("transfer", "cancel", "JS/1", "--reason", "the van did not come")
    made = run("--as", "bo", "transfer", "accept", "JS/1", status=4)
    assert "E_NO_TRANSFER" in made.err
    gaps = run.json("item", "history", "JS/1")["gaps"]
    assert all("on its way" in gap for gap in gaps)


def test_people_without_accounts_get_items_and_bring_them_back(run: Bench) -> None:
    run.seized("JS/1")
    run(
        *("transfer", "release", "JS/1", "--to-outside", "County Court", "--outside", "court"),
        *("--purpose", "court_production", "--by", "courier", "--tracking", "T-9"),
    )
    paper = run.file("paper.pdf")
    run(
        *("transfer", "acknowledge", "JS/1", "--assurance", "paper_countersigned"),
        *("--received-by", "Clerk Smith", "--attach", paper),
    )
    assert run.item("JS/1")["outside"] == "court"
    run("transfer", "accept", "JS/1", "--from-name", "Clerk Smith")
    item = run.item("JS/1")
    assert (item["holder"], "outside" in item) == ("Ada Byron (Lab)", False)
    assert entries(run, "JS/1")[-1]["source"] == "Clerk Smith"
    run.examined()


@pytest.mark.parametrize(
    "words", [(), ("--to", "bo", "--to-outside", "Court")], ids=["nobody", "both"]
)
def test_a_release_names_one_receiver(run: Bench, words: tuple[str, ...]) -> None:
    run.seized("JS/1")
    made = run("transfer", "release", "JS/1", "--purpose", "storage", *words, status=2)
    assert "say who receives them" in made.err


def test_a_loan_is_signed_by_both_when_it_goes_and_when_it_returns(run: Bench) -> None:
    run.seized("JS/1", *SEAL)
    out = run.json("checkout", "JS/1", "--to", "bo", "--purpose", "examination")
    assert {s["capacity"] for s in out["signed_by"]} == {"actor", "counterparty"}
    assert run.item("JS/1")["out_to"] == "Bo Peep (Lab)"
    refused = run.json(
        "transfer", "release", "JS/1", "--to", "bo", "--purpose", "storage", status=4
    )
    assert refused["refused"]["code"] == "E_CHECKED_OUT"
    run("checkin", "JS/1", "--seal-read", "S-41")
    assert "out_to" not in run.item("JS/1")
    refused = run.json("checkin", "JS/1", status=4)["refused"]
    assert refused["code"] == "E_NOT_OUT"


def test_a_move_with_check_states_the_computed_verdict(run: Bench) -> None:
    item = run.acquired(run.file("disk.bin", b"x" * 70_000))
    answer = run.json("move", item, "--to", "Safe 2", "--location", "vault", "--check")
    assert answer["found"][0]["verdict"] == "match"
    last = entries(run, item)[-1]
    assert (last["content"], last["details"]["to place"]) == ("match", "Safe 2")


def test_a_seal_is_compared_opened_and_put_on_anew(run: Bench) -> None:
    run.seized("JS/1", *SEAL)
    run("seal", "verify", "JS/1", "--seal-read", "s-41")
    wrong = run("seal", "break", "JS/1", "--seal-read", "S-4", "--reason", "imaging", status=4)
    assert "S-4 is not the number on file" in plain(wrong.err)
    assert "S-41" not in wrong.err
    run("seal", "break", "JS/1", "--seal-read", "S-41", "--reason", "imaging")
    assert run.item("JS/1")["seal"] == "broken_authorised"
    run("seal", "apply", "JS/1", "--seal", "S-99", "--type", "bag")
    assert run.item("JS/1")["seal"] == "resealed"
    run("seal", "verify", "JS/1", "--seal-read", "S-99")
    mismatch = run("seal", "verify", "JS/1", "--seal-read", "S-41", status=1)
    assert "seal number mismatch" in mismatch.out
    run.examined()


def test_a_seal_found_open_is_recorded_as_found(run: Bench) -> None:
    run.seized("JS/1", *SEAL)
    run("--as", "bo", "seal", "break", "JS/1", "--found", "broken_unauthorised")
    item = run.item("JS/1")
    assert (item["seal"], item["discrepancies"]) == ("broken_unauthorised", ["seal"])


def test_a_hand_over_of_many_items_is_one_go(run: Bench) -> None:
    made = [run.json("item", "register", "K-7", "--type", "file")["items"][0] for _ in range(2)]
    refused = run.json("transfer", "release", *made, "--to", "bo", "--purpose", "storage", status=4)
    assert refused["refused"]["code"] == "E_NO_ORIGIN"
    assert run.json("transfer", "list")["transfers"] == []


def test_a_rehearsed_hand_over_signs_nothing_and_meets_the_rules(run: Bench) -> None:
    run.seized("JS/1", *SEAL)
    words = ("transfer", "release", "JS/1", "--to", "bo", "--purpose", "storage", "--dry-run")
    (draft,) = run.json(*words)["would_sign"]
    assert draft["act"] == "transfer.released"
    statement.read(json.dumps(draft, separators=(",", ":"), sort_keys=True).encode())
    assert run.item("JS/1")["entries"] == 3
    refused = run.json("--as", "bo", *words[:4], "ada", *words[5:], status=4)["refused"]
    assert refused["code"] == "E_NOT_HOLDER"
