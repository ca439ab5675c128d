"""How far examinations went, and how every subject was stored then.

The mark stands beside the log keys, where whoever can write the database cannot write.
"""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from custody import durable
from custody.core import canonical, record, tree
from custody.core.errors import MalformedError, StorageError
from custody.ledger import notes
from custody.ledger.index import Index
from custody.ledger.notes import Tied
from custody.ledger.storage import ChainRow, CheckpointRow, Reading, Storage, prefix_of
from custody.ledger.tiles import Tiles

MARK_FILE = "examined"
MARK_LIMIT = 1 << 20  # bytes


class Mark(NamedTuple):
    """Up to where an examination found everything sound.

    counted: root of the subject index over those records.
    states: by 12-bit prefix of their tags, the digest of all subjects as they were stored then.
    at: time of the last of those records. tied: checkpoints up to there, refusals before it.
    """

    size: int
    root: bytes
    counted: str
    states: Mapping[int, str]
    at: int
    tied: Tied


class AlteredError(StorageError):
    """Subjects are not stored as the last examination left them."""

    def __init__(self, subject: str) -> None:
        super().__init__(
            "what is stored of them was altered since it was examined: `custody rebuild` makes it "
            "anew, and what was recorded meanwhile may break the rules"
        )
        self.subject = subject


class States:
    """Subjects as the last examination left them.

    Rules are retold on what is stored of a subject. Whoever can write the database could change
    that before the subject is touched again, and then do what its true state does not allow.
    """

    def __init__(self, rows: Reading, mark: Mark) -> None:
        """Raises AlteredError: a subject that was touched since is not what it was."""
        self._rows, self._mark = rows, mark
        self._touched = dict(rows.touched())
        self._checked: set[int] = set()
        for tag in self._touched:
            self._check(prefix_of(tag))

    def chain(self, tag: bytes) -> ChainRow | None:
        """A subject as it stood then. Raises AlteredError."""
        self._check(prefix_of(tag))
        row = self._touched.get(tag) or self._rows.subject(tag)
        return row if row and row.length else None

    def _check(self, prefix: int) -> None:
        if prefix in self._checked:
            return
        then = dict(self._rows.states(prefix))
        then |= {tag: row for tag, row in self._touched.items() if prefix_of(tag) == prefix}
        found = digest(sorted((tag, row) for tag, row in then.items() if row.length))
        if found != self._mark.states.get(prefix, digest([])):
            raise AlteredError(f"subjects {prefix:03x}…")
        self._checked.add(prefix)


def digest(chains: Iterable[tuple[bytes, ChainRow]]) -> str:
    """Of subjects by tag, as they are stored; every part has its length before it."""
    hashed = sha256()
    for tag, row in chains:
        for value in (tag, *row):
            part = value if isinstance(value, bytes) else repr(value).encode()
            hashed.update(len(part).to_bytes(8, "big") + part)
    return hashed.hexdigest()


def digests(rows: Reading, *, partly: bool) -> Iterator[tuple[int, str]]:
    """By prefix, of subjects as they stand; partly: where one was touched since the mark."""
    if partly:
        for prefix in sorted({prefix_of(tag) for tag, _ in rows.touched()}):
            yield prefix, digest(rows.states(prefix))
        return
    for prefix, chains in groupby(rows.subjects(), lambda each: prefix_of(each[0])):
        yield prefix, digest(chains)


def fits(rows: Reading, mark: Mark, size: int) -> bool:
    """Whether a retelling can begin at the mark; otherwise only a full one will do."""
    if not 0 < mark.size <= size or rows.examined() != mark.size:
        return False
    try:
        return tree.Frontier.load(mark.size, Tiles(rows).node).root() == mark.root
    except StorageError:
        return False


def read_mark(folder: Path) -> Mark | None:
    """The last mark; None where there is none, or others could have written it."""
    path = folder / MARK_FILE
    try:
        if path.stat().st_mode & 0o022:
            return None
        value = canonical.decode(path.read_bytes(), MARK_LIMIT)
        states = {int(prefix, 16): str(found) for prefix, found in value["states"]}
        size, root, counted = int(value["size"]), bytes.fromhex(value["root"]), value["counted"]
        tied = Tied(str(value["checkpoints"]), str(value["refusals"]))
        return Mark(size, root, str(counted), states, int(value["at"]), tied)
    except (OSError, MalformedError, KeyError, TypeError, ValueError):
        return None  # a full examination needs no mark


def reached(rows: Reading, newest: CheckpointRow, since: Mark | None) -> Mark:
    """How far an examination came in which nothing failed; `since`: where it began."""
    states = {**(since.states if since else {}), **dict(digests(rows, partly=since is not None))}
    at = record.read(rows.record(newest.size - 1) or b"").at
    base, began = (since.tied, (since.size, since.at)) if since else (Tied(), notes.NOWHERE)
    tied = notes.tied(rows, base, began, (newest.size, at))
    counted = Index(rows).whole().root.hex()
    return Mark(newest.size, newest.root, counted, states, at, tied)


def remember(storage: Storage, folder: Path, mark: Mark) -> None:
    """Set the mark, unless records have been added meanwhile: then the next run does.

    The rows first: a crash in between leaves a mark that does not fit them, which is not used.
    """
    with storage.writing() as rows:
        if rows.size() != mark.size:
            return
        rows.mark_examined(mark.size)
    states = [[f"{prefix:03x}", found] for prefix, found in sorted(mark.states.items())]
    members = {
        "at": mark.at,
        "checkpoints": mark.tied.checkpoints,
        "counted": mark.counted,
        "refusals": mark.tied.refusals,
        "root": mark.root.hex(),
        "size": mark.size,
        "states": states,
    }
    text = canonical.encode(members)
    durable.replace(folder / MARK_FILE, text)
