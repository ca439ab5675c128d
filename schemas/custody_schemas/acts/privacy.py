"""Personal data erased or restricted, with the record of custody left whole. (R41, R93, R97)"""

from typing import Annotated

from custody_schemas.acts.common import Common
from custody_schemas.declare import Kind, Personal, Several, touches
from custody_schemas.fields import Digest, LongText, Name, StatementId, Text
from custody_schemas.terms import ErasureGround, ErasureMethod

Fields = Annotated[tuple[Name, ...], Several(1, 40)]
ABOUT = (touches(Kind.ITEM, Kind.CASE, Kind.ACTOR, many=True),)


class PrivacyErased(Common, name="privacy.erased", about=ABOUT):
    """Personal values of one entry, or a whole entry that changed nothing, are destroyed. (R41, R93)

    entry: the entry
    act: what sort of entry it is
    fields: the fields that are erased; absent: the whole entry
    envelope: SHA-256 of the envelope that is erased whole
    ground: on what ground
    method: how the values were made unreadable
    authority: the legal basis
    requested_by: who asked for it
    reason: why, in words
    """

    entry: StatementId
    act: Name
    fields: Fields | None = None
    envelope: Digest | None = None
    ground: ErasureGround
    method: ErasureMethod
    authority: StatementId | None = None
    requested_by: Personal[Text]
    reason: Personal[LongText]


class PrivacyRestricted(Common, name="privacy.restricted", about=ABOUT):
    """Personal values are kept as evidence, but leave the house only when they are named. (R97)

    entry: the entry
    fields: the fields
    lifted: whether the restriction ends
    ground: on what ground
    requested_by: who asked for it
    reason: why, in words
    """

    entry: StatementId
    fields: Fields
    lifted: bool
    ground: ErasureGround
    requested_by: Personal[Text]
    reason: Personal[LongText]
