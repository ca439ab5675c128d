"""Erasure at the command line: what is erased is nowhere, and everything else verifies."""

import base64
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from custody import opening, outbox
from custody.ledger import Submission
from custody.store import sqlite
from tests.bench import CASE, Bench, bench
from tests.crashing import Fault, strike

SECRET = "Zacharias Quellwasser-Oberhuber"
GROUND = ("--ground", "request_of_person", "--reason", "asked for it in writing")
APPROVED = ("--with", "cy", "--with", "di")


@pytest.fixture
def run(tmp_path: Path) -> Bench:
    return bench(tmp_path)


def spellings(value: str) -> Iterator[bytes]:
    """The bytes of a value, as hex, and as base64 wherever in a text it begins."""
    data = value.encode()
    yield from (data, data.hex().encode(), data.hex().upper().encode(), value.encode("utf-16-le"))
    for lead in range(3):
        text = base64.b64encode(b"x" * lead + data)
        inner = text[4 if lead else 0 : -4]
        yield from (inner, inner.replace(b"+", b"-").replace(b"/", b"_"))


def found(folder: Path, value: str) -> list[str]:
    """Files in which the value stands, one way or another."""
    wanted = list(spellings(value))
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [str(path) for path in files if any(each in path.read_bytes() for each in wanted)]


def erase(run: Bench, *words: object, status: int = 0) -> Any:
    said = ("privacy", "erase", *words, *GROUND, *APPROVED, "-y")
    return run("--as", "bo", *said, status=status)


def number(run: Bench, item: str, act: str) -> int:
    history = run.json("item", "history", item)["history"]
    return next(int(each["number"]) for each in reversed(history) if each["act"] == act)


def registered(run: Bench, owner: str = SECRET) -> tuple[str, int]:
    """An item whose owner is on file, and the number of the entry that says who it is."""
    item = run.seized("JS/1", owner=owner)
    return item, number(run, item, "item.registered")


def acts(run: Bench, item: str) -> list[str]:
    return [each["act"] for each in run.json("item", "history", item)["history"]]


def remark(run: Bench, item: str, words: str = f"belongs to {SECRET}") -> int:
    run("note", item, "-m", words)
    return number(run, item, "note.recorded")


def test_an_erased_value_is_found_nowhere(run: Bench) -> None:
    item, at = registered(run)
    assert SECRET in run("item", "history", item).out
    told = erase(run, item, at, "--field", "owner", "--authority", "W-1")
    assert "erased for good" in told.out and "made before still have it" in told.out
    assert found(run.folder, SECRET) == []
    run.examined()
    entry = run.json("item", "history", item)["history"][at - 1]
    assert entry["withheld"] == ["owner"]
    assert entry["later"][0]["what"] == "owner: erased, request of person"
    run("rebuild", "-y")
    run.examined()


def test_nothing_answers_to_an_erased_name(run: Bench) -> None:
    item, at = registered(run)
    run("item", "ref", item, "--kind", "court", "--reference", "EX-77")
    erase(run, item, at, "--field", "exhibit", "--field", "owner")
    assert "no item answers" in run("item", "show", "JS/1", status=2).err
    assert run.item("EX-77")["item"] == item
    run.examined()


def test_what_a_correction_says_instead_stays(run: Bench) -> None:
    item, at = registered(run)
    corrected = ("--field", "owner", "--value", "Mia Thorsen")
    run("privacy", "rectify", item, at, *corrected)
    told = erase(run, item, at, "--field", "owner")
    assert "has a value of its own" in told.out
    assert found(run.folder, SECRET) == []
    run.examined()
    assert "Mia Thorsen" in run("item", "history", item).out


def test_what_a_correction_said_goes_with_its_entry(run: Bench) -> None:
    item, at = registered(run, "Mia Thorsen")
    run("privacy", "rectify", item, at, "--field", "owner", "--value", SECRET)
    erase(run, item, number(run, item, "correction.recorded"), "--field", "value")
    assert found(run.folder, SECRET) == []
    run.examined()


def test_a_person_is_forgotten(run: Bench) -> None:
    person = run.folder / "eva.json"
    run("identity", "create", "eva", "--name", SECRET, "--organisation", "Lab", "-o", person)
    known = ("--role", "investigator", "--identity-checked", "in_person")
    run("actor", "enrol", person, *known)
    run("actor", "leave", SECRET, "--reason", "person_left")
    erase(run, SECRET, 1, "--field", "name")
    assert found(run.folder / "home", SECRET) == []
    run("actor", "show", SECRET, status=2)
    run.examined()
    assert run("person", "list").status == 0


def test_a_remark_is_erased_whole(run: Bench) -> None:
    item = run.seized("JS/1")
    at = remark(run, item)
    remark(run, item, "unrelated")
    erase(run, item, at, "--whole")
    assert found(run.folder, SECRET) == []
    run.examined()
    gone = run.json("item", "history", item)["history"][at - 1]
    assert (gone["act"], gone["who"], gone["details"]) == ("note.recorded", ["erased"], {})
    for words in (("item", "show", item), ("log",), ("mine",), ("item", "list")):
        run(*words)
    run("note", item, "-m", "life goes on")
    run("rebuild", "-y")
    run.examined()


def test_a_remark_on_two_items_is_erased_on_both(run: Bench) -> None:
    items = run.seized("JS/1"), run.seized("JS/2")
    run("note", *items, "-m", SECRET)
    erase(run, items[1], number(run, items[1], "note.recorded"), "--whole")
    assert found(run.folder, SECRET) == []
    for item in items:
        assert "erased" in run("item", "history", item).out
    run.examined()


def test_a_countersigned_remark_that_is_gone_leaves_a_doubt(run: Bench) -> None:
    """Whether its signer countersigned her own remark is not known any more."""
    item = run.seized("JS/1")
    at = remark(run, item)
    run("correct", item, at, "--field", "note", "--value", "none", "--reason", "wrong_person")
    erase(run, item, at, "--whole")
    assert run.json("verify", "--full", "--processes", 1, status=3)["verdict"] == "UNDETERMINED"
    run("rebuild", "-y")


def test_bundles_say_what_was_erased(run: Bench) -> None:
    item, at = registered(run)
    second = remark(run, item)
    before, after = run.folder / "before.zip", run.folder / "after.zip"
    announced = ("--recipient", "Court", "--purpose", "court_production", "-o")
    run("export", CASE, *announced, before)
    erase(run, item, at, "--field", "owner")
    erase(run, item, second, "--whole")
    run("export", CASE, *announced, after)
    trust = run.folder / "trust.txt"
    run("trust", "show", "-o", trust)
    for bundle in (before, after):
        assert run.json("verify", bundle, "--trust", trust)["verdict"] == "PASSED"
    said = run("verify", after, "--trust", trust).out
    assert "owner, erased, request of person" in said
    assert "the whole entry, erased, request of person" in said
    with zipfile.ZipFile(after) as bag:
        assert not any(SECRET.encode() in bag.read(name) for name in bag.namelist())


def test_an_item_with_an_erased_remark_is_carried_to_another_machine(run: Bench) -> None:
    item, at = registered(run)
    second = remark(run, item)
    erase(run, item, second, "--whole")
    erase(run, item, at, "--field", "owner")
    offer, answer = run.folder / "offer.json", run.folder / "answer.json"
    run("transfer", "offer", item, "--to", "Bo Peep", "--purpose", "storage", "-o", offer)
    run("--as", "bo", "countersign", offer, "-o", answer, "-y")
    run("submit", answer)
    assert run.item(item)["holder"] == "Bo Peep (Lab)"
    run.examined()


def submitted(run: Bench, item: str) -> Submission:
    """The last entry on an item as its signer sent it."""
    home = opening.read_home(run.folder / "home", run.environ)
    entry = run.json("item", "history", item)["history"][-1]["entry"]
    recorded = opening.open_ledger(home).entry(entry)
    return Submission(recorded.envelope, recorded.disclosures)


def waiting(run: Bench, batch: Sequence[Submission]) -> Path:
    """A batch that Ada's command was killed over before it could forget it."""
    kept = outbox.keep(run.folder / "identities" / "ada" / "outbox", "0" * 64, batch)
    kept.leave()
    return kept.path


def test_what_its_signer_did_not_come_to_forget_is_erased_too(run: Bench) -> None:
    item = run.seized("JS/1")
    at = remark(run, item)
    path = waiting(run, [submitted(run, item)])
    assert str(path) in found(run.folder, SECRET)
    erase(run, item, at, "--whole")
    assert found(run.folder, SECRET) == [] and not path.exists()
    run.examined()


def test_what_was_never_recorded_waits_on(run: Bench, tmp_path: Path) -> None:
    other = bench(tmp_path / "other")
    foreign = other.seized("JS/9")
    item, at = registered(run)
    path = waiting(run, [submitted(run, item), submitted(other, foreign)])
    erase(run, item, at, "--field", "owner")
    assert path.exists()


def refused(run: Bench, *words: object) -> str:
    return str(
        run.json("--as", "bo", "privacy", "erase", *words, "-y", status=4)["refused"]["code"]
    )


def test_one_approver_is_not_enough(run: Bench) -> None:
    item, at = registered(run)
    assert refused(run, item, at, "--field", "owner", *GROUND, "--with", "cy") == "E_TWO_PERSON"
    assert SECRET in run("item", "history", item).out


def test_nothing_is_erased_under_a_hold(run: Bench) -> None:
    item, at = registered(run)
    run("--as", "di", "hold", "place", item, "--kind", "appeal", "--reason", "notice of appeal")
    assert refused(run, item, at, "--field", "owner", *GROUND, *APPROVED) == "E_HOLD"
    assert SECRET in run("item", "history", item).out


def test_what_the_rules_need_is_not_erased_whole(run: Bench) -> None:
    item, at = registered(run)
    assert refused(run, item, at, "--whole", *GROUND, *APPROVED) == "E_ERASURE"


def test_the_name_of_a_case_stays(run: Bench) -> None:
    words = (CASE, 1, "--field", "reference", *GROUND, *APPROVED)
    assert refused(run, *words) == "E_ERASURE"


def test_what_is_erased_is_not_erased_again(run: Bench) -> None:
    item, at = registered(run)
    erase(run, item, at, "--field", "owner")
    assert refused(run, item, at, "--field", "owner", *GROUND, *APPROVED) == "E_ERASURE"
    second = remark(run, item)
    erase(run, item, second, "--whole")
    assert refused(run, item, second, "--whole", *GROUND, *APPROVED) == "E_ERASURE"
    assert refused(run, item, second, "--field", "note", *GROUND, *APPROVED) == "E_ERASURE"


def test_fields_or_the_whole(run: Bench) -> None:
    item, at = registered(run)
    erase(run, item, at, status=2)
    erase(run, item, at, "--whole", "--field", "owner", status=2)


def test_only_what_is_of_a_person_is_rectified(run: Bench) -> None:
    item, at = registered(run)
    words = ("--field", "quantity", "--value", "2")
    assert "E_ERASURE" in run("privacy", "rectify", item, at, *words, status=4).err


def test_an_envelope_is_emptied_only_where_an_entry_says_so(run: Bench) -> None:
    remark(run, run.seized("JS/1"))
    with closing(sqlite.driver.connect(run.folder / "home" / "ledger.sqlite")) as rows:
        for sql in (
            "UPDATE envelope SET data = x'' WHERE id = 1",
            "UPDATE envelope SET data = x'00' WHERE id = 1",
            "DELETE FROM envelope WHERE id = 1",
        ):
            with pytest.raises(sqlite.driver.IntegrityError, match="append-only"):
                rows.execute(sql)


def test_nor_where_only_the_list_says_so(run: Bench) -> None:
    item = run.seized("JS/1")
    at = remark(run, item)
    n = run.json("item", "history", item)["history"][at - 1]["n"]
    with closing(sqlite.driver.connect(run.folder / "home" / "ledger.sqlite")) as rows, rows:
        (envelope,) = rows.execute("SELECT envelope FROM record WHERE n = ?", (n,)).fetchone()
        rows.execute("INSERT INTO erasure VALUES (?, '', ?, 1)", (envelope, n))
        rows.execute("UPDATE envelope SET data = x'' WHERE id = ?", (envelope,))
    told = run.json("verify", "--full", "--processes", 1, status=1)
    assert told["verdict"] == "FAILED"
    assert {f["check"] for f in told["findings"] if f["outcome"] == "FAILED"} >= {
        "STATEMENT",
        "STRUCTURE",
    }


POINTS = (
    *("pwrite64-40", "fdatasync-1", "pwrite64-50", "pwrite64-120", "ftruncate-2", "ftruncate-4"),
    # Each commit of the key store ends in an unlink, and has syncs before it.
    *("unlink-6", "unlink-7", "unlink-8", "unlink-9"),
    *(f"fsync-{n}" for n in (11, 14, 16, 19, 21, 22, 24, 25, 28, 30, 33)),
)


@pytest.mark.needs("strace")
@pytest.mark.parametrize("point", POINTS)
def test_a_destruction_that_was_stopped_is_found_and_finished(run: Bench, point: str) -> None:
    item, at = registered(run)
    said = ("privacy", "erase", item, at, "--field", "owner", *GROUND, *APPROVED, "-y")
    call, _, when = point.partition("-")
    killed = strike(run, ("--as", "bo", *said), Fault(call, int(when))).status is None
    half = killed and "privacy.erased" in acts(run, item)
    examined = run.tried("--json", "verify", "--full", "--processes", 1).answer
    assert ("custody privacy finish" in str(examined)) == half
    done = not half and "privacy.erased" in acts(run, item)
    assert run.tried("--as", "bo", *said).status == (4 if done else 0)
    assert found(run.folder, SECRET) == []
    assert acts(run, item).count("privacy.erased") == 1
    run.examined()
    assert run.json("privacy", "finish")["records"] == []
