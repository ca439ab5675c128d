"""Envelopes and signatures that are not as they must be, recorded all the same.

One defect for each member of an envelope, and for each way in which keys and signatures can be
degenerate, respelt, too early or too late.
"""

from collections.abc import Callable, Mapping
from typing import Any

from custody.core import canonical, dsse
from custody.core.findings import Check
from tests.memory import Signed
from tests.rogues import signed_by
from tests.signers import ed25519_signer, ml_dsa_signer
from tests.spoilt import Spoilt, enter, spoilt
from tests.spoilt.people import UNSIGNED, note, p256_person, recorded, recorded_unread
from tests.spoilt.stage import UNREAD, Stage, spoilt_of, stage

OTHER = "ab" * 32
L = 2**252 + 27742317777372353535851937790883648493  # order of Ed25519's group
Value = dict[str, Any]
Change = Callable[[Value, Stage], object]


class Altered(dsse.Envelope):
    """An envelope whose file says something else."""

    def changed_by(self, change: Callable[[Value], object]) -> "Altered":
        value = canonical.decode(super().encode(), canonical.ENVELOPE_LIMIT)
        change(value)
        self.file = canonical.encode(value)
        return self

    def encode(self) -> bytes:
        return self.file


def filed_so(change: Change) -> Callable[[], Spoilt]:
    """A remark on the laptop, its envelope changed before it was recorded."""

    def make() -> Spoilt:
        own = stage()
        signed = note(own, own.story.eve)
        made = Altered(*signed.envelope).changed_by(lambda value: change(value, own))
        return recorded_unread(own, signed._replace(envelope=made))

    return make


def first(**members: Any) -> Change:
    """These members of its one signature."""
    return lambda value, own: value["signatures"][0].update(members)


MALFORMED: Mapping[str, tuple[str, Change]] = {
    "without_signatures": ("Nobody signed.", lambda value, own: value.update(signatures=[])),
    "with_a_signature_twice": (
        "Eve signed once, and counts twice.",
        lambda value, own: value["signatures"].append(dict(value["signatures"][0]))),
    "with_an_empty_signature": ("There is nothing to verify.", first(sig="")),
    "with_a_member_too_many": (
        "A certificate lies beside the signature.", lambda value, own: value.update(cert="x")),
    "with_a_member_beside_a_signature": ("A time beside it.", first(time=0)),
    "without_its_payload": (
        "What was signed is not there.", lambda value, own: value.pop("payload")),
    "without_the_type_of_its_payload": (
        "What it is, nobody says.", lambda value, own: value.pop("payloadType")),
    "with_a_payload_in_another_base64": (
        "Its base64 has an end too many.",
        lambda value, own: value.update(payload=value["payload"].rstrip("=") + "====")),
}  # fmt: skip
UNSIGNED_SO: Mapping[str, tuple[str, Change]] = {
    "with_a_changed_signature": (
        "A bit of the signature is another.",
        lambda value, own: value["signatures"][0].update(sig=flipped(value["signatures"][0]))),
    "with_the_key_of_nobody": ("The signature is called nobody's.", first(keyid=OTHER)),
    "with_the_key_of_another": (
        "Eve's signature is called Dora's.",
        lambda value, own: value["signatures"][0].update(keyid=own.story.dora.signer.key.id)),
}  # fmt: skip


def flipped(signature: Value) -> str:
    data = canonical.from_base64(signature["sig"])
    return canonical.to_base64(bytes([data[0] ^ 1]) + data[1:])


for _name, (_told, _change) in MALFORMED.items():
    enter(f"envelope_{_name}", _told, filed_so(_change), Check.STATEMENT, UNREAD)
for _name, (_told, _change) in UNSIGNED_SO.items():
    enter(f"envelope_{_name}", _told, filed_so(_change), Check.SIGNATURE)


def resigned(signed: Signed, sig: bytes) -> Signed:
    """With that as the one signature."""
    keyid = signed.envelope.signatures[0].keyid
    envelope = signed.envelope._replace(signatures=(dsse.Signature(keyid, sig),))
    return signed._replace(envelope=envelope)


@spoilt(Check.SIGNATURE)
def signed_with_s_beyond_the_order() -> Spoilt:
    """Somebody respelt an Ed25519 signature: S + L satisfies the same equation."""
    own = stage()
    signed = note(own, own.story.eve)
    sig = signed.envelope.signatures[0].sig
    s = int.from_bytes(sig[32:], "little") + L
    return recorded(own, resigned(signed, sig[:32] + s.to_bytes(32, "little")))


@spoilt(Check.SIGNATURE)
def signed_in_loose_der() -> Spoilt:
    """An ECDSA signature with a long form of its length, which lax readers take."""
    own = stage()
    signed = note(own, p256_person(own))
    sig = signed.envelope.signatures[0].sig
    return recorded(own, resigned(signed, sig[:1] + b"\x81" + sig[1:]))


@spoilt(Check.SIGNATURE)
def signed_with_the_partner_alone() -> Spoilt:
    """Only the post-quantum half of Hal's signature is there."""
    own = stage()
    partner = ml_dsa_signer(5)
    hal = own.world.enrol("Hal", "examiner", by=own.story.ada, partner=partner)
    return recorded(own, signed_by(note(own, hal), partner))


@spoilt(Check.KEY, also=UNSIGNED)
def signed_before_the_key_was_registered() -> Spoilt:
    """Eve's second key is enrolled after the entry that it signed."""
    own = stage()
    eve, second = own.story.eve, ed25519_signer(78)
    subject = own.next
    own.world.submit(note(own, eve.using(second)))
    asked = own.world.request("Eve", second, actor=eve.tag)
    given = {"request": asked.body}
    own.world.record(
        "key.registered", [eve.tag], given, signers=[own.story.ada], disclosed=asked.disclosures
    )
    return spoilt_of(own.bundle(), subject)


@spoilt(Check.KEY, also=UNSIGNED)
def signed_with_a_key_that_was_replaced() -> Spoilt:
    """Eve goes on with the key that another one has replaced."""
    own = stage()
    eve = own.story.eve
    asked = own.world.request("Eve", ed25519_signer(79), actor=eve.tag)
    given = {"request": asked.body, "replaces": eve.signer.key.id}
    own.world.record(
        "key.rotated", [eve.tag], given, signers=[own.story.ada], disclosed=asked.disclosures
    )
    return recorded(own, note(own, eve))
