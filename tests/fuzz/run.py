"""Fuzz one target: `python -m tests.fuzz.run TARGET SECONDS FOLDER`; see `tests.fuzz`.

FOLDER keeps what was found worth keeping, and the input of a finding as `crash-…`. The seconds are
of this process's own time, so that a busy machine does not shorten the run.
"""

import os
import resource
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from random import Random

import atheris

MEMORY = 3 << 30  # bytes of address space beside what atheris takes
HANG = 20  # seconds that one input may take
PLAIN = 0.3  # of the inputs are libFuzzer's own, where a target has a `mutate`

if __name__ == "__main__":
    with atheris.instrument_imports(include=["custody", "custody_schemas", "custody_cli"]):
        from tests.fuzz.targets import ALL


def main(name: str, seconds: float, folder: Path) -> None:
    """Does not return: libFuzzer ends the process."""
    target = ALL[name]
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    place = folder / "tmp"  # libFuzzer ends the process at once, and nothing clears up after it
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    tempfile.tempdir = str(place.absolute())
    for number, seed in enumerate(target.seeds()):
        (corpus / f"seed-{number}").write_bytes(seed)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    end = time.process_time() + seconds

    def one(data: bytes) -> None:
        if time.process_time() > end:
            os.kill(os.getpid(), signal.SIGUSR1)  # libFuzzer says what it did, and ends
        target.accepts(data)

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        rng = Random(seed)
        if target.mutate is None or rng.random() < PLAIN:
            return bytes(atheris.Mutate(data, most))
        return target.mutate(data, rng)[:most]

    options: dict[str, object] = {"max_len": target.longest, "timeout": HANG, "rss_limit_mb": 2048}
    options |= {"print_final_stats": 1, "artifact_prefix": f"{folder}/", "len_control": 0}
    words = [sys.argv[0], *(f"-{key}={value}" for key, value in options.items()), str(corpus)]
    atheris.Setup(words, one, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), Path(sys.argv[3]))
