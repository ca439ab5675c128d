"""The stage of a working day: people who type commands, and what a court asks in the evening.

Ada examines (and founded the ledger), Bo keeps the evidence room, Cy leads and oversees, Di reviews;
case K-7 is open, and the search warrant W-1 is on file. Every command is a program of its own.
"""

import re
import shlex
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from tests.bench import Bench, Outcome, bench

LIMITS = Path(__file__).parents[2] / "docs" / "limits.md"


class Question(NamedTuple):
    """What a court asks, the command that answers, and words that the answer must hold."""

    asked: str
    typed: str
    answered: Sequence[str]


@dataclass
class Day:
    """A day at one ledger.

    folder: where files of the day lie; commands name them as they stand in it.
    kept: words that later commands need, put in by `day.keep`.
    days_gone: by how many days the clock of this machine has gone on (`faketime`).
    home: folder of the ledger that commands work at.
    """

    bench: Bench
    kept: dict[str, str] = field(default_factory=dict)
    days_gone: int = 0
    home: str = "home"

    @property
    def folder(self) -> Path:
        return self.bench.folder

    def types(
        self,
        who: str,
        typed: str,
        *says: str,
        status: int = 0,
        never: Sequence[str] = (),
    ) -> Outcome:
        """`who` types `custody …`; everything in `says` is printed, nothing in `never` is.

        In `typed`, {name} stands for words that were kept; files lie in the day's folder.
        """
        words = shlex.split(typed.format_map(self.kept))
        assert words.pop(0) == "custody", "a day types custody …"
        words = ["--home", self.home, "--as", who, *words]
        made = self.bench.process(*words, status=status, later=self.days_gone)
        printed = _flat(made.out + made.err)
        for each in says:
            assert _flat(each) in printed, f"{typed}\n\n{made.out}{made.err}\nlacks: {each}"
        for each in never:
            assert _flat(each) not in printed, f"{typed}\n\n{made.out}{made.err}\nsays: {each}"
        return made

    def answers(self, who: str, typed: str, status: int = 0) -> Any:
        """The same, for machines: the JSON document that the command prints."""
        return self.types(who, f"{typed} --json", status=status).answer

    def refused(self, who: str, typed: str, code: str, *says: str) -> None:
        """A rule refuses: exit 4, its code, and nothing is recorded."""
        before = self.records
        self.types(who, typed, code, *says, status=4)
        assert self.records == before, f"{typed} was refused, and recorded something"

    def keep(self, **words: object) -> None:
        """Words for later commands."""
        self.kept |= {name: str(value) for name, value in words.items()}

    def file(self, name: str, data: bytes = b"evidence") -> Path:
        """A file in the day's folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def ago(self, hours: int) -> str:
        """A moment so many hours before now, as people type it."""
        moment = datetime.now(UTC) - timedelta(hours=hours)
        return f"{moment:%Y-%m-%dT%H:%M:00Z}"

    @property
    def records(self) -> int:
        """How many records the ledger has."""
        path = self.folder / self.home / "ledger.sqlite"
        ledger = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            return int(ledger.execute("SELECT max(n) FROM record").fetchone()[0]) + 1
        finally:
            ledger.close()

    def in_the_evening(
        self,
        *exported: str,
        who: str = "ada",
        asked: Sequence[Question] = (),
        cannot: Sequence[str] = (),
    ) -> None:
        """Ledger and bundle verify; the court's questions are answered, the others written down.

        exported: what the bundle is made of: case K-7 where nothing is said.
        cannot: what the ledger cannot answer, word for word as docs/limits.md says it.
        """
        self.types(who, "custody verify --full", "RULES")
        if not (self.folder / "trust.txt").exists():
            self.types(who, "custody trust show -o trust.txt")
        what = " ".join(shlex.quote(each) for each in exported or ("K-7",))
        court = "--recipient 'District Court' --outside court --purpose court_production"
        self.types(who, f"custody export {what} {court} -o bundle.zip --yes")
        self.types(who, "custody verify bundle.zip --trust trust.txt", "PROVED")
        for question in asked:
            self.types(who, question.typed, *question.answered)
        limits = _flat(LIMITS.read_text())
        for sentence in cannot:
            assert _flat(sentence) in limits, f"docs/limits.md does not say: {sentence}"


def _flat(text: str) -> str:
    """Lines are broken where the terminal ends; that is nobody's concern here."""
    return re.sub(r"\s+", " ", text)


def day(folder: Path) -> Day:
    """A fresh day in `folder`."""
    return Day(bench(folder))
