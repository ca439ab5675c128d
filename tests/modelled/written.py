"""A scribe at a real ledger on a disk that need not be waited for."""

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from custody.ledger import Receipt
from tests.ledgers import Live
from tests.memory import Memory, Signed

MEMORY = Path("/dev/shm")  # nothing is kept there, so syncing costs nothing


class Written(Live):
    """A scribe who asks the disk first: what it refuses is in no memory."""

    def send(self, batch: Sequence[Signed]) -> list[Receipt]:
        """Record a batch on disk, and what came of it in memory, where it must be the same."""
        self.home.now = self.now
        receipts = self.ledger.submit([self.submission(signed) for signed in batch])
        for receipt, signed in zip(receipts, batch, strict=True):
            if receipt.first < len(self.records):
                continue  # it was recorded before
            Memory.submit(self, signed)
            assert tuple(self.records[receipt.first :]) == receipt.records
        return receipts

    def submit(self, signed: Signed, *, at: int | None = None) -> dict[str, Any]:
        self.send([signed])
        return {}


@contextmanager
def folder() -> Iterator[Path]:
    """An empty folder, in memory where the machine has such a thing."""
    place = MEMORY if os.access(MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="custody-model-", dir=place) as name:
        yield Path(name)
