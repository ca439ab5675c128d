"""Jurisdiction packs: schedules and limits as data, signed into the ledger. (R79, R90, R131)"""

from typing import Annotated

from custody_schemas.acts.common import Common
from custody_schemas.declare import Chars, Kind, Matches, Personal, Record, Several, Within, changes
from custody_schemas.fields import Digest, LongText, Name
from custody_schemas.terms import (
    AuthorityKind,
    CaseStatus,
    EvidenceType,
    OffenceSeverity,
    RetentionLine,
    RetentionMode,
    Trigger,
)

PackName = Annotated[str, Matches(r"[a-z][a-z0-9_.-]{0,63}", "the name of a pack, like example.ew")]
PackVersion = Annotated[int, Within(1, 99_999)]
DeadlineCode = Annotated[
    str, Matches(r"[A-Za-z][A-Za-z0-9_.-]{0,63}", "the code of a deadline, like EPOC-N")
]
Words = Annotated[str, Chars(1, 1000)]
Many = Several(1, 100)
FieldName = Annotated[str, Matches(r"[a-z][a-z0-9_.]{0,63}", "a field, or an act and its field")]


class Period(Record):
    """A span of the calendar: years and months first, then days (SPEC §9).

    years: years
    months: months
    days: days
    """

    years: Annotated[int, Within(0, 200)]
    months: Annotated[int, Within(0, 1200)]
    days: Annotated[int, Within(0, 36_500)]


class RetentionRule(Record):
    """One line of a retention schedule; a condition that is absent is met by everything. (R72, R74)

    code: name of the rule in its pack
    text: the rule in words
    source: the law or standard it comes from
    lines: which of device, image, working copy and derived product it is about
    types: which sorts of evidence
    severities: how serious the offence is
    categories: which categories of offence, by the pack's own names
    statuses: in which status of the case
    trigger: the event from which the time runs; until it happens the item is kept
    keep: how long after the event; absent: for good
    mode: whether the date may be shortened
    """

    code: Name
    text: Words
    source: Words
    lines: Annotated[tuple[RetentionLine, ...], Many]
    types: Annotated[tuple[EvidenceType, ...], Many] | None = None
    severities: Annotated[tuple[OffenceSeverity, ...], Many] | None = None
    categories: Annotated[tuple[Name, ...], Many] | None = None
    statuses: Annotated[tuple[CaseStatus, ...], Many] | None = None
    trigger: Trigger
    keep: Period | None = None
    mode: RetentionMode


class Deadline(Record):
    """Something that is to be done by a time after an event; shown, never enforced. (R53, §3.1)

    code: name of the deadline
    text: what is to be done
    source: the law or standard it comes from
    hours: how long after the event
    """

    code: DeadlineCode
    text: Words
    source: Words
    hours: Annotated[int, Within(1, 1_000_000)]


class Profile(Record):
    """What an export of that name opens; every other personal value is withheld. (R83)

    name: name of the profile
    text: for whom it is
    opens: fields by name, or of one act only by the act's and the field's name
    ground: the legal ground on which the rest is withheld
    """

    name: Name
    text: Words
    opens: Annotated[tuple[FieldName, ...], Several(1, 500)]
    ground: Words


class Pack(Record):
    """The rules of one jurisdiction, as far as software applies them. (R131)

    name: name of the pack
    version: its version; a later one has a greater number
    title: title, with a note where it is an example only
    example: whether it is an example that somebody must confirm locally
    retention: the retention schedule
    deadlines: deadlines that are shown
    outside_witness: evidence whose destruction needs a witness from outside its chain
    orders: legal bases of which one, on file, counts as one approval of a disposition
    light: evidence that goes back to its owner with one approver, once an image is on file
    profiles: what redacted exports open
    cooling_off_days: days after which a later version of the pack takes effect
    justification: whether whoever consults the record must say why
    consultations_kept: how long the log of consultations is kept; absent: for good
    """

    name: PackName
    version: PackVersion
    title: Words
    example: bool
    retention: Annotated[tuple[RetentionRule, ...], Several(0, 500)]
    deadlines: Annotated[tuple[Deadline, ...], Several(0, 200)]
    outside_witness: Annotated[tuple[EvidenceType, ...], Several(0, 100)]
    orders: Annotated[tuple[AuthorityKind, ...], Several(0, 40)]
    light: Annotated[tuple[EvidenceType, ...], Several(0, 100)]
    profiles: Annotated[tuple[Profile, ...], Several(0, 40)]
    cooling_off_days: Annotated[int, Within(0, 3650)]
    justification: bool
    consultations_kept: Period | None = None


class PackLoaded(Common, name="pack.loaded", about=(changes(Kind.LEDGER),)):
    """A jurisdiction pack, or a later version of one, is put in force; two people sign. (R131)

    The first version of a pack takes effect at once, a later one when the cooling-off period of the
    version before it is over; until then the longer of both dates holds.

    pack: the pack
    source: SHA-256 of the file that the pack was read from
    reason: why, in words
    """

    pack: Pack
    source: Digest
    reason: Personal[LongText]
