"""What the times of an entry say against it: when it happened, was signed, and was recorded. (R60)

When something happened, and when it was signed, is the signer's word. Rules bound it by what the
ledger allows; here it is held against what the record knows, however lax these rules are.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator

from custody.core import times
from custody.core.against import UNEXCUSED, span
from custody.core.checks.merged import Told
from custody.core.rules import SLACK
from custody_schemas import acts
from custody_schemas.declare import Act, Kind

APART = 900  # seconds by which clocks may be apart before it is told
# Members that name an earlier entry, which the act answers.
ANSWERED = ("transfer", "copy", "discrepancy", "analysis", "entry", "corrects", "export")
# Acts that may well take days.
LASTING = (acts.AnalysisRecorded, acts.AnalysisReviewed, acts.ItemAcquired, acts.ItemDerived)
ORIGINS = (acts.ItemSeized, acts.ItemReceived, acts.ItemAcquired, acts.ItemDerived)
# Families of acts for which somebody must have the item, or its content.
HANDLING = (
    *("seal.", "transfer.", "custody.", "access.", "copy.", "storage.", "court."),
    *("integrity.", "analysis.", "item.acquired", "item.derived"),
)


class Chronology:
    """Takes the entries in the order of the log."""

    def __init__(self) -> None:
        self._began: dict[str, int] = {}  # by entry
        self._last: dict[str, int] = {}  # by subject: when its last record was made
        self._came: dict[str, tuple[int, str]] = {}  # by item: when it came, and the entry
        self._made: list[tuple[int, int]] = []  # entries so far: first record, and when it was made

    def take(self, told: Told, record: Callable[[str], str]) -> Iterator[str]:
        """Words for what is wrong with the times of one entry; `record` names another's record."""
        act = told.statement.act
        if isinstance(act, acts.Common):
            began = times.seconds(act.occurred.at)
            ended = times.seconds(act.occurred.until or act.occurred.at)
            yield from _ahead(told, ended)
            if ended - began > UNEXCUSED and not isinstance(act, LASTING):
                yield f"is said to have taken {span(ended - began)}, from {act.occurred.at} on"
            ended += SLACK[act.occurred.precision]
            yield from self._answers(act, ended, record)
            yield from self._before_it_came(told, ended, record)
            self._began[told.statement.id] = began
            if isinstance(act, ORIGINS):
                for place in told.statement.places(Kind.ITEM):
                    self._came.setdefault(place.tag, (began, told.statement.id))
        yield from self._known(told)
        self._last |= {place.tag: told.at for place in told.statement.about}
        self._made.append((told.start, told.at))

    def _answers(self, act: Act, ended: int, record: Callable[[str], str]) -> Iterator[str]:
        """It answers an entry that, by the word of both, tells of something later."""
        for entry in (getattr(act, member, "") or "" for member in ANSWERED):
            began = self._began.get(entry)
            if began is not None and ended + APART < began:
                yield f"is said to have happened before what it answers, {record(entry)}"

    def _before_it_came(
        self, told: Told, ended: int, record: Callable[[str], str]
    ) -> Iterator[str]:
        """Something was done with an item that, by its own entry, nobody had yet."""
        made = told.statement
        if not made.name.startswith(HANDLING):
            return
        for place in (*made.places(Kind.ITEM), *made.places(Kind.SOURCE)):
            came, entry = self._came.get(place.tag, (0, ""))
            if ended + APART < came:
                yield f"is said to have happened before the item came, {record(entry)}"
                return

    def _known(self, told: Told) -> Iterator[str]:
        """By its own word it was signed before a record was made that it names, or had seen."""
        made = told.statement
        signed, seen = times.spelt(made.time), bisect_left(self._made, (made.seen.size, 0)) - 1
        for place in made.about:
            last = self._last.get(place.tag)
            if last is None or place.prev in self._began or not made.known:
                continue  # what is named by its statement's id can be signed in one go
            if made.act.concern(place.kind).changes(made.act) and made.time + APART < last:
                at = times.spelt(last)
                yield f"says that it was signed at {signed}, and names a record of {at}"
                return
        if seen >= 0 and made.time + APART < self._made[seen][1]:
            at = times.spelt(self._made[seen][1])
            yield f"says that it was signed at {signed}, and its signer had seen a record of {at}"


def _ahead(told: Told, ended: int) -> Iterator[str]:
    if ended > told.at + APART:
        yield f"is said to have happened {span(ended - told.at)} after it was recorded"
    elif ended > told.statement.time + APART:
        yield f"was signed {span(ended - told.statement.time)} before it is said to have happened"
