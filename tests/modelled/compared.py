"""The model and the ledger say the same of every subject."""

from collections.abc import Iterable
from typing import Any

from custody.core.state import Actor, Case, Item, LedgerFacts, Register, Subject
from custody.ledger import Ledger
from tests.modelled.facts import Dossier, Facts, Human, Thing


def compare(facts: Facts, ledger: Ledger, tags: Iterable[str]) -> None:
    """Raises AssertionError where they differ."""
    for tag in tags:
        found, chain = ledger.subject(tag), ledger.chain(tag)
        assert found is not None and chain is not None
        line = facts.lines[tag]
        assert (chain.count, chain.changed) == (line.count, line.changed), found
        assert as_stored(found) == as_modelled(facts, tag, found)


def as_modelled(facts: Facts, tag: str, found: Subject) -> Any:
    """What the model says, in the same shape as `as_stored`."""
    if isinstance(found, Register):
        return facts.cases[found.case].things
    if isinstance(found, LedgerFacts):
        return facts.late_after, facts.approvers
    if isinstance(found, Item):
        return of_thing(facts.things[tag])
    return of_case(facts.cases[tag]) if isinstance(found, Case) else of_human(facts.humans[tag])


def of_thing(thing: Thing) -> dict[str, Any]:
    offer, seal = thing.offer, thing.seal
    return {
        "case": (thing.case, thing.number, thing.origin or None, thing.basis),
        "custody": (thing.holder, thing.outside, thing.out, thing.place),
        "offer": offer and (offer.id, offer.by, offer.keys, offer.to, offer.outside),
        "seal": seal and (seal.state, seal.finding, seal.before),
        "content": (thing.content, thing.copied, thing.disputed, thing.parents),
        "copies": ({(id, *copy) for id, copy in thing.copies.items()}, thing.issued),
        "troubles": [(each.id, each.kind, each.people, each.keys) for each in thing.troubles],
        "gone": thing.gone,
    }


def of_case(case: Dossier) -> Any:
    bases = [(each.id, each.kind, each.until, each.ended) for each in case.bases.values()]
    return case.register, case.closed, bases


def of_human(human: Human) -> Any:
    roles = sorted((role.name, role.case, role.until or 0) for role in human.roles)
    return sorted(human.keys), sorted(human.ended), roles


def as_stored(found: Subject) -> Any:
    """What the ledger says, without what the model does not keep."""
    if isinstance(found, Register):
        return found.items
    if isinstance(found, LedgerFacts):
        return found.rules.late_after, found.rules.approvers
    if isinstance(found, Item):
        return stored_item(found)
    if isinstance(found, Case):
        bases = [(each.id, each.kind, each.valid_to, each.ended) for each in found.authorities]
        return found.register, found.closed, bases
    return stored_actor(found)


def stored_actor(found: Actor) -> Any:
    keys = sorted(key.id for key in found.keys if key.revoked is None)
    ended = sorted(key.id for key in found.keys if key.revoked is not None)
    grants = [grant for grant in found.grants if grant.revoked is None]
    roles = sorted((grant.role, grant.case or "", grant.valid_to or 0) for grant in grants)
    return keys, ended, roles


def stored_item(item: Item) -> dict[str, Any]:
    offer, seal = item.transfer, item.seal
    return {
        "case": (item.case, item.number, item.origin, item.authority),
        "custody": (item.holder, item.outside, item.out and item.out.to, item.location),
        "offer": offer and (offer.id, offer.by, set(offer.keys), offer.to, offer.outside),
        "seal": seal and (seal.state, seal.finding or "", seal.before or ""),
        "content": (item.content, item.copied, item.disputed, set(item.parents)),
        "copies": ({(each.id, each.number, each.to) for each in item.copies}, item.issued),
        "troubles": [
            (each.id, each.kind, set(each.involved), set(each.keys)) for each in item.discrepancies
        ],
        "gone": item.terminal,
    }
