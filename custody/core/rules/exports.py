"""Rules on what is exported, and to whom. (R39, R83, R98)"""

from custody.core.rules.limits import allowed, consented
from custody.core.rules.packs import pack_of
from custody.core.rules.rights import Right
from custody.core.rules.scene import Scene, refuse, rule
from custody.core.state import Case, Item
from custody_schemas.acts import ExportCreated, ExportPrepared
from custody_schemas.declare import Kind


@rule(ExportPrepared, Kind.CASE)
def case_export_prepared(case: Case, act: ExportPrepared, scene: Scene) -> Case:
    """Who may export says for whom and why before the bundle is made."""
    scene.require(Right.EXPORT, scene.tag)
    if (act.to is None) == (act.outside is None):
        refuse("E_UNKNOWN", "an export names one recipient, with or without an account")
    _by_profile(case, act, scene)
    if act.consent is not None:
        consented(case, act.consent, scene)
    inside, behind = set(act.sensitive or ()), set(act.left_out or ())
    if (inside or behind) and not act.evidence:
        refuse("E_CONTENT", "an export without evidence has no content inside, nor leaves any out")
    if inside & behind:
        refuse("E_CONTENT", f"item {min(inside & behind)} is said to be inside and left out")
    if not act.evidence or scene.statement.places(Kind.ITEM):
        return case
    return case.but(exports=(*case.exports, scene.id))


def _by_profile(case: Case, act: ExportPrepared, scene: Scene) -> None:
    """A profile is one of the case's pack, in the version in force. Raises RuleError: E_PACK."""
    named = (act.pack, act.pack_version, act.profile)
    if named == (None, None, None):
        return
    pack = pack_of(case, scene)
    if pack is None or named[:2] != (pack.name, pack.version):
        have = f"version {pack.version} of {pack.name}" if pack else "no pack"
        refuse("E_PACK", f"{have} is in force in this case")
    if not any(profile.name == act.profile for profile in pack.profiles):
        has = ", ".join(profile.name for profile in pack.profiles) or "none"
        refuse("E_PACK", f"{pack.name} has no such profile; it has {has}")


@rule(ExportCreated, Kind.CASE)
def case_export_created(case: Case, act: ExportCreated, scene: Scene) -> Case:
    """Who prepared the export says what came of it."""
    prepared = scene.cited(act.export)
    if prepared is None or prepared.act != ExportPrepared.NAME or prepared.by != scene.by:
        refuse("E_UNKNOWN", "this export was not prepared here by the same person")
    return case


@rule(ExportPrepared, Kind.ITEM)
@rule(ExportCreated, Kind.ITEM)
def item_exported(item: Item, act: ExportPrepared | ExportCreated, scene: Scene) -> Item:
    """An export leaves the item as it is; one with its content inside is a further copy. (R75)"""
    scene.require(Right.EXPORT, item.case)
    if not isinstance(act, ExportPrepared) or not inside(item, act):
        return item
    allowed(item, act, scene)
    return item.but(exports=(*item.exports, scene.id))


def inside(item: Item, act: ExportPrepared) -> bool:
    """Whether the content of an item that is exported goes along."""
    return act.evidence and item.content is not None and item.number not in (act.left_out or ())
