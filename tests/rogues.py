"""A ledger whose operator records whatever is sent: what a verifier must see through."""

from dataclasses import replace
from hashlib import sha256

from custody.core import dsse, rules, statement
from custody.core.errors import CustodyError
from custody.core.statement import Statement
from tests.memory import Run, Signed
from tests.signers import TestSigner
from tests.worlds import Story, World, story


class Rogue(World):
    """Asks nobody: what the rules refuse is recorded too, and changes no state."""

    def submit(self, signed: Signed, *, at: int | None = None) -> dict[str, rules.Effect]:
        made = statement.read(signed.envelope.payload)
        moment, first = self.now if at is None else at, len(self.records)
        try:
            effects = rules.admit(self, made, at=moment, n=first)
        except (CustodyError, StopIteration):
            effects = {}
        self.write(made, signed, effects, moment)
        return effects

    def write(
        self, made: Statement, signed: Signed, effects: dict[str, rules.Effect], at: int
    ) -> None:
        """Records of all its places, whether or not anything came of them."""
        first, env = len(self.records), sha256(signed.envelope.encode()).hexdigest()
        for place in made.about:
            known = rules.Effect(self.states[place.tag], True) if place.tag in self.states else None
            effect = effects.get(place.tag, known)
            assert effect is not None, "a new subject must at least be admitted"
            self._append(made, place.tag, effect, env, at)
        self.runs.append(Run(first, signed))


def rogue_story() -> tuple[Story, Rogue]:
    """The usual story, from here on in the hands of a rogue."""
    told = story()
    world = Rogue()
    vars(world).update(vars(told.world))
    return replace(told, world=world), world


def signed_by(signed: Signed, *signers: TestSigner) -> Signed:
    """The same statement, signed by others than it says."""
    envelope = dsse.sign(dsse.STATEMENT, signed.envelope.payload, signers)
    return signed._replace(envelope=envelope)
