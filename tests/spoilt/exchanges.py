"""Things that are true of something else: digests, fields, proofs and findings in another's place."""

from hashlib import sha256

from blake3 import blake3

from custody.core.bundle import layout
from custody.core.findings import Check, Outcome
from tests.exports import content_of
from tests.spoilt import Spoilt, spoilt
from tests.spoilt.operator import beside
from tests.spoilt.people import note
from tests.spoilt.stage import (
    CASE,
    EVIDENCE,
    Stage,
    alter,
    chain_of,
    env_of,
    good,
    of,
    spoilt_of,
    stage,
    withhold,
)

SHORT = b"another note\n"
PATH = "data/items/4/0001.txt"


def with_a_second_note(own: Stage) -> tuple[str, str]:
    """Another short text, item 4: its tag, and the entry that acquired it."""
    tag = own.world.register(own.story.case, 4, by=own.story.dora)
    given = content_of(SHORT, "other.txt")
    return tag, own.world.record("item.acquired", [tag], given, signers=[own.story.dora])


@spoilt(Check.REDACTIONS, also={(Check.EVIDENCE, Outcome.UNDETERMINED): "no digest is opened"})
def digests_exchanged_between_items() -> Spoilt:
    """What opens the digests of one note stands under the other."""
    own = stage()
    _, second = with_a_second_note(own)
    first = next(
        run.signed.id
        for run in own.world.runs
        if run.signed.statement.name == "item.acquired"
        and any(place.tag == own.text for place in run.signed.statement.about)
    )
    bundle = own.bundle(evidence={**EVIDENCE, PATH: SHORT})
    envs = {
        env_of(own.sent(one)): env_of(own.sent(other))
        for one, other in ((first, second), (second, first))
    }

    def change(values: list[dict[str, str]]) -> None:
        for value in values:
            if value["name"].startswith("content_"):
                value["env"] = envs.get(value["env"], value["env"])
        values.sort(key=lambda v: (v["env"], v["name"]))

    bundle.edit(layout.DISCLOSURES, change)
    return spoilt_of(bundle, *(f"record {own.first(each)}" for each in (first, second)))


def acquired_as(sha: bytes, other: bytes) -> Spoilt:
    """A file whose signed digests are those of two contents."""
    own = stage()
    disk = own.world.register(own.story.case, 4, by=own.story.eve)
    data = bytes(70_000)
    content = {"form": "file", "count": 1, "size": len(data), "where": "vault"}
    content |= {"sha256": sha256(sha).hexdigest(), "blake3": blake3(other).hexdigest()}
    own.world.record("item.acquired", [disk], {"content": content}, signers=[own.story.eve])
    path = "data/items/4/0001.dd"
    bundle = own.bundle(evidence={**EVIDENCE, path: data})
    return spoilt_of(bundle, of(f"item 4 of {CASE}: {path}"))


@spoilt(Check.EVIDENCE)
def evidence_that_agrees_in_sha256_alone() -> Spoilt:
    """Where SHA-256 is broken one day, the second digest still tells."""
    return acquired_as(bytes(70_000), b"another content")


@spoilt(Check.EVIDENCE)
def evidence_that_agrees_in_blake3_alone() -> Spoilt:
    """And the other way round."""
    return acquired_as(b"another content", bytes(70_000))


@spoilt(Check.STATEMENT)
def finding_recorded_on_an_older_head() -> Spoilt:
    """A mismatch is a change: it names the newest record, not what stood before a remark."""
    own = stage()
    world, story = own.world, own.story
    before = world.chains[own.image].head
    world.record("note.recorded", [own.image], signers=[story.eve])
    subject, given = own.next, {"verdict": "mismatch"}
    world.record(
        "integrity.checked", [own.image], given, signers=[story.carl], prev={own.image: before}
    )
    return spoilt_of(own.bundle(), subject)


def kept(own: Stage, n: int) -> bytes:
    """A proof of recording of that record, that somebody kept."""
    return own.fork().bundle().proof(n)


@spoilt(Check.COMPLETENESS, Outcome.UNDETERMINED)
def proof_of_recording_of_another_log() -> Spoilt:
    """A proof is shown that some log recorded something, and not this one."""
    own, bundle = good()
    proof = kept(own, own.first(own.last)).replace(b"agency.example", b"agency.exemple")
    return spoilt_of(bundle, "proof 1")._replace(proofs=(proof,))


@spoilt(Check.COMPLETENESS, Outcome.UNDETERMINED)
def proof_of_recording_newer_than_the_bundle() -> Spoilt:
    """What was recorded after the bundle was made says nothing about it."""
    own = stage()
    bundle, n = own.bundle(), len(own.world.records)
    own.world.submit(note(own, own.story.eve))
    return spoilt_of(bundle, "proof 1")._replace(proofs=(own.bundle().proof(n),))


@spoilt(Check.COMPLETENESS)
def record_withheld_beside_another_bundle() -> Spoilt:
    """Two bundles of one day: what one of them leaves out, the other one shows."""
    own, whole = good()
    n = chain_of(whole, own.image)[-1]
    _, bundle = good()
    withhold(bundle, [n])
    made = spoilt_of(bundle, of(f"item 2 of {CASE}"), of(f"record {n}"))
    return beside(made, whole)


@spoilt(Check.INCLUSION)
def inclusion_proofs_exchanged() -> Spoilt:
    """Two records have changed their proofs."""
    _, bundle = good()
    one, other = bundle.path(12), bundle.path(13)
    alter(bundle, layout.PROOFS, lambda v: v["n"] == 12, path=other)
    alter(bundle, layout.PROOFS, lambda v: v["n"] == 13, path=one)
    return spoilt_of(bundle, of("record 12"), of("record 13"))
