"""Is the consultation log what it was? What is erased lawfully is told, and fails nothing.

What cannot be seen here: lines cut off the end of the epoch that is open, which nobody has signed
yet; and a log, note and all, that was put back whole to an earlier state, unless somebody kept a
later note.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from custody.consulting import epochs, lines
from custody.consulting.epochs import Closed, Entry, Erased, Keys
from custody.consulting.log import ConsultationLog, erased, whole
from custody.core import times
from custody.core.checkpoint import Checkpoint
from custody.core.errors import CustodyError, MalformedError
from custody.core.findings import Check, Finding, Outcome, failed, undetermined

WHOLE = "consultations"


class Found(NamedTuple):
    """What was found of a log.

    closed: epochs that are closed; erased: those of them without body; open: lines not yet signed
    note: what the newest note says; None where there is no log, or no note
    """

    findings: tuple[Finding, ...]
    closed: int = 0
    erased: tuple[int, ...] = ()
    open: int = 0
    note: Checkpoint | None = None

    @property
    def words(self) -> str:
        """What there is, in a line."""
        gone = f"; bodies erased of {spoken(self.erased)}" if self.erased else ""
        return f"{self.closed} epochs closed{gone}; {self.open} lines not yet under a signature"


def verify(log: ConsultationLog, keys: Keys, kept: bytes | None = None) -> Found:
    """Examine a log; empty where nothing was ever logged.

    keys: the log's, under the ledger's own name. kept: a note that somebody kept from before.
    """
    if not log.folder.is_dir() and not log.note.exists() and kept is None:
        return Found(())
    with log.quiet():
        return _verify(log, keys, kept)


def _verify(log: ConsultationLog, keys: Keys, kept: bytes | None) -> Found:
    found: list[Finding] = []
    raw = whole(log.epochs)
    note = None
    try:
        note = epochs.accepted(log.origin, keys, log.note.read_bytes())
        found += _extends(log, note, raw, "the signed note")
    except FileNotFoundError:
        found.append(failed(Check.CHECKPOINT, WHOLE, "its signed note is missing"))
    except CustodyError as error:
        found.append(failed(Check.CHECKPOINT, WHOLE, str(error)))
    if kept is not None:
        found += _kept(log, keys, kept, raw)
    if note is not None and note.size < len(raw):
        detail = "the newest lines about epochs are not signed: `custody consultations close`"
        found.append(undetermined(Check.CHECKPOINT, WHOLE, detail))
    try:
        entries = list(epochs.read_all(raw))
    except MalformedError as error:
        return Found((*found, failed(Check.STRUCTURE, WHOLE, str(error))), note=note)
    gone, count = erased(entries), sum(isinstance(each, Closed) for each in entries)
    found += _bodies(log, entries, gone)
    found += _open(log, count + 1)
    many = len(whole(log.body(count + 1)))
    report = Found((), count, tuple(sorted(gone)), many, note)
    if not found:
        found.append(Finding(Check.CHAIN, Outcome.PASSED, WHOLE, report.words))
    return report._replace(findings=tuple(found))


def _extends(
    log: ConsultationLog, note: Checkpoint, raw: list[bytes], name: str
) -> Iterator[Finding]:
    """Do the lines about epochs begin with what a note was signed over?"""
    if note.size > len(raw):
        detail = f"{name} is over {note.size} lines about epochs, and {len(raw)} are there"
        yield failed(Check.CHECKPOINT, WHOLE, f"{detail}: they were cut off")
    elif epochs.claim(log.origin, raw[: note.size]) != note:
        detail = f"the lines about epochs are not those that {name} was signed over"
        yield failed(Check.INCLUSION, WHOLE, detail)


def _kept(log: ConsultationLog, keys: Keys, kept: bytes, raw: list[bytes]) -> Iterator[Finding]:
    try:
        note = epochs.accepted(log.origin, keys, kept)
    except CustodyError as error:
        yield failed(Check.CHECKPOINT, WHOLE, f"the note that was kept: {error}")
    else:
        yield from _extends(log, note, raw, "the note that was kept")


def _bodies(
    log: ConsultationLog, entries: list[Entry], gone: Mapping[int, Erased]
) -> Iterator[Finding]:
    """Is each closed epoch there as it was closed, or erased?"""
    there = log.bodies()
    closed = {each.epoch: each for each in entries if isinstance(each, Closed)}
    for epoch, each in closed.items():
        if epoch in gone and epoch in there:
            detail = f"was erased {times.spelt(gone[epoch].at)}, and is there still: erase again"
            yield undetermined(Check.COMPLETENESS, name(epoch), detail)
        elif epoch not in gone and epoch not in there:
            detail = "is missing, and nobody erased it on schedule"
            yield failed(Check.COMPLETENESS, name(epoch), detail)
        elif epoch in there:
            yield from _closed(log, each)
    for epoch in there:
        if epoch > len(closed) + 1 or epoch < 1:
            yield failed(Check.STRUCTURE, name(epoch), "there is no such epoch yet")


def _closed(log: ConsultationLog, each: Closed) -> Iterator[Finding]:
    body = whole(log.body(each.epoch))
    try:
        at = [line.look.at for line in lines.chained(log.origin, each.epoch, body)]
    except MalformedError as error:
        yield failed(Check.CHAIN, name(each.epoch), str(error))
        return
    if not log.body(each.epoch).read_bytes().endswith(b"\n"):
        yield failed(Check.STRUCTURE, name(each.epoch), "something stands after its last line")
    if each != Closed(
        each.epoch, min(at, default=0), max(at, default=0), len(at), epochs.body_root(body)
    ):
        detail = f"is not what was closed: {each.lines} lines under root {each.root}"
        yield failed(Check.INCLUSION, name(each.epoch), detail)


def _open(log: ConsultationLog, epoch: int) -> Iterator[Finding]:
    try:
        for _ in lines.chained(log.origin, epoch, whole(log.body(epoch))):
            pass
    except MalformedError as error:
        yield failed(Check.CHAIN, name(epoch), str(error))


def name(epoch: int) -> str:
    """What findings call an epoch."""
    return f"{WHOLE}, epoch {epoch}"


def spoken(numbers: tuple[int, ...]) -> str:
    """Numbers of epochs, runs of them joined."""
    runs: list[list[int]] = []
    for each in numbers:
        if runs and runs[-1][1] == each - 1:
            runs[-1][1] = each
        else:
            runs.append([each, each])
    return ", ".join(str(a) if a == b else f"{a} to {b}" for a, b in runs)
