"""Rules on checks, discrepancies, corrections and notes. (R29, R35, R36, R58, R59)"""

from collections.abc import Container

from custody.core.rules.items import present, settled
from custody.core.rules.rights import Right, roles_with
from custody.core.rules.scene import Scene, refuse, rule
from custody.core.rules.transfers import judged_hash
from custody.core.state import Actor, Case, Discrepancy, Item, Subject
from custody_schemas.acts import (
    CorrectionRecorded,
    DiscrepancyOpened,
    DiscrepancyResolved,
    DiscrepancyUpdated,
    IntegrityChecked,
    ItemReferenceAssigned,
    NoteRecorded,
    SealApplied,
    StatementCountersigned,
)
from custody_schemas.declare import Act, Capacity, Kind
from custody_schemas.terms import (
    CorrectionReason,
    DiscrepancyKind,
    DiscrepancyOutcome,
    SealState,
)

NUMBERS = ("seal_number", "bag_number")
GONE = (  # discrepancies that somebody may be relieved of an item for (R36)
    DiscrepancyKind.MISSING_ITEM,
    DiscrepancyKind.LOCATION_UNKNOWN,
    DiscrepancyKind.DAMAGE,
)
ANNULLING = (
    CorrectionReason.DUPLICATE_ENTRY,
    CorrectionReason.WRONG_ITEM,
    CorrectionReason.WRONG_PERSON,
    CorrectionReason.SYSTEM_ERROR,
)

# What tags and keys are made from, or software computed: another value is another act.
FIXED = frozenset(
    (
        *("origin", "reference", "case", "number", "request", "key", "partner"),
        *("log_key", "log_mldsa", "content", "content_sha256", "content_blake3"),
        *("media", "media_sha256", "media_blake3", "files", "found", "sha256", "size", "parents"),
        *("verdict", "seal", "hash", "stored_hash", "parents_verified"),
        *("supplied", "supplied_digests", "differs", "former", "replaces"),
    )
)


def fixed(act: str, field: str) -> bool:
    """Whether no correction gives that field another value. A laboratory's number is only a name."""
    names = (ItemReferenceAssigned.NAME, "reference")
    return field in FIXED and (act, field) != names


@rule(IntegrityChecked, Kind.ITEM)
def integrity_checked(item: Item, act: IntegrityChecked, scene: Scene) -> Item:
    """Anybody who may check or hold items compares content with its digests, at any time."""
    if not scene.may(scene.by, Right.CHECK, item.case):
        scene.require(Right.HOLD, item.case)
    present(item)
    if item.content is None:
        refuse("E_HASH", "the item has no digital content on file that could be compared")
    return judged_hash(item, act.verdict, scene, required=False)


@rule(DiscrepancyOpened, Kind.ITEM)
def discrepancy_opened(item: Item, act: DiscrepancyOpened, scene: Scene) -> Item:
    """Anybody who may check or hold items says that something is wrong."""
    if not scene.may(scene.by, Right.CHECK, item.case):
        scene.require(Right.HOLD, item.case)
    present(item)
    return scene.with_discrepancy(item, act.kind)


@rule(DiscrepancyUpdated, Kind.ITEM)
def discrepancy_updated(item: Item, act: DiscrepancyUpdated, scene: Scene) -> Item:
    """Anybody who may check or hold items says what is being done."""
    if not scene.may(scene.by, Right.CHECK, item.case):
        scene.require(Right.HOLD, item.case)
    _discrepancy(item, act.discrepancy, act.kind)
    return item


@rule(DiscrepancyResolved, Kind.ITEM)
def discrepancy_resolved(item: Item, act: DiscrepancyResolved, scene: Scene) -> Item:
    """Somebody who oversees, and neither holds the item nor found it so, ends a discrepancy."""
    _any_right(item, scene)
    found = _discrepancy(item, act.discrepancy, act.kind)
    involved = {*found.involved, *item.hands}
    _overseen(scene, item.case, involved, found.keys)
    kept = item.but(discrepancies=tuple(d for d in item.discrepancies if d != found))
    if act.outcome is DiscrepancyOutcome.RELIEF_GRANTED:
        settled(item)
        if found.kind not in GONE:
            refuse("E_DISCREPANCY", f"nobody is relieved of an item for {found.kind}")
        scene.approved(item.case, *involved, keys=found.keys)
        return kept.but(terminal=True, out=None)
    if act.outcome is DiscrepancyOutcome.RECORDING_ERROR:
        return _misread(kept, found)
    return kept


def _overseen(scene: Scene, case: str, involved: Container[str], keys: Container[str]) -> None:
    """Who leads or approves oversees the case, and had no hand in it. Raises E_TWO_PERSON."""
    answering = {scene.by, *scene.statement.signing(Capacity.APPROVER)}
    free = {
        signer.actor
        for signer in scene.statement.signers
        if signer.actor in answering
        and signer.actor not in involved
        and not any(key in keys for key in scene.owned(signer.actor))
    }
    if not any(scene.may(actor, Right.OVERSEE, case) for actor in free):
        refuse(
            "E_TWO_PERSON",
            "a person who oversees, and is not involved, signs or approves; who oversees has one "
            f"of the roles {roles_with(Right.OVERSEE)}",
        )


def _misread(item: Item, found: Discrepancy) -> Item:
    """The item after it proved that a seal number was mistyped: the seal is what it was before."""
    seal = item.seal
    if seal is None or found.kind is not DiscrepancyKind.SEAL:
        return item
    if seal.state is not SealState.NUMBER_MISMATCH or seal.finding != found.id or not seal.before:
        refuse("E_DISCREPANCY", "the seal is not what it is for a number that this entry read")
    return item.but(seal=seal.but(state=seal.before, finding=None, before=None))


def _discrepancy(item: Item, entry: str, kind: DiscrepancyKind) -> Discrepancy:
    """The open discrepancy of that kind that the entry opened. Raises RuleError: E_DISCREPANCY."""
    found = next((d for d in item.discrepancies if (d.id, d.kind) == (entry, kind)), None)
    if found is None:
        refuse("E_DISCREPANCY", f"that entry opened no discrepancy ({kind}) that is still open")
    return found


@rule(CorrectionRecorded, Kind.ITEM, Kind.CASE, Kind.ACTOR)
def correction_recorded(subject: Subject, act: CorrectionRecorded, scene: Scene) -> Subject:
    """An entry is corrected by who signed it, or by somebody who oversees; states do not change."""
    corrected = scene.cited(act.corrects)
    if corrected is None or corrected.act != act.act:
        refuse("E_CORRECTION", "there is no such entry on this chain")
    kind = Act.ALL.get(act.act)
    if kind is None or act.act == CorrectionRecorded.NAME:
        refuse("E_CORRECTION", "a correction is not edited: correct the first entry once more")
    _wanted(act, kind)
    if corrected.by != scene.by:
        scene.require(Right.OVERSEE, _case(subject, scene))
        if act.for_absent is None:
            refuse("E_CORRECTION", "who signed the entry corrects it; or say why she cannot")
        numbers = act.field in NUMBERS or (act.annuls and act.act == SealApplied.NAME)
        if isinstance(subject, Item) and numbers:  # or she could exchange the bag
            _overseen(scene, subject.case, subject.hands, ())
    elif act.for_absent is not None:
        refuse("E_CORRECTION", "nobody is absent: the entry is the signer's own")
    return subject


def _wanted(act: CorrectionRecorded, corrected: type[Act]) -> None:
    """A correction names one field that can have another value, or annuls the whole entry."""
    if act.annuls:
        if act.field is not None or act.reason not in ANNULLING:
            refuse(
                "E_CORRECTION", f"an entry is annulled as {', '.join(ANNULLING)}, and as a whole"
            )
    elif act.field is None or act.field not in corrected.FIELDS or fixed(act.act, act.field):
        refuse("E_CORRECTION", f"{act.act} has no field {act.field} that can be corrected")


@rule(StatementCountersigned, Kind.ITEM, Kind.CASE, Kind.ACTOR)
def statement_countersigned(subject: Subject, act: StatementCountersigned, scene: Scene) -> Subject:
    """Whoever has any right in the case signs an entry of somebody else."""
    entry = scene.cited(act.entry)
    if entry is None:
        refuse("E_UNKNOWN", "there is no such entry on this chain")
    if entry.by == scene.by or not set(entry.keys).isdisjoint(scene.owned(scene.by)):
        refuse("E_SAME_PERSON", "who signed the entry does not countersign it")
    _any_right(subject, scene)
    return subject


@rule(NoteRecorded, Kind.ITEM, Kind.CASE)
def note_recorded(subject: Subject, act: NoteRecorded, scene: Scene) -> Subject:
    """Whoever has any right in the case may leave a remark."""
    _any_right(subject, scene)
    return subject


def _any_right(subject: Subject, scene: Scene) -> None:
    case, by = _case(subject, scene), scene.by
    if not any(scene.may(by, right, case) for right in Right):
        scene.require(Right.HOLD, case)


def _case(subject: Subject, scene: Scene) -> str | None:
    if isinstance(subject, Item):
        return subject.case
    return scene.tag if isinstance(subject, Case) else None if isinstance(subject, Actor) else ""
