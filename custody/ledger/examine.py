"""`custody verify` without a bundle: is the record-keeping of this whole ledger sound?

By default only what came after the last examination is retold, from a mark that stands beside
the log keys, where whoever can write the database cannot write; the consistency proof joins the
two. `full` begins at record 0. The evidence itself is re-hashed by `custody check`, not here.
"""

from collections.abc import Callable, Container, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from custody import durable
from custody.core import canonical, checkpoint, tree
from custody.core.checkpoint import Checkpoint
from custody.core.errors import MalformedError, NotFoundError, SignatureError, StorageError
from custody.core.findings import Check, Finding, Outcome, failed
from custody.core.note import Note
from custody.ledger.counting import Counting
from custody.ledger.past import Past
from custody.ledger.rebuild import compare, compare_places, from_nothing
from custody.ledger.retelling import Retelling, pages
from custody.ledger.signatures import SHARE, Signatures
from custody.ledger.signer import LogSigner, Signed
from custody.ledger.storage import ChainRow, CheckpointRow, Reading, Storage
from custody.ledger.tiles import Tiles, split

MARK_FILE = "examined"
CHECKS = (
    Check.STRUCTURE,
    Check.CHECKPOINT,
    Check.INCLUSION,
    Check.CHAIN,
    Check.COMPLETENESS,
    Check.STATEMENT,
    Check.SIGNATURE,
    Check.KEY,
    Check.RULES,
    Check.REDACTIONS,
    Check.FRESHNESS,
)


class Examination(NamedTuple):
    """What was found about records `start` … `size`-1, and whether all of them were looked at."""

    findings: tuple[Finding, ...]
    start: int
    size: int
    root: str

    @property
    def sound(self) -> bool:
        """Whether nothing failed."""
        return all(finding.outcome is not Outcome.FAILED for finding in self.findings)


class Mark(NamedTuple):
    """Up to where an examination found everything sound."""

    size: int
    root: bytes


def examine(
    open_storage: Callable[[], Storage],
    signer: LogSigner,
    *,
    full: bool = False,
    processes: int = 1,
    share: int = SHARE,
) -> Examination:
    """Examine a ledger, and remember how far it was sound.

    Args:
        open_storage: opens the database; other processes call it too, so it must pickle.
        signer: the log's public keys and state; the mark is kept in its folder.
        full: begin at record 0 whatever was examined before.
        processes: how many may verify signatures, each `share` records at a time.

    Raises:
        NotFoundError, StorageError: there is nothing that could be examined.
    """
    storage, last = open_storage(), signer.signed()
    with storage.reading() as rows:
        newest = rows.newest()
        if newest is None:
            raise NotFoundError("nothing has been recorded in this ledger yet")
        mark = read_mark(signer.folder)
        told = None if full or mark is None else since(rows, signer.origin, mark, newest.size)
        told, start = told or from_nothing(rows, signer.origin), mark.size if told and mark else 0
        with Signatures(open_storage, rows, (start, newest.size), (processes, share)) as signatures:
            told.signatures = not signatures.elsewhere
            found = list(retold(rows, told, newest.size))
            found += signatures.findings()
        found += checkpoints(rows, signer, newest, [each for each in (last, mark) if each])
        found += stored(rows, told, newest, start)
    found += passed({finding.check for finding in found}, f"records {start} to {newest.size - 1}")
    examination = Examination(tuple(found), start, newest.size, newest.root.hex())
    if examination.sound:
        remember(storage, signer.folder, Mark(newest.size, newest.root))
    return examination


def since(rows: Reading, origin: str, mark: Mark, size: int) -> Retelling | None:
    """A retelling from the mark on; None where only a full one will do."""
    if not 0 < mark.size <= size or rows.examined() != mark.size:
        return None
    try:
        frontier = tree.Frontier.load(mark.size, Tiles(rows).node)
    except StorageError:
        return None
    if frontier.root() != mark.root:
        return None

    def chain(tag: bytes) -> ChainRow | None:
        row = rows.before(tag) or rows.subject(tag)
        return row if row and row.length else None

    past = Past(rows, stored=chain)
    return Retelling(rows, origin, past, Counting.since(rows), frontier)


def retold(rows: Reading, told: Retelling, size: int) -> Iterator[Finding]:
    """Retell up to record `size` - 1, comparing places on the way."""
    for page in pages(rows.leaves(told.frontier.size, size)):
        yield from told.tell(page)
        yield from compare_places(rows, told)
        told.past.forget()


def checkpoints(
    rows: Reading, signer: LogSigner, newest: CheckpointRow, known: Sequence[Signed | Mark]
) -> Iterator[Finding]:
    """Is the newest checkpoint signed by the log, and does it extend what is `known`?"""
    name = f"checkpoint of {newest.size} records"
    try:
        note = Note.read(newest.note)
        claim = Checkpoint.read(note.text)
        if claim != Checkpoint(signer.origin, newest.size, newest.root):
            raise MalformedError("says something else than its row")
        lines = {(each.name, each.id): each.signature for each in note.signatures}
        for key in (signer.key, signer.mldsa_key):
            checkpoint.verify(key, lines.get((key.name, key.id), b""), claim)
    except (MalformedError, SignatureError) as error:
        yield failed(Check.CHECKPOINT, name, str(error))
    for each in known:
        if each.size > newest.size or root_of(Tiles(rows), each.size) != each.root:
            detail = f"does not extend the {each.size} records that were signed or examined before"
            yield failed(Check.CHECKPOINT, name, f"{detail}: rollback or fork")


def stored(rows: Reading, told: Retelling, newest: CheckpointRow, start: int) -> Iterator[Finding]:
    """Do checkpoints, tiles and derived tables hold what the signed bytes give?"""
    detail, tiles = "is not what the records give", Tiles(rows)
    if told.frontier.root() != newest.root:
        yield failed(Check.INCLUSION, f"checkpoint of {newest.size} records", f"its root {detail}")
    for size, root in rows.roots(start, newest.size):
        if root_of(tiles, size) != root:
            yield failed(Check.INCLUSION, f"checkpoint of {size} records", f"its root {detail}")
    for level, index, value in told.completed:
        tile = rows.tile(level // 8 - 1, index) or b""
        if tree.root(split(tile)) != value:
            name = f"tile {index} of level {level // 8 - 1}"
            yield failed(Check.INCLUSION, name, f"what is stored {detail}")
    yield from compare(rows, told, full=start == 0)


def root_of(tiles: Tiles, size: int) -> bytes | None:
    """Root of the stored tree; None where its rows are not all there."""
    try:
        return tiles.root(size)
    except StorageError:
        return None


def passed(failures: Container[Check], subject: str) -> Iterator[Finding]:
    """One PASSED for each check in which nothing failed."""
    return (Finding(check, Outcome.PASSED, subject) for check in CHECKS if check not in failures)


def read_mark(folder: Path) -> Mark | None:
    """The last mark; None where there is none, or others could have written it."""
    path = folder / MARK_FILE
    try:
        if path.stat().st_mode & 0o022:
            return None
        value = canonical.decode(path.read_bytes(), 1000)
        return Mark(int(value["size"]), bytes.fromhex(value["root"]))
    except (OSError, MalformedError, KeyError, TypeError, ValueError):
        return None  # a full examination needs no mark


def remember(storage: Storage, folder: Path, mark: Mark) -> None:
    """Set the mark, unless records have been added meanwhile: then the next run does.

    The rows first: a crash in between leaves a mark that does not fit them, which is not used.
    """
    with storage.writing() as rows:
        if rows.size() != mark.size:
            return
        rows.mark_examined(mark.size)
    text = canonical.encode({"root": mark.root.hex(), "size": mark.size})
    durable.replace(folder / MARK_FILE, text)
