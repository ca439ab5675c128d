"""Rules on checks, discrepancies, corrections and notes: R29, R35, R36, R57–R59."""

from typing import Any

from custody_schemas.acts import (
    CorrectionRecorded,
    DiscrepancyOpened,
    IntegrityChecked,
    NoteRecorded,
)
from custody_schemas.declare import Kind
from custody_schemas.terms import DiscrepancyKind
from tests.rulings import (
    Attempt,
    admits,
    attempt,
    image,
    refuses,
    release,
    second_case,
    set_state,
)
from tests.worlds import Person, Story

ACTOR, CASE, ITEM, REGISTER = Kind.ACTOR, Kind.CASE, Kind.ITEM, Kind.REGISTER


@admits(IntegrityChecked, ITEM)
def test_a_match_is_a_touch(s: Story) -> None:
    tags = [image(s, 2), image(s, 3)]
    s.world.record("integrity.checked", tags, signers=[s.pia])
    assert all(s.world.chains[tag].changed == 1 for tag in tags)


@admits(IntegrityChecked, ITEM)
def test_a_mismatch_is_a_finding_also_on_the_way(s: Story) -> None:
    tag = image(s)
    release(s, tag, s.eve, s.carl)
    s.world.record("integrity.checked", [tag], {"verdict": "mismatch"}, signers=[s.pia])
    item, chain = s.world.item(tag), s.world.chains[tag]
    assert item.disputed and [d.kind for d in item.discrepancies] == [DiscrepancyKind.HASH]
    assert chain.changed == chain.count - 1


def check(s: Story, item: str, by: Person) -> Attempt:
    return attempt(s, "integrity.checked", [item], {}, by)


@refuses(IntegrityChecked, ITEM, "E_NO_GRANT", "hold items")
def test_an_admin_checks_nothing(s: Story) -> Attempt:
    return check(s, image(s), s.ada)


@refuses(IntegrityChecked, ITEM, "E_HASH", "no digital content on file")
def test_a_laptop_is_not_hashed(s: Story) -> Attempt:
    return check(s, s.laptop, s.pia)


@refuses(IntegrityChecked, ITEM, "E_TERMINAL", "left custody for good")
def test_what_is_gone_is_not_checked(s: Story) -> Attempt:
    tag = image(s)
    set_state(s, tag, terminal=True)
    return check(s, tag, s.pia)


@admits(DiscrepancyOpened, ITEM)
def test_a_discrepancy_is_a_change(s: Story) -> None:
    opened = s.world.record("discrepancy.opened", [s.laptop], signers=[s.pia])
    (found,) = s.world.item(s.laptop).discrepancies
    assert (found.id, found.kind) == (opened, DiscrepancyKind.DAMAGE)
    assert s.world.chains[s.laptop].changed == s.world.chains[s.laptop].count - 1


@refuses(DiscrepancyOpened, ITEM, "E_NO_GRANT", "hold items")
def test_an_admin_opens_no_discrepancy(s: Story) -> Attempt:
    return attempt(s, "discrepancy.opened", [s.laptop], {}, s.ada)


@refuses(DiscrepancyOpened, ITEM, "E_NO_ORIGIN", "where it comes from")
def test_what_has_no_origin_has_no_discrepancy(s: Story) -> Attempt:
    tag = s.world.register(s.case, 2, by=s.dora)
    return attempt(s, "discrepancy.opened", [tag], {}, s.pia)


def correct(s: Story, subject: str, corrects: str, by: Person, **given: Any) -> Attempt:
    values = {"corrects": corrects, **given}
    return attempt(s, "correction.recorded", [subject], values, by)


def registration(s: Story) -> str:
    """The entry that registered the laptop."""
    runs = [run.signed.statement for run in s.world.runs]
    return next(made.id for made in runs if made.name == "item.registered")


@admits(CorrectionRecorded, ITEM)
def test_who_signed_an_entry_corrects_it_and_no_state_changes(s: Story) -> None:
    before = s.world.item(s.laptop)
    correct(s, s.laptop, registration(s), s.dora)()
    assert s.world.item(s.laptop) == before


@admits(CorrectionRecorded, ITEM)
def test_a_supervisor_corrects_also_what_is_gone(s: Story) -> None:
    """R57."""
    set_state(s, s.laptop, terminal=True)
    correct(s, s.laptop, registration(s), s.olga, for_absent="left_service")()


@admits(CorrectionRecorded, CASE)
def test_a_title_is_corrected(s: Story) -> None:
    opened = next(r.signed.id for r in s.world.runs if r.signed.statement.name == "case.opened")
    correct(s, s.case, opened, s.olga, act="case.opened", field="title")()


@admits(CorrectionRecorded, ACTOR)
def test_an_enroller_corrects_a_name(s: Story) -> None:
    entry = s.world.runs[1].signed.statement
    correct(s, s.dora.tag, entry.id, s.ada, act=entry.name, field="name")()


@admits(CorrectionRecorded, ITEM)
def test_the_number_that_a_laboratory_gave_is_corrected(s: Story) -> None:
    made = s.world.record("item.reference_assigned", [s.laptop], signers=[s.dora])
    act = "item.reference_assigned"
    correct(s, s.laptop, made, s.dora, act=act, field="reference")()


@refuses(CorrectionRecorded, ITEM, "E_CORRECTION", "no such entry on this chain")
def test_an_entry_of_another_chain_is_not_corrected_here(s: Story) -> Attempt:
    return correct(s, s.laptop, s.warrant, s.olga, act="authority.recorded", field="issuer")


@refuses(CorrectionRecorded, ITEM, "E_CORRECTION", "no such entry on this chain")
def test_a_correction_says_what_it_corrects(s: Story) -> Attempt:
    return correct(s, s.laptop, registration(s), s.dora, act="item.seized", field="position")


@refuses(CorrectionRecorded, ITEM, "E_CORRECTION", "a correction is not edited")
def test_a_correction_is_not_corrected(s: Story) -> Attempt:
    """R58."""
    correct(s, s.laptop, registration(s), s.dora)()
    name = "correction.recorded"
    return correct(s, s.laptop, s.world.runs[-1].signed.id, s.dora, act=name, field="value")


@refuses(CorrectionRecorded, ITEM, "E_CORRECTION", "has no field colour_of_case")
def test_a_field_that_is_not_there_is_not_corrected(s: Story) -> Attempt:
    """R59."""
    return correct(s, s.laptop, registration(s), s.dora, field="colour_of_case")


@refuses(CorrectionRecorded, ITEM, "E_CORRECTION", "has no field number that can be corrected")
def test_identity_is_not_corrected(s: Story) -> Attempt:
    return correct(s, s.laptop, registration(s), s.dora, field="number")


@refuses(CorrectionRecorded, ITEM, "E_CORRECTION", "has no field content_sha256 that can")
def test_computed_digests_are_not_corrected(s: Story) -> Attempt:
    """Else the content on file could be exchanged, by who acquired it."""
    tag = image(s)
    entry = s.world.runs[-1].signed.id
    return correct(s, tag, entry, s.eve, act="item.acquired", field="content_sha256")


@refuses(CorrectionRecorded, ITEM, "E_CORRECTION", "has no field verdict that can")
def test_a_verdict_is_not_corrected(s: Story) -> Attempt:
    """A broken seal is not mended by who found it."""
    s.world.record("seal.applied", [s.laptop], signers=[s.dora])
    given = {"verdict": "missing"}
    found = s.world.record("seal.verified", [s.laptop], given, signers=[s.pia])
    return correct(s, s.laptop, found, s.pia, act="seal.verified", field="verdict")


@refuses(CorrectionRecorded, ITEM, "E_NO_GRANT", "correct for others")
def test_a_colleague_corrects_nothing(s: Story) -> Attempt:
    return correct(s, s.laptop, registration(s), s.eve)


@refuses(CorrectionRecorded, CASE, "E_NO_GRANT", "correct for others")
def test_a_colleague_corrects_no_warrant(s: Story) -> Attempt:
    name = "authority.recorded"
    return correct(s, s.case, s.warrant, s.eve, act=name, field="issuer")


@refuses(CorrectionRecorded, ACTOR, "E_NO_GRANT", "in this ledger")
def test_a_colleague_corrects_no_name(s: Story) -> Attempt:
    entry = s.world.runs[1].signed.statement
    return correct(s, s.dora.tag, entry.id, s.dora, act=entry.name, field="name")


@admits(NoteRecorded, ITEM)
def test_whoever_has_a_right_in_the_case_leaves_a_remark(s: Story) -> None:
    set_state(s, s.laptop, terminal=True)
    s.world.record("note.recorded", [s.laptop], signers=[s.pia])


@admits(NoteRecorded, CASE)
def test_a_case_is_remarked_on(s: Story) -> None:
    s.world.record("note.recorded", [s.case], signers=[s.olga])


@refuses(NoteRecorded, ITEM, "E_NO_GRANT", "in this case")
def test_who_has_no_right_in_the_case_leaves_no_remark(s: Story) -> Attempt:
    owner = s.world.enrol("Owner", "owner", by=s.ada)
    return attempt(s, "note.recorded", [s.laptop], {}, owner)


@refuses(NoteRecorded, CASE, "E_NO_GRANT", "in this case")
def test_a_right_in_another_case_is_none_here(s: Story) -> Attempt:
    other, _ = second_case(s)
    owner = s.world.enrol("Owner", "owner", by=s.ada)
    given = {"role": "examiner", "case": other}
    s.world.record("role.granted", [owner.tag], given, signers=[s.ada])
    return attempt(s, "note.recorded", [s.case], {}, owner)
