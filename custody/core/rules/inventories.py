"""Rules on inventories. A missing item is a discrepancy, never a deletion. (R30, R65, R66)"""

from custody.core.kept import Inventory
from custody.core.rules.items import present
from custody.core.rules.rights import Right
from custody.core.rules.scene import Scene, refuse, rule
from custody.core.state import Item, LedgerFacts
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
    """Who may check or hold items anywhere begins one."""
    _counts(scene)
    if act.kind is InventoryKind.NOT_STATED:
        refuse("E_INVENTORY", "an inventory says why it is made")
    begun = Inventory(id=scene.id, by=scene.by, since=scene.at)
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
    """Who began it closes it, or somebody who oversees everywhere."""
    begun = next((each for each in ledger.inventories if each.id == act.inventory), None)
    if begun is None:
        refuse("E_INVENTORY", "that inventory was not begun, or is closed already")
    if begun.by != scene.by:
        scene.require(Right.OVERSEE, None)
    return ledger.but(inventories=tuple(i for i in ledger.inventories if i != begun))


def _counts(scene: Scene) -> None:
    if not scene.may(scene.by, Right.CHECK, None):
        scene.require(Right.HOLD, None)
