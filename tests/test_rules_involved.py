"""Who was near a finding does not end it: who gave the item out, and who had the copy. (R36, R54)"""

from custody.core.keys import PublicKey
from custody.core.tags import actor_tag
from custody_schemas.acts import (
    ActorRegistered,
    CopyReturned,
    CourtReturned,
    CustodyAssumed,
    DiscrepancyResolved,
    KeyRegistered,
    NoteRecorded,
    StatementCountersigned,
    TransferAccepted,
)
from custody_schemas.declare import Capacity, Kind
from tests.rulings import (
    Attempt,
    admits,
    attempt,
    hand_over,
    image,
    refuses,
    release,
    seal,
    send_out,
)
from tests.signers import TestSigner, ed25519_signer, ml_dsa_signer
from tests.worlds import Person, Signers, Story

ITEM = Kind.ITEM


def at_court(s: Story, giver: Person, seal_found: str = "number_mismatch") -> str:
    """The giver left the sealed laptop with a court; Carl takes it back so."""
    seal(s, s.laptop, s.dora)
    hand_over(s, s.laptop, s.dora, giver, seal="intact")
    s.world.record("court.exhibited", [s.laptop], {"retained": "yes"}, signers=[giver])
    given = {"seal": seal_found, "hash": None}
    return s.world.record("court.returned", [s.laptop], given, signers=[s.carl])


def ends(s: Story, entry: str, by: Person, kind: str, tag: str = "") -> Attempt:
    given = {"discrepancy": entry, "kind": kind, "outcome": "recording_error"}
    return attempt(s, "discrepancy.resolved", [tag or s.laptop], given, by)


def lost_copy(s: Story, to: Person, **given: str) -> tuple[str, str]:
    """An image of Eve's, and the entry by which she says what became of its copy."""
    tag = image(s)
    issued = {"to": to.tag, "outside": None}
    copy = s.world.record("copy.issued", [tag], issued, signers=[s.eve])
    values = {"copy": copy, "fate": "lost", **given}
    return tag, s.world.record("copy.returned", [tag], values, signers=[s.eve])


def also_with(s: Story, signer: TestSigner, *people: Person) -> None:
    """Each of them gets that key as a further one."""
    for person in people:
        asked = s.world.request(person.name, signer, actor=person.tag)
        about = [person.tag]
        s.world.record("key.registered", about, {"request": asked.body}, signers=[s.ada])


@refuses(TransferAccepted, ITEM, "E_SAME_PERSON", "the key that released the item")
def test_nobody_accepts_who_has_a_key_of_the_giver_that_neither_signs_with(s: Story) -> Attempt:
    also_with(s, ed25519_signer(90), s.dora, s.eve)
    given = {"transfer": release(s, s.laptop, s.dora, s.eve)}
    return attempt(s, "transfer.accepted", [s.laptop], given, s.eve)


@refuses(DiscrepancyResolved, ITEM, "E_TWO_PERSON", "is not involved")
def test_nobody_ends_what_was_found_with_another_key_of_hers(s: Story) -> Attempt:
    also_with(s, ed25519_signer(90), s.dora, s.olga)
    given = {"kind": "damage"}
    found = s.world.record("discrepancy.opened", [s.laptop], given, signers=[s.dora])
    return ends(s, found, s.olga, "damage")


@refuses(NoteRecorded, ITEM, "E_SAME_PERSON", "have the key", by_rule=False)
def test_two_with_one_partner_are_one_person(s: Story) -> Attempt:
    partner = ml_dsa_signer(5)
    two = [s.world.enrol(name, "examiner", by=s.ada, partner=partner) for name in ("Mo", "Mona")]
    return attempt(s, "note.recorded", [s.laptop], {}, *two)


@refuses(TransferAccepted, ITEM, "E_SAME_PERSON", "the key that released the item")
def test_nobody_accepts_with_the_partner_of_the_giver(s: Story) -> Attempt:
    partner = ml_dsa_signer(5)
    mo, mona = (
        s.world.enrol(name, "examiner", by=s.ada, partner=partner) for name in ("Mo", "Mona")
    )
    given = {"transfer": release(s, image(s, by=mo), mo, mona), "hash": "match"}
    return attempt(s, "transfer.accepted", [s.world.item_tag(s.case, 2)], given, mona)


@refuses(ActorRegistered, Kind.ACTOR, "E_SAME_PERSON", "belongs to somebody who signs")
def test_nobody_enrols_her_own_partner_for_another(s: Story) -> Attempt:
    partner = ml_dsa_signer(5)
    boss = s.world.enrol("Boss", "admin", by=s.ada, partner=partner)
    asked = s.world.request("Mona", ed25519_signer(91), partner)
    tag = actor_tag(s.world.origin, ed25519_signer(91).key.id)
    given = {"request": asked.body, "roles": ["examiner"]}
    about = [(Kind.ACTOR, tag)]
    return attempt(s, "actor.registered", about, given, boss, disclosed=asked.disclosures)


@admits(KeyRegistered, Kind.ACTOR)
def test_a_partner_may_stay_with_her_own_next_key(s: Story) -> None:
    partner = ml_dsa_signer(5)
    mo = s.world.enrol("Mo", "examiner", by=s.ada, partner=partner)
    asked = s.world.request("Mo", ed25519_signer(91), partner, actor=mo.tag)
    signers: Signers = [s.ada, (mo, Capacity.COUNTERPARTY)]
    s.world.record("key.registered", [mo.tag], {"request": asked.body}, signers=signers)
    assert len(s.world.actor(mo).keys) == 2


@admits(CourtReturned, ITEM)
def test_who_left_it_with_the_court_is_involved_in_what_is_found(s: Story) -> None:
    at_court(s, s.olga)
    (found,) = s.world.item(s.laptop).discrepancies
    assert found.involved == tuple(sorted((s.olga.tag, s.carl.tag)))
    keys: list[PublicKey] = [s.carl.signer.key, s.olga.signer.key]
    assert found.keys == tuple(key.id for key in keys)


@refuses(DiscrepancyResolved, ITEM, "E_TWO_PERSON", "oversees, and is not involved")
def test_and_does_not_end_it(s: Story) -> Attempt:
    return ends(s, at_court(s, s.olga), s.olga, "seal")


@admits(DiscrepancyResolved, ITEM)
def test_somebody_else_who_oversees_does(s: Story) -> None:
    entry = at_court(s, s.eve)
    ends(s, entry, s.olga, "seal")()
    assert s.world.item(s.laptop).discrepancies == ()


@refuses(DiscrepancyResolved, ITEM, "E_TWO_PERSON", "oversees, and is not involved")
def test_nor_does_who_handed_it_to_somebody_without_an_account(s: Story) -> Attempt:
    seal(s, s.laptop, s.dora)
    hand_over(s, s.laptop, s.dora, s.olga, seal="intact")
    send_out(s, s.laptop, s.olga)
    given = {"verdict": "number_mismatch"}
    entry = s.world.record("seal.verified", [s.laptop], given, signers=[s.pia])
    return ends(s, entry, s.olga, "seal")


@refuses(TransferAccepted, ITEM, "E_TWO_PERSON", "2 approvers who are not involved")
def test_who_gave_it_out_does_not_approve_what_came_back(s: Story) -> Attempt:
    tag = image(s)
    hand_over(s, tag, s.eve, s.olga, hash="match")
    send_out(s, tag, s.olga)
    zoe = s.world.enrol("Zoe", "case_officer", by=s.ada)
    given = {"transfer": None, "hash": "mismatch", "override": "urgency"}
    return attempt(s, "transfer.accepted", [tag], given, s.carl, s.olga, zoe)


@refuses(DiscrepancyResolved, ITEM, "E_TWO_PERSON", "oversees, and is not involved")
def test_who_had_the_copy_that_was_lost_does_not_end_it(s: Story) -> Attempt:
    tag, entry = lost_copy(s, s.olga)
    return ends(s, entry, s.olga, "unauthorised_access", tag)


@refuses(DiscrepancyResolved, ITEM, "E_TWO_PERSON", "oversees, and is not involved")
def test_nor_who_gave_back_another(s: Story) -> Attempt:
    tag, entry = lost_copy(s, s.olga, fate="returned", hash="mismatch")
    return ends(s, entry, s.olga, "record_conflict", tag)


@admits(CopyReturned, ITEM)
def test_a_copy_of_somebody_without_an_account_involves_its_holder_alone(s: Story) -> None:
    tag = image(s)
    issued = {"to": None, "outside": "laboratory"}
    copy = s.world.record("copy.issued", [tag], issued, signers=[s.eve])
    given = {"copy": copy, "fate": "lost"}
    s.world.record("copy.returned", [tag], given, signers=[s.eve])
    (found,) = s.world.item(tag).discrepancies
    assert found.involved == (s.eve.tag,)


@refuses(DiscrepancyResolved, ITEM, "E_TWO_PERSON", "oversees, and is not involved")
def test_the_giver_does_not_end_it_under_another_name(s: Story) -> Attempt:
    """Dora's key was enrolled for an officer too; Eve finds what Dora handed her."""
    seal(s, s.laptop, s.dora)
    entry = release(s, s.laptop, s.dora, s.eve)
    given = {"transfer": entry, "seal": "number_mismatch", "hash": None}
    found = s.world.record("transfer.accepted", [s.laptop], given, signers=[s.eve])
    twin = s.world.enrol("Twin", "case_officer", by=s.ada)
    asked = s.world.request("Twin", s.dora.signer, actor=twin.tag)
    about = [(Kind.ACTOR, twin.tag)]
    s.world.record("key.registered", about, {"request": asked.body}, signers=[s.ada])
    return ends(s, found, twin.using(s.dora.signer), "seal")


def twin(s: Story, of: Person, *roles: str) -> Person:
    """Somebody with a key of her own, and one of another's: most likely that other."""
    made = s.world.enrol("Twin", *roles, by=s.ada)
    asked = s.world.request("Twin", of.signer, actor=made.tag)
    about = [(Kind.ACTOR, made.tag)]
    s.world.record("key.registered", about, {"request": asked.body}, signers=[s.ada])
    return made


@refuses(CustodyAssumed, ITEM, "E_SAME_PERSON", "in common", by_rule=False)
def test_nobody_takes_over_with_another_name_of_her_own(s: Story) -> Attempt:
    given = {"seal": None, "hash": None}
    other = twin(s, s.carl, "case_officer")
    return attempt(s, "custody.assumed", [s.laptop], given, s.carl, other)


@refuses(TransferAccepted, ITEM, "E_SAME_PERSON", "cannot accept")
def test_nobody_accepts_from_herself_with_her_other_key(s: Story) -> Attempt:
    other = twin(s, s.dora, "case_officer")
    given = {"transfer": release(s, s.laptop, s.dora, other), "seal": None, "hash": None}
    return attempt(s, "transfer.accepted", [s.laptop], given, other)


@refuses(DiscrepancyResolved, ITEM, "E_TWO_PERSON", "oversees, and is not involved")
def test_nor_ends_what_her_other_key_found(s: Story) -> Attempt:
    given = {"kind": "damage"}
    found = s.world.record("discrepancy.opened", [s.laptop], given, signers=[s.pia])
    return ends(s, found, twin(s, s.pia, "case_officer"), "damage")


@refuses(StatementCountersigned, ITEM, "E_SAME_PERSON", "does not countersign")
def test_nor_countersigns_it(s: Story) -> Attempt:
    given = {"kind": "damage"}
    found = s.world.record("discrepancy.opened", [s.laptop], given, signers=[s.pia])
    other = twin(s, s.pia, "case_officer")
    return attempt(s, "statement.countersigned", [s.laptop], {"entry": found}, other)
