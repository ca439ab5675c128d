"""What a report says in sentences: how much was proved, in part or on whose word, and what was not."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from custody.core import summary, times
from custody.core.bundle import layout
from custody.core.checkpoint import Checkpoint
from custody.core.checks.evidence import NOT_RECORDED
from custody.core.errors import MalformedError
from custody.core.findings import (
    Anchor,
    Check,
    Fact,
    Finding,
    Outcome,
    Report,
    Source,
    failed,
    undetermined,
)
from custody.core.sources import anchor_of, read_checkpoint
from custody.core.text import as_text
from custody.core.trust import Witness
from tests.bundles import Bundle, examined, trust_in
from tests.log_keys import COURT
from tests.memory import LOG_KEY, LOG_MLDSA_KEY
from tests.worlds import World, story

LEFT_OUT = "the records shown stand in the log under the checkpoint"


def passed(check: Check, detail: str = "") -> Finding:
    return Finding(check, Outcome.PASSED, "it", detail)


def excused(check: Check) -> Finding:
    return Finding(check, Outcome.NOT_REQUIRED, "it")


def test_each_check_that_passed_is_one_sentence_with_its_numbers() -> None:
    findings = [passed(Check.CHAIN), passed(Check.STRUCTURE), passed(Check.CHAIN)]
    closed = "each bundle is one closed bag, and its tags are made from the keys it opens"
    assert summary.proved(findings) == (
        f"{closed} (STRUCTURE: 1 of 1)",
        "each record names the one before it (CHAIN: 2 of 2)",
    )


def test_what_passed_beside_what_did_not_is_proved_in_part() -> None:
    failing = failed(Check.INCLUSION, "record 9", "no path")
    doubted = undetermined(Check.INCLUSION, "record 10", "no path")
    both = (passed(Check.INCLUSION), failing, doubted)
    assert summary.proved(both) == (f"in part only: {LEFT_OUT} (INCLUSION: 1 of 3)",)
    assert summary.proved((failing, doubted)) == ()


def test_what_nobody_asked_for_is_no_part_of_it() -> None:
    found = summary.proved((passed(Check.EVIDENCE), excused(Check.EVIDENCE)))
    assert found == ("the evidence files are those whose digests were signed (EVIDENCE: 1 of 1)",)
    assert summary.proved((excused(Check.TIMESTAMP),)) == ()


@pytest.mark.parametrize("level", ["C2: nothing was left out", "C3: nor by others"])
def test_the_level_of_completeness_is_told_where_it_was_reached(level: str) -> None:
    sentence = "the chains shown are whole, at the level stated (COMPLETENESS: 1 of 1)"
    assert summary.proved((passed(Check.COMPLETENESS, level),)) == (sentence, level)
    assert summary.proved((passed(Check.COMPLETENESS, "C1: the tally"),)) == (sentence,)
    assert summary.proved((failed(Check.COMPLETENESS, "it", level),)) == ()


@pytest.mark.parametrize("make", [failed, undetermined])
@pytest.mark.parametrize("shaky", [[Check.CHECKPOINT], [Check.KEY], [Check.CHECKPOINT, Check.KEY]])
def test_without_the_ground_all_rests_on_the_bundles_own_word(
    shaky: list[Check], make: Callable[[Check, str, str], Finding]
) -> None:
    findings = [passed(Check.CHAIN), *(make(check, "it", "wrong") for check in shaky)]
    first, *rest = summary.proved(findings)
    names = " and ".join(shaky)
    assert first == f"only within the bundle's own word, because of {names}:"
    assert rest == ["each record names the one before it (CHAIN: 1 of 1)"]
    assert summary.proved(findings[1:]) == (), "of nothing there is no word"
    other = (passed(Check.CHAIN), make(Check.RULES, "it", "wrong"))
    assert "own word" not in " ".join(summary.proved(other))


ALL = [passed(check) for check in Check]


def not_proved(*findings: Finding) -> list[str]:
    """Without bundles: what is said of the checks."""
    said = summary.not_proved(findings, (), (), {}, None)
    return [each for each in said if each.endswith(")") and ": " in each]


def test_what_failed_and_what_was_not_determined_is_counted_by_check() -> None:
    wrong, doubted = failed(Check.CHAIN, "9", "x"), undetermined(Check.CHAIN, "10", "x")
    sentence = "each record names the one before it (CHAIN: {})"
    assert not_proved(*ALL) == []
    assert not_proved(*ALL, wrong) == [sentence.format("1 FAILED")]
    assert not_proved(*ALL, wrong, wrong, doubted) == [
        sentence.format("2 FAILED, 1 not determined")
    ]
    assert not_proved(*ALL, doubted) == [sentence.format("1 not determined")]
    others = [each for each in ALL if each.check is not Check.CHAIN]
    assert not_proved(*others) == [sentence.format("nothing to examine")]
    assert (
        not_proved(*(e for e in ALL if e.check is not Check.WITNESSES), excused(Check.WITNESSES))
        == []
    )


def test_what_no_bundle_can_prove_is_never_left_out() -> None:
    said = summary.not_proved(ALL, (), (), {}, None)
    assert said[-3:] == summary.NEVER
    assert set(said) == {summary.NO_WITNESS, summary.NO_TIME, *summary.NEVER}


def test_whoever_asks_for_neither_countersignatures_nor_time_is_told_so() -> None:
    trust = trust_in(tallied())
    said = summary.not_proved(ALL, (), (), {}, trust)
    assert {summary.NO_WITNESS, summary.NO_TIME} <= set(said)


def test_reviews_that_nobody_made_and_bundles_that_show_more_are_told() -> None:
    said = summary.not_proved(
        ALL, (), (), {}, None, unreviewed=[("record 7", "item 1")], since=["case.zip"]
    )
    assert summary.NO_REVIEW.format("record 7", "item 1") in said
    assert summary.ANNOUNCED.format("case.zip") in said


def test_what_is_not_the_recorded_content_leads_and_is_said_once() -> None:
    changed = f"{NOT_RECORDED}: SHA-256 differs"
    findings = (
        failed(Check.EVIDENCE, "item 2", changed),
        failed(Check.EVIDENCE, "item 2", changed),
        failed(Check.EVIDENCE, "item 3", "the manifest is missing"),
    )
    assert summary.leading(findings, (), None) == (f"item 2 {NOT_RECORDED}",)
    assert summary.leading(findings[2:], (), None) == ()


def tallied() -> World:
    world = World()
    world.found()
    return world


def test_the_keys_that_a_reader_believes_are_named_each() -> None:
    assert anchor_of(None) is None
    world = tallied()
    trust = trust_in(world, witnesses=(Witness("court", COURT.key),))
    anchor = anchor_of(trust)
    assert anchor is not None and anchor.fingerprint == trust.fingerprint
    assert anchor.keys == (
        ("log key", LOG_KEY.public.hex()),
        ("ML-DSA log key, SHA-256", sha256(LOG_MLDSA_KEY.public).hexdigest()),
        ("independent party court, SHA-256", sha256(COURT.key.public).hexdigest()),
        ("record 0", trust.genesis),
    )
    bare = anchor_of(trust_in(world, log_mldsa=None, groups=(), quorum="none", genesis=None))
    assert bare is not None and bare.keys == (("log key", LOG_KEY.public.hex()),)


def test_a_report_is_told_in_exactly_these_lines() -> None:
    source = Source("case.zip", "ab12" * 2, 7, "agency.example", 42, "cd34" * 2, "then")
    findings = (
        passed(Check.CHAIN),
        excused(Check.TIMESTAMP),
        undetermined(Check.KEY, "Ada", "no genesis"),
        failed(Check.RULES, "record 9", "", "E_SEAL"),
    )
    report = Report(
        findings, leading=("look here",), sources=(source,), seen_keys=(("record 0", "ef56ab"),)
    )
    assert as_text(report).split("\n") == [
        "RESULT",
        "  look here",
        "  At least one check FAILED.",
        "  bundle case.zip, 7 bytes",
        "    SHA-256 ab12 ab12",
        "    ledger agency.example, 42 records, tallied then",
        "    root cd34 cd34",
        "  no trust file was given: whose keys these are, nobody here can say",
        "  record 0, by the bundle's own word: ef56 ab",
        "  KEY UNDETERMINED, Ada: no genesis",
        "  RULES FAILED, record 9 (E_SEAL)",
        "",
        *("PROVED", "  nothing", ""),
        *("ADVERSE FACTS IN THE RECORD", "  nothing", ""),
        *("NOT PROVED", "  nothing", ""),
        *("WITHHELD AND NOT SHOWN", "  nothing", ""),
    ]


def test_with_a_trust_file_its_keys_are_told_and_those_of_the_bundle_are_not() -> None:
    trust = Anchor("ab12cd", (("log key", "ef56ab"), ("record 0", "00")))
    source = Source("case.zip", "ab12", 7, "agency.example", 42, "cd34")
    report = Report((), sources=(source,), trust=trust, seen_keys=(("record 0", "11"),))
    assert as_text(report).split("\n")[:9] == [
        "RESULT",
        "  No check failed, but at least one COULD NOT BE MADE.",
        "  bundle case.zip, 7 bytes",
        "    SHA-256 ab12",
        "    ledger agency.example, 42 records",
        "    root cd34",
        "  trust file ab12 cd",
        "    log key ef56 ab",
        "    record 0 00",
    ]


def test_a_report_as_a_document_has_these_members_and_no_other() -> None:
    source = Source("case.zip", "ab12", 7, "agency.example", 42, "cd34", "then")
    findings = (passed(Check.CHAIN, "whole"), failed(Check.RULES, "record 9", "no", "E_SEAL"))
    trust = Anchor("ab12cd", ())
    adverse = (Fact("seal", "item 1", "x"),)
    report = Report(findings, ("a",), adverse, ("b",), ("c",), ("d",), (source,), trust)
    assert report.document() == {
        "verdict": "FAILED",
        "bundles": [source._asdict()],
        "trust": "ab12cd",
        "findings": [
            {"check": "CHAIN", "outcome": "PASSED", "subject": "it", "detail": "whole"},
            {
                "check": "RULES",
                "outcome": "FAILED",
                "subject": "record 9",
                "rule": "E_SEAL",
                "detail": "no",
            },
        ],
        "adverse": [{"kind": "seal", "subject": "item 1", "detail": "x"}],
        "leading": ["a"],
        "proved": ["b"],
        "not_proved": ["c"],
        "withheld": ["d"],
    }
    assert Report(()).document()["trust"] == ""


def test_a_bundle_is_named_by_its_digest_and_what_its_checkpoint_says(tmp_path: Path) -> None:
    told = story()
    bundle = Bundle(told.world, told.case, told.olga)
    report = examined(tmp_path, bundle)
    data = (tmp_path / "case.zip").read_bytes()
    made, at = bundle.checkpoint, times.spelt(bundle.tally_at_end().at)
    digest, root = sha256(data).hexdigest(), made.root.hex()
    assert report.sources == (
        Source("case.zip", digest, len(data), made.origin, made.size, root, at),
    )


def test_a_bundle_without_tally_or_checkpoint_says_less(tmp_path: Path) -> None:
    told = story()
    bundle = Bundle(told.world, told.case, told.olga, hidden=[len(told.world.records) + 2])
    bundle.files[layout.CHECKPOINT] = b"spoilt"
    report = examined(tmp_path, bundle)
    (source,) = report.sources
    assert source[3:] == ("", 0, "", "")
    assert report.leading == (), "nobody can say that it is another ledger's"


def test_a_note_that_is_no_checkpoint_is_of_no_other_ledger(tmp_path: Path) -> None:
    told = story()
    bundle = Bundle(told.world, told.case, told.olga)
    number = f"\n{bundle.checkpoint.size}\n".encode()
    bundle.files[layout.CHECKPOINT] = bundle.note.replace(number, b"\nmany\n", 1)
    report = examined(tmp_path, bundle)
    assert report.verdict is Outcome.FAILED and report.leading == ()


def test_keys_that_nobody_vouches_for_are_named_as_their_entry_spells_them(tmp_path: Path) -> None:
    told = story()
    bundle = Bundle(told.world, told.case, told.olga)
    report = examined(tmp_path, bundle)
    spelt = sha256(LOG_KEY.text.encode()).hexdigest()
    assert report.seen_keys == (
        ("record 0", bundle.leaves[0].hex()),
        ("log key as its entry spells it, SHA-256", spelt),
    )


def test_a_ledger_is_not_named_so_that_it_has_no_tag() -> None:
    good = Checkpoint("agency.example", 1, bytes(32))
    assert read_checkpoint(good.text) == good
    turned = Checkpoint("agency\u202e.example", 1, bytes(32))
    with pytest.raises(MalformedError, match="bidirectional"):
        read_checkpoint(turned.text)
