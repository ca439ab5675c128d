"""`custody verify` without a bundle: is the record-keeping of this whole ledger sound?

By default only what came after the last examination is retold, from a mark that stands beside
the log keys, where whoever can write the database cannot write; the consistency proof joins the
two. `full` begins at record 0. The evidence itself is re-hashed by `custody check`, not here.
"""

from collections.abc import Container, Iterator, Sequence
from typing import NamedTuple

from custody.core import tree
from custody.core.digest import Progress
from custody.core.errors import NotFoundError, StorageError
from custody.core.findings import Check, Finding, Outcome, failed
from custody.ledger import notes
from custody.ledger.collector import undisturbed
from custody.ledger.counting import Counting
from custody.ledger.erasing import unfinished
from custody.ledger.marks import AlteredError, Mark, States, fits, reached, read_mark, remember
from custody.ledger.paging import pages
from custody.ledger.past import Past
from custody.ledger.rebuild import compare, compare_places, from_nothing
from custody.ledger.retelling import Retelling, Verify
from custody.ledger.signatures import SHARE, Signatures
from custody.ledger.signer import Log, Signed
from custody.ledger.storage import CheckpointRow, Reading, Storage
from custody.ledger.strangers import (
    compare_case_keys,
    compare_counts,
    compare_erasures,
    compare_index,
)
from custody.ledger.tiles import Tiles, split

STANDING = (Check.STRUCTURE, Check.CHECKPOINT, Check.INCLUSION)  # made though nothing is new
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
        return self.verdict is not Outcome.FAILED

    @property
    def verdict(self) -> Outcome:
        """The worst of the findings."""
        found = {finding.outcome for finding in self.findings}
        worst = (Outcome.FAILED, Outcome.UNDETERMINED)
        return next((each for each in worst if each in found), Outcome.PASSED)


class Work(NamedTuple):
    """What an examination works with; `processes`, `share`, `progress`: as in `examine`."""

    rows: Reading
    signer: Log
    newest: CheckpointRow
    processes: int
    share: int
    progress: Progress | None

    def look(self, mark: Mark | None, known: Sequence[Signed | Mark]) -> Iterator[Finding]:
        """Retell from the mark on, or from record 0. Raises AlteredError.

        Rows that nobody has signed yet (another process is about to, or died before it could)
        are retold as well: what is derived from them is stored already.
        """
        rows, origin, newest = self.rows, self.signer.origin, self.newest
        start, size = mark.size if mark else 0, rows.size()
        log, beyond = (self.signer.key, self.signer.mldsa_key), max(size, newest.size)
        with Signatures(log, size - start, self.processes, self.share) as signatures:
            verify = signatures.take
            told = since(rows, origin, verify, mark) if mark else from_nothing(rows, origin, verify)
            yield from retold(rows, told, newest.size, self.progress)
            root = told.frontier.root()
            yield from retold(rows, told, size, self.progress)
            signatures.checkpoints(rows.checkpoints(min(start, newest.size - 1), beyond))
            yield from extended(rows, newest, known)
            if root != newest.root:
                detail = "its root is not what the records give"
                yield failed(Check.INCLUSION, notes.name(newest.size), detail)
            yield from stored(rows, told, newest, start)
            yield from signatures.findings()


def examine(
    storage: Storage,
    signer: Log,
    *,
    full: bool = False,
    processes: int = 1,
    share: int = SHARE,
    progress: Progress | None = None,
) -> Examination:
    """Examine a ledger, and remember how far it was sound.

    Args:
        storage: the database.
        signer: the log's public keys and state; the mark is kept in its folder.
        full: begin at record 0 whatever was examined before.
        processes: how many may verify signatures, each `share` of them at a time.
        progress: told how many records more were looked at, or had been before.

    Raises:
        NotFoundError, StorageError: there is nothing that could be examined.
    """
    last = signer.signed()
    with storage.reading() as rows:
        newest = rows.newest()
        if newest is None:
            raise NotFoundError("nothing has been recorded in this ledger yet")
        mark = read_mark(signer.folder)
        start = mark.size if mark and not full and fits(rows, mark, newest.size) else 0
        how = Work(rows, signer, newest, processes, share, progress)
        if progress:
            progress(start)
        known = [each for each in (last, mark) if each]
        try:
            found = list(how.look(mark if start else None, known))
        except AlteredError as error:  # not to be built upon: from record 0 on
            start, found = 0, [failed(Check.STRUCTURE, error.subject, str(error))]
            found += how.look(None, known)
        if mark and not start:
            found += notes.altered(notes.tied_at(rows, mark.size, mark.at), mark.tied)
        wrong = {finding.check for finding in found if finding.outcome is Outcome.FAILED}
        reach = None if wrong else reached(rows, newest, mark if start else None)
    fresh = start < newest.size  # where nothing is new, most checks had nothing to be made of
    subject = f"records {start} to {newest.size - 1}" if fresh else f"all {newest.size} records"
    made = CHECKS if fresh else STANDING
    found += passed(made, {finding.check for finding in found}, subject)
    if reach:
        remember(storage, signer.folder, reach)
    return Examination(tuple(found), start, newest.size, newest.root.hex())


def since(rows: Reading, origin: str, verify: Verify, mark: Mark) -> Retelling:
    """A retelling from the mark on. Raises AlteredError."""
    past = Past(rows, stored=States(rows, mark).chain)
    frontier = tree.Frontier.load(mark.size, Tiles(rows).node)
    counting = Counting.since(rows)
    if counting.whole().root.hex() != mark.counted:
        raise AlteredError("the index of subjects")
    return Retelling(rows, origin, verify, past, counting, frontier)


def retold(
    rows: Reading, told: Retelling, size: int, progress: Progress | None
) -> Iterator[Finding]:
    """Retell up to record `size` - 1, comparing places on the way."""
    for page in pages(rows.leaves(told.frontier.size, size)):
        with undisturbed():
            yield from told.tell(page)
            yield from compare_places(rows, told)
        told.past.forget()
        if progress:
            progress(len(page))


def extended(
    rows: Reading, newest: CheckpointRow, known: Sequence[Signed | Mark]
) -> Iterator[Finding]:
    """Does the newest checkpoint extend what is `known`?"""
    name = notes.name(newest.size)
    for each in known:  # the log may have signed rows whose checkpoint is not stored yet
        if each.size > rows.size() or root_of(Tiles(rows), each.size) != each.root:
            detail = f"does not extend the {each.size} records that were signed or examined before"
            yield failed(Check.CHECKPOINT, name, f"{detail}: rollback or fork")


def stored(rows: Reading, told: Retelling, newest: CheckpointRow, start: int) -> Iterator[Finding]:
    """Do checkpoints, tiles and derived tables hold what the signed bytes give?"""
    detail, tiles = "is not what the records give", Tiles(rows)
    for size, root in rows.roots(start, newest.size):
        if root_of(tiles, size) != root:
            yield failed(Check.INCLUSION, notes.name(size), f"its root {detail}")
    for level, index, value in told.completed:
        tile = rows.tile(level // 8 - 1, index) or b""
        if tree.root(split(tile)) != value:
            name = f"tile {index} of level {level // 8 - 1}"
            yield failed(Check.INCLUSION, name, f"what is stored {detail}")
    yield from compare(rows, told, full=start == 0)
    yield from compare_index(rows, told)
    yield from compare_erasures(rows, told)
    yield from unfinished(rows)
    if start == 0:
        yield from compare_counts(rows, told)
        yield from compare_case_keys(rows, told)
        yield from notes.missing(rows, told.seen)
        yield from notes.refusals(rows)


def root_of(tiles: Tiles, size: int) -> bytes | None:
    """Root of the stored tree; None where its rows are not all there."""
    try:
        return tiles.root(size)
    except StorageError:
        return None


def passed(made: Sequence[Check], failures: Container[Check], subject: str) -> Iterator[Finding]:
    """One PASSED for each check in which nothing failed."""
    return (Finding(check, Outcome.PASSED, subject) for check in made if check not in failures)
