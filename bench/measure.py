"""Medians of several runs, floor and subject by turns, so that a noisy machine hurts both."""

import os
import re
import resource
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple


class Row(NamedTuple):
    """One line of the table: medians in seconds, and the ratio that must not be exceeded."""

    what: str
    floor: str
    floor_s: float
    ours_s: float
    target: float | None

    @property
    def ratio(self) -> float:
        """Ours by the floor."""
        return self.ours_s / self.floor_s

    @property
    def met(self) -> bool:
        """Whether the target is reached; rows without one only inform."""
        return self.target is None or self.ratio <= self.target


class Figure(NamedTuple):
    """Something without a floor: seconds, and the most memory that one process took, in bytes."""

    what: str
    seconds: float
    peak: int | None

    @property
    def text(self) -> str:
        """A line of the table."""
        peak = "" if self.peak is None else f"{self.peak / (1 << 20):6.0f} MiB"
        return f"{self.what:<64} {_time(self.seconds):>9} {peak}"


def peak_of(process: str) -> int:
    """Bytes that a process had in memory at most; 0 where the system does not say.

    Not `ru_maxrss`: that begins with what the parent had.
    """
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) << 10 if found else 0


def stolen() -> tuple[int, int]:
    """Ticks of the processors that the host gave to other guests, and all ticks, since it began."""
    try:
        first = Path("/proc/stat").read_text().partition("\n")[0]
    except OSError:
        return 0, 0
    ticks = [int(each) for each in first.split()[1:9]]
    return ticks[7], sum(ticks)


def wall(work: Callable[[], object]) -> float:
    """Seconds that passed."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def cpu(work: Callable[[], object]) -> float:
    """Seconds of processor time of this process."""
    began = time.process_time()
    work()
    return time.process_time() - began


def cpu_of_all(work: Callable[[], object]) -> float:
    """Seconds of processor time of this process and of those that it started and waited for."""
    began = _spent()
    work()
    return _spent() - began


def _spent() -> float:
    own, others = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


def by_turns(
    what: str,
    floor: tuple[str, Callable[[], object]],
    ours: Callable[[], object],
    *,
    target: float | None,
    runs: int = 3,
    clock: Callable[[Callable[[], object]], float] = wall,
) -> Row:
    """Measure both `runs` times, alternating; the first pair warms up and is not counted."""
    floors, own = [], []
    for number in range(runs + 1):
        a, b = clock(floor[1]), clock(ours)
        if number:
            floors.append(a)
            own.append(b)
    return Row(what, floor[0], statistics.median(floors), statistics.median(own), target)


def command(*arguments: str | os.PathLike[str], **more: str) -> Callable[[], object]:
    """A program to be run, its output thrown away."""
    environ = {**os.environ, **more}

    def run() -> None:
        subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL, env=environ)

    return run


def table(rows: Sequence[Row]) -> str:
    """The rows as text."""
    out = [f"{'what':<58} {'floor':>9} {'ours':>9} {'ratio':>7} {'target':>7}"]
    for row in rows:
        target = "–" if row.target is None else f"≤{row.target:.2f}"
        mark = "" if row.met else "  MISSED"
        out.append(
            f"{row.what[:58]:<58} {_time(row.floor_s):>9} {_time(row.ours_s):>9} "
            f"{row.ratio:>7.2f} {target:>7}{mark}"
        )
        out.append(f"    floor: {row.floor}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    out.append(f"peak memory of this process: {peak:.0f} MiB")
    return "\n".join(out)


def _time(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.2f} ms"
