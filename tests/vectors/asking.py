"""What others ask for and allow: an item with limits of use, and requests that end or stay open."""

from typing import TYPE_CHECKING, Any

from custody_schemas.declare import Kind

if TYPE_CHECKING:
    from tests.vectors.story import Story


def asking(story: "Story") -> None:
    """Item 6 comes from abroad, under limits; one request on it ends, one on the case stays."""
    s, ada, ben, cleo = story.scribe, story.ada, story.ben, story.cleo
    story.abroad = story.tag("item", 6)
    disk, case = [(Kind.ITEM, story.abroad)], [(Kind.CASE, story.case)]
    s.record(s.draft("item.registered", *story.registering(story.abroad, 6), ben))
    given: dict[str, Any] = {"received_from": "foreign_authority", "channel": "post"}
    given |= {"signature_valid": "not_applicable", "certificate": "no", "encryption": "not_stated"}
    given |= {"intelligence_only": "no", "from_name": "Public prosecutor, Rotterdam"}
    given |= {"use_limits": ["no_onward_transfer", "specialty"]}
    given |= {"delete_by": "2031-12-31T23:59:59Z", "use_terms": "For this investigation."}
    s.record(s.draft("item.received", disk, given, ben))
    states = {"requesting_state": "NL", "requested_state": "DE"}
    given = {"kind": "preservation", "direction": "in", "instrument": "budapest", **states}
    given |= {"sent_at": "2026-08-28T10:00:00Z", "received_at": "2026-08-29T08:30:00Z"}
    given |= {"expires_at": "2026-11-27T08:30:00Z", "requesting": "Prosecutor, Rotterdam"}
    given |= {"request_reference": "LURIS 2026-118", "asked": "Keep everything of this case."}
    story.preserve = s.record(s.draft("request.recorded", case, given, cleo))
    given = {"kind": "mla", "direction": "in", "instrument": "second_protocol", **states}
    given |= {"follows": story.preserve, "respond_by": "2026-10-31T00:00:00Z"}
    which = s.record(s.draft("request.recorded", disk, {**given, "authority": story.warrant}, ben))
    given = {"request": which, "outcome": "refused", "ground": "no_dual_criminality"}
    s.record(s.draft("request.ended", disk, {**given, "details": "Asked too much."}, ada))
    given = {"kind": "voluntary_disclosure", "direction": "out", "instrument": "domestic"}
    which = s.record(s.draft("request.recorded", case, given, cleo))
    given = {"request": which, "outcome": "answered"}
    s.record(s.draft("request.ended", case, given, ada))
