"""How long an item is kept, and what holds it: computed, never typed. (R31, R69–R74; SPEC §9.9)

Everything here is a pure function of the states of the item, its case and the packs loaded, so
that whoever replays a bundle of one item computes the same dates.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from custody.core import times
from custody.core.kept import Happened, Hold, LoadedPack, Moved, OpenRequest, Retention
from custody.core.state import Case, Item
from custody_schemas.acts import Period, RetentionRule
from custody_schemas.terms import CaseStatus, RetentionMode, Trigger

DAY = 86_400
EPOCH = date(1970, 1, 1).toordinal()
LATEST = 253_402_300_799  # 9999-12-31T23:59:59Z: no date is later, and such a one says as much
PENDING = (CaseStatus.APPEAL, CaseStatus.POST_CONVICTION_REVIEW)
OUTCOMES = {
    CaseStatus.NOT_PROSECUTED: Trigger.NOT_PROSECUTED,
    CaseStatus.DISCONTINUED: Trigger.DISCONTINUANCE,
    CaseStatus.ACQUITTED: Trigger.ACQUITTAL,
    CaseStatus.CONVICTED: Trigger.CONVICTION,
}
FIXED = (RetentionMode.COMPLIANCE, RetentionMode.INDEFINITE, RetentionMode.NOT_STATED)
"""Modes in which no date is moved to an earlier one; what nobody said is as strict as can be."""


class LineAt(NamedTuple):
    """One retention line of an item, as it stands at a moment.

    pack, version, rule: the rule that computes it; of a version yet to come into force too
    assigned: the entry that assigned it; None where the rule applies by its own conditions
    trigger, began: the event, and when it happened or will; began None: the item is kept until
        it happens. Both are None of a line without rule
    computed: until when, by the rule or the entry alone; None: no end
    until: until when, moves of the date included; None: no end
    """

    pack: str | None
    version: int | None
    rule: str | None
    assigned: str | None
    trigger: Trigger | None
    began: int | None
    computed: int | None
    until: int | None
    mode: RetentionMode
    moved: bool

    @property
    def waits(self) -> bool:
        """Whether the event from which the time runs has not happened."""
        return self.trigger is not None and self.began is None


class Retained(NamedTuple):
    """How long an item is kept, all lines together: the longest decides. (R69)"""

    lines: tuple[LineAt, ...]

    @property
    def until(self) -> int | None:
        """The latest of all dates; None where a line has no end, or there is no line at all."""
        return longest(line.until for line in self.lines)

    @property
    def for_good(self) -> bool:
        """Whether a line has no end, and waits for no event that could give it one."""
        return any(line.until is None and not line.waits for line in self.lines)

    @property
    def deciding(self) -> tuple[LineAt, ...]:
        """The lines that no other one outlasts."""
        until = self.until
        return tuple(line for line in self.lines if line.until == until)

    def over(self, at: int) -> bool:
        """Whether there is a line, and every one of them has ended."""
        until = self.until
        return until is not None and until <= at

    def words(self) -> str:
        """For how long, in words that follow "is kept"."""
        if not self.lines:
            return "with no end: nobody said how long"
        if self.until is not None:
            return f"until {times.spelt(self.until)}"
        if self.for_good:
            return "for good"
        events = dict.fromkeys(str(line.trigger) for line in self.lines if line.waits)
        return f"until this has happened: {', '.join(events).replace('_', ' ')}"


def after(moment: int, period: Period) -> int:
    """The moment a span of the calendar later: years and months first, then days. (SPEC §9.9)

    Counted in UTC; the time of day stays; a day that the month does not have becomes its last.
    """
    days, clock = divmod(moment, DAY)
    begin = date.fromordinal(EPOCH + days)
    months = begin.month - 1 + period.months
    year, month = begin.year + period.years + months // 12, months % 12 + 1
    if year > date.max.year:
        return LATEST
    day = date(year, month, min(begin.day, _days(year, month))).toordinal()
    return min((day - EPOCH + period.days) * DAY + clock, LATEST)


def _days(year: int, month: int) -> int:
    """Days of a month. (Python's `calendar` would load the locale for it.)"""
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]


def spoken_period(period: Period) -> str:
    """A period in words."""
    parts = [(n, unit) for unit, n in vars(period).items() if n]
    words = [f"{n} {unit[:-1] if n == 1 else unit}" for n, unit in parts]
    return " and ".join(words) or "no time at all"


def longest(ends: Iterable[int | None]) -> int | None:
    """The latest of these dates, None being later than all. None too where there is none."""
    known = list(ends)
    return None if None in known else max((end for end in known if end is not None), default=None)


def happening(events: Sequence[Happened], trigger: Trigger, at: int) -> tuple[Happened, ...]:
    """The events with this one, in the place of an earlier happening of the same."""
    return (
        *(each for each in events if each.trigger is not trigger),
        Happened(trigger=trigger, at=at),
    )


def applying(packs: Iterable[LoadedPack], name: str | None, at: int) -> tuple[LoadedPack, ...]:
    """The versions of a pack whose dates count: the one in force, and one that is yet to be.

    Until the cooling-off period is over both count, and the longer date decides.
    """
    return tuple(
        each for each in packs if each.pack.name == name and (each.until is None or at < each.until)
    )


def version_at(packs: Iterable[LoadedPack], name: str | None, at: int) -> LoadedPack | None:
    """The version of a pack that is in force at that moment."""
    return next((each for each in applying(packs, name, at) if each.since <= at), None)


def held_by(item: Item, case: Case) -> tuple[Hold, ...]:
    """The holds that stand on an item: its own, and those of its case that catch it. (R31)"""
    return (*item.holds, *(hold for hold in case.holds if catches(hold, item)))


def requested(item: Item, case: Case) -> tuple[OpenRequest, ...]:
    """The requests that are open on an item: its own, and those on its case. (R56)"""
    return (*item.requests, *case.requests)


def kinds(found: Iterable[Hold | OpenRequest]) -> str:
    """What sorts of holds or requests these are, in words."""
    return ", ".join(dict.fromkeys(each.kind.replace("_", " ") for each in found))


def catches(hold: Hold, item: Item) -> bool:
    """Whether a hold on a case covers this item of it."""
    kind = hold.types is None or item.type in hold.types
    return kind and (hold.lines is None or item.line in hold.lines)


def retained(item: Item, case: Case, packs: Iterable[LoadedPack], at: int) -> Retained:
    """How long the item is kept, as everything stands at `at`. (SPEC §9.9)

    A version that is yet to come makes it longer, and is never the first to say how long.
    """
    loaded = tuple(packs)
    present = version_at(loaded, case.profile, at)
    coming = (each for each in applying(loaded, case.profile, at) if each != present)
    lines = (
        *(_by_rule(item, case, present) if present else ()),
        *_assigned(item, case, loaded, at),
    )
    later = (line for each in coming for line in _by_rule(item, case, each))
    return Retained((*lines, *later) if lines else ())


def fits(rule: RetentionRule, item: Item, case: Case) -> bool:
    """Whether a rule of the case's pack applies to the item by its conditions."""
    return (
        item.line in rule.lines
        and (rule.types is None or item.type in rule.types)
        and (rule.severities is None or case.severity in rule.severities)
        and (rule.categories is None or case.category in rule.categories)
        and (rule.statuses is None or case.status in rule.statuses)
    )


def decided(case: Case) -> bool:
    """Whether an outcome stands, against which an appeal could be filed."""
    return any(each.trigger in OUTCOMES.values() for each in case.happened)


def began(trigger: Trigger, item: Item, case: Case) -> int | None:
    """When the event happened, or will; None where nobody can say yet. (R72)"""
    events = (*item.happened, *case.happened)
    moments = [each.at for each in events if each.trigger is trigger]
    if trigger is Trigger.APPEAL_END:
        if case.status in PENDING:
            return None
        if case.appeal_until is not None and decided(case):  # it ends by nobody's filing one
            moments.append(case.appeal_until)
    return max(moments, default=None)


def _by_rule(item: Item, case: Case, loaded: LoadedPack) -> Iterator[LineAt]:
    """The lines of the case's own pack, in the order of the pack."""
    for rule in loaded.pack.retention:
        if fits(rule, item, case):
            yield _ruled(item, case, loaded, rule, None)


def _assigned(item: Item, case: Case, packs: Sequence[LoadedPack], at: int) -> Iterator[LineAt]:
    """The lines that somebody assigned; one whose rule is no more keeps the item for good."""
    for line in item.retention:
        if line.rule is None:
            yield _dated(item, line)
            continue
        versions = applying(packs, line.pack, at)
        found = [
            _ruled(item, case, loaded, rule, line.id)
            for loaded in versions
            for rule in loaded.pack.retention
            if rule.code == line.rule
        ]
        yield from found
        if not found or len(found) < len(versions):
            yield _dated(item, line)._replace(pack=line.pack, rule=line.rule)


def _ruled(
    item: Item, case: Case, loaded: LoadedPack, rule: RetentionRule, assigned: str | None
) -> LineAt:
    start, computed = began(rule.trigger, item, case), None
    if start is not None and rule.keep is not None:
        computed = after(start, rule.keep)
    line = LineAt(
        pack=loaded.pack.name,
        version=loaded.pack.version,
        rule=rule.code,
        assigned=assigned,
        trigger=rule.trigger,
        began=start,
        computed=computed,
        until=computed,
        mode=rule.mode,
        moved=False,
    )
    return _moved(line, item.moved)


def _dated(item: Item, line: Retention) -> LineAt:
    """A line that names a date, or none, and no rule."""
    plain = LineAt(
        pack=None,
        version=None,
        rule=None,
        assigned=line.id,
        trigger=None,
        began=None,
        computed=line.until,
        until=line.until,
        mode=line.mode,
        moved=False,
    )
    return _moved(plain, item.moved)


def _moved(line: LineAt, moves: Iterable[Moved]) -> LineAt:
    """The line with its date where somebody moved it.

    A move holds as long as what was moved stays what it was; where the event or the rule has
    changed since, the longer of both dates does.
    """
    move = next((each for each in moves if moves_it(each, line)), None)
    if move is None or line.waits:
        return line
    same = (move.began, move.computed) == (line.began, line.computed)
    until = move.until if same else longest((move.until, line.computed))
    return line._replace(until=until, moved=True)


def moves_it(move: Moved, line: LineAt) -> bool:
    """Whether the move is of that line."""
    if move.id is not None or line.assigned is not None:
        return move.id == line.assigned
    return (move.pack, move.rule) == (line.pack, line.rule)
