"""A day for each test."""

from pathlib import Path

import pytest

from tests.days.day import Day, day


@pytest.fixture(name="day")
def fresh_day(tmp_path: Path) -> Day:
    """A fresh ledger with case K-7 and its warrant."""
    return day(tmp_path)
