"""What the documents tell people to type works as it stands."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.needs("bash", "sha256sum", "unzip")

ROOT = Path(__file__).parents[1]


def shell(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run in bash, stop at the first failure, with this environment's programs first."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environ = {"PATH": path, "HOME": str(folder), "LANG": "C.UTF-8", "TZ": "UTC"}
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_blocks_of_the_readme_run_from_top_to_bottom(tmp_path: Path) -> None:
    blocks = re.findall(
        r"^```sh\n(.*?)^```$", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL
    )
    assert len(blocks) == 8
    done = shell("\n".join(blocks), tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("Every check was made, or excused by the trust file") == 2


def test_the_demonstration_runs_and_what_it_leaves_to_try_works(tmp_path: Path) -> None:
    done = shell("custody demo story", tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    tampered, closing = done.stdout.split("Now somebody changes one bit")[1].split("Try next:\n")
    assert "data/items/2/0001.raw" in tampered
    assert "FAILED" in tampered
    commands = [re.split(r" {3,}", line.strip())[0] for line in closing.splitlines()]
    assert len(list(filter(None, commands))) == 6
    tried = shell("\n".join(commands), tmp_path)
    assert tried.returncode == 0, tried.stdout + tried.stderr
    assert "CHECK IT" in tried.stdout
    assert "MQ/1/A" in tried.stdout
