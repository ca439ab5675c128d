"""What stays of epochs whose bodies are erased: their roots, under a signed note. (SPEC §14.2–14.3)

`epochs` is a log of its own: its lines are the leaves of an RFC 6962 tree, and the note is a
checkpoint of that tree under the origin `<origin>/consultations`. The log's keys sign it under that
name: the text of no note, and no signed bytes, can be taken for those of a checkpoint of the
ledger.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from custody.core import canonical, checkpoint, tree
from custody.core.checkpoint import Checkpoint
from custody.core.dsse import Envelope
from custody.core.errors import MalformedError, SignatureError
from custody.core.note import Note, VerifierKey

LIMIT = 65_536  # bytes of a line
ERASED = 500  # epochs that one line says are erased
ERASURE = "application/vnd.custody.consultations.v1+json"  # what two people sign to erase some
Keys = tuple[VerifierKey, VerifierKey]


@dataclass(frozen=True, slots=True)
class Closed:
    """An epoch that no line is added to any more.

    first, last: the earliest and the latest time in it (Unix seconds)
    root: RFC 6962 root over its lines, in hex
    """

    epoch: int
    first: int
    last: int
    lines: int
    root: str


@dataclass(frozen=True, slots=True)
class Erasing:
    """What two people sign before bodies are erased. (R92)

    at: when (Unix seconds)
    before: what is erased is older than that
    by: tag of who asks for it; confirmed: of who oversees it, somebody else
    """

    at: int
    before: int
    by: str
    confirmed: str
    epochs: tuple[int, ...]

    def payload(self, ledger: str) -> bytes:
        """The bytes that both sign, of the payload type `ERASURE`."""
        return canonical.encode(
            {
                "at": self.at,
                "before": self.before,
                "by": self.by,
                "confirmed": self.confirmed,
                "epochs": list(self.epochs),
                "ledger": ledger,
                "v": 1,
            }
        )


@dataclass(frozen=True, slots=True)
class Erased:
    """Bodies that were erased on schedule, and the envelope that says so."""

    what: Erasing
    ledger: str
    envelope: Envelope

    @property
    def at(self) -> int:
        """When (Unix seconds)."""
        return self.what.at

    @property
    def epochs(self) -> tuple[int, ...]:
        """Which."""
        return self.what.epochs

    @classmethod
    def of(cls, envelope: Envelope) -> "Erased":
        """Out of what was signed. Raises MalformedError."""
        members: Any = canonical.decode(envelope.payload, LIMIT)
        try:
            at, before, by, confirmed = (members[k] for k in ("at", "before", "by", "confirmed"))
            what = Erasing(at, before, by, confirmed, tuple(members["epochs"]))
            made = cls(what, members["ledger"], envelope)
        except (KeyError, TypeError) as error:
            raise MalformedError(f"is no erasure of epochs: {error!r}") from None
        texts = all(type(each) is str for each in (by, confirmed, made.ledger))
        numbers = all(type(each) is int and each >= 0 for each in (at, before, *what.epochs))
        if not (texts and numbers and what.payload(made.ledger) == envelope.payload):
            raise MalformedError("is no erasure of epochs: a member is of another kind")
        if envelope.payload_type != ERASURE:
            raise MalformedError(f"an erasure of epochs is not signed as {envelope.payload_type}")
        return made


Entry = Closed | Erased


def encode(entry: Entry) -> bytes:
    """A line of `epochs`, without its line feed."""
    if isinstance(entry, Closed):
        return canonical.encode(
            {
                "epoch": entry.epoch,
                "first": entry.first,
                "kind": "closed",
                "last": entry.last,
                "lines": entry.lines,
                "root": entry.root,
            }
        )
    signed: Any = canonical.decode(entry.envelope.encode(), LIMIT)
    return canonical.encode({"kind": "erased", "signed": signed})


def read(data: bytes) -> Entry:
    """Inverse of `encode`. Raises MalformedError."""
    members: Any = canonical.decode(data, LIMIT)
    try:
        if members["kind"] == "closed":
            entry: Entry = Closed(*(members[name] for name in Closed.__slots__))
        else:
            entry = Erased.of(Envelope.read(canonical.encode(members["signed"])))
    except (KeyError, TypeError) as error:
        raise MalformedError(f"is no line about epochs: {error!r}") from None
    numbers: tuple[int, ...] = ()
    if isinstance(entry, Closed):
        numbers = entry.epoch, entry.first, entry.last, entry.lines
    if not all(type(each) is int and each >= 0 for each in numbers) or encode(entry) != data:
        raise MalformedError("is no line about epochs: a member is of another kind")
    return entry


def read_all(lines: Sequence[bytes]) -> Iterator[Entry]:
    """All lines of `epochs`, in their order.

    Raises:
        MalformedError: epochs are not counted from 1, or what is not closed, or too new, is erased.
    """
    last: dict[int, int] = {}
    for place, data in enumerate(lines, 1):
        try:
            entry = read(data)
        except MalformedError as error:
            raise MalformedError(f"line {place} of epochs: {error}") from error
        if isinstance(entry, Closed):
            if entry.epoch != len(last) + 1:
                raise MalformedError(f"line {place} of epochs is of epoch {entry.epoch}")
            last[entry.epoch] = entry.last
        elif not all(last.get(e, entry.what.before) < entry.what.before for e in entry.epochs):
            raise MalformedError(f"line {place} of epochs erases what is not closed, or too new")
        yield entry


def origin_of(ledger: str) -> str:
    """The origin, and name of keys, of a ledger's consultation notes."""
    return f"{ledger}/consultations"


def claim(ledger: str, lines: Sequence[bytes]) -> Checkpoint:
    """What a note over these lines of `epochs` says."""
    root = tree.root([tree.leaf_hash(line) for line in lines])
    return Checkpoint(origin_of(ledger), len(lines), root)


def body_root(lines: Sequence[bytes]) -> str:
    """Root of a body, in hex."""
    return tree.root([tree.leaf_hash(line) for line in lines]).hex()


def named(ledger: str, keys: Keys) -> Keys:
    """The log's keys under the name that they sign these notes with."""
    name = origin_of(ledger)
    one, other = keys
    return VerifierKey(name, one.type, one.public), VerifierKey(name, other.type, other.public)


def accepted(ledger: str, keys: Keys, data: bytes) -> Checkpoint:
    """What a note says, both of the log's signatures on it verified.

    keys: the log's, under the ledger's own name.

    Raises:
        MalformedError: it is no such note.
        SignatureError: one of the keys did not sign it.
    """
    note = Note.read(data)
    found = Checkpoint.read(note.text)
    if found.origin != origin_of(ledger):
        raise MalformedError(f"the note is one of {found.origin!r}")
    lines = {(each.name, each.id): each.signature for each in note.signatures}
    for key in named(ledger, keys):
        if (key.name, key.id) not in lines:
            raise SignatureError(f"the note lacks a signature of {key.name}")
        checkpoint.verify(key, lines[key.name, key.id], found)
    return found
