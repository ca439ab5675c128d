"""Appending and verifying, against the signature checks alone."""

import sqlite3
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from bench.measure import Row, by_turns, cpu, cpu_of_all, wall
from custody.core import dsse
from custody.core.keys import PublicKey
from custody.ledger import Submission
from custody.ledger.examine import examine
from custody.ledger.local import LocalLedger
from custody.ledger.signer import LogSigner
from tests.ledgers import Home, Live
from tests.memory import LOG_MLDSA
from tests.worlds import Story, tell

BATCH = 1000
ITEMS = 20


class Grown:
    """A ledger with a story, grown by notes; batches are signed before the clock runs."""

    def __init__(self, folder: Path) -> None:
        self.live = Live(Home.make(folder))
        self.story: Story = tell(self.live)
        story = self.story
        self.items = [story.laptop]
        for number in range(2, ITEMS + 1):
            self.items.append(self.live.seize(story.case, number, story.warrant, by=story.dora))
        self.last: dict[str, str] = {}  # newest entry drafted on each item
        self.keys = {p.signer.key.id: p.signer.key for p in (self.story.dora, self.story.eve)}

    @property
    def ledger(self) -> LocalLedger:
        """The ledger on disk."""
        return self.live.ledger

    def batch(self, length: int) -> list[Submission]:
        """Signed notes on the items in turn, not yet recorded; each cites the one before it."""
        story, live = self.story, self.live
        drafted = []
        for n in range(length):
            tag = self.items[n % len(self.items)]
            about, given = [tag], {"note": f"note {n}"}
            prev = {tag: self.last[tag]} if tag in self.last else {}
            drafted.append(
                live.draft("note.recorded", about, given, signers=[story.dora], prev=prev)
            )
            self.last[tag] = drafted[-1].id
        return [Submission(s.envelope.encode(), s.disclosures) for s in drafted]

    def grow(self, records: int) -> None:
        """Record notes until the ledger has at least so many records."""
        for _ in range(0, records, BATCH):
            self.ledger.submit(self.batch(BATCH))


def rows(folder: Path, records: int) -> Iterator[Row]:
    """Rows 4 to 7 of design §9."""
    grown = Grown(folder / "ledger")
    yield _batch_append(grown)
    yield _single_append(grown, folder)
    grown.grow(records)
    yield from _full_verification(grown)
    yield from _incremental(grown)


def _batch_append(grown: Grown) -> Row:
    batches = [grown.batch(BATCH) for _ in range(4)]
    envelopes = [each.envelope for each in batches[0]]
    coming = iter(batches)
    return by_turns(
        f"append {BATCH:,} acts in one batch, durable (CPU)",
        ("their signature checks alone", partial(check_all, grown.keys, envelopes)),
        lambda: grown.ledger.submit(next(coming)),
        target=2.5,
        clock=cpu,
    )


def _single_append(grown: Grown, folder: Path) -> Row:
    batch = grown.batch(60)
    singles, example = iter(batch), batch[0]
    envelope = dsse.Envelope.read(example.envelope)
    key = grown.keys[envelope.signatures[0].keyid]
    database = sqlite3.connect(folder / "floor.sqlite", isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE t (data BLOB)")

    def floor() -> None:
        for _ in range(15):
            for _ in range(3):
                database.execute("INSERT INTO t VALUES (?)", (example.envelope,))
            key.verify(envelope.signatures[0].sig, envelope.pae)
            LOG_MLDSA.sign(envelope.pae)

    def ours() -> None:
        for _ in range(15):
            grown.ledger.submit([next(singles)])

    what = "15 durable appends with proof, one by one"
    name = "each: three fsynced SQLite commits, an Ed25519 check, an ML-DSA-44 signature"
    row = by_turns(what, (name, floor), ours, target=1.5)
    database.close()
    return row


def _full_verification(grown: Grown) -> Iterator[Row]:
    home, size = grown.live.home, _size(grown)
    envelopes = [e.envelope for tag in grown.items for e in grown.ledger.history(tag)]
    halves = [envelopes[::2], envelopes[1::2]]

    def floor() -> None:
        with ProcessPoolExecutor(2) as pool:
            list(pool.map(partial(check_all, grown.keys), halves))

    def ours() -> None:
        found = examine(
            home.storage(),
            LogSigner(home.keys, home.origin),
            full=True,
            processes=2,
        )
        assert found.sound, [f for f in found.findings if f.outcome == "failed"][:3]

    what, beside = f"full verification of {size:,} records", "the signature checks alone"
    named = f"{beside}, 2 processes", floor
    yield by_turns(f"{what}, 2 processes", named, ours, target=1.6)
    named = f"{beside}; CPU of both processes", floor
    yield by_turns(f"{what} (CPU)", named, ours, target=None, clock=cpu_of_all)


def _incremental(grown: Grown) -> Iterator[Row]:
    home = grown.live.home

    def ours() -> None:
        assert examine(home.storage(), LogSigner(home.keys, home.origin)).sound

    ours()
    for new in (100, 1000):
        batch = grown.batch(new)
        grown.ledger.submit(batch)
        checks = partial(check_all, grown.keys, [each.envelope for each in batch])
        floor = wall(checks)
        what = f"verification after {new} new records, of {_size(grown):,}"
        yield Row(what, "their signature checks alone", floor, wall(ours), None)


def check_all(keys: dict[str, PublicKey], envelopes: Sequence[bytes]) -> None:
    """The signatures of these envelopes, and nothing else."""
    for data in envelopes:
        envelope = dsse.Envelope.read(data)
        keys[envelope.signatures[0].keyid].verify(envelope.signatures[0].sig, envelope.pae)


def _size(grown: Grown) -> int:
    return int(grown.ledger.checkpoint().decode().split("\n")[1])
