"""Where to look for what is due: of each item and case the earliest moment at which it can be.

Derived, and made while the ledger records, so that whoever asks reads what is due and not all
that is kept. The table only says where to look: whether an item is due is computed from its state
when it is asked. What a case or a pack changes is marked and computed at the next question.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise

from custody.core import state, tags
from custody.core.errors import StorageError
from custody.core.kept import LoadedPack
from custody.core.retention import retained
from custody.core.state import Case, Item, LedgerFacts, Subject
from custody.core.statement import Statement
from custody.ledger.past import Standing
from custody.ledger.storage import Changes, DueRow, Reading, Storage
from custody_schemas.declare import Kind

HASHED = {"item.acquired", "item.derived", "item.received", "integrity.checked"}
HASHED |= {"transfer.accepted", "court.returned"}
"""Acts at which the content of an item is hashed."""

Asked = Callable[[str], Subject | None]  # the state of a subject, by its tag


def over_from(item: Item, case: Case, packs: Iterable[LoadedPack]) -> int | None:
    """The first moment at which the item's retention is over, as everything stands; None: never.

    A later version of a pack can end a line earlier, from the day on which it is in force.
    """
    names = {case.profile, *(line.pack for line in item.retention)}
    loaded = [each for each in packs if each.pack.name in names]
    if not loaded and not item.retention:
        return None
    first: dict[str, int] = {}
    for each in loaded:
        first[each.pack.name] = min(each.since, first.get(each.pack.name, each.since))
    start = max(first.values(), default=0)  # before it, nobody asks any more
    later = {each.since for each in loaded if each.since > start}
    for begin, end in pairwise([start, *sorted(later), None]):
        assert begin is not None
        until = retained(item, case, loaded, begin).until
        if until is not None and (end is None or until < end):
            return until if begin == start else max(until, begin)
    return None


def item_look(item: Item, case: Case, packs: Iterable[LoadedPack]) -> int | None:
    """The earliest moment at which something of an item may have to be looked at."""
    moments = [copy.since if copy.due is None else copy.due for copy in item.copies]
    moments += _asked_for(item)
    if not item.terminal:
        out = item.out
        found = (
            over_from(item, case, packs),
            item.next_review,
            item.transfer.since if item.transfer else None,
            (out.since if out.due is None else out.due) if out else None,
            *(hold.review_by for hold in item.holds),
        )
        moments += [moment for moment in found if moment is not None]
    return min(moments, default=None)


def case_look(case: Case) -> int | None:
    """The same of the case itself: holds, requests, what is to be ratified, deadlines of appeal."""
    found = (
        *(hold.review_by for hold in case.holds),
        *_asked_for(case),
        *(authority.ratify_by for authority in unratified(case)),
        None if case.closed else case.appeal_until,
    )
    return min((moment for moment in found if moment is not None), default=None)


def _asked_for(subject: Item | Case) -> list[int]:
    """Of each request that is open the day that it names first, or else when it was recorded."""
    return [each.since if each.due is None else each.due for each in subject.requests]


def unratified(case: Case) -> Iterator[state.Authority]:
    """Legal bases that are to be ratified, and no entry says that they were, or have ended."""
    followed = {each.follows for each in case.authorities}
    for each in case.authorities:
        if each.ratify_by is not None and each.ended is None and each.id not in followed:
            yield each


def due_row(
    tag: str, now: Subject, was: Subject | None, asked: Asked, origin: str
) -> DueRow | None:
    """The row of a subject, after it was `was`; None for people and registers."""
    own = bytes.fromhex(tag)
    match now:
        case Item():
            look_at = _looked_up(now, asked(now.case), asked(tags.ledger_tag(origin)))
            return DueRow(own, bytes.fromhex(now.case), look_at, 0)
        case Case():
            return DueRow(own, own, case_look(now), int(_moves(was, now)))
        case LedgerFacts():
            changed = isinstance(was, LedgerFacts) and was.packs != now.packs
            return DueRow(own, own, None, int(changed))
    return None


def _looked_up(item: Item, case: Subject | None, ledger: Subject | None) -> int | None:
    if not isinstance(case, Case) or not isinstance(ledger, LedgerFacts):
        return None  # of a ledger that is being examined, and does not fit together
    return item_look(item, case, ledger.packs)


def _moves(was: Subject | None, now: Case) -> bool:
    """Whether what a case says of itself can move the dates of its items."""
    return isinstance(was, Case) and _dating(was) != _dating(now)


def _dating(case: Case) -> tuple[object, ...]:
    terms = case.profile, case.severity, case.category, case.status
    return *terms, case.appeal_until, case.happened


def last_hashed(
    made: Statement, first: int, after: Mapping[str, Standing]
) -> Iterator[tuple[int | None, bytes]]:
    """(index of its first record, tag) of each item whose content an entry says was hashed.

    None in the place of the index: the item is gone, and nothing is to be hashed any more.
    """
    for place in made.places(Kind.ITEM):
        item = after[place.tag].subject if place.tag in after else None
        if not isinstance(item, Item):
            continue
        if item.terminal:
            yield None, bytes.fromhex(place.tag)
        elif item.content is not None and made.name in HASHED:
            yield first, bytes.fromhex(place.tag)


def refresh(storage: Storage, origin: str) -> None:
    """Compute anew what cases and packs have moved, a case in each transaction.

    It may run twice, at once, and be killed: a case stays marked until its items are written.

    Raises:
        StorageError: the table was never made; or the turn to write did not come.
    """
    ledger = bytes.fromhex(tags.ledger_tag(origin))
    with storage.reading() as rows:
        if rows.due(ledger) is None:
            raise StorageError(
                "this ledger was made by an earlier version, which did not note what is due: run "
                "`custody rebuild` once"
            )
        marked = rows.marked()
    if ledger in marked:
        with storage.writing(durable=False) as rows:
            rows.mark_cases(ledger)
            marked = rows.marked()
    for case in marked:
        with storage.writing(durable=False) as rows:
            rows.write(Changes(due=list(_of_case(rows, case, origin))))
            rows.unmark(case)


def _of_case(rows: Reading, case: bytes, origin: str) -> Iterator[DueRow]:
    known: dict[str, Subject | None] = {}

    def asked(tag: str) -> Subject | None:
        if tag not in known:
            row = rows.subject(bytes.fromhex(tag))
            known[tag] = state.decode(row.kind, row.state) if row else None
        return known[tag]

    for tag, row in rows.of_case(case):
        if row.kind == Kind.ITEM:
            made = due_row(tag.hex(), state.decode(row.kind, row.state), None, asked, origin)
            if made is not None:
                yield made
