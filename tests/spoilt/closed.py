"""Chains that a bundle must show beside what it is about, and an exporter leaves out.

With each subject come the ledger's chain, the case's, and those of whoever signs.
"""

from collections.abc import Iterator

from custody.core import tags
from custody.core.bundle import layout
from custody.core.findings import Check, Outcome
from custody.core.state import Case
from tests.spoilt import Also, Spoilt, spoilt
from tests.spoilt.keeping import rita
from tests.spoilt.stage import CASE, Stage, good, hide, of, spoilt_of, stage, withhold
from tests.worlds import Person

RULELESS: Also = {
    (Check.RULES, Outcome.UNDETERMINED): "rules read it, or what rests on what they read of it",
}
KEYLESS: Also = {
    **RULELESS,
    (Check.SIGNATURE, Outcome.UNDETERMINED): "nobody can say which keys had to sign",
    (Check.FIXITY, Outcome.UNDETERMINED): "nor with which key an exporter signs",
}


def signed_by(own: Stage, *people: Person) -> Iterator[str]:
    """The entries that one of these leads."""
    leading = {person.tag for person in people}
    for run in own.world.runs:
        if run.signed.statement.by in leading:
            yield f"record {run.first}"


@spoilt(Check.KEY, Outcome.UNDETERMINED, also=KEYLESS)
def ledger_withheld() -> Spoilt:
    """By which rules it was judged, and from where all rights descend, is left out."""
    own, bundle = good()
    hide(bundle, tags.ledger_tag(own.world.origin))
    told = own.story
    return spoilt_of(bundle, *signed_by(own, told.dora, told.eve, told.carl, told.olga, told.pia))


@spoilt(Check.COMPLETENESS)
def change_of_the_rules_withheld() -> Spoilt:
    """That entries count as late after an hour is left out."""
    own = stage()
    ledger = tags.ledger_tag(own.world.origin)
    rules = {"version": 1, "late_after": 3600, "ahead": 120, "approvers": 2}
    signers = [own.story.ada, rita(own)]
    changed = own.world.record("ledger.rules_changed", [ledger], {"rules": rules}, signers=signers)
    bundle = own.bundle()
    withhold(bundle, [own.first(changed)])
    return spoilt_of(bundle, of(f"ledger {own.world.origin}"))


@spoilt(Check.KEY, Outcome.UNDETERMINED, also=KEYLESS)
def founder_withheld() -> Spoilt:
    """Who enrolled everybody, nobody can see."""
    own, bundle = good()
    hide(bundle, own.story.ada.tag)
    _, *others = (f"record {run.first}" for run in own.world.runs)
    return spoilt_of(bundle, *others)


@spoilt(Check.COMPLETENESS, also=RULELESS)
def case_withheld_from_its_item() -> Spoilt:
    """A chosen item without the case: its legal basis, and who may do what in it."""
    own = stage()
    bundle = own.bundle(own.story.laptop)
    hide(bundle, own.story.case)
    return spoilt_of(bundle, of(CASE))


@spoilt(Check.COMPLETENESS)
def register_withheld_from_its_case() -> Spoilt:
    """The list of all items of the case is left out, and all items are there."""
    own, bundle = good()
    case = own.world.states[own.story.case]
    assert isinstance(case, Case)
    first = next(n for n, e in enumerate(bundle.read) if getattr(e, "tag", "") == case.register)
    hide(bundle, case.register)
    return spoilt_of(bundle, of(f"record {first}"))


@spoilt(Check.KEY, Outcome.UNDETERMINED, also=KEYLESS)
def exporter_withheld() -> Spoilt:
    """Who prepared the bundle, and leads the case, is left out."""
    own, bundle = good()
    hide(bundle, own.story.olga.tag)
    return spoilt_of(bundle, *signed_by(own, own.story.olga))


@spoilt(
    Check.COMPLETENESS,
    also={
        (Check.FIXITY, Outcome.UNDETERMINED): "so nobody says who exports",
        (Check.COMPLETENESS, Outcome.UNDETERMINED): "nor what the bundle should hold",
    },
)
def announcement_withheld() -> Spoilt:
    """What was announced of the bundle itself is left out."""
    _, bundle = good()
    assert layout.MIRROR not in bundle.files
    withhold(bundle, [bundle.size - 2])
    return spoilt_of(bundle, of(CASE))
