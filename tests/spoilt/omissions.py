"""What an exporter can leave out, and then sign the rest as hers. She holds no log key."""

from hashlib import sha256

from blake3 import blake3

from custody.core import canonical
from custody.core.bundle import layout
from custody.core.findings import Check, Outcome
from custody.core.state import Case
from tests.bundles import Bundle
from tests.spoilt import Spoilt, spoilt
from tests.spoilt.stage import (
    CASE,
    EVIDENCE,
    UNREAD,
    chain_of,
    drop,
    env_of,
    good,
    hide,
    name_of,
    of,
    spoilt_of,
    stage,
    withhold,
)

ITEM_1, ITEM_2, ITEM_3 = (f"item {number} of {CASE}" for number in (1, 2, 3))


@spoilt(Check.COMPLETENESS)
def last_record_withheld() -> Spoilt:
    """The newest entry on an item is left out with all that belongs to it."""
    own, bundle = good()
    withhold(bundle, chain_of(bundle, own.image)[-1:])
    return spoilt_of(bundle, of(ITEM_2))


@spoilt(
    Check.COMPLETENESS,
    also={
        (Check.CHAIN, Outcome.FAILED): "what follows names the record that is not there",
        (Check.STATEMENT, Outcome.FAILED): "and so does what its signer signed",
        (Check.RULES, Outcome.UNDETERMINED): "what it did to the item cannot be replayed",
    },
)
def middle_record_withheld() -> Spoilt:
    """The release of the laptop is left out."""
    own, bundle = good()
    withhold(bundle, [own.first(own.release)])
    return spoilt_of(bundle, of(ITEM_1))


@spoilt(Check.COMPLETENESS)
def item_withheld_from_its_case() -> Spoilt:
    """The export of a whole case lacks an item, as if it were of chosen items."""
    own, bundle = good()
    first = chain_of(bundle, own.text)[0]
    hide(bundle, own.text)
    del bundle.files["data/items/3/0001.txt"]
    return spoilt_of(bundle, of(f"record {first}"))


@spoilt(Check.COMPLETENESS)
def item_and_register_withheld_from_their_case() -> Spoilt:
    """Nor is the register there, in which that item stands."""
    own, bundle = good()
    case = own.world.states[own.story.case]
    assert isinstance(case, Case)
    register = case.register
    first = chain_of(bundle, register)[0]
    hide(bundle, own.text)
    hide(bundle, register)
    del bundle.files["data/items/3/0001.txt"]
    return spoilt_of(bundle, of(f"record {first}"))


@spoilt(Check.COMPLETENESS, Outcome.UNDETERMINED)
def case_key_withheld() -> Spoilt:
    """Keys of the items shown, and not the one that would open all that there are."""
    own, bundle = good()
    keys = {"v": 1, "cases": [], "subjects": own.subject_keys(1, 2, 3)}
    bundle.files[layout.KEYS] = canonical.encode(keys)
    return spoilt_of(bundle, of(CASE))


@spoilt(Check.COMPLETENESS)
def chosen_item_withheld() -> Spoilt:
    """An export that promises two items shows one of them."""
    own = stage()
    bundle = own.bundle(own.story.laptop, own.text)
    hide(bundle, own.text)
    return spoilt_of(bundle, of(ITEM_3))


@spoilt(Check.COMPLETENESS, Outcome.UNDETERMINED)
def ancestor_withheld() -> Spoilt:
    """The image comes without the history of the laptop from which it was taken."""
    own = stage()
    bundle = own.bundle(own.image)
    return spoilt_of(bundle, of(f"record {chain_of(bundle, own.image)[1]}"))


@spoilt(Check.COMPLETENESS)
def companion_withheld() -> Spoilt:
    """That an entry on the laptop also concerned another item is left out."""
    own = stage()
    about = [own.story.laptop, own.text]
    note = own.world.record("note.recorded", about, signers=[own.story.dora])
    bundle = own.bundle(own.story.laptop)
    first = own.first(note)
    other = first + sorted(about).index(own.text)
    drop(bundle, layout.COMPANIONS, lambda v: v["n"] == other)
    return spoilt_of(bundle, of(f"record {other}"))


@spoilt(Check.COMPLETENESS)
def key_revocation_withheld() -> Spoilt:
    """That Eve's key was revoked is left out, and with it that her entry did not count."""
    own = stage()
    eve = own.story.eve
    given = {"key": eve.signer.key.id, "reason": "compromised"}
    revoked = own.world.record("key.revoked", [eve.tag], given, signers=[own.story.ada])
    bundle = own.bundle()
    withhold(bundle, [own.first(revoked)])
    return spoilt_of(bundle, of(name_of(eve)))


@spoilt(
    Check.KEY,
    Outcome.UNDETERMINED,
    also={
        (Check.SIGNATURE, Outcome.UNDETERMINED): "whose key must verify it, nobody can say",
        (Check.RULES, Outcome.UNDETERMINED): "nor what rights the signer had",
    },
)
def signer_withheld() -> Spoilt:
    """Carl's enrolment, and whatever became of his key, is not shown."""
    own, bundle = good()
    hide(bundle, own.story.carl.tag)
    return spoilt_of(bundle, f"record {own.first(own.last)}")


@spoilt(Check.COMPLETENESS)
def mirror_withheld() -> Spoilt:
    """The export promises the mirror of the log, which would tell of a false tally."""
    bundle = stage().bundle(mirror=True)
    del bundle.files[layout.MIRROR]
    return spoilt_of(bundle, of("mirror"))


@spoilt(Check.STATEMENT, also=UNREAD)
def envelope_withheld() -> Spoilt:
    """What was signed is not there, and no erasure on file says why."""
    own, bundle = good()
    env = env_of(own.sent(own.last))
    del bundle.files[layout.ENVELOPE.format(env)]
    drop(bundle, layout.DISCLOSURES, lambda v: v["env"] == env)
    return spoilt_of(bundle, f"record {own.first(own.last)}")


@spoilt(Check.EVIDENCE)
def evidence_promised_and_withheld() -> Spoilt:
    """The export says that content is inside; an item's is not."""
    _, bundle = good()
    del bundle.files["data/items/2/0001.dd"]
    return spoilt_of(bundle, of(ITEM_2))


PARTS = (b"first" * 9000, b"second" * 9000)
DISK = f"item 4 of {CASE}: data/items/4"


def segmented(*shown: bytes, **changed: int) -> Bundle:
    """An image whose two segments are signed, and what is shown of them; `changed` is signed too."""
    own = stage()
    lines = [
        {
            "blake3": blake3(part).hexdigest(),
            "path": f"x.00{n}",
            "sha256": sha256(part).hexdigest(),
            "size": len(part),
            "type": "segment",
        }
        for n, part in enumerate(PARTS, 1)
    ]
    manifest = b"".join(canonical.encode(line) + b"\n" for line in lines)
    content = {"form": "segments", "count": 2, "size": sum(map(len, PARTS)), "where": "vault"}
    content |= changed
    content |= {"sha256": sha256(manifest).hexdigest(), "blake3": blake3(manifest).hexdigest()}
    disk = own.world.register(own.story.case, 4, by=own.story.eve)
    given = {"content": content, "format": "split_raw"}
    own.world.record("item.acquired", [disk], given, signers=[own.story.eve])
    files = {f"data/items/4/{n:04}.{n:03}": part for n, part in enumerate(shown, 1)}
    return own.bundle(evidence={**EVIDENCE, "data/items/4/manifest.jsonl": manifest, **files})


@spoilt(Check.EVIDENCE)
def segment_missing() -> Spoilt:
    """Of an image in two segments the second is left out; the manifest of both is signed."""
    return spoilt_of(segmented(PARTS[0]), of(f"{DISK}: file 2"))


@spoilt(Check.EVIDENCE)
def segments_exchanged() -> Spoilt:
    """Both segments are there, in the wrong order."""
    made = segmented(*reversed(PARTS))
    return spoilt_of(made, *(of(f"{DISK}/000{n}.00{n}") for n in (1, 2)))


@spoilt(Check.EVIDENCE)
def segment_too_many() -> Spoilt:
    """A third segment, which the signed manifest does not list."""
    return spoilt_of(segmented(*PARTS, b"third"), of(f"{DISK}/0003.003"))


@spoilt(Check.EVIDENCE)
def segments_of_another_size_together() -> Spoilt:
    """What was acquired is said to be larger than its segments."""
    return spoilt_of(segmented(*PARTS, size=10**6), of(DISK))


@spoilt(Check.EVIDENCE)
def manifest_of_segments_altered() -> Spoilt:
    """The list of segments is another one than was signed."""
    made = segmented(*PARTS)
    path = "data/items/4/manifest.jsonl"
    made.files[path] = made.files[path].replace(b'"x.002"', b'"y.002"')
    return spoilt_of(made, of(f"{DISK}/manifest.jsonl"))


@spoilt(Check.FRESHNESS)
def consistency_withheld() -> Spoilt:
    """That what a signer saw is a beginning of this log, nothing shows."""
    own, bundle = good()
    seen = own.sent(own.last).statement.seen.size
    drop(bundle, layout.CONSISTENCY, lambda v: v["size"] == seen)
    return spoilt_of(bundle, f"record {own.first(own.last)}")


@spoilt(
    Check.COMPLETENESS,
    also={(Check.EVIDENCE, Outcome.FAILED): "for a file that is there nobody answers any more"},
)
def last_two_records_withheld() -> Spoilt:
    """The note seems never to have been acquired, nor the image to have been checked."""
    own, bundle = good()
    withhold(bundle, chain_of(bundle, own.text)[-1:])
    withhold(bundle, chain_of(bundle, own.image)[-1:])
    return spoilt_of(bundle, of(ITEM_2), of(ITEM_3))


@spoilt(Check.EVIDENCE, Outcome.UNDETERMINED)
def digests_of_evidence_withheld() -> Spoilt:
    """The file is there, and what it should be is not opened."""
    _, bundle = good()
    drop(bundle, layout.DISCLOSURES, lambda v: v["name"] in ("content_sha256", "content_blake3"))
    return spoilt_of(bundle, of(f"{ITEM_3}: data/items/3"))


@spoilt(Check.COMPLETENESS)
def role_revocation_withheld() -> Spoilt:
    """That Eve was no examiner any more is left out."""
    own = stage()
    eve = own.story.eve
    revoked = own.world.record(
        "role.revoked", [eve.tag], {"role": "examiner"}, signers=[own.story.ada]
    )
    bundle = own.bundle()
    withhold(bundle, [own.first(revoked)])
    return spoilt_of(bundle, of(name_of(eve)))


@spoilt(Check.COMPLETENESS)
def discrepancy_withheld() -> Spoilt:
    """That the note's content had changed, who checked it last had found."""
    own = stage()
    given = {"verdict": "mismatch"}
    found = own.world.record("integrity.checked", [own.text], given, signers=[own.story.dora])
    bundle = own.bundle()
    withhold(bundle, [own.first(found)])
    return spoilt_of(bundle, of(ITEM_3))


@spoilt(
    Check.COMPLETENESS,
    also={
        (Check.STATEMENT, Outcome.FAILED): "the entry on her chain belongs to nothing counted",
        (Check.REDACTIONS, Outcome.FAILED): "nor does what is opened of it",
    },
)
def subject_withheld_from_the_count() -> Spoilt:
    """Pia's record is there, and nothing says how many there should be."""
    own, bundle = good()
    pia = own.story.pia.tag
    drop(bundle, layout.SUBJECTS, lambda v: v["tag"] == pia)
    return spoilt_of(bundle, *(of(f"record {n}") for n in chain_of(bundle, pia)))
