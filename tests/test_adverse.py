"""Adverse facts: whatever the record says against itself stands in the report of a good bundle."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from custody.core import times
from custody.core.against import MISREAD, span
from custody.core.findings import Fact, Outcome
from custody.core.state import Case
from custody.core.text import as_text
from custody_schemas.declare import Capacity, Kind
from tests.bodies import MEDIA
from tests.bundles import Bundle, examined
from tests.test_checks_bag import IMAGE, content_of
from tests.worlds import Story, signer_of, story

LAPTOP = "item 1 of case K-2026/17"


def facts(folder: Path, told: Story) -> set[tuple[str, str, str]]:
    """Kind, subject and what was found, without record and time, of a bundle that passes."""
    report = examined(folder, Bundle(told.world, told.case, told.olga))
    assert report.verdict is Outcome.PASSED
    text = as_text(report)
    for fact in report.adverse:
        assert isinstance(fact, Fact)
        assert f"{fact.subject}: {fact.detail}" in text
    return {(f.kind, f.subject, f.detail.partition("; record")[0]) for f in report.adverse}


def sealed(told: Story) -> str:
    return told.world.record("seal.applied", [told.laptop], signers=[told.dora])


def handed(told: Story, **given: Any) -> None:
    world = told.world
    release = world.record(
        "transfer.released", [told.laptop], {"to": told.carl.tag}, signers=[told.dora]
    )
    world.record(
        "transfer.accepted", [told.laptop], {"transfer": release, **given}, signers=[told.carl]
    )


def returned(told: Story) -> None:
    world = told.world
    given = {"outside": "repairer", "to_name": "Repair shop"}
    release = world.record("transfer.released", [told.laptop], given, signers=[told.dora])
    world.record("transfer.acknowledged", [told.laptop], {"transfer": release}, signers=[told.dora])
    back = {"transfer": None, "remarks": "by the porter"}
    world.record("transfer.accepted", [told.laptop], back, signers=[told.carl])


def acquired(told: Story, **given: Any) -> None:
    tag = told.world.register(told.case, 2, by=told.eve)
    values = {
        "content": content_of(IMAGE),
        "media": MEDIA,
        "stored_hash": "match",
        "read_errors": 0,
        "authority": told.warrant,
        **given,
    }
    told.world.record("item.acquired", [tag], values, signers=[told.eve])


def derived(told: Story, **given: Any) -> None:
    acquired(told)
    world = told.world
    parent, child = world.item_tag(told.case, 2), world.register(told.case, 3, by=told.eve)
    values = {
        "content": {**content_of(IMAGE, form="folder"), "count": 7},
        "parents": [world.item(parent).content],
        **given,
    }
    world.record("item.derived", [child, (Kind.SOURCE, parent)], values, signers=[told.eve])


LATE = (
    "a late entry: happened 2026-09-19T20:23:20Z, recorded 42 hours later "
    "(no network: no cover in the cellar)"
)
IMAGED = "item 2 of case K-2026/17"
DERIVED = "item 3 of case K-2026/17"
ACTS: dict[str, tuple[Callable[[Story], object], tuple[str, str, str]]] = {
    "a seal opened": (
        lambda told: (
            sealed(told),
            told.world.record(
                "seal.broken", [told.laptop], {"reason": "x-ray"}, signers=[told.dora]
            ),
        ),
        ("seal", LAPTOP, "the seal was opened, as authorised (x-ray)"),
    ),
    "a number that is not the one on file": (
        lambda told: (
            told.world.record(
                "seal.applied", [told.laptop], {"seal_number": "B-1001"}, signers=[told.dora]
            ),
            told.world.record(
                "seal.verified",
                [told.laptop],
                {"verdict": "number_mismatch", "seal_read": "B-9999"},
                signers=[told.dora],
            ),
        ),
        (
            "seal",
            LAPTOP,
            MISREAD + ": read B-9999, on file B-1001",
        ),
    ),
    "entries of a folder that nobody could read": (
        lambda told: acquired(
            told, content={**content_of(IMAGE, form="folder"), "count": 7}, unread=3
        ),
        ("unread", IMAGED, "3 entries of the folder could not be read or opened"),
    ),
    "one that a derivation could not read": (
        lambda told: derived(told, unread=1),
        ("unread", DERIVED, "1 entry of the folder could not be read or opened"),
    ),
    "a seal found broken": (
        lambda told: (
            sealed(told),
            told.world.record(
                "seal.verified",
                [told.laptop],
                {"verdict": "broken_unauthorised"},
                signers=[told.dora],
            ),
        ),
        ("discrepancy", LAPTOP, "an open discrepancy: seal"),
    ),
    "a late entry": (
        lambda told: told.world.record(
            "note.recorded",
            [told.laptop],
            {
                "late": "no_network",
                "late_reason": "no cover in the cellar",
                "occurred": told.world.occurred(told.world.now - 42 * 3600),
            },
            signers=[told.dora],
        ),
        (
            "late",
            LAPTOP,
            LATE,
        ),
    ),
    "a correction": (
        lambda told: told.world.record(
            "correction.recorded",
            [told.laptop],
            {"corrects": told.world.runs[-2].signed.id, "details": "misread"},
            signers=[told.dora],
        ),
        (
            "correction",
            LAPTOP,
            "a field of an earlier entry was corrected: serial, in record 11 (misread)",
        ),
    ),
    "a discrepancy": (
        lambda told: told.world.record("discrepancy.opened", [told.laptop], signers=[told.dora]),
        ("discrepancy", LAPTOP, "an open discrepancy: damage"),
    ),
    "a device that nobody described": (
        lambda told: handed(told, condition=["not_stated"]),
        ("not stated", LAPTOP, "not stated: condition (record "),
    ),
    "contents nobody looked through": (
        lambda told: handed(told, contents_inventoried="no"),
        ("condition", LAPTOP, "the contents were not looked through"),
    ),
    "damage": (
        lambda told: handed(told, condition=["damaged", "wet"]),
        ("condition", LAPTOP, "condition: wet"),
    ),
    "what came back from outside": (
        lambda told: returned(told),
        (
            "transfer",
            LAPTOP,
            "taken back from one without an account, on the receiver's word alone (by the porter)",
        ),
    ),
    "one enroller of both sides": (
        lambda told: handed(told),
        (
            "same enroller",
            LAPTOP,
            "one person enrolled the giver and the receiver, or is one of them",
        ),
    ),
    "a release that nobody accepts": (
        lambda told: told.world.record(
            "transfer.released", [told.laptop], {"to": told.carl.tag}, signers=[told.dora]
        ),
        ("transfer", LAPTOP, "released on 2026-09-21T14:23:20Z and accepted by nobody yet"),
    ),
    "no hash in the image": (
        lambda told: acquired(told, media=None, stored_hash="absent"),
        ("digest", IMAGED, "the image holds no hash of its media"),
    ),
    "a disputed image": (
        lambda told: acquired(told, stored_hash="mismatch", disputed="evidence_would_be_lost"),
        ("digest", IMAGED, "its integrity is disputed"),
    ),
    "read errors that nobody stated": (
        lambda told: acquired(told, read_errors=None),
        ("not stated", IMAGED, "not stated: read errors (record 16)"),
    ),
    "read errors": (
        lambda told: acquired(told, read_errors=7),
        ("source", IMAGED, "7 read errors"),
    ),
    "no legal basis": (
        lambda told: acquired(told, authority=None),
        ("authority", IMAGED, "acquired without a legal basis on file"),
    ),
    "content left in place": (
        lambda told: acquired(told, content=content_of(IMAGE, where="in_place")),
        ("place", IMAGED, "the content is not in the vault"),
    ),
    "a source that was changed": (
        lambda told: acquired(told, source_changed="yes"),
        ("source", IMAGED, "the source was changed"),
    ),
    "a copy that was not compared": (
        lambda told: acquired(told, verified="no"),
        ("digest", IMAGED, "the copy was not compared with its source"),
    ),
}


@pytest.mark.parametrize("what", ACTS)
def test_acts_that_speak_against_the_record(tmp_path: Path, what: str) -> None:
    act, wanted = ACTS[what]
    told = story()
    plain = facts(tmp_path, story())
    act(told)
    found = facts(tmp_path, told)
    assert wanted not in plain
    assert any(each[:2] == wanted[:2] and each[2].startswith(wanted[2]) for each in found), found


def test_gaps_without_holder_or_place(tmp_path: Path) -> None:
    told = story()
    handed(told, location="not_stated")
    since = told.world.now - 60
    told.world.now += 3600
    moved = told.world.now
    told.world.record("storage.moved", [told.laptop], signers=[told.carl])
    span = f"from {times.spelt(since)} to {times.spelt(moved)} by the ledger's time"
    assert ("gap", LAPTOP, f"held, with no place on file {span}") in facts(tmp_path, told)


def test_time_with_somebody_without_an_account(tmp_path: Path) -> None:
    told = story()
    given = {"outside": "court", "to": None}
    release = told.world.record("transfer.released", [told.laptop], given, signers=[told.dora])
    told.world.record(
        "transfer.acknowledged", [told.laptop], {"transfer": release}, signers=[told.dora]
    )
    found = facts(tmp_path, told)
    assert ("transfer", LAPTOP, "received by one without an account, as stated") in found
    assert any("with somebody without an account (court) from" in what for _, _, what in found)


def test_an_authority_that_had_ended_and_one_never_ratified(tmp_path: Path) -> None:
    told = story()
    now = told.world.now
    ended = told.world.record(
        "authority.recorded",
        [told.case],
        {"valid_to": times.spelt(now - 1000)},
        signers=[told.olga],
    )
    told.world.record(
        "authority.recorded",
        [told.case],
        {"kind": "exigent_circumstances", "ratify_by": times.spelt(now + 30)},
        signers=[told.olga],
    )
    acquired(told, authority=ended)
    found = facts(tmp_path, told)
    assert any(kind == "authority" and "was not in force at" in what for kind, _, what in found)
    assert any(
        kind == "authority" and subject == "case K-2026/17" and "to be ratified by" in what
        for kind, subject, what in found
    )


def test_a_ratified_authority_is_no_adverse_fact(tmp_path: Path) -> None:
    told = story()
    urgent = told.world.record(
        "authority.recorded",
        [told.case],
        {"kind": "exigent_circumstances", "ratify_by": times.spelt(told.world.now + 30)},
        signers=[told.olga],
    )
    told.world.record("authority.recorded", [told.case], {"follows": urgent}, signers=[told.olga])
    told.world.now += 3600
    assert not any(kind == "authority" for kind, _, _ in facts(tmp_path, told))


def test_entries_signed_while_the_key_may_have_been_in_other_hands(tmp_path: Path) -> None:
    told = story()
    since = told.world.now
    before = len(told.world.records) - 1
    told.world.record("note.recorded", [told.laptop], signers=[told.dora])
    given = {
        "key": told.dora.signer.key.id,
        "reason": "compromised",
        "compromised_from": times.spelt(since),
    }
    told.world.record("key.revoked", [told.dora.tag], given, signers=[told.dora])
    found = {what for kind, _, what in facts(tmp_path, told) if kind == "key"}
    named = f"record {before + 1} was signed with a key that others may have had by then"
    assert named in found
    assert f"record {before} was signed with a key that others may have had by then" not in found


@pytest.mark.parametrize("signs", [False, True])
def test_a_key_that_its_person_did_not_sign_for(tmp_path: Path, signs: bool) -> None:
    told = story()
    asked = told.world.request("Dora", signer_of("spare"), actor=told.dora.tag)
    herself = [(told.dora, Capacity.COUNTERPARTY)] if signs else []
    told.world.record(
        "key.registered", [told.dora.tag], {"request": asked.body}, signers=[told.ada, *herself]
    )
    found = {what for kind, _, what in facts(tmp_path, told) if kind == "key"}
    fact = "a key was registered for this person without her own signature"
    assert found == (set() if signs else {fact})


def test_an_overridden_contradiction(tmp_path: Path) -> None:
    told = story()
    sealed(told)
    tag = told.world.register(told.case, 2, by=told.eve)
    told.world.record(
        "item.acquired",
        [tag, (Kind.SOURCE, told.laptop)],
        {
            "override": "urgency",
            "override_reason": "the battery was dying",
            "content": content_of(IMAGE),
        },
        signers=[told.eve, (told.carl, Capacity.APPROVER), (told.olga, Capacity.APPROVER)],
    )
    found = facts(tmp_path, told)
    assert any(
        kind == "override" and what == "a contradiction was overridden (the battery was dying)"
        for kind, _, what in found
    )


def test_the_number_on_file_is_the_corrected_one(tmp_path: Path) -> None:
    told = story()
    record = told.world.record
    seal = record("seal.applied", [told.laptop], {"seal_number": "B-1"}, signers=[told.dora])
    given = {"corrects": seal, "act": "seal.applied", "field": "seal_number", "value": "B-2"}
    record("correction.recorded", [told.laptop], given, signers=[told.dora])
    read = {"verdict": "number_mismatch", "seal_read": "B-1"}
    record("seal.verified", [told.laptop], read, signers=[told.dora])
    seals = [what for kind, _, what in facts(tmp_path, told) if kind == "seal"]
    assert len(seals) == 1
    assert seals[0].endswith("differs from the number on file: read B-1, on file B-2")


def test_numbers_that_are_withheld_are_not_told(tmp_path: Path) -> None:
    told = story()
    sealed(told)
    read = {"verdict": "number_mismatch", "seal_read": "B-9"}
    told.world.record("seal.verified", [told.laptop], read, signers=[told.dora])
    seals = [what for kind, _, what in facts(tmp_path, told) if kind == "seal"]
    assert seals == ["the number read off the bag differs from the number on file"]


def test_what_is_not_stated_is_one_line_an_item_and_comes_last(tmp_path: Path) -> None:
    told = story()
    handed(told, condition=["not_stated"], location="not_stated")
    given = {"condition": ["not_stated"], "contents_inventoried": "not_stated"}
    told.world.record("seal.applied", [told.laptop], given, signers=[told.carl])
    report = examined(tmp_path, Bundle(told.world, told.case, told.olga))
    kinds = [fact.kind for fact in report.adverse]
    silent = [fact.detail for fact in report.adverse if fact.kind == "not stated"]
    assert len(silent) == 1
    assert kinds.index("not stated") == len(kinds) - 1
    assert re.match(r"not stated: .*condition \(records \d+, \d+\)", silent[0])
    assert ", location (record " in silent[0]


def test_an_item_is_named_by_its_exhibit_reference_where_that_is_opened(tmp_path: Path) -> None:
    told = story()
    world = told.world
    tag = world.item_tag(told.case, 2)
    case = world.states[told.case]
    assert isinstance(case, Case)
    world.record(
        "item.registered",
        [(Kind.ITEM, tag), (Kind.REGISTER, case.register)],
        {"case": told.case, "number": 2, "exhibit": "JS/1"},
        signers=[told.eve],
    )
    values = {"content": content_of(IMAGE), "read_errors": 7}
    world.record("item.acquired", [tag], values, signers=[told.eve])
    named = "item 2 (JS/1) of case K-2026/17"
    assert ("source", named, "7 read errors") in facts(tmp_path, told)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "less than a minute"),
        (59, "less than a minute"),
        (60, "1 minute"),
        (10_799, "179 minutes"),
        (10_800, "3 hours"),
        (42 * 3600 + 3599, "42 hours"),
        (3 * 86_400, "3 days"),
    ],
)
def test_delays_are_told_in_words(seconds: int, words: str) -> None:
    assert span(seconds) == words
