"""Conditions of the rules on requests, limits, custodians and exports that decide alone; last seconds.

Each case stands where only the condition itself makes the difference: another request is open,
nobody but the successor signed, the profile is one of two, the day ends in this very second.
"""

from typing import Any

from custody.core import rules, times
from custody.core.state import Item
from custody_schemas.acts import (
    ExportPrepared,
    PrivacyErased,
    RequestEnded,
    RequestRecorded,
    RoleGranted,
)
from custody_schemas.declare import Kind
from tests.bodies import HASH
from tests.rulings import Attempt, admits, attempt, refuses, stage
from tests.schedules import housed, load, rule
from tests.test_rules_conditions import overseers_of_one_case
from tests.test_rules_custodians import (
    BESIDE,
    CHANGE,
    NOT_COUNTED,
    THERE,
    appoint,
    count,
    custodians,
    end,
    facts,
)
from tests.test_rules_exports import BY, PROFILE
from tests.test_rules_limits import ABROAD, exporting, given_to
from tests.test_rules_privacy import erase, registered
from tests.test_rules_requests import ending, open_on, put, putting
from tests.worlds import Story

ITEM, CASE, LEDGER, ACTOR = Kind.ITEM, Kind.CASE, Kind.LEDGER, Kind.ACTOR


@admits(RequestEnded, ITEM)
def test_of_two_requests_the_one_that_is_named_ends(s: Story) -> None:
    first, second = put(s, s.laptop), put(s, s.laptop)
    ending(s, s.laptop, second)()
    assert open_on(s, s.laptop) == [first]


@refuses(RequestEnded, ITEM, "E_REQUEST", "still open here")
def test_a_request_that_is_not_on_file_ends_no_other(s: Story) -> Attempt:
    put(s, s.laptop)
    return ending(s, s.laptop, HASH)


@admits(RequestEnded, CASE)
def test_a_request_is_answered_before_the_last_day_that_it_names(s: Story) -> None:
    ending(s, s.case, put(s, s.case, respond_by="2027-01-01T00:00:00Z"))()
    assert open_on(s, s.laptop) == []


@refuses(RequestEnded, CASE, "E_REQUEST", "which has not passed")
def test_a_request_stands_in_the_last_second_of_its_day(s: Story) -> Attempt:
    entry = put(s, s.case, expires_at=times.spelt(s.world.now + 60))
    return ending(s, s.case, entry, outcome="expired")


@admits(RequestEnded, CASE)
def test_in_the_second_after_it_it_has_expired(s: Story) -> None:
    entry = put(s, s.case, expires_at=times.spelt(s.world.now + 59))
    ending(s, s.case, entry, outcome="expired")()


@admits(RequestRecorded, ITEM)
def test_clocks_may_disagree_on_when_a_request_was_sent(s: Story) -> None:
    ahead = times.spelt(s.world.now + facts(s.world).rules.ahead)
    put(s, s.laptop, sent_at=ahead)


@refuses(RequestRecorded, ITEM, "E_TIME", "still to come")
def test_and_by_no_second_more(s: Story) -> Attempt:
    ahead = times.spelt(s.world.now + facts(s.world).rules.ahead + 1)
    return putting(s, s.laptop, s.dora, sent_at=ahead)


@admits(ExportPrepared, ITEM)
def test_on_the_day_by_which_it_is_to_be_deleted_it_may_still_leave(s: Story) -> None:
    day = s.world.now + 600
    item = given_to(s, delete_by=times.spelt(day))
    s.world.now = day
    exporting(s, item)()


@refuses(ExportPrepared, ITEM, "E_USE_LIMIT", "wanted it deleted by")
def test_a_second_later_it_stays(s: Story) -> Attempt:
    day = s.world.now + 600
    item = given_to(s, delete_by=times.spelt(day))
    s.world.now = day + 1
    return exporting(s, item, **ABROAD)


@refuses(RoleGranted, LEDGER, "E_INVENTORY", NOT_COUNTED)
def test_who_follows_counted_alone(s: Story) -> Attempt:
    """Nobody else signed, neither she who leaves nor one who oversees."""
    which = s.world.record(
        *("inventory.started", [THERE]),
        {"kind": CHANGE, "of": s.carl.tag, "to": s.pia.tag},
        signers=[s.pia],
    )
    end(s, which, s.pia)()
    return appoint(s, s.pia)


@refuses(RoleGranted, LEDGER, "E_INVENTORY", NOT_COUNTED)
def test_one_of_those_who_were_there_must_oversee_or_leave(s: Story) -> Attempt:
    which = s.world.record(
        *("inventory.started", [THERE]),
        {"kind": CHANGE, "of": s.carl.tag, "to": s.pia.tag},
        signers=[s.pia],
    )
    end(s, which, s.pia, (s.eve, BESIDE), (s.dora, BESIDE))()
    return appoint(s, s.pia)


@admits(RoleGranted, ACTOR, LEDGER)
def test_one_of_several_who_were_there_oversees(s: Story) -> None:
    which = s.world.record(
        *("inventory.started", [THERE]),
        {"kind": CHANGE, "of": s.carl.tag, "to": s.pia.tag},
        signers=[s.pia],
    )
    end(s, which, s.pia, (s.eve, BESIDE), (s.olga, BESIDE))()
    appoint(s, s.pia)()


@refuses(RoleGranted, LEDGER, "E_INVENTORY", NOT_COUNTED)
def test_what_she_got_since_she_was_counted_was_not_counted(s: Story) -> Attempt:
    """Pia's own items were counted for Dora before Pia became custodian of all that Carl held."""
    count(s, s.carl, s.pia)
    which = s.world.record(
        *("inventory.started", [THERE]),
        {"kind": CHANGE, "of": s.pia.tag, "to": s.dora.tag},
        signers=[s.pia],
    )
    end(s, which, s.pia, (s.dora, BESIDE))()
    appoint(s, s.pia)()
    return appoint(s, s.dora)


@admits(RoleGranted, ACTOR, LEDGER)
def test_an_inventory_of_one_who_is_no_custodian_any_more_is_not_kept(s: Story) -> None:
    appoint(s, s.eve, case=s.case)()
    count(s, s.carl, s.pia)
    appoint(s, s.pia)()
    assert custodians(s.world) == {None: s.pia.tag, s.case: s.eve.tag}
    assert facts(s.world).counted == ()


@refuses(ExportPrepared, CASE, "E_CONTENT", "without evidence has no content inside")
def test_an_export_of_records_names_no_content_that_is_inside(s: Story) -> Attempt:
    given: dict[str, Any] = {"evidence": False, "sensitive": [1]}
    return attempt(s, "export.prepared", [s.case], given, s.olga)


@admits(ExportPrepared, CASE)
def test_a_pack_has_more_profiles_than_the_one_that_is_named(s: Story) -> None:
    load(s, rule(), profiles=[{**PROFILE, "name": "press"}, PROFILE])
    case = s.world.item(housed(s)).case
    attempt(s, "export.prepared", [case], BY, s.olga)()


@admits(PrivacyErased, ITEM)
def test_who_oversees_in_a_case_erases_what_is_said_of_its_items(s: Story) -> None:
    erase(s, s.laptop, registered(s), *overseers_of_one_case(s))()


def test_what_is_made_of_an_item_that_is_not_shown_has_no_limits_that_show() -> None:
    """As the reader of a bundle sees it who is shown the new item alone."""
    s = stage()
    source, tag = given_to(s), s.world.register(s.case, 3, by=s.eve)
    given = {"parents": [s.world.item(source).content]}
    about: list[Any] = [tag, (Kind.SOURCE, source)]
    made = s.world.draft("item.derived", about, given, signers=[s.eve]).statement
    n = len(s.world.records)
    whole = rules.admit(s.world, made, at=s.world.now, n=n)[tag].subject
    del s.world.states[source]
    alone = rules.admit(s.world, made, at=s.world.now, n=n, shown={tag})[tag].subject
    assert isinstance(whole, Item) and isinstance(alone, Item)
    assert whole.limits is not None and alone.limits is None
    assert alone.parents == (source,)
