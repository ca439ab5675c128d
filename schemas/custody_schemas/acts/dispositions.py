"""How an item leaves custody for good: asked for, approved, done, certified. (R33, R34, R54–R57)"""

from typing import Annotated

from custody_schemas.acts.common import Common
from custody_schemas.declare import Concern, Kind, Mode, Personal, Within, changes, touches
from custody_schemas.fields import Lines, LongText, StatementId, Text
from custody_schemas.terms import (
    Answer,
    Assurance,
    DispositionKind,
    DispositionReason,
    Opinion,
    OutsideParty,
    Removal,
    Sanitisation,
)

ITEMS = (changes(Kind.ITEM, many=True),)


class DispositionRequested(Common, name="disposition.requested", about=ITEMS):
    """Somebody asks that items leave custody for good. (R33, R56)

    kind: what is to become of them
    reason: why
    authority: the legal basis
    details: why, in words
    """

    kind: DispositionKind
    reason: DispositionReason
    authority: StatementId | None = None
    details: Personal[LongText]


class DispositionConsulted(Common, name="disposition.consulted", about=ITEMS):
    """A prosecutor or legal adviser was asked, and this is the answer, as stated. (R33)

    disposition: the entry that asked for the disposition
    opinion: the answer; an objection stops the disposition until another answer is recorded
    adviser: who answered
    words: the answer in words
    """

    disposition: StatementId
    opinion: Opinion
    adviser: Personal[Text]
    words: Personal[LongText]


class DispositionApproved(Common, name="disposition.approved", about=ITEMS):
    """One who neither asked for it nor holds the items approves. (R33, R54)

    disposition: the entry that asked for the disposition
    order: an order on file that counts as one approval, where the pack says so
    remarks: remarks
    """

    disposition: StatementId
    order: StatementId | None = None
    remarks: Personal[LongText]


class DispositionRejected(Common, name="disposition.rejected", about=ITEMS):
    """The disposition does not take place; who asked for it may also take it back. (R33)

    disposition: the entry that asked for the disposition
    reason: why, in words
    """

    disposition: StatementId
    reason: Personal[LongText]


class DispositionBegun(Common, name="disposition.begun", about=ITEMS):
    """From here on content may be gone: a destruction begins, before its witness. (R34, R55)

    disposition: the entry that asked for the disposition
    """

    disposition: StatementId


class DispositionExecuted(
    Common,
    name="disposition.executed",
    about=(
        Concern(Mode.CHANGES, (Kind.ITEM,), 1, 128),
        Concern(Mode.TOUCHES, (Kind.SOURCE,), 0, 128),
    ),
):
    """Items have left custody for good. Items that they were made from are named beside them. (R34)

    disposition: the entry that asked for it; absent on the light path
    kind: what became of them
    sanitisation: how thoroughly media were wiped
    removal: what became of the content in the vault, computed
    to: what sort of person or body has them now
    assurance: how the receiver's acknowledgement is known
    method: method and standard
    media: serial numbers of the media
    verification: how it was made sure that nothing is left
    recipient: who has them now
    recipient_address: the receiver's address
    recipient_document: kind and number of the document that the receiver showed
    ownership: what the receiver declared about whose it is
    viewed_by: who else watched, as stated
    """

    disposition: StatementId | None = None
    kind: DispositionKind
    sanitisation: Sanitisation | None = None
    removal: Removal
    to: OutsideParty | None = None
    assurance: Assurance | None = None
    method: Personal[LongText]
    media: Personal[Lines]
    verification: Personal[LongText]
    recipient: Personal[Text]
    recipient_address: Personal[LongText]
    recipient_document: Personal[Text]
    ownership: Personal[LongText]
    viewed_by: Personal[Text]


class DispositionCertified(Common, name="disposition.certified", about=(touches(Kind.ITEM),)):
    """The certificate of destruction or release. (R34, R75; templates T6 and T7)

    executed: the entry that says it was done
    total: whether nothing of the item is left; refused while any copy remains
    surviving: how many copies, products and exports with content remain, computed
    number: number of the certificate
    remaining: the copies that remain, in words
    """

    executed: StatementId
    total: Answer
    surviving: Annotated[int, Within(0, 100_000)]
    number: Personal[Text]
    remaining: Personal[Lines]
