"""Both sides at once: a real ledger, and what `tests.kept` says of it; compared after each step."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from hashlib import sha256
from pathlib import Path
from typing import Any

from custody.core import canonical, times
from custody.core.bundle import layout
from custody.core.errors import CustodyError
from custody.core.findings import Outcome
from custody.core.retention import retained
from custody.core.state import Case as StoredCase
from custody.core.state import Item as Stored
from custody.core.state import LedgerFacts
from custody.core.tags import ledger_tag
from custody.core.verify import verify
from custody.ledger.examine import examine
from custody.store.database import Database
from custody_schemas.declare import Capacity, Kind
from tests.bundles import Bundle, trust_in, zipped
from tests.kept import effects, leaving
from tests.kept.facts import DAY, PEOPLE, Case, Facts, Item, longest
from tests.kept.law import DESTROYING, Step, protected, reasons
from tests.ledgers import Home
from tests.memory import Signed
from tests.modelled.written import Written
from tests.worlds import Person

assert leaving  # it registers what it knows of each act
STALE = {"E_PREV", "E_EXPIRED", "E_TIME"}
YEAR = 365 * DAY


class Stage:
    """A ledger, everybody's keys, and the facts. `kept`: signed, and not sent yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.world = Written(Home.make(folder / "home"))
        self.world.ledger = self.world.home.open(leap_confirmed=True)
        self.people: dict[str, Person] = {"Ada": self.world.found()}
        for name, (role, _) in PEOPLE.items():
            if name != "Ada":
                self.people[name] = self.world.enrol(name, role, by=self.people["Ada"])
        rita, ruth = self.people["Rita"], self.people["Ruth"]
        asked = self.world.request("Ruth", rita.signer, actor=ruth.tag)
        self.world.record(
            "key.registered", [ruth.tag], {"request": asked.body}, signers=[self.people["Ada"]]
        )
        self.facts = Facts(self.world.now)
        self.kept: list[tuple[Step, Signed]] = []
        self.counts: dict[str, int] = {}
        self.ledger = ledger_tag(self.world.origin)
        self._furnish()

    def _furnish(self) -> None:
        """A case under the pack with a computer, its image and a phone; one without, with a disk."""
        world, olga, dora = self.world, self.people["Olga"], self.people["Dora"]
        for reference, pack in (("K-1", True), ("K-2", False)):
            given = {"legal_profile": "house"} if pack else {}
            tag = world.open_case(reference, by=olga, **given)
            case = self.facts.cases[tag] = Case(tag, pack)
            case.happened["case_opened"] = world.now - 60
            for kind, ends in (("search_warrant", None), ("court_order", world.now + YEAR)):
                self._basis(case, kind, ends)
            warrant = next(iter(case.bases))
            for number, type_ in enumerate(("computer", "mobile") if pack else ("computer",), 1):
                begins = {"registration": world.now, "origin": world.now + 60}
                self._registered(case, number, type_)
                item = world.item_tag(tag, number)
                world.record("item.seized", [item], {"authority": warrant}, signers=[dora])
                self.facts.items[item] = Item(
                    item, tag, type_, "device", "Dora", False, begins, {"Dora"}
                )
        self._image(*list(self.facts.items.values())[:1])
        self.facts.now = world.now

    def _basis(self, case: Case, kind: str, ends: int | None) -> None:
        given = {"kind": kind, "valid_to": spelt(ends)}
        signers = [self.people["Olga"]]
        case.bases[self.world.record("authority.recorded", [case.tag], given, signers=signers)] = (
            kind,
            ends,
        )

    def _registered(self, case: Case, number: int, type_: str) -> str:
        world = self.world
        tag, stored = world.item_tag(case.tag, number), world.states[case.tag]
        assert isinstance(stored, StoredCase)
        given = {"case": case.tag, "number": number, "type": type_}
        about = [(Kind.ITEM, tag), (Kind.REGISTER, stored.register)]
        world.record("item.registered", about, given, signers=[self.people["Dora"]])
        return tag

    def _image(self, source: Item) -> None:
        world, case = self.world, self.facts.cases[source.case]
        begins = {"registration": world.now, "origin": world.now + 60}
        tag = self._registered(case, 9, "disk_image")
        about: list[str | tuple[Kind, str]] = [tag, (Kind.SOURCE, source.tag)]
        world.record("item.acquired", about, signers=[self.people["Dora"]])
        source.happened["copy_verified"] = begins["origin"]
        source.copied, source.products = True, {tag}
        self.facts.items[tag] = Item(
            tag, case.tag, "disk_image", "image", "Dora", True, begins, {"Dora"}, parent=source.tag
        )

    def act(
        self,
        act: str,
        about: Sequence[str],
        signers: Sequence[tuple[str, str]],
        given: Mapping[str, Any],
        told: Mapping[str, Any] | None = None,
        sources: Sequence[str] = (),
        keep: bool = False,
    ) -> str | None:
        """Sign an act and send it, or keep it; its id where it was recorded.

        told: what the facts are told beside what stands in the body.
        """
        signed = self.world.draft(
            act,
            [*about, *((Kind.SOURCE, tag) for tag in sources)],
            given,
            signers=[(self.people[name], Capacity(as_)) for name, as_ in signers],
        )
        said = {
            **given,
            **(told or {}),
            "envelope_of": sha256(signed.envelope.encode()).hexdigest(),
        }
        step = Step(signed.id, act, tuple(about), tuple(sources), tuple(signers), said)
        if keep:
            self.kept.append((step, signed))
            return None
        return signed.id if self.send(step, signed) else None

    def send(self, step: Step, signed: Signed, stale: bool = False) -> bool:
        """Send what was signed; the ledger must answer as the law does. A minute passes."""
        wrong = reasons(self.facts, step)
        before, everything = deepcopy(self.facts), self.everything()
        try:
            self.world.send([signed])
        except CustodyError as error:
            allowed = wrong | (STALE if stale else set())
            assert error.code in allowed, f"{step.act}: {error.code}, not {allowed}: {error}"
            assert self.everything() == everything, "a refusal leaves everything as it was"
            self._count(f"{step.act} {error.code}")
        else:
            assert not wrong, f"{step.act} was recorded, and should be refused: {wrong}"
            effects.apply(self.facts, step)
            rightly(before, self.facts, step)
            self._count(step.act)
            self.compare()
            self.passes(60)
            return True
        self.passes(60)
        return False

    def _count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1

    def passes(self, seconds: int) -> None:
        self.world.now += seconds
        self.facts.now = self.world.now

    def everything(self) -> tuple[Any, ...]:
        """Records, checkpoint, states and chains as they stand on the disk."""
        with self.world.ledger._storage.reading() as rows:
            return rows.size(), rows.newest(), rows.envelopes(), list(rows.subjects())

    def compare(self) -> None:
        """Item by item the ledger says what the facts say, of later dates too."""
        facts, ledger = self.facts, self.world.states[self.ledger]
        assert isinstance(ledger, LedgerFacts)
        names = {person.tag: name for name, person in self.people.items()}
        versions = [(each.pack.version, each.since, each.until) for each in ledger.packs]
        assert versions == [(each.number, each.since, each.until) for each in facts.packs]
        for item in facts.items.values():
            stored = self.world.item(item.tag)
            case = self.world.states[item.case]
            assert isinstance(case, StoredCase)
            assert standing(stored, names) == modelled(item)
            assert [each.id for each in case.requests] == [*facts.cases[item.case].requests]
            for at in (facts.now, facts.now + 40 * DAY, facts.now + 11 * YEAR):
                lines = [(line.began, line.until) for line in facts.lines(item, at)]
                found = retained(stored, case, ledger.packs, at).lines
                assert [(line.began, line.until) for line in found] == lines

    def close(self) -> None:
        """Erase what is said to be, examine from record 0 on, export all, verify it as a stranger."""
        world = self.world
        world.ledger.finish_erasures()
        found = examine(world.ledger._storage, world.ledger._signer, full=True)
        bad = [each for each in found.findings if each.outcome is not Outcome.PASSED]
        assert bad == [], bad
        opened = {"restricted": ["note"]}  # remarks that were restricted, all the same
        bundle = Bundle(world, next(iter(self.facts.cases)), self.people["Olga"], announced=opened)
        cases = [{"key": k.hex(), "reference": r} for r, k in world.case_keys.values()]
        bundle.files[layout.KEYS] = canonical.encode({"v": 1, "cases": cases, "subjects": []})
        path = self.folder / "case.zip"
        path.write_bytes(zipped(bundle.bag()))
        report = verify([path], trust_in(world))
        assert report.verdict is Outcome.PASSED, report.findings

    def shut(self) -> None:
        """Let go of the files."""
        storage = self.world.ledger._storage
        assert isinstance(storage, Database)
        storage.close()


def spelt(at: int | None) -> str | None:
    """As entries say a moment."""
    return None if at is None else times.spelt(at)


def standing(item: Stored, names: Mapping[str, str]) -> dict[str, Any]:
    """What the ledger says of an item, by people's names."""
    asked, offer = item.disposition, item.transfer
    return {
        "custody": (names.get(item.holder or ""), item.out and names[item.out.to]),
        "offer": offer and (offer.id, names[offer.by], names.get(offer.to or "", "")),
        "holds": {hold.id for hold in item.holds},
        "requests": [each.id for each in item.requests],
        "troubles": {each.id for each in item.discrepancies},
        "gone": (item.gone, item.terminal, item.left),
        "products": set(item.products),
        "people": {names[tag] for tag in item.people},
        "asked": asked
        and (asked.id, asked.kind, names[asked.by], [names[a] for a in asked.approved])
        and (asked.order, asked.opinion == "objects", asked.begun),
    }


def modelled(item: Item) -> dict[str, Any]:
    """The same of the facts."""
    asked = item.asked
    return {
        "custody": (item.holder, item.out),
        "offer": item.offer,
        "holds": item.holds,
        "requests": [*item.requests],
        "troubles": {*item.troubles},
        "gone": (item.gone, item.gone is not None, item.left),
        "products": item.products,
        "people": item.people,
        "asked": asked
        and (asked.id, asked.kind, asked.by, asked.approved)
        and (asked.order, asked.objected, asked.begun),
    }


def rightly(before: Facts, after: Facts, step: Step) -> None:
    """What no story may end in, whatever the law of `tests.kept` says of each act."""
    for tag, item in before.items.items():
        now = after.items[tag]
        begins = bool(now.asked and now.asked.begun and not (item.asked and item.asked.begun))
        ends = now.gone is not None and item.gone is None
        back = now.offer is not None and now.offer != item.offer and not now.offer[2]
        if begins or back or (ends and now.gone not in DESTROYING):
            assert not [*protected(before, item)] and not item.offer, "somebody needs it still"
        if ends and now.gone in DESTROYING:
            assert item.asked and item.asked.begun and step.signing("witness")
        if (begins or ends) and item.asked:
            free = {*item.asked.approved} - {item.asked.by, step.lead}
            assert len(free) + bool(item.asked.order) >= 2
        elif ends:
            assert step.signing("approver") - item.hands()
        if step.act not in ("case.status_changed", "pack.loaded") and not ends:
            _no_earlier(before, after, tag, step)


def _no_earlier(before: Facts, after: Facts, tag: str, step: Step) -> None:
    """Nobody shortens alone, without a basis, or what is not to be shortened."""
    was = before.lines(before.items[tag], before.now)
    now = after.lines(after.items[tag], after.now)
    for key in {line.key for line in was}:
        old, new = (longest([x.until for x in each if x.key == key]) for each in (was, now))
        if new is not None and (old is None or new < old):
            assert step.act == "retention.changed" and step.said("authority")
            assert len(step.signing("approver")) >= 2
            assert {line.mode for line in was if line.key == key} == {"governance"}
