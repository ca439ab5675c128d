"""What all tests share: properties are not timed, and CI tries the same examples each time."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A folder whose name is short enough for a Unix socket in it (107 bytes)."""
    folder = Path(tempfile.mkdtemp(prefix="c"))
    yield folder
    shutil.rmtree(folder)
