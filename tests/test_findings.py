"""Verdicts: silence is never a pass."""

import json

import pytest

from custody.core.findings import (
    EXCUSABLE,
    Check,
    Fact,
    Finding,
    Outcome,
    Report,
    failed,
    judged,
    undetermined,
)

ALL = tuple(Finding(check, Outcome.PASSED, "the bundle") for check in Check)


def test_passed_only_if_every_check_was_made() -> None:
    assert Report(ALL).verdict is Outcome.PASSED
    for missing in range(len(ALL)):
        report = Report(ALL[:missing] + ALL[missing + 1 :])
        assert report.verdict is Outcome.UNDETERMINED, ALL[missing].check


@pytest.mark.parametrize("check", Check)
def test_one_failure_or_doubt_decides(check: Check) -> None:
    doubt, failure = undetermined(check, "record 3", "why"), failed(check, "record 3", "why")
    assert Report((*ALL, doubt)).verdict is Outcome.UNDETERMINED
    assert Report((*ALL, doubt, failure)).verdict is Outcome.FAILED
    assert Report((failure,)).verdict is Outcome.FAILED


@pytest.mark.parametrize("check", Check)
def test_only_what_the_trust_file_may_ask_for_can_be_excused(check: Check) -> None:
    others = tuple(finding for finding in ALL if finding.check is not check)
    if check in EXCUSABLE:
        excused = Finding(check, Outcome.NOT_REQUIRED, "trust file")
        assert Report((*others, excused)).verdict is Outcome.PASSED
    else:
        with pytest.raises(ValueError, match=f"{check} is always required"):
            Finding(check, Outcome.NOT_REQUIRED, "trust file")


def test_nothing_found_is_no_pass() -> None:
    assert Report(()).verdict is Outcome.UNDETERMINED


def test_a_report_is_neither_true_nor_false() -> None:
    with pytest.raises(TypeError, match=r"ask for \.verdict"):
        bool(Report(ALL))


def test_a_subject_passes_once_or_names_every_trouble() -> None:
    troubles = [failed(Check.CHAIN, f"record {n}", "broken") for n in (3, 7)]
    assert list(judged(Check.CHAIN, "item 1", troubles, "9 records")) == troubles
    passed = Finding(Check.CHAIN, Outcome.PASSED, "item 1", "9 records")
    assert list(judged(Check.CHAIN, "item 1", [], "9 records")) == [passed]


def test_the_document_is_json_with_the_promised_members() -> None:
    report = Report(
        (failed(Check.RULES, "record 9", "refused", "E_SEAL"), ALL[0]),
        adverse=(Fact("seal", "item 1", "broken"),),
        not_proved=("who was at the keyboard",),
        withheld=("the owner's name",),
    )
    document = json.loads(json.dumps(report.document()))
    assert document["verdict"] == "FAILED"
    assert document["findings"][0] == {
        "check": "RULES",
        "outcome": "FAILED",
        "subject": "record 9",
        "rule": "E_SEAL",
        "detail": "refused",
    }
    assert "rule" not in document["findings"][1]
    assert document["adverse"] == [{"kind": "seal", "subject": "item 1", "detail": "broken"}]
    assert document["not_proved"] == ["who was at the keyboard"]
    assert document["withheld"] == ["the owner's name"]
