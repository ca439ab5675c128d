"""Rules on erasing and restricting personal data. (R41, R54, R93, R97; SPEC §8)"""

from custody.core.retention import held_by, kinds, requested
from custody.core.rules.rights import Right
from custody.core.rules.scene import Scene, refuse, rule
from custody.core.state import Actor, Case, Item, Subject
from custody_schemas.acts import (
    NoteRecorded,
    PrivacyErased,
    PrivacyRestricted,
    StatementCountersigned,
)
from custody_schemas.declare import Act, Kind
from custody_schemas.terms import ErasureGround, ErasureMethod

# Entries that change no state and that no other entry rests on: without them all can be replayed.
ERASABLE = (NoteRecorded.NAME, StatementCountersigned.NAME)


@rule(PrivacyErased, Kind.ITEM, Kind.CASE, Kind.ACTOR)
def privacy_erased(subject: Subject, act: PrivacyErased, scene: Scene) -> Subject:
    """Two approvers, a ground, nobody who needs it: then values, or a mere remark, may go."""
    case = _case(subject, scene)
    _decides(case, scene)
    _unneeded(subject, scene)
    if act.ground is ErasureGround.NOT_STATED or act.method is ErasureMethod.NOT_STATED:
        refuse("E_ERASURE", "an erasure says on what ground it is done, and how")
    if (act.fields is None) == (act.envelope is None):
        refuse("E_ERASURE", "either fields of an entry are erased, or the whole of it")
    if act.envelope is not None:
        _whole(subject, act, scene)
    else:
        _entry(act.entry, act.act, act.fields or (), scene)
    people, keys = scene.near(subject) if isinstance(subject, Item) else ((), ())
    scene.approved(case, *people, keys=keys)
    return subject


@rule(PrivacyRestricted, Kind.ITEM, Kind.CASE, Kind.ACTOR)
def privacy_restricted(subject: Subject, act: PrivacyRestricted, scene: Scene) -> Subject:
    """Who decides how long things are kept restricts what leaves the house."""
    _decides(_case(subject, scene), scene)
    entry = scene.cited(act.entry)
    if entry is None:
        refuse("E_ERASURE", "there is no such entry on this chain")
    _entry(act.entry, entry.act, act.fields, scene)
    return subject


def _entry(entry: str, name: str, fields: tuple[str, ...], scene: Scene) -> None:
    """The entry stands on this chain, is of that act, and has these personal fields."""
    cited = scene.cited(entry)
    if cited is None or cited.act != name:
        refuse("E_ERASURE", f"there is no such entry ({name}) on this chain")
    kind = Act.ALL.get(name)
    for field in fields:
        declared = kind.FIELDS.get(field) if kind else None
        if declared is None or not declared.personal:
            refuse("E_ERASURE", f"{name} has no personal field {field}")


def _whole(subject: Subject, act: PrivacyErased, scene: Scene) -> None:
    """Only what changed nothing is erased whole; where it is gone already, its record stands."""
    if not isinstance(subject, Item):
        refuse("E_ERASURE", "entries on people, cases and the ledger are never erased whole")
    if act.act not in ERASABLE:
        refuse("E_ERASURE", f"{act.act} is part of what the rules need: erase its fields")
    cited = scene.cited(act.entry)
    if cited is None or cited.act != act.act:
        refuse("E_ERASURE", f"there is no such entry ({act.act}) on this chain")


def _unneeded(subject: Subject, scene: Scene) -> None:
    """Nothing is erased under a hold, or of what somebody asked for. Raises E_HOLD, E_REQUEST."""
    if isinstance(subject, Item):
        case = scene.case(subject.case)
        holds, requests = held_by(subject, case), requested(subject, case)
    elif isinstance(subject, Case):
        holds, requests = subject.holds, subject.requests
    else:
        return
    if holds:
        refuse("E_HOLD", f"under hold: {kinds(holds)}")
    if requests:
        refuse("E_REQUEST", f"another authority's request is open: {kinds(requests)}")


def _decides(case: str | None, scene: Scene) -> None:
    if not scene.may(scene.by, Right.OVERSEE, case):
        scene.require(Right.RETAIN, case)


def _case(subject: Subject, scene: Scene) -> str | None:
    if isinstance(subject, Item):
        return subject.case
    return None if isinstance(subject, Actor) else scene.tag
