"""CHECKPOINT, WITNESSES, TIMESTAMP, INCLUSION, CHAIN, COMPLETENESS: is it this log, and all of it?"""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from custody.core import record
from custody.core.bundle import layout
from custody.core.findings import Check, Finding, Outcome
from custody.core.record import Entry
from custody.core.text import as_text
from custody.core.tree import Frontier
from custody.core.trust import Group, Witness
from custody.core.verify import verify
from custody.core.world import Chain
from tests import log_keys
from tests.bundles import Bundle, bad, examined, outcomes, trust_in
from tests.memory import Memory
from tests.rogues import rogue_story
from tests.worlds import Story, story


def whole(told: Story, mirror: bool = False) -> Bundle:
    return Bundle(told.world, told.case, told.olga, mirror=mirror)


def failures(folder: Path, bundle: Bundle, **more: Any) -> list[Finding]:
    report = examined(folder, bundle, **more)
    assert report.verdict is Outcome.FAILED
    return bad(report)


def failed(found: list[Finding]) -> set[tuple[Check, str]]:
    return {(f.check, f.subject.removeprefix("case.zip: ")) for f in found}


def relaid(world: Memory, changes: dict[int, Callable[[Entry], Entry]]) -> None:
    """Records changed by an insider who can sign the log anew."""
    for n, change in changes.items():
        entry = record.read(world.records[n])
        assert isinstance(entry, Entry)
        world.records[n] = change(entry).encode()
    world.frontier = Frontier()
    for data in world.records:
        world.frontier.append(record.record_hash(data))


def test_another_logs_key(tmp_path: Path) -> None:
    told = story()
    trust = trust_in(told.world, log=log_keys.LOG.key)
    found = failures(tmp_path, whole(told), trust=trust)
    assert [f.check for f in found] == [Check.CHECKPOINT]
    assert "has not signed this checkpoint" in found[0].detail


def test_the_ml_dsa_line_stripped(tmp_path: Path) -> None:
    bundle = whole(story())
    bundle.files[layout.CHECKPOINT] = b"".join(bundle.note.splitlines(keepends=True)[:-1])
    found = failures(tmp_path, bundle)
    assert Check.CHECKPOINT in {f.check for f in found}
    assert "ML-DSA-44 signature, which the trust file requires, is missing" in found[0].detail


def test_a_root_that_was_not_signed(tmp_path: Path) -> None:
    bundle = whole(story())
    lines = bundle.note.split(b"\n")
    bundle.files[layout.CHECKPOINT] = b"\n".join(
        [*lines[:2], lines[2][::-1][1:] + b"=", *lines[3:]]
    )
    found = failures(tmp_path, bundle)
    assert Check.CHECKPOINT in {f.check for f in found if f.outcome is Outcome.FAILED} or any(
        f.subject == "case.zip" and f.check is Check.CHECKPOINT for f in found
    )


WITNESSED = {
    "witnesses": (
        Witness("court", log_keys.COURT.key),
        Witness("defence", log_keys.DEFENCE.key),
    ),
    "groups": (
        Group("both", 2, ("court", "defence")),
        Group("all", 2, ("log-mldsa", "both")),
    ),
    "quorum": "all",
}


@pytest.mark.parametrize(
    ("parties", "outcome"),
    [
        ((), Outcome.FAILED),
        ((log_keys.COURT,), Outcome.FAILED),
        ((log_keys.COURT, log_keys.PRESS), Outcome.FAILED),
        ((log_keys.COURT, log_keys.DEFENCE), Outcome.PASSED),
    ],
)
def test_witnesses_that_the_trust_file_asks_for(
    tmp_path: Path, parties: tuple[log_keys.Party, ...], outcome: Outcome
) -> None:
    bundle = whole(story())
    lines = "".join(party.line(bundle.checkpoint) for party in parties)
    bundle.files[layout.CHECKPOINT] = bundle.note + lines.encode()
    report = examined(tmp_path, bundle, trust_in(bundle.world, **WITNESSED))
    assert outcomes(report, Check.WITNESSES) == {outcome}
    assert report.verdict is outcome
    assert outcomes(report, Check.CHECKPOINT) == {Outcome.PASSED}


def test_time_stamps_that_are_asked_for_are_not_passed_over(tmp_path: Path) -> None:
    told = story()
    report = examined(tmp_path, whole(told), trust_in(told.world, tsa=(b"\x30\x00",)))
    assert report.verdict is Outcome.UNDETERMINED
    assert [f.check for f in bad(report)] == [Check.TIMESTAMP]


def test_a_record_outside_the_tree(tmp_path: Path) -> None:
    bundle = whole(story())
    lines = bundle.files[layout.RECORDS].splitlines()
    lines[7] = lines[7].replace(b'"at":17', b'"at":16')
    bundle.lines(layout.RECORDS, lines)
    found = failures(tmp_path, bundle)
    assert (Check.INCLUSION, "record 7") in failed(found)
    assert "is not in the tree under the checkpoint" in next(
        f.detail for f in found if f.check is Check.INCLUSION
    )


@pytest.mark.parametrize(
    ("spoil", "telling"),
    [
        (lambda values: values.pop(3), "comes without a proof"),
        (lambda values: values[3]["path"].pop(), "too short"),
        (lambda values: values[3]["path"].append("A" * 43 + "="), "too long"),
        (lambda values: values[3]["path"].reverse(), "is not in the tree"),
    ],
    ids=["gone", "short", "long", "turned"],
)
def test_proofs_of_inclusion(
    tmp_path: Path, spoil: Callable[[list[Any]], object], telling: str
) -> None:
    bundle = whole(story())
    bundle.edit(layout.PROOFS, lambda values: (spoil(values), None)[1])
    found = failures(tmp_path, bundle)
    assert failed(found) == {(Check.INCLUSION, "record 3")}
    assert telling in found[0].detail


def test_a_proof_of_nothing_that_is_shown(tmp_path: Path) -> None:
    told = story()
    bundle = Bundle(told.world, told.case, told.olga, [told.laptop])
    bundle.edit(layout.PROOFS, lambda values: values.append({"n": 99, "path": []}))
    found = failures(tmp_path, bundle)
    assert (Check.INCLUSION, "record 99") in failed(found)


def test_one_altered_entry_does_not_hide_a_second(tmp_path: Path) -> None:
    told = story()
    relaid(
        told.world,
        {10: lambda e: e._replace(prev="11" * 32), 13: lambda e: e._replace(prev="22" * 32)},
    )
    told.world.now += 60
    found = failures(tmp_path, whole(told))
    altered = {f.subject for f in found if f.check is Check.CHAIN and "before it, not" in f.detail}
    assert {"case.zip: record 10", "case.zip: record 13"} <= altered


@pytest.mark.parametrize(
    ("change", "telling"),
    [
        (lambda e: e._replace(seq=5), "states place 5 of its subject's chain, where 1 follows"),
        (lambda e: e._replace(at=e.at - 10_000), "is of an earlier time than record 9"),
        (lambda e: e._replace(chain="11" * 32), "names 1111"),
        (lambda e: e._replace(prev="11" * 32), "as the record before it, not"),
    ],
    ids=["seq", "at", "chain", "prev"],
)
def test_links(tmp_path: Path, change: Callable[[Entry], Entry], telling: str) -> None:
    told = story()
    relaid(told.world, {10: change})
    found = failures(tmp_path, whole(told))
    assert any(
        f.check is Check.CHAIN and f.subject == "case.zip: record 10" and telling in f.detail
        for f in found
    ), found


def test_a_record_left_out_of_its_chain(tmp_path: Path) -> None:
    told = story()
    bundle = whole(told)
    last = max(n for n, e in enumerate(bundle.read) if getattr(e, "tag", "") == told.laptop)
    bundle.lines(layout.RECORDS, (r for n, r in enumerate(bundle.records) if n != last))
    bundle.edit(layout.PROOFS, lambda values: values.pop(last))
    found = failures(tmp_path, bundle)
    details = [f.detail for f in found if f.check is Check.COMPLETENESS]
    assert "1 records are shown, 2 are tallied" in details


def test_a_count_that_was_lowered_to_fit(tmp_path: Path) -> None:
    told = story()
    bundle = whole(told)
    chain = [n for n, e in enumerate(bundle.read) if getattr(e, "tag", "") == told.laptop]

    def lower(values: list[Any]) -> None:
        for value in values:
            if value["tag"] == told.laptop:
                value.update(count=1, head=bundle.leaves[chain[0]].hex())

    bundle.lines(layout.RECORDS, (r for n, r in enumerate(bundle.records) if n != chain[-1]))
    bundle.edit(layout.PROOFS, lambda values: values.pop(chain[-1]))
    bundle.edit(layout.SUBJECTS, lower)
    found = failures(tmp_path, bundle)
    assert "count and head are not those in the tally's index" in [f.detail for f in found]


def test_an_index_proof_that_is_too_long(tmp_path: Path) -> None:
    bundle = whole(story())
    bundle.edit(layout.SUBJECTS, lambda values: values[0].update(proof=["11" * 32] * 257))
    found = failures(tmp_path, bundle)
    assert any("257 siblings" in f.detail for f in found if f.check is Check.COMPLETENESS)


def test_records_of_a_subject_that_nobody_counts(tmp_path: Path) -> None:
    told = story()
    bundle = whole(told)
    bundle.edit(
        layout.SUBJECTS,
        lambda values: values.__setitem__(
            slice(None), [v for v in values if v["tag"] != told.laptop]
        ),
    )
    found = failures(tmp_path, bundle)
    named = {f.subject for f in found if f.check is Check.COMPLETENESS}
    chain = [n for n, e in enumerate(bundle.read) if getattr(e, "tag", "") == told.laptop]
    assert {f"case.zip: record {n}" for n in chain} <= named


def test_a_checkpoint_without_a_tally(tmp_path: Path) -> None:
    told = story()
    bundle = whole(told)
    told.world.record("note.recorded", [told.case], signers=[told.olga])
    late = Bundle.__new__(Bundle)
    vars(late).update(vars(bundle))
    late.records = list(told.world.records)
    late.size, late.note = len(late.records), told.world.checkpoint()
    late.leaves = [record.record_hash(data) for data in late.records]
    late.read = [record.read(data) for data in late.records]
    late.files = {layout.README: b"x"}
    late._write()
    found = failures(tmp_path, late)
    assert any("is not the tally" in f.detail for f in found if f.check is Check.COMPLETENESS)


def test_a_run_that_is_not_whole(tmp_path: Path) -> None:
    told = story()
    bundle = Bundle(told.world, told.case, told.olga, [told.laptop])
    left_out = [json.loads(line)["n"] for line in bundle.files[layout.COMPANIONS].splitlines()]
    assert left_out
    bundle.files[layout.COMPANIONS] = b""
    found = failures(tmp_path, bundle)
    assert {(Check.COMPLETENESS, f"record {n}") for n in left_out} == failed(found)


def test_two_honest_bundles_agree(tmp_path: Path) -> None:
    told = story()
    first = whole(told)
    told.world.record("note.recorded", [told.laptop], signers=[told.dora])
    second = whole(told)
    paths = [first.save(tmp_path / "one.zip"), second.save(tmp_path / "two.zip")]
    report = verify(paths, trust_in(told.world))
    assert bad(report) == []
    assert any(line.startswith("C2: ") for line in report.proved)
    assert not any("they could not be compared" in line for line in report.not_proved)


def test_bundles_that_nothing_links_say_so(tmp_path: Path) -> None:
    """Whoever signed for the second had not looked at the log since before the first."""
    told = story()
    before = told.world.seen()
    first = whole(told)
    vars(told.world)["seen"] = lambda: before
    second = whole(told)
    paths = [first.save(tmp_path / "one.zip"), second.save(tmp_path / "two.zip")]
    report = verify(paths, trust_in(told.world))
    assert report.verdict is Outcome.PASSED
    (line,) = (line for line in report.not_proved if "they could not be compared" in line)
    assert line.startswith("that one.zip and two.zip are of one and the same history")
    assert f"two.zip has no mirror and no proof of what the log was at {first.size}" in line
    assert line in as_text(report).partition("NOT PROVED")[2].partition("WITHHELD")[0]


def test_a_fork_shows_when_its_bundles_meet(tmp_path: Path) -> None:
    told = story()
    other = replace(told, world=told.world.fork())
    told.world.record("note.recorded", [told.laptop], {"note": "here"}, signers=[told.dora])
    other.world.record("note.recorded", [told.laptop], {"note": "there"}, signers=[told.dora])
    paths = [whole(told).save(tmp_path / "one.zip"), whole(other).save(tmp_path / "two.zip")]
    for path in paths:
        assert verify([path], trust_in(told.world)).verdict is Outcome.PASSED
    report = verify(paths, trust_in(told.world))
    assert report.verdict is Outcome.FAILED
    found = {(f.check, f.subject) for f in bad(report)}
    assert (Check.CHAIN, "record 14 of one.zip and two.zip") in found
    assert (Check.CHECKPOINT, "one.zip and two.zip") in found


def chain_of(world: Memory, tag: str) -> list[int]:
    """Numbers of a subject's records."""
    read = map(record.read, world.records)
    return [n for n, e in enumerate(read) if isinstance(e, Entry) and e.tag == tag]


def lying(told: Story, mirror: bool = False, by_count: int = 1) -> Bundle:
    """A bundle whose operator tallied the laptop's chain without its last record."""
    world = told.world.fork()
    hidden = chain_of(world, told.laptop)[-by_count:]
    entry = record.read(world.records[hidden[0]])
    assert isinstance(entry, Entry)
    chain = world.chains[told.laptop]
    world.chains[told.laptop] = Chain(entry.seq, entry.prev, chain.changed)
    return Bundle(world, told.case, told.olga, mirror=mirror, hidden=hidden)


def test_one_bundle_alone_cannot_show_a_false_tally(tmp_path: Path) -> None:
    report = examined(tmp_path, lying(story()))
    assert report.verdict is Outcome.PASSED
    assert any("level C1" in line and "false tally" in line for line in report.not_proved)


def test_a_proof_that_somebody_kept_shows_a_false_tally(tmp_path: Path) -> None:
    told = story()
    hidden = chain_of(told.world, told.laptop)[-1]
    kept = whole(told).proof(hidden)
    bundle = lying(told)
    found = failures(tmp_path, bundle, proofs=[kept])
    assert failed(found) == {(Check.COMPLETENESS, f"record {hidden}")}
    assert "proof 1 shows it of item 1 of case K-2026/17; this bundle has it not" in found[0].detail


def test_an_honest_bundle_shows_a_false_tally(tmp_path: Path) -> None:
    told = story()
    hidden = chain_of(told.world, told.laptop)[-1]
    false = lying(told)
    told.world.record("note.recorded", [told.case], signers=[told.olga])
    honest = whole(told)
    paths = [false.save(tmp_path / "false.zip"), honest.save(tmp_path / "honest.zip")]
    report = verify(paths, trust_in(told.world))
    assert report.verdict is Outcome.FAILED
    assert (Check.COMPLETENESS, f"false.zip: record {hidden}") in {
        (f.check, f.subject) for f in bad(report)
    }


def test_a_proof_of_what_the_bundle_shows_is_counted(tmp_path: Path) -> None:
    bundle = whole(story())
    report = examined(tmp_path, bundle, proofs=[bundle.proof(3), bundle.proof(8)])
    assert report.verdict is Outcome.PASSED
    assert "C2: 2 records that others show are all here" in report.proved


def test_proofs_that_prove_nothing_are_not_passed_over(tmp_path: Path) -> None:
    told = story()
    bundle = whole(told)
    told.world.record("note.recorded", [told.case], signers=[told.olga])
    newer = whole(told).proof(told.world.chains[told.case].count + 10)
    wrong = bundle.proof(3).replace(b"index 3", b"index 4")
    for data, telling in (
        (b"nothing", "the proof proves nothing: not a proof"),
        (wrong, "record 3 stands under number 4"),
        (newer, "is newer than the bundles"),
    ):
        report = examined(tmp_path, bundle, proofs=[data])
        assert report.verdict is Outcome.UNDETERMINED, telling
        assert telling in bad(report)[0].detail
    alone = verify([bundle.save(tmp_path / "a.zip")], None, [bundle.proof(3)])
    assert any("no trust file says whose" in f.detail for f in bad(alone))


def test_a_proof_of_a_forked_record(tmp_path: Path) -> None:
    told = story()
    other = replace(told, world=told.world.fork())
    told.world.record("note.recorded", [told.laptop], {"note": "here"}, signers=[told.dora])
    other.world.record("note.recorded", [told.laptop], {"note": "there"}, signers=[told.dora])
    found = failures(tmp_path, whole(told), proofs=[whole(other).proof(14)])
    assert any("is " in f.detail and " in the other" in f.detail for f in found)


def test_a_mirror_shows_a_false_tally_by_itself(tmp_path: Path) -> None:
    found = failures(tmp_path, lying(story(), mirror=True))
    details = {(f.subject, f.detail) for f in found}
    assert any("tally that does not follow" in detail for _, detail in details)
    assert (
        "case.zip: item 1 of case K-2026/17",
        "has another count or head in the mirror",
    ) in details


def test_a_case_key_and_a_mirror_show_an_item_left_out(tmp_path: Path) -> None:
    told = story()
    hidden = chain_of(told.world, told.laptop)
    bundle = Bundle(told.world, told.case, told.olga, mirror=True, hidden=hidden)
    bundle.edit(
        layout.SUBJECTS,
        lambda values: values.__setitem__(
            slice(None), [v for v in values if v["tag"] != told.laptop]
        ),
    )
    found = failures(tmp_path, bundle)
    assert any(
        f.subject == "case.zip: item 1 of case K-2026/17" and "is in the log and not" in f.detail
        for f in found
    )


MIRRORS: dict[str, tuple[Callable[[list[bytes]], object], str]] = {
    "a record gone": (lambda lines: lines.pop(4), "has another number"),
    "the last one gone": (lambda lines: lines.pop(), "do not make the checkpoint's root"),
    "two turned round": (lambda lines: lines.insert(4, lines.pop(5)), "has another number"),
    "one altered": (
        lambda lines: lines.__setitem__(5, lines[5].replace(b'"seq":0', b'"seq":00')),
        "not JSON",
    ),
    "another time": (
        lambda lines: lines.__setitem__(5, lines[5].replace(b'"at":17', b'"at":18')),
        "but elsewhere it was shown as",
    ),
    "one more": (lambda lines: lines.append(lines[-1]), "has another number"),
}


@pytest.mark.parametrize("spoilt", MIRRORS)
def test_mirrors(tmp_path: Path, spoilt: str) -> None:
    spoil, telling = MIRRORS[spoilt]
    bundle = whole(story(), mirror=True)
    lines = list(bundle.records)
    spoil(lines)
    bundle.lines(layout.MIRROR, lines)
    found = failures(tmp_path, bundle)
    assert {f.check for f in found} == {Check.COMPLETENESS}
    assert any(telling in f.detail for f in found), found


def test_two_changes_in_a_mirror_are_both_named(tmp_path: Path) -> None:
    told, world = rogue_story()
    bundle = Bundle(world, told.case, told.olga, [told.laptop], mirror=True)
    lines = list(bundle.records)
    for n in (1, 2):
        lines[n] = (
            lines[n]
            .replace(b'"seq":0', b'"seq":7')
            .replace(b'"prev":""', b'"prev":"%b"' % (b"1" * 64))
        )
    bundle.lines(layout.MIRROR, lines)
    found = failures(tmp_path, bundle)
    named = {f.subject for f in found if "does not follow the subject's" in f.detail}
    assert named == {"case.zip: record 1 of the mirror", "case.zip: record 2 of the mirror"}


def test_a_mirror_that_breaks_off_says_where(tmp_path: Path) -> None:
    bundle = whole(story(), mirror=True)
    bundle.files[layout.MIRROR] = bundle.files[layout.MIRROR][:-1]
    found = failures(tmp_path, bundle)
    assert [(f.check, f.subject, f.detail) for f in found[:2]] == [
        (
            Check.COMPLETENESS,
            f"case.zip: mirror after record {bundle.size - 2}",
            "the last line has no end",
        ),
        (
            Check.COMPLETENESS,
            "case.zip: mirror",
            f"{bundle.size - 1} records do not make the checkpoint's root",
        ),
    ]


def test_witnesses_of_a_checkpoint_that_did_not_pass_are_not_counted(tmp_path: Path) -> None:
    bundle = whole(story())
    parties = (log_keys.COURT, log_keys.DEFENCE)
    lines = "".join(party.line(bundle.checkpoint) for party in parties)
    bundle.files[layout.CHECKPOINT] = bundle.note + lines.encode()
    trust = trust_in(bundle.world, **{**WITNESSED, "log": log_keys.LOG.key})
    report = examined(tmp_path, bundle, trust)
    assert report.verdict is Outcome.FAILED
    (found,) = [f for f in report.findings if f.check is Check.WITNESSES]
    assert found.outcome is Outcome.UNDETERMINED
    assert found.detail == "the checkpoint itself did not pass"


def test_the_same_checkpoint_twice_needs_no_proof_that_it_is_one_history(tmp_path: Path) -> None:
    bundle = whole(story())
    paths = [bundle.save(tmp_path / "one.zip"), bundle.save(tmp_path / "two.zip")]
    report = verify(paths, trust_in(bundle.world))
    assert report.verdict is Outcome.PASSED
    assert not any("they could not be compared" in line for line in report.not_proved)


def test_a_bundle_without_a_checkpoint_is_compared_with_nothing(tmp_path: Path) -> None:
    bundle = whole(story())
    one = bundle.save(tmp_path / "one.zip")
    del bundle.files[layout.CHECKPOINT]
    report = verify([one, bundle.save(tmp_path / "two.zip")], trust_in(bundle.world))
    assert report.verdict is Outcome.FAILED
    assert not any("they could not be compared" in line for line in report.not_proved)
