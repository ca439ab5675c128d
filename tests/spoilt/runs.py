"""What an operator who holds the log's keys can do with the records of one entry, and with tags.

The records of an entry stand together, in the order of its places, all or none: what is left out
of a run could else be registered and hidden.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from custody.core.findings import Check, Outcome
from custody.core.rules import admit
from custody.core.state import Case
from custody.core.statement import Place
from custody_schemas.declare import Kind
from tests.bundles import Bundle
from tests.memory import Run, Signed
from tests.rogues import signed_by
from tests.signers import TestSigner, ed25519_signer
from tests.spoilt import Spoilt, spoilt
from tests.spoilt.people import Respelt, note
from tests.spoilt.stage import CASE, UNREAD, Stage, hide, of, spoilt_of, stage


def two_remarks(own: Stage) -> Signed:
    """A remark on the image and the note at once, signed and not recorded."""
    return own.world.draft("note.recorded", [own.image, own.text], signers=[own.story.eve])


def recorded_in(own: Stage, signed: Signed, places: Iterable[Place]) -> None:
    """Records of these of its places, in this order."""
    world = own.world
    effects = admit(world, signed.statement, at=world.now, n=len(world.records))
    world.runs.append(Run(len(world.records), signed))
    env = sha256(signed.envelope.encode()).hexdigest()
    for place in places:
        world._append(signed.statement, place.tag, effects[place.tag], env, world.now)


@spoilt(
    Check.STATEMENT,
    also={
        (Check.RULES, Outcome.FAILED): "from its first record its run begins before it was signed",
        (Check.FRESHNESS, Outcome.FAILED): "that is, before what its signer had seen",
    },
)
def run_recorded_in_another_order() -> Spoilt:
    """Of one entry on two items the second record stands first."""
    own = stage()
    signed, n = two_remarks(own), len(own.world.records)
    recorded_in(own, signed, reversed(signed.statement.about))
    return spoilt_of(own.bundle(), f"record {n - 1}", f"record {n + 1}")


@spoilt(Check.STATEMENT)
def run_with_another_entry_in_it() -> Spoilt:
    """Between the two records of one entry stands that of another."""
    own = stage()
    signed, n = two_remarks(own), len(own.world.records)
    first, second = signed.statement.about
    recorded_in(own, signed, [first])
    own.world.submit(note(own, own.story.dora))
    recorded_in(own, signed, [second])
    own.world.runs.pop()  # the bundle has its envelope once
    return spoilt_of(own.bundle(), f"record {n + 1}", f"record {n + 2}")


@spoilt(Check.STATEMENT)
def run_with_a_record_too_many() -> Spoilt:
    """One of its two records comes once more."""
    own = stage()
    signed, n = two_remarks(own), len(own.world.records)
    first, second = signed.statement.about
    recorded_in(own, signed, [first, second, second])
    return spoilt_of(own.bundle(), f"record {n + 2}")


def unlisted(own: Stage, **more: Any) -> tuple[Bundle, str]:
    """A fourth item, of which the register, which lists what there is, has no record; its tag."""
    world, story = own.world, own.story
    case = world.states[story.case]
    assert isinstance(case, Case)
    tag = world.item_tag(story.case, 4)
    assert tag < case.register  # its record stands before the register's
    about: list[Any] = [(Kind.ITEM, tag), case.register]
    given = {"case": story.case, "number": 4}
    signed = world.draft("item.registered", about, given, signers=[story.dora])
    recorded_in(own, signed, [place for place in signed.statement.about if place.tag == tag])
    return own.bundle(**more), tag


@spoilt(Check.STATEMENT)
def run_recorded_without_the_register() -> Spoilt:
    """An item has its record, and in the register, where it would be looked for, stands nothing."""
    own = stage()
    n = len(own.world.records)
    return spoilt_of(unlisted(own)[0], f"record {n + 1}")


@spoilt(Check.COMPLETENESS)
def item_hidden_beside_the_mirror() -> Spoilt:
    """Nor is the item shown: only the mirror has records of a tag that the case's key makes."""
    bundle, item = unlisted(stage(), mirror=True)
    hide(bundle, item)
    return spoilt_of(bundle, of(f"item 4 of {CASE}"))


@spoilt(Check.RULES)
def person_under_a_tag_of_her_choice() -> Spoilt:
    """Mallory's tag is not made of her first key, so that she could be enrolled under it again."""
    own = stage()
    world, tag = own.world, "ab" * 32
    asked = world.request("Mallory", ed25519_signer(77))
    world.states[tag] = world.states[own.story.eve.tag]  # what the operator makes of it
    subject, given = own.next, {"request": asked.body, "roles": ["examiner"]}
    about, texts = [(Kind.ACTOR, tag)], asked.disclosures
    world.record("actor.registered", about, given, signers=[own.story.ada], disclosed=texts)
    return spoilt_of(own.bundle(), subject)


def again(own: Stage, signed: Signed, other: Signed) -> Spoilt:
    """One statement recorded in two envelopes."""
    own.world.submit(signed)
    subject = own.next
    own.world.write(signed.statement, other, {}, own.world.now)
    return spoilt_of(own.bundle(), subject)


@spoilt(Check.STATEMENT, also=UNREAD)
def statement_recorded_again_in_an_envelope_spelt_otherwise() -> Spoilt:
    """A line end makes it another file over the same act."""
    own = stage()
    signed = note(own, own.story.eve)
    return again(own, signed, signed._replace(envelope=Respelt(*signed.envelope)))


@spoilt(
    Check.STATEMENT,
    also={(Check.SIGNATURE, Outcome.FAILED): "nor is it signed by who had to sign it"},
)
def statement_recorded_again_under_another_signature() -> Spoilt:
    """What Eve signed is recorded once more, as Dora signed it."""
    own = stage()
    signed, dora = note(own, own.story.eve), own.story.dora.signer
    assert isinstance(dora, TestSigner)
    return again(own, signed, signed_by(signed, dora))
