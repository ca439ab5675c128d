"""What an item's entries make of it, as far as who takes it over must know.

The ledger has applied its rules before it recorded them. Here only their outcome is followed, on
the axes that a hand-over touches; what this got wrong, the ledger would refuse.
"""

from collections.abc import Iterator
from typing import NamedTuple

from custody.carried.chains import Carried
from custody.chains import Told
from custody.core.errors import ProofError
from custody.core.rules.items import SOUND
from custody.core.rules.seals import UNSEALED
from custody.core.state import Seal, Transfer
from custody_schemas.acts import (
    DiscrepancyResolved,
    ItemRegistered,
    SealApplied,
    SealBroken,
    TransferReleased,
)
from custody_schemas.declare import Act, Kind
from custody_schemas.fields import Content
from custody_schemas.terms import DiscrepancyKind, DiscrepancyOutcome, EvidenceType, SealState

ENDING = ("transfer.", "custody.")  # families of acts after which a release is not open any more


class OnFile(NamedTuple):
    """Content as the entry that brought it says; a digest is '' where it is not opened."""

    content: Content
    sha256: str
    blake3: str


class Facts(NamedTuple):
    """An item, on the axes that a hand-over touches; members as `custody.core.state.Item` has them."""

    case: str
    number: int
    type: EvidenceType
    seal: Seal | None = None
    content: str | None = None
    transfer: Transfer | None = None

    @property
    def sealed(self) -> bool:
        """Whether a seal is on file and was last found sound."""
        return self.seal is not None and self.seal.state in SOUND


def facts_of(chain: Carried) -> Facts:
    """What the chain makes of its item.

    Raises:
        ProofError: it does not begin with the item's registration.
    """
    first, *others = chain.told
    act = first.statement.act
    if not isinstance(act, ItemRegistered) or chain.place(first).kind is not Kind.ITEM:
        raise ProofError(f"the chain of {chain.tag:.12} does not begin with its registration")
    item = Facts(act.case, act.number, act.type)
    for told in others:
        if chain.place(told).kind is Kind.ITEM:
            item = _after(item, told)
    return item


def _after(item: Facts, told: Told) -> Facts:
    """The item after an entry that concerns it itself, and not a part of it."""
    made, act = told.statement, told.statement.act
    item = item._replace(seal=_seal_after(item.seal, made.id, act))
    if isinstance(getattr(act, "content", None), Content):
        item = item._replace(content=made.id)
    if isinstance(act, TransferReleased):
        return item._replace(transfer=_transfer(act, told))
    return item._replace(transfer=None) if made.name.startswith(ENDING) else item


def _seal_after(seal: Seal | None, entry: str, act: Act) -> Seal | None:
    """The seal after somebody applied, opened or looked at it, or took a finding back."""
    if isinstance(act, SealApplied):
        return Seal(id=entry, state=SealState.INTACT if seal is None else SealState.RESEALED)
    if seal is None:
        return None
    if isinstance(act, DiscrepancyResolved):
        mistyped = act.outcome is DiscrepancyOutcome.RECORDING_ERROR
        mistyped = mistyped and act.kind is DiscrepancyKind.SEAL  # the entry may have found more
        if mistyped and seal.before and seal.finding == act.discrepancy:
            return seal.but(state=seal.before, finding=None, before=None)
        return seal
    for verdict in _verdicts(act):
        if isinstance(act, SealBroken) and verdict is SealState.BROKEN_AUTHORISED:
            seal = seal.but(state=verdict)
        elif verdict is not seal.state:
            seal = seal.but(state=verdict, finding=entry, before=seal.state)
    return seal


def _verdicts(act: Act) -> Iterator[SealState]:
    """What an entry says against the seal."""
    for field in act.FIELDS.values():
        verdict = getattr(act, field.name) if field.type is SealState else None
        if verdict is not None and verdict not in (*SOUND, *UNSEALED):
            yield verdict


def _transfer(act: TransferReleased, told: Told) -> Transfer:
    made = told.statement
    return Transfer(
        id=made.id,
        by=made.by,
        keys=tuple(signer.key for signer in made.signers if signer.actor == made.by),
        to=act.to,
        outside=act.outside,
        since=told.entry.at,
    )


def content_of(chain: Carried, item: Facts) -> OnFile | None:
    """Digests of the item's content; None where it has none."""
    for told in chain.told:
        content = getattr(told.statement.act, "content", None)
        if told.statement.id == item.content and isinstance(content, Content):
            return OnFile(
                content,
                content.sha256 or str(told.opened.get("content_sha256", "")),
                content.blake3 or str(told.opened.get("content_blake3", "")),
            )
    return None
