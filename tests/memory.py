"""A ledger in memory that rules can ask: real records and envelopes, nothing faked."""

from copy import copy
from hashlib import sha256
from typing import NamedTuple, Self

from cryptography.hazmat.primitives.asymmetric import ed25519, mldsa

from custody.core import checkpoint, dsse, rules, statement, subject_index
from custody.core.note import Note, NoteSignature, SignatureType, VerifierKey
from custody.core.record import Entry, Tally, record_hash
from custody.core.state import Item, Subject
from custody.core.statement import Seen, Statement
from custody.core.tree import Frontier
from custody.core.world import Chain, Cited

ORIGIN = "agency.example/evidence"
LOG = ed25519.Ed25519PrivateKey.from_private_bytes(b"log" + bytes(29))
LOG_MLDSA = mldsa.MLDSA44PrivateKey.from_seed_bytes(b"log" + bytes(29))
LOG_KEY = VerifierKey(ORIGIN, SignatureType.ED25519, LOG.public_key().public_bytes_raw())
LOG_MLDSA_KEY = VerifierKey(
    ORIGIN, SignatureType.ML_DSA_44_COSIGNATURE, LOG_MLDSA.public_key().public_bytes_raw()
)


class Signed(NamedTuple):
    """A signed act as a client submits it."""

    statement: Statement
    envelope: dsse.Envelope
    disclosures: tuple[str, ...]

    @property
    def id(self) -> str:
        """The statement's id."""
        return self.statement.id


class Run(NamedTuple):
    """A recorded act: index of its first record, and what was submitted."""

    first: int
    signed: Signed


class Memory:
    """Fulfils `custody.core.world.World`; every record and envelope stays readable.

    records: the log's leaves. runs: what was recorded, in order. now: the ledger's clock.
    """

    def __init__(self, origin: str, now: int) -> None:
        self.origin, self.now = origin, now
        self.records: list[bytes] = []
        self.runs: list[Run] = []
        self.states: dict[str, Subject] = {}
        self.chains: dict[str, Chain] = {}
        self.places: dict[tuple[str, str], int] = {}
        self.citations: dict[tuple[str, str], Cited] = {}
        self.frontier = Frontier()
        self._drawn = 0

    def fork(self) -> Self:
        """A copy that goes its own way."""
        other = copy(self)
        for name, value in vars(self).items():
            if isinstance(value, (dict, list)):
                setattr(other, name, value.copy())
        other.frontier = Frontier(self.frontier.size, self.frontier.nodes)
        return other

    def subject(self, tag: str) -> Subject | None:
        return self.states.get(tag)

    def chain(self, tag: str) -> Chain | None:
        return self.chains.get(tag)

    def seq_of(self, tag: str, record_hash: str) -> int | None:
        return self.places.get((tag, record_hash))

    def cited(self, tag: str, statement: str) -> Cited | None:
        return self.citations.get((tag, statement))

    def item(self, tag: str) -> Item:
        """State of an item."""
        found = self.states[tag]
        assert isinstance(found, Item)
        return found

    def entropy(self, size: int) -> bytes:
        """Bytes that differ at every call, and are the same in every run of a test."""
        self._drawn += 1
        return sha256(b"%d" % self._drawn).digest()[:size]

    def seen(self) -> Seen:
        """The state of the log as a signer sees it now."""
        return Seen(self.frontier.size, self.frontier.root().hex())

    def submit(self, signed: Signed, *, at: int | None = None) -> dict[str, rules.Effect]:
        """Record a signed act, or raise what refuses it; `at` is the ledger's time, else `now`."""
        at, first = self.now if at is None else at, len(self.records)
        made = statement.read(dsse.Envelope.read(signed.envelope.encode()).payload)
        rules.check_signatures(self, made, signed.envelope, first)
        effects = rules.admit(self, made, at=at, n=first)
        env = sha256(signed.envelope.encode()).hexdigest()
        for place in made.about:
            self._append(made, place.tag, effects[place.tag], env, at)
        self.runs.append(Run(first, signed))
        return effects

    def tally(self) -> None:
        """Append a tally over all chains."""
        index = {
            bytes.fromhex(tag): subject_index.value(chain.count, bytes.fromhex(chain.head))
            for tag, chain in self.chains.items()
        }
        root, n = subject_index.root(index).hex(), len(self.records)
        self._leaf(Tally(self.now, self._head(), root, n, len(index)).encode())

    def checkpoint(self) -> bytes:
        """A note over all records, signed by both log keys."""
        made = checkpoint.Checkpoint(self.origin, self.frontier.size, self.frontier.root())
        lines = [
            checkpoint.ed25519_line(LOG_KEY, made, LOG.sign),
            checkpoint.cosignature_line(LOG_MLDSA_KEY, made, self.now, LOG_MLDSA.sign),
        ]
        return Note(
            made.text, tuple(NoteSignature.read(line.removesuffix("\n")) for line in lines)
        ).encode()

    def _head(self) -> str:
        return record_hash(self.records[-1]).hex() if self.records else ""

    def _leaf(self, data: bytes) -> str:
        self.records.append(data)
        leaf = record_hash(data)
        self.frontier.append(leaf)
        return leaf.hex()

    def _append(self, made: Statement, tag: str, effect: rules.Effect, env: str, at: int) -> None:
        old = self.chains.get(tag) or Chain(0, "", -1)
        n, seq = len(self.records), old.count
        head = self._leaf(Entry(at, self._head(), env, n, old.head, seq, tag).encode())
        self.states[tag] = effect.subject
        self.chains[tag] = Chain(seq + 1, head, seq if effect.changed else old.changed)
        self.places[tag, head] = seq
        keys = tuple(signer.key for signer in made.signers)
        self.citations[tag, made.id] = Cited(made.name, made.by, keys, n, seq, at)
