"""Two machines: the ledger's, and the receiver's, which has her identity and nothing else."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from custody.core import canonical
from tests.bench import CASE, ORIGIN, Bench, Outcome, bench


@dataclass(frozen=True)
class Machines:
    """Bo's identity was moved to a machine without a ledger; files go by `stick`."""

    folder: Path
    ledger: Bench
    away: Bench

    @property
    def stick(self) -> Path:
        return self.folder / "stick"

    def offer(self, *items: str, name: str = "offer.json", more: tuple[object, ...] = ()) -> Path:
        """Release items to Bo, or offer what is released."""
        path = self.stick / name
        words = ("--to", "Bo Peep", "--purpose", "storage", *more, "-o", path)
        self.ledger("transfer", "offer", *items, *words)
        return path

    def countersign(
        self, offer: Path, *words: object, name: str = "answer.json", status: int = 0
    ) -> Outcome:
        """What Bo types at her machine."""
        return self.away("countersign", offer, *words, "-o", self.stick / name, status=status)

    def submit(self, *words: object, name: str = "answer.json", status: int = 0) -> Outcome:
        return self.ledger("submit", self.stick / name, *words, status=status)

    def spoilt(self, offer: Path, spoil: Callable[[dict[str, Any]], object]) -> Path:
        """A copy of an offer that `spoil` has changed in place."""
        value = json.loads(offer.read_bytes())
        spoil(value)
        path = offer.with_name("spoilt.json")
        path.write_bytes(canonical.encode(value))
        return path


def machines(folder: Path) -> Machines:
    """A fresh pair."""
    ledger = bench(folder / "ledger")
    away = Bench(folder / "away")
    (folder / "away" / "run").mkdir(parents=True, mode=0o700)
    (folder / "stick").mkdir()
    at = folder / "away" / "identities"
    at.mkdir()
    shutil.move(folder / "ledger" / "identities" / "bo", at / "bo")
    return Machines(folder, ledger, away)


def other_ledger(folder: Path, away: Bench) -> Bench:
    """Another ledger of the same name, in which the very same Bo is enrolled too."""
    made = Bench(folder)
    made("init", "--origin", ORIGIN, "--name", "Ada Byron", "--organisation", "Lab", "--as", "ada")
    request = away.folder.parent / "ledger" / "bo.json"
    made("actor", "enrol", request, "--role", "custodian_primary", "--identity-checked", "document")
    made("case", "open", CASE, "--title", "Goods from the harbour")
    warrant = ("--kind", "search_warrant", "--identifier", "W-1", "--valid-to", "2099-01-01")
    made("authority", "record", CASE, *warrant)
    return made
