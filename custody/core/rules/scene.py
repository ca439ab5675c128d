"""What a rule sees: the act's surroundings, the signers and their rights. (SPEC §9)"""

from collections.abc import Callable, Container, Iterator
from typing import Any, NamedTuple, NoReturn, TypeVar

from custody.core import tags
from custody.core.errors import RuleError
from custody.core.kept import LoadedPack
from custody.core.rules.rights import RIGHTS, Right, rights_of
from custody.core.state import Actor, Case, Discrepancy, Item, LedgerFacts, Subject
from custody.core.statement import Statement
from custody.core.world import Cited, World
from custody_schemas.acts import Rules
from custody_schemas.declare import Act, Capacity, Kind
from custody_schemas.terms import DiscrepancyKind


class Scene(NamedTuple):
    """One place of a statement about to be recorded at index `n` at ledger time `at`."""

    world: World
    statement: Statement
    rules: Rules
    tag: str
    at: int
    n: int

    @property
    def by(self) -> str:
        """Tag of the actor who leads."""
        return self.statement.by

    def owned(self, actor: str) -> tuple[str, ...]:
        """Ids of all keys and partners that a signer ever had: one key is one person. (R46)"""
        person = self.world.subject(actor)
        keys = person.keys if isinstance(person, Actor) else ()
        return tuple(dict.fromkeys(each for key in keys for each in key.ids))

    @property
    def id(self) -> str:
        """The statement's id."""
        return self.statement.id

    @property
    def ledger(self) -> LedgerFacts:
        """The ledger, which has a state whenever a rule on anything else is asked."""
        facts = self.world.subject(tags.ledger_tag(self.statement.ledger))
        assert isinstance(facts, LedgerFacts)
        return facts

    @property
    def packs(self) -> tuple[LoadedPack, ...]:
        """The jurisdiction packs that are loaded."""
        return self.ledger.packs

    def cited(self, statement: str) -> Cited | None:
        """An earlier statement on this subject's chain."""
        return self.world.cited(self.tag, statement)

    def case(self, tag: str) -> Case:
        """The case of that tag.

        Raises:
            RuleError: E_UNKNOWN.
        """
        case = self.world.subject(tag)
        if not isinstance(case, Case):
            refuse("E_UNKNOWN", f"the case {tag:.12} is not in this ledger")
        return case

    def may(self, actor: str, right: Right, case: str | None) -> bool:
        """Whether an actor's roles give the right, in that case, now."""
        return any(right in rights for rights in self._rights(actor, case))

    def _rights(self, actor: str, case: str | None) -> Iterator[Container[Right]]:
        """The rights of each role that an actor has in that case, now; no empty ones."""
        person = self.world.subject(actor)
        return rights_of(person, case, self.at) if isinstance(person, Actor) else iter(())

    def any_right(self, case: str | None) -> None:
        """The leading signer must have some right in the case. Raises RuleError: E_NO_GRANT."""
        if next(self._rights(self.by, case), None) is None:
            self.require(Right.HOLD, case)

    def require(self, right: Right, case: str | None, actor: str = "") -> None:
        """The leading signer, or `actor`, must have the right.

        Raises:
            RuleError: E_NO_GRANT.
        """
        if not self.may(actor or self.by, right, case):
            roles = ", ".join(role for role, rights in RIGHTS.items() if right in rights)
            where = "in this case" if case else "in this ledger"
            refuse("E_NO_GRANT", f"to {right.value} {where} takes one of the roles {roles}")

    def approved(self, case: str | None, *involved: str | None, keys: Container[str] = ()) -> None:
        """As many overseers as the rules ask for co-sign; none is involved, or has one of `keys`. (R54)

        Raises:
            RuleError: E_NO_GRANT, E_TWO_PERSON.
        """
        approvers = set(self.statement.signing(Capacity.APPROVER)) - {self.by, *involved}
        approvers = {a for a in approvers if not any(key in keys for key in self.owned(a))}
        for approver in approvers:
            self.require(Right.OVERSEE, case, approver)
        needed = self.rules.approvers
        if len(approvers) < needed:
            refuse(
                "E_TWO_PERSON",
                f"{needed} approvers who are not involved must co-sign, {len(approvers)} did",
            )

    def near(self, item: Item) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Who has the item in hand, or gave it to one without an account; keys that gave it."""
        gave = self.cited(item.outside_since) if item.outside_since else None
        people = (*item.hands, *([gave.by] if gave else ()))
        keys = (*(item.transfer.keys if item.transfer else ()), *(gave.keys if gave else ()))
        return people, keys

    def with_discrepancy(self, item: Item, kind: DiscrepancyKind, *more: str | None) -> Item:
        """The item with a discrepancy that this entry opens by itself. (R29, R48)

        more: people who are involved besides those near the item
        """
        before = self.world.subject(self.tag)  # as it was found, whatever the act makes of it
        people, keys = self.near(before) if isinstance(before, Item) else ((), ())
        opened = Discrepancy(
            id=self.id,
            kind=kind,
            involved=tuple(sorted({self.by, *people, *filter(None, more)})),
            keys=tuple(dict.fromkeys((*self.owned(self.by), *keys))),
        )
        return item.but(discrepancies=(*item.discrepancies, opened))


def refuse(code: str, message: str) -> NoReturn:
    """Raise the refusal; a function, so that rules read as sentences."""
    raise RuleError(code, message)


Rule = Callable[[Any, Any, Scene], Subject]
RULES: dict[tuple[type[Act], Kind], Rule] = {}
F = TypeVar("F", bound=Rule)


def rule(act: type[Act], *kinds: Kind) -> Callable[[F], F]:
    """Register the rule of an act for the kinds of subject that stand in its places."""

    def register(function: F) -> F:
        for kind in kinds:
            if (act, kind) in RULES:
                raise TypeError(f"{act.NAME} has two rules for {kind}")
            RULES[act, kind] = function
        return function

    return register
