"""What each role may do, rules version 1. Administrators have no custody authority. (R62)"""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from custody.core.state import Actor
from custody_schemas.terms import ActorRole


class Right(StrEnum):
    """What an act asks of its signer."""

    ENROL = "enrol people and grant roles"
    CASE = "open cases and record their legal basis"
    SEIZE = "seize items"
    HOLD = "hold items"
    EXAMINE = "acquire and examine items"
    CHECK = "check items"
    EXPORT = "export"
    RETAIN = "decide how long items are kept"
    OVERSEE = "oversee (approve, resolve, correct for others, reopen)"


_H, _E, _C, _K = Right.HOLD, Right.EXAMINE, Right.CASE, Right.CHECK
_X, _O, _S, _T = Right.EXPORT, Right.OVERSEE, Right.SEIZE, Right.RETAIN
_R = ActorRole

RIGHTS: Mapping[ActorRole, frozenset[Right]] = {
    role: frozenset(rights)
    for role, rights in {
        **{role: () for role in ActorRole},
        _R.ADMIN: (Right.ENROL,),
        _R.AUDITOR: (_K,),
        _R.DEFR: (_S, _H, _E, _C, _K, _X),
        _R.DES: (_S, _H, _E, _C, _K, _X),
        _R.EXAMINER: (_S, _H, _E, _C, _K, _X),
        _R.INVESTIGATOR: (_S, _H, _E, _C, _K, _X),
        _R.CASE_OFFICER: (_S, _H, _C, _K, _X, _T, _O),
        _R.CUSTODIAN_PRIMARY: (_S, _H, _C, _K, _X, _T, _O),
        _R.CUSTODIAN_ALTERNATE: (_H, _K, _X),
        _R.SUBMITTING_OFFICER: (_S, _H, _C),
        _R.EXHIBITS_OFFICER: (_S, _H, _C, _K, _X, _T),
        _R.COURIER: (_H,),
        _R.LAB_RECEIVER: (_H, _K),
        _R.PEER_REVIEWER: (_K, _O),
        _R.PROSECUTOR: (_H, _K, _X, _T),
        _R.ATTORNEY: (_H,),
        _R.DEFENCE: (_H,),
        _R.JUDGE_OR_CLERK: (_H, _T, _O),
    }.items()
}


def rights_of(person: Actor, case: str | None, at: int) -> Iterator[frozenset[Right]]:
    """The rights of each role that a person has in that case at `at`; no empty ones."""
    for g in person.grants:
        if (
            g.revoked is None
            and (g.case is None or g.case == case)
            and (g.valid_from is None or g.valid_from <= at)
            and (g.valid_to is None or at <= g.valid_to)
            and (rights := RIGHTS[g.role])
        ):
            yield rights


def roles_with(right: Right) -> str:
    """The roles that give a right, for a message."""
    return ", ".join(role for role, rights in RIGHTS.items() if right in rights)
