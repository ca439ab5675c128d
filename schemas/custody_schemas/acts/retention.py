"""How long an item is kept, and what keeps it longer. (R31, R32, R69–R74)"""

from typing import Annotated

from custody_schemas.acts.common import Common
from custody_schemas.acts.packs import PackName, PackVersion
from custody_schemas.declare import Kind, Personal, Several, changes
from custody_schemas.fields import LongText, Name, StatementId, Text, Time
from custody_schemas.terms import EvidenceType, HoldKind, RetentionLine, RetentionMode

ITEMS = (changes(Kind.ITEM, many=True),)
HELD = (changes(Kind.ITEM, Kind.CASE, many=True),)
Types = Annotated[tuple[EvidenceType, ...], Several(1, 100)]
RetentionLines = Annotated[tuple[RetentionLine, ...], Several(1, 4)]


class RetentionAssigned(Common, name="retention.assigned", about=ITEMS):
    """Items get a further retention line: a rule of a pack, a date, or for good. (R32, R69)

    The rules of the case's own pack apply without it; the longest of all lines decides.

    pack: the pack
    pack_version: its version, as it was when the line was assigned
    rule: the rule in that pack
    retain_until: the date, where no rule computes it; without rule and date: for good
    mode: whether the date may be shortened
    authority: the legal basis
    basis: why, in words
    decided_by: who decided it, as stated
    """

    pack: PackName | None = None
    pack_version: PackVersion | None = None
    rule: Name | None = None
    retain_until: Time | None = None
    mode: RetentionMode
    authority: StatementId | None = None
    basis: Personal[LongText]
    decided_by: Personal[Text]


class RetentionChanged(Common, name="retention.changed", about=ITEMS):
    """The date of one retention line moves: later by one person, earlier by three. (R54, R70)

    assigned: the entry that assigned the line
    pack: the pack, where the line is a rule of the case's pack
    rule: the rule in that pack
    retain_until: the new date; absent: for good
    authority: the legal basis on file; an earlier date needs one
    basis: why, in words
    """

    assigned: StatementId | None = None
    pack: PackName | None = None
    rule: Name | None = None
    retain_until: Time | None = None
    authority: StatementId | None = None
    basis: Personal[LongText]


class RetentionReviewed(Common, name="retention.reviewed", about=ITEMS):
    """Somebody looked whether the items are still needed, and keeps them. (R32, R73)

    next_review: when that is looked at again
    reason: why they are kept, in words
    """

    next_review: Time
    reason: Personal[LongText]


class HoldPlaced(Common, name="hold.placed", about=HELD):
    """Nothing may be disposed of or erased until this hold is released. (R31, R71)

    On a case it covers all its items, also later ones, or those that the query names.

    kind: what sort of hold it is
    review_by: when somebody is to look whether it is still needed; it never lapses
    types: query: only these sorts of evidence
    lines: query: only these of device, image, working copy and derived product
    authority: the legal basis
    issuer: who asked for it
    reason: why, in words
    """

    kind: HoldKind
    review_by: Time | None = None
    types: Types | None = None
    lines: RetentionLines | None = None
    authority: StatementId | None = None
    issuer: Personal[Text]
    reason: Personal[LongText]


class HoldAmended(Common, name="hold.amended", about=HELD):
    """A hold is looked at again, or widened; narrowing one takes a new hold and a release. (R31)

    hold: the entry that placed it
    review_by: when somebody is to look at it again
    types: query: only these sorts of evidence; absent: all
    lines: query: only these lines; absent: all
    reason: why, in words
    """

    hold: StatementId
    review_by: Time | None = None
    types: Types | None = None
    lines: RetentionLines | None = None
    reason: Personal[LongText]


class HoldReleased(Common, name="hold.released", about=HELD):
    """A hold ends; two approvers who neither asked for it nor hold the item co-sign. (R31, R54)

    hold: the entry that placed it
    authority: the legal basis
    reason: why, in words
    """

    hold: StatementId
    authority: StatementId | None = None
    reason: Personal[LongText]
