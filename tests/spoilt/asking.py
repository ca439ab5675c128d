"""What people may not do with what others asked for, or allowed: refused, and seen when forced in.

A request that is open keeps what it covers; what goes back to its owner leaves for good, whatever
it is called; what a giver limits goes no further than that without her consent.
"""

from typing import Any

from custody_schemas.declare import Kind
from tests.memory import Signed
from tests.spoilt.conduct import IN_PLACE, conduct
from tests.spoilt.keeping import approved, beginning, held, kept, over
from tests.spoilt.stage import Scenery

OWNER = {"outside": "owner", "purpose": "return_to_owner"}
ABROAD = {"outside": "foreign_authority", "purpose": "mla_transmission"}


def asked_for(own: Scenery, subject: str, **given: Any) -> str:
    """Pia puts a request on file; the request."""
    return own.world.record("request.recorded", [subject], given, signers=[own.story.pia])


def ending(own: Scenery, subject: str, which: str, **given: Any) -> Signed:
    """Olga says how a request ended."""
    given = {"request": which, **given}
    return own.world.draft("request.ended", [subject], given, signers=[own.story.olga])


def returning(own: Scenery, **given: Any) -> Signed:
    """Eve hands the laptop back to its owner, without a disposition."""
    given = {**OWNER, **given}
    return own.world.draft("transfer.released", [own.story.laptop], given, signers=[own.story.eve])


def limited(own: Scenery, number: int = 4, **given: Any) -> str:
    """Eve receives an image that may not be passed on; the item."""
    tag = own.world.register(own.story.case, number, by=own.story.eve)
    given = {**IN_PLACE, "format": "raw", "use_limits": ["no_onward_transfer"], **given}
    own.world.record("item.received", [tag], given, signers=[own.story.eve])
    return tag


@conduct("E_REQUEST")
def destroyed_though_it_was_asked_for(own: Scenery) -> Signed:
    """The request came after both approvals."""
    which = approved(own)
    asked_for(own, own.story.laptop)
    return beginning(own, which)


@conduct("E_REQUEST")
def destroyed_though_its_case_was_asked_for(own: Scenery) -> Signed:
    """Everything of the case is to be preserved; nobody named the laptop."""
    which = approved(own)
    asked_for(own, own.story.case, kind="preservation")
    return beginning(own, which)


@conduct("E_REQUEST")
def disposition_asked_for_under_a_request(own: Scenery) -> Signed:
    """Its day has passed, and nobody said how it ended."""
    asked_for(own, over(own, own.story.laptop), respond_by="2026-01-01T00:00:00Z")
    return own.world.draft("disposition.requested", [own.story.laptop], {}, signers=[own.story.eve])


@conduct("E_REQUEST")
def words_erased_of_what_was_asked_for(own: Scenery) -> Signed:
    """What the requesting authority wanted to read is gone before it is sent."""
    story = own.story
    noted = own.world.record("note.recorded", [own.text], {"note": "x"}, signers=[story.dora])
    asked_for(own, story.case)
    given = {"entry": noted, "act": "note.recorded", "fields": ["note"]}
    rita = own.world.enrol("Rita", "peer_reviewer", by=story.ada)
    signers = [story.olga, story.carl, rita]
    return own.world.draft("privacy.erased", [own.text], given, signers=signers)


@conduct("E_REQUEST")
def preserved_data_handed_over_on_the_request_to_preserve(own: Scenery) -> Signed:
    """Preserving becomes producing, and nobody was asked for that."""
    which = asked_for(own, own.image, kind="preservation")
    return ending(own, own.image, which, outcome="produced")


@conduct("E_REQUEST")
def request_said_to_have_expired_before_its_day(own: Scenery) -> Signed:
    """So that what it keeps can go today."""
    which = asked_for(own, own.story.case, expires_at="2030-01-01T00:00:00Z")
    return ending(own, own.story.case, which, outcome="expired")


@conduct("E_REQUEST")
def request_ended_for_one_item_of_the_case(own: Scenery) -> Signed:
    """It is on the whole case, and is to stand no more for the laptop."""
    which = asked_for(own, own.story.case)
    return ending(own, own.story.laptop, which)


@conduct("E_NO_GRANT")
def request_ended_by_one_who_only_holds_items(own: Scenery) -> Signed:
    """Pia put it on file, and would take it off again."""
    given = {"request": asked_for(own, own.image), "outcome": "withdrawn"}
    return own.world.draft("request.ended", [own.image], given, signers=[own.story.pia])


@conduct("E_HOLD")
def returned_by_a_hand_over_under_a_hold(own: Scenery) -> Signed:
    """A disposition would be refused, so it is called a hand-over."""
    held(own, over(own, own.story.laptop))
    return returning(own)


@conduct("E_REQUEST")
def returned_by_a_hand_over_under_a_request(own: Scenery) -> Signed:
    """By a courier, who is not the owner."""
    asked_for(own, over(own, own.story.laptop))
    return returning(own, outside="courier")


@conduct("E_RETENTION")
def returned_by_a_hand_over_before_its_time(own: Scenery) -> Signed:
    """It is to be kept for years."""
    kept(own)
    return returning(own)


@conduct("E_HOLD")
def handed_to_its_owner_for_nothing_that_is_said(own: Scenery) -> Signed:
    """The purpose is another one, and so nobody will see it come back."""
    held(own, own.story.case)
    return returning(own, purpose="other")


@conduct("E_OPEN_DISCREPANCY")
def returned_by_a_hand_over_with_a_finding_unresolved(own: Scenery) -> Signed:
    """The damage goes with the thing."""
    given = {"kind": "damage"}
    own.world.record("discrepancy.opened", [own.story.laptop], given, signers=[own.story.pia])
    return returning(own)


@conduct("E_APPEAL")
def returned_by_a_hand_over_while_an_appeal_is_pending(own: Scenery) -> Signed:
    """The appeal court may want to see it."""
    over(own, own.story.laptop)
    given = {"status": "appeal", "effective_at": "2026-01-01T00:00:00Z"}
    own.world.record("case.status_changed", [own.story.case], given, signers=[own.story.olga])
    return returning(own)


@conduct("E_USE_LIMIT")
def passed_on_against_the_givers_limit(own: Scenery) -> Signed:
    """What was given for this investigation goes to another State."""
    item = limited(own)
    return own.world.draft("transfer.released", [item], ABROAD, signers=[own.story.eve])


@conduct("E_USE_LIMIT")
def passed_on_with_a_warrant_as_the_givers_consent(own: Scenery) -> Signed:
    """A search warrant is no consent of anybody's."""
    given = {**ABROAD, "consent": own.story.warrant}
    return own.world.draft("transfer.released", [limited(own)], given, signers=[own.story.eve])


@conduct("E_USE_LIMIT")
def made_from_it_and_exported_against_the_limit(own: Scenery) -> Signed:
    """A conversion of it is as bound as it is."""
    source, eve = limited(own), own.story.eve
    tag = own.world.register(own.story.case, 5, by=eve)
    given: dict[str, Any] = {**IN_PLACE, "parents": [own.world.item(source).content]}
    own.world.record("item.derived", [tag, (Kind.SOURCE, source)], given, signers=[eve])
    given = {**ABROAD, "evidence": True}
    about = [own.story.case, tag]
    return own.world.draft("export.prepared", about, given, signers=[own.story.olga])


@conduct("E_USE_LIMIT")
def copied_for_another_use(own: Scenery) -> Signed:
    """The defence gets it for training."""
    item = limited(own, use_limits=["specialty"])
    given = {"purpose": "training"}
    return own.world.draft("copy.issued", [item], given, signers=[own.story.eve])


@conduct("E_USE_LIMIT")
def exported_after_the_day_on_which_it_was_to_be_deleted(own: Scenery) -> Signed:
    """The court gets it all the same."""
    item = limited(own, use_limits=None, delete_by="2026-01-01T00:00:00Z")
    about = [own.story.case, item]
    return own.world.draft("export.prepared", about, {}, signers=[own.story.olga])
