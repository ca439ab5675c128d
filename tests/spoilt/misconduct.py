"""What people may not do with entries, findings, cases and rules: refused, and seen."""

from custody.core import canonical
from custody.core.bundle import layout
from custody.core.findings import Check
from custody.core.tags import ledger_tag
from tests.memory import Signed
from tests.signers import ed25519_signer
from tests.spoilt import Spoilt, spoilt
from tests.spoilt.conduct import IN_PLACE, conduct, handed_to_carl
from tests.spoilt.insider import with_two_cases
from tests.spoilt.stage import Scenery, Stage, spoilt_of, stage

DAY = 86_400


def misread(own: Scenery, **given: str) -> str:
    """The laptop is sealed again, and Dora finds its seal otherwise."""
    laptop, number = own.story.laptop, {"seal_number": "S-2"}
    own.world.record("seal.applied", [laptop], number, signers=[own.story.eve])
    return own.world.record("seal.verified", [laptop], given, signers=[own.story.dora])


@conduct("E_NO_GRANT")
def corrected_by_a_stranger(own: Scenery) -> Signed:
    """Pia, who oversees nothing, corrects what Dora registered."""
    entry = next(
        r.signed.id for r in own.world.runs if r.signed.statement.name == "item.registered"
    )
    given = {"corrects": entry, "for_absent": "on_leave"}
    about, signers = [own.story.laptop], [own.story.pia]
    return own.world.draft("correction.recorded", about, given, signers=signers)


@conduct("E_CORRECTION")
def verdict_corrected(own: Scenery) -> Signed:
    """Who found the seal missing corrects that to intact."""
    found = misread(own, verdict="missing")
    given = {"corrects": found, "act": "seal.verified", "field": "verdict", "value": "intact"}
    about, signers = [own.story.laptop], [own.story.dora]
    return own.world.draft("correction.recorded", about, given, signers=signers)


@conduct("E_SAME_PERSON")
def own_entry_countersigned(own: Scenery) -> Signed:
    """Carl's check becomes two people's word."""
    given = {"entry": own.last}
    signers = [own.story.carl]
    return own.world.draft("statement.countersigned", [own.image], given, signers=signers)


@conduct("E_TWO_PERSON")
def discrepancy_ended_by_who_handed_the_item_on(own: Scenery) -> Signed:
    """Carl had the note when it changed; Eve, who has it now, found that."""
    handed_to_carl(own)
    given = {"verdict": "mismatch"}
    found = own.world.record("integrity.checked", [own.text], given, signers=[own.story.eve])
    given = {"discrepancy": found, "kind": "hash"}
    return own.world.draft("discrepancy.resolved", [own.text], given, signers=[own.story.carl])


@conduct("E_DISCREPANCY")
def broken_seal_called_a_typing_mistake(own: Scenery) -> Signed:
    """Olga would have the seal sound again."""
    found = misread(own, verdict="broken_unauthorised")
    given = {"discrepancy": found, "kind": "seal", "outcome": "recording_error"}
    about, signers = [own.story.laptop], [own.story.olga]
    return own.world.draft("discrepancy.resolved", about, given, signers=signers)


@conduct("E_TIME")
def late_without_a_reason(own: Scenery) -> Signed:
    """Eve moved the image two days ago, and says nothing of why she tells it now."""
    given = {"occurred": own.world.occurred(own.world.now - 2 * DAY)}
    return own.world.draft("storage.moved", [own.image], given, signers=[own.story.eve])


@conduct("E_TIME")
def told_before_it_happened(own: Scenery) -> Signed:
    """Eve records what she will have done tomorrow."""
    given = {"occurred": own.world.occurred(own.world.now + DAY)}
    return own.world.draft("storage.moved", [own.image], given, signers=[own.story.eve])


def changed(own: Scenery) -> dict[str, object]:
    """Rules under which nothing is ever late."""
    rules = {"version": 1, "late_after": 31 * DAY, "ahead": 120, "approvers": 2}
    return {"rules": rules}


@conduct("E_NO_GRANT")
def rules_changed_by_an_examiner(own: Scenery) -> Signed:
    """Eve and Olga would not be late any more."""
    about, signers = [ledger_tag(own.world.origin)], [own.story.eve, own.story.olga]
    return own.world.draft("ledger.rules_changed", about, changed(own), signers=signers)


@conduct("E_TWO_PERSON")
def rules_changed_by_one(own: Scenery) -> Signed:
    """Ada asks nobody."""
    about = [ledger_tag(own.world.origin)]
    return own.world.draft("ledger.rules_changed", about, changed(own), signers=[own.story.ada])


@conduct("E_NO_GRANT")
def key_rotated_by_its_holder(own: Scenery) -> Signed:
    """Who stole Eve's key makes one of his own out of it."""
    eve = own.story.eve
    asked = own.world.request("Eve", ed25519_signer(77), actor=eve.tag)
    given = {"request": asked.body, "replaces": eve.signer.key.id}
    return own.world.draft("key.rotated", [eve.tag], given, signers=[eve])


@conduct("E_CASE_CLOSED")
def item_filled_after_its_case_was_closed(own: Scenery) -> Signed:
    """Registered in time, without anything in it."""
    disk = own.world.register(own.story.case, 4, by=own.story.eve)
    own.world.record("case.closed", [own.story.case], signers=[own.story.olga])
    return own.world.draft("item.acquired", [disk], IN_PLACE, signers=[own.story.eve])


def with_keys_of_both(own: Stage, subject: str) -> Spoilt:
    """An export of both cases."""
    bundle = own.bundle()
    cases = [{"key": k.hex(), "reference": r} for r, k in own.world.case_keys.values()]
    bundle.files[layout.KEYS] = canonical.encode({"v": 1, "cases": cases, "subjects": []})
    return spoilt_of(bundle, subject)


@conduct("E_OTHER_CASE", with_keys_of_both)
def envelope_over_two_cases_that_are_both_shown(own: Scenery) -> Signed:
    """A remark on items of two cases, seen by who holds the keys of both."""
    *_, phone = with_two_cases(own)
    about, signers = [own.story.laptop, phone], [own.story.dora]
    return own.world.draft("note.recorded", about, signers=signers)


def seal_read(verdict: str, number: str) -> Spoilt:
    """Somebody's own software states that verdict on the seal S-2 for that number."""
    own = stage()
    laptop = own.story.laptop
    own.world.record("seal.applied", [laptop], {"seal_number": "S-2"}, signers=[own.story.eve])
    subject, given = own.next, {"verdict": verdict, "seal_read": number}
    own.world.record("seal.verified", [laptop], given, signers=[own.story.dora])
    return spoilt_of(own.bundle(), subject)


@spoilt(Check.STATEMENT)
def seal_said_intact_over_another_number() -> Spoilt:
    """The bag was exchanged. No rule reads numbers, so a ledger takes the entry."""
    return seal_read("intact", "S-3")


@spoilt(Check.STATEMENT)
def seal_said_to_differ_over_its_own_number() -> Spoilt:
    """Dora wants the bag to have been exchanged."""
    return seal_read("number_mismatch", "S-2")


@spoilt(Check.STATEMENT)
def item_taken_over_as_sealed_with_another_number() -> Spoilt:
    """The laptop arrives in another bag, and is accepted as if it were the same."""
    own = stage()
    story, laptop = own.story, own.story.laptop
    own.world.record("seal.applied", [laptop], {"seal_number": "S-2"}, signers=[story.eve])
    given = {"to": story.carl.tag}
    release = own.world.record("transfer.released", [laptop], given, signers=[story.eve])
    subject = own.next
    given = {"transfer": release, "seal": "intact", "seal_read": "S-3"}
    own.world.record("transfer.accepted", [laptop], given, signers=[story.carl])
    return spoilt_of(own.bundle(), subject)
