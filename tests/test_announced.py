"""What an announcement may name, and which fields of people a bundle opens."""

from collections.abc import Sequence
from typing import Any

from custody.core.announced import (
    Opening,
    Restrictions,
    covers,
    is_sensitive,
    is_shown,
    of_case_alone,
    opened_by,
    profile_of,
    unknown,
)
from custody.core.reading import read_record
from custody.core.statement import Statement
from custody_schemas.acts import ExportPrepared, Pack, Profile
from custody_schemas.declare import Kind
from custody_schemas.terms import Sensitivity
from tests.bodies import HASH
from tests.rulings import stage
from tests.schedules import pack
from tests.worlds import Story


def test_names_that_no_personal_field_has() -> None:
    known = ["note", "note.recorded.note", "item.registered.serial", "serial"]
    assert unknown(known) == []
    assert unknown(["mood", *known, "note.recorded.serial", "item.registered.number"]) == [
        "mood",
        "note.recorded.serial",
        "item.registered.number",
    ]


def test_of_a_correction_on_a_person_only_a_name_is_shown() -> None:
    s = stage()
    entry = next(
        run.signed.id for run in s.world.runs if run.signed.statement.about[0].tag == s.dora.tag
    )

    def made(field: str) -> object:
        given = {"corrects": entry, "act": "actor.registered", "field": field, "value": "x"}
        return s.world.draft("correction.recorded", [s.dora.tag], given, signers=[s.ada]).statement

    assert is_shown(made("name"), "value")  # type: ignore[arg-type]
    assert not is_shown(made("name"), "details")  # type: ignore[arg-type]
    assert not is_shown(made("staff_number"), "value")  # type: ignore[arg-type]


def drafted(s: Story, act: str, about: Sequence[Any], /, **given: Any) -> Statement:
    return s.world.draft(act, about, given, signers=[s.olga]).statement


def correction(s: Story, field: str, **given: Any) -> Statement:
    """Of what was said when the laptop was registered."""
    values = {"corrects": registered(s), "act": "item.registered", "field": field, **given}
    return drafted(s, "correction.recorded", [s.laptop], **values)


def registered(s: Story) -> str:
    return next(entry for about, entry in s.world.citations if about == s.laptop)


def restricted(s: Story, entry: str, field: str, *, lifted: bool = False) -> Statement:
    given = {"entry": entry, "fields": [field], "lifted": lifted}
    return drafted(s, "privacy.restricted", [s.laptop], **given)


def opening(
    s: Story,
    *items: str,
    restrictions: Restrictions | None = None,
    opens: Sequence[str] | None = None,
    enclosed: Sequence[str] = (),
    **given: Any,
) -> Opening:
    """Of an export that announces `given`; `opens`: by a profile that opens these."""
    profile = None
    if opens is not None:
        given |= {"pack": "house", "pack_version": 1, "profile": "some"}
        some = {"name": "some", "text": "x", "opens": list(opens), "ground": "the law"}
        profile = read_record(Profile, some)
    made = drafted(s, "export.prepared", [s.case, *items], **given)
    return Opening(made, profile, restrictions or Restrictions(), enclosed)


def test_a_restriction_stands_until_it_is_lifted() -> None:
    s, standing = stage(), Restrictions()
    assert not standing.any
    standing.take(drafted(s, "note.recorded", [s.laptop]), 1)
    assert not standing.any
    remark, other = drafted(s, "note.recorded", [s.laptop]), drafted(s, "note.recorded", [s.laptop])
    for n, field in ((5, "note"), (6, "place")):
        standing.take(restricted(s, remark.id, field), n)
    assert standing.any
    found = standing.of(remark, "note")
    assert found is not None and found.n == 5
    assert standing.of(other, "note") is None
    assert standing.of(remark, "late_reason") is None
    standing.take(restricted(s, remark.id, "note", lifted=True), 7)
    assert standing.of(remark, "note") is None
    assert standing.of(remark, "place") is not None


def test_what_corrects_a_restricted_field_is_restricted_and_nothing_else_of_the_correction() -> (
    None
):
    s, standing = stage(), Restrictions()
    standing.take(restricted(s, registered(s), "serial"), 5)
    serial, marks = correction(s, "serial", value="x"), correction(s, "marks", value="x")
    assert standing.of(serial, "value") and standing.of(serial, "values")
    assert standing.of(serial, "details") is None
    assert standing.of(marks, "value") is None
    own = Restrictions()
    own.take(restricted(s, serial.id, "details"), 6)
    assert own.of(serial, "details") and not own.of(serial, "value")
    own.take(restricted(s, serial.id, "value"), 7)
    found = own.of(serial, "value")
    assert found is not None and found.n == 7, "of the correction itself, as somebody asked"


def test_what_is_restricted_leaves_only_where_it_is_named() -> None:
    s, standing = stage(), Restrictions()
    remark = drafted(s, "note.recorded", [s.laptop])
    standing.take(restricted(s, remark.id, "note"), 5)
    closed = opening(s, restrictions=standing)
    assert closed.why_not(remark, "note") == "restricted, request of person (record 5)"
    assert closed.why_not(remark, "place") == ""
    assert not closed.announced, "a restriction is none of its announcements"
    for name, there in (("note", True), ("note.recorded.note", True), ("place", False)):
        named = opening(s, restrictions=standing, restricted=[name])
        assert (named.why_not(remark, "note") == "") is there


def test_a_list_of_redactions_closes_what_it_names_and_a_profile_what_it_does_not() -> None:
    s = stage()
    remark = drafted(s, "note.recorded", [s.laptop])
    listed = opening(s, redacted=["note"], ground="x")
    assert listed.announced and listed.why_not(remark, "place") == ""
    assert listed.why_not(remark, "note") == "redacted by who exported"
    chosen = opening(s, opens=["note"])
    assert chosen.announced and chosen.why_not(remark, "note") == ""
    assert chosen.why_not(remark, "place") == "by the profile some"
    both = opening(s, opens=["note"], redacted=["note.recorded.note"], ground="x")
    assert both.why_not(remark, "note") == "redacted by who exported"
    assert opening(s).why_not(remark, "note") == ""
    assert not opening(s).announced


def test_what_a_check_must_read_is_open_and_the_like_of_another_entry_is_not() -> None:
    s = stage()
    opened = next(
        r.signed.statement for r in s.world.runs if r.signed.statement.name == "case.opened"
    )
    mine = opening(s, opens=["staff_number"], ground="x")
    assert mine.why_not(opened, "reference") == ""
    assert mine.why_not(opened, "title") != ""
    assert mine.why_not(drafted(s, "note.recorded", [s.laptop]), "reference") != ""
    other = drafted(s, "export.prepared", [s.case], ground="x")
    assert mine.why_not(other, "ground") != ""
    assert Opening(other, None, Restrictions(), ()).needed(other, "ground")
    assert not Opening(other, None, Restrictions(), ()).needed(other, "recipient")


def test_digests_go_with_the_content_and_stay_behind_without_it() -> None:
    s = stage()
    acquired = drafted(s, "item.acquired", [s.laptop])
    inside = opening(s, opens=["staff_number"], enclosed=[acquired.id])
    assert inside.why_not(acquired, "content_sha256") == inside.why_not(acquired, "content_blake3")
    assert inside.why_not(acquired, "content_sha256") == ""
    assert inside.why_not(acquired, "files") != ""
    for enclosed in ((), (HASH,)):
        closed = opening(s, opens=["staff_number"], enclosed=enclosed)
        assert closed.why_not(acquired, "content_sha256") != ""


def test_names_mean_the_field_that_is_corrected() -> None:
    """A list that opens `value` does not open every correction: only `covers` takes it so."""
    s = stage()
    made = correction(s, "serial", value="x")
    for names in (["serial"], ["item.registered.serial"]):
        assert covers(names, made, "value") and opened_by(names, made, "value")
        assert not covers(names, made, "details") and not opened_by(names, made, "details")
    for names in (["value"], ["correction.recorded.value"]):
        assert covers(names, made, "value") and not opened_by(names, made, "value")
    assert opened_by(["details"], made, "details")
    assert not covers(["marks", "case.opened.serial"], made, "value")
    assert not opened_by(["marks", "case.opened.serial"], made, "value")


def test_an_export_knows_its_items() -> None:
    s = stage()
    assert [place.tag for place in opening(s, s.laptop).items] == [s.laptop]
    assert {place.kind for place in opening(s, s.laptop).items} == {Kind.ITEM}
    assert list(opening(s).items) == []


def test_the_profile_is_that_of_the_pack_and_version_that_are_named() -> None:
    def made(name: str, version: int) -> Pack:
        opens = [f"{each}{version}" for each in ("title", "note")]
        profiles = [
            {"name": each, "text": "x", "opens": opens, "ground": f"{name} {version} {each}"}
            for each in ("court", "owner")
        ]
        return read_record(Pack, pack(name=name, version=version, profiles=profiles))

    packs = [made(name, version) for name in ("house", "other") for version in (1, 2)]
    s = stage()

    def named(**given: Any) -> str | None:
        act = drafted(s, "export.prepared", [s.case], **given).act
        assert isinstance(act, ExportPrepared)
        found = profile_of(packs, act)
        return found.ground if found else None

    assert named(pack="other", pack_version=1, profile="owner") == "other 1 owner"
    assert named(pack="house", pack_version=2, profile="court") == "house 2 court"
    assert named(pack="house", pack_version=3, profile="court") is None
    assert named(pack="third", pack_version=1, profile="court") is None
    assert named(pack="house", pack_version=1, profile="press") is None


def test_of_people_a_name_is_shown_and_how_to_reach_them_is_not() -> None:
    s = stage()
    registered = [
        run.signed.statement
        for run in s.world.runs
        if run.signed.statement.name == "actor.registered"
    ]
    assert registered
    for made in registered:
        assert is_shown(made, "name") and is_shown(made, "organisation")
        assert not is_shown(made, "contact")
    assert is_shown(drafted(s, "note.recorded", [s.laptop]), "contact")


def test_a_bundle_of_chosen_items_leaves_what_is_of_the_case_alone_closed() -> None:
    s, remark = stage(), "note.recorded"
    shown = {s.case, s.laptop}
    opened = next(entry for about, entry in s.world.citations if about == s.case)
    on_opening = {"corrects": opened, "act": "case.opened", "field": "title", "value": "x"}
    corrects_title = drafted(s, "correction.recorded", [s.case], **on_opening)
    note = s.world.record(remark, [s.case], signers=[s.olga])
    on_note = {"corrects": note, "act": remark, "field": "note", "value": "x"}
    corrects_note = drafted(s, "correction.recorded", [s.case], **on_note)
    assert of_case_alone(drafted(s, remark, [s.case]), shown)
    assert of_case_alone(corrects_note, shown)
    assert not of_case_alone(corrects_title, shown)
    assert not of_case_alone(drafted(s, "authority.recorded", [s.case]), shown)
    assert not of_case_alone(drafted(s, remark, [s.laptop]), shown)
    assert not of_case_alone(drafted(s, remark, [s.laptop]), {s.case})
    export = drafted(s, "export.prepared", [s.case, s.laptop])
    assert not of_case_alone(export, shown)
    assert of_case_alone(export, {s.case}), "of items that this bundle does not show"


def test_what_nobody_stated_is_as_sensitive_as_what_it_was_made_from() -> None:
    stated = {
        "phone": Sensitivity.MEDICAL,
        "image": Sensitivity.NOT_STATED,
        "extract": Sensitivity.NORMAL,
        "laptop": Sensitivity.NORMAL,
    }
    parents = {"image": ["laptop", "phone"], "extract": ["image"], "copy": ["image"]}
    parents |= {"report": ["extract"], "a": ["b"], "b": ["a"]}
    found = {tag for tag in (*stated, "copy", "report", "a") if is_sensitive(tag, stated, parents)}
    assert found == {"phone", "image", "copy"}
