"""Is the consultation log what it was? What is erased lawfully is told, and fails nothing.

What cannot be seen here: lines cut off the end of the epoch that is open, which nobody has signed
yet; and a log, note and all, that was put back whole to an earlier state, unless somebody kept a
later note.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from custody.consulting import epochs, lines, sealing
from custody.consulting.epochs import Closed, Entry, Erased, Keys
from custody.consulting.files import whole
from custody.consulting.log import ConsultationLog, erased
from custody.core import times
from custody.core.checkpoint import Checkpoint
from custody.core.errors import CustodyError, KeyStoreError, MalformedError, SignatureError
from custody.core.findings import Check, Finding, Outcome, failed, undetermined
from custody.core.keys import PublicKey

WHOLE = "consultations"
Owned = Callable[[str], Sequence[Sequence[PublicKey]]]
"""By the tag of a person, every key that she ever had, each with its partner."""


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


def verify(log: ConsultationLog, keys: Keys, owned: Owned, kept: bytes | None = None) -> Found:
    """Examine a log; empty where nothing was ever logged.

    keys: the log's, under the ledger's own name. kept: a note that somebody kept from before.
    owned: all keys that a person ever had, by her tag, with their partners; none: nobody's tag
    """
    if not log.folder.is_dir() and not log.note.exists() and kept is None:
        return Found(())
    with log.quiet():
        return _verify(log, keys, owned, kept)


def _verify(log: ConsultationLog, keys: Keys, owned: Owned, kept: bytes | None) -> Found:
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
    for each in entries:
        if isinstance(each, Erased):
            found += _signed(log, each, owned)
    try:
        found += _bodies(log, entries, gone)
        found += _open(log, count + 1)
    except KeyStoreError as error:
        found.append(undetermined(Check.CHAIN, WHOLE, f"its lines cannot be read: {error}"))
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


def _signed(log: ConsultationLog, each: Erased, owned: Owned) -> Iterator[Finding]:
    """Did two people sign that these epochs are erased?"""
    what = each.what
    subject = f"{WHOLE}, erasure of {spoken(each.epochs)}"
    if each.ledger != log.origin or what.by == what.confirmed:
        yield failed(Check.SIGNATURE, subject, "is not one of this log by two people")
        return
    ids = {signature.keyid for signature in each.envelope.signatures}
    sides = [
        [own for own in owned(tag) if ids & {key.id for key in own}]
        for tag in (what.by, what.confirmed)
    ]
    theirs = [{key.id for own in side for key in own} for side in sides]
    try:
        if not all(sides) or theirs[0] & theirs[1]:
            raise SignatureError("one of the two who are named did not sign it")
        each.envelope.check_signatures([key for side in sides for own in side for key in own])
    except SignatureError as error:
        yield failed(Check.SIGNATURE, subject, str(error))


def _bodies(
    log: ConsultationLog, entries: list[Entry], gone: Mapping[int, Erased]
) -> Iterator[Finding]:
    """Is each closed epoch there as it was closed, or erased?"""
    there = log.bodies()
    closed = {each.epoch: each for each in entries if isinstance(each, Closed)}
    for epoch, each in closed.items():
        if epoch in gone and (epoch in there or log.keys.find(epoch) is not None):
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
    try:
        body = _lines(log, each.epoch)
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
        for _ in lines.chained(log.origin, epoch, _lines(log, epoch)):
            pass
    except MalformedError as error:
        yield failed(Check.CHAIN, name(epoch), str(error))


def _lines(log: ConsultationLog, epoch: int) -> list[bytes]:
    """The lines of a body. Raises MalformedError: one is spoilt, or none can be read any more."""
    body = whole(log.body(epoch))
    key = log.keys.find(epoch) if body else b""
    if key is None:
        raise MalformedError("the key of its lines is gone, and nobody erased it on schedule")
    return sealing.all_opened(key, log.origin, epoch, body)


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
