"""Rules on seals. A verdict that contradicts the record is refused. (R21, R48)"""

from custody.core.rules.cases import on_file
from custody.core.rules.items import SOUND, in_hands, present, sealed, settled
from custody.core.rules.rights import Right
from custody.core.rules.scene import Scene, refuse, rule
from custody.core.state import Item, Seal
from custody_schemas.acts import SealApplied, SealBroken, SealVerified
from custody_schemas.declare import Kind
from custody_schemas.terms import DiscrepancyKind, SealState

DONE = (SealState.BROKEN_AUTHORISED, SealState.RESEALED)  # what an act does, nobody just finds
UNSEALED = (None, SealState.NOT_SEALED, SealState.NOT_STATED)


@rule(SealApplied, Kind.ITEM)
def seal_applied(item: Item, act: SealApplied, scene: Scene) -> Item:
    """Who has the item in hand seals it, unless a sound seal is on it."""
    scene.require(Right.HOLD, item.case)
    settled(item)
    in_hands(item, scene)
    if sealed(item):
        refuse("E_SEAL", "the item is sealed: record how that seal was opened first")
    state = SealState.INTACT if item.seal is None else SealState.RESEALED
    return item.but(seal=Seal(id=scene.id, state=state))


@rule(SealVerified, Kind.ITEM)
def seal_verified(item: Item, act: SealVerified, scene: Scene) -> Item:
    """Anybody who handles or checks items may look at a seal, also while it travels."""
    if not scene.may(scene.by, Right.CHECK, item.case):
        scene.require(Right.HOLD, item.case)
    present(item)
    if item.seal is None or act.verdict in UNSEALED:
        refuse("E_SEAL", "no seal is on file, or nothing is said about it")
    return judged_seal(item, act.verdict, scene)


@rule(SealBroken, Kind.ITEM)
def seal_broken(item: Item, act: SealBroken, scene: Scene) -> Item:
    """A seal is opened by who has the item in hand; found open, by anybody who handles items."""
    scene.require(Right.HOLD, item.case)
    present(item)
    if item.seal is None or not sealed(item):
        refuse("E_SEAL", "no sound seal is on file")
    if act.authority is not None:
        on_file(scene.case(item.case), act.authority)
    if act.verdict is SealState.BROKEN_AUTHORISED:
        settled(item)
        in_hands(item, scene)
        return item.but(seal=item.seal.but(state=act.verdict))
    if act.verdict in (*SOUND, *UNSEALED):
        refuse("E_SEAL", f"{act.verdict} is not a way in which a seal is broken")
    return judged_seal(item, act.verdict, scene)


def judged_seal(item: Item, verdict: SealState | None, scene: Scene) -> Item:
    """The item after somebody said what its seal looks like.

    That a seal was opened with authority, or put on anew, is said by who did it in an entry of
    its own; a finding only repeats it. Otherwise a broken seal could be talked away here.

    Raises:
        RuleError: E_SEAL, where that contradicts the record or a sound seal goes unmentioned.
    """
    if item.seal is None:
        if verdict not in UNSEALED:
            refuse("E_SEAL", f"the item was never sealed, but its seal is said to be {verdict}")
        return item
    if verdict in DONE and item.seal.state is not verdict:
        refuse("E_SEAL", f"no entry on file made the seal {verdict}: say how it was found")
    if verdict in SOUND:
        if not sealed(item):
            refuse("E_SEAL", f"the seal is on file as {item.seal.state}, not as sound")
        return item
    if verdict in UNSEALED or verdict is None:
        if sealed(item):
            refuse("E_SEAL", "a seal is on file: read its number off the bag and state it")
        return item
    if item.seal.state is verdict:
        return item
    found = item.seal.but(state=verdict, finding=scene.id, before=item.seal.state)
    return scene.with_discrepancy(item.but(seal=found), DiscrepancyKind.SEAL)
