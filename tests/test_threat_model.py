"""docs/threat-model.md against the code: its tests exist, and it leaves out no check and no threat."""

import ast
import re
from pathlib import Path

import pytest

from custody.core import summary
from custody.core.findings import Check
from custody_schemas.codes import CODES

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "threat-model.md").read_text()
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
ATTACKERS = (
    *("An outsider", "A person with a key", "Two people together"),
    *("The operator, with database and host", "The operator with the log key"),
    *("An independent party", "A time stamping authority", "The thief of an unlocked machine"),
    *("The exporter", "The recipient", "The vendor"),
)
THREATS = (
    *("Split view", "Rollback and accidental fork", "Truncation", "Backdating and future dating"),
    *("Clock tampering", "Key compromise and revocation", "Degenerate keys", "Malleability"),
    *("Replay", "Parser differentials", "Hash downgrade", "Zip tricks", "Insider operator"),
    *("Verifier bugs", "Policy from the accused", "Injection into reports"),
)
ROWS = [
    line for line in TEXT.splitlines() if line.startswith("| ") and not line.startswith("| ---")
]
CLAIMS = [row for row in ROWS if not re.match(r"\| (tries to|try to|threat) \|", row)]


def functions(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text())
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("path", sorted({path for path, _ in NAMED.findall(TEXT)}))
def test_every_test_that_is_named_exists(path: str) -> None:
    named = {name for file, name in NAMED.findall(TEXT) if file == path}
    assert named - functions(path) == set()
    assert all(name.startswith("test_") for name in named)


def test_no_test_is_named_in_another_way() -> None:
    assert TEXT.count("::") == len(NAMED.findall(TEXT))


@pytest.mark.parametrize("row", CLAIMS, ids=lambda row: row[2:40])
def test_every_claim_names_a_test_or_says_that_nothing_answers(row: str) -> None:
    assert NAMED.search(row) or "nothing answers it" in row or "the two sections" in row
    assert row.count("|") in (3, 5)


@pytest.mark.parametrize("check", Check)
def test_every_check_is_mentioned(check: Check) -> None:
    assert re.search(rf"\b{check}\b", TEXT)


@pytest.mark.parametrize("attacker", ATTACKERS)
def test_every_attacker_has_a_section(attacker: str) -> None:
    assert f"\n## {attacker}" in TEXT


@pytest.mark.parametrize("threat", THREATS)
def test_every_known_threat_to_logs_is_answered(threat: str) -> None:
    assert f"\n| {threat} |" in TEXT


def test_codes_are_those_of_the_ledger() -> None:
    codes = set(re.findall(r"\bE_[A-Z_]+\b", TEXT))
    assert codes
    assert codes <= CODES.keys()


@pytest.mark.parametrize(
    "sentence", [*summary.NEVER, summary.NO_WITNESS, summary.NO_TIME, summary.MEDIA]
)
def test_what_is_never_proved_is_said_in_the_same_words(sentence: str) -> None:
    assert f"- {sentence}" in re.sub(r"\n  (?=\w)", " ", TEXT)
