"""What an act that was recorded makes of what there is."""

from collections.abc import Callable
from typing import Any

from tests.kept.facts import (
    DAY,
    OUTCOMES,
    Asked,
    Case,
    Facts,
    Hold,
    Item,
    Line,
    Moved,
    Request,
    Version,
)
from tests.kept.law import Step, deciding

Effect = Callable[[Facts, Step, Any], None]
EFFECTS: dict[str, Effect] = {}
FOUND = {"not_located": "missing_item", "unexpectedly_present": "extra_item"}
MEANWHILE = ("release_from_custody", "appeal_end")


def effect(*acts: str) -> Callable[[Effect], Effect]:
    """What these acts do to each subject that they are about."""

    def keep(function: Effect) -> Effect:
        EFFECTS.update(dict.fromkeys(acts, function))
        return function

    return keep


def apply(facts: Facts, step: Step) -> None:
    """Take up a step that was recorded; all of it looks at what was before."""
    for tag in step.about:
        if step.act in EFFECTS:
            EFFECTS[step.act](facts, step, facts.items.get(tag) or facts.cases.get(tag))
    for tag in step.sources:
        facts.items[tag].products -= {*step.about}
    if step.act == "note.recorded":
        return  # a remark can be erased, and then nobody knows who made it
    for tag in (*step.about, *step.sources):
        item = facts.items.get(tag)
        if item:
            item.people |= {name for name, _ in step.signers} | item.hands()


@effect("case.status_changed")
def _(facts: Facts, step: Step, case: Case) -> None:
    status = step.said("status")
    outcome = OUTCOMES.get(status)
    if status != "closed" and outcome not in case.happened:
        gone = {*OUTCOMES.values(), *MEANWHILE}
        case.happened = {k: v for k, v in case.happened.items() if k not in gone}
        case.appeal_until = None if outcome else case.appeal_until
    case.status = status
    if outcome:
        case.happened[outcome] = step.said("since")
    for name, trigger in (("appeal_over", "appeal_end"), ("released", "release_from_custody")):
        if step.said(name) is not None:
            case.happened[trigger] = step.said(name)
    if step.said("appeal_over") is not None or step.said("deadline") is not None:
        case.appeal_until = step.said("deadline")


@effect("pack.loaded")
def _(facts: Facts, step: Step, _ledger: None) -> None:
    facts.packs = facts.counting(facts.now)
    since = facts.now
    if facts.packs:
        (old,) = facts.packs
        since = old.until = facts.now + old.members["cooling_off_days"] * DAY
    version = Version(step.said("number"), step.said("rules"), step.said("members"), since)
    facts.packs.append(version)


@effect("retention.assigned")
def _(facts: Facts, step: Step, item: Item) -> None:
    item.lines.append(Line(step.id, step.said("rule"), step.said("until"), step.said("mode")))


@effect("retention.changed")
def _(facts: Facts, step: Step, item: Item) -> None:
    key = step.said("key")
    line = deciding([each for each in facts.lines(item, facts.now) if each.key == key])
    item.moved[key] = Moved(step.said("until"), line.began, line.computed)


@effect("hold.placed", "hold.amended")
def _(facts: Facts, step: Step, subject: Item | Case) -> None:
    hold = step.said("hold") or step.id
    if isinstance(subject, Item):
        subject.holds.add(hold)
    else:
        subject.holds[hold] = Hold(step.said("types"), step.said("lines"))


@effect("hold.released")
def _(facts: Facts, step: Step, subject: Item | Case) -> None:
    if isinstance(subject, Item):
        subject.holds.discard(step.said("hold"))
    else:
        del subject.holds[step.said("hold")]


@effect("request.recorded")
def _(facts: Facts, step: Step, subject: Item | Case) -> None:
    subject.requests[step.id] = Request(step.said("kind"), step.said("last"))


@effect("request.ended")
def _(facts: Facts, step: Step, subject: Item | Case) -> None:
    del subject.requests[step.said("request")]


@effect("disposition.requested")
def _(facts: Facts, step: Step, item: Item) -> None:
    item.asked = Asked(step.id, step.said("kind"), step.lead)


@effect("disposition.consulted")
def _(facts: Facts, step: Step, item: Item) -> None:
    assert item.asked
    item.asked.objected = step.said("opinion") == "objects"


@effect("disposition.approved")
def _(facts: Facts, step: Step, item: Item) -> None:
    assert item.asked
    item.asked.approved.append(step.lead)
    item.asked.order = step.said("order") or item.asked.order


@effect("disposition.rejected")
def _(facts: Facts, step: Step, item: Item) -> None:
    item.asked = None


@effect("disposition.begun")
def _(facts: Facts, step: Step, item: Item) -> None:
    assert item.asked
    item.asked.begun = True


@effect("disposition.executed")
def _(facts: Facts, step: Step, item: Item) -> None:
    item.gone, item.executed = step.said("kind"), step.id
    item.left = step.said("removal") == "removed_in_part"
    item.holder = item.out = item.asked = None


@effect("inventory.started")
def _(facts: Facts, step: Step, _ledger: None) -> None:
    facts.inventories[step.id] = step.lead


@effect("inventory.closed")
def _(facts: Facts, step: Step, _ledger: None) -> None:
    del facts.inventories[step.said("inventory")]


@effect("inventory.observed")
def _(facts: Facts, step: Step, item: Item) -> None:
    if step.said("outcome") in FOUND:
        item.troubles[step.id] = FOUND[step.said("outcome")], {step.lead, *item.hands()}


@effect("discrepancy.opened")
def _(facts: Facts, step: Step, item: Item) -> None:
    item.troubles[step.id] = "damage", {step.lead, *item.hands()}


@effect("discrepancy.resolved")
def _(facts: Facts, step: Step, item: Item) -> None:
    del item.troubles[step.said("discrepancy")]


@effect("note.recorded")
def _(facts: Facts, step: Step, item: Item) -> None:
    item.entries[step.id] = (step.act, step.said("envelope_of"))


@effect("transfer.released")
def _(facts: Facts, step: Step, item: Item) -> None:
    item.offer = (step.id, step.lead, step.said("to_name"))


@effect("transfer.accepted")
def _(facts: Facts, step: Step, item: Item) -> None:
    item.holder, item.offer = step.lead, None


@effect("transfer.cancelled")
def _(facts: Facts, step: Step, item: Item) -> None:
    item.offer = None


@effect("access.checked_out")
def _(facts: Facts, step: Step, item: Item) -> None:
    item.out = step.said("to_name")


@effect("access.checked_in")
def _(facts: Facts, step: Step, item: Item) -> None:
    item.out = None
