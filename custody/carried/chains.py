"""Chains as an offer carries them: from a subject's first record to one that the log has proved.

Each record names the hash of the one before, so the last one's path to the root proves them all,
and that none is left out between. What the ledger admitted is not judged again here.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

from custody.carried.files import Offer, SignedEntry
from custody.chains import Told
from custody.core import canonical, disclosure, record, statement, tree
from custody.core.checkpoint import Checkpoint
from custody.core.disclosure import Value
from custody.core.dsse import STATEMENT, Envelope
from custody.core.errors import MalformedError, ProofError
from custody.core.reading import check_opened
from custody.core.record import Entry
from custody.core.state import Register
from custody.core.statement import Place, Statement
from custody.core.world import Chain
from custody.ledger.erasures import Said
from custody.ledger.past import Standing
from custody.ledger.projections import Labels
from custody_schemas.acts import PrivacyErased

SEAL = ("seal_number", "bag_number")
CONTENT = ("content_sha256", "content_blake3")
NAMED = ("exhibit", "description", "make", "model", "serial")
# Personal fields that an offer opens of an item's earlier entries; of the release it opens all.
SHOWN = frozenset((*SEAL, *CONTENT, *NAMED))

UNASKED = Register(case="", items=0)  # labels of items and people do not depend on their states


class Opened(NamedTuple):
    """An entry of the file, its disclosures held against what was signed."""

    envelope: Envelope
    statement: Statement
    opened: dict[str, Value]


class Carried(NamedTuple):
    """A chain that the log has proved; `head` is the hash of its last record."""

    tag: str
    told: tuple[Told, ...]
    head: str

    def place(self, told: Told) -> Place:
        """Where the subject stands in an entry."""
        return next(place for place in told.statement.about if place.tag == self.tag)


class Evidence:
    """What an offer holds, checked piece by piece against one checkpoint."""

    def __init__(self, offer: Offer, checkpoint: Checkpoint) -> None:
        """Raises MalformedError, ProofError: an entry is not what it should be."""
        self._origin, self._checkpoint = offer.ledger, checkpoint
        self._entries = dict(_read(each, offer.ledger) for each in offer.entries)
        if len(self._entries) != len(offer.entries):
            raise MalformedError("the offer holds an entry twice")
        self._used: set[str] = set()

    def recorded(self, data: bytes, path: Sequence[str]) -> None:
        """Raises ProofError: the record is not in the checkpoint."""
        n, size = record.read(data).n, self._checkpoint.size
        if n >= size:
            raise ProofError(f"record {n} is not among the {size} of the checkpoint")
        hashes = [canonical.from_base64(each) for each in path]
        leaf = record.record_hash(data)
        if tree.root_from_inclusion(leaf, n, size, hashes) != self._checkpoint.root:
            raise ProofError(f"record {n} is not shown to be in the checkpoint of {size}")

    def chain(self, records: Sequence[str], path: Sequence[str], tag: str = "") -> Carried:
        """The chain of the subject `tag`, or of whichever subject the records are about.

        Raises:
            MalformedError, ProofError: the records are no whole chain, or not in the log.
        """
        told: list[Told] = []
        before = ""
        for seq, data in enumerate(map(canonical.from_base64, records)):
            entry = record.read(data)
            if not isinstance(entry, Entry) or entry.tag != (tag or entry.tag):
                raise ProofError(f"record {entry.n} is one of another subject")
            if (entry.seq, entry.prev) != (seq, before):
                raise ProofError(f"record {entry.n} does not follow the one before it")
            tag, before = entry.tag, record.record_hash(data).hex()
            told.append(self._told(entry))
        self.recorded(data, path)
        return Carried(tag, tuple(told), before)

    def envelope(self, told: Told) -> Envelope:
        """What was signed, and by which keys."""
        return self._entries[told.entry.env].envelope

    def all_used(self) -> None:
        """Raises MalformedError: an entry belongs to no record of the offer."""
        if self._entries.keys() - self._used:
            raise MalformedError("the offer holds an entry that none of its records names")

    def _told(self, entry: Entry) -> Told:
        found = self._entries.get(entry.env)
        gone = self._erased(entry) if found is None else None
        if gone is not None:
            return Told(entry, gone, {})
        if found is None:
            raise ProofError(f"the entry of record {entry.n} is not in the offer")
        self._used.add(entry.env)
        made = found.statement
        if not made.known:
            raise MalformedError(f"{made.name} is an act of a later version: upgrade custody")
        if entry.tag not in {place.tag for place in made.about}:
            raise ProofError(f"record {entry.n} is not about what was signed")
        return Told(entry, made, found.opened)

    def _erased(self, entry: Entry) -> Statement | None:
        """What is left of an entry, where another one in the offer says that it was erased whole."""
        for each in self._entries.values():
            made, act = each.statement, each.statement.act
            about = {place.tag for place in made.about}
            if isinstance(act, PrivacyErased) and act.envelope == entry.env and entry.tag in about:
                return Said(made, act, b"").gone(entry)
        return None


def _read(each: SignedEntry, origin: str) -> tuple[str, Opened]:
    """An entry by the digest that its records name."""
    data = canonical.from_base64(each.envelope)
    envelope = Envelope.read(data)
    if envelope.payload_type != STATEMENT:
        raise MalformedError(f"an envelope of {envelope.payload_type} is not an entry")
    made = statement.read(envelope.payload)
    if made.ledger != origin:
        raise MalformedError(f"an entry was signed for the ledger {made.ledger}, not for {origin}")
    opened: dict[str, Value] = {}
    for part in map(disclosure.read, each.disclosures):
        if made.sd.get(part.field) != part.digest or part.field in opened:
            raise ProofError(f"{part.field} of {made.name} is not what was signed")
        check_opened(made.name, part.field, part.value)
        opened[part.field] = part.value
    return sha256(data).hexdigest(), Opened(envelope, made, opened)


def called(chain: Carried) -> Mapping[str, str]:
    """What the signed entries of a chain call it last, corrections applied."""
    first = {told.statement.id: _first(told) for told in chain.told}
    found = Labels(lambda _: (), first.get)
    standing = Standing("", UNASKED, Chain(len(chain.told), chain.head, 0), None)
    for told in chain.told:
        parts = [disclosure.Disclosure("", k, v, "", "") for k, v in told.opened.items()]
        found.take(told.statement, parts, first[told.statement.id], {chain.tag: standing})
    rows = sorted((row for row in found.rows.values() if row), key=lambda row: row.n)
    return {row.field: row.value for row in rows}


def _first(told: Told) -> int:
    """Index of the first record of the run that the entry's record stands in."""
    return told.entry.n - [place.tag for place in told.statement.about].index(told.entry.tag)
