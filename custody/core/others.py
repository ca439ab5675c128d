"""What speaks against the record in what others asked for, or allowed. (R56, R98, R101, R105)

None of it is against the rules. A request that ended kept the evidence until then; what a whole
case exports, no rule can hold against the limits of each item.
"""

from collections.abc import Iterator

from custody.core import times
from custody.core.against import spaced
from custody.core.circumstances import Found, Setting
from custody.core.kept import OpenRequest
from custody.core.rules.exports import inside
from custody.core.rules.limits import beyond
from custody.core.rules.transfers import for_good
from custody.core.state import Case, Item
from custody_schemas import acts
from custody_schemas.declare import Kind


def of_others(setting: Setting) -> Found:
    """Kind and words of each fact of one entry."""
    match setting.told.statement.act:
        case acts.RequestEnded() as act:
            who, where = setting.name(setting.told.statement.by), setting.record(act.request)
            kinds = ", ".join(dict.fromkeys(_kinds(act, setting))) or "request"
            words = f"the {kinds} of {where} is over, {spaced(act.outcome)}"
            yield "request", f"{words}, on the word of {who}"
        case acts.TransferReleased() as act if for_good(act):
            yield "disposition", "it was let go to an owner by a hand-over, approved by nobody"
        case acts.ExportPrepared() as act:
            yield from _whole(act, setting)
        case acts.CaseClosed():
            yield from _closed(setting)


def unanswered(subject: Item | Case, now: int) -> Iterator[tuple[str, str]]:
    """Requests that are open past a day that they name."""
    for each in subject.requests:
        if each.due is not None and each.due < now:
            words = f"{_called(each)} is open, and names a day that has passed"
            yield "request", f"{words}: {times.spelt(each.due)}"


def _kinds(act: acts.RequestEnded, setting: Setting) -> Iterator[str]:
    for place in setting.told.statement.about:
        subject = setting.before.get(place.tag)
        if isinstance(subject, Item | Case):
            found = (each for each in subject.requests if each.id == act.request)
            yield from (f"request ({spaced(each.kind)})" for each in found)


def _whole(act: acts.ExportPrepared, setting: Setting) -> Found:
    """The whole case was exported, with what a giver does not allow. (R98)"""
    if setting.told.statement.places(Kind.ITEM) or act.consent is not None:
        return
    cases = {place.tag for place in setting.told.statement.places(Kind.CASE)}
    for tag, item in setting.after.items():
        if not (isinstance(item, Item) and item.case in cases and inside(item, act)):
            continue
        if why := beyond(item.limits, act.purpose, act.outside, setting.told.at):
            yield "use limit", f"{setting.name(tag)} was exported with the whole case: {why}"


def _closed(setting: Setting) -> Found:
    for place in setting.told.statement.places(Kind.CASE):
        case = setting.after.get(place.tag)
        for each in case.requests if isinstance(case, Case) else ():
            yield "closed case", f"the case was closed while {_called(each)} was open"


def _called(request: OpenRequest) -> str:
    return f"a request ({spaced(request.kind)})"
