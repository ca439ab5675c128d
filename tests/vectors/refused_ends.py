"""Vectors of SPEC §9: acts tried on what is lent, ends, has ended or is erased, and across cases."""

from collections.abc import Iterator
from typing import Any

from custody_schemas.declare import Capacity, Kind
from tests.memory import Signed
from tests.vectors.scribe import IDA
from tests.vectors.story import Story

Attempt = tuple[str, str, Signed, int]
WITNESS = Capacity.WITNESS


def on_ends(story: Story) -> Iterator[Attempt]:
    """Why it is tried, the code that refuses it, the act, seconds after the last entry."""
    yield from _on_custody(story)
    yield from _on_destruction(story)
    yield from _on_erasure(story)
    yield from _on_cases(story)
    yield from _on_envelopes(story)


def _on_custody(story: Story) -> Iterator[Attempt]:
    draft, ben, cleo = story.scribe.draft, story.ben, story.cleo
    adapter, transcript = [(Kind.ITEM, story.adapter)], [(Kind.ITEM, story.transcript)]
    move = draft("storage.moved", adapter, {"location": "vault"}, ben)
    yield "moved after it was destroyed", "E_TERMINAL", move, 0
    given: dict[str, Any] = {"to": ben.tag, "purpose": "storage", "method": "hand"}
    released = draft("transfer.released", transcript, {**given, "condition": ["good"]}, cleo)
    yield "released while it is checked out", "E_CHECKED_OUT", released, 0
    wanted = {"kind": "destroy", "reason": "case_closed"}
    asked = draft("disposition.requested", transcript, wanted, cleo)
    yield "a disposition of what is checked out", "E_CHECKED_OUT", asked, 0
    asked = draft("disposition.requested", [(Kind.ITEM, story.player)], wanted, ben)
    yield "a disposition while something is unresolved", "E_OPEN_DISCREPANCY", asked, 0


def _on_destruction(story: Story) -> Iterator[Attempt]:
    draft, ben, cleo = story.scribe.draft, story.ben, story.cleo
    ida, stick = story.scribe.person("Ida Brandt", IDA), [(Kind.ITEM, story.stick)]
    given: dict[str, Any] = {"disposition": story.begun}
    approved = draft("disposition.approved", [(Kind.ITEM, story.laptop)], given, ida)
    yield "a disposition approved that is another item's", "E_DISPOSITION", approved, 0
    move = draft("storage.moved", stick, {"location": "vault"}, ben)
    yield "moved while it is being destroyed", "E_DISPOSITION", move, 0
    given |= {"kind": "destroy", "sanitisation": "destroy", "removal": "not_in_vault"}
    other = draft("disposition.executed", stick, given, ben, (cleo, WITNESS))
    yield "destroyed otherwise than it was begun", "E_DISPOSITION", other, 0
    given |= {"kind": "secure_erase"}
    alone = draft("disposition.executed", stick, given, ben)
    yield "a destruction that nobody watches to its end", "E_WITNESS", alone, 0
    near = draft("disposition.executed", stick, given, ben, (ida, WITNESS))
    yield "a destruction watched by one of the item's people", "E_WITNESS_IN_CHAIN", near, 0
    adapter, given = [(Kind.ITEM, story.adapter)], {"executed": story.destroyed, "total": "no"}
    certified = draft("disposition.certified", adapter, {**given, "surviving": 1}, ida)
    yield "a certificate that counts a copy too many", "E_SURVIVING", certified, 0


def _on_erasure(story: Story) -> Iterator[Attempt]:
    draft, ada = story.scribe.draft, story.ada
    memo, given = [(Kind.ITEM, story.memo)], {"ground": "legal_obligation", "lifted": False}
    entry = {"entry": "00" * 32, "fields": ["note"]}
    closed = draft("privacy.restricted", memo, {**given, **entry}, ada)
    yield "a field restricted of an entry that is not there", "E_ERASURE", closed, 0
    entry = {"entry": story.acquired, "fields": ["format"]}
    closed = draft("privacy.restricted", memo, {**given, **entry}, ada)
    yield "a member restricted that the rules need", "E_ERASURE", closed, 0
    whole: dict[str, Any] = {"entry": "00" * 32, "envelope": "00" * 32, "act": "note.recorded"}
    whole |= {"ground": "request_of_person", "method": "value_and_salt"}
    erased = draft("privacy.erased", [(Kind.ACTOR, story.cleo.tag)], whole, ada)
    yield "an entry on a person erased whole", "E_ERASURE", erased, 0


def _on_cases(story: Story) -> Iterator[Attempt]:
    draft, ada, ben = story.scribe.draft, story.ada, story.ben
    closed = [(Kind.CASE, story.elsewhere)]
    about, given = story.registering("cd" * 32, 10)
    registered = [about[0], (Kind.REGISTER, story.other_register)]
    item = draft("item.registered", registered, {**given, "case": story.elsewhere}, ben)
    yield "an item registered in a case that is closed", "E_CASE_CLOSED", item, 0
    again = draft("case.closed", closed, {"status": "convicted"}, ada)
    yield "a case closed twice", "E_CASE_CLOSED", again, 0
    other = draft("item.registered", registered, given, ben)
    yield "an item entered in the register of another case", "E_OTHER_CASE", other, 0
    export: dict[str, Any] = {"outside": "court", "purpose": "court_production"}
    export |= {"evidence": False, "mirror": False, "encrypted": False}
    both = draft("export.prepared", [*closed, (Kind.ITEM, story.memo)], export, ada)
    yield "an item exported with another case", "E_OTHER_CASE", both, 0


def _on_envelopes(story: Story) -> Iterator[Attempt]:
    draft, cleo, given = story.scribe.draft, story.cleo, {"note": "x"}
    memo = [(Kind.ITEM, story.memo)]
    one, other = (draft("note.recorded", memo, given, story.ada) for _ in range(2))
    moved = one.envelope._replace(signatures=other.envelope.signatures)
    yield "signatures of another entry", "E_SIGNATURE", one._replace(envelope=moved), 0
    half = draft("note.recorded", memo, given, cleo._replace(partner=None))
    yield "signed without the key's partner", "E_SIGNATURE", half, 0
    case = draft("note.recorded", [(Kind.ITEM, story.case)], given, story.ada)
    yield "a case in the place of an item", "E_MALFORMED", case, 0
