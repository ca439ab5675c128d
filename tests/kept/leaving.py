"""What must be refused of how an item leaves, of inventories, and of hand-overs meanwhile."""

from collections.abc import Iterator

from tests.kept.facts import OWNED, Asked, Facts, Item, Version
from tests.kept.law import (
    APPROVERS,
    DESTROYING,
    Step,
    free,
    in_custody,
    in_hand,
    law,
    may,
    near,
    needs,
    protected,
    settled,
)


def pack_of(facts: Facts, item: Item) -> Version | None:
    return facts.in_force(facts.now) if facts.cases[item.case].pack else None


def open_one(step: Step, item: Item) -> Iterator[str]:
    asked = item.asked
    if asked is None or asked.id != step.said("disposition") or asked.begun:
        yield "E_DISPOSITION"


@law("disposition.requested")
def _(facts: Facts, step: Step, item: Item) -> Iterator[str]:
    yield from needs(step, "T", "H")
    yield from free(facts, item)
    if item.asked or step.said("kind") in ("not_stated", "relief_of_accountability"):
        yield "E_DISPOSITION"


@law("disposition.consulted")
def _(facts: Facts, step: Step, item: Item) -> Iterator[str]:
    yield from open_one(step, item)


@law("disposition.approved")
def _(facts: Facts, step: Step, item: Item) -> Iterator[str]:
    yield from needs(step, "O")
    yield from open_one(step, item)
    yield from free(facts, item)
    asked = item.asked
    if asked is None:
        return
    if asked.objected:
        yield "E_DISPOSITION"
    people, keys = near(item)
    before = {asked.by, *asked.approved}
    keys = keys.union(*(OWNED[each] for each in before))
    if step.lead in people | before or OWNED[step.lead] & keys:
        yield "E_TWO_PERSON"
    if step.said("order"):
        yield from _order(facts, step, item, asked)


def _order(facts: Facts, step: Step, item: Item, asked: Asked) -> Iterator[str]:
    """It is on file, holds now, counts under the pack, and was not counted yet."""
    basis = facts.cases[item.case].bases.get(step.said("order"))
    pack = pack_of(facts, item)
    if basis is None:
        yield "E_AUTHORITY"
    elif pack is None or basis[0] not in pack.listed("orders"):
        yield "E_TWO_PERSON"
    if asked.order or (basis and (basis[1] or facts.now) < facts.now):
        yield "E_TWO_PERSON"


def _still(facts: Facts, item: Item, asked: Asked) -> bool:
    """Whether an order counts as an approval just now."""
    kind, ends = facts.cases[item.case].bases.get(asked.order or "", ("", None))
    pack = pack_of(facts, item)
    return pack is not None and kind in pack.listed("orders") and (ends or facts.now) >= facts.now


@law("disposition.rejected")
def _(facts: Facts, step: Step, item: Item) -> Iterator[str]:
    yield from open_one(step, item)
    if item.asked and item.asked.by != step.lead:
        yield from needs(step, "O")


def ready(facts: Facts, step: Step, item: Item, asked: Asked) -> Iterator[str]:
    """Approved by enough, and still nobody needs it; who acts has it and did not approve."""
    yield from needs(step, "H")
    yield from free(facts, item)
    yield from in_hand(step, item)
    if asked.objected:
        yield "E_DISPOSITION"
    if len(asked.approved) + _still(facts, item, asked) < APPROVERS:
        yield "E_TWO_PERSON"
    if any(OWNED[step.lead] & OWNED[each] for each in asked.approved):
        yield "E_TWO_PERSON"


def witnessed(facts: Facts, step: Step, item: Item, asked: Asked) -> Iterator[str]:
    """Somebody looks on who neither asked nor has it; from outside, where the pack says so."""
    looking = step.signing("witness") - item.hands()
    looking = {each for each in looking if not OWNED[each] & OWNED[asked.by]}
    if not looking:
        yield "E_WITNESS"
    pack = pack_of(facts, item)
    if pack is None or item.type not in pack.listed("outside_witness"):
        return
    known = set[str]().union(*(OWNED[each] for each in item.people))
    if all(OWNED[each] & known for each in looking):
        yield "E_WITNESS_IN_CHAIN"


@law("disposition.begun")
def _(facts: Facts, step: Step, item: Item) -> Iterator[str]:
    yield from open_one(step, item)
    if item.asked is None:
        return
    if item.asked.kind not in DESTROYING:
        yield "E_DISPOSITION"
    yield from ready(facts, step, item, item.asked)
    yield from witnessed(facts, step, item, item.asked)


@law("disposition.executed")
def _(facts: Facts, step: Step, item: Item) -> Iterator[str]:
    asked, which = item.asked, step.said("disposition")
    if which is None:
        yield from _light(facts, step, item)
    elif asked is None or asked.id != which:
        yield "E_DISPOSITION"
    elif asked.begun:
        if step.said("kind") != asked.kind:
            yield "E_DISPOSITION"
        if item.holder != step.lead:
            yield "E_NOT_HOLDER"
        yield from witnessed(facts, step, item, asked)
        removed = step.said("removal") in ("removed", "removed_in_part")
        if step.said("removal") == "kept" or (removed and not item.content):
            yield "E_CONTENT"
    else:
        if asked.kind in DESTROYING or asked.kind != step.said("kind"):
            yield "E_DISPOSITION"
        yield from ready(facts, step, item, asked)
        yield from _given(step)


def _given(step: Step) -> Iterator[str]:
    if step.said("to") is None or step.said("assurance") in (None, "not_stated"):
        yield "E_DISPOSITION"
    if step.said("removal") in ("removed", "removed_in_part"):
        yield "E_CONTENT"


def _light(facts: Facts, step: Step, item: Item) -> Iterator[str]:
    """The weekly way of a device back to its owner."""
    pack = pack_of(facts, item)
    if pack is None or item.type not in pack.listed("light") or not item.copied:
        yield "E_DISPOSITION"
    if step.said("kind") != "return_to_owner" or item.asked:
        yield "E_DISPOSITION"
    yield from needs(step, "H")
    yield from free(facts, item)
    yield from in_hand(step, item)
    yield from _given(step)
    people, keys = near(item)
    others = {each for each in step.signing("approver") - people if not OWNED[each] & keys}
    if not any(may(each, "O") for each in others):
        yield "E_TWO_PERSON"


@law("disposition.certified")
def _(facts: Facts, step: Step, item: Item) -> Iterator[str]:
    yield from needs(step, "T", "H")
    if item.gone is None or item.executed != step.said("executed"):
        yield "E_DISPOSITION"
    left = len(item.products) + item.left
    if step.said("surviving") != left:
        yield "E_SURVIVING"
    if step.said("total") == "yes" and (left or item.gone not in DESTROYING):
        yield "E_SURVIVING"


@law("inventory.started")
def _(facts: Facts, step: Step, _ledger: None) -> Iterator[str]:
    yield from needs(step, "K", "H")


@law("inventory.observed")
def _(facts: Facts, step: Step, item: Item) -> Iterator[str]:
    yield from needs(step, "K", "H")
    yield from in_custody(item)
    if step.said("inventory") not in facts.inventories:
        yield "E_INVENTORY"
    if step.said("outcome") in ("not_stated", "not_yet_checked"):
        yield "E_INVENTORY"


@law("inventory.closed")
def _(facts: Facts, step: Step, _ledger: None) -> Iterator[str]:
    began = facts.inventories.get(step.said("inventory"))
    if began is None:
        yield "E_INVENTORY"
        return
    if began != step.lead:
        yield from needs(step, "O")
    if step.said("gone"):  # one was expected, and one is said to have been seen
        yield "E_INVENTORY"


@law("note.recorded")
def _(facts: Facts, step: Step, item: Item) -> Iterator[str]:
    yield from needs(step, *"CHXKTOE")


@law("transfer.released")
def _(facts: Facts, step: Step, item: Item) -> Iterator[str]:
    yield from settled(item)
    if item.holder != step.lead:
        yield "E_NOT_HOLDER"
    if item.out:
        yield "E_CHECKED_OUT"
    if step.said("to_name") == step.lead:
        yield "E_SAME_PERSON"
    if step.said("purpose") == "return_to_owner":  # it would leave for good
        yield from protected(facts, item)


@law("transfer.accepted", "transfer.cancelled")
def _(facts: Facts, step: Step, item: Item) -> Iterator[str]:
    yield from in_custody(item)
    offer = item.offer
    if offer is None or offer[0] != step.said("transfer"):
        yield "E_NO_TRANSFER"
    elif step.act == "transfer.cancelled":
        if offer[1] != step.lead:
            yield "E_NOT_HOLDER"
    else:
        if offer[2] != step.lead:
            yield "E_NO_TRANSFER"
        if OWNED[offer[1]] & OWNED[step.lead]:
            yield "E_SAME_PERSON"
    if step.act == "transfer.accepted":
        yield from needs(step, "H")


@law("access.checked_out")
def _(facts: Facts, step: Step, item: Item) -> Iterator[str]:
    yield from settled(item)
    if item.holder != step.lead:
        yield "E_NOT_HOLDER"
    if item.out:
        yield "E_CHECKED_OUT"
    to = step.said("to_name")
    if to != step.lead and to not in step.signing("counterparty"):
        yield "E_SAME_PERSON"
    if not may(to, "X", "H"):
        yield "E_NO_GRANT"


@law("access.checked_in")
def _(facts: Facts, step: Step, item: Item) -> Iterator[str]:
    yield from settled(item)
    if item.out is None:
        yield "E_NOT_OUT"
    both = {item.out, item.holder}
    if step.lead not in both:
        yield "E_NOT_HOLDER"
    if not both <= {step.lead, *step.signing("counterparty")}:
        yield "E_SAME_PERSON"


@law("discrepancy.opened")
def _(facts: Facts, step: Step, item: Item) -> Iterator[str]:
    yield from needs(step, "K", "H")
    yield from in_custody(item)


@law("discrepancy.resolved")
def _(facts: Facts, step: Step, item: Item) -> Iterator[str]:
    yield from needs(step, *"CHXKTOE")
    kind, found = item.troubles.get(step.said("discrepancy"), ("", set[str]()))
    if kind == "" or kind != step.said("kind"):
        yield "E_DISCREPANCY"
        return
    people = found | item.hands()
    keys = set[str]().union(*(OWNED[each] for each in found))
    those = {step.lead, *step.signing("approver")} - people
    if not any(may(each, "O") and not OWNED[each] & keys for each in those):
        yield "E_TWO_PERSON"
