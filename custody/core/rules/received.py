"""The rule on items that somebody outside hands in. (R18, R63, R109)"""

from custody.core import times
from custody.core.retention import happening
from custody.core.rules.cases import ended, in_force, on_file
from custody.core.rules.items import compared_media, first_origin, placed, with_content
from custody.core.rules.limits import joined, stated
from custody.core.rules.rights import Right
from custody.core.rules.scene import Scene, refuse, rule
from custody.core.state import Item
from custody_schemas.acts import ItemReceived
from custody_schemas.acts.items import WRONG
from custody_schemas.declare import Kind
from custody_schemas.terms import (
    AuthorityKind,
    DiscrepancyKind,
    LocationKind,
    OutsideParty,
    RetentionLine,
    StoredHash,
    Trigger,
)


@rule(ItemReceived, Kind.ITEM)
def item_received(item: Item, act: ItemReceived, scene: Scene) -> Item:
    """Who takes something in holds it; content that contradicts its digests is disputed."""
    scene.require(Right.HOLD, item.case)
    first_origin(item, scene)
    _answers_a_request(item, act, scene)
    wrong = act.supplied in WRONG or act.stored_hash is StoredHash.MISMATCH
    if wrong and act.disputed is None:
        refuse("E_DISPUTED", "the content does not match the digests that came with it")
    if act.content is None:
        _nothing_digital(act)
        made = item.but(
            origin=act.NAME,
            holder=scene.by,
            location=LocationKind.NOT_STATED,
            happened=happening(item.happened, Trigger.ORIGIN, ended(act)),
        )
    else:
        placed(act.content, act.unread)
        compared_media(act.media, act.stored_hash)
        made = with_content(item, act, RetentionLine.IMAGE, scene)
    made = made.but(authority=act.authority, limits=joined((made.limits, stated(act))))
    if act.disputed is None:
        return made
    return scene.with_discrepancy(made.but(disputed=True), DiscrepancyKind.HASH)


def _answers_a_request(item: Item, act: ItemReceived, scene: Scene) -> None:
    """What a provider produces rests on a legal basis that was in force when it did. (R63)"""
    if act.authority is None:
        if act.received_from is OutsideParty.PROVIDER:
            refuse("E_AUTHORITY", "what a provider produces names its legal basis")
        return
    authority = on_file(scene.case(item.case), act.authority)
    if act.received_from is not OutsideParty.PROVIDER:
        return
    if authority.kind is AuthorityKind.NOT_STATED:
        refuse("E_AUTHORITY", "the entry on file does not say what kind of legal basis it is")
    if not in_force(authority, times.seconds(act.occurred.at)):
        refuse("E_AUTHORITY", f"the {authority.kind} was not in force at {act.occurred.at}")


def _nothing_digital(act: ItemReceived) -> None:
    said = (act.media, act.format, act.stored_hash, act.supplied, act.disputed, act.unread)
    if any(member is not None for member in said):
        refuse("E_CONTENT", "something is said of digital content, and none is given")
