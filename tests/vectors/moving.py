"""What moves and what does not: things derived, lent, tried at a laboratory, and left half done."""

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from blake3 import blake3

from custody.core import tags, times
from custody_schemas.declare import Capacity, Kind
from tests.vectors.scribe import IDA, JAN

if TYPE_CHECKING:
    from tests.vectors.story import Story

GOOD = {"condition": ["good"]}
COUNTERPARTY, WITNESS = Capacity.COUNTERPARTY, Capacity.WITNESS
TRANSCRIPT = b"Treffen am Pier um neun.\n"
OTHER_REFERENCE = "K-2026/0418"
OTHER_KEY = bytes(range(32, 64))


def moving(story: "Story") -> None:
    """Items 7 to 10, an export, and another case, which is closed."""
    story.transcript, story.player, story.stick = (story.tag("item", n) for n in (7, 8, 9))
    _derived(story)
    _lent(story)
    _taken_apart(story)
    _sent(story)
    _given_back(story)
    _begun(story)
    _exported(story)
    _other_case(story)


def _derived(story: "Story") -> None:
    """Item 7, a translation of the memo, which is compared with its digests before."""
    s, cleo = story.scribe, story.cleo
    memo = [(Kind.ITEM, story.memo)]
    s.record(s.draft("item.registered", *story.registering(story.transcript, 7), cleo))
    s.record(
        s.draft("integrity.checked", memo, {"verdict": "match", "trigger": "access"}, cleo),
    )
    sums = {"sha256": sha256(TRANSCRIPT).hexdigest(), "blake3": blake3(TRANSCRIPT).hexdigest()}
    content = {"form": "file", "count": 1, "size": len(TRANSCRIPT), "where": "vault"}
    given: dict[str, Any] = {"parents": [story.acquired], "parents_verified": "match"}
    given |= {"kind": "translation_sworn", "content": content, "reproducible": "no"}
    given |= {f"content_{name}": value for name, value in sums.items()}
    given["files"] = [f"{sums['sha256']} {sums['blake3']} {len(TRANSCRIPT)} pier.txt"]
    about = [(Kind.ITEM, story.transcript), (Kind.SOURCE, story.memo)]
    story.derived = s.record(s.draft("item.derived", about, given, cleo))


def _lent(story: "Story") -> None:
    """Both are put into the vault; item 7 goes to Ben and comes back, and is out again."""
    s, ben, cleo = story.scribe, story.ben, story.cleo
    transcript = [(Kind.ITEM, story.transcript)]
    both = [(Kind.ITEM, story.memo), *transcript]
    given: dict[str, Any] = {"location": "vault", "hash": "match", "to_place": "safe 4"}
    s.record(s.draft("storage.moved", both, given, cleo))
    lent = {"purpose": "court_preparation", "original_or_copy": "original"}
    cosigned = (ben, COUNTERPARTY)
    s.record(s.draft("access.checked_out", transcript, {**lent, "to": ben.tag}, cleo, cosigned))
    given = {**GOOD, "hash": "match", "location": "vault"}
    s.record(s.draft("access.checked_in", transcript, given, cleo, cosigned))
    lent |= {"to": cleo.tag, "due_back": times.spelt(s.now + 3600)}
    s.record(s.draft("access.checked_out", transcript, lent, cleo))


def _taken_apart(story: "Story") -> None:
    """Items 9 and 10 are parts of item 8."""
    s, ben = story.scribe, story.ben
    player = [(Kind.ITEM, story.player)]
    s.record(s.draft("item.registered", *story.registering(story.player, 8), ben))
    s.record(s.draft("item.seized", player, story.seizure, ben))
    for number in (9, 10):
        part = story.tag("item", number)
        about, given = story.registering(part, number)
        about.append((Kind.SOURCE, story.player))
        s.record(s.draft("item.registered", about, given, ben))
        s.record(s.draft("item.seized", [(Kind.ITEM, part)], story.seizure, ben))


def _sent(story: "Story") -> None:
    """Item 8 is tried at a laboratory; Cleo does not take it, then is not to; a gap is found."""
    s, ben, cleo = story.scribe, story.ben, story.cleo
    player = [(Kind.ITEM, story.player)]
    offer = {"purpose": "repair_or_unlock", "method": "accountable_mail", **GOOD}
    given: dict[str, Any] = {**offer, "outside": "laboratory", "to_organisation": "Werk 2"}
    sent = s.record(s.draft("transfer.released", player, given, ben))
    given = {"transfer": sent, "assurance": "accountable_mail", **GOOD, "confirmation": "RR 7 DE"}
    s.record(s.draft("transfer.acknowledged", player, given, ben))
    given = {**GOOD, "contents_inventoried": "yes", "location": "office", "from_name": "A courier"}
    s.record(s.draft("transfer.accepted", player, given, ben))
    offer |= {"purpose": "storage", "method": "hand", "to": cleo.tag}
    sent = s.record(s.draft("transfer.released", player, offer, ben))
    given = {"transfer": sent, "reason": "wrong_packaging"}
    s.record(s.draft("transfer.refused", player, given, cleo))
    sent = s.record(s.draft("transfer.released", player, offer, ben))
    given = {"transfer": sent, "reason": "First it is to be packed again."}
    s.record(s.draft("transfer.cancelled", player, given, ben))
    given = {"kind": "custody_gap", "details": "Who had it at the laboratory, nobody wrote down."}
    s.record(s.draft("discrepancy.opened", player, given, cleo))


def _given_back(story: "Story") -> None:
    """Item 10 goes to its owner; item 8 is told, of which it was a part."""
    s, part = story.scribe, story.tag("item", 10)
    given = {"kind": "return_to_owner", "removal": "not_in_vault", "to": "owner"}
    given |= {"disposition": _approved(story, part, "return_to_owner")}
    given |= {"assurance": "paper_countersigned", "recipient": "Mia Thorsen"}
    about = [(Kind.ITEM, part), (Kind.SOURCE, story.player)]
    s.record(s.draft("disposition.executed", about, given, story.ben))


def _approved(story: "Story", item: str, kind: str) -> str:
    """Ben asks that nobody keeps the item, Ida and Jan agree; the entry that asked."""
    s, about = story.scribe, [(Kind.ITEM, item)]
    ida, jan = s.person("Ida Brandt", IDA), s.person("Jan Kovac", JAN)
    given: dict[str, Any] = {"mode": "governance", "retain_until": times.spelt(s.now - 60)}
    s.record(s.draft("retention.assigned", about, given, ida))
    given = {"kind": kind, "reason": "no_evidentiary_value"}
    asked = s.record(s.draft("disposition.requested", about, given, story.ben))
    for approver in (ida, jan):
        s.record(s.draft("disposition.approved", about, {"disposition": asked}, approver))
    return asked


def _begun(story: "Story") -> None:
    """Item 9 begins to be destroyed, and nobody says how that ended; Jan reviews no longer."""
    s, ada, ben, cleo = story.scribe, story.ada, story.ben, story.cleo
    stick, jan = [(Kind.ITEM, story.stick)], s.person("Jan Kovac", JAN)
    story.begun = _approved(story, story.stick, "secure_erase")
    which = {"disposition": story.begun}
    s.record(s.draft("disposition.begun", stick, which, ben, (cleo, WITNESS)))
    given = {"role": "peer_reviewer", "reason": "She keeps the evidence now."}
    s.record(s.draft("role.revoked", [(Kind.ACTOR, jan.tag)], given, ada))


def _exported(story: "Story") -> None:
    """The records of item 4 go to a court; what was made is not kept."""
    s = story.scribe
    prepared = story.export(story.phone, mirror=False)
    made = b"the bundle of item 4"
    given = {"export": prepared, "sha256": sha256(made).hexdigest(), "size": len(made)}
    about = [(Kind.CASE, story.case), (Kind.ITEM, story.phone)]
    s.record(s.draft("export.created", about, given, story.ada))


def _other_case(story: "Story") -> None:
    """A case that no bundle of the first one shows."""
    s, ada = story.scribe, story.ada
    story.elsewhere, story.other_register = (
        tags.tag(tags.subject_key(OTHER_KEY, kind, OTHER_REFERENCE), kind, OTHER_REFERENCE)
        for kind in ("case", "register")
    )
    about = [(Kind.CASE, story.elsewhere), (Kind.REGISTER, story.other_register)]
    given = {"form": "case", "severity": "minor", "sensitivity": "normal"}
    given |= {"reference": OTHER_REFERENCE, "title": "Marina"}
    s.record(s.draft("case.opened", about, given, ada))
    closed = [(Kind.CASE, story.elsewhere)]
    s.record(s.draft("case.closed", closed, {"status": "not_prosecuted"}, ada))
