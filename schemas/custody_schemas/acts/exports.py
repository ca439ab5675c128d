"""Acts around a bundle that leaves the house."""

from typing import Annotated

from custody_schemas.acts.common import Common
from custody_schemas.acts.packs import FieldName, PackName, PackVersion
from custody_schemas.declare import Kind, Personal, Several, touches
from custody_schemas.fields import (
    ActorTag,
    Digest,
    LongText,
    Name,
    Number,
    Size,
    StatementId,
    Text,
)
from custody_schemas.terms import OutsideParty, TransferPurpose

Fields = Annotated[tuple[FieldName, ...], Several(1, 500)]
Numbers = Annotated[tuple[Number, ...], Several(1, 10_000)]


class ExportPrepared(
    Common,
    name="export.prepared",
    about=(touches(Kind.CASE), touches(Kind.ITEM, many=True, optional=True)),
):
    """A bundle is about to be made: for whom, why, with what, and what it withholds. (R39, R83, R98)

    Without items it shows the whole case. With a profile it opens what that names and no more.

    to: the recipient, where the person has an account
    outside: what sort of person or body without an account gets it
    purpose: why
    evidence: whether the evidence itself is inside
    mirror: whether the blinded mirror of all records is inside
    encrypted: whether the file is encrypted to its recipients
    pack: the jurisdiction pack that has the profile
    pack_version: the version of that pack
    profile: the profile by which fields are opened
    redacted: fields that are withheld besides, by name, or as an act's and a field's name
    restricted: restricted fields that are opened all the same, named alike
    sensitive: numbers of items whose content is inside though it is sensitive
    left_out: numbers of items whose content is left out because it is sensitive
    authority: the legal basis
    consent: the giver's consent on file, where a limit of use would forbid it
    recipient: the recipient's name
    purpose_text: why, in words
    ground: on what ground fields are withheld besides
    """

    to: ActorTag | None = None
    outside: OutsideParty | None = None
    purpose: TransferPurpose
    evidence: bool
    mirror: bool
    encrypted: bool
    pack: PackName | None = None
    pack_version: PackVersion | None = None
    profile: Name | None = None
    redacted: Fields | None = None
    restricted: Fields | None = None
    sensitive: Numbers | None = None
    left_out: Numbers | None = None
    authority: StatementId | None = None
    consent: StatementId | None = None
    recipient: Personal[Text]
    purpose_text: Personal[Text]
    ground: Personal[LongText]


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
