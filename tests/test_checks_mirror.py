"""A mirror of what is not shown: its records are looked at like any other, and links what has none."""

from pathlib import Path
from typing import Any

import pytest

from custody.core import canonical, record
from custody.core.bundle import layout
from custody.core.findings import Check, Finding, Outcome
from custody.core.record import Entry
from custody.core.tree import Frontier
from custody.core.verify import verify
from custody.core.world import Chain
from tests.bundles import Bundle, bad, examined, trust_in
from tests.worlds import Story, World, story


def altered(world: World, tag: str, **changes: Any) -> int:
    """The last record of a subject, as an operator writes it who signs the log; its number."""
    n = len(world.records) - 1
    entry = record.read(world.records[n])
    assert isinstance(entry, Entry) and entry.tag == tag
    world.records[n] = entry._replace(**changes).encode()
    head = record.record_hash(world.records[n]).hex()
    world.chains[tag] = Chain(world.chains[tag].count, head, world.chains[tag].changed)
    world.frontier = Frontier()
    for data in world.records:
        world.frontier.append(record.record_hash(data))
    return n


def of_laptop(told: Story, mirror: bool = True) -> Bundle:
    return Bundle(told.world, told.case, told.olga, [told.laptop], mirror=mirror)


@pytest.mark.parametrize("member", ["n", "at", "chain"])
def test_a_record_that_is_shown_by_the_mirror_alone(tmp_path: Path, member: str) -> None:
    told = story()
    phone = told.world.seize(told.case, 2, told.warrant, by=told.dora)
    last = record.read(told.world.records[-1])
    values = {"n": last.n + 7, "at": last.at - 10_000, "chain": "11" * 32}
    n = altered(told.world, phone, **{member: values[member]})
    why = "has another number, an earlier time, or another record before it"
    wrong = Finding(Check.COMPLETENESS, Outcome.FAILED, f"case.zip: record {n} of the mirror", why)
    assert bad(examined(tmp_path, of_laptop(told))) == [wrong]
    assert bad(examined(tmp_path, of_laptop(told, mirror=False))) == []


def test_a_mirror_without_a_checkpoint_is_one_of_nothing(tmp_path: Path) -> None:
    bundle = of_laptop(story())
    del bundle.files[layout.CHECKPOINT]
    why = f"{bundle.size} records do not make the checkpoint's root"
    found = Finding(Check.COMPLETENESS, Outcome.FAILED, "case.zip: mirror", why)
    assert found in bad(examined(tmp_path, bundle))


def of_later_kinds(world: World, *kinds: str) -> None:
    """Records as a later version may write them."""
    for kind in kinds:
        members = {"at": world.now, "chain": world._head(), "kind": kind, "more": "x", "v": 1}
        world._leaf(canonical.encode({**members, "n": len(world.records)}))


def test_what_a_record_of_a_later_kind_does_is_not_known(tmp_path: Path) -> None:
    """Once of each kind it is said, of the last one: its place in the log is as good as any other's."""
    told = story()
    of_later_kinds(told.world, "paused", "handover", "paused")
    n = len(told.world.records)
    bundle = of_laptop(told)
    assert bad(examined(tmp_path, bundle)) == [
        Finding(
            Check.COMPLETENESS,
            Outcome.UNDETERMINED,
            f"case.zip: record {n - back} of the mirror",
            f"of a later version's kind {kind}: what it does to a subject is not known",
        )
        for kind, back in (("paused", 1), ("handover", 2))
    ]
    lines = list(bundle.records)
    lines[n - 3] = lines[n - 3].replace(b'"more":"x"', b'"more":"y"')
    bundle.lines(layout.MIRROR, lines)
    found = {f.subject for f in bad(examined(tmp_path, bundle)) if f.outcome is Outcome.FAILED}
    assert found == {"case.zip: mirror", f"case.zip: record {n - 2} of the mirror"}


@pytest.mark.parametrize("mirror", [False, True])
def test_a_mirror_links_two_bundles_like_a_proof(tmp_path: Path, mirror: bool) -> None:
    told = story()
    before = told.world.seen()
    first = of_laptop(told, mirror=False)
    vars(told.world)["seen"] = lambda: before
    second = of_laptop(told, mirror)
    paths = [first.save(tmp_path / "one.zip"), second.save(tmp_path / "two.zip")]
    report = verify(paths, trust_in(told.world))
    assert report.verdict is Outcome.PASSED
    said = [line for line in report.not_proved if "they could not be compared" in line]
    assert bool(said) is not mirror


def proved_by(told: Story, *numbers: int) -> list[bytes]:
    """Proofs of these records, at the checkpoint of a later export."""
    later = Bundle(told.world, told.case, told.olga)
    return [later.proof(n) for n in numbers]


def test_a_proof_of_what_is_not_shown_says_nothing(tmp_path: Path) -> None:
    told = story()
    told.world.seize(told.case, 2, told.warrant, by=told.dora)
    n = len(told.world.records) - 1
    (found,) = bad(examined(tmp_path, of_laptop(told, mirror=False), proofs=proved_by(told, n)))
    why = f"record {n} is newer than the bundles, or of a subject that they do not show"
    assert found == Finding(Check.COMPLETENESS, Outcome.UNDETERMINED, "proof 1", why)


@pytest.mark.parametrize("newer", [0, 1])
def test_a_proof_of_the_first_record_after_a_bundle_says_nothing(
    tmp_path: Path, newer: int
) -> None:
    told = story()
    told.world.record("note.recorded", [told.laptop], signers=[told.dora])
    n = len(told.world.records) - 1
    bundle = of_laptop(told, mirror=False)
    if newer:
        told.world.record("note.recorded", [told.laptop], signers=[told.dora])
        n = bundle.size
    found = bad(examined(tmp_path, bundle, proofs=proved_by(told, n)))
    assert [(f.subject, f.outcome) for f in found] == (
        [("proof 1", Outcome.UNDETERMINED)] if newer else []
    )


def test_a_proof_answers_to_the_one_bundle_that_shows_its_subject(tmp_path: Path) -> None:
    told = story()
    phone = told.world.seize(told.case, 2, told.warrant, by=told.dora)
    n = len(told.world.records) - 1
    one = of_laptop(told, mirror=False)
    other = Bundle(told.world, told.case, told.olga, [phone])
    paths = [one.save(tmp_path / "one.zip"), other.save(tmp_path / "two.zip")]
    report = verify(paths, trust_in(told.world), [other.proof(n)])
    assert bad(report) == []
    beside = {f.subject: f.detail for f in report.findings if "C2: " in f.detail}
    assert beside["two.zip: beside one.zip, proof 1"].startswith("C2: ")
