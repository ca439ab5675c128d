"""A whole copy of a ledger's home: rows, the log's keys and memory, evidence; examined before use.

Evidence and rows are copied as they lie there, encrypted; their keys are not: they are copied apart
(`keys`), so that what is erased here can be read nowhere.

Order: rows and the log's memory are copied while nobody records, so that the two fit; then the
evidence, which was in the vault before any of those rows; then the copy is examined, and gets its
name last. What stops in between leaves nothing that could be taken for a backup.
"""

import secrets
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from custody import durable
from custody.core.errors import StorageError, UsageError
from custody.core.findings import Outcome
from custody.ledger.examine import Examination, examine
from custody.ledger.signer import LogSigner
from custody.opening import SETTINGS, Home, open_database, open_keys, open_vault
from custody.store import sqlite
from custody.store.keystore import KeyCopy
from custody.store.replicas import replicate

Progress = Callable[[int], None] | None


class Backup(NamedTuple):
    """A copy: how far it goes, and what it holds.

    spoilt: objects of the vault that are not what their names stand for, or cannot be read; they
        are not in the copy.
    """

    folder: Path
    records: int
    root: str
    objects: int
    size: int
    spoilt: tuple[str, ...]


def size_of(home: Home) -> int:
    """Bytes of the evidence that a backup copies."""
    vault = open_vault(home)
    return sum(vault.location(each).stat().st_size for each in vault.objects())


def back_up(home: Home, target: Path, progress: Progress = None) -> Backup:
    """Copy the home into `target`, which must not exist.

    progress: told every byte of evidence twice: as it is copied, and as it is read back.

    Raises:
        UsageError: there is something at `target`, or it lies within the home.
        KeyStoreError: there is evidence, and nothing to hold the copy of it against.
        StorageError, RollbackError: the home cannot be copied, or the copy is not sound.
    """
    target = target.absolute()
    _check_new(home, target)
    fresh = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
    try:
        fresh.mkdir(mode=0o700)
        try:
            made = _copied(home, Home(fresh, home.origin, home.key_place), progress)
            fresh.rename(target)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
        durable.sync_folder(target.parent)
    except OSError as error:
        raise StorageError(f"no backup can be made in {target}: {error.strerror}") from error
    return made._replace(folder=target)


class KeysCopied(NamedTuple):
    """A copy of the keys: where, when (Unix seconds), and the other copies that there may be."""

    folder: Path
    at: int
    ledger_key: bool
    others: tuple[KeyCopy, ...]


def back_up_keys(
    home: Home,
    target: Path,
    clock: Callable[[], float],
    *,
    ledger_key: bool = True,
    replaces: Sequence[str] = (),
) -> KeysCopied:
    """Copy the keys into `target`, which must not exist; the ledger keeps in mind that it is there.

    ledger_key: the key that opens them goes along. replaces: copies that are gone for good.

    Raises:
        UsageError: there is something at `target`, it lies within the home, or a copy that it
            should replace is not known.
        KeyStoreError, StorageError: the keys cannot be copied.
    """
    target = target.absolute()
    _check_new(home, target)
    keys = open_keys(home)
    known = {each.folder for each in keys.copies()}
    names = ", ".join(sorted(known)) or "none"
    for folder in replaces:
        if folder not in known:
            raise UsageError(f"no copy of the keys in {folder} is known; known: {names}")
    made = keys.copy_to(target, clock, ledger_key=ledger_key)
    for folder in replaces:
        keys.forget_copy(folder)
    others = tuple(each for each in keys.copies() if each.folder != made.folder)
    return KeysCopied(target, made.at, ledger_key, others)


def _check_new(home: Home, target: Path) -> None:
    if target.exists():
        raise UsageError(f"{target} exists: a backup never overwrites, name a new folder")
    if home.folder.resolve() in target.resolve().parents:
        raise UsageError(f"{target} lies within the ledger's own home: name a folder elsewhere")


def _copied(home: Home, copy: Home, progress: Progress) -> Backup:
    looks = home.consultations
    with LogSigner(home.log, home.origin).turn(), looks.quiet():
        _copy_rows(home.database, copy.database)
        _copy_files(home.log, copy.log)
        if looks.folder.is_dir():
            _copy_files(looks.folder, copy.consultations.folder)
    for name in (SETTINGS, home.trust.name):
        if (home.folder / name).exists():
            durable.write(copy.folder / name, (home.folder / name).read_bytes(), mode=0o644)
    objects, size, spoilt = _copy_evidence(home, copy, progress)
    examination = _examined(copy)
    durable.sync_folder(copy.folder)
    return Backup(copy.folder, examination.size, examination.root, objects, size, tuple(spoilt))


def _copy_rows(source: Path, target: Path) -> None:
    """One moment of the database, whatever its journal holds."""
    target.touch(mode=0o600)
    reading = sqlite.connect(source)
    try:
        writing = sqlite.driver.connect(target)
        try:
            reading.backup(writing)
        finally:
            writing.close()
    except sqlite.driver.Error as error:
        raise StorageError(f"{source} cannot be copied: {error}") from error
    finally:
        reading.close()


def _copy_files(source: Path, target: Path) -> None:
    """A folder of small files (the log's keys and memory, lines of looks), for its owner only."""
    target.mkdir(mode=0o700)
    for path in sorted(source.iterdir()):
        if path.is_file():
            durable.write(target / path.name, path.read_bytes())
    durable.sync_folder(target)


def _copy_evidence(home: Home, copy: Home, progress: Progress) -> tuple[int, int, list[str]]:
    """Every object, read back and held against its name: how many, their bytes, what is spoilt."""
    count, size, spoilt = 0, 0, []
    for made in replicate(open_vault(home), copy.vault, progress):
        if made.size is None:
            spoilt.append(made.sha256)
            continue
        count, size = count + 1, size + made.size
    shutil.rmtree(copy.vault / "temp", ignore_errors=True)
    return count, size, spoilt


def _examined(copy: Home) -> Examination:
    """The copy proves itself: what was recorded since the last examination is retold from it.

    Raises:
        StorageError: it is not sound, and so neither is the ledger.
    """
    log = LogSigner(copy.log, copy.origin)
    found = examine(open_database(copy), log)
    wrong = [each for each in found.findings if each.outcome is Outcome.FAILED]
    if wrong:
        told = "; ".join(f"{each.check} {each.subject}: {each.detail}" for each in wrong[:3])
        raise StorageError(
            f"the copy is not sound, so the ledger is not ({told}): run `custody verify --full`"
        )
    return found
