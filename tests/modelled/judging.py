"""What must be refused, and why: all the reasons at once, whichever the ledger meets first."""

from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

from tests.modelled.facts import OPEN, WRONG, Entry, Facts, Line, Step, Thing, Trouble

Reasons = Callable[[Facts, Step, Any], Iterator[str]]
Effects = Callable[[Facts, Step, Any], None]
JUDGES: dict[tuple[str, str], Reasons] = {}
CHANGES: dict[tuple[str, str], Effects] = {}

BEGINS = {
    ("item.registered", "item"),
    ("case.opened", "case"),
    ("case.opened", "register"),
    ("actor.registered", "actor"),
}
TOUCHES = {
    "item.reference_assigned",
    "analysis.recorded",
    "analysis.reviewed",
    "correction.recorded",
    "note.recorded",
    "statement.countersigned",
    "discrepancy.updated",
    "export.prepared",
    "export.created",
}
STANDING = {"thing": ("item", "source"), "case": ("case",), "human": ("actor",)}


def judge(act: str, kind: str = "item") -> Callable[[Reasons], Reasons]:
    """The reasons against an act, for one kind of subject that it is about."""

    def keep(function: Reasons) -> Reasons:
        JUDGES[act, kind] = function
        return function

    return keep


def change(act: str, kind: str = "item") -> Callable[[Effects], Effects]:
    """What an act makes of one kind of subject that it is about."""

    def keep(function: Effects) -> Effects:
        CHANGES[act, kind] = function
        return function

    return keep


def moves(step: Step, kind: str) -> bool:
    """Whether who acts later on the subject must have seen this entry."""
    if kind == "register":
        return step.act == "case.opened"
    if kind == "source":
        return step.act == "item.derived" and step.said("parents_verified") in WRONG
    if step.act == "seal.verified":
        return step.said("verdict") not in OPEN
    if step.act == "integrity.checked":
        return bool(step.said("verdict") != "match")
    return step.act not in TOUCHES


def subject(facts: Facts, tag: str) -> Any:
    """The thing, case or person of that tag; None for registers, the ledger, and what is new."""
    return facts.things.get(tag) or facts.cases.get(tag) or facts.humans.get(tag)


def reasons(facts: Facts, step: Step) -> set[str]:
    """Every code with which the step could be refused now; none: it must be recorded."""
    found = set(_of_all(facts, step))
    for tag, kind in step.about.items():
        line, knew = facts.lines.get(tag), step.knew[tag]
        if (step.act, kind) in BEGINS:
            found |= {"E_EXISTS"} if line else set()
        elif line is None:
            found.add("E_UNKNOWN")
            continue
        elif knew < line.count if moves(step, kind) else knew - 1 < line.changed:
            found.add("E_PREV")
        if (step.act, kind) in JUDGES:
            found |= set(JUDGES[step.act, kind](facts, step, subject(facts, tag)))
    return found


def _of_all(facts: Facts, step: Step) -> Iterator[str]:
    for person, _, key in step.signers:
        if key not in facts.humans[person].keys:
            yield "E_KEY"
    who = {person for person, *_ in step.signers}
    if any(facts.owned(one) & facts.owned(other) for one, other in combinations(who, 2)):
        yield "E_SAME_PERSON"
    if facts.now > step.made + 86_400:
        yield "E_EXPIRED"
    if facts.now - step.made > facts.late_after and not step.said("late"):
        yield "E_TIME"
    cases = {facts.things[tag].case for tag in step.about if tag in facts.things}
    cases |= {
        case.tag for case in facts.cases.values() if {case.tag, case.register} & {*step.about}
    }
    if len(cases) > 1:
        yield "E_OTHER_CASE"


def apply(facts: Facts, step: Step) -> None:
    """Take up a step that was recorded."""
    keys = frozenset(key for *_, key in step.signers)
    for tag, kind in step.about.items():
        known = subject(facts, tag)
        if (step.act, kind) in CHANGES:
            CHANGES[step.act, kind](facts, step, known)
        line = facts.lines.setdefault(tag, Line(0, -1))
        line.changed = line.count if moves(step, kind) else line.changed
        line.count += 1
        facts.entries[tag, step.id] = Entry(step.act, step.lead, keys)


def trouble(facts: Facts, step: Step, thing: Thing, kind: str, *more: str | None) -> None:
    """Open a discrepancy; to be called before anything else is changed."""
    people, keys = thing.near()
    people |= {step.lead, *filter(None, more)}
    thing.troubles.append(Trouble(step.id, kind, people, keys | facts.owned(step.lead)))


def present(thing: Thing) -> Iterator[str]:
    """It has an origin and has not left custody."""
    if not thing.origin:
        yield "E_NO_ORIGIN"
    if thing.gone:
        yield "E_TERMINAL"


def settled(thing: Thing) -> Iterator[str]:
    """And it is not on its way to somebody."""
    yield from present(thing)
    if thing.offer:
        yield "E_OPEN_TRANSFER"


def in_hands(step: Step, thing: Thing) -> Iterator[str]:
    if thing.hands != step.lead:
        yield "E_NOT_HOLDER"


def held(step: Step, thing: Thing) -> Iterator[str]:
    """Who leads holds it and it is not out."""
    if thing.holder != step.lead:
        yield "E_NOT_HOLDER"
    elif thing.out:
        yield "E_CHECKED_OUT"


def needs(facts: Facts, step: Step, case: str, *rights: str) -> Iterator[str]:
    """One of these rights."""
    if not any(facts.may(step.lead, right, case) for right in rights):
        yield "E_NO_GRANT"


def cited_basis(facts: Facts, step: Step, case: str) -> Iterator[str]:
    """The legal basis that is named, if any, is on file in the case."""
    named = step.said("authority")
    if named and named not in facts.cases[case].bases:
        yield "E_AUTHORITY"
