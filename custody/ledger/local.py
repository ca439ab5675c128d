"""A ledger on this machine: storage, log signer and clock, behind the `Ledger` protocol."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from itertools import islice, pairwise
from threading import Lock

from custody.core import state
from custody.core.dsse import Envelope
from custody.core.errors import CustodyError, NotFoundError, StorageError
from custody.core.state import Case, Item
from custody.ledger import Receipt, Sealed, Submission, due, erasing
from custody.ledger.admission import Prepared, prepare
from custody.ledger.answers import Answers
from custody.ledger.collector import undisturbed
from custody.ledger.past import Past
from custody.ledger.proving import Prover
from custody.ledger.recovery import check_extends, check_identity, is_settled, publish
from custody.ledger.sealing import seal
from custody.ledger.sequencer import Identity, Run, Sequencer, Tip, ledger_time, tip
from custody.ledger.signer import LogSigner
from custody.ledger.storage import CheckpointRow, Reading, Refusal, Storage, Writing
from custody.ledger.tiles import Known, Tiles

ATTEMPTS = 20  # tallies, until no other process records between one and the view of it


class Waiting:
    """A batch on its way through the queue."""

    def __init__(self, batch: Sequence[Prepared]) -> None:
        self.batch = batch
        self.runs: list[Run] = []
        self.error: BaseException | None = None
        self.done = False


class LocalLedger(Answers):
    """Fulfils `custody.ledger.Ledger`; safe to use from several threads and processes."""

    def __init__(
        self,
        storage: Storage,
        signer: LogSigner,
        clock: Callable[[], float],
        *,
        leap_confirmed: bool = False,
    ) -> None:
        """Open a ledger, and sign what a crash left unsigned.

        Args:
            storage: the rows.
            signer: the log's keys and state.
            clock: Unix seconds.
            leap_confirmed: somebody has looked at the clock, and it may have leapt forward.

        Raises:
            RollbackError: the rows do not extend what was signed last.
            StorageError: these are another ledger's rows or keys.
        """
        super().__init__(storage, Known())
        self._signer = signer
        self._clock = clock
        self._leap_confirmed = leap_confirmed
        self._identity = Identity(signer.origin, signer.key.text, signer.mldsa_key.text)
        self._queue: list[Waiting] = []
        self._queueing, self._leading = Lock(), Lock()
        last = signer.signed()  # before the rows: others may be recording
        with storage.reading() as rows:
            check_identity(rows, self._identity)
            settled = is_settled(rows.newest(), rows.size(), last)
        if not settled:
            self._settle()

    @property
    def origin(self) -> str:
        """Name of the ledger."""
        return self._signer.origin

    def submit(self, batch: Sequence[Submission]) -> list[Receipt]:
        """Record all statements of the batch in order, or none; sent twice, recorded once.

        Batches that threads of this process submit at the same time share one transaction and
        one checkpoint; each is still recorded whole or not at all.

        Raises:
            MalformedError, SignatureError, RuleError: a statement is refused.
            HeadMovedError: a subject moved on; draft again.
            RollbackError, StorageError: the ledger cannot go on.
        """
        with undisturbed():
            with self._storage.reading() as rows:
                known = self._recorded(rows, batch)
                if known is None:
                    past, size = Past(rows), rows.size()
                    prepared = [prepare(each, self.origin, past, size) for each in batch]
            if known is None:
                known = self._queued(Waiting(prepared))
            return self._receipts(known)

    def tally(self, tags: Sequence[str] = ()) -> Sealed:
        """Seal count and head of every chain, with proofs for `tags`; nothing comes between.

        Raises:
            UsageError: the ledger is empty.
            NotFoundError: a tag names no subject.
            RollbackError, StorageError: the ledger cannot go on.
        """
        with self._leading, self._signer.turn():
            with self._appending() as (rows, end, at):
                sealed = seal(rows, end, at, tags)
            note = publish(self._storage, self._signer, self._known, int(self._clock()))
        return Sealed(sealed.n, sealed.record, note, sealed.subjects)

    @contextmanager
    def sealed_view(self) -> Iterator[tuple[Reading, CheckpointRow]]:
        """One view of the rows that ends with a fresh tally under its checkpoint, for an export.

        Raises:
            StorageError: others record so fast that no view ends with the tally.
        """
        for _ in range(ATTEMPTS):
            sealed = self.tally()
            with self._storage.reading() as rows:
                row = rows.checkpoint(sealed.n + 1)
                if row is not None and rows.size() == row.size:
                    yield rows, row
                    return
        raise StorageError("the ledger is too busy to be exported now: try again in a while")

    def finish_erasures(self) -> list[int]:
        """Destroy what recorded entries say is erased; the records of those that said so.

        Raises:
            StorageError: some may be there still; it can be repeated.
        """
        with self._leading, self._signer.turn():
            return erasing.finish(self._storage)

    def watched(self, until: int, case: str | None = None) -> list[tuple[str, Item | Case]]:
        """Items and cases of which something may have to be looked at by then (Unix seconds).

        Which of them are due, is for the caller to compute. `case`: only that one and its items.

        Raises:
            StorageError: the table was never made; `custody rebuild` makes it.
        """
        due.refresh(self._storage, self.origin)
        with self._storage.reading() as rows:
            found = rows.watched(until, bytes.fromhex(case) if case else None)
        states = ((tag.hex(), state.decode(kind, data)) for tag, kind, data in found)
        return [(tag, each) for tag, each in states if isinstance(each, Item | Case)]

    def longest_unhashed(self, limit: int) -> list[str]:
        """The items whose content was hashed longest ago; see `watched` on what is raised."""
        due.refresh(self._storage, self.origin)
        with self._storage.reading() as rows:
            return [tag.hex() for tag in rows.longest_unhashed(limit)]

    def _recorded(self, rows: Reading, batch: Sequence[Submission]) -> list[Run] | None:
        """The runs of a batch all of which was recorded before; None for any other."""
        runs = []
        for each in batch:
            key = sha256(Envelope.read(each.envelope).payload)
            row = rows.statement(key.digest())
            if row is None:
                return None
            runs.append(Run(key.hexdigest(), row.first, row.length))
        return runs

    def _queued(self, mine: Waiting) -> list[Run]:
        """Wait until the batch has been recorded, by this thread or by one before it."""
        with self._queueing:
            self._queue.append(mine)
        with self._leading:
            if not mine.done:
                with self._queueing:
                    turn, self._queue = self._queue, []
                self._record(turn)
        if mine.error is not None:
            raise mine.error
        return mine.runs

    def _record(self, turn: Sequence[Waiting]) -> None:
        """Record the batches of all threads that wait, and sign one checkpoint over them."""
        try:
            with self._signer.turn():
                with self._appending() as (rows, end, at):
                    sequencer = Sequencer(rows, self._identity, end, at, self._known)
                    for each in turn:
                        try:
                            each.runs = sequencer.admit(each.batch)
                        except CustodyError as error:
                            each.error = error
                    rows.write(sequencer.changes())
                    for key, refused in sequencer.refused:
                        rows.refuse(bytes.fromhex(key), Refusal(at, refused.code, str(refused)))
                sequencer.keep(self._known)
                publish(self._storage, self._signer, self._known, int(self._clock()))
        except BaseException as error:
            for each in turn:
                each.error = each.error or error
            raise
        finally:
            for each in turn:
                each.done = True

    @contextmanager
    def _appending(self) -> Iterator[tuple[Writing, Tip, int]]:
        """The writing transaction, on rows that extend what was signed; its end, ledger time."""
        with self._storage.writing() as rows:
            end = tip(rows, check_extends(rows, self._signer, self._known))
            yield rows, end, ledger_time(end, int(self._clock()), self._leap_confirmed)

    def _settle(self) -> None:
        """Sign what another process, or a crash, left unsigned."""
        with self._leading, self._signer.turn():
            with self._storage.reading() as rows:
                check_extends(rows, self._signer, self._known)
            publish(self._storage, self._signer, self._known, int(self._clock()))

    def _receipts(self, runs: Sequence[Run]) -> list[Receipt]:
        """Records and proofs of recorded statements, at the first checkpoint over each."""
        with self._storage.reading() as rows:
            last = max((run.first + run.length for run in runs), default=0)
            if last == 0 or rows.covering(last - 1):
                return self._proved(rows, runs)
        self._settle()
        with self._storage.reading() as rows:
            return self._proved(rows, runs)

    def _proved(self, rows: Reading, runs: Sequence[Run]) -> list[Receipt]:
        tiles, covered = Tiles(rows, self._known), range(0)
        receipts = []
        for (key, first, length), records in zip(runs, records_of(rows, runs), strict=True):
            last = first + length - 1
            if last not in covered:
                row = rows.covering(last)
                if row is None:
                    raise NotFoundError(f"no checkpoint covers record {last} yet")
                covered, prover = range(last, row.size), Prover(tiles, row)
            proofs = (prover.proof(first + k, data) for k, data in enumerate(records))
            receipts.append(Receipt(key, first, records, tuple(proofs)))
        return receipts


def records_of(rows: Reading, runs: Sequence[Run]) -> list[tuple[bytes, ...]]:
    """The records of each run; read at once where the runs follow on each other, as new ones do."""
    if any(one.first + one.length != next_one.first for one, next_one in pairwise(runs)):
        return [tuple(rows.records(run.first, run.first + run.length)) for run in runs]
    records = iter(rows.records(runs[0].first, runs[-1].first + runs[-1].length) if runs else ())
    return [tuple(islice(records, run.length)) for run in runs]
