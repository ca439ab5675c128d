"""What speaks against the record only later: bases that ended, days that passed, what nobody did."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from custody.core import times
from custody.core.circumstances import Setting, rested_on
from custody.core.findings import Fact
from custody.core.rules.cases import in_force
from custody.core.state import Authority, Case
from custody_schemas import acts
from custody_schemas.declare import Kind

OF_A_CASE = (Kind.ITEM, Kind.SOURCE, Kind.CASE)


class Rested(NamedTuple):
    """An entry on an item that rested on a legal basis; `known` to be in force when it began."""

    authority: str
    moment: str  # when it happened, or began
    until: str  # when it ended
    known: bool
    seizure: bool
    subject: str
    where: str


class Restricted(NamedTuple):
    """A field that one entry restricts on one subject."""

    subject: str
    entry: str
    where: str


class Hindsight:
    """Remembers what an entry that comes later, or the day of the report, can turn."""

    def __init__(self) -> None:
        self._rested: list[Rested] = []
        self._ended: dict[str, str] = {}  # by legal basis: the record that ended it
        self._delete: dict[str, tuple[str, str]] = {}  # by item: the day, and who says so
        self._analyses: dict[tuple[str, str], tuple[str, str]] = {}  # by entry and item: names
        self._reviews: dict[tuple[str, str], tuple[str, str]] = {}  # by entry and item: of which
        self._wide: dict[str, set[str]] = {}  # by entry: items and case, where there are several
        self._closed: dict[tuple[str, str], dict[str, Restricted]] = {}  # by entry, field and tag

    def take(self, setting: Setting, where: str) -> None:
        """One entry; `where` is its record in words."""
        made, act = setting.told.statement, setting.told.statement.act
        items = [place.tag for place in made.places(Kind.ITEM)]
        about = [place.tag for place in made.about if place.kind in OF_A_CASE]
        if len(about) > 1:
            self._wide[made.id] = set(about)
        match act:
            case acts.PrivacyRestricted():
                self._restrict(act, about, setting, where)
            case acts.ItemSeized() | acts.ItemAcquired() | acts.ItemReceived() if act.authority:
                subject, moment = setting.name(items[0]), act.occurred.at
                until = act.occurred.until or moment
                for found in rested_on(act.authority, setting):
                    known = in_force(found, times.seconds(moment))
                    taken = isinstance(act, acts.ItemSeized)
                    rested = Rested(found.id, moment, until, known, taken, subject, where)
                    self._rested.append(rested)
            case acts.AuthorityEnded():
                self._ended[act.authority] = setting.record(made.id)
            case acts.AnalysisRecorded():
                record = setting.record(made.id)
                self._analyses |= {(made.id, tag): (record, setting.name(tag)) for tag in items}
            case acts.AnalysisReviewed():
                self._reviews |= {(made.id, tag): (act.analysis, tag) for tag in items}
            case acts.CorrectionRecorded() if act.annuls:
                for tag in items:
                    self._analyses.pop((act.corrects, tag), None)
                    self._reviews.pop((act.corrects, tag), None)
        if isinstance(act, acts.ItemReceived) and act.delete_by is not None:
            self._delete[items[0]] = act.delete_by, setting.record(made.id)

    def _restrict(
        self, act: acts.PrivacyRestricted, about: Iterable[str], setting: Setting, where: str
    ) -> None:
        for field in act.fields:
            on = self._closed.setdefault((act.entry, field), {})
            for tag in about:
                on.pop(tag, None)
                if not act.lifted:
                    on[tag] = Restricted(setting.name(tag), setting.record(act.entry), where)

    def narrow(self) -> Iterator[Fact]:
        """R97: what is restricted on some subjects of an entry: who exports others may open it."""
        for (entry, field), on in self._closed.items():
            left = len(self._wide.get(entry, set()) - on.keys())
            if not on or not left:
                continue
            names, last = [each.subject for each in on.values()], list(on.values())[-1]
            subject = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if names[3:] else "")
            others = f"{left} other subject{'s' if left > 1 else ''} of that entry"
            words = (
                f"{field.replace('_', ' ')} of {last.entry} is restricted here, and on {others} "
            )
            words += "by nothing that is shown: an export of those may open it"
            yield Fact("erased", subject, f"{words}; {last.where}")

    def unfounded(self, case: Case) -> Iterator[Fact]:
        """What was done on a legal basis that, as a later entry says, had ended by then. (R110)"""
        for basis in case.authorities:
            for each in self._rested:
                if each.authority == basis.id and (words := self._without(basis, each)):
                    yield Fact("authority", each.subject, f"{words}; {each.where}")

    def _without(self, basis: Authority, each: Rested) -> str:
        """Why the legal basis does not cover all of it; empty where it does.

        That it was not in force, as everybody knew, is told of the act, but for seizures: a part
        may be seized under the basis of the whole.
        """
        kind = basis.kind.replace("_", " ")
        if not in_force(basis, times.seconds(each.moment)):
            if each.known:
                says = f"as {self._ended.get(basis.id, 'a later entry')} says"
                return f"the {kind} had ended when this happened, at {each.moment}, {says}"
            if each.seizure:
                return f"the {kind} was not in force at {each.moment}: it was that of the whole"
        elif not in_force(basis, times.seconds(each.until)):
            return (
                f"the {kind} was in force when this began, and no more when it ended: {each.until}"
            )
        return ""

    def overdue(self, tag: str, now: int) -> Iterator[str]:
        """R98: what was to be deleted by a day that has passed."""
        day, record = self._delete.get(tag, ("", ""))
        if day and times.seconds(day) < now:
            yield f"it was to be deleted by {day} ({record}); no entry says that it was"

    @property
    def unreviewed(self) -> list[tuple[str, str]]:
        """Analyses that nobody else went over: the record, and the items. (R125)"""
        found: dict[str, list[str]] = {}
        reviewed = set(self._reviews.values())
        for analysis, (record, item) in self._analyses.items():
            if analysis in reviewed:
                continue
            found.setdefault(record, []).append(item)
        return [(record, ", ".join(items)) for record, items in found.items()]
