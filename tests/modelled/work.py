"""Copies, analyses, discrepancies, corrections, and signatures put to what stands."""

from collections.abc import Iterator

from tests.modelled.facts import WRONG, Dossier, Facts, Human, Step, Thing, Trouble
from tests.modelled.judging import (
    change,
    cited_basis,
    in_hands,
    judge,
    needs,
    present,
    settled,
    trouble,
)

Subject = Thing | Dossier | Human
ANNULS = ("duplicate_entry", "wrong_item", "wrong_person", "system_error")
GONE = ("missing_item", "location_unknown", "damage")
# Fields of some acts: True where another value is another act.
FIELDS = {
    "item.registered": {"serial": False, "condition": False, "number": True},
    "seal.applied": {"seal_number": False, "condition": False},
    "seal.verified": {"seal_read": False, "verdict": True},
    "transfer.accepted": {"seal_read": False, "condition": False, "hash": True},
}


def case_of(subject: Subject) -> str:
    if isinstance(subject, Thing):
        return subject.case
    return subject.tag if isinstance(subject, Dossier) else ""


def some_right(facts: Facts, step: Step, subject: Subject) -> Iterator[str]:
    if not facts.any_right(step.lead, case_of(subject)):
        yield "E_NO_GRANT"


@judge("copy.issued")
def _(facts: Facts, step: Step, thing: Thing) -> Iterator[str]:
    yield from needs(facts, step, thing.case, "H")
    yield from settled(thing)
    yield from in_hands(step, thing)
    yield from cited_basis(facts, step, thing.case)
    if thing.content is None or step.said("verified") != "match":
        yield "E_HASH"
    if bool(step.said("to")) == bool(step.said("outside")):
        yield "E_UNKNOWN"
    if step.said("number") != thing.issued + 1:
        yield "E_COPY"


@change("copy.issued")
def _(facts: Facts, step: Step, thing: Thing) -> None:
    thing.issued += 1
    thing.copies[step.id] = thing.issued, step.said("to")


@judge("copy.returned")
def _(facts: Facts, step: Step, thing: Thing) -> Iterator[str]:
    copy = thing.copies.get(step.said("copy"))
    if copy is None:
        yield "E_COPY"
    elif step.lead not in (thing.holder, thing.out, copy[1]):
        yield "E_NOT_HOLDER"


@change("copy.returned")
def _(facts: Facts, step: Step, thing: Thing) -> None:
    _, had = thing.copies.pop(step.said("copy"))
    if step.said("fate") == "lost":
        trouble(facts, step, thing, "unauthorised_access", had)
    elif step.said("hash") in WRONG:
        trouble(facts, step, thing, "record_conflict", had)


@judge("analysis.recorded")
def _(facts: Facts, step: Step, thing: Thing) -> Iterator[str]:
    yield from needs(facts, step, thing.case, "X")
    yield from present(thing)
    yield from cited_basis(facts, step, thing.case)
    reason, copy = step.said("original"), step.said("working_copy")
    had = any(to == step.lead for _, to in thing.copies.values())
    if had and copy != "no" and not reason:
        return
    yield from in_hands(step, thing)
    if copy == "yes" and thing.content is None:
        yield "E_ORIGINAL"
    if thing.copied and not reason:
        yield "E_ORIGINAL"
    if thing.sealed and not reason:
        yield "E_SEAL"


@judge("analysis.reviewed")
def _(facts: Facts, step: Step, thing: Thing) -> Iterator[str]:
    yield from needs(facts, step, thing.case, "X", "O")
    entry = facts.entries.get((thing.tag, step.said("analysis")))
    if entry is None or entry.act != "analysis.recorded":
        yield "E_UNKNOWN"
    elif entry.by == step.lead or entry.keys & facts.owned(step.lead):
        yield "E_SAME_PERSON"


@judge("discrepancy.opened")
def _(facts: Facts, step: Step, thing: Thing) -> Iterator[str]:
    yield from needs(facts, step, thing.case, "K", "H")
    yield from present(thing)


@change("discrepancy.opened")
def _(facts: Facts, step: Step, thing: Thing) -> None:
    trouble(facts, step, thing, step.said("kind"))


def is_open(step: Step, thing: Thing) -> Trouble | None:
    wanted = step.said("discrepancy"), step.said("kind")
    return next((each for each in thing.troubles if (each.id, each.kind) == wanted), None)


@judge("discrepancy.updated")
def _(facts: Facts, step: Step, thing: Thing) -> Iterator[str]:
    yield from needs(facts, step, thing.case, "K", "H")
    if is_open(step, thing) is None:
        yield "E_DISCREPANCY"


@judge("discrepancy.resolved")
def _(facts: Facts, step: Step, thing: Thing) -> Iterator[str]:
    yield from some_right(facts, step, thing)
    found = is_open(step, thing)
    if found is None:
        yield "E_DISCREPANCY"
        return
    people = found.people | thing.hold()
    if not facts.one_overseer(step, thing.case, people, found.keys):
        yield "E_TWO_PERSON"
    if step.said("outcome") == "relief_granted":
        yield from settled(thing)
        yield from facts.approvals(step, thing.case, people, found.keys)
        if found.kind not in GONE:
            yield "E_DISCREPANCY"
    if step.said("outcome") == "recording_error" and found.kind == "seal" and thing.seal:
        mistyped = thing.seal.state == "number_mismatch" and thing.seal.finding == found.id
        if not mistyped:
            yield "E_DISCREPANCY"


@change("discrepancy.resolved")
def _(facts: Facts, step: Step, thing: Thing) -> None:
    found = is_open(step, thing)
    assert found
    thing.troubles.remove(found)
    if step.said("outcome") == "relief_granted":
        thing.gone, thing.out = True, None
    if step.said("outcome") == "recording_error" and found.kind == "seal" and thing.seal:
        thing.seal.state, thing.seal.finding, thing.seal.before = thing.seal.before, "", ""


@judge("correction.recorded")
@judge("correction.recorded", "case")
def _(facts: Facts, step: Step, subject: Thing | Dossier) -> Iterator[str]:
    act, name = step.said("act"), step.said("field")
    entry = facts.entries.get((subject.tag, step.said("corrects")))
    if entry is None or entry.act != act or act == "correction.recorded":
        yield "E_CORRECTION"
        return
    if step.said("annuls"):
        wrong = bool(name) or step.said("reason") not in ANNULS
    else:
        wrong = FIELDS.get(act, {}).get(name or "", name != "note")
    if wrong or (entry.by == step.lead) == bool(step.said("for_absent")):
        yield "E_CORRECTION"
    if entry.by == step.lead:
        return
    yield from needs(facts, step, case_of(subject), "O")
    seals = name == "seal_number" or (step.said("annuls") and act == "seal.applied")
    if not isinstance(subject, Thing) or not seals:
        return
    if not facts.one_overseer(step, subject.case, subject.hold(), set()):
        yield "E_TWO_PERSON"


@judge("statement.countersigned")
@judge("statement.countersigned", "case")
@judge("statement.countersigned", "actor")
def _(facts: Facts, step: Step, subject: Subject) -> Iterator[str]:
    yield from some_right(facts, step, subject)
    entry = facts.entries.get((subject.tag, step.said("entry")))
    if entry is None:
        yield "E_UNKNOWN"
    elif entry.by == step.lead or entry.keys & facts.owned(step.lead):
        yield "E_SAME_PERSON"


@judge("item.reference_assigned")
@judge("note.recorded")
@judge("note.recorded", "case")
def _(facts: Facts, step: Step, subject: Subject) -> Iterator[str]:
    yield from some_right(facts, step, subject)
