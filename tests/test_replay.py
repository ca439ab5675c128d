"""Whatever people try: custody needs two of them, and an export replays as the ledger did."""

import random
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from custody.core import rules
from custody.core.errors import CustodyError
from custody.core.rules.items import SOUND
from custody.core.state import Item, Subject
from custody.core.statement import Statement
from custody.core.world import Chain, Cited
from custody_schemas.declare import Capacity, Kind
from tests.rulings import image, seal, stage
from tests.worlds import Person, Story, World

ACTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("transfer.released", {"to": "other"}),
    ("transfer.released", {"outside": "court"}),
    ("transfer.accepted", {"transfer": "open", "seal": "intact"}),
    ("transfer.accepted", {"transfer": "open"}),
    ("transfer.accepted", {"transfer": "open", "seal": "number_mismatch", "hash": "match"}),
    ("transfer.accepted", {"transfer": "open", "seal": "resealed", "hash": "match"}),
    ("transfer.accepted", {"transfer": "open", "hash": "mismatch", "override": "urgency"}),
    ("transfer.accepted", {"transfer": None}),
    ("transfer.accepted", {"transfer": None, "seal": "intact"}),
    ("transfer.accepted", {"transfer": None, "hash": "match"}),
    ("transfer.accepted", {"transfer": None, "seal": "broken_authorised"}),
    ("transfer.refused", {"transfer": "open", "reason": "seal_broken"}),
    ("transfer.cancelled", {"transfer": "open"}),
    ("transfer.acknowledged", {"transfer": "open"}),
    ("access.checked_out", {"to": "other"}),
    ("access.checked_out", {"to": "own"}),
    ("access.checked_in", {"seal": "intact"}),
    ("access.checked_in", {"hash": "mismatch"}),
    ("seal.applied", {}),
    ("seal.verified", {"verdict": "intact"}),
    ("seal.verified", {"verdict": "missing"}),
    ("seal.verified", {"verdict": "broken_authorised"}),
    ("seal.broken", {"verdict": "broken_authorised"}),
    ("seal.broken", {"verdict": "broken_unauthorised"}),
    ("storage.moved", {}),
    ("integrity.checked", {}),
    ("integrity.checked", {"verdict": "mismatch"}),
    ("discrepancy.opened", {}),
    ("item.seized", {"authority": "warrant"}),
    ("item.acquired", {}),
    ("note.recorded", {}),
)
Move = tuple[int, int, int, int, bool]
MOVES = st.lists(
    st.tuples(
        st.integers(0, len(ACTS) - 1),
        st.integers(0, 4),
        st.integers(0, 4),
        st.integers(0, 2),
        st.booleans(),
    ),
    min_size=5,
    max_size=40,
)


def attempted(moves: list[Move]) -> tuple[Story, list[str]]:
    """A story with three items in which people tried all that; refused acts left no trace."""
    s = stage()
    sealed = s.world.seize(s.case, 2, s.warrant, by=s.dora)
    seal(s, sealed, s.dora)
    items = [s.laptop, sealed, image(s, 3)]
    for act, leader, other, item, together in moves:
        leaders, others = cast(s, ACTS[act][0], items[item])
        try_act(s, *ACTS[act], leaders[leader], others[other], items[item], together)
    return s, items


def cast(s: Story, act: str, item: str) -> tuple[list[Person], list[Person]]:
    """Who may lead the act, most often somebody who ought to; and who may be the other."""
    state = s.world.item(item)
    people = {person.tag: person for person in (s.dora, s.eve, s.carl, s.olga, s.pia)}
    holder = people.get(state.holder or "", s.carl)
    receiver = people.get((state.transfer and state.transfer.to) or "", s.carl)
    borrower = people.get((state.out and state.out.to) or "", holder)
    able = receiver if act in ("transfer.accepted", "transfer.refused") else borrower
    return [able, able, holder, s.carl, s.pia], [holder, s.carl, s.olga, s.eve, borrower]


def try_act(
    s: Story,
    name: str,
    values: dict[str, Any],
    leader: Person,
    other: Person,
    item: str,
    together: bool,
) -> None:
    transfer = s.world.item(item).transfer
    names = {
        "own": leader.tag,
        "other": other.tag,
        "open": transfer.id if transfer else "0" * 64,
        "warrant": s.warrant,
    }
    given = {k: names.get(v, v) if isinstance(v, str) else v for k, v in values.items()}
    beside = Capacity.COUNTERPARTY if name.startswith("access") else Capacity.APPROVER
    signers: list[Any] = [leader]
    if together and other != leader:
        signers.append((other, beside))
    try:
        s.world.record(name, [item], given, signers=signers)
    except CustodyError as error:
        assert error.code.startswith("E_")


def replayed(world: World) -> Iterator[tuple[Statement, World, World]]:
    """Each statement, the world before it and the world after it."""
    again = World(now=world.now)
    for run in world.runs:
        before = again.fork()
        at = int(world.records[run.first].split(b'"at":')[1].split(b",")[0])
        again.submit(run.signed, at=at)
        yield run.signed.statement, before, again


@given(MOVES)
@settings(max_examples=60, deadline=None)
def test_custody_takes_two_people_and_nothing_found_is_unfound(moves: list[Move]) -> None:
    s, _ = attempted(moves)
    for made, before, after in replayed(s.world):
        for tag in (place.tag for place in made.places(Kind.ITEM)):
            old, new = before.states.get(tag), after.states[tag]
            assert isinstance(new, Item)
            if isinstance(old, Item):
                check_custody(old, new, made)
                check_findings(old, new, made)


def check_custody(old: Item, new: Item, made: Statement) -> None:
    if old.origin is None or old.holder == new.holder:
        return
    if new.holder is None:  # gone to a person without account, as its releaser says
        assert made.name == "transfer.acknowledged" and old.holder == made.by
        return
    assert made.name == "transfer.accepted" and new.holder == made.by
    if old.holder is None:
        assert old.outside is not None
        return
    assert old.transfer is not None and old.transfer.by == old.holder != made.by
    assert old.transfer.to == made.by
    assert not set(old.transfer.keys) & {s.key for s in made.signers if s.actor == made.by}


def check_findings(old: Item, new: Item, made: Statement) -> None:
    assert new.discrepancies[: len(old.discrepancies)] == old.discrepancies
    assert new.disputed >= old.disputed and new.origin == (old.origin or made.name)
    if old.seal is None or new.seal is None or old.seal.state == new.seal.state:
        return
    if new.seal.state in SOUND:
        assert made.name == "seal.applied" and old.seal.state not in SOUND
    elif new.seal.state == "broken_authorised":
        assert made.name == "seal.broken" and made.by in (old.holder, old.out and old.out.to)
    else:
        assert len(new.discrepancies) == len(old.discrepancies) + 1


class Shown:
    """The world as the reader of an export knows it: nothing but the subjects that it shows."""

    def __init__(self, world: World, shown: set[str]) -> None:
        self._world, self._shown = world, shown

    def subject(self, tag: str) -> Subject | None:
        return self._world.subject(tag) if tag in self._shown else None

    def chain(self, tag: str) -> Chain | None:
        return self._world.chain(tag) if tag in self._shown else None

    def seq_of(self, tag: str, record_hash: str) -> int | None:
        return self._world.seq_of(tag, record_hash) if tag in self._shown else None

    def cited(self, tag: str, statement: str) -> Cited | None:
        return self._world.cited(tag, statement) if tag in self._shown else None


def closure(world: World, item: str) -> set[str]:
    """What an export of an item shows: item, parents, case, ledger, and who signed any of it."""
    state = world.item(item)
    shown = {item, state.case, *state.parents}
    for tag in state.parents:
        shown |= closure(world, tag)
    while True:
        statements = [
            run.signed.statement
            for run in world.runs
            if shown.intersection(place.tag for place in run.signed.statement.about)
        ]
        signers = {s.actor for made in statements for s in made.signers}
        ledger = {p.tag for made in statements for p in made.places(Kind.LEDGER)}
        if signers | ledger <= shown:
            return shown
        shown |= signers | ledger


@given(MOVES)
@settings(max_examples=40, deadline=None)
def test_an_export_of_one_item_replays_as_the_ledger_did(moves: list[Move]) -> None:
    s, items = attempted(moves)
    source = [s.world.item(items[2]).content]
    part = s.world.register(s.case, 4, by=s.eve)
    about = [part, (Kind.SOURCE, items[2])]
    try_derive(s, about, source)
    shown = {item: closure(s.world, item) for item in (*items, part)}
    for item, tags in shown.items():
        assert not tags & (set(items) - {item, *s.world.item(item).parents})
    for made, before, after in replayed(s.world):
        for tags in shown.values():
            mine = tags & {place.tag for place in made.about}
            if not mine:
                continue
            world = Shown(before, tags)
            n, at = len(before.records), at_of(after, len(before.records))
            effects = rules.admit(world, made, at=at, n=n, shown=tags)
            assert {tag: effect.subject for tag, effect in effects.items()} == {
                tag: after.states[tag] for tag in mine
            }
            rules.keys_of(world, made, n)  # does not refuse


def try_derive(s: Story, about: list[Any], parents: list[str | None]) -> None:
    try:
        s.world.record("item.derived", about, {"parents": parents}, signers=[s.eve])
    except CustodyError as error:
        assert error.code.startswith("E_")


def at_of(world: World, n: int) -> int:
    return int(world.records[n].split(b'"at":')[1].split(b",")[0])


def test_the_moves_are_made_in_earnest() -> None:
    """Custody comes to people who signed for it, and goes, in what the properties look at."""
    dice = random.Random(1)
    moves: list[Move] = [
        (dice.randrange(len(ACTS)), dice.randrange(5), dice.randrange(5), dice.randrange(3), toss)
        for toss in (False, True) * 500
    ]
    done = set()
    for start in range(0, len(moves), 100):
        s, _ = attempted(moves[start : start + 100])
        told = len(stage().world.runs) + 5
        done |= {run.signed.statement.name for run in s.world.runs[told:]}
        assert told < len(s.world.runs) < told + 80
    assert {name for name, _ in ACTS} - done <= {"item.acquired", "item.seized"}
