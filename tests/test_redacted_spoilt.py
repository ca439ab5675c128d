"""What an exporter does against her own announcement: more opened, less, other content. (R83, R99)"""

from pathlib import Path
from typing import Any

from custody.core.bundle import layout
from custody.core.findings import Check, Finding, Outcome
from custody_schemas.declare import Act
from tests.bundles import Bundle, bad, examined
from tests.schedules import LEDGER, pack
from tests.spoilt.stage import drop, stage

GIVEN = {"redacted": ["serial"], "ground": "privileged"}
MORE = "serial is opened, though it was announced as withheld: redacted by who exported"
LESS = "exhibit is withheld, and nothing that was announced says why"


def announcing(**given: Any) -> Bundle:
    """An export that announced `given`, and opens everything all the same."""
    return stage().bundle(announced=given)


def close(bundle: Bundle, *names: str) -> Bundle:
    """The bundle without what opens fields of these names."""
    drop(bundle, layout.DISCLOSURES, lambda value: value["name"] in names)
    return bundle


def failures(folder: Path, bundle: Bundle) -> list[Finding]:
    return bad(examined(folder, bundle))


def test_what_is_as_it_was_announced_passes(tmp_path: Path) -> None:
    report = examined(tmp_path, close(announcing(**GIVEN), "serial"))
    assert bad(report) == []
    assert "case.zip: redacted besides: serial, on the ground: privileged" in report.withheld


def test_what_was_to_be_withheld_is_opened(tmp_path: Path) -> None:
    found = failures(tmp_path, announcing(**GIVEN))
    assert {(f.check, f.outcome, f.detail) for f in found} == {
        (Check.REDACTIONS, Outcome.FAILED, MORE)
    }
    assert len(found) == 3, "each of the items that were registered"


def test_what_was_to_be_open_is_dropped(tmp_path: Path) -> None:
    found = failures(tmp_path, close(announcing(**GIVEN), "serial", "exhibit"))
    assert {(f.check, f.outcome, f.detail) for f in found} == {
        (Check.REDACTIONS, Outcome.FAILED, LESS)
    }


def test_what_an_export_drops_that_announced_nothing_is_listed_only(tmp_path: Path) -> None:
    report = examined(tmp_path, close(announcing(), "exhibit"))
    assert bad(report) == []
    assert any(row.endswith("(item.registered): exhibit") for row in report.withheld)


def test_a_field_that_the_profile_opens_is_dropped(tmp_path: Path) -> None:
    own = stage()
    names = {field for run in own.world.runs for field in run.signed.statement.sd}
    opens = sorted({*names, *Act.ALL["export.prepared"].FIELDS})
    some = {"name": "some", "text": "for a test", "opens": opens, "ground": "the law"}
    given = {"pack": pack(name="example", profiles=[some])}
    own.world.record("pack.loaded", [LEDGER], given, signers=[own.story.carl, own.story.olga])
    case = own.world.open_case("K-2026/41", by=own.story.olga, legal_profile="example")
    by = {"pack": "example", "pack_version": 1, "profile": "some"}
    good = Bundle(own.world, case, own.story.olga, announced=by)
    found = [f for f in failures(tmp_path, close(good, "title")) if f.check is Check.REDACTIONS]
    assert {f.detail for f in found} == {
        "title is withheld, and nothing that was announced says why"
    }


def test_content_that_was_to_be_left_out_is_inside(tmp_path: Path) -> None:
    found = failures(tmp_path, announcing(left_out=[2]))
    assert [(f.check, f.detail) for f in found] == [
        (Check.EVIDENCE, "the export left its content out, and it is inside")
    ]
