"""Rules on cases, authorities, exports, checks, corrections and notes."""

from typing import Any

from custody_schemas.acts import (
    AuthorityRecorded,
    CaseOpened,
    ExportCreated,
    ExportPrepared,
)
from custody_schemas.declare import Kind
from custody_schemas.terms import AuthorityKind
from tests.bodies import HASH
from tests.rulings import (
    Attempt,
    admits,
    attempt,
    refuses,
    set_state,
    shown_only,
)
from tests.worlds import Person, Story

ACTOR, CASE, ITEM, REGISTER = Kind.ACTOR, Kind.CASE, Kind.ITEM, Kind.REGISTER


@admits(CaseOpened, CASE, REGISTER)
def test_a_case_begins_with_its_register(s: Story) -> None:
    case = s.world.open_case("K-2026/18", by=s.olga)
    state = s.world.states[case]
    register = s.world.states[vars(state)["register"]]
    assert vars(register) == {"case": case, "items": 0}


@refuses(CaseOpened, CASE, "E_NO_GRANT", "open cases")
def test_who_may_only_hold_items_opens_no_case(s: Story) -> Attempt:
    return lambda: s.world.open_case("K-2026/18", by=s.pia)


@refuses(CaseOpened, REGISTER, "E_EXISTS", "has its first record already", by_rule=False)
def test_a_reference_is_used_once(s: Story) -> Attempt:
    return lambda: s.world.open_case("K-2026/17", by=s.olga)


@admits(AuthorityRecorded, CASE)
def test_a_warrant_is_ratified_by_one_that_follows_it(s: Story) -> None:
    urgent = {"kind": "exigent_circumstances", "ratify_by": "2026-12-01T00:00:00Z"}
    first = s.world.record("authority.recorded", [s.case], urgent, signers=[s.olga])
    s.world.record("authority.recorded", [s.case], {"follows": first}, signers=[s.olga])
    on_file = vars(s.world.states[s.case])["authorities"]
    assert [a.kind for a in on_file[1:]] == [
        AuthorityKind.EXIGENT_CIRCUMSTANCES,
        AuthorityKind.SEARCH_WARRANT,
    ]
    assert on_file[2].follows == first


def basis(s: Story, by: Person, **given: Any) -> Attempt:
    return attempt(s, "authority.recorded", [s.case], given, by)


@refuses(AuthorityRecorded, CASE, "E_NO_GRANT", "record their legal basis")
def test_who_may_only_hold_items_records_no_warrant(s: Story) -> Attempt:
    return basis(s, s.pia)


@refuses(AuthorityRecorded, CASE, "E_CASE_CLOSED", "the case is closed")
def test_a_closed_case_takes_no_warrant(s: Story) -> Attempt:
    set_state(s, s.case, closed=True)
    return basis(s, s.olga)


@refuses(AuthorityRecorded, CASE, "E_AUTHORITY", "end before it begins")
def test_a_warrant_does_not_end_before_it_begins(s: Story) -> Attempt:
    return basis(s, s.olga, valid_from="2026-10-02T00:00:00Z", valid_to="2026-10-01T00:00:00Z")


@refuses(AuthorityRecorded, CASE, "E_AUTHORITY", "by when they are to be ratified")
def test_urgency_is_ratified_by_some_day(s: Story) -> Attempt:
    return basis(s, s.olga, kind="exigent_circumstances")


@refuses(AuthorityRecorded, CASE, "E_AUTHORITY", "that it follows is not on file")
def test_a_warrant_follows_one_that_is_on_file(s: Story) -> Attempt:
    return basis(s, s.olga, follows=HASH)


@admits(ExportPrepared, CASE, ITEM)
def test_an_export_touches_what_it_shows(s: Story) -> None:
    s.world.record("export.prepared", [s.case, s.laptop], signers=[s.eve])
    chain = s.world.chains[s.laptop]
    assert chain.changed < chain.count - 1


@admits(ExportCreated, CASE, ITEM)
def test_who_prepared_an_export_says_what_came_of_it(s: Story) -> None:
    prepared = s.world.record("export.prepared", [s.case, s.laptop], signers=[s.eve])
    s.world.record("export.created", [s.case, s.laptop], {"export": prepared}, signers=[s.eve])


@refuses(ExportPrepared, CASE, "E_NO_GRANT", "to export in this case")
def test_who_may_only_hold_items_exports_nothing(s: Story) -> Attempt:
    return attempt(s, "export.prepared", [s.case], {}, s.pia)


@refuses(ExportPrepared, ITEM, "E_NO_GRANT", "to export in this case")
def test_an_item_is_exported_by_who_may(s: Story) -> Attempt:
    return item_only(s, "export.prepared", {}, s.pia)


@refuses(ExportCreated, ITEM, "E_NO_GRANT", "to export in this case")
def test_an_export_of_an_item_is_made_by_who_may(s: Story) -> Attempt:
    return item_only(s, "export.created", {}, s.pia)


def item_only(s: Story, act: str, given: dict[str, Any], by: Person) -> Attempt:
    return shown_only(s, s.laptop, act, [s.case, s.laptop], given, [by])


@refuses(ExportPrepared, CASE, "E_UNKNOWN", "names one recipient")
def test_an_export_names_one_recipient(s: Story) -> Attempt:
    return attempt(s, "export.prepared", [s.case], {"to": s.olga.tag}, s.eve)


@refuses(ExportCreated, CASE, "E_UNKNOWN", "not prepared here by the same person")
def test_an_export_was_prepared_by_who_makes_it(s: Story) -> Attempt:
    prepared = s.world.record("export.prepared", [s.case], signers=[s.eve])
    return attempt(s, "export.created", [s.case], {"export": prepared}, s.dora)


@refuses(ExportCreated, CASE, "E_UNKNOWN", "not prepared here")
def test_a_note_prepares_no_export(s: Story) -> Attempt:
    note = s.world.record("note.recorded", [s.case], signers=[s.eve])
    return attempt(s, "export.created", [s.case], {"export": note}, s.eve)
