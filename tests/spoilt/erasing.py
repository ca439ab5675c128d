"""Erasures that are no excuse: for another entry, ahead of it, twice, or shown by nobody in time.

What is erased is gone, so its record is excused by those who signed the erasure. All that a verifier
can still ask is asked here.
"""

from hashlib import sha256
from typing import Any

from custody.core.bundle import layout
from custody.core.findings import Check
from tests.bundles import Bundle
from tests.spoilt import Spoilt, spoilt
from tests.spoilt.keeping import rita
from tests.spoilt.operator import beside, signed_anew
from tests.spoilt.people import note, p256_person
from tests.spoilt.stage import UNREAD, Stage, drop, env_of, of, spoilt_of, stage
from tests.spoilt.wiping import erased, remark
from tests.worlds import Person


def wiped(own: Stage, entry: str, envelope: str, third: Person, **given: Any) -> None:
    """An entry on the laptop is erased whole, by three who may; it is the word of theirs."""
    given = {"fields": None, "envelope": envelope, **given}
    own.world.submit(erased(own, entry, own.story.carl, third, **given))
    own.world.now += 60


def without(bundle: Bundle, *envelopes: str) -> Bundle:
    """The bundle when these are destroyed."""
    for env in envelopes:
        del bundle.files[layout.ENVELOPE.format(env)]
    drop(bundle, layout.DISCLOSURES, lambda v: v["env"] in envelopes)
    return bundle


def found_open(own: Stage) -> str:
    """Carl finds the laptop without its seal."""
    given = {"verdict": "missing"}
    return own.world.record("seal.verified", [own.story.laptop], given, signers=[own.story.carl])


@spoilt(Check.STATEMENT)
def finding_erased_as_a_remark_that_is_still_there() -> Spoilt:
    """Three sign that a remark is erased; what is destroyed is the finding that a seal was missing."""
    own = stage()
    third, told, finding = rita(own), remark(own), found_open(own)
    env = env_of(own.sent(finding))
    wiped(own, told, env, third)
    return spoilt_of(without(own.bundle(), env), f"record {own.first(finding)}")


@spoilt(Check.STATEMENT)
def finding_erased_as_a_remark_that_was_erased_before() -> Spoilt:
    """The remark is gone already: nobody can hold it against the second erasure of it."""
    own = stage()
    third, told, finding = rita(own), remark(own), found_open(own)
    envs = [env_of(own.sent(each)) for each in (told, finding)]
    for env in envs:
        wiped(own, told, env, third)
    return spoilt_of(without(own.bundle(), *envs), f"record {own.first(finding)}")


@spoilt(Check.STATEMENT)
def remark_recorded_again_after_its_erasure() -> Spoilt:
    """Whoever kept the remark signs it anew with a token, which never signs twice alike."""
    own = stage()
    vera, third = p256_person(own), rita(own)
    sent = note(own, vera)
    own.world.submit(sent)
    env = env_of(sent)
    wiped(own, sent.id, env, third)
    subject = own.next
    own.world.submit(signed_anew(sent, vera))
    return spoilt_of(without(own.bundle(), env), subject)


@spoilt(Check.STATEMENT, also=UNREAD)
def erased_before_it_was_recorded() -> Spoilt:
    """An erasure is signed in stock, for whatever may have to vanish one day."""
    own = stage()
    third, told, laptop = rita(own), remark(own), own.story.laptop
    later = own.world.draft("note.recorded", [laptop], {"note": "x"}, signers=[own.story.eve])
    env = sha256(later.envelope.encode()).hexdigest()
    wiped(own, told, env, third)
    subject = own.next
    own.world.submit(later)
    return spoilt_of(without(own.bundle(), env), subject)


@spoilt(Check.STATEMENT, also=UNREAD)
def envelope_withheld_before_it_was_erased() -> Spoilt:
    """A bundle without the remark, beside a later one that shows its erasure: it was there then."""
    own = stage()
    third, told = rita(own), remark(own)
    env = env_of(own.sent(told))
    earlier = without(own.bundle(), env)
    wiped(own, told, env, third)
    later = without(own.bundle(), env)
    return beside(spoilt_of(earlier, f"record {own.first(told)}"), later)


@spoilt(Check.REDACTIONS)
def field_withheld_before_it_was_erased() -> Spoilt:
    """What was announced does not cover it; a later bundle shows that it is erased by now."""
    own = stage()
    third, told = rita(own), remark(own)
    env = env_of(own.sent(told))
    earlier = own.bundle(announced={"redacted": ["serial"], "ground": "house rule"})
    drop(earlier, layout.DISCLOSURES, lambda v: (v["env"], v["name"]) == (env, "note"))
    drop(earlier, layout.DISCLOSURES, lambda v: v["name"] == "serial")
    own.world.submit(erased(own, told, own.story.carl, third))
    later = own.bundle()
    drop(later, layout.DISCLOSURES, lambda v: (v["env"], v["name"]) == (env, "note"))
    return beside(spoilt_of(earlier, of(f"record {own.first(told)}")), later)


@spoilt(Check.STATEMENT)
def record_slipped_in_under_an_erased_envelope() -> Spoilt:
    """A second record names the envelope that nobody can read any more."""
    own = stage()
    third, told = rita(own), remark(own)
    sent = own.sent(told)
    subject = own.next
    own.world.submit(sent)
    wiped(own, told, env_of(sent), third)
    return spoilt_of(without(own.bundle(), env_of(sent)), subject)
