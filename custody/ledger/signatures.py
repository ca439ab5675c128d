"""Signatures of many entries and checkpoints, verified by other processes while they are retold.

Another process opens nothing: it is sent the very bytes that were read here, and the keys that had
to sign them. Where it falls behind, work is done here: little waits, whatever the ledger's size.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from types import TracebackType
from typing import Any, Self

from custody.core.dsse import Envelope
from custody.core.errors import SignatureError, StorageError
from custody.core.findings import Check, Finding, failed
from custody.core.keys import PublicKey
from custody.core.note import VerifierKey
from custody.ledger import notes
from custody.ledger.storage import CheckpointRow

SHARE = 250  # signatures in one call: a tenth of a second or less that one waits for the other
WORTH = 8  # shares; starting another process costs as much as some of them
AHEAD = 16  # shares that may wait for each other process: a few megabytes
Signed = tuple[int, bytes, str, bytes]  # record, what was signed, id of the key, signature
Verify = Callable[[Any, Any], list[Finding]]  # a part, and the keys for it
Work = tuple[Verify, Sequence[Any], object]


class Signatures:
    """The signatures of a range of records, verified here or by other processes."""

    def __init__(
        self, log: Sequence[VerifierKey], records: int, processes: int, share: int
    ) -> None:
        """Begin.

        Args:
            log: the keys with which checkpoints are signed.
            records: how many are going to be looked at, about.
            processes: how many may verify, this one among them.
            share: how many signatures one of them is given at a time.
        """
        self._log, self._share = log, share
        self._part: list[Signed] = []
        self._keys: dict[str, PublicKey] = {}  # those of the part
        self._found: list[Finding] = []
        self._waiting: deque[tuple[Future[list[Finding]], Work]] = deque()
        self._most = AHEAD * (processes - 1)
        self._pool: ProcessPoolExecutor | None = None
        if processes > 1 and records >= WORTH * share:
            self._pool = ProcessPoolExecutor(processes - 1, get_context("spawn"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def take(self, n: int, envelope: Envelope, keys: Sequence[PublicKey]) -> None:
        """Verify the signatures on the entry of record `n`, at once or by and by.

        Raises:
            SignatureError: they are not those of exactly `keys`; or one does not verify, which
                `findings` says where it is found later.
        """
        if self._pool is None:
            envelope.check_signatures(keys)
            return
        self._keys |= envelope.signers(keys)
        message = envelope.pae
        self._part += [(n, message, keyid, sig) for keyid, sig in envelope.signatures]
        if len(self._part) >= self._share:
            self._hand_over()

    def checkpoints(self, rows: Iterable[CheckpointRow]) -> None:
        """Verify stored checkpoints, each signed with all keys of the log."""
        part: list[CheckpointRow] = []
        for row in rows:
            part.append(row)
            if len(part) == self._share:
                self._spread(_checkpoints, part, self._log)
                part = []
        self._spread(_checkpoints, part, self._log)

    def findings(self) -> Iterator[Finding]:
        """Everything that was found, once all is verified; lends a hand, last first.

        Raises:
            StorageError: another process died; `take` and `checkpoints` raise it, too.
        """
        self._hand_over()
        with unbroken():
            while self._waiting:
                call, (verify, part, keys) = self._waiting.pop()
                self._found += verify(part, keys) if call.cancel() else call.result()
        yield from self._found
        self._found = []

    def _hand_over(self) -> None:
        self._spread(_signatures, self._part, self._keys)
        self._part, self._keys = [], {}

    def _spread(self, verify: Verify, part: Sequence[Any], keys: object) -> None:
        """Have a part verified by another process; here, if as much as may waits already."""
        with unbroken():
            while self._waiting and self._waiting[0][0].done():
                self._found += self._waiting.popleft()[0].result()
            if self._pool is None or len(self._waiting) >= self._most:
                self._found += verify(part, keys)
            elif part:
                call = self._pool.submit(verify, part, keys)
                self._waiting.append((call, (verify, part, keys)))


@contextmanager
def unbroken() -> Iterator[None]:
    """Say what it means if another process dies."""
    try:
        yield
    except BrokenProcessPool as error:
        raise StorageError(
            "a process that verified signatures was ended, perhaps for want of memory: nothing "
            "can be concluded; try again, or with --processes 1"
        ) from error


def _signatures(part: Iterable[Signed], keys: Mapping[str, PublicKey]) -> list[Finding]:
    found = []
    for n, message, keyid, signature in part:
        try:
            keys[keyid].verify(signature, message)
        except SignatureError as error:
            found.append(failed(Check.SIGNATURE, f"record {n}", str(error)))
    return found


def _checkpoints(rows: Iterable[CheckpointRow], log: Sequence[VerifierKey]) -> list[Finding]:
    return list(notes.verify(rows, log))
