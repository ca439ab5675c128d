"""Numbers of seals: the software compares, and a verifier compares again (R21, R48)."""

from typing import Any

import pytest

from custody.core.disclosure import read
from custody.core.numbers import SealNumbers, belied, folded
from custody_schemas.terms import SealState
from tests.rulings import stage
from tests.worlds import Story


def told(s: Story, *without: str) -> SealNumbers:
    """What the entries of the story say of seals; fields in `without` are withheld."""
    numbers = SealNumbers()
    for run in s.world.runs:
        made = run.signed.statement
        opened = {each.field: each.value for each in map(read, run.signed.disclosures)}
        for place in made.about:
            shown = {name: value for name, value in opened.items() if name not in without}
            numbers.take(place.tag, made, run.first, shown)
    return numbers


def on_file(s: Story, *without: str, seen: int | None = None) -> set[str] | None:
    """Numbers of the laptop's seal."""
    found = told(s, *without).on_file(s.laptop, seen)
    return None if found is None else set(found)


def sealed(s: Story, **given: Any) -> str:
    return s.world.record("seal.applied", [s.laptop], given, signers=[s.dora])


def corrected(s: Story, entry: str, value: str, field: str = "seal_number") -> None:
    given = {"corrects": entry, "act": "seal.applied", "field": field, "value": value}
    s.world.record("correction.recorded", [s.laptop], given, signers=[s.dora])


def opened(s: Story) -> None:
    given = {"verdict": "broken_authorised"}
    s.world.record("seal.broken", [s.laptop], given, signers=[s.dora])


def test_an_item_without_a_seal_has_no_number() -> None:
    s = stage()
    assert on_file(s) is None


def test_the_numbers_of_a_seal_are_those_of_its_entry() -> None:
    s = stage()
    sealed(s, seal_number="S-1", bag_number="B-1")
    assert on_file(s) == {"S-1", "B-1"}


def test_a_bag_that_is_gone_has_no_number() -> None:
    """What stood on the first bag does not speak for the second seal."""
    s = stage()
    sealed(s, seal_number="S-1", bag_number="B-1")
    opened(s)
    sealed(s, seal_number="S-2")
    assert on_file(s) == {"S-2"}


def test_a_correction_counts_for_the_seal_that_it_corrects() -> None:
    s = stage()
    first = sealed(s, seal_number="S-1")
    opened(s)
    second = sealed(s, seal_number="S-2")
    corrected(s, first, "S-9")
    assert on_file(s) == {"S-2"}
    corrected(s, second, "S-3")
    corrected(s, second, "someone", "signed_across")
    assert on_file(s) == {"S-3"}


def test_who_had_seen_less_may_have_compared_with_what_was_on_file_then() -> None:
    s = stage()
    entry = sealed(s, seal_number="S-1")
    seen = len(s.world.records)
    corrected(s, entry, "S-3")
    assert on_file(s, seen=seen) == {"S-1", "S-3"}
    assert on_file(s, seen=seen + 1) == {"S-3"}
    assert on_file(s, seen=1) == {"S-1", "S-3"}


@pytest.mark.parametrize("without", ["seal_number", "bag_number"])
def test_what_is_withheld_is_compared_with_nothing(without: str) -> None:
    s = stage()
    sealed(s, seal_number="S-1")
    assert on_file(s, without) is None


def test_nor_is_what_a_withheld_correction_says() -> None:
    s = stage()
    corrected(s, sealed(s, seal_number="S-1"), "S-2")
    assert on_file(s, "value") is None


def test_blanks_and_letter_case_are_folded() -> None:
    assert folded(" s-1\u00a07 ") == folded("S-17") == "s-17"


@pytest.mark.parametrize("number", ["Ä-1", "ẞ-1", "Σ-1", "\u212a-1", "\u200b-1", "\u180e-1"])
def test_of_other_letters_nothing_is_folded(number: str) -> None:
    """Readers of other versions of Unicode, or none, come to the same."""
    assert folded(number) == number


@pytest.mark.parametrize(
    ("verdict", "read_off", "numbers", "why"),
    [
        ("intact", "S-2", {"S-1"}, "differs from the number on file"),
        ("resealed", "S-2", {"S-1", "B-1"}, "differs from the number on file"),
        ("intact", "S-1", set(), "differs from the number on file"),
        ("intact", "s 1", {"S1"}, ""),
        ("intact", "B-1", {"S-1", "B-1"}, ""),
        ("number_mismatch", "S-1", {"S-1"}, "they are the same"),
        ("number_mismatch", "s-1", {"S-1"}, ""),  # another program may take letter case as it is
        ("number_mismatch", "S-1", {"S-1", "S-2"}, ""),  # one of them may have come later
        ("broken_unauthorised", "S-2", {"S-1"}, ""),
        ("intact", "", {"S-1"}, ""),
    ],
)
def test_a_verdict_is_what_comparing_gives(
    verdict: str, read_off: str, numbers: set[str], why: str
) -> None:
    found = belied(SealState(verdict), read_off, frozenset(numbers))
    assert (why in found) if why else found == ""


def test_without_numbers_nothing_is_belied() -> None:
    assert belied(SealState.INTACT, "S-1", None) == ""
    assert belied(None, "S-1", frozenset({"S-2"})) == ""
