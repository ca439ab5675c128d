"""Rules on people, keys and roles: R37, R38, R61, R62; the ledger's beginning (SPEC §2)."""

from functools import partial
from typing import Any

import pytest

from custody.core import canonical, rules, tags
from custody.core.errors import RuleError
from custody.core.note import SignatureType, VerifierKey
from custody.core.statement import Statement
from custody_schemas.acts import (
    ActorRegistered,
    LedgerOpened,
    RoleGranted,
    RoleRevoked,
)
from custody_schemas.declare import Kind
from tests.memory import LOG, ORIGIN
from tests.rulings import Attempt, admits, attempt, refuses, second_case, stage
from tests.signers import TestSigner, ml_dsa_signer
from tests.worlds import MEMBERS, Person, Story, World, signer_of

ACTOR, LEDGER = Kind.ACTOR, Kind.LEDGER


def opening(world: World, *, tag: str = "", **given: Any) -> Statement:
    """Ada's statement that opens a ledger."""
    signer = signer_of("Ada")
    person = Person("Ada", tag or tags.actor_tag(ORIGIN, signer.key.id), signer)
    values = {
        **MEMBERS,
        "origin": ORIGIN,
        "key": canonical.to_base64(signer.key.spki),
        "roles": ["admin"],
        **given,
    }
    about = [(ACTOR, person.tag), (LEDGER, tags.ledger_tag(ORIGIN))]
    return world.draft("ledger.opened", about, values, signers=[person]).statement


def founding(world: World, *, n: int = 0, **given: Any) -> Attempt:
    """To open a ledger as Ada; signatures are not checked."""
    return partial(rules.admit, world, opening(world, **given), at=world.now, n=n)


@admits(LedgerOpened, ACTOR, LEDGER)
def test_the_founder_is_enrolled_by_nobody(s: Story) -> None:
    world = World()
    ada = world.found("Ada", "examiner")
    actor = world.actor(ada)
    assert actor.enrolled_by is None and [g.role for g in actor.grants] == ["admin", "examiner"]
    assert len(world.records) == 2
    s.world = world


@refuses(LedgerOpened, LEDGER, "E_NO_GRANT", "must be an admin")
def test_a_ledger_that_could_never_enrol_is_not_opened(s: Story) -> Attempt:
    return founding(World(), roles=["examiner"])


@refuses(LedgerOpened, LEDGER, "E_UNKNOWN", "not about the ledger other.example")
def test_a_ledger_is_opened_under_its_own_name(s: Story) -> Attempt:
    return founding(World(), origin="other.example")


@refuses(LedgerOpened, LEDGER, "E_EXISTS", "by its first entry")
def test_a_ledger_is_not_opened_later_on(s: Story) -> Attempt:
    return founding(World(), n=7)


@refuses(LedgerOpened, ACTOR, "E_KEY", "signs as the partner of another")
def test_the_founders_first_key_is_no_partner_key(s: Story) -> Attempt:
    key = ml_dsa_signer().key
    spki = canonical.to_base64(key.spki)
    return founding(World(), tag=tags.actor_tag(ORIGIN, key.id), key=spki)


@refuses(LedgerOpened, ACTOR, "E_KEY", "tag does not come from the key")
def test_the_founders_tag_comes_from_the_key(s: Story) -> Attempt:
    return founding(World(), tag="0" * 64)  # sorts before the ledger: the actor's rule comes first


@refuses(LedgerOpened, ACTOR, "E_KEY", "cannot be used")
def test_a_key_that_is_none_founds_nothing(s: Story) -> Attempt:
    """A hostile bundle must be refused here, not stop the verifier."""
    return founding(World(), tag="0" * 64, key="A" * 41)


@refuses(LedgerOpened, ACTOR, "E_KEY", "must be an ML-DSA-65 key")
def test_a_founders_partner_key_is_one(s: Story) -> Attempt:
    world = World()
    partner = canonical.to_base64(signer_of("Bob").key.spki)
    ada = tags.actor_tag(ORIGIN, signer_of("Ada").key.id)
    made = opening(world, partner=partner)
    return partial(rules.admit, world, made, at=world.now, n=0, shown={ada})


@refuses(LedgerOpened, LEDGER, "E_EXISTS", "opened once", by_rule=False)
def test_no_keys_are_looked_up_for_a_second_opening(s: Story) -> Attempt:
    made = opening(World())
    return partial(rules.keys_of, s.world, made, len(s.world.records))


@refuses(LedgerOpened, ACTOR, "E_KEY", "not opened with the key", by_rule=False)
def test_the_founder_signs_with_the_key_that_the_entry_registers(s: Story) -> Attempt:
    key = canonical.to_base64(signer_of("Bob").key.spki)
    made = opening(World(), key=key)
    return partial(rules.keys_of, World(), made, 0)


@refuses(LedgerOpened, ACTOR, "E_KEY", "signs checkpoints only")
def test_nobody_founds_a_ledger_with_its_log_key(s: Story) -> Attempt:
    log = VerifierKey(ORIGIN, SignatureType.ED25519, signer_of("Ada").key.spki[-32:])
    ada = tags.actor_tag(ORIGIN, signer_of("Ada").key.id)
    made = opening(World(), log_key=log.text)
    return partial(rules.admit, World(), made, at=s.world.now, n=0, shown={ada})


@refuses(LedgerOpened, ACTOR, "E_KEY", "log key of the ledger cannot be used")
def test_a_ledger_has_a_log_key(s: Story) -> Attempt:
    """Its id is not that of the key."""
    ada = tags.actor_tag(ORIGIN, signer_of("Ada").key.id)
    made = opening(World(), log_key="log+00000000+AA==")
    return partial(rules.admit, World(), made, at=s.world.now, n=0, shown={ada})


def test_a_founder_may_sign_with_two_algorithms() -> None:
    partner = ml_dsa_signer()
    given = {"partner": canonical.to_base64(partner.key.spki)}
    made = opening(World(), **given)
    assert [key.id for key in rules.keys_of(World(), made, 0)] == [
        signer_of("Ada").key.id,
        partner.key.id,
    ]


@admits(ActorRegistered, ACTOR)
def test_an_admin_enrols_a_person(s: Story) -> None:
    nora = s.world.enrol("Nora", "examiner", by=s.ada)
    assert s.world.actor(nora).enrolled_by == s.ada.tag


def enrolling(s: Story, by: Person, name: str = "Nora", **given: Any) -> Attempt:
    person = tags.actor_tag(ORIGIN, signer_of(name).key.id)
    asked = s.world.request(name, signer_of(name))
    values = {"request": asked.body, **given}
    about = [(ACTOR, person)]
    return attempt(s, "actor.registered", about, values, by, disclosed=asked.disclosures)


@refuses(ActorRegistered, ACTOR, "E_NO_GRANT", "enrol people")
def test_others_enrol_nobody(s: Story) -> Attempt:
    return enrolling(s, s.olga)


@refuses(ActorRegistered, ACTOR, "E_KEY", "possession of its key")
def test_a_request_that_was_altered_proves_nothing(s: Story) -> Attempt:
    asked = s.world.request("Nora", signer_of("Nora"))
    altered = s.world.request("Nora", signer_of("Nora"))
    request = {**asked.body, "payload": altered.body["payload"]}
    return enrolling(s, s.ada, request=request)


@refuses(ActorRegistered, ACTOR, "E_KEY", "possession of its key")
def test_a_key_is_enrolled_by_who_holds_it(s: Story) -> Attempt:
    """The request names Nora's key, but another signed it."""
    asked = s.world.request("Nora", signer_of("Nora"))
    stranger = s.world.request("Nora", signer_of("Mallory"))
    request = {**asked.body, "signatures": stranger.body["signatures"]}
    return enrolling(s, s.ada, request=request)


@refuses(ActorRegistered, ACTOR, "E_KEY", "is for the ledger other.example")
def test_a_request_for_another_ledger_is_no_request(s: Story) -> Attempt:
    asked = s.world.request("Nora", signer_of("Nora"), ledger="other.example")
    return enrolling(s, s.ada, request=asked.body)


@refuses(ActorRegistered, ACTOR, "E_KEY", "signs checkpoints only")
def test_the_log_key_is_enrolled_for_nobody(s: Story) -> Attempt:
    person = tags.actor_tag(ORIGIN, TestSigner(LOG).key.id)
    asked = s.world.request("Nora", TestSigner(LOG))
    values = {"request": asked.body}
    return attempt(
        s, "actor.registered", [(ACTOR, person)], values, s.ada, disclosed=asked.disclosures
    )


@refuses(ActorRegistered, ACTOR, "E_KEY", "for a further key of")
def test_nobody_is_enrolled_anew_on_a_request_for_a_further_key(s: Story) -> Attempt:
    asked = s.world.request("Nora", signer_of("Nora"), actor=s.dora.tag)
    return enrolling(s, s.ada, request=asked.body)


@refuses(ActorRegistered, ACTOR, "E_KEY", "tag does not come from the key")
def test_a_persons_tag_comes_from_the_key(s: Story) -> Attempt:
    asked = s.world.request("Nora", signer_of("Nora"))
    about = [(ACTOR, tags.actor_tag(ORIGIN, signer_of("Mallory").key.id))]
    values = {"request": asked.body}
    return attempt(s, "actor.registered", about, values, s.ada, disclosed=asked.disclosures)


@refuses(ActorRegistered, ACTOR, "E_KEY", "otherwise than her own request")
def test_nobody_is_enrolled_under_a_name_that_she_did_not_sign(s: Story) -> Attempt:
    other = s.world.request("Somebody Else", signer_of("Nora"))
    return enrolling(s, s.ada, request=other.body)


@admits(RoleGranted, ACTOR)
def test_a_role_holds_in_its_case_only(s: Story) -> None:
    _, there = second_case(s)
    s.world.record(
        "role.granted", [s.ada.tag], {"role": "auditor", "case": s.case}, signers=[second_admin(s)]
    )
    s.world.record("discrepancy.opened", [s.laptop], signers=[s.ada])
    with pytest.raises(RuleError, match="in this case") as caught:
        s.world.record("discrepancy.opened", [there], signers=[s.ada])
    assert caught.value.code == "E_NO_GRANT"


def second_admin(s: Story) -> Person:
    return s.world.enrol("Bob", "admin", by=s.ada)


@refuses(RoleGranted, ACTOR, "E_SAME_PERSON", "a role to herself")
def test_nobody_grants_herself_a_role(s: Story) -> Attempt:
    return attempt(s, "role.granted", [s.ada.tag], {}, s.ada)


@refuses(RoleGranted, ACTOR, "E_NO_GRANT", "enrol people")
def test_others_grant_no_role(s: Story) -> Attempt:
    return attempt(s, "role.granted", [s.pia.tag], {}, s.olga)


@refuses(RoleGranted, ACTOR, "E_NO_GRANT", "enrol people")
def test_an_admin_of_one_case_enrols_nobody_into_the_ledger(s: Story) -> Attempt:
    given = {"role": "admin", "case": s.case}
    s.world.record("role.granted", [s.olga.tag], given, signers=[s.ada])
    return attempt(s, "role.granted", [s.pia.tag], {}, s.olga)


@pytest.mark.parametrize(("shift", "may"), ((-1, False), (0, True), (600, True), (601, False)))
def test_a_role_holds_from_its_first_second_to_its_last(shift: int, may: bool) -> None:
    s = stage()
    start = s.world.now + 3600
    window = {
        "valid_from": s.world.occurred(start)["at"],
        "valid_to": s.world.occurred(start + 600)["at"],
    }
    bob = second_admin(s)
    s.world.record("role.granted", [s.ada.tag], {"role": "auditor", **window}, signers=[bob])
    s.world.now = start + shift
    trying = attempt(s, "discrepancy.opened", [s.laptop], {}, s.ada)
    if may:
        trying()
        return
    with pytest.raises(RuleError) as caught:
        trying()
    assert caught.value.code == "E_NO_GRANT"


def test_the_roles_of_an_enrolment_end_when_it_says() -> None:
    s = stage()
    nora = s.world.enrol(
        "Nora", "auditor", by=s.ada, valid_to=s.world.occurred(s.world.now + 600)["at"]
    )
    s.world.record("discrepancy.opened", [s.laptop], signers=[nora])
    s.world.now += 3600
    with pytest.raises(RuleError, match="takes one of the roles"):
        s.world.record("discrepancy.opened", [s.laptop], signers=[nora])


@admits(RoleRevoked, ACTOR)
def test_a_role_that_was_taken_is_gone(s: Story) -> None:
    s.world.record("role.revoked", [s.pia.tag], {"role": "lab_receiver"}, signers=[s.ada])
    with pytest.raises(RuleError, match="hold items"):
        s.world.register(s.case, 2, by=s.pia)


@refuses(RoleRevoked, ACTOR, "E_NO_GRANT", "does not have the role")
def test_a_role_that_nobody_has_is_not_taken(s: Story) -> Attempt:
    return attempt(s, "role.revoked", [s.pia.tag], {"role": "lab_receiver", "case": s.case}, s.ada)


@refuses(RoleRevoked, ACTOR, "E_NO_GRANT", "enrol people")
def test_others_take_no_role(s: Story) -> Attempt:
    return attempt(s, "role.revoked", [s.pia.tag], {"role": "lab_receiver"}, s.olga)
