"""Rules on holds: anybody places one, nobody lifts one alone. (R31, R54, R71)"""

from typing import TypeVar

from custody.core import times
from custody.core.kept import Hold
from custody.core.rules.cases import on_file
from custody.core.rules.items import in_custody
from custody.core.rules.rights import Right
from custody.core.rules.scene import Scene, refuse, rule
from custody.core.state import Case, Item
from custody_schemas.acts import HoldAmended, HoldPlaced, HoldReleased
from custody_schemas.declare import Kind

Held = TypeVar("Held", Item, Case)
T = TypeVar("T")


@rule(HoldPlaced, Kind.ITEM, Kind.CASE)
def hold_placed(subject: Held, act: HoldPlaced, scene: Scene) -> Held:
    """Anybody who may check or hold items places one; on a case it catches later items too."""
    case = concerned(subject, scene)
    if act.authority is not None:
        on_file(scene.case(case), act.authority)
    _queried(subject, act)
    hold = Hold(
        id=scene.id,
        kind=act.kind,
        by=scene.by,
        since=scene.at,
        review_by=times.seconds(act.review_by) if act.review_by else None,
        types=act.types,
        lines=act.lines,
    )
    return subject.but(holds=(*subject.holds, hold))


@rule(HoldAmended, Kind.ITEM, Kind.CASE)
def hold_amended(subject: Held, act: HoldAmended, scene: Scene) -> Held:
    """A hold is looked at again, or catches more; never less."""
    concerned(subject, scene)
    hold = _open(subject, act.hold)
    _queried(subject, act)
    if not (_covers(act.types, hold.types) and _covers(act.lines, hold.lines)):
        refuse("E_HOLD", "it would catch less than before: place another hold and release this one")
    review_by = times.seconds(act.review_by) if act.review_by else hold.review_by
    amended = hold.but(review_by=review_by, types=act.types, lines=act.lines)
    return subject.but(holds=tuple(amended if each == hold else each for each in subject.holds))


@rule(HoldReleased, Kind.ITEM, Kind.CASE)
def hold_released(subject: Held, act: HoldReleased, scene: Scene) -> Held:
    """Approvers who neither ask for it nor hold the item end a hold."""
    case = concerned(subject, scene)
    hold = _open(subject, act.hold)
    if act.authority is not None:
        on_file(scene.case(case), act.authority)
    people, keys = scene.near(subject) if isinstance(subject, Item) else ((), ())
    scene.approved(case, *people, keys=keys)
    return subject.but(holds=tuple(each for each in subject.holds if each != hold))


def concerned(subject: Held, scene: Scene) -> str:
    """The case, in which the signer may check or hold items; an item is in custody.

    Raises:
        RuleError: E_NO_GRANT, E_TERMINAL, E_DISPOSITION.
    """
    case = subject.case if isinstance(subject, Item) else scene.tag
    if not scene.may(scene.by, Right.CHECK, case):
        scene.require(Right.HOLD, case)
    if isinstance(subject, Item):
        in_custody(subject)
    return case


def _open(subject: Held, entry: str) -> Hold:
    """The hold that the entry placed. Raises RuleError: E_HOLD."""
    found = next((each for each in subject.holds if each.id == entry), None)
    if found is None:
        refuse("E_HOLD", "that entry placed no hold that still stands here")
    return found


def _queried(subject: Held, act: HoldPlaced | HoldAmended) -> None:
    """Only a hold on a case says which items it catches. Raises RuleError: E_HOLD."""
    if isinstance(subject, Item) and (act.types is not None or act.lines is not None):
        refuse("E_HOLD", "a hold on an item holds this item, whatever it is")


def _covers(new: tuple[T, ...] | None, old: tuple[T, ...] | None) -> bool:
    return new is None or (old is not None and set(old) <= set(new))
