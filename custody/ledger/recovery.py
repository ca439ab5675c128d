"""What holds rows and log signer together: checks before writing, checkpoints after. (SPEC §6)

Order: rows durable → signer's state durable → checkpoint row. A crash after the first or the
second leaves rows without a checkpoint: the next who opens the ledger, or writes, signs them.
"""

from custody.core import tags
from custody.core.errors import MalformedError, RollbackError, StorageError
from custody.core.state import LedgerFacts, decode
from custody.ledger.sequencer import Identity
from custody.ledger.signer import LOST, LogSigner, Signed
from custody.ledger.storage import CheckpointRow, Reading, Storage
from custody.ledger.tiles import Known, Tiles


def check_identity(rows: Reading, identity: Identity) -> None:
    """Rows and keys are of one ledger, as record 0 says.

    Raises:
        StorageError: they are not.
    """
    if rows.size() == 0:
        return
    row = rows.subject(bytes.fromhex(tags.ledger_tag(identity.origin)))
    try:
        facts = decode(row.kind, row.state) if row else None
    except MalformedError as error:
        raise StorageError(
            f"the tables of this ledger were made by another version of custody, or altered "
            f"({error}): run `custody rebuild`, which makes them anew from the signed entries"
        ) from error
    if not isinstance(facts, LedgerFacts):
        raise StorageError(
            f"the database is not of the ledger {identity.origin}, or its projections are lost: "
            "run `custody rebuild`"
        )
    if (facts.log_key, facts.log_mldsa) != (identity.log_key, identity.log_mldsa):
        raise StorageError(
            f"the log keys in the signer's folder are not those that {identity.origin} was opened "
            "with: bring back the folder that belongs to this database"
        )


def is_settled(newest: CheckpointRow | None, size: int, last: Signed) -> bool:
    """Whether the newest checkpoint is what was signed last and covers all `size` rows."""
    if newest is None:
        return size == last.size == 0
    return (newest.size, newest.root) == (last.size, last.root) and size == last.size


def check_extends(rows: Reading, signer: LogSigner, known: Known) -> int:
    """How many rows there are; they extend what was signed last. Within the signer's turn.

    Raises:
        RollbackError: they do not, or nobody can tell.
    """
    last, newest, size = signer.signed(), rows.newest(), rows.size()
    if is_settled(newest, size, last):
        return size
    if newest is not None and last.size == 0:
        raise RollbackError(
            f"the database holds a checkpoint of {newest.size} records, but the log signer in "
            f"{signer.folder} has signed nothing: its state was lost. {LOST}"
        )
    tiles = Tiles(rows, known)
    signer.check(last, size, tiles.root(size), tiles.consistency)
    if newest is not None and newest.size > last.size:  # its state is durable before any row is
        raise RollbackError(
            f"the database holds a checkpoint of {newest.size} records, but the log signer in "
            f"{signer.folder} signed only {last.size}: its state was put back to an older copy. "
            f"{LOST}"
        )
    return size


def publish(storage: Storage, signer: LogSigner, known: Known, now: int) -> bytes:
    """Sign a checkpoint over all durable rows and store it; within the signer's turn.

    The row need not be durable: the signer's state is, and gives the same note again.

    Raises:
        RollbackError: the rows do not extend what was signed last.
    """
    with storage.writing(durable=False) as rows:
        size, newest = rows.size(), rows.newest()
        if size == 0 or (newest is not None and newest.size == size):
            return newest.note if newest else b""
        tiles = Tiles(rows, known)
        root = tiles.root(size)
        note = signer.sign(size, root, tiles.consistency, now)
        rows.add_checkpoint(CheckpointRow(size, root, note))
        return note
