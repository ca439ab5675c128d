"""Rules on hand-overs, check-outs and moves. Two acts by two people. (R44–R50, R52)"""

from custody.core import times
from custody.core.rules.cases import on_file
from custody.core.rules.items import in_hands, present, settled
from custody.core.rules.limits import allowed
from custody.core.rules.needed import unneeded
from custody.core.rules.rights import Right
from custody.core.rules.scene import Scene, refuse, rule
from custody.core.rules.seals import judged_seal
from custody.core.state import CheckOut, Item, Transfer
from custody_schemas.acts import (
    AccessCheckedIn,
    AccessCheckedOut,
    StorageMoved,
    TransferAccepted,
    TransferAcknowledged,
    TransferCancelled,
    TransferRefused,
    TransferReleased,
)
from custody_schemas.acts.items import WRONG
from custody_schemas.declare import Capacity, Kind
from custody_schemas.terms import (
    AccessPurpose,
    DiscrepancyKind,
    IntegrityVerdict,
    LocationKind,
    OutsideParty,
    Override,
    TransferPurpose,
    TransferRefusal,
)

UNSAID = (TransferPurpose.OTHER, TransferPurpose.NOT_STATED)
UNHASHED = (None, IntegrityVerdict.NOT_STATED)
# A refusal for these reasons is a finding against the item, which stays with the releaser.
FOUND = {
    TransferRefusal.SEAL_BROKEN: DiscrepancyKind.SEAL,
    TransferRefusal.SEAL_MISMATCH: DiscrepancyKind.SEAL,
    TransferRefusal.HASH_MISMATCH: DiscrepancyKind.HASH,
    TransferRefusal.ITEM_MISSING: DiscrepancyKind.MISSING_ITEM,
    TransferRefusal.ITEM_EXTRA: DiscrepancyKind.EXTRA_ITEM,
    TransferRefusal.IDENTITY_MISMATCH: DiscrepancyKind.RECORD_CONFLICT,
}


@rule(TransferReleased, Kind.ITEM)
def transfer_released(item: Item, act: TransferReleased, scene: Scene) -> Item:
    """Only the holder releases, and holds the item until somebody accepts it.

    What goes back to its owner would leave for good: only what nobody needs. (R56)
    """
    settled(item)
    held(item, scene)
    if (act.to is None) == (act.outside is None):
        refuse("E_UNKNOWN", "a release names one receiver, with or without an account")
    if act.to == scene.by:
        refuse("E_SAME_PERSON", "nobody releases to herself")
    if act.authority is not None:
        on_file(scene.case(item.case), act.authority)
    if act.outside is not None:
        if for_good(act):
            unneeded(item, scene)
        allowed(item, act, scene)
    return item.but(
        transfer=Transfer(
            id=scene.id,
            by=scene.by,
            keys=scene.owned(scene.by),
            to=act.to,
            outside=act.outside,
            since=scene.at,
        )
    )


@rule(TransferAccepted, Kind.ITEM)
def transfer_accepted(item: Item, act: TransferAccepted, scene: Scene) -> Item:
    """The receiver takes over, and says what seal and content look like."""
    scene.require(Right.HOLD, item.case)
    present(item)
    if act.transfer is None:
        _returned(item)
    else:
        _offered(item, act.transfer, scene)
    compared(item, act.hash, act.override, scene)
    taken = judged_hash(judged_seal(item, act.seal, scene), act.hash, scene)
    return taken.but(
        holder=scene.by, outside=None, outside_since=None, transfer=None, location=act.location
    )


@rule(TransferRefused, Kind.ITEM)
def transfer_refused(item: Item, act: TransferRefused, scene: Scene) -> Item:
    """Who was to receive the item does not take it; the releaser keeps it."""
    present(item)
    _offered(item, act.transfer, scene)
    kept = item.but(transfer=None)
    found = FOUND.get(act.reason)
    return kept if found is None else scene.with_discrepancy(kept, found)


@rule(TransferCancelled, Kind.ITEM)
def transfer_cancelled(item: Item, act: TransferCancelled, scene: Scene) -> Item:
    """The releaser takes the offer back."""
    present(item)
    transfer = open_transfer(item, act.transfer)
    if transfer.by != scene.by:
        refuse("E_NOT_HOLDER", "only who released the item cancels the release")
    return item.but(transfer=None)


@rule(TransferAcknowledged, Kind.ITEM)
def transfer_acknowledged(item: Item, act: TransferAcknowledged, scene: Scene) -> Item:
    """The releaser records that somebody without an account has the item. (R47)"""
    present(item)
    transfer = open_transfer(item, act.transfer)
    if transfer.outside is None:
        refuse("E_NO_TRANSFER", "the receiver has an account and must accept with her own key")
    if transfer.by != scene.by:
        refuse("E_NOT_HOLDER", "only who released the item records the acknowledgement")
    return item.but(
        holder=None,
        outside=transfer.outside,
        outside_since=transfer.id,
        transfer=None,
        location=LocationKind.EXTERNAL,
    )


@rule(AccessCheckedOut, Kind.ITEM)
def checked_out(item: Item, act: AccessCheckedOut, scene: Scene) -> Item:
    """The holder lets the item out to herself, or to somebody who co-signs. (R52)"""
    settled(item)
    held(item, scene)
    if act.to != scene.by and act.to not in scene.statement.signing(Capacity.COUNTERPARTY):
        refuse("E_SAME_PERSON", "who takes the item out co-signs as counterparty")
    if act.purpose is AccessPurpose.TRAINING:
        refuse("E_NO_GRANT", "live evidence is not used for training")
    if not scene.may(act.to, Right.EXAMINE, item.case):
        scene.require(Right.HOLD, item.case, act.to)
    if act.authority is not None:
        on_file(scene.case(item.case), act.authority)
    due = times.seconds(act.due_back) if act.due_back else None
    return item.but(out=CheckOut(id=scene.id, to=act.to, since=scene.at, due=due))


@rule(AccessCheckedIn, Kind.ITEM)
def checked_in(item: Item, act: AccessCheckedIn, scene: Scene) -> Item:
    """The item comes back, both people signing where they are two."""
    settled(item)
    if item.out is None:
        refuse("E_NOT_OUT", "the item is not checked out")
    hands = {item.out.to, item.holder}
    signed = {scene.by, *scene.statement.signing(Capacity.COUNTERPARTY)}
    if scene.by not in hands:
        refuse("E_NOT_HOLDER", "only who has the item out, or who holds it, checks it in")
    if not hands <= signed:
        refuse("E_SAME_PERSON", "who brings the item and who takes it back both sign")
    back = judged_hash(judged_seal(item, act.seal, scene), act.hash, scene)
    return back.but(out=None, location=act.location)


@rule(StorageMoved, Kind.ITEM)
def storage_moved(item: Item, act: StorageMoved, scene: Scene) -> Item:
    """Who has the item in hand puts it somewhere else."""
    settled(item)
    in_hands(item, scene)
    if act.hash is not None:
        item = judged_hash(item, act.hash, scene, required=False)
    return item.but(location=act.location)


def for_good(act: TransferReleased) -> bool:
    """Whether custody is to end with the release: it goes back, or to an owner for nothing said. (R56)"""
    if act.outside is OutsideParty.OWNER and act.purpose in UNSAID:
        return True
    return act.outside is not None and act.purpose is TransferPurpose.RETURN_TO_OWNER


def held(item: Item, scene: Scene) -> None:
    """The leading signer holds the item and it is not out.

    Raises:
        RuleError: E_CHECKED_OUT, E_NOT_HOLDER.
    """
    if item.holder == scene.by and item.out is not None:
        refuse("E_CHECKED_OUT", "the item is checked out: check it in first")
    in_hands(item.but(out=None), scene)


def judged_hash(
    item: Item, verdict: IntegrityVerdict | None, scene: Scene, *, required: bool = True
) -> Item:
    """The item after its content was compared, or not, with the digests on file. (R29, R49)

    Content that does not match is disputed from then on.

    Raises:
        RuleError: E_HASH, where nothing is said, or there is nothing to compare.
    """
    if item.content is None:
        if verdict not in UNHASHED:
            refuse("E_HASH", "the item has no digital content on file that could be compared")
        return item
    if verdict in UNHASHED and required:
        refuse("E_HASH", "the item has digital content: say whether it was compared")
    if verdict not in WRONG:
        return item
    disputed = item.disputed or verdict is not IntegrityVerdict.UNREADABLE
    return scene.with_discrepancy(item.but(disputed=disputed), DiscrepancyKind.HASH)


def compared(
    item: Item, verdict: IntegrityVerdict | None, override: Override | None, scene: Scene
) -> None:
    """Content that is taken over matches its digests, or somebody answers for it. (R49, R54)

    Raises:
        RuleError: E_HASH, E_TWO_PERSON, E_NO_GRANT.
    """
    if item.content is None or verdict in (*UNHASHED, IntegrityVerdict.MATCH):
        return  # what is not said at all, `judged_hash` refuses
    if override is None:
        refuse("E_HASH", f"the content is taken over as {verdict}: refuse it, or say why")
    if verdict in WRONG:
        people, keys = scene.near(item)
        scene.approved(item.case, *people, keys=keys)


def open_transfer(item: Item, transfer: str) -> Transfer:
    """The release of that id, which is open for the item. Raises RuleError: E_NO_TRANSFER."""
    if item.transfer is None or item.transfer.id != transfer:
        refuse("E_NO_TRANSFER", "that release is not open for this item")
    return item.transfer


def _offered(item: Item, release: str, scene: Scene) -> None:
    transfer = open_transfer(item, release)
    if transfer.by == scene.by:
        refuse("E_SAME_PERSON", "who released the item cannot accept or refuse it")
    if transfer.to != scene.by:
        refuse("E_NO_TRANSFER", "the item was released to somebody else")
    if not set(transfer.keys).isdisjoint(scene.owned(scene.by)):
        refuse("E_SAME_PERSON", "the key that released the item cannot accept or refuse it")


def _returned(item: Item) -> None:
    if item.transfer is not None:
        refuse("E_OPEN_TRANSFER", "the item is on its way: cite the release")
    if item.outside is None:
        refuse("E_NO_TRANSFER", "the item is not with anybody without an account")
