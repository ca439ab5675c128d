"""Hand-overs, loans, takeovers and courts: who has a thing in hand."""

from collections.abc import Iterator

from tests.modelled.facts import Facts, Offer, Step, Thing
from tests.modelled.judging import (
    change,
    cited_basis,
    held,
    in_hands,
    judge,
    needs,
    present,
    settled,
    trouble,
)
from tests.modelled.looking import (
    hash_found,
    hash_missing,
    seal_contradicts,
    seal_found,
    take_over,
    taken_over,
)

FINDINGS = {
    "seal_broken": "seal",
    "seal_mismatch": "seal",
    "hash_mismatch": "hash",
    "item_missing": "missing_item",
    "item_extra": "extra_item",
    "identity_mismatch": "record_conflict",
}


def open_offer(step: Step, thing: Thing) -> Iterator[str]:
    if thing.offer is None or thing.offer.id != step.said("transfer"):
        yield "E_NO_TRANSFER"


def offered(facts: Facts, step: Step, thing: Thing) -> Iterator[str]:
    """The offer that is cited is open, and made to who leads by another person with other keys."""
    yield from open_offer(step, thing)
    offer = thing.offer
    if offer is None or offer.id != step.said("transfer"):
        return
    if offer.by == step.lead or offer.keys & facts.owned(step.lead):
        yield "E_SAME_PERSON"
    if offer.to != step.lead:
        yield "E_NO_TRANSFER"


def by_giver(step: Step, thing: Thing) -> Iterator[str]:
    yield from open_offer(step, thing)
    if thing.offer and thing.offer.by != step.lead:
        yield "E_NOT_HOLDER"


@judge("transfer.released")
def _(facts: Facts, step: Step, thing: Thing) -> Iterator[str]:
    yield from settled(thing)
    yield from held(step, thing)
    yield from cited_basis(facts, step, thing.case)
    if bool(step.said("to")) == bool(step.said("outside")):
        yield "E_UNKNOWN"
    if step.said("to") == step.lead:
        yield "E_SAME_PERSON"


@change("transfer.released")
def _(facts: Facts, step: Step, thing: Thing) -> None:
    thing.offer = Offer(
        step.id, step.lead, facts.owned(step.lead), step.said("to"), step.said("outside")
    )


@judge("transfer.accepted")
def _(facts: Facts, step: Step, thing: Thing) -> Iterator[str]:
    yield from needs(facts, step, thing.case, "H")
    yield from present(thing)
    if step.said("transfer"):
        yield from offered(facts, step, thing)
    elif thing.offer:
        yield "E_OPEN_TRANSFER"
    elif thing.outside is None:
        yield "E_NO_TRANSFER"
    yield from taken_over(facts, step, thing)


@change("transfer.accepted")
@change("custody.assumed")
@change("court.returned")
def _(facts: Facts, step: Step, thing: Thing) -> None:
    take_over(facts, step, thing)
    thing.holder, thing.outside, thing.giver, thing.offer = step.lead, None, None, None
    thing.out = None if step.act == "custody.assumed" else thing.out
    thing.place = step.said("location")


@judge("transfer.refused")
def _(facts: Facts, step: Step, thing: Thing) -> Iterator[str]:
    yield from present(thing)
    yield from offered(facts, step, thing)


@change("transfer.refused")
def _(facts: Facts, step: Step, thing: Thing) -> None:
    if step.said("reason") in FINDINGS:
        trouble(facts, step, thing, FINDINGS[step.said("reason")])
    thing.offer = None


@judge("transfer.cancelled")
def _(facts: Facts, step: Step, thing: Thing) -> Iterator[str]:
    yield from present(thing)
    yield from by_giver(step, thing)


@change("transfer.cancelled")
def _(facts: Facts, step: Step, thing: Thing) -> None:
    thing.offer = None


@judge("transfer.acknowledged")
def _(facts: Facts, step: Step, thing: Thing) -> Iterator[str]:
    yield from present(thing)
    yield from by_giver(step, thing)
    if thing.offer and thing.offer.outside is None:
        yield "E_NO_TRANSFER"


@change("transfer.acknowledged")
def _(facts: Facts, step: Step, thing: Thing) -> None:
    assert thing.offer
    entry = facts.entries[thing.tag, thing.offer.id]
    thing.giver = entry.by, set(entry.keys)
    thing.holder, thing.outside, thing.offer = None, thing.offer.outside, None
    thing.place = "external"


@judge("transfer.lost")
def _(facts: Facts, step: Step, thing: Thing) -> Iterator[str]:
    yield from present(thing)
    yield from open_offer(step, thing)
    if thing.offer and step.lead not in (thing.offer.by, thing.offer.to):
        yield from needs(facts, step, thing.case, "O")


@change("transfer.lost")
def _(facts: Facts, step: Step, thing: Thing) -> None:
    trouble(facts, step, thing, "missing_item")
    thing.offer, thing.place = None, "not_stated"


@judge("transfer.returned")
def _(facts: Facts, step: Step, thing: Thing) -> Iterator[str]:
    yield from present(thing)
    yield from by_giver(step, thing)
    yield from taken_over(facts, step, thing)


@change("transfer.returned")
def _(facts: Facts, step: Step, thing: Thing) -> None:
    take_over(facts, step, thing)
    thing.offer, thing.place = None, step.said("location")


@judge("custody.assumed")
def _(facts: Facts, step: Step, thing: Thing) -> Iterator[str]:
    yield from needs(facts, step, thing.case, "H")
    yield from present(thing)
    if thing.holder is None:
        yield "E_NO_TRANSFER"
    if thing.holder == step.lead:
        yield "E_SAME_PERSON"
    if step.said("observed") not in ("physically_verified", "sealed_container_verified"):
        yield "E_TAKEOVER"
    people, keys = thing.near()
    seconds = {*step.signing("approver")} - people - {step.lead}
    seconds = {each for each in seconds if not facts.owned(each) & keys}
    if not any(facts.may(second, "O", thing.case) for second in seconds):
        yield "E_TWO_PERSON"
    yield from taken_over(facts, step, thing)


@judge("access.checked_out")
def _(facts: Facts, step: Step, thing: Thing) -> Iterator[str]:
    yield from settled(thing)
    yield from held(step, thing)
    yield from cited_basis(facts, step, thing.case)
    to = step.said("to")
    if to != step.lead and to not in step.signing("counterparty"):
        yield "E_SAME_PERSON"
    if step.said("purpose") == "training":
        yield "E_NO_GRANT"
    if not (facts.may(to, "X", thing.case) or facts.may(to, "H", thing.case)):
        yield "E_NO_GRANT"


@change("access.checked_out")
def _(facts: Facts, step: Step, thing: Thing) -> None:
    thing.out = step.said("to")


@judge("access.checked_in")
def _(facts: Facts, step: Step, thing: Thing) -> Iterator[str]:
    yield from settled(thing)
    both = {thing.out, thing.holder}
    if thing.out is None:
        yield "E_NOT_OUT"
    if step.lead not in both:
        yield "E_NOT_HOLDER"
    if not both <= {step.lead, *step.signing("counterparty")}:
        yield "E_SAME_PERSON"
    yield from seal_contradicts(thing, step.said("seal"))
    yield from hash_missing(thing, step.said("hash"))


@change("access.checked_in")
def _(facts: Facts, step: Step, thing: Thing) -> None:
    seal_found(facts, step, thing, step.said("seal"))
    hash_found(facts, step, thing, step.said("hash"))
    thing.out, thing.place = None, step.said("location")


@judge("storage.moved")
def _(facts: Facts, step: Step, thing: Thing) -> Iterator[str]:
    yield from settled(thing)
    yield from in_hands(step, thing)
    yield from hash_missing(thing, step.said("hash"), required=False)


@change("storage.moved")
def _(facts: Facts, step: Step, thing: Thing) -> None:
    hash_found(facts, step, thing, step.said("hash"))
    thing.place = step.said("location")


@judge("court.exhibited")
def _(facts: Facts, step: Step, thing: Thing) -> Iterator[str]:
    yield from needs(facts, step, thing.case, "H")
    yield from settled(thing)
    yield from cited_basis(facts, step, thing.case)
    yield from (held if step.said("retained") == "yes" else in_hands)(step, thing)


@change("court.exhibited")
def _(facts: Facts, step: Step, thing: Thing) -> None:
    thing.place = "court"
    if step.said("retained") == "yes":
        keys = {key for *_, key in step.signers}
        thing.holder, thing.outside, thing.giver = None, "court", (step.lead, keys)


@judge("court.returned")
def _(facts: Facts, step: Step, thing: Thing) -> Iterator[str]:
    yield from needs(facts, step, thing.case, "H")
    yield from present(thing)
    if thing.outside != "court":
        yield "E_NO_TRANSFER"
    yield from taken_over(facts, step, thing)
