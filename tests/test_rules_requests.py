"""Rules on requests between authorities: R56, R101, R105, R107. What they keep is not let go."""

from typing import Any

from custody.core import times
from custody.core.retention import requested
from custody_schemas.acts import (
    DispositionRequested,
    PrivacyErased,
    RequestEnded,
    RequestRecorded,
    TransferReleased,
)
from custody_schemas.declare import Kind
from custody_schemas.terms import Direction, DispositionKind, RequestKind
from tests.bodies import HASH
from tests.rulings import Attempt, admits, attempt, image, refuses, second_case, set_state
from tests.schedules import case_of
from tests.test_rules_dispositions import held, over, status
from tests.test_rules_privacy import erase, first, note
from tests.worlds import Person, Story

ITEM, CASE, ACTOR = Kind.ITEM, Kind.CASE, Kind.ACTOR
LATER = "2027-01-01T00:00:00Z"
OWNER = {"outside": "owner", "purpose": "return_to_owner"}


def putting(s: Story, about: str, by: Person, **given: Any) -> Attempt:
    return attempt(s, "request.recorded", [about], given, by)


def put(s: Story, about: str, **given: Any) -> str:
    """Pia puts a request on file."""
    return s.world.record("request.recorded", [about], given, signers=[s.pia])


def ending(s: Story, about: str, which: str, by: Person | None = None, **given: Any) -> Attempt:
    """Olga says how it ended, unless somebody else is named."""
    return attempt(s, "request.ended", [about], {"request": which, **given}, by or s.olga)


def open_on(s: Story, item: str) -> list[str]:
    return [each.id for each in requested(s.world.item(item), case_of(s, item))]


@admits(RequestRecorded, ITEM)
def test_whoever_has_a_right_in_the_case_puts_a_request_on_file(s: Story) -> None:
    at = s.world.now
    given = {"respond_by": LATER, "expires_at": "2026-12-01T00:00:00Z", "authority": s.warrant}
    entry = put(s, s.laptop, sent_at=times.spelt(at - 60), received_at=times.spelt(at), **given)
    (found,) = s.world.item(s.laptop).requests
    assert (found.id, found.by, found.since) == (entry, s.pia.tag, at)
    assert (found.kind, found.direction) == (RequestKind.MLA, Direction.IN)
    assert found.respond_by == times.seconds(LATER)
    assert found.due == found.expires_at == times.seconds("2026-12-01T00:00:00Z")


@admits(RequestRecorded, CASE)
def test_a_request_on_a_case_covers_what_enters_it_later(s: Story) -> None:
    entry = put(s, s.case, direction="out")
    assert open_on(s, image(s)) == open_on(s, s.laptop) == [entry]
    own = put(s, s.laptop)
    assert open_on(s, s.laptop) == [own, entry]


@admits(RequestRecorded, CASE)
def test_a_request_follows_up_one_for_preservation(s: Story) -> None:
    kept = put(s, s.case, kind="preservation")
    put(s, s.laptop, follows=kept)
    ending(s, s.case, kept, outcome="released")()
    put(s, s.case, follows=kept)


@admits(RequestRecorded, CASE)
def test_requests_come_when_a_case_is_closed(s: Story) -> None:
    s.world.record("case.closed", [s.case], signers=[s.olga])
    put(s, s.case)


@admits(RequestEnded, ITEM)
def test_who_runs_cases_says_how_a_request_ended(s: Story) -> None:
    entry, other = put(s, s.laptop), put(s, s.laptop)
    ending(s, s.laptop, entry, s.dora, outcome="produced")()
    assert open_on(s, s.laptop) == [other]


@admits(RequestEnded, CASE)
def test_who_decides_how_long_things_are_kept_says_it_too(s: Story) -> None:
    paul = s.world.enrol("Paul", "prosecutor", by=s.ada)
    entry = put(s, s.case, respond_by=times.spelt(s.world.now + 60))
    s.world.now += 86_400
    ending(s, s.case, entry, paul, outcome="expired")()
    assert open_on(s, s.laptop) == []


@admits(RequestEnded, ITEM)
def test_what_is_lost_is_not_asked_for_for_ever(s: Story) -> None:
    entry = put(s, s.laptop)
    set_state(s, s.laptop, terminal=True)
    given: dict[str, Any] = {"outcome": "impossible", "ground": "de_facto_impossibility"}
    ending(s, s.laptop, entry, **given)()
    assert s.world.item(s.laptop).requests == ()


@admits(RequestEnded, CASE)
def test_what_was_to_be_preserved_ends_without_being_produced(s: Story) -> None:
    for outcome in ("refused", "withdrawn", "answered", "impossible", "released", "expired"):
        ending(s, s.case, put(s, s.case, kind="preservation"), outcome=outcome)()
    assert open_on(s, s.laptop) == []


@admits(DispositionRequested, ITEM)
def test_an_item_may_go_once_its_requests_are_over(s: Story) -> None:
    ending(s, s.laptop, put(s, over(s, s.laptop)))()
    s.world.record("disposition.requested", [s.laptop], signers=[s.dora])


@admits(TransferReleased, ITEM)
def test_what_nobody_needs_may_be_handed_back_to_its_owner(s: Story) -> None:
    s.world.record("transfer.released", [over(s, s.laptop)], OWNER, signers=[s.dora])


@admits(TransferReleased, ITEM)
def test_what_is_kept_may_go_elsewhere_and_come_back(s: Story) -> None:
    held(s, s.laptop)
    put(s, s.case)
    given = {"outside": "laboratory", "purpose": "repair_or_unlock"}
    s.world.record("transfer.released", [s.laptop], given, signers=[s.dora])


@refuses(RequestRecorded, ITEM, "E_NO_GRANT", "hold items")
def test_an_admin_puts_no_request_on_file(s: Story) -> Attempt:
    return putting(s, s.laptop, s.ada)


@refuses(RequestRecorded, CASE, "E_NO_GRANT", "hold items")
def test_an_admin_puts_none_on_a_case(s: Story) -> Attempt:
    return putting(s, s.case, s.ada)


@refuses(RequestRecorded, ITEM, "E_TERMINAL", "left custody for good")
def test_what_is_gone_is_not_asked_for(s: Story) -> Attempt:
    set_state(s, s.laptop, terminal=True, gone=DispositionKind.DESTROY)
    return putting(s, s.laptop, s.dora)


@refuses(RequestRecorded, ITEM, "E_REQUEST", "what is asked for")
def test_a_request_says_what_is_asked_for(s: Story) -> Attempt:
    return putting(s, s.laptop, s.dora, kind="not_stated")


@refuses(RequestRecorded, CASE, "E_REQUEST", "came in or went out")
def test_a_request_says_who_is_asked(s: Story) -> Attempt:
    return putting(s, s.case, s.dora, direction="not_stated")


@refuses(RequestRecorded, CASE, "E_AUTHORITY", "not on file")
def test_what_a_request_rests_on_is_on_file(s: Story) -> Attempt:
    return putting(s, s.case, s.dora, authority=HASH)


@refuses(RequestRecorded, ITEM, "E_TIME", "still to come")
def test_a_request_is_received_before_it_is_recorded(s: Story) -> Attempt:
    return putting(s, s.laptop, s.dora, received_at=LATER)


@refuses(RequestRecorded, ITEM, "E_TIME", "still to come")
def test_a_request_is_sent_before_it_is_recorded(s: Story) -> Attempt:
    return putting(s, s.laptop, s.dora, sent_at=LATER)


@refuses(RequestRecorded, ITEM, "E_REQUEST", "not on file here")
def test_only_a_request_is_followed_up(s: Story) -> Attempt:
    return putting(s, s.laptop, s.dora, follows=note(s))


@refuses(RequestRecorded, CASE, "E_REQUEST", "not on file here")
def test_a_request_on_a_case_follows_none_on_an_item(s: Story) -> Attempt:
    return putting(s, s.case, s.dora, follows=put(s, s.laptop))


@refuses(RequestRecorded, CASE, "E_OTHER_CASE", "more than one case", by_rule=False)
def test_a_request_is_on_one_case(s: Story) -> Attempt:
    other, _ = second_case(s)
    return attempt(s, "request.recorded", [s.case, other], {}, s.olga)


@refuses(RequestEnded, ITEM, "E_NO_GRANT", "open cases")
def test_who_only_holds_items_ends_no_request(s: Story) -> Attempt:
    return ending(s, s.laptop, put(s, s.laptop), s.pia)


@refuses(RequestEnded, CASE, "E_NO_GRANT", "open cases")
def test_who_only_holds_items_ends_none_on_a_case(s: Story) -> Attempt:
    return ending(s, s.case, put(s, s.case), s.pia)


@refuses(RequestEnded, ITEM, "E_REQUEST", "still open here")
def test_a_request_ends_once(s: Story) -> Attempt:
    entry = put(s, s.laptop)
    ending(s, s.laptop, entry)()
    return ending(s, s.laptop, entry)


@refuses(RequestEnded, ITEM, "E_REQUEST", "still open here")
def test_a_request_on_the_case_does_not_end_for_one_item(s: Story) -> Attempt:
    return ending(s, s.laptop, put(s, s.case))


@refuses(RequestEnded, CASE, "E_REQUEST", "what the request came to")
def test_how_a_request_ended_is_said(s: Story) -> Attempt:
    return ending(s, s.case, put(s, s.case), outcome="not_stated")


@refuses(RequestEnded, CASE, "E_REQUEST", "takes another request")
def test_what_is_to_be_preserved_is_never_produced(s: Story) -> Attempt:
    return ending(s, s.case, put(s, s.case, kind="preservation"), outcome="produced")


@refuses(RequestEnded, ITEM, "E_REQUEST", "takes another request")
def test_nor_is_a_part_of_it(s: Story) -> Attempt:
    which = put(s, s.laptop, kind="preservation")
    return ending(s, s.laptop, which, outcome="partially_produced")


@refuses(RequestEnded, ITEM, "E_REQUEST", "mla preserves nothing")
def test_only_what_is_preserved_is_released(s: Story) -> Attempt:
    return ending(s, s.laptop, put(s, s.laptop), outcome="released")


@refuses(RequestEnded, ITEM, "E_REQUEST", "2027-01-01T00:00:00Z, which has not passed")
def test_a_request_does_not_expire_before_its_day(s: Story) -> Attempt:
    which = put(s, s.laptop, respond_by=times.spelt(s.world.now - 60), expires_at=LATER)
    return ending(s, s.laptop, which, outcome="expired")


@refuses(RequestEnded, ITEM, "E_REQUEST", "no ground of refusal")
def test_what_was_answered_has_no_ground_of_refusal(s: Story) -> Attempt:
    return ending(s, s.laptop, put(s, s.laptop), ground="press_freedom")


@refuses(DispositionRequested, ITEM, "E_REQUEST", "request is open: mla")
def test_what_is_asked_for_is_not_disposed_of(s: Story) -> Attempt:
    put(s, over(s, s.laptop))
    return attempt(s, "disposition.requested", [s.laptop], {}, s.dora)


@refuses(DispositionRequested, ITEM, "E_REQUEST", "request is open: preservation")
def test_nor_is_an_item_of_a_case_that_is_asked_for(s: Story) -> Attempt:
    put(s, s.case, kind="preservation")
    return attempt(s, "disposition.requested", [over(s, s.laptop)], {}, s.dora)


@refuses(DispositionRequested, ITEM, "E_REQUEST", "request is open")
def test_a_request_stands_before_an_appeal(s: Story) -> Attempt:
    put(s, over(s, s.laptop))
    status(s, "appeal")
    return attempt(s, "disposition.requested", [s.laptop], {}, s.dora)


@refuses(DispositionRequested, ITEM, "E_REQUEST", "request is open")
def test_a_request_does_not_lapse_by_its_day(s: Story) -> Attempt:
    put(s, over(s, s.laptop), expires_at=times.spelt(s.world.now))
    s.world.now += 400 * 86_400
    return attempt(s, "disposition.requested", [s.laptop], {}, s.dora)


@refuses(PrivacyErased, ITEM, "E_REQUEST", "request is open")
def test_nothing_is_erased_of_what_is_asked_for(s: Story) -> Attempt:
    entry = note(s)
    put(s, s.case)
    return erase(s, s.laptop, entry, act="note.recorded", fields=["note"])


@refuses(PrivacyErased, CASE, "E_REQUEST", "request is open")
def test_nothing_is_erased_of_a_case_that_is_asked_for(s: Story) -> Attempt:
    put(s, s.case)
    return erase(s, s.case, first(s, s.case), act="case.opened", fields=["title"])


@admits(PrivacyErased, CASE)
def test_a_request_on_an_item_keeps_no_words_of_its_case(s: Story) -> None:
    put(s, s.laptop)
    erase(s, s.case, first(s, s.case), act="case.opened", fields=["title"])()


def letting_go(s: Story, **given: Any) -> Attempt:
    """Dora gives the laptop back to its owner, or says another thing that comes to the same."""
    return attempt(s, "transfer.released", [s.laptop], {**OWNER, **given}, s.dora)


@refuses(TransferReleased, ITEM, "E_HOLD", "under hold: legal hold")
def test_no_hand_over_to_its_owner_under_a_hold(s: Story) -> Attempt:
    held(s, over(s, s.laptop))
    return letting_go(s)


@refuses(TransferReleased, ITEM, "E_REQUEST", "request is open")
def test_none_while_a_request_is_open(s: Story) -> Attempt:
    put(s, over(s, s.laptop))
    return letting_go(s, outside="courier")


@refuses(TransferReleased, ITEM, "E_RETENTION", "nobody said how long")
def test_none_before_its_retention_is_over(s: Story) -> Attempt:
    return letting_go(s)


@refuses(TransferReleased, ITEM, "E_APPEAL", "the case is in appeal")
def test_none_while_an_appeal_is_pending(s: Story) -> Attempt:
    over(s, s.laptop)
    status(s, "appeal")
    return letting_go(s)


@refuses(TransferReleased, ITEM, "E_OPEN_DISCREPANCY", "unresolved: damage")
def test_none_while_something_is_unresolved(s: Story) -> Attempt:
    s.world.record("discrepancy.opened", [s.laptop], {"kind": "damage"}, signers=[s.pia])
    return letting_go(s)


@refuses(TransferReleased, ITEM, "E_HOLD", "under hold")
def test_an_owner_gets_nothing_that_is_held_for_another_purpose(s: Story) -> Attempt:
    held(s, s.case)
    return letting_go(s, purpose="other")


@refuses(TransferReleased, ITEM, "E_HOLD", "under hold")
def test_nor_for_none_that_is_said(s: Story) -> Attempt:
    held(s, s.case)
    return letting_go(s, purpose="not_stated")


@admits(TransferReleased, ITEM)
def test_an_owner_may_keep_it_for_others_under_a_hold(s: Story) -> None:
    held(s, s.case)
    letting_go(s, purpose="storage")()
