"""Entries and records that do not fit each other, as an operator who obeys nobody writes them."""

from hashlib import sha256
from pathlib import Path
from typing import Any

from custody.core import canonical, dsse, statement
from custody.core.bundle import layout
from custody.core.findings import Check, Finding, Outcome
from custody.core.record import Entry
from custody.core.rules import Effect
from custody_schemas.declare import Kind
from tests.bundles import Bundle, bad, examined
from tests.memory import Run, Signed
from tests.rogues import Rogue, rogue_story
from tests.test_verify import hide
from tests.worlds import Story


def report_of(folder: Path, told: Story) -> Any:
    return examined(folder, Bundle(told.world, told.case, told.olga))


def said(found: list[Finding], subject: str) -> set[tuple[Check, Outcome, str]]:
    return {(f.check, f.outcome, f.detail) for f in found if f.subject == subject}


def half_recorded(told: Story, world: Rogue) -> int:
    """Of a note on two items only the first record is written; that one's number."""
    tag = world.register(told.case, 2, by=told.dora)
    signed = world.draft("note.recorded", [told.laptop, tag], signers=[told.dora])
    first, place = len(world.records), signed.statement.about[0]
    env = sha256(signed.envelope.encode()).hexdigest()
    world._append(
        signed.statement, place.tag, Effect(world.states[place.tag], False), env, world.now
    )
    world.runs.append(Run(first, signed))
    world.now += 60
    return first


def unknown(told: Story, world: Rogue, act: str, tag: str, **members: Any) -> int:
    """Dora's act under a name of a later version; the number of its record."""
    signed = world.draft(act, [tag], signers=[told.dora], **members)
    value = canonical.decode(signed.envelope.payload, canonical.STATEMENT_LIMIT)
    data = canonical.encode({**value, "act": "item.blessed"})
    envelope = dsse.sign(dsse.STATEMENT, data, [told.dora.signer])
    n = len(world.records)
    world.submit(Signed(statement.read(data), envelope, signed.disclosures))
    world.now += 60
    return n


def test_a_run_that_another_entry_cuts_short(tmp_path: Path) -> None:
    told, world = rogue_story()
    first = half_recorded(told, world)
    world.record("note.recorded", [told.case], signers=[told.olga])
    report = report_of(tmp_path, told)
    assert report.verdict is Outcome.FAILED
    detail = f"is not what the entry of record {first} says: env, tag or time"
    assert (Check.STATEMENT, Outcome.FAILED, detail) in said(bad(report), f"record {first + 1}")


def test_a_run_that_a_tally_cuts_short(tmp_path: Path) -> None:
    told, world = rogue_story()
    halves: list[int] = []

    def tally() -> None:
        halves.append(half_recorded(told, world))
        Rogue.tally(world)

    vars(world)["tally"] = tally
    report = report_of(tmp_path, told)
    assert report.verdict is Outcome.FAILED
    (first,) = halves
    detail = f"is no entry, though record {first} says so"
    assert (Check.STATEMENT, Outcome.FAILED, detail) in said(bad(report), f"record {first + 1}")


def test_an_act_on_a_subject_of_another_kind(tmp_path: Path) -> None:
    told, world = rogue_story()
    n = len(world.records)
    about = [(Kind.CASE, told.laptop)]
    world.record("note.recorded", about, signers=[told.dora])
    report = report_of(tmp_path, told)
    detail = f"note.recorded: {told.laptop:.12} is not a case"
    assert said(bad(report), f"record {n}") == {(Check.RULES, Outcome.FAILED, detail)}
    (found,) = bad(report)
    assert found.rule == "E_UNKNOWN"


def test_what_a_person_with_an_unknown_act_signs_is_in_doubt(tmp_path: Path) -> None:
    """The act of a later version may have taken her key from her."""
    told, world = rogue_story()
    first = unknown(told, world, "statement.countersigned", told.dora.tag)
    world.record("note.recorded", [told.laptop], signers=[told.dora])
    report = report_of(tmp_path, told)
    assert report.verdict is Outcome.UNDETERMINED
    why = f"the act item.blessed of record {first} is not known"
    found = said(bad(report), f"record {first + 1}")
    assert (Check.KEY, Outcome.UNDETERMINED, why) in found
    assert {check for check, _, _ in found} == {Check.KEY, Check.RULES}


def test_an_unknown_act_that_says_it_is_the_first_of_its_subject(tmp_path: Path) -> None:
    told, world = rogue_story()
    n = unknown(told, world, "note.recorded", told.laptop, prev={told.laptop: ""})
    report = report_of(tmp_path, told)
    assert report.verdict is Outcome.FAILED
    found = {(check, outcome) for check, outcome, _ in said(bad(report), f"record {n}")}
    assert found == {
        (Check.STATEMENT, Outcome.FAILED),
        (Check.RULES, Outcome.UNDETERMINED),
    }


def test_an_item_whose_case_is_not_shown_is_examined_all_the_same(tmp_path: Path) -> None:
    told, world = rogue_story()
    tag = world.register(told.case, 2, by=told.eve)
    world.record("item.acquired", [tag], {"authority": told.warrant}, signers=[told.eve])
    bundle = Bundle(world, told.case, told.olga)
    chain = [n for n, e in enumerate(bundle.read) if getattr(e, "tag", "") == told.case]
    hide(bundle, told.case, chain)
    report = examined(tmp_path, bundle)
    assert report.verdict is not Outcome.PASSED
    assert any(f"{told.case:.12} is not shown" in f.detail for f in bad(report))


def test_of_an_entry_that_cannot_be_read_every_record_says_so(tmp_path: Path) -> None:
    told, world = rogue_story()
    tag = world.register(told.case, 2, by=told.dora)
    first = len(world.records)
    world.record("note.recorded", [told.laptop, tag], signers=[told.dora])
    bundle = Bundle(world, told.case, told.olga)
    entry = bundle.read[first]
    assert isinstance(entry, Entry)
    del bundle.files[layout.ENVELOPE.format(entry.env)]
    bundle.edit(
        layout.DISCLOSURES,
        lambda v: v.__setitem__(slice(None), [x for x in v if x["env"] != entry.env]),
    )
    found = bad(examined(tmp_path, bundle))
    for n in (first, first + 1):
        assert [f.outcome for f in found if f.subject == f"record {n}"].count(Outcome.FAILED) == 1


def test_a_case_with_an_unknown_act_is_closed_and_examined_all_the_same(tmp_path: Path) -> None:
    told, world = rogue_story()
    unknown(told, world, "note.recorded", told.case)
    closed = world.record("case.closed", [told.case], signers=[told.olga])
    report = report_of(tmp_path, told)
    assert report.verdict is Outcome.UNDETERMINED
    n = next(run.first for run in world.runs if run.signed.id == closed)
    assert (Check.RULES, Outcome.UNDETERMINED) in {x[:2] for x in said(bad(report), f"record {n}")}
    assert any("on the word of" in f.detail for f in report.adverse if f.kind == "proceedings")


def test_a_case_of_whose_opening_nothing_is_left_is_closed_without_a_crash(tmp_path: Path) -> None:
    told, world = rogue_story()
    world.record("case.closed", [told.case], signers=[told.olga])
    bundle = Bundle(world, told.case, told.olga)
    first = next(e for e in bundle.read if isinstance(e, Entry) and e.tag == told.case)
    del bundle.files[layout.ENVELOPE.format(first.env)]
    report = examined(tmp_path, bundle)
    assert report.verdict is Outcome.FAILED
    assert any("on the word of" in f.detail for f in report.adverse if f.kind == "proceedings")
