"""People, their keys and roles, as they stand on the record."""

from collections.abc import Iterator

import click

from custody.core import times
from custody.core.errors import NotFoundError
from custody.core.rules.people import public_key
from custody.core.state import Actor, Grant, Key
from custody.core.text import grouped, safe
from custody.ledger import Ledger
from custody_cli import names, output
from custody_cli.consulting import Consulting, consulted, consulted_tags
from custody_cli.persons import person_tag
from custody_cli.run import Run
from custody_schemas.answers import KeyAnswer, People, PersonAnswer, RoleAnswer
from custody_schemas.declare import Kind

PERSON = click.argument("person")


@click.command("list", cls=Consulting)
@click.pass_obj
def list_people(run: Run) -> None:
    """Everybody who is enrolled."""
    consulted(run, whole=True)
    found = [described(run.ledger, each.tag) for each in run.ledger.find(Kind.ACTOR, "")]
    if not run.as_json:
        rows = [(p.name, p.organisation, roles_text(p), p.person[:12]) for p in found]
        output.table(("name", "organisation", "roles", "tag"), rows, "nobody is enrolled")
    run.answer(People(people=tuple(found)))


@click.command(cls=Consulting)
@PERSON
@click.pass_obj
def show(run: Run, person: str) -> None:
    """One person: keys, roles, and who enrolled her.

    PERSON is a name, a staff number, a key id or the beginning of a tag.
    """
    tag = person_tag(run, person)
    consulted_tags(run, [tag])
    found = described(run.ledger, tag)
    if not run.as_json:
        run.say(safe(found.name))
        rows = [
            ("organisation", found.organisation),
            ("contact", found.contact),
            ("roles", roles_text(found)),
            ("enrolled by", found.enrolled_by or "founder of the ledger"),
            ("tag", found.person),
            *(("key", _key_text(key)) for key in found.keys),
        ]
        output.pairs(rows, "  ")
    run.answer(found)


@click.command("list", cls=Consulting)
@click.argument("person", required=False)
@click.pass_obj
def list_keys(run: Run, person: str | None) -> None:
    """Keys of PERSON, or of everybody, and whether they are in force."""
    every = run.ledger.find(Kind.ACTOR, "")
    tags_ = [person_tag(run, person)] if person else [each.tag for each in every]
    consulted_tags(run, tags_ if person else (), whole=person is None)
    found = [described(run.ledger, tag) for tag in tags_]
    if not run.as_json:
        rows = [(p.name, k.key[:16], k.algorithm, _force(k)) for p in found for k in p.keys]
        output.table(("name", "key", "kind", "in force"), rows, "no keys")
    run.answer(People(people=tuple(found)))


def actor_of(ledger: Ledger, tag: str) -> Actor:
    """The state of a person. Raises NotFoundError."""
    actor = ledger.subject(tag)
    if not isinstance(actor, Actor):
        raise NotFoundError(
            f"the person with the tag {tag[:12]} is not enrolled in this ledger yet: "
            "`custody actor enrol REQUEST` does that"
        )
    return actor


def described(ledger: Ledger, tag: str) -> PersonAnswer:
    """A person as an answer. Raises NotFoundError."""
    actor, labels = actor_of(ledger, tag), ledger.labels(tag)
    return PersonAnswer(
        person=tag,
        name=labels.get("name", ""),
        organisation=labels.get("organisation", ""),
        contact=labels.get("contact", ""),
        enrolled_by=names.person(ledger, actor.enrolled_by) if actor.enrolled_by else None,
        roles=tuple(_role(ledger, each) for each in actor.grants),
        keys=tuple(_key(each) for each in actor.keys),
    )


def _role(ledger: Ledger, grant: Grant) -> RoleAnswer:
    return RoleAnswer(
        role=grant.role,
        case=names.case_of(ledger, grant.case).reference if grant.case else None,
        valid_from=times.spelt(grant.valid_from) if grant.valid_from is not None else None,
        valid_to=times.spelt(grant.valid_to) if grant.valid_to is not None else None,
        in_force=grant.revoked is None,
    )


def _key(key: Key) -> KeyAnswer:
    algorithm = public_key(key.spki).algorithm
    partner = " with ML-DSA-65" if key.partner else ""
    return KeyAnswer(
        key=key.id,
        algorithm=f"{algorithm}{partner}",
        in_force=key.revoked is None,
        since=max(key.since, 0),
        revoked=key.revoked,
    )


def roles_text(person: PersonAnswer) -> str:
    """The roles in force, with their limits."""
    return ", ".join(_spelt(person.roles)) or "none"


def _spelt(roles: tuple[RoleAnswer, ...]) -> Iterator[str]:
    for role in roles:
        if role.in_force:
            case = f" in {role.case}" if role.case else ""
            until = f" until {role.valid_to}" if role.valid_to else ""
            yield f"{role.role}{case}{until}"


def _key_text(key: KeyAnswer) -> str:
    return f"{grouped(key.key)} ({key.algorithm}, {_force(key)})"


def _force(key: KeyAnswer) -> str:
    return "in force" if key.in_force else f"revoked by record {key.revoked}"
