"""What there is: people, cases, items, packs; and until when an item is kept, counted anew."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

DAY = 86_400
PENDING = ("appeal", "post_conviction_review")
OUTCOMES = {
    "not_prosecuted": "not_prosecuted",
    "discontinued": "discontinuance",
    "acquitted": "acquittal",
    "convicted": "conviction",
}
# C run cases · H hold · X examine · K check · T retain · O oversee
PEOPLE = {
    "Dora": ("defr", "CHXK"),
    "Eve": ("examiner", "CHXK"),
    "Carl": ("custodian_primary", "CHKTO"),
    "Olga": ("case_officer", "CHKTO"),
    "Judy": ("judge_or_clerk", "HTO"),
    "Rita": ("peer_reviewer", "KO"),
    "Ruth": ("peer_reviewer", "KO"),
    "Pia": ("lab_receiver", "HK"),
    "Paul": ("prosecutor", "HKT"),
    "Ada": ("admin", "E"),
}
OWNED = {name: {name} for name in PEOPLE} | {"Ruth": {"Ruth", "Rita"}}
"""One key is one person: Ruth has Rita's key beside her own."""


class Rule(NamedTuple):
    """A rule of a pack. keep: years, months, days; None: for good."""

    code: str
    lines: tuple[str, ...]
    trigger: str
    keep: tuple[int, int, int] | None
    mode: str
    statuses: tuple[str, ...] | None = None


@dataclass
class Version:
    """A version of the one pack; `since` when it is in force, `until` when it no longer is."""

    number: int
    rules: tuple[Rule, ...]
    members: dict[str, Any]
    since: int
    until: int | None = None

    def listed(self, name: str) -> Any:
        return self.members.get(name, ())


class Request(NamedTuple):
    """What another authority asks for. last: the later of the days that it names."""

    kind: str
    last: int | None


class Hold(NamedTuple):
    """What a hold on a case catches; None: all of it."""

    types: tuple[str, ...] | None
    lines: tuple[str, ...] | None


@dataclass
class Case:
    """A case. bases: kind and end of each legal basis on file."""

    tag: str
    pack: bool
    bases: dict[str, tuple[str, int | None]] = field(default_factory=dict)
    status: str = "open"
    appeal_until: int | None = None
    happened: dict[str, int] = field(default_factory=dict)
    holds: dict[str, Hold] = field(default_factory=dict)
    requests: dict[str, Request] = field(default_factory=dict)


@dataclass
class Asked:
    """A disposition that was asked for."""

    id: str
    kind: str
    by: str
    approved: list[str] = field(default_factory=list)
    order: str | None = None
    objected: bool = False
    begun: bool = False


class Line(NamedTuple):
    """A line that somebody assigned: a rule of the pack, or a date."""

    id: str
    rule: str | None
    until: int | None
    mode: str


class Moved(NamedTuple):
    """Where the line of that key was moved to, and from what."""

    until: int | None
    began: int | None
    computed: int | None


class Kept(NamedTuple):
    """A line as it stands. key: the entry that assigned it, or the rule's code with a colon."""

    key: str
    waits: bool
    began: int | None
    computed: int | None
    until: int | None
    mode: str


@dataclass
class Item:
    """An item. offer: id, giver, receiver, "" without an account. troubles: by id the kind, and who may not end it."""

    tag: str
    case: str
    type: str
    line: str
    holder: str | None
    content: bool
    happened: dict[str, int]
    people: set[str]
    copied: bool = False
    products: set[str] = field(default_factory=set)
    parent: str | None = None
    offer: tuple[str, str, str] | None = None
    out: str | None = None
    troubles: dict[str, tuple[str, set[str]]] = field(default_factory=dict)
    holds: set[str] = field(default_factory=set)
    requests: dict[str, Request] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    moved: dict[str, Moved] = field(default_factory=dict)
    asked: Asked | None = None
    gone: str | None = None
    left: bool = False
    executed: str | None = None
    entries: dict[str, tuple[str, str]] = field(default_factory=dict)

    def hands(self) -> set[str]:
        offer = self.offer[1:] if self.offer else ()
        return {each for each in (self.holder, self.out, *offer) if each}


@dataclass
class Facts:
    """Everything at one moment."""

    now: int
    cases: dict[str, Case] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    packs: list[Version] = field(default_factory=list)
    inventories: dict[str, str] = field(default_factory=dict)

    def counting(self, at: int) -> list[Version]:
        return [each for each in self.packs if each.until is None or at < each.until]

    def in_force(self, at: int) -> Version | None:
        return next((each for each in self.counting(at) if each.since <= at), None)

    def holding(self, item: Item) -> set[str]:
        """The holds that catch it."""
        case = self.cases[item.case]
        caught = {
            id
            for id, hold in case.holds.items()
            if (hold.types is None or item.type in hold.types)
            and (hold.lines is None or item.line in hold.lines)
        }
        return item.holds | caught

    def lines(self, item: Item, at: int) -> list[Kept]:
        """All lines of an item as they stand at a moment."""
        case = self.cases[item.case]
        present = self.in_force(at) if case.pack else None
        coming = [each for each in self.counting(at) if case.pack and each is not present]
        found = [*self._by_rule(item, present)] if present else []
        for line in item.lines:
            found += self._assigned(item, line, at)
        if found:
            for version in coming:
                found += self._by_rule(item, version)
        return found

    def _by_rule(self, item: Item, version: Version) -> Iterator[Kept]:
        status = self.cases[item.case].status
        for rule in version.rules:
            if item.line in rule.lines and (rule.statuses is None or status in rule.statuses):
                yield self._ruled(item, rule, f":{rule.code}")

    def _assigned(self, item: Item, line: Line, at: int) -> Iterator[Kept]:
        if line.rule is None:
            yield _moved(Kept(line.id, False, None, line.until, line.until, line.mode), item)
            return
        counting = self.counting(at)
        rules = [r for each in counting for r in each.rules if r.code == line.rule]
        for rule in rules:
            yield self._ruled(item, rule, line.id)
        if not rules or len(rules) < len(counting):
            yield _moved(Kept(line.id, False, None, None, None, line.mode), item)

    def _ruled(self, item: Item, rule: Rule, key: str) -> Kept:
        began = self.began(item, rule.trigger)
        ends = None if began is None or rule.keep is None else later(began, *rule.keep)
        return _moved(Kept(key, began is None, began, ends, ends, rule.mode), item)

    def began(self, item: Item, trigger: str) -> int | None:
        case = self.cases[item.case]
        if trigger == "appeal_end" and case.status in PENDING:
            return None
        moments = [item.happened.get(trigger), case.happened.get(trigger)]
        if trigger == "appeal_end" and case.happened.keys() & OUTCOMES.values():
            moments.append(case.appeal_until)
        return max((each for each in moments if each is not None), default=None)


def _moved(line: Kept, item: Item) -> Kept:
    move = item.moved.get(line.key)
    if move is None or line.waits:
        return line
    if (move.began, move.computed) == (line.began, line.computed):
        return line._replace(until=move.until)
    return line._replace(until=longest([move.until, line.computed]))


def longest(ends: list[int | None]) -> int | None:
    """The latest; None, which has no end, is later than all; None where there is none."""
    return None if not ends or None in ends else max(end for end in ends if end is not None)


def later(moment: int, years: int, months: int, days: int) -> int:
    """By the calendar: month for month, to the month's last day if need be; then day for day."""
    begin = datetime.fromtimestamp(moment, UTC)
    year, month = begin.year + years, begin.month + months
    while month > 12:
        year, month = year + 1, month - 12
    day = min(begin.day, monthrange(year, month)[1])
    return int(begin.replace(year=year, month=month, day=day).timestamp()) + days * DAY
