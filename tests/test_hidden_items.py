"""Who exports a case cannot call an item not chosen and hand out the rest as the whole case."""

from pathlib import Path
from typing import Any

import pytest

from custody.core import canonical, record
from custody.core.bundle import layout
from custody.core.findings import Check, Finding, Outcome, Report
from custody.core.state import Register
from custody.core.verify import verify
from custody_schemas.declare import Kind
from tests.bundles import Bundle, bad, examined, trust_in
from tests.exports import content_of
from tests.worlds import Story, story

CHOSEN = "that the case has no other items: case.zip shows chosen ones"


class AllButOne(Bundle):
    """Names two of three items, and shows them with the key, or the register, of the whole case."""

    case_key, register = True, True

    def shows(self, tag: str) -> bool:
        whole = self.register and isinstance(self.world.states[tag], Register)
        return whole or super().shows(tag)

    def keys(self) -> dict[str, Any]:
        if not self.case_key:
            return super().keys()
        reference, key = self.world.case_keys[self.case]
        return {"v": 1, "cases": [{"key": key.hex(), "reference": reference}], "subjects": []}


class WithoutRegister(AllButOne):
    register = False


def tag_of(data: bytes) -> str:
    entry = record.read(data)
    assert isinstance(entry, record.Entry)
    return entry.tag


def three_items() -> Story:
    told = story()
    for number in (2, 3):
        told.world.seize(told.case, number, told.warrant, by=told.dora)
    return told


def two_of_them(told: Story) -> tuple[str, str]:
    return told.laptop, told.world.item_tag(told.case, 2)


def c3(report: Report) -> list[str]:
    return [line for line in report.proved if line.startswith("C3: ")]


@pytest.mark.parametrize("kind", [AllButOne, WithoutRegister])
@pytest.mark.parametrize("mirror", [True, False])
def test_who_brings_the_key_of_a_case_shows_all_its_items(
    kind: type[Bundle], mirror: bool, tmp_path: Path
) -> None:
    told = three_items()
    report = examined(
        tmp_path, kind(told.world, told.case, told.olga, two_of_them(told), mirror=mirror)
    )
    assert report.verdict is Outcome.FAILED
    found = [f for f in bad(report) if f.check is Check.COMPLETENESS]
    hidden = Finding(
        Check.COMPLETENESS,
        Outcome.FAILED,
        "case.zip: item 3 of case K-2026/17",
        "is in the log and not in the bundle of its case",
    )
    assert (hidden in found) == mirror
    assert any("this export of the whole case does not show" in f.detail for f in found)
    assert not c3(report)


def test_chosen_items_say_that_they_are_not_the_whole_case(tmp_path: Path) -> None:
    told = three_items()
    made = Bundle(told.world, told.case, told.olga, two_of_them(told), mirror=True)
    report = examined(tmp_path, made)
    assert report.verdict is Outcome.PASSED
    (level,) = c3(report)
    assert level.endswith("nothing was left out of the subjects shown")
    assert any(line.startswith(CHOSEN) for line in report.not_proved)


def test_a_whole_case_is_not_said_to_be_chosen(tmp_path: Path) -> None:
    told = three_items()
    report = examined(tmp_path, Bundle(told.world, told.case, told.olga, mirror=True))
    assert report.verdict is Outcome.PASSED
    (level,) = c3(report)
    assert level.endswith("nothing was left out")
    assert not any(line.startswith(CHOSEN) for line in report.not_proved)


def test_an_old_export_of_chosen_items_does_not_excuse_a_new_bundle(tmp_path: Path) -> None:
    told = three_items()
    given = {"evidence": False, "mirror": True}
    about = [told.case, *two_of_them(told)]
    earlier = told.world.record("export.prepared", about, given, signers=[told.olga])
    made = AllButOne(told.world, told.case, told.olga, two_of_them(told), mirror=True)
    made.export = earlier
    assert examined(tmp_path, made).verdict is Outcome.FAILED


@pytest.mark.parametrize(("chosen", "missed"), [((2,), 0), ((2, 3, 4), 0), ((2, 4), 1), ((4,), 2)])
def test_an_item_comes_with_what_it_was_made_from_and_not_with_what_was_made_of_it(
    chosen: tuple[int, ...], missed: int, tmp_path: Path
) -> None:
    """Of items 2 and 3 item 4 was made."""
    told = story()
    world = told.world
    made = [world.acquire(told.case, n, by=told.eve) for n in (2, 3)]
    child = world.register(told.case, 4, by=told.eve)
    places = [(Kind.ITEM, child), *((Kind.SOURCE, each) for each in made)]
    parents = [world.item(tag).content for tag in sorted(made)]
    given = {**content_of(b"both", "both.txt"), "parents": parents}
    n = len(world.records)
    world.record("item.derived", places, given, signers=[told.eve])
    items = tuple(world.item_tag(told.case, number) for number in chosen)
    found = bad(examined(tmp_path, Bundle(world, told.case, told.olga, items)))
    at = next(k for k in range(n, n + 3) if tag_of(world.records[k]) == child)
    words = "made the item from one that is not shown"
    hidden = Finding(Check.COMPLETENESS, Outcome.UNDETERMINED, f"case.zip: record {at}", words)
    assert found == [hidden] * missed


def test_beside_the_whole_case_chosen_items_hide_nothing(tmp_path: Path) -> None:
    told = three_items()
    whole = Bundle(told.world, told.case, told.olga, mirror=True)
    told.world.seize(told.case, 4, told.warrant, by=told.dora)
    few = Bundle(told.world, told.case, told.olga, two_of_them(told), mirror=True)
    paths = [each.save(tmp_path / f"{name}.zip") for name, each in (("whole", whole), ("few", few))]
    report = verify(paths, trust_in(told.world))
    assert report.verdict is Outcome.PASSED, bad(report)
    assert canonical.decode(few.files[layout.KEYS], layout.KEYS_BYTES)["cases"] == []
    assert "few.zip shows chosen ones" in " ".join(report.not_proved)
