"""Whether there is anybody who oversees: without, a small unit stands still one day."""

from custody.core.rules.rights import RIGHTS, Right, roles_with
from custody.core.state import Actor
from custody.core.state import Subject as State
from custody.ledger import Ledger
from custody_cli.run import Run
from custody_schemas.declare import Kind

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
    if not isinstance(person, Actor):
        return False
    return any(key.revoked is None for key in person.keys) and any(
        Right.OVERSEE in RIGHTS[grant.role]
        and grant.revoked is None
        and grant.case is None
        and (grant.valid_from is None or grant.valid_from <= at)
        and (grant.valid_to is None or at <= grant.valid_to)
        for grant in person.grants
    )
