"""What a pack would change, before anybody signs it: every item whose date moves. (R69, R131)"""

from collections.abc import Iterator
from typing import NamedTuple

from custody.core import times
from custody.core.kept import LoadedPack
from custody.core.retention import DAY, Retained, retained
from custody.core.state import Case
from custody.ledger import Ledger
from custody_cli import names, output
from custody_cli.names import CaseName, ItemName
from custody_cli.packing import facts
from custody_cli.run import Run
from custody_schemas.acts import Pack
from custody_schemas.answers import DateMoved
from custody_schemas.declare import Kind

COLUMNS = ("item", "exhibit", "kept now", "kept then")


class Move(NamedTuple):
    """An item whose date moves: how long it is kept now, and when the pack is in force."""

    item: ItemName
    now: Retained
    then: Retained

    @property
    def shorter(self) -> bool:
        """Whether it may go earlier than now."""
        now, then = self.now.until, self.then.until
        return then is not None and (now is None or then < now)


class Foreseen(NamedTuple):
    """From when on a pack is in force (Unix seconds), and the items whose dates it moves."""

    since: int
    moves: list[Move]
    at_once: bool

    @property
    def words(self) -> str:
        """Both in a sentence."""
        when = "at once" if self.at_once else f"from {times.spelt(self.since)}"
        if not self.moves:
            return f"in force {when}, moves no date"
        many, sooner = len(self.moves), sum(move.shorter for move in self.moves)
        items = "one item" if many == 1 else f"{many} items"
        earlier = f"{sooner} of them to an earlier one" if sooner else "none to an earlier one"
        return f"in force {when}, moves the dates of {items}, {earlier}"

    def answers(self) -> tuple[DateMoved, ...]:
        """Each item whose date moves."""
        return tuple(
            DateMoved(
                item=each.item.name,
                exhibit=each.item.exhibit,
                now=each.now.words(),
                then=each.then.words(),
                sooner=each.shorter,
            )
            for each in self.moves
        )


def tell_moves(run: Run, pack: Pack, before: LoadedPack | None) -> Foreseen:
    """Show every item whose date moves. It is in force at once where nothing was `before`."""
    at = int(run.now())
    since = at + before.pack.cooling_off_days * DAY if before else at
    moves = list(foreseen(run.ledger, pack, at, since))
    if not run.as_json:
        rows = [(m.item.name, m.item.exhibit, m.now.words(), m.then.words()) for m in moves]
        output.table(COLUMNS, rows, "no date of any item moves")
    return Foreseen(since, moves, at_once=before is None)


def foreseen(ledger: Ledger, pack: Pack, at: int, since: int) -> Iterator[Move]:
    """Items of the cases that the pack applies to, whose date it moves once it is in force.

    at, since: now, and from when on it is in force (Unix seconds)
    """
    loaded = facts(ledger).packs
    others = tuple(each for each in loaded if each.pack.name != pack.name)
    future = (*others, LoadedPack(id="", pack=pack, since=since))
    for item, case in _concerned(ledger, pack.name):
        now = retained(item.state, case, loaded, at)
        then = retained(item.state, case, future, since)
        if now.until != then.until or bool(now.lines) != bool(then.lines):
            yield Move(item, now, then)


def _concerned(ledger: Ledger, name: str) -> Iterator[tuple[ItemName, Case]]:
    """Items that a pack may speak of: of its cases, or with a line assigned from it."""
    for each in ledger.find(Kind.CASE, ""):
        case: CaseName = names.case_of(ledger, each.tag)
        for item in names.items_of_case(ledger, case):
            cites = any(line.pack == name for line in item.state.retention)
            if not item.state.terminal and (cites or case.state.profile == name):
                yield item, case.state
