"""`custody actor leave`: a person's keys and roles end, and what is still with her is named."""

import shlex
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import click

from custody.core.errors import RuleError
from custody.core.rules.rights import RIGHTS, Right
from custody.core.state import Actor, Grant, Item
from custody.core.text import safe
from custody.drafting import Request, Subject
from custody.ledger import Ledger
from custody_cli import names
from custody_cli.consulting import disclosed
from custody_cli.counting import following
from custody_cli.enrolled import PERSON, actor_of
from custody_cli.errand import Errand
from custody_cli.items import spoken
from custody_cli.packing import facts
from custody_cli.params import Choices
from custody_cli.recording import acting
from custody_schemas import acts
from custody_schemas.answers import Left
from custody_schemas.declare import Kind
from custody_schemas.terms import Absence, LogOperation, RevocationReason

# What a takeover says of a holder whose keys were withdrawn for that reason.
ABSENCES = {
    RevocationReason.PERSON_LEFT: Absence.LEFT_SERVICE,
    RevocationReason.LOST: Absence.KEY_LOST,
    RevocationReason.COMPROMISED: Absence.KEY_LOST,
}


class Leaver(NamedTuple):
    """Who leaves; `name` as people call her."""

    tag: str
    name: str
    state: Actor

    @property
    def keys(self) -> tuple[str, ...]:
        """Ids of the keys in force."""
        return tuple(key.id for key in self.state.keys if key.revoked is None)

    @property
    def roles(self) -> tuple[Grant, ...]:
        """Standing roles, one for each role and case."""
        standing = [each for each in self.state.grants if each.revoked is None]
        return tuple({(each.role, each.case): each for each in standing}.values())


@acting(acts.KeyRevoked, name="leave", leave={"key", "reason"})
@PERSON
@click.option(
    "--reason",
    type=Choices(RevocationReason),
    default=str(RevocationReason.PERSON_LEFT),
    show_default=True,
    metavar="REASON",
    help=f"Why: {', '.join(each for each in RevocationReason if each != 'not_stated')}.",
)
def leave(errand: Errand, person: str, reason: RevocationReason) -> None:
    """Withdraw all keys and roles of PERSON at once, as somebody who may enrol.

    What she holds, has out or is to receive is listed first, with the commands that take it over:
    it stays hers on the record until somebody does. What she signed stays as it is.
    """
    tag = errand.person(person)
    ledger = errand.run.ledger
    leaver = Leaver(tag, names.person(ledger, tag), actor_of(ledger, tag))
    _may_leave(errand, leaver)
    batch = list(_requests(errand, leaver, reason))
    found = [(each.tag, each.state) for each in ledger.concerning(tag)]
    left = [words for each in found for words in _of_item(ledger, leaver, *each)]
    commands = list(_takeovers(ledger, leaver, found, ABSENCES.get(reason, Absence.OTHER)))
    why = f"{leaver.name} leaves: what is still with her"
    disclosed(errand.run, [person], [tag for tag, _ in found], why, LogOperation.CONSULTATION)
    errand.run.say(safe(f"{leaver.name} has still:" if left else f"{leaver.name} holds nothing"))
    for words in left:
        errand.run.say(safe(f"  {words}"))
    roles = [_role(ledger, grant) for grant in leaver.roles]
    keys = "1 key" if len(leaver.keys) == 1 else f"{len(leaver.keys)} keys"
    summary = f"{leaver.name} leaves: {keys} revoked, roles ended: {', '.join(roles) or 'none'}"
    done = errand.record(batch, summary)
    errand.tell(summary, done)
    commands += following(ledger, tag, facts(ledger))
    for command in commands:
        errand.run.say(f"next: {command}")
    errand.run.answer(
        Left(
            **errand.answer(done, ()),
            person=leaver.name,
            keys=leaver.keys,
            roles=tuple(roles),
            still_open=tuple(left),
            next=tuple(commands),
        )
    )


def _may_leave(errand: Errand, leaver: Leaver) -> None:
    """Raises RuleError: nobody could enrol anyone afterwards, or she would have to record it."""
    others = [
        names.person(errand.run.ledger, each.tag)
        for each in errand.run.ledger.find(Kind.ACTOR, "")
        if each.tag != leaver.tag and _enrols(errand, each.tag)
    ]
    if not others and any(Right.ENROL in RIGHTS[each.role] for each in leaver.roles):
        raise RuleError(
            "E_NO_GRANT",
            f"{leaver.name} is the last who may enrol people: afterwards nobody could enrol anyone, "
            "ever. Grant the role admin to somebody else first",
        )
    if leaver.tag == errand.me.actor:
        raise RuleError(
            "E_SAME_PERSON",
            f"nobody records her own leaving. Somebody else who may enrol does: {', '.join(others)}",
        )
    if not (leaver.keys or leaver.roles):
        raise RuleError("E_KEY", f"{leaver.name} has no key and no role in force any more")


def _enrols(errand: Errand, tag: str) -> bool:
    """Whether a person may enrol others, and can: with a key, and with no end in sight."""
    person = actor_of(errand.run.ledger, tag)
    return any(key.revoked is None for key in person.keys) and any(
        Right.ENROL in RIGHTS[each.role]
        and each.revoked is None
        and each.case is None
        and each.valid_to is None
        for each in person.grants
    )


def _requests(errand: Errand, leaver: Leaver, reason: RevocationReason) -> Iterator[Request]:
    about = (Subject(Kind.ACTOR, leaver.tag),)
    main = True
    for key in leaver.keys:
        given = errand.given(acts.KeyRevoked, main=main, key=key, reason=reason)
        yield Request(acts.KeyRevoked.NAME, about, given)
        main = False
    for grant in leaver.roles:
        members = {"role": grant.role, "case": grant.case, "reason": spoken(reason)}
        given = errand.given(acts.RoleRevoked, main=main, **members)
        yield Request(acts.RoleRevoked.NAME, about, given)
        main = False


def _of_item(ledger: Ledger, leaver: Leaver, tag: str, state: Item) -> Iterator[str]:
    """What an item has to do with her, a sentence each."""
    me, name = leaver.tag, names.item_of(ledger, tag).both
    holder = names.person(ledger, state.holder)
    if state.holder == me:
        yield f"{name}: held"
    if state.out is not None and me in (state.out.to, state.holder):
        where = f"held by {holder}" if state.out.to == me else "held by the same"
        yield f"{name}: out to {names.person(ledger, state.out.to)}, {where}"
    if state.transfer is not None:
        to = names.person(ledger, state.transfer.to) or spoken(str(state.transfer.outside))
        if state.transfer.by == me:
            yield f"{name}: released to {to}, and not accepted"
        elif state.transfer.to == me:
            yield f"{name}: released by {names.person(ledger, state.transfer.by)}, on its way to her"
    for copy in state.copies:
        if copy.to == me:
            yield f"{name}: copy {copy.number} was issued to her"


def _takeovers(
    ledger: Ledger, leaver: Leaver, found: Sequence[tuple[str, Item]], reason: Absence
) -> Iterator[str]:
    """The commands that take over what she holds, one for each case, and end the rest."""
    cases: dict[str, list[str]] = {}
    for tag, state in found:
        name = names.item_of(ledger, tag).name
        if state.holder == leaver.tag:
            cases.setdefault(state.case, []).append(name)
        elif state.out is not None and state.out.to == leaver.tag:
            cases.setdefault(f"{state.case} out", []).append(name)
        elif state.transfer is not None and state.transfer.to == leaver.tag:
            yield f"custody transfer return {shlex.quote(name)}   (its releaser)"
        if any(copy.to == leaver.tag for copy in state.copies):
            yield f"custody copy return {shlex.quote(name)} …"
    for items in cases.values():
        words = shlex.join(items)
        yield f"custody takeover {words} --reason {reason} --observed … --with PERSON"


def _role(ledger: Ledger, grant: Grant) -> str:
    case = f" in {names.case_of(ledger, grant.case).reference}" if grant.case else ""
    return f"{grant.role}{case}"
