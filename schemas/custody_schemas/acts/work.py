"""Working copies, analyses and their reviews, and the numbers that others give an item."""

from typing import Annotated

from custody_schemas.acts.common import Common
from custody_schemas.declare import Kind, Personal, Within, changes, touches
from custody_schemas.fields import ActorTag, Lines, LongText, StatementId, Text, Time
from custody_schemas.terms import (
    AccessPurpose,
    Answer,
    Automation,
    CopyFate,
    IntegrityVerdict,
    OutsideParty,
    Override,
    ReferenceKind,
    ReviewOutcome,
)

ITEMS = (touches(Kind.ITEM, many=True),)


class ItemReferenceAssigned(Common, name="item.reference_assigned", about=(touches(Kind.ITEM),)):
    """Somebody else's number for the item: a laboratory's, a court's, an agency's. (R15, R40)

    kind: whose number it is
    reference: the number
    given_by: who gave it
    """

    kind: ReferenceKind
    reference: Personal[Text]
    given_by: Personal[Text]


class CopyIssued(Common, name="copy.issued", about=(changes(Kind.ITEM),)):
    """A working copy is written and read back; the item itself stays where it is. (R25, design §5)

    number: number of the copy, counted from 1 for each item
    to: who gets it
    outside: what sort of person or body without an account gets it
    purpose: what for
    verified: whether the copy, read back, matches the digests on file, computed
    due_back: when it is due back
    authority: the legal basis
    consent: the giver's consent on file, where a limit of use would forbid it
    purpose_text: what for, in words
    to_name: name of the receiver without an account
    copy_medium: the medium that it is on: make, serial number
    copy_path: where on the medium it is
    protection: packaging and encryption
    """

    number: Annotated[int, Within(1, 9_999)]
    to: ActorTag | None = None
    outside: OutsideParty | None = None
    purpose: AccessPurpose
    verified: IntegrityVerdict
    due_back: Time | None = None
    authority: StatementId | None = None
    consent: StatementId | None = None
    purpose_text: Personal[Text]
    to_name: Personal[Text]
    copy_medium: Personal[Text]
    copy_path: Personal[LongText]
    protection: Personal[Text]


class CopyReturned(Common, name="copy.returned", about=(changes(Kind.ITEM),)):
    """A working copy came back, or what else became of it. (R25, R75)

    copy: the entry that issued it
    fate: what became of it
    hash: whether it still matches the digests on file, computed
    details: how it was wiped or destroyed, or where it was lost
    """

    copy: StatementId
    fate: CopyFate
    hash: IntegrityVerdict | None = None
    details: Personal[LongText]


class AnalysisRecorded(Common, name="analysis.recorded", about=ITEMS):
    """Items were examined: the question, the method, the tools, the limits. (R27, R51, R125)

    working_copy: whether a working copy was used
    original: why an original was examined although a verified copy exists
    validated: whether the method was validated for this use
    automation: what part automated or learning software had
    human_review: whether a person reviewed what the software put out
    authority: the legal basis
    question: the question that was put
    request_reference: reference of the request
    method: method and its version
    method_validation: record of the method's validation
    tools: tools and versions
    ai_model: name and version of a learned model
    ai_role: what the model was used for
    human_reviewer: who reviewed what the software put out, as stated
    result: what was found
    limitations: what the result does not show
    impact: what examining the original changed, and why the examiner was competent for it
    override_reason: why the original was examined, in words
    """

    working_copy: Answer
    original: Override | None = None
    validated: Answer
    automation: Automation
    human_review: Answer
    authority: StatementId | None = None
    question: Personal[LongText]
    request_reference: Personal[Text]
    method: Personal[Text]
    method_validation: Personal[Text]
    tools: Personal[Lines]
    ai_model: Personal[Text]
    ai_role: Personal[Text]
    human_reviewer: Personal[Text]
    result: Personal[LongText]
    limitations: Personal[LongText]
    impact: Personal[LongText]
    override_reason: Personal[Text]


class AnalysisReviewed(Common, name="analysis.reviewed", about=ITEMS):
    """Another examiner goes over an analysis. (R125)

    analysis: the entry that recorded it
    outcome: what the review came to
    repeated: whether the examination was done again
    remarks: what the reviewer says
    """

    analysis: StatementId
    outcome: ReviewOutcome
    repeated: Answer
    remarks: Personal[LongText]
