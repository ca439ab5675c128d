"""Rules on working copies, analyses and reviews, and on the numbers of others. (R25, R27, R51)"""

from custody.core import times
from custody.core.rules.cases import on_file
from custody.core.rules.items import in_hands, present, sealed, settled
from custody.core.rules.limits import allowed
from custody.core.rules.rights import Right
from custody.core.rules.scene import Scene, refuse, rule
from custody.core.state import Copy, Item
from custody_schemas.acts import (
    AnalysisRecorded,
    AnalysisReviewed,
    CopyIssued,
    CopyReturned,
    ItemReferenceAssigned,
)
from custody_schemas.acts.items import WRONG
from custody_schemas.declare import Kind
from custody_schemas.terms import Answer, CopyFate, DiscrepancyKind, IntegrityVerdict


@rule(ItemReferenceAssigned, Kind.ITEM)
def reference_assigned(item: Item, act: ItemReferenceAssigned, scene: Scene) -> Item:
    """Whoever has any right in the case notes the number that somebody gave the item."""
    scene.any_right(item.case)
    return item


@rule(CopyIssued, Kind.ITEM)
def copy_issued(item: Item, act: CopyIssued, scene: Scene) -> Item:
    """Who has the item in hand gives out copies that were read back and match."""
    scene.require(Right.HOLD, item.case)
    settled(item)
    in_hands(item, scene)
    if item.content is None:
        refuse("E_HASH", "the item has no digital content on file that could be copied")
    if act.verified is not IntegrityVerdict.MATCH:
        refuse("E_HASH", f"the copy was read back as {act.verified}: write it again")
    if (act.to is None) == (act.outside is None):
        refuse("E_UNKNOWN", "a copy goes to one receiver, with or without an account")
    if act.number != item.issued + 1:
        refuse("E_COPY", f"the next copy of this item is number {item.issued + 1}")
    if act.authority is not None:
        on_file(scene.case(item.case), act.authority)
    if act.outside is not None:
        allowed(item, act, scene)
    copy = Copy(
        id=scene.id,
        number=act.number,
        to=act.to,
        outside=act.outside,
        since=scene.at,
        due=times.seconds(act.due_back) if act.due_back else None,
    )
    return item.but(copies=(*item.copies, copy), issued=act.number)


@rule(CopyReturned, Kind.ITEM)
def copy_returned(item: Item, act: CopyReturned, scene: Scene) -> Item:
    """Who holds the item, or who got the copy, says what became of it."""
    copy = next((each for each in item.copies if each.id == act.copy), None)
    if copy is None:
        refuse("E_COPY", "that entry issued no copy of this item that is still out")
    if scene.by not in (item.holder, item.out.to if item.out else None, copy.to):
        refuse("E_NOT_HOLDER", "who holds the item, or got the copy, says what became of it")
    kept = item.but(copies=tuple(each for each in item.copies if each != copy))
    if act.fate is CopyFate.LOST:  # evidence is in unknown hands, though the item is not
        return scene.with_discrepancy(kept, DiscrepancyKind.UNAUTHORISED_ACCESS, copy.to)
    if act.hash in WRONG:  # of the copy: it says nothing against the item
        return scene.with_discrepancy(kept, DiscrepancyKind.RECORD_CONFLICT, copy.to)
    return kept


@rule(AnalysisRecorded, Kind.ITEM)
def analysis_recorded(item: Item, act: AnalysisRecorded, scene: Scene) -> Item:
    """Who has the item, or a copy of it, examines it; an original only for a reason. (R51)"""
    scene.require(Right.EXAMINE, item.case)
    present(item)
    if act.authority is not None:
        on_file(scene.case(item.case), act.authority)
    original = act.working_copy is Answer.NO or act.original is not None
    if not original and any(copy.to == scene.by for copy in item.copies):
        return item
    if act.working_copy is Answer.YES and item.content is None:
        refuse("E_ORIGINAL", "the item is the original: record the analysis on its copy")
    if item.copied and act.original is None:
        refuse("E_ORIGINAL", "a verified copy of this original is on file")
    if sealed(item) and act.original is None:
        refuse("E_SEAL", "the item is recorded as sealed: break the seal first")
    in_hands(item, scene)
    return item


@rule(AnalysisReviewed, Kind.ITEM)
def analysis_reviewed(item: Item, act: AnalysisReviewed, scene: Scene) -> Item:
    """Another person, who examines or oversees, reviews."""
    if not scene.may(scene.by, Right.EXAMINE, item.case):
        scene.require(Right.OVERSEE, item.case)
    analysis = scene.cited(act.analysis)
    if analysis is None or analysis.act != AnalysisRecorded.NAME:
        refuse("E_UNKNOWN", "there is no such analysis on this chain")
    if analysis.by == scene.by or not set(analysis.keys).isdisjoint(scene.owned(scene.by)):
        refuse("E_SAME_PERSON", "nobody reviews an analysis of her own")
    return item
