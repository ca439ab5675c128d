"""Erased entries and fields in a bundle: named and approved, or the envelope is simply missing."""

import json
from pathlib import Path
from typing import Any

import pytest

from custody.core import record
from custody.core.bundle import layout
from custody.core.findings import Check, Outcome, Report
from custody.core.record import Entry
from custody.core.verify import verify
from custody_schemas.declare import Capacity
from tests.bundles import Bundle, bad, examined
from tests.rogues import rogue_story
from tests.spoilt import collection
from tests.worlds import Story, story

DEFECTS = (
    *("finding_erased_as_a_remark_that_is_still_there", "erased_before_it_was_recorded"),
    *(
        "finding_erased_as_a_remark_that_was_erased_before",
        "envelope_withheld_before_it_was_erased",
    ),
    *("remark_recorded_again_after_its_erasure", "record_slipped_in_under_an_erased_envelope"),
    "field_withheld_before_it_was_erased",
)


def noted(told: Story, **given: Any) -> str:
    """Eve leaves a remark on the laptop; its id."""
    given = {"note": "belongs to a child", **given}
    return told.world.record("note.recorded", [told.laptop], given, signers=[told.eve])


def env_of(told: Story, entry: str) -> str:
    run = next(run for run in told.world.runs if run.signed.id == entry)
    found = record.read(told.world.records[run.first])
    assert isinstance(found, Entry)
    return found.env


def erase(told: Story, entry: str, **given: Any) -> str:
    """Olga erases the remark whole, Carl and Rita approve; the entry that says so."""
    rita = told.world.enrol("Rita", "peer_reviewer", by=told.ada)
    given = {
        "entry": entry,
        "act": "note.recorded",
        "fields": None,
        "envelope": env_of(told, entry),
        **given,
    }
    signers: list[Any] = [told.olga, told.carl, rita]
    return told.world.record("privacy.erased", [told.laptop], given, signers=signers)


def without(told: Story, entry: str) -> Bundle:
    """The whole case, with neither the envelope of that entry nor what it withholds."""
    bundle = Bundle(told.world, told.case, told.olga)
    env = env_of(told, entry)
    del bundle.files[layout.ENVELOPE.format(env)]
    lines = bundle.files[layout.DISCLOSURES].splitlines(keepends=True)
    kept = [line for line in lines if json.loads(line)["env"] != env]
    bundle.files[layout.DISCLOSURES] = b"".join(kept)
    return bundle


def record_of(told: Story, entry: str) -> int:
    return next(run.first for run in told.world.runs if run.signed.id == entry)


def said(report: Report, words: str) -> list[str]:
    return [line for line in (*report.withheld, *report.not_proved) if words in line]


def test_what_was_erased_is_listed_and_the_rest_is_checked(tmp_path: Path) -> None:
    told = story()
    entry = noted(told)
    erased = erase(told, entry)
    told.world.record("integrity.checked", [told.world.acquire(told.case, 2, by=told.eve)],
                      signers=[told.eve])  # fmt: skip
    report = examined(tmp_path, without(told, entry))
    assert bad(report) == []
    n, said_in = record_of(told, entry), record_of(told, erased)
    assert report.withheld[0] == (
        f"record {n} (note.recorded): the whole entry, erased, court order (record {said_in})"
    )
    assert said(report, f"entry of record {n}, which was erased, was a note.recorded")
    assert any(fact.kind == "erased" for fact in report.adverse)
    passed = [f.detail for f in report.findings if f.outcome is Outcome.PASSED]
    assert "3 entries, and 1 that was erased" in passed


def test_a_bundle_made_before_still_verifies(tmp_path: Path) -> None:
    told = story()
    entry = noted(told)
    before = Bundle(told.world, told.case, told.olga)
    erase(told, entry)
    assert bad(examined(tmp_path, before)) == []


def test_an_erased_entry_that_is_still_there_is_read(tmp_path: Path) -> None:
    """Who kept it may show it."""
    told = story()
    erase(told, noted(told))
    report = examined(tmp_path, Bundle(told.world, told.case, told.olga))
    assert bad(report) == [] and not said(report, "the whole entry")


def test_an_erased_field_is_told_from_a_withheld_one(tmp_path: Path) -> None:
    told = story()
    entry = noted(told, place="at home")
    erased = erase(told, entry, fields=["note"], envelope=None)
    bundle = Bundle(told.world, told.case, told.olga)
    env = env_of(told, entry)
    lines = bundle.files[layout.DISCLOSURES].splitlines(keepends=True)
    gone = [{"env": env, "name": name} for name in ("note", "place")]
    kept = [x for x in lines if {k: json.loads(x)[k] for k in ("env", "name")} not in gone]
    bundle.files[layout.DISCLOSURES] = b"".join(kept)
    report = examined(tmp_path, bundle)
    n, said_in = record_of(told, entry), record_of(told, erased)
    assert report.withheld[:2] == (
        f"record {n} (note.recorded): place",
        f"record {n} (note.recorded): note, erased, court order (record {said_in})",
    )
    assert bad(report) == []


def test_where_nothing_else_is_withheld_only_the_erased_field_is_listed(tmp_path: Path) -> None:
    told = story()
    entry = noted(told)
    erased = erase(told, entry, fields=["note"], envelope=None)
    bundle = Bundle(told.world, told.case, told.olga)
    env = env_of(told, entry)
    lines = bundle.files[layout.DISCLOSURES].splitlines(keepends=True)
    gone = {"env": env, "name": "note"}
    kept = [x for x in lines if {k: json.loads(x)[k] for k in ("env", "name")} != gone]
    bundle.files[layout.DISCLOSURES] = b"".join(kept)
    report = examined(tmp_path, bundle)
    n, said_in = record_of(told, entry), record_of(told, erased)
    assert [line for line in report.withheld if line.startswith(f"record {n} ")] == [
        f"record {n} (note.recorded): note, erased, court order (record {said_in})"
    ]


def test_nothing_says_that_it_was_erased(tmp_path: Path) -> None:
    told = story()
    entry = noted(told)
    found = {(f.check, f.outcome) for f in bad(examined(tmp_path, without(told, entry)))}
    assert (Check.STATEMENT, Outcome.FAILED) in found


def test_another_envelope_was_erased(tmp_path: Path) -> None:
    told = story()
    entry, other = noted(told), noted(told)
    erase(told, other)
    found = [f for f in bad(examined(tmp_path, without(told, entry)))]
    assert {f.subject for f in found if f.outcome is Outcome.FAILED} == {
        f"record {record_of(told, entry)}"
    }


def test_the_erasure_stands_on_another_chain(tmp_path: Path) -> None:
    """Of an entry on two items, the second knows nothing of an erasure."""
    told = story()
    image = told.world.acquire(told.case, 2, by=told.eve)
    given = {"note": "both"}
    entry = told.world.record("note.recorded", [told.laptop, image], given, signers=[told.eve])
    erase(told, entry)
    found = bad(examined(tmp_path, without(told, entry)))
    assert {f.check for f in found if f.outcome is Outcome.FAILED} >= {Check.STATEMENT}


def test_an_erasure_without_approvers_erases_nothing(tmp_path: Path) -> None:
    """The ledger of somebody who admits everything."""
    told, world = rogue_story()
    entry = noted(told)
    given = {"entry": entry, "act": "note.recorded", "fields": None}
    given |= {"envelope": env_of(told, entry)}
    world.record("privacy.erased", [told.laptop], given, signers=[told.olga])
    found = {(f.check, f.outcome, f.rule) for f in bad(examined(tmp_path, without(told, entry)))}
    assert (Check.RULES, Outcome.FAILED, "E_TWO_PERSON") in found


def test_a_restriction_of_what_was_erased_later_can_be_judged(tmp_path: Path) -> None:
    """Who signed the remark is no question of its rule. (SPEC §8.4)"""
    told = story()
    entry = noted(told)
    given = {"entry": entry, "fields": ["note"], "ground": "request_of_person"}
    told.world.record("privacy.restricted", [told.laptop], given, signers=[told.olga])
    erase(told, entry)
    assert bad(examined(tmp_path, without(told, entry))) == []


def test_a_restriction_of_another_field_than_it_had_fails_though_it_is_erased(
    tmp_path: Path,
) -> None:
    told, world = rogue_story()
    entry = noted(told)
    given = {"entry": entry, "fields": ["serial"], "ground": "request_of_person"}
    world.record("privacy.restricted", [told.laptop], given, signers=[told.olga])
    erase(told, entry)
    found = {(f.check, f.outcome) for f in bad(examined(tmp_path, without(told, entry)))}
    assert found == {(Check.RULES, Outcome.FAILED)}


def test_a_correction_of_what_was_erased_cannot_be_judged(tmp_path: Path) -> None:
    """Whether its signer was the same person is not known any more."""
    told = story()
    entry = noted(told)
    given = {"corrects": entry, "act": "note.recorded", "field": "note", "value": "no child"}
    told.world.record("correction.recorded", [told.laptop], given, signers=[told.eve])
    erase(told, entry)
    found = {(f.check, f.outcome) for f in bad(examined(tmp_path, without(told, entry)))}
    assert found == {(Check.RULES, Outcome.UNDETERMINED)}


def test_a_countersigned_remark_that_is_gone(tmp_path: Path) -> None:
    told = story()
    entry = noted(told)
    given = {"entry": entry, "position": "agrees"}
    pia = (told.pia, Capacity.ACTOR)
    told.world.record("statement.countersigned", [told.laptop], given, signers=[pia])
    erase(told, entry)
    found = {(f.check, f.outcome) for f in bad(examined(tmp_path, without(told, entry)))}
    assert found == {(Check.RULES, Outcome.UNDETERMINED)}


def cited_ahead(told: Story, *, corrected: bool = False) -> str:
    """Two entries that Dora signed in a row, without a look at the ledger; the first, erased."""
    seen = told.world.seen()._asdict()
    signers = [told.dora]
    first = told.world.record("note.recorded", [told.laptop], {"note": "hers"}, signers=signers)
    cited: dict[str, Any] = {"prev": {told.laptop: first}, "seen": seen}
    if corrected:
        given = {"corrects": first, "act": "note.recorded", "field": "note", "value": "his"}
        told.world.record("correction.recorded", [told.laptop], given, signers=signers, **cited)
    else:
        told.world.record("storage.moved", [told.laptop], signers=signers, **cited)
    erase(told, first)
    return first


def test_what_was_signed_right_after_an_erased_entry_is_judged_like_any_other(
    tmp_path: Path,
) -> None:
    """Its `prev` is the erased entry's id, and who signed that is not known any more. (SPEC §2.4)"""
    told = story()
    report = examined(tmp_path, without(told, cited_ahead(told)))
    assert bad(report) == []
    assert report.verdict is Outcome.PASSED


def test_a_correction_that_cites_what_was_erased_as_the_one_before_cannot_be_judged(
    tmp_path: Path,
) -> None:
    told = story()
    found = bad(examined(tmp_path, without(told, cited_ahead(told, corrected=True))))
    assert {(f.check, f.outcome) for f in found} == {(Check.RULES, Outcome.UNDETERMINED)}


def test_an_erased_entry_that_was_seen_is_cited_by_its_record_and_not_by_its_id(
    tmp_path: Path,
) -> None:
    told, world = rogue_story()
    entry = noted(told)
    given, prev = {"note": "second"}, {told.laptop: entry}
    world.record("note.recorded", [told.laptop], given, signers=[told.eve], prev=prev)
    late = record_of(told, entry) + 1
    erase(told, entry)
    found = [f for f in bad(examined(tmp_path, without(told, entry)))]
    assert [(f.check, f.subject) for f in found] == [(Check.STATEMENT, f"record {late}")]


@pytest.mark.parametrize("defect", DEFECTS)
def test_no_erasure_excuses_what_it_does_not_name(tmp_path: Path, defect: str) -> None:
    """Another entry, one that came later, one that is gone already, one that was withheld before."""
    made = collection()[defect].make()
    paths = [tmp_path / f"{number}.zip" for number, _ in enumerate(made.bundles)]
    for path, data in zip(paths, made.bundles, strict=True):
        path.write_bytes(data)
    found = [f for f in verify(paths, made.trust).findings if f.outcome is Outcome.FAILED]
    assert {f.check for f in found} == {collection()[defect].check}


def test_what_was_erased_is_told_with_the_act_that_it_was(tmp_path: Path) -> None:
    """That somebody objected is adverse; when the objection is gone, the erasure of one is."""
    told = story()
    given = {"entry": noted(told), "position": "objects"}
    entry = told.world.record("statement.countersigned", [told.laptop], given, signers=[told.pia])
    erase(told, entry, act="statement.countersigned")
    report = examined(tmp_path, without(told, entry))
    assert bad(report) == []
    words = "a whole entry was erased: statement.countersigned"
    assert [fact.kind for fact in report.adverse if words in fact.detail] == ["erased"]
