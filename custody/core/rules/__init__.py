"""The rules: what may be recorded, decided alike by the ledger and by every verifier. (SPEC §9)

`admit` answers for one statement at one index. It reads the signers, the subject itself, the
item's case and the item's parents, never another subject and never a personal value: that is
what the export of a single item can always replay.
"""

from collections.abc import Container
from functools import lru_cache
from typing import NamedTuple

from custody.core import tags, times
from custody.core.dsse import Envelope
from custody.core.errors import HeadMovedError, MalformedError
from custody.core.keys import PublicKey
from custody.core.rules import (
    cases,
    checks,
    court,
    custodians,
    dispositions,
    exports,
    holds,
    inventories,
    items,
    packs,
    people,
    privacy,
    received,
    requests,
    retention,
    seals,
    takeovers,
    transfers,
    work,
)
from custody.core.rules.privacy import ERASABLE
from custody.core.rules.scene import RULES, Scene, refuse
from custody.core.state import Actor, Case, Item, Key, LedgerFacts, Register, Subject
from custody.core.statement import Place, Statement
from custody.core.world import World
from custody_schemas.acts import Common, LedgerOpened, PrivacyErased, PrivacyRestricted, Rules
from custody_schemas.declare import Kind, Mode
from custody_schemas.terms import Precision

__all__ = ["RULES", "Effect", "admit", "check_signatures", "keys_of", "need_not_be_read"]
assert cases and checks and court and items and people
assert received and seals and takeovers and transfers and work
assert packs and retention and holds and dispositions and privacy and inventories
assert exports and requests and custodians

SLACK = {Precision.SECOND: 0, Precision.MINUTE: 60, Precision.HOUR: 3600, Precision.DAY: 86_400}
STANDS: dict[Kind, type[Subject]] = {
    Kind.ITEM: Item,
    Kind.SOURCE: Item,
    Kind.CASE: Case,
    Kind.REGISTER: Register,
    Kind.ACTOR: Actor,
    Kind.LEDGER: LedgerFacts,
}


class Effect(NamedTuple):
    """What a statement makes of one subject; `changed` where later acts must have seen it."""

    subject: Subject
    changed: bool


def admit(
    world: World,
    statement: Statement,
    *,
    at: int,
    n: int,
    shown: Container[str] | None = None,
) -> dict[str, Effect]:
    """What the statement makes of each subject it concerns, recorded from index `n` on at `at`.

    With `shown`, only those subjects are asked: a bundle shows no others.

    Raises:
        RuleError: a rule refuses the act; nothing has changed.
        HeadMovedError: an act on the subject came between; the act must be drafted anew.
        MalformedError: an act that this version does not know, or a place of another kind.
    """
    act = statement.act
    if not statement.known:
        raise MalformedError(f"{statement.name} is an act of a later version: nothing rules on it")
    rules = _rules(world, statement)
    _check_times(statement, rules, at, n)
    _check_case(world, statement)
    _check_people(world, statement)
    effects: dict[str, Effect] = {}
    for place in statement.about:
        if shown is not None and place.tag not in shown:
            continue
        concern = act.concern(place.kind)
        changed = concern.changes(act)
        subject = _present(world, place, statement, changed, concern.mode)
        scene = Scene(world, statement, rules, place.tag, at, n)
        made = RULES[type(act), place.kind](subject, act, scene)
        if isinstance(made, Item):
            made = _met(made, statement)
        effects[place.tag] = Effect(made, changed)
    return effects


def _met(item: Item, statement: Statement) -> Item:
    """The item, with everybody who signs for it or has it now among its people. (R55)"""
    if statement.name in ERASABLE:  # once it is erased, nobody can say who signed it
        return item
    met = (*(signer.actor for signer in statement.signers), *item.hands)
    new = dict.fromkeys(tag for tag in met if tag not in item.people)
    return item.but(people=(*item.people, *new)) if new else item


def keys_of(world: World, statement: Statement, n: int) -> list[PublicKey]:
    """The keys that must have signed: each signer's at index `n`, and its partner.

    Raises:
        RuleError: E_KEY.
    """
    if isinstance(statement.act, LedgerOpened):
        if n or len(statement.signers) != 1:
            refuse("E_EXISTS", "a ledger is opened once, by one person")
        key = people.key_of_act(statement.act.key)
        if statement.signers[0].key != key.id:
            refuse("E_KEY", "the ledger is not opened with the key that the entry registers")
        partner = statement.act.partner
        return [key, people.key_of_act(partner)] if partner else [key]
    keys: list[PublicKey] = []
    for signer in statement.signers:
        found = _key(world.subject(signer.actor), signer.key, n)
        if found is None:
            refuse("E_KEY", f"the key {signer.key:.12} is not in force for {signer.actor:.12}")
        keys += [_public(text) for text in (found.spki, found.partner) if text]
    return keys


def check_signatures(world: World, statement: Statement, envelope: Envelope, n: int) -> None:
    """Every signer signed with a key in force at index `n`, and nobody else signed.

    Raises:
        RuleError: E_KEY.
        SignatureError: a signature does not verify, is missing, or is one too many.
    """
    envelope.check_signatures(keys_of(world, statement, n))


def _key(actor: Subject | None, key: str, n: int) -> Key | None:
    if not isinstance(actor, Actor):
        return None
    return next(
        (
            k
            for k in actor.keys
            if k.id == key and k.since < n and (k.revoked is None or n <= k.revoked)
        ),
        None,
    )


@lru_cache(maxsize=4096)
def _public(text: str) -> PublicKey:
    return people.public_key(text)


def _rules(world: World, statement: Statement) -> Rules:
    if isinstance(statement.act, LedgerOpened):
        return statement.act.rules
    ledger = world.subject(tags.ledger_tag(statement.ledger))
    if not isinstance(ledger, LedgerFacts):
        refuse("E_UNKNOWN", f"the entry was signed for the ledger {statement.ledger}, not for this")
    return ledger.rules


def _check_times(statement: Statement, rules: Rules, at: int, n: int) -> None:
    """R60; `until` and `seen` as SPEC §2 bounds them."""
    if at > statement.until:
        refuse("E_EXPIRED", "the entry was to be recorded earlier")
    if statement.time > at + rules.ahead:
        refuse("E_TIME", "the entry was signed later than the ledger's clock says it is now")
    if statement.seen.size > n:
        refuse("E_SEEN", f"the signer saw {statement.seen.size} records, there are {n}")
    act = statement.act
    assert isinstance(act, Common)
    began = times.seconds(act.occurred.at)
    ended = times.seconds(act.occurred.until) if act.occurred.until else began
    if ended < began:
        refuse("E_TIME", "it ended before it began")
    if ended > at + rules.ahead:
        refuse("E_TIME", f"it happened at {times.spelt(ended)}, after {times.spelt(at)}")
    if ended > statement.time + rules.ahead:
        refuse("E_TIME", f"it happened at {times.spelt(ended)}, after it had been signed")
    if at - ended > rules.late_after + SLACK[act.occurred.precision] and act.late is None:
        refuse("E_TIME", f"it happened at {times.spelt(ended)}: a late entry says why it is late")


def _present(
    world: World, place: Place, statement: Statement, changed: bool, mode: Mode
) -> Subject | None:
    """The subject as it stands, if `prev` is what the signer had to know of it. (SPEC §2)"""
    chain = world.chain(place.tag)
    if chain is None:
        if place.prev:
            refuse("E_UNKNOWN", f"the {place.kind} {place.tag:.12} has no record yet")
        if mode is not Mode.BEGINS:
            refuse("E_UNKNOWN", f"the {place.kind} {place.tag:.12} is not in this ledger")
        return None
    if mode is Mode.BEGINS:
        refuse("E_EXISTS", f"the {place.kind} {place.tag:.12} has its first record already")
    at_head = place.prev == chain.head  # nearly always: no question to the past is needed
    seq = chain.count - 1 if at_head else seq_of_prev(world, place, statement)
    if seq < (chain.count - 1 if changed else chain.changed):
        raise HeadMovedError(
            f"another entry on the {place.kind} {place.tag:.12} was recorded first: "
            "look at it and repeat the act"
        )
    subject = world.subject(place.tag)
    if not isinstance(subject, STANDS[place.kind]):
        raise MalformedError(f"about: {place.tag:.12} is not a {place.kind}")
    return subject


def seq_of_prev(world: World, place: Place, statement: Statement) -> int:
    """Place in the subject's chain of the record that `prev` names. (SPEC §2)

    `prev` is a record's hash; or, where the signer could not know that hash yet, the id of a
    statement that the same key signed and that was recorded after what the signer had `seen`. Who
    signed one that was erased since nobody knows any more; it was asked when this was recorded.

    Raises:
        HeadMovedError: it names neither.
    """
    cited = world.cited(place.tag, place.prev)
    if cited is not None and cited.n >= statement.seen.size:
        keys = {signer.key for signer in statement.signers}
        if not cited.by or keys.intersection(cited.keys):
            return cited.seq
    seq = world.seq_of(place.tag, place.prev)
    if seq is not None:
        return seq
    raise HeadMovedError(f"the {place.kind} {place.tag:.12} has no record {place.prev:.12}")


def need_not_be_read(made: Statement) -> set[str]:
    """Ids that an act names, of entries that may be erased since: that they stand there is enough.

    Of what it erases or restricts itself, the act is known; of a `prev`, the place in the chain.
    """
    if not made.known:
        return set()
    named = vars(made.act).values()
    ids = {place.prev for place in made.about if place.prev not in named}
    if isinstance(made.act, PrivacyErased | PrivacyRestricted):
        ids.add(made.act.entry)
    return ids


def _check_people(world: World, statement: Statement) -> None:
    """One key is one person: two who had a key in common do not sign for each other. (R46)"""
    actors = {signer.actor for signer in statement.signers}
    if len(actors) < 2:
        return
    owners: dict[str, str] = {}
    for tag in sorted(actors):
        person = world.subject(tag)
        keys = person.keys if isinstance(person, Actor) else ()
        for shared in (each for key in keys for each in key.ids):
            if owners.setdefault(shared, tag) != tag:
                refuse("E_SAME_PERSON", f"two of the signers have the key {shared:.12} in common")


def _check_case(world: World, statement: Statement) -> None:
    """One case for each statement: an envelope is exported whole. (SPEC §2)"""
    cases = set()
    for place in statement.about:
        subject = world.subject(place.tag)
        if isinstance(subject, (Item, Register)):
            cases.add(subject.case)
        elif place.kind is Kind.CASE:
            cases.add(place.tag)
    if len(cases) > 1:
        refuse("E_OTHER_CASE", "the entry concerns more than one case")
