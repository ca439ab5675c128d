"""Inventories: one observation for each item that should be there. (R30, R65, R66)"""

from typing import Annotated

from custody_schemas.acts.common import Common
from custody_schemas.declare import Capacity, Kind, Personal, Within, changes, touches
from custody_schemas.fields import ActorTag, LongText, StatementId, Text
from custody_schemas.terms import InventoryKind, InventoryOutcome

WANTING = (InventoryOutcome.NOT_LOCATED, InventoryOutcome.UNEXPECTEDLY_PRESENT)
Items = Annotated[int, Within(0, 10_000_000)]


class InventoryStarted(Common, name="inventory.started", about=(changes(Kind.LEDGER),)):
    """An inventory begins: of everything, or of what one person holds. (R30, R66)

    kind: why it is made
    expected: how many items should be there, computed
    of: the person whose items are counted; absent: everybody's
    to: who becomes primary custodian after her, at a change of custodian
    scope: room, shelf or case, in words
    participants: who takes part, as stated
    """

    kind: InventoryKind
    expected: Items
    of: ActorTag | None = None
    to: ActorTag | None = None
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


class InventoryClosed(
    Common,
    name="inventory.closed",
    about=(changes(Kind.LEDGER),),
    signers=(Capacity.ACTOR, Capacity.COUNTERPARTY, Capacity.WITNESS, Capacity.APPROVER),
):
    """An inventory ends, with its numbers; who takes part in a change of custodian signs. (R30, R66)

    inventory: the entry that began the inventory
    verified: items that were seen
    missing: items that were not located
    gone: expected items that went elsewhere meanwhile, and that nobody looked for
    unchecked: expected items that nobody looked for, though they should be there
    unexpected: items that should not have been there, beside those that were expected
    remarks: remarks
    """

    inventory: StatementId
    verified: Items
    missing: Items
    gone: Items
    unchecked: Items
    unexpected: Items
    remarks: Personal[LongText]
