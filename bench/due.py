"""What is due, asked of ever more items: `retention due` and `sweep` grow with what is due.

`python -m bench due`; CUSTODY_BENCH_ITEMS names the sizes, 10000,20000,40000 by default. All items are
recorded by the ledger's own code; of whatever size, retention of the same hundred is over.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

from bench.measure import Figure, peak_of
from custody.core import record, tags, times
from custody.ledger import Submission
from custody.ledger.local import LocalLedger
from custody.waiting import Times
from custody_cli.waits import Lists
from custody_schemas.declare import Kind
from tests.ledgers import Home, Live
from tests.memory import Signed
from tests.worlds import START, tell

ITEMS, CASES = 100, 10  # items of a case, cases in one batch
PAST, FUTURE = (times.spelt(START + days * 86_400) for days in (-400, 4000))


class Kept:
    """A ledger of many items, each with a date; of the first hundred it is over."""

    def __init__(self, folder: Path) -> None:
        """Make it, without items."""
        self.live = Live(Home.make(folder))
        story = tell(self.live)
        # One person for all of it: who drafts ahead cites entries by their ids, her own only.
        self.una = self.live.enrol("Una", "case_officer", by=story.ada)
        self.items, self._numbers, self.last = 0, count(1), ""

    def grow(self, items: int) -> None:
        """Record until there are at least so many."""
        while self.items < items:
            batch = [each for _ in range(CASES) for each in self._case(next(self._numbers))]
            self.live.ledger.submit(batch)
            self.items += CASES * ITEMS

    def _case(self, number: int) -> Iterator[Submission]:
        live, reference = self.live, f"L-2026/{number}"
        key = tags.ledger_tag(reference).encode()[:32]
        case, register = (
            tags.tag(tags.subject_key(key, kind, reference), kind, reference)
            for kind in (Kind.CASE, Kind.REGISTER)
        )
        live.case_keys[case] = reference, key
        both = [(Kind.CASE, case), (Kind.REGISTER, register)]
        opened = self._draft("case.opened", both, {"reference": reference})
        yield Submission(opened.envelope.encode(), opened.disclosures, key)
        warrant = self._draft("authority.recorded", [(Kind.CASE, case)], {}, {case: opened.id})
        yield _submission(warrant)
        heads, last = dict[str, str](), opened.id
        for each in range(1, ITEMS + 1):
            tag = live.item_tag(case, each)
            about = [(Kind.ITEM, tag), (Kind.REGISTER, register)]
            given = {"case": case, "number": each}
            made = self._draft("item.registered", about, given, {register: last})
            yield _submission(made)
            last = made.id
            given = {"authority": warrant.id}
            seized = self._draft("item.seized", [(Kind.ITEM, tag)], given, {tag: last})
            yield _submission(seized)
            heads[tag] = seized.id
        items = [(Kind.ITEM, tag) for tag in heads]
        until = PAST if number == 1 else FUTURE
        yield _submission(self._draft("retention.assigned", items, {"retain_until": until}, heads))
        self.last = case

    def _draft(
        self,
        act: str,
        about: list[tuple[Kind, str]],
        given: dict[str, object],
        prev: dict[str, str] | None = None,
    ) -> Signed:
        return self.live.draft(act, about, given, signers=[self.una], prev=prev or {})

    def moved(self) -> None:
        """A status of the last case is recorded: its items are marked."""
        ledger = self.live.ledger
        given: dict[str, object] = {"status": "charged", "effective_at": times.spelt(START)}
        chain = ledger.chain(self.last)
        assert chain is not None
        about = [(Kind.CASE, self.last)]
        made = self._draft("case.status_changed", about, given, {self.last: chain.head})
        ledger.submit([_submission(made)])


def _submission(signed: Signed) -> Submission:
    return Submission(signed.envelope.encode(), signed.disclosures)


def figures(folder: Path, sizes: list[int]) -> Iterator[Figure]:
    """Grow one ledger from size to size, and ask at each."""
    kept = Kept(folder)
    for size in sizes:
        began, before = time.perf_counter(), kept.items
        kept.grow(size)
        spent = time.perf_counter() - began
        yield Figure(f"recorded {kept.items - before:,} items", spent, None)
        for act in ("due", "sweep", "oldest"):
            yield measured(act, folder, kept.items)
        kept.moved()
        yield measured("moved", folder, kept.items)


def measured(act: str, folder: Path, items: int) -> Figure:
    """One question, in a process of its own."""
    words = [sys.executable, "-m", "bench.due", act, str(folder)]
    found = json.loads(subprocess.run(words, check=True, stdout=subprocess.PIPE).stdout)
    return Figure(f"{ACTS[act][0]}, of {items:,} items", found["seconds"], found["peak"])


def _lists(ledger: LocalLedger, now: int, days: int) -> Lists:
    return Lists(ledger, Times(now, now + days * 86_400, days or 7))


def _due(ledger: LocalLedger, now: int) -> None:
    lists = _lists(ledger, now, 30)
    assert len(lists.answers(lists.reviews())) == ITEMS


def _sweep(ledger: LocalLedger, now: int) -> None:
    lists = _lists(ledger, now, 0)
    assert len(lists.answers([*lists.reviews(), *lists.others()])) == ITEMS


def _oldest(ledger: LocalLedger, now: int) -> None:
    assert len(ledger.longest_unhashed(10)) <= 10


ACTS: dict[str, tuple[str, Callable[[LocalLedger, int], None]]] = {
    "due": ("`retention due`: 100 are", _due),
    "sweep": ("`sweep`: 100 wait", _sweep),
    "oldest": ("the 10 items to check first", _oldest),
    "moved": ("`retention due` after a case of 100 items changed", _due),
}


def main() -> None:
    """Do one of them, as `measured` asks; print seconds and peak memory as JSON."""
    act, folder = sys.argv[1:]
    home = Home(Path(folder))
    with home.storage().reading() as rows:
        home.now = record.read(rows.record(rows.size() - 1) or b"").at + 60
    began = time.perf_counter()
    ACTS[act][1](home.open(), home.now)
    print(json.dumps({"seconds": time.perf_counter() - began, "peak": peak_of("self")}))


if __name__ == "__main__":
    main()
