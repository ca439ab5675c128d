"""Rules on what an export announces that it withholds: R83, R99."""

from typing import Any

from custody_schemas.acts import ExportPrepared
from custody_schemas.declare import Kind
from tests.rulings import Attempt, admits, attempt, refuses
from tests.schedules import housed, load, rule
from tests.worlds import Story

CASE, ITEM = Kind.CASE, Kind.ITEM
PROFILE = {"name": "court", "text": "for a court", "opens": ["exhibit"], "ground": "the law"}
BY = {"pack": "house", "pack_version": 1, "profile": "court"}


def exporting(s: Story, given: dict[str, Any], *, loaded: bool = True) -> Attempt:
    """Olga exports the case under the pack `house`."""
    if loaded:
        load(s, rule(), profiles=[PROFILE])
    case = s.world.item(housed(s)).case
    return attempt(s, "export.prepared", [case], given, s.olga)


@admits(ExportPrepared, CASE, ITEM)
def test_what_is_left_out_is_no_copy_of_the_item(s: Story) -> None:
    load(s, rule(), profiles=[PROFILE])
    image = housed(s)
    about, given = [s.world.item(image).case, image], {**BY, "evidence": True}
    s.world.record("export.prepared", about, {**given, "left_out": [1]}, signers=[s.olga])
    assert s.world.item(image).exports == ()
    inside = {**given, "sensitive": [1]}
    entry = s.world.record("export.prepared", about, inside, signers=[s.olga])
    assert s.world.item(image).exports == (entry,)


@refuses(ExportPrepared, CASE, "E_PACK", "no pack is in force in this case")
def test_a_profile_is_one_of_a_pack_that_was_loaded(s: Story) -> Attempt:
    return exporting(s, BY, loaded=False)


@refuses(ExportPrepared, CASE, "E_PACK", "version 1 of house is in force")
def test_a_profile_is_one_of_the_version_in_force(s: Story) -> Attempt:
    return exporting(s, {**BY, "pack_version": 2})


@refuses(ExportPrepared, CASE, "E_PACK", "version 1 of house is in force")
def test_a_profile_says_of_which_pack_it_is(s: Story) -> Attempt:
    return exporting(s, {"profile": "court"})


@refuses(ExportPrepared, CASE, "E_PACK", "house has no such profile; it has court")
def test_a_profile_is_one_that_the_pack_has(s: Story) -> Attempt:
    return exporting(s, {**BY, "profile": "press"})


@refuses(ExportPrepared, CASE, "E_CONTENT", "without evidence has no content inside")
def test_an_export_of_records_leaves_no_content_out(s: Story) -> Attempt:
    return exporting(s, {"evidence": False, "left_out": [1]})


@refuses(ExportPrepared, CASE, "E_CONTENT", "item 1 is said to be inside and left out")
def test_content_is_inside_or_left_out(s: Story) -> Attempt:
    return exporting(s, {"evidence": True, "left_out": [1], "sensitive": [1, 2]})
