"""What the receiver's software believes of an offer: what the log has proved, and nothing else.

checkpoint   signed with the keys that she has pinned
release      recorded, signed by who released with her own enrolled key, to this very person
items        tags computed from their keys, whole chains, still released at the checkpoint
names        disclosures of recorded entries; there is no free text in an offer
"""

from collections.abc import Sequence
from typing import NamedTuple

from custody.carried.chains import SEAL, Carried, Evidence, called
from custody.carried.facts import Facts, OnFile, content_of, facts_of
from custody.carried.files import ItemChain, Offer
from custody.chains import Told
from custody.core import canonical, enrolment, tags
from custody.core.checkpoint import Checkpoint
from custody.core.errors import MalformedError, ProofError, RuleError, SignatureError
from custody.core.keys import PublicKey
from custody.core.note import Note
from custody.core.numbers import SealNumbers
from custody.core.record import record_hash
from custody.core.rules.people import key_of_act
from custody.core.state import Transfer
from custody.core.trust import TrustFile
from custody.receipts import accepted
from custody_schemas.acts import (
    ActorRegistered,
    KeyRegistered,
    KeyRevoked,
    KeyRotated,
    LedgerOpened,
    TransferReleased,
)
from custody_schemas.declare import Act, Kind


class Releaser(NamedTuple):
    """Somebody who signed a release, and what she is called."""

    tag: str
    name: str


class OfferedItem(NamedTuple):
    """An item of an offer, proved.

    head: hash of its last record under the checkpoint, which an acceptance cites.
    numbers: of its seal and bag, not to be shown before the receiver has read hers; None where
        they are withheld.
    manifest: of a folder or of segments, not yet held against the digests on file.
    """

    tag: str
    name: str
    labels: dict[str, str]
    state: Facts
    head: str
    release: Told
    numbers: frozenset[str] | None
    content: OnFile | None
    manifest: bytes | None

    @property
    def transfer(self) -> Transfer:
        """The release that is open for it."""
        assert self.state.transfer is not None  # `examine` lets no other pass
        return self.state.transfer


class Examined(NamedTuple):
    """An offer that holds; `people` by tag."""

    checkpoint: Checkpoint
    items: tuple[OfferedItem, ...]
    people: dict[str, Releaser]


def examine(offer: Offer, trust: TrustFile, receiver: str) -> Examined:
    """The offer, as far as it is proved under `trust`; all of it, or it is refused.

    receiver: tag of the person to whom the items must have been released.

    Raises:
        SignatureError: another log's checkpoint, or a release that its releaser did not sign.
        MalformedError, ProofError: something does not go together.
        RuleError: E_NO_TRANSFER, an item is not released, or to somebody else.
    """
    checkpoint = checked_note(offer, trust)
    evidence = Evidence(offer, checkpoint)
    _check_genesis(offer, trust, evidence)
    people = [evidence.chain(each.records, each.path) for each in offer.people]
    keys = {chain.tag: _keys(chain, offer.ledger) for chain in people}
    if len(keys) != len(offer.people):
        raise MalformedError("the offer shows a person twice")
    items = tuple(_item(each, evidence, receiver) for each in offer.items)
    if len({item.tag for item in items}) != len(items):
        raise MalformedError("the offer shows an item twice")
    evidence.all_used()
    for told in {item.release.statement.id: item.release for item in items}.values():
        _check_signed(told, evidence, keys)
    return Examined(checkpoint, items, {chain.tag: _named(chain) for chain in people})


def checked_note(offer: Offer, trust: TrustFile) -> Checkpoint:
    """The offer's checkpoint. Raises SignatureError, MalformedError."""
    if offer.ledger != trust.origin:
        raise SignatureError(
            f"the offer is one of {offer.ledger}, the trust file is for {trust.origin}"
        )
    return accepted(trust, Note.read(offer.checkpoint.encode()))


def _check_genesis(offer: Offer, trust: TrustFile, evidence: Evidence) -> None:
    data = canonical.from_base64(offer.genesis.record)
    evidence.recorded(data, offer.genesis.path)
    if trust.genesis is not None and record_hash(data).hex() != trust.genesis:
        raise SignatureError(
            f"record 0 of the offer is not the one with which {trust.origin} began: it is another "
            "ledger of that name"
        )


def _item(each: ItemChain, evidence: Evidence, receiver: str) -> OfferedItem:
    name = f"{each.reference}/{each.number}"
    own = tags.tag(bytes.fromhex(each.key), Kind.ITEM, each.reference, each.number)
    chain = evidence.chain(each.records, each.path, own)
    state = facts_of(chain)
    if state.number != each.number:
        raise ProofError(f"{name} was registered under the number {state.number}")
    labels, seals = called(chain), SealNumbers()
    for told in chain.told:
        seals.take(own, told.statement, told.entry.n, told.opened)
    return OfferedItem(
        tag=own,
        name=name,
        labels={field: value for field, value in labels.items() if field not in SEAL},
        state=state,
        head=chain.head,
        release=_release(chain, state, name, receiver),
        numbers=seals.on_file(own),
        content=content_of(chain, state),
        manifest=canonical.from_base64(each.manifest) if each.manifest else None,
    )


def _release(chain: Carried, state: Facts, name: str, receiver: str) -> Told:
    """The entry that released the item, if it is open and names the receiver."""
    if state.transfer is None:
        raise RuleError("E_NO_TRANSFER", f"{name} is not released any more, says the offer itself")
    if state.transfer.to != receiver:
        raise RuleError("E_NO_TRANSFER", f"{name} was released to somebody else")
    return next(told for told in chain.told if told.statement.id == state.transfer.id)


def _keys(chain: Carried, origin: str) -> dict[str, tuple[int, Sequence[PublicKey], int | None]]:
    """Keys of a person by id: since and until which record, and what signs with it."""
    found: dict[str, tuple[int, Sequence[PublicKey], int | None]] = {}
    for told in chain.told:
        act, n = told.statement.act, told.entry.n
        gone = _withdrawn(act)
        if gone in found:
            found[gone] = (*found[gone][:2], n)
        added = _added(act)
        if added:
            found[added[0].id] = n, added, None
    first = next(iter(found), "")
    if chain.tag != tags.actor_tag(origin, first):
        raise ProofError(f"{chain.tag:.12} is not the tag of the person who was enrolled so")
    return found


def _added(act: Act) -> Sequence[PublicKey]:
    """The key that an entry registers, its partner after it."""
    if isinstance(act, LedgerOpened):
        return [key_of_act(text) for text in (act.key, act.partner) if text]
    if isinstance(act, ActorRegistered | KeyRegistered | KeyRotated):
        return enrolment.read_object(act.request).keys
    return ()


def _withdrawn(act: Act) -> str:
    if isinstance(act, KeyRevoked):
        return act.key
    return act.replaces if isinstance(act, KeyRotated) else ""


def _check_signed(
    told: Told,
    evidence: Evidence,
    keys: dict[str, dict[str, tuple[int, Sequence[PublicKey], int | None]]],
) -> None:
    """The release bears the signatures of exactly those who say that they signed it.

    Raises:
        SignatureError: a key is not enrolled, not in force, or did not sign.
    """
    wanted: list[PublicKey] = []
    for claim in told.statement.signers:
        since, found, until = keys.get(claim.actor, {}).get(claim.key, (0, (), None))
        if not found or not since < told.entry.n or (until is not None and until < told.entry.n):
            raise SignatureError(
                f"the offer does not show that the key {claim.key:.12} was {claim.actor:.12}'s "
                f"when record {told.entry.n} was signed with it"
            )
        wanted += found
    evidence.envelope(told).check_signatures(wanted)
    assert isinstance(told.statement.act, TransferReleased)


def _named(chain: Carried) -> Releaser:
    labels = called(chain)
    name = labels.get("name", f"person {chain.tag:.12}")
    organisation = labels.get("organisation")
    return Releaser(chain.tag, f"{name} ({organisation})" if organisation else name)
