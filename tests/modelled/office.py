"""Cases and their legal bases, exports, people with keys and roles, and the rules themselves."""

from collections.abc import Iterator

from custody.core import times
from tests.modelled.facts import Basis, Dossier, Facts, Human, Role, Step, Thing
from tests.modelled.judging import change, judge, needs


@judge("case.opened", "case")
def _(facts: Facts, step: Step, case: None) -> Iterator[str]:
    yield from needs(facts, step, step.tag("case"), "C")


@change("case.opened", "case")
def _(facts: Facts, step: Step, case: None) -> None:
    tag = step.tag("case")
    facts.cases[tag] = Dossier(tag, step.tag("register"))


@judge("authority.recorded", "case")
def _(facts: Facts, step: Step, case: Dossier) -> Iterator[str]:
    yield from needs(facts, step, case.tag, "C")
    if case.closed:
        yield "E_CASE_CLOSED"
    if step.said("kind") == "exigent_circumstances" and not step.said("ratify_by"):
        yield "E_AUTHORITY"
    if step.said("follows") and step.said("follows") not in case.bases:
        yield "E_AUTHORITY"


@change("authority.recorded", "case")
def _(facts: Facts, step: Step, case: Dossier) -> None:
    until = step.said("valid_to")
    case.bases[step.id] = Basis(step.id, step.said("kind"), times.seconds(until) if until else None)


@judge("authority.ended", "case")
def _(facts: Facts, step: Step, case: Dossier) -> Iterator[str]:
    yield from needs(facts, step, case.tag, "C")
    basis = case.bases.get(step.said("authority"))
    if basis is None or basis.ended is not None:
        yield "E_AUTHORITY"
    if times.seconds(step.said("ended_at")) > facts.now + 120:
        yield "E_TIME"


@change("authority.ended", "case")
def _(facts: Facts, step: Step, case: Dossier) -> None:
    case.bases[step.said("authority")].ended = times.seconds(step.said("ended_at"))


@judge("case.closed", "case")
def _(facts: Facts, step: Step, case: Dossier) -> Iterator[str]:
    yield from needs(facts, step, case.tag, "C")
    if case.closed:
        yield "E_CASE_CLOSED"


@judge("case.reopened", "case")
def _(facts: Facts, step: Step, case: Dossier) -> Iterator[str]:
    yield from needs(facts, step, case.tag, "O")
    if not case.closed:
        yield "E_CASE_OPEN"


@change("case.closed", "case")
@change("case.reopened", "case")
def _(facts: Facts, step: Step, case: Dossier) -> None:
    case.closed = step.act == "case.closed"


@judge("export.prepared", "case")
@judge("export.prepared")
def _(facts: Facts, step: Step, subject: Dossier | Thing) -> Iterator[str]:
    case = subject.case if isinstance(subject, Thing) else subject.tag
    yield from needs(facts, step, case, "P")
    if bool(step.said("to")) == bool(step.said("outside")):
        yield "E_UNKNOWN"


@judge("export.created", "case")
def _(facts: Facts, step: Step, case: Dossier) -> Iterator[str]:
    entry = facts.entries.get((case.tag, step.said("export")))
    if entry is None or entry.act != "export.prepared" or entry.by != step.lead:
        yield "E_UNKNOWN"


@judge("actor.registered", "actor")
def _(facts: Facts, step: Step, human: None) -> Iterator[str]:
    yield from needs(facts, step, "", "E")


@change("actor.registered", "actor")
def _(facts: Facts, step: Step, human: None) -> None:
    roles = [Role(name) for name in step.said("roles")]
    tag = step.tag("actor")
    facts.humans[tag] = Human(tag, [step.said("new_key")], roles=roles)


@judge("actor.registered", "ledger")
@judge("role.granted", "ledger")
def _(facts: Facts, step: Step, _ledger: None) -> Iterator[str]:
    """Nobody counts anything here, so nobody follows a primary custodian."""
    if facts.custodians.get(step.said("case") or "", step.tag("actor")) != step.tag("actor"):
        yield "E_INVENTORY"


@change("actor.registered", "ledger")
@change("role.granted", "ledger")
def _(facts: Facts, step: Step, _ledger: None) -> None:
    facts.custodians[step.said("case") or ""] = step.tag("actor")


@judge("role.granted", "actor")
def _(facts: Facts, step: Step, human: Human) -> Iterator[str]:
    yield from needs(facts, step, "", "E")
    if step.lead == human.tag:
        yield "E_SAME_PERSON"


@change("role.granted", "actor")
def _(facts: Facts, step: Step, human: Human) -> None:
    until = step.said("valid_to")
    end = times.seconds(until) if until else None
    human.roles.append(Role(step.said("role"), step.said("case") or "", end))


def standing(step: Step, human: Human) -> list[Role]:
    """The roles that would be withdrawn."""
    wanted = step.said("role"), step.said("case") or ""
    return [role for role in human.roles if (role.name, role.case) == wanted]


@judge("role.revoked", "actor")
def _(facts: Facts, step: Step, human: Human) -> Iterator[str]:
    yield from needs(facts, step, "", "E")
    if not standing(step, human):
        yield "E_NO_GRANT"


@change("role.revoked", "actor")
def _(facts: Facts, step: Step, human: Human) -> None:
    gone = standing(step, human)
    human.roles = [role for role in human.roles if role not in gone]


@judge("key.revoked", "actor")
def _(facts: Facts, step: Step, human: Human) -> Iterator[str]:
    if step.lead != human.tag:
        yield from needs(facts, step, "", "E")
    if step.said("key") not in human.keys:
        yield "E_KEY"


@judge("key.registered", "actor")
@judge("key.rotated", "actor")
def _(facts: Facts, step: Step, human: Human) -> Iterator[str]:
    yield from needs(facts, step, "", "E")
    key, old = step.said("new_key"), step.said("replaces")
    if step.lead == human.tag:
        yield "E_SAME_PERSON"
    if key in human.keys + human.ended or step.said("asked_by") != human.tag:
        yield "E_KEY"
    if step.act == "key.rotated" and old not in human.keys:
        yield "E_KEY"
    for person, *_ in step.signers:
        if key in facts.humans[person].keys + facts.humans[person].ended:
            yield "E_SAME_PERSON"


@change("key.registered", "actor")
@change("key.rotated", "actor")
@change("key.revoked", "actor")
def _(facts: Facts, step: Step, human: Human) -> None:
    if step.said("new_key"):
        human.keys.append(step.said("new_key"))
    old = step.said("replaces") or step.said("key")
    if old:
        human.keys.remove(old)
        human.ended.append(old)


@judge("ledger.rules_changed", "ledger")
def _(facts: Facts, step: Step, ledger: None) -> Iterator[str]:
    yield from needs(facts, step, "", "E")
    others = {*step.signing("approver")} - {step.lead}
    if not any(facts.may(other, right) for other in others for right in "EO"):
        yield "E_TWO_PERSON"
    rules = step.said("rules")
    if (rules["late_after"], rules["approvers"]) == (facts.late_after, facts.approvers):
        yield "E_CORRECTION"


@change("ledger.rules_changed", "ledger")
def _(facts: Facts, step: Step, ledger: None) -> None:
    facts.late_after = step.said("rules")["late_after"]
    facts.approvers = step.said("rules")["approvers"]
