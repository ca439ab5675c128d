"""Adverse facts of requests and limits of use, each beside the act without it. (R56, R98)"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from custody.core import times
from custody.core.against import KINDS
from tests.bodies import CONTENT
from tests.bundles import Bundle, examined
from tests.test_adverse_days import called, reported, told_of
from tests.test_adverse_keeping import passes
from tests.worlds import Story, story

ITEM, IMAGE, CASE = "item 1 of case K-2026/17", "item 2 of case K-2026/17", "case K-2026/17"
LATER = "2027-01-01T00:00:00Z"
ABROAD = {"outside": "foreign_authority", "purpose": "mla_transmission", "evidence": True}
IN_PLACE = {"content": {**CONTENT, "where": "in_place"}, "format": "raw"}


def put(told: Story, about: str, **given: Any) -> str:
    return told.world.record("request.recorded", [about], given, signers=[told.pia])


def ended(told: Story, about: str, **given: Any) -> object:
    which = {"request": put(told, about, kind="preservation"), "outcome": "withdrawn"}
    given = {**which, **given}
    return told.world.record("request.ended", [about], given, signers=[told.olga])


def limited(told: Story, **given: Any) -> str:
    """Eve receives item 2, which may not be passed on."""
    tag = told.world.register(told.case, 2, by=told.eve)
    given = {**IN_PLACE, "use_limits": ["no_onward_transfer"], **given}
    told.world.record("item.received", [tag], given, signers=[told.eve])
    return tag


def exported(told: Story, *items: str, **given: Any) -> object:
    about = [told.case, *items]
    return told.world.record("export.prepared", about, {**ABROAD, **given}, signers=[told.olga])


def consent(told: Story) -> str:
    given = {"kind": "consent"}
    return told.world.record("authority.recorded", [told.case], given, signers=[told.olga])


def returned(told: Story, purpose: str) -> object:
    given = {"retain_until": times.spelt(told.world.now - 60)}
    told.world.record("retention.assigned", [told.laptop], given, signers=[told.olga])
    given = {"outside": "owner", "purpose": purpose}
    return told.world.record("transfer.released", [told.laptop], given, signers=[told.dora])


def closed(told: Story) -> object:
    return told.world.record("case.closed", [told.case], signers=[told.olga])


class Case(NamedTuple):
    """A fact, what brings it about, and what would not."""

    kind: str
    subject: str
    words: str
    act: Callable[[Story], object]
    but: Callable[[Story], object]


FACTS: dict[str, Case] = {
    "a request on an item ended": Case(
        "request",
        ITEM,
        "the request (preservation) of record {record} is over, withdrawn, on the word of {olga} "
        "(by telephone)",
        lambda told: ended(told, told.laptop, details="by telephone"),
        lambda told: put(told, told.laptop),
    ),
    "a request on the case ended": Case(
        "request",
        CASE,
        "the request (preservation) of record {record} is over, released, on the word of {olga}",
        lambda told: ended(told, told.case, outcome="released"),
        lambda told: put(told, told.case),
    ),
    "an item is asked for past the day": Case(
        "request",
        ITEM,
        "a request (mla) is open, and names a day that has passed: 2027-01-01T00:00:00Z",
        lambda told: (put(told, told.laptop, respond_by=LATER), passes(told)),
        lambda told: put(told, told.laptop, respond_by=LATER),
    ),
    "a case is asked for past the day": Case(
        "request",
        CASE,
        "a request (jit) is open, and names a day that has passed: 2027-01-01T00:00:00Z",
        lambda told: (
            put(told, told.case, kind="jit", expires_at=LATER, respond_by="2030-01-01T00:00:00Z"),
            passes(told),
        ),
        lambda told: (put(told, told.case, kind="jit"), passes(told)),
    ),
    "a case closed over a request": Case(
        "closed case",
        CASE,
        "the case was closed while a request (mla) was open",
        lambda told: (put(told, told.case), closed(told)),
        lambda told: (ended(told, told.case), closed(told)),
    ),
    "let go by a hand-over": Case(
        "disposition",
        ITEM,
        "it was let go to an owner by a hand-over, approved by nobody",
        lambda told: returned(told, "return_to_owner"),
        lambda told: returned(told, "storage"),
    ),
    "the whole case exported with what is limited": Case(
        "use limit",
        CASE,
        f"{IMAGE} was exported with the whole case: it is not passed on without the giver's "
        "consent, and goes to foreign_authority",
        lambda told: (limited(told), exported(told)),
        lambda told: (limited(told), exported(told, left_out=[2])),
    ),
    "given out on a consent": Case(
        "use limit",
        IMAGE,
        "given out on the giver's consent, which was cited for it",
        lambda told: exported(told, limited(told), consent=consent(told)),
        lambda told: (consent(told), exported(told, limited(told, use_limits=None))),
    ),
}


def filled(words: str, told: Story) -> str:
    runs = {run.signed.statement.name: run for run in told.world.runs}
    request = runs.get("request.recorded")
    return words.format(olga=called(told.olga), record=request.first if request else "")


@pytest.mark.parametrize("what", FACTS)
def test_each_fact_is_told_in_exact_words(tmp_path: Path, what: str) -> None:
    fact, told = FACTS[what], story()
    fact.act(told)
    found = told_of(reported(tmp_path, told), fact.kind)
    assert (fact.kind, fact.subject, filled(fact.words, told)) in found


@pytest.mark.parametrize("what", FACTS)
def test_nothing_is_told_where_nothing_is(tmp_path: Path, what: str) -> None:
    fact, told = FACTS[what], story()
    fact.but(told)
    found = told_of(reported(tmp_path, told), fact.kind)
    assert filled(fact.words, told) not in [words for _, _, words in found]


@pytest.mark.parametrize(
    "given",
    [
        {"evidence": False},
        {"outside": "court", "purpose": "court_production"},
        {"outside": None, "purpose": "storage"},
    ],
)
def test_a_whole_case_that_goes_as_the_giver_allows(tmp_path: Path, given: dict[str, Any]) -> None:
    told = story()
    limited(told)
    given = {**given, "to": told.pia.tag} if given.get("outside", 0) is None else given
    exported(told, **given)
    found = [words for _, _, words in told_of(reported(tmp_path, told), "use limit")]
    assert found == ["it may not be passed on"]


def test_what_stayed_behind_was_not_exported_with_the_whole_case(tmp_path: Path) -> None:
    told = story()
    limited(told)
    exported(told, told.laptop)
    found = [words for _, _, words in told_of(reported(tmp_path, told), "use limit")]
    assert found == ["it may not be passed on"]


def test_nor_was_what_belongs_to_another_case(tmp_path: Path) -> None:
    told = story()
    limited(replace(told, case=told.world.open_case("K-2026/90", by=told.olga)))
    exported(told)
    report = examined(tmp_path, Bundle(told.world, told.case, told.olga))
    found = [words for _, _, words in told_of(report, "use limit")]
    assert found == ["it may not be passed on"]


def test_of_two_requests_the_one_that_ended_is_named(tmp_path: Path) -> None:
    told = story()
    put(told, told.laptop)
    ended(told, told.laptop)
    ((_, _, words),) = told_of(reported(tmp_path, told), "request")
    assert words.startswith("the request (preservation) of record ")


def test_a_consent_for_the_whole_case_is_told_once(tmp_path: Path) -> None:
    told = story()
    limited(told)
    exported(told, consent=consent(told))
    found = [words for _, _, words in told_of(reported(tmp_path, told), "use limit")]
    assert sorted(found) == [
        "given out on the giver's consent, which was cited for it",
        "it may not be passed on",
    ]


def test_of_an_item_that_is_not_shown_only_its_tag_is_told(tmp_path: Path) -> None:
    told = story()
    both = [told.laptop, limited(told)]
    given = {"kind": "preservation"}
    which = told.world.record("request.recorded", both, given, signers=[told.pia])
    given = {"request": which, "outcome": "withdrawn"}
    told.world.record("request.ended", both, given, signers=[told.olga])
    facts = told_of(reported(tmp_path, told, (told.laptop,)), "request")
    ((_, subject, words),) = facts
    assert subject == f"{ITEM}, subject {both[1]:.12}"
    assert words.startswith("the request (preservation) of record ")


def test_a_request_weighs_more_than_a_date() -> None:
    assert KINDS.index("hold") < KINDS.index("request") < KINDS.index("retention")
