"""Fuzz all targets, or those named: `python -m tests.fuzz [--seconds 20] [TARGET…]`.

One after the other, each for so many seconds of processor time. What they learned stays in
`.fuzz/TARGET/corpus`, where the next run goes on; a finding is printed with the input that shows it.
"""

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tests.bench import python_path
from tests.fuzz.targets import ALL

FOLDER = Path(os.environ.get("CUSTODY_FUZZ_FOLDER", ".fuzz"))
LAST = re.compile(r"^#(\d+).*cov: (\d+) ft: (\d+) corp: (\d+)/", re.MULTILINE)
HEADS = ("target", "CPU s", "runs", "branches", "corpus", "result")


class Ran(NamedTuple):
    """What became of one target; `seconds` of processor time."""

    name: str
    seconds: float
    runs: int
    coverage: int
    corpus: int
    finding: str

    @property
    def row(self) -> tuple[str, ...]:
        numbers = (f"{self.seconds:.0f}", self.runs, self.coverage, self.corpus)
        return (self.name, *map(str, numbers), self.finding or "nothing found")


def main() -> int:
    """Print a table; 1 where something was found."""
    parser = argparse.ArgumentParser("python -m tests.fuzz")
    parser.add_argument("--seconds", type=float, default=20, help="of processor time, each")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(ALL))
    given = parser.parse_args()
    if unknown := set(given.targets) - ALL.keys():
        parser.error(f"no such target: {', '.join(sorted(unknown))}")
    rans = []
    for name in given.targets or ALL:
        rans.append(fuzz(name, given.seconds))
        print(f"… {name}: {rans[-1].row[-1]}", file=sys.stderr, flush=True)
    print(table([HEADS, *(ran.row for ran in rans)]))
    return int(any(ran.finding for ran in rans))


def fuzz(name: str, seconds: float) -> Ran:
    """Run one target in its own process; its words go to `.fuzz/TARGET/log`."""
    folder = FOLDER / name
    folder.mkdir(parents=True, exist_ok=True)
    words = [sys.executable, "-m", "tests.fuzz.run", name, str(seconds), str(folder)]
    before = os.times()
    with (folder / "log").open("wb") as log:
        status = subprocess.call(words, stdout=log, stderr=log, env={**os.environ, **python_path()})
    after = os.times()
    said = (folder / "log").read_text(errors="replace")
    spent = sum(after[2:4]) - sum(before[2:4])
    runs, coverage, _, corpus = (LAST.findall(said) or [(0, 0, 0, 0)])[-1]
    if counted := re.search(r"number_of_executed_units: (\d+)", said):
        runs = counted[1]
    finding = found(said) if status else ""
    return Ran(name, spent, int(runs), int(coverage), int(corpus), finding)


def found(said: str) -> str:
    """The error of a run that did not end well, and where its input lies."""
    lines = said.splitlines()
    marked = [at for at, line in enumerate(lines) if "Uncaught Python exception" in line]
    error = lines[marked[0] + 1] if marked else next((x for x in lines if "ERROR:" in x), "died")
    where = re.search(r"Test unit written to (\S+)", said)
    return f"{error[:200]} ({where[1] if where else 'see the log'})"


def table(rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as their widest cell, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if 0 < at < len(widths) - 1 else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


if __name__ == "__main__":
    sys.exit(main())
