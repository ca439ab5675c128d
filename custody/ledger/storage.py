"""What a ledger needs of its storage: `custody.store` fulfils these protocols.

Tags, ids and hashes are 32 bytes here; hex belongs to JSON. Signed rows are only ever added.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple, Protocol

from custody.core.errors import StorageError


class ChainRow(NamedTuple):
    """A chain as it stands; `state` is the canonical JSON that the rules made of it."""

    kind: str
    length: int
    head: bytes
    changed: int  # seq of the last record that changed the subject
    state: bytes


class StatementRow(NamedTuple):
    """The run of records of one statement, and its envelope."""

    first: int
    length: int
    envelope: int


class CheckpointRow(NamedTuple):
    size: int
    root: bytes
    note: bytes


class Unread(NamedTuple):
    """Why values that are stored cannot be read.

    destroyed: their key was, as after an erasure: this is an older copy of the ledger.
    """

    why: str
    destroyed: bool


class Leaf(NamedTuple):
    """A record and the envelope that it cites; None for tallies, anchors and what was erased.

    filed: the digest under which the envelope is stored, so that it is recorded once.
    texts: the disclosures that are kept of it, a line each; erased ones are left out.
    """

    n: int
    record: bytes
    envelope_id: int | None
    envelope: bytes | None
    filed: bytes | None
    texts: bytes | Unread | None = None

    @property
    def disclosures(self) -> tuple[str, ...]:
        """Opened fields of the statement, in order of field.

        Raises:
            StorageError: they cannot be read, and not because their key was destroyed.
        """
        return readable(self.texts)


class DisclosureRow(NamedTuple):
    """The opened fields of a statement, a line each, as they are given to be stored.

    digest: of the envelope. scope: tag of the subject with whose key they are encrypted.
    """

    envelope: int
    digest: bytes
    scope: bytes
    texts: str


class LabelRow(NamedTuple):
    tag: bytes
    field: str
    folded: str
    kind: str
    value: str
    n: int


class ErasureRow(NamedTuple):
    """A field of a statement, '' for all of it, that record `said` says is erased."""

    envelope: int
    field: str
    said: int
    done: int  # 1 when the bytes are gone from the file


class DueRow(NamedTuple):
    """When something of an item or a case may have to be looked at first; None: never.

    marked: of a case, its items' rows are older than what it says; of the ledger, those of all
    """

    tag: bytes
    case: bytes  # a case's own tag, and the ledger's, for itself
    look_at: int | None
    marked: int


class PrefixRow(NamedTuple):
    """Subject index over the tags with one 12-bit prefix; `root` None: to be made anew."""

    prefix: int
    chains: int
    root: bytes | None


class Refusal(NamedTuple):
    at: int
    code: str
    message: str


@dataclass(slots=True)
class Changes:
    """Rows that one transaction adds or renews, table by table."""

    records: list[tuple[int, bytes, int | None]] = field(default_factory=list)
    envelopes: list[tuple[int, bytes, bytes]] = field(default_factory=list)
    statements: list[tuple[bytes, int, int, int]] = field(default_factory=list)
    disclosures: list[DisclosureRow] = field(default_factory=list)
    erasures: list[ErasureRow] = field(default_factory=list)
    case_keys: list[tuple[bytes, bytes, str]] = field(default_factory=list)
    subjects: list[tuple[bytes, str, int, bytes, int, bytes]] = field(default_factory=list)
    before: list[tuple[bytes, str, int, bytes, int, bytes]] = field(default_factory=list)
    places: list[tuple[bytes, int, int]] = field(default_factory=list)
    links: list[tuple[int, int]] = field(default_factory=list)
    tiles: list[tuple[int, int, bytes]] = field(default_factory=list)
    edges: list[tuple[int, bytes]] = field(default_factory=list)
    unlabelled: list[tuple[bytes, str, str]] = field(default_factory=list)  # tag, field, folded
    labels: list[LabelRow] = field(default_factory=list)
    prefixes: list[PrefixRow] = field(default_factory=list)
    due: list[DueRow] = field(default_factory=list)
    hashed: list[tuple[int | None, bytes]] = field(default_factory=list)  # first record, item

    def copy(self) -> "Changes":
        """The same rows in lists of their own."""
        return Changes(*(list(getattr(self, name)) for name in MEMBERS))


MEMBERS = tuple(each.name for each in fields(Changes))


class Reading(Protocol):
    """One consistent view of everything."""

    def size(self) -> int: ...
    def record(self, n: int) -> bytes | None: ...
    def leaves(self, start: int, stop: int, *, opened: bool = True) -> Iterator[Leaf]: ...
    def records(self, start: int, stop: int) -> list[bytes]: ...
    def headers(self, start: int, stop: int) -> list[tuple[bytes, int | None]]: ...
    def places(self, tag: bytes) -> list[int]: ...
    def envelopes(self) -> int: ...
    def envelope(self, number: int) -> bytes | None: ...
    def statement(self, key: bytes) -> StatementRow | None: ...
    def statements(self, keys: Sequence[bytes]) -> dict[bytes, StatementRow]: ...
    def newest(self) -> CheckpointRow | None: ...
    def checkpoint(self, size: int) -> CheckpointRow | None: ...
    def covering(self, n: int) -> CheckpointRow | None: ...
    def roots(self, start: int, stop: int) -> list[tuple[int, bytes]]: ...
    def checkpoints(self, start: int, stop: int) -> Iterator[CheckpointRow]: ...
    def tile(self, level: int, place: int) -> bytes | None: ...
    def edge(self, level: int) -> bytes: ...
    def subject(self, tag: bytes) -> ChainRow | None: ...
    def subjects(self) -> Iterator[tuple[bytes, ChainRow]]: ...
    def states(self, prefix: int) -> list[tuple[bytes, ChainRow]]: ...
    def chain(self, tag: bytes, start: int, limit: int) -> list[Leaf]: ...
    def linked(self, key: int) -> list[int]: ...
    def links(self, keys: Sequence[int]) -> set[tuple[int, int]]: ...
    def disclosures(self, envelope: int) -> tuple[str, ...]: ...
    def erasures(self, envelope: int | None = None) -> list[ErasureRow]: ...
    def case_key(self, tag: bytes) -> tuple[bytes, str] | None: ...
    def counts(self, tables: Sequence[str]) -> dict[str, int]: ...
    def labels(self, tag: bytes) -> list[LabelRow]: ...
    def find(self, kind: str, folded: str) -> list[LabelRow]: ...
    def tags(self, kind: str) -> list[bytes]: ...
    def prefixes(self) -> list[PrefixRow]: ...
    def chains(self, prefix: int) -> list[tuple[bytes, int, bytes]]: ...
    def any_refusals(self) -> bool: ...
    def refusal(self, key: bytes) -> Refusal | None: ...
    def refusals(self, since: int, until: int | None) -> Iterator[tuple[Any, ...]]: ...
    def examined(self) -> int: ...
    def before(self, tag: bytes) -> ChainRow | None: ...
    def touched(self) -> list[tuple[bytes, ChainRow]]: ...
    def stretch(self, tag: bytes, start: int, stop: int) -> dict[int, int]: ...
    def all_labels(self) -> Iterator[LabelRow]: ...
    def due(self, tag: bytes) -> DueRow | None: ...
    def hashed(self, tag: bytes) -> int | None: ...
    def marked(self) -> list[bytes]: ...
    def of_case(self, case: bytes) -> list[tuple[bytes, ChainRow]]: ...
    def watched(self, until: int, case: bytes | None) -> list[tuple[bytes, str, bytes]]: ...
    def longest_unhashed(self, limit: int) -> list[bytes]: ...


class Writing(Reading, Protocol):
    """The same within the one writing transaction: all of it is kept, or nothing."""

    def write(self, changes: Changes) -> None: ...
    def add_checkpoint(self, row: CheckpointRow) -> None: ...
    def refuse(self, key: bytes, refusal: Refusal) -> None: ...
    def clear_derived(self) -> None: ...
    def mark_examined(self, size: int) -> None: ...
    def mark_cases(self, ledger: bytes) -> None: ...
    def unmark(self, case: bytes) -> None: ...
    def erase(self, envelope: int, texts: str, *, whole: bool) -> None: ...
    def renew(self, envelopes: Collection[int]) -> Mapping[str, int]: ...
    def erased(self, done: Sequence[ErasureRow]) -> None: ...
    def relabel(self, tag: bytes, but: str, labels: Sequence[LabelRow]) -> None: ...
    def in_clear(self) -> bool: ...
    def unencrypted(self, after: int) -> list[tuple[int, bytes, bytes]]: ...
    def encrypt(self, scopes: Iterable[tuple[int, bytes]]) -> None: ...
    def encrypt_names(self) -> None: ...
    def encrypted(self) -> None: ...


class Storage(Protocol):
    """A database of one ledger.

    `writing` waits its turn among processes. What it commits is on the disk when it returns,
    unless `durable` is False: then a loss of power may take it back, and nothing else. After
    `scrub` nothing that was deleted is in its files; `forget` destroys the keys that `renew` put
    out of use, so that no older copy of those rows can be read.
    """

    def reading(self) -> AbstractContextManager[Reading]: ...
    def writing(self, durable: bool = True) -> AbstractContextManager[Writing]: ...
    def scrub(self) -> None: ...
    def forget(self, renewed: Mapping[str, int]) -> None: ...


PREFIX_BITS = 12


def prefix_of(tag: bytes) -> int:
    """The first 12 bits of a tag."""
    return tag[0] << 4 | tag[1] >> 4


def readable(texts: bytes | Unread | None) -> tuple[str, ...]:
    """Disclosures as they are kept: a line each; none where their key was destroyed.

    Raises:
        StorageError: they cannot be read for another reason.
    """
    if isinstance(texts, Unread):
        if not texts.destroyed:
            raise StorageError(texts.why)
        texts = None
    return tuple(text for text in (texts or b"").decode(errors="replace").split("\n") if text)


def link_key(value: bytes) -> int:
    """How a record is looked up by its hash: the first 8 bytes, as a signed integer."""
    return int.from_bytes(value[:8], "big", signed=True)


def bounds(prefix: int) -> Sequence[bytes]:
    """The tags with that prefix: from the first, included, to the second, excluded."""
    low = (prefix << 4).to_bytes(2, "big")
    return low, ((prefix + 1) << 4).to_bytes(2, "big") if prefix < 4095 else b"\xff" * 33
