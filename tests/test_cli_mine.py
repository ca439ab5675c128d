"""`custody mine`: what one person holds, has out, waits for, has sent, and has to mend."""

import time
from pathlib import Path

import pytest

from custody import opening
from custody.core.errors import NotFoundError
from custody_schemas.declare import Kind
from tests.bench import Bench, bench, plain

DAY = 86_400


@pytest.fixture
def run(tmp_path: Path) -> Bench:
    return bench(tmp_path)


def spelt(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.gmtime(time.time() + seconds))


def test_who_has_nothing_is_told_so_in_sentences(run: Bench) -> None:
    said = run("--as", "di", "mine").out
    assert said.splitlines() == [
        "You hold nothing.",
        "Nothing is checked out to or by you.",
        "Nothing waits for you to accept it.",
        "You have released nothing that is still open.",
        "No working copy is issued to you.",
        "No request is open on what you hold.",
        "No discrepancy is open on what you hold.",
    ]
    answer = run.json("--as", "di", "mine")
    assert answer["person"] == "Di Prima (Lab)"
    assert [answer[part] for part in ("held", "out", "released_to", "discrepancies")] == [[]] * 4


def test_held_items_stand_with_kind_place_and_seal(run: Bench) -> None:
    run.seized("JS/1", "--seal", "S-1")
    run.seized("JS/2")
    (first, second) = run.json("mine")["held"]
    assert (first["item"], first["exhibit"], first["seal"]) == ("K-7/1", "JS/1", "intact")
    assert (second["item"], "seal" in second) == ("K-7/2", False)
    said = run("mine").out
    assert "Held by you (2):" in said
    assert "S-1" not in said  # a seal number is read off the bag
    assert plain(said.splitlines()[2]) == "K-7/1 JS/1 mobile scene intact"
    assert plain(said.splitlines()[3]) == "K-7/2 JS/2 mobile scene never sealed"


def test_a_release_is_seen_from_both_sides_and_ends_when_it_is_cancelled(run: Bench) -> None:
    run.seized("JS/1")
    run("transfer", "release", "JS/1", "--to", "bo", "--purpose", "storage")
    mine, hers = run.json("mine"), run.json("--as", "bo", "mine")
    assert mine["released_by"] == hers["released_to"]
    (open_,) = hers["released_to"]
    assert (open_["by"], open_["to"]) == ("Ada Byron (Lab)", "Bo Peep (Lab)")
    assert (open_["overdue"], "expected_by" in open_) == (False, False)
    assert mine["held"][0]["released_to"] == "Bo Peep (Lab)"
    assert hers["held"] == []
    run("transfer", "cancel", "JS/1", "--reason", "no courier")
    assert run.json("--as", "bo", "mine")["released_to"] == []
    assert run.json("mine")["released_by"] == []


def test_an_outside_receiver_is_called_by_the_name_that_the_release_opens(run: Bench) -> None:
    run.seized("JS/1")
    outside = ("--to-outside", "Registry", "--outside", "court", "--purpose", "court_production")
    run("transfer", "release", "JS/1", *outside, "--expected-by", spelt(DAY))
    (open_,) = run.json("mine")["released_by"]
    assert open_["to"] == "Registry (court)"
    assert not open_["overdue"]
    assert open_["expected_by"].startswith(spelt(DAY)[:10])


def test_overdue_is_by_the_agreed_day_and_never_called_a_legal_deadline(run: Bench) -> None:
    run.seized("JS/1")
    run.seized("JS/2")
    late = ("--due-back", spelt(-2 * DAY), "--purpose", "analysis")
    run("checkout", "JS/1", *late)
    run("checkout", "JS/2", "--due-back", spelt(DAY), "--purpose", "analysis")
    assert [(out["item"], out["overdue"]) for out in run.json("mine")["out"]] == [
        ("K-7/1", True),
        ("K-7/2", False),
    ]
    said = run("mine").out
    assert said.count("overdue\n") == 1
    assert "That is a local threshold, no legal deadline." in said


def test_who_lent_it_and_who_has_it_both_see_it(run: Bench) -> None:
    run.seized("JS/1")
    run("checkout", "JS/1", "--to", "cy", "--purpose", "analysis")
    (lent,) = run.json("mine")["out"]
    (has,) = run.json("--as", "cy", "mine")["out"]
    assert lent == has
    assert (lent["holder"], lent["has_it"]) == ("Ada Byron (Lab)", "Cy Twombly (Lab)")
    assert run.json("--as", "cy", "mine")["held"] == []


def test_discrepancies_are_those_of_items_that_one_holds(run: Bench) -> None:
    run.seized("JS/1")
    run("--as", "cy", "discrepancy", "open", "JS/1", "--kind", "damage", "--details", "dented")
    (wrong,) = run.json("mine")["discrepancies"]
    assert (wrong["item"], wrong["kind"]) == ("K-7/1", "damage")
    assert run.json("--as", "cy", "mine")["discrepancies"] == []
    assert "Open discrepancies on what you hold (1):" in run("mine").out


def test_somebody_else_is_looked_at_by_name(run: Bench) -> None:
    run.seized("JS/1")
    said = run("--as", "bo", "mine", "--person", "Ada Byron").out
    assert "Held by Ada Byron (Lab) (1):" in said
    assert "Ada Byron (Lab) has released nothing that is still open." in said


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--person", "Nobody Here"), "nobody called 'Nobody Here' is enrolled"),
        (("--overdue-after", "0"), "--overdue-after"),
        (("--overdue-after", "soon"), "not a valid integer"),
        (("JS/1",), "unexpected extra argument"),
    ],
)
def test_what_cannot_be_meant_is_refused(run: Bench, words: tuple[str, ...], message: str) -> None:
    assert message in plain(run("mine", *words, status=2).err)


def test_an_entry_that_was_never_recorded_is_not_made_up(run: Bench) -> None:
    ledger = opening.open_ledger(opening.read_home(run.folder / "home"))
    with pytest.raises(NotFoundError, match="there is no entry abababababababab"):
        ledger.entry("ab" * 32)
    assert ledger.concerning("ab" * 32) == []
    assert ledger.concerning(ledger.find(Kind.ACTOR, "Bo Peep")[0].tag) == []


def test_a_working_copy_is_with_whom_it_was_issued_to(run: Bench, tmp_path: Path) -> None:
    run.acquired(run.file("disk.dd"), "D/1")
    (tmp_path / "stick").mkdir()
    issue = ("copy", "issue", "D/1", "--to", tmp_path / "stick")
    run(*issue, "--for", "bo", "--purpose", "analysis", "--due-back", spelt(-DAY))
    (copy,) = run.json("--as", "bo", "mine")["copies"]
    assert (copy["item"], copy["number"], copy["overdue"]) == ("K-7/1", 1, True)
    assert run.json("mine")["copies"] == []
    assert "Working copies issued to you (1):" in run("--as", "bo", "mine").out
