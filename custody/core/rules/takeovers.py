"""Rules on hand-overs that failed, and on taking over from the absent. (R24, R45, R65, R66)"""

from custody.core.rules.items import present
from custody.core.rules.rights import Right, roles_with
from custody.core.rules.scene import Scene, refuse, rule
from custody.core.rules.seals import judged_seal
from custody.core.rules.transfers import compared, judged_hash, open_transfer
from custody.core.state import Item
from custody_schemas.acts import CustodyAssumed, TransferLost, TransferReturned
from custody_schemas.declare import Capacity, Kind
from custody_schemas.terms import DiscrepancyKind, InventoryOutcome, LocationKind

SEEN = (InventoryOutcome.PHYSICALLY_VERIFIED, InventoryOutcome.SEALED_CONTAINER_VERIFIED)
ALONE = (
    "a takeover is co-signed by a person who oversees the case (one of the roles "
    f"{roles_with(Right.OVERSEE)}) and neither has the item in hand, nor gives it or is to get it"
)


@rule(TransferLost, Kind.ITEM)
def transfer_lost(item: Item, act: TransferLost, scene: Scene) -> Item:
    """Giver, receiver or overseer says that the item did not arrive; the giver answers for it."""
    present(item)
    transfer = open_transfer(item, act.transfer)
    if scene.by not in (transfer.by, transfer.to):
        scene.require(Right.OVERSEE, item.case)
    kept = item.but(transfer=None, location=LocationKind.NOT_STATED)
    return scene.with_discrepancy(kept, DiscrepancyKind.MISSING_ITEM)


@rule(TransferReturned, Kind.ITEM)
def transfer_returned(item: Item, act: TransferReturned, scene: Scene) -> Item:
    """The giver has the item back, and says what seal and content look like."""
    present(item)
    if open_transfer(item, act.transfer).by != scene.by:
        refuse("E_NOT_HOLDER", "only who released the item takes it back")
    compared(item, act.hash, act.override, scene)
    back = judged_hash(judged_seal(item, act.seal, scene), act.hash, scene)
    return back.but(transfer=None, location=act.location)


@rule(CustodyAssumed, Kind.ITEM)
def custody_assumed(item: Item, act: CustodyAssumed, scene: Scene) -> Item:
    """Two people take over what they have seen; open hand-overs and check-outs end."""
    scene.require(Right.HOLD, item.case)
    present(item)
    if item.holder is None:
        refuse("E_NO_TRANSFER", "the item is with somebody without an account: accept it back")
    if item.holder == scene.by:
        refuse("E_SAME_PERSON", "the signer holds the item already")
    if act.observed not in SEEN:
        refuse("E_TAKEOVER", f"an item that is {act.observed} is not taken over")
    _seconded(item, scene)
    compared(item, act.hash, act.override, scene)
    taken = judged_hash(judged_seal(item, act.seal, scene), act.hash, scene)
    return taken.but(holder=scene.by, transfer=None, out=None, location=act.location)


def _seconded(item: Item, scene: Scene) -> None:
    """One who oversees the case, and has no hand on the item, co-signs. (R54)"""
    people, keys = scene.near(item)
    others = set(scene.statement.signing(Capacity.APPROVER)) - {scene.by, *people}
    free = (each for each in others if not any(key in keys for key in scene.owned(each)))
    if not any(scene.may(each, Right.OVERSEE, item.case) for each in free):
        refuse("E_TWO_PERSON", ALONE)
