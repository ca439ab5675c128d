"""How long people wait for the command line to begin."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.measure import Row, by_turns, command
from tests.exports import Stage

BARE = ("python -c pass", command(sys.executable, "-c", "pass"))


def rows(folder: Path) -> Iterator[Row]:
    """Rows 9 and 10 of design §9."""
    custody = Path(sys.executable).with_name("custody")
    yield by_turns("custody --help", BARE, command(custody, "--help"), target=6, runs=9)
    with tempfile.TemporaryDirectory(dir=folder) as place:
        stage = Stage(Path(place))
        made = stage.export("bundle.zip", mirror=False, evidence=False)
        trust = Path(place) / "trust.txt"
        trust.write_bytes(stage.trust.encode())
        whole = command(custody, "verify", made.path, "--trust", trust)
        yield by_turns("custody verify BUNDLE, a small one, to the end", BARE, whole, target=None)
        core = command(sys.executable, "-c", "import custody.core.verify")
        yield by_turns("custody verify BUNDLE, start to first check", BARE, core, target=9, runs=9)
