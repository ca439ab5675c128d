"""Rules on checks, discrepancies, corrections and notes. (R29, R35, R36, R58, R59)"""

from custody.core.rules.items import present
from custody.core.rules.rights import Right
from custody.core.rules.scene import Scene, refuse, rule
from custody.core.rules.transfers import judged_hash
from custody.core.state import Actor, Case, Item, Subject
from custody_schemas.acts import (
    CorrectionRecorded,
    DiscrepancyOpened,
    IntegrityChecked,
    NoteRecorded,
)
from custody_schemas.declare import Act, Kind

# What tags and keys are made from, or software computed: another value is another act.
FIXED = frozenset(
    (
        *("origin", "reference", "case", "number", "request", "key", "partner"),
        *("log_key", "log_mldsa", "content", "content_sha256", "content_blake3"),
        *("media", "media_sha256", "media_blake3", "files", "found", "sha256", "size", "parents"),
        *("verdict", "seal", "hash", "stored_hash", "parents_verified"),
    )
)


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


@rule(CorrectionRecorded, Kind.ITEM, Kind.CASE, Kind.ACTOR)
def correction_recorded(subject: Subject, act: CorrectionRecorded, scene: Scene) -> Subject:
    """An entry is corrected by who signed it, or by somebody who oversees; states do not change."""
    corrected = scene.cited(act.corrects)
    if corrected is None or corrected.act != act.act:
        refuse("E_CORRECTION", "there is no such entry on this chain")
    kind = Act.ALL.get(act.act)
    if kind is None or act.act == CorrectionRecorded.NAME:
        refuse("E_CORRECTION", "a correction is not edited: correct the first entry once more")
    if act.field not in kind.FIELDS or act.field in FIXED:
        refuse("E_CORRECTION", f"{act.act} has no field {act.field} that can be corrected")
    if corrected.by != scene.by:
        scene.require(Right.OVERSEE, _case(subject, scene))
    return subject


@rule(NoteRecorded, Kind.ITEM, Kind.CASE)
def note_recorded(subject: Subject, act: NoteRecorded, scene: Scene) -> Subject:
    """Whoever has any right in the case may leave a remark."""
    case = _case(subject, scene)
    if not any(scene.may(scene.by, right, case) for right in Right):
        scene.require(Right.HOLD, case)
    return subject


def _case(subject: Subject, scene: Scene) -> str | None:
    if isinstance(subject, Item):
        return subject.case
    return scene.tag if isinstance(subject, Case) else None if isinstance(subject, Actor) else ""
