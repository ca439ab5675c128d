"""What of an item, a case or the ledger waits for somebody, and since when. (R31, R53, R73)

Computed from the states when it is asked; nothing is done about it here. What is overdue where
no day was agreed is so by a local threshold, which is no legal deadline.
"""

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from custody.core.kept import LoadedPack
from custody.core.retention import DAY, LineAt, decided, retained
from custody.core.state import Case, Item, LedgerFacts
from custody.ledger.due import over_from, unratified


class What(StrEnum):
    """What waits."""

    RETENTION = "retention"  # every line has ended: somebody decides what becomes of the item
    REVIEW = "review"  # the day came on which it was to be looked at again
    HOLD = "hold"  # it was to be looked at whether it is still needed
    REQUEST = "request"  # another authority's, open past its day
    TRANSFER = "transfer"
    CHECK_OUT = "check_out"
    COPY = "copy"
    RATIFICATION = "ratification"
    APPEAL = "appeal"  # the time for one is over, and nobody said how it ended
    INVENTORY = "inventory"


class Waiting(NamedTuple):
    """One thing that waits.

    since: the moment at which it came, or will come (Unix seconds)
    entry: what it is about: the hold, request, transfer, check-out, copy, legal basis or inventory
    lines: the retention lines that decide, of RETENTION
    agreed: whether the day was agreed; else it is a local threshold
    """

    what: What
    since: int
    entry: str | None = None
    lines: tuple[LineAt, ...] = ()
    agreed: bool = True


class Times(NamedTuple):
    """now; until: what comes until then is told too; days: the local threshold."""

    now: int
    until: int
    days: int

    def overdue(self, since: int, due: int | None) -> int | None:
        """From when on it is overdue, if it is by now. (R53)"""
        moment = since + self.days * DAY if due is None else due
        return moment if moment < self.now else None


def reviews(
    item: Item, case: Case, packs: Sequence[LoadedPack], when: Times, looked: Callable[[], int]
) -> Iterator[Waiting]:
    """Whether an item is due for review: its retention is over, or the day named has come.

    looked: at what ledger time somebody last recorded that the item was looked at and is kept.
        Whoever did so after retention was over has decided; before, that day was not known.
    """
    if item.terminal:
        return
    kept, again = retained(item, case, packs, when.now), item.next_review
    over = over_from(item, case, packs)
    if kept.over(when.now):
        since = over if over is not None and over <= when.now else kept.until or when.now
        if again is None or looked() < since:
            yield Waiting(What.RETENTION, since, lines=kept.deciding)
            return
    elif over is not None and when.now < over <= when.until and (again is None or over <= again):
        lines = retained(item, case, packs, over).deciding
        yield Waiting(What.RETENTION, over, lines=lines)
        return
    if again is not None and again <= when.until:
        yield Waiting(What.REVIEW, again, lines=kept.deciding)


def holds(subject: Item | Case, until: int) -> Iterator[Waiting]:
    """Holds that somebody was to look at again by then."""
    if isinstance(subject, Item) and subject.terminal:
        return
    for hold in subject.holds:
        if hold.review_by is not None and hold.review_by <= until:
            yield Waiting(What.HOLD, hold.review_by, hold.id)


def requests(subject: Item | Case, when: Times) -> Iterator[Waiting]:
    """Requests of authorities that are open, and past the first day that they name."""
    for each in subject.requests:
        since = when.overdue(each.since, each.due)
        if since is not None:
            yield Waiting(What.REQUEST, since, each.id, agreed=each.due is not None)


def away(item: Item, when: Times, expected: Callable[[str], int | None]) -> Iterator[Waiting]:
    """Hand-overs, check-outs and working copies that are overdue.

    expected: until when the entry of a release says that it is to be accepted
    """
    if item.transfer is not None and not item.terminal:
        due = expected(item.transfer.id)
        since = when.overdue(item.transfer.since, due)
        if since is not None:
            yield Waiting(What.TRANSFER, since, item.transfer.id, agreed=due is not None)
    outs = (item.out,) if item.out is not None and not item.terminal else ()
    kinds = ((What.CHECK_OUT, outs), (What.COPY, item.copies))
    for what, found in kinds:
        for each in found:
            since = when.overdue(each.since, each.due)
            if since is not None:
                yield Waiting(what, since, each.id, agreed=each.due is not None)


def proceedings(case: Case, now: int) -> Iterator[Waiting]:
    """What was to be ratified, and a deadline of appeal that passed without a word of its end."""
    for authority in unratified(case):
        if authority.ratify_by is not None and authority.ratify_by < now:
            yield Waiting(What.RATIFICATION, authority.ratify_by, authority.id)
    until = case.appeal_until if decided(case) and not case.closed else None
    if until is not None and until < now:
        yield Waiting(What.APPEAL, until)


def inventories(ledger: LedgerFacts, when: Times) -> Iterator[Waiting]:
    """Inventories that were begun and never closed."""
    for each in ledger.inventories:
        since = when.overdue(each.since, None)
        if since is not None:
            yield Waiting(What.INVENTORY, since, each.id, agreed=False)
