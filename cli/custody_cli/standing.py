"""Holds and requests that stand: on items, or on a case and what enters it later."""

from collections.abc import Callable, Iterable, Iterator
from typing import Generic, NamedTuple, TypeVar

from custody.core.errors import NotFoundError, UsageError
from custody.core.kept import Hold, OpenRequest
from custody.core.state import Case, Item
from custody.drafting import Subject
from custody.ledger import Ledger
from custody_cli import names
from custody_cli.names import PREFIX, CaseName, ItemName
from custody_cli.transfers import listed
from custody_schemas.declare import Kind

T = TypeVar("T", Hold, OpenRequest)


class Standing(NamedTuple, Generic[T]):
    """What stands, and the subjects that it was put on."""

    what: T
    case: CaseName
    items: tuple[ItemName, ...]  # none: the whole case

    @property
    def on(self) -> str:
        """The items or the case, for people."""
        return listed(self.items) if self.items else f"case {self.case.reference}"

    @property
    def subjects(self) -> list[Subject]:
        """The places of an act on it."""
        if self.items:
            return [Subject(Kind.ITEM, item.tag) for item in self.items]
        return [Subject(Kind.CASE, self.case.tag)]


def standing(
    ledger: Ledger, of: Callable[[Item | Case], Iterable[T]], case: CaseName | None = None
) -> Iterator[Standing[T]]:
    """All that stands, in one case or in all, oldest first within a case."""
    cases = [case] if case else [names.case_of(ledger, e.tag) for e in ledger.find(Kind.CASE, "")]
    for each in cases:
        items: dict[str, list[ItemName]] = {}
        found = {one.id: one for one in of(each.state)}
        for item in names.items_of_case(ledger, each):
            for one in of(item.state):
                found[one.id] = one
                items.setdefault(one.id, []).append(item)
        for one in sorted(found.values(), key=lambda one: one.since):
            yield Standing(one, each, tuple(items.get(one.id, ())))


def named(these: Iterable[Standing[T]], words: str, kind: str) -> Standing[T]:
    """The one whose name begins so, or the only one on that item or case.

    kind: what it is called, and the family of commands

    Raises:
        NotFoundError, UsageError: none, or several.
    """
    wanted, those = words.strip().lower(), list(these)
    found = [e for e in those if len(wanted) >= PREFIX and e.what.id.startswith(wanted)]
    found = found or [each for each in those if words in _subjects(each)]
    if not found:
        raise NotFoundError(
            f"no {kind} {words!r} stands: `custody {kind} list` shows those that do"
        )
    if len(found) > 1:
        raise UsageError(f"several {kind}s answer to {words!r}: say which, by its own name")
    return found[0]


def _subjects(each: Standing[T]) -> set[str]:
    """What it was put on, as people call it."""
    if not each.items:
        return {each.case.reference}
    return {name for item in each.items for name in (item.name, item.exhibit) if name}
