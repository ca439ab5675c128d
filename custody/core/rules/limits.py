"""What a giver allows: whatever goes beyond it takes the giver's consent on file. (R98)

Limits come with an item that is received, and pass to whatever is made from it. Of a handling code,
and of a limit in words alone, no rule can tell what goes beyond it: these are told.
"""

from collections.abc import Iterable

from custody.core import times
from custody.core.kept import Limits
from custody.core.rules.cases import in_force, on_file
from custody.core.rules.scene import Scene, refuse
from custody.core.state import Case, Item
from custody_schemas.acts import CopyIssued, ExportPrepared, ItemReceived, TransferReleased
from custody_schemas.terms import (
    AccessPurpose,
    AuthorityKind,
    OutsideParty,
    TransferPurpose,
    UseLimit,
)

Leaves = ExportPrepared | CopyIssued | TransferReleased
ONWARD = {UseLimit.NO_ONWARD_TRANSFER, UseLimit.ONWARD_TRANSFER_WITH_CONSENT}
# Who takes part in the proceedings that something was given for, or works for who does.
PARTIES = (
    OutsideParty.COURT,
    OutsideParty.PROSECUTOR,
    OutsideParty.DEFENCE,
    OutsideParty.LABORATORY,
    OutsideParty.COURIER,
)
# Purposes that are not those of these proceedings, or of which nobody knows.
FOREIGN = (
    TransferPurpose.MLA_TRANSMISSION,
    TransferPurpose.VALUATION,
    TransferPurpose.OTHER,
    TransferPurpose.NOT_STATED,
    AccessPurpose.TRAINING,
    AccessPurpose.SUBJECT_ACCESS_REQUEST,
    AccessPurpose.NOT_STATED,
)


def stated(act: ItemReceived) -> Limits | None:
    """The limits that came with an item."""
    if act.use_limits is None and act.delete_by is None:
        return None
    day = times.seconds(act.delete_by) if act.delete_by else None
    return joined([Limits(kinds=act.use_limits or (), delete_by=day)])


def of_parents(parents: Iterable[str], scene: Scene) -> Limits | None:
    """The limits that pass to an item from what it was made from."""
    wholes = map(scene.world.subject, parents)
    return joined(whole.limits for whole in wholes if isinstance(whole, Item))


def joined(found: Iterable[Limits | None]) -> Limits | None:
    """All limits together; of days to delete it by, the earliest."""
    known = [each for each in found if each is not None]
    if not known:
        return None
    kinds = {kind for each in known for kind in each.kinds}
    days = [each.delete_by for each in known if each.delete_by is not None]
    ordered = tuple(kind for kind in UseLimit if kind in kinds)
    return Limits(kinds=ordered, delete_by=min(days, default=None))


def beyond(limits: Limits | None, purpose: str, outside: OutsideParty | None, at: int) -> str:
    """What the giver does not allow about it, in words; empty where nothing speaks against it.

    purpose: of the hand-over, the export or the copy
    outside: what sort of person or body without an account gets it
    """
    if limits is None:
        return ""
    if limits.delete_by is not None and limits.delete_by < at:
        return f"the giver wanted it deleted by {times.spelt(limits.delete_by)}"
    if UseLimit.SPECIALTY in limits.kinds and purpose in FOREIGN:
        return f"it is for nothing but what it was given for, and this is for {purpose}"
    onward = purpose == TransferPurpose.MLA_TRANSMISSION
    if ONWARD & {*limits.kinds} and (onward or outside not in (None, *PARTIES)):
        return f"it is not passed on without the giver's consent, and goes to {outside}"
    return ""


def allowed(item: Item, act: Leaves, scene: Scene) -> None:
    """The item, or its content, leaves as its giver allows, or by the giver's consent on file.

    Raises:
        RuleError: E_USE_LIMIT, E_AUTHORITY.
    """
    if act.consent is not None:
        consented(scene.case(item.case), act.consent, scene)
    elif why := beyond(item.limits, act.purpose, act.outside, scene.at):
        refuse("E_USE_LIMIT", why)


def consented(case: Case, consent: str, scene: Scene) -> None:
    """The giver's consent is on file, and in force. Raises RuleError: E_USE_LIMIT, E_AUTHORITY."""
    found = on_file(case, consent)
    if found.kind is not AuthorityKind.CONSENT or not in_force(found, scene.at):
        refuse("E_USE_LIMIT", f"the {found.kind} on file is no consent, or not in force now")
