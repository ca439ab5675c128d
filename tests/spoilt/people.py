"""What signers can do by themselves: other keys, other signatures, other spellings."""

from typing import Any

from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from custody.core import canonical, dsse, tags
from custody.core.findings import Check, Outcome
from custody.core.keys import P256_ORDER, Signer
from custody_schemas.declare import Kind
from tests.memory import Signed
from tests.rogues import signed_by
from tests.signers import TestSigner, ed25519_signer, ml_dsa_signer, p256_signer
from tests.spoilt import Spoilt, spoilt
from tests.spoilt.stage import UNREAD, Stage, spoilt_of, stage
from tests.worlds import Person

UNSIGNED = {(Check.SIGNATURE, Outcome.UNDETERMINED): "which keys had to sign, nobody can say"}


def note(own: Stage, by: Person, **members: Any) -> Signed:
    """A remark on the laptop, signed and not recorded."""
    return own.world.draft("note.recorded", [own.story.laptop], signers=[by], **members)


def recorded(own: Stage, signed: Signed) -> Spoilt:
    """The bundle after that was recorded, which does not pass."""
    subject = own.next
    own.world.submit(signed)
    return spoilt_of(own.bundle(), subject)


def p256_person(own: Stage) -> Person:
    """Vera signs with a token."""
    world, signer = own.world, p256_signer(7)
    asked = world.request("Vera", signer)
    person = Person("Vera", tags.actor_tag(world.origin, signer.key.id), signer)
    about = [(Kind.ACTOR, person.tag)]
    given = {"request": asked.body, "roles": ["examiner"]}
    world.record(
        "actor.registered", about, given, signers=[own.story.ada], disclosed=asked.disclosures
    )
    return person


def spelt(signed: Signed, payload: bytes, signer: Signer) -> Signed:
    """Another payload in that statement's envelope, signed all the same."""
    return signed._replace(envelope=dsse.sign(dsse.STATEMENT, payload, [signer]))


@spoilt(Check.SIGNATURE)
def signed_with_another_key() -> Spoilt:
    """A stranger's key signs in Eve's name."""
    own = stage()
    return recorded(own, signed_by(note(own, own.story.eve), ed25519_signer(99)))


@spoilt(Check.SIGNATURE)
def signed_over_other_bytes() -> Spoilt:
    """Eve signed another remark."""
    own = stage()
    signed, other = note(own, own.story.eve), note(own, own.story.eve)
    envelope = dsse.Envelope(dsse.STATEMENT, signed.envelope.payload, other.envelope.signatures)
    return recorded(own, signed._replace(envelope=envelope))


@spoilt(Check.SIGNATURE)
def signed_by_one_too_many() -> Spoilt:
    """A second signature that the statement does not speak of."""
    own = stage()
    eve, dora = own.story.eve.signer, own.story.dora.signer
    assert isinstance(eve, TestSigner)
    assert isinstance(dora, TestSigner)
    return recorded(own, signed_by(note(own, own.story.eve), eve, dora))


@spoilt(Check.SIGNATURE)
def signed_without_the_post_quantum_partner() -> Spoilt:
    """The ML-DSA signature that this key never goes without was stripped."""
    own = stage()
    hal = own.world.enrol("Hal", "examiner", by=own.story.ada, partner=ml_dsa_signer(5))
    assert isinstance(hal.signer, TestSigner)
    return recorded(own, signed_by(note(own, hal), hal.signer))


@spoilt(Check.SIGNATURE)
def signed_with_a_high_s() -> Spoilt:
    """Somebody respelt an ECDSA signature, which plain ECDSA accepts as well."""
    own = stage()
    signed = note(own, p256_person(own))
    ((keyid, sig),) = signed.envelope.signatures
    r, s = decode_dss_signature(sig)
    high = dsse.Signature(keyid, encode_dss_signature(r, P256_ORDER - s))
    envelope = dsse.Envelope(dsse.STATEMENT, signed.envelope.payload, (high,))
    return recorded(own, signed._replace(envelope=envelope))


@spoilt(Check.KEY, also=UNSIGNED)
def signed_with_a_revoked_key() -> Spoilt:
    """Eve's key was revoked before."""
    own = stage()
    eve = own.story.eve
    given = {"key": eve.signer.key.id, "reason": "compromised"}
    own.world.record("key.revoked", [eve.tag], given, signers=[own.story.ada])
    return recorded(own, note(own, eve))


@spoilt(Check.KEY, also=UNSIGNED)
def signed_with_the_key_of_another_person() -> Spoilt:
    """Dora signs, and states her key as one of Eve's."""
    own = stage()
    return recorded(own, note(own, own.story.eve.using(own.story.dora.signer)))


@spoilt(Check.STATEMENT, also=UNREAD)
def payload_not_canonical() -> Spoilt:
    """What was signed has a blank too many."""
    own = stage()
    signed = note(own, own.story.eve)
    payload = signed.envelope.payload.replace(b'"v":1}', b'"v": 1}')
    return recorded_unread(own, spelt(signed, payload, own.story.eve.signer))


@spoilt(Check.STATEMENT, also=UNREAD)
def payload_with_a_member_twice() -> Spoilt:
    """One reader takes the first act, another one the second."""
    own = stage()
    signed = note(own, own.story.eve)
    payload = signed.envelope.payload.replace(
        b'"act":"note.recorded"', b'"act":"note.recorded","act":"item.seized"'
    )
    return recorded_unread(own, spelt(signed, payload, own.story.eve.signer))


@spoilt(Check.STATEMENT, also=UNREAD)
def payload_of_another_kind() -> Spoilt:
    """What was signed as a bundle's signature is recorded as a statement."""
    own = stage()
    signed = note(own, own.story.eve)
    envelope = dsse.sign(dsse.BUNDLE, signed.envelope.payload, [own.story.eve.signer])
    return recorded_unread(own, signed._replace(envelope=envelope))


class Respelt(dsse.Envelope):
    """An envelope file with a line end too many."""

    def encode(self) -> bytes:
        return super().encode() + b"\n"


@spoilt(Check.STATEMENT, also=UNREAD)
def envelope_spelt_otherwise() -> Spoilt:
    """The envelope is not in its one spelling, and its record names it as it is."""
    own = stage()
    signed = note(own, own.story.eve)
    made = signed.envelope
    respelt = Respelt(made.payload_type, made.payload, made.signatures)
    return recorded_unread(own, signed._replace(envelope=respelt))


def recorded_unread(own: Stage, signed: Signed) -> Spoilt:
    """As `recorded`, where the ledger's own software could not read the envelope."""
    subject = own.next
    own.world.write(signed.statement, signed, {}, own.world.now)
    own.world.now += 60
    return spoilt_of(own.bundle(), subject)


@spoilt(Check.RULES, Outcome.UNDETERMINED)
def act_of_a_later_version() -> Spoilt:
    """Nobody here knows what the act does to the laptop."""
    own = stage()
    signed = note(own, own.story.eve)
    value = canonical.decode(signed.envelope.payload, canonical.STATEMENT_LIMIT)
    payload = canonical.encode({**value, "act": "item.blessed"})
    made = spelt(signed, payload, own.story.eve.signer)
    return recorded_unread(own, made)
