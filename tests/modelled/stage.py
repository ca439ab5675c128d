"""Both sides at once: each step goes to a real ledger on disk, and to the model beside it."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any, NamedTuple

from custody.core import tags
from custody.core.errors import CustodyError
from custody.core.findings import Outcome
from custody.core.record import record_hash
from custody.core.text import as_text
from custody.core.trust import LOG_MLDSA, Group, TrustFile
from custody.exporting import own_files
from custody.ledger import Submission
from custody.ledger.bundling import Order, write_bundle
from custody.ledger.examine import examine
from custody.ledger.selection import gather
from custody.store.database import Database
from custody_schemas.declare import Capacity, Kind
from tests.bodies import LEAST
from tests.ledgers import Home
from tests.memory import LOG_KEY, LOG_MLDSA_KEY, Signed
from tests.modelled import custody, office, things, work
from tests.modelled.compared import compare
from tests.modelled.facts import Facts, Human, Line, Role, Step
from tests.modelled.judging import apply, reasons
from tests.modelled.probes import PROBES, altered
from tests.modelled.verified import passing, passing_now
from tests.modelled.written import Written
from tests.signers import TestSigner
from tests.vaults import vault_at
from tests.worlds import Person, signer_of

assert custody and office and things and work  # they register what they know of each act

PEOPLE = {
    "Bea": ("admin",),
    "Dora": ("defr",),
    "Eve": ("examiner",),
    "Carl": ("custodian_primary",),
    "Olga": ("case_officer",),
    "Pia": ("lab_receiver",),
    "Rex": ("peer_reviewer",),
    "Walt": ("courier", "auditor"),
    "Judy": ("case_officer", "prosecutor"),
}
BURNT = ("E_KEY", "E_MALFORMED", "E_SIGNATURE")  # refused before anybody could be held to it


class Draft(NamedTuple):
    """A signed entry for both sides."""

    step: Step
    signed: Signed


class Stage:
    """A ledger, its model, and everybody's keys. `drafts`: signed, and not sent yet.

    thorough: each step ends with a bundle of each case, which passes every check.
    """

    thorough = False

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.world = Written(Home.make(folder / "home"))
        self.facts = Facts(self.world.now)
        self.signers: dict[str, TestSigner] = {}
        self.people: dict[str, Person] = {}
        self.drafts: list[Draft] = []
        self.sent: list[Draft] = []
        self.refused: list[tuple[Draft, str]] = []
        self.counts: dict[str, int] = {}
        self._enrol_all()

    def _enrol_all(self) -> None:
        ada = self.world.found()
        self._know(ada, ("admin",))
        self.facts.lines[tags.ledger_tag(self.world.origin)] = Line(1, 0)
        for name, roles in PEOPLE.items():
            person = self.world.enrol(name, *roles, by=ada)
            self._know(person, roles)
            if "custodian_primary" in roles:
                self.facts.custodians[""] = person.tag
                self.facts.lines[tags.ledger_tag(self.world.origin)] = Line(2, 1)
        self.facts.now = self.world.now

    def _know(self, person: Person, roles: Sequence[str]) -> None:
        self.people[person.tag] = person
        self.facts.humans[person.tag] = Human(
            person.tag, [self.key(person.name)], roles=[Role(name) for name in roles]
        )
        self.facts.lines[person.tag] = Line(1, 0)

    def key(self, name: str) -> str:
        """Id of the key of that name."""
        signer = signer_of(name)
        self.signers[signer.key.id] = signer
        return signer.key.id

    def named(self, name: str) -> str:
        return next(tag for tag, person in self.people.items() if person.name == name)

    def draft(
        self,
        act: str,
        about: Mapping[str, str],
        given: Mapping[str, Any] | None,
        signers: Sequence[tuple[str, str]],
        said: Mapping[str, Any] | None = None,
        disclosed: Sequence[str] = (),
    ) -> Draft | None:
        """Sign an act, or give up where one key would sign twice.

        signers: person and capacity, who leads first, each with the newest key, in force or not.
        said: what the model is told beside the body.
        """
        claims = [(person, as_, self.newest(person)) for person, as_ in signers]
        if len({key for *_, key in claims}) < len(claims):
            return None
        signed = self.world.draft(
            act,
            [(Kind(kind), tag) for tag, kind in about.items()],
            given,
            signers=[
                (self.people[person].using(self.signers[key]), Capacity(as_))
                for person, as_, key in claims
            ],
            disclosed=disclosed,
        )
        knew = {tag: self.facts.lines[tag].count if tag in self.facts.lines else 0 for tag in about}
        body = {k: v for k, v in {**LEAST.get(act, {}), **(given or {})}.items() if v is not None}
        step = Step(
            signed.id,
            act,
            dict(about),
            tuple(claims),
            {**body, **(said or {})},
            knew,
            self.world.now,
        )
        return Draft(step, signed)

    def newest(self, person: str) -> str:
        """The key that somebody takes: the newest in force, or else one that was withdrawn."""
        human = self.facts.humans[person]
        return (human.keys or human.ended)[-1]

    def probe(self, draft: Draft, name: str) -> None:
        """Send the entry spoilt in one way; it is refused for that, or for what it says anyway."""
        spoilt, code = PROBES[name](self.world, draft.signed, list(self.signers.values()))
        submission = self.world.submission(draft.signed)
        allowed = {code} | reasons(self.facts, draft.step)
        allowed |= {"E_UNKNOWN"} if code == "E_PREV" else set()  # where a subject is new
        self._refused([spoilt._replace(case_key=submission.case_key)], allowed, name)

    def send(self, *batch: Draft) -> bool:
        """Send drafts as one batch; whether they were recorded. A minute passes."""
        facts, wrong = deepcopy(self.facts) if len(batch) > 1 else self.facts, set[str]()
        for draft in batch:
            before = next((code for each, code in self.refused if each == draft), "")
            found = {before} if before else reasons(facts, draft.step)
            wrong |= found
            if found:
                break
            if draft is not batch[-1]:
                apply(facts, draft.step)
        signed = [draft.signed for draft in batch]
        if wrong:
            # Signatures of a whole batch are looked at before its first entry is admitted.
            wrong |= {"E_KEY"} if any(self._keyless(draft) for draft in batch) else set()
            code = self._refused([self.world.submission(each) for each in signed], wrong, "")
            if code not in BURNT:
                self.refused.append((draft, code))  # also where only its batch spoilt it
        else:
            self.world.send(signed)
            apply(facts, batch[-1].step)
            self.facts = facts
            self.sent += batch
            for draft in batch:
                self.counts[draft.step.act] = self.counts.get(draft.step.act, 0) + 1
                compare(facts, self.world.ledger, draft.step.about)
            self.check()
        self.passes(60)
        return not wrong

    def _keyless(self, draft: Draft) -> bool:
        return any(key not in self.facts.humans[who].keys for who, _, key in draft.step.signers)

    def _refused(self, batch: Sequence[Submission], allowed: set[str], why: str) -> str:
        """Send what must be refused with one of these codes, and leave everything as it is."""
        self.world.home.now = self.world.now
        before = self.everything()
        try:
            self.world.ledger.submit(batch)
        except CustodyError as error:
            assert error.code in allowed, f"{error.code}, not {allowed} ({why}): {error}"
            assert self.everything() == before
            self.counts[error.code] = self.counts.get(error.code, 0) + 1
            return error.code
        raise AssertionError(f"recorded, and should be refused with {allowed} {why}")

    def again(self, draft: Draft) -> None:
        """What was recorded is sent once more, as it is and in a spoilt envelope."""
        before = self.everything()
        spoilt = altered(draft.signed, lambda _: None, [signer_of("Nobody")])
        for each in (self.world.submission(draft.signed), spoilt):
            (receipt,) = self.world.ledger.submit([each])
            assert receipt.statement == draft.step.id
        assert self.everything() == before

    def everything(self) -> tuple[Any, ...]:
        """Records, checkpoint, states, chains and labels as they stand on the disk."""
        with self.world.ledger._storage.reading() as rows:
            return (
                rows.size(),
                rows.newest(),
                rows.envelopes(),
                list(rows.subjects()),
                list(rows.all_labels()),
            )

    def check(self, full: bool = False) -> None:
        """The ledger's own examination: from the last one on, or from record 0."""
        ledger = self.world.ledger
        found = examine(ledger._storage, ledger._signer, full=full)
        assert {finding.outcome for finding in found.findings} == {Outcome.PASSED}
        assert found.size == len(self.world.records)
        for case in self.facts.cases if self.thorough else ():
            for tag in self._exporters(case)[:1]:
                by = self.people[tag].using(self.signers[self.newest(tag)])
                passing_now(self.world, case, by, self.trust, self.folder)

    def _exporters(self, case: str) -> list[str]:
        """Who may export the case, and has a key."""
        exporters = [each for each in self.facts.humans if self.facts.may(each, "P", case)]
        return [each for each in exporters if self.facts.humans[each].keys]

    def passes(self, seconds: int) -> None:
        self.world.now += seconds
        self.facts.now = self.world.now

    def export(self, case: str, items: Sequence[str], by: str, mirror: bool) -> bool:
        """Export a case, or items of it, and examine the bundle; whether it might be exported."""
        about = {case: "case", **dict.fromkeys(items, "item")}
        given = {"outside": "court", "evidence": False, "mirror": mirror}
        draft = self.draft("export.prepared", about, given, [(by, "actor")])
        if draft is None or not self.send(draft):
            return False
        path = self._bundle(draft.step, case, tuple(items), mirror)
        assert as_text(passing(path, self.trust))
        return True

    def _bundle(self, step: Step, case: str, items: tuple[str, ...], mirror: bool) -> Path:
        vault, world = vault_at(self.folder / "vault"), self.world
        world.home.now = world.now
        with world.ledger.sealed_view() as (rows, row):
            selection = gather(rows, row, world.origin, case, items)
            order = Order(
                path=self.folder / f"{step.id[:12]}.zip",
                export=step.id,
                signers=(self.signers[step.signers[0][2]],),
                at=world.now,
                evidence=None,
                mirror=mirror,
                own=own_files(selection, vault, evidence=False, mirror=mirror),
            )
            made = write_bundle(rows, selection, order)
            if row.size > len(world.records):
                world.tally()
            assert rows.record(row.size - 1) == world.records[-1]
        return made.path

    @property
    def trust(self) -> TrustFile:
        group = Group("log", 1, (LOG_MLDSA,))
        genesis = record_hash(self.world.records[0]).hex()
        return TrustFile(
            log=LOG_KEY, log_mldsa=LOG_MLDSA_KEY, groups=(group,), quorum="log", genesis=genesis
        )

    def close(self) -> None:
        """Compare everything once more, examine from record 0 on, and export every case."""
        compare(self.facts, self.world.ledger, self.facts.lines)
        self.check(full=True)
        mirrored = len(self.world.records) % 4 == 0  # going through a mirror takes a second
        for number, case in enumerate(self.facts.cases):
            if able := self._exporters(case):
                assert self.export(case, (), able[0], mirrored and number == 0)
        self.check(full=True)

    def shut(self) -> None:
        """Let go of the files."""
        storage = self.world.ledger._storage
        assert isinstance(storage, Database)
        storage.close()
