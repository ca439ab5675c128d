"""Where things come from, their seals, and work on them."""

from collections.abc import Iterator

from tests.modelled.facts import OPEN, UNSAID, WRONG, Facts, Seal, Step, Thing
from tests.modelled.judging import (
    change,
    cited_basis,
    in_hands,
    judge,
    needs,
    present,
    settled,
    trouble,
)
from tests.modelled.looking import hash_found, hash_missing, seal_contradicts, seal_found


def of_the_case(facts: Facts, step: Step, case: str, right: str) -> Iterator[str]:
    yield from needs(facts, step, case, right)
    if facts.cases[case].closed:
        yield "E_CASE_CLOSED"


@judge("item.registered")
def _(facts: Facts, step: Step, thing: None) -> Iterator[str]:
    case = facts.cases[step.said("case")]
    yield from of_the_case(facts, step, case.tag, "H")
    if case.register != step.tag("register"):
        yield "E_OTHER_CASE"


@change("item.registered")
def _(facts: Facts, step: Step, thing: None) -> None:
    tag, case = step.tag("item"), step.said("case")
    parents = {each for each, kind in step.about.items() if kind == "source"}
    facts.things[tag] = Thing(tag, case, step.said("number"), parents)


@judge("item.registered", "register")
def _(facts: Facts, step: Step, register: None) -> Iterator[str]:
    if facts.cases[step.said("case")].register != step.tag("register"):
        yield "E_OTHER_CASE"


@change("item.registered", "register")
def _(facts: Facts, step: Step, register: None) -> None:
    facts.cases[step.said("case")].things += 1


@judge("item.registered", "source")
def _(facts: Facts, step: Step, whole: Thing) -> Iterator[str]:
    yield from settled(whole)
    yield from in_hands(step, whole)
    if whole.sealed:
        yield "E_SEAL"
    if whole.case != step.said("case"):
        yield "E_OTHER_CASE"


def origin(facts: Facts, step: Step, thing: Thing, right: str) -> Iterator[str]:
    yield from of_the_case(facts, step, thing.case, right)
    if thing.origin:
        yield "E_ORIGIN_TWICE"


def in_force(facts: Facts, step: Step, thing: Thing) -> Iterator[str]:
    """A legal basis is named, says what it is, and held when the thing was taken."""
    basis = facts.cases[thing.case].bases.get(step.said("authority") or "")
    if basis is None or basis.kind == "not_stated":
        yield "E_AUTHORITY"
        return
    part = any(facts.things[parent].basis == basis.id for parent in thing.parents)
    if not basis.holds(step.made) and not (part and step.act == "item.seized"):
        yield "E_AUTHORITY"


def taken_in(step: Step, thing: Thing, place: str, content: bool) -> None:
    thing.origin, thing.holder, thing.place = step.act, step.lead, place
    thing.basis = step.said("authority")
    if content:
        thing.content = step.id
        thing.parents |= {tag for tag, kind in step.about.items() if kind == "source"}


def contradicted(step: Step) -> bool:
    return step.said("stored_hash") == "mismatch" or step.said("supplied") in WRONG


@judge("item.seized")
def _(facts: Facts, step: Step, thing: Thing) -> Iterator[str]:
    yield from origin(facts, step, thing, "S")
    yield from in_force(facts, step, thing)


@change("item.seized")
def _(facts: Facts, step: Step, thing: Thing) -> None:
    taken_in(step, thing, "scene", content=False)


@judge("item.acquired")
def _(facts: Facts, step: Step, thing: Thing) -> Iterator[str]:
    yield from origin(facts, step, thing, "X")
    yield from cited_basis(facts, step, thing.case)
    if (step.said("stored_hash") in ("match", "mismatch")) != bool(step.said("media")):
        yield "E_CONTENT"
    if contradicted(step) and not step.said("disputed"):
        yield "E_DISPUTED"


@change("item.acquired")
@change("item.received")
def _(facts: Facts, step: Step, thing: Thing) -> None:
    if step.said("disputed"):
        trouble(facts, step, thing, "hash")
        thing.disputed = True
    taken_in(step, thing, "not_stated", content=bool(step.said("content")))


@judge("item.acquired", "source")
def _(facts: Facts, step: Step, source: Thing) -> Iterator[str]:
    yield from settled(source)
    if step.said("override"):
        if source.sealed:
            yield from facts.approvals(step, source.case, source.hold(), set())
        return
    yield from in_hands(step, source)
    if source.sealed:
        yield "E_SEAL"


@change("item.acquired", "source")
def _(facts: Facts, step: Step, source: Thing) -> None:
    source.copied = source.copied or step.said("verified") == "yes"


@judge("item.derived")
def _(facts: Facts, step: Step, thing: Thing) -> Iterator[str]:
    yield from origin(facts, step, thing, "X")
    sources = [tag for tag, kind in step.about.items() if kind == "source"]
    if len({*step.said("parents")}) != len(sources):
        yield "E_PARENT"


@change("item.derived")
def _(facts: Facts, step: Step, thing: Thing) -> None:
    taken_in(step, thing, "not_stated", content=True)


@judge("item.derived", "source")
def _(facts: Facts, step: Step, source: Thing) -> Iterator[str]:
    yield from present(source)
    if source.content is None or source.content not in step.said("parents"):
        yield "E_PARENT"
    if step.said("parents_verified") in WRONG and not step.said("variance"):
        yield "E_PARENT"


@change("item.derived", "source")
def _(facts: Facts, step: Step, source: Thing) -> None:
    if step.said("parents_verified") in WRONG:
        trouble(facts, step, source, "hash")
        source.disputed = True


@judge("item.received")
def _(facts: Facts, step: Step, thing: Thing) -> Iterator[str]:
    yield from origin(facts, step, thing, "H")
    yield from cited_basis(facts, step, thing.case)
    if step.said("received_from") == "provider":
        yield from in_force(facts, step, thing)
    if step.said("supplied") in WRONG and not step.said("disputed"):
        yield "E_DISPUTED"
    if not step.said("content") and (step.said("supplied") or step.said("disputed")):
        yield "E_CONTENT"


@judge("seal.applied")
def _(facts: Facts, step: Step, thing: Thing) -> Iterator[str]:
    yield from needs(facts, step, thing.case, "H")
    yield from settled(thing)
    yield from in_hands(step, thing)
    if thing.sealed:
        yield "E_SEAL"


@change("seal.applied")
def _(facts: Facts, step: Step, thing: Thing) -> None:
    thing.seal = Seal("resealed" if thing.seal else "intact")


@judge("seal.verified")
def _(facts: Facts, step: Step, thing: Thing) -> Iterator[str]:
    yield from needs(facts, step, thing.case, "K", "H")
    yield from present(thing)
    yield from seal_contradicts(thing, step.said("verdict"))
    if thing.seal is None or step.said("verdict") in UNSAID:
        yield "E_SEAL"


@change("seal.verified")
def _(facts: Facts, step: Step, thing: Thing) -> None:
    seal_found(facts, step, thing, step.said("verdict"))


@judge("seal.broken")
def _(facts: Facts, step: Step, thing: Thing) -> Iterator[str]:
    yield from needs(facts, step, thing.case, "H")
    yield from present(thing)
    yield from cited_basis(facts, step, thing.case)
    if not thing.sealed or step.said("verdict") in (*OPEN, *UNSAID):
        yield "E_SEAL"
    if step.said("verdict") == "broken_authorised":
        yield from settled(thing)
        yield from in_hands(step, thing)


@change("seal.broken")
def _(facts: Facts, step: Step, thing: Thing) -> None:
    assert thing.seal
    if step.said("verdict") == "broken_authorised":
        thing.seal.state = "broken_authorised"
    else:
        seal_found(facts, step, thing, step.said("verdict"))


@judge("integrity.checked")
def _(facts: Facts, step: Step, thing: Thing) -> Iterator[str]:
    yield from needs(facts, step, thing.case, "K", "H")
    yield from present(thing)
    yield from hash_missing(thing, step.said("verdict"), required=False)
    if thing.content is None:
        yield "E_HASH"


@change("integrity.checked")
def _(facts: Facts, step: Step, thing: Thing) -> None:
    hash_found(facts, step, thing, step.said("verdict"))
