"""`custody log`: every signed entry in the ledger's order, for auditors, and as a table."""

import csv
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

from custody import opening
from custody.ledger.journal import PAGE, Wanted
from custody_cli.tabular import harmless
from custody_schemas.declare import Kind
from tests.bench import Bench, bench, plain


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """Two cases; an item that was released, checked and corrected; a late entry; a formula."""
    made = bench(tmp_path_factory.mktemp("log"))
    made.seized("JS/1", "--seal", "S-1")
    made.seized("=1+1")
    made("transfer", "release", "JS/1", "=1+1", "--to", "bo", "--purpose", "storage")
    made("transfer", "cancel", "JS/1", "=1+1", "--reason", "no courier")
    hour_ago = time.strftime("%Y-%m-%d %H:%M", time.gmtime(time.time() - 3 * 86_400))
    late = ("--at", hour_ago, "--late-reason", "forgotten: on leave")
    made("note", "JS/1", "-m", "seen", "--place", "Lab 2", *late, "--with", "bo")
    made("case", "open", "K-8", "--title", "Another")
    made("note", "K-8", "-m", "private words")
    return made


def log(run: Bench, *words: object) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = run.json("log", *words)["entries"]
    return entries


def test_every_entry_stands_in_the_order_of_the_records_and_none_twice(run: Bench) -> None:
    entries = log(run)
    spans = [tuple(each["records"]) for each in entries]
    covered = [n for first, last in spans for n in range(first, last + 1)]
    assert covered == list(range(len(covered)))
    run("proof", covered[-1])
    run("proof", covered[-1] + 1, status=2)  # there is no record after these
    assert entries[0]["act"] == "ledger.opened"
    assert entries[0]["records"] == [0, 1]
    assert {entry["at"] for entry in entries} >= {entries[-1]["at"]}


def test_an_entry_says_what_who_when_and_on_what(run: Bench) -> None:
    (released,) = log(run, "--act", "transfer.released")
    assert sorted(released["subjects"]) == ["K-7/1 (JS/1)", "K-7/2 (=1+1)"]
    assert released["title"] == "released"
    assert released["signed_by"] == ["Ada Byron (Lab)"]
    assert sorted(released["not_stated"]) == ["condition", "method", "place"]
    first, last = released["records"]
    assert last == first + 1
    said = run("log", "--act", "transfer.released").out
    assert f"#{first}–{last}  {released['at']}  released: K-7/" in said
    assert "\n    by            Ada Byron (Lab)\n" in said


def test_families_people_and_cases_choose_entries(run: Bench) -> None:
    assert [each["act"] for each in log(run, "--act", "transfer")] == [
        "transfer.released",
        "transfer.cancelled",
    ]
    hers = log(run, "--person", "Bo Peep")
    assert len(hers) == 2  # her own note, and the one that she co-signed
    assert "Bo Peep (Lab) (as witness)" in hers[1]["signed_by"]
    assert [each["subjects"] for each in log(run, "--case", "K-8")] == [["K-8"], ["K-8"]]
    assert all(each["subjects"] != ["K-8"] for each in log(run, "--case", "K-7"))
    of_item = log(run, "--item", "JS/1")
    assert [each["act"] for each in of_item] == [
        *("item.registered", "item.seized", "seal.applied"),
        *("transfer.released", "transfer.cancelled", "note.recorded"),
    ]
    assert log(run, "--item", "JS/1", "--case", "K-7") == of_item
    assert log(run, "--item", "JS/1", "--act", "seal", "--person", "bo") == []


def test_late_and_unstated_entries_can_be_asked_for(run: Bench) -> None:
    (late,) = log(run, "--late")
    assert late["late"] == "forgotten – on leave"
    assert late["happened"] < late["at"]
    assert "late forgotten – on leave" in plain(run("log", "--late").out)
    silent = log(run, "--not-stated")
    assert silent
    assert all(each["not_stated"] for each in silent)
    assert late["entry"] not in {each["entry"] for each in silent}


def test_times_are_the_ledgers(run: Bench) -> None:
    every = log(run)
    at = every[5]["at"]
    later = log(run, "--from", at)
    assert later == [each for each in every if each["at"] >= at]
    until = log(run, "--to", at)
    assert until == [each for each in every if each["at"] <= at]
    both = log(run, "--from", at, "--to", at)
    assert both == [each for each in every if each["at"] == at]
    assert log(run, "--to", "2000-01-01") == []
    assert log(run, "--from", "2099-01-01") == []


def test_at_the_end_stands_what_it_counts_up_to(run: Bench) -> None:
    answer = run.json("log", "--case", "K-7")
    assert answer["acts"]["item.registered"] == 2
    assert answer["count"] == len(answer["entries"]) == sum(answer["acts"].values())
    assert answer["not_stated"]["condition"] == 4
    said = run("log", "--case", "K-7").out
    assert f"\n{answer['count']} entries\n" in said
    assert "\n       2  registered\n" in said
    assert "condition (4)" in said.splitlines()[-1]
    assert said.splitlines()[-1].startswith("never stated: ")


def test_a_limit_says_that_there_is_more(run: Bench) -> None:
    answer = run.json("log", "--limit", 2)
    assert (len(answer["entries"]), answer["more"]) == (2, True)
    every = run.json("log")
    assert not every["more"]
    assert not run.json("log", "--limit", every["count"])["more"]
    assert "there are more entries than that" in run("log", "--limit", 2).out
    assert "there are more" not in run("log").out


def test_a_table_is_plain_csv_and_runs_no_formula(run: Bench, tmp_path: Path) -> None:
    target = tmp_path / "log.csv"
    said = run("log", "--item", "K-7/2", "--csv", target)
    data = target.read_bytes()
    assert data.count(b"\r\n") == data.count(b"\n") == 5
    with target.open(encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file, strict=True))
    assert header[:4] == ["first record", "last record", "recorded", "happened"]
    assert {len(row) for row in rows} == {len(header)}
    assert rows[0][header.index("subjects")] == "K-7/2 (=1+1)"
    assert "4 entries written to" in said.out
    answer = run.json("log", "--csv", tmp_path / "other.csv")
    assert answer["entries"] == []
    assert answer["count"] == run.json("log")["count"]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_a_cell_like_a_formula_gets_an_apostrophe(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "JS/1", "'=1", "2026-11-22", " =1"])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert harmless(cell) == cell


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("a;=1+1", "a;'=1+1"),
        ("a; @SUM(B1)\n-2", "a;' @SUM(B1)\n'-2"),
        ("a\t\uff1d1", "a\t'\uff1d1"),
        ("a; b", "a; b"),
        ("K-7, p. 2-3", "K-7, p. 2-3"),
    ],
)
def test_nor_runs_what_another_spreadsheet_would_cut_there(cell: str, told: str) -> None:
    """Where a comma is a decimal sign, they are separated by semicolons."""
    assert harmless(cell) == told


def test_a_person_called_like_a_formula_is_made_harmless(tmp_path: Path) -> None:
    made = bench(tmp_path / "b")
    made("identity", "create", "ev", "--name", "=HYPERLINK(1)", "--organisation", "Lab", "-o",
         tmp_path / "r.json")  # fmt: skip
    made("actor", "enrol", tmp_path / "r.json", "--role", "peer_reviewer")
    made("log", "--act", "actor", "--csv", tmp_path / "log.csv")
    with (tmp_path / "log.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.DictReader(file))[-1]["subjects"] == "'=HYPERLINK(1) (Lab)"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--act", "transfers"), "'transfers' is none of access, actor"),
        (("--act", "transfer.relaesed"), "is none of transfer.accepted, transfer.acknowledged"),
        (("--person", "Nobody"), "nobody called 'Nobody'"),
        (("--case", "K-9"), "there is no case 'K-9'"),
        (("--item", "JS/9"), "no item answers to 'JS/9'"),
        (("--item", "JS/1", "--case", "K-8"), "K-7/1 is no item of the case K-8"),
        (("--from", "yesterday"), "'yesterday' is not a time"),
        (("--from", "2026-11-23", "--to", "2026-11-22"), "nothing lies between"),
        (("--limit", "0"), "--limit"),
        (("JS/1",), "unexpected extra argument"),
    ],
)
def test_what_cannot_be_meant_is_refused(run: Bench, words: tuple[str, ...], message: str) -> None:
    assert message in plain(run("log", *words, status=2).err)


def test_a_file_that_is_there_is_never_written_over(run: Bench, tmp_path: Path) -> None:
    target = tmp_path / "log.csv"
    target.write_text("mine")
    assert "name another file" in run("log", "--csv", target, status=2).err
    assert target.read_text() == "mine"
    assert "cannot be written" in run("log", "--csv", tmp_path / "no" / "x.csv", status=5).err


def test_nothing_of_what_was_written_is_in_it_but_what_it_names(run: Bench) -> None:
    assert "private words" not in run("log").out


def test_an_entry_that_was_altered_is_not_told(tmp_path: Path) -> None:
    made = bench(tmp_path)
    made.seized("JS/1")
    database = tmp_path / "home" / "ledger.sqlite"
    with sqlite3.connect(database) as connection:
        connection.execute("DROP TRIGGER IF EXISTS envelope_no_update")
        names = connection.execute("SELECT name FROM sqlite_master WHERE type='trigger'")
        for (name,) in names.fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        (last,) = connection.execute("SELECT max(id) FROM envelope").fetchone()
        connection.execute(
            "UPDATE envelope SET data = (SELECT data FROM envelope WHERE id = 1) WHERE id = ?",
            (last,),
        )
    connection.close()
    target = tmp_path / "log.csv"
    refused = made("log", "--csv", target, status=5).err
    assert "comes with another entry than its own" in refused
    assert "custody verify" in refused
    assert not target.exists(), "half a table is none"


def test_entries_are_read_page_by_page_and_each_once(tmp_path: Path) -> None:
    """More than two pages, with an entry of two records on each border."""
    made = bench(tmp_path)
    home = opening.read_home(tmp_path / "home")
    path = tmp_path / "items.csv"
    rows = "".join(f"X/{n},mobile\n" for n in range(PAGE))
    path.write_text(f"exhibit,type\n{rows}")
    made("seize", "K-7", "--from", path)
    ledger = opening.open_ledger(home)
    every = [recorded.envelope for recorded in ledger.entries(Wanted())]
    assert len(every) == len(set(every)) == made.json("log", "--limit", 5000)["count"]
    case = ledger.find(Kind.CASE, "K-7")[0].tag
    chosen = [each.envelope for each in ledger.entries(Wanted(tags=(case, case)))]
    assert chosen == [each for each in every if each in set(chosen)]
    assert list(ledger.entries(Wanted(tags=()))) == []
    assert list(ledger.entries(Wanted(saying=(b"nothing says this",)))) == []
