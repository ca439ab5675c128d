"""Writes the consultation log: one line before anything is shown, epochs, erasure. (SPEC §14)

Order, and what a crash leaves: the line is on the disk before its caller shows anything; a torn
line, for which nothing was shown, is cut off by the next writer. An epoch is closed by its line in
`epochs`, then by the note, which is signed again where a crash came in between. An erasure is a
line of the log, then a signed line of `epochs`, and only then are bodies destroyed: what a crash
leaves of them the next erasure destroys.
"""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from custody import durable, locking
from custody.consulting import epochs, lines
from custody.consulting.epochs import Closed, Entry, Erased
from custody.consulting.lines import Line, Look
from custody.core.errors import CustodyError, MalformedError, RollbackError, StorageError
from custody.ledger.signer import LogSigner

DAY = 86_400
MOST = 1_000  # lines of an epoch
EPOCHS, LOCK, NOTE = "epochs", "lock", "consultations"
CHUNK = 1 << 20
NAME = re.compile("[0-9]{8}")
LOST = "bring back the newest copy of it; `custody consultations verify` says what is wrong"


@dataclass(frozen=True, slots=True)
class ConsultationLog:
    """The log in `folder`; `log` is the folder of the log's keys, where its note stands too."""

    folder: Path
    log: Path
    origin: str
    entropy: Callable[[int], bytes] = field(default=os.urandom)

    @property
    def note(self) -> Path:
        """The signed note of what `epochs` says."""
        return self.log / NOTE

    @property
    def epochs(self) -> Path:
        """What is known of epochs that are closed."""
        return self.folder / EPOCHS

    def body(self, epoch: int) -> Path:
        """The lines of an epoch."""
        return self.folder / f"{epoch:08d}.jsonl"

    def bodies(self) -> dict[int, Path]:
        """Those that are there, by epoch."""
        found = (path for path in sorted(self.folder.glob("*.jsonl")))
        return {int(path.stem): path for path in found if NAME.fullmatch(path.stem)}

    def record(self, look: Look) -> Line:
        """Put a look on the disk; only then may its caller show anything.

        Raises:
            StorageError, RollbackError: it could not be written; nothing may be shown.
        """
        with self._turn():
            return self._append(look)

    def close(self, now: int) -> Closed | None:
        """Close the epoch that is open; None where it has no line.

        Raises:
            StorageError, RollbackError: it could not be.
        """
        with self._turn():
            entries = self._entries(now)
            return self._close(_following(entries), now)

    def erase(self, before: int, look: Look) -> tuple[int, ...]:
        """Erase the bodies of closed epochs with no line as late as `before`; which they were.

        look: who has it done and why; it is recorded first.

        Raises:
            StorageError, RollbackError: not all was erased; asked again, it goes on.
        """
        with self._turn():
            self._append(look)
            entries = self._entries(look.at)
            gone = erased(entries)
            due = [
                each.epoch
                for each in entries
                if isinstance(each, Closed) and each.last < before and each.epoch not in gone
            ]
            for at in range(0, len(due), epochs.ERASED):
                some = tuple(due[at : at + epochs.ERASED])
                self._add(epochs.encode(Erased(look.at, before, look.actor, some)))
            if due:
                self._sign(whole(self.epochs), look.at)
            for epoch, path in self.bodies().items():
                if epoch in gone or epoch in due:
                    _destroy(path)
            durable.sync_folder(self.folder)
            return tuple(due)

    def entries(self) -> list[Entry]:
        """What is known of closed epochs, as it stands there. Raises MalformedError."""
        return list(epochs.read_all(whole(self.epochs)))

    def read(self) -> Iterator[Line | MalformedError]:
        """Every line that is left, oldest first; in place of one that is spoilt, what is wrong."""
        for path in self.bodies().values():
            for data in whole(path):
                try:
                    yield Line.read(data)
                except MalformedError as error:
                    yield error

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Nobody writes meanwhile; where there is no log yet there is nobody to wait for."""
        if not self.folder.is_dir():
            yield
            return
        with locking.turn(self.folder / LOCK, alone=False):
            yield

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Write alone. Raises StorageError for whatever a disk refuses."""
        try:
            if not self.folder.is_dir():
                self.folder.mkdir(mode=0o700, exist_ok=True)
                durable.sync_folder(self.folder.parent)
            with locking.turn(self.folder / LOCK, alone=True):
                yield
        except OSError as error:
            raise StorageError(
                f"the consultation log {self.folder} cannot be written: {error.strerror}; nothing "
                "is shown that is not logged first"
            ) from error

    def _append(self, look: Look) -> Line:
        epoch = _following(self._entries(look.at))
        last = self._last(epoch)
        if last and (last.n >= MOST or last.look.at // DAY != look.at // DAY):
            self._close(epoch, look.at)
            epoch, last = epoch + 1, None
        prev = lines.hashed(last.encode()) if last else lines.first_prev(self.origin, epoch)
        salt = self.entropy(lines.SALT).hex()
        line = Line(epoch, last.n + 1 if last else 1, prev, salt, look)
        path = self.body(epoch)
        fresh = not path.exists()
        _append(path, line.encode())
        if fresh:
            durable.sync_folder(self.folder)
        return line

    def _entries(self, now: int) -> list[Entry]:
        """What `epochs` says, signed where a crash came before the signature.

        Raises:
            RollbackError: it is not what was signed.
            StorageError: it is spoilt.
        """
        self._begin(now)
        _cut_torn(self.epochs)
        found = whole(self.epochs)
        if _size(self.note) != len(found):
            self._sign(found, now)
        try:
            return list(epochs.read_all(found))
        except MalformedError as error:
            raise StorageError(f"{self.epochs} is spoilt ({error}): {LOST}") from error

    def _begin(self, now: int) -> None:
        """A note over nothing, before anything: one that is missing later was taken away."""
        if self.note.exists():
            return
        if self.epochs.exists() or self.bodies():
            raise RollbackError(
                f"the note {self.note} of the consultation log is missing: bring back the newest "
                "copy of it; nothing is shown that is not logged first"
            )
        signer = LogSigner(self.log, self.origin)
        durable.replace(self.note, signer.note(epochs.claim(self.origin, ()), now))

    def _sign(self, found: Sequence[bytes], now: int) -> None:
        """Raises RollbackError: it does not extend what was signed last."""
        signer = LogSigner(self.log, self.origin)
        try:
            keys = (signer.key, signer.mldsa_key)
            known = epochs.accepted(self.origin, keys, self.note.read_bytes())
        except CustodyError as error:
            raise StorageError(f"{self.note} is spoilt ({error}): {LOST}") from error
        if len(found) < known.size or epochs.claim(self.origin, found[: known.size]) != known:
            raise RollbackError(
                f"{self.epochs} is not what was signed last, {known.size} lines: {LOST}"
            )
        durable.replace(self.note, signer.note(epochs.claim(self.origin, found), now))

    def _close(self, epoch: int, now: int) -> Closed | None:
        body = whole(self.body(epoch))
        if not body:
            return None
        try:
            times = [line.look.at for line in lines.chained(self.origin, epoch, body)]
        except MalformedError as error:
            raise StorageError(f"{self.body(epoch)} is spoilt ({error}): {LOST}") from error
        closed = Closed(epoch, min(times), max(times), len(body), epochs.body_root(body))
        self._add(epochs.encode(closed))
        self._sign(whole(self.epochs), now)
        return closed

    def _add(self, data: bytes) -> None:
        fresh = not self.epochs.exists()
        _append(self.epochs, data)
        if fresh:
            durable.sync_folder(self.folder)

    def _last(self, epoch: int) -> Line | None:
        """The newest line of the epoch that is open."""
        path = self.body(epoch)
        if not path.exists():
            return None
        _cut_torn(path)
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - lines.LIMIT - 2))
            *_, data = [b"", *file.read().split(b"\n")[:-1]]
        if not data:
            return None
        try:
            return Line.read(data)
        except MalformedError as error:
            raise StorageError(f"{path} is spoilt (its newest line {error}): {LOST}") from error


def erased(entries: Sequence[Entry]) -> dict[int, Erased]:
    """Epochs whose bodies were erased, each with its erasure."""
    found = (each for each in entries if isinstance(each, Erased))
    return {epoch: each for each in found for epoch in each.epochs}


def _following(entries: Sequence[Entry]) -> int:
    """The epoch that is open."""
    return 1 + sum(isinstance(each, Closed) for each in entries)


def _size(note: Path) -> int:
    """Over how many lines a note says that it is; −1 where it says nothing of the kind."""
    parts = note.read_bytes().split(b"\n", 2)
    return int(parts[1]) if len(parts) == 3 and parts[1].isdigit() else -1


def whole(path: Path) -> list[bytes]:
    """The lines of a file that are whole, without their line feeds; none where there is no file."""
    return path.read_bytes().split(b"\n")[:-1] if path.exists() else []


def _append(path: Path, data: bytes) -> None:
    """A line, on the disk when this returns."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        rest = memoryview(data + b"\n")
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _cut_torn(path: Path) -> None:
    """Cut off a line that a stopped program left without its end: nothing was shown for it."""
    if not path.exists():
        return
    with path.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        begin = max(0, size - lines.LIMIT - 2)
        file.seek(begin)
        tail = file.read()
        if tail and not tail.endswith(b"\n"):
            file.truncate(begin + tail.rfind(b"\n") + 1)
            os.fsync(file.fileno())


def _destroy(path: Path) -> None:
    """Overwrite a body and take it away; what a disk keeps of old blocks is beyond programs."""
    with path.open("r+b", buffering=0) as file:
        left = os.fstat(file.fileno()).st_size
        while left > 0:
            left -= file.write(bytes(min(left, CHUNK)))
        os.fsync(file.fileno())
    path.unlink()
