"""The vectors lack nothing: no act, no place of one, and no code with which an entry is refused."""

import ast
import base64
import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from custody.core import rules
from custody_schemas.codes import CODES
from custody_schemas.declare import Act
from tests.test_vectors_verdicts import vector

RULES = Path(rules.__file__).parent
# Codes with which no signed entry is refused, whatever stands in it: no vector can have them.
NOT_OF_ENTRIES = {
    "E_CUSTODY": "the base of all errors, with which nothing is refused",
    "E_CLOCK": "the machine's clock is wrong, before any entry is looked at",
    "E_PROOF": "a proof stands in a bundle or a file, not in an entry",
    "E_ROLLBACK": "a whole ledger went back, which no entry of it says",
    "E_STORAGE": "a disk or database failed",
    "E_KEYSTORE": "keys of what is stored encrypted are not at hand",
    "E_EXTRA": "a package is not installed",
    "E_PASSPHRASE": "a private key was not opened: nothing is signed yet",
    "E_NOT_FOUND": "what somebody typed is not there: nothing is signed yet",
    "E_AMBIGUOUS": "what somebody typed is several things: nothing is signed yet",
    "E_USAGE": "what somebody typed makes no sense: nothing is signed yet",
}


def payloads() -> Iterator[dict[str, Any]]:
    """The statements of log.json."""
    return (json.loads(told["payload"]) for told in vector("log")["statements"])


def refused() -> set[str]:
    return {case["code"] for case in vector("refusals")["cases"]}


def named_by_rules() -> set[str]:
    """Codes that stand in the source of the rules."""
    trees = (ast.parse(path.read_text()) for path in RULES.glob("*.py"))
    nodes = chain.from_iterable(map(ast.walk, trees))
    texts = (node.value for node in nodes if isinstance(node, ast.Constant))
    return {text for text in texts if isinstance(text, str) and text in CODES}


@pytest.mark.parametrize("name", sorted(Act.ALL))
def test_every_act_stands_in_the_log(name: str) -> None:
    assert name in {payload["act"] for payload in payloads()}, "tell it in tests/vectors"


def test_the_log_says_no_act_that_is_not_declared() -> None:
    assert {payload["act"] for payload in payloads()} <= Act.ALL.keys()


@pytest.mark.parametrize("code", sorted(CODES.keys() - NOT_OF_ENTRIES.keys()))
def test_every_code_refuses_some_entry(code: str) -> None:
    assert code in refused(), "try such an entry in tests/vectors, or say why none can be"


def test_codes_without_a_vector_are_of_no_rule_and_there() -> None:
    assert NOT_OF_ENTRIES.keys() <= CODES.keys()
    assert NOT_OF_ENTRIES.keys().isdisjoint(refused() | named_by_rules())


def test_rules_are_found_to_name_codes() -> None:
    """Else the test before says nothing."""
    assert {"E_TERMINAL", "E_WITNESS_IN_CHAIN", "E_SEEN"} <= named_by_rules()


def test_every_kind_of_place_is_taken_by_some_entry_of_the_log() -> None:
    found = {(payload["act"], place["as"]) for payload in payloads() for place in payload["about"]}
    declared = {
        (name, str(kind))
        for name, act in Act.ALL.items()
        for concern in act.ABOUT
        for kind in concern.kinds
    }
    assert declared - found == set()


def test_refused_entries_are_readable_but_for_what_they_try() -> None:
    """Each is an envelope of a declared act; what is refused is what it says."""
    for case in vector("refusals")["cases"]:
        payload = json.loads(base64.b64decode(json.loads(case["envelope"])["payload"]))
        assert payload["act"] in Act.ALL, case["why"]
