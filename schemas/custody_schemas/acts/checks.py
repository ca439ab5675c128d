"""Checks, discrepancies, corrections and notes."""

from custody_schemas.acts.common import Common
from custody_schemas.declare import Kind, Personal, changes, touches
from custody_schemas.fields import Lines, LongText, Name, StatementId, Text, Time
from custody_schemas.terms import CheckTrigger, CorrectionReason, DiscrepancyKind, IntegrityVerdict


class IntegrityChecked(
    Common,
    name="integrity.checked",
    about=(
        touches(Kind.ITEM, many=True, finding=lambda act: act.verdict != IntegrityVerdict.MATCH),
    ),
):
    """Content is hashed again and compared with the digests on file. (R29)

    verdict: the result, computed; the same for all items of the entry
    trigger: what gave rise to the check
    tool: tool and version
    found: digests found where they differ: item number, SHA-256, BLAKE3, size in bytes
    """

    verdict: IntegrityVerdict
    trigger: CheckTrigger
    tool: Personal[Text]
    found: Personal[Lines]


class DiscrepancyOpened(Common, name="discrepancy.opened", about=(changes(Kind.ITEM, many=True),)):
    """Something is not as it should be with the item. (R36, R65)

    kind: what
    due_at: by when it should be cleared up
    details: what was found
    discovered_by: who found it, as stated
    actions: what is being done
    """

    kind: DiscrepancyKind
    due_at: Time | None = None
    details: Personal[LongText]
    discovered_by: Personal[Text]
    actions: Personal[Lines]


class CorrectionRecorded(
    Common,
    name="correction.recorded",
    about=(touches(Kind.ITEM, Kind.CASE, Kind.ACTOR, many=True),),
):
    """A field of an earlier entry gets another value; both stay readable. (R35, R58, R59)

    corrects: the entry
    act: what the entry was
    field: its field
    reason: why
    value: the new value, as text
    values: the new values, where the field is a list
    details: why, in words
    discovered_by: who noticed, as stated
    supervisor: who was told
    """

    corrects: StatementId
    act: Name
    field: Name
    reason: CorrectionReason
    value: Personal[LongText]
    values: Personal[Lines]
    details: Personal[LongText]
    discovered_by: Personal[Text]
    supervisor: Personal[Text]


class NoteRecorded(Common, name="note.recorded", about=(touches(Kind.ITEM, Kind.CASE, many=True),)):
    """A remark that changes nothing; the words stand in the field that every act has. (R11)"""
