"""Rules on how items leave custody for good. (R33, R34, R54–R57, R75; SPEC §9)"""

from custody.core.kept import Disposition
from custody.core.rules.cases import in_force, on_file
from custody.core.rules.items import in_hands
from custody.core.rules.needed import free
from custody.core.rules.packs import pack_of
from custody.core.rules.rights import Right, roles_with
from custody.core.rules.scene import Scene, refuse, rule
from custody.core.state import Case, Item
from custody_schemas.acts import (
    DispositionApproved,
    DispositionBegun,
    DispositionCertified,
    DispositionConsulted,
    DispositionExecuted,
    DispositionRejected,
    DispositionRequested,
)
from custody_schemas.declare import Capacity, Kind
from custody_schemas.terms import (
    Answer,
    Assurance,
    DispositionKind,
    DispositionReason,
    LocationKind,
    Opinion,
    Removal,
)

DESTROYING = (DispositionKind.DESTROY, DispositionKind.SECURE_ERASE, DispositionKind.CRYPTO_ERASE)
GONE = (Removal.REMOVED, Removal.REMOVED_IN_PART)
UNSAID = (None, Assurance.NOT_STATED)


@rule(DispositionRequested, Kind.ITEM)
def disposition_requested(item: Item, act: DispositionRequested, scene: Scene) -> Item:
    """Who holds items or decides how long they are kept asks, for an item that nothing protects."""
    if not scene.may(scene.by, Right.RETAIN, item.case):
        scene.require(Right.HOLD, item.case)
    free(item, scene)
    if item.disposition is not None:
        refuse("E_DISPOSITION", "a disposition of this item was asked for already")
    if act.kind is DispositionKind.NOT_STATED or act.reason is DispositionReason.NOT_STATED:
        refuse("E_DISPOSITION", "a disposition says what is to become of the item, and why")
    if act.kind is DispositionKind.RELIEF_OF_ACCOUNTABILITY:
        refuse("E_DISPOSITION", "relief ends a discrepancy: resolve the discrepancy")
    if act.authority is not None:
        on_file(scene.case(item.case), act.authority)
    return item.but(
        disposition=Disposition(
            id=scene.id,
            kind=act.kind,
            by=scene.by,
            keys=scene.owned(scene.by),
            approved=(),
            approving=(),
            begun=False,
        )
    )


@rule(DispositionConsulted, Kind.ITEM)
def disposition_consulted(item: Item, act: DispositionConsulted, scene: Scene) -> Item:
    """Anybody with a right in the case records what an adviser answered; the last answer counts."""
    scene.any_right(item.case)
    asked = _asked(item, act.disposition)
    return item.but(disposition=asked.but(opinion=act.opinion))


@rule(DispositionApproved, Kind.ITEM)
def disposition_approved(item: Item, act: DispositionApproved, scene: Scene) -> Item:
    """One who oversees, did not ask for it and has nothing to do with the item, approves. (R54)"""
    scene.require(Right.OVERSEE, item.case)
    asked = _asked(item, act.disposition)
    free(item, scene)
    _unopposed(asked)
    people, keys = scene.near(item)
    involved = {asked.by, *people, *asked.approved}
    own = scene.owned(scene.by)
    if scene.by in involved or not {*asked.keys, *asked.approving, *keys}.isdisjoint(own):
        refuse("E_TWO_PERSON", "who asked, holds the item or approved is not a further approver")
    order = asked.order
    if act.order is not None:
        if order is not None:
            refuse("E_TWO_PERSON", "an order was counted as an approval already")
        _counts(scene.case(item.case), act.order, scene)
        order = act.order
    approved, approving = (*asked.approved, scene.by), (*asked.approving, *own)
    return item.but(disposition=asked.but(approved=approved, approving=approving, order=order))


@rule(DispositionRejected, Kind.ITEM)
def disposition_rejected(item: Item, act: DispositionRejected, scene: Scene) -> Item:
    """Who oversees says no, or who asked for it takes it back."""
    asked = _asked(item, act.disposition)
    if scene.by != asked.by:
        scene.require(Right.OVERSEE, item.case)
    return item.but(disposition=None)


@rule(DispositionBegun, Kind.ITEM)
def disposition_begun(item: Item, act: DispositionBegun, scene: Scene) -> Item:
    """Who holds the item begins to destroy it; the witness is there from the beginning."""
    asked = _asked(item, act.disposition)
    if asked.kind not in DESTROYING:
        refuse("E_DISPOSITION", f"{asked.kind} destroys nothing that would have to begin")
    _ready(item, asked, scene)
    _witnessed(item, asked, scene)
    return item.but(disposition=asked.but(begun=True))


@rule(DispositionExecuted, Kind.ITEM)
def disposition_executed(item: Item, act: DispositionExecuted, scene: Scene) -> Item:
    """The item has left custody for good; nothing but corrections and papers follows. (R57)"""
    asked = item.disposition
    if asked is not None and asked.begun and act.disposition == asked.id:
        _destroyed(item, act, asked, scene)
    elif act.disposition is None:
        _light(item, act, scene)
    else:
        asked = _asked(item, act.disposition)
        if asked.kind in DESTROYING:
            refuse("E_DISPOSITION", "the destruction was not begun before its witness")
        if act.kind is not asked.kind:
            refuse("E_DISPOSITION", f"{asked.kind} was approved, not {act.kind}")
        _ready(item, asked, scene)
        _given(act)
    return item.but(
        holder=None,
        outside=None,
        outside_since=None,
        out=None,
        disposition=None,
        location=LocationKind.NOT_STATED,
        terminal=True,
        gone=act.kind,
        left=act.removal is Removal.REMOVED_IN_PART,
    )


@rule(DispositionExecuted, Kind.SOURCE)
def product_gone(source: Item, act: DispositionExecuted, scene: Scene) -> Item:
    """What was made from this item, and is gone, is no longer counted among what is left. (R75)"""
    gone = {place.tag for place in scene.statement.places(Kind.ITEM)}
    if gone.isdisjoint(source.products):
        refuse("E_PARENT", "none of the items was made from this one, or they are gone already")
    return source.but(products=tuple(tag for tag in source.products if tag not in gone))


@rule(DispositionCertified, Kind.ITEM)
def disposition_certified(item: Item, act: DispositionCertified, scene: Scene) -> Item:
    """A certificate names what is left, and says that all is gone only where nothing is. (R75)"""
    if not scene.may(scene.by, Right.RETAIN, item.case):
        scene.require(Right.HOLD, item.case)
    executed = scene.cited(act.executed)
    if item.gone is None or executed is None or executed.act != DispositionExecuted.NAME:
        refuse("E_DISPOSITION", "that entry did not dispose of this item")
    left = surviving(item, scene.case(item.case))
    if act.surviving != left:
        refuse("E_SURVIVING", f"{left} copies, products and exports remain, not {act.surviving}")
    if act.total is Answer.YES and (left or item.gone not in DESTROYING):
        refuse("E_SURVIVING", f"{left} copies, products and exports remain of an item {item.gone}")
    return item


def surviving(item: Item, case: Case) -> int:
    """How many working copies, products and exports with content are left of an item. (R75)"""
    whole = case.exports[item.exported :] if item.content is not None else ()
    parts = (item.copies, item.products, item.exports, whole)
    return sum(map(len, parts)) + item.left


def _asked(item: Item, disposition: str | None) -> Disposition:
    """The disposition of that id, not yet begun. Raises RuleError: E_DISPOSITION."""
    asked = item.disposition
    if asked is None or asked.id != disposition:
        refuse("E_DISPOSITION", "that disposition was not asked for, or has ended")
    if asked.begun:
        refuse("E_DISPOSITION", "the destruction has begun: say how it ended")
    return asked


def _unopposed(asked: Disposition) -> None:
    if asked.opinion is Opinion.OBJECTS:
        refuse("E_DISPOSITION", "who was consulted objects")


def _counts(case: Case, order: str, scene: Scene) -> None:
    """An order on file counts as an approval where the case's pack says so. (R54)"""
    if not _approves(case, order, scene):
        kind = on_file(case, order).kind
        refuse("E_TWO_PERSON", f"{kind} does not count as an approval here, or not now")


def _approves(case: Case, order: str, scene: Scene) -> bool:
    """Whether an order is in force just now, and of a kind that the case's pack lets approve."""
    authority, pack = on_file(case, order), pack_of(case, scene)
    return pack is not None and authority.kind in pack.orders and in_force(authority, scene.at)


def _ready(item: Item, asked: Disposition, scene: Scene) -> None:
    """Approved as the rules ask, and still free; who holds the item acts.

    Raises:
        RuleError: E_TWO_PERSON, E_DISPOSITION, and as `free` and `in_hands`.
    """
    scene.require(Right.HOLD, item.case)
    free(item, scene)
    in_hands(item, scene)
    _unopposed(asked)
    order = asked.order  # one that was quashed meanwhile approves no longer
    stands = order is not None and _approves(scene.case(item.case), order, scene)
    approvals = len(asked.approved) + stands
    if approvals < scene.rules.approvers:
        refuse("E_TWO_PERSON", f"{approvals} of {scene.rules.approvers} approvals are there")
    if scene.by in asked.approved or not set(asked.approving).isdisjoint(scene.owned(scene.by)):
        refuse("E_TWO_PERSON", "who approved it does not carry it out")


def _witnessed(item: Item, asked: Disposition, scene: Scene) -> None:
    """A destruction is watched by one who is not otherwise part of it. (R55)

    Raises:
        RuleError: E_WITNESS, E_WITNESS_IN_CHAIN.
    """
    known = {key for person in item.people for key in scene.owned(person)}
    others = {scene.by, asked.by, *item.hands}
    witnesses = set(scene.statement.signing(Capacity.WITNESS)) - others
    witnesses = {w for w in witnesses if set(asked.keys).isdisjoint(scene.owned(w))}
    if not witnesses:
        refuse("E_WITNESS", "one who neither asked for it nor holds the item watches and signs")
    pack = pack_of(scene.case(item.case), scene)
    if pack is None or item.type not in pack.outside_witness:
        return
    strangers = {w for w in witnesses - {*item.people} if known.isdisjoint(scene.owned(w))}
    if not strangers:
        refuse(
            "E_WITNESS_IN_CHAIN", f"to destroy {item.type} takes somebody from outside who watches"
        )


def _destroyed(item: Item, act: DispositionExecuted, asked: Disposition, scene: Scene) -> None:
    """The destruction that was begun is over; nothing could have come between."""
    if act.kind is not asked.kind:
        refuse("E_DISPOSITION", f"{asked.kind} was begun, not {act.kind}")
    if item.holder != scene.by:
        refuse("E_NOT_HOLDER", "who holds the item says how its destruction ended")
    _witnessed(item, asked, scene)
    if act.removal is Removal.KEPT or (item.content is None and act.removal in GONE):
        refuse("E_CONTENT", f"the content of this destroyed item was not {act.removal}")


def _given(act: DispositionExecuted) -> None:
    """What leaves undestroyed has a receiver, and it is said how the receipt is known. (R34, R47)"""
    if act.to is None or act.assurance in UNSAID:
        refuse("E_DISPOSITION", "it is not said who has the item now, or how that is known")
    if act.removal in GONE:
        refuse("E_CONTENT", "content is removed by a destruction, before its witness")


def _light(item: Item, act: DispositionExecuted, scene: Scene) -> None:
    """A device of which an image is on file goes back to its owner with one approver. (R74)"""
    pack = pack_of(scene.case(item.case), scene)
    allowed = pack is not None and item.type in pack.light and item.copied
    if not allowed or act.kind is not DispositionKind.RETURN_TO_OWNER:
        refuse("E_DISPOSITION", "this needs a request and two approvals")
    if item.disposition is not None:
        refuse("E_DISPOSITION", "a disposition of this item was asked for: go on with it")
    scene.require(Right.HOLD, item.case)
    free(item, scene)
    in_hands(item, scene)
    _given(act)
    people, keys = scene.near(item)
    others = set(scene.statement.signing(Capacity.APPROVER)) - {scene.by, *people}
    others = {other for other in others if set(keys).isdisjoint(scene.owned(other))}
    if not any(scene.may(other, Right.OVERSEE, item.case) for other in others):
        refuse(
            "E_TWO_PERSON",
            "one who oversees and has nothing to do with the item co-signs; who oversees has one "
            f"of the roles {roles_with(Right.OVERSEE)}",
        )
