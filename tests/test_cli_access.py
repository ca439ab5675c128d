"""What the record says of one person in one case, with proofs. (R100)"""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from custody.core.proof import Proof
from custody.core.reading import plain, read_record
from custody.core.record import record_hash
from custody_schemas import answers
from tests.bench import CASE, Bench, bench
from tests.bench import plain as words_of

ACCESS = ("privacy", "access")


@pytest.fixture
def run(tmp_path: Path) -> Bench:
    return bench(tmp_path)


def told(run: Bench, person: str, *more: str, case: str = CASE) -> list[dict[str, Any]]:
    found = run.json(*ACCESS, person, case, *more)
    assert plain(read_record(answers.Accessed, found)) == found
    return list(found["entries"])


def ways(run: Bench, person: str) -> list[tuple[str, list[str]]]:
    return [(each["entry"]["act"], each["ways"]) for each in told(run, person)]


def kept_by_bo(run: Bench) -> str:
    item = run.seized("JS/1")
    run("transfer", "release", item, "--to", "bo", "--purpose", "storage")
    run("--as", "bo", "transfer", "accept", item, "--location", "vault")
    return item


def test_who_signed_received_and_held_finds_it_all(run: Bench) -> None:
    item = kept_by_bo(run)
    run("note", item, "-m", "nothing of anybody")
    run("actor", "leave", "bo", "--yes")
    taken = ("takeover", item, "--reason", "left_service", "--observed", "physically_verified")
    run(*taken, "--location", "vault", "--with", "cy", "--yes")
    assert ways(run, "bo") == [
        ("note.recorded", ["signed it"]),  # when they met
        ("transfer.released", ["named as to"]),
        ("transfer.accepted", ["signed it"]),
        ("custody.assumed", ["held the item until then"]),
    ]


def test_who_is_only_named_is_found_by_name_in_whatever_case(run: Bench) -> None:
    item = run.seized("JS/1")
    run("note", item, "-m", "belongs to ZOE QUIST, a witness")
    run("note", CASE, "-m", "Ms Quist called")
    run("case", "open", "K-8", "--title", "Zoe Quist and others")
    (found,) = told(run, "Zoe Quist")
    assert found["ways"] == ["named in note"]
    assert found["said"] == ["note: belongs to ZOE QUIST, a witness"]
    assert len(told(run, "Zoe Quist", "--called", "Ms Quist")) == 2
    assert [e["entry"]["act"] for e in told(run, "Zoe Quist", case="K-8")] == ["case.opened"]
    assert told(run, "Nobody At All") == []


def test_a_role_in_the_case_is_told_and_one_in_another_is_not(run: Bench) -> None:
    run("case", "open", "K-8", "--title", "Other goods")
    run("role", "grant", "di", "courier", "--case", CASE)
    run("role", "grant", "di", "courier", "--case", "K-8")
    found = [each for each in ways(run, "di") if each[0] == "role.granted"]
    assert found == [("role.granted", ["it is about her"])]


def test_each_entry_comes_with_the_proof_that_it_is_in_the_log(run: Bench) -> None:
    kept_by_bo(run)
    for each in told(run, "bo"):
        proof = Proof.read(each["proof"].encode())
        assert proof.index == each["entry"]["records"][0]
        proof.verify(record_hash(proof.extra))


@pytest.mark.parametrize("suffix", ["txt", "csv", "json"])
def test_it_is_written_in_three_forms(run: Bench, suffix: str) -> None:
    kept_by_bo(run)
    target = run.folder / f"all.{suffix}"
    made = run(*ACCESS, "bo", CASE, "-o", target)
    assert "3 entries on Bo Peep (Lab)" in made.out
    assert "names others too" in made.out
    data = target.read_text()
    if suffix == "json":
        assert len(json.loads(data)["entries"]) == 3
    elif suffix == "csv":
        header, *rows = csv.reader(data.splitlines(keepends=True))
        assert (len(rows), header[6]) == (3, "how she is in it")
        assert Proof.read(rows[0][-1].encode()).index == int(rows[0][0])
    else:
        assert data.count("proof that it is in the log") == 3
    run(*ACCESS, "bo", CASE, "-o", target, status=2)


def test_another_form_is_refused_before_anything_is_read(run: Bench) -> None:
    made = run(*ACCESS, "bo", CASE, "-o", run.folder / "bo.pdf", status=2)
    assert ".txt, .csv or .json" in words_of(made.err)
    assert "no case" in words_of(run(*ACCESS, "bo", "K-99", status=2).err)


def test_it_is_logged_as_a_disclosure_and_needs_a_reason(run: Bench) -> None:
    unsaid = {"CUSTODY_BECAUSE": None}
    made = run(*ACCESS, "bo", CASE, status=2, environ=unsaid)
    assert "say why" in words_of(made.err) and made.out == ""
    run(*ACCESS, "bo", CASE, "--because", "she asked on 1 May")
    looks = run.json("--as", "cy", "consultations", "list")["consultations"]
    line = [each for each in looks if each["command"] == "privacy access"][-1]
    assert (line["operation"], line["because"]) == ("disclosure", "she asked on 1 May")
    assert line["subjects"] == [CASE, "Bo Peep (Lab)"]


def test_erased_values_are_not_found_and_the_entry_says_so(run: Bench) -> None:
    item = run.seized("JS/1")
    run("note", item, "-m", "belongs to Zoe Quist", "--place", "at Zoe Quist's")
    (before,) = told(run, "Zoe Quist")
    assert before["entry"]["withheld"] == []
    number = len(run.json("item", "history", item)["history"])
    why = ("--ground", "request_of_person", "--reason", "asked")
    erase = ("privacy", "erase", item, f"#{number}", "--field", "note", "--yes", *why)
    run("--as", "cy", *erase, "--with", "bo:approver", "--with", "di:approver")
    (after,) = told(run, "Zoe Quist")
    assert (after["ways"], after["entry"]["withheld"]) == (["named in place"], ["note"])
