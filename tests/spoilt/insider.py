"""Acts that no rule admits, recorded all the same: an operator and a signer who collude."""

from hashlib import sha256
from typing import Any

from custody.core import canonical, disclosure, dsse, enrolment, tags
from custody.core.bundle import layout
from custody.core.findings import Check, Outcome
from custody.core.state import Case, Item
from custody_schemas.declare import Kind
from tests.exports import content_of
from tests.signers import ed25519_signer
from tests.spoilt import Spoilt, spoilt
from tests.spoilt.stage import CASE, TEXT, Scenery, Stage, hide, of, spoilt_of, stage
from tests.worlds import MEMBERS, Asked, Person, signer_of

SMALL_ORDER = bytes.fromhex("302a300506032b6570032100" + "01" + "00" * 31)
UNSIGNED = {
    (Check.KEY, Outcome.FAILED): "and its key is nobody's",
    (Check.SIGNATURE, Outcome.UNDETERMINED): "so nobody can say which key had to sign",
}


def forced(own: Stage, act: str, about: list[Any], given: dict[str, Any], by: Person) -> Spoilt:
    """The bundle after that was recorded, against the rules."""
    subject = own.next
    own.world.record(act, about, given, signers=[by])
    return spoilt_of(own.bundle(), subject)


@spoilt(Check.RULES)
def released_by_who_does_not_hold() -> Spoilt:
    """Carl hands on what Eve holds."""
    own = stage()
    given = {"to": own.story.dora.tag}
    return forced(own, "transfer.released", [own.image], given, own.story.carl)


@spoilt(Check.RULES)
def seized_without_authority() -> Spoilt:
    """A phone is seized on no legal basis."""
    own = stage()
    phone = own.world.register(own.story.case, 4, by=own.story.dora)
    return forced(own, "item.seized", [phone], {}, own.story.dora)


@spoilt(Check.RULES)
def acquired_without_the_role() -> Spoilt:
    """Pia may hold items and not examine them."""
    own = stage()
    phone = own.world.register(own.story.case, 4, by=own.story.dora)
    content = content_of(bytes(70_000), "phone.dd")
    given = {**content, "content": {**dict(content["content"]), "where": "in_place"}}  # type: ignore[call-overload]
    return forced(own, "item.acquired", [phone], given, own.story.pia)


@spoilt(Check.RULES)
def short_content_with_an_unsalted_digest() -> Spoilt:
    """The digest of a short note stands open in the body, where its text can be guessed."""
    own = stage()
    paper = own.world.register(own.story.case, 4, by=own.story.dora)
    digest = sha256(TEXT).hexdigest()
    content = {"form": "file", "count": 1, "size": len(TEXT), "where": "in_place"}
    given = {"content": {**content, "sha256": digest, "blake3": digest}}
    return forced(own, "item.acquired", [paper], given, own.story.dora)


@spoilt(Check.RULES)
def key_registered_by_its_own_holder() -> Spoilt:
    """Who stole Ada's key registers a key of his own for her: stolen keys must not breed."""
    own = stage()
    ada = own.story.ada
    asked = own.world.request("Ada", ed25519_signer(77), actor=ada.tag)
    return forced(own, "key.registered", [ada.tag], {"request": asked.body}, ada)


@spoilt(Check.RULES)
def key_registered_for_another_person() -> Spoilt:
    """Ada makes the new key that Eve asked for one of Dora's."""
    own = stage()
    asked = own.world.request("Eve", ed25519_signer(77), actor=own.story.eve.tag)
    about = [own.story.dora.tag]
    return forced(own, "key.registered", about, {"request": asked.body}, own.story.ada)


@spoilt(Check.RULES)
def role_granted_to_oneself() -> Spoilt:
    """Ada may enrol others, and makes herself an examiner."""
    own = stage()
    return forced(own, "role.granted", [own.story.ada.tag], {"role": "examiner"}, own.story.ada)


def enrolled(own: Stage, spki: bytes, signature: dsse.Signature | None = None) -> Spoilt:
    """Mallory is enrolled on a request with that key, signed like that or by a stranger."""
    world = own.world
    opened = [disclosure.make(name, "", world.entropy) for name in enrolment.FIELDS]
    members = {
        "v": 1,
        "ledger": world.origin,
        "nonce": "ab" * 16,
        "sd": {each.field: each.digest for each in opened},
        "spki": canonical.to_base64(spki),
    }
    payload = canonical.encode(members)
    made = dsse.sign(dsse.ENROLMENT, payload, [ed25519_signer(66)])
    if signature is not None:
        made = dsse.Envelope(dsse.ENROLMENT, payload, (signature,))
    request = canonical.decode(made.encode(), canonical.ENVELOPE_LIMIT)
    return registered(own, spki, Asked(request, tuple(each.text for each in opened)))


def registered(own: Stage, spki: bytes, asked: Asked) -> Spoilt:
    """Ada enrols whoever holds that key, on that request."""
    world = own.world
    tag = tags.actor_tag(world.origin, sha256(spki).hexdigest())
    world.states[tag] = world.states[own.story.eve.tag]  # what the operator makes of it
    subject, given = own.next, {"request": asked.body, "roles": ["examiner"]}
    about, texts = [(Kind.ACTOR, tag)], asked.disclosures
    world.record("actor.registered", about, given, signers=[own.story.ada], disclosed=texts)
    return spoilt_of(own.bundle(), subject)


@spoilt(Check.RULES)
def key_of_small_order_enrolled() -> Spoilt:
    """One signature of such a key fits every message, so that nobody could ever be held to it."""
    forged = dsse.Signature(sha256(SMALL_ORDER).hexdigest(), b"\x01" + bytes(63))
    return enrolled(stage(), SMALL_ORDER, forged)


@spoilt(Check.RULES)
def key_enrolled_without_proof_of_possession() -> Spoilt:
    """The request for a key is signed by another one."""
    return enrolled(stage(), signer_of("Nobody").spki)


@spoilt(Check.RULES, also=UNSIGNED)
def ledger_opened_again() -> Spoilt:
    """A second founder opens the ledger, to enrol whom he likes."""
    own = stage()
    world, signer = own.world, signer_of("Mallory")
    mallory = Person("Mallory", tags.actor_tag(world.origin, signer.key.id), signer)
    world.states[mallory.tag] = world.states[own.story.ada.tag]
    about: list[Any] = [(Kind.ACTOR, mallory.tag), tags.ledger_tag(world.origin)]
    given = {
        **MEMBERS,
        "origin": world.origin,
        "key": canonical.to_base64(signer.spki),
        "roles": ["admin"],
        "name": "Mallory",
    }
    seen = {"size": 0, "root": sha256(b"").hexdigest()}
    subject = own.next
    world.record("ledger.opened", about, given, signers=[mallory], seen=seen)
    return spoilt_of(own.bundle(), subject)


def with_two_cases(own: Scenery) -> tuple[str, str, str]:
    """A second case with a phone, and a remark on it that also concerns the laptop; its tags."""
    world, story = own.world, own.story
    second = world.open_case("K-2026/18", by=story.olga)
    case = world.states[second]
    assert isinstance(case, Case)
    phone = world.register(second, 1, by=story.dora)
    return second, case.register, phone


@spoilt(Check.COMPLETENESS)
def envelope_over_two_cases() -> Spoilt:
    """A remark on items of two cases: the export of the one carries words about the other."""
    own = stage()
    others = with_two_cases(own)
    about = sorted([own.story.laptop, others[2]])
    first = len(own.world.records)
    own.world.record("note.recorded", about, signers=[own.story.dora])
    bundle = own.bundle()
    for tag in others:
        hide(bundle, tag)
    return spoilt_of(bundle, of(f"record {first + about.index(others[2])}"))


def numbered(own: Stage, tag: str, number: int) -> None:
    """An item of that number is registered under a tag of the operator's choice."""
    world, story = own.world, own.story
    case = world.states[story.case]
    assert isinstance(case, Case)
    about: list[Any] = [(Kind.ITEM, tag), case.register]
    given = {"case": story.case, "number": number}
    world.record("item.registered", about, given, signers=[story.dora])
    assert isinstance(world.states[tag], Item)


@spoilt(Check.STRUCTURE)
def tag_that_the_case_key_does_not_make() -> Spoilt:
    """An item is registered under the tag of another number, where nobody would look for it."""
    own = stage()
    tag = own.world.item_tag(own.story.case, 5)
    numbered(own, tag, 4)
    return spoilt_of(own.bundle(), f"tag of subject {tag:.12}")


@spoilt(Check.STRUCTURE)
def two_items_of_one_number() -> Spoilt:
    """A second item 1, under an invented key, of which one reader is shown this, one that."""
    own = stage()
    own_key = bytes(32)
    tag = tags.tag(own_key, "item", "K-2026/17", 1)
    numbered(own, tag, 1)
    bundle = own.bundle()
    keys = bundle.keys()
    reference = {"kind": "item", "number": 1, "reference": "K-2026/17"}
    keys["subjects"].append({"key": own_key.hex(), **reference})
    bundle.files[layout.KEYS] = canonical.encode(keys)
    return spoilt_of(bundle, f"tag of item 1 of {CASE}")


@spoilt(Check.STRUCTURE)
def case_of_another_reference() -> Spoilt:
    """A case was opened under a reference, and its tag is made from another one."""
    own = stage()
    world, story = own.world, own.story
    key, kinds = bytes(32), (Kind.CASE, Kind.REGISTER)
    case, register = (tags.tag(tags.subject_key(key, k, "K-9"), k, "K-9") for k in kinds)
    world.case_keys[case] = "K-9", key
    given = {"reference": "K-2026/18"}
    about = [(Kind.CASE, case), (Kind.REGISTER, register)]
    world.record("case.opened", about, given, signers=[story.olga])
    bundle = own.bundle()
    cases = [{"key": k.hex(), "reference": r} for r, k in world.case_keys.values()]
    bundle.files[layout.KEYS] = canonical.encode({"v": 1, "cases": cases, "subjects": []})
    return spoilt_of(bundle, "tag of case K-9", "tag of register K-9")
