"""Jurisdiction packs at the command line: loaded by two, shown, and what they move. (R69, R131)"""

from pathlib import Path
from typing import Any

import pytest

from custody.core.reading import read_record
from custody_schemas import answers
from tests.bench import Bench, bench, plain

LOAD = ("--reason", "adopted by the board", "--with", "cy")
RULE = """
[[retention]]
code = "all"
text = "kept"
source = "house"
lines = ["device", "image", "working_copy", "derived"]
trigger = "registration"
keep = { years = YEARS }
mode = "governance"
"""


@pytest.fixture
def run(tmp_path: Path) -> Bench:
    return bench(tmp_path)


def written(run: Bench, version: int, years: int, more: str = "", days: int = 30) -> Path:
    """A pack `house` of one rule."""
    head = (
        f'name = "house"\nversion = {version}\ntitle = "Rules of the house"\nexample = false\n'
        f"cooling_off_days = {days}\njustification = false\n{more}"
    )
    return run.file(f"house-{version}.toml", (head + RULE.replace("YEARS", str(years))).encode())


def loaded(run: Bench, file: Path, status: int = 0) -> Any:
    return run.json("--as", "bo", "pack", "load", file, *LOAD, status=status)


def kept_case(run: Bench) -> str:
    """An item in a case under the pack `house`."""
    run("case", "open", "K-8", "--title", "Second", "--legal-profile", "house")
    run("authority", "record", "K-8", "--kind", "search_warrant", "--identifier", "W-2")
    made = run.json("seize", "K-8", "--exhibit", "AB/1", "--type", "mobile")
    return str(made["items"][0])


def test_two_who_oversee_put_a_pack_in_force(run: Bench) -> None:
    assert "no pack is loaded" in run("pack", "list").out
    made = read_record(answers.PackTaken, loaded(run, written(run, 1, 2)))
    assert (made.pack, made.version, made.moves) == ("house", 1, ())
    (listed,) = run.json("pack", "list")["packs"]
    assert (listed["pack"], listed["version"], listed["rules"]) == ("house", 1, 1)
    assert "until" not in listed
    run.examined()


@pytest.mark.parametrize("person", ["ada", "di"])
def test_one_alone_does_not(run: Bench, person: str) -> None:
    file = written(run, 1, 2)
    made = run("--as", person, "pack", "load", file, "--reason", "mine", status=4)
    assert ("E_NO_GRANT" if person == "ada" else "E_TWO_PERSON") in made.err
    assert "no pack is loaded" in run("pack", "list").out


def test_a_later_version_shows_every_item_whose_date_moves_and_waits(run: Bench) -> None:
    loaded(run, written(run, 1, 20))
    item = kept_case(run)
    before = run.json("retention", "show", item)["items"][0]["until"]
    file = written(run, 2, 1)
    shown = run("--as", "bo", "pack", "load", file, *LOAD, "--dry-run").out
    assert item in shown and "kept now" in shown and before in shown
    made = loaded(run, file)
    (move,) = made["moves"]
    assert (move["item"], move["exhibit"], move["sooner"]) == (item, "AB/1", True)
    assert before in move["now"] and made["since"] > made["at"]
    assert run.json("retention", "show", item)["items"][0]["until"] == before, "it waits"
    first, second = run.json("pack", "list")["packs"]
    assert first["until"] == second["since"] == made["since"]


def test_a_longer_time_is_said_to_move_nothing_to_an_earlier_date(run: Bench) -> None:
    loaded(run, written(run, 1, 1))
    item = kept_case(run)
    out = run("--as", "bo", "pack", "load", written(run, 2, 9), *LOAD).out
    assert "moves the dates of one item, none to an earlier one" in plain(out)
    lines = run.json("retention", "show", item)["items"][0]["lines"]
    assert [line["version"] for line in lines] == [1, 2], "both count until then"


@pytest.mark.parametrize(
    ("version", "again", "word"),
    [
        (1, 1, "version 1 of this pack is in force already"),
        (3, 2, "version 3 of this pack is in force already"),
    ],
)
def test_versions_only_go_up(run: Bench, version: int, again: int, word: str) -> None:
    loaded(run, written(run, version, 2))
    refused = loaded(run, written(run, again, 3), status=4)
    assert refused["refused"]["code"] == "E_PACK" and word in str(refused)


def test_one_version_waits_at_a_time(run: Bench) -> None:
    loaded(run, written(run, 1, 2))
    loaded(run, written(run, 2, 3))
    assert "still to come" in str(loaded(run, written(run, 3, 4), status=4))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (b"name = 'x", "TOML"),
        (b"name = 'x'\n", "version"),
        (b"\xff\xfe", "TOML"),
    ],
)
def test_a_file_that_is_no_pack_is_refused(run: Bench, text: bytes, word: str) -> None:
    made = run("--as", "bo", "pack", "load", run.file("x.toml", text), *LOAD, status=5)
    assert word in made.err and "is loaded" in run("pack", "list").out


def test_what_a_pack_says_is_shown_with_its_sources(run: Bench) -> None:
    example = run.json("pack", "show", "example-ew")
    assert example["example"] is True and all(rule["source"] for rule in example["rules"])
    out = run("pack", "show", "example-ew").out
    assert "an example: somebody must confirm every line" in out
    loaded(run, written(run, 1, 2))
    (rule,) = run.json("pack", "show", "house")["rules"]
    assert rule["runs"] == "2 years from registration"
    assert "`custody pack list` shows" in run("pack", "show", "nothing", status=2).err
