"""Acts on seals. The number stands in a personal field; rules read the verdict only."""

from custody_schemas.acts.common import Common
from custody_schemas.acts.items import Conditions
from custody_schemas.declare import Kind, Personal, changes, touches
from custody_schemas.fields import StatementId, Text
from custody_schemas.terms import Answer, SealState, SealType

SOUND = {SealState.INTACT, SealState.RESEALED}


class SealApplied(Common, name="seal.applied", about=(changes(Kind.ITEM),)):
    """A seal is put on the item, or a new one after a break. (R21)

    type: what sort of seal
    condition: the item's condition when sealed
    contents_inventoried: whether the contents were looked through before
    seal_number: number on the seal
    bag_number: number on the bag
    signed_across: who signed across the seal
    """

    type: SealType
    condition: Conditions
    contents_inventoried: Answer
    seal_number: Personal[Text]
    bag_number: Personal[Text]
    signed_across: Personal[Text]


class SealVerified(
    Common,
    name="seal.verified",
    about=(touches(Kind.ITEM, finding=lambda act: act.verdict not in SOUND),),
):
    """A seal is looked at: the number read off the bag is compared with the number on file. (R21)

    verdict: what was found, compared by software
    seal_read: the number read off the bag
    """

    verdict: SealState
    seal_read: Personal[Text]


class SealBroken(Common, name="seal.broken", about=(changes(Kind.ITEM),)):
    """A seal is opened on purpose, or found open. (R21)

    verdict: authorised or not
    authority: the legal basis for opening it
    contents_inventoried: whether the contents were looked through
    reason: why it was opened
    seal_read: the number read off the bag before
    """

    verdict: SealState
    authority: StatementId | None = None
    contents_inventoried: Answer
    reason: Personal[Text]
    seal_read: Personal[Text]
