"""What each reader alone cannot see, and all see together: one log, told in two orders."""

from custody.core.findings import Check, Outcome
from tests.spoilt import Spoilt, spoilt
from tests.spoilt.operator import beside
from tests.spoilt.stage import Stage, spoilt_of, stage


@spoilt(Check.CHAIN)
def time_runs_backwards_between_two_bundles() -> Spoilt:
    """Each of two items has its bundle; of the two entries, the later one is of an earlier time."""
    own = stage()
    n = remarked(own)
    first = own.bundle(own.image, own.story.laptop)
    made = spoilt_of(first, f"record {n} of case.zip and other.zip")
    return beside(made, own.bundle(own.text))


@spoilt(
    Check.CHAIN,
    also={(Check.COMPLETENESS, Outcome.UNDETERMINED): "the proof is of an item that is not shown"},
)
def time_runs_backwards_beside_a_proof_of_recording() -> Spoilt:
    """Who signed the earlier of the two has no bundle, and kept a proof of it."""
    own = stage()
    n = remarked(own)
    bundle = own.bundle(own.text)
    made = spoilt_of(bundle, f"record {n} of proof 1 and case.zip")
    return made._replace(proofs=(bundle.proof(n - 1),))


@spoilt(Check.CHAIN)
def record_that_does_not_follow_that_of_another_bundle() -> Spoilt:
    """Neighbours in the log, each in a bundle of its own; a third once stood between them."""
    own = stage()
    world, eve = own.world, own.story.eve
    world.record("note.recorded", [own.image], signers=[eve])
    vars(world)["_head"] = lambda: "ab" * 32
    n = len(world.records)
    world.record("note.recorded", [own.text], signers=[eve])
    del vars(world)["_head"]
    first = own.bundle(own.image, own.story.laptop)
    made = spoilt_of(first, f"record {n} of case.zip and other.zip")
    return beside(made, own.bundle(own.text))


def remarked(own: Stage) -> int:
    """Remarks on two items, of which the second is recorded as of an earlier time; its record."""
    world, eve = own.world, own.story.eve
    world.record("note.recorded", [own.image], signers=[eve])
    signed = world.draft("note.recorded", [own.text], signers=[eve])
    world.submit(signed, at=world.now - 90)
    return len(world.records) - 1
