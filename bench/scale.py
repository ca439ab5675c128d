"""How time and memory grow with a ledger: each act in a process of its own, at several sizes.

`python -m bench scale`; CUSTODY_BENCH_SCALE names the sizes in records,
10000,100000,1000000 by default.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from bench.large import Large
from bench.measure import Figure, peak_of
from custody.core import record, tags
from custody.core.checkpoint import Checkpoint
from custody.core.note import Note
from custody.core.statement import Seen
from custody.exporting import own_files
from custody.ledger import Submission
from custody.ledger.bundling import Order, write_bundle
from custody.ledger.examine import examine
from custody.ledger.local import LocalLedger
from custody.ledger.selection import gather
from custody.ledger.signer import LogSigner
from custody_schemas.declare import Kind
from tests.ledgers import Home
from tests.memory import ORIGIN, Signed
from tests.vaults import vault_at
from tests.worlds import Person, World, signer_of

NEW = 1000  # entries between two examinations


def figures(folder: Path, sizes: list[int]) -> Iterator[Figure]:
    """Grow one ledger from size to size, and measure at each."""
    began = time.perf_counter()
    large = Large(folder)
    for size in sizes:
        before = large.size
        large.grow(size)
        spent, began = time.perf_counter() - began, time.perf_counter()
        yield Figure(f"appended {large.size - before:,} records in batches", spent, None)
        for act in ("append", "history", "export", "full", "more"):
            if act == "more":
                large.add(NEW)
            yield measured(act, folder, large.case, large.size)
        began = time.perf_counter()


def measured(act: str, folder: Path, case: str, size: int) -> Figure:
    """One act on a ledger, in a process of its own."""
    words = [sys.executable, "-m", "bench.scale", act, str(folder), case]
    out = subprocess.run(words, check=True, stdout=subprocess.PIPE).stdout
    found = json.loads(out)
    rate = f" ({size / found['seconds']:,.0f} a second)" if act == "full" else ""
    return Figure(f"{ACTS[act][0]}, of {size:,}{rate}", found["seconds"], found["peak"])


class Scribe(World):
    """Una, who drafts for a ledger that is there already."""

    def __init__(self, ledger: LocalLedger, now: int) -> None:
        super().__init__(ORIGIN, now)
        signer = signer_of("Una")
        self.ledger = ledger
        self.una = Person("Una", tags.actor_tag(ORIGIN, signer.key.id), signer)

    def seen(self) -> Seen:
        """The newest checkpoint."""
        newest = Checkpoint.read(Note.read(self.ledger.checkpoint()).text)
        return Seen(newest.size, newest.root.hex())

    def put(self, act: str, case: str, **given: object) -> Signed:
        """Record an act on a case."""
        chain = self.ledger.chain(case)
        prev = {case: chain.head if chain else ""}
        signed = self.draft(act, [(Kind.CASE, case)], given, signers=[self.una], prev=prev)
        self.ledger.submit([Submission(signed.envelope.encode(), signed.disclosures)])
        return signed


def opened(folder: Path) -> Scribe:
    """The ledger in that folder, a minute after its last record."""
    home = Home(folder)
    with home.storage().reading() as rows:
        last = rows.record(rows.size() - 1)
    home.now = record.read(last or b"").at + 60
    return Scribe(home.open(), home.now)


def _append(folder: Path, case: str) -> None:
    opened(folder).put("note.recorded", case, note="one more")


def _items(ledger: LocalLedger, case: str) -> Iterator[str]:
    key, reference = ledger.case_key(case), "L-2026/1"
    for number, tag in tags.item_tags(key, reference):
        if number > 20:
            return
        yield tag


def _history(folder: Path, case: str) -> None:
    ledger = opened(folder).ledger
    told = sum(1 for tag in (case, *_items(ledger, case)) for _ in ledger.history(tag))
    assert told > 900, told


def _export(folder: Path, case: str) -> None:
    scribe, vault = opened(folder), vault_at(folder / "vault")
    given = {"outside": "prosecutor", "evidence": False, "mirror": False}
    prepared = scribe.put("export.prepared", case, **given)
    with scribe.ledger.sealed_view() as (view, row):
        selection = gather(view, row, ORIGIN, case, ())
        order = Order(
            path=folder / f"{row.size}.zip",
            export=prepared.id,
            signers=(scribe.una.signer,),
            at=scribe.now,
            evidence=None,
            mirror=False,
            own=own_files(selection, vault, evidence=False, mirror=False),
        )
        write_bundle(view, selection, order)
    order.path.unlink()


def _examine(folder: Path, case: str, *, full: bool) -> None:
    home = Home(folder)
    found = examine(home.storage(), LogSigner(home.keys, ORIGIN), full=full, processes=2)
    assert found.sound, [each for each in found.findings if each.outcome == "failed"][:3]
    assert (found.start == 0) is full


ACTS: dict[str, tuple[str, Callable[[Path, str], None]]] = {
    "append": ("opened, and one note recorded", _append),
    "history": ("history of a case of 962 entries", _history),
    "export": ("export of that case, no mirror", _export),
    "full": ("full verification, 2 processes", partial(_examine, full=True)),
    "more": (f"verification after {NEW:,} new entries", partial(_examine, full=False)),
}


def main() -> None:
    """Do one act, as `measured` asks; print seconds and peak memory as JSON."""
    act, folder, case = sys.argv[1:]
    peaks: dict[str, int] = {}
    done = threading.Event()
    watching = threading.Thread(target=_watch, args=(done, peaks))
    watching.start()
    began = time.perf_counter()
    try:
        ACTS[act][1](Path(folder), case)
    finally:
        seconds = time.perf_counter() - began
        done.set()
        watching.join()
    peaks["self"] = peak_of("self")
    print(json.dumps({"seconds": seconds, "peak": max(peaks.values())}))


def _watch(done: threading.Event, peaks: dict[str, int]) -> None:
    """Peak memory of the processes that this one starts."""
    while not done.wait(0.2):
        for child in Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split():
            peaks[child] = max(peaks.get(child, 0), peak_of(child))


if __name__ == "__main__":
    main()
