"""What an item's entries say beside its custody: other numbers, working copies, limits, analyses.

Corrections are applied. What an annulled entry says is left out, limits of use excepted: whoever
annuls an entry lifts no limit. The history shows everything.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from custody.core import times
from custody.core.against import USE
from custody.core.record import Entry
from custody.core.state import Copy, Discrepancy, Item
from custody.reports.members import Name, Told
from custody.reports.wording import happened, plain, text
from custody_schemas.acts import (
    AnalysisRecorded,
    AnalysisReviewed,
    CorrectionRecorded,
    CourtExhibited,
    ItemReceived,
    ItemReferenceAssigned,
)
from custody_schemas.terms import Answer, ReferenceKind, UseLimit

WITHHELD = "(withheld)"


class Reading(NamedTuple):
    """An entry of the chain as it is to be read now; `number` is its place, from 1."""

    number: int
    told: Told
    corrected: Mapping[str, str]
    annulled: bool

    def said(self, member: str) -> str:
        """A member in words; withheld, and empty, are two things."""
        if member in self.corrected:
            return self.corrected[member]
        if member in self.told.statement.sd:
            return text(self.told.opened.get(member, WITHHELD))
        return text(getattr(self.told.statement.act, member, None))


class Reference(NamedTuple):
    """A number that somebody else gave the item; `kind` says who, `entry` where it was noted."""

    kind: str
    number: str
    given_by: str
    entry: int

    @property
    def words(self) -> str:
        """The number with whose it is."""
        return f"{self.number} ({', '.join(filter(None, (self.kind, self.given_by)))})"


class Out(NamedTuple):
    """A working copy that is out."""

    number: int
    to: str
    since: str
    due: str
    entry: int

    @property
    def words(self) -> str:
        """The copy in a line."""
        due = f", due back {self.due}" if self.due else ""
        return f"copy {self.number}: with {self.to} since {self.since}{due} (#{self.entry})"


class Wrong(NamedTuple):
    """An open discrepancy, and the entry that opened it."""

    kind: str
    entry: int
    id: str
    since: str

    @property
    def words(self) -> str:
        """The discrepancy in a line."""
        return f"{self.kind.replace('_', ' ')} (#{self.entry}, since {self.since})"


class Analysis(NamedTuple):
    """An analysis with its reviews, as rows of a register."""

    entry: int
    by: str
    when: str
    question: str
    method: str
    result: str
    reviews: tuple[str, ...]


def readings(chain: Sequence[tuple[Entry, Told]]) -> list[Reading]:
    """The entries as they are to be read now."""
    corrected: dict[str, dict[str, str]] = {}
    gone: set[str] = set()
    for _, told in chain:
        act = told.statement.act
        if isinstance(act, CorrectionRecorded) and act.field is None:
            gone.add(act.corrects)
        elif isinstance(act, CorrectionRecorded) and act.field is not None:
            value = told.opened.get("value") or told.opened.get("values", WITHHELD)
            corrected.setdefault(act.corrects, {})[act.field] = text(value)
    return [
        Reading(number, told, corrected.get(told.statement.id, {}), told.statement.id in gone)
        for number, (_, told) in enumerate(chain, 1)
    ]


def _standing(entries: Iterable[Reading]) -> Iterator[Reading]:
    return (each for each in entries if not each.annulled)


def references(entries: Iterable[Reading]) -> Iterator[Reference]:
    """Every number that others gave the item, in the order in which they were noted. (R15, R40)"""
    for each in _standing(entries):
        match each.told.statement.act:
            case ItemReferenceAssigned():
                kind = each.said("kind").replace("_", " ")
                yield Reference(kind, each.said("reference"), each.said("given_by"), each.number)
            case CourtExhibited() if number := each.said("court_number"):
                kind = ReferenceKind.COURT
                yield Reference(kind, number, each.said("court"), each.number)


def copies(item: Item, chain: Sequence[tuple[Entry, Told]], name: Name) -> Iterator[Out]:
    """Working copies that are out now. (R25)"""
    for copy in item.copies:
        entry, told = _opened_by(chain, copy.id)
        due = times.spelt(copy.due) if copy.due is not None else ""
        yield Out(copy.number, _receiver(copy, told, name), times.spelt(copy.since), due, entry)


def _receiver(copy: Copy, told: Told | None, name: Name) -> str:
    if copy.to is not None:
        return name(copy.to)
    called = text(told.opened.get("to_name", "")) if told else ""
    kind = str(copy.outside).replace("_", " ")
    return f"{called} ({kind})" if called else kind


def discrepancies(item: Item, chain: Sequence[tuple[Entry, Told]]) -> Iterator[Wrong]:
    """What is open, with the entry that says so. (R36)"""
    at = {told.statement.id: times.spelt(entry.at) for entry, told in chain}
    for each in item.discrepancies:
        yield _wrong(each, _opened_by(chain, each.id)[0], at.get(each.id, ""))


def _wrong(each: Discrepancy, entry: int, since: str) -> Wrong:
    return Wrong(each.kind, entry, each.id, since)


def _opened_by(chain: Sequence[tuple[Entry, Told]], entry: str) -> tuple[int, Told | None]:
    """Place in the chain, from 1, of an entry; 0 where it is not there."""
    found = (n for n, (_, told) in enumerate(chain, 1) if told.statement.id == entry)
    number = next(found, 0)
    return number, chain[number - 1][1] if number else None


def limits(entries: Iterable[Reading]) -> Iterator[str]:
    """What the giver allows, in sentences, with the entry that says so. (R98)"""
    for each in entries:
        where = f"(#{each.number}, annulled)" if each.annulled else f"(#{each.number})"
        yield from (f"{words} {where}" for words in _limits(each))


def _limits(each: Reading) -> Iterator[str]:
    act = each.told.statement.act
    if not isinstance(act, ItemReceived):
        return
    if each.said("intelligence_only") == plain(Answer.YES):
        yield "it may not be used as evidence until a formal request allows it"
    if act.intelligence_only is Answer.NOT_STATED and "intelligence_only" not in each.corrected:
        yield "nobody said whether it may be used as evidence"
    for limit in act.use_limits or ():
        if limit is not UseLimit.DELETE_BY or act.delete_by is None:
            yield USE.get(limit, "limits of its use are not stated")
    if day := each.said("delete_by"):
        yield f"the giver wants it deleted by {day}"
    if terms := each.said("use_terms"):
        yield f"in the giver's words: {terms}"


def analyses(entries: Sequence[Reading], name: Name) -> list[Analysis]:
    """Analyses with what their reviews came to, oldest first. (R27, R125)"""
    reviews: dict[str, list[str]] = {}
    for each in _standing(entries):
        made = each.told.statement
        if isinstance(made.act, AnalysisReviewed):
            outcome = each.said("outcome").replace("_", " ")
            words = ": ".join(filter(None, (outcome, each.said("remarks"))))
            reviews.setdefault(made.act.analysis, []).append(
                f"#{each.number} {name(made.by)}: {words}"
            )
    return [
        Analysis(
            each.number,
            name(each.told.statement.by),
            happened(act.occurred),
            each.said("question"),
            "; ".join(filter(None, (each.said("method"), each.said("tools")))),
            each.said("result"),
            tuple(reviews.get(each.told.statement.id, ())),
        )
        for each in _standing(entries)
        if isinstance(act := each.told.statement.act, AnalysisRecorded)
    ]
