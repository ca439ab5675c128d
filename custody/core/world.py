"""What rules may ask about the past: subjects, their chains, and earlier entries on them. (SPEC §9)"""

from typing import NamedTuple, Protocol

from custody.core.state import Subject


class Chain:
    """A subject's chain: how many records, the last one's hash, and `seq` of the last change."""

    __slots__ = ("changed", "count", "head")  # a tuple has a `count` of its own

    def __init__(self, count: int, head: str, changed: int) -> None:
        self.count, self.head, self.changed = count, head, changed

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Chain) and other._members == self._members

    def __hash__(self) -> int:
        return hash(self._members)

    @property
    def _members(self) -> tuple[int, str, int]:
        return self.count, self.head, self.changed


class Cited(NamedTuple):
    """A statement recorded earlier on a subject's chain, as rules may read it."""

    act: str
    by: str
    keys: tuple[str, ...]
    n: int
    seq: int
    at: int


class World(Protocol):
    """What rules may ask about the past. Everything is as of the record being admitted."""

    def subject(self, tag: str) -> Subject | None:
        """State of a subject; None where it has no record, or is not shown."""

    def chain(self, tag: str) -> Chain | None:
        """Its chain; None where it has no record, or is not shown."""

    def seq_of(self, tag: str, record_hash: str) -> int | None:
        """Place of a record in that subject's chain."""

    def cited(self, tag: str, statement: str) -> Cited | None:
        """A statement recorded on that subject's chain."""
