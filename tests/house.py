"""A real ledger on the disk with two people, a case and a warrant; made once, copied for each test.

Ada founded it and may examine; Bo keeps the evidence room. `Wire` stands between a desk and the
ledger and can lose, hold back or alter what passes; it knows the ledger by its protocol only.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from custody import casefile, opening
from custody.casefile import CaseFile
from custody.core import tags
from custody.core.state import Subject as State
from custody.core.world import Chain
from custody.desk import Desk
from custody.drafting import Request, Subject, case_subjects
from custody.founding import Founder, found
from custody.identity import enrolling, keyfile
from custody.identity.keyfile import Identity
from custody.identity.passphrases import Passphrases, Unlocked
from custody.ledger import Found, Ledger, Named, Receipt, Recorded, Sealed, Submission
from custody_schemas.declare import Kind
from custody_schemas.terms import UnlockMethod
from tests.bodies import LEAST

ORIGIN = "agency.example/evidence"
PASSPHRASES = Passphrases({"CUSTODY_PASSPHRASE": "three dusty crates"})
REFERENCE = "K-2026/17"
START = 1_790_000_000


class Clock:
    """Goes on by a second whenever somebody looks."""

    def __init__(self, now: int = START) -> None:
        self.now = now

    def __call__(self) -> float:
        self.now += 1
        return float(self.now)


def asked(act: str, *about: Subject, **given: Any) -> Request:
    """A request that says the least an act can say, and `given`."""
    return Request(act, about, {**LEAST.get(act, {}), **given})


@dataclass
class House:
    """A copy of the ledger, and the desks of Ada and Bo."""

    folder: Path
    ledger: Ledger
    clock: Clock
    keys: Mapping[str, Unlocked]
    case_tag: str
    warrant: str
    desks: dict[str, Desk] = field(default_factory=dict)

    def desk(self, name: str = "ada", ledger: Ledger | None = None) -> Desk:
        """A fresh desk of that person."""
        identity = keyfile.read(self.folder / "ids" / name)
        return opening.open_desk(ledger or self.ledger, identity, self.clock)[0]

    def identity(self, name: str = "ada") -> Identity:
        return keyfile.read(self.folder / "ids" / name)

    @property
    def file(self) -> CaseFile:
        return casefile.open_file(self.ledger, self.case_tag)

    def registering(self, number: int) -> Request:
        """The registration of an item of that number."""
        file = self.file
        about = file.item(number), file.register
        return asked("item.registered", *about, case=file.case.tag, number=number)

    def seizing(self, number: int) -> list[Request]:
        """Registration, seizure and seal of one item: a batch that cites itself."""
        item = self.file.item(number)
        return [
            self.registering(number),
            asked("item.seized", item, authority=self.warrant),
            asked("seal.applied", item, seal_number="A-17"),
        ]

    def acts(self, tag: str) -> int:
        """How many records there are of a subject."""
        chain = self.ledger.chain(tag)
        return chain.count if chain else 0

    def outbox(self, name: str = "ada") -> list[str]:
        """Names of the files in a person's outbox."""
        return sorted(p.name for p in (self.folder / "ids" / name / "outbox").glob("*"))


def house(folder: Path) -> House:
    """A copy in `folder` of the house that was built once for this process."""
    built, keys, case_tag, warrant = _built()
    shutil.copytree(built, folder / "house")
    clock = Clock(START + 10_000)
    ledger = opening.open_ledger(opening.read_home(folder / "house/home"), clock)
    return House(folder / "house", ledger, clock, keys, case_tag, warrant)


@cache
def _built() -> tuple[Path, Mapping[str, Unlocked], str, str]:
    folder, clock = Path(tempfile.mkdtemp(prefix="custody-house-")), Clock()
    made = found(
        folder / "home",
        folder / "ids",
        Founder(ORIGIN, "Ada", "Unit"),
        PASSPHRASES,
        clock=clock,
        entropy=os.urandom,
        handle="ada",
    )
    ada = PASSPHRASES.unlock(made.identity)
    bo, signers = keyfile.create(
        folder / "ids" / "bo",
        origin=ORIGIN,
        name="Bo",
        organisation="Store",
        passphrase="three dusty crates",
        entropy=os.urandom,
        partner=True,
    )
    desk, _ = opening.open_desk(made.ledger, made.identity, clock)
    request = enrolling.read(enrolling.request(bo, signers, "bo@example", os.urandom))
    enrolment = asked(
        "actor.registered",
        Subject(Kind.ACTOR, bo.actor),
        Subject(Kind.LEDGER, tags.ledger_tag(ORIGIN)),
        request=request.body,
        roles=["custodian_primary"],
    )._replace(disclosed=request.disclosures)
    key = bytes(range(32))
    case, register = case_subjects(REFERENCE, key)
    opened = asked("case.opened", case, register, reference=REFERENCE)._replace(case_key=key)
    *_, warrant = desk.record([enrolment, opened, asked("authority.recorded", case)], ada)
    opening.open_desk(made.ledger, bo, clock)
    keys = {"ada": ada, "bo": Unlocked(signers, UnlockMethod.PROMPT)}
    return folder, keys, case.tag, warrant.statement.id


@dataclass
class Wire:
    """Passes everything on to `ledger`, except what a test put in the way.

    before: called with each batch before it is passed on; what it raises is the answer.
    after: called with the receipts; gives what arrives.
    """

    ledger: Ledger
    before: Callable[[Sequence[Submission]], object] = lambda batch: None
    after: Callable[[list[Receipt]], list[Receipt]] = lambda receipts: receipts
    note: Callable[[bytes], bytes] = lambda note: note
    sent: list[tuple[bytes, ...]] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return self.ledger.origin

    def submit(self, batch: Sequence[Submission]) -> list[Receipt]:
        self.sent.append(tuple(each.envelope for each in batch))
        self.before(batch)
        return self.after(self.ledger.submit(batch))

    def checkpoint(self) -> bytes:
        return self.note(self.ledger.checkpoint())

    def consistency(self, old: int, new: int) -> list[bytes]:
        return self.ledger.consistency(old, new)

    def receipt(self, n: int) -> bytes:
        return self.ledger.receipt(n)

    def kind(self, tag: str) -> Kind:
        return self.ledger.kind(tag)

    def subject(self, tag: str) -> State | None:
        return self.ledger.subject(tag)

    def chain(self, tag: str) -> Chain | None:
        return self.ledger.chain(tag)

    def history(self, tag: str) -> Iterator[Recorded]:
        return self.ledger.history(tag)

    def entry(self, statement: str) -> Recorded:
        return self.ledger.entry(statement)

    def concerning(self, actor: str) -> list[Named]:
        return self.ledger.concerning(actor)

    def find(self, kind: Kind, words: str) -> list[Found]:
        return self.ledger.find(kind, words)

    def labels(self, tag: str) -> Mapping[str, str]:
        return self.ledger.labels(tag)

    def called(self, tag: str) -> Mapping[str, tuple[str, ...]]:
        return self.ledger.called(tag)

    def case_key(self, tag: str) -> bytes:
        return self.ledger.case_key(tag)

    def tally(self, tags: Sequence[str] = ()) -> Sealed:
        return self.ledger.tally(tags)


class PowerCut(BaseException):
    """The process is gone."""


def cut(*_: Any) -> Any:
    """Whatever happens here, the process does not live to see it."""
    raise PowerCut
