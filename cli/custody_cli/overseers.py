"""Whether there is anybody who oversees: without, a small unit stands still one day."""

from collections.abc import Iterator

from custody.core.rules.rights import RIGHTS, Right, roles_with
from custody.core.state import Actor
from custody.core.state import Subject as State
from custody.ledger import Ledger
from custody_cli.run import Run
from custody_schemas.declare import Kind
from custody_schemas.terms import ActorRole

HOW = "custody actor enrol REQUEST --role case_officer"


def lacking(run: Run) -> str:
    """What does not work yet while too few people oversee every case; empty where enough do."""
    from custody_cli.rules import in_force

    needed = in_force(run.ledger).approvers
    many = _everywhere(run.ledger, int(run.now()))
    return words(many, needed) if many < needed else ""


def words(many: int, needed: int) -> str:
    """What does not work yet while only `many` oversee, and the roles that help."""
    roles = roles_with(Right.OVERSEE)
    if many == 0:
        return (
            f"nobody oversees every case yet (roles {roles}): a takeover and the end of a "
            "discrepancy take one such person who is not involved; approving an override takes "
            f"{needed}"
        )
    people = "1 person oversees" if many == 1 else f"{many} people oversee"
    return (
        f"only {people} every case (roles {roles}): approving an override takes {needed} "
        "who are not involved; a takeover or the end of a discrepancy takes another where one of "
        "them holds the item or found it so"
    )


def _everywhere(ledger: Ledger, at: int) -> int:
    """How many people with a key in force oversee all cases at that moment."""
    people = (ledger.subject(each.tag) for each in ledger.find(Kind.ACTOR, ""))
    return sum(oversees(person, at) for person in people)


def oversees(person: State | None, at: int) -> bool:
    """Whether somebody with a key in force oversees all cases at that moment."""
    return isinstance(person, Actor) and any(
        Right.OVERSEE in RIGHTS[role] for role in roles(person, at)
    )


def roles(person: Actor, at: int, case: str | None = None) -> Iterator[ActorRole]:
    """What somebody with a key in force is in all cases, or also in that one, at that moment."""
    if any(key.revoked is None for key in person.keys):
        for grant in person.grants:
            since, until = grant.valid_from, grant.valid_to
            lasts = (since is None or since <= at) and (until is None or at <= until)
            if grant.revoked is None and grant.case in (None, case) and lasts:
                yield grant.role
