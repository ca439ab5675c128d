"""Rows that no signed entry gives again: the checkpoints of the past, and what was refused.

Each checkpoint is a signed claim of its own, so its signatures are verified like anybody's. That
one was taken away shows in two ways: somebody had seen it, or an examination had. What was
refused is the operator's word; it shows only that it was altered after it was examined.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from hashlib import sha256
from typing import NamedTuple

from custody.core import checkpoint
from custody.core.checkpoint import Checkpoint
from custody.core.errors import MalformedError, SignatureError
from custody.core.findings import Check, Finding, failed, undetermined
from custody.core.note import Note, VerifierKey
from custody.ledger.storage import CheckpointRow, Reading
from custody_schemas.codes import CODES

ID = 32  # bytes of a statement id
ALWAYS = -(2**63), None
NOWHERE = 0, -(2**63)  # size, time


class Tied(NamedTuple):
    """Hash chains (hex) over these rows: checkpoints up to a size, refusals before a time."""

    checkpoints: str = ""
    refusals: str = ""


def wrong(row: CheckpointRow, keys: Sequence[VerifierKey]) -> str:
    """Why a stored checkpoint is not what the log signed; empty if it is.

    keys: all keys of the log, each of which must have signed.
    """
    try:
        note = Note.read(row.note)
        claim = Checkpoint.read(note.text)
        if claim != Checkpoint(keys[0].name, row.size, row.root):
            raise MalformedError("its signed text says something else than its row")
        lines = {(each.name, each.id): each.signature for each in note.signatures}
        for key in keys:
            checkpoint.verify(key, lines.get((key.name, key.id), b""), claim)
    except (MalformedError, SignatureError) as error:
        return str(error)
    return ""


def verify(rows: Iterable[CheckpointRow], keys: Sequence[VerifierKey]) -> Iterator[Finding]:
    """CHECKPOINT of each of these rows."""
    for row in rows:
        if why := wrong(row, keys):
            yield failed(Check.CHECKPOINT, name(row.size), why)


def missing(rows: Reading, seen: Collection[int]) -> Iterator[Finding]:
    """Are those stored that signers had seen? (A ledger only compares roots when it admits them.)

    Nobody can tell which it was: taken away, or made up by its signer.
    """
    stored = {size for size, _ in rows.roots(0, rows.size())} if seen else set()
    for size in sorted(set(seen) - stored - {0}):
        detail = "a signer had seen it, and it is not stored: it was taken away, or never signed"
        yield undetermined(Check.CHECKPOINT, name(size), detail)


def refusals(rows: Reading) -> Iterator[Finding]:
    """Is each refusal one that this software writes, and was none of these entries recorded?"""
    for key, at, code, message in rows.refusals(*ALWAYS):
        subject = f"refusal of {key.hex():.16}" if isinstance(key, bytes) else "refusals"
        types = (type(key), type(at), type(code), type(message))
        if types != (bytes, int, str, str) or len(key) != ID or at < 0 or code not in CODES:
            yield failed(Check.STRUCTURE, subject, "is none that this software writes")
        elif rows.statement(key):
            detail = "the entry was recorded, and what was refused never is"
            yield failed(Check.STRUCTURE, subject, detail)


def tied(rows: Reading, before: Tied, since: tuple[int, int], until: tuple[int, int]) -> Tied:
    """The chains carried on from `since` to `until`, both of them a size and a time.

    Refusals are never of an earlier time than the newest record: what stands before that time
    does not grow any more.
    """
    checkpoints, refused = before
    for size, root, note in rows.checkpoints(since[0], until[0]):
        checkpoints = _linked(checkpoints, size, root, note)
    for row in rows.refusals(since[1], until[1]):
        refused = _linked(refused, *row)
    return Tied(checkpoints, refused)


def tied_at(rows: Reading, size: int, at: int) -> Tied:
    """The chains from the first row on."""
    return tied(rows, Tied(), NOWHERE, (size, at))


def altered(found: Tied, examined: Tied) -> Iterator[Finding]:
    """Are the rows those that an examination had found?"""
    detail = "they are not those that were examined before: one was altered, added or taken away"
    if found.checkpoints != examined.checkpoints:
        yield failed(Check.CHECKPOINT, "older checkpoints", detail)
    if found.refusals != examined.refusals:
        yield failed(Check.STRUCTURE, "refusals", detail)


def name(size: int) -> str:
    """What findings call a checkpoint."""
    return f"checkpoint of {size} records"


def _linked(before: str, *values: object) -> str:
    hashed = sha256(before.encode())
    for value in values:
        part = value if isinstance(value, bytes) else repr(value).encode()
        hashed.update(len(part).to_bytes(8, "big") + part)
    return hashed.hexdigest()
