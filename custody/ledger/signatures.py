"""Signatures of many statements and checkpoints, verified in processes of their own.

A key id is the digest of the key, so whoever verifies needs no more than some list of keys: which
keys *had* to sign is compared where the rules are replayed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from types import TracebackType
from typing import Self

from custody.core.canonical import from_base64
from custody.core.dsse import Envelope
from custody.core.errors import MalformedError, SignatureError
from custody.core.findings import Check, Finding, failed
from custody.core.keys import PublicKey, read_spki
from custody.core.note import VerifierKey
from custody.core.state import Actor, decode
from custody.ledger import notes
from custody.ledger.collector import undisturbed
from custody.ledger.paging import runs
from custody.ledger.storage import Reading, Storage
from custody_schemas.declare import Kind

SHARE = 250  # records in one call: a quarter of a second or less that one waits for the other
WORTH = 8  # shares; starting another process costs as much as some of them
Open = Callable[[], Storage]


class Signatures:
    """The signatures of a range of records, on their way through other processes.

    elsewhere: whether they are verified there; otherwise the caller verifies them himself.
    """

    def __init__(
        self,
        open_storage: Open,
        rows: Reading,
        log: Sequence[VerifierKey],
        span: tuple[int, int],
        workers: tuple[int, int] = (1, SHARE),
    ) -> None:
        """Begin.

        Args:
            open_storage: opens the database, here and in other processes.
            rows: the view that is being examined.
            log: the keys with which checkpoints are signed.
            span: first record, and the one after the last.
            workers: number of processes, this one among them, and records in one call.
        """
        (start, stop), (processes, share) = span, workers
        self.elsewhere = processes > 1 and stop - start >= WORTH * share
        self._open, self._log = open_storage, log
        self._shares: list[tuple[range, Future[list[Finding]]]] = []
        self._pool: ProcessPoolExecutor | None = None
        if self.elsewhere:
            self._keys = keys(rows)
            self._pool = ProcessPoolExecutor(processes - 1, get_context("spawn"))
            for low in range(start, stop, share):
                part = range(low, min(low + share, stop))
                call = self._pool.submit(verify, open_storage, part, self._keys, log)
                self._shares.append((part, call))

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

    def findings(self) -> Iterator[Finding]:
        """Everything that was found; lends a hand with what nobody has begun, last first."""
        for share, call in reversed(self._shares):
            mine = call.cancel()
            yield from (verify(self._open, share, self._keys, self._log) if mine else call.result())


def keys(rows: Reading) -> Mapping[str, bytes]:
    """All keys that anybody ever had: SPKI by id."""
    found = {}
    for tag in rows.tags(Kind.ACTOR):
        row = rows.subject(tag)
        actor = decode(row.kind, row.state) if row else None
        if isinstance(actor, Actor):
            for key in actor.keys:
                for text in (key.spki, key.partner):
                    if text:
                        spki = from_base64(text)
                        found[read_spki(spki).id] = spki
    return found


def verify(
    open_storage: Open, share: range, known: Mapping[str, bytes], log: Sequence[VerifierKey]
) -> list[Finding]:
    """Verify every signature in the envelopes of those records, and on the checkpoints there."""
    public: dict[str, PublicKey] = {}
    found: list[Finding] = []
    with open_storage().reading() as rows:
        found += notes.verify(rows, range(share.start + 1, share.stop + 1), log)
        with undisturbed():
            for run in runs(rows.leaves(share.start, share.stop, opened=False)):
                if run[0].envelope is None:
                    continue
                if why := _wrong(run[0].envelope, known, public):
                    found.append(failed(Check.SIGNATURE, f"record {run[0].n}", why))
    return found


def _wrong(data: bytes, known: Mapping[str, bytes], public: dict[str, PublicKey]) -> str:
    """Why an envelope's signatures do not verify; empty if they do. `public`: keys read so far."""
    try:
        envelope = Envelope.read(data)
        for keyid, _ in envelope.signatures:
            if keyid not in public:
                public[keyid] = read_spki(known[keyid])
        envelope.check_signatures([public[each.keyid] for each in envelope.signatures])
    except (MalformedError, SignatureError) as error:
        return str(error)
    except KeyError as error:
        return f"signed with the key {error}, which nobody here ever had"
    return ""
