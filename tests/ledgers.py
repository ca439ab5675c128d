"""Ledgers on disk for tests: real databases and log keys, acts by the scribe of `tests.worlds`."""

import atexit
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Self

from custody.core.rules import Effect
from custody.ledger import Receipt, Submission
from custody.ledger.local import LocalLedger
from custody.ledger.signer import ED25519_FILE, MLDSA_FILE, LogSigner, write_key
from custody.store import keyfiles
from custody.store.database import Database
from custody.store.keystore import KeyStore
from custody_schemas.acts import CaseOpened
from custody_schemas.declare import Kind
from tests.memory import LOG, LOG_MLDSA, ORIGIN, Signed
from tests.worlds import START, Story, World, tell


@cache
def empty_database() -> bytes:
    """A new database's file: migrating takes a third of a second."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.db"
        Database.create(path).close()
        return path.read_bytes()


@cache
def empty_keys(origin: str) -> Mapping[str, bytes]:
    """The files of a new key store."""
    with TemporaryDirectory() as folder:
        place = keyfiles.Place(Path(folder), Path(folder) / keyfiles.LEDGER_KEY)
        KeyStore.create(place, origin).close()
        return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


@dataclass
class Home:
    """A folder with a database and a log signer's folder. `now` is the ledger's clock."""

    path: Path
    now: int = START
    origin: str = ORIGIN

    @classmethod
    def make(cls, path: Path, now: int = START) -> "Home":
        """A new ledger, without records, with the log keys of `tests.memory`."""
        home = cls(path, now)
        path.mkdir(exist_ok=True)
        home.database.write_bytes(empty_database())
        home.key_place.folder.mkdir()
        for name, data in empty_keys(home.origin).items():
            (home.key_place.folder / name).write_bytes(data)
        LogSigner.create(home.keys, home.origin)
        for name, key in ((ED25519_FILE, LOG), (MLDSA_FILE, LOG_MLDSA)):
            (home.keys / name).unlink()
            write_key(home.keys / name, key)
        return home

    @property
    def database(self) -> Path:
        return self.path / "ledger.db"

    @property
    def keys(self) -> Path:
        return self.path / "log"

    @property
    def key_place(self) -> keyfiles.Place:
        folder = self.path / "keys"
        return keyfiles.Place(folder, folder / keyfiles.LEDGER_KEY)

    def storage(self, patience: float = 20.0) -> Database:
        """The rows, as a new process would open them."""
        return Database(self.database, KeyStore(self.key_place, self.origin), patience)

    def open(self, *, leap_confirmed: bool = False, patience: float = 20.0) -> LocalLedger:
        """Open the ledger, as a new process would."""
        return LocalLedger(
            self.storage(patience),
            LogSigner(self.keys, self.origin, patience),
            lambda: self.now,
            leap_confirmed=leap_confirmed,
        )


class Live(World):
    """A scribe who records every act on disk as well, one call of `submit` each."""

    def __init__(self, home: Home) -> None:
        super().__init__(home.origin, home.now)
        self.home = home
        self.ledger = home.open()
        self.receipts: list[Receipt] = []

    def submit(self, signed: Signed, *, at: int | None = None) -> dict[str, Effect]:
        """Record in memory, then on disk, at the same ledger time."""
        effects = super().submit(signed, at=at)
        self.home.now = self.now if at is None else at
        self.receipts += self.ledger.submit([self.submission(signed)])
        return effects

    def copied(self, path: Path) -> Self:
        """The same ledger in a new folder, which goes its own way from here on."""
        other = self.fork()
        shutil.copytree(self.home.path, path)
        other.home = replace(self.home, path=path)
        other.ledger = other.home.open()
        return other

    def submission(self, signed: Signed) -> Submission:
        """What a client sends."""
        key = None
        if isinstance(signed.statement.act, CaseOpened):
            _, key = self.case_keys[signed.statement.places(Kind.CASE)[0].tag]
        return Submission(signed.envelope.encode(), signed.disclosures, key)


def told(path: Path) -> Story:
    """The story of `tests.worlds` on disk, in the new folder `path`: told once, and copied."""
    story = _told()
    assert isinstance(story.world, Live)
    return replace(story, world=story.world.copied(path))


@cache
def _told() -> Story:
    folder = Path(mkdtemp(prefix="custody-told-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return tell(Live(Home.make(folder / "home")))
