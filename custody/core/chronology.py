"""What the times of an entry say against it: when it happened, was signed, and was recorded. (R60)

When something happened, and when it was signed, is the signer's word. Rules bound it by what the
ledger allows; here it is held against what the record knows, however lax these rules are.
"""

from collections.abc import Callable, Iterator

from custody.core import times
from custody.core.against import UNEXCUSED, span
from custody.core.checks.merged import Told
from custody.core.rules import SLACK
from custody_schemas import acts
from custody_schemas.declare import Act

APART = 900  # seconds by which clocks may be apart before it is told
# Members that name an earlier entry, which the act answers.
ANSWERED = ("transfer", "copy", "discrepancy", "analysis", "entry", "corrects", "export")
# Acts that may well take days.
LASTING = (acts.AnalysisRecorded, acts.AnalysisReviewed, acts.ItemAcquired, acts.ItemDerived)


class Chronology:
    """Takes the entries in the order of the log."""

    def __init__(self) -> None:
        self._began: dict[str, int] = {}  # by entry
        self._last: dict[str, int] = {}  # by subject: when its last record was made

    def take(self, told: Told, record: Callable[[str], str]) -> Iterator[str]:
        """Words for what is wrong with the times of one entry; `record` names another's record."""
        act = told.statement.act
        if isinstance(act, acts.Common):
            began = times.seconds(act.occurred.at)
            ended = times.seconds(act.occurred.until or act.occurred.at)
            yield from _ahead(told, ended)
            if ended - began > UNEXCUSED and not isinstance(act, LASTING):
                yield f"is said to have taken {span(ended - began)}, from {act.occurred.at} on"
            yield from self._answers(act, ended + SLACK[act.occurred.precision], record)
            self._began[told.statement.id] = began
        yield from self._known(told)
        self._last |= {place.tag: told.at for place in told.statement.about}

    def _answers(self, act: Act, ended: int, record: Callable[[str], str]) -> Iterator[str]:
        """It answers an entry that, by the word of both, tells of something later."""
        for entry in (getattr(act, member, "") or "" for member in ANSWERED):
            began = self._began.get(entry)
            if began is not None and ended + APART < began:
                yield f"is said to have happened before what it answers, {record(entry)}"

    def _known(self, told: Told) -> Iterator[str]:
        """By its own word it was signed before a record was made that it names the hash of."""
        made = told.statement
        for place in made.about:
            last = self._last.get(place.tag)
            if last is None or place.prev in self._began or not made.known:
                continue  # what is named by its statement's id can be signed in one go
            if made.act.concern(place.kind).changes(made.act) and made.time + APART < last:
                signed, at = times.spelt(made.time), times.spelt(last)
                yield f"says that it was signed at {signed}, and names a record of {at}"
                return


def _ahead(told: Told, ended: int) -> Iterator[str]:
    if ended > told.at + APART:
        yield f"is said to have happened {span(ended - told.at)} after it was recorded"
    elif ended > told.statement.time + APART:
        yield f"was signed {span(ended - told.statement.time)} before it is said to have happened"
