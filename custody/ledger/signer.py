"""The log's own keys, and its memory of what they signed last. (SPEC §6)

A folder that only its owner can read, apart from the database: two private keys (Ed25519 and
ML-DSA-44, PKCS#8), `signed` (the last checkpoint) and `lock`. The signer signs nothing that does
not extend what `signed` says: it is the first witness against a database that was rolled back
or forked. `signed` must never be restored from a backup that is older than the last checkpoint.
"""

import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from custody import durable, locking
from custody.core import canonical, checkpoint, tree
from custody.core.checkpoint import Checkpoint
from custody.core.errors import ProofError, RollbackError, StorageError
from custody.core.note import SignatureType, VerifierKey

ED25519_FILE, MLDSA_FILE, STATE_FILE, LOCK_FILE = "log.ed25519", "log.ml-dsa-44", "signed", "lock"
SLOT = 8_192  # bytes; the state file is two of them
PATIENCE = 60.0  # seconds that a command waits for another one to finish writing
PAUSE = 0.003  # seconds between two looks at the lock

LOST = (
    "Without it nobody can tell whether the database was rolled back. Bring back the newest copy "
    "of that file; if there is none, open a new ledger that continues this one"
)
FORK = (
    "This is a rollback or fork: do not go on writing. Find out which copy of the database was "
    "restored, and bring back the newest one; compare with checkpoints that others hold"
)


class Signed(NamedTuple):
    """The last checkpoint that was signed."""

    size: int
    root: bytes
    note: bytes


class Log(Protocol):
    """What can be said of a log without its private keys; `LogSigner` fulfils it.

    folder: where examinations leave their mark. signed: the last checkpoint that it signed.
    """

    @property
    def folder(self) -> Path: ...
    @property
    def origin(self) -> str: ...
    @property
    def key(self) -> VerifierKey: ...
    @property
    def mldsa_key(self) -> VerifierKey: ...
    def signed(self) -> Signed: ...


class LogSigner:
    """Signs checkpoints of one log, each an extension of the one before."""

    def __init__(self, folder: Path, origin: str, patience: float = PATIENCE) -> None:
        """Open the keys in `folder`.

        Raises:
            StorageError: a key is missing, unreadable, or readable by others; or the system has
                no locks, without which nobody may so much as rebuild tables.
        """
        locking.required()
        self.folder = folder
        self.origin = origin
        self._patience = patience
        self._held: tuple[Signed, int] | None = None  # what `signed` says, during a turn
        self._read_last: tuple[bytes, tuple[Signed, int]] | None = None  # and from which bytes
        self._ed25519: Any = read_key(folder / ED25519_FILE, Ed25519PrivateKey)
        self._mldsa: Any = read_key(folder / MLDSA_FILE, MLDSA44PrivateKey)
        self.key = _verifier(origin, SignatureType.ED25519, self._ed25519)
        self.mldsa_key = _verifier(origin, SignatureType.ML_DSA_44_COSIGNATURE, self._mldsa)

    @classmethod
    def create(cls, folder: Path, origin: str) -> "LogSigner":
        """New keys, which have signed nothing yet.

        Raises:
            StorageError: the folder exists, or cannot be made.
        """
        try:
            folder.mkdir(mode=0o700)
            write_key(folder / ED25519_FILE, Ed25519PrivateKey.generate())
            write_key(folder / MLDSA_FILE, MLDSA44PrivateKey.generate())
            durable.write(folder / STATE_FILE, encoded(Signed(0, tree.EMPTY, b"")) * 2)
            durable.write(folder / LOCK_FILE, b"")
            durable.sync_folder(folder)
        except OSError as error:
            raise StorageError(f"no log keys can be made in {folder}: {error.strerror}") from error
        return cls(folder, origin)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold the log for one append and its checkpoint; other processes wait.

        Raises:
            StorageError: another process holds it for too long.
        """
        lock = os.open(self.folder / LOCK_FILE, os.O_RDONLY | os.O_CLOEXEC)
        try:
            deadline = time.monotonic() + self._patience
            while not locking.take(lock):
                if time.monotonic() > deadline:
                    raise StorageError(
                        f"another program has been recording for {self._patience:g} seconds; "
                        "nothing was recorded, try again"
                    )
                time.sleep(PAUSE)
            self._held = self._read()
            yield
        finally:
            self._held = None
            os.close(lock)  # gives the lock back; so does the end of the process

    def signed(self) -> Signed:
        """The last checkpoint that was signed; size 0 when there is none.

        Raises:
            RollbackError: the state is lost or damaged.
        """
        return self._last()[0]

    def _last(self) -> tuple[Signed, int]:
        """It, and the slot that it stands in; nobody else can change it during a turn."""
        return self._held or self._read()

    def _read(self) -> tuple[Signed, int]:
        path = self.folder / STATE_FILE
        try:
            data = path.read_bytes()
        except OSError as error:
            raise RollbackError(f"the log signer's state {path} is missing. {LOST}") from error
        if self._read_last is None or self._read_last[0] != data:
            found = slots(data)
            if not found:
                raise RollbackError(f"the log signer's state {path} is damaged. {LOST}")
            self._read_last = data, max(found)
        return self._read_last[1]

    def sign(
        self, size: int, root: bytes, extends: Callable[[int, int], Sequence[bytes]], now: int
    ) -> bytes:
        """Signed note of the checkpoint (size, root); on the disk here before it is returned.

        Call it within `turn`, when the rows are durable.

        Args:
            size: number of records, all durable.
            root: their Merkle root.
            extends: makes the consistency proof between two sizes.
            now: Unix seconds, for the ML-DSA cosignature.

        Raises:
            RollbackError: it does not extend what was signed last.
        """
        last = self.signed()
        if (last.size, last.root) == (size, root) and last.note:
            return last.note
        self.check(last, size, root, extends)
        claim = Checkpoint(self.origin, size, root)
        lines = checkpoint.ed25519_line(self.key, claim, self._ed25519.sign)
        lines += checkpoint.cosignature_line(self.mldsa_key, claim, now, self._mldsa.sign)
        note = f"{claim.text}\n{lines}".encode()
        self._remember(Signed(size, root, note))
        return note

    def note(self, claim: Checkpoint, now: int) -> bytes:
        """Signed note of a checkpoint of another log that the ledger keeps, `<origin>/<name>`.

        The keys sign under that name, so that it is never taken for the ledger's own. What it
        extends is for its caller to know.
        """
        assert claim.origin.startswith(f"{self.origin}/"), claim.origin
        key = VerifierKey(claim.origin, self.key.type, self.key.public)
        mldsa = VerifierKey(claim.origin, self.mldsa_key.type, self.mldsa_key.public)
        lines = checkpoint.ed25519_line(key, claim, self._ed25519.sign)
        lines += checkpoint.cosignature_line(mldsa, claim, now, self._mldsa.sign)
        return f"{claim.text}\n{lines}".encode()

    @staticmethod
    def check(
        last: Signed, size: int, root: bytes, extends: Callable[[int, int], Sequence[bytes]]
    ) -> None:
        """Does (size, root) extend what was signed last?

        Raises:
            RollbackError: it does not.
        """
        if size < last.size:
            raise RollbackError(
                f"the database holds {size} records, but {last.size} have been signed. {FORK}"
            )
        try:
            tree.check_consistency(last.size, last.root, size, root, extends(last.size, size))
        except ProofError as error:
            raise RollbackError(
                f"the database does not extend the {last.size} records that were signed "
                f"({error}). {FORK}"
            ) from error

    def _remember(self, state: Signed) -> None:
        """Write the slot that is not the newest: a torn write spoils nothing that was shown."""
        path, slot, written = self.folder / STATE_FILE, 1 - self._last()[1], encoded(state)
        try:
            file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
            try:
                os.lseek(file, SLOT * slot, os.SEEK_SET)
                os.write(file, written)
                os.fdatasync(file)
            finally:
                os.close(file)
        except OSError as error:
            self._held = None
            raise StorageError(
                f"the log signer's state {path} cannot be written: {error.strerror}; the records "
                "are kept, and their checkpoint will be signed when the ledger is next opened"
            ) from error
        self._held = (state, slot) if self._held else None
        if self._read_last is not None:
            both = bytearray(self._read_last[0])
            both[SLOT * slot : SLOT * (slot + 1)] = written
            self._read_last = bytes(both), (state, slot)


def encoded(state: Signed) -> bytes:
    """A slot: SHA-256 of the JSON in hex, the JSON, line feeds up to SLOT bytes."""
    members = {"note": state.note.decode(), "root": state.root.hex(), "size": state.size}
    text = canonical.encode(members)
    return (sha256(text).hexdigest().encode() + b"\n" + text).ljust(SLOT, b"\n")


def slots(data: bytes) -> list[tuple[Signed, int]]:
    """What a state file says, each state with its slot; a torn slot is left out."""
    found = [(decoded(data[SLOT * at : SLOT * (at + 1)]), at) for at in (0, 1)]
    return [(state, at) for state, at in found if state is not None]


def newest_of(data: bytes) -> Signed | None:
    """The last checkpoint that a state file says was signed; None where it is spoilt."""
    return max(slots(data))[0] if slots(data) else None


def decoded(slot: bytes) -> Signed | None:
    """The state in a slot, None if it was torn while it was written."""
    digest, text, _ = (slot + b"\n\n").split(b"\n", 2)
    if sha256(text).hexdigest().encode() != digest:
        return None
    members = json.loads(text)
    return Signed(members["size"], bytes.fromhex(members["root"]), members["note"].encode())


def _verifier(origin: str, kind: SignatureType, private: Any) -> VerifierKey:
    public: bytes = private.public_key().public_bytes_raw()
    return VerifierKey(origin, kind, public)


def write_key(path: Path, private: Any) -> None:
    """A private key in PKCS#8 PEM, for its owner only."""
    pem: bytes = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    durable.write(path, pem)


def read_key(path: Path, kind: type) -> object:
    """The private key in `path`.

    Raises:
        StorageError: it is missing, of another kind, or others can read it.
    """
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & 0o077:
                raise StorageError(f"others can read the log key {path}: chmod 600, or replace it")
            key = serialization.load_pem_private_key(file.read(), None)
    except OSError as error:
        raise StorageError(f"the log key {path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise StorageError(f"the log key {path} is no private key: {error}") from error
    if not isinstance(key, kind):
        raise StorageError(f"the log key {path} is not of the kind {kind.__name__}")
    return key
