"""`custody seize --from`: many devices out of a spreadsheet's table, all of them or none."""

import codecs
import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from custody.core.errors import StorageError, UsageError
from custody_cli import tabular
from tests.bench import Bench, bench, plain

Table = Callable[[str | bytes], Path]


@pytest.fixture
def run(tmp_path: Path) -> Bench:
    return bench(tmp_path / "b")


@pytest.fixture
def table(tmp_path: Path) -> Table:
    def write(text: str | bytes) -> Path:
        path = tmp_path / "items.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def refused(run: Bench, *words: object, status: int = 2) -> str:
    """What is said; nothing has been recorded."""
    before = run.json("log")["count"]
    said = run("seize", "K-7", *words, status=status).err
    assert run.json("log")["count"] == before
    return plain(said)


def test_each_row_is_an_item_registered_seized_and_sealed(run: Bench, table: Table) -> None:
    path = table(
        "exhibit,type,make,state,seal,bag\n"
        'JS/1,mobile,Nokia,"on,locked",S-1,B-1\n'
        "JS/2,computer,Acme,,,\n"
        "JS/3,sim card,,off,S-3,\n"
    )
    answer = run.json("seize", "K-7", "--from", path, "--place", "Flat 3")
    assert answer["items"] == ["K-7/1", "K-7/2", "K-7/3"]
    assert [entry["act"] for entry in answer["entries"]].count("seal.applied") == 2
    assert len(answer["records"]) == 3 * 2 + 3 + 2
    first = run.json("item", "history", "JS/1")["history"]
    assert {entry["place"] for entry in first} == {"Flat 3"}
    assert first[1]["details"]["state"] == "on; locked"
    assert run.item("B-1")["item"] == "K-7/1"
    assert "seal" not in run.item("JS/2")
    assert run.item("JS/3")["type"] == "sim_card"
    run.examined()


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_tables_of_any_spreadsheet_are_read(
    table: Table, mark: bytes, separator: str, end: str
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator, lineterminator=end)
    writer.writerows([["exhibit", "make", ""], ["Ä/1", 'a "b", c; d', ""], ["", "", ""]])
    writer.writerow(["Ä/2", "two\nlines", ""])
    header, lines = tabular.read(table(mark + text.getvalue().encode()))
    assert header == ["exhibit", "make"]
    assert lines == [
        (2, {"exhibit": "Ä/1", "make": 'a "b", c; d'}),
        (4, {"exhibit": "Ä/2", "make": "two\nlines"}),
    ]


def test_what_is_typed_holds_where_a_cell_says_nothing(run: Bench, table: Table) -> None:
    path = table("exhibit,type,position\nJS/1,,desk\nJS/2,computer,\n")
    run("seize", "K-7", "--from", path, "--type", "mobile", "--position", "floor")
    assert [run.item(name)["type"] for name in ("JS/1", "JS/2")] == ["mobile", "computer"]
    position = [
        run.json("item", "history", name)["history"][1]["details"]["position"]
        for name in ("JS/1", "JS/2")
    ]
    assert position == ["desk", "floor"]


def test_photographs_are_looked_for_beside_the_table(
    run: Bench, table: Table, tmp_path: Path
) -> None:
    (tmp_path / "a.jpg").write_bytes(b"a")
    (tmp_path / "b.jpg").write_bytes(b"b")
    path = table("exhibit,type,photo\nJS/1,mobile,a.jpg; b.jpg\nJS/2,mobile,b.jpg\n")
    run("seize", "K-7", "--from", path)
    details = [
        entry["details"].get("attachments", "")
        for name in ("JS/1", "JS/2")
        for entry in run.json("item", "history", name)["history"]
    ]
    assert [entry.count(".jpg") for entry in details] == [0, 2, 0, 1]


def test_one_seal_that_is_typed_is_on_all_of_them(run: Bench, table: Table) -> None:
    path = table("exhibit,type,seal\nJS/1,mobile,\nJS/2,mobile,\nJS/3,mobile,S-3\n")
    answer = run.json("seize", "K-7", "--from", path, "--seal", "BOX-1")
    assert [entry["act"] for entry in answer["entries"]].count("seal.applied") == 3
    assert run("item", "show", "BOX-1", status=2).err.count("K-7/") == 2
    again = table("exhibit,type\nJS/4,mobile\n")
    assert "BOX-1 is on file for K-7/1" in refused(run, "--from", again, "--seal", "BOX-1")


def test_numbers_of_rows_and_free_ones_do_not_meet(run: Bench, table: Table) -> None:
    path = table("exhibit,type,number\nJS/1,mobile,\nJS/2,mobile,2\nJS/3,mobile,\n")
    assert run.json("seize", "K-7", "--from", path)["items"] == ["K-7/1", "K-7/2", "K-7/3"]
    assert run.item("K-7/3")["exhibit"] == "JS/3"


def test_the_template_is_a_table_that_is_understood(run: Bench, table: Table) -> None:
    header = run("seize", "--csv-template").out
    assert header.startswith("exhibit,type,")
    row = ",".join(["JS/1", "mobile"] + [""] * (header.count(",") - 1))
    assert run.json("seize", "K-7", "--from", table(f"{header}{row}\n"))["items"] == ["K-7/1"]


def test_a_dry_run_signs_nothing_and_shows_all(run: Bench, table: Table) -> None:
    path = table("exhibit,type,seal\nJS/1,mobile,S-1\nJS/2,mobile,S-2\n")
    made = run("seize", "K-7", "--from", path, "--dry-run")
    assert "would be signed by Ada Byron, and is not: 2 items of K-7 seized" in made.out
    assert made.out.count("item.registered") == 2
    assert run.json("item", "list")["items"] == []


def test_each_wrong_cell_is_told_with_its_row_and_column(run: Bench, table: Table) -> None:
    path = table(
        "Exhibit,Type,number,clock offset s,state\n"
        "JS/1,telephone,x,,\n"
        "\n"
        "JS/2,,,soon,humming\n"
        f"{'J' * 501},mobile,,,\n"
    )
    said = refused(run, "--from", path)
    assert "row 2, column Type: 'telephone' is none of computer" in said
    assert "row 2, column number: 'x' is not a valid integer" in said
    assert said.count("is missing") == 1
    assert "row 4, column type: is missing" in said
    assert "row 4, column clock offset s: 'soon' is not a valid integer" in said
    assert "row 4, column state: 'humming' is none of" in said
    assert "row 5, column Exhibit: has 501 characters, allowed are 500" in said


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (
            "exhibit,type\nA,mobile\nB,mobile\na,mobile\n",
            "row 4, column exhibit: a is that of row 2",
        ),
        ("type,seal\nmobile,S-1\nmobile,s-1\n", "row 3, column seal: s-1 is that of row 2 too"),
        ("type,number\nmobile,5\nmobile,5\n", "row 3, column number: 5 is that of row 2 too"),
        ("type,exhibit\nmobile,OLD\n", "row 2, column exhibit: OLD is on file for K-7/1"),
        ("type,seal\nmobile,old-1\n", "row 2, column seal: old-1 is on file for K-7/1"),
        ("type,number\nmobile,1\n", "row 2, column number: 1 is on file for K-7/1 (OLD)"),
        ("type,seal-type\nmobile,bag\n", "row 2: --seal-type is about a seal"),
        ("type,at\nmobile,noon\n", "row 2: 'noon' is not a time"),
        ("type,authority\nmobile,W-9\n", "row 2: K-7 has no legal basis 'W-9'"),
        ("type,photo\nmobile,none.jpg\n", "row 2, column photo: File"),
        ("type,at\nmobile,2001-01-01\n", "row 2: "),
        ("type,colr\nmobile,red\n", "no column may be called 'colr'; there are exhibit, type"),
        ("type,Type\nmobile,mobile\n", "two columns are called type"),
        ("type,bag,bag number\nmobile,1,2\n", "two columns are called bag-number"),
        ("type,\nmobile,red\n", "row 2: more cells than the 1 columns"),
        ("type,,make\nmobile,,x\n", "column 2 has no name"),
        ("type,yes\nmobile,1\n", "no column may be called 'yes'"),
        ("type,with\nmobile,bo\n", "no column may be called 'with'"),
        ("type,passphrase-file\nmobile,x\n", "no column may be called 'passphrase-file'"),
        ("type\n", "has a header and no rows"),
        ("", "is empty"),
        (",,\n,,\n", "names no columns"),
        ('type\n"mobile\n', "is not a table of comma-separated values"),
        ("type\nm\0obile\n", "holds a zero byte"),
        ("type\n" + "mobile\n" * (tabular.MOST + 1), f"has {tabular.MOST + 1} rows"),
        ("type\n" + "x" * tabular.LARGEST, f"has more than {tabular.LARGEST} bytes"),
    ],
)
def test_a_table_that_is_wrong_records_nothing(
    run: Bench, table: Table, rows: str, words: str
) -> None:
    run.seized("OLD", "--seal", "OLD-1")
    status = 4 if "2001" in rows else 2
    assert words in refused(run, "--from", table(rows), status=status)


def test_a_refusal_by_a_rule_names_the_row(run: Bench, table: Table) -> None:
    path = table("exhibit,type,at\nA,mobile,\nB,mobile,2099-01-01\n")
    said = refused(run, "--from", path, status=4)
    assert "E_TIME row 3: " in said


def test_what_is_one_items_own_is_no_option_for_all(run: Bench, table: Table) -> None:
    path = table("type\nmobile\nmobile\n")
    assert "make it a column" in refused(run, "--from", path, "--number", 5)
    assert "row 3, column exhibit: A is that of row 2" in refused(
        run, "--from", path, "--exhibit", "A"
    )


def test_without_a_table_the_type_is_asked_for_as_ever(run: Bench) -> None:
    assert "Missing option '--type'" in refused(run, "--exhibit", "JS/1")


def test_other_encodings_are_told_and_never_guessed(run: Bench, table: Table) -> None:
    said = refused(run, "--from", table("type,make\nmobile,Zoë\n".encode("latin-1")))
    assert "is not UTF-8 (byte 20): save it as CSV UTF-8" in said
    assert "is not UTF-8" in refused(run, "--from", table("type\nmobile\n".encode("utf-16")))


def test_a_table_that_cannot_be_read_is_said(tmp_path: Path, run: Bench) -> None:
    with pytest.raises(StorageError, match="cannot be read"):
        tabular.read(tmp_path)
    assert "does not exist" in refused(run, "--from", tmp_path / "none.csv")


def test_a_table_half_written_is_taken_away(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    with pytest.raises(UsageError, match="stopped"), tabular.written(target, ["a"]) as table:
        table.writerow(["1"])
        raise UsageError("stopped")
    assert not target.exists()
