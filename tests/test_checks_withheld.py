"""What an export must open all the same, what a restriction binds, and what is listed with a reason."""

from pathlib import Path

import pytest

from custody.core.bundle import layout
from custody.core.findings import Check, Outcome
from custody.core.verify import verify
from tests.bundles import Bundle, bad, examined, trust_in
from tests.spoilt.stage import Stage, drop, good, stage
from tests.test_erased import env_of, erase, noted
from tests.test_redacted_spoilt import (
    GIVEN,
    LESS,
    WHOLE,
    announcing,
    by_profile,
    close,
    every_field,
    restricting,
)

DIGESTS = ["content_blake3", "content_sha256"]
OPENED = "is opened, though it was announced as withheld: redacted by who exported"


@pytest.mark.parametrize("enclosed", [True, False])
def test_digests_of_content_are_open_where_it_goes_along(tmp_path: Path, enclosed: bool) -> None:
    """Whatever was announced: without them nobody could tell whether it is the content."""
    given = {"redacted": DIGESTS, "ground": "privileged", "evidence": enclosed}
    own = stage()
    made = own.bundle(announced=given, **({} if enclosed else {"evidence": {}}))
    acquired = {
        f"case.zip: record {run.first}"
        for run in own.world.runs
        if run.signed.statement.name == "item.acquired"
    }
    wrong = {(subject, f"{field} {OPENED}") for field in DIGESTS for subject in acquired}
    assert len(wrong) == 4
    found = {(f.subject, f.detail) for f in bad(examined(tmp_path, made))}
    assert found == (set() if enclosed else wrong)


def test_an_export_that_announced_nothing_is_asked_nothing(tmp_path: Path) -> None:
    _, bundle = good()
    report = examined(tmp_path, bundle)
    assert WHOLE not in {f.subject for f in report.findings}


def test_where_something_is_restricted_the_rest_may_still_be_withheld(tmp_path: Path) -> None:
    own = stage()
    restricting(own, "exhibit")
    report = examined(tmp_path, close(own.bundle(), "exhibit", "serial"))
    assert bad(report) == []
    assert WHOLE in {f.subject for f in report.findings if f.outcome is Outcome.PASSED}


def restricted_of_two(own: Stage) -> None:
    """One entry restricts what was said of the laptop, and of the image made of it."""
    laptop, image = own.story.laptop, own.image
    note = {"note": "both"}
    signers = [own.story.olga]
    entry = own.world.record("note.recorded", [laptop, image], note, signers=[own.story.eve])
    given = {"entry": entry, "fields": ["note"]}
    own.world.record("privacy.restricted", [laptop, image], given, signers=signers)


def test_a_restriction_binds_who_shows_one_of_its_items(tmp_path: Path) -> None:
    own = stage()
    restricted_of_two(own)
    opened = [f for f in bad(examined(tmp_path, own.bundle(own.story.laptop)))]
    assert [f.check for f in opened] == [Check.REDACTIONS]
    assert opened[0].detail.startswith("note is opened, though it was announced as withheld")
    closed = close(own.bundle(own.story.laptop), "note")
    assert bad(examined(tmp_path, closed)) == []


def narrow(folder: Path, own: Stage, *parts: tuple[str, bool]) -> list[tuple[str, str]]:
    """What is told of a remark on both items that is restricted item by item, or again not."""
    laptop, image, signers = own.story.laptop, own.image, [own.story.olga]
    said = {"note": "both"}
    entry = own.world.record("note.recorded", [laptop, image], said, signers=[own.story.eve])
    for item, lifted in parts:
        given = {"entry": entry, "fields": ["note", "place"], "lifted": lifted}
        own.world.record("privacy.restricted", [item], given, signers=signers)
    report = examined(folder, close(own.bundle(laptop, image), "note", "place"))
    return [(f.subject, f.detail) for f in report.adverse if "may open it" in f.detail]


def test_a_restriction_on_one_item_of_two_is_told(tmp_path: Path) -> None:
    own = stage()
    note, place = narrow(tmp_path, own, (own.image, False))
    remark = next(run for run in own.world.runs if run.signed.statement.name == "note.recorded")
    assert note[0] == "item 2 of case K-2026/17"
    assert note[1].partition("; ")[0] == (
        f"note of record {remark.first} is restricted here, and on 1 other subject of that entry "
        "by nothing that is shown: an export of those may open it"
    )
    assert place[1] == note[1].replace("note of", "place of", 1)
    assert place[1].endswith(", privacy.restricted")


@pytest.mark.parametrize("last", [False, True], ids=["restricted on both", "lifted again"])
def test_a_restriction_on_each_item_or_on_none_is_as_wide_as_its_entry(
    tmp_path: Path, last: bool
) -> None:
    own = stage()
    other = own.image if last else own.story.laptop
    assert narrow(tmp_path, own, (own.image, False), (other, last)) == []


def test_lifted_on_one_item_it_is_told_of_the_other(tmp_path: Path) -> None:
    own = stage()
    laptop, image = own.story.laptop, own.image
    facts = narrow(tmp_path, own, (image, False), (laptop, False), (image, True))
    assert {subject for subject, _ in facts} == {"item 1 of case K-2026/17"}


def test_a_restriction_that_only_another_bundle_shows_binds_nobody(tmp_path: Path) -> None:
    """Who exports the laptop knows nothing of what stands on the chain of the image."""
    own = stage()
    laptop, image = own.story.laptop, own.image
    said = {"note": "both"}
    entry = own.world.record("note.recorded", [laptop, image], said, signers=[own.story.eve])
    given = {"entry": entry, "fields": ["note"]}
    own.world.record("privacy.restricted", [image], given, signers=[own.story.olga])
    one = own.bundle(laptop)
    both = close(own.bundle(laptop, image), "note")
    paths = [one.save(tmp_path / "one.zip"), both.save(tmp_path / "both.zip")]
    assert bad(verify(paths, trust_in(own.world))) == []


def test_each_withheld_field_is_listed_with_its_reason(tmp_path: Path) -> None:
    report = examined(tmp_path, close(announcing(**GIVEN), "serial"))
    assert bad(report) == []
    rows = [row for row in report.withheld if "(item.registered): serial" in row]
    assert len(rows) == 3
    assert all(row.endswith("serial; redacted by who exported") for row in rows)


def test_content_that_was_left_out_is_listed(tmp_path: Path) -> None:
    bundle = announcing(left_out=[2])
    del bundle.files["data/items/2/0001.dd"]
    report = examined(tmp_path, bundle)
    assert bad(report) == []
    said = "content of these items was left out because it is sensitive: 2"
    assert f"case.zip: {said}" in report.withheld
    assert not any(name.startswith(f"{layout.ITEMS}2/") for name in bundle.files)


def test_chosen_items_owe_what_is_said_of_them(tmp_path: Path) -> None:
    own = stage()
    made = own.bundle(own.story.laptop, announced=GIVEN)
    (found,) = bad(examined(tmp_path, close(made, "serial", "exhibit")))
    assert (found.check, found.outcome, found.detail) == (Check.REDACTIONS, Outcome.FAILED, LESS)


def test_where_the_pack_is_hidden_nobody_calls_a_field_withheld_without_a_reason(
    tmp_path: Path,
) -> None:
    own = stage()
    by, loaded = by_profile(own, every_field(own)), len(own.world.records) - 1
    case = own.world.open_case("K-2026/41", by=own.story.olga, legal_profile="example")
    made = Bundle(own.world, case, own.story.olga, announced=by, hidden=[loaded])
    found = [f for f in bad(examined(tmp_path, close(made, "title")))]
    of_whole = [f for f in found if f.check is Check.REDACTIONS]
    assert {(f.subject, f.outcome) for f in of_whole} == {(WHOLE, Outcome.UNDETERMINED)}


def test_an_erased_field_is_none_that_the_exporter_withheld(tmp_path: Path) -> None:
    own = stage()
    told = own.story
    entry = noted(told)
    erase(told, entry, fields=["note"], envelope=None)
    made = own.bundle(announced=GIVEN)
    env = env_of(told, entry)
    drop(made, layout.DISCLOSURES, lambda v: v["name"] == "note" and v["env"] == env)
    assert bad(examined(tmp_path, close(made, "serial"))) == []
