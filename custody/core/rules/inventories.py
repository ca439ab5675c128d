"""Rules on inventories. A missing item is a discrepancy, never a deletion. (R30, R65, R66)"""

from custody.core.kept import Counted, Inventory
from custody.core.rules.items import present
from custody.core.rules.rights import Right
from custody.core.rules.scene import Scene, refuse, rule
from custody.core.state import Actor, Item, LedgerFacts
from custody_schemas.acts import InventoryClosed, InventoryObserved, InventoryStarted
from custody_schemas.declare import Kind
from custody_schemas.terms import DiscrepancyKind, InventoryKind, InventoryOutcome

FOUND = {
    InventoryOutcome.NOT_LOCATED: DiscrepancyKind.MISSING_ITEM,
    InventoryOutcome.UNEXPECTEDLY_PRESENT: DiscrepancyKind.EXTRA_ITEM,
}
UNSEEN = (InventoryOutcome.NOT_STATED, InventoryOutcome.NOT_YET_CHECKED)


@rule(InventoryStarted, Kind.LEDGER)
def inventory_started(ledger: LedgerFacts, act: InventoryStarted, scene: Scene) -> LedgerFacts:
    """Who may check or hold items anywhere begins one; at a change of custodian it says of whom."""
    _counts(scene)
    if act.kind is InventoryKind.NOT_STATED:
        refuse("E_INVENTORY", "an inventory says why it is made")
    if (act.kind is InventoryKind.CHANGE_OF_CUSTODIAN) != (act.to is not None):
        refuse("E_INVENTORY", "at a change of custodian it is said who follows, and only then")
    if act.to is not None and act.of in (None, act.to):
        refuse("E_INVENTORY", "it is said whose items another person takes over")
    for person in (act.of, act.to):
        if person is not None and not isinstance(scene.world.subject(person), Actor):
            refuse("E_UNKNOWN", f"nobody with the tag {person:.12} is enrolled")
    begun = Inventory(
        id=scene.id, by=scene.by, since=scene.at, expected=act.expected, of=act.of, to=act.to
    )
    return ledger.but(inventories=(*ledger.inventories, begun))


@rule(InventoryObserved, Kind.ITEM)
def inventory_observed(item: Item, act: InventoryObserved, scene: Scene) -> Item:
    """One observation: what is missing, or should not be there, opens a discrepancy by itself."""
    if not scene.may(scene.by, Right.CHECK, item.case):
        scene.require(Right.HOLD, item.case)
    present(item)
    if not any(each.id == act.inventory for each in scene.ledger.inventories):
        refuse("E_INVENTORY", "that inventory was not begun, or is closed")
    if act.outcome in UNSEEN:
        refuse("E_INVENTORY", "an observation says what was found")
    found = FOUND.get(act.outcome)
    return item if found is None else scene.with_discrepancy(item, found)


@rule(InventoryClosed, Kind.LEDGER)
def inventory_closed(ledger: LedgerFacts, act: InventoryClosed, scene: Scene) -> LedgerFacts:
    """Who began it closes it, or somebody who oversees everywhere; its numbers add up."""
    begun = next((each for each in ledger.inventories if each.id == act.inventory), None)
    if begun is None:
        refuse("E_INVENTORY", "that inventory was not begun, or is closed already")
    if begun.by != scene.by:
        scene.require(Right.OVERSEE, None)
    told = act.verified + act.missing + act.gone + act.unchecked
    if told != begun.expected:
        refuse("E_INVENTORY", f"{begun.expected} items were expected, it accounts for {told}")
    closed = ledger.but(inventories=tuple(i for i in ledger.inventories if i != begun))
    counted = _counted(begun, act, scene)
    return closed.but(counted=(*ledger.counted, counted)) if counted else closed


def _counted(begun: Inventory, act: InventoryClosed, scene: Scene) -> Counted | None:
    """What a successor may be appointed on: nothing unchecked, and both take part. (R66)"""
    if begun.of is None or begun.to is None or act.unchecked:
        return None
    signed = {signer.actor for signer in scene.statement.signers}
    others = signed - {begun.of, begun.to}
    there = begun.of in signed or any(scene.may(o, Right.OVERSEE, None) for o in others)
    if begun.to not in signed or not there:
        return None
    return Counted(id=begun.id, of=begun.of, to=begun.to, n=scene.n, at=scene.at)


def _counts(scene: Scene) -> None:
    if not scene.may(scene.by, Right.CHECK, None):
        scene.require(Right.HOLD, None)
