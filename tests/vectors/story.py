"""The story of the vectors: a ledger with people, a case, a seizure, a copy, hand-overs, and days."""

from functools import cached_property
from hashlib import sha256
from typing import Any

from blake3 import blake3

from custody.core import canonical, disclosure, dsse, enrolment, tags
from custody_schemas.declare import Capacity, Kind
from tests.memory import LOG_KEY, LOG_MLDSA_KEY
from tests.vectors.days import days
from tests.vectors.scribe import ADA, BEN, BEN2, CLEO, Partner, Person, Scribe

REFERENCE = "K-2026/0417"
CASE_KEY = bytes(range(32))
MEMO = b"Meet me at the pier at nine.\n"
RULES = {"version": 1, "late_after": 86_400, "ahead": 120, "approvers": 2}


class Story:
    """Told once; `scribe` holds what was recorded."""

    def __init__(self) -> None:
        self.scribe = Scribe()
        self.ada = self.scribe.person("Ada Lindqvist", ADA)
        self.ben = self.scribe.person("Ben Okafor", BEN)
        partner = Partner(3, self.scribe.randomised)
        self.cleo = self.scribe.person("Cleo Marchetti", CLEO, partner)
        self.case, self.register = self.tag("case"), self.tag("register")
        self.laptop, self.memo, self.phone = (self.tag("item", number) for number in (1, 2, 4))
        self.requests: dict[str, bytes] = {}
        self._people()
        self._seizure()
        self._copy()
        self._handover()
        self.copy = self.lost = self.adapter = self.line = self.held = ""
        self.abroad = self.preserve = self.destroyed = ""
        self.transcript = self.player = self.stick = self.derived = self.begun = ""
        self.elsewhere = self.other_register = ""
        days(self)
        self._offer()

    @staticmethod
    def tag(kind: str, number: int | None = None) -> str:
        key = tags.subject_key(CASE_KEY, kind, REFERENCE, number)
        return tags.tag(key, kind, REFERENCE, number)

    def request(self, person: Person, actor: str | None = None) -> tuple[Any, tuple[str, ...]]:
        """What the person sends in to be enrolled: envelope as an object, and disclosures.

        actor: her tag, where it is for a further key.
        """
        draw = self.scribe.entropy
        values = {"contact": "", "name": person.name, "organisation": "Unit 4"}
        opened = [disclosure.make(field, value, draw) for field, value in values.items()]
        keys = [signer.key for signer in person.signers]
        sd = {d.field: d.digest for d in opened}
        partner = keys[1] if keys[1:] else None
        data = enrolment.payload(self.scribe.origin, draw(16).hex(), sd, keys[0], partner, actor)
        envelope = dsse.sign(dsse.ENROLMENT, data, person.signers).encode()
        self.requests[person.signer.key.id] = envelope
        value = canonical.decode(envelope, canonical.ENVELOPE_LIMIT)
        return value, tuple(d.text for d in opened)

    def _people(self) -> None:
        s, ada = self.scribe, self.ada
        about = [(Kind.ACTOR, ada.tag), (Kind.LEDGER, tags.ledger_tag(s.origin))]
        opening = {
            "origin": s.origin,
            "log_key": LOG_KEY.text,
            "log_mldsa": LOG_MLDSA_KEY.text,
            "rules": RULES,
            "key": canonical.to_base64(ada.signer.key.spki),
            "roles": ["admin", "case_officer"],
            "name": ada.name,
            "organisation": "Unit 4",
        }
        s.record(s.draft("ledger.opened", about, opening, ada))
        for person, roles in ((self.ben, ["defr"]), (self.cleo, ["examiner"])):
            request, opened = self.request(person)
            given = {"request": request, "identity_checked": "in_person", "roles": roles}
            about = [(Kind.ACTOR, person.tag)]
            s.record(s.draft("actor.registered", about, given, ada, opened=opened))
        request, _ = self.request(self.ben._replace(signer=BEN2), self.ben.tag)
        given = {"request": request, "identity_checked": "in_person"}
        cosigned = (self.ben, Capacity.COUNTERPARTY)
        s.record(s.draft("key.registered", [(Kind.ACTOR, self.ben.tag)], given, ada, cosigned))

    def _seizure(self) -> None:
        s, ada, ben = self.scribe, self.ada, self.ben
        about = [(Kind.CASE, self.case), (Kind.REGISTER, self.register)]
        given = {"form": "case", "severity": "serious", "sensitivity": "normal"}
        given |= {"legal_profile": "example", "category": "fraud"}
        opened = {"reference": REFERENCE, "title": "Harbour", "offences": ["§ 263", "§ 303a"]}
        s.record(s.draft("case.opened", about, {**given, **opened}, ada))
        warrant = {"kind": "search_warrant", "identifier": "12 Gs 88/26", "issuer": "Amtsgericht"}
        self.warrant = s.record(
            s.draft("authority.recorded", [(Kind.CASE, self.case)], warrant, ada)
        )
        registered = s.draft("item.registered", *self.registering(self.laptop, 1), ben)
        item = [(Kind.ITEM, self.laptop)]
        seized = s.draft("item.seized", item, self.seizure, ben, prev={self.laptop: registered.id})
        sealed = s.draft("seal.applied", item, self.sealing, ben, prev={self.laptop: seized.id})
        for signed in (registered, seized):
            s.submit(signed)
        s.record(sealed)

    def registering(self, tag: str, number: int) -> tuple[list[tuple[Kind, str]], dict[str, Any]]:
        what = {"case": self.case, "number": number, "quantity": 1, "sensitivity": "normal"}
        kind = {1: "computer", 8: "dvr", 9: "storage_media"}.get(number, "file")
        given = {**what, "type": kind, "condition": ["good"], "exhibit": f"BO/{number}"}
        return [(Kind.ITEM, tag), (Kind.REGISTER, self.register)], given

    @cached_property
    def seizure(self) -> dict[str, Any]:
        states = {"state": ["on", "locked"], "network_isolated": "yes", "volatile_captured": "no"}
        more = {"credentials_obtained": "no", "receipt_given": "yes", "place": "Pier 9, flat 3"}
        return {"authority": self.warrant, **states, **more}

    @cached_property
    def sealing(self) -> dict[str, Any]:
        given = {"type": "bag", "condition": ["good"], "contents_inventoried": "no"}
        return {**given, "seal_number": "A-0017"}

    def _copy(self) -> None:
        s, ben = self.scribe, self.ben
        opening = {"verdict": "broken_authorised", "contents_inventoried": "yes"}
        opening |= {"authority": self.warrant, "reason": "to be copied", "seal_read": "A-0017"}
        s.record(s.draft("seal.broken", [(Kind.ITEM, self.laptop)], opening, ben))
        s.record(s.draft("item.registered", *self.registering(self.memo, 2), ben))
        about = [(Kind.ITEM, self.memo), (Kind.SOURCE, self.laptop)]
        self.acquired = s.record(s.draft("item.acquired", about, self.acquisition, ben))
        s.record(s.draft("seal.applied", [(Kind.ITEM, self.laptop)], self.sealing, ben))

    @cached_property
    def acquisition(self) -> dict[str, Any]:
        sums = {"sha256": sha256(MEMO).hexdigest(), "blake3": blake3(MEMO).hexdigest()}
        line = f"{sums['sha256']} {sums['blake3']} {len(MEMO)} memo%20%f0%9f%92%be.txt"
        content = {"form": "file", "count": 1, "size": len(MEMO), "where": "vault"}
        facts = {"format": "file", "method": "logical", "stored_hash": "not_applicable"}
        answers = {"destructive": "no", "source_changed": "no", "verified": "yes"}
        opened = {f"content_{name}": value for name, value in sums.items()}
        return {
            "content": content, "encryption": "none", "read_errors": 0, "files": [line],
            "authority": self.warrant, **facts, **answers, **opened,
        }  # fmt: skip

    def _handover(self) -> None:
        s, ben, cleo = self.scribe, self.ben, self.cleo
        both = [(Kind.ITEM, self.memo)]
        given: dict[str, Any] = {
            "to": cleo.tag,
            "purpose": "laboratory_examination",
            "method": "hand",
        }
        self.release = s.record(
            s.draft("transfer.released", both, {**given, "condition": ["good"]}, ben)
        )
        given = {"transfer": self.release, "condition": ["good"], "contents_inventoried": "yes"}
        given |= {"hash": "match", "location": "laboratory", "storage": "safe 2"}
        s.record(s.draft("transfer.accepted", both, given, cleo, (ben, Capacity.WITNESS)))
        given = {"corrects": self.acquired, "act": "item.acquired", "field": "tool"}
        given |= {"reason": "omitted_field", "value": "cp 9.4"}
        s.record(s.draft("correction.recorded", both, given, ben))
        about = [(Kind.ITEM, self.laptop), (Kind.ITEM, self.memo)]
        s.record(s.draft("note.recorded", about, {"note": "Seen on the shelf,\nboth."}, cleo))
        given = {"key": BEN2.key.id, "reason": "no_longer_needed"}
        s.record(s.draft("key.revoked", [(Kind.ACTOR, ben.tag)], given, ben))

    def _offer(self) -> None:
        s, ben, cleo = self.scribe, self.ben, self.cleo
        s.record(s.draft("item.registered", *self.registering(self.tag("item", 3), 3), ben))
        given: dict[str, Any] = {"to": ben.tag, "purpose": "storage", "method": "hand"}
        given |= {"condition": ["good"]}
        memo = [(Kind.ITEM, self.memo)]
        self.open = s.record(s.draft("transfer.released", memo, given, cleo))

    def export(self, *items: str, mirror: bool, **announced: Any) -> str:
        """Prepare an export and seal the ledger; the statement's id. `announced`: more members."""
        s = self.scribe
        about = [(Kind.CASE, self.case), *((Kind.ITEM, tag) for tag in items)]
        given: dict[str, Any] = {
            "outside": "court",
            "purpose": "court_production",
            "recipient": "Landgericht",
        }
        given |= {"evidence": not items, "mirror": mirror, "encrypted": False, **announced}
        made = s.record(s.draft("export.prepared", about, given, self.ada))
        s.tally()
        s.last = s.seen()
        return made
