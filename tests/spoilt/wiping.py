"""What people may not do with holds, dates, packs and erasures: refused, and seen by all."""

from hashlib import sha256
from typing import Any

from custody.core import tags, times
from custody_schemas.declare import Capacity
from tests.memory import Signed
from tests.spoilt.conduct import conduct
from tests.spoilt.keeping import RULE, WITNESS, asked, held, housed, kept, load, rita
from tests.spoilt.misconduct import with_keys_of_both
from tests.spoilt.stage import Scenery
from tests.worlds import Person, Signers


@conduct("E_TWO_PERSON")
def hold_lifted_by_one(own: Scenery) -> Signed:
    """Pia placed it, and lifts it before Olga alone."""
    return lifted(own, held(own, own.story.laptop), own.story.laptop, own.story.olga)


@conduct("E_TWO_PERSON")
def hold_on_a_case_lifted_before_witnesses(own: Scenery) -> Signed:
    """Two look on; they do not answer for it."""
    case, looking = own.story.case, Capacity.WITNESS
    people = (own.story.olga, looking), (own.story.carl, looking)
    return lifted(own, held(own, case), case, *people)


def lifted(own: Scenery, hold: str, subject: str, *people: Any) -> Signed:
    """Pia asks for the end of a hold."""
    signers = [own.story.pia, *people]
    return own.world.draft("hold.released", [subject], {"hold": hold}, signers=signers)


@conduct("E_HOLD")
def hold_narrowed(own: Scenery) -> Signed:
    """It held everything in the case, and is to hold images."""
    given = {"hold": held(own, own.story.case), "lines": ["image"]}
    return own.world.draft("hold.amended", [own.story.case], given, signers=[own.story.pia])


def remark(own: Scenery) -> str:
    """Eve writes down what she should not have."""
    given = {"note": "belongs to a child"}
    return own.world.record("note.recorded", [own.story.laptop], given, signers=[own.story.eve])


def erased(own: Scenery, entry: str, *people: Person, **given: Any) -> Signed:
    """Olga would have an entry on the laptop erased, these approve."""
    given = {"entry": entry, "act": "note.recorded", "fields": ["note"], **given}
    signers = [own.story.olga, *people]
    return own.world.draft("privacy.erased", [own.story.laptop], given, signers=signers)


@conduct("E_HOLD")
def erased_under_a_hold(own: Scenery) -> Signed:
    """What is held stays as it is, remarks too."""
    entry = remark(own)
    held(own, own.story.case)
    return erased(own, entry, own.story.carl, rita(own))


@conduct("E_TWO_PERSON")
def erased_by_two(own: Scenery) -> Signed:
    """Olga and Carl; one approver is missing."""
    return erased(own, remark(own), own.story.carl)


@conduct("E_ERASURE")
def seizure_erased_whole(own: Scenery) -> Signed:
    """Without that entry nobody could say where the laptop comes from."""
    run = next(r for r in own.world.runs if r.signed.statement.name == "item.seized")
    envelope = sha256(run.signed.envelope.encode()).hexdigest()
    given = {"act": "item.seized", "fields": None, "envelope": envelope}
    return erased(own, run.signed.id, own.story.carl, rita(own), **given)


@conduct("E_ERASURE")
def verdict_erased(own: Scenery) -> Signed:
    """What was found is no personal value."""
    given = {"act": "integrity.checked", "fields": ["verdict"]}
    return erased(own, own.last, own.story.carl, rita(own), **given)


@conduct("E_TWO_PERSON")
def pack_loaded_by_one(own: Scenery) -> Signed:
    """Olga writes the law."""
    return load(own, own.story.olga)


@conduct("E_NO_GRANT")
def pack_loaded_by_who_enrols_people(own: Scenery) -> Signed:
    """Ada, who may do nothing with evidence, says how long it is kept."""
    return load(own, own.story.ada, own.story.olga)


@conduct("E_PACK")
def pack_replaced_while_another_version_is_to_come(own: Scenery) -> Signed:
    """The cooling-off period of version 2 is cut short by a version 3."""
    story = own.story
    for version in (1, 2):
        own.world.submit(load(own, story.olga, story.carl, version=version))
    return load(own, story.olga, story.carl, version=3, cooling_off_days=0)


@conduct("E_PACK")
def line_cited_of_a_version_still_to_come(own: Scenery) -> Signed:
    """Version 2 is loaded, and not in force for thirty days."""
    story = own.story
    for version in (1, 2):
        own.world.submit(load(own, story.olga, story.carl, version=version))
    given = {"pack": "house", "pack_version": 2, "rule": "over", "retain_until": None}
    return own.world.draft("retention.assigned", [story.laptop], given, signers=[story.olga])


@conduct("E_RETENTION", with_keys_of_both)
def returned_under_a_version_still_to_come(own: Scenery) -> Signed:
    """The old version keeps the phone for good; under the new one it could go."""
    story, endless = own.story, {"mode": "indefinite", "keep": None}
    phone = housed(own, retention=[endless_rule(**endless)])
    own.world.submit(load(own, story.olga, story.carl, version=2))
    return own.world.draft("disposition.requested", [phone], signers=[story.dora])


def endless_rule(**members: Any) -> dict[str, Any]:
    """The rule of the house, changed."""
    changed = {**RULE, **members}
    return {name: value for name, value in changed.items() if value is not None}


@conduct("E_TWO_PERSON", with_keys_of_both)
def destroyed_on_an_order_that_was_quashed(own: Scenery) -> Signed:
    """The order was one of the two approvals, until another court set it aside."""
    item, story, world = housed(own, orders=["court_order"]), own.story, own.world
    case = world.item(item).case
    given = {"kind": "court_order"}
    order = world.record("authority.recorded", [case], given, signers=[story.olga])
    which = asked(own, item, story.pia)
    given = {"disposition": which, "order": order}
    world.record("disposition.approved", [item], given, signers=[story.olga])
    given = {"authority": order, "cause": "quashed"}
    world.record("authority.ended", [case], given, signers=[story.olga])
    signers: Signers = [story.dora, (story.eve, WITNESS)]
    return world.draft("disposition.begun", [item], {"disposition": which}, signers=signers)


@conduct("E_INVENTORY")
def counted_in_an_inventory_that_is_over(own: Scenery) -> Signed:
    """Carl finds the laptop after all, when nobody counts any more."""
    ledger, carl = [tags.ledger_tag(own.world.origin)], own.story.carl
    began = own.world.record("inventory.started", ledger, signers=[carl])
    given = {"inventory": began}
    own.world.record("inventory.closed", ledger, given, signers=[carl])
    return own.world.draft("inventory.observed", [own.story.laptop], given, signers=[carl])


@conduct("E_INVENTORY")
def inventory_whose_numbers_do_not_add_up(own: Scenery) -> Signed:
    """One item was expected; one was seen, and one is said to be elsewhere by now."""
    ledger, carl = [tags.ledger_tag(own.world.origin)], own.story.carl
    began = own.world.record("inventory.started", ledger, signers=[carl])
    given = {"inventory": began, "gone": 1}
    return own.world.draft("inventory.closed", ledger, given, signers=[carl])


@conduct("E_INVENTORY")
def custodian_followed_by_one_who_counted_nothing(own: Scenery) -> Signed:
    """Ada makes Pia primary custodian after Carl, who looked through the shelves alone."""
    story, ledger = own.story, tags.ledger_tag(own.world.origin)
    people = {"kind": "change_of_custodian", "of": story.carl.tag, "to": story.pia.tag}
    began = own.world.record("inventory.started", [ledger], people, signers=[story.carl])
    given = {"inventory": began}
    own.world.record("inventory.closed", [ledger], given, signers=[story.carl])
    role = {"role": "custodian_primary"}
    return own.world.draft("role.granted", [story.pia.tag, ledger], role, signers=[story.ada])


@conduct("E_TIME")
def acquittal_told_before_it_was_spoken(own: Scenery) -> Signed:
    """So that the time would run earlier."""
    given = {"effective_at": times.spelt(own.world.now + 86_400)}
    return own.world.draft("case.status_changed", [own.story.case], given, signers=[own.story.olga])


@conduct("E_TWO_PERSON")
def retention_shortened_by_one(own: Scenery) -> Signed:
    """Olga has a legal basis, and nobody beside her."""
    line = kept(own)
    return shortened(own, line, own.story.olga)


@conduct("E_TWO_PERSON")
def retention_shortened_by_two(own: Scenery) -> Signed:
    """Carl approves; it takes one more."""
    line = kept(own)
    return shortened(own, line, own.story.olga, own.story.carl)


@conduct("E_RETENTION")
def retention_shortened_without_a_basis(own: Scenery) -> Signed:
    """Enough people, and no ground."""
    line, story = kept(own), own.story
    return shortened(own, line, story.olga, story.carl, rita(own), authority=None)


@conduct("E_AUTHORITY")
def retention_shortened_on_a_warrant_that_was_quashed(own: Scenery) -> Signed:
    """Three rest on what no longer holds."""
    line, story = kept(own), own.story
    given = {"authority": story.warrant, "cause": "quashed"}
    own.world.record("authority.ended", [story.case], given, signers=[story.olga])
    return shortened(own, line, story.olga, story.carl, rita(own))


@conduct("E_RETENTION")
def retention_shortened_in_compliance_mode(own: Scenery) -> Signed:
    """What the law fixes no three people move."""
    line, story = kept(own, "compliance"), own.story
    return shortened(own, line, story.olga, story.carl, rita(own))


def shortened(own: Scenery, line: str, *people: Person, **given: Any) -> Signed:
    """The date of a line moves to the year before, on the warrant unless something else is said."""
    given = {"authority": own.story.warrant, "retain_until": "2029-01-01T00:00:00Z", **given}
    about = [own.story.laptop]
    return own.world.draft("retention.changed", about, {"assigned": line, **given}, signers=people)
