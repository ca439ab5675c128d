"""Valid signatures of people without the right, and keys that nobody may have."""

from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from custody.core import dsse, times
from custody.core.findings import Check
from tests.memory import LOG
from tests.signers import TestSigner, ed25519_signer, p256_signer
from tests.spoilt import Spoilt, spoilt
from tests.spoilt.conduct import IN_PLACE
from tests.spoilt.insider import enrolled, forced, registered
from tests.spoilt.stage import Stage, spoilt_of, stage
from tests.worlds import Person

ED25519_PREFIX = bytes.fromhex("302a300506032b6570032100")
P = 2**255 - 19  # Ed25519's field
DAY = 86_400


def acquired(own: Stage, by: Person) -> Spoilt:
    """A phone is acquired by somebody who must not."""
    phone = own.world.register(own.story.case, 4, by=own.story.dora)
    return forced(own, "item.acquired", [phone], IN_PLACE, by)


@spoilt(Check.RULES)
def acquired_after_the_role_was_revoked() -> Spoilt:
    """Eve was an examiner."""
    own = stage()
    eve = own.story.eve
    own.world.record("role.revoked", [eve.tag], {"role": "examiner"}, signers=[own.story.ada])
    return acquired(own, eve)


@spoilt(Check.RULES)
def acquired_before_the_role_was_granted() -> Spoilt:
    """Pia becomes an examiner afterwards."""
    own = stage()
    made = acquired(own, own.story.pia)
    given = {"role": "examiner"}
    own.world.record("role.granted", [own.story.pia.tag], given, signers=[own.story.ada])
    return spoilt_of(own.bundle(), *made.subjects)


@spoilt(Check.RULES)
def acquired_after_the_role_had_ended() -> Spoilt:
    """Gil was enrolled for an hour."""
    own = stage()
    end = times.spelt(own.world.now + 3600)
    gil = own.world.enrol("Gil", "examiner", by=own.story.ada, valid_to=end)
    own.world.now += DAY
    return acquired(own, gil)


def forged_for(spki: bytes) -> dsse.Signature:
    return dsse.Signature(sha256(spki).hexdigest(), bytes(64))


@spoilt(Check.RULES)
def key_not_canonical_enrolled() -> Spoilt:
    """A point that is written with a number beyond the field, so that one key has two names."""
    spki = ED25519_PREFIX + (P + 3).to_bytes(32, "little")
    return enrolled(stage(), spki, forged_for(spki))


@spoilt(Check.RULES)
def key_in_compressed_form_enrolled() -> Spoilt:
    """A P-256 key in its other spelling."""
    private = p256_signer(7).private
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    point = private.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    spki = bytes.fromhex("3039301306072a8648ce3d020106082a8648ce3d030107032200") + point
    return enrolled(stage(), spki, forged_for(spki))


@spoilt(Check.RULES)
def key_with_bytes_behind_it_enrolled() -> Spoilt:
    """The same key under another id."""
    signer = ed25519_signer(77)
    return enrolled(stage(), signer.spki + b"\0", forged_for(signer.spki + b"\0"))


@spoilt(Check.RULES)
def key_of_the_log_enrolled() -> Spoilt:
    """Who keeps the log becomes a person, so that one key signs both."""
    return request_by(TestSigner(LOG))


@spoilt(Check.RULES)
def key_enrolled_on_a_request_to_another_ledger() -> Spoilt:
    """Mallory asked elsewhere, and nobody asked her here."""
    return request_by(ed25519_signer(77), ledger="other.example")


def request_by(signer: TestSigner, **asking: Any) -> Spoilt:
    """Mallory is enrolled on a request that the key itself signed."""
    own = stage()
    return registered(own, signer.spki, own.world.request("Mallory", signer, **asking))
