"""Rules on jurisdiction packs: R79, R131; the cooling-off period of a change."""

from typing import Any

from custody_schemas.acts import PackLoaded
from custody_schemas.declare import Kind
from tests.rulings import Attempt, admits, attempt, refuses, stage
from tests.schedules import LEDGER, facts, load, pack, rule
from tests.worlds import Person, Story

DAY = 86_400


def loading(s: Story, *signers: Any, **members: Any) -> Attempt:
    return attempt(s, "pack.loaded", [LEDGER], {"pack": pack(**members)}, *signers)


def overseer(s: Story, *roles: str, **given: Any) -> Person:
    return s.world.enrol("Judy", *roles, by=s.ada, **given)


@admits(PackLoaded, Kind.LEDGER)
def test_the_first_version_is_in_force_at_once(s: Story) -> None:
    at = s.world.now
    entry = load(s, rule())
    (loaded,) = facts(s).packs
    assert (loaded.id, loaded.pack.version, loaded.since, loaded.until) == (entry, 1, at, None)
    assert loaded.pack.retention[0].code == "registered"


@admits(PackLoaded, Kind.LEDGER)
def test_a_later_version_waits_as_long_as_the_one_before_says(s: Story) -> None:
    load(s, rule(), cooling_off_days=30)
    at = s.world.now
    load(s, version=5, cooling_off_days=0)
    old, new = facts(s).packs
    assert (old.until, new.since, new.until) == (at + 30 * DAY, at + 30 * DAY, None)


@admits(PackLoaded, Kind.LEDGER)
def test_a_version_that_counts_no_more_is_dropped(s: Story) -> None:
    load(s, cooling_off_days=0)
    load(s, version=2, cooling_off_days=0)
    load(s, version=3, name="other")
    assert [(p.pack.name, p.pack.version) for p in facts(s).packs] == [("house", 2), ("other", 3)]
    load(s, version=3)
    load(s, version=4, name="other")
    named = [(p.pack.name, p.pack.version) for p in facts(s).packs]
    assert named == [("other", 3), ("house", 3), ("other", 4)]


@refuses(PackLoaded, Kind.LEDGER, "E_NO_GRANT", "to oversee")
def test_an_admin_loads_no_pack(s: Story) -> Attempt:
    return loading(s, s.ada, s.olga)


@refuses(PackLoaded, Kind.LEDGER, "E_NO_GRANT", "in this ledger")
def test_who_oversees_one_case_only_loads_no_pack(s: Story) -> Attempt:
    judy = overseer(s, "courier")
    grant = {"role": "case_officer", "case": s.case}
    s.world.record("role.granted", [judy.tag], grant, signers=[s.ada])
    return loading(s, judy, s.olga)


@refuses(PackLoaded, Kind.LEDGER, "E_TWO_PERSON", "oversees everywhere")
def test_nobody_loads_a_pack_alone(s: Story) -> Attempt:
    return loading(s, s.olga)


@refuses(PackLoaded, Kind.LEDGER, "E_TWO_PERSON", "oversees everywhere")
def test_who_enrols_people_does_not_answer_for_a_pack(s: Story) -> Attempt:
    return loading(s, s.olga, s.ada)


@refuses(PackLoaded, Kind.LEDGER, "E_TWO_PERSON", "oversees everywhere")
def test_a_right_that_ended_answers_for_nothing(s: Story) -> Attempt:
    again = overseer(s, "peer_reviewer", valid_to="2026-09-20T00:00:00Z")
    return loading(s, s.olga, again)


@refuses(PackLoaded, Kind.LEDGER, "E_PACK", "the same name")
def test_two_rules_of_one_name_are_no_schedule(s: Story) -> Attempt:
    return attempt(s, "pack.loaded", [LEDGER], {"pack": pack(rule(), rule())}, s.carl, s.olga)


@refuses(PackLoaded, Kind.LEDGER, "E_PACK", "keeps for good")
def test_nothing_is_kept_for_good_and_for_a_month(s: Story) -> Attempt:
    endless = pack(rule(mode="indefinite", keep=30))
    return attempt(s, "pack.loaded", [LEDGER], {"pack": endless}, s.carl, s.olga)


@refuses(PackLoaded, Kind.LEDGER, "E_PACK", "does not say")
def test_a_rule_says_whether_its_date_may_move(s: Story) -> Attempt:
    unsaid = pack(rule(mode="not_stated"))
    return attempt(s, "pack.loaded", [LEDGER], {"pack": unsaid}, s.carl, s.olga)


@refuses(PackLoaded, Kind.LEDGER, "E_PACK", "version 4 of this pack is still to come")
def test_one_change_at_a_time(s: Story) -> Attempt:
    load(s)
    load(s, version=4)
    return loading(s, s.carl, s.olga, version=5)


@refuses(PackLoaded, Kind.LEDGER, "E_PACK", "version 3 of this pack is in force already")
def test_no_version_comes_back(s: Story) -> Attempt:
    load(s, version=3)
    return loading(s, s.carl, s.olga, version=3)


def test_after_the_cooling_off_period_the_next_change_may_come() -> None:
    s = stage()
    load(s, cooling_off_days=2)
    load(s, version=2, cooling_off_days=1)
    s.world.now += 2 * DAY
    load(s, version=3)
    old, new = facts(s).packs
    assert (old.pack.version, new.pack.version) == (2, 3)
    assert new.since == old.until == s.world.now - 60 + DAY
