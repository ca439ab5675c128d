"""Adverse facts of retention, holds, packs and proceedings, each beside the act without it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from custody.core.against import KINDS
from tests.bundles import Bundle, examined
from tests.schedules import load, rule
from tests.test_adverse_days import called, reported, told_of
from tests.test_rules_dispositions import loaded, order_of
from tests.worlds import Person, Story, World, story, tell

KEPT = ("retention", "hold", "proceedings", "disposition")
KEEPER = {"role": "custodian_primary"}
LATER = "2027-01-01T00:00:00Z"
ITEM, CASE = "item 1 of case K-2026/17", "case K-2026/17"


def assigned(told: Story, **given: Any) -> str:
    values = {"authority": told.warrant, **given}
    return told.world.record("retention.assigned", [told.laptop], values, signers=[told.carl])


def moved(told: Story, until: str | None) -> object:
    paul = told.world.enrol("Paul", "prosecutor", by=told.ada)
    given = {"assigned": assigned(told), "retain_until": until, "authority": told.warrant}
    given["basis"] = "settled"
    signers = [paul, told.carl, told.olga]
    return told.world.record("retention.changed", [told.laptop], given, signers=signers)


def placed(told: Story, **given: Any) -> str:
    return told.world.record("hold.placed", [told.laptop], given, signers=[told.eve])


def released(told: Story) -> object:
    given = {"hold": placed(told), "reason": "not needed"}
    signers = [told.eve, told.carl, told.olga]
    return told.world.record("hold.released", [told.laptop], given, signers=signers)


def said(told: Story, stands: str, *others: Any, **given: Any) -> object:
    """Where the proceedings stand, as Olga says, and whoever co-signs."""
    values = {"status": stands, "effective_at": "2026-09-01T00:00:00Z", **given}
    return told.world.record(
        "case.status_changed", [told.case], values, signers=[told.olga, *others]
    )


def closed(told: Story, stands: str) -> object:
    return told.world.record("case.closed", [told.case], {"status": stands}, signers=[told.olga])


def reopened(told: Story, stands: str, *others: Any) -> object:
    """Closed without a word on the proceedings, and taken up again."""
    closed(told, "closed")
    given = {"status": stands}
    return told.world.record("case.reopened", [told.case], given, signers=[told.olga, *others])


def passes(told: Story) -> object:
    """Half a year goes by until somebody records something."""
    told.world.now += 180 * 86_400
    return told.world.record("note.recorded", [told.case], signers=[told.olga])


def disposed(told: Story, *approvers: Person) -> object:
    item = told.laptop
    which = {"disposition": told.world.record("disposition.requested", [item], signers=[told.dora])}
    for approver in approvers:
        told.world.record("disposition.approved", [item], which, signers=[approver])
    return told.world.record("disposition.executed", [item], which, signers=[told.dora])


def left(told: Story, *, before: bool) -> None:
    """Carl, who approves, loses his role before the laptop is gone, or afterwards."""
    item, world = told.laptop, told.world
    which = {"disposition": world.record("disposition.requested", [item], signers=[told.dora])}
    for approver in (told.olga, told.carl):
        world.record("disposition.approved", [item], which, signers=[approver])
    ends: list[Callable[[], object]] = [
        lambda: world.record("disposition.executed", [item], which, signers=[told.dora]),
        lambda: world.record("role.revoked", [told.carl.tag], KEEPER, signers=[told.ada]),
    ]
    for end in reversed(ends) if before else ends:
        end()


def judge(told: Story) -> Person:
    return told.world.enrol("Judy", "judge_or_clerk", by=told.ada)


class Case(NamedTuple):
    """A fact, what brings it about, and what would not."""

    kind: str
    subject: str
    words: str
    act: Callable[[Story], object]
    but: Callable[[Story], object]


FACTS: dict[str, Case] = {
    "a date was shortened": Case(
        "retention",
        ITEM,
        "a date was moved to an earlier one: 2028-01-01T00:00:00Z, and 2030-01-01T00:00:00Z before "
        "(settled)",
        lambda told: moved(told, "2028-01-01T00:00:00Z"),
        lambda told: moved(told, "2031-01-01T00:00:00Z"),
    ),
    "a date of nobody's": Case(
        "retention",
        ITEM,
        "kept until 2030-01-01T00:00:00Z by no rule and on no legal basis",
        lambda told: assigned(told, authority=None),
        assigned,
    ),
    "for good, of nobody's": Case(
        "retention",
        ITEM,
        "kept for good by no rule and on no legal basis",
        lambda told: assigned(told, authority=None, retain_until=None),
        assigned,
    ),
    "no review": Case(
        "retention",
        ITEM,
        "whether it is still needed was to be looked at by 2027-01-01T00:00:00Z",
        lambda told: (
            told.world.record("retention.reviewed", [told.laptop], signers=[told.carl]),
            passes(told),
        ),
        lambda told: told.world.record("retention.reviewed", [told.laptop], signers=[told.carl]),
    ),
    "a hold was released": Case(
        "hold", ITEM, "the hold of record {record} was released (not needed)", released, placed
    ),
    "a hold that nobody looked at": Case(
        "hold",
        ITEM,
        "a hold (legal hold) was to be looked at again by 2027-01-01T00:00:00Z",
        lambda told: (
            placed(told, review_by=LATER),
            passes(told),
        ),
        lambda told: placed(told, review_by=LATER),
    ),
    "one person's word": Case(
        "proceedings",
        CASE,
        "on the word of {olga} alone: acquitted since 2026-09-01T00:00:00Z (IV Ks 3)",
        lambda told: said(told, "acquitted", details="IV Ks 3"),
        lambda told: said(told, "acquitted", told.carl, details="IV Ks 3"),
    ),
    "closed on one person's word": Case(
        "proceedings",
        CASE,
        "on the word of {olga} alone: acquitted since {now}",
        lambda told: closed(told, "acquitted"),
        lambda told: closed(told, "closed"),
    ),
    "taken up again on one person's word": Case(
        "proceedings",
        CASE,
        "on the word of {olga} alone: trial since {again}",
        lambda told: reopened(told, "trial"),
        lambda told: reopened(told, "trial", told.carl),
    ),
    "taken up again with another outcome, and no time to appeal": Case(
        "proceedings",
        CASE,
        "the time in which an appeal could be filed, until 2027-01-01T00:00:00Z, is said to be "
        "another",
        lambda told: (
            said(told, "acquitted", told.carl, appeal_deadline=LATER),
            reopened(told, "convicted", told.carl),
        ),
        lambda told: (
            said(told, "acquitted", told.carl, appeal_deadline=LATER),
            reopened(told, "trial", told.carl),
        ),
    ),
    "dated back": Case(
        "proceedings",
        CASE,
        "acquittal was dated back: 2026-08-01T00:00:00Z, and 2026-09-01T00:00:00Z before",
        lambda told: (
            said(told, "acquitted", told.carl),
            said(told, "acquitted", told.carl, effective_at="2026-08-01T00:00:00Z"),
        ),
        lambda told: (
            said(told, "acquitted", told.carl),
            said(told, "acquitted", told.carl, effective_at="2026-09-02T00:00:00Z"),
        ),
    ),
    "less serious": Case(
        "proceedings",
        CASE,
        "the offence is said to be less serious: minor, and serious before",
        lambda told: said(told, "charged", told.carl, severity="minor"),
        lambda told: said(told, "charged", told.carl, severity="very_serious"),
    ),
    "serious or not, nobody says": Case(
        "proceedings",
        CASE,
        "the offence is said to be less serious: not stated, and serious before",
        lambda told: said(told, "charged", told.carl, severity="not_stated"),
        lambda told: said(told, "charged", told.carl, severity="serious"),
    ),
    "no time to appeal": Case(
        "proceedings",
        CASE,
        "the time in which an appeal could be filed, until 2027-01-01T00:00:00Z, is said to be "
        "another",
        lambda told: (
            said(told, "acquitted", told.carl, appeal_deadline=LATER),
            said(told, "acquitted", told.carl, appeal_deadline="2026-10-01T00:00:00Z"),
        ),
        lambda told: said(told, "acquitted", told.carl, appeal_deadline=LATER),
    ),
    "who approved it may do so no more": Case(
        "disposition",
        ITEM,
        "{carl} had approved it, and may no longer oversee the case",
        lambda told: left(told, before=True),
        lambda told: left(told, before=False),
    ),
    "who said it took part": Case(
        "disposition",
        ITEM,
        "{olga} took part, and alone said where the proceedings stand",
        lambda told: (said(told, "acquitted"), disposed(told, told.olga, told.carl)),
        lambda told: (said(told, "acquitted"), disposed(told, judge(told), told.carl)),
    ),
}


def scene() -> Story:
    """Dora's laptop, kept no time at all under a pack that is no example."""
    told = tell(World(), legal_profile="house")
    load(told, rule(keep=0))
    return told


def filled(words: str, told: Story) -> str:
    runs = {run.signed.statement.name: run for run in told.world.runs}
    hold, closing = runs.get("hold.placed"), runs.get("case.closed")
    again = runs.get("case.reopened")
    return words.format(
        olga=called(told.olga),
        carl=called(told.carl),
        record=hold.first if hold else "",
        now=vars(closing.signed.statement.act)["occurred"].at if closing else "",
        again=vars(again.signed.statement.act)["occurred"].at if again else "",
    )


@pytest.mark.parametrize("what", FACTS)
def test_each_fact_is_told_in_exact_words(tmp_path: Path, what: str) -> None:
    fact, told = FACTS[what], scene()
    fact.act(told)
    report = reported(tmp_path, told)
    assert (fact.kind, fact.subject, filled(fact.words, told)) in told_of(report, fact.kind)


@pytest.mark.parametrize("what", FACTS)
def test_nothing_is_told_where_nothing_is(tmp_path: Path, what: str) -> None:
    fact, told = FACTS[what], scene()
    fact.but(told)
    report = reported(tmp_path, told)
    words = filled(fact.words, told)
    assert [each[2] for each in told_of(report, fact.kind) if each[2] == words] == []
    if fact.kind == "hold":
        assert told_of(report, "hold") == []


def test_an_example_and_a_later_version_are_told(tmp_path: Path) -> None:
    told = scene()
    load(told, rule(keep=1), version=2, example=True)
    found = told_of(reported(tmp_path, told), "retention")
    example, replaced = [words for _, _, words in found]
    assert example == (
        "the pack house says that it is an example only, to be confirmed by whoever uses it"
    )
    assert replaced.startswith("version 2 of the pack house replaces an earlier one on 2026-10-2")
    assert replaced.endswith("Z: dates may be earlier from then on")


def test_an_order_that_stood_for_an_approval_is_told(tmp_path: Path) -> None:
    s = story()
    phone = loaded(s, orders=["court_order"])
    which = s.world.record("disposition.requested", [phone], signers=[s.dora])
    given = {"disposition": which, "order": order_of(s, phone)}
    s.world.record("disposition.approved", [phone], given, signers=[s.carl])
    report = examined(tmp_path, Bundle(s.world, s.world.item(phone).case, s.olga))
    words = [fact.detail for fact in report.adverse if fact.kind == "disposition"]
    assert any(w.startswith("an order on file was counted as one of the approvals") for w in words)


def test_the_kinds_are_told_in_order_of_weight() -> None:
    assert KINDS.index("disposition") < KINDS.index("hold") < KINDS.index("retention")
    assert set(KEPT) <= set(KINDS)
