"""What takes minutes: evidence beyond 4 GiB, through the vault, a zip64 bundle and the verifier."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench import CASE, Bench, bench, python_path

pytestmark = pytest.mark.needs("unzip")

BYTES = (4 << 30) + 12_345
MEMORY = 150 << 20  # bytes that a process may take, whatever the size of the evidence


def typed(run: Bench, *words: object) -> None:
    """A command as a program of its own, whose peak memory is looked at."""
    code = (
        "import resource, sys; from custody_cli.start import main\n"
        "try: main()\n"
        "finally:\n"
        " peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024\n"
        f" assert peak < {MEMORY}, f'{{peak >> 20}} MiB'\n"
    )
    subprocess.run(
        [sys.executable, "-c", code, *map(str, words)],
        env={**os.environ, **python_path(), **run.environ},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        check=True,
    )


@pytest.mark.soak
def test_evidence_beyond_four_gibibytes_keeps_memory_flat(tmp_path: Path) -> None:
    run = bench(tmp_path / "bench")
    image = tmp_path / "disk.raw"
    with image.open("wb") as file:
        file.write(b"begin")
        file.truncate(BYTES)
    typed(run, "acquire", CASE, image, "--exhibit", "BIG")
    bundle, trust = tmp_path / "bundle.zip", tmp_path / "trust.txt"
    words = ("--recipient", "Court", "--purpose", "court_production")
    typed(run, "export", CASE, "-o", bundle, *words)
    typed(run, "trust", "show", "-o", trust)
    typed(run, "verify", bundle, "--trust", trust)
    assert bundle.stat().st_size > BYTES
    subprocess.run(["unzip", "-tq", bundle], check=True, stdout=subprocess.DEVNULL)
