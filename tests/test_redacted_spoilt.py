"""What an exporter does against her own announcement: more opened, less, other content. (R83, R99)"""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from custody.core import canonical
from custody.core.bundle import layout
from custody.core.findings import Check, Finding, Outcome
from custody_schemas.declare import Act, Kind
from tests.bundles import Bundle, bad, examined
from tests.exports import content_of
from tests.schedules import LEDGER, pack
from tests.spoilt.stage import EVIDENCE, IMAGE, Stage, drop, stage

GIVEN = {"redacted": ["serial"], "ground": "privileged"}
MORE = "serial is opened, though it was announced as withheld: redacted by who exported"
LESS = "exhibit is withheld, and nothing that was announced says why"
WHOLE = "case.zip: what the export withholds"


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


def by_profile(own: Stage, opens: Sequence[str]) -> dict[str, Any]:
    """Carl loads a pack with a profile that opens these; what an export announces that uses it."""
    some = {"name": "some", "text": "for a test", "opens": list(opens), "ground": "the law"}
    given = {"pack": pack(name="example", profiles=[some])}
    own.world.record("pack.loaded", [LEDGER], given, signers=[own.story.carl, own.story.olga])
    return {"pack": "example", "pack_version": 1, "profile": "some"}


def every_field(own: Stage) -> list[str]:
    names = {field for run in own.world.runs for field in run.signed.statement.sd}
    return sorted({*names, *Act.ALL["export.prepared"].FIELDS})


def test_a_field_that_the_profile_opens_is_dropped(tmp_path: Path) -> None:
    own = stage()
    by = by_profile(own, every_field(own))
    case = own.world.open_case("K-2026/41", by=own.story.olga, legal_profile="example")
    good = Bundle(own.world, case, own.story.olga, announced=by)
    found = [f for f in failures(tmp_path, close(good, "title")) if f.check is Check.REDACTIONS]
    assert {f.detail for f in found} == {
        "title is withheld, and nothing that was announced says why"
    }


def test_who_hides_the_pack_cannot_say_what_its_profile_withholds(tmp_path: Path) -> None:
    """Else the exporter withholds what she likes and leaves out the list that it is held against."""
    own = stage()
    by = by_profile(own, every_field(own))
    loaded = len(own.world.records) - 1
    case = own.world.open_case("K-2026/41", by=own.story.olga, legal_profile="example")
    hiding = Bundle(own.world, case, own.story.olga, announced=by, hidden=[loaded])
    report = examined(tmp_path, close(hiding, "title"))
    whole = [f for f in bad(report) if f.subject == WHOLE]
    why = "the pack of its profile is not shown"
    assert whole == [Finding(Check.REDACTIONS, Outcome.UNDETERMINED, WHOLE, why)]
    assert report.verdict is Outcome.FAILED, "a record of a shown chain is missing"
    (said,) = [row for row in report.withheld if "by the profile" in row and "opened" in row]
    assert said.endswith("the rest is withheld on the ground: the pack is not shown")


def test_what_was_named_is_withheld_though_the_pack_is_not_shown(tmp_path: Path) -> None:
    """What is opened against her word is known without the profile."""
    own = stage()
    by = by_profile(own, every_field(own))
    loaded = len(own.world.records) - 1
    case = own.world.open_case("K-2026/41", by=own.story.olga, legal_profile="example")
    given = {**by, "redacted": ["title"], "ground": "privileged"}
    made = Bundle(own.world, case, own.story.olga, announced=given, hidden=[loaded])
    found = [f for f in failures(tmp_path, made) if f.check is Check.REDACTIONS]
    details = {f.detail for f in found if f.outcome is Outcome.FAILED}
    assert details == {
        "title is opened, though it was announced as withheld: redacted by who exported"
    }
    assert WHOLE in {f.subject for f in found if f.outcome is Outcome.UNDETERMINED}


@pytest.mark.parametrize("whole", [False, True])
def test_who_brings_the_key_of_a_case_opens_of_it_what_a_whole_case_opens(
    tmp_path: Path, whole: bool
) -> None:
    """A remark on the case stays closed in bundles of chosen items: without that key."""
    own = stage()
    given = {"note": "on the case"}
    noted = own.world.record("note.recorded", [own.story.case], given, signers=[own.story.olga])
    made = own.bundle(own.story.laptop, announced=GIVEN)
    if whole:
        reference, key = own.world.case_keys[own.story.case]
        cases = [{"key": key.hex(), "reference": reference}]
        made.files[layout.KEYS] = canonical.encode({"v": 1, "cases": cases, "subjects": []})
    env = sha256(own.sent(noted).envelope.encode()).hexdigest()
    drop(made, layout.DISCLOSURES, lambda line: line["name"] == "serial" or line["env"] == env)
    found = [f.subject for f in failures(tmp_path, made) if f.check is Check.REDACTIONS]
    assert set(found) == ({f"case.zip: record {own.first(noted)}"} if whole else set())


def test_a_pack_of_that_name_in_another_version_says_nothing(tmp_path: Path) -> None:
    own = stage()
    by = by_profile(own, every_field(own))
    case = own.world.open_case("K-2026/41", by=own.story.olga, legal_profile="example")
    made = Bundle(own.world, case, own.story.olga, announced={**by, "pack_version": 2})
    (found,) = [f for f in failures(tmp_path, made) if f.subject == WHOLE]
    assert found.outcome is Outcome.UNDETERMINED


def test_of_what_nobody_is_shown_to_have_announced_nothing_is_asked(tmp_path: Path) -> None:
    """That it is not shown is what COMPLETENESS and FIXITY say."""
    own = stage()
    hidden = [len(own.world.records)]
    report = examined(tmp_path, close(own.bundle(announced=GIVEN, hidden=hidden), "exhibit"))
    assert [f for f in report.findings if f.subject == WHOLE] == []
    assert not any("redacted besides" in row for row in report.withheld)
    unannounced = {f.check for f in bad(report) if f.outcome is Outcome.UNDETERMINED}
    assert {Check.COMPLETENESS, Check.FIXITY} <= unannounced
    assert report.verdict is Outcome.FAILED


def test_beside_an_entry_that_is_not_there_the_others_are_asked(tmp_path: Path) -> None:
    own = stage()
    made = own.bundle(announced=GIVEN)
    env = sha256(own.sent_of("seal.applied").envelope.encode()).hexdigest()
    del made.files[layout.ENVELOPE.format(env)]
    found = [f for f in failures(tmp_path, made) if f.detail == MORE]
    assert len(found) == 3


def restricting(own: Stage, field: str) -> None:
    """Olga restricts a field of the entry that registered the laptop."""
    entry = own.sent_of("item.registered").id
    given = {"entry": entry, "fields": [field]}
    own.world.record("privacy.restricted", [own.story.laptop], given, signers=[own.story.olga])


def test_a_restriction_that_stood_before_is_not_kept(tmp_path: Path) -> None:
    own = stage()
    restricting(own, "exhibit")
    (found,) = [f for f in failures(tmp_path, own.bundle()) if f.check is Check.REDACTIONS]
    assert found.detail.startswith("exhibit is opened, though it was announced as withheld: restr")


def test_a_restriction_that_came_later_binds_the_next_export(tmp_path: Path) -> None:
    own = stage()
    given = {"evidence": True, "mirror": False}
    earlier = own.world.record("export.prepared", [own.story.case], given, signers=[own.story.olga])
    restricting(own, "exhibit")
    made = own.bundle(evidence_promised=True)
    made.export = earlier
    assert not [f for f in failures(tmp_path, made) if f.check is Check.REDACTIONS]


def sensitive(own: Stage) -> None:
    """Item 4, which is medical, with content that is item 2's as well."""
    story = own.story
    tag = own.world.item_tag(story.case, 4)
    found: Any = own.world.states[story.case]
    about = [(Kind.ITEM, tag), (Kind.REGISTER, found.register)]
    given = {"case": story.case, "number": 4, "sensitivity": "medical"}
    own.world.record("item.registered", about, given, signers=[story.dora])
    own.world.record("item.acquired", [tag], content_of(IMAGE, "scan.dd"), signers=[story.dora])


INSIDE = {**EVIDENCE, "data/items/4/0001.dd": IMAGE}


def test_sensitive_content_that_is_inside_and_was_not_named(tmp_path: Path) -> None:
    own = stage()
    sensitive(own)
    found = failures(tmp_path, own.bundle(evidence=INSIDE))
    assert [(f.check, f.detail) for f in found] == [
        (
            Check.EVIDENCE,
            "its content is sensitive, and is inside though the export did not name it",
        )
    ]


def test_sensitive_content_that_was_named_is_inside_and_the_report_says_so(tmp_path: Path) -> None:
    own = stage()
    sensitive(own)
    report = examined(tmp_path, own.bundle(evidence=INSIDE, announced={"sensitive": [4]}))
    assert bad(report) == []
    said = "content of these items was named, and is inside though sensitive: 4"
    assert f"case.zip: {said}" in report.withheld


def test_what_nobody_called_sensitive_and_is_left_out_all_the_same(tmp_path: Path) -> None:
    """Evidence that does not suit is left behind as if somebody had to be spared."""
    own = stage()
    left = {path: data for path, data in EVIDENCE.items() if "/3/" not in path}
    report = examined(tmp_path, own.bundle(evidence=left, announced={"left_out": [3]}))
    assert bad(report) == []
    said = "that it is, was not said when these of them were registered: 3"
    assert f"case.zip: {said}" in report.withheld


def test_content_that_was_to_be_left_out_is_inside(tmp_path: Path) -> None:
    found = failures(tmp_path, announcing(left_out=[2]))
    assert [(f.check, f.detail) for f in found] == [
        (Check.EVIDENCE, "the export left its content out, and it is inside")
    ]
