"""The rules as a whole: none missing, none spare, none untested; an export replays as the ledger.

The cases themselves stand in `test_rules_*.py`.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from custody.core import rules
from custody.core.rules import rights
from custody.core.rules.rights import RIGHTS, Right
from custody.core.rules.scene import rule
from custody_schemas.codes import CODES
from custody_schemas.declare import Act
from custody_schemas.terms import ActorRole
from tests import (
    test_rules_access,
    test_rules_admission,
    test_rules_annulments,
    test_rules_cases,
    test_rules_checks,
    test_rules_conditions,
    test_rules_content,
    test_rules_court,
    test_rules_custodians,
    test_rules_discrepancies,
    test_rules_dispositions,
    test_rules_ends,
    test_rules_exactly,
    test_rules_exports,
    test_rules_founding,
    test_rules_holds,
    test_rules_inventories,
    test_rules_involved,
    test_rules_items,
    test_rules_keys,
    test_rules_limits,
    test_rules_outside,
    test_rules_packs,
    test_rules_people,
    test_rules_privacy,
    test_rules_received,
    test_rules_requests,
    test_rules_retention,
    test_rules_seals,
    test_rules_seldom,
    test_rules_status,
    test_rules_takeovers,
    test_rules_transfers,
    test_rules_work,
)
from tests.rulings import ADMITTED, REFUSED

CASES = (
    *(test_rules_access, test_rules_admission, test_rules_annulments, test_rules_cases),
    *(test_rules_checks, test_rules_content, test_rules_court, test_rules_discrepancies),
    *(test_rules_ends, test_rules_exports, test_rules_involved, test_rules_items, test_rules_keys),
    *(test_rules_outside, test_rules_people, test_rules_received, test_rules_seals),
    *(test_rules_seldom, test_rules_takeovers, test_rules_transfers, test_rules_work),
    test_rules_founding,
    *(test_rules_holds, test_rules_packs, test_rules_retention, test_rules_status),
    *(test_rules_dispositions, test_rules_inventories, test_rules_privacy),
    *(test_rules_conditions, test_rules_custodians, test_rules_exactly, test_rules_limits),
    test_rules_requests,
)
SOURCES = sorted(Path(rules.__file__).parent.glob("*.py"))


def refusals() -> Iterator[tuple[str, int, str]]:
    """File, line and code of every refusal in the source of the rules."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "refuse":
                code = node.args[0]
                assert isinstance(code, ast.Constant), f"{path.name}:{node.lineno}"
                yield path.name, node.lineno, str(code.value)


def test_all_files_of_cases_are_looked_at() -> None:
    written = {p.stem for p in Path(__file__).parent.glob("test_rules_*.py")}
    assert {module.__name__.rpartition(".")[2] for module in CASES} == written


def test_every_place_has_its_rule_and_no_rule_is_spare() -> None:
    declared = {
        (act, kind) for act in Act.ALL.values() for concern in act.ABOUT for kind in concern.kinds
    }
    assert declared == rules.RULES.keys()


def test_nobody_makes_a_second_rule_for_one_place() -> None:
    (act, kind), before = next(iter(rules.RULES.items()))
    with pytest.raises(TypeError, match=f"{act.NAME} has two rules for {kind}"):
        rule(act, kind)(before)
    assert rules.RULES[act, kind] is before


def test_every_rule_is_seen_to_admit_and_to_refuse() -> None:
    assert rules.RULES.keys() - ADMITTED == set()
    assert rules.RULES.keys() - {(case.act, case.kind) for case in REFUSED} == set()


def test_every_line_that_refuses_is_reached_by_a_case() -> None:
    reached = {case.check() for case in REFUSED}
    missed = [f"{file}:{line} {code}" for file, line, code in refusals()
              if (file, line) not in reached]  # fmt: skip
    assert missed == []
    assert len(reached) > 60


def test_every_code_is_declared_and_tested() -> None:
    raised = {code for _, _, code in refusals()}
    assert raised == {case.code for case in REFUSED}
    assert raised <= CODES.keys()


def test_codes_that_are_raised_anywhere_are_declared() -> None:
    """Every string that looks like a code, in all of our source."""
    root = Path(rules.__file__).parents[3]
    folders = [root / name for name in ("custody", "api", "cli", "schemas")]
    found = {
        node.value
        for folder in folders
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.startswith("E_")
        and node.value[2:].replace("_", "").isalpha()
        and node.value.isupper()
    }
    assert "E_NOT_HOLDER" in found
    assert found - CODES.keys() == set()


def test_every_code_says_what_it_means_and_what_to_do() -> None:
    assert [name for name, code in CODES.items() if not (code.means and code.instead)] == []


def test_rules_read_no_personal_value() -> None:
    """`Personal` members do not type-check in rules; nor are disclosures to be had there."""
    for path in SOURCES:
        names = {
            getattr(node, "module", "") or ""
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.ImportFrom)
        }
        assert not any("disclosure" in name for name in names), path.name


def test_an_admin_has_no_custody_authority() -> None:
    """R62."""
    assert RIGHTS[ActorRole.ADMIN] == {Right.ENROL}
    assert [role for role, given in RIGHTS.items() if Right.ENROL in given] == [ActorRole.ADMIN]
    assert RIGHTS.keys() == set(ActorRole) and rights.RIGHTS[ActorRole.NOT_STATED] == set()
