"""What is asked of every act before its own rules: times, cases, and what its signer knew."""

from functools import partial
from typing import Any

import pytest

from custody.core import canonical, rules, statement, times
from custody.core.errors import MalformedError
from custody_schemas.acts import ItemRegistered, NoteRecorded
from custody_schemas.declare import Kind
from tests.bodies import HASH
from tests.rulings import (
    Attempt,
    admits,
    attempt,
    refuses,
    second_case,
    stage,
)
from tests.worlds import Story

ITEM = Kind.ITEM
DAY = 86_400


def note(s: Story, **members: Any) -> Attempt:
    return attempt(s, "note.recorded", [s.laptop], {}, s.dora, **members)


def happened(s: Story, at: int, **more: Any) -> Attempt:
    occurred = s.world.occurred(at, **more.pop("occurred", {}))
    return attempt(s, "note.recorded", [s.laptop], {"occurred": occurred, **more}, s.dora)


@admits(NoteRecorded, ITEM)
def test_an_act_is_recorded_until_its_last_second(s: Story) -> None:
    signed = s.world.draft("note.recorded", [s.laptop], {"late": "no_network"}, signers=[s.dora])
    s.world.submit(signed, at=signed.statement.until)


@refuses(NoteRecorded, ITEM, "E_EXPIRED", "recorded earlier", by_rule=False)
def test_a_signed_act_does_not_wait_for_ever(s: Story) -> Attempt:
    signed = s.world.draft("note.recorded", [s.laptop], signers=[s.dora])
    return partial(s.world.submit, signed, at=signed.statement.until + 1)


@refuses(NoteRecorded, ITEM, "E_TIME", "signed later than", by_rule=False)
def test_nobody_signs_ahead_of_time(s: Story) -> Attempt:
    return note(s, time=times.spelt(s.world.now + 121))


@refuses(NoteRecorded, ITEM, "E_SEEN", "saw 1000 records, there are", by_rule=False)
def test_nobody_saw_more_than_there_is(s: Story) -> Attempt:
    return note(s, seen={"size": 1000, "root": HASH})


@refuses(NoteRecorded, ITEM, "E_UNKNOWN", "signed for the ledger other.example", by_rule=False)
def test_an_act_for_another_ledger_is_none_here(s: Story) -> Attempt:
    return note(s, ledger="other.example")


@admits(NoteRecorded, ITEM)
def test_clocks_may_disagree_a_little(s: Story) -> None:
    happened(s, s.world.now + 120)()


@refuses(NoteRecorded, ITEM, "E_TIME", "after it had been signed", by_rule=False)
def test_nobody_signs_for_what_is_still_to_happen(s: Story) -> Attempt:
    occurred = s.world.occurred(s.world.now + 3600)
    given = {"occurred": occurred}
    signed = s.world.draft("note.recorded", [s.laptop], given, signers=[s.dora])
    return partial(s.world.submit, signed, at=s.world.now + 3600)


@refuses(NoteRecorded, ITEM, "E_TIME", "it happened at", by_rule=False)
def test_nothing_is_recorded_before_it_happens(s: Story) -> Attempt:
    return happened(s, s.world.now + 121)


@refuses(NoteRecorded, ITEM, "E_TIME", "ended before it began", by_rule=False)
def test_nothing_ends_before_it_begins(s: Story) -> Attempt:
    until = times.spelt(s.world.now - 61)
    return happened(s, s.world.now - 60, occurred={"until": until})


@refuses(NoteRecorded, ITEM, "E_TIME", "it happened at", by_rule=False)
def test_nothing_is_recorded_before_it_ends(s: Story) -> Attempt:
    until = times.spelt(s.world.now + 3600)
    return happened(s, s.world.now - 60, occurred={"until": until})


@refuses(NoteRecorded, ITEM, "E_TIME", "a late entry says why", by_rule=False)
def test_a_late_entry_says_why(s: Story) -> Attempt:
    return happened(s, s.world.now - DAY - 1)


@admits(NoteRecorded, ITEM)
def test_a_late_entry_with_its_reason_is_recorded(s: Story) -> None:
    happened(s, s.world.now - 30 * DAY, late="transcribed_from_paper")()


@admits(NoteRecorded, ITEM)
def test_a_day_known_only_as_a_day_is_late_a_day_later(s: Story) -> None:
    happened(s, s.world.now - 2 * DAY, occurred={"precision": "day"})()


@admits(NoteRecorded, ITEM)
def test_lateness_counts_from_the_end(s: Story) -> None:
    until = times.spelt(s.world.now - 60)
    happened(s, s.world.now - 3 * DAY, occurred={"until": until})()


@refuses(NoteRecorded, ITEM, "E_OTHER_CASE", "more than one case", by_rule=False)
def test_one_act_concerns_one_case(s: Story) -> Attempt:
    """An envelope is exported whole: it must not carry other cases."""
    _, there = second_case(s)
    return attempt(s, "note.recorded", [s.laptop, there], {}, s.dora)


@refuses(NoteRecorded, ITEM, "E_UNKNOWN", "is not in this ledger", by_rule=False)
def test_an_act_concerns_what_the_ledger_knows(s: Story) -> Attempt:
    return attempt(s, "note.recorded", [(ITEM, HASH)], {}, s.dora)


@refuses(NoteRecorded, ITEM, "E_UNKNOWN", "has no record yet", by_rule=False)
def test_nobody_knows_a_record_of_what_has_none(s: Story) -> Attempt:
    return attempt(s, "note.recorded", [(ITEM, HASH)], {}, s.dora, prev={HASH: HASH})


@refuses(ItemRegistered, ITEM, "E_EXISTS", "first record already", by_rule=False)
def test_a_number_is_given_once(s: Story) -> Attempt:
    return lambda: s.world.register(s.case, 1, by=s.dora)


def test_a_case_is_not_an_item() -> None:
    s = stage()
    with pytest.raises(MalformedError, match="is not a item"):
        s.world.record("note.recorded", [(ITEM, s.case)], signers=[s.dora])


def test_an_act_of_a_later_version_is_not_ruled_on() -> None:
    s = stage()
    value = canonical.decode(
        s.world.draft("note.recorded", [s.laptop], signers=[s.dora]).statement.payload, 10**6
    )
    made = statement.read(canonical.encode({**value, "act": "item.teleported"}))
    with pytest.raises(MalformedError, match=r"item\.teleported is an act of a later version"):
        rules.admit(s.world, made, at=s.world.now, n=len(s.world.records))
