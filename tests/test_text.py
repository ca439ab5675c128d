"""The text result: five blocks, no court's words, and nothing that disguises itself."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

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
from custody.core.text import as_text, grouped, safe

TITLES = ["RESULT", "PROVED", "ADVERSE FACTS IN THE RECORD", "NOT PROVED", "WITHHELD AND NOT SHOWN"]
ALL = tuple(Finding(check, Outcome.PASSED, "the bundle") for check in Check)
SOURCE = Source(
    "case.zip",
    "ab12" * 16,
    4096,
    "agency.example/evidence",
    42,
    "cd34" * 16,
    "2026-11-22T10:00:00Z",
)


@pytest.mark.parametrize(
    ("findings", "telling"),
    [
        (ALL, "Every check was made"),
        ((*ALL, failed(Check.CHAIN, "record 9", "wrong")), "At least one check FAILED"),
        ((*ALL, undetermined(Check.KEY, "actor", "no genesis")), "COULD NOT BE MADE"),
        ((), "COULD NOT BE MADE"),
    ],
)
def test_five_blocks_whatever_was_found(findings: tuple[Finding, ...], telling: str) -> None:
    text = as_text(Report(findings, sources=(SOURCE,)))
    assert [line for line in text.split("\n") if line and line[0] != " "] == TITLES
    assert telling in text
    assert not re.search("valid|authentic|admissible|tamper", text, re.IGNORECASE)


def test_says_what_failed_and_what_is_adverse() -> None:
    report = Report(
        (*ALL, failed(Check.RULES, "record 9", "the seal is broken", "E_SEAL")),
        adverse=(Fact("seal", "item 3", "the seal was found broken"),),
        proved=("5 records",),
        not_proved=("who was at the keyboard",),
        withheld=("item 3: owner",),
        sources=(SOURCE,),
        trust=Anchor("ef56" * 16, (("genesis", "0011" * 16),)),
    )
    text = as_text(report)
    assert "RULES FAILED, record 9 (E_SEAL): the seal is broken" in text
    assert "item 3: the seal was found broken" in text
    assert " ".join(["ab12"] * 16) in text
    assert "genesis " + " ".join(["0011"] * 16) in text
    assert "42 records, tallied 2026-11-22T10:00:00Z" in text
    for line in ("5 records", "who was at the keyboard", "item 3: owner"):
        assert f"  {line}\n" in text


def test_without_a_trust_file_the_bundles_own_keys_are_shown_as_its_word() -> None:
    text = as_text(Report(ALL, seen_keys=(("record 0", "ab12" * 16),)))
    assert "no trust file was given" in text
    assert "record 0, by the bundle's own word: ab12 ab12" in text
    assert "own word" not in as_text(
        Report(ALL, seen_keys=(("record 0", "ab12" * 16),), trust=Anchor("00" * 32, ()))
    )


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("plain – ü 日本", "plain – ü 日本"),
        ("two\nlines\r", "two lines\\u{d}"),
        ("a\u2028b\x0bc\x85d", "a\\u{2028}b\\u{b}c\\u{85}d"),
        ("\x1b[2J", "\\u{1b}[2J"),
        ("a\u202eb", "a\\u{202e}b"),
        ("zero\u200bwidth", "zero\\u{200b}width"),
        ("Eve\u3164", "Eve\\u{3164}"),
        ("S\u034f1\ufe0f2\U000e0100", "S\\u{34f}1\\u{fe0f}2\\u{e0100}"),
        ("\u115f\u17b4\u2800\uffa0", "\\u{115f}\\u{17b4}\\u{2800}\\u{ffa0}"),
        ("\\u{a}", "\\\\u{a}"),
        ("nbsp\u00a0", "nbsp\\u{a0}"),
        ("שלום 1", "\u2068שלום 1\u2069"),
    ],
)
def test_disclosed_text_cannot_disguise_itself(text: str, printed: str) -> None:
    assert safe(text) == printed


@given(st.text())
def test_safe_text_is_one_printable_line(text: str) -> None:
    printed = safe(text)
    inner = printed.strip("\u2068\u2069")
    assert inner.isprintable()


@given(st.text(), st.text())
@example("\n", " ")
@example("a", "b")
def test_different_texts_print_differently(one: str, other: str) -> None:
    spelt = [text.replace("\n", " ") for text in (one, other)]  # a line feed is told as a space
    assert (safe(one) == safe(other)) == (spelt[0] == spelt[1])


@given(st.text(alphabet="0123456789abcdef", max_size=64))
def test_groups_hold_all_digits(digest: str) -> None:
    groups = grouped(digest).split(" ")
    assert "".join(groups) == digest
    assert all(len(group) == 4 for group in groups[:-1])


def test_every_disclosed_place_of_a_report_is_escaped() -> None:
    evil = "x\n  RESULT\u202e"
    report = Report(
        (failed(Check.CHAIN, evil, evil),),
        leading=(evil,),
        adverse=(Fact("x", evil, evil),),
        proved=(evil,),
        not_proved=(evil,),
        withheld=(evil,),
        sources=(Source(evil, "00" * 32, 1, evil, 1, "00" * 32),),
        trust=Anchor("00" * 32, ((evil, "00" * 32),)),
        seen_keys=((evil, "00" * 32),),
    )
    text = as_text(report)
    assert "\u202e" not in text
    assert [line for line in text.split("\n") if line and line[0] != " "] == TITLES
    assert text.count("\n  RESULT") == 0


def test_a_bundle_whose_checkpoint_cannot_be_read_is_of_no_ledger() -> None:
    text = as_text(Report(ALL, sources=(Source("case.zip", "ab12" * 16, 4096),)))
    assert "bundle case.zip, 4096 bytes\n" in text
    assert "  ledger" not in text and "  root" not in text
