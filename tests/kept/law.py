"""What must be refused, and why: all the reasons at once, whichever the rules meet first."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.kept.facts import OWNED, PENDING, PEOPLE, Case, Facts, Item, Kept, longest

DESTROYING = ("destroy", "secure_erase", "crypto_erase")
APPROVERS = 2
Reasons = Callable[[Facts, "Step", Any], Iterator[str]]
LAW: dict[str, Reasons] = {}


@dataclass(frozen=True)
class Step:
    """A signed entry. about: tags, sources apart. signers: name and capacity, who leads first."""

    id: str
    act: str
    about: tuple[str, ...]
    sources: tuple[str, ...]
    signers: tuple[tuple[str, str], ...]
    given: Mapping[str, Any]

    @property
    def lead(self) -> str:
        return self.signers[0][0]

    def signing(self, capacity: str) -> set[str]:
        return {name for name, as_ in self.signers if as_ == capacity} - {self.lead}

    def said(self, name: str) -> Any:
        return self.given.get(name)


def law(*acts: str) -> Callable[[Reasons], Reasons]:
    """The reasons against these acts, for each subject that they are about."""

    def keep(function: Reasons) -> Reasons:
        LAW.update(dict.fromkeys(acts, function))
        return function

    return keep


def reasons(facts: Facts, step: Step) -> set[str]:
    """Every code with which the step could be refused now; none: it must be recorded."""
    found: set[str] = set()
    names = [name for name, _ in step.signers]
    if any(OWNED[a] & OWNED[b] for a in names for b in names if a != b):
        found.add("E_SAME_PERSON")
    subjects = [facts.items.get(tag) or facts.cases.get(tag) for tag in step.about]
    cases = {each.case if isinstance(each, Item) else each.tag for each in subjects if each}
    if len(cases) > 1:
        found.add("E_OTHER_CASE")
    for subject in subjects:
        found |= set(LAW[step.act](facts, step, subject))
    for tag in step.sources:
        if not facts.items[tag].products & {*step.about}:
            found.add("E_PARENT")
    return found


def may(name: str, *rights: str) -> bool:
    return any(right in PEOPLE[name][1] for right in rights)


def needs(step: Step, *rights: str) -> Iterator[str]:
    if not may(step.lead, *rights):
        yield "E_NO_GRANT"


def on_file(facts: Facts, step: Step, case: str) -> Iterator[str]:
    named = step.said("authority")
    if named is not None and named not in facts.cases[case].bases:
        yield "E_AUTHORITY"


def in_custody(item: Item) -> Iterator[str]:
    if item.gone:
        yield "E_TERMINAL"
    if item.asked and item.asked.begun:
        yield "E_DISPOSITION"


def settled(item: Item) -> Iterator[str]:
    yield from in_custody(item)
    if item.offer:
        yield "E_OPEN_TRANSFER"


def in_hand(step: Step, item: Item) -> Iterator[str]:
    if (item.out or item.holder) != step.lead:
        yield "E_NOT_HOLDER"


def protected(facts: Facts, item: Item) -> Iterator[str]:
    """Everything that somebody still needs it for."""
    case = facts.cases[item.case]
    if item.out:
        yield "E_CHECKED_OUT"
    if facts.holding(item):
        yield "E_HOLD"
    if item.troubles:
        yield "E_OPEN_DISCREPANCY"
    if item.requests or case.requests:
        yield "E_REQUEST"
    if case.status in PENDING or (case.appeal_until or 0) >= facts.now:
        yield "E_APPEAL"
    ends = longest([line.until for line in facts.lines(item, facts.now)])
    if ends is None or ends > facts.now:
        yield "E_RETENTION"


def free(facts: Facts, item: Item) -> Iterator[str]:
    yield from settled(item)
    yield from protected(facts, item)


def near(item: Item) -> tuple[set[str], set[str]]:
    """Who has to do with it just now, and the keys of who gives it."""
    return item.hands(), OWNED[item.offer[1]] if item.offer else set()


def approved(step: Step, people: set[str], keys: set[str]) -> Iterator[str]:
    """Two who oversee, and are not involved."""
    those = {each for each in step.signing("approver") - people if not OWNED[each] & keys}
    if any(not may(each, "O") for each in those):
        yield "E_NO_GRANT"
    if len(those) < APPROVERS:
        yield "E_TWO_PERSON"


def involved(subject: Item | Case) -> tuple[set[str], set[str]]:
    return near(subject) if isinstance(subject, Item) else (set(), set())


def case_of(subject: Item | Case) -> str:
    return subject.case if isinstance(subject, Item) else subject.tag


@law("case.status_changed")
def _(facts: Facts, step: Step, case: Case) -> Iterator[str]:
    yield from needs(step, "T", "C")
    for name in ("since", "appeal_over"):
        if (step.said(name) or 0) > facts.now + 120:
            yield "E_TIME"
    if step.said("appeal_over") and step.said("status") in PENDING:
        yield "E_APPEAL"


@law("pack.loaded")
def _(facts: Facts, step: Step, _ledger: None) -> Iterator[str]:
    yield from needs(step, "O")
    if not any(may(each, "O") for each in step.signing("approver")):
        yield "E_TWO_PERSON"
    counting = facts.counting(facts.now)
    if len(counting) > 1 or any(step.said("number") <= each.number for each in counting):
        yield "E_PACK"


@law("retention.assigned")
def _(facts: Facts, step: Step, item: Item) -> Iterator[str]:
    yield from needs(step, "T")
    yield from in_custody(item)
    yield from on_file(facts, step, item.case)
    if step.said("rule") is None:
        if step.said("mode") == "indefinite" and step.said("until") is not None:
            yield "E_RETENTION"
        return
    version = facts.in_force(facts.now)
    if version is None or version.number != step.said("pack_version"):
        yield "E_PACK"
        return
    rule = next((each for each in version.rules if each.code == step.said("rule")), None)
    if rule is None:
        yield "E_PACK"
    elif step.said("until") is not None or step.said("mode") != rule.mode:
        yield "E_RETENTION"


@law("retention.changed")
def _(facts: Facts, step: Step, item: Item) -> Iterator[str]:
    yield from needs(step, "T")
    yield from in_custody(item)
    lines = [line for line in facts.lines(item, facts.now) if line.key == step.said("key")]
    if not lines:
        yield "E_RETENTION"
        return
    line, until = deciding(lines), step.said("until")
    if until == line.until and not line.waits:
        yield "E_RETENTION"
    elif longest([until, line.until]) == line.until:
        yield from _shortened(facts, step, item, lines)
    else:
        yield from on_file(facts, step, item.case)


def deciding(lines: list[Kept]) -> Kept:
    """The first that no other one outlasts."""
    last = longest([line.until for line in lines])
    return next(line for line in lines if line.until == last)


def _shortened(facts: Facts, step: Step, item: Item, lines: list[Kept]) -> Iterator[str]:
    line, until = deciding(lines), step.said("until")
    fixed = any(each.mode in ("compliance", "indefinite") for each in lines)
    early = line.began is not None and until is not None and until < line.began
    if fixed or line.waits or until is None or early or step.said("authority") is None:
        yield "E_RETENTION"
    yield from on_file(facts, step, item.case)
    basis = facts.cases[item.case].bases.get(step.said("authority"))
    if basis and (basis[1] or facts.now) < facts.now:
        yield "E_AUTHORITY"
    yield from approved(step, *near(item))


@law("retention.reviewed")
def _(facts: Facts, step: Step, item: Item) -> Iterator[str]:
    yield from needs(step, "T")
    yield from in_custody(item)


@law("hold.placed", "hold.amended", "hold.released")
def _(facts: Facts, step: Step, subject: Item | Case) -> Iterator[str]:
    yield from needs(step, "K", "H")
    if isinstance(subject, Item):
        yield from in_custody(subject)
    if step.act != "hold.placed" and step.said("hold") not in subject.holds:
        yield "E_HOLD"
        return
    yield from on_file(facts, step, case_of(subject))
    if step.act == "hold.released":
        yield from approved(step, *involved(subject))
        return
    if isinstance(subject, Item):
        if step.said("types") or step.said("lines"):
            yield "E_HOLD"
    elif step.act == "hold.amended":
        old = subject.holds[step.said("hold")]
        pairs = (step.said("types"), old.types), (step.said("lines"), old.lines)
        if any(new is not None and (was is None or {*was} - {*new}) for new, was in pairs):
            yield "E_HOLD"


@law("request.recorded")
def _(facts: Facts, step: Step, subject: Item | Case) -> Iterator[str]:
    yield from needs(step, "K", "H")
    if isinstance(subject, Item):
        yield from in_custody(subject)
    yield from on_file(facts, step, case_of(subject))
    if "not_stated" in (step.said("kind"), step.said("direction")):
        yield "E_REQUEST"
    if (step.said("received") or 0) > facts.now + 120:
        yield "E_TIME"


@law("request.ended")
def _(facts: Facts, step: Step, subject: Item | Case) -> Iterator[str]:
    yield from needs(step, "C", "T")
    found, outcome = subject.requests.get(step.said("request")), step.said("outcome")
    if found is None:
        yield "E_REQUEST"
        return
    keeps = found.kind == "preservation"
    wrong = (
        {"not_stated", "produced", "partially_produced"} if keeps else {"not_stated", "released"}
    )
    if outcome in wrong or (outcome == "expired" and facts.now <= (found.last or 0)):
        yield "E_REQUEST"
    if step.said("ground") and outcome not in ("refused", "impossible", "partially_produced"):
        yield "E_REQUEST"


@law("privacy.erased", "privacy.restricted")
def _(facts: Facts, step: Step, subject: Item | Case) -> Iterator[str]:
    yield from needs(step, "T", "O")
    holds = facts.holding(subject) if isinstance(subject, Item) else subject.holds
    entries = subject.entries if isinstance(subject, Item) else {}
    act = entries.get(step.said("entry"), ("", ""))[0]
    if act == "" or act != (step.said("act") or act):
        yield "E_ERASURE"
    if step.said("fields") and (act, *step.said("fields")) != ("note.recorded", "note"):
        yield "E_ERASURE"
    if step.act == "privacy.restricted":
        return
    if holds:
        yield "E_HOLD"
    of_case = facts.cases[subject.case].requests if isinstance(subject, Item) else {}
    if subject.requests or of_case:
        yield "E_REQUEST"
    if bool(step.said("fields")) == bool(step.said("envelope")):
        yield "E_ERASURE"
    if step.said("envelope") and (act != "note.recorded" or isinstance(subject, Case)):
        yield "E_ERASURE"
    yield from approved(step, *involved(subject))
