"""Enrolment: a new key asks to be registered and proves that somebody holds it (SPEC §2).

A DSSE envelope of payloadType `application/vnd.custody.enrolment.v1+json` over

    {"actor":"<tag>"?,"ledger":"<origin>","nonce":"<32 hex>","partner":"<base64 SPKI>"?,
     "sd":{"contact":…,"name":…,"organisation":…},"spki":"<base64 SPKI>","v":1}

signed by the new key. `actor.registered` and `key.registered` carry it whole, as an object, in
`body.request`. `actor` stands in the request for a further key and nowhere else: whose it is to be,
signed with the key itself, so that no enroller can give it to another person. `partner` is an
ML-DSA-65 key beside an Ed25519 or P-256 key, and then signs the enrolment too. From then on the two
are one signer under the key id of `spki`: statements name that id alone in `signers`, their
envelopes carry both signatures, and neither counts without the other. A partner never stands for
itself.

An enrolment says nothing about who may enrol: compare `ledger`, and see the rules.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from custody.core import canonical, dsse
from custody.core.disclosure import is_digest
from custody.core.errors import MalformedError
from custody.core.keys import Algorithm, PublicKey, read_spki

FIELDS = ("contact", "name", "organisation")  # always all three; what is absent is disclosed as ""
_MEMBERS = {"ledger", "nonce", "sd", "spki", "v"}
_NONCE = re.compile(r"[0-9a-f]{32}")
_TAG = re.compile(r"[0-9a-f]{64}")


class Enrolment(NamedTuple):
    """A request whose signatures verify: the holder of `key` (and `partner`) made it."""

    ledger: str
    nonce: str  # 32 hex digits
    sd: Mapping[str, str]  # field to digest of its disclosure
    key: PublicKey
    partner: PublicKey | None
    actor: str | None  # tag of the person whose further key it is
    envelope: dsse.Envelope

    @property
    def keys(self) -> tuple[PublicKey, ...]:
        """All keys whose signature an envelope needs when `key` signs it."""
        return (self.key,) if self.partner is None else (self.key, self.partner)


def payload(
    ledger: str,
    nonce: str,
    sd: Mapping[str, str],
    key: PublicKey,
    partner: PublicKey | None = None,
    actor: str | None = None,
) -> bytes:
    """What the new key, and its partner if there is one, sign as `dsse.ENROLMENT`.

    actor: the person's tag, where she has a key already.

    Raises:
        MalformedError: something that `read` would refuse.
    """
    members = {
        "v": 1,
        "ledger": ledger,
        "nonce": nonce,
        "sd": dict(sd),
        "spki": canonical.to_base64(key.spki),
    }
    if partner is not None:
        members["partner"] = canonical.to_base64(partner.spki)
    if actor is not None:
        members["actor"] = actor
    data = canonical.encode(members)
    _read_payload(data)
    return data


def read(data: bytes) -> Enrolment:
    """The enrolment in an envelope file, its signatures verified.

    Raises:
        MalformedError: not an enrolment in its one spelling.
        SignatureError: not signed by the very keys that it names, or by keys that may not sign.
    """
    envelope = dsse.Envelope.read(data)
    if envelope.payload_type != dsse.ENROLMENT:
        raise MalformedError(f"{envelope.payload_type} is not {dsse.ENROLMENT}")
    members, key, partner = _read_payload(envelope.payload)
    enrolment = Enrolment(
        ledger=members["ledger"],
        nonce=members["nonce"],
        sd=members["sd"],
        key=key,
        partner=partner,
        actor=members.get("actor"),
        envelope=envelope,
    )
    envelope.check_signatures(enrolment.keys)
    return enrolment


def read_object(value: Any) -> Enrolment:
    """The enrolment whose envelope stands as a JSON object in a statement's body.

    Raises:
        MalformedError, SignatureError: as `read`.
    """
    return read(canonical.encode(value))


def _read_payload(data: bytes) -> tuple[dict[str, Any], PublicKey, PublicKey | None]:
    members = canonical.decode(data, canonical.STATEMENT_LIMIT)
    if not isinstance(members, dict) or members.keys() - {"actor", "partner"} != _MEMBERS:
        raise MalformedError(f"an enrolment has the members {', '.join(sorted(_MEMBERS))}")
    if members["v"] is True or members["v"] != 1:
        raise MalformedError("an enrolment of another version than 1")
    ledger, nonce, sd = members["ledger"], members["nonce"], members["sd"]
    if not (isinstance(ledger, str) and ledger):
        raise MalformedError("an enrolment names the origin of its ledger")
    if not (isinstance(nonce, str) and _NONCE.fullmatch(nonce)):
        raise MalformedError("the nonce of an enrolment is 32 lower-case hex digits")
    if not _TAG.fullmatch(str(members.get("actor", "0" * 64))):
        raise MalformedError("whose further key it is, an enrolment says with the tag of a person")
    if not (isinstance(sd, dict) and tuple(sd) == FIELDS and all(map(is_digest, sd.values()))):
        raise MalformedError(f"sd of an enrolment holds digests of {', '.join(FIELDS)}")
    key = _read_key(members["spki"])
    if key.algorithm is Algorithm.ML_DSA_65:
        raise MalformedError("ML-DSA-65 signs as the partner of another key, not alone")
    partner = _read_key(members["partner"]) if "partner" in members else None
    if partner and partner.algorithm is not Algorithm.ML_DSA_65:
        raise MalformedError("the partner of a key is an ML-DSA-65 key")
    return members, key, partner


def _read_key(text: Any) -> PublicKey:
    if not isinstance(text, str):
        raise MalformedError("a key is the base64 of its SubjectPublicKeyInfo")
    return read_spki(canonical.from_base64(text))
