"""What every ledger answers, on this machine or behind a server: signed bytes in and out.

Names and protocols only; importing this costs no database. A client believes nothing of it: it
computes tags itself, and says *recorded* only after the proof has verified.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from custody.core.state import Item, Subject
from custody.core.world import Chain
from custody_schemas.declare import Kind


class Submission(NamedTuple):
    """A signed statement on its way in."""

    envelope: bytes
    disclosures: tuple[str, ...]  # all of its sd fields, opened
    case_key: bytes | None = None  # 32 bytes, with case.opened and nothing else


class Receipt(NamedTuple):
    """What was recorded of one statement; all proofs are at one checkpoint."""

    statement: str
    first: int
    records: tuple[bytes, ...]
    proofs: tuple[bytes, ...]  # a tlog-proof file for each record


class Recorded(NamedTuple):
    """One record of a chain with what it stands for; erased disclosures are left out.

    erased: where the envelope was erased whole, and is empty: the envelope that says so.
    """

    record: bytes
    envelope: bytes
    disclosures: tuple[str, ...]
    erased: bytes = b""


class Found(NamedTuple):
    """A subject that answers to some words, and by which of its fields."""

    tag: str
    kind: Kind
    field: str
    value: str


class Named(NamedTuple):
    """An item as it stands, with what people have called it last."""

    tag: str
    state: Item
    labels: Mapping[str, str]


class Counted(NamedTuple):
    """A chain as a tally seals it: its proof leads from the index root down."""

    length: int
    head: str
    proof: tuple[bytes, ...]


class Sealed(NamedTuple):
    """A tally, at index `n`, under a checkpoint of exactly n + 1 records."""

    n: int
    record: bytes
    checkpoint: bytes
    subjects: Mapping[str, Counted]


class Ledger(Protocol):
    """Tags and hashes are lower-case hex, proof hashes 32 bytes."""

    @property
    def origin(self) -> str:
        """Name of the ledger."""

    def submit(self, batch: Sequence[Submission]) -> list[Receipt]:
        """Record all statements of the batch in order, or none; sent twice, recorded once.

        Raises:
            MalformedError, SignatureError, RuleError: a statement is refused.
            HeadMovedError: a subject moved on; draft again.
            RollbackError, StorageError: the ledger cannot go on.
        """

    def checkpoint(self) -> bytes:
        """The newest signed note."""

    def consistency(self, old: int, new: int) -> list[bytes]:
        """Proof that the first `old` records are the beginning of the first `new`."""

    def receipt(self, n: int) -> bytes:
        """Proof of recording of record `n`, at the newest checkpoint."""

    def kind(self, tag: str) -> Kind:
        """What sort of subject a tag names."""

    def subject(self, tag: str) -> Subject | None:
        """A subject as the rules have made it; None where it has no record."""

    def chain(self, tag: str) -> Chain | None:
        """Its chain. The head may be cited as `prev`, whatever the act does to the subject."""

    def history(self, tag: str) -> Iterator[Recorded]:
        """Its records, oldest first."""

    def entry(self, statement: str) -> Recorded:
        """The first record of an entry, by its id."""

    def concerning(self, actor: str) -> list[Named]:
        """The items whose present state names that person, by case and number."""

    def find(self, kind: Kind, words: str) -> list[Found]:
        """Subjects of that kind that answer to `words`; all of them, where there are no words."""

    def labels(self, tag: str) -> Mapping[str, str]:
        """What people have called it last, by field, corrections applied."""

    def called(self, tag: str) -> Mapping[str, tuple[str, ...]]:
        """Everything that it is called, by field, oldest first, corrections applied."""

    def case_key(self, tag: str) -> bytes:
        """The key from which the tags of a case are made."""

    def tally(self, tags: Sequence[str] = ()) -> Sealed:
        """Seal count and head of every chain, with proofs for `tags`; nothing comes between."""
