"""How things end: personal data erased, an inventory, a destruction with its certificate."""

from typing import TYPE_CHECKING, Any

from custody.core import times
from custody.core.tags import ledger_tag
from custody_schemas.declare import Capacity, Kind
from tests.vectors.scribe import IDA, JAN
from tests.worlds import on_ledger

if TYPE_CHECKING:
    from tests.vectors.story import Story

APPROVER, WITNESS = Capacity.APPROVER, Capacity.WITNESS


def endings(story: "Story") -> None:
    """Item 5, a copy that Cleo derives, is counted and destroyed; Jan keeps the evidence next."""
    s, ada, ben, cleo = story.scribe, story.ada, story.ben, story.cleo
    ida, jan = s.person("Ida Brandt", IDA), s.person("Jan Kovac", JAN)
    for person, role in ((ida, "custodian_primary"), (jan, "peer_reviewer")):
        request, opened = story.request(person)
        given: dict[str, Any] = {"request": request, "identity_checked": "in_person"}
        given |= {"roles": [role]}
        about = [(Kind.ACTOR, person.tag), *on_ledger(s.origin, role)]
        s.record(s.draft("actor.registered", about, given, ada, opened=opened))
    story.adapter = story.tag("item", 5)
    s.record(s.draft("item.registered", *story.registering(story.adapter, 5), ben))
    adapter = [(Kind.ITEM, story.adapter)]
    s.record(s.draft("item.seized", adapter, story.seizure, ben))
    noted = s.record(s.draft("note.recorded", adapter, {"note": "Belongs to a child."}, ben))
    given = {"entry": noted, "fields": ["note"], "ground": "request_of_person"}
    for lifted in (False, True):
        s.record(s.draft("privacy.restricted", adapter, {**given, "lifted": lifted}, ada))
    given |= {"act": "note.recorded", "method": "key_and_value"}
    s.record(
        s.draft("privacy.erased", adapter, given, ada, (ida, APPROVER), (jan, APPROVER)),
    )
    ledger = [(Kind.LEDGER, ledger_tag(s.origin))]
    given = {"kind": "periodic", "expected": 1, "of": ben.tag}
    begun = s.record(s.draft("inventory.started", ledger, given, ida))
    given = {"inventory": begun, "outcome": "physically_verified"}
    s.record(s.draft("inventory.observed", adapter, given, ida))
    given = {"inventory": begun, "verified": 1, "missing": 0, "gone": 0, "unchecked": 0}
    given |= {"unexpected": 0}
    s.record(s.draft("inventory.closed", ledger, given, ida))
    given = {"mode": "governance", "retain_until": times.spelt(s.now - 60)}
    s.record(s.draft("retention.assigned", adapter, {**given, "basis": "No use."}, ida))
    wanted = {"kind": "auction", "reason": "no_evidentiary_value"}
    first = s.record(s.draft("disposition.requested", adapter, wanted, ben))
    given = {"disposition": first, "reason": "It is worth nothing."}
    s.record(s.draft("disposition.rejected", adapter, given, jan))
    wanted |= {"kind": "destroy"}
    which = {"disposition": s.record(s.draft("disposition.requested", adapter, wanted, ben))}
    given = {**which, "opinion": "no_objection", "adviser": "State attorney Vogel"}
    s.record(s.draft("disposition.consulted", adapter, given, cleo))
    for approver in (ida, jan):
        s.record(s.draft("disposition.approved", adapter, which, approver))
    s.record(s.draft("disposition.begun", adapter, which, ben, (cleo, WITNESS)))
    given = {**which, "kind": "destroy", "sanitisation": "destroy", "removal": "not_in_vault"}
    given |= {"method": "shredded"}
    done = story.destroyed = s.record(
        s.draft("disposition.executed", adapter, given, ben, (cleo, WITNESS))
    )
    given = {"executed": done, "total": "yes", "surviving": 0, "number": "V-1"}
    s.record(s.draft("disposition.certified", adapter, given, ida))
    people = {"of": ida.tag, "to": jan.tag}
    given = {"kind": "change_of_custodian", "expected": 0, **people}
    begun = s.record(s.draft("inventory.started", ledger, given, ida))
    given = {"inventory": begun, "verified": 0, "missing": 0, "gone": 0, "unchecked": 0}
    given |= {"unexpected": 0}
    s.record(s.draft("inventory.closed", ledger, given, ida, (jan, Capacity.COUNTERPARTY)))
    given = {"role": "custodian_primary"}
    s.record(s.draft("role.granted", [(Kind.ACTOR, jan.tag), *ledger], given, ada))
