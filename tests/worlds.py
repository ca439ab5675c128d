"""An honest ledger in memory, and a scribe who drafts and signs acts for tests.

Nothing is faked: real Ed25519 keys sign real envelopes, `custody.core.rules` admits them, real
records are chained. `story` sets a stage with people, a case, a warrant and a seized laptop.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, NamedTuple

from custody.core import canonical, disclosure, dsse, enrolment, statement, tags, times
from custody.core.keys import Signer
from custody.core.reading import open_act
from custody.core.state import Actor, Case, Item, LedgerFacts, Register
from custody_schemas.declare import Act, Capacity, Kind
from tests.bodies import LEAST
from tests.memory import LOG_KEY, LOG_MLDSA_KEY, ORIGIN, Memory, Signed
from tests.signers import TestSigner, ed25519_signer

START = 1_790_000_000  # 2026-09-21
KINDS = {
    Item: Kind.ITEM,
    Case: Kind.CASE,
    Register: Kind.REGISTER,
    Actor: Kind.ACTOR,
    LedgerFacts: Kind.LEDGER,
}
MEMBERS: dict[str, Any] = {
    "log_key": LOG_KEY.text,
    "log_mldsa": LOG_MLDSA_KEY.text,
    "rules": {"version": 1, "late_after": 86_400, "ahead": 120, "approvers": 2},
}


@dataclass(frozen=True)
class Person:
    """Somebody with an account, and the key that she signs with just now."""

    name: str
    tag: str
    signer: Signer
    partner: Signer | None = None

    def using(self, signer: Signer) -> "Person":
        """The same person with another key."""
        return replace(self, signer=signer)


class Asked(NamedTuple):
    """A request to be enrolled: the envelope as an object, and what opens its digests."""

    body: dict[str, Any]
    disclosures: tuple[str, ...]


Signers = Sequence[Person | tuple[Person, Capacity]]


class World(Memory):
    """A scribe for the ledger in memory: `record` drafts, signs and submits; a minute passes.

    case_keys: reference and key of each case, by its tag.
    """

    def __init__(self, origin: str = ORIGIN, now: int = START) -> None:
        super().__init__(origin, now)
        self.case_keys: dict[str, tuple[str, bytes]] = {}

    def actor(self, person: Person) -> Actor:
        """State of a person."""
        found = self.states[person.tag]
        assert isinstance(found, Actor)
        return found

    def draft(
        self,
        act: str,
        about: Sequence[str | tuple[Kind, str]],
        given: Mapping[str, Any] | None = None,
        *,
        signers: Signers,
        **members: Any,
    ) -> Signed:
        """An act, signed but not recorded.

        about: tags; with their kind where they are new, or stand as source.
        given: members beside `LEAST[act]`; None takes one away.
            members: other members of the statement than a client would write; `prev` maps tags,
            `disclosed` are disclosures whose digests the statement repeats.
        """
        values = {"occurred": self.occurred(), **LEAST.get(act, {}), **(given or {})}
        body, personal = open_act(act, {k: v for k, v in values.items() if v is not None})
        made = {d.field: d for d in map(disclosure.read, members.pop("disclosed", ()))}
        opened = [
            made.get(name) or disclosure.make(name, personal[name], self.entropy)
            for name in sorted(personal)
        ]
        prev = members.pop("prev", {})
        places = [self._place(place, prev) for place in about]
        claims = [self._claim(act, signer, number) for number, signer in enumerate(signers)]
        payload = {
            "v": 1,
            "ledger": self.origin,
            "act": act,
            "about": sorted(places, key=lambda place: place["tag"]),
            "seen": self.seen()._asdict(),
            "time": times.spelt(self.now),
            "until": times.spelt(self.now + 86_400),
            "nonce": self.entropy(16).hex(),
            "signers": sorted(claims, key=lambda claim: claim["key"]),
            "signing": {"client": "tests 1", "unlock": "prompt"},
            "sd": {d.field: d.digest for d in opened},
            "body": body,
            **members,
        }
        people = [signer if isinstance(signer, Person) else signer[0] for signer in signers]
        having = (key for one in people for key in (one.signer, one.partner) if key is not None)
        keys = {key.key.id: key for key in having}.values()  # of a key in common, once
        data = canonical.encode(payload)
        envelope = dsse.sign(dsse.STATEMENT, data, keys)
        return Signed(statement.read(data), envelope, tuple(d.text for d in opened))

    def record(
        self,
        act: str,
        about: Sequence[str | tuple[Kind, str]],
        given: Mapping[str, Any] | None = None,
        *,
        signers: Signers,
        at: int | None = None,
        **members: Any,
    ) -> str:
        """Draft, sign and record an act; its statement id."""
        signed = self.draft(act, about, given, signers=signers, **members)
        self.submit(signed, at=at)
        self.now += 60
        return signed.id

    def occurred(self, at: int | None = None, **members: Any) -> dict[str, Any]:
        """The member `occurred`: now, unless something else is said."""
        moment = {"at": times.spelt(self.now if at is None else at), "offset_min": 60}
        return {**moment, "precision": "second", "source": "clock", **members}

    def found(self, name: str = "Ada", *roles: str) -> Person:
        """Open the ledger; the founder is an admin, and no more unless roles are named."""
        signer = signer_of(name)
        person = Person(name, tags.actor_tag(self.origin, signer.key.id), signer)
        about = [(Kind.ACTOR, person.tag), (Kind.LEDGER, tags.ledger_tag(self.origin))]
        given = {
            **MEMBERS,
            "origin": self.origin,
            "key": canonical.to_base64(signer.key.spki),
            "roles": ["admin", *roles],
            "name": name,
        }
        self.record("ledger.opened", about, given, signers=[person])
        return person

    def request(
        self,
        name: str,
        signer: Signer,
        partner: Signer | None = None,
        ledger: str = "",
        actor: str | None = None,
    ) -> Asked:
        """An enrolment signed by its own keys; for `actor`, where it is for a further key."""
        values = dict.fromkeys(enrolment.FIELDS, "") | {"name": name}
        opened = [disclosure.make(field, text, self.entropy) for field, text in values.items()]
        payload = enrolment.payload(
            ledger or self.origin,
            self.entropy(16).hex(),
            {d.field: d.digest for d in opened},
            signer.key,
            partner.key if partner else None,
            actor,
        )
        keys = [signer, partner] if partner else [signer]
        signed = dsse.sign(dsse.ENROLMENT, payload, keys).encode()
        body = canonical.decode(signed, canonical.ENVELOPE_LIMIT)
        return Asked(body, tuple(d.text for d in opened))

    def enrol(
        self,
        name: str,
        *roles: str,
        by: Person,
        signer: Signer | None = None,
        partner: Signer | None = None,
        **given: Any,
    ) -> Person:
        """Register a person, with the key of that name if no other is given."""
        signer = signer or signer_of(name)
        person = Person(name, tags.actor_tag(self.origin, signer.key.id), signer, partner)
        asked = self.request(name, signer, partner)
        values = {"request": asked.body, "roles": list(roles), **given}
        about = [(Kind.ACTOR, person.tag), *on_ledger(self.origin, *roles)]
        self.record("actor.registered", about, values, signers=[by], disclosed=asked.disclosures)
        return person

    def open_case(self, reference: str, *, by: Person, **given: Any) -> str:
        """Open a case; its tag."""
        key = sha256(reference.encode()).digest()
        case, register = (
            tags.tag(tags.subject_key(key, kind, reference), kind, reference)
            for kind in (Kind.CASE, Kind.REGISTER)
        )
        self.case_keys[case] = reference, key
        about = [(Kind.CASE, case), (Kind.REGISTER, register)]
        self.record("case.opened", about, {"reference": reference, **given}, signers=[by])
        return case

    def item_tag(self, case: str, number: int) -> str:
        """The tag that an item of that number has, or would have."""
        reference, key = self.case_keys[case]
        own = tags.subject_key(key, "item", reference, number)
        return tags.tag(own, "item", reference, number)

    def register(self, case: str, number: int, *, by: Person, source: str = "") -> str:
        """Register an item without origin; its tag."""
        found = self.states[case]
        assert isinstance(found, Case)
        tag = self.item_tag(case, number)
        about = [(Kind.ITEM, tag), (Kind.REGISTER, found.register)]
        about += [(Kind.SOURCE, source)] if source else []
        self.record("item.registered", about, {"case": case, "number": number}, signers=[by])
        return tag

    def seize(self, case: str, number: int, authority: str, *, by: Person) -> str:
        """Register and seize an item; its tag."""
        tag = self.register(case, number, by=by)
        self.record("item.seized", [tag], {"authority": authority}, signers=[by])
        return tag

    def acquire(self, case: str, number: int, *, by: Person, source: str = "") -> str:
        """Register and acquire digital content; its tag."""
        tag = self.register(case, number, by=by)
        about: list[str | tuple[Kind, str]] = [tag]
        about += [(Kind.SOURCE, source)] if source else []
        self.record("item.acquired", about, signers=[by])
        return tag

    def _place(self, place: str | tuple[Kind, str], prev: Mapping[str, str]) -> dict[str, str]:
        kind, tag = (KINDS[type(self.states[place])], place) if isinstance(place, str) else place
        chain = self.chains.get(tag)
        return {"as": kind, "prev": prev.get(tag, chain.head if chain else ""), "tag": tag}

    def _claim(
        self, act: str, signer: Person | tuple[Person, Capacity], number: int
    ) -> dict[str, str]:
        """People without a capacity: the first leads, the others approve."""
        if isinstance(signer, Person):
            signer = signer, Capacity.APPROVER if number else Act.ALL[act].SIGNERS[0]
        person, capacity = signer
        return {"actor": person.tag, "as": capacity, "key": person.signer.key.id}


def on_ledger(origin: str, *roles: str) -> list[tuple[Kind, str]]:
    """The place on the ledger's chain that the enrolment of a primary custodian takes."""
    return [(Kind.LEDGER, tags.ledger_tag(origin))] if "custodian_primary" in roles else []


def signer_of(name: str) -> TestSigner:
    """The key of that name, always the same."""
    return ed25519_signer(int.from_bytes(sha256(name.encode()).digest()[:30]))


@dataclass
class Story:
    """Ada enrols; Dora seized a laptop (item 1) in a case with a warrant; Eve examines.

    Carl keeps the evidence room, Olga leads the case; Pia may hold items too. Nobody is an admin
    beside Ada, who may do nothing with evidence.
    """

    world: World
    ada: Person
    dora: Person
    eve: Person
    carl: Person
    olga: Person
    pia: Person
    case: str
    warrant: str
    laptop: str


def story() -> Story:
    """A fresh world with that story told."""
    return tell(World())


def tell(world: World, **opened: Any) -> Story:
    """That story, told in this world; `opened` are further members of the case."""
    ada = world.found()
    dora = world.enrol("Dora", "defr", by=ada)
    eve = world.enrol("Eve", "examiner", by=ada)
    carl = world.enrol("Carl", "custodian_primary", by=ada)
    olga = world.enrol("Olga", "case_officer", by=ada)
    pia = world.enrol("Pia", "lab_receiver", by=ada)
    case = world.open_case("K-2026/17", by=olga, **opened)
    warrant = world.record("authority.recorded", [case], signers=[olga])
    laptop = world.seize(case, 1, warrant, by=dora)
    return Story(world, ada, dora, eve, carl, olga, pia, case, warrant, laptop)
