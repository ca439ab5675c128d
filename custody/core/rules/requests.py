"""Rules on requests between authorities: what one asks for is there until that ends. (R56, R105)"""

from typing import TypeVar

from custody.core import times
from custody.core.kept import OpenRequest
from custody.core.retention import requested
from custody.core.rules.cases import on_file
from custody.core.rules.holds import concerned
from custody.core.rules.rights import Right
from custody.core.rules.scene import Scene, refuse, rule
from custody.core.state import Case, Item
from custody_schemas.acts import RequestEnded, RequestRecorded
from custody_schemas.declare import Kind
from custody_schemas.terms import Direction, RequestKind, RequestOutcome

Asked = TypeVar("Asked", Item, Case)
PRODUCING = (RequestOutcome.PRODUCED, RequestOutcome.PARTIALLY_PRODUCED)
GROUNDED = (
    RequestOutcome.REFUSED,
    RequestOutcome.IMPOSSIBLE,
    RequestOutcome.PARTIALLY_PRODUCED,
)


@rule(RequestRecorded, Kind.ITEM, Kind.CASE)
def request_recorded(subject: Asked, act: RequestRecorded, scene: Scene) -> Asked:
    """Whoever may check or hold items puts it on file; on a case it covers later items too."""
    case = scene.case(concerned(subject, scene))
    if act.kind is RequestKind.NOT_STATED or act.direction is Direction.NOT_STATED:
        refuse("E_REQUEST", "a request says what is asked for, and whether it came in or went out")
    if act.authority is not None:
        on_file(case, act.authority)
    for moment in filter(None, (act.sent_at, act.received_at)):
        if times.seconds(moment) > scene.at + scene.rules.ahead:
            refuse("E_TIME", f"it would be sent or received at {moment}, which is still to come")
    if act.follows is not None:
        _follows(subject, case, act.follows, scene)
    made = OpenRequest(
        id=scene.id,
        kind=act.kind,
        direction=act.direction,
        by=scene.by,
        since=scene.at,
        respond_by=times.seconds(act.respond_by) if act.respond_by else None,
        expires_at=times.seconds(act.expires_at) if act.expires_at else None,
    )
    return subject.but(requests=(*subject.requests, made))


@rule(RequestEnded, Kind.ITEM, Kind.CASE)
def request_ended(subject: Asked, act: RequestEnded, scene: Scene) -> Asked:
    """Who runs cases, or decides how long items are kept, says how it ended; also of what is gone."""
    case = subject.case if isinstance(subject, Item) else scene.tag
    if not scene.may(scene.by, Right.RETAIN, case):
        scene.require(Right.CASE, case)
    found = next((each for each in subject.requests if each.id == act.request), None)
    if found is None:
        refuse("E_REQUEST", "that entry put no request on file that is still open here")
    _ends(found, act, scene)
    return subject.but(requests=tuple(each for each in subject.requests if each != found))


def _follows(subject: Asked, case: Case, earlier: str, scene: Scene) -> None:
    """A request follows one on the same chain, or one that is open on the item's case. (R107)"""
    cited = scene.cited(earlier)
    open_ones = requested(subject, case) if isinstance(subject, Item) else subject.requests
    if any(each.id == earlier for each in open_ones):
        return
    if cited is None or cited.act != RequestRecorded.NAME:
        refuse("E_REQUEST", "the request that it follows up is not on file here")


def _ends(found: OpenRequest, act: RequestEnded, scene: Scene) -> None:
    """What a request can come to depends on what it asked for. (R105)"""
    preserving = found.kind is RequestKind.PRESERVATION
    if act.outcome is RequestOutcome.NOT_STATED:
        refuse("E_REQUEST", "it is not said what the request came to")
    if preserving and act.outcome in PRODUCING:
        refuse("E_REQUEST", "what was to be preserved is not produced: that takes another request")
    if not preserving and act.outcome is RequestOutcome.RELEASED:
        refuse("E_REQUEST", f"{found.kind} preserves nothing that could be released")
    last = max(filter(None, (found.respond_by, found.expires_at)), default=None)
    if act.outcome is RequestOutcome.EXPIRED and last is not None and scene.at <= last:
        refuse("E_REQUEST", f"it names {times.spelt(last)}, which has not passed")
    if act.ground is not None and act.outcome not in GROUNDED:
        refuse("E_REQUEST", f"{act.outcome} has no ground of refusal")
