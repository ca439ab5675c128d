"""Rules on an item's beginning: registration, seizure, acquisition, derivation. (R42, R43, R63)"""

from custody.core import times
from custody.core.retention import happening
from custody.core.rules.cases import ended, in_force, on_file
from custody.core.rules.limits import of_parents
from custody.core.rules.rights import Right
from custody.core.rules.scene import Scene, refuse, rule
from custody.core.state import Item, Register
from custody_schemas.acts import (
    Common,
    ItemAcquired,
    ItemDerived,
    ItemRegistered,
    ItemSeized,
)
from custody_schemas.declare import Kind
from custody_schemas.fields import Content, Media
from custody_schemas.terms import (
    Answer,
    AuthorityKind,
    ContentForm,
    DerivationKind,
    DiscrepancyKind,
    LocationKind,
    RetentionLine,
    SealState,
    StoredHash,
    Trigger,
)

SMALL = 65_536  # bytes: an unsalted digest of less could be guessed (SPEC §8)
SOUND = (SealState.INTACT, SealState.RESEALED)
LINES = {
    DerivationKind.FORENSIC_IMAGE: RetentionLine.IMAGE,
    DerivationKind.WORKING_COPY: RetentionLine.WORKING_COPY,
}


def settled(item: Item) -> None:
    """The item has an origin, is still in custody, and nobody is handing it over.

    Raises:
        RuleError: E_NO_ORIGIN, E_TERMINAL, E_OPEN_TRANSFER.
    """
    present(item)
    if item.transfer is not None:
        refuse("E_OPEN_TRANSFER", "the item is on its way to somebody else")


def present(item: Item) -> None:
    """The item has an origin and is in custody. Raises E_NO_ORIGIN, and as `in_custody`."""
    if item.origin is None:
        refuse("E_NO_ORIGIN", "the item was registered, but nobody said where it comes from")
    in_custody(item)


def in_custody(item: Item) -> None:
    """The item has not left for good, and nobody is destroying it. Raises E_TERMINAL, E_DISPOSITION."""
    if item.terminal:
        refuse("E_TERMINAL", "the item has left custody for good")
    if item.disposition is not None and item.disposition.begun:
        refuse("E_DISPOSITION", "the item is being destroyed: say first how that ended")


def in_hands(item: Item, scene: Scene) -> None:
    """The leading signer has the item in hand: out on loan, or held and not out.

    Raises:
        RuleError: E_NOT_HOLDER.
    """
    hands = item.out.to if item.out else item.holder
    if hands != scene.by:
        refuse("E_NOT_HOLDER", f"the item is with {_whom(item, hands)}, not with the signer")


def sealed(item: Item) -> bool:
    """Whether a seal is on file and was last found sound."""
    return item.seal is not None and item.seal.state in SOUND


@rule(ItemRegistered, Kind.ITEM)
def item_registered(item: None, act: ItemRegistered, scene: Scene) -> Item:
    """An item enters an open case and its register."""
    scene.require(Right.HOLD, act.case)
    case = scene.case(act.case)
    if case.closed:
        refuse("E_CASE_CLOSED", "the case is closed")
    (register,) = scene.statement.places(Kind.REGISTER)
    if register.tag != case.register:
        refuse("E_OTHER_CASE", "the register is not the register of the case")
    parents = tuple(place.tag for place in scene.statement.places(Kind.SOURCE))
    return Item(
        case=act.case,
        number=act.number,
        type=act.type,
        parents=parents,
        copied=False,
        copies=(),
        issued=0,
        disputed=False,
        discrepancies=(),
        terminal=False,
        line=RetentionLine.DEVICE,
        happened=happening((), Trigger.REGISTRATION, ended(act)),
        retention=(),
        moved=(),
        holds=(),
        requests=(),
        limits=of_parents(parents, scene),
        products=(),
        exports=(),
        exported=0,
        people=(),
        left=False,
    )


@rule(ItemRegistered, Kind.REGISTER)
def register_grows(register: Register, act: ItemRegistered, scene: Scene) -> Register:
    """Every item of a case stands in its register."""
    if register.case != act.case:
        refuse("E_OTHER_CASE", "the register is not the register of the case")
    return register.but(items=register.items + 1)


@rule(ItemRegistered, Kind.SOURCE)
def sampled(source: Item, act: ItemRegistered, scene: Scene) -> Item:
    """A part or sample is taken only from an item in hand, out of its bag. (R64)"""
    _same_case(source, act.case)
    settled(source)
    if sealed(source):
        refuse("E_SEAL", "the source is recorded as sealed: break the seal first")
    in_hands(source, scene)
    return made_from(source, scene)


@rule(ItemSeized, Kind.ITEM)
def item_seized(item: Item, act: ItemSeized, scene: Scene) -> Item:
    """A seizure needs a legal basis in force when it happened, or when the whole was. (R63)"""
    scene.require(Right.SEIZE, item.case)
    first_origin(item, scene)
    if act.authority is None:
        refuse("E_AUTHORITY", "a seizure names its legal basis")
    authority = on_file(scene.case(item.case), act.authority)
    if authority.kind is AuthorityKind.NOT_STATED:
        refuse("E_AUTHORITY", "the entry on file does not say what kind of legal basis it is")
    if not in_force(authority, times.seconds(act.occurred.at)) and not any(
        _authority_of(scene, parent) == authority.id for parent in item.parents
    ):
        refuse("E_AUTHORITY", f"the {authority.kind} was not in force at {act.occurred.at}")
    return item.but(
        origin=act.NAME,
        authority=authority.id,
        holder=scene.by,
        location=LocationKind.SCENE,
        happened=happening(item.happened, Trigger.ORIGIN, ended(act)),
    )


@rule(ItemAcquired, Kind.ITEM)
def item_acquired(item: Item, act: ItemAcquired, scene: Scene) -> Item:
    """The first copy; one that contradicts the image's own hash must be disputed. (R126)"""
    scene.require(Right.EXAMINE, item.case)
    first_origin(item, scene)
    if act.authority is not None:
        on_file(scene.case(item.case), act.authority)
    placed(act.content, act.unread)
    compared_media(act.media, act.stored_hash)
    made = with_content(item, act, RetentionLine.IMAGE, scene).but(authority=act.authority)
    if act.disputed is None:
        if act.stored_hash is StoredHash.MISMATCH:
            refuse("E_DISPUTED", "the media does not match the hash stored in the image")
        return made
    return scene.with_discrepancy(made.but(disputed=True), DiscrepancyKind.HASH)


@rule(ItemAcquired, Kind.SOURCE)
def imaged(source: Item, act: ItemAcquired, scene: Scene) -> Item:
    """A source is imaged by who has it in hand, out of its bag; overrides are adverse."""
    settled(source)
    if act.override is None:
        if sealed(source):
            refuse("E_SEAL", "the source is recorded as sealed: break the seal first")
        in_hands(source, scene)
    elif sealed(source):
        scene.approved(source.case, *source.hands)
    made = made_from(source, scene)
    if act.verified is not Answer.YES:
        return made
    events = happening(made.happened, Trigger.COPY_VERIFIED, ended(act))
    return made.but(copied=True, happened=events)


@rule(ItemDerived, Kind.ITEM)
def item_derived(item: Item, act: ItemDerived, scene: Scene) -> Item:
    """A derived item has parents whose content is on file, one entry cited for each."""
    scene.require(Right.EXAMINE, item.case)
    first_origin(item, scene)
    placed(act.content, act.unread)
    if len(set(act.parents)) != len(scene.statement.places(Kind.SOURCE)):
        refuse("E_PARENT", "the entry cites as many parents' contents as it names parents")
    return with_content(item, act, LINES.get(act.kind, RetentionLine.DERIVED), scene)


@rule(ItemDerived, Kind.SOURCE)
def derived_from(source: Item, act: ItemDerived, scene: Scene) -> Item:
    """The parent's content is on file, and matched it just before, or the variance is stated."""
    present(source)
    if source.content is None or source.content not in act.parents:
        refuse("E_PARENT", "no content of the parent is on file, or another one is cited")
    made = made_from(source, scene)
    if not act.concern(Kind.SOURCE).changes(act):
        return made
    if act.variance is None:
        refuse("E_PARENT", "the parent does not match its digests")
    return scene.with_discrepancy(made.but(disputed=True), DiscrepancyKind.HASH)


def first_origin(item: Item, scene: Scene) -> None:
    """The item has no origin yet, and its case is open. Raises E_ORIGIN_TWICE, E_CASE_CLOSED."""
    if item.origin is not None:
        refuse("E_ORIGIN_TWICE", f"the item has an origin: {item.origin}")
    if scene.case(item.case).closed:
        refuse("E_CASE_CLOSED", "the case was closed before anybody said where the item comes from")


def _authority_of(scene: Scene, parent: str) -> str | None:
    whole = scene.world.subject(parent)
    return whole.authority if isinstance(whole, Item) else None


def made_from(source: Item, scene: Scene) -> Item:
    """The source, with what is made from it counted among its products. (R75)"""
    (made,) = scene.statement.places(Kind.ITEM)
    return source.but(products=tuple(dict.fromkeys((*source.products, made.tag))))


def with_content(item: Item, act: Common, line: RetentionLine, scene: Scene) -> Item:
    """The item, held by who leads, with the content that this entry puts on file."""
    sources = (place.tag for place in scene.statement.places(Kind.SOURCE))
    parents = tuple(dict.fromkeys((*item.parents, *sources)))
    return item.but(
        origin=act.NAME,
        holder=scene.by,
        content=scene.id,
        location=LocationKind.NOT_STATED,
        parents=parents,
        limits=of_parents(parents, scene),
        line=line,
        happened=happening(item.happened, Trigger.ORIGIN, ended(act)),
        exported=len(scene.case(item.case).exports),
    )


def placed(content: Content, unread: int | None) -> None:
    """Digests stand where SPEC §8 puts them, and as many files are named as the form can have.

    Raises:
        RuleError: E_CONTENT.
    """
    inside = (content.sha256 is not None, content.blake3 is not None)
    if inside != ((content.size >= SMALL),) * 2:
        refuse("E_CONTENT", f"digests of {content.size} bytes stand in the wrong place")
    if content.form is ContentForm.FILE and content.count != 1:
        refuse("E_CONTENT", f"content of one file, and {content.count} files are counted")
    if not content.count and (content.form is not ContentForm.FOLDER or content.size):
        refuse("E_CONTENT", "only an empty folder has no file")
    if unread is not None and content.form is not ContentForm.FOLDER:
        refuse("E_CONTENT", "entries that could not be read are counted of a folder only")


def compared_media(media: Media | None, stored_hash: StoredHash | None) -> None:
    """Digests of media stand where SPEC §8 puts them; a stored hash that is given is not denied.

    One that is said to match is given: else nobody could ever compare it again.

    Raises:
        RuleError: E_CONTENT.
    """
    given = media is not None and (media.stored_md5 or media.stored_sha1)
    if stored_hash is StoredHash.MATCH and not given:
        refuse("E_CONTENT", "a stored hash is said to match, and none is given")
    if media is None:
        return
    inside = (media.sha256 is not None, media.blake3 is not None)
    if inside != ((media.size >= SMALL),) * 2:
        refuse("E_CONTENT", f"digests of {media.size} bytes of media stand in the wrong place")
    if given and stored_hash in (None, StoredHash.ABSENT, StoredHash.NOT_APPLICABLE):
        refuse("E_CONTENT", "a stored hash is given, and said not to be there")


def _same_case(item: Item, case: str) -> None:
    if item.case != case:
        refuse("E_OTHER_CASE", "the items are of different cases")


def _whom(item: Item, hands: str | None) -> str:
    return f"{hands:.12}" if hands else f"somebody without an account ({item.outside or 'nobody'})"
