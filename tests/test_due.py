"""What is due is found by looking only where the table says: against a look at everything."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody import waiting
from custody.core import times
from custody.core.errors import CustodyError, StorageError
from custody.core.findings import Check
from custody.core.retention import DAY, retained
from custody.core.state import Case, Item, LedgerFacts
from custody.ledger import due
from custody.ledger.due import over_from
from custody.ledger.examine import Examination, examine
from custody.ledger.rebuild import rebuild
from custody.ledger.signer import LogSigner
from custody.waiting import Times, Waiting
from custody_schemas.terms import Trigger
from tests.bench import python_path
from tests.ledgers import Live, told
from tests.memory import ORIGIN
from tests.schedules import LEDGER, pack, rule
from tests.worlds import Story

STANDS = ("charged", "acquitted", "convicted", "appeal", "closed")
NEVER = 2**62


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """The story, recorded, with two images in a case under the pack `house`."""
    s = told(tmp_path_factory.mktemp("due") / "home")
    case = s.world.open_case("K-2026/30", by=s.olga, legal_profile="house")
    for number in (1, 2):
        s.world.acquire(case, number, by=s.eve)
    return s


def started(first: Story, folder: Path) -> Story:
    """A copy of its own."""
    live = live_of(first).copied(folder)
    live.ledger = live.home.open(leap_confirmed=True)
    return replace(first, world=live)


@pytest.fixture
def s(first: Story, tmp_path: Path) -> Story:
    return started(first, tmp_path / "home")


def live_of(s: Story) -> Live:
    assert isinstance(s.world, Live)
    return s.world


def waits(s: Story, found: Any, when: Times) -> Iterator[tuple[str, Waiting]]:
    """What waits of these subjects, whoever looked over an item having done so just now."""
    facts = s.world.states[LEDGER]
    assert isinstance(facts, LedgerFacts)
    for tag, state in found:
        if isinstance(state, Item):
            case = s.world.states[state.case]
            assert isinstance(case, Case)
            reviews = waiting.reviews(state, case, facts.packs, when, lambda: 0)
            yield from ((tag, each) for each in reviews)
            yield from ((tag, each) for each in waiting.away(state, when, lambda _: None))
        if isinstance(state, Case):
            yield from ((tag, each) for each in waiting.proceedings(state, when.now))
        if isinstance(state, Item | Case):
            yield from ((tag, each) for each in waiting.holds(state, when.until))
            yield from ((tag, each) for each in waiting.requests(state, when))


def compare(s: Story, *moments: int) -> int:
    """At these moments the table leads to all that waits, and how much that is."""
    ledger, many = live_of(s).ledger, 0
    for now in moments:
        for days in (0, 30):
            when = Times(now, now + days * DAY, 7)
            expected = set(waits(s, s.world.states.items(), when))
            assert set(waits(s, ledger.watched(when.until), when)) == expected
            many += len(expected)
    return many


def table(s: Story) -> list[Any]:
    with live_of(s).home.storage().reading() as rows:
        found: list[Any] = rows._connection.execute("SELECT * FROM due ORDER BY tag").fetchall()
    return found


def look(s: Story, *, full: bool = True) -> Examination:
    home = live_of(s).home
    return examine(home.storage(), LogSigner(home.keys, ORIGIN), full=full)


def assign(s: Story, item: str, until: int | None) -> str:
    given = {"retain_until": None, "mode": "indefinite"}
    given = given if until is None else {"retain_until": times.spelt(until)}
    return s.world.record("retention.assigned", [item], given, signers=[s.carl])


def status(s: Story, case: str, stands: str, appeal: int | None = None) -> str:
    given = {"status": stands, "effective_at": times.spelt(s.world.now)}
    more = {"appeal_deadline": times.spelt(appeal)} if appeal is not None else {}
    return s.world.record("case.status_changed", [case], {**given, **more}, signers=[s.olga])


def load(s: Story, keep: int, **members: Any) -> str:
    given = {"pack": pack(rule(keep=keep), **members)}
    return s.world.record("pack.loaded", [LEDGER], given, signers=[s.carl, s.olga])


class Hands:
    """Does to a ledger what numbers say; what a rule refuses leaves nothing."""

    def __init__(self, s: Story) -> None:
        self.s, self.world = s, live_of(s)
        self.items = [tag for tag, state in s.world.states.items() if isinstance(state, Item)]
        self.cases = [tag for tag, state in s.world.states.items() if isinstance(state, Case)]
        self.version = 0
        self.acts: list[Callable[[int, int], object]] = [
            self.assign,
            self.review,
            self.hold,
            self.hold_case,
            self.status,
            self.pack,
            self.leave,
            self.urgent,
            self.ask,
            lambda which, days: self.world.ledger.watched(self.world.now),
        ]

    def __call__(self, act: int, which: int, days: int) -> None:
        try:
            self.acts[act % len(self.acts)](which, days)
        except CustodyError:
            return
        finally:
            self.world.now += abs(days) * DAY // 4

    def then(self, days: int) -> str:
        return times.spelt(self.world.now + days * DAY)

    def item(self, which: int) -> str:
        return self.items[which % len(self.items)]

    def assign(self, which: int, days: int) -> None:
        assign(self.s, self.item(which), self.world.now + days * DAY if days else None)

    def review(self, which: int, days: int) -> None:
        given = {"next_review": self.then(days)}
        about = [self.item(which)]
        self.world.record("retention.reviewed", about, given, signers=[self.s.carl])

    def hold(self, which: int, days: int) -> None:
        given = {"kind": "litigation", "review_by": self.then(days)}
        self.world.record("hold.placed", [self.item(which)], given, signers=[self.s.olga])

    def hold_case(self, which: int, days: int) -> None:
        given = {"kind": "litigation", "review_by": self.then(days)}
        about = [self.cases[which % len(self.cases)]]
        self.world.record("hold.placed", about, given, signers=[self.s.olga])

    def status(self, which: int, days: int) -> None:
        appeal = self.world.now + days * DAY if days > 0 else None
        case = self.cases[which % len(self.cases)]
        status(self.s, case, STANDS[which % len(STANDS)], appeal)

    def pack(self, which: int, days: int) -> None:
        self.version += 1
        triggers = ("registration", "acquittal", "appeal_end", "case_opened")
        made = rule(keep=abs(days), trigger=triggers[which % len(triggers)])
        given = {"pack": pack(made, version=self.version, cooling_off_days=which % 40)}
        self.world.record("pack.loaded", [LEDGER], given, signers=[self.s.carl, self.s.olga])

    def leave(self, which: int, days: int) -> None:
        s, item = self.s, self.item(which)
        holder = s.dora if item == s.laptop else s.eve
        given = {"to": s.pia.tag, "purpose": "analysis", "original_or_copy": "original"}
        more = {"due_back": self.then(days)} if days > 0 else {}
        signers = [holder, (s.pia, "receiver")]
        self.world.record("access.checked_out", [item], {**given, **more}, signers=signers)  # type: ignore[arg-type]

    def urgent(self, which: int, days: int) -> None:
        given = {"kind": "exigent_circumstances", "ratify_by": self.then(days)}
        about = [self.cases[which % len(self.cases)]]
        self.world.record("authority.recorded", about, given, signers=[self.s.olga])

    def ask(self, which: int, days: int) -> None:
        """For an item or for a case, with a day or without; one of these then ends."""
        s, about = self.s, [(self.items + self.cases)[which % (len(self.items) + len(self.cases))]]
        given = {"respond_by": self.then(days)} if days % 3 else {}
        entry = self.world.record("request.recorded", about, given, signers=[s.olga])
        if days % 5 == 0:
            self.world.record("request.ended", about, {"request": entry}, signers=[s.olga])


@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.integers(0, 60), st.integers(-40, 400)),
        min_size=4,
        max_size=16,
    )
)
def test_whatever_was_done_what_waits_is_found(
    first: Story, acts: list[tuple[int, int, int]]
) -> None:
    with TemporaryDirectory() as folder:
        s = started(first, Path(folder) / "home")
        hands = Hands(s)
        for act, which, days in acts:
            hands(act, which, days)
        now = s.world.now
        compare(s, now, now + 20 * DAY, now + 500 * DAY)
        first_moments(s, now)
        before = table(s)
        rebuild(live_of(s).home.storage(), ORIGIN)
        assert table(s) == before
        assert look(s).sound


def first_moments(s: Story, now: int) -> None:
    """Nothing is over before the moment that the table would name."""
    facts = s.world.states[LEDGER]
    assert isinstance(facts, LedgerFacts)
    for item in [state for state in s.world.states.values() if isinstance(state, Item)]:
        case = s.world.states[item.case]
        assert isinstance(case, Case)
        first = over_from(item, case, facts.packs)
        for at in (now + step * 15 * DAY for step in range(60)):
            if retained(item, case, facts.packs, at).over(at):
                assert first is not None and first <= at


def test_what_a_case_says_marks_its_items_and_the_next_question_computes_them(s: Story) -> None:
    load(s, keep=5)
    image = next(t for t, i in s.world.states.items() if isinstance(i, Item) and i.content)
    now = s.world.now + 10 * DAY
    assert compare(s, now) >= 2
    status(s, s.world.item(image).case, "charged")
    with live_of(s).home.storage().reading() as rows:
        assert [tag.hex() for tag in rows.marked()] == [s.world.item(image).case]
    assert look(s).sound, "what is marked is no finding"
    compare(s, now)
    with live_of(s).home.storage().reading() as rows:
        assert rows.marked() == []
    assert look(s).sound


def test_a_pack_marks_everything_at_once(s: Story) -> None:
    now = s.world.now
    assert live_of(s).ledger.watched(NEVER) == []
    load(s, keep=5)
    with live_of(s).home.storage().reading() as rows:
        assert [tag.hex() for tag in rows.marked()] == [LEDGER]
    assert len(live_of(s).ledger.watched(now + 10 * DAY)) == 2


def test_a_later_version_that_ends_a_line_sooner_counts_from_its_day_on(s: Story) -> None:
    load(s, keep=1000, cooling_off_days=30)
    load(s, keep=1, version=2)
    (when,) = {each.since for _, each in found(s, s.world.now + 60 * DAY)}
    assert when == pytest.approx(s.world.now + 30 * DAY, abs=300)
    assert found(s, s.world.now + 20 * DAY, 0) == []


def found(s: Story, now: int, days: int = 30) -> list[tuple[str, Waiting]]:
    when = Times(now, now + days * DAY, 7)
    return list(waits(s, live_of(s).ledger.watched(when.until), when))


def test_only_what_can_be_due_is_read(s: Story) -> None:
    for item in (tag for tag, i in list(s.world.states.items()) if isinstance(i, Item)):
        assign(s, item, s.world.now + (100 if item == s.laptop else 1000) * DAY)
    assert [tag for tag, _ in live_of(s).ledger.watched(s.world.now + 200 * DAY)] == [s.laptop]


def test_who_looked_after_it_was_over_is_not_asked_again(s: Story) -> None:
    assign(s, s.laptop, s.world.now - DAY)
    item, case = s.world.item(s.laptop), s.world.states[s.case]
    assert isinstance(case, Case)
    later = item.but(next_review=s.world.now + 50 * DAY)
    when = Times(s.world.now, s.world.now + 10 * DAY, 7)

    def asked(looked: int) -> list[Waiting]:
        return list(waiting.reviews(later, case, (), when, lambda: looked))

    assert asked(s.world.now) == []
    assert [each.what for each in asked(s.world.now - 9 * DAY)] == ["retention"]


def test_two_ask_at_once(s: Story) -> None:
    load(s, keep=5)
    homes = [live_of(s).home.open() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda ledger: ledger.watched(NEVER), homes))
    assert all(answer == answers[0] for answer in answers) and len(answers[0]) == 2
    assert look(s).sound


KILLED = """
import os, sys
from pathlib import Path
from custody.ledger import due
from custody.store.database import Database
from custody.store.writing import WritingRows

count = int(sys.argv[2])
unmark = WritingRows.unmark
def struck(rows, case):
    global count
    count -= 1
    if count < 0:
        os._exit(9)
    unmark(rows, case)
WritingRows.unmark = struck
due.refresh(Database(Path(sys.argv[1])), sys.argv[3])
"""


@pytest.mark.parametrize("count", range(3))
def test_who_is_killed_while_computing_leaves_the_mark(s: Story, count: int) -> None:
    load(s, keep=5)
    words = [sys.executable, "-c", KILLED, str(live_of(s).home.database), str(count), ORIGIN]
    done = subprocess.run(words, env=python_path(), check=False, timeout=60)
    assert done.returncode == 9
    with live_of(s).home.storage().reading() as rows:
        assert rows.marked()
    compare(s, s.world.now + 10 * DAY)
    assert look(s).sound


TAMPERED = {
    "hidden": "UPDATE due SET look_at = NULL WHERE look_at IS NOT NULL",
    "put off": "UPDATE due SET look_at = look_at + 1 WHERE look_at IS NOT NULL",
    "taken out": "DELETE FROM due WHERE look_at IS NOT NULL",
    "one too many": "INSERT INTO due SELECT zeroblob(32), of_case, 1, 0, NULL FROM due LIMIT 1",
    "said to be checked": "UPDATE due SET hashed = hashed + 3 WHERE hashed IS NOT NULL",
    "moved to another case": "UPDATE due SET of_case = tag WHERE of_case <> tag",
}


@pytest.mark.parametrize("change", TAMPERED)
def test_tampered_rows_are_found(s: Story, change: str) -> None:
    assign(s, s.laptop, s.world.now + DAY)
    with live_of(s).home.storage().writing() as rows:
        assert rows._connection.execute(TAMPERED[change]).rowcount
    details = [f.detail for f in look(s).findings if f.check is Check.STRUCTURE]
    assert any("run `custody rebuild`" in each for each in details)
    rebuild(live_of(s).home.storage(), ORIGIN)
    assert look(s).sound


def test_what_was_tampered_with_since_the_last_examination_is_found(s: Story) -> None:
    assert look(s).sound
    assign(s, s.laptop, s.world.now + DAY)
    with live_of(s).home.storage().writing() as rows:
        assert rows._connection.execute(TAMPERED["hidden"]).rowcount
    assert not look(s, full=False).sound


def test_a_ledger_of_an_earlier_version_is_not_said_to_have_nothing_due(s: Story) -> None:
    with live_of(s).home.storage().writing() as rows:
        rows._connection.execute("DELETE FROM due")
    with pytest.raises(StorageError, match="run `custody rebuild` once"):
        live_of(s).ledger.watched(NEVER)
    with pytest.raises(StorageError, match="run `custody rebuild` once"):
        due.refresh(live_of(s).home.storage(), ORIGIN)


def test_those_hashed_longest_ago_come_first(s: Story) -> None:
    images = [t for t, i in s.world.states.items() if isinstance(i, Item) and i.content]
    ledger = live_of(s).ledger
    assert ledger.longest_unhashed(5) == images
    s.world.record("integrity.checked", [images[0]], signers=[s.eve])
    assert ledger.longest_unhashed(5) == images[::-1]
    assert ledger.longest_unhashed(1) == [images[1]]


def test_events_of_a_case_are_what_dates_run_from(s: Story) -> None:
    """Every trigger that a case can give is among what marks its items."""
    case = s.world.states[s.case]
    assert isinstance(case, Case)
    assert {each.trigger for each in case.happened} == {Trigger.CASE_OPENED}
    assert due._dating(case) != due._dating(case.but(happened=()))
    assert due._dating(case) == due._dating(case.but(exports=("00",)))
