"""The releaser's side: an offer out of what the ledger holds, checked as its receiver will check it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from typing import NamedTuple

from custody import chains
from custody.carried.chains import SHOWN
from custody.carried.checking import OfferedItem, examine
from custody.carried.files import (
    OFFER,
    Begun,
    Extended,
    ItemChain,
    Offer,
    PersonChain,
    SignedEntry,
    encode,
)
from custody.casefile import open_file
from custody.core import canonical, disclosure, statement, tags
from custody.core.checkpoint import Checkpoint
from custody.core.dsse import Envelope
from custody.core.errors import NotFoundError, ProofError, StorageError, UsageError
from custody.core.note import Note
from custody.core.proof import Proof
from custody.core.record import Entry, read
from custody.core.state import Case, Item
from custody.core.statement import Statement
from custody.core.trust import TrustFile
from custody.ledger import Ledger, Recorded
from custody_schemas.acts import CorrectionRecorded, TransferReleased
from custody_schemas.declare import Kind
from custody_schemas.terms import ContentForm

ATTEMPTS = 5  # times that an offer is made anew while others record
PERSONAL = frozenset({"name", "organisation"})
CORRECTED = frozenset({"value", "values"})
SIZES_MOST = 600  # consistency proofs of an offer
NEWEST = 256  # sizes right before the checkpoint's, of which somebody may have seen any

ManifestOf = Callable[[str], bytes | None]  # by SHA-256; None where it is too long, or not there


class Meant(NamedTuple):
    """What an offer is to hold.

    seen: sizes that the receiver is known to have seen.
    """

    receiver: str
    items: Sequence[str]
    seen: Sequence[int] = ()


class Made(NamedTuple):
    """An offer: the file, the checkpoint that all of it is proved at, the items as they stand in it."""

    data: bytes
    checkpoint: Checkpoint
    items: tuple[OfferedItem, ...]


class _Moved(Exception):
    """Somebody recorded while the offer was made."""


def offer(ledger: Ledger, trust: TrustFile, meant: Meant, manifest_of: ManifestOf) -> Made:
    """An offer of the items that `meant` names, which holds as its receiver will examine it.

    Raises:
        RuleError: E_NO_TRANSFER, an item is not on its way to the receiver.
        ProofError, SignatureError: what the ledger hands out does not hold.
        StorageError: others record without a pause.
    """
    for _ in range(ATTEMPTS):
        try:
            made = _Writer(ledger, manifest_of).offer(trust, meant)
        except _Moved:
            continue
        found = examine(made, trust, meant.receiver)
        for item in found.items:
            _check_agrees(item, ledger)
        return Made(encode(made), found.checkpoint, found.items)
    raise StorageError("others record without a pause: try again")


def _check_agrees(item: OfferedItem, ledger: Ledger) -> None:
    """What the receiver will take the item for is what the ledger's rules have made of it."""
    state = ledger.subject(item.tag)
    if not isinstance(state, Item) or any(
        getattr(state, name) != value for name, value in item.state._asdict().items()
    ):
        raise ProofError(f"{item.name} does not stand as its entries say; {chains.ALTERED}")


class _Writer:
    """Collects chains and entries; every proof must be at the same checkpoint."""

    def __init__(self, ledger: Ledger, manifest_of: ManifestOf) -> None:
        self._ledger, self._manifest_of = ledger, manifest_of
        self._entries: dict[str, SignedEntry] = {}
        self._made: dict[str, Statement] = {}
        self._small: dict[str, str] = {}  # by entry: SHA-256 of small content, which is personal
        self._note: Note | None = None

    def offer(self, trust: TrustFile, meant: Meant) -> Offer:
        items = [self._item(tag) for tag in meant.items]
        releases = [m for m in self._made.values() if isinstance(m.act, TransferReleased)]
        signers = {claim.actor for made in releases for claim in made.signers}
        people = [PersonChain(**self._chain(tag)) for tag in sorted(signers)]
        genesis = self._proof(0)
        assert self._note is not None
        checkpoint = Checkpoint.read(self._note.text)
        likely = self._likely(meant, checkpoint.size)
        return Offer(
            v=1,
            form=OFFER,
            ledger=self._ledger.origin,
            trust=trust.encode().decode(),
            checkpoint=self._note.encode().decode(),
            genesis=Begun(record=canonical.to_base64(genesis.extra), path=_spelt(genesis.path)),
            consistency=tuple(
                Extended(size=size, path=_spelt(self._ledger.consistency(size, checkpoint.size)))
                for size in likely
            ),
            entries=tuple(self._entries[key] for key in sorted(self._entries)),
            people=tuple(people),
            items=tuple(items),
        )

    def _item(self, tag: str) -> ItemChain:
        state = self._ledger.subject(tag)
        if not isinstance(state, Item):
            raise NotFoundError(f"{tag:.12} is not the tag of an item")
        file = open_file(self._ledger, state.case)
        key = tags.subject_key(file.key, Kind.ITEM, file.reference, state.number)
        chain = self._chain(tag)
        manifest = self._manifest(state)
        return ItemChain(
            reference=file.reference,
            number=state.number,
            key=key.hex(),
            manifest=canonical.to_base64(manifest) if manifest else None,
            **chain,
        )

    def _manifest(self, state: Item) -> bytes | None:
        """The list of the files of a folder or of segments."""
        made = self._made.get(state.content or "")
        content = getattr(made.act, "content", None) if made else None
        if made is None or content is None or content.form is ContentForm.FILE:
            return None
        sha256 = content.sha256 or self._small.get(made.id, "")
        return self._manifest_of(sha256) if sha256 else None

    def _chain(self, tag: str) -> dict[str, tuple[str, ...]]:
        """Records of a chain up to its newest, and the path of that one."""
        records = []
        n = 0
        for recorded in self._ledger.history(tag):
            entry = read(recorded.record)
            if not isinstance(entry, Entry):
                raise ProofError(f"record {entry.n} is no entry; {chains.ALTERED}")
            self._keep(entry, recorded)
            records.append(canonical.to_base64(recorded.record))
            n = entry.n
        return {"records": tuple(records), "path": _spelt(self._proof(n).path)}

    def _keep(self, entry: Entry, recorded: Recorded) -> None:
        if recorded.erased and not recorded.envelope:
            return  # what says so stands on this chain as well
        made = statement.read(Envelope.read(recorded.envelope).payload)
        if sha256(recorded.envelope).hexdigest() != entry.env:
            raise ProofError(f"record {entry.n} comes with another entry; {chains.ALTERED}")
        shown = _shown(made)
        opened = [d for d in map(disclosure.read, recorded.disclosures) if d.field in shown]
        self._entries[entry.env] = SignedEntry(
            envelope=canonical.to_base64(recorded.envelope),
            disclosures=tuple(each.text for each in opened),
        )
        self._made[made.id] = made
        digests = [str(each.value) for each in opened if each.field == "content_sha256"]
        self._small[made.id] = "".join(digests)

    def _proof(self, n: int) -> Proof:
        proof = Proof.read(self._ledger.receipt(n))
        if self._note is None:
            self._note = proof.note
        if proof.note != self._note:
            raise _Moved
        return proof

    def _likely(self, meant: Meant, size: int) -> list[int]:
        """Sizes that the receiver may have seen last: those that are named, and those she cites."""
        for each in meant.seen:
            if not 1 <= each <= size:
                raise UsageError(f"--seen {each}: the ledger has {size} records")
        signed = sorted(set(self._cited(meant)), reverse=True)
        powers = [2**k for k in range(size.bit_length())]
        newest = range(size - 1, max(0, size - NEWEST), -1)
        wanted = [n for n in (*meant.seen, *signed, *newest, *powers) if 1 <= n < size]
        return sorted(list(dict.fromkeys(wanted))[:SIZES_MOST])

    def _cited(self, meant: Meant) -> Iterator[int]:
        """Sizes at which entries of these cases stood that she signed, or that released to her."""
        tags = {meant.receiver, *meant.items}
        cases = {s.case for s in map(self._ledger.subject, meant.items) if isinstance(s, Item)}
        for case in map(self._ledger.subject, cases):
            if isinstance(case, Case):
                register = chains.chain(self._ledger, case.register)
                tags |= {p.tag for told in register for p in told.statement.places(Kind.ITEM)}
        for tag in sorted(tags | cases):
            for told in chains.chain(self._ledger, tag):
                made, places = told.statement, [place.tag for place in told.statement.about]
                known = {tag, getattr(made.act, "to", None), *(s.actor for s in made.signers)}
                if meant.receiver in known:
                    yield made.seen.size
                    yield told.entry.n - places.index(tag) + len(places)


def _shown(made: Statement) -> frozenset[str]:
    """Fields that are opened of an entry."""
    act = made.act
    if isinstance(act, TransferReleased):
        return frozenset(made.sd)
    if isinstance(act, CorrectionRecorded):
        return CORRECTED if act.field in SHOWN | PERSONAL else frozenset()
    about = {place.kind for place in made.about}
    return SHOWN | PERSONAL if Kind.ACTOR in about else SHOWN


def _spelt(path: Iterable[bytes]) -> tuple[str, ...]:
    return tuple(map(canonical.to_base64, path))
