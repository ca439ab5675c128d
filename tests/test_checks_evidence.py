"""EVIDENCE: whose content it is that lies in a bundle, what is asked of it, and of which export. (SPEC §11)"""

from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from blake3 import blake3

from custody.core.bundle import layout
from custody.core.findings import Check, Finding, Outcome, Report
from custody.core.state import Register
from custody.core.verify import verify
from tests.bundles import Bundle, bad, examined, trust_in
from tests.rogues import rogue_story
from tests.spoilt.stage import drop
from tests.test_checks_bag import FILE, IMAGE, MANIFEST, content_of, segmented, told_with
from tests.worlds import Story, World, story

NOTE = b"a short note"
DIGESTS = {"content_sha256": sha256(NOTE).hexdigest(), "content_blake3": blake3(NOTE).hexdigest()}
ITEM = "item 2 of case K-2026/17"
ABSENT = "its content is not in the bundle"


def of_evidence(report: Report) -> list[tuple[Outcome, str, str]]:
    return [(f.outcome, f.subject, f.detail) for f in report.findings if f.check is Check.EVIDENCE]


@pytest.mark.parametrize("closed", DIGESTS)
def test_content_is_not_compared_by_one_of_its_digests_alone(tmp_path: Path, closed: str) -> None:
    """That the other is withheld is nobody's lie: it is not known whether the file is the one."""
    told, tag = told_with(content_of(NOTE), **DIGESTS)
    bundle = Bundle(told.world, told.case, told.olga, [tag], evidence={FILE: NOTE})
    drop(bundle, layout.DISCLOSURES, lambda line: line["name"] == closed)
    folder, why = f"case.zip: {ITEM}: data/items/2", "the signed digests are withheld"
    assert bad(examined(tmp_path, bundle)) == [
        Finding(Check.EVIDENCE, Outcome.UNDETERMINED, folder, why)
    ]


def test_content_is_compared_where_nobody_is_shown_to_have_announced_it(tmp_path: Path) -> None:
    told, _ = told_with(content_of(IMAGE))
    bundle = Bundle(told.world, told.case, told.olga, evidence={FILE: IMAGE})
    report = examined(tmp_path, bundle, files=bundle.bag(export="00" * 32))
    there = (Outcome.PASSED, f"case.zip: {ITEM}", "1 files, as signed in record 16")
    assert of_evidence(report) == [there]
    assert report.verdict is Outcome.UNDETERMINED


class ShowingMore(Bundle):
    """An export that announces chosen items, and shows the others as well."""

    def shows(self, tag: str) -> bool:
        return not isinstance(self.world.states[tag], Register)


def imaged() -> tuple[Story, World, str]:
    told, tag = told_with(content_of(IMAGE))
    return told, told.world, tag


def test_content_of_an_item_that_is_shown_and_was_not_chosen_was_not_announced(
    tmp_path: Path,
) -> None:
    told, world, _ = imaged()
    made = ShowingMore(world, told.case, told.olga, [told.laptop], evidence={FILE: IMAGE})
    why = "the export did not announce its content, and it is inside"
    wrong = Finding(Check.EVIDENCE, Outcome.FAILED, f"case.zip: {ITEM}", why)
    assert bad(examined(tmp_path, made)) == [wrong]


def test_nor_was_it_promised(tmp_path: Path) -> None:
    told, world, _ = imaged()
    made = ShowingMore(world, told.case, told.olga, [told.laptop], evidence_promised=True)
    report = examined(tmp_path, made)
    assert bad(report) == []
    assert of_evidence(report) == [(Outcome.NOT_REQUIRED, f"case.zip: {ITEM}", ABSENT)]


@pytest.mark.parametrize("enclosed", [True, False])
def test_of_several_chosen_items_the_content_of_each_is_promised(
    tmp_path: Path, enclosed: bool
) -> None:
    told, world, tag = imaged()
    given: dict[str, Any] = {"evidence": {FILE: IMAGE}} if enclosed else {"evidence_promised": True}
    report = examined(tmp_path, Bundle(world, told.case, told.olga, [told.laptop, tag], **given))
    missing = (
        Outcome.FAILED,
        f"case.zip: {ITEM}",
        "the export promises the content; it is missing",
    )
    there = (Outcome.PASSED, f"case.zip: {ITEM}", "1 files, as signed in record 16")
    assert of_evidence(report) == [there if enclosed else missing]
    assert report.verdict is (Outcome.PASSED if enclosed else Outcome.FAILED)


@pytest.mark.parametrize("smuggled", [True, False])
def test_what_another_bundle_shows_is_no_item_of_this_one(tmp_path: Path, smuggled: bool) -> None:
    """Content goes with the entry that signed it: beside another bundle it is not announced here."""
    told, world, tag = imaged()
    one = Bundle(world, told.case, told.olga, [told.laptop], evidence_promised=True)
    if smuggled:
        one.files[FILE] = IMAGE
    other = Bundle(world, told.case, told.olga, [tag], evidence={FILE: IMAGE})
    paths = [one.save(tmp_path / "one.zip"), other.save(tmp_path / "other.zip")]
    report = verify(paths, trust_in(world))
    spare = Finding(Check.EVIDENCE, Outcome.FAILED, f"one.zip: {FILE}", "no shown entry names it")
    assert bad(report) == ([spare] if smuggled else [])
    assert [f for f in report.findings if f.subject == f"one.zip: {ITEM}"] == []
    passed = (Outcome.PASSED, f"other.zip: {ITEM}", "1 files, as signed in record 16")
    assert passed in of_evidence(report)


def test_where_a_manifest_is_none_nothing_is_said_of_the_files_beside_it(tmp_path: Path) -> None:
    bundle = segmented()
    bundle.files["data/items/2/manifest.jsonl"] = b"no line of it\n" + MANIFEST
    found = [(f.subject, f.detail.partition(":")[0]) for f in bad(examined(tmp_path, bundle))]
    where = f"case.zip: {ITEM}: data/items/2/manifest.jsonl"
    whys = ("is not the file that was recorded", "is no manifest of files")
    assert found == [(where, why) for why in whys]


def test_content_that_came_later_was_promised_by_no_older_bundle(tmp_path: Path) -> None:
    told = story()
    tag = told.world.register(told.case, 2, by=told.eve)
    older = Bundle(told.world, told.case, told.olga, evidence_promised=True)
    given = {"content": content_of(IMAGE), "stored_hash": "not_applicable"}
    told.world.record("item.acquired", [tag], given, signers=[told.eve])
    newer = Bundle(told.world, told.case, told.olga, evidence={FILE: IMAGE})
    paths = [older.save(tmp_path / "older.zip"), newer.save(tmp_path / "newer.zip")]
    report = verify(paths, trust_in(told.world))
    assert bad(report) == []
    none = "no item with digital content is shown"
    assert (Outcome.NOT_REQUIRED, "older.zip", none) in of_evidence(report)


def acquired_again(told: Story, tag: str) -> None:
    """Eve puts another content on file, which nobody may."""
    forged = {"content": content_of(IMAGE[::-1]), "stored_hash": "not_applicable"}
    told.world.record("item.acquired", [tag], forged, signers=[told.eve])


@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize("turned", [False, True], ids=["after", "before"])
@pytest.mark.parametrize("place", ["later", "unshown", "of a remark", "of the tally"])
def test_content_is_what_the_bundle_itself_says(
    tmp_path: Path, place: str, turned: bool, signed: bool
) -> None:
    """Else who writes a log of his own, or records what no rule allows, has honest evidence accused."""
    told, world = rogue_story()
    tag = world.register(told.case, 2, by=told.eve)
    given = {"content": content_of(IMAGE), "stored_hash": "not_applicable"}
    world.record("item.acquired", [tag], given, signers=[told.eve])
    own = replace(told, world=world if place == "later" else world.fork())
    if place == "unshown":
        world.register(told.case, 3, by=told.eve)
    elif place == "of a remark":
        world.record("note.recorded", [tag], {"note": "x"}, signers=[told.eve])
    honest = Bundle(world, told.case, told.olga, [tag], evidence={FILE: IMAGE})
    while place == "of the tally" and len(own.world.records) < honest.size - 1:
        own.world.record("note.recorded", [told.case], {"note": "x"}, signers=[told.olga])
    acquired_again(own, tag)
    other = Bundle(own.world, told.case, told.olga, [tag])
    if not signed:
        lines = other.note.splitlines(keepends=True)
        other.files[layout.CHECKPOINT] = b"".join([*lines[:-2], lines[-1]])
    paths = [honest.save(tmp_path / "honest.zip"), other.save(tmp_path / "other.zip")]
    report = verify(paths[::-1] if turned else paths, trust_in(world))
    assert report.verdict is Outcome.FAILED
    there = Finding(
        Check.EVIDENCE, Outcome.PASSED, f"honest.zip: {ITEM}", "1 files, as signed in record 16"
    )
    assert there in report.findings
    assert [f for f in bad(report) if f.check is Check.EVIDENCE] == []
    assert not any("honest.zip" in line for line in report.leading)
