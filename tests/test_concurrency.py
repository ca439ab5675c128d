"""Several threads and processes record at once, and some of them die."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from custody.core import record
from custody.core.errors import CustodyError, HeadMovedError
from custody.core.record import Entry
from custody.ledger import Receipt, Submission
from custody.ledger.examine import examine
from custody.ledger.signer import LogSigner
from tests.ledgers import Home, Live
from tests.memory import ORIGIN
from tests.worlds import Story, tell

BEFORE = 14  # records of the story that every ledger here begins with
COUNT = 20
CHILD = """
import json, sys
from pathlib import Path
from custody.ledger import Submission
from tests.ledgers import Home

path, now, file = sys.argv[1:]
ledger = Home(Path(path), int(now)).open()
print("open", flush=True)
sys.stdin.readline()
for line in Path(file).read_text().splitlines():
    envelope, *disclosures = json.loads(line)
    receipt, = ledger.submit([Submission(envelope.encode(), tuple(disclosures))])
    print(receipt.first, flush=True)
"""


@pytest.fixture
def live(tmp_path: Path) -> Live:
    return Live(Home.make(tmp_path / "home"))


@pytest.fixture
def story(live: Live) -> Story:
    return tell(live)


def remarks(live: Live, story: Story, count: int = COUNT) -> list[Submission]:
    """Remarks that all cite the same head: touches of one subject do not cross each other."""
    return [
        live.submission(live.draft("note.recorded", [story.laptop], signers=[story.eve]))
        for _ in range(count)
    ]


def written(path: Path, subs: list[Submission]) -> Path:

    lines = (json.dumps([sub.envelope.decode(), *sub.disclosures]) for sub in subs)
    path.write_text("\n".join(lines))
    return path


def child(live: Live, file: Path, *tracer: str) -> subprocess.Popen[str]:
    """Another process that has opened the ledger and waits for a line before it records."""
    root = Path(__file__).parents[1]
    roots = (root, root / "api", root / "cli", root / "schemas")
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, roots))}
    arguments = [str(live.home.path), str(live.home.now), str(file)]
    process = subprocess.Popen(
        [*tracer, sys.executable, "-c", CHILD, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=env,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    return process


def sound(live: Live) -> int:
    """The number of records, in a ledger without a gap or a fork."""
    signer = LogSigner(live.home.keys, ORIGIN)
    live.home.open()
    found = examine(live.home.storage(), signer, full=True)
    assert found.sound, found.findings
    with live.home.storage().reading() as rows:
        numbers = [record.read(data).n for data in rows.records(0, 10_000)]
        assert numbers == list(range(found.size))
    return found.size


def test_two_processes_record_at_once(live: Live, story: Story, tmp_path: Path) -> None:
    files = [written(tmp_path / f"{k}.jsonl", remarks(live, story)) for k in range(2)]
    children = [child(live, file) for file in files]
    for process in children:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    outputs = [process.communicate(timeout=60)[0].split() for process in children]
    assert [process.returncode for process in children] == [0, 0]
    firsts = [int(n) for output in outputs for n in output]
    assert sorted(firsts) == list(range(BEFORE, BEFORE + 2 * COUNT))
    assert sound(live) == BEFORE + 2 * COUNT


def test_threads_share_checkpoints(live: Live, story: Story) -> None:
    subs, barrier = remarks(live, story), Barrier(4)

    def work(share: list[Submission]) -> list[Receipt]:
        barrier.wait()
        return [receipt for sub in share for receipt in live.ledger.submit([sub])]

    with ThreadPoolExecutor(4) as pool:
        receipts = [r for part in pool.map(work, [subs[k::4] for k in range(4)]) for r in part]
    assert len({receipt.statement for receipt in receipts}) == COUNT
    assert sorted(receipt.first for receipt in receipts) == list(range(BEFORE, BEFORE + COUNT))
    assert sound(live) == BEFORE + COUNT


def test_one_bad_batch_does_not_spoil_the_others(live: Live, story: Story) -> None:
    good = remarks(live, story, 8)
    other = {"size": 5, "root": "ab" * 32}
    bad = [
        live.submission(
            live.draft("note.recorded", [story.laptop], signers=[story.eve], seen=other)
        )
        for _ in range(8)
    ]
    barrier = Barrier(16)

    def work(sub: Submission) -> str:
        barrier.wait()
        try:
            live.ledger.submit([sub])
        except CustodyError as error:
            return error.code
        return "recorded"

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(work, [*good, *bad]))
    assert answers == ["recorded"] * 8 + ["E_SEEN"] * 8
    assert sound(live) == BEFORE + 8


def test_of_two_changes_one_is_told_to_look_again(live: Live, story: Story) -> None:
    given = {"location": "office"}
    moves = [
        live.draft("storage.moved", [story.laptop], given, signers=[story.dora]) for _ in range(2)
    ]
    one, two = (live.submission(move) for move in moves)
    live.ledger.submit([one])
    with pytest.raises(HeadMovedError, match="recorded first"):
        live.home.open().submit([two])


def test_the_same_statement_from_two_processes_is_recorded_once(
    live: Live, story: Story, tmp_path: Path
) -> None:
    file = written(tmp_path / "same.jsonl", remarks(live, story, 5))
    children = [child(live, file) for _ in range(2)]
    outputs = [process.communicate("go\n", timeout=60)[0] for process in children]
    assert outputs[0] == outputs[1]
    assert sound(live) == BEFORE + 5


def kill_points() -> Iterator[tuple[str, int]]:
    """Writes and syncs of one append: of the WAL, of the signer's state, of the WAL again."""
    yield from (("pwrite64", when) for when in (7, 8, 10, 13, 16, 20))
    yield from (("fdatasync", when) for when in (1, 2, 3, 4))


@pytest.mark.needs("strace")
@pytest.mark.parametrize(("call", "when"), list(kill_points()))
def test_a_killed_process_loses_nothing_that_it_told(
    live: Live, story: Story, tmp_path: Path, call: str, when: int
) -> None:
    file = written(tmp_path / "subs.jsonl", remarks(live, story, 6))
    inject = f"inject={call}:signal=KILL:when={when}"
    process = child(
        live, file, "strace", "-f", "-o", os.devnull, "-e", f"trace={call}", "-e", inject
    )
    told = process.communicate("go\n", timeout=60)[0].split()
    assert process.returncode == -9
    size = sound(live)
    assert size >= BEFORE + len(told)
    with live.home.storage().reading() as rows:
        for n in map(int, told):
            data = rows.record(n)
            assert data is not None
            entry = record.read(data)
            assert isinstance(entry, Entry)
            assert entry.tag == story.laptop
    for line, sub in enumerate(remarks(live, story, 1)):
        assert live.home.open().submit([sub])[0].first == size + line
