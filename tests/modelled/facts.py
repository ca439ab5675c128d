"""What there is, kept in plain Python: people, cases, things, troubles, and who may do what."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

# E enrol · C run cases · S seize · H hold · X examine · K check · P export · O oversee
RIGHTS = {
    "admin": "E",
    "auditor": "K",
    "defr": "CSHXKP",
    "examiner": "CSHXKP",
    "case_officer": "CSHKPO",
    "custodian_primary": "CSHKPO",
    "courier": "H",
    "lab_receiver": "HK",
    "peer_reviewer": "KO",
    "prosecutor": "HKP",
}
OPEN = ("intact", "resealed")  # seals that are as they should be
UNSAID = (None, "not_sealed", "not_stated")
WRONG = ("mismatch", "partial", "unreadable")
UNHASHED = (None, "not_stated")


@dataclass
class Role:
    """A role in one case or in all (""), until a moment (Unix seconds) if there is one."""

    name: str
    case: str = ""
    until: int | None = None


@dataclass
class Human:
    """Somebody with an account; ids of the keys in force, and of those that were withdrawn."""

    tag: str
    keys: list[str]
    ended: list[str] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)


@dataclass
class Basis:
    """A legal basis: kind, end (Unix seconds), and whether somebody ended it before."""

    id: str
    kind: str
    until: int | None = None
    ended: int | None = None

    def holds(self, at: int) -> bool:
        return all(end is None or at <= end for end in (self.until, self.ended))


@dataclass
class Dossier:
    """A case."""

    tag: str
    register: str
    closed: bool = False
    bases: dict[str, Basis] = field(default_factory=dict)
    things: int = 0


@dataclass
class Offer:
    """An open hand-over to a person with (`to`) or without (`outside`) an account."""

    id: str
    by: str
    keys: set[str]
    to: str | None
    outside: str | None


@dataclass
class Seal:
    """`finding` is the entry that found it as it is; `before` what it was then."""

    state: str
    finding: str = ""
    before: str = ""


@dataclass
class Trouble:
    """An open discrepancy, with those who may not end it."""

    id: str
    kind: str
    people: set[str]
    keys: set[str]


@dataclass
class Thing:
    """An item."""

    tag: str
    case: str
    number: int
    parents: set[str] = field(default_factory=set)
    origin: str = ""
    basis: str | None = None
    holder: str | None = None
    outside: str | None = None
    giver: tuple[str, set[str]] | None = None  # who gave it to somebody without an account
    offer: Offer | None = None
    out: str | None = None
    place: str | None = None
    seal: Seal | None = None
    content: str | None = None
    copied: bool = False
    copies: dict[str, tuple[int, str | None]] = field(default_factory=dict)
    issued: int = 0
    disputed: bool = False
    troubles: list[Trouble] = field(default_factory=list)
    gone: bool = False

    @property
    def hands(self) -> str | None:
        """Who has it in hand."""
        return self.out or self.holder

    @property
    def sealed(self) -> bool:
        return self.seal is not None and self.seal.state in OPEN

    def hold(self) -> set[str]:
        """Everybody who has it, has it out, gives it or is to get it."""
        offer = (self.offer.by, self.offer.to) if self.offer else ()
        return {tag for tag in (self.holder, self.out, *offer) if tag}

    def near(self) -> tuple[set[str], set[str]]:
        """The same and who gave it away, with the keys that gave it."""
        people, keys = self.hold(), set(self.offer.keys) if self.offer else set()
        if self.giver:
            people, keys = people | {self.giver[0]}, keys | self.giver[1]
        return people, keys


@dataclass
class Line:
    """A subject's chain: entries so far, and the place of the last one that changed it."""

    count: int
    changed: int


@dataclass(frozen=True)
class Entry:
    """An entry on a chain, as later ones may cite it."""

    act: str
    by: str
    keys: frozenset[str]


@dataclass(frozen=True)
class Step:
    """A signed entry on its way.

    about: kind of each subject, by tag. signers: person, capacity, key; who leads stands first.
    knew: entries of each subject that its signer knew of. made: when it was signed.
    """

    id: str
    act: str
    about: dict[str, str]
    signers: tuple[tuple[str, str, str], ...]
    given: dict[str, Any]
    knew: dict[str, int]
    made: int

    @property
    def lead(self) -> str:
        return self.signers[0][0]

    def signing(self, capacity: str) -> list[str]:
        return [person for person, as_, _ in self.signers if as_ == capacity]

    def tag(self, kind: str) -> str:
        """The one subject of that kind."""
        return next(tag for tag, its in self.about.items() if its == kind)

    def said(self, name: str) -> Any:
        return self.given.get(name)


@dataclass
class Facts:
    """Everything, at one moment."""

    now: int
    humans: dict[str, Human] = field(default_factory=dict)
    cases: dict[str, Dossier] = field(default_factory=dict)
    custodians: dict[str, str] = field(default_factory=dict)  # who was the last, by case
    things: dict[str, Thing] = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)
    entries: dict[tuple[str, str], Entry] = field(default_factory=dict)
    late_after: int = 86_400
    approvers: int = 2

    def may(self, person: str, right: str, case: str = "") -> bool:
        """Whether somebody's roles give a right in a case; "" asks for all cases."""
        return any(
            right in RIGHTS[role.name]
            and role.case in ("", case)
            and (role.until is None or self.now <= role.until)
            for role in self.humans[person].roles
        )

    def owned(self, person: str) -> set[str]:
        """All keys that somebody ever had: one key is one person."""
        return {*self.humans[person].keys, *self.humans[person].ended}

    def any_right(self, person: str, case: str) -> bool:
        return any(self.may(person, right, case) for right in "ECSHXKPO")

    def approvals(self, step: Step, case: str, people: set[str], keys: set[str]) -> Iterator[str]:
        """Enough people co-sign who oversee, and had no hand in it?"""
        free = {
            person
            for person, as_, _ in step.signers
            if as_ == "approver" and person != step.lead and person not in people
        }
        free -= {person for person in free if self.owned(person) & keys}
        if any(not self.may(person, "O", case) for person in free):
            yield "E_NO_GRANT"
        if len(free) < self.approvers:
            yield "E_TWO_PERSON"

    def one_overseer(self, step: Step, case: str, people: set[str], keys: set[str]) -> bool:
        """Whether who leads, or somebody who approves, oversees and had no hand in it."""
        return any(
            self.may(person, "O", case)
            for person, as_, _ in step.signers
            if (person == step.lead or as_ == "approver")
            and person not in people
            and not self.owned(person) & keys
        )

    def overseers(self, case: str, but: Sequence[str] | set[str] = ()) -> list[str]:
        return [tag for tag in self.humans if self.may(tag, "O", case) and tag not in but]
