"""SPEC.md against the code: its tables, its examples, its codes, and the places that cite it."""

import inspect
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from custody.core import canonical, disclosure, dsse, enrolment, keys, record, statement, tags
from custody.core.bundle import layout
from custody.core.checkpoint import Checkpoint
from custody.core.findings import EXCUSABLE, Check
from custody.core.note import Note
from custody.core.rules import RULES
from custody.core.rules.checks import FIXED
from custody.core.trust import FORMS, TrustFile
from custody_schemas.codes import CODES
from custody_schemas.declare import Act, Capacity, Kind, Mode
from tests.spec_tables import PART, ROOT, SPEC, TABLES, filled

TEXT = SPEC.read_text()
HEADINGS = re.findall(r"^#{2,3} ([0-9]+(?:\.[0-9]+)?)\.? ", TEXT, re.MULTILINE)
CODE = re.compile(r"\bE_[A-Z_]+\b")
SOURCES = [
    path
    for folder in ("custody", "schemas", "cli", "api", "tests")
    for path in (ROOT / folder).rglob("*.py")
]


def section(number: str) -> str:
    """Text from the heading of that number up to the next one of its rank."""
    rank = "#" * (number.count(".") + 2)
    start = re.search(rf"^{rank} {re.escape(number)}\.? ", TEXT, re.MULTILINE)
    assert start, number
    end = re.search(rf"^#{{2,{len(rank)}}} [0-9]", TEXT[start.end() :], re.MULTILINE)
    return TEXT[start.start() : start.end() + end.start() if end else None]


def test_tables_and_examples_are_those_of_the_code() -> None:
    assert filled(TEXT) == TEXT, "run `python -m tests.spec_tables` and read what has changed"
    assert set(TABLES) <= {found[2] for found in PART.finditer(TEXT)}


def shown(name: str) -> str:
    """What stands in an example block."""
    block = next(found[0] for found in PART.finditer(TEXT) if found[2] == name)
    return block.split("```text\n")[1].rsplit("\n```", 1)[0]


def test_example_statement() -> None:
    made = statement.read(shown("log.json/statements/0/payload").encode())
    assert made.name == "ledger.opened"


def test_example_enrolment_and_envelope() -> None:
    assert enrolment.read(shown("envelopes.json/enrolments/0/envelope").encode())
    envelope = dsse.Envelope.read(shown("envelopes.json/envelope").encode())
    assert envelope.pae.hex() == shown("envelopes.json/pae")


def test_example_record() -> None:
    data = shown("log.json/records/0").encode()
    assert record.read(data)
    assert record.record_hash(data).hex() == shown("log.json/hashes/0")


def test_example_tag() -> None:
    given = json.loads(shown("tags.json/subjects/2"))
    reference, number = given["reference"], given["number"]
    assert (reference, number) == ("K-2026/0417", 1)
    own = tags.subject_key(bytes(range(32)), "item", reference, number)
    assert own.hex() == given["subject_key"]
    assert tags.tag(own, "item", reference, number) == given["tag"]


def test_example_checkpoint_under_the_example_trust_file() -> None:
    trust = TrustFile.read(f"{shown('log.json/trust')}\n".encode())
    note = Note.read(f"{shown('log.json/checkpoint')}\n".encode())
    assert trust.judge(note).checkpoint == Checkpoint.read(note.text)
    assert trust.fingerprint == shown("log.json/fingerprint")


def test_example_disclosure() -> None:
    given = json.loads(shown("disclosures.json/disclosures/0"))
    assert disclosure.read(given["text"]).value == given["value"]
    assert disclosure.digest(given["text"]) == given["digest"]


def test_examples_of_names() -> None:
    rows = re.findall(r"^\| `([0-9a-f]+)` \| `([^`]+)` \|$", section("1.4"), re.MULTILINE)
    assert len(rows) == 3
    assert all(canonical.percent(bytes.fromhex(name)) == spelt for name, spelt in rows)


def test_codes_are_those_of_the_code() -> None:
    assert set(CODE.findall(TEXT)) == set(CODES)


def rows() -> dict[tuple[str, str], str]:
    """Text of each row of §9.6 by act and kind of place."""
    found: dict[tuple[str, str], str] = {}
    act = ""
    for line in section("9.6").splitlines():
        if match := re.match(
            r"\| (?:9\.6\.[0-9]+ `([a-z_.]+)`.*?)? *\| ([a-z*, ]+?)(?: \[[^]]*\])? \| (.*)\|$", line
        ):
            act = match[1] or act
            for kind in match[2].split(", "):
                found[act, kind] = found.get((act, kind), "") + match[3]
    return found


def test_every_rule_has_its_row() -> None:
    told = {key for key in rows() if not key[1].startswith("*")}
    assert told == {(act.NAME, str(kind)) for act, kind in RULES}


@pytest.mark.parametrize("act", sorted(Act.ALL))
def test_a_row_names_each_code_that_its_rule_refuses_with(act: str) -> None:
    said = " ".join(text for (name, _), text in rows().items() if name == act)
    for (each, _), rule in RULES.items():
        if act == each.NAME:
            assert set(CODE.findall(inspect.getsource(rule))) <= set(CODE.findall(said))


def test_rules_are_numbered_in_order() -> None:
    numbers = [int(n) for n in re.findall(r"^\| 9\.6\.([0-9]+) ", TEXT, re.MULTILINE)]
    assert numbers == list(range(1, len(Act.ALL) + 1))


def test_what_cannot_be_corrected() -> None:
    said = rows()["correction.recorded", "item"].split("none of")[1].split("(")[0]
    assert set(re.findall(r"`([a-z0-9_]+)`", said)) == FIXED


def test_findings() -> None:
    said = set(re.findall(r"^\| `([a-z.]+)` \| ([a-z]+) \|", section("2.5"), re.MULTILINE))
    made = {
        (act.NAME, str(concern.kinds[0]))
        for act in Act.ALL.values()
        for concern in act.ABOUT
        if concern.finding
    }
    assert said == made


def test_enumerations_of_the_text() -> None:
    assert all(f"`{kind}`" in section("2.3") for kind in Kind)
    assert all(f"*{mode}*" in section("2.3") for mode in Mode)
    assert all(f"`{capacity}`" in section("2.6") for capacity in Capacity)


def test_checks() -> None:
    assert set(re.findall(r"\*\*([A-Z]+)\.\*\*", section("12"))) == {str(check) for check in Check}
    said = re.search(r"NOT_REQUIRED \(([A-Z, and]+) only", TEXT)
    assert said
    assert set(re.findall("[A-Z]{3,}", said[1])) == {str(check) for check in EXCUSABLE}


def test_keys() -> None:
    said = section("3.1")
    assert all(f"`{prefix.hex()}`" in said for prefix, _ in keys._SPKI.values())
    assert all(f"{length:,} bytes" in said for _, length in keys._SPKI.values())
    points = [
        int.from_bytes(bytes.fromhex(h), "little") for h in re.findall("`([0-9a-f]{64})`", said)
    ]
    assert {0, 1, 2**255 - 20, *points} == keys.SMALL_ORDER
    assert f"`{keys.P256_ORDER:064x}`" in section("3.2")


def test_limits() -> None:
    for limit in (canonical.STATEMENT_LIMIT, canonical.ENVELOPE_LIMIT, canonical.RECORD_LIMIT):
        assert f"{limit:,}" in section("1.2")
    assert f"{statement.UNTIL_MOST:,}" in section("2.1")


def test_payload_types() -> None:
    for kind in (dsse.STATEMENT, dsse.ENROLMENT, dsse.BUNDLE):
        assert f"`{kind}`" in section("3.3")


def test_lines_of_a_trust_file() -> None:
    forms = [line.split("  ")[0].split(" <")[0] for line in FORMS.strip().splitlines()]
    assert all(f"| `{form}" in section("6.3").replace("quorum <name>", "quorum") for form in forms)


def test_files_of_a_bundle() -> None:
    said = section("11.2")
    paths = [
        *layout.TAG_FILES,
        *layout.TAG_MANIFESTS.values(),
        *(path for path in layout.LEDGER_FILES),
        layout.ENVELOPE.format("<env>"),
        layout.PACK.format("<sha256>"),
        layout.TIMESTAMPS,
    ]
    assert [path for path in paths if f"`{path}" not in said] == []


def cited() -> list[tuple[Path, str]]:
    found = re.compile(r"\bSPEC(?:\.md)? §([0-9]+(?:\.[0-9]+)?)")
    return [(p, number) for p in SOURCES for number in found.findall(p.read_text())]


def test_what_the_code_cites_is_there() -> None:
    assert len(cited()) > 50
    assert [(p.name, number) for p, number in cited() if number not in HEADINGS] == []


def test_the_text_cites_what_is_there() -> None:
    found: list[str] = re.findall(
        r"§([0-9]+(?:\.[0-9]+)?)", re.sub(r"(RFC [0-9]+|paper) §\S+", "", TEXT)
    )
    outside = {"2.1.4.2", "2.1.4"}  # of RFC 9162, named in the same breath as §2.1.3.2
    assert [n for n in found if n not in HEADINGS and n not in outside] == []


def test_order_of_the_sections() -> None:
    tops = [int(number) for number in HEADINGS if "." not in number]
    assert tops == list(range(1, 15))


def test_section_finds_what_it_should() -> None:
    part: Callable[[str], Any] = section
    assert part("3.1").startswith("### 3.1 Public keys")
    assert "### 3.2" not in part("3.1")
    assert "### 3.3" in part("3")
