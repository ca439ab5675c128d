"""People who sign: enrolment, keys, roles."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from custody.core import tags
from custody.core.errors import MalformedError, NotFoundError, RuleError, SignatureError
from custody.core.keys import fingerprint
from custody.core.text import grouped
from custody.drafting import Request, Subject
from custody.identity import enrolling
from custody_cli import names, overseers
from custody_cli.enrolled import PERSON, actor_of
from custody_cli.errand import Errand
from custody_cli.files import FILE
from custody_cli.params import Choices
from custody_cli.recording import acting
from custody_schemas import acts
from custody_schemas.declare import Capacity, Kind
from custody_schemas.terms import ActorRole

REQUEST = click.argument("request", type=FILE)
ROLE = click.argument("role", type=Choices(ActorRole), metavar="ROLE")


@acting(acts.ActorRegistered, leave={"request", "name", "organisation", "contact"})
@REQUEST
@click.option(
    "--role",
    "roles",
    required=True,
    type=Choices(ActorRole, several=True),
    help=f"What the person may do, with commas: {', '.join(ActorRole)}.",
)
def enrol(errand: Errand, request: Path, roles: tuple[ActorRole, ...]) -> None:
    """Enrol a person out of the REQUEST that `custody identity create` wrote.

    Before, have the person read the key aloud, and compare it with the one that is shown. Of the
    roles, defr is a first responder for digital evidence, des a specialist for it.
    """
    asked = _read(request)
    key = asked.enrolment.key.id
    name, organisation = asked.opened["name"], asked.opened["organisation"]
    errand.run.aside(f"key in the request: {grouped(key)}")
    tag = tags.actor_tag(errand.run.ledger.origin, key)
    _not_yet(errand, tag, name)
    given = errand.given(acts.ActorRegistered, request=asked.body, roles=list(roles))
    about = (Subject(Kind.ACTOR, tag), *on_ledger(errand, roles))
    made = Request(acts.ActorRegistered.NAME, about, given, disclosed=asked.disclosures)
    summary = f"enrol {name} ({organisation}) as {', '.join(roles)}"
    errand.finish(errand.record([made], summary), f"{summary}, key {fingerprint(key, 2)} …")
    if lacking := overseers.lacking(errand.run):
        errand.run.aside(f"careful: {lacking}")


def _not_yet(errand: Errand, tag: str, name: str) -> None:
    """Say it where somebody of that name is enrolled. Raises RuleError: this very key is."""
    ledger = errand.run.ledger
    if ledger.chain(tag) is not None:
        raise RuleError("E_EXISTS", f"{names.person(ledger, tag)} is enrolled already")
    for other in names.answering(ledger, Kind.ACTOR, name, ("name",)):
        errand.warn(
            f"careful: {names.person(ledger, other)} is enrolled already: a further key of the "
            "same person is registered with `custody key add`"
        )


def _read(path: Path) -> enrolling.Request:
    try:
        return enrolling.read(path.read_bytes())
    except (MalformedError, SignatureError) as error:
        raise MalformedError(f"{path}: {error}") from error


@acting(acts.KeyRegistered, name="add", leave={"request"})
@PERSON
@REQUEST
def add_key(errand: Errand, person: str, request: Path) -> None:
    """Register a further key of PERSON out of a REQUEST made with the new key.

    The person makes it with `custody identity create NAME --for PERSON`; somebody else who may
    enrol registers it. The person co-signs with `--with PERSON`; where that is missing, an
    examination says so.
    """
    errand.capacity = Capacity.COUNTERPARTY
    asked = _read(request)
    key = asked.enrolment.key.id
    errand.run.aside(f"key in the request: {grouped(key)}")
    _on_person(errand, acts.KeyRegistered, person, f"add key {key[:8]} to", request=asked.body)


@acting(acts.KeyRotated, name="rotate", leave={"request", "replaces"}, need={"reason"})
@PERSON
@REQUEST
@click.option(
    "--replaces",
    required=True,
    metavar="KEY",
    help="The beginning of the old key's id, at least 8 digits; see `custody key list`.",
)
def rotate_key(errand: Errand, person: str, request: Path, replaces: str) -> None:
    """Give PERSON a new key, and withdraw the old one, in one step.

    The person makes the REQUEST with `custody identity create NAME --for PERSON`; somebody else
    who may enrol records this. The person co-signs with `--with PERSON`, still with the old key,
    where it is at hand.
    """
    errand.capacity = Capacity.COUNTERPARTY
    asked = _read(request)
    key, old = asked.enrolment.key.id, _key_of(errand, person, replaces)
    errand.run.aside(f"key in the request: {grouped(key)}")
    what = f"key {key[:8]} in place of {old[:8]} for"
    _on_person(errand, acts.KeyRotated, person, what, request=asked.body, replaces=old)


@acting(acts.KeyRevoked, name="revoke", leave={"key"}, need={"reason"})
@PERSON
@click.argument("key")
def revoke_key(errand: Errand, person: str, key: str) -> None:
    """Withdraw KEY of PERSON: nothing that it signs is recorded any more.

    KEY is the beginning of the key's id, at least 8 digits; see `custody key list`.
    """
    found = _key_of(errand, person, key)
    _on_person(errand, acts.KeyRevoked, person, f"revoke key {found[:8]} of", key=found)


def _key_of(errand: Errand, person: str, key: str) -> str:
    """The id of the person's key that begins so. Raises NotFoundError."""
    tag, wanted = errand.person(person), key.replace(" ", "").lower()
    ids = [k.id for k in actor_of(errand.run.ledger, tag).keys if k.id.startswith(wanted)]
    if len(ids) != 1 or len(wanted) < names.PREFIX:
        raise NotFoundError(f"no one key of {person} begins with {key!r}: see `custody key list`")
    return ids[0]


@acting(acts.RoleGranted, name="grant", leave={"role"})
@PERSON
@ROLE
def grant(errand: Errand, person: str, role: ActorRole) -> None:
    """Let PERSON act in a ROLE, in one case or in all.

    Who follows a primary custodian has first counted with her what she holds: `custody inventory
    start --kind change_of_custodian --of HER --to PERSON`.
    """
    _on_person(errand, acts.RoleGranted, person, f"grant the role {role} to", role=role)


def on_ledger(errand: Errand, roles: Sequence[ActorRole]) -> tuple[Subject, ...]:
    """The place that a primary custodian's appointment has on the ledger's own chain. (R66)"""
    if ActorRole.CUSTODIAN_PRIMARY not in roles:
        return ()
    return (Subject(Kind.LEDGER, tags.ledger_tag(errand.run.ledger.origin)),)


@acting(acts.RoleRevoked, name="revoke", leave={"role"})
@PERSON
@ROLE
def revoke_role(errand: Errand, person: str, role: ActorRole) -> None:
    """Take a ROLE back from PERSON."""
    _on_person(errand, acts.RoleRevoked, person, f"revoke the role {role} of", role=role)


def _on_person(errand: Errand, act: type[acts.Common], person: str, what: str, **more: Any) -> None:
    """Record an act on one person, and answer."""
    ledger = errand.run.ledger
    tag = errand.person(person)
    if (case := errand.told.get("case")) is not None:
        more["case"] = names.find_case(ledger, case).tag
    given = errand.given(act, **more)
    summary = f"{what} {names.person(ledger, tag)}" + (f" in {case}" if case else "")
    appointed = on_ledger(errand, [more["role"]]) if act is acts.RoleGranted else ()
    about = (Subject(Kind.ACTOR, tag), *appointed)
    done = errand.record([Request(act.NAME, about, given)], summary)
    errand.finish(done, summary)
