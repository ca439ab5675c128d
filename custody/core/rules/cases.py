"""Rules on cases and their legal bases. (R12–R14, R63)"""

from custody.core import times
from custody.core.retention import OUTCOMES, PENDING, happening
from custody.core.rules.rights import Right
from custody.core.rules.scene import Scene, refuse, rule
from custody.core.state import Authority, Case, Register
from custody_schemas.acts import (
    AuthorityEnded,
    AuthorityRecorded,
    CaseClosed,
    CaseOpened,
    CaseReopened,
    CaseStatusChanged,
    Common,
)
from custody_schemas.declare import Kind
from custody_schemas.terms import AuthorityKind, CaseStatus, Trigger

ENDING = (*OUTCOMES.values(), Trigger.RELEASE_FROM_CUSTODY, Trigger.APPEAL_END)


@rule(CaseOpened, Kind.CASE)
def case_opened(case: None, act: CaseOpened, scene: Scene) -> Case:
    """A case begins together with its register."""
    scene.require(Right.CASE, scene.tag)
    (register,) = scene.statement.places(Kind.REGISTER)
    return Case(
        register=register.tag,
        opened_by=scene.by,
        closed=False,
        authorities=(),
        profile=act.legal_profile,
        severity=act.severity,
        category=act.category,
        status=CaseStatus.OPEN,
        happened=happening((), Trigger.CASE_OPENED, ended(act)),
        holds=(),
        requests=(),
        exports=(),
    )


@rule(CaseOpened, Kind.REGISTER)
def register_opened(register: None, act: CaseOpened, scene: Scene) -> Register:
    """The register belongs to the case it began with."""
    (case,) = scene.statement.places(Kind.CASE)
    return Register(case=case.tag, items=0)


@rule(AuthorityRecorded, Kind.CASE)
def authority_recorded(case: Case, act: AuthorityRecorded, scene: Scene) -> Case:
    """A legal basis is put on file; one that follows another names it."""
    scene.require(Right.CASE, scene.tag)
    if case.closed:
        refuse("E_CASE_CLOSED", "the case is closed")
    start, end = _seconds(act.valid_from or act.issued_at), _seconds(act.valid_to)
    if start is not None and end is not None and end < start:
        refuse("E_AUTHORITY", "it would end before it begins")
    if act.kind is AuthorityKind.EXIGENT_CIRCUMSTANCES and act.ratify_by is None:
        refuse("E_AUTHORITY", "exigent circumstances must say by when they are to be ratified")
    if act.follows and not any(a.id == act.follows for a in case.authorities):
        refuse("E_AUTHORITY", "the authority that it follows is not on file in this case")
    authority = Authority(
        id=scene.id,
        kind=act.kind,
        valid_from=start,
        valid_to=end,
        ratify_by=_seconds(act.ratify_by),
        follows=act.follows,
    )
    return case.but(authorities=(*case.authorities, authority))


@rule(AuthorityEnded, Kind.CASE)
def authority_ended(case: Case, act: AuthorityEnded, scene: Scene) -> Case:
    """A legal basis on file ends, once."""
    scene.require(Right.CASE, scene.tag)
    authority = on_file(case, act.authority)
    if authority.ended is not None:
        refuse("E_AUTHORITY", f"it ended already, at {times.spelt(authority.ended)}")
    ended = authority.but(ended=times.seconds(act.ended_at))
    if times.seconds(act.ended_at) > scene.at + scene.rules.ahead:
        refuse("E_TIME", f"it would end at {act.ended_at}, which is still to come")
    kept = tuple(ended if each.id == act.authority else each for each in case.authorities)
    return case.but(authorities=kept)


@rule(CaseClosed, Kind.CASE)
def case_closed(case: Case, act: CaseClosed, scene: Scene) -> Case:
    """Who may run cases closes one: nothing new enters it, its items stay in custody."""
    scene.require(Right.CASE, scene.tag)
    if case.closed:
        refuse("E_CASE_CLOSED", "the case is closed already")
    stands = case if act.status is CaseStatus.NOT_STATED else _stands(case, act.status, ended(act))
    events = happening(stands.happened, Trigger.CASE_CLOSED, ended(act))
    return stands.but(closed=True, happened=events)


@rule(CaseReopened, Kind.CASE)
def case_reopened(case: Case, act: CaseReopened, scene: Scene) -> Case:
    """Who oversees takes a closed case up again."""
    scene.require(Right.OVERSEE, scene.tag)
    if not case.closed:
        refuse("E_CASE_OPEN", "the case is open")
    stands = _stands(case, act.status, ended(act))
    events = (each for each in stands.happened if each.trigger is not Trigger.CASE_CLOSED)
    return stands.but(closed=False, happened=tuple(events))


@rule(CaseStatusChanged, Kind.CASE)
def status_changed(case: Case, act: CaseStatusChanged, scene: Scene) -> Case:
    """Who runs cases, or decides how long items are kept, says where the proceedings stand."""
    if not scene.may(scene.by, Right.RETAIN, scene.tag):
        scene.require(Right.CASE, scene.tag)
    since, appeal = times.seconds(act.effective_at), _seconds(act.appeal_ended)
    if max(since, appeal or 0) > scene.at + scene.rules.ahead:
        refuse("E_TIME", "what is said to have happened is still to come")
    if appeal is not None and act.status in PENDING:
        refuse("E_APPEAL", "an appeal or review is pending, and is said to have ended")
    stands = _stands(case, act.status, since)
    for trigger, moment in (
        (Trigger.APPEAL_END, appeal),
        (Trigger.RELEASE_FROM_CUSTODY, _seconds(act.release_at)),
        (Trigger.LIMITATION_EXPIRY, _seconds(act.limitation_at)),
    ):
        if moment is not None:
            stands = stands.but(happened=happening(stands.happened, trigger, moment))
    if appeal is not None or act.appeal_deadline is not None:
        stands = stands.but(appeal_until=_seconds(act.appeal_deadline))
    return stands.but(
        severity=act.severity or case.severity, category=act.category or case.category
    )


def _stands(case: Case, status: CaseStatus, since: int) -> Case:
    """The case in that status: what no longer holds has not happened. (SPEC §9.9)

    An outcome, and with it release and the end of an appeal, holds until another status than
    `closed` is recorded; then everything that ended the proceedings is said anew. Until when an
    appeal can be filed is on file until there is another outcome: nobody files one any earlier.
    """
    outcome, known = OUTCOMES.get(status), [each.trigger for each in case.happened]
    if status is CaseStatus.CLOSED or outcome in known:
        stands = case.but(status=status)
    else:
        events = (each for each in case.happened if each.trigger not in ENDING)
        until = case.appeal_until if outcome is None else None
        stands = case.but(status=status, happened=tuple(events), appeal_until=until)
    if outcome is None:
        return stands
    return stands.but(happened=happening(stands.happened, outcome, since))


def on_file(case: Case, authority: str) -> Authority:
    """The legal basis that an act cites.

    Raises:
        RuleError: E_AUTHORITY.
    """
    found = next((a for a in case.authorities if a.id == authority), None)
    if found is None:
        refuse("E_AUTHORITY", f"the authority {authority:.12} is not on file in this case")
    return found


def in_force(authority: Authority, moment: int) -> bool:
    """Whether the legal basis covers that moment (Unix seconds)."""
    ends = [end for end in (authority.valid_to, authority.ended) if end is not None]
    began = authority.valid_from is None or authority.valid_from <= moment
    return began and all(moment <= end for end in ends)


def ended(act: Common) -> int:
    """When it had happened: the end of what the entry says of it."""
    return times.seconds(act.occurred.until or act.occurred.at)


def _seconds(text: str | None) -> int | None:
    return times.seconds(text) if text else None
