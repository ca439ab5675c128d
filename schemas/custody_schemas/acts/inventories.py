"""Inventories: one observation for each item that should be there. (R30, R65, R66)"""

from typing import Annotated

from custody_schemas.acts.common import Common
from custody_schemas.declare import Kind, Personal, Within, changes, touches
from custody_schemas.fields import LongText, StatementId, Text
from custody_schemas.terms import InventoryKind, InventoryOutcome

WANTING = (InventoryOutcome.NOT_LOCATED, InventoryOutcome.UNEXPECTEDLY_PRESENT)
Items = Annotated[int, Within(0, 10_000_000)]


class InventoryStarted(Common, name="inventory.started", about=(changes(Kind.LEDGER),)):
    """An inventory begins: of everything, or of what one person holds. (R30, R66)

    kind: why it is made
    expected: how many items should be there, computed
    holder: whose items are counted; empty: everybody's
    scope: room, shelf or case, in words
    participants: who takes part, as stated
    """

    kind: InventoryKind
    expected: Items
    holder: Personal[Text]
    scope: Personal[Text]
    participants: Personal[Text]


class InventoryObserved(
    Common,
    name="inventory.observed",
    about=(touches(Kind.ITEM, many=True, finding=lambda act: act.outcome in WANTING),),
):
    """What was found of these items. One that is missing, or should not be here, is a finding. (R30)

    inventory: the entry that began the inventory
    outcome: what was found
    remarks: remarks
    """

    inventory: StatementId
    outcome: InventoryOutcome
    remarks: Personal[LongText]


class InventoryClosed(Common, name="inventory.closed", about=(changes(Kind.LEDGER),)):
    """An inventory ends, with its numbers. (R30, R66)

    inventory: the entry that began the inventory
    verified: items that were seen
    missing: items that were not located
    unexpected: items that should not have been there
    unchecked: items that nobody looked for
    remarks: remarks
    """

    inventory: StatementId
    verified: Items
    missing: Items
    unexpected: Items
    unchecked: Items
    remarks: Personal[LongText]
