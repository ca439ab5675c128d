"""Signed statements on their way: on the disk before they are sent, gone once they are proved.

A file a batch, named after its first statement, in the identity's own folder:

    {"asked":"<digest of the request>","batch":[{"case_key"?,"disclosures","envelope"}, …],"v":1}

Who signed something and lost the answer (power, network, a full disk) sends the same bytes again:
the ledger records a statement once, however often it comes.
"""

import contextlib
import os
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from custody import durable
from custody.core import canonical
from custody.core.dsse import Envelope
from custody.core.errors import CustodyError, MalformedError, StorageError
from custody.ledger import Submission

LIMIT = 1 << 30  # bytes; the files are our own, the limit only stops nonsense


@dataclass(frozen=True, slots=True)
class Pending:
    """A batch that may or may not have been recorded.

    `lock` is an open file: as long as this process holds it, no other sends the batch.
    """

    path: Path
    asked: str
    batch: tuple[Submission, ...]
    lock: int

    def done(self) -> None:
        """Its fate is known: forget it."""
        try:
            self.path.unlink(missing_ok=True)
            durable.sync_folder(self.path.parent)
        except OSError as error:
            raise StorageError(f"{self.path} cannot be removed: {error.strerror}") from error
        finally:
            self.leave()

    def leave(self) -> None:
        """Keep it for the next attempt."""
        os.close(self.lock)


def keep(folder: Path, asked: str, batch: Sequence[Submission]) -> Pending:
    """Put a signed batch on the disk; only then may it be sent.

    Raises:
        StorageError: the disk refused; the batch must not be sent.
    """
    first = sha256(Envelope.read(batch[0].envelope).payload).hexdigest()
    path = folder / f"{first}.json"
    fresh = folder / f".{first}.{secrets.token_hex(8)}"
    value = {"v": 1, "asked": asked, "batch": [_spelt(submission) for submission in batch]}
    try:
        if not folder.exists():
            folder.mkdir(mode=0o700, exist_ok=True)
            durable.sync_folder(folder.parent)
        durable.write(fresh, canonical.encode(value))
        lock = os.open(fresh, os.O_RDONLY)
        _locked(lock)  # before it has its name: nobody else can have it
        fresh.rename(path)
        durable.sync_folder(folder)
    except OSError as error:
        raise StorageError(
            f"{folder} cannot be written: {error.strerror}; nothing was sent"
        ) from error
    return Pending(path, asked, tuple(batch), lock)


def pending(folder: Path) -> Iterator[Pending]:
    """The batches whose fate is unknown, those left out that another process is sending.

    Raises:
        MalformedError: a file is spoilt.
    """
    for path in sorted(folder.glob("[!.]*.json")):
        try:
            lock = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            continue  # another process has just finished with it
        if not _locked(lock) or not path.exists():
            os.close(lock)
            continue
        asked, batch = _read(path)
        yield Pending(path, asked, batch, lock)


def _locked(descriptor: int) -> bool:
    """Take the file for this process; where a system has no such locks, all may have it."""
    with contextlib.suppress(ImportError):
        import fcntl

        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def _spelt(submission: Submission) -> dict[str, Any]:
    value: dict[str, Any] = {
        "disclosures": list(submission.disclosures),
        "envelope": b64encode(submission.envelope).decode(),
    }
    if submission.case_key is not None:
        value["case_key"] = submission.case_key.hex()
    return value


def _read(path: Path) -> tuple[str, tuple[Submission, ...]]:
    try:
        value = canonical.decode(path.read_bytes(), LIMIT)
        batch = tuple(
            Submission(
                b64decode(each["envelope"], validate=True),
                tuple(each["disclosures"]),
                bytes.fromhex(each["case_key"]) if "case_key" in each else None,
            )
            for each in value["batch"]
        )
        return str(value["asked"]), batch
    except (ValueError, KeyError, TypeError, CustodyError) as error:
        raise MalformedError(
            f"{path} is spoilt ({error!r}): it held signed entries whose fate is unknown; compare "
            "`custody log` with what you did, then move the file away"
        ) from error
