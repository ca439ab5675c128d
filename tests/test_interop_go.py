"""A second implementation, golang.org/x/mod (Debian: golang-go, golang-golang-x-mod-dev)."""

import base64
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from custody.core import tree
from custody.core.checkpoint import Checkpoint
from tests.foreign import built
from tests.log_keys import COURT, LOG, MLDSA, ORIGIN, note

pytestmark = pytest.mark.needs("go")

SIZE, OLD = 70_000, 54_321


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("go"), "log.go")


class Log:
    """70,000 records with every node of their tree."""

    def __init__(self) -> None:
        self.nodes: dict[tuple[int, int], bytes] = {}
        self.roots: dict[int, bytes] = {}
        frontier = tree.Frontier()
        for number in range(SIZE):
            for level, node in enumerate(frontier.append(tree.leaf_hash(b"record %d" % number))):
                self.nodes[level, number >> level] = node
            if number + 1 in (1, OLD, SIZE):
                self.roots[number + 1] = frontier.root()

    def node(self, level: int, index: int) -> bytes:
        return self.nodes[level, index]

    def question(self, index: int, old: int) -> dict[str, Any]:
        signed = note(Checkpoint(ORIGIN, SIZE, self.roots[SIZE]), LOG, MLDSA, COURT)
        return {
            "Vkey": LOG.key.text,
            "Note": signed.encode(),
            "Record": b"record %d" % index,
            "Index": index,
            "Path": tree.inclusion_path(index, SIZE, self.node),
            "OldSize": old,
            "OldRoot": self.roots[old],
            "Between": tree.consistency_path(old, SIZE, self.node),
        }


@pytest.fixture(scope="module")
def log() -> Log:
    return Log()


def ask(program: Path, question: dict[str, Any]) -> str:
    text = json.dumps(question, default=lambda raw: base64.b64encode(raw).decode())
    answer = subprocess.run([program], input=text, capture_output=True, text=True, check=False)
    return answer.stdout


@pytest.mark.parametrize(("index", "old"), [(0, 1), (41, OLD), (65_535, OLD), (SIZE - 1, SIZE)])
def test_go_accepts_what_we_prove(program: Path, log: Log, index: int, old: int) -> None:
    assert ask(program, log.question(index, old)) == "ok\n"


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("Record", b"record 42", "inclusion: invalid transparency proof"),
        ("Index", 42, "inclusion: invalid transparency proof"),
        ("OldRoot", bytes(32), "consistency: invalid transparency proof"),
        ("OldSize", OLD + 1, "consistency: invalid transparency proof"),
        ("Vkey", COURT.key.text, "vkey: unknown verifier algorithm"),
    ],
)
def test_go_refuses_what_we_did_not_prove(
    program: Path, log: Log, field: str, value: object, why: str
) -> None:
    assert why in ask(program, log.question(41, OLD) | {field: value})


def test_go_refuses_a_changed_checkpoint(program: Path, log: Log) -> None:
    question = log.question(41, OLD)
    question["Note"] = question["Note"].replace(b"\n70000\n", b"\n70001\n")
    assert "note: invalid signature" in ask(program, question)
