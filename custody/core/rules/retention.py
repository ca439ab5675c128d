"""Rules on how long items are kept. Later is easy, earlier is not. (R32, R54, R69, R70, R73)"""

from custody.core import times
from custody.core.kept import Moved, Retention
from custody.core.retention import FIXED, LineAt, longest, moves_it, retained, version_at
from custody.core.rules.cases import in_force, on_file
from custody.core.rules.items import in_custody
from custody.core.rules.rights import Right
from custody.core.rules.scene import Scene, refuse, rule
from custody.core.state import Item
from custody_schemas.acts import (
    RetentionAssigned,
    RetentionChanged,
    RetentionReviewed,
    RetentionRule,
)
from custody_schemas.declare import Kind
from custody_schemas.terms import AuthorityKind, RetentionMode


@rule(RetentionAssigned, Kind.ITEM)
def retention_assigned(item: Item, act: RetentionAssigned, scene: Scene) -> Item:
    """A further line keeps an item longer, or is the first that says how long it is kept."""
    scene.require(Right.RETAIN, item.case)
    in_custody(item)
    if act.authority is not None:
        on_file(scene.case(item.case), act.authority)
    until = times.seconds(act.retain_until) if act.retain_until else None
    if act.pack is not None or act.pack_version is not None or act.rule is not None:
        rule = _cited(act, scene)
        if until is not None or act.mode is not rule.mode:
            refuse("E_RETENTION", f"date and mode ({rule.mode}) of the line come from its rule")
    elif act.mode is RetentionMode.NOT_STATED:
        refuse("E_RETENTION", "it is not said whether the date may be moved to an earlier one")
    elif act.mode is RetentionMode.INDEFINITE and until is not None:
        refuse("E_RETENTION", "what is kept for good has no date")
    line = Retention(id=scene.id, pack=act.pack, rule=act.rule, until=until, mode=act.mode)
    return item.but(retention=(*item.retention, line))


@rule(RetentionChanged, Kind.ITEM)
def retention_changed(item: Item, act: RetentionChanged, scene: Scene) -> Item:
    """The date of one line moves: to a later one on one person's word, to an earlier on three's."""
    scene.require(Right.RETAIN, item.case)
    in_custody(item)
    lines = _named(item, act, scene)
    was = longest(line.until for line in lines)
    line = next(each for each in lines if each.until == was)
    until = times.seconds(act.retain_until) if act.retain_until else None
    if until == was and not line.waits:
        refuse("E_RETENTION", "the line has that date already")
    if longest((until, was)) == was:
        fixed = next((each.mode for each in lines if each.mode in FIXED), None)
        if fixed is not None:  # also of a version that is still to come
            refuse("E_RETENTION", f"a date in the mode {fixed} is never moved to an earlier one")
        _shortens(item, act, line, until, scene)
    elif act.authority is not None:
        on_file(scene.case(item.case), act.authority)
    moved = Moved(
        id=line.assigned,
        pack=line.pack if line.assigned is None else None,
        rule=line.rule if line.assigned is None else None,
        until=until,
        began=line.began,
        computed=line.computed,
    )
    kept = tuple(each for each in item.moved if not moves_it(each, line))
    return item.but(moved=(*kept, moved))


@rule(RetentionReviewed, Kind.ITEM)
def retention_reviewed(item: Item, act: RetentionReviewed, scene: Scene) -> Item:
    """Somebody looked, and the item is kept; its dates stay what they are."""
    scene.require(Right.RETAIN, item.case)
    in_custody(item)
    return item.but(next_review=times.seconds(act.next_review))


def _cited(act: RetentionAssigned, scene: Scene) -> RetentionRule:
    """The rule that an act cites, of the version of its pack that is in force.

    Raises:
        RuleError: E_PACK.
    """
    loaded = version_at(scene.packs, act.pack, scene.at)
    if loaded is None:
        refuse("E_PACK", f"no pack {act.pack} is in force here")
    if act.pack_version != loaded.pack.version:
        refuse("E_PACK", f"version {loaded.pack.version} of the pack {act.pack} is in force")
    found = next((each for each in loaded.pack.retention if each.code == act.rule), None)
    if found is None:
        refuse("E_PACK", f"the pack {act.pack} has no rule {act.rule}")
    return found


def _named(item: Item, act: RetentionChanged, scene: Scene) -> list[LineAt]:
    """The line that an act names: more than one while a later version of its pack is to come.

    Raises:
        RuleError: E_RETENTION.
    """
    if (act.assigned is None) == (act.rule is None) or (act.pack is None) != (act.rule is None):
        refuse("E_RETENTION", "one line is named: by the entry that assigned it, or by its rule")
    kept = retained(item, scene.case(item.case), scene.packs, scene.at)
    wanted = Moved(id=act.assigned, pack=act.pack, rule=act.rule)
    lines = [line for line in kept.lines if moves_it(wanted, line)]
    if not lines:
        refuse("E_RETENTION", "no such line applies to the item")
    return lines


def _shortens(
    item: Item, act: RetentionChanged, line: LineAt, until: int | None, scene: Scene
) -> None:
    """An earlier date: on a legal basis, approved, never before what it runs from. (R54, R70)

    Raises:
        RuleError: E_RETENTION, E_AUTHORITY, E_NO_GRANT, E_TWO_PERSON.
    """
    if line.waits or until is None:
        refuse("E_RETENTION", f"{line.trigger} has not happened: the item is kept until it does")
    if line.began is not None and until < line.began:
        refuse("E_RETENTION", f"the time runs from {times.spelt(line.began)} on")
    if act.authority is None:
        refuse("E_RETENTION", "an earlier date names its legal basis")
    basis = on_file(scene.case(item.case), act.authority)
    if basis.kind is AuthorityKind.NOT_STATED:
        refuse("E_AUTHORITY", "the entry on file does not say what kind of legal basis it is")
    if not in_force(basis, scene.at):
        refuse("E_AUTHORITY", f"the {basis.kind} on file is not in force now")
    people, keys = scene.near(item)
    scene.approved(item.case, *people, keys=keys)
