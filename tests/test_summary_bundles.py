"""What a report says of the bundles themselves: mirror, chosen items, images, what stayed behind."""

from pathlib import Path

import pytest

from custody.core import summary
from custody.core.findings import Check, Outcome, Report
from tests.bundles import Bundle, examined
from tests.spoilt.stage import hide
from tests.test_adverse import IMAGED, acquired
from tests.test_checks_bag import FILE, IMAGE
from tests.worlds import Story, story


def reported(
    folder: Path, told: Story, *items: str, image: bool = False, mirror: bool = False
) -> Report:
    evidence = {FILE: IMAGE} if image else None
    bundle = Bundle(told.world, told.case, told.olga, items, evidence=evidence, mirror=mirror)
    return examined(folder, bundle)


def said(report: Report, words: str) -> bool:
    return words in report.not_proved


@pytest.mark.parametrize("mirror", [False, True])
def test_without_a_mirror_something_may_have_been_left_out(tmp_path: Path, mirror: bool) -> None:
    report = reported(tmp_path, story(), mirror=mirror)
    assert said(report, summary.NO_MIRROR.format("case.zip")) is not mirror


@pytest.mark.parametrize("chosen", [False, True])
def test_chosen_items_may_not_be_all_of_the_case(tmp_path: Path, chosen: bool) -> None:
    told = story()
    report = reported(tmp_path, told, *([told.laptop] if chosen else []))
    assert said(report, summary.CHOSEN.format("case.zip")) is chosen


@pytest.mark.parametrize("image", [False, True])
def test_media_in_images_are_not_decoded(tmp_path: Path, image: bool) -> None:
    told = story()
    acquired(told)
    report = reported(tmp_path, told, image=image)
    assert report.verdict is Outcome.PASSED
    assert said(report, summary.MEDIA) is image


@pytest.mark.parametrize("image", [False, True])
def test_content_that_stayed_behind_is_listed_with_what_it_is_of(
    tmp_path: Path, image: bool
) -> None:
    told = story()
    acquired(told)
    report = reported(tmp_path, told, image=image)
    behind = f"case.zip: {IMAGED}: its content is not in the bundle"
    assert [each for each in report.withheld if each.startswith("case.zip: ")] == (
        [] if image else [behind]
    )
    others = [f for f in report.findings if f.check is not Check.EVIDENCE]
    assert any(f.outcome is Outcome.NOT_REQUIRED for f in others)
    assert not {f"{f.subject}: {f.detail}" for f in others} & set(report.withheld)


@pytest.mark.parametrize("named", ["nobody", "hidden", "shown"])
def test_who_is_named_and_not_shown_is_told(tmp_path: Path, named: str) -> None:
    told = story()
    n, to = len(told.world.records), "ab" * 32 if named == "nobody" else told.pia.tag
    told.world.record("transfer.released", [told.laptop], {"to": to}, signers=[told.dora])
    bundle = Bundle(told.world, told.case, told.olga)
    if named == "hidden":
        hide(bundle, to)
    report = examined(tmp_path, bundle)
    assert report.verdict is Outcome.PASSED
    assert said(report, summary.NAMED.format(to, n)) is (named != "shown")
