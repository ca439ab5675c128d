"""STATEMENT, SIGNATURE, KEY, RULES, REDACTIONS, FRESHNESS: did these people do this, and might they?"""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from custody.core import canonical, disclosure, dsse, record, statement
from custody.core.bundle import layout
from custody.core.findings import Check, Finding, Outcome
from custody.core.record import Entry
from custody.core.rules import Effect
from tests.bundles import Bundle, bad, examined, outcomes, trust_in
from tests.memory import Run, Signed
from tests.rogues import Rogue, rogue_story, signed_by
from tests.signers import ed25519_signer
from tests.worlds import Story, story


def whole(told: Story, mirror: bool = False) -> Bundle:
    return Bundle(told.world, told.case, told.olga, mirror=mirror)


def failures(folder: Path, bundle: Bundle, **more: Any) -> list[Finding]:
    report = examined(folder, bundle, **more)
    assert report.verdict is Outcome.FAILED
    return bad(report)


def which(found: list[Finding]) -> set[tuple[Check, Outcome, str]]:
    return {(f.check, f.outcome, f.subject) for f in found}


def keep(path: str, wanted: Callable[[dict[str, Any]], bool], bundle: Bundle) -> None:
    bundle.edit(path, lambda values: values.__setitem__(slice(None), list(filter(wanted, values))))


def env_of(bundle: Bundle, n: int) -> str:
    entry = bundle.read[n]
    assert isinstance(entry, Entry)
    return entry.env


def note(told: Story, world: Rogue, **members: Any) -> Signed:
    return world.draft(
        "note.recorded", [told.laptop], {"note": "x"}, signers=[told.dora], **members
    )


UNREADABLE = {Check.SIGNATURE, Check.KEY, Check.RULES, Check.REDACTIONS, Check.FRESHNESS}


def test_an_envelope_that_is_missing(tmp_path: Path) -> None:
    bundle = whole(story())
    env = env_of(bundle, 13)
    del bundle.files[layout.ENVELOPE.format(env)]
    keep(layout.DISCLOSURES, lambda v: v["env"] != env, bundle)
    found = which(failures(tmp_path, bundle))
    assert (Check.STATEMENT, Outcome.FAILED, "record 13") in found
    for check in UNREADABLE:
        assert (check, Outcome.UNDETERMINED, "record 13") in found


def test_two_altered_envelopes_are_both_named(tmp_path: Path) -> None:
    bundle = whole(story())
    for n in (10, 13):
        path = layout.ENVELOPE.format(env_of(bundle, n))
        bundle.files[path] = bundle.files[path].replace(b'"sig":"', b'"sig":"A', 1)
    found = failures(tmp_path, bundle)
    details = {f.subject: f.detail for f in found if f.check is Check.STATEMENT}
    assert details["record 10"] == details["record 13"]
    assert details["record 10"] == "the envelope is not the one that the record names"


def test_an_envelope_of_another_kind_and_one_about_something_else(tmp_path: Path) -> None:
    told, world = rogue_story()
    signed = note(told, world)
    payload = signed.envelope.payload
    other = signed._replace(envelope=dsse.sign(dsse.BUNDLE, payload, [told.dora.signer]))
    n = len(world.records)
    world.write(signed.statement, other, {}, world.now)
    bundle = whole(told)
    found = failures(tmp_path, bundle)
    assert any(f.subject == f"record {n}" and "no signed entry" in f.detail for f in found)


def test_a_record_of_another_subject_than_was_signed(tmp_path: Path) -> None:
    told, world = rogue_story()
    signed = note(told, world)
    n = len(world.records)
    place = signed.statement.about[0]._replace(tag=told.case)
    wrong = signed.statement._replace(about=(place,))
    world.write(wrong, signed, {}, world.now)
    found = failures(tmp_path, whole(told))
    details = {f.subject: f.detail for f in found if f.check is Check.STATEMENT}
    assert details[f"record {n}"] == "the signed entry is not about the subject of this record"


def test_a_statement_recorded_twice(tmp_path: Path) -> None:
    told, world = rogue_story()
    signed = note(told, world)
    world.submit(signed)
    n = len(world.records)
    world.submit(signed)
    found = failures(tmp_path, whole(told))
    assert any(f.subject == f"record {n}" and "repeats the envelope" in f.detail for f in found)


def test_a_statement_recorded_again_in_another_envelope(tmp_path: Path) -> None:
    told, world = rogue_story()
    signed = note(told, world)
    world.submit(signed)
    n = len(world.records)
    world.submit(signed_by(signed, ed25519_signer(99)))
    found = failures(tmp_path, whole(told))
    assert any(
        f.subject == f"record {n}" and f"records the entry {signed.id} again" in f.detail
        for f in found
    )


def test_a_statement_of_another_ledger(tmp_path: Path) -> None:
    told, world = rogue_story()
    n = len(world.records)
    world.submit(note(told, world, ledger="other.example"))
    found = failures(tmp_path, whole(told))
    assert any(
        f.subject == f"record {n}" and "was signed for the ledger other.example" in f.detail
        for f in found
    )


def test_a_statement_recorded_after_it_expired(tmp_path: Path) -> None:
    told, world = rogue_story()
    signed = note(told, world)
    n = len(world.records)
    world.now += 90_000
    world.submit(signed)
    found = failures(tmp_path, whole(told))
    assert any(
        f.subject == f"record {n}" and f.detail == "was recorded after it had expired"
        for f in found
    )


def test_a_run_of_two_times(tmp_path: Path) -> None:
    told, world = rogue_story()
    tag = world.register(told.case, 2, by=told.dora)
    signed = world.draft("note.recorded", [told.laptop, tag], signers=[told.dora])
    first = len(world.records)
    env = sha256(signed.envelope.encode()).hexdigest()
    for place, at in zip(signed.statement.about, (world.now, world.now + 1), strict=True):
        effect = Effect(world.states[place.tag], False)
        world._append(signed.statement, place.tag, effect, env, at)
    world.runs.append(Run(first, signed))
    world.now += 60
    found = failures(tmp_path, whole(told))
    assert any(f.subject == f"record {first + 1}" and "env, tag or time" in f.detail for f in found)


def test_prev_that_passes_over_a_change(tmp_path: Path) -> None:
    told, world = rogue_story()
    old = world.chains[told.laptop].head
    world.record("seal.applied", [told.laptop], signers=[told.dora])
    n = len(world.records)
    world.record("note.recorded", [told.laptop], signers=[told.dora], prev={told.laptop: old})
    found = failures(tmp_path, whole(told))
    assert (Check.STATEMENT, Outcome.FAILED, f"record {n}") in which(found)


def test_a_first_record_that_says_it_is_none(tmp_path: Path) -> None:
    told, world = rogue_story()
    n = len(world.records)
    head = world.chains[told.laptop].head
    world.record("note.recorded", [told.laptop], signers=[told.dora], prev={told.laptop: ""})
    assert head != world.chains[told.laptop].head
    found = failures(tmp_path, whole(told))
    assert any(f.subject == f"record {n}" and "is, or is not, the first" in f.detail for f in found)


def test_disclosures_that_were_not_signed(tmp_path: Path) -> None:
    bundle = whole(story())
    forged = disclosure.make("reference", "K-2026/99", lambda size: bytes(size)).text

    def forge(values: list[Any]) -> None:
        next(v for v in values if v["name"] == "reference")["disclosure"] = forged

    bundle.edit(layout.DISCLOSURES, forge)
    found = failures(tmp_path, bundle)
    assert [f.detail for f in found] == ["what is disclosed as reference is not what was signed"]
    assert found[0].check is Check.REDACTIONS


def test_a_disclosure_under_another_name(tmp_path: Path) -> None:
    bundle = whole(story())

    def swap(values: list[Any]) -> None:
        one = next(v for v in values if v["name"] == "make")
        other = next(v for v in values if v["name"] == "model" and v["env"] == one["env"])
        one["disclosure"], other["disclosure"] = other["disclosure"], one["disclosure"]

    bundle.edit(layout.DISCLOSURES, swap)
    found = failures(tmp_path, bundle)
    assert sorted(f.detail for f in found) == [
        "what is disclosed as make is not what was signed",
        "what is disclosed as model is not what was signed",
    ]


def test_a_disclosed_value_of_another_type(tmp_path: Path) -> None:
    told = story()
    n = len(told.world.records)
    for field, value in (("note", 7), ("attachments", "a.jpg")):
        made = disclosure.make(field, value, told.world.entropy).text
        told.world.record("note.recorded", [told.laptop], signers=[told.dora], disclosed=[made])
    found = failures(tmp_path, whole(told))
    assert [(f.check, f.subject, f.detail) for f in found] == [
        (Check.REDACTIONS, f"record {n}", "note.recorded.note: str expected, not int"),
        (
            Check.REDACTIONS,
            f"record {n + 1}",
            "note.recorded.attachments: a list of 0 to 1000 is expected",
        ),
    ]


def test_strays(tmp_path: Path) -> None:
    told = story()
    bundle = Bundle(told.world, told.case, told.olga, [told.laptop])
    data = bundle.files[layout.ENVELOPE.format(env_of(bundle, 12))]
    stray = data.replace(b'"sig":"', b'"sig":"B', 1)
    bundle.files[layout.ENVELOPE.format(sha256(stray).hexdigest())] = stray
    last = bundle.size - 1
    bundle.edit(
        layout.COMPANIONS,
        lambda values: values.append(
            {"n": last, "path": bundle.path(last), "record": json.loads(bundle.records[last])}
        ),
    )
    opened = {"env": "ff" * 32, "name": "note", "disclosure": "WyJ4Il0"}
    bundle.edit(layout.DISCLOSURES, lambda values: values.append(opened))
    details = {f.detail for f in failures(tmp_path, bundle)}
    assert details == {
        "belongs to no record that is shown",
        "is a companion of nothing that is shown",
        "is not shown, only what it withholds",
    }


def test_a_signature_of_somebody_else(tmp_path: Path) -> None:
    told, world = rogue_story()
    n = len(world.records)
    world.submit(signed_by(note(told, world), ed25519_signer(99)))
    report = examined(tmp_path, whole(told))
    assert which(bad(report)) == {(Check.SIGNATURE, Outcome.FAILED, f"record {n}")}
    item = "item 1 of case K-2026/17"
    passed = {(f.check, f.subject) for f in report.findings if f.outcome is Outcome.PASSED}
    assert (Check.SIGNATURE, item) not in passed
    assert (Check.KEY, item) in passed


def test_a_signature_over_other_bytes(tmp_path: Path) -> None:
    told, world = rogue_story()
    signed = note(told, world)
    other = signed_by(note(told, world), told.dora.signer).envelope.signatures  # type: ignore[arg-type]
    n = len(world.records)
    envelope = dsse.Envelope(dsse.STATEMENT, signed.envelope.payload, other)
    world.submit(signed._replace(envelope=envelope))
    found = failures(tmp_path, whole(told))
    assert which(found) == {(Check.SIGNATURE, Outcome.FAILED, f"record {n}")}


def test_one_signature_too_many(tmp_path: Path) -> None:
    told, world = rogue_story()
    n = len(world.records)
    signers = [told.dora.signer, told.eve.signer]
    world.submit(signed_by(note(told, world), *signers))  # type: ignore[arg-type]
    found = failures(tmp_path, whole(told))
    assert which(found) == {(Check.SIGNATURE, Outcome.FAILED, f"record {n}")}
    assert "nobody asked for" in found[0].detail


def test_a_revoked_key_signs_on(tmp_path: Path) -> None:
    told, world = rogue_story()
    given = {"key": told.dora.signer.key.id, "reason": "lost"}
    world.record("key.revoked", [told.dora.tag], given, signers=[told.dora])
    n = len(world.records)
    world.submit(note(told, world))
    found = failures(tmp_path, whole(told))
    assert (Check.KEY, Outcome.FAILED, f"record {n}") in which(found)
    assert next(f.rule for f in found if f.check is Check.KEY) == "E_KEY"


def test_a_key_that_nobody_enrolled(tmp_path: Path) -> None:
    told, world = rogue_story()
    n = len(world.records)
    stranger = told.dora.using(ed25519_signer(77))
    world.record("note.recorded", [told.laptop], {"note": "x"}, signers=[stranger])
    found = failures(tmp_path, whole(told))
    assert (Check.KEY, Outcome.FAILED, f"record {n}") in which(found)
    assert (Check.SIGNATURE, Outcome.UNDETERMINED, f"record {n}") in which(found)


def test_a_signer_who_is_not_shown(tmp_path: Path) -> None:
    told = story()
    bundle = whole(told)
    keep(layout.SUBJECTS, lambda v: v["tag"] != told.dora.tag, bundle)
    chain = [n for n, e in enumerate(bundle.read) if getattr(e, "tag", "") == told.dora.tag]
    bundle.lines(layout.RECORDS, (r for n, r in enumerate(bundle.records) if n not in chain))
    keep(layout.PROOFS, lambda v: v["n"] not in chain, bundle)
    gone = {env_of(bundle, n) for n in chain}
    for env in gone:
        del bundle.files[layout.ENVELOPE.format(env)]
    keep(layout.DISCLOSURES, lambda v: v["env"] not in gone, bundle)
    report = examined(tmp_path, bundle)
    assert report.verdict is Outcome.UNDETERMINED
    found = which(bad(report))
    assert (Check.KEY, Outcome.UNDETERMINED, "record 13") in found
    assert (Check.RULES, Outcome.UNDETERMINED, "record 13") in found
    assert any(f.detail == f"{told.dora.tag:.12} is not shown" for f in bad(report))


@pytest.mark.parametrize("genesis", ["00" * 32, None])
def test_another_record_0_than_the_reader_believes(tmp_path: Path, genesis: str | None) -> None:
    told = story()
    report = examined(tmp_path, whole(told), trust_in(told.world, genesis=genesis))
    wanted = Outcome.FAILED if genesis else Outcome.UNDETERMINED
    assert report.verdict is wanted
    assert which(bad(report)) == {(Check.KEY, wanted, "record 0")}


def test_an_act_that_the_rules_refuse(tmp_path: Path) -> None:
    told, world = rogue_story()
    n = len(world.records)
    given = {"to": told.carl.tag}
    world.record("transfer.released", [told.laptop], given, signers=[told.eve])
    found = failures(tmp_path, whole(told))
    assert which(found) == {(Check.RULES, Outcome.FAILED, f"record {n}")}
    assert found[0].rule == "E_NOT_HOLDER"
    assert "transfer.released" in found[0].detail


def test_two_refused_acts_are_both_named(tmp_path: Path) -> None:
    told, world = rogue_story()
    first = len(world.records)
    for person in (told.eve, told.carl):
        given = {"to": told.pia.tag}
        world.record("transfer.released", [told.laptop], given, signers=[person])
    found = failures(tmp_path, whole(told))
    assert which(found) == {
        (Check.RULES, Outcome.FAILED, f"record {n}") for n in (first, first + 1)
    }


def test_an_act_refused_for_one_item_of_two(tmp_path: Path) -> None:
    told, world = rogue_story()
    phone = world.seize(told.case, 2, told.warrant, by=told.eve)
    given = {"to": told.carl.tag}
    n = len(world.records)
    world.record("transfer.released", [told.laptop, phone], given, signers=[told.eve])
    report = examined(tmp_path, whole(told))
    assert which(bad(report)) == {(Check.RULES, Outcome.FAILED, f"record {n}")}
    passed = {f.subject for f in report.findings if f.check is Check.RULES} - {f"record {n}"}
    assert "item 2 of case K-2026/17" in passed
    assert "item 1 of case K-2026/17" not in passed


def unknown(told: Story, world: Rogue, about: list[str]) -> int:
    """An act of a later version; the number of its first record."""
    signed = world.draft("note.recorded", about, {"note": "x"}, signers=[told.dora])
    value = canonical.decode(signed.envelope.payload, canonical.STATEMENT_LIMIT)
    value["act"] = "item.blessed"
    value["body"]["blessing"] = "long"
    data = canonical.encode(value)
    made = Signed(
        statement.read(data),
        dsse.sign(dsse.STATEMENT, data, [told.dora.signer]),
        signed.disclosures,
    )
    n = len(world.records)
    world.submit(made)
    world.now += 60
    return n


def test_an_act_of_a_later_version(tmp_path: Path) -> None:
    told, world = rogue_story()
    n = unknown(told, world, [told.laptop])
    world.record("note.recorded", [told.laptop], {"note": "y"}, signers=[told.dora])
    report = examined(tmp_path, whole(told))
    assert report.verdict is Outcome.UNDETERMINED
    assert which(bad(report)) == {
        (Check.RULES, Outcome.UNDETERMINED, f"record {n}"),
        (Check.RULES, Outcome.UNDETERMINED, f"record {n + 1}"),
    }
    assert all("item.blessed" in f.detail for f in bad(report))
    assert outcomes(report, Check.SIGNATURE) == {Outcome.PASSED}


def test_what_a_rule_reads_of_a_subject_with_an_unknown_act_is_in_doubt(tmp_path: Path) -> None:
    told, world = rogue_story()
    n = unknown(told, world, [told.case])
    world.seize(told.case, 2, told.warrant, by=told.dora)
    report = examined(tmp_path, whole(told))
    assert report.verdict is Outcome.UNDETERMINED
    assert {f.check for f in bad(report)} == {Check.RULES}
    named = {f.subject for f in bad(report)}
    assert {f"record {n}", f"record {n + 1}", f"record {n + 3}"} <= named


def test_an_unknown_act_still_cites_what_stands_on_the_chain(tmp_path: Path) -> None:
    told, world = rogue_story()
    signed = world.draft(
        "note.recorded", [told.laptop], signers=[told.dora], prev={told.laptop: "12" * 32}
    )
    value = canonical.decode(signed.envelope.payload, canonical.STATEMENT_LIMIT)
    value["act"] = "item.blessed"
    data = canonical.encode(value)
    n = len(world.records)
    envelope = dsse.sign(dsse.STATEMENT, data, [told.dora.signer])
    world.submit(Signed(statement.read(data), envelope, signed.disclosures))
    found = failures(tmp_path, whole(told))
    assert (Check.STATEMENT, Outcome.FAILED, f"record {n}") in which(found)


def test_seen_of_another_log(tmp_path: Path) -> None:
    told, world = rogue_story()
    n = len(world.records)
    world.submit(note(told, world, seen={"size": 5, "root": "ab" * 32}))
    found = failures(tmp_path, whole(told))
    assert (Check.FRESHNESS, Outcome.FAILED, f"record {n}") in which(found)
    assert any("root abab" in f.detail for f in found)


def test_seen_of_the_future(tmp_path: Path) -> None:
    told, world = rogue_story()
    n = len(world.records)
    world.submit(note(told, world, seen={"size": n + 1, "root": "ab" * 32}))
    found = failures(tmp_path, whole(told))
    assert any(
        f.check is Check.FRESHNESS and f"had seen {n + 1} records" in f.detail for f in found
    )


def test_consistency_that_is_missing_or_wrong(tmp_path: Path) -> None:
    bundle = whole(story())
    bundle.edit(layout.CONSISTENCY, lambda values: values.pop(3))
    found = failures(tmp_path, bundle)
    assert {f.check for f in found} == {Check.FRESHNESS}
    assert all("no proof of it is in case.zip" in f.detail for f in found)
    bundle = whole(story())
    bundle.edit(layout.CONSISTENCY, lambda values: values[3]["path"].reverse())
    found = failures(tmp_path, bundle)
    assert {f.check for f in found} == {Check.FRESHNESS}
    assert any("does not lead from the root" in f.detail for f in found)


def test_every_field_that_is_not_opened_is_listed(tmp_path: Path) -> None:
    bundle = whole(story())
    bundle.files[layout.DISCLOSURES] = b""
    report = examined(tmp_path, bundle)
    assert report.verdict is Outcome.PASSED
    lines = [line for line in report.withheld if line.startswith("record ")]
    assert len(lines) == len(bundle.world.runs)
    signed = bundle.world.runs[-1].signed.statement
    assert any(all(field in line for field in signed.sd) for line in lines)


def test_records_of_an_unknown_kind_are_counted_and_nothing_more(tmp_path: Path) -> None:
    told, world = rogue_story()
    world._leaf(
        canonical.encode(
            {
                "at": world.now,
                "chain": world._head(),
                "kind": "blessing",
                "n": len(world.records),
                "v": 1,
            }
        )
    )
    report = examined(tmp_path, whole(told, mirror=True))
    assert record.read(world.records[14]).n == 14
    subject = "case.zip: record 14 of the mirror"
    assert which(bad(report)) == {(Check.COMPLETENESS, Outcome.UNDETERMINED, subject)}
