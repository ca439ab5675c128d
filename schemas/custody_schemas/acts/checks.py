"""Checks, discrepancies, corrections and notes."""

from custody_schemas.acts.common import Common
from custody_schemas.declare import Kind, Personal, changes, touches
from custody_schemas.fields import Lines, LongText, Name, StatementId, Text, Time
from custody_schemas.terms import (
    Absence,
    CheckTrigger,
    CorrectionReason,
    Countersignature,
    DiscrepancyKind,
    DiscrepancyOutcome,
    IntegrityVerdict,
)


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


class DiscrepancyUpdated(
    Common, name="discrepancy.updated", about=(touches(Kind.ITEM, many=True),)
):
    """What is being done about an open discrepancy. (R36, R65)

    discrepancy: the entry that opened it
    kind: what sort of discrepancy it is
    due_at: by when it should be cleared up
    inquiry: number of the inquiry
    details: what was found out
    actions: what is being done
    """

    discrepancy: StatementId
    kind: DiscrepancyKind
    due_at: Time | None = None
    inquiry: Personal[Text]
    details: Personal[LongText]
    actions: Personal[Lines]


class DiscrepancyResolved(
    Common, name="discrepancy.resolved", about=(changes(Kind.ITEM, many=True),)
):
    """A discrepancy ends, on the word of somebody who oversees and does not hold it. (R36, R65)

    discrepancy: the entry that opened it
    kind: what sort of discrepancy it is
    outcome: how it ended
    inquiry: number of the inquiry
    details: what was found out
    relief_granted_by: who relieved the holder of accountability, as stated
    """

    discrepancy: StatementId
    kind: DiscrepancyKind
    outcome: DiscrepancyOutcome
    inquiry: Personal[Text]
    details: Personal[LongText]
    relief_granted_by: Personal[Text]


class CorrectionRecorded(
    Common,
    name="correction.recorded",
    about=(touches(Kind.ITEM, Kind.CASE, Kind.ACTOR, many=True),),
):
    """A field of an earlier entry gets another value, or the entry is annulled. (R35, R58, R59)

    Both stay readable, and no state changes: what an annulled entry did is undone by another act.

    corrects: the entry
    act: what the entry was
    field: its field
    annuls: the whole entry should not be there: made twice, or on the wrong item
    reason: why
    for_absent: why somebody who oversees corrects it and not who signed it
    value: the new value, as text
    values: the new values, where the field is a list
    details: why, in words
    discovered_by: who noticed, as stated
    supervisor: who was told
    """

    corrects: StatementId
    act: Name
    field: Name | None = None
    annuls: bool | None = None
    reason: CorrectionReason
    for_absent: Absence | None = None
    value: Personal[LongText]
    values: Personal[Lines]
    details: Personal[LongText]
    discovered_by: Personal[Text]
    supervisor: Personal[Text]


class NoteRecorded(Common, name="note.recorded", about=(touches(Kind.ITEM, Kind.CASE, many=True),)):
    """A remark that changes nothing; the words stand in the field that every act has. (R11)"""


class StatementCountersigned(
    Common,
    name="statement.countersigned",
    about=(touches(Kind.ITEM, Kind.CASE, Kind.ACTOR, many=True),),
):
    """Another person puts her signature to an entry that stands. (SPEC §3, R9)

    entry: the entry
    position: what she says by it
    remarks: her remarks
    """

    entry: StatementId
    position: Countersignature
    remarks: Personal[LongText]
