"""Acts on cases and their legal basis."""

from typing import Annotated

from custody_schemas.acts.common import Common
from custody_schemas.acts.packs import PackName
from custody_schemas.declare import Kind, Personal, Several, begins, changes
from custody_schemas.fields import ActorTag, Lines, LongText, Name, StatementId, Text, Time
from custody_schemas.terms import (
    AuthorityEnd,
    AuthorityKind,
    CaseStatus,
    DataCategory,
    InvestigationForm,
    OffenceSeverity,
    Sensitivity,
)


class CaseOpened(Common, name="case.opened", about=(begins(Kind.CASE), begins(Kind.REGISTER))):
    """A case begins, and with it the register of its items. (R12)

    form: what is investigated
    severity: how serious the offence is
    category: category of the offence, as the jurisdiction pack names it
    sensitivity: what sort of material is to be expected
    lead_officer: who leads the investigation
    legal_profile: the jurisdiction pack that applies
    reference: the case's reference; every tag of the case is made from it
    title: short title
    offences: offence codes
    jurisdiction: whose law applies
    prosecuting_authority: the prosecuting authority
    requesting_office: the requesting office and its reference
    related: references of related cases
    """

    form: InvestigationForm
    severity: OffenceSeverity
    category: Name | None = None
    sensitivity: Sensitivity
    lead_officer: ActorTag | None = None
    legal_profile: PackName | None = None
    reference: Personal[Text]
    title: Personal[Text]
    offences: Personal[Lines]
    jurisdiction: Personal[Text]
    prosecuting_authority: Personal[Text]
    requesting_office: Personal[Text]
    related: Personal[Lines]


class AuthorityRecorded(Common, name="authority.recorded", about=(changes(Kind.CASE),)):
    """A legal basis for acts in the case: a warrant, an order, a consent … (R14)

    kind: what kind of basis it is
    issued_at: when it was issued
    valid_from: from when it holds
    valid_to: until when it holds
    ratify_by: by when an urgent act must be ratified
    data_categories: which categories of data it covers
    follows: the earlier authority that it confirms, extends or ratifies
    identifier: its number
    issuer: who issued it
    scope: what it allows
    scope_items: the things that it names
    conditions: its conditions
    """

    kind: AuthorityKind
    issued_at: Time | None = None
    valid_from: Time | None = None
    valid_to: Time | None = None
    ratify_by: Time | None = None
    data_categories: Annotated[tuple[DataCategory, ...], Several(1, 10)] | None = None
    follows: StatementId | None = None
    identifier: Personal[Text]
    issuer: Personal[Text]
    scope: Personal[LongText]
    scope_items: Personal[Lines]
    conditions: Personal[LongText]


class AuthorityEnded(Common, name="authority.ended", about=(changes(Kind.CASE),)):
    """A legal basis no longer holds: fulfilled, revoked, quashed, not ratified … (R14, R110)

    authority: the legal basis
    ended_at: since when it no longer holds
    cause: why
    details: why, in words
    """

    authority: StatementId
    ended_at: Time
    cause: AuthorityEnd
    details: Personal[LongText]


class CaseStatusChanged(Common, name="case.status_changed", about=(changes(Kind.CASE),)):
    """Where the proceedings stand; retention runs from what is said here. (R13, R72)

    status: where the proceedings stand
    effective_at: since when
    severity: how serious the offence proved to be
    category: category of the offence, as the jurisdiction pack names it
    appeal_deadline: until when an appeal can be filed
    appeal_ended: when the last appeal ended
    release_at: when the convicted person is released from custody
    limitation_at: when the limitation period ends
    court_reference: number of the decision
    outcome: what was decided
    decided_by: who decided
    details: remarks
    """

    status: CaseStatus
    effective_at: Time
    severity: OffenceSeverity | None = None
    category: Name | None = None
    appeal_deadline: Time | None = None
    appeal_ended: Time | None = None
    release_at: Time | None = None
    limitation_at: Time | None = None
    court_reference: Personal[Text]
    outcome: Personal[LongText]
    decided_by: Personal[Text]
    details: Personal[LongText]


class CaseClosed(Common, name="case.closed", about=(changes(Kind.CASE),)):
    """A case ends: nothing new enters it; its items stay in custody. (R13)

    status: how it ended
    court_reference: number of the decision
    details: why, in words
    """

    status: CaseStatus
    court_reference: Personal[Text]
    details: Personal[LongText]


class CaseReopened(Common, name="case.reopened", about=(changes(Kind.CASE),)):
    """A closed case is taken up again. (R13)

    status: why it is open again
    court_reference: number of the decision
    details: why, in words
    """

    status: CaseStatus
    court_reference: Personal[Text]
    details: Personal[LongText]
