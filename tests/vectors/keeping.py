"""What is kept, and how long: packs, proceedings, retention and holds of the vectors' story."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from custody.core import times
from custody.core.kept import Happened, LoadedPack
from custody.core.reading import plain
from custody.core.retention import DAY, after, retained
from custody.core.state import Case, Item, LedgerFacts
from custody.core.tags import ledger_tag
from custody_schemas.acts import Period
from custody_schemas.declare import Capacity, Kind
from custody_schemas.terms import CaseStatus, Trigger
from tests.vectors.scribe import IDA, JAN

if TYPE_CHECKING:
    from tests.vectors.story import Story

APPROVER = Capacity.APPROVER
MONTHS = {"years": 0, "months": 6, "days": 0}
SOURCE = "example, confirm locally"


def keeping(story: "Story") -> None:
    """A pack is loaded, then a later version; the case ends; the memo is kept longer, then not."""
    s, ada, cleo = story.scribe, story.ada, story.cleo
    ida, jan = s.person("Ida Brandt", IDA), s.person("Jan Kovac", JAN)
    ledger, case = [(Kind.LEDGER, ledger_tag(s.origin))], [(Kind.CASE, story.case)]
    memo = [(Kind.ITEM, story.memo)]
    for version, days in ((1, 14), (2, 0)):
        given: dict[str, Any] = {"pack": pack(version, days), "source": "ab" * 32}
        s.record(s.draft("pack.loaded", ledger, given, ida, (ada, APPROVER)))
    given = {"status": "convicted", "effective_at": "2026-08-31T12:00:00Z"}
    given |= {"appeal_deadline": "2026-09-14T22:00:00Z", "release_at": "2028-02-29T00:00:00Z"}
    s.record(s.draft("case.status_changed", case, {**given, "court_reference": "5 KLs"}, ada))
    given = {"retain_until": "2030-01-01T00:00:00Z", "mode": "governance"}
    given["authority"] = story.warrant
    story.line = s.record(s.draft("retention.assigned", memo, {**given, "basis": "Appeal."}, ida))
    given = {"pack": "example", "pack_version": 1, "rule": "released", "mode": "compliance"}
    s.record(s.draft("retention.assigned", memo, given, ida))
    given = {
        "assigned": story.line,
        "retain_until": "2029-01-01T00:00:00Z",
        "authority": story.warrant,
    }
    signers = (ada, APPROVER), (jan, APPROVER)
    s.record(s.draft("retention.changed", memo, {**given, "basis": "Settled."}, ida, *signers))
    given = {"next_review": "2027-09-01T00:00:00Z"}
    s.record(s.draft("retention.reviewed", memo, given, ida))
    given = {"kind": "disclosure_dispute", "types": ["mobile"]}
    story.held = s.record(s.draft("hold.placed", case, {**given, "issuer": "The defence"}, cleo))
    s.record(s.draft("hold.amended", case, {"hold": story.held, "types": ["mobile", "file"]}, cleo))
    own = s.record(s.draft("hold.placed", memo, {"kind": "litigation"}, cleo))
    given = {"hold": own, "review_by": "2026-12-01T00:00:00Z"}
    s.record(s.draft("hold.amended", memo, given, cleo))
    review = s.record(s.draft("hold.placed", case, {"kind": "internal_inquiry"}, cleo))
    approved = (ida, APPROVER), (jan, APPROVER)
    for about, hold in ((memo, own), (case, review)):
        given = {"hold": hold, "reason": "It was settled."}
        s.record(s.draft("hold.released", about, given, ada, *approved))


def retention(story: "Story") -> dict[str, Any]:
    """§9.9: moments after a period, and how long an item is kept in states of all sorts."""
    return {
        "source": "SPEC §9.9; states in canonical JSON are those of §9.4, absent dates: no end",
        "after": [_after(*each) for each in PERIODS],
        "kept": list(_kept(story)),
    }


def pack(version: int, cooling_off_days: int) -> dict[str, Any]:
    """A version of the pack `example`."""
    months = {**MONTHS, "months": 6 if version == 1 else 3}
    year = {"years": 1, "months": 0, "days": 0}
    weeks = {"years": 0, "months": 0, "days": 28}
    none = {**MONTHS, "months": 0}
    rules: list[dict[str, Any]] = [
        _rule(
            "convicted",
            "conviction",
            months,
            statuses=["convicted"],
            types=["computer", "file"],
        ),
        _rule("released", "release_from_custody", none, severities=["serious"], mode="compliance"),
        _rule("appealed", "appeal_end", weeks, categories=["fraud"]),
        _rule("unsolved", "registration", None, statuses=["unsolved"], mode="indefinite"),
    ]
    if version > 1:
        rules.append(_rule("device", "registration", year, lines=["device"]))
    lists: tuple[str, ...] = ("deadlines", "orders", "light", "profiles")
    return {
        "name": "example",
        "version": version,
        "title": SOURCE,
        "example": True,
        "retention": rules,
        **{name: [] for name in lists},
        "outside_witness": ["storage_media"],
        "cooling_off_days": cooling_off_days,
        "justification": True,
    }


def _rule(code: str, trigger: str, keep: dict[str, int] | None, **members: Any) -> dict[str, Any]:
    rule = {"code": code, "text": code, "source": SOURCE, "lines": ["image", "derived"]}
    given = {} if keep is None else {"keep": keep}
    return {**rule, "trigger": trigger, **given, "mode": "governance", **members}


OUTCOMES = (
    Happened(trigger=Trigger.CONVICTION, at=times.seconds("2026-08-31T12:00:00Z")),
    Happened(trigger=Trigger.RELEASE_FROM_CUSTODY, at=times.seconds("2026-12-24T00:00:00Z")),
    Happened(trigger=Trigger.APPEAL_END, at=times.seconds("2026-09-14T22:00:00Z")),
)
PERIODS = (
    ("2026-01-31T23:59:59Z", 0, 1, 0),
    ("2028-01-31T00:00:00Z", 0, 1, 0),
    ("2028-02-29T12:00:00Z", 1, 0, 0),
    ("2028-02-29T12:00:00Z", 4, 0, 0),
    ("2026-01-31T00:00:00Z", 0, 1, 1),
    ("2026-08-31T00:00:00Z", 0, 18, 0),
    ("2100-02-28T00:00:00Z", 0, 0, 1),
    ("2026-12-31T08:30:00Z", 3, 14, 400),
    ("2026-12-31T00:00:00Z", 0, 0, 0),
    ("9999-06-01T00:00:00Z", 0, 7, 0),
    ("9999-12-30T00:00:00Z", 0, 0, 3),
)


def _after(begin: str, years: int, months: int, days: int) -> dict[str, Any]:
    period = Period(years=years, months=months, days=days)
    moment = times.seconds(begin)
    return {"moment": moment, "period": plain(period), "after": after(moment, period)}


def _kept(story: "Story") -> Iterator[dict[str, Any]]:
    states = story.scribe.states
    ledger, case = states[ledger_tag(story.scribe.origin)], states[story.case]
    memo, laptop = states[story.memo], states[story.laptop]
    assert isinstance(ledger, LedgerFacts) and isinstance(case, Case)
    assert isinstance(memo, Item) and isinstance(laptop, Item)
    now, packs = story.scribe.now, ledger.packs
    again = case.but(status=CaseStatus.TRIAL)
    bare = memo.but(retention=(), moved=())
    ended = case.but(status=CaseStatus.CONVICTED, happened=(*case.happened, *OUTCOMES))
    for why, item, of, loaded, at in (
        ("an appeal is pending", memo, case, packs, now),
        ("taken up again: the time to appeal is the end of nothing", bare, again, packs, now),
        ("a later version is to come: the longer date counts", bare, ended, packs, now),
        ("the later version is in force", bare, ended, packs, now + 14 * DAY),
        ("every date has passed: due for review", bare, ended, packs, now + 400 * DAY),
        ("a date was moved to an earlier one", memo, ended, packs, now),
        ("no pack was loaded: nobody said how long", bare, ended, (), now),
        ("only the version to come has a rule: nobody said how long", laptop, ended, packs, now),
    ):
        yield _case(why, item, of, loaded, at)


def _case(
    why: str, item: Item, case: Case, packs: tuple[LoadedPack, ...], at: int
) -> dict[str, Any]:
    found = retained(item, case, packs, at)
    lines = [{k: v for k, v in line._asdict().items() if v is not None} for line in found.lines]
    return {
        "why": why,
        "item": plain(item),
        "case": plain(case),
        "packs": plain(packs),
        "at": at,
        "lines": [{name: plain(value) for name, value in line.items()} for line in lines],
        **({} if found.until is None else {"until": found.until}),
        "over": found.over(at),
    }
