"""Keys that open something else than the entries say, or nothing: told, and never a crash."""

from pathlib import Path
from typing import Any

import pytest

from custody.core import canonical, tags
from custody.core.bundle import layout
from custody.core.findings import Check, Outcome
from custody_schemas.declare import Kind
from tests.bundles import Bundle, bad, examined
from tests.worlds import Story, story


def registered_as(told: Story, tag: str, number: int) -> None:
    """An item whose tag is of another number, or of another case."""
    found: Any = told.world.states[told.case]
    about = [(Kind.ITEM, tag), (Kind.REGISTER, found.register)]
    given = {"case": told.case, "number": number}
    told.world.record("item.registered", about, given, signers=[told.dora])


def is_reference(value: dict[str, Any]) -> bool:
    return bool(value["name"] == "reference")


def own_key(told: Story, reference: str, number: int) -> bytes:
    _, key = told.world.case_keys[told.case]
    return tags.subject_key(key, "item", reference, number)


def why(
    folder: Path, told: Story, tag: str, item: dict[str, Any], withheld: bool = True
) -> list[str]:
    """What STRUCTURE says of a bundle of that item, opened with that key.

    withheld: the case's own reference is not opened
    """
    bundle = Bundle(told.world, told.case, told.olga, [tag])
    if withheld:
        bundle.edit(layout.DISCLOSURES, lambda v: v.remove(next(filter(is_reference, v))))
    keys = bundle.keys()
    keys["subjects"] = [each for each in keys["subjects"] if each["kind"] != "item"] + [item]
    bundle.files[layout.KEYS] = canonical.encode(keys)
    report = examined(folder, bundle)
    assert report.verdict is Outcome.FAILED
    assert {f.check for f in bad(report)} == {Check.STRUCTURE}
    return [f.detail for f in bad(report)]


def test_an_item_under_the_tag_of_another_number(tmp_path: Path) -> None:
    told = story()
    tag = told.world.item_tag(told.case, 3)
    registered_as(told, tag, 2)
    key = own_key(told, "K-2026/17", 3).hex()
    item = {"key": key, "kind": "item", "number": 3, "reference": "K-2026/17"}
    assert why(tmp_path, told, tag, item) == ["the key makes it item 3, the entries do not"]


def test_an_item_under_the_tag_of_a_register(tmp_path: Path) -> None:
    told = story()
    _, key = told.world.case_keys[told.case]
    own = tags.subject_key(key, "register", "K-9")
    tag = tags.tag(own, "register", "K-9")
    registered_as(told, tag, 2)
    item = {"key": own.hex(), "kind": "register", "reference": "K-9"}
    assert why(tmp_path, told, tag, item) == ["the key makes it the register, the entries do not"]


def test_an_item_under_the_tag_of_another_case(tmp_path: Path) -> None:
    told = story()
    own = own_key(told, "K-9", 2)
    tag = tags.tag(own, "item", "K-9", 2)
    registered_as(told, tag, 2)
    item = {"key": own.hex(), "kind": "item", "number": 2, "reference": "K-9"}
    assert why(tmp_path, told, tag, item) == [
        "the key makes it one of case K-9, the entries do not"
    ]
    assert why(tmp_path, told, tag, item, withheld=False) == [
        "the entry that opened the case calls it K-2026/17"
    ]


@pytest.mark.parametrize(
    "spare",
    [
        {"key": "11" * 32, "kind": "boat", "reference": "K-2026/17"},
        {"key": "11" * 32, "kind": "case", "reference": ""},
        {"key": "11" * 32, "kind": "item", "number": 0, "reference": "K-2026/17"},
        {"key": "11" * 32, "kind": "item", "number": 100_000, "reference": "K-2026/17"},
        {"key": "11" * 32, "kind": "register", "reference": "of nothing"},
    ],
    ids=str,
)
def test_keys_that_open_nothing_are_passed_over(tmp_path: Path, spare: dict[str, Any]) -> None:
    told = story()
    bundle = Bundle(told.world, told.case, told.olga, [told.laptop])
    keys = bundle.keys()
    keys["subjects"].append(spare)
    bundle.files[layout.KEYS] = canonical.encode(keys)
    assert examined(tmp_path, bundle).verdict is Outcome.PASSED


@pytest.mark.parametrize("reference", ["", "K-9"])
def test_a_case_key_that_opens_nothing_is_passed_over(tmp_path: Path, reference: str) -> None:
    told = story()
    bundle = Bundle(told.world, told.case, told.olga)
    keys = bundle.keys()
    keys["cases"].append({"key": "11" * 32, "reference": reference})
    bundle.files[layout.KEYS] = canonical.encode(keys)
    assert examined(tmp_path, bundle).verdict is Outcome.PASSED


@pytest.mark.parametrize("exhibit", ["AB/2", ""])
def test_an_item_is_called_by_its_number_its_label_and_its_case(
    tmp_path: Path, exhibit: str
) -> None:
    told = story()
    tag = told.world.item_tag(told.case, 2)
    found: Any = told.world.states[told.case]
    about = [(Kind.ITEM, tag), (Kind.REGISTER, found.register)]
    given = {"case": told.case, "number": 2, "exhibit": exhibit}
    told.world.record("item.registered", about, given, signers=[told.dora])
    report = examined(tmp_path, Bundle(told.world, told.case, told.olga))
    label = f" ({exhibit})" if exhibit else ""
    assert f"item 2{label} of case K-2026/17" in {each.subject for each in report.findings}
