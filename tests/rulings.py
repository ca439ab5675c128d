"""Cases in which a rule admits or refuses an act, told on the stage of `tests.worlds.story`.

`admits` and `refuses` make a test of a function and register what it is a test of, so that
`test_rules.py` can tell which rule, and which line that refuses, no test reaches.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

import pytest

from custody.core import rules
from custody.core.errors import RuleError
from custody_schemas.declare import Act, Capacity, Kind
from tests.worlds import Person, Signers, Story, World, story

Attempt = Callable[[], object]
ADMITTED: set[tuple[type[Act], Kind]] = set()
REFUSED: "list[Refusal]" = []


@cache
def _prologue() -> Story:
    return story()


def stage() -> Story:
    """The story, told, in a world of its own."""
    told = _prologue()
    return replace(told, world=told.world.fork())


def snapshot(world: World) -> tuple[Any, ...]:
    """All that a refusal must leave alone."""
    parts = (world.records, world.runs, world.states, world.chains, world.places, world.citations)
    return (*(part.copy() for part in parts), world.frontier.root())


class Refusal(NamedTuple):
    """A case in which the rule for `act` and `kind` refuses, or the checks before all rules."""

    act: type[Act]
    kind: Kind
    code: str
    words: str
    by_rule: bool
    tell: Callable[[Story], Attempt]

    def check(self) -> tuple[str, int]:
        """Run it; file and line that refused."""
        s = stage()
        attempt = self.tell(s)
        before = snapshot(s.world)
        with pytest.raises(RuleError) as caught:
            attempt()
        assert (caught.value.code, self.words in str(caught.value)) == (self.code, True), (
            f"{caught.value.code}: {caught.value}"
        )
        assert snapshot(s.world) == before
        frames = list(_frames(caught.tb))
        if self.by_rule:
            rule = rules.RULES[self.act, self.kind]
            assert rule.__code__ in [frame.tb_frame.f_code for frame in frames]
        refuser = frames[-2]
        return Path(refuser.tb_frame.f_code.co_filename).name, refuser.tb_lineno


def _frames(trace: TracebackType | None) -> Sequence[TracebackType]:
    found = []
    while trace is not None:
        found.append(trace)
        trace = trace.tb_next
    return found


def admits(act: type[Act], *kinds: Kind) -> Callable[[Callable[[Story], None]], Attempt]:
    """In the story that the function tells, that act is admitted on those kinds of subject."""

    def register(tell: Callable[[Story], None]) -> Attempt:
        ADMITTED.update((act, kind) for kind in kinds)

        def test() -> None:
            s = stage()
            tell(s)
            before = _prologue().world.runs
            made = [run.signed.statement for run in s.world.runs if run not in before]
            assert any(
                type(each.act) is act and {place.kind for place in each.about} >= set(kinds)
                for each in made
            )
            assert all(s.world.states.values()), "a rule forgot to give its subject back"

        test.__doc__ = tell.__doc__
        return test

    return register


def refuses(
    act: type[Act], kind: Kind, code: str, words: str, *, by_rule: bool = True
) -> Callable[[Callable[[Story], Attempt]], Attempt]:
    """What the function prepares is refused with that code, in those words, changing nothing."""

    def register(tell: Callable[[Story], Attempt]) -> Attempt:
        case = Refusal(act, kind, code, words, by_rule, tell)
        REFUSED.append(case)

        def test() -> None:
            case.check()

        test.__doc__ = tell.__doc__
        return test

    return register


def attempt(
    s: Story,
    act: str,
    about: Sequence[Any],
    given: Mapping[str, Any] | None,
    *signers: Any,
    **members: Any,
) -> Attempt:
    """To draft, sign and record an act, later."""
    return partial(s.world.record, act, about, given, signers=signers, **members)


def shown_only(
    s: Story,
    tag: str,
    act: str,
    about: Sequence[Any],
    given: Mapping[str, Any],
    signers: Signers,
) -> Attempt:
    """To admit an act as the reader of an export does that shows one of its subjects."""
    made = s.world.draft(act, about, given, signers=signers).statement
    n = len(s.world.records)
    return partial(rules.admit, s.world, made, at=s.world.now, n=n, shown={tag})


def image(s: Story, number: int = 2, by: Person | None = None, **given: Any) -> str:
    """An item with digital content, held by Eve unless somebody else is named."""
    by = by or s.eve
    tag = s.world.register(s.case, number, by=by)
    s.world.record("item.acquired", [tag], given, signers=[by])
    return tag


def seal(s: Story, item: str, by: Person) -> str:
    """A seal is put on."""
    return s.world.record("seal.applied", [item], {"seal_number": "S-1"}, signers=[by])


def release(s: Story, items: str | list[str], by: Person, to: Person, **given: Any) -> str:
    """Items are offered to somebody."""
    about = [items] if isinstance(items, str) else items
    return s.world.record("transfer.released", about, {"to": to.tag, **given}, signers=[by])


def hand_over(s: Story, item: str, by: Person, to: Person, **given: Any) -> str:
    """An item is offered and taken."""
    given["transfer"] = release(s, item, by, to)
    return s.world.record("transfer.accepted", [item], given, signers=[to])


def send_out(s: Story, item: str, by: Person) -> str:
    """An item goes to a court, which confirms it on paper; the release."""
    sent = s.world.record("transfer.released", [item], {"outside": "court"}, signers=[by])
    s.world.record("transfer.acknowledged", [item], {"transfer": sent}, signers=[by])
    return sent


def check_out(s: Story, item: str, by: Person, to: Person) -> str:
    """An item is lent."""
    others = [] if by == to else [(to, Capacity.COUNTERPARTY)]
    return s.world.record("access.checked_out", [item], {"to": to.tag}, signers=[by, *others])


def second_case(s: Story) -> tuple[str, str]:
    """Another case of Olga's, and an image that Eve holds there."""
    case = s.world.open_case("K-2026/18", by=s.olga)
    return case, s.world.acquire(case, 1, by=s.eve)


def set_state(s: Story, tag: str, **changes: Any) -> None:
    """A state that no act of this version leads to (a closed case, a disposed item)."""
    s.world.states[tag] = s.world.states[tag].but(**changes)
