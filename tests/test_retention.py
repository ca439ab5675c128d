"""How long items are kept, as a pure function of the states: R69–R74. And what feeds the states."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custody.core.kept import Happened, LoadedPack, Moved, Retention
from custody.core.reading import read_record
from custody.core.retention import (
    DAY,
    LATEST,
    Retained,
    after,
    applying,
    longest,
    retained,
    spoken_period,
    version_at,
)
from custody.core.state import Case, Item
from custody_schemas.acts import Pack, Period
from custody_schemas.declare import Kind
from custody_schemas.terms import CaseStatus, RetentionLine, RetentionMode, Trigger
from tests.rulings import image, stage
from tests.schedules import LINES, case_of, housed, kept, load, pack, rule, status
from tests.worlds import Story

NOW = 1_790_000_000
FOREVER = float("inf")
moments = st.integers(0, 4_000_000_000)
periods = st.builds(
    Period, years=st.integers(0, 200), months=st.integers(0, 1200), days=st.integers(0, 36_500)
)
spans = st.none() | st.integers(0, 36_500)


def end(moment: int | None) -> float:
    """A date that can be compared: no end is later than all."""
    return FOREVER if moment is None else moment


def by_trial(moment: int, period: Period) -> int:
    """`after`, with the last day of a month found by trying."""
    when = datetime.fromtimestamp(moment, UTC)
    year, month = when.year + period.years, when.month + period.months
    while month > 12:
        year, month = year + 1, month - 12
    for day in range(when.day, 27, -1) if when.day > 28 else (when.day,):
        try:
            moved = when.replace(year, month, day)
        except ValueError:  # the month has no such day
            continue
        return int((moved + timedelta(days=period.days)).timestamp())
    return int((when.replace(year, month, 28) + timedelta(days=period.days)).timestamp())


@given(moments, periods)
def test_periods_run_by_the_calendar(moment: int, period: Period) -> None:
    assert after(moment, period) == by_trial(moment, period)


@pytest.mark.parametrize(
    ("begin", "years", "months", "days", "expected"),
    [
        ("2026-01-31T23:59:59", 0, 1, 0, "2026-02-28T23:59:59"),
        ("2028-01-31T00:00:00", 0, 1, 0, "2028-02-29T00:00:00"),
        ("2028-02-29T12:00:00", 1, 0, 0, "2029-02-28T12:00:00"),
        ("2028-02-29T12:00:00", 4, 0, 0, "2032-02-29T12:00:00"),
        ("2026-01-31T00:00:00", 0, 1, 1, "2026-03-01T00:00:00"),
        ("2026-08-31T00:00:00", 0, 18, 0, "2028-02-29T00:00:00"),
        ("2100-02-28T00:00:00", 0, 0, 1, "2100-03-01T00:00:00"),
        ("2026-12-31T00:00:00", 0, 0, 0, "2026-12-31T00:00:00"),
    ],
)
def test_days_that_a_month_does_not_have(
    begin: str, years: int, months: int, days: int, expected: str
) -> None:
    seconds = int(datetime.fromisoformat(f"{begin}+00:00").timestamp())
    found = after(seconds, Period(years=years, months=months, days=days))
    assert datetime.fromtimestamp(found, UTC).isoformat() == f"{expected}+00:00"


def test_no_date_is_later_than_the_last_that_can_be_written() -> None:
    nearly = int(datetime(9999, 6, 1, tzinfo=UTC).timestamp())
    assert after(nearly, Period(years=0, months=12, days=0)) == LATEST
    assert after(nearly, Period(years=0, months=0, days=400)) == LATEST
    assert after(nearly, Period(years=0, months=6, days=30)) == LATEST - DAY + 1


@given(st.lists(st.none() | moments))
def test_the_longest_is_the_latest_and_no_end_is_later(ends: list[int | None]) -> None:
    expected = max(map(end, ends), default=FOREVER)
    assert end(longest(ends)) == expected


@cache
def told() -> tuple[Item, Case]:
    """An image, and its case under the pack `house`."""
    s = stage()
    item = housed(s)
    return s.world.item(item), case_of(s, item)


def loaded(*rules: dict[str, Any], since: int = 0, until: int | None = None) -> LoadedPack:
    return LoadedPack(id="", pack=read_record(Pack, pack(*rules)), since=since, until=until)


codes = st.sampled_from(["a", "b", "c", "d"])
triggers = st.sampled_from(Trigger)
rules = st.lists(
    st.builds(
        rule,
        codes,
        trigger=triggers.map(str),
        keep=spans,
        mode=st.sampled_from(["governance", "compliance", "review_only"]),
        lines=st.lists(st.sampled_from(LINES), min_size=1, unique=True),
    ),
    unique_by=lambda rule: str(rule["code"]),
    max_size=4,
)
happened = st.lists(
    st.builds(Happened, trigger=triggers, at=moments), unique_by=lambda each: each.trigger
).map(tuple)
assigned = st.lists(
    st.builds(
        lambda rule, until, mode: Retention(
            id=f"{rule}{until}", pack=rule and "house", rule=rule, until=until, mode=mode
        ),
        st.none() | codes,
        st.none(),
        st.just(RetentionMode.GOVERNANCE),
    )
    | st.builds(
        lambda until: Retention(id=str(until), until=until, mode=RetentionMode.GOVERNANCE), moments
    ),
    unique_by=lambda line: line.id,
    max_size=3,
).map(tuple)


@st.composite
def kept_items(draw: st.DrawFn) -> tuple[Item, Case]:
    """An item and its case, after anything."""
    item, case = told()
    events = draw(happened)
    line = draw(st.sampled_from(RetentionLine))
    return (
        item.but(happened=events, retention=draw(assigned), line=line),
        case.but(
            happened=tuple(each for each in draw(happened) if each.trigger not in map(_of, events)),
            status=draw(st.sampled_from(CaseStatus)),
            appeal_until=draw(st.none() | moments),
        ),
    )


def _of(event: Happened) -> Trigger:
    return event.trigger


@given(kept_items(), rules, moments)
def test_the_longest_of_all_lines_decides(
    found: tuple[Item, Case], schedule: list[dict[str, Any]], at: int
) -> None:
    all_lines = retained(*found, [loaded(*schedule)], at)
    ends = [end(line.until) for line in all_lines.lines]
    assert end(all_lines.until) == max(ends, default=FOREVER)
    assert all_lines.over(at) == (bool(ends) and max(ends) <= at)
    assert {end(line.until) for line in all_lines.deciding} <= {end(all_lines.until)}
    for line in all_lines.lines:
        assert not line.waits or line.until is None
        assert line.until is None or line.began is None or line.until >= line.began


@given(kept_items(), rules, rules, moments)
def test_a_further_line_never_makes_it_shorter(
    found: tuple[Item, Case],
    schedule: list[dict[str, Any]],
    more: list[dict[str, Any]],
    at: int,
) -> None:
    had = {each["code"] for each in schedule}
    both = [*schedule, *(each for each in more if each["code"] not in had)]
    item, case = found
    bare = item.but(retention=())
    before, later = (retained(bare, case, [loaded(*each)], at) for each in (schedule, both))
    further = retained(item, case, [loaded(*both)], at)
    assert not before.lines or end(before.until) <= end(later.until)
    assert not later.lines or end(later.until) <= end(further.until)


@given(kept_items(), rules, rules, st.tuples(moments, moments).map(sorted))
def test_no_date_gets_shorter_before_the_cooling_off_period_is_over(
    found: tuple[Item, Case],
    old: list[dict[str, Any]],
    new: list[dict[str, Any]],
    moment: tuple[int, int],
) -> None:
    at, ends = moment
    alone = retained(*found, [loaded(*old)], at)
    packs = [loaded(*old, until=ends + 1), loaded(*new, since=ends + 1)]
    waiting = retained(*found, packs, at)
    assert end(waiting.until) >= end(alone.until) and bool(waiting.lines) == bool(alone.lines)
    assert not waiting.over(at) or alone.over(at)
    assert retained(*found, packs, ends + 1) == retained(*found, [loaded(*new)], ends + 1)


@given(kept_items(), rules, moments, moments)
def test_a_later_date_stays_whatever_happens(
    found: tuple[Item, Case], schedule: list[dict[str, Any]], later: int, again: int
) -> None:
    """The date of each line is moved to a later one; then its event is said to be another day."""
    item, case = found
    packs = [loaded(*schedule)]
    lines = retained(item, case, packs, 0).lines
    moves = tuple(_move(line, later) for line in lines if end(line.until) < later)
    extended = item.but(moved=moves)
    now = retained(extended, case, packs, 0)
    assert end(now.until) == max(map(end, (line.until for line in now.lines)), default=FOREVER)
    assert end(now.until) >= end(retained(item, case, packs, 0).until) or not lines
    other = tuple(Happened(trigger=each.trigger, at=again) for each in case.happened)
    for line in retained(extended, case.but(happened=other), packs, 0).lines:
        assert not line.moved or end(line.until) >= later


@given(kept_items(), rules, moments)
def test_an_earlier_date_counts_as_long_as_what_it_shortened_stays(
    found: tuple[Item, Case], schedule: list[dict[str, Any]], again: int
) -> None:
    item, case = found
    packs = [loaded(*schedule)]
    lines = retained(item, case, packs, 0).lines
    shortened = item.but(moved=tuple(_move(line, line.began or 0) for line in lines))
    for before, line in zip(lines, retained(shortened, case, packs, 0).lines, strict=True):
        assert line.until == (None if before.waits else before.began or 0)
    other = tuple(Happened(trigger=each.trigger, at=again) for each in case.happened)
    changed = case.but(happened=other)
    plain = retained(item, changed, packs, 0).lines
    for was, before, line in zip(
        lines, plain, retained(shortened, changed, packs, 0).lines, strict=True
    ):
        if (was.began, was.computed) != (before.began, before.computed):
            assert end(line.until) >= end(before.until)


def _move(line: Any, until: int) -> Moved:
    named = line.assigned is None
    return Moved(
        id=line.assigned,
        pack=line.pack if named else None,
        rule=line.rule if named else None,
        until=until,
        began=line.began,
        computed=line.computed,
    )


LIVE = ["open", "charged", "trial", "appeal", "post_conviction_review", "unsolved", "not_stated"]
OUTCOME = ["convicted", "acquitted", "discontinued", "not_prosecuted"]
EVENTS = ["conviction", "acquittal", "discontinuance", "release_from_custody", "appeal_end"]


@settings(max_examples=25)
@given(
    st.lists(st.sampled_from([*LIVE, *OUTCOME, "closed"]), min_size=1, max_size=4),
    st.sampled_from(LIVE),
    st.sampled_from(EVENTS),
)
def test_proceedings_that_go_on_never_make_it_shorter(
    past: list[str], live: str, event: str
) -> None:
    """R72: what an appeal or a new charge puts in question is waited for again."""
    s = stage()
    item = housed(s, rule(trigger=event, keep=10))
    ended = {"release_at": "2027-01-01T00:00:00Z", "appeal_deadline": "2027-01-01T00:00:00Z"}
    for each in past:
        status(s, item, each, **(ended if each in OUTCOME else {}))
    before = kept(s, item)
    status(s, item, live)
    assert end(kept(s, item).until) >= end(before.until)
    assert kept(s, item).lines[0].waits


def test_nobody_who_said_nothing_is_taken_to_have_said_it() -> None:
    s = stage()
    none = kept(s, s.laptop)
    assert (none.lines, none.until, none.for_good, none.over(NOW * 2)) == ((), None, False, False)
    assert none.words() == "with no end: nobody said how long"
    item = housed(s)  # under a pack that nobody loaded
    assert kept(s, item).lines == ()


def test_words() -> None:
    s = stage()
    waits = rule("waits", trigger="conviction", keep=1)
    item = housed(s, waits, rule("registered", keep=1))
    assert kept(s, item).words() == "until this has happened: conviction"
    load(s, waits, rule("good"), version=2)
    assert kept(s, item).words() == "for good"
    assert kept(stage_with(rule(keep=0)), item).words().startswith("until 2026-")


def stage_with(*rules: dict[str, Any]) -> Story:
    """The story with that item under these rules."""
    s = stage()
    housed(s, *rules)
    return s


@pytest.mark.parametrize(
    ("condition", "other"),
    [
        ({"types": ["mobile"]}, {"types": ["computer"]}),
        ({"lines": ["device", "derived"]}, {"lines": ["image"]}),
        ({"severities": ["minor"]}, {"severities": ["minor", "serious"]}),
        ({"categories": ["homicide"]}, {"categories": ["fraud"]}),
        ({"statuses": ["convicted"]}, {"statuses": ["open"]}),
    ],
)
def test_a_rule_applies_where_all_its_conditions_are_met(
    condition: dict[str, Any], other: dict[str, Any]
) -> None:
    s = stage()
    item = housed(s, rule("one", **condition), rule("two", **other), category="fraud")
    assert [line.rule for line in kept(s, item).lines] == ["two"]


def test_what_happens_to_the_item_and_the_case_begins_the_time() -> None:
    s = stage()
    triggers = ["case_opened", "registration", "origin", "case_closed", "copy_verified"]
    item = housed(s, *(rule(each, trigger=each, keep=1) for each in triggers))
    begun = {line.rule: line.began for line in kept(s, item).lines}
    assert begun["case_opened"] < begun["registration"] < begun["origin"]  # type: ignore[operator]
    assert begun["case_closed"] is None and begun["copy_verified"] is None
    case = s.world.item(item).case
    s.world.acquire(case, 2, by=s.eve, source=item)
    s.world.record("case.closed", [case], {"status": "closed"}, signers=[s.olga])
    assert not any(line.waits for line in kept(s, item).lines)


def test_an_appeal_that_nobody_files_ends_with_its_time() -> None:
    s = stage()
    item = housed(s, rule(trigger="appeal_end", keep=10))
    deadline = int(datetime(2026, 12, 1, tzinfo=UTC).timestamp())
    status(s, item, "acquitted")
    assert kept(s, item).lines[0].waits
    status(s, item, "acquitted", appeal_deadline="2026-12-01T00:00:00Z")
    assert kept(s, item).until == deadline + 10 * DAY
    status(s, item, "appeal")
    assert kept(s, item).lines[0].waits
    ended = {"appeal_ended": "2026-09-05T00:00:00Z", "appeal_deadline": "2026-12-01T00:00:00Z"}
    status(s, item, "acquitted", **ended)
    assert kept(s, item).until == deadline + 10 * DAY  # a further appeal can be filed


def test_an_assigned_rule_that_is_no_more_keeps_for_good() -> None:
    s = stage()
    load(s, rule(keep=10), cooling_off_days=1)
    line = {"pack": "house", "pack_version": 1, "rule": "registered", "retain_until": None}
    s.world.record("retention.assigned", [s.laptop], line, signers=[s.carl])
    assert kept(s, s.laptop).until is not None
    load(s, rule("another"), version=2)
    for at in (s.world.now, s.world.now + 2 * DAY):
        (*_, gone) = kept(s, s.laptop, at).lines
        assert (gone.rule, gone.until, kept(s, s.laptop, at).for_good) == ("registered", None, True)


def test_versions_of_a_pack() -> None:
    old, new = loaded(until=NOW), loaded(since=NOW)
    other = loaded().but(pack=read_record(Pack, pack(name="other")))
    packs = (old, new, other)
    assert applying(packs, "house", NOW - 1) == (old, new)
    assert version_at(packs, "house", NOW - 1) == old
    assert applying(packs, "house", NOW) == (new,) and version_at(packs, "house", NOW) == new
    assert version_at(packs, None, NOW) is None and version_at(packs, "none", NOW) is None


def test_what_is_made_of_what_has_its_own_line() -> None:
    """R74."""
    s = stage()
    disk = s.world.acquire(s.case, 2, by=s.eve)
    content = s.world.item(disk).content
    lines = []
    for number, kind in enumerate(("extraction", "working_copy", "forensic_image"), 3):
        made = s.world.register(s.case, number, by=s.eve)
        about: list[str | tuple[Kind, str]] = [made, (Kind.SOURCE, disk)]
        values = {"parents": [content], "kind": kind}
        s.world.record("item.derived", about, values, signers=[s.eve])
        lines.append(s.world.item(made).line)
    assert lines == [RetentionLine.DERIVED, RetentionLine.WORKING_COPY, RetentionLine.IMAGE]
    assert s.world.item(disk).line is RetentionLine.IMAGE
    assert s.world.item(s.laptop).line is RetentionLine.DEVICE
    assert len(s.world.item(disk).products) == 3
    handed_in = s.world.register(s.case, 8, by=s.pia)
    s.world.record("item.received", [handed_in], signers=[s.pia])
    assert s.world.item(handed_in).line is RetentionLine.DEVICE
    assert {each.trigger for each in s.world.item(handed_in).happened} == {
        Trigger.REGISTRATION,
        Trigger.ORIGIN,
    }


def test_a_sample_and_an_image_are_products_of_their_source() -> None:
    s = stage()
    sample = s.world.register(s.case, 2, by=s.dora, source=s.laptop)
    about: list[str | tuple[Kind, str]] = [sample, (Kind.SOURCE, s.laptop)]
    s.world.record("item.acquired", about, signers=[s.dora])
    assert s.world.item(s.laptop).products == (sample,)


def test_when_a_copy_was_verified_is_when_the_last_one_was() -> None:
    s = stage()
    s.world.acquire(s.case, 2, by=s.dora, source=s.laptop)
    first = s.world.item(s.laptop).happened[-1]
    s.world.acquire(s.case, 3, by=s.dora, source=s.laptop)
    again = s.world.item(s.laptop).happened[-1]
    assert first.trigger is again.trigger is Trigger.COPY_VERIFIED and first.at < again.at
    whole = s.world.register(s.case, 4, by=s.dora)
    unread = {"verified": "no"}
    s.world.record("item.acquired", [whole, (Kind.SOURCE, s.laptop)], unread, signers=[s.dora])
    assert s.world.item(s.laptop).happened[-1] == again


def test_exports_with_the_evidence_are_copies() -> None:
    s = stage()
    disk = s.world.item_tag(s.case, 2)
    prepared = []
    for evidence, items in ((False, []), (True, []), (True, [disk, s.laptop])):
        if items:
            image(s)
        about = [s.case, *items]
        entry = s.world.record("export.prepared", about, {"evidence": evidence}, signers=[s.eve])
        prepared.append(entry)
    assert case_of(s, disk).exports == (prepared[1],)
    assert s.world.item(disk).exports == (prepared[2],)
    assert s.world.item(s.laptop).exports == ()  # nothing digital of it could be exported
    assert s.world.item(disk).exported == 1 and s.world.item(s.laptop).exported == 0


def test_everybody_who_had_to_do_with_an_item_is_remembered() -> None:
    """R55: who never appears in its chain can be told; who only left a remark does not."""
    s = stage()
    s.world.record("note.recorded", [s.laptop], signers=[s.pia])
    offer = s.world.record("transfer.released", [s.laptop], {"to": s.carl.tag}, signers=[s.dora])
    s.world.record("transfer.cancelled", [s.laptop], {"transfer": offer}, signers=[s.dora])
    assert s.world.item(s.laptop).people == (s.dora.tag, s.carl.tag)


def test_a_case_begins_open_under_the_pack_that_it_names() -> None:
    s = stage()
    case = case_of(s, housed(s, category="fraud"))
    assert (case.profile, case.category, case.status) == ("house", "fraud", CaseStatus.OPEN)
    assert [each.trigger for each in case.happened] == [Trigger.CASE_OPENED]


def test_periods_in_words() -> None:
    assert spoken_period(Period(years=1, months=6, days=28)) == "1 year and 6 months and 28 days"
    assert spoken_period(Period(years=0, months=0, days=0)) == "no time at all"


def test_nothing_is_over_of_which_nobody_knows_the_end() -> None:
    assert not Retained(()).over(LATEST) and Retained(()).deciding == ()
