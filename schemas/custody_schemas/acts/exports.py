"""Acts around a bundle that leaves the house."""

from custody_schemas.acts.common import Common
from custody_schemas.declare import Kind, Personal, touches
from custody_schemas.fields import ActorTag, Digest, Size, StatementId, Text
from custody_schemas.terms import OutsideParty, TransferPurpose


class ExportPrepared(
    Common,
    name="export.prepared",
    about=(touches(Kind.CASE), touches(Kind.ITEM, many=True, optional=True)),
):
    """A bundle is about to be made: for whom, why, with what. (R39)

    Without items it shows the whole case.

    to: the recipient, where the person has an account
    outside: what sort of person or body without an account gets it
    purpose: why
    evidence: whether the evidence itself is inside
    mirror: whether the blinded mirror of all records is inside
    authority: the legal basis
    recipient: the recipient's name
    purpose_text: why, in words
    """

    to: ActorTag | None = None
    outside: OutsideParty | None = None
    purpose: TransferPurpose
    evidence: bool
    mirror: bool
    authority: StatementId | None = None
    recipient: Personal[Text]
    purpose_text: Personal[Text]


class ExportCreated(
    Common,
    name="export.created",
    about=(touches(Kind.CASE), touches(Kind.ITEM, many=True, optional=True)),
):
    """The bundle was made; this is its digest. (R39)

    export: the entry that prepared it
    sha256: SHA-256 of the bundle file
    size: bytes of the bundle file
    """

    export: StatementId
    sha256: Digest
    size: Size
