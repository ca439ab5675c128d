"""Redacted exports: what is opened is what was announced, and nothing else is anywhere. (R83, R99)"""

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from custody.core.findings import Outcome, Report
from custody.core.verify import verify
from custody_schemas.declare import Act, Kind
from tests.exports import content_of
from tests.redactions import CONTENT, Redacted, members, opened, values

ACTS = (
    *("case.opened", "authority.recorded", "item.registered", "item.seized", "seal.applied"),
    *("storage.moved", "note.recorded", "item.acquired", "correction.recorded", "export.prepared"),
)
NAMES = sorted(
    {
        name
        for act in ACTS
        for field in Act.ALL[act].FIELDS.values()
        if field.personal
        for name in (field.name, f"{act}.{field.name}")
    }
)
REST = "the rest is withheld on the ground"
BY: dict[str, Any] = {"pack": "house", "pack_version": 1, "profile": "some"}


def lists() -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(NAMES), min_size=1, max_size=25, unique=True)


def passes(report: Report) -> None:
    bad = [f for f in report.findings if f.outcome in (Outcome.FAILED, Outcome.UNDETERMINED)]
    assert bad == []
    assert report.verdict is Outcome.PASSED


def found_in(files: dict[str, bytes], text: str) -> list[str]:
    return [name for name, data in files.items() if text.encode() in data]


def is_open(act: str, field: str, names: list[str], corrected: bool) -> bool:
    """Whether a list opens a field, told apart from the product's own answer."""
    if corrected:
        act, field = "item.registered", "description"
    return field in names or f"{act}.{field}" in names


@settings(max_examples=6, deadline=None, phases=[Phase.generate])
@given(opens=lists(), redacted=st.lists(st.sampled_from(NAMES), max_size=4), chosen=st.booleans())
def test_what_is_not_allowed_is_nowhere_and_what_is_allowed_is_open(
    opens: list[str], redacted: list[str], chosen: bool
) -> None:
    redacted = [name for name in redacted if not name.endswith("reference")]
    with tempfile.TemporaryDirectory() as folder:
        stage = Redacted(Path(folder), opens)
        more: dict[str, Any] = {"redacted": redacted, "ground": "zqground"} if redacted else {}
        items = stage.both if chosen else ()
        made = stage.export("b.zip", items, case=stage.case, **BY, **more)
        report = verify([made.path], stage.trust)
        passes(report)
        files, there = members(made.path), opened(made.path)
        raw = made.path.read_bytes()
        case = {stage.case, *stage.both}
        for statement, each in stage.disclosures():
            if case.isdisjoint(place.tag for place in statement.about):
                continue
            act, field = statement.name, each.field
            corrected = act == "correction.recorded" and field in ("value", "values")
            needed = (act, field) == ("case.opened", "reference") or (
                (act, field) == ("export.prepared", "ground")
                or field in ("content_sha256", "content_blake3")
            )
            allowed = is_open(act, field, opens, corrected)
            allowed &= not is_open(act, field, redacted, corrected)
            allowed &= not (corrected and is_open(act, field, redacted, corrected=False))
            assert (each.text in there) is (needed or allowed), (act, field)
            if not needed and not allowed:
                assert each.text.encode() not in raw
                assert found_in(files, each.text) == []
                for value in values(each):
                    assert found_in(files, value) == [], (act, field)


def test_a_profile_is_named_with_its_ground_and_every_field_with_a_reason(tmp_path: Path) -> None:
    stage = Redacted(tmp_path, ["exhibit", "marks"])
    more: dict[str, Any] = {"redacted": ["marks"], "ground": "privileged"}
    made = stage.export("b.zip", case=stage.case, **BY, **more)
    report = verify([made.path], stage.trust)
    passes(report)
    assert report.withheld[:2] == (
        f"b.zip: opened by the profile some of house, version 1; {REST}: the law",
        "b.zip: redacted besides: marks, on the ground: privileged",
    )
    rows = [line for line in report.withheld if "(item.registered): " in line]
    assert sum("; by the profile some" in row and "owner" in row for row in rows) == 2
    assert sum(": marks; redacted by who exported" in row for row in rows) == 2
    readme = members(made.path)["data/README.txt"].decode()
    assert "withheld besides: marks: privileged" in readme
    assert "everything else is withheld: the law" in readme


def test_content_goes_with_its_digests_and_stays_behind_with_them(tmp_path: Path) -> None:
    stage = Redacted(tmp_path, ["exhibit"])
    made = stage.export("with.zip", case=stage.case, **BY)
    files = members(made.path)
    assert files["data/items/2/0001.bin"] == CONTENT, "what it was called is withheld"
    passes(verify([made.path], stage.trust))
    digests = [d.text for _, d in stage.disclosures() if d.value and "content_" in d.field]
    assert opened(made.path) >= set(digests[-2:])
    stage = Redacted(tmp_path / "2", ["exhibit"])
    made = stage.export("without.zip", case=stage.case, evidence=False, **BY)
    passes(verify([made.path], stage.trust))
    digests = [d.text for _, d in stage.disclosures() if d.value and "content_" in d.field]
    assert opened(made.path).isdisjoint(digests[-2:])


def restrict(stage: Redacted, field: str, *, lifted: bool = False) -> None:
    entry = stage.registration(stage.phone)
    given = {"entry": entry, "fields": [field], "lifted": lifted}
    stage.live.record("privacy.restricted", [stage.phone], given, signers=[stage.story.olga])


@pytest.mark.parametrize(
    ("lifted", "named", "there"), [(False, (), False), (True, (), True), (False, ("owner",), True)]
)
def test_what_is_restricted_goes_when_it_is_named(
    tmp_path: Path, lifted: bool, named: tuple[str, ...], there: bool
) -> None:
    stage = Redacted(tmp_path, ["exhibit"])
    restrict(stage, "owner")
    if lifted:
        restrict(stage, "owner", lifted=True)
    more: dict[str, Any] = {"restricted": list(named)} if named else {}
    made = stage.export("b.zip", case=stage.case, **more)
    report = verify([made.path], stage.trust)
    passes(report)
    (owner,) = [
        d.text
        for made_of, d in stage.disclosures()
        if d.field == "owner" and made_of.id == stage.registration(stage.phone)
    ]
    assert (owner in opened(made.path)) is there
    said = [row for row in report.withheld if "owner; restricted, request of person" in row]
    assert bool(said) is not there


def test_a_correction_of_what_is_restricted_is_restricted(tmp_path: Path) -> None:
    stage = Redacted(tmp_path, ["exhibit"])
    restrict(stage, "description")
    made = stage.export("b.zip", case=stage.case)
    passes(verify([made.path], stage.trust))
    closed = [
        each
        for statement, each in stage.disclosures()
        if (statement.name, each.field) == ("correction.recorded", "value")
    ]
    assert closed
    assert all(found_in(members(made.path), value) == [] for d in closed for value in values(d))


def test_what_is_made_of_something_sensitive_stays_behind_unless_it_is_named(
    tmp_path: Path,
) -> None:
    """Nobody said of the note how sensitive it is: it is what the telephone is."""
    stage = Redacted(tmp_path, ["exhibit"], sensitivity="medical")
    stage.note = stage.register(3, sensitivity="not_stated")
    stage.vault.put_bytes(b"zq another")
    photo = stage.vault.put_bytes(b"zq a photograph of it")
    line = f"{photo.sha256} {photo.blake3} {photo.size} photo.jpg"
    about: list[str | tuple[Kind, str]] = [stage.note, (Kind.SOURCE, stage.phone)]
    given = {**content_of(b"zq another", "x.txt"), "attachments": [line]}
    stage.live.record("item.acquired", about, given, signers=[stage.story.dora])
    made = stage.export("b.zip", case=stage.case, left_out=[3])
    report = verify([made.path], stage.trust)
    passes(report)
    files = members(made.path)
    assert not [name for name in files if "items/3/" in name]
    assert found_in(files, "zq another") == []
    assert found_in(files, "zq a photograph") == []
    said = "content of these items was left out because it is sensitive: 3"
    assert f"b.zip: {said}" in report.withheld
    assert "the content of item 3" in files["data/reports/names.txt"].decode()


def test_what_is_left_out_is_not_enclosed_as_an_attachment(tmp_path: Path) -> None:
    """Whoever knows its digest says that she attached it, to something that may be shown."""
    stage = Redacted(tmp_path, ["exhibit"])
    stage.note = stage.register(3, sensitivity="medical")
    hidden = stage.vault.put_bytes(b"zq hidden")
    given = content_of(b"zq hidden", "x.txt")
    stage.live.record("item.acquired", [stage.note], given, signers=[stage.story.dora])
    line = f"{hidden.sha256} {hidden.blake3} {hidden.size} photo.jpg"
    given = {"attachments": [line]}
    stage.live.record("note.recorded", [stage.phone], given, signers=[stage.story.dora])
    made = stage.export("b.zip", case=stage.case, left_out=[3])
    passes(verify([made.path], stage.trust))
    assert found_in(members(made.path), "zq hidden") == []
