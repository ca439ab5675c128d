"""What is saved of a lost ledger: read from a copy, examined whole, and continued in a new one.

A home that was restored from a backup cannot go on: people hold proofs of entries that it does not
have, and its log would sign a second past. It stays as it is, for good, and is only read. The new
ledger begins under another name and cites the last checkpoint that was saved.
"""

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from custody.believing import genesis_of, trust_of
from custody.core import tags, times
from custody.core.errors import (
    CustodyError,
    KeyStoreError,
    NotFoundError,
    RollbackError,
    SignatureError,
    StorageError,
    UsageError,
)
from custody.core.findings import Finding, Outcome
from custody.core.note import Note, VerifierKey
from custody.core.proof import Proof
from custody.core.record import Entry, read, record_hash
from custody.core.state import LedgerFacts
from custody.core.tree import EMPTY
from custody.core.trust import TrustFile
from custody.identity import memory
from custody.identity.keyfile import Identity
from custody.ledger import Receipt, Sealed, Submission
from custody.ledger.answers import Answers, newest
from custody.ledger.examine import Examination, examine
from custody.ledger.rebuild import rebuild
from custody.ledger.signer import STATE_FILE, Signed, newest_of
from custody.ledger.storage import CheckpointRow
from custody.ledger.tiles import Known, Tiles
from custody.opening import Home, open_keys, open_vault, read_home
from custody.receipts import accepted
from custody.store.database import Database
from custody.store.vault import LocalVault
from custody_schemas.acts import Former

DATABASE_FILES = ("", "-wal")  # what SQLite may have of a database beside the file itself


class SavedLedger(Answers):
    """Answers out of what was saved; fulfils `Ledger` as far as reading goes."""

    def __init__(self, storage: Database, origin: str) -> None:
        super().__init__(storage, Known())
        self.origin = origin

    def submit(self, batch: Sequence[Submission]) -> list[Receipt]:
        """Raises UsageError."""
        raise UsageError(f"{self.origin} is a lost ledger: nothing is recorded in it any more")

    def tally(self, tags: Sequence[str] = ()) -> Sealed:
        """Raises UsageError."""
        raise UsageError(f"{self.origin} is a lost ledger: nothing is sealed in it any more")


@dataclass(frozen=True, slots=True)
class SavedLog:
    """The log of a lost ledger, as its first record names it; fulfils `custody.ledger.signer.Log`.

    last: the checkpoint that an examination is held against.
    """

    folder: Path
    origin: str
    key: VerifierKey
    mldsa_key: VerifierKey
    last: Signed

    def signed(self) -> Signed:
        """The last checkpoint of which it is known that the log signed it."""
        return self.last


@dataclass(frozen=True, slots=True)
class Saved:
    """A lost ledger: its home, which is never written, and a copy of its rows.

    newest: its last checkpoint. records: rows that were saved; those beyond the checkpoint were
    never signed by the log, and count for nothing.
    """

    home: Home
    database: Database
    ledger: SavedLedger
    vault: LocalVault
    facts: LedgerFacts
    newest: CheckpointRow
    records: int
    copy: Path

    @property
    def continues(self) -> dict[str, Any]:
        """The member `continues` of the new ledger's first entry."""
        return {
            "origin": self.home.origin,
            "size": self.newest.size,
            "root": self.newest.root.hex(),
        }

    def former(self, tag: str) -> Former:
        """What an item's new first entry cites: its chain as far as the log signed it.

        Raises:
            NotFoundError: it has no record under the last checkpoint.
        """
        count, head = 0, b""
        for recorded in self.ledger.history(tag):
            entry = read(recorded.record)
            if isinstance(entry, Entry) and entry.n < self.newest.size:
                count, head = count + 1, record_hash(recorded.record)
        if not count:
            raise NotFoundError(f"no record of {tag:.12} is under the last checkpoint")
        return Former(origin=self.home.origin, tag=tag, count=count, head=head.hex())


@contextmanager
def saved(folder: Path) -> Iterator[Saved]:
    """What was saved in `folder`, for as long as the copy of its rows is kept.

    Raises:
        NotFoundError: there is no ledger, or none that was opened.
        StorageError: its database cannot be copied or read.
    """
    home = read_home(folder.absolute())
    with TemporaryDirectory(prefix="custody-saved-") as kept:
        copy = Path(kept)
        database = Database(_copied(home, copy), open_keys(home))
        try:
            _named(database, home.origin)
            yield _read(home, database, copy)
        finally:
            database.close()


def _named(database: Database, origin: str) -> None:
    """Where something was erased since, the copy's labels are made anew from what can be read."""
    with suppress(KeyStoreError, StorageError):  # what is wrong, the examination says
        with database.reading() as rows:
            lost = rows.names_lost()
        if lost:
            rebuild(database, origin)


def _copied(home: Home, folder: Path) -> Path:
    """A copy of the database: even reading one can change its file."""
    try:
        for suffix in DATABASE_FILES:
            source = home.database.with_name(home.database.name + suffix)
            if suffix == "" or source.exists():
                shutil.copyfile(source, folder / source.name)
    except OSError as error:
        raise StorageError(f"{home.database} cannot be read: {error.strerror}") from error
    return folder / home.database.name


def _read(home: Home, database: Database, copy: Path) -> Saved:
    ledger = SavedLedger(database, home.origin)
    facts = ledger.subject(tags.ledger_tag(home.origin))
    if not isinstance(facts, LedgerFacts):
        raise NotFoundError(f"{home.folder} does not hold the first entry of {home.origin}")
    with database.reading() as rows:
        row, records = newest(rows), rows.size()
    return Saved(home, database, ledger, open_vault(home), facts, row, records, copy)


def examined(found: Saved, processes: int = 1) -> Examination:
    """Every record that was saved, examined from the first; the home is not touched."""
    last = signed_last(found.home)
    if last is None or last.size > found.newest.size:
        last = Signed(0, EMPTY, b"")  # nothing to hold it against: `reasons` says so
    log = SavedLog(
        found.copy,
        found.home.origin,
        VerifierKey.read(found.facts.log_key),
        VerifierKey.read(found.facts.log_mldsa),
        last,
    )
    place = found.copy / found.home.database.name
    return examine(Database(place, open_keys(found.home)), log, full=True, processes=processes)


def failures(examination: Examination) -> list[Finding]:
    """What did not pass."""
    return [each for each in examination.findings if each.outcome is Outcome.FAILED]


def signed_last(home: Home) -> Signed | None:
    """What the log's own memory says that it signed last; None where that is lost."""
    try:
        return newest_of((home.log / STATE_FILE).read_bytes())
    except OSError:
        return None


def reasons(found: Saved, people: Iterable[Identity]) -> list[str]:
    """Why the ledger cannot simply go on, a sentence each; none where nothing speaks against it.

    people: identities on this machine, who remember what they saw.
    """
    size, last = found.newest.size, signed_last(found.home)
    said = []
    if last is None:
        said.append("the log's memory of what it signed last is lost")
    elif last.size > size:
        said.append(
            f"its log signed {last.size} records, and {size} were saved: {_lost(last.size - size)}"
        )
    for identity in people:
        seen = memory.last_seen(identity.folder) if identity.origin == found.home.origin else None
        if seen is not None and seen.size > size:
            said.append(
                f"{identity.name} saw {seen.size} records, and {size} were saved: "
                f"{_lost(seen.size - size)}"
            )
    if found.records > size:
        said.append(f"records at its end that its log never signed: {found.records - size}")
    return said


def missing(found: Saved) -> list[str]:
    """What must be brought back before the evidence can be read, a sentence each."""
    try:
        found.vault.keys.open()
    except KeyStoreError as error:
        return [str(error)] if found.vault.needs_keys() else []
    return []


def proved(found: Saved, proofs: Iterable[tuple[str, bytes]]) -> list[str]:
    """What proofs of recording say that were handed out before the loss, a sentence each.

    proofs: a name for people, and the file.

    Raises:
        MalformedError, ProofError, SignatureError: one is not a proof of this ledger's log.
        RollbackError: one proves another record than the one that was saved.
    """
    trust, said = trust_of(found.ledger), []
    for name, data in proofs:
        proof = Proof.read(data)
        proof.verify(record_hash(proof.extra))
        signed = accepted(trust, proof.note).size
        entry = read(proof.extra)
        what = f"{name}: record {entry.n} of {signed}, recorded {times.spelt(entry.at)}"
        with found.database.reading() as rows:
            kept = rows.record(entry.n) if entry.n < found.newest.size else None
        if kept is not None and kept != proof.extra:
            raise RollbackError(f"{what}: what was saved has another record in its place")
        said.append(f"{what}, {'is saved' if kept else 'was signed by its log, and is lost here'}")
    return said


def _lost(count: int) -> str:
    return "1 record is lost here" if count == 1 else f"{count} records are lost here"


def check_remembered(found: Saved, people: Iterable[Identity]) -> int:
    """Is this the ledger that people on this machine knew? How many of them remember it.

    Raises:
        RollbackError: somebody saw another past than the one that was saved.
        SignatureError: the log is not the one that somebody pinned.
    """
    count = 0
    for identity in people:
        if identity.origin != found.home.origin:
            continue
        pinned, seen = memory.pinned(identity.folder), memory.last_seen(identity.folder)
        if pinned is not None:
            _check_pinned(found, TrustFile.read(pinned), identity.name)
            count += 1
        if seen is not None and seen.size <= found.newest.size:
            _check_seen(found, seen, identity.name)
    return count


def _check_pinned(found: Saved, trust: TrustFile, name: str) -> None:
    try:
        accepted(trust, Note.read(found.newest.note))
        if trust.genesis is not None and genesis_of(found.ledger) != trust.genesis:
            raise SignatureError("its first record is another one")
    except CustodyError as error:
        raise SignatureError(
            f"{found.home.folder} does not hold the ledger that {name} knew: {error}"
        ) from error


def _check_seen(found: Saved, seen: memory.LastSeen, name: str) -> None:
    with found.database.reading() as rows:
        root = Tiles(rows).root(seen.size).hex()
    if root != seen.root:
        raise RollbackError(
            f"{name} saw other records among the first {seen.size} than were saved: this is "
            "another copy, or a forged one"
        )
