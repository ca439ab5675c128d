"""Rules where two things meet that seldom do: a second copy, a second key, a basis of one second."""

from typing import Any

import pytest

from custody.core import disclosure, tags
from custody.core.errors import RuleError
from custody_schemas.acts import (
    ActorRegistered,
    AnalysisRecorded,
    AnalysisReviewed,
    CopyReturned,
    CorrectionRecorded,
    DiscrepancyResolved,
    ExportCreated,
    ExportPrepared,
    IntegrityChecked,
    ItemAcquired,
    ItemReferenceAssigned,
    KeyRegistered,
    KeyRotated,
    RoleRevoked,
    SealBroken,
    StorageMoved,
    TransferAcknowledged,
    TransferCancelled,
    TransferRefused,
)
from custody_schemas.declare import Kind
from tests.bodies import HASH
from tests.memory import ORIGIN
from tests.rulings import (
    Attempt,
    admits,
    attempt,
    hand_over,
    image,
    refuses,
    release,
    seal,
    second_case,
    set_state,
    stage,
)
from tests.worlds import Story, signer_of

ACTOR, CASE, ITEM, LEDGER, SOURCE = Kind.ACTOR, Kind.CASE, Kind.ITEM, Kind.LEDGER, Kind.SOURCE


@refuses(TransferRefused, ITEM, "E_TERMINAL", "left custody for good")
def test_what_is_gone_is_not_refused(s: Story) -> Attempt:
    given = {"transfer": release(s, s.laptop, s.dora, s.eve)}
    set_state(s, s.laptop, terminal=True)
    return attempt(s, "transfer.refused", [s.laptop], given, s.eve)


@refuses(TransferCancelled, ITEM, "E_TERMINAL", "left custody for good")
def test_what_is_gone_is_not_taken_back(s: Story) -> Attempt:
    given = {"transfer": release(s, s.laptop, s.dora, s.eve)}
    set_state(s, s.laptop, terminal=True)
    return attempt(s, "transfer.cancelled", [s.laptop], given, s.dora)


@refuses(TransferAcknowledged, ITEM, "E_TERMINAL", "left custody for good")
def test_nobody_has_what_is_gone(s: Story) -> Attempt:
    given = {"outside": "court"}
    sent = s.world.record("transfer.released", [s.laptop], given, signers=[s.dora])
    set_state(s, s.laptop, terminal=True)
    return attempt(s, "transfer.acknowledged", [s.laptop], {"transfer": sent}, s.dora)


@admits(ItemReferenceAssigned, ITEM)
def test_an_auditor_notes_the_number_that_a_court_gave(s: Story) -> None:
    nora = s.world.enrol("Nora", "auditor", by=s.ada)
    s.world.record("item.reference_assigned", [s.laptop], signers=[nora])


def issued(s: Story, tag: str, number: int, **given: Any) -> str:
    values = {"number": number, **given}
    return s.world.record("copy.issued", [tag], values, signers=[s.eve])


@admits(CopyReturned, ITEM)
def test_of_two_copies_that_are_out_the_one_named_comes_back(s: Story) -> None:
    tag = image(s)
    first, second = issued(s, tag, 1), issued(s, tag, 2)
    s.world.record("copy.returned", [tag], {"copy": second, "hash": "match"}, signers=[s.eve])
    assert [copy.id for copy in s.world.item(tag).copies] == [first]


@refuses(AnalysisRecorded, ITEM, "E_NOT_HOLDER", "not with the signer")
def test_who_has_a_copy_does_not_thereby_have_the_original(s: Story) -> Attempt:
    tag = image(s)
    finn = s.world.enrol("Finn", "examiner", by=s.ada)
    issued(s, tag, 1, to=finn.tag, outside=None)
    given = {"working_copy": "yes", "original": "urgency"}
    return attempt(s, "analysis.recorded", [tag], given, finn)


@admits(AnalysisRecorded, ITEM)
def test_who_has_a_copy_examines_that(s: Story) -> None:
    tag = image(s)
    finn = s.world.enrol("Finn", "examiner", by=s.ada)
    issued(s, tag, 1, to=finn.tag, outside=None)
    before = s.world.item(tag)
    s.world.record("analysis.recorded", [tag], {"working_copy": "yes"}, signers=[finn])
    item = s.world.item(tag)
    assert (item.holder, item.copies, item.content) == (s.eve.tag, before.copies, before.content)


@admits(ItemAcquired, SOURCE)
def test_a_second_image_that_was_not_compared_does_not_undo_the_first(s: Story) -> None:
    for number, verified in ((5, "yes"), (6, "no")):
        tag = s.world.register(s.case, number, by=s.dora)
        about: list[str | tuple[Kind, str]] = [tag, (SOURCE, s.laptop)]
        s.world.record("item.acquired", about, {"verified": verified}, signers=[s.dora])
        assert s.world.item(s.laptop).copied


@admits(DiscrepancyResolved, ITEM)
def test_a_doubt_about_a_seal_that_was_never_there_is_ended(s: Story) -> None:
    entry = s.world.record("discrepancy.opened", [s.laptop], {"kind": "seal"}, signers=[s.pia])
    given = {"discrepancy": entry, "kind": "seal", "outcome": "recording_error"}
    s.world.record("discrepancy.resolved", [s.laptop], given, signers=[s.olga])
    assert (s.world.item(s.laptop).seal, s.world.item(s.laptop).discrepancies) == (None, ())


@admits(DiscrepancyResolved, ITEM)
def test_damage_that_was_a_slip_leaves_the_seal_as_it_is(s: Story) -> None:
    seal(s, s.laptop, s.dora)
    before = s.world.item(s.laptop).seal
    entry = s.world.record("discrepancy.opened", [s.laptop], {"kind": "damage"}, signers=[s.pia])
    given = {"discrepancy": entry, "kind": "damage", "outcome": "recording_error"}
    s.world.record("discrepancy.resolved", [s.laptop], given, signers=[s.olga])
    assert s.world.item(s.laptop).seal == before


@admits(IntegrityChecked, ITEM)
def test_what_was_disputed_stays_so_where_it_cannot_be_read_again(s: Story) -> None:
    tag = image(s)
    for verdict in ("mismatch", "unreadable"):
        s.world.record("integrity.checked", [tag], {"verdict": verdict}, signers=[s.carl])
        assert s.world.item(tag).disputed


@admits(IntegrityChecked, ITEM)
def test_what_cannot_be_read_is_not_thereby_disputed(s: Story) -> None:
    tag = image(s)
    s.world.record("integrity.checked", [tag], {"verdict": "unreadable"}, signers=[s.carl])
    assert not s.world.item(tag).disputed and s.world.item(tag).discrepancies


@admits(StorageMoved, ITEM)
def test_content_is_moved_without_being_compared(s: Story) -> None:
    tag = image(s)
    s.world.record("storage.moved", [tag], {"hash": "not_stated"}, signers=[s.eve])


@refuses(ExportCreated, CASE, "E_UNKNOWN", "")
def test_what_nobody_prepared_was_not_exported(s: Story) -> Attempt:
    return attempt(s, "export.created", [s.case], {"export": HASH}, s.eve)


@refuses(ExportPrepared, CASE, "E_OTHER_CASE", "more than one case", by_rule=False)
def test_an_item_is_not_exported_with_another_case(s: Story) -> Attempt:
    case, _ = second_case(s)
    return attempt(s, "export.prepared", [case, s.laptop], {}, s.olga)


@refuses(IntegrityChecked, ITEM, "E_HASH", "no digital content on file")
def test_without_content_there_is_nothing_to_compare_even_unsaid(s: Story) -> Attempt:
    return attempt(s, "integrity.checked", [s.laptop], {"verdict": "not_stated"}, s.carl)


@admits(CorrectionRecorded, ITEM)
def test_who_oversees_and_holds_the_item_corrects_all_but_numbers_of_seals(s: Story) -> None:
    entry = seal(s, s.laptop, s.dora)
    hand_over(s, s.laptop, s.dora, s.carl, seal="intact")
    given = {
        "corrects": entry,
        "act": "seal.applied",
        "field": "signed_across",
        "reason": "transcription_error",
        "for_absent": "left_service",
    }
    s.world.record("correction.recorded", [s.laptop], given, signers=[s.carl])


@refuses(SealBroken, ITEM, "E_NO_GRANT", "hold items")
def test_who_may_hold_nothing_finds_no_seal_open(s: Story) -> Attempt:
    seal(s, s.laptop, s.dora)
    return attempt(s, "seal.broken", [s.laptop], {"verdict": "missing"}, s.ada)


@refuses(SealBroken, ITEM, "E_TERMINAL", "left custody for good")
def test_the_seal_of_what_is_gone_is_not_found_open(s: Story) -> Attempt:
    seal(s, s.laptop, s.dora)
    set_state(s, s.laptop, terminal=True)
    return attempt(s, "seal.broken", [s.laptop], {"verdict": "missing"}, s.pia)


@refuses(AnalysisReviewed, ITEM, "E_UNKNOWN", "no such analysis")
def test_a_note_is_no_analysis(s: Story) -> Attempt:
    tag = image(s)
    entry = s.world.record("note.recorded", [tag], signers=[s.eve])
    return attempt(s, "analysis.reviewed", [tag], {"analysis": entry}, s.olga)


@refuses(ActorRegistered, ACTOR, "E_KEY", "names the person otherwise")
def test_no_single_field_differs_from_what_the_person_signed(s: Story) -> Attempt:
    signer = signer_of("Nina")
    asked = s.world.request("Nina", signer)
    about = [(ACTOR, tags.actor_tag(ORIGIN, signer.key.id))]
    given = {"request": asked.body, "roles": ["examiner"], "name": "Nina"}
    kept = [text for text in asked.disclosures if disclosure.read(text).field != "organisation"]
    return attempt(s, "actor.registered", about, given, s.ada, disclosed=kept)


@refuses(AnalysisReviewed, ITEM, "E_SAME_PERSON", "analysis of her own")
def test_nobody_reviews_with_a_second_account(s: Story) -> Attempt:
    tag = image(s)
    entry = s.world.record("analysis.recorded", [tag], signers=[s.eve])
    finn = s.world.enrol("Finn", "examiner", by=s.ada)
    asked = s.world.request("Finn", s.eve.signer, actor=finn.tag)
    s.world.record("key.registered", [finn.tag], {"request": asked.body}, signers=[s.ada])
    return attempt(s, "analysis.reviewed", [tag], {"analysis": entry}, finn)


@admits(IntegrityChecked, ITEM)
def test_a_check_may_leave_open_what_came_of_it(s: Story) -> None:
    s.world.record("integrity.checked", [image(s)], {"verdict": "not_stated"}, signers=[s.carl])


@admits(CorrectionRecorded, ITEM)
def test_who_oversees_and_holds_the_item_annuls_all_but_its_sealing(s: Story) -> None:
    entry = s.world.record("note.recorded", [s.laptop], signers=[s.dora])
    hand_over(s, s.laptop, s.dora, s.carl)
    given = {
        "corrects": entry,
        "act": "note.recorded",
        "annuls": True,
        "field": None,
        "reason": "duplicate_entry",
        "for_absent": "left_service",
    }
    s.world.record("correction.recorded", [s.laptop], given, signers=[s.carl])


def further(s: Story, name: str) -> dict[str, Any]:
    return {"request": s.world.request("Dora", signer_of(name), actor=s.dora.tag).body}


@refuses(KeyRegistered, ACTOR, "E_KEY", "registered for this person before")
def test_neither_of_two_keys_is_enrolled_again(s: Story) -> Attempt:
    s.world.record("key.registered", [s.dora.tag], further(s, "spare"), signers=[s.ada])
    return attempt(s, "key.registered", [s.dora.tag], further(s, "spare"), s.ada)


@admits(KeyRotated, ACTOR)
def test_the_second_of_two_keys_is_replaced(s: Story) -> None:
    s.world.record("key.registered", [s.dora.tag], further(s, "spare"), signers=[s.ada])
    given = {**further(s, "third"), "replaces": signer_of("spare").key.id}
    s.world.record("key.rotated", [s.dora.tag], given, signers=[s.ada])
    in_force = [key.id for key in s.world.actor(s.dora).keys if key.revoked is None]
    assert in_force == [s.dora.signer.key.id, signer_of("third").key.id]


@refuses(RoleRevoked, ACTOR, "E_NO_GRANT", "does not have the role")
def test_a_role_is_taken_once(s: Story) -> Attempt:
    given = {"role": "lab_receiver"}
    s.world.record("role.revoked", [s.pia.tag], given, signers=[s.ada])
    return attempt(s, "role.revoked", [s.pia.tag], given, s.ada)


def test_what_happens_a_little_after_it_was_signed_is_still_to_come() -> None:
    """Within what clocks may disagree, of the ledger's own time too."""
    s = stage()
    given = {"occurred": s.world.occurred(s.world.now + 121)}
    with pytest.raises(RuleError, match="it happened at"):
        attempt(
            s,
            "note.recorded",
            [s.laptop],
            given,
            s.dora,
            time=s.world.occurred(s.world.now + 60)["at"],
        )()
