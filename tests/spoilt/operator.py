"""What an operator can do who holds the log's keys: false tallies, forks, and odd records."""

from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from custody.core import canonical, dsse, record, times
from custody.core.bundle import layout
from custody.core.findings import Check, Outcome
from custody.core.keys import low_s
from custody.core.record import Entry
from custody.core.rules import admit
from custody.core.state import Case
from custody.core.world import Chain
from custody_schemas.declare import Kind
from tests.bundles import Bundle, zipped
from tests.memory import Run, Signed
from tests.rogues import Rogue
from tests.signers import TestSigner
from tests.spoilt import Spoilt, spoilt
from tests.spoilt.people import note, p256_person
from tests.spoilt.stage import CASE, NAME, Stage, hide, of, spoilt_of, stage
from tests.worlds import Person

ITEM_2 = f"item 2 of {CASE}"


def untallied(own: Stage, *, mirror: bool = False) -> tuple[Bundle, int]:
    """A bundle without the newest entry on the image, and a tally to match; the entry's index."""
    n, world = own.first(own.last), own.world
    hidden = record.read(world.records[n])
    assert isinstance(hidden, Entry)
    chain = world.chains[own.image]
    world.chains[own.image] = Chain(hidden.seq, hidden.prev, chain.changed)
    return own.bundle(hidden=[n], mirror=mirror), n


def beside(made: Spoilt, other: Bundle) -> Spoilt:
    """The reader has another bundle as well."""
    return made._replace(bundles=(*made.bundles, zipped(other.bag())))


@spoilt(Check.COMPLETENESS)
def tally_false_beside_a_proof_of_recording() -> Spoilt:
    """Who checked the image kept a proof that this was recorded (C2)."""
    bundle, hidden = untallied(stage())
    made = spoilt_of(bundle, of(f"record {hidden}"))
    return made._replace(proofs=(bundle.proof(hidden),))


@spoilt(Check.COMPLETENESS)
def tally_false_beside_another_bundle() -> Spoilt:
    """An earlier bundle shows the entry (C2)."""
    own = stage()
    earlier = own.bundle()
    bundle, hidden = untallied(own)
    return beside(spoilt_of(bundle, of(f"record {hidden}")), earlier)


@spoilt(Check.COMPLETENESS)
def tally_false_beside_the_mirror() -> Spoilt:
    """The log itself counts otherwise (C3)."""
    bundle, _ = untallied(stage(), mirror=True)
    last = of(f"record {bundle.size - 1} of the mirror")
    return spoilt_of(bundle, last, of(ITEM_2))


class Untallied(Rogue):
    """Forgets to tally."""

    def tally(self) -> None:
        pass


@spoilt(
    Check.COMPLETENESS,
    also={(Check.COMPLETENESS, Outcome.UNDETERMINED): "without a tally no chain can be counted"},
)
def tally_missing() -> Spoilt:
    """The checkpoint does not end with a tally."""
    own = stage()
    world = Untallied()
    vars(world).update(vars(own.world))
    own.world = world
    return spoilt_of(own.bundle(), NAME)


@spoilt(Check.COMPLETENESS)
def mirror_of_another_log() -> Spoilt:
    """A record of the mirror is not the one in the log."""
    bundle = stage().bundle(mirror=True)
    n = bundle.size - 2
    prepared = bundle.read[n]
    assert isinstance(prepared, Entry)
    lines = [*bundle.records]
    lines[n] = prepared._replace(env="ab" * 32).encode()
    bundle.lines(layout.MIRROR, lines)
    places = (f"record {n} of the mirror", f"record {n + 1} of the mirror", "mirror", CASE)
    return spoilt_of(bundle, *map(of, places))


@spoilt(Check.COMPLETENESS, Outcome.UNDETERMINED)
def record_of_a_kind_that_nobody_knows() -> Spoilt:
    """What such a record does to an item, the replay of the log cannot say."""
    own = stage()
    n, world = len(own.world.records), own.world
    world._leaf(
        canonical.encode(
            {"at": world.now, "chain": world._head(), "kind": "blessing", "n": n, "v": 1}
        )
    )
    return spoilt_of(own.bundle(mirror=True), of(f"record {n} of the mirror"))


@spoilt(
    Check.CHAIN,
    also={
        (Check.STATEMENT, Outcome.FAILED): "what the other log recorded stands nowhere in this one",
        (Check.REDACTIONS, Outcome.FAILED): "so nothing of it can be opened",
        (Check.FIXITY, Outcome.UNDETERMINED): "nor does the entry that prepared its export",
        (Check.COMPLETENESS, Outcome.UNDETERMINED): "which would say what it should hold",
    },
)
def fork_seen_in_two_bundles() -> Spoilt:
    """Two readers are shown two logs, which part after the story."""
    one, other = stage(), stage()
    other.world.submit(note(other, other.story.eve))
    first = one.bundle()
    numbers = (first.size - 2, first.size - 1)
    made = spoilt_of(first, *(f"record {n} of case.zip and other.zip" for n in numbers))
    return beside(made, other.bundle())


@spoilt(
    Check.CHECKPOINT,
    also={
        (Check.COMPLETENESS, Outcome.FAILED): "the mirror has other records than were shown",
        (Check.CHAIN, Outcome.FAILED): "nor does what one shows go on from what the other shows",
    },
)
def fork_seen_in_a_mirror() -> Spoilt:
    """The two logs show no number twice; the mirror of one has another root at the other's size."""
    one, other = stage(), stage()
    second = one.world.open_case("K-2026/18", by=one.story.olga)
    case = one.world.states[second]
    assert isinstance(case, Case)
    mirrored, plain = one.bundle(mirror=True), other.bundle()
    for tag in (second, case.register):
        hide(mirrored, tag)
    return beside(spoilt_of(mirrored, "case.zip and other.zip"), plain)


@spoilt(Check.CHAIN)
def time_runs_backwards() -> Spoilt:
    """A record says an earlier time than the one before it."""
    own = stage()
    n, world = len(own.world.records), own.world
    world.submit(note(own, own.story.eve), at=world.now - 90)
    return spoilt_of(own.bundle(), of(f"record {n}"))


@spoilt(Check.STATEMENT)
def statement_recorded_again_in_another_envelope() -> Spoilt:
    """An ECDSA signature can be made anew over the same bytes: two envelopes, one act."""
    own = stage()
    vera = p256_person(own)
    signed = note(own, vera)
    own.world.submit(signed)
    subject = own.next
    own.world.submit(signed_anew(signed, vera))
    return spoilt_of(own.bundle(), subject)


def signed_anew(signed: Signed, vera: Person) -> Signed:
    """The same statement under another signature of her token."""
    assert isinstance(vera.signer, TestSigner)
    private = vera.signer.private
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    again = low_s(private.sign(signed.envelope.pae, ec.ECDSA(SHA256())))
    signature = dsse.Signature(vera.signer.key.id, again)
    return signed._replace(envelope=signed.envelope._replace(signatures=(signature,)))


@spoilt(Check.STATEMENT)
def envelope_recorded_again() -> Spoilt:
    """One remark counts twice."""
    own = stage()
    signed = note(own, own.story.eve)
    own.world.submit(signed)
    subject = own.next
    own.world.submit(signed)
    own.world.runs.pop()  # the bundle has its envelope once
    return spoilt_of(own.bundle(), subject)


def held_back(own: Stage, hours: int, **members: Any) -> Spoilt:
    """Eve's remark is recorded so much later."""
    signed = note(own, own.story.eve, **members)
    own.world.now += hours * 3600
    subject = own.next
    own.world.submit(signed)
    return spoilt_of(own.bundle(), subject)


@spoilt(
    Check.RULES,
    also={(Check.STATEMENT, Outcome.FAILED): "`until` and the record's time contradict each other"},
)
def statement_recorded_after_it_had_expired() -> Spoilt:
    """A signed act is held back until it suits."""
    own = stage()
    return held_back(own, 2, until=times.spelt(own.world.now + 3600))


@spoilt(Check.STATEMENT)
def touch_recorded_after_a_change() -> Spoilt:
    """A check of the image is held back until it has another holder, who seems to have seen it."""
    own = stage()
    world, story = own.world, own.story
    held = world.draft("integrity.checked", [own.image], signers=[story.carl])
    world.record("transfer.released", [own.image], {"to": story.dora.tag}, signers=[story.eve])
    subject = own.next
    world.submit(held)
    return spoilt_of(own.bundle(), subject)


@spoilt(Check.STATEMENT)
def statement_that_follows_a_record_of_another_item() -> Spoilt:
    """What the signer had seen of the laptop is a record of the image."""
    own = stage()
    head = own.world.chains[own.image].head
    return held_back(own, 0, prev={own.story.laptop: head})


@spoilt(
    Check.STATEMENT,
    also={(Check.RULES, Outcome.UNDETERMINED): "the rules of the other ledger are not shown"},
)
def statement_for_another_ledger() -> Spoilt:
    """What Eve signed elsewhere is recorded here."""
    return held_back(stage(), 0, ledger="other.example")


@spoilt(Check.FRESHNESS)
def statement_of_one_who_saw_a_fork() -> Spoilt:
    """Eve was shown another log than this one."""
    own = stage()
    fork = own.fork()
    fork.world.submit(note(fork, own.story.dora))
    own.world.submit(note(own, own.story.carl))
    seen = fork.world.seen()
    subject = own.next
    own.world.submit(note(own, own.story.eve, seen=seen._asdict()))
    return spoilt_of(own.bundle(), subject, of(f"checkpoint of {seen.size} records"))


@spoilt(
    Check.FRESHNESS,
    also={(Check.RULES, Outcome.FAILED): "no ledger admits what cannot have been seen"},
)
def statement_of_one_who_saw_the_future() -> Spoilt:
    """Recorded before the state of the log that its signer had seen."""
    return held_back(stage(), 0, seen={"size": 10_000, "root": "ab" * 32})


@spoilt(
    Check.STATEMENT,
    also={(Check.COMPLETENESS, Outcome.FAILED): "the item is nowhere in the export of its case"},
)
def run_recorded_in_part() -> Spoilt:
    """An item's registration is recorded in the register alone, and the item is hidden."""
    own = stage()
    world, story = own.world, own.story
    case = world.states[story.case]
    assert isinstance(case, Case)
    number = next(n for n in range(4, 99) if world.item_tag(story.case, n) > case.register)
    about: list[Any] = [(Kind.ITEM, world.item_tag(story.case, number)), case.register]
    given = {"case": story.case, "number": number}
    signed = world.draft("item.registered", about, given, signers=[story.dora])
    effects = admit(world, signed.statement, at=world.now, n=len(world.records))
    world.runs.append(Run(len(world.records), signed))
    env = sha256(signed.envelope.encode()).hexdigest()
    world._append(signed.statement, case.register, effects[case.register], env, world.now)
    missing = own.next
    return spoilt_of(own.bundle(), missing)
