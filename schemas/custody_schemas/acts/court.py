"""An item before a court, and back. (R40)"""

from custody_schemas.acts.common import Common
from custody_schemas.acts.items import Conditions
from custody_schemas.declare import Kind, Personal, changes
from custody_schemas.fields import LongText, StatementId, Text
from custody_schemas.terms import Answer, IntegrityVerdict, LocationKind, Override, SealState


class CourtExhibited(Common, name="court.exhibited", about=(changes(Kind.ITEM),)):
    """An item is produced in court. Where the court keeps it, the court holds it. (R40)

    retained: whether the court keeps it
    condition: its condition
    authority: the order to produce it
    court: the court
    hearing: hearing or case number of the court
    court_number: the court's exhibit number
    produced_by: who produced it, as stated
    received_by: who took it for the court, as stated
    """

    retained: Answer
    condition: Conditions
    authority: StatementId | None = None
    court: Personal[Text]
    hearing: Personal[Text]
    court_number: Personal[Text]
    produced_by: Personal[Text]
    received_by: Personal[Text]


class CourtReturned(Common, name="court.returned", about=(changes(Kind.ITEM, many=True),)):
    """A court gives items back; who signs holds them from now on. (R40, R48, R49)

    seal: what the seals look like, compared by software
    hash: whether the content matches its digests, computed
    condition: their condition
    contents_inventoried: whether the contents were looked through
    location: what sort of place they are put in
    override: why a mismatch was accepted
    seal_read: the number read off the bag
    storage: shelf, room, safe
    from_name: who gave them back
    court: the court
    override_reason: why a mismatch was accepted, in words
    remarks: discrepancies and remarks
    """

    seal: SealState | None = None
    hash: IntegrityVerdict | None = None
    condition: Conditions
    contents_inventoried: Answer
    location: LocationKind
    override: Override | None = None
    seal_read: Personal[Text]
    storage: Personal[Text]
    from_name: Personal[Text]
    court: Personal[Text]
    override_reason: Personal[Text]
    remarks: Personal[LongText]
