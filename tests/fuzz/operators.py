"""The whole verifier, on a ledger whose operator records what no rule admits.

An input is a script, as in `bundles`: which acts, about what, by whom, and what is changed in them
before they are signed by the people whom they name.
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from custody.core import canonical, disclosure, dsse, rules, statement
from custody.core.errors import CustodyError, MalformedError
from custody.core.findings import Outcome, Report
from custody.core.keys import Signer
from custody.core.state import Actor, Case, Item, LedgerFacts, Register
from custody.core.statement import Statement
from custody_schemas.declare import Act, Kind
from tests.bodies import HASH
from tests.bundles import trust_in
from tests.fuzz import Target
from tests.fuzz.bundles import SCRIPT, Script, examined, scripts, told
from tests.fuzz.mutating import ODD, json_like
from tests.memory import Signed
from tests.spoilt.stage import Stage
from tests.worlds import Person

ACTS_MOST = 4
TRIES = 4
STATES: Mapping[Kind, tuple[type, ...]] = {
    Kind.ITEM: (Item,),
    Kind.SOURCE: (Item,),
    Kind.CASE: (Case,),
    Kind.REGISTER: (Register,),
    Kind.ACTOR: (Actor,),
    Kind.LEDGER: (LedgerFacts,),
}


class Recorded(NamedTuple):
    """The report on what was recorded, and whether the rules would have admitted all of it."""

    admitted: bool
    report: Report


def operator(data: bytes) -> Recorded:
    """Record up to ACTS_MOST acts, and examine the whole case.

    Raises:
        CustodyError: what was changed is no entry any more.
    """
    script, own, admitted = Script(data), told().fork(), True
    for _ in range(1 + script.below(ACTS_MOST)):
        admitted &= _record(own, _entry(own, script))
    bundle = own.bundle(evidence=None)
    return Recorded(admitted, examined(bundle.bag(), trust_in(own.world)))


def operator_holds(found: Recorded, _: bytes) -> bool:
    """What the rules refuse does not pass."""
    return found.admitted or found.report.verdict is not Outcome.PASSED


def _people(own: Stage) -> list[Person]:
    story = own.story
    return [story.olga, story.dora, story.eve, story.carl, story.ada, story.pia]


def _entry(own: Stage, script: Script) -> Signed:
    """An act of somebody about something, with places changed that the script names."""
    name = sorted(Act.ALL)[script.below(len(Act.ALL))]
    people = _people(own)
    signers = [people[script.below(len(people))] for _ in range(1 + script.below(3))]
    places = [
        (kind, _tag(own, kind, script))
        for concern in Act.ALL[name].ABOUT
        for kind in concern.kinds[:1]
        for _ in range(concern.least or script.below(2))
    ]
    signed = own.world.draft(name, places, signers=list(dict.fromkeys(signers)))
    value = _filled(json.loads(signed.envelope.payload), _known(own), script)
    opened = _opened(value, signed.disclosures, own, script)
    return _signed(own, _changed(canonical.encode(value), script), opened)


def _changed(payload: bytes, script: Script) -> Statement:
    """The entry with something changed in it that leaves it one, or as it is."""
    rng = script.chance()
    for _ in range(TRIES * (script.below(4) > 0)):
        try:
            return statement.read(json_like(payload, rng))
        except MalformedError:
            continue
    return statement.read(payload)


def _tag(own: Stage, kind: Kind, script: Script) -> str:
    """A subject of that kind, or one time in 16 a tag of nothing."""
    found = [tag for tag, state in own.world.states.items() if isinstance(state, STATES[kind])]
    if script.below(16) == 1:
        return own.world.entropy(32).hex()
    return found[script.below(len(found))]


def _known(own: Stage) -> list[str]:
    return [*own.world.states, *(run.signed.id for run in own.world.runs)]


def _filled(value: Any, known: list[str], script: Script) -> Any:
    """With every hash that stands for nothing replaced by one that stands for something."""
    if isinstance(value, dict):
        return {key: _filled(each, known, script) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, known, script) for each in value]
    return known[script.below(len(known))] if value == HASH else value


def _opened(
    value: dict[str, Any], disclosures: tuple[str, ...], own: Stage, script: Script
) -> tuple[str, ...]:
    """The disclosures with some values changed; what they say is signed."""
    made = [disclosure.read(text) for text in disclosures]
    odd = [each for each in ODD if disclosable(each)]
    for at, each in enumerate(made):
        if script.below(4) == 1:
            said = odd[script.below(len(odd))]
            made[at] = disclosure.make(each.field, said, own.world.entropy)
    value["sd"] = {each.field: each.digest for each in made}
    return tuple(each.text for each in made)


def disclosable(value: Any) -> bool:
    try:
        return bool(disclosure.make("x", value, bytes))
    except MalformedError:
        return False


def _signed(own: Stage, made: Statement, opened: tuple[str, ...]) -> Signed:
    keys: dict[str, Signer] = {each.signer.key.id: each.signer for each in _people(own)}
    signers = [keys[claim.key] for claim in made.signers if claim.key in keys]
    if not signers:
        raise MalformedError("nobody is there to sign it")
    return Signed(made, dsse.sign(dsse.STATEMENT, made.payload, signers), opened)


def _record(own: Stage, signed: Signed) -> bool:
    """Record it, whatever the rules say; whether they admit it."""
    world, made = own.world, signed.statement
    effects: Mapping[str, rules.Effect] = {}
    try:
        rules.check_signatures(world, made, signed.envelope, len(world.records))
        effects = rules.admit(world, made, at=world.now, n=len(world.records))
    except CustodyError:
        if not all(place.tag in world.states for place in made.about):
            raise  # of what begins with it there is no state to record
    world.write(made, signed, dict(effects), world.now)
    world.now += 60
    return bool(effects)


TARGETS = {"operator": Target(operator, operator_holds, scripts, longest=SCRIPT)}
