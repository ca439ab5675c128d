"""What people try: mostly what fits, now and then what does not."""

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Any, TypeVar

from custody.core import tags, times
from custody_schemas.declare import Kind
from tests.bodies import CONTENT, HASH, MEDIA
from tests.modelled.facts import Dossier, Thing
from tests.modelled.probes import PROBES
from tests.modelled.stage import Draft, Stage
from tests.worlds import Person, on_ledger

T = TypeVar("T")
Signs = list[tuple[str, str]]
LIKELY = 28  # of 32 choices, so many take what fits
SEALS = (
    *("intact", "number_mismatch", "broken_unauthorised", "missing", "broken_authorised"),
    *("resealed", "not_sealed", "not_stated"),
)
HASHES = (
    *("match", "mismatch", "unreadable", "partial", "not_checked"),
    *("algorithm_unsupported", "not_stated", None),
)
CASES = ("K-1", "K-2", "K-3")


class Trying(Stage):
    """Choices are integers from 0 to 31: small ones fit, and are what failures shrink to."""

    way = 0
    """How the next entry is sent: kept back, probed first, sent twice … or plainly."""

    def pick(self, k: int, these: Sequence[T]) -> T:
        return these[k % len(these)]

    def thing(self, k: int, fits: Callable[[Thing], Any] = bool) -> Thing:
        everything = list(self.facts.things.values())
        fitting = [each for each in everything if fits(each)] or everything
        return self.pick(k, fitting if k < LIKELY else everything)

    def dossier(self, k: int, fits: Callable[[Dossier], Any] = bool) -> Dossier:
        everything = list(self.facts.cases.values())
        fitting = [each for each in everything if fits(each)] or everything
        return self.pick(k, fitting if k < LIKELY else everything)

    def who(self, k: int, fit: str | None = None, right: str = "", case: str = "") -> str:
        """Somebody: the fitting one, or one with that right, or just anybody."""
        everybody = list(self.facts.humans)
        if fit and k < LIKELY:
            return fit
        able = [each for each in everybody if right and self.facts.may(each, right, case)]
        return self.pick(k, able if able and k < LIKELY else everybody)

    def seconds(self, k: int, case: str, lead: str, near: set[str]) -> Signs:
        """Co-signers: enough overseers who had no hand in it, or fewer, or others."""
        free = self.facts.overseers(case, near | {lead})
        if k < 16:
            return [(each, "approver") for each in free[: self.facts.approvers]]
        if k < 20:
            return [(each, "approver") for each in free[:1]]
        if k < 24:
            return [(each, "approver") for each in sorted(near - {lead})[:2]]
        if k < 28:
            return [(each, "witness") for each in free[:2]]
        return [(each, "approver") for each in [*self.facts.humans][k % 5 :: 4] if each != lead]

    def basis(self, k: int, case: str) -> str | None:
        """A legal basis of the case, or of another, or none."""
        bases = [*self.facts.cases[case].bases]
        others = [each for dossier in self.facts.cases.values() for each in dossier.bases]
        if k < LIKELY:
            return self.pick(k, bases) if bases else None
        return self.pick(k, [*others, HASH, None])

    def sealed(self, k: int, thing: Thing) -> str | None:
        """What is said of a seal."""
        if k < 22:
            return thing.seal.state if thing.seal else None
        return self.pick(k, (*SEALS, None))

    def hashed(self, k: int, thing: Thing) -> str | None:
        """What is said of content."""
        if k < 24:
            return "match" if thing.content else None
        return self.pick(k, HASHES)

    def entry(self, k: int, tag: str, *acts: str) -> tuple[str, str]:
        """An entry on a chain and what it was: one of those acts, if there is one."""
        chain = [(id, each.act) for (on, id), each in self.facts.entries.items() if on == tag]
        fitting = [each for each in chain if each[1] in acts] or chain
        return self.pick(k, (fitting if k < LIKELY else chain) or [(HASH, "note.recorded")])

    def ago(self, seconds: int) -> str:
        return times.spelt(self.facts.now - seconds)

    def act(
        self,
        name: str,
        about: str | dict[str, str],
        signers: Signs,
        given: dict[str, Any] | None = None,
        **more: Any,
    ) -> bool:
        """Try an act, in the way that is due; whether it was recorded."""
        way, self.way = self.way, 0
        places = {about: "item"} if isinstance(about, str) else about
        draft = self.draft(name, places, given, signers, **more)
        if draft is None:
            return False
        return self.by_way(way, draft)

    def by_way(self, way: int, draft: Draft) -> bool:
        """Plainly, kept for later, spoilt before, in a batch, or twice."""
        if way in (1, 2):
            self.drafts.append(draft)
            return False
        if way in (3, 4) and self.drafts:
            return self.send(self.drafts.pop(0), draft)
        if 5 <= way < 5 + len(PROBES):
            self.probe(draft, [*PROBES][way - 5])
        recorded = self.send(draft)
        if recorded and way == 31:
            self.again(draft)
        return recorded

    def begin(self) -> None:
        """Two cases; in the first a laptop, a disk imaged from it, and something handed in."""
        olga, dora = self.named("Olga"), self.named("Dora")
        for reference in CASES[:2]:
            assert self.open_case(reference, olga)
        for case in self.facts.cases:
            assert self.act("authority.recorded", {case: "case"}, [(olga, "actor")])
        case = next(iter(self.facts.cases))
        for number in (1, 2, 3):
            assert self.register(case, number, dora)
        laptop, disk, handed = self.facts.things
        assert self.act(
            "item.seized", laptop, [(dora, "actor")], {"authority": self.basis(0, case)}
        )
        assert self.act("item.acquired", {disk: "item", laptop: "source"}, [(dora, "actor")])
        given = {"content": CONTENT, "supplied": "match"}
        assert self.act("item.received", handed, [(dora, "actor")], given)

    def open_case(self, reference: str, by: str) -> bool:
        key = sha256(reference.encode()).digest()
        case, register = (
            tags.tag(tags.subject_key(key, kind, reference), kind, reference)
            for kind in (Kind.CASE, Kind.REGISTER)
        )
        self.world.case_keys[case] = reference, key
        about = {case: "case", register: "register"}
        return self.act("case.opened", about, [(by, "actor")], {"reference": reference})

    def register(self, case: str, number: int, by: str, source: str = "", into: str = "") -> bool:
        """Register an item of a case, in the register of the case `into`."""
        register = self.facts.cases[into or case].register
        tag = self.world.item_tag(case, number)
        about = {tag: "item", register: "register"}
        about |= {source: "source"} if source not in ("", tag) else {}
        given = {"case": case, "number": number, "serial": f"S/N {number}"}
        return self.act("item.registered", about, [(by, "actor")], given)

    def request(self, act: str, human: str, name: str, by: str, asker: str, **given: Any) -> bool:
        """A further key called `name` for somebody, by the request of `asker`."""
        key = self.key(name)
        asked = self.world.request(name, self.signers[key], actor=asker)
        said = {"new_key": key, "asked_by": asker}
        values = {"request": asked.body, **given}
        return self.act(act, {human: "actor"}, [(by, "enroller")], values, said=said)

    def enrol(self, name: str, role: str, by: str) -> bool:
        key = self.key(name)
        tag = tags.actor_tag(self.world.origin, key)
        asked = self.world.request(name, self.signers[key])
        self.people[tag] = Person(name, tag, self.signers[key])
        values = {"request": asked.body, "roles": [role]}
        more = {"said": {"new_key": key}, "disclosed": asked.disclosures}
        about = self.appointed(tag, role)
        return self.act("actor.registered", about, [(by, "enroller")], values, **more)

    def appointed(self, human: str, role: str) -> dict[str, str]:
        """What an entry that gives a person that role is about."""
        about = on_ledger(self.world.origin, role)
        return {human: "actor", **{tag: str(kind) for kind, tag in about}}


def content(k: int) -> dict[str, Any]:
    """An image: without a stored hash, with one that matches, or not; or said amiss."""
    media = dict(MEDIA)
    kinds: list[dict[str, Any]] = [
        {"stored_hash": "absent"},
        {"stored_hash": "match", "media": media},
        {"stored_hash": "mismatch", "media": media, "disputed": "other"},
        {"stored_hash": "mismatch", "media": media},
        {"stored_hash": "match"},
        {"stored_hash": "absent", "media": media},
    ]
    return {"content": CONTENT, **kinds[max(0, k - 22) % len(kinds)]}
