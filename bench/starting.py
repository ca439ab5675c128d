"""How long people wait for the command line to begin."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.measure import Row, by_turns, command
from tests.exports import Stage


def rows(folder: Path) -> Iterator[Row]:
    """Rows 9 and 10 of design §9; modules are compiled once, as they are when installed."""
    kept = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder / "compiled")}
    bare = "python -c pass", command(sys.executable, "-c", "pass", **kept)
    custody = Path(sys.executable).with_name("custody")
    listed = command(custody, "--help", **kept)
    yield by_turns("custody --help", bare, listed, target=6, runs=9)
    with tempfile.TemporaryDirectory(dir=folder) as place:
        stage = Stage(Path(place))
        made = stage.export("bundle.zip", mirror=False, evidence=False)
        trust = Path(place) / "trust.txt"
        trust.write_bytes(stage.trust.encode())
        whole = command(custody, "verify", made.path, "--trust", trust, **kept)
        yield by_turns("custody verify BUNDLE, a small one, to the end", bare, whole, target=None)
        core = command(sys.executable, "-c", "import custody.core.verify", **kept)
        yield by_turns("custody verify BUNDLE, start to first check", bare, core, target=9, runs=9)
