"""Takeovers, item by item, and hand-overs that came back or were lost."""

import tempfile
from pathlib import Path
from typing import Any

import pytest

from custody.core.reading import read_record
from custody_schemas import answers
from tests.bench import WORDS, Bench, bench, plain
from tests.test_cli_terminal import Terminal

LEFT = ("--reason", "left_service", "--observed", "physically_verified")


@pytest.fixture
def run(tmp_path: Path) -> Bench:
    return bench(tmp_path)


def takeover(run: Bench, *words: object, status: int = 0) -> Any:
    return run.json("--as", "bo", "takeover", *words, *LEFT, status=status)


def refused(run: Bench, *words: object, status: int = 4) -> str:
    return plain(run("--as", "bo", "takeover", *words, *LEFT, status=status).err)


def acts(run: Bench, item: str) -> list[str]:
    return [entry["act"] for entry in run.json("item", "history", item)["history"]]


def released(run: Bench, *items: str, to: str = "bo") -> None:
    run("transfer", "release", *items, "--to", to, "--purpose", "storage")


def test_everything_that_a_person_holds_changes_hands_and_what_is_missing_is_named(
    run: Bench,
) -> None:
    for exhibit in ("JS/1", "JS/2", "JS/3"):
        run.seized(exhibit)
    released(run, "JS/3", to="cy")
    words = ("takeover", "--all-of", "Ada Byron", "--not-seen", "JS/2", "--with", "di", *LEFT)
    told = plain(run("--as", "bo", *words).out)
    assert "K-7/1 (JS/1), K-7/3 (JS/3) taken over, left service" in told
    assert "signed as Di Prima (Lab) as approver" in told
    missing = "not seen, and not taken over: K-7/2 (JS/2). Record that: `custody discrepancy open "
    assert f"{missing}K-7/2 --kind missing_item" in told
    assert "keys of Ada Byron are in force still: custody actor leave 'Ada Byron'" in told
    assert run.item("JS/3")["holder"] == "Bo Peep (Lab)"
    assert run.item("JS/2")["holder"] == "Ada Byron (Lab)"
    assert run.json("transfer", "list")["transfers"] == []
    run.examined()


def test_an_item_that_differs_is_said_in_an_entry_of_its_own(run: Bench) -> None:
    run.seized("JS/1", "--seal", "S-1")
    run.seized("JS/2", "--seal", "S-2")
    run.seized("JS/3", "--seal", "S-3")
    reads = ("--seal-read", "JS/1=S-1", "--seal-read", "JS/2=S-7", "--seal-read", "JS/3=S-3")
    answer = takeover(run, "JS/1", "JS/2", "JS/3", *reads, "--with", "cy")
    made = read_record(answers.TakenOver, answer)
    assert [len(entry.records) for entry in made.entries] == [2, 1]
    assert run.item("JS/2")["seal"] == "number_mismatch"
    assert run.item("JS/3")["seal"] == "intact"


def test_how_each_was_seen_can_be_said_of_each(run: Bench) -> None:
    run.seized("JS/1", "--seal", "S-1")
    run.seized("JS/2")
    answer = takeover(
        run,
        *("JS/1", "JS/2", "--seal-read", "JS/1=S-1", "--with", "cy"),
        *("--observed", "JS/1=sealed_container_verified"),
    )
    assert len(answer["entries"]) == 2


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (("JS/1",), 4, "a takeover is co-signed by a person who oversees the case"),
        (("JS/1", "--with", "ada"), 4, "E_TWO_PERSON"),
        (("JS/1", "--all-of", "ada"), 2, "name the items, or say --all-of PERSON"),
        ((), 2, "name the items, or say --all-of PERSON"),
        (("--all-of", "di", "--with", "cy"), 2, "Di Prima (Lab) holds nothing"),
        (("--all-of", "nobody", "--with", "cy"), 2, "nobody called 'nobody' is enrolled"),
        (("JS/1", "--not-seen", "JS/2"), 2, "--not-seen K-7/2: it is not among the items"),
        (("JS/1", "--not-seen", "JS/1"), 4, "E_TAKEOVER nobody has seen K-7/1 (JS/1)"),
        (("JS/1", "--observed", "JS/2=physically_verified"), 2, "JS/2 is not meant"),
        (("JS/1", "--observed", "sealed_container_verified"), 2, "given twice for all items"),
    ],
)
def test_what_is_not_taken_over(run: Bench, words: tuple[str, ...], status: int, told: str) -> None:
    run.seized("JS/1")
    run.seized("JS/2")
    assert told in refused(run, *words, status=status)
    assert run.item("JS/1")["holder"] == "Ada Byron (Lab)"


def test_an_item_that_was_not_located_is_no_takeover(run: Bench) -> None:
    run.seized("JS/1")
    words = ("takeover", "JS/1", "--reason", "on_leave", "--observed", "not_located")
    assert "E_TAKEOVER" in run("--as", "bo", *words, "--with", "cy", status=4).err


def test_content_that_does_not_match_wants_two_approvers(run: Bench) -> None:
    run.acquired(run.file("disk.img", b"x" * 70_000), "JS/1")
    sha256 = run.json("acquire", "K-7", run.file("disk.img", b"x" * 70_000))["digests"]["sha256"]
    run.spoil(sha256)
    assert "E_HASH" in refused(run, "JS/1", "--with", "cy")
    override = ("--override", "evidence_would_be_lost: the room is cleared")
    assert "E_TWO_PERSON" in refused(run, "JS/1", "--with", "cy", *override)
    takeover(run, "JS/1", "--with", "cy", "--with", "di", *override)
    assert run.item("JS/1")["discrepancies"] == ["hash"]


def test_at_a_terminal_each_item_is_asked_about_and_both_type_their_passphrases(
    run: Bench,
) -> None:
    run.seized("JS/1")
    run.seized("JS/2")
    words = ("--as", "bo", "takeover", "--all-of", "Ada Byron", "--with", "cy", *LEFT)
    terminal = Terminal(run, *words)
    terminal.answer("Is K-7/1 (JS/1) before you? [y/N]", "y")
    terminal.answer("Is K-7/2 (JS/2) before you? [y/N]", "n")
    terminal.answer("Sign this as Bo Peep?", "y")
    terminal.answer("Passphrase of Bo Peep", WORDS)
    terminal.answer("Passphrase of Cy Twombly", WORDS)
    assert "not seen, and not taken over: K-7/2 (JS/2)" in plain(terminal.end(0))
    assert run.item("JS/2")["holder"] == "Ada Byron (Lab)"


def test_the_agent_takes_nothing_over(run: Bench) -> None:
    run.seized("JS/1")
    with tempfile.TemporaryDirectory() as short:  # a socket's path has at most 107 bytes
        agent = {"XDG_RUNTIME_DIR": short}
        run("--as", "bo", "unlock", "--minutes", "1", environ=agent)
        try:
            words = ("--as", "bo", "takeover", "JS/1", "--with", "cy", *LEFT)
            made = run(*words, status=2, environ={**agent, "CUSTODY_PASSPHRASE": None})
        finally:
            run("--as", "bo", "lock", environ=agent)
    assert "a passphrase is needed" in made.err


def test_what_nobody_accepted_comes_back_as_it_is_found(run: Bench) -> None:
    run.seized("JS/1", "--seal", "S-1")
    released(run, "JS/1")
    assert "E_SEAL" in run("transfer", "return", "JS/1", status=4).err
    made = run.json("transfer", "return", "JS/1", "--seal-read", "S-1", "--details", "refused")
    read_record(answers.Checked, made)
    assert acts(run, "JS/1")[-1] == "transfer.returned"
    run.examined()


@pytest.mark.parametrize("who", ["bo", "cy"])
def test_only_who_released_it_takes_it_back(run: Bench, who: str) -> None:
    run.seized("JS/1")
    released(run, "JS/1")
    assert "E_NOT_HOLDER" in run("--as", who, "transfer", "return", "JS/1", status=4).err


def test_what_did_not_arrive_is_a_discrepancy_until_somebody_resolves_it(run: Bench) -> None:
    run.seized("JS/1")
    released(run, "JS/1")
    run("transfer", "lost", "JS/1", "--details", "the van was broken into")
    item = run.item("JS/1")
    assert item["discrepancies"] == ["missing_item"]
    assert item["holder"] == "Ada Byron (Lab)"
    assert "E_NO_TRANSFER" in run("transfer", "return", "JS/1", status=4).err


def test_a_loss_says_what_is_known_and_concerns_a_release(run: Bench) -> None:
    run.seized("JS/1")
    assert "--details" in run("transfer", "lost", "JS/1", status=2).err
    made = run("transfer", "lost", "JS/1", "--details", "gone", status=4)
    assert "E_NO_TRANSFER K-7/1 (JS/1) is not released to anybody" in made.err
    released(run, "JS/1")
    made = run("--as", "di", "transfer", "lost", "JS/1", "--details", "gone")
    assert "opened by itself: the discrepancy missing_item" in made.out  # she oversees
