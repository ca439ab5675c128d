"""Many processes record at once and are killed at random: what they told is there, once."""

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.bench import python_path
from tests.ledgers import Home, Live
from tests.test_concurrency import BEFORE, remarks, sound, written
from tests.worlds import tell

WRITERS = 4
CHILD = """
import json, sys
from pathlib import Path
from custody.ledger import Submission
from tests.ledgers import Home

path, now, file = sys.argv[1:]
ledger = Home(Path(path), int(now)).open()
for line in Path(file).read_text().splitlines():
    envelope, *disclosures = json.loads(line)
    receipt, = ledger.submit([Submission(envelope.encode(), tuple(disclosures))])
    print(json.dumps([receipt.statement, receipt.first]), flush=True)
"""


def writer(live: Live, file: Path) -> "subprocess.Popen[str]":
    """A process that sends all of a file, from its beginning."""
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(live.home.path), str(live.home.now), str(file)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **python_path()},
    )


def ended(process: "subprocess.Popen[str]", told: dict[str, int]) -> None:
    """Note what it told; a line that the kill cut off told nothing."""
    for line in process.communicate()[0].splitlines(keepends=True):
        if line.endswith("\n"):
            statement, first = json.loads(line)
            assert told.setdefault(statement, first) == first, "the same wherever it is asked"


def storm(live: Live, folder: Path, seconds: float, each: int, least: int) -> None:
    """Let writers write and die, at least so many of them, and see what is there of what they told.

    On a machine so busy that none lives long enough to tell anything, they are given more time.
    """
    rolled, killed, told, patience = random.Random(7), 0, dict[str, int](), 1.0
    subs = remarks(live, tell(live), WRITERS * each)
    files = [written(folder / f"{k}.jsonl", subs[k::WRITERS]) for k in range(WRITERS)]
    writers = [writer(live, file) for file in files]
    until = time.monotonic() + seconds
    while time.monotonic() < until or killed < least or not told:
        at = rolled.randrange(WRITERS)
        try:
            writers[at].wait(rolled.uniform(0.2, 1.2) * patience)
        except subprocess.TimeoutExpired:
            writers[at].kill()
            killed += 1
        ended(writers[at], told)
        patience *= 1 if told else 1.5
        writers[at] = writer(live, files[at])
    for process in writers:
        process.kill()
        ended(process, told)
    size = sound(live)
    with live.home.storage().reading() as rows:
        for statement, first in told.items():
            row = rows.statement(bytes.fromhex(statement))
            assert row is not None
            assert (row.first, row.length) == (first, 1)
    assert len(set(told.values())) == len(told) <= size - BEFORE


def test_writers_that_are_killed_lose_nothing_that_they_told(tmp_path: Path) -> None:
    storm(Live(Home.make(tmp_path / "home")), tmp_path, 5, 300, 2)


@pytest.mark.soak
def test_a_minute_of_killing_loses_nothing(tmp_path: Path) -> None:
    storm(Live(Home.make(tmp_path / "home")), tmp_path, 60, 2000, 20)
