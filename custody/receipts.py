"""What a client checks before it says *recorded*. Pure, but for asking the ledger for proofs."""

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import NamedTuple

from custody.core import record, tree
from custody.core.checkpoint import Checkpoint
from custody.core.errors import ProofError, RollbackError, SignatureError
from custody.core.note import Note
from custody.core.proof import Proof
from custody.core.record import Entry
from custody.core.statement import Seen, Statement
from custody.core.trust import TrustFile
from custody.ledger import Receipt, Submission

Extends = Callable[[int, int], Sequence[bytes]]  # consistency proof between two sizes


class Signed(NamedTuple):
    """A statement and what of it is sent."""

    statement: Statement
    submission: Submission


class Done(NamedTuple):
    """A statement that is recorded, and proved to be; `entries` in the order of `about`."""

    statement: Statement
    submission: Submission
    entries: tuple[Entry, ...]
    receipt: Receipt


def accepted(trust: TrustFile, note: Note) -> Checkpoint:
    """The checkpoint in `note`, signed with both of the log's keys that `trust` pins.

    Witnesses sign later than a client can wait: their quorum is not asked for here.

    Raises:
        SignatureError, MalformedError: it is not.
    """
    verdict = trust.judge(note)
    if verdict.mldsa is False:
        raise SignatureError(f"{trust.origin} has not signed this checkpoint with its ML-DSA key")
    return verdict.checkpoint


def check_extends(last: Seen, shown: Checkpoint, extends: Extends) -> None:
    """The ledger that was seen last and the one that is shown are the same one, at two moments.

    Raises:
        RollbackError: they are not; one of the two was forked, put back or forged.
    """
    sides = (last.size, bytes.fromhex(last.root)), (shown.size, shown.root)
    (old, old_root), (new, new_root) = sorted(sides)
    try:
        path = extends(old, new) if old != new else ()
        tree.check_consistency(old, old_root, new, new_root, path)
    except ProofError as error:
        raise RollbackError(
            f"the ledger shows {shown.size} records that do not go with the {last.size} you have "
            f"seen ({error}): it was forked, restored from a backup, or is another ledger"
        ) from error


def check(
    batch: Sequence[Signed], receipts: Sequence[Receipt], accept: Callable[[Note], object]
) -> list[Done]:
    """The batch, if the receipts prove that all of it was recorded as it was signed.

    accept: judges the checkpoint of a proof; called once for each distinct one.

    Raises:
        ProofError: they do not prove it.
        SignatureError, RollbackError: a checkpoint is not the pinned log's, or of another past.
    """
    if len(receipts) != len(batch):
        raise ProofError(f"{len(batch)} entries were sent, {len(receipts)} proofs came back")
    heads: dict[str, str] = {}
    notes: set[Note] = set()
    done = []
    for signed, receipt in zip(batch, receipts, strict=True):
        if receipt.statement != signed.statement.id:
            raise ProofError("a proof is for another entry than the one that was sent")
        entries = _entries(signed, receipt, heads)
        for entry, data, proof in zip(entries, receipt.records, receipt.proofs, strict=True):
            notes.add(_proved(entry, data, Proof.read(proof)))
        done.append(Done(*signed, entries, receipt))
    for note in notes:
        accept(note)
    return done


def _proved(entry: Entry, data: bytes, proof: Proof) -> Note:
    """The note whose checkpoint holds the record; who signed it is not yet judged."""
    if proof.index != entry.n or proof.extra != data:
        raise ProofError(f"the proof is not one of record {entry.n}")
    proof.verify(tree.leaf_hash(data))
    return proof.note


def _entries(signed: Signed, receipt: Receipt, heads: dict[str, str]) -> tuple[Entry, ...]:
    """The records of one statement, each what SPEC §4 makes of it.

    heads: of each tag, the record that an earlier statement of the batch left; renewed here.
    """
    about = signed.statement.about
    if not len(about) == len(receipt.records) == len(receipt.proofs):
        raise ProofError(f"an entry on {len(about)} subjects has {len(receipt.records)} records")
    envelope = sha256(signed.submission.envelope).hexdigest()
    entries = []
    for number, (place, data) in enumerate(zip(about, receipt.records, strict=True)):
        entry = record.read(data)
        if not isinstance(entry, Entry):
            raise ProofError(f"record {receipt.first + number} is no entry")
        if (entry.n, entry.tag, entry.env) != (receipt.first + number, place.tag, envelope):
            raise ProofError(f"record {entry.n} is not about what was signed")
        changes = signed.statement.act.concern(place.kind).changes(signed.statement.act)
        if changes and entry.prev != heads.get(place.tag, place.prev):
            raise ProofError(f"record {entry.n} does not follow the record that was signed")
        entries.append(entry)
        heads[place.tag] = record.record_hash(data).hex()
    if len({entry.at for entry in entries}) != 1 or entries[0].at > signed.statement.until:
        raise ProofError("the records of an entry have several times, or one after its `until`")
    return tuple(entries)
