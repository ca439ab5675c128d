"""Whether anybody still needs an item: asked wherever one could leave custody for good. (R56)"""

from custody.core.retention import PENDING, held_by, kinds, requested, retained
from custody.core.rules.items import settled
from custody.core.rules.scene import Scene, refuse
from custody.core.state import Item


def free(item: Item, scene: Scene) -> None:
    """No custody act on the item is open, and nobody needs it. (R56)

    Raises:
        RuleError: E_NO_ORIGIN, E_TERMINAL, E_OPEN_TRANSFER, E_CHECKED_OUT, and as `unneeded`.
    """
    settled(item)
    if item.out is not None:
        refuse("E_CHECKED_OUT", "the item is checked out")
    unneeded(item, scene)


def unneeded(item: Item, scene: Scene) -> None:
    """No hold, finding, request, appeal or retention keeps the item. (R56)

    Raises:
        RuleError: E_HOLD, E_OPEN_DISCREPANCY, E_REQUEST, E_APPEAL, E_RETENTION.
    """
    case = scene.case(item.case)
    holds = held_by(item, case)
    if holds:
        refuse("E_HOLD", f"the item is under hold: {kinds(holds)}")
    if item.discrepancies:
        refuse("E_OPEN_DISCREPANCY", f"unresolved: {item.discrepancies[0].kind}")
    requests = requested(item, case)
    if requests:
        refuse("E_REQUEST", f"another authority's request is open: {kinds(requests)}")
    if case.status in PENDING:
        refuse("E_APPEAL", f"the case is in {case.status}")
    if case.appeal_until is not None and scene.at <= case.appeal_until:
        refuse("E_APPEAL", "an appeal can still be filed")
    kept = retained(item, case, scene.packs, scene.at)
    if not kept.over(scene.at):
        refuse("E_RETENTION", f"the item is kept {kept.words()}")
