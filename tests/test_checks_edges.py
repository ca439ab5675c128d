"""Where a check ends: the last second, a companion of what was erased, an item that nobody chose."""

import json
from hashlib import sha256
from pathlib import Path

import pytest

from custody.core import disclosure
from custody.core.bundle import layout
from custody.core.findings import Check, Finding, Outcome
from tests.bundles import Bundle, bad, examined
from tests.rogues import rogue_story, signed_by
from tests.signers import ed25519_signer
from tests.test_checks_statements import note
from tests.test_erased import env_of, erase, noted
from tests.worlds import Story


@pytest.mark.parametrize("late", [0, 1])
def test_the_last_second_in_which_an_entry_may_be_recorded(tmp_path: Path, late: int) -> None:
    told, world = rogue_story()
    signed, n = note(told, world), len(world.records)
    world.now = signed.statement.until + late
    world.submit(signed)
    found = bad(examined(tmp_path, Bundle(world, told.case, told.olga)))
    expired = [f.subject for f in found if f.detail == "was recorded after it had expired"]
    assert expired == ([f"record {n}"] if late else [])
    assert bool(found) is bool(late)


def erased_of_two(told: Story) -> Bundle:
    """The laptop alone; a note on it and on another item was erased from both."""
    phone = told.world.seize(told.case, 2, told.warrant, by=told.dora)
    about = [told.laptop, phone]
    entry = told.world.record("note.recorded", about, {"note": "x"}, signers=[told.eve])
    env = env_of(told, entry)
    given = {"entry": entry, "act": "note.recorded", "fields": None, "envelope": env}
    rita = told.world.enrol("Rita", "peer_reviewer", by=told.ada)
    signers = [told.olga, told.carl, rita]
    told.world.record("privacy.erased", about, given, signers=signers)
    bundle = Bundle(told.world, told.case, told.olga, [told.laptop])
    del bundle.files[layout.ENVELOPE.format(env)]
    lines = bundle.files[layout.DISCLOSURES].splitlines(keepends=True)
    kept = [line for line in lines if json.loads(line)["env"] != env]
    bundle.files[layout.DISCLOSURES] = b"".join(kept)
    shown = [json.loads(line)["record"] for line in bundle.files[layout.COMPANIONS].splitlines()]
    assert env in [record["env"] for record in shown]
    return bundle


def test_the_companion_of_an_erased_entry_is_none_of_nothing(tmp_path: Path) -> None:
    told, _ = rogue_story()
    report = examined(tmp_path, erased_of_two(told))
    assert bad(report) == []
    assert report.verdict is Outcome.PASSED


def test_an_erased_entry_passes_its_checks_by_and_is_counted_apart(tmp_path: Path) -> None:
    told, _ = rogue_story()
    entry = noted(told)
    erase(told, entry)
    bundle = Bundle(told.world, told.case, told.olga)
    del bundle.files[layout.ENVELOPE.format(env_of(told, entry))]
    report = examined(tmp_path, bundle)
    said = "3 entries, and 1 that was erased"
    for check in (Check.STATEMENT, Check.SIGNATURE, Check.KEY, Check.RULES, Check.FRESHNESS):
        passed = Finding(check, Outcome.PASSED, "item 1 of case K-2026/17", said)
        assert passed in report.findings


def test_no_earlier_checkpoint_is_proved_where_the_bundle_has_none(tmp_path: Path) -> None:
    told, _ = rogue_story()
    bundle = Bundle(told.world, told.case, told.olga)
    del bundle.files[layout.CHECKPOINT]
    report = examined(tmp_path, bundle)
    listed = [json.loads(line)["size"] for line in bundle.files[layout.CONSISTENCY].splitlines()]
    why = "the bundle's own checkpoint cannot be read"
    assert [f for f in bad(report) if f.check is Check.FRESHNESS] == [
        Finding(Check.FRESHNESS, Outcome.FAILED, f"case.zip: checkpoint of {size} records", why)
        for size in listed
    ]


def test_a_line_that_names_no_attachment_names_none(tmp_path: Path) -> None:
    """Whatever a client writes there: it is listed nowhere, and stops nobody."""
    told, world = rogue_story()
    lines = ["form.pdf", f"{'ab' * 32} {'cd' * 32} 14 other.pdf"]
    n = len(world.records)
    world.record("note.recorded", [told.laptop], {"attachments": lines}, signers=[told.dora])
    report = examined(tmp_path, Bundle(world, told.case, told.olga))
    assert bad(report) == []
    named = [row for row in report.withheld if "attached to an entry" in row]
    assert named == [
        f"record {n}: other.pdf, attached to an entry and not enclosed (SHA-256 {'ab' * 32})"
    ]


def test_an_entry_on_two_items_is_told_by_the_first_of_its_records(tmp_path: Path) -> None:
    """Of whichever of the two the bundle is: both find the entry where it stands."""
    told, world = rogue_story()
    phone = world.seize(told.case, 2, told.warrant, by=told.dora)
    about, first = [told.laptop, phone], len(world.records)
    world.submit(
        signed_by(world.draft("note.recorded", about, signers=[told.dora]), ed25519_signer(99))
    )
    for item in about:
        found = bad(examined(tmp_path, Bundle(world, told.case, told.olga, [item])))
        assert [(f.check, f.subject) for f in found] == [(Check.SIGNATURE, f"record {first}")]


def test_of_a_checkpoint_that_is_not_there_nobody_says_who_signed_it(tmp_path: Path) -> None:
    told, world = rogue_story()
    bundle = Bundle(world, told.case, told.olga)
    del bundle.files[layout.CHECKPOINT]
    report = examined(tmp_path, bundle)
    subject = "case.zip: checkpoint of 0 records"
    for check in (Check.CHECKPOINT, Check.WITNESSES):
        (found,) = (f for f in report.findings if f.check is check)
        assert found == Finding(check, Outcome.UNDETERMINED, subject, "cannot be read")


def test_what_was_signed_under_one_name_is_not_opened_under_another(tmp_path: Path) -> None:
    """Else one text could stand in the record as whatever its signer likes to call it later."""
    told, world = rogue_story()
    made = disclosure.make("remarks", "x", world.entropy)
    about, n = [told.laptop], len(world.records)
    usual = world.draft("note.recorded", about, signers=[told.dora]).statement.sd
    sd = {**usual, "note": made.digest}
    signed = world.draft("note.recorded", about, signers=[told.dora], sd=sd)
    world.submit(signed._replace(disclosures=()))
    bundle = Bundle(world, told.case, told.olga)
    env = sha256(signed.envelope.encode()).hexdigest()
    opened = {"env": env, "name": "note", "disclosure": made.text}
    bundle.edit(
        layout.DISCLOSURES,
        lambda values: values.insert(sum(v["env"] < env for v in values), opened),
    )
    why = "what is disclosed as note is not what was signed"
    found = [(f.subject, f.detail) for f in bad(examined(tmp_path, bundle))]
    assert (f"record {n}", why) in found
