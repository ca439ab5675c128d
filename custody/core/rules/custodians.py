"""Who keeps the evidence next: not before every item was counted, with both there. (R30, R66)

The ledger's own chain says who became primary custodian, because every bundle shows it: so that a
reader who was never told of the one before can still tell that there was one.
"""

from custody.core.kept import Counted, Custodian
from custody.core.retention import DAY
from custody.core.rules.scene import Scene, refuse, rule
from custody.core.state import LedgerFacts
from custody_schemas.acts import ActorRegistered, RoleGranted
from custody_schemas.declare import Kind
from custody_schemas.terms import ActorRole

FRESH = 7 * DAY  # seconds for which an inventory says what is there


def on_ledger(roles: tuple[ActorRole, ...], scene: Scene) -> None:
    """An entry that makes a primary custodian, and no other, concerns the ledger as well.

    Raises:
        RuleError: E_INVENTORY.
    """
    makes = ActorRole.CUSTODIAN_PRIMARY in roles
    if makes != bool(scene.statement.places(Kind.LEDGER)):
        refuse(
            "E_INVENTORY",
            "who becomes primary custodian stands on the ledger's own chain too, and no other role",
        )


def founded(roles: tuple[ActorRole, ...], founder: str) -> tuple[Custodian, ...]:
    """The first primary custodian, where the founder is."""
    if ActorRole.CUSTODIAN_PRIMARY not in roles:
        return ()
    return (Custodian(actor=founder, since=-1),)


@rule(ActorRegistered, Kind.LEDGER)
def custodian_enrolled(ledger: LedgerFacts, act: ActorRegistered, scene: Scene) -> LedgerFacts:
    """Who is enrolled as primary custodian is the first: nobody was counted in yet."""
    on_ledger(act.roles, scene)
    if any(each.case is None for each in ledger.custodians):
        refuse(
            "E_INVENTORY",
            "there was a primary custodian before: the next one is enrolled in another role, counts "
            "with her what she holds, and is granted the role then",
        )
    return _appointed(ledger, None, scene)


@rule(RoleGranted, Kind.LEDGER)
def custodian_appointed(ledger: LedgerFacts, act: RoleGranted, scene: Scene) -> LedgerFacts:
    """Who follows a primary custodian has counted what she held."""
    on_ledger((act.role,), scene)
    return _appointed(ledger, act.case, scene)


def _appointed(ledger: LedgerFacts, case: str | None, scene: Scene) -> LedgerFacts:
    """The ledger's facts with a new primary custodian, in that case or in all.

    Raises:
        RuleError: E_INVENTORY.
    """
    (place,) = scene.statement.places(Kind.ACTOR)
    before = next((each for each in ledger.custodians if each.case == case), None)
    if before is not None and before.actor != place.tag:
        _taken_over(ledger.counted, before, place.tag, scene)
    others = tuple(each for each in ledger.custodians if each is not before)
    custodians = (*others, Custodian(actor=place.tag, case=case, since=scene.n))
    counted = tuple(each for each in ledger.counted if _counts(each, custodians, scene.at))
    return ledger.but(custodians=custodians, counted=counted)


def _taken_over(counted: tuple[Counted, ...], before: Custodian, actor: str, scene: Scene) -> None:
    """Raises RuleError: E_INVENTORY, no inventory shows what the one before hands over."""
    found = [each for each in counted if (each.of, each.to) == (before.actor, actor)]
    if not any(_counts(each, (before,), scene.at) for each in found):
        refuse(
            "E_INVENTORY",
            f"{before.actor:.12} was primary custodian before: what she holds is counted first, "
            "item by item, in an inventory at the change of custodian that names both, leaves none "
            "unchecked, is signed by both at its end (for her, who cannot, by one who oversees "
            "everywhere), and was closed no more than 7 days ago",
        )


def _counts(each: Counted, custodians: tuple[Custodian, ...], at: int) -> bool:
    """Whether somebody may still be appointed on that inventory."""
    return at <= each.at + FRESH and any(
        each.of == one.actor and one.since < each.n for one in custodians
    )
