"""Writes the consultation log: one line before anything is shown, epochs, erasure. (SPEC §14)

Order, and what a crash leaves: the line is on the disk before its caller shows anything; a torn
line, for which nothing was shown, is cut off by the next writer. An epoch is closed by its line in
`epochs`, then by the note, which is signed again where a crash came in between. An erasure is a
line of the log, then a signed line of `epochs`, and only then are keys and bodies destroyed: what a
crash leaves of them the next erasure destroys.
"""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from custody import durable, locking
from custody.consulting import epochs, lines, sealing
from custody.consulting.epochs import Closed, Entry, Erased, Erasing
from custody.consulting.files import append, cut_torn, destroy, whole
from custody.consulting.lines import Line, Look
from custody.consulting.sealing import EpochKeys
from custody.core.dsse import Envelope
from custody.core.errors import CustodyError, MalformedError, RollbackError, StorageError
from custody.ledger.signer import LogSigner

DAY = 86_400
MOST = 1_000  # lines of an epoch
EPOCHS, LOCK, NOTE = "epochs", "lock", "consultations"
NAME = re.compile("[0-9]{8}")
LOST = "bring back the newest copy of it; `custody consultations verify` says what is wrong"


@dataclass(frozen=True, slots=True)
class ConsultationLog:
    """The log in `folder`; `log` is the folder of the log's keys, where its note stands too.

    keys: of the epochs, under which their lines are encrypted
    """

    folder: Path
    log: Path
    origin: str
    keys: EpochKeys
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

    def close_due(self, now: int) -> Closed | None:
        """Close the epoch that is open, where its day is over or it is full.

        Raises:
            StorageError, RollbackError: it could not be.
        """
        with self._turn():
            epoch = _following(self._entries(now))
            last = self._last(epoch)
            return self._close(epoch, now) if last and _is_over(last, now) else None

    def erase(
        self, before: int, look: Look, confirmed: str, sign: Callable[[bytes], Envelope]
    ) -> tuple[int, ...]:
        """Erase the bodies of closed epochs with no line as late as `before`; which they were.

        look: who has it done and why; it is recorded first.
        confirmed: tag of who oversees it. sign: has both sign what is erased.

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
                what = Erasing(look.at, before, look.actor, confirmed, some)
                self._add(epochs.encode(Erased.of(sign(what.payload(self.origin)))))
            if due:
                self._sign(whole(self.epochs), look.at)
            self.keys.destroy([*gone, *due])
            for epoch, path in self.bodies().items():
                if epoch in gone or epoch in due:
                    destroy(path)
            durable.sync_folder(self.folder)
            return tuple(due)

    def entries(self) -> list[Entry]:
        """What is known of closed epochs, as it stands there. Raises MalformedError."""
        return list(epochs.read_all(whole(self.epochs)))

    def read(self) -> Iterator[Line | MalformedError]:
        """Every line that is left, oldest first; in place of one that is spoilt, what is wrong.

        Raises:
            KeyStoreError: the keys are not at hand.
        """
        for epoch, path in self.bodies().items():
            key = self.keys.find(epoch)
            for data in whole(path):
                try:
                    yield self._line(epoch, key, data)
                except MalformedError as error:
                    yield error

    def _line(self, epoch: int, key: bytes | None, data: bytes) -> Line:
        if key is None:
            raise MalformedError("the key of its epoch was destroyed")
        return Line.read(sealing.opened(key, self.origin, epoch, data))

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
        if last and _is_over(last, look.at):
            self._close(epoch, look.at)
            epoch, last = epoch + 1, None
        prev = lines.hashed(last.encode()) if last else lines.first_prev(self.origin, epoch)
        key, salt = self.keys.ensure(epoch), self.entropy(lines.SALT).hex()
        line = Line(epoch, last.n + 1 if last else 1, prev, salt, look)
        path = self.body(epoch)
        fresh = not path.exists()
        nonce = self.entropy(sealing.NONCE)
        append(path, sealing.sealed(key, self.origin, epoch, line.encode(), nonce))
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
        cut_torn(self.epochs)
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
        sealed = whole(self.body(epoch))
        if not sealed:
            return None
        try:
            body = sealing.all_opened(self.keys.ensure(epoch), self.origin, epoch, sealed)
            times = [line.look.at for line in lines.chained(self.origin, epoch, body)]
        except MalformedError as error:
            raise StorageError(f"{self.body(epoch)} is spoilt ({error}): {LOST}") from error
        closed = Closed(epoch, min(times), max(times), len(body), epochs.body_root(body))
        self._add(epochs.encode(closed))
        self._sign(whole(self.epochs), now)
        return closed

    def _add(self, data: bytes) -> None:
        fresh = not self.epochs.exists()
        append(self.epochs, data)
        if fresh:
            durable.sync_folder(self.folder)

    def _last(self, epoch: int) -> Line | None:
        """The newest line of the epoch that is open."""
        path = self.body(epoch)
        if not path.exists():
            return None
        cut_torn(path)
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - sealing.LIMIT - 2))
            *_, data = [b"", *file.read().split(b"\n")[:-1]]
        if not data:
            return None
        try:
            return self._line(epoch, self.keys.find(epoch), data)
        except MalformedError as error:
            raise StorageError(f"{path} is spoilt (its newest line {error}): {LOST}") from error


def erased(entries: Sequence[Entry]) -> dict[int, Erased]:
    """Epochs whose bodies were erased, each with its erasure."""
    found = (each for each in entries if isinstance(each, Erased))
    return {epoch: each for each in found for epoch in each.epochs}


def _is_over(last: Line, now: int) -> bool:
    """Whether no further line goes into the epoch of that one."""
    return last.n >= MOST or last.look.at // DAY != now // DAY


def _following(entries: Sequence[Entry]) -> int:
    """The epoch that is open."""
    return 1 + sum(isinstance(each, Closed) for each in entries)


def _size(note: Path) -> int:
    """Over how many lines a note says that it is; −1 where it says nothing of the kind."""
    parts = note.read_bytes().split(b"\n", 2)
    return int(parts[1]) if len(parts) == 3 and parts[1].isdigit() else -1
