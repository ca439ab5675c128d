"""What working days bring: things handed in, mistyped, copied, examined, taken over, at court, lost."""

from typing import TYPE_CHECKING, Any

from custody.core.tags import ledger_tag
from custody_schemas.declare import Capacity, Kind
from tests.vectors.asking import asking
from tests.vectors.endings import endings
from tests.vectors.keeping import keeping
from tests.vectors.moving import moving
from tests.vectors.remarks import remarks
from tests.vectors.scribe import DAN, DAN2

if TYPE_CHECKING:
    from tests.vectors.story import Story

GOOD = {"condition": ["good"]}
SHELVED = {**GOOD, "location": "evidence_room"}
APPROVER = Capacity.APPROVER


def days(story: "Story") -> None:
    """Item 4 is handed in; the memo is copied and examined; rules and keys change."""
    _mistyped(story)
    _copied(story)
    _taken_over(story)
    endings(story)
    moving(story)
    remarks(story)
    keeping(story)
    asking(story)
    _ended(story)
    _changed(story)


def _mistyped(story: "Story") -> None:
    s, ada, ben, cleo = story.scribe, story.ada, story.ben, story.cleo
    phone = [(Kind.ITEM, story.phone)]
    s.record(s.draft("item.registered", *story.registering(story.phone, 4), ben))
    given: dict[str, Any] = {"received_from": "owner", "channel": "in_person"}
    given |= {"signature_valid": "not_applicable", "certificate": "no", "encryption": "not_stated"}
    given |= {"intelligence_only": "no", "from_name": "Mia Thorsen"}
    s.record(s.draft("item.received", phone, given, ben))
    number = {"kind": "laboratory", "reference": "L-26/0098"}
    s.record(s.draft("item.reference_assigned", phone, number, cleo))
    sealing = {**story.sealing, "seal_number": "A-0020"}
    s.record(s.draft("seal.applied", phone, sealing, ben))
    given = {"verdict": "number_mismatch", "seal_read": "A-0002"}
    found = s.record(s.draft("seal.verified", phone, given, cleo))
    about = {"discrepancy": found, "kind": "seal"}
    given = {**about, "details": "Read again: it is A-0020."}
    s.record(s.draft("discrepancy.updated", phone, given, cleo))
    given = {**about, "outcome": "recording_error"}
    s.record(s.draft("discrepancy.resolved", phone, given, ada))


def _copied(story: "Story") -> None:
    s, ada, ben, cleo = story.scribe, story.ada, story.ben, story.cleo
    memo = [(Kind.ITEM, story.memo)]
    given: dict[str, Any] = {"number": 1, "to": ben.tag, "purpose": "peer_review"}
    story.copy = s.record(s.draft("copy.issued", memo, {**given, "verified": "match"}, cleo))
    given = {"working_copy": "yes", "validated": "yes", "automation": "none"}
    given |= {"human_review": "not_applicable", "result": "A place and a time of day."}
    analysis = s.record(s.draft("analysis.recorded", memo, given, cleo))
    given = {"analysis": analysis, "outcome": "confirmed", "repeated": "yes"}
    s.record(s.draft("analysis.reviewed", memo, given, ben))
    given = {"copy": story.copy, "fate": "wiped", "hash": "match"}
    s.record(s.draft("copy.returned", memo, given, ben))
    given = {"entry": analysis, "position": "agrees"}
    s.record(s.draft("statement.countersigned", memo, given, ada))
    twice = [s.record(s.draft("note.recorded", memo, {"note": "Copied."}, ben)) for _ in range(2)]
    given = {"corrects": twice[1], "act": "note.recorded", "annuls": True}
    s.record(s.draft("correction.recorded", memo, {**given, "reason": "duplicate_entry"}, ben))


def _taken_over(story: "Story") -> None:
    s, ada, ben, cleo = story.scribe, story.ada, story.ben, story.cleo
    phone = [(Kind.ITEM, story.phone)]
    read = {"seal": "intact", "seal_read": "A-0020"}
    offer: dict[str, Any] = {"purpose": "transport", "method": "courier", **GOOD}
    sent = s.record(s.draft("transfer.released", phone, {**offer, "to": cleo.tag}, ben))
    given: dict[str, Any] = {"transfer": sent, **read, **SHELVED}
    s.record(s.draft("transfer.returned", phone, given, ben))
    given = {"reason": "on_leave", "observed": "physically_verified", "contents_inventoried": "no"}
    given |= {**read, **SHELVED}
    s.record(s.draft("custody.assumed", phone, given, cleo, (ada, APPROVER)))
    given = {"retained": "yes", **GOOD, "court": "Landgericht", "court_number": "IV"}
    s.record(s.draft("court.exhibited", phone, given, cleo))
    given = {"contents_inventoried": "no", **read, **SHELVED}
    s.record(s.draft("court.returned", phone, given, cleo))
    sent = s.record(s.draft("transfer.released", phone, {**offer, "to": ben.tag}, cleo))
    story.lost = s.record(s.draft("transfer.lost", phone, {"transfer": sent}, ben))


def _ended(story: "Story") -> None:
    s, ada = story.scribe, story.ada
    case = [(Kind.CASE, story.case)]
    order = s.record(s.draft("authority.recorded", case, {"kind": "production_order"}, ada))
    given = {"authority": order, "ended_at": "2026-03-01T00:00:00Z", "cause": "quashed"}
    s.record(s.draft("authority.ended", case, given, ada))
    s.record(s.draft("case.closed", case, {"status": "convicted"}, ada))
    s.record(s.draft("case.reopened", case, {"status": "appeal"}, ada))


def _changed(story: "Story") -> None:
    s, ada = story.scribe, story.ada
    dan = s.person("Dan Ruiz", DAN)
    request, opened = story.request(dan)
    given: dict[str, Any] = {"request": request, "identity_checked": "in_person"}
    about = [(Kind.ACTOR, dan.tag)]
    enrolled = {**given, "roles": ["admin"]}
    s.record(s.draft("actor.registered", about, enrolled, ada, opened=opened))
    request, _ = story.request(dan._replace(signer=DAN2), dan.tag)
    given |= {"request": request, "replaces": DAN.key.id, "reason": "no_longer_needed"}
    s.record(s.draft("key.rotated", about, given, ada))
    rules = {"version": 1, "late_after": 86_400, "ahead": 120, "approvers": 3}
    ledger = [(Kind.LEDGER, ledger_tag(s.origin))]
    approved = (dan._replace(signer=DAN2), APPROVER)
    s.record(s.draft("ledger.rules_changed", ledger, {"rules": rules}, ada, approved))
