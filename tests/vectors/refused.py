"""Vectors of SPEC §9: acts that are tried after the story, and the code that refuses each."""

from collections.abc import Iterator
from typing import Any

from custody.core import record, tags, times
from custody.core.errors import CustodyError
from custody.core.record import Entry
from custody.core.rules import admit, check_signatures
from custody_schemas.declare import Capacity, Kind
from tests.memory import LOG
from tests.signers import TestSigner
from tests.vectors import keeping
from tests.vectors.refused_ends import Attempt, on_ends
from tests.vectors.scribe import BEN2, IDA, Person
from tests.vectors.story import Story


def refusals(story: Story) -> dict[str, Any]:
    """§9: acts that are tried on the story's state after its last act, and the code of each."""
    scribe = story.scribe
    at, n = scribe.now, len(scribe.records)
    cases = []
    for why, code, signed, late in _attempts(story):
        try:
            admit(scribe, signed.statement, at=at + late, n=n)
            check_signatures(scribe, signed.statement, signed.envelope, n)
        except CustodyError as error:
            if error.code != code:
                raise
        else:
            raise AssertionError(f"{why}: admitted")
        envelope = signed.envelope.encode().decode()
        cases.append({"why": why, "code": code, "at": at + late, "n": n, "envelope": envelope})
    return {
        "source": "SPEC §9, on the state that log.json ends with before its last two records",
        "cases": cases,
    }


def _attempts(story: Story) -> Iterator[Attempt]:
    yield from _on_people(story)
    yield from _on_items(story)
    yield from _on_custody(story)
    yield from _on_days(story)
    yield from _on_keeping(story)
    yield from _on_others(story)
    yield from on_ends(story)
    yield from _on_time(story)


def _on_people(story: Story) -> Iterator[Attempt]:
    draft, ada, ben = story.scribe.draft, story.ada, story.ben
    note = {"note": "x"}
    memo, new = [(Kind.ITEM, story.memo)], [(Kind.ACTOR, "ab" * 32)]
    request, opened = story.request(Person("Eve", "ab" * 32, BEN2))
    given = {"request": request, "identity_checked": "in_person", "roles": ["examiner"]}
    revoked = draft("note.recorded", memo, note, ben._replace(signer=BEN2))
    yield "signed with a key that was revoked", "E_KEY", revoked, 0
    register = draft("actor.registered", new, given, ada, opened=opened)
    yield "the tag of a new person is not made from her key", "E_KEY", register, 0
    register = draft("actor.registered", new, given, ben, opened=opened)
    yield "enrolled by somebody who may not", "E_NO_GRANT", register, 0
    request, opened = story.request(Person("Eve", "ab" * 32, BEN2), ben.tag)
    given = {"request": request, "identity_checked": "in_person"}
    first = [(Kind.ACTOR, tags.actor_tag(story.scribe.origin, BEN2.key.id))]
    roles = {"roles": ["examiner"]}
    register = draft("actor.registered", first, {**given, **roles}, ada, opened=opened)
    yield "enrolled on a request for a further key", "E_KEY", register, 0
    register = draft("key.registered", [(Kind.ACTOR, story.cleo.tag)], given, ada)
    yield "a key given to another person than it was asked for", "E_KEY", register, 0
    log = Person("Log", "ab" * 32, TestSigner(LOG))
    request, _ = story.request(log, ben.tag)
    register = draft("key.registered", [(Kind.ACTOR, ben.tag)], {**given, "request": request}, ada)
    yield "the log key as a key of a person", "E_KEY", register, 0
    grant = draft("role.granted", [(Kind.ACTOR, ada.tag)], {"role": "examiner"}, ada)
    yield "a role granted to oneself", "E_SAME_PERSON", grant, 0
    role, of_cleo = {"role": "custodian_primary"}, [(Kind.ACTOR, story.cleo.tag)]
    grant = draft("role.granted", of_cleo, role, ada)
    yield "a primary custodian beside the ledger's chain", "E_INVENTORY", grant, 0
    about = [*of_cleo, (Kind.LEDGER, tags.ledger_tag(story.scribe.origin))]
    grant = draft("role.granted", about, role, ada)
    yield "a primary custodian after another, uncounted", "E_INVENTORY", grant, 0
    export = {"outside": "court", "purpose": "court_production", "evidence": True, "mirror": True}
    export["encrypted"] = False
    case = [(Kind.CASE, story.case)]
    yield (
        "two recipients",
        "E_UNKNOWN",
        draft("export.prepared", case, {**export, "to": ben.tag}, ada),
        0,
    )
    unknown = draft("note.recorded", [(Kind.ITEM, "cd" * 32)], note, ben)
    yield "about an item that is not in the ledger", "E_UNKNOWN", unknown, 0


def _on_items(story: Story) -> Iterator[Attempt]:
    draft, ada, ben = story.scribe.draft, story.ada, story.ben
    third = [(Kind.ITEM, story.tag("item", 3))]
    laptop = [(Kind.ITEM, story.laptop)]
    given = {"form": "case", "severity": "serious", "sensitivity": "normal", "reference": "x"}
    about = [(Kind.CASE, story.case), (Kind.REGISTER, story.register)]
    yield "a case opened again", "E_EXISTS", draft("case.opened", about, given, ada), 0
    seizure = story.seizure
    yield "seized twice", "E_ORIGIN_TWICE", draft("item.seized", laptop, seizure, ben), 0
    bare = {name: value for name, value in seizure.items() if name != "authority"}
    yield "seized on no legal basis", "E_AUTHORITY", draft("item.seized", third, bare, ben), 0
    other = {**seizure, "authority": "ef" * 32}
    yield "a legal basis not on file", "E_AUTHORITY", draft("item.seized", third, other, ben), 0
    sealing = draft("seal.applied", third, story.sealing, ben)
    yield "sealed before it has an origin", "E_NO_ORIGIN", sealing, 0
    got, content = story.acquisition, story.acquisition["content"]
    misplaced = {**got, "content": {**content, "sha256": "00" * 32, "blake3": "00" * 32}}
    yield (
        "digests of small content in the body",
        "E_CONTENT",
        draft("item.acquired", third, misplaced, ben),
        0,
    )
    mismatch = draft("item.acquired", third, {**got, "stored_hash": "mismatch"}, ben)
    yield "a stored hash that does not match", "E_DISPUTED", mismatch, 0
    source = draft("item.acquired", [*third, (Kind.SOURCE, story.laptop)], got, ben)
    yield "copied from a sealed source", "E_SEAL", source, 0
    derived = {"parents": ["00" * 32], "parents_verified": "match", "kind": "extraction"}
    derived |= {"content": content, "reproducible": "yes"}
    about = [*third, (Kind.SOURCE, story.laptop)]
    yield (
        "derived from an item without content",
        "E_PARENT",
        draft("item.derived", about, derived, ben),
        0,
    )


def _on_custody(story: Story) -> Iterator[Attempt]:
    draft, ben, cleo = story.scribe.draft, story.ben, story.cleo
    memo, laptop = [(Kind.ITEM, story.memo)], [(Kind.ITEM, story.laptop)]
    sealing = draft("seal.applied", laptop, story.sealing, ben)
    yield "sealed over a sound seal", "E_SEAL", sealing, 0
    check = draft("integrity.checked", laptop, {"verdict": "match", "trigger": "schedule"}, ben)
    yield "content compared where none is on file", "E_HASH", check, 0
    back = {"condition": ["good"], "seal": "intact", "location": "evidence_room"}
    yield "checked in and never out", "E_NOT_OUT", draft("access.checked_in", laptop, back, ben), 0
    release = {"to": ben.tag, "purpose": "storage", "method": "hand", "condition": ["good"]}
    yield (
        "released by another than the holder",
        "E_NOT_HOLDER",
        draft("transfer.released", laptop, release, cleo),
        0,
    )
    move = draft("storage.moved", memo, {"location": "vault"}, cleo)
    yield "moved while it is on its way", "E_OPEN_TRANSFER", move, 0
    taken = {"transfer": story.open, "condition": ["good"], "contents_inventoried": "yes"}
    taken |= {"hash": "match", "location": "vault"}
    yield (
        "accepted by its releaser",
        "E_SAME_PERSON",
        draft("transfer.accepted", memo, taken, cleo),
        0,
    )
    closed = draft("transfer.accepted", memo, {**taken, "transfer": story.release}, ben)
    yield "accepted on a release that is closed", "E_NO_TRANSFER", closed, 0
    unsaid = {name: value for name, value in taken.items() if name != "hash"}
    yield (
        "accepted, and no word on the digests",
        "E_HASH",
        draft("transfer.accepted", memo, unsaid, ben),
        0,
    )
    override = {**taken, "hash": "mismatch", "override": "urgency"}
    yield (
        "a mismatch overridden alone",
        "E_TWO_PERSON",
        draft("transfer.accepted", memo, override, ben),
        0,
    )
    wrong = {"corrects": story.acquired, "act": "item.acquired", "field": "colour"}
    wrong |= {"reason": "omitted_field", "value": "red"}
    yield (
        "a field corrected that the act does not have",
        "E_CORRECTION",
        draft("correction.recorded", memo, wrong, ben),
        0,
    )


def _on_days(story: Story) -> Iterator[Attempt]:
    draft, ada, ben, cleo = story.scribe.draft, story.ada, story.ben, story.cleo
    memo, laptop, phone = ([(Kind.ITEM, t)] for t in (story.memo, story.laptop, story.phone))
    approved = (ada, Capacity.APPROVER)
    takeover = {"reason": "left_service", "observed": "not_located", "condition": ["good"]}
    takeover |= {"contents_inventoried": "no", "location": "vault", "seal": "intact"}
    unseen = draft("custody.assumed", phone, takeover, ben, approved)
    yield "taken over, and not found", "E_TAKEOVER", unseen, 0
    takeover |= {"observed": "physically_verified"}
    alone = draft("custody.assumed", phone, takeover, ben)
    yield "taken over by one", "E_TWO_PERSON", alone, 0
    given: dict[str, Any] = {"copy": story.copy, "fate": "returned"}
    yield "a copy ended twice", "E_COPY", draft("copy.returned", memo, given, ben), 0
    given = {"working_copy": "no", "validated": "yes", "automation": "none"}
    given |= {"human_review": "not_applicable"}
    examined = draft("analysis.recorded", laptop, given, ben)
    yield "an original examined while there is a copy", "E_ORIGINAL", examined, 0
    given = {"discrepancy": story.lost, "kind": "seal", "outcome": "explained"}
    other = draft("discrepancy.resolved", phone, given, ada)
    yield "a discrepancy ended under another name", "E_DISCREPANCY", other, 0
    given |= {"kind": "missing_item"}
    involved = draft("discrepancy.resolved", phone, given, cleo)
    yield "a discrepancy ended by who sent the item", "E_TWO_PERSON", involved, 0
    case = [(Kind.CASE, story.case)]
    again = draft("case.reopened", case, {"status": "appeal"}, ada)
    yield "an open case taken up again", "E_CASE_OPEN", again, 0
    ledger = [(Kind.LEDGER, tags.ledger_tag(story.scribe.origin))]
    rules = {"version": 1, "late_after": 0, "ahead": 120, "approvers": 2}
    change = draft("ledger.rules_changed", ledger, {"rules": rules}, ada)
    yield "rules changed by one", "E_TWO_PERSON", change, 0


def _on_keeping(story: Story) -> Iterator[Attempt]:
    draft, ada, cleo = story.scribe.draft, story.ada, story.cleo
    ida = story.scribe.person("Ida Brandt", IDA)
    ledger = [(Kind.LEDGER, tags.ledger_tag(story.scribe.origin))]
    memo, case = [(Kind.ITEM, story.memo)], [(Kind.CASE, story.case)]
    given: dict[str, Any] = {"pack": keeping.pack(3, 0), "source": "ab" * 32}
    alone = draft("pack.loaded", ledger, given, ida)
    yield "a pack loaded by one", "E_TWO_PERSON", alone, 0
    third = draft("pack.loaded", ledger, given, ida, (ada, Capacity.APPROVER))
    yield "a further version while one is to come", "E_PACK", third, 0
    given = {"status": "appeal", "effective_at": "2026-09-01T00:00:00Z"}
    over = {**given, "appeal_ended": "2026-09-02T00:00:00Z"}
    pending = draft("case.status_changed", case, over, ada)
    yield "an appeal that is pending and has ended", "E_APPEAL", pending, 0
    early = draft(
        "case.status_changed", case, {**given, "effective_at": "2030-01-01T00:00:00Z"}, ada
    )
    yield "a status that is still to come", "E_TIME", early, 0
    given = {"pack": "example", "pack_version": 2, "rule": "released", "mode": "compliance"}
    coming = draft("retention.assigned", memo, given, ida)
    yield "a rule of a version to come", "E_PACK", coming, 0
    given = {"retain_until": "2028-01-01T00:00:00Z"}
    shorter = draft("retention.changed", memo, {**given, "assigned": story.line}, ida)
    yield "an earlier date on no legal basis", "E_RETENTION", shorter, 0
    basis = {**given, "authority": story.warrant}
    shorter = draft("retention.changed", memo, {**basis, "assigned": story.line}, ida)
    yield "an earlier date on one person's word", "E_TWO_PERSON", shorter, 0
    strict = {**basis, "pack": "example", "rule": "released"}
    shorter = draft("retention.changed", memo, strict, ida, (ada, Capacity.APPROVER))
    yield "an earlier date in compliance mode", "E_RETENTION", shorter, 0
    given = {"hold": story.held, "types": ["mobile"]}
    yield "a hold that is narrowed", "E_HOLD", draft("hold.amended", case, given, cleo), 0
    released = draft("hold.released", case, {"hold": story.held}, cleo, (ida, Capacity.APPROVER))
    yield "a hold released by too few", "E_TWO_PERSON", released, 0


def _on_others(story: Story) -> Iterator[Attempt]:
    draft, ada, ben = story.scribe.draft, story.ada, story.ben
    disk, laptop = [(Kind.ITEM, story.abroad)], [(Kind.ITEM, story.laptop)]
    wanted = {"kind": "destroy", "reason": "case_closed"}
    asked = draft("disposition.requested", laptop, wanted, ben)
    yield "a disposition while a request on the case is open", "E_REQUEST", asked, 0
    given: dict[str, Any] = {"request": story.preserve, "outcome": "produced"}
    ended = draft("request.ended", [(Kind.CASE, story.case)], given, ada)
    yield "what was to be preserved is produced", "E_REQUEST", ended, 0
    given = {"method": "hand", "condition": ["good"]}
    back = {**given, "outside": "owner", "purpose": "return_to_owner"}
    released = draft("transfer.released", disk, back, ben)
    yield "given back to an owner by a hand-over, under a hold", "E_HOLD", released, 0
    abroad = {**given, "outside": "foreign_authority", "purpose": "mla_transmission"}
    released = draft("transfer.released", disk, abroad, ben)
    yield "passed on against a limit of use", "E_USE_LIMIT", released, 0
    released = draft("transfer.released", disk, {**abroad, "consent": story.warrant}, ben)
    yield "passed on, and what is cited is no consent", "E_USE_LIMIT", released, 0


def _on_time(story: Story) -> Iterator[Attempt]:
    scribe, ben = story.scribe, story.ben
    memo, given = [(Kind.ITEM, story.memo)], {"note": "x"}
    moment = {"offset_min": 0, "precision": "second", "source": "clock"}
    for why, when in (("a late entry without a reason", -86_401), ("in the future", 121)):
        occurred = {"at": times.spelt(scribe.now + when), **moment}
        late = scribe.draft("note.recorded", memo, {**given, "occurred": occurred}, ben)
        yield why, "E_TIME", late, 0
    note = scribe.draft("note.recorded", memo, given, ben)
    yield "recorded after until", "E_EXPIRED", note, 86_401
    seen = {"size": len(scribe.records) + 1, "root": "00" * 32}
    ahead = scribe.draft("note.recorded", memo, given, ben, seen=seen)
    yield "seen more records than there are", "E_SEEN", ahead, 0
    release = {"transfer": story.open, "reason": "by mistake"}
    head = scribe.chains[story.memo]
    stale = next(e.prev for e in map(record.read, scribe.records)
                 if isinstance(e, Entry) and e.tag == story.memo and e.seq == head.count - 1)  # fmt: skip
    cancel = scribe.draft("transfer.cancelled", memo, release, story.cleo, prev={story.memo: stale})
    yield "a change that does not follow the head", "E_PREV", cancel, 0
