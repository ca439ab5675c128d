"""The rule on jurisdiction packs: who puts one in force, and when it counts. (R79, R131)"""

from custody.core.kept import LoadedPack
from custody.core.retention import DAY, applying, version_at
from custody.core.rules.rights import Right, roles_with
from custody.core.rules.scene import Scene, refuse, rule
from custody.core.state import Case, LedgerFacts
from custody_schemas.acts import Pack, PackLoaded
from custody_schemas.declare import Capacity, Kind
from custody_schemas.terms import RetentionMode


def pack_of(case: Case, scene: Scene) -> Pack | None:
    """The version in force of the pack that applies to a case; None where none was loaded."""
    loaded = version_at(scene.packs, case.profile, scene.at)
    return loaded.pack if loaded else None


@rule(PackLoaded, Kind.LEDGER)
def pack_loaded(ledger: LedgerFacts, act: PackLoaded, scene: Scene) -> LedgerFacts:
    """Two who oversee everywhere load a pack; a later version waits until the time is over."""
    scene.require(Right.OVERSEE, None)
    others = set(scene.statement.signing(Capacity.APPROVER)) - {scene.by}
    if not any(scene.may(other, Right.OVERSEE, None) for other in others):
        refuse(
            "E_TWO_PERSON",
            "another person who oversees everywhere co-signs; who oversees has one of the roles "
            f"{roles_with(Right.OVERSEE)}",
        )
    _sound(act.pack)
    kept = tuple(each for each in ledger.packs if each.until is None or scene.at < each.until)
    versions = applying(kept, act.pack.name, scene.at)
    if not versions:
        return ledger.but(packs=(*kept, _loaded(act.pack, scene, scene.at)))
    if len(versions) > 1:
        refuse("E_PACK", f"version {versions[-1].pack.version} of this pack is still to come")
    (old,) = versions
    if act.pack.version <= old.pack.version:
        refuse("E_PACK", f"version {old.pack.version} of this pack is in force already")
    since = scene.at + old.pack.cooling_off_days * DAY
    ending = tuple(each.but(until=since) if each is old else each for each in kept)
    return ledger.but(packs=(*ending, _loaded(act.pack, scene, since)))


def _loaded(pack: Pack, scene: Scene, since: int) -> LoadedPack:
    return LoadedPack(id=scene.id, pack=pack, since=since)


def _sound(pack: Pack) -> None:
    """Every rule, deadline and profile has a name of its own, and what is for good has no date.

    Raises:
        RuleError: E_PACK.
    """
    named = (
        [rule.code for rule in pack.retention],
        [deadline.code for deadline in pack.deadlines],
        [profile.name for profile in pack.profiles],
    )
    if any(len(names) > len(set(names)) for names in named):
        refuse("E_PACK", "two rules, deadlines or profiles of the pack have the same name")
    endless = (rule for rule in pack.retention if rule.mode is RetentionMode.INDEFINITE)
    if any(rule.keep is not None for rule in endless):
        refuse("E_PACK", "a rule that keeps for good says also for how long")
    if any(rule.mode is RetentionMode.NOT_STATED for rule in pack.retention):
        refuse("E_PACK", "a rule does not say whether its date may be moved to an earlier one")
