"""Erasure at the command line: what is erased is nowhere, and everything else verifies."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from custody_schemas import answers
from tests.bench import CASE, Bench, bench

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


def test_an_erased_value_is_found_nowhere(run: Bench) -> None:
    item = run.seized("JS/1", owner=SECRET)
    assert found(run.folder, SECRET)
    told = erase(run, item, number(run, item, "item.registered"), "--field", "owner")
    assert "erased for good" in told.out
    assert found(run.folder, SECRET) == []
    run.examined()
    run("rebuild", "-y")
    run.examined()


def test_a_remark_is_erased_whole(run: Bench) -> None:
    item = run.seized("JS/1")
    run("note", item, "-m", f"belongs to {SECRET}")
    run("note", item, "-m", "unrelated")
    at = number(run, item, "note.recorded") - 1
    erase(run, item, at, "--whole")
    assert found(run.folder, SECRET) == []
    run.examined()
    history = run.json("item", "history", item)["history"]
    gone = history[at - 1]
    assert (gone["act"], gone["who"], gone["details"]) == ("note.recorded", ["erased"], {})
    assert "erased" in run("item", "history", item).out
    run("rebuild", "-y")
    run.examined()
