"""`custody bench`: defaults that last one unlock, are told with each act, and never judge."""

import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from custody.core.errors import NotFoundError, SignatureError
from custody.founding import Founder, found
from custody.identity import agent, keyfile
from custody.identity.agent_process import Holder
from custody.identity.passphrases import Passphrases
from tests.bench import ORIGIN, WORDS, Bench, bench, plain


@pytest.fixture
def locked(short_path: Path) -> Iterator[Bench]:
    """Nobody's key is open; whoever opens one finds it locked afterwards."""
    made = bench(short_path)
    yield made
    for handle in ("ada", "bo"):
        made("--as", handle, "lock")


@pytest.fixture
def run(locked: Bench) -> Bench:
    """Ada's key is open."""
    locked("unlock")
    return locked


def told(run: Bench, *words: object) -> dict[str, str]:
    """The personal and plain members of the first act that would be signed."""
    out = run(*words, "--dry-run").out.splitlines()
    pairs = (line.strip().partition(": ") for line in out if line.startswith("    "))
    return {name: value for name, _, value in pairs}


def test_what_is_not_typed_comes_from_the_bench_and_is_told(run: Bench) -> None:
    run("bench", "set", "--place", "Lab 2", "--tool", "Imager 4", "--write-blocker", "T8, no. 7")
    made = run("acquire", "K-7", run.file("a.dd"), "--exhibit", "D/1")
    assert "from the bench: place Lab 2, tool Imager 4, write blocker T8, no. 7" in made.err
    assert "from the bench" not in made.out
    history = run.json("item", "history", "D/1")["history"]
    assert {entry["place"] for entry in history} == {"Lab 2"}
    acquired = history[-1]["details"]
    assert (acquired["tool"], acquired["write blocker"]) == ("Imager 4", "T8, no. 7")
    run.examined()


def test_what_is_typed_wins_and_nothing_typed_means_not_this_time(run: Bench) -> None:
    run("bench", "set", "--place", "Lab 2", "--on-behalf-of", "Unit 9")
    assert told(run, "note", "K-7", "-m", "x", "--place", "Hall")["place"] == "Hall"
    assert "place" not in told(run, "note", "K-7", "-m", "x", "--place", "")
    said = run("note", "K-7", "-m", "x", "--place", " ", "--on-behalf-of", "").err
    assert "from the bench" not in said


def test_a_place_of_the_list_is_filled_in_where_items_are_taken_over(run: Bench) -> None:
    run.seized("JS/1")
    run("transfer", "release", "JS/1", "--to", "bo", "--purpose", "storage")
    run("--as", "bo", "unlock")
    run("--as", "bo", "bench", "set", "--location", "evidence_room", "--storage", "Shelf 3")
    accept = ("--as", "bo", "transfer", "accept", "JS/1")
    said = told(run, *accept)
    assert (said["location"], said["storage"]) == ("evidence_room", "Shelf 3")
    assert told(run, *accept, "--location", "")["location"] == "not_stated"


def test_a_move_goes_elsewhere_and_the_bench_does_not_say_where(run: Bench) -> None:
    run.seized("JS/1")
    run("bench", "set", "--location", "laboratory", "--place", "Lab 2")
    said = told(run, "move", "JS/1", "--to", "Van")
    assert (said["location"], said["place"]) == ("not_stated", "Lab 2")


def test_a_re_hash_is_our_own_work_whatever_tool_lies_on_the_bench(run: Bench) -> None:
    run.acquired(run.file("a.dd"), "D/1")
    run("bench", "set", "--tool", "Imager 4")
    assert "from the bench" not in run("check", "D/1").err


def test_a_bench_of_one_case_leaves_other_cases_alone(run: Bench) -> None:
    run("case", "open", "K-8", "--title", "Another")
    run.seized("JS/1")
    run("bench", "set", "--place", "Lab 2", "--case", "K-7")
    assert run.json("bench", "show")["case"] == "K-7"
    assert "place" not in told(run, "note", "K-8", "-m", "x")
    assert told(run, "note", "K-7", "-m", "x")["place"] == "Lab 2"
    assert told(run, "note", "JS/1", "-m", "x")["place"] == "Lab 2"
    assert "from the bench" not in run("role", "grant", "bo", "auditor").err
    run("bench", "set", "--case", "")
    assert told(run, "note", "K-8", "-m", "x")["place"] == "Lab 2"


def test_it_is_shown_changed_and_cleared(run: Bench) -> None:
    assert "nothing is on the bench" in run("bench", "show").out
    run("bench", "set", "--place", "Lab 2", "--tool", "Imager 4")
    run("bench", "set", "--tool", "Imager 5")
    answer = run.json("bench", "show")
    assert answer["defaults"] == {"place": "Lab 2", "tool": "Imager 5"}
    assert 1700 < answer["seconds_left"] <= 1800
    assert "on the bench for 30 more minutes:" in run("bench", "show").out
    assert run.json("bench", "set", "--tool", "")["defaults"] == {"place": "Lab 2"}
    assert run.json("bench", "clear")["defaults"] == {}
    assert "from the bench" not in run("note", "K-7", "-m", "x").err


def test_it_is_gone_with_the_key_and_was_never_on_a_disk(run: Bench) -> None:
    run("bench", "set", "--place", "Lab Perihelion")
    kept = [path for path in run.folder.rglob("*") if path.is_file()]
    assert len(kept) > 10
    assert not any(b"Perihelion" in path.read_bytes() for path in kept)
    run("lock")
    assert "unlock first: custody unlock" in run("bench", "show").out
    assert "from the bench" not in run("note", "K-7", "-m", "x").err
    run("unlock")
    assert run.json("bench", "show")["defaults"] == {}


def test_everybody_has_a_bench_of_their_own(run: Bench) -> None:
    run("bench", "set", "--place", "Lab 2")
    run("--as", "bo", "unlock")
    assert run.json("--as", "bo", "bench", "show")["defaults"] == {}
    assert "from the bench" not in run("--as", "bo", "note", "K-7", "-m", "x").err


def test_without_an_open_key_there_is_no_bench(locked: Bench) -> None:
    refused = locked("bench", "set", "--place", "Lab 2", status=2).err
    assert "unlock first: custody unlock" in refused
    assert locked.json("bench", "show") == {"unlocked": False, "seconds_left": 0, "defaults": {}}
    assert locked.json("bench", "clear")["unlocked"] is False


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--case", "K-9"), "there is no case 'K-9'"),
        (("--location", "moon"), "'moon' is none of scene"),
        (("--place", "x" * 10_001), "has 10001 characters"),
        (("--condition", "good"), "No such option"),
        (("--seal-number", "S-1"), "No such option"),
        (("--verdict", "match"), "No such option"),
        (("--hash", "match"), "No such option"),
        (("--verified", "yes"), "No such option"),
    ],
)
def test_what_does_not_belong_on_a_bench_is_refused(
    run: Bench, words: tuple[str, ...], message: str
) -> None:
    assert message in plain(run("bench", "set", *words, status=2).err)
    assert run.json("bench", "show")["defaults"] == {}


def test_an_agent_keeps_little_and_nothing_but_an_object(run: Bench) -> None:
    identity = keyfile.read(run.folder / "identities" / "ada")
    run("bench", "set", "--place", "Lab 2")
    door = agent.door(identity, run.environ)
    with pytest.raises(SignatureError, match="more than 8192 bytes"):
        agent.write(identity, {"place": "x" * 8192}, run.environ)
    for value in (["place"], "place", 7, None):
        with pytest.raises(SignatureError, match="no JSON object"):
            agent.asked(door, {"do": "write", "slate": value})
    with pytest.raises(SignatureError, match="not a request"):
        agent.asked(door, {"do": "write"})
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as deep:
        deep.connect(str(door))
        deep.sendall(b'{"do":"write","slate":' + b"[" * 100_000 + b"\n")
        assert b"not a request" in deep.recv(4096)
    assert run.json("bench", "show")["defaults"] == {"place": "Lab 2"}


def test_what_another_program_wrote_there_is_not_believed(run: Bench) -> None:
    identity = keyfile.read(run.folder / "identities" / "ada")
    slate = {"verdict": "match", "place": ["x"], "case": 7, "tool": "", "location": "moon"}
    agent.write(identity, slate, run.environ)
    assert run.json("bench", "show")["defaults"] == {"location": "moon"}
    run.seized("JS/1")
    run("checkout", "JS/1", "--purpose", "analysis")
    refused = run("checkin", "JS/1", status=2).err
    assert "'moon' is none of scene" in refused


def test_nobody_keeps_anything_where_no_agent_runs(locked: Bench) -> None:
    identity = keyfile.read(locked.folder / "identities" / "ada")
    with pytest.raises(NotFoundError, match="custody unlock"):
        agent.write(identity, {"place": "Lab 2"}, locked.environ)


def test_holders_do_not_share_what_they_keep() -> None:
    one, other = (Holder({}, "", 60.0, lambda: 0.0, lambda: None) for _ in range(2))
    one.answer({"do": "write", "slate": {"place": "Lab 2"}})
    assert one.answer({"do": "status"})["slate"] == {"place": "Lab 2"}
    assert other.answer({"do": "status"})["slate"] == {}


def test_looking_at_the_bench_does_not_forget_that_the_clock_was_confirmed(
    short_path: Path,
) -> None:
    made = Bench(short_path)
    (short_path / "run").mkdir(mode=0o700)
    days_ago = time.time() - 8 * 86_400
    found(
        short_path / "home",
        short_path / "identities",
        Founder(ORIGIN, "Ada Byron", "Lab"),
        Passphrases({"CUSTODY_PASSPHRASE": WORDS}),
        clock=lambda: days_ago,
        entropy=os.urandom,
        handle="ada",
    )
    words = ("case", "open", "K-1", "--title", "T")
    assert "E_CLOCK" in made(*words, status=4).err
    made(*words, "--confirm-clock")


def test_why_one_looks_is_said_once_for_a_case(run: Bench) -> None:
    unsaid = {"CUSTODY_BECAUSE": None}
    run.seized("JS/1")
    run("case", "open", "K-8", "--title", "Other goods")
    run("bench", "set", "--because", "examination for K-7", "--case", "K-7")
    for words in (("item", "show", "JS/1"), ("case", "show", "K-7")):
        run(*words, environ=unsaid)
    assert "bench set --because" in plain(run("case", "show", "K-8", status=2, environ=unsaid).err)
    run("bench", "set", "--case", "")
    run("case", "show", "K-8", environ=unsaid)
    looks = run.json("consultations", "list", "--case", "K-7")["consultations"]
    assert [e["because"] for e in looks[:2]] == ["examination for K-7"] * 2
