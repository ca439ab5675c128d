"""Memory that one process takes to acquire, export and verify large evidence: it must stay flat.

`python -m bench memory`; CUSTODY_BENCH_GIB sets the size. Each command is a program of its own.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.measure import Figure, wall
from tests.bench import CASE, Bench, bench, python_path

CODE = (
    "import os, sys; from pathlib import Path; from custody_cli.start import main\n"
    "try: main()\n"
    "finally: Path(os.environ['PEAK']).write_text(Path('/proc/self/status').read_text())\n"
)


def figures(folder: Path, gib: float) -> Iterator[Figure]:
    """Take in a sparse image of that size, export its case with the evidence, verify the bundle."""
    run = bench(folder / "bench")
    image, bundle, trust = (folder / name for name in ("disk.raw", "bundle.zip", "trust.txt"))
    with image.open("wb") as file:
        file.write(b"begin")
        file.truncate(int(gib * (1 << 30)))
    purpose = ("--recipient", "Court", "--purpose", "court_production")
    yield _typed(run, f"acquire {gib:g} GiB", "acquire", CASE, image, "--exhibit", "BIG")
    yield _typed(run, f"check {gib:g} GiB", "check", "--all")
    image.unlink()
    yield _typed(run, f"export {gib:g} GiB", "export", CASE, "-o", bundle, *purpose)
    _typed(run, "", "trust", "show", "-o", trust)
    yield _typed(run, f"verify a bundle of {gib:g} GiB", "verify", bundle, "--trust", trust)


def _typed(run: Bench, what: str, *words: object) -> Figure:
    noted = run.folder / "peak"
    seconds = wall(
        lambda: subprocess.run(
            [sys.executable, "-c", CODE, *map(str, words)],
            env={**os.environ, **python_path(), **run.environ, "PEAK": str(noted)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            check=True,
        )
    )
    status = dict(line.partition(":")[::2] for line in noted.read_text().splitlines())
    return Figure(what, seconds, int(status["VmHWM"].split()[0]) << 10)
