"""What one person can do alone, whatever rights she has: every act is tried, and every next one.

Mallory has one account. She must not come to hold what another holds, nor make an item leave
custody, nor end what was found while she had a hand in it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import product
from typing import Any, NamedTuple

import pytest

from custody.core.errors import CustodyError
from custody.core.rules.items import sealed
from custody.core.rules.rights import RIGHTS, Right
from custody.core.state import Item
from custody_schemas.declare import Act, Kind, Mode
from custody_schemas.terms import (
    ActorRole,
    Answer,
    CorrectionReason,
    DiscrepancyOutcome,
    IntegrityVerdict,
    InventoryOutcome,
    SealState,
)
from tests.rulings import check_out, hand_over, image, release, seal, stage
from tests.worlds import Person, Story

ALL = (ActorRole.ADMIN, ActorRole.EXAMINER, ActorRole.CASE_OFFICER)
ACTS = [
    name
    for name, act in sorted(Act.ALL.items())
    if any(Kind.ITEM in each.kinds and each.mode is not Mode.BEGINS for each in act.ABOUT)
]
# Members of which each value is tried with each of the others.
CHOICES: Mapping[str, tuple[Any, ...]] = {
    "seal": (None, SealState.INTACT, SealState.RESEALED, SealState.NUMBER_MISMATCH),
    "hash": (None, IntegrityVerdict.MATCH, IntegrityVerdict.MISMATCH),
    "verdict": (*SealState, *IntegrityVerdict),
    "observed": (InventoryOutcome.PHYSICALLY_VERIFIED, InventoryOutcome.NOT_LOCATED),
    "retained": (Answer.YES, Answer.NO),
    "outcome": tuple(DiscrepancyOutcome),
    "override": (None, "urgency"),
}


class Told(NamedTuple):
    """A story with Mallory in it, and the item that she is after."""

    story: Story
    mallory: Person
    item: str

    @property
    def state(self) -> Item:
        return self.story.world.item(self.item)


def held_by_another(s: Story, mallory: Person) -> str:
    tag = image(s)
    hand_over(s, tag, s.eve, s.carl, hash="match")
    s.world.record("integrity.checked", [tag], {"verdict": "mismatch"}, signers=[s.pia])
    return tag


def in_another_bag(s: Story, mallory: Person) -> str:
    seal(s, s.laptop, s.dora)
    given = {"verdict": "number_mismatch"}
    s.world.record("seal.verified", [s.laptop], given, signers=[s.pia])
    return s.laptop


def on_its_way(s: Story, mallory: Person) -> str:
    s.world.record("discrepancy.opened", [s.laptop], {"kind": "missing_item"}, signers=[s.pia])
    release(s, s.laptop, s.dora, s.eve)
    return s.laptop


def lent(s: Story, mallory: Person) -> str:
    s.world.record("discrepancy.opened", [s.laptop], {"kind": "damage"}, signers=[s.pia])
    check_out(s, s.laptop, s.dora, s.eve)
    return s.laptop


def found_in_her_hands(s: Story, mallory: Person) -> str:
    seal(s, s.laptop, s.dora)
    hand_over(s, s.laptop, s.dora, mallory, seal="intact")
    given = {"verdict": "number_mismatch"}
    s.world.record("seal.verified", [s.laptop], given, signers=[s.pia])
    return s.laptop


def found_by_who_got_it_from_her(s: Story, mallory: Person) -> str:
    seal(s, s.laptop, s.dora)
    hand_over(s, s.laptop, s.dora, mallory, seal="intact")
    hand_over(s, s.laptop, mallory, s.carl, seal="number_mismatch")
    return s.laptop


OTHERS = (held_by_another, in_another_bag, on_its_way, lent, found_by_who_got_it_from_her)
INVOLVED = (found_in_her_hands, found_by_who_got_it_from_her)
Tell = Callable[[Story, Person], str]


def with_mallory(tell: Tell, *roles: ActorRole) -> Told:
    s = stage()
    mallory = s.world.enrol("Mallory", *roles, by=s.ada)
    return Told(s, mallory, tell(s, mallory))


def bodies(told: Told, act: str) -> Iterator[dict[str, Any]]:
    """What that act could say of the item, with the entries that are there to be cited."""
    item, fields = told.state, Act.ALL[act].FIELDS
    if act == "correction.recorded":
        yield from _corrections(told)
        return
    fixed: dict[str, Any] = {"to": told.mallory.tag} if "to" in fields else {}
    fixed |= {"outside": None} if "outside" in fields else {}
    fixed |= {"authority": told.story.warrant} if "authority" in fields else {}
    if "transfer" in fields:
        fixed["transfer"] = item.transfer.id if item.transfer else None
    names = [name for name in CHOICES if name in fields]
    cited = [{"discrepancy": d.id, "kind": d.kind} for d in item.discrepancies]
    for values in product(*(CHOICES[name] for name in names)):
        for each in cited if "discrepancy" in fields else [{}]:
            yield {**fixed, **dict(zip(names, values, strict=True)), **each}


def _corrections(told: Told) -> Iterator[dict[str, Any]]:
    """Every field of every entry on the item, and every entry as a whole."""
    for run in told.story.world.runs:
        made = run.signed.statement
        if told.item in {place.tag for place in made.about}:
            mine = {} if made.by == told.mallory.tag else {"for_absent": "left_service"}
            given = {"corrects": made.id, "act": made.name, **mine}
            yield {**given, "field": None, "annuls": True, "reason": CorrectionReason.WRONG_ITEM}
            yield from ({**given, "field": name} for name in Act.ALL[made.name].FIELDS)


def tried(told: Told) -> Iterator[tuple[str, Told]]:
    """Each act that Mallory gets recorded alone, and the story after it."""
    for act in ACTS:
        for given in bodies(told, act):
            world = told.story.world.fork()
            try:
                world.record(act, [told.item], given, signers=[told.mallory])
            except CustodyError:
                continue
            yield act, told._replace(story=replace(told.story, world=world))


def twice(told: Told) -> Iterator[tuple[str, Told]]:
    """One act, and another after each that led somewhere else."""
    seen = {_shape(told.state)}
    for act, after in tried(told):
        yield act, after
        if _shape(after.state) not in seen:
            seen.add(_shape(after.state))
            yield from ((f"{act}, {then}", last) for then, last in tried(after))


def _shape(item: Item) -> tuple[Any, ...]:
    """A state without the ids in it."""
    kinds = tuple(each.kind for each in item.discrepancies)
    on_file = item.seal and item.seal.state
    out = item.out and item.out.to
    return item.holder, item.outside, item.transfer is None, out, on_file, kinds, item.terminal


def test_mallory_has_every_right() -> None:
    assert frozenset[Right]().union(*(RIGHTS[role] for role in ALL)) == set(Right)


@pytest.mark.parametrize("tell", OTHERS)
def test_nobody_gains_an_item_alone_or_makes_it_leave(tell: Tell) -> None:
    told = with_mallory(tell, *ALL)
    before, admitted = told.state, set[str]()
    for acts, after in twice(told):
        admitted.add(acts)
        item = after.state
        assert (item.holder, item.outside) == (before.holder, None), acts
        assert (item.out, item.terminal) == (before.out, False), acts
        assert item.disputed >= before.disputed, acts
    assert admitted >= {"note.recorded", "discrepancy.opened, discrepancy.updated"}


@pytest.mark.parametrize("tell", OTHERS)
def test_who_does_not_oversee_ends_no_finding_alone(tell: Tell) -> None:
    told = with_mallory(tell, ActorRole.ADMIN, ActorRole.EXAMINER)
    before = set(told.state.discrepancies)
    assert before
    for acts, after in twice(told):
        assert before <= set(after.state.discrepancies), acts
        assert not sealed(after.state), acts


@pytest.mark.parametrize("tell", INVOLVED)
def test_nor_does_who_oversees_what_was_found_in_her_hands(tell: Tell) -> None:
    """She may seal the bag anew; what was found stays open."""
    told = with_mallory(tell, *ALL)
    before = set(told.state.discrepancies)
    assert before
    for acts, after in twice(told):
        assert before <= set(after.state.discrepancies), acts
        item = after.state
        assert not item.terminal, acts
        assert not sealed(item) or (item.seal and item.seal.state is SealState.RESEALED), acts
