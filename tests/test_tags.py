"""Blinded names: SPEC §5."""

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core import tags
from custody.core.errors import MalformedError
from tests.test_canonical import texts

VECTOR = json.loads((Path(__file__).parent / "vectors/tags.json").read_text())

references = texts.filter(bool)
names = st.tuples(st.sampled_from(["case", "register"]), references, st.none()) | st.tuples(
    st.just("item"), references, st.integers(1, 99_999)
)


@pytest.mark.parametrize("case", VECTOR["subjects"], ids=lambda c: f"{c['kind']} {c['tag'][:6]}")
def test_subjects_of_a_case(case: dict[str, Any]) -> None:
    name = case["kind"], case["reference"], case.get("number")
    key = tags.subject_key(bytes.fromhex(VECTOR["case_key"]), *name)
    assert key.hex() == case["subject_key"]
    assert tags.tag(key, *name) == case["tag"]


def test_actors_and_the_ledger() -> None:
    assert tags.actor_tag(VECTOR["origin"], VECTOR["first_key"]) == VECTOR["actor"]
    assert tags.ledger_tag(VECTOR["origin"]) == VECTOR["ledger"]


@given(st.binary(min_size=32, max_size=32), names, names)
def test_two_subjects_never_share_a_tag(
    case_key: bytes, one: tuple[str, str, int | None], other: tuple[str, str, int | None]
) -> None:
    def tag(name: tuple[str, str, int | None]) -> str:
        return tags.tag(tags.subject_key(case_key, *name), *name)

    assert (tag(one) == tag(other)) == (one == other)


@given(st.binary(min_size=32, max_size=32), names)
def test_the_definition(case_key: bytes, name: tuple[str, str, int | None]) -> None:
    kind, reference, number = name
    message = f"custody/{kind}/v1\0{reference}" + ("" if number is None else f"\0{number}")
    key = hmac.new(case_key, message.encode(), hashlib.sha256).digest()
    assert tags.subject_key(case_key, *name) == key
    assert tags.tag(key, *name) == hmac.new(key, message.encode(), hashlib.sha256).hexdigest()


def test_all_items_of_a_case() -> None:
    every = dict(tags.item_tags(bytes(32), "K-7"))
    assert every.keys() == set(tags.ITEM_NUMBERS)
    for number in (1, 10, 99_999):
        key = tags.subject_key(bytes(32), "item", "K-7", number)
        assert every[number] == tags.tag(key, "item", "K-7", number)
    for wrong in ("", "a\0b"):
        with pytest.raises(MalformedError):
            next(tags.item_tags(bytes(32), wrong))
    with pytest.raises(MalformedError, match="a key of 31 bytes"):
        next(tags.item_tags(bytes(31), "K-7"))


@given(references, references, st.sampled_from(["\0", "\ud800", "\x1b", "\u202e"]))
def test_what_separates_the_parts_can_be_in_none_of_them(
    before: str, after: str, character: str
) -> None:
    for reference in (before + character + after, character):
        for make in (
            lambda r=reference: tags.subject_key(bytes(32), "case", r),
            lambda r=reference: tags.tag(bytes(32), "item", r, 1),
            lambda r=reference: tags.actor_tag(r, "0" * 64),
            lambda r=reference: tags.actor_tag("agency.example", r),
            lambda r=reference: tags.ledger_tag(r),
        ):
            with pytest.raises(MalformedError, match="character"):
                make()


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("item", None),
        ("item", 0),
        ("item", -1),
        ("item", 100_000),
        ("case", 1),
        ("register", 0),
        ("actor", None),
        ("ledger", None),
        ("", None),
        ("item/v1\0x", 1),
    ],
)
def test_no_such_subject(kind: str, number: int | None) -> None:
    for make in (tags.subject_key, tags.tag):
        with pytest.raises(MalformedError, match="items are numbered 1 to 99999"):
            make(bytes(32), kind, "K-1", number)


def test_true_is_not_item_number_one() -> None:
    with pytest.raises(MalformedError, match="items are numbered"):
        tags.tag(bytes(32), "item", "K-1", True)


@pytest.mark.parametrize("size", [0, 16, 31, 33, 64])
def test_keys_of_another_length_are_refused(size: int) -> None:
    for make in (tags.subject_key, tags.tag):
        with pytest.raises(MalformedError, match=f"a key of {size} bytes"):
            make(bytes(size), "case", "K-1")


def test_an_empty_reference_is_refused() -> None:
    with pytest.raises(MalformedError, match="empty"):
        tags.tag(bytes(32), "case", "")
    with pytest.raises(MalformedError, match="empty"):
        tags.ledger_tag("")
