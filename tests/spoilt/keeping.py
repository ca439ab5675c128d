"""What people may not do with what must be kept: refused by its code, and seen in what was forced in.

Holds, retention, proceedings, approvals, witnesses, packs and erasures: who destroys what somebody
still needs leaves an entry that no rule admits.
"""

from typing import Any

from custody.core import tags, times
from custody_schemas.declare import Capacity
from tests.bodies import PACK
from tests.memory import Signed
from tests.spoilt.conduct import conduct, handed_to_carl
from tests.spoilt.misconduct import with_keys_of_both
from tests.spoilt.stage import Scenery
from tests.worlds import Person

WITNESS = Capacity.WITNESS
LATER = "2030-01-01T00:00:00Z"
RULE: dict[str, Any] = {
    "code": "over",
    "text": "kept no longer than it is on the register",
    "source": "house rule 1",
    "lines": ["device", "image"],
    "trigger": "registration",
    "keep": {"years": 0, "months": 0, "days": 0},
    "mode": "governance",
}


def over(own: Scenery, item: str) -> str:
    """Nobody has to keep the item any longer; the item."""
    given = {"retain_until": times.spelt(own.world.now - 60)}
    own.world.record("retention.assigned", [item], given, signers=[own.story.olga])
    return item


def asked(own: Scenery, item: str, by: Person, **given: Any) -> str:
    """Somebody asks that the item be destroyed, which nothing forbids yet."""
    given = {"kind": "destroy", **given}
    return own.world.record("disposition.requested", [over(own, item)], given, signers=[by])


def approve(own: Scenery, item: str, which: str, *people: Person) -> str:
    """Each of them approves; the disposition."""
    for person in people:
        given = {"disposition": which}
        own.world.record("disposition.approved", [item], given, signers=[person])
    return which


def approved(own: Scenery) -> str:
    """Pia asked for the laptop's end, and Olga and Carl approved; Eve holds it."""
    laptop, story = own.story.laptop, own.story
    return approve(own, laptop, asked(own, laptop, story.pia), story.olga, story.carl)


def beginning(own: Scenery, which: str, *more: Any) -> Signed:
    """Eve begins to destroy the laptop, before Dora unless nobody watches."""
    signers = [own.story.eve, *(more or [(own.story.dora, WITNESS)])]
    given = {"disposition": which}
    return own.world.draft("disposition.begun", [own.story.laptop], given, signers=signers)


def destroyed(own: Scenery) -> str:
    """All was done as it must be; the entry that says that the laptop is gone."""
    which, story = approved(own), own.story
    signers: list[Any] = [story.eve, (story.dora, WITNESS)]
    given: dict[str, Any] = {"disposition": which}
    own.world.record("disposition.begun", [story.laptop], given, signers=signers)
    given |= {"kind": "destroy", "to": None, "assurance": None}
    return own.world.record("disposition.executed", [story.laptop], given, signers=signers)


def held(own: Scenery, subject: str, **given: Any) -> str:
    """Pia has it kept for a civil suit; the hold."""
    given = {"kind": "litigation", **given}
    return own.world.record("hold.placed", [subject], given, signers=[own.story.pia])


def kept(own: Scenery, mode: str = "governance") -> str:
    """Olga has the laptop kept for years; the line."""
    given = {"mode": mode, "retain_until": LATER}
    about = [own.story.laptop]
    return own.world.record("retention.assigned", about, given, signers=[own.story.olga])


def rita(own: Scenery) -> Person:
    """A third person who oversees."""
    return own.world.enrol("Rita", "peer_reviewer", by=own.story.ada)


def load(own: Scenery, *people: Person, **members: Any) -> Signed:
    """A version of the pack of the house, signed by them."""
    given = {"pack": {**PACK, "retention": [RULE], **members}}
    return own.world.draft(
        "pack.loaded", [tags.ledger_tag(own.world.origin)], given, signers=people
    )


def housed(own: Scenery, **members: Any) -> str:
    """The pack is in force, and a case under it has a seized computer, free to go; the item."""
    story, world = own.story, own.world
    world.submit(load(own, story.olga, story.carl, **members))
    case = world.open_case("K-2026/40", by=story.olga, legal_profile="house")
    warrant = world.record("authority.recorded", [case], signers=[story.olga])
    return world.seize(case, 1, warrant, by=story.dora)


@conduct("E_HOLD")
def destroyed_though_it_was_held(own: Scenery) -> Signed:
    """The hold came after both approvals."""
    which = approved(own)
    held(own, own.story.laptop)
    return beginning(own, which)


@conduct("E_HOLD")
def destroyed_though_its_case_was_held(own: Scenery) -> Signed:
    """All devices of the case are held, and so is the laptop, which nobody named."""
    which = approved(own)
    held(own, own.story.case, lines=["device"])
    return beginning(own, which)


@conduct("E_HOLD")
def disposition_asked_for_under_a_hold(own: Scenery) -> Signed:
    """A hold placed first stops the very request."""
    held(own, over(own, own.story.laptop))
    return own.world.draft("disposition.requested", [own.story.laptop], {}, signers=[own.story.eve])


@conduct("E_RETENTION")
def destroyed_before_its_time(own: Scenery) -> Signed:
    """A second line keeps the laptop for years, whatever the first one said."""
    which = approved(own)
    kept(own)
    return beginning(own, which)


@conduct("E_APPEAL")
def destroyed_while_an_appeal_is_pending(own: Scenery) -> Signed:
    """The appeal was filed between approval and destruction."""
    which = approved(own)
    given = {"status": "appeal", "effective_at": times.spelt(own.world.now)}
    own.world.record("case.status_changed", [own.story.case], given, signers=[own.story.olga])
    return beginning(own, which)


@conduct("E_APPEAL")
def destroyed_while_an_appeal_can_be_filed(own: Scenery) -> Signed:
    """The acquittal is a day old."""
    which = approved(own)
    given = {"status": "acquitted", "effective_at": times.spelt(own.world.now)}
    given["appeal_deadline"] = times.spelt(own.world.now + 86_400)
    own.world.record("case.status_changed", [own.story.case], given, signers=[own.story.olga])
    return beginning(own, which)


@conduct("E_OPEN_DISCREPANCY")
def destroyed_with_a_finding_unresolved(own: Scenery) -> Signed:
    """What was found on the laptop would be gone with it."""
    which = approved(own)
    given = {"kind": "damage"}
    own.world.record("discrepancy.opened", [own.story.laptop], given, signers=[own.story.pia])
    return beginning(own, which)


@conduct("E_TWO_PERSON")
def disposition_approved_by_the_holder(own: Scenery) -> Signed:
    """Carl holds the note, and would approve that it goes."""
    handed_to_carl(own)
    given = {"disposition": asked(own, own.text, own.story.dora)}
    return own.world.draft("disposition.approved", [own.text], given, signers=[own.story.carl])


@conduct("E_TWO_PERSON")
def disposition_approved_by_who_asked(own: Scenery) -> Signed:
    """Olga asks, and answers herself."""
    given = {"disposition": asked(own, own.story.laptop, own.story.olga)}
    about, signers = [own.story.laptop], [own.story.olga]
    return own.world.draft("disposition.approved", about, given, signers=signers)


@conduct("E_TWO_PERSON")
def disposition_approved_twice_by_one(own: Scenery) -> Signed:
    """Olga approves, and approves again."""
    laptop, olga = own.story.laptop, own.story.olga
    which = approve(own, laptop, asked(own, laptop, own.story.pia), olga)
    return own.world.draft("disposition.approved", [laptop], {"disposition": which}, signers=[olga])


def with_a_key_of(own: Scenery, other: Person, person: Person) -> Person:
    """Ada is told that the other's key is this person's too; the person."""
    request = own.world.request(person.name, other.signer, actor=person.tag)
    given = {"request": request.body}
    own.world.record("key.registered", [person.tag], given, signers=[own.story.ada])
    return person


@conduct("E_TWO_PERSON")
def disposition_approved_by_two_accounts_with_one_key(own: Scenery) -> Signed:
    """Rita's account has Olga's key beside another one, with which she signs."""
    laptop, olga = own.story.laptop, own.story.olga
    which = approve(own, laptop, asked(own, laptop, own.story.pia), olga)
    signers, given = [with_a_key_of(own, olga, rita(own))], {"disposition": which}
    return own.world.draft("disposition.approved", [laptop], given, signers=signers)


@conduct("E_TWO_PERSON")
def disposition_approved_by_an_account_with_a_key_of_who_asked(own: Scenery) -> Signed:
    """Pia asks, and approves under another name."""
    laptop, pia = own.story.laptop, own.story.pia
    second, given = rita(own), {"disposition": asked(own, laptop, pia)}
    signers = [with_a_key_of(own, pia, second)]
    return own.world.draft("disposition.approved", [laptop], given, signers=signers)


@conduct("E_TWO_PERSON")
def destroyed_with_one_approval(own: Scenery) -> Signed:
    """Carl was not asked."""
    laptop, story = own.story.laptop, own.story
    return beginning(own, approve(own, laptop, asked(own, laptop, story.pia), story.olga))


@conduct("E_DISPOSITION")
def destroyed_over_an_objection(own: Scenery) -> Signed:
    """The prosecutor was asked after the approvals, and objected."""
    which = approved(own)
    given = {"disposition": which, "opinion": "objects"}
    own.world.record("disposition.consulted", [own.story.laptop], given, signers=[own.story.pia])
    return beginning(own, which)


@conduct("E_WITNESS")
def destroyed_unwatched(own: Scenery) -> Signed:
    """Carl co-signs as an approver, and watches nothing."""
    return beginning(own, approved(own), own.story.carl)


@conduct("E_WITNESS")
def destroyed_before_who_asked_for_it(own: Scenery) -> Signed:
    """Pia wants the laptop gone, and is the one who saw it go."""
    return beginning(own, approved(own), (own.story.pia, WITNESS))


@conduct("E_WITNESS_IN_CHAIN", with_keys_of_both)
def destroyed_before_one_of_the_chain(own: Scenery) -> Signed:
    """The pack asks for somebody from outside; Olga has had her hand in it, and Pia too."""
    phone, story = housed(own, outside_witness=["computer"]), own.story
    own.world.record("item.reference_assigned", [phone], signers=[story.eve])
    given: dict[str, Any] = {"kind": "destroy"}
    which = own.world.record("disposition.requested", [phone], given, signers=[story.pia])
    approve(own, phone, which, story.olga, story.carl)
    signers: list[Any] = [story.dora, (story.eve, WITNESS)]
    return own.world.draft("disposition.begun", [phone], {"disposition": which}, signers=signers)


@conduct("E_DISPOSITION")
def destruction_told_that_never_began(own: Scenery) -> Signed:
    """Afterwards Eve says that it was done, and Dora that she saw it."""
    given = {"disposition": approved(own), "kind": "destroy", "to": None, "assurance": None}
    signers: list[Any] = [own.story.eve, (own.story.dora, WITNESS)]
    return own.world.draft("disposition.executed", [own.story.laptop], given, signers=signers)


@conduct("E_SURVIVING")
def everything_certified_as_gone_while_the_image_is_there(own: Scenery) -> Signed:
    """The laptop is destroyed; an image of it lies in the vault, and was exported."""
    given = {"executed": destroyed(own), "total": "yes", "surviving": 0}
    about, signers = [own.story.laptop], [own.story.olga]
    return own.world.draft("disposition.certified", about, given, signers=signers)


@conduct("E_TERMINAL")
def handed_on_after_it_was_destroyed(own: Scenery) -> Signed:
    """Somebody else's laptop takes its place."""
    destroyed(own)
    given = {"to": own.story.carl.tag}
    return own.world.draft("transfer.released", [own.story.laptop], given, signers=[own.story.eve])


@conduct("E_DISPOSITION", with_keys_of_both)
def returned_by_the_light_path_without_an_image(own: Scenery) -> Signed:
    """The pack spares the request where an image is on file, and none is."""
    phone, story = housed(own, light=["computer"]), own.story
    signers = [story.dora, story.carl]
    return own.world.draft("disposition.executed", [phone], {}, signers=signers)
