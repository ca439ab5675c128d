"""Every `--json` document is what `custody_schemas.answers` declares, and nothing else."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from custody.core.errors import MalformedError
from custody.core.reading import plain, read_record
from custody_cli.exits import document
from custody_schemas import answers
from custody_schemas.declare import Record
from tests.bench import Bench, bench


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """A bench with an item that was sealed, one with content, and an open hand-over."""
    made = bench(tmp_path_factory.mktemp("answers"))
    made.seized("JS/1", "--seal", "S-1")
    made.seized("JS/2")
    made.acquired(made.file("disk.dd", b"x" * 70_000), "D/1")
    made("transfer", "release", "JS/2", "--to", "bo", "--purpose", "storage")
    made("discrepancy", "open", "JS/2", "--kind", "damage", "--details", "cracked")
    made("correct", "JS/1", "#1", "--field", "make", "--value", "N", "--reason", "omitted_field")
    made("export", "K-7", "--recipient", "X", "--purpose", "storage", "-o", made.folder / "b.zip")
    return made


def test_an_answer_tells_no_terminal_what_to_do() -> None:
    """A file can be called so that some terminals obey its name; JSON has a spelling for it."""
    said = {"name": "a\x9b2J \u202e b\u2066\U000e0001 \udcff", "words": "ü 日本"}
    text = document(said)
    assert json.loads(text) == said
    assert all(line.isprintable() for line in text.split("\n"))
    assert "ü 日本" in text


ANSWERS: list[tuple[type[Record], tuple[str, ...]]] = [
    (answers.Identities, ("identity", "list")),
    (answers.Whoami, ("whoami",)),
    (answers.Agent, ("lock",)),
    (answers.People, ("actor", "list")),
    (answers.PersonAnswer, ("actor", "show", "bo")),
    (answers.People, ("key", "list")),
    (answers.Cases, ("case", "list")),
    (answers.CaseAnswer, ("case", "show", "K-7")),
    (answers.Authorities, ("authority", "list", "K-7")),
    (answers.Items, ("item", "list")),
    (answers.ItemShown, ("item", "show", "D/1")),
    (answers.History, ("item", "history", "JS/1")),
    (answers.History, ("item", "history", "D/1")),
    (answers.OpenTransfers, ("transfer", "list")),
    (answers.Discrepancies, ("discrepancy", "list")),
    (answers.Mine, ("mine",)),
    (answers.Requests, ("request", "list")),
    (answers.Journal, ("log",)),
    (answers.BenchAnswer, ("bench", "show")),
    (answers.Recorded, ("note", "K-7", "-m", "x")),
    (answers.Checked, ("seal", "verify", "JS/1", "--seal-read", "S-1")),
    (answers.Checked, ("check", "--all")),
    (answers.Drafted, ("move", "JS/1", "--to", "Shelf", "--dry-run")),
    (answers.ProofAnswer, ("proof", "1")),
    (answers.TrustAnswer, ("trust", "show")),
    (answers.Examined, ("verify",)),
    (answers.Rebuilt, ("rebuild",)),
]


@pytest.mark.parametrize(("kind", "words"), ANSWERS, ids=lambda value: str(value)[:40])
def test_an_answer_is_the_declared_record(
    run: Bench, kind: type[Record], words: tuple[str, ...]
) -> None:
    answer = run.json(*words)
    read = read_record(kind, answer)
    assert plain(read) == answer


def test_answers_about_files_are_declared_too(tmp_path: Path) -> None:
    run = bench(tmp_path)
    path = run.file("a.bin", b"a")
    read_record(answers.Planned, run.json("acquire", "K-7", path, "--dry-run"))
    read_record(answers.Acquired, run.json("acquire", "K-7", path))
    bundle = run.folder / "b.zip"
    words = ("export", "K-7", "--recipient", "X", "--purpose", "storage", "-o", bundle)
    read_record(answers.Exported, run.json(*words))
    report = read_record(answers.Report, run.json("verify", bundle, status=3))
    assert report.verdict == "UNDETERMINED"
    read_record(answers.Refused, run.json("proof", 9999, status=2))
    request = run.folder / "e.json"
    created = ("identity", "create", "eve", "--name", "Eve", "--organisation", "X", "-o", request)
    read_record(answers.IdentityAnswer, run.json(*created))
    other = Bench(tmp_path / "other")
    made = other.json("init", "--origin", "o", "--name", "A", "--organisation", "B")
    read_record(answers.LedgerMade, made)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda answer: answer | {"more": 1},
        lambda answer: {k: v for k, v in answer.items() if k != "records"},
        lambda answer: answer | {"at": "now"},
        lambda answer: answer | {"records": ["1"]},
    ],
    ids=["more", "less", "time", "text"],
)
def test_another_document_is_not_taken_for_one(
    run: Bench, spoil: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    answer = run.json("note", "K-7", "-m", "x")
    with pytest.raises(MalformedError):
        read_record(answers.Recorded, spoil(answer))
