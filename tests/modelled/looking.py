"""What people find when they look at a seal, or compare content with its digests."""

from collections.abc import Iterator

from tests.modelled.facts import OPEN, UNHASHED, UNSAID, WRONG, Facts, Seal, Step, Thing
from tests.modelled.judging import trouble

DONE = ("broken_authorised", "resealed")


def seal_contradicts(thing: Thing, said: str | None) -> Iterator[str]:
    """A verdict on a seal says no more and no less than the record allows."""
    if thing.seal is None:
        wrong = said not in UNSAID
    elif said in DONE and thing.seal.state != said:
        wrong = True
    elif said in OPEN:
        wrong = not thing.sealed
    else:
        wrong = said in UNSAID and thing.sealed
    if wrong:
        yield "E_SEAL"


def seal_found(facts: Facts, step: Step, thing: Thing, said: str | None) -> None:
    """A seal that is worse than on file is a discrepancy."""
    if thing.seal is None or said in UNSAID or said in OPEN or said == thing.seal.state:
        return
    trouble(facts, step, thing, "seal")
    thing.seal = Seal(str(said), step.id, thing.seal.state)


def hash_missing(thing: Thing, said: str | None, required: bool = True) -> Iterator[str]:
    """Content is compared, and what has none is not."""
    if thing.content is None:
        if said not in UNHASHED:
            yield "E_HASH"
    elif required and said in UNHASHED:
        yield "E_HASH"


def hash_found(facts: Facts, step: Step, thing: Thing, said: str | None) -> None:
    """A mismatch is a discrepancy, and disputes the content unless it just could not be read."""
    if thing.content is None or said not in WRONG:
        return
    trouble(facts, step, thing, "hash")
    thing.disputed = thing.disputed or said != "unreadable"


def taken_over(facts: Facts, step: Step, thing: Thing) -> Iterator[str]:
    """What is said of seal and content of a thing that somebody takes over."""
    said = step.said("hash")
    yield from seal_contradicts(thing, step.said("seal"))
    yield from hash_missing(thing, said)
    if thing.content is None or said in (*UNHASHED, "match"):
        return
    if not step.said("override"):
        yield "E_HASH"
    elif said in WRONG:
        yield from facts.approvals(step, thing.case, *thing.near())


def take_over(facts: Facts, step: Step, thing: Thing) -> None:
    """Seal first, then content: each finding is a discrepancy of its own."""
    seal_found(facts, step, thing, step.said("seal"))
    hash_found(facts, step, thing, step.said("hash"))
