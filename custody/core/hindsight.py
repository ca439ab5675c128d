"""What speaks against the record only later: bases that had ended, days that passed, no review."""

from collections.abc import Iterator
from typing import NamedTuple

from custody.core import times
from custody.core.circumstances import Setting, rested_on
from custody.core.findings import Fact
from custody.core.rules.cases import in_force
from custody.core.state import Case
from custody_schemas import acts
from custody_schemas.declare import Kind


class Rested(NamedTuple):
    """An entry on an item that rested on a legal basis which was in force, as far as was known."""

    authority: str
    moment: str  # when it happened
    subject: str
    where: str


class Hindsight:
    """Remembers what an entry that comes later, or the day of the report, can turn."""

    def __init__(self) -> None:
        self._rested: list[Rested] = []
        self._ended: dict[str, str] = {}  # by legal basis: the record that ended it
        self._delete: dict[str, tuple[str, str]] = {}  # by item: the day, and who says so
        self._analyses: dict[tuple[str, str], tuple[str, str]] = {}  # by entry and item: names

    def take(self, setting: Setting, where: str) -> None:
        """One entry; `where` is its record in words."""
        made, act = setting.told.statement, setting.told.statement.act
        items = [place.tag for place in made.places(Kind.ITEM)]
        match act:
            case acts.ItemSeized() | acts.ItemAcquired() | acts.ItemReceived() if act.authority:
                subject, moment = setting.name(items[0]), act.occurred.at
                for found in rested_on(act.authority, setting):
                    if in_force(found, times.seconds(moment)):
                        self._rested.append(Rested(found.id, moment, subject, where))
            case acts.AuthorityEnded():
                self._ended[act.authority] = setting.record(made.id)
            case acts.AnalysisRecorded():
                record = setting.record(made.id)
                self._analyses |= {(made.id, tag): (record, setting.name(tag)) for tag in items}
            case acts.AnalysisReviewed():
                for tag in items:
                    self._analyses.pop((act.analysis, tag), None)
            case acts.CorrectionRecorded() if act.annuls:
                for tag in items:
                    self._analyses.pop((act.corrects, tag), None)
        if isinstance(act, acts.ItemReceived) and act.delete_by is not None:
            self._delete[items[0]] = act.delete_by, setting.record(made.id)

    def unfounded(self, case: Case) -> Iterator[Fact]:
        """What was done on a legal basis that, as a later entry says, had ended by then. (R110)"""
        for basis in case.authorities:
            for each in self._rested:
                if each.authority == basis.id and not in_force(basis, times.seconds(each.moment)):
                    kind = basis.kind.replace("_", " ")
                    words = f"the {kind} had ended when this happened, at {each.moment}"
                    says = f"as {self._ended.get(basis.id, 'a later entry')} says"
                    yield Fact("authority", each.subject, f"{words}, {says}; {each.where}")

    def overdue(self, tag: str, now: int) -> Iterator[str]:
        """R98: what was to be deleted by a day that has passed."""
        day, record = self._delete.get(tag, ("", ""))
        if day and times.seconds(day) < now:
            yield f"it was to be deleted by {day} ({record}); no entry says that it was"

    @property
    def unreviewed(self) -> list[tuple[str, str]]:
        """Analyses that nobody else went over: the record, and the items. (R125)"""
        found: dict[str, list[str]] = {}
        for record, item in self._analyses.values():
            found.setdefault(record, []).append(item)
        return [(record, ", ".join(items)) for record, items in found.items()]
