"""Programs in Go under `tests/interop`: built, and asked about unzipped bundles.

Without Go their tests fail in CI: an agreement that nobody tested is none.
"""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import NamedTuple

INTEROP = Path(__file__).parent / "interop"
NEW_GO = Path(sys.executable).with_name("go")  # of the dependency group `foreign`
SPEC = Path(__file__).parents[1] / "SPEC.md"


def built(folder: Path, name: str, *options: str, go: str | Path = "go") -> Path:
    """Build a program of `tests/interop`: a file of that name, or a folder of them.

    x/mod is Debian's source (golang-golang-x-mod-dev); nothing is downloaded.
    """
    environment = os.environ | {
        "GO111MODULE": "off",
        "GOPATH": "/usr/share/gocode",
        "GOFLAGS": "",
        "GOTOOLCHAIN": "local",
        "GOCACHE": str(folder / "cache"),
        "CGO_ENABLED": "0",
    }
    place = INTEROP / name
    sources = sorted(place.glob("*.go")) if place.is_dir() else [place]
    binary = folder / place.stem
    command = [go, "build", *options, "-o", binary, *sources]
    subprocess.run(command, env=environment, check=True, timeout=300)
    return binary


class Answer(NamedTuple):
    """What the program says of a bundle.

    counted: how much of each kind was examined. faults: lines. questions: ML-DSA signatures,
    as `mldsa.go` takes them.
    """

    status: int
    counted: dict[str, int]
    faults: str
    questions: tuple[str, ...]


def judged(program: Path, bundle: Path, trust: bytes, folder: Path) -> Answer:
    """Unzip a bundle below `folder`, which is empty, and have the program judge it."""
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(folder / "unzipped")
    (top,) = (folder / "unzipped").iterdir()
    (folder / "trust").write_bytes(trust)
    questions = folder / "questions"
    words = [program, SPEC, folder / "trust", top, questions]
    told = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    if told.returncode:
        return Answer(told.returncode, {}, told.stdout + told.stderr, ())
    asked = tuple(questions.read_text().splitlines())
    return Answer(0, json.loads(told.stdout), "", asked)
