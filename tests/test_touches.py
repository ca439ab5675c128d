"""Touches commute and never cross a change; acts of one signer may follow each other. (SPEC §2)"""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custody.core.errors import HeadMovedError, RuleError
from custody.core.state import encode
from tests.bodies import HASH
from tests.memory import Signed
from tests.rulings import (
    hand_over,
    image,
    release,
    seal,
    snapshot,
    stage,
)
from tests.worlds import Story, World


def drafts(s: Story, *acts: tuple[str, dict[str, Any]], item: str) -> list[Signed]:
    """Acts of Carl's on one item, all drafted before any is recorded."""
    return [s.world.draft(act, [item], values, signers=[s.carl]) for act, values in acts]


TOUCHES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("note.recorded", {"note": "one"}),
    ("note.recorded", {"note": "two"}),
    ("integrity.checked", {"verdict": "match"}),
    ("seal.verified", {"verdict": "intact"}),
)
CHANGES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("storage.moved", {"location": "archive"}),
    ("discrepancy.opened", {}),
    ("integrity.checked", {"verdict": "mismatch"}),
    ("seal.verified", {"verdict": "missing"}),
    ("access.checked_out", {}),
)


def sealed_image() -> tuple[Story, str]:
    s = stage()
    tag = image(s)
    hand_over(s, tag, s.eve, s.carl, hash="match")
    seal(s, tag, s.carl)
    return s, tag


@given(st.permutations(TOUCHES))
@settings(max_examples=30, deadline=None)
def test_touches_commute(order: list[tuple[str, dict[str, Any]]]) -> None:
    s, tag = sealed_image()
    before = encode(s.world.item(tag)), s.world.chains[tag].changed
    for signed in drafts(s, *order, item=tag):
        s.world.submit(signed)
    assert (encode(s.world.item(tag)), s.world.chains[tag].changed) == before


@given(
    st.sampled_from(CHANGES),
    st.lists(st.sampled_from(TOUCHES), max_size=3),
    st.sampled_from((*TOUCHES, *CHANGES)),
)
@settings(max_examples=60, deadline=None)
def test_nothing_crosses_a_change(
    change: tuple[str, dict[str, Any]],
    between: list[tuple[str, dict[str, Any]]],
    late: tuple[str, dict[str, Any]],
) -> None:
    """A mismatch that is held back must not surface in the next holder's time."""
    s, tag = sealed_image()
    own = {"to": s.carl.tag} if change[0] == "access.checked_out" else {}
    values = {"to": s.carl.tag} if late[0] == "access.checked_out" else {}
    (withheld,) = drafts(s, (late[0], {**late[1], **values}), item=tag)
    s.world.record(change[0], [tag], {**change[1], **own}, signers=[s.carl])
    for name, given_ in between:
        if name == "note.recorded":
            s.world.record(name, [tag], given_, signers=[s.carl])
    before = snapshot(s.world)
    with pytest.raises(HeadMovedError, match="recorded first"):
        s.world.submit(withheld)
    assert snapshot(s.world) == before


@given(st.sampled_from(CHANGES), st.sampled_from(TOUCHES))
@settings(max_examples=30, deadline=None)
def test_a_change_is_signed_in_knowledge_of_every_touch(
    change: tuple[str, dict[str, Any]], touch: tuple[str, dict[str, Any]]
) -> None:
    s, tag = sealed_image()
    own = {"to": s.carl.tag} if change[0] == "access.checked_out" else {}
    (late,) = drafts(s, (change[0], {**change[1], **own}), item=tag)
    s.world.record(touch[0], [tag], touch[1], signers=[s.carl])
    with pytest.raises(HeadMovedError, match="look at it and repeat"):
        s.world.submit(late)


def run_of_acts(s: Story, world: World, **members: Any) -> list[Signed]:
    """A release, and its own cancellation that cites it by statement id."""
    first = world.draft("transfer.released", [s.laptop], {"to": s.carl.tag}, signers=[s.dora])
    own = {"transfer": first.id}
    second = world.draft(
        "transfer.cancelled",
        [s.laptop],
        own,
        signers=members.pop("signers", [s.dora]),
        prev={s.laptop: first.id},
        **members,
    )
    return [first, second]


def test_an_act_follows_its_signers_own_act_by_statement_id() -> None:
    """SPEC §2: nobody knows the hash of a record that is not made yet."""
    s = stage()
    for signed in run_of_acts(s, s.world):
        s.world.submit(signed)
    assert s.world.item(s.laptop).transfer is None


def test_the_act_of_another_is_not_cited_by_statement_id() -> None:
    """Its signer must have seen the record, not only have been told."""
    s = stage()
    released = release(s, s.laptop, s.dora, s.carl)
    with pytest.raises(HeadMovedError, match="has no record"):
        s.world.record(
            "transfer.accepted",
            [s.laptop],
            {"transfer": released},
            signers=[s.carl],
            prev={s.laptop: released},
            seen={"size": 1, "root": HASH},
        )


def test_what_was_recorded_before_it_was_seen_is_cited_by_its_hash() -> None:
    s = stage()
    released = release(s, s.laptop, s.dora, s.carl)
    with pytest.raises(HeadMovedError, match="has no record"):
        s.world.record(
            "transfer.cancelled",
            [s.laptop],
            {"transfer": released},
            signers=[s.dora],
            prev={s.laptop: released},
        )


def test_a_change_by_statement_id_must_still_be_the_last() -> None:
    s = stage()
    first, second = run_of_acts(s, s.world)
    s.world.submit(first)
    s.world.record("discrepancy.opened", [s.laptop], signers=[s.pia])
    with pytest.raises(HeadMovedError, match="recorded first"):
        s.world.submit(second)


def test_a_refusal_in_the_middle_of_a_statement_leaves_the_world_alone() -> None:
    """Two items, one of them sealed: the acceptance of both is refused whole."""
    s = stage()
    second = s.world.seize(s.case, 2, s.warrant, by=s.dora)
    seal(s, second, s.dora)
    released = release(s, [s.laptop, second], s.dora, s.carl)
    before = snapshot(s.world)
    for verdict in ("intact", None):
        with pytest.raises(RuleError) as caught:
            given_ = {"transfer": released, "seal": verdict}
            s.world.record("transfer.accepted", [s.laptop, second], given_, signers=[s.carl])
        assert caught.value.code == "E_SEAL"
    assert snapshot(s.world) == before
