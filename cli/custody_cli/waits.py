"""What waits for somebody, with names, in words, and with what to type next."""

import shlex
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache

from custody import waiting
from custody.chains import Told, told_of
from custody.core import times
from custody.core.retention import DAY, held_by, requested
from custody.core.state import Item
from custody.ledger.local import LocalLedger
from custody.waiting import Times, Waiting, What
from custody_cli import names
from custody_cli.items import spoken
from custody_cli.names import CaseName, ItemName
from custody_cli.packing import facts
from custody_cli.retaining import line_answers
from custody_cli.told import chain
from custody_schemas.answers import WaitingAnswer

TOGETHER = (
    What.HOLD,
    What.REQUEST,
    What.TRANSFER,
    What.CHECK_OUT,
)  # one entry may be about several items


class Lists:
    """One pass over what may have to be looked at."""

    def __init__(self, ledger: LocalLedger, when: Times, case: CaseName | None = None) -> None:
        self.ledger, self.when = ledger, when
        self.found = ledger.watched(when.until, case.tag if case else None)
        self.facts = facts(ledger)
        self._states = dict(self.found)
        self._case: Callable[[str], CaseName] = cache(lambda tag: names.case_of(ledger, tag))
        self._entry: Callable[[str], Told] = cache(lambda key: told_of(ledger.entry(key)))

    def reviews(self) -> Iterator[tuple[str, Waiting]]:
        """(tag, what waits) of items whose retention is over or to be reviewed, and of holds."""
        for tag, state in self.found:
            if isinstance(state, Item):
                yield from ((tag, each) for each in self._review(tag, state))
            yield from ((tag, each) for each in waiting.holds(state, self.when.until))

    def others(self) -> Iterator[tuple[str, Waiting]]:
        """The same of what is away, of proceedings, and of inventories."""
        for tag, state in self.found:
            if isinstance(state, Item):
                found = waiting.away(state, self.when, self._expected)
            else:
                found = waiting.proceedings(state, self.when.now)
            yield from ((tag, each) for each in found)
            yield from ((tag, each) for each in waiting.requests(state, self.when))
        yield from (("", each) for each in waiting.inventories(self.facts, self.when))

    def answers(self, found: Iterable[tuple[str, Waiting]]) -> list[WaitingAnswer]:
        """Named, those that wait longest first; a hold on several items stands once."""
        groups: dict[tuple[What, str | None, str], list[str]] = {}
        things: dict[tuple[What, str | None, str], Waiting] = {}
        for tag, each in found:
            key = (each.what, each.entry, "" if each.what in TOGETHER else tag)
            groups.setdefault(key, []).append(tag)
            things.setdefault(key, each)
        order = sorted(things, key=lambda key: things[key].since)
        return [self._answer(things[key], groups[key]) for key in order]

    def _review(self, tag: str, item: Item) -> Iterator[Waiting]:
        case = self._case(item.case).state
        return waiting.reviews(item, case, self.facts.packs, self.when, lambda: self._looked(tag))

    def _looked(self, tag: str) -> int:
        """When somebody last recorded that an item was reviewed; 0: never."""
        told = chain(self.ledger, tag)
        found = (t.entry.at for t in told if t.statement.name == "retention.reviewed")
        return max(found, default=0)

    def _expected(self, release: str) -> int | None:
        by = getattr(self._entry(release).statement.act, "expected_by", None)
        return times.seconds(by) if by is not None else None

    def _answer(self, each: Waiting, tags: Sequence[str]) -> WaitingAnswer:
        of_items = [tag for tag in tags if isinstance(self._states.get(tag), Item)]
        found = [names.item_of(self.ledger, tag) for tag in of_items]
        items = sorted(found, key=lambda item: item.state.number)
        case = self._case(items[0].state.case if items else tags[0]) if tags[0] else None
        held = held_by(items[0].state, case.state) if items and case else ()
        asked = requested(items[0].state, case.state) if items and case else ()
        return WaitingAnswer(
            what=each.what,
            case=case.reference if case else "",
            items=tuple(item.name for item in items),
            exhibits=tuple(item.exhibit for item in items),
            since=times.spelt(each.since),
            days=(self.when.now - each.since) // DAY,
            agreed=each.agreed,
            entry=each.entry,
            words=self._words(each, items, case),
            lines=tuple(line_answers(each.lines)),
            holds=tuple(hold.id for hold in held),
            requests=tuple(request.id for request in asked),
            next=tuple(_next(each, items, case, held=bool(held), asked=bool(asked))),
        )

    def _words(self, each: Waiting, items: Sequence[ItemName], case: CaseName | None) -> str:
        """Why it waits, for one line."""
        soon = each.since > self.when.now
        state = items[0].state if items else None
        match each.what:
            case What.RETENTION:
                return "its retention will be over" if soon else "its retention is over"
            case What.REVIEW:
                return "to be looked at again"
            case What.HOLD:
                holds = (*(state.holds if state else ()), *(case.state.holds if case else ()))
                kind = next(spoken(hold.kind) for hold in holds if hold.id == each.entry)
                return f"hold ({kind}) to be looked at: is it still needed"
            case What.REQUEST:
                asked = (*(state.requests if state else ()), *(case.state.requests if case else ()))
                kind = next(spoken(request.kind) for request in asked if request.id == each.entry)
                return f"request ({kind}) is open: how did it end"
            case What.TRANSFER if state and state.transfer:
                return f"released to {self._person(state.transfer.to, state.transfer.outside)}"
            case What.CHECK_OUT if state and state.out:
                return f"checked out to {self._person(state.out.to)}"
            case What.COPY if state:
                copy = next(copy for copy in state.copies if copy.id == each.entry)
                return f"copy {copy.number} is with {self._person(copy.to, copy.outside)}"
            case What.RATIFICATION if case:
                basis = names.authority_name(self.ledger, case, each.entry)
                return f"{basis} was to be ratified"
            case What.APPEAL:
                return "the time for an appeal is over, and nobody said how it ended"
        return "an inventory was left open"

    def _person(self, tag: str | None, outside: str | None = None) -> str:
        return names.person(self.ledger, tag) or spoken(str(outside))


def _next(
    each: Waiting, items: Sequence[ItemName], case: CaseName | None, *, held: bool, asked: bool
) -> Iterator[str]:
    """Commands, one of which ends it."""
    named = " ".join(shlex.quote(item.name) for item in items)
    of_case = shlex.quote(case.reference) if case else ""
    entry = (each.entry or "")[:12]
    match each.what:
        case What.RETENTION | What.REVIEW:
            yield f"custody retention review {named} --next-review DATE --reason …"
            if held:
                yield f"custody hold list --case {of_case}"
            elif asked:
                yield f"custody request list --case {of_case}"
            elif each.what is What.RETENTION:
                yield f"custody dispose request {named} --kind … --reason …"
        case What.HOLD:
            yield f"custody hold amend {entry} --review-by DATE --reason …"
            yield f"custody hold release {entry} --reason … --with A --with B"
        case What.REQUEST:
            yield f"custody request end {entry} --outcome …"
        case What.TRANSFER:
            yield f"custody transfer cancel {named}"
            yield f"custody transfer return {named} --reason …"
        case What.CHECK_OUT:
            yield f"custody checkin {named}"
        case What.COPY:
            copy = next(copy for copy in items[0].state.copies if copy.id == each.entry)
            yield f"custody copy return {named} {copy.number} --fate …"
        case What.RATIFICATION:
            yield f"custody authority record {of_case} --follows {entry} --kind …"
            yield f"custody authority end {of_case} {entry} --cause not_ratified --ended-at DATE"
        case What.APPEAL:
            yield f"custody case status {of_case} --status … --appeal-ended DATE"
        case What.INVENTORY:
            yield f"custody inventory close --inventory {entry}"
