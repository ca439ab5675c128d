"""Rules on keys: enrolled by others, withdrawn, judged by index. (R38, R61)"""

from typing import Any

import pytest

from custody.core import rules
from custody.core.errors import RuleError, SignatureError
from custody_schemas.acts import (
    KeyRegistered,
    KeyRevoked,
)
from custody_schemas.declare import Capacity, Kind
from tests.memory import LOG
from tests.rulings import Attempt, admits, attempt, refuses, stage
from tests.signers import TestSigner, ed25519_signer, ml_dsa_signer
from tests.worlds import Person, Story, signer_of

ACTOR = Kind.ACTOR


@admits(KeyRegistered, ACTOR)
def test_another_enrols_a_further_key(s: Story) -> None:
    asked = s.world.request("Dora", ed25519_signer(5), ml_dsa_signer(), actor=s.dora.tag)
    s.world.record("key.registered", [s.dora.tag], {"request": asked.body}, signers=[s.ada])
    both = Person("Dora", s.dora.tag, ed25519_signer(5), ml_dsa_signer())
    s.world.record("note.recorded", [s.laptop], signers=[both])
    with pytest.raises(SignatureError, match="missing"):  # one without the other is nothing
        s.world.record("note.recorded", [s.laptop], signers=[s.dora.using(ed25519_signer(5))])


def further_key(s: Story, to: Person, by: Person, name: str = "spare") -> Attempt:
    asked = s.world.request(to.name, signer_of(name), actor=to.tag)
    return attempt(s, "key.registered", [to.tag], {"request": asked.body}, by)


@refuses(KeyRegistered, ACTOR, "E_NO_GRANT", "enrol people")
def test_an_old_key_alone_enrols_no_new_one(s: Story) -> Attempt:
    """Stolen keys must not breed."""
    return further_key(s, s.dora, s.dora)


@refuses(KeyRegistered, ACTOR, "E_SAME_PERSON", "for herself")
def test_an_admin_enrols_no_key_for_herself(s: Story) -> Attempt:
    return further_key(s, s.ada, s.ada)


@refuses(KeyRegistered, ACTOR, "E_KEY", "registered for this person before")
def test_no_key_is_enrolled_twice(s: Story) -> Attempt:
    return further_key(s, s.dora, s.ada, "Dora")


@refuses(KeyRegistered, ACTOR, "E_SAME_PERSON", "somebody who signs the entry")
def test_an_admin_does_not_become_somebody_else_with_her_own_key(s: Story) -> Attempt:
    return further_key(s, s.dora, s.ada, "Ada")


@refuses(KeyRegistered, ACTOR, "E_KEY", "another person")
def test_a_key_goes_to_nobody_but_who_asked_for_it(s: Story) -> Attempt:
    """An enroller cannot make Eve's new key one of Dora's."""
    asked = s.world.request("Eve", signer_of("spare"), actor=s.eve.tag)
    return attempt(s, "key.registered", [s.dora.tag], {"request": asked.body}, s.ada)


@refuses(KeyRegistered, ACTOR, "E_KEY", "signs checkpoints only")
def test_the_log_key_is_no_further_key_of_anybody(s: Story) -> Attempt:
    asked = s.world.request("Dora", TestSigner(LOG), actor=s.dora.tag)
    return attempt(s, "key.registered", [s.dora.tag], {"request": asked.body}, s.ada)


@refuses(KeyRegistered, ACTOR, "E_KEY", "whose further key")
def test_a_request_to_be_enrolled_gives_no_further_key(s: Story) -> Attempt:
    asked = s.world.request("Dora", signer_of("spare"))
    return attempt(s, "key.registered", [s.dora.tag], {"request": asked.body}, s.ada)


@refuses(KeyRegistered, ACTOR, "E_KEY", "possession of its key")
def test_a_further_key_is_enrolled_by_who_holds_it(s: Story) -> Attempt:
    asked = s.world.request("Dora", signer_of("spare"), actor=s.dora.tag).body
    asked["signatures"][0]["keyid"] = signer_of("Mallory").key.id
    return attempt(s, "key.registered", [s.dora.tag], {"request": asked}, s.ada)


def revoke(s: Story, of: Person, by: Person, **given: Any) -> Attempt:
    values = {"key": of.signer.key.id, **given}
    return attempt(s, "key.revoked", [of.tag], values, by)


@admits(KeyRevoked, ACTOR)
def test_a_person_withdraws_her_key_with_that_very_key(s: Story) -> None:
    revoke(s, s.dora, s.dora, reason="compromised", compromised_from="2026-09-01T00:00:00Z")()
    (key,) = s.world.actor(s.dora).keys
    assert key.revoked == len(s.world.records) - 1 and key.compromised_from == 1_788_220_800


@refuses(KeyRevoked, ACTOR, "E_NO_GRANT", "enrol people")
def test_nobody_withdraws_the_key_of_another(s: Story) -> Attempt:
    return revoke(s, s.dora, s.eve)


@refuses(KeyRevoked, ACTOR, "E_KEY", "not in force for this person")
def test_a_key_is_withdrawn_once(s: Story) -> Attempt:
    revoke(s, s.dora, s.ada)()
    return revoke(s, s.dora, s.ada)


@refuses(KeyRevoked, ACTOR, "E_KEY", "is not in force for", by_rule=False)
def test_a_key_that_was_withdrawn_signs_nothing_more(s: Story) -> Attempt:
    """R61."""
    revoke(s, s.dora, s.ada)()
    return attempt(s, "note.recorded", [s.laptop], {}, s.dora)


@refuses(KeyRevoked, ACTOR, "E_KEY", "is not in force for", by_rule=False)
def test_a_key_of_another_person_is_none_of_hers(s: Story) -> Attempt:
    return attempt(s, "note.recorded", [s.laptop], {}, s.dora.using(signer_of("Eve")))


@refuses(KeyRevoked, ACTOR, "E_KEY", "is not in force for", by_rule=False)
def test_nobody_signs_as_a_case(s: Story) -> Attempt:
    return attempt(s, "note.recorded", [s.laptop], {}, Person("", s.case, signer_of("Eve")))


def test_keys_are_judged_by_index() -> None:
    """What was signed before the withdrawal stays valid, whenever it is checked."""
    s = stage()
    first = len(s.world.records)
    signed = s.world.draft("note.recorded", [s.laptop], signers=[s.dora])
    revoke(s, s.dora, s.ada)()
    rules.check_signatures(s.world, signed.statement, signed.envelope, first)  # its own index
    with pytest.raises(RuleError, match="not in force"):
        rules.check_signatures(s.world, signed.statement, signed.envelope, first + 1)
    registered = s.world.actor(s.dora).keys[0].since
    with pytest.raises(RuleError, match="not in force"):
        rules.check_signatures(s.world, signed.statement, signed.envelope, registered)


def test_a_stranger_signs_for_nobody() -> None:
    """One signature too many is refused as well."""
    s = stage()
    signed = s.world.draft("note.recorded", [s.laptop], signers=[s.dora, (s.eve, Capacity.WITNESS)])
    fewer = s.world.draft("note.recorded", [s.laptop], signers=[s.dora])
    n = len(s.world.records)
    with pytest.raises(SignatureError, match="nobody asked"):
        rules.check_signatures(s.world, fewer.statement, signed.envelope, n)
    with pytest.raises(SignatureError, match="missing"):
        rules.check_signatures(s.world, signed.statement, fewer.envelope, n)
