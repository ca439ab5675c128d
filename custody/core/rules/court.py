"""Rules on items before a court. (R40)"""

from custody.core.rules.cases import on_file
from custody.core.rules.items import in_hands, present, settled
from custody.core.rules.rights import Right
from custody.core.rules.scene import Scene, refuse, rule
from custody.core.rules.seals import judged_seal
from custody.core.rules.transfers import compared, held, judged_hash
from custody.core.state import Item
from custody_schemas.acts import CourtExhibited, CourtReturned
from custody_schemas.declare import Kind
from custody_schemas.terms import Answer, LocationKind, OutsideParty


@rule(CourtExhibited, Kind.ITEM)
def court_exhibited(item: Item, act: CourtExhibited, scene: Scene) -> Item:
    """Who has the item in hand produces it; only its holder leaves it with the court."""
    scene.require(Right.HOLD, item.case)
    settled(item)
    if act.authority is not None:
        on_file(scene.case(item.case), act.authority)
    if act.retained is not Answer.YES:
        in_hands(item, scene)
        return item.but(location=LocationKind.COURT)
    held(item, scene)
    return item.but(
        holder=None,
        outside=OutsideParty.COURT,
        outside_since=scene.id,
        location=LocationKind.COURT,
    )


@rule(CourtReturned, Kind.ITEM)
def court_returned(item: Item, act: CourtReturned, scene: Scene) -> Item:
    """Who takes the item back from the court says what seal and content look like."""
    scene.require(Right.HOLD, item.case)
    present(item)
    if item.outside is not OutsideParty.COURT:
        refuse("E_NO_TRANSFER", "the item is not with a court")
    compared(item, act.hash, act.override, scene)
    taken = judged_hash(judged_seal(item, act.seal, scene), act.hash, scene)
    return taken.but(holder=scene.by, outside=None, outside_since=None, location=act.location)
