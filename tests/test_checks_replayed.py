"""What the verifier may make of a past that it is not shown whole: no more, and no less. (SPEC §12)"""

from pathlib import Path

import pytest

from custody.core.bundle import layout
from custody.core.findings import Check, Finding, Outcome
from custody.core.rules import Effect
from custody.core.state import Case
from custody.core.verify import verify
from custody_schemas.declare import Kind
from tests.bundles import Bundle, bad, examined, trust_in
from tests.rogues import Rogue, rogue_story
from tests.signers import ed25519_signer
from tests.spoilt.stage import chain_of, withhold
from tests.test_checks_runs import unknown
from tests.test_erased import erase, noted, without
from tests.test_verify import hide
from tests.worlds import Story, on_ledger, story


def whole(told: Story) -> Bundle:
    return Bundle(told.world, told.case, told.olga)


def undetermined(folder: Path, bundle: Bundle, check: Check, *rules: str) -> list[tuple[str, str]]:
    """Subject and detail of what does not pass that check; nothing of it may have failed.

    rules: codes of those that refused on what is shown
    """
    found = [f for f in bad(examined(folder, bundle)) if f.check is check]
    assert {f.outcome for f in found} <= {Outcome.UNDETERMINED}
    assert [f.rule for f in found if f.rule] == list(rules)
    return [(f.subject, f.detail) for f in found]


@pytest.mark.parametrize("erased", [False, True])
def test_who_had_not_seen_a_remark_signs_on_what_was_there_before_it(
    tmp_path: Path, erased: bool
) -> None:
    """A remark changes nothing, and one that was erased does not begin to."""
    told = story()
    head = told.world.chains[told.laptop].head
    entry = noted(told)
    told.world.record("note.recorded", [told.laptop], signers=[told.dora], prev={told.laptop: head})
    if erased:
        erase(told, entry)
    bundle = without(told, entry) if erased else whole(told)
    assert bad(examined(tmp_path, bundle)) == []


def test_who_had_not_seen_a_change_did_not_sign_on_what_was_there(tmp_path: Path) -> None:
    told, world = rogue_story()
    head = world.chains[told.laptop].head
    world.record("storage.moved", [told.laptop], signers=[told.dora])
    n = len(world.records)
    world.record("storage.moved", [told.laptop], signers=[told.dora], prev={told.laptop: head})
    (found,) = bad(examined(tmp_path, whole(told)))
    assert (found.check, found.outcome) == (Check.STATEMENT, Outcome.FAILED)
    assert (found.subject, found.rule) == (f"record {n}", "E_PREV")


@pytest.mark.parametrize("turned", [False, True])
def test_what_a_later_bundle_does_not_show_of_an_exporter_takes_no_key_from_her(
    tmp_path: Path, turned: bool
) -> None:
    """Of the role that she was given since only the place on the ledger's chain is shown there."""
    told, _ = rogue_story()
    older = whole(told)
    about = [told.olga.tag, *(tag for _, tag in on_ledger(told.world.origin, "custodian_primary"))]
    given = {"role": "custodian_primary"}
    told.world.record("role.granted", about, given, signers=[told.ada])
    later = whole(told)
    hide(later, told.olga.tag, chain_of(later, told.olga.tag))
    paths = [older.save(tmp_path / "older.zip"), later.save(tmp_path / "later.zip")]
    report = verify(paths[::-1] if turned else paths, trust_in(told.world))
    subject = f"older.zip: {layout.SIGNATURE}"
    signed = Finding(Check.FIXITY, Outcome.PASSED, subject, "signed by who prepared the export")
    assert signed in report.findings
    n = next(run.first for run in told.world.runs if run.signed.id == later.export)
    (found,) = (f for f in bad(report) if f.check is Check.KEY and f.subject == f"record {n}")
    assert (found.outcome, found.detail) == (
        Outcome.UNDETERMINED,
        f"{told.olga.tag:.12} is not shown",
    )


def test_what_follows_a_first_record_that_is_not_shown_is_judged_by_nobody(tmp_path: Path) -> None:
    told = story()
    asked = told.world.request("Pia", ed25519_signer(91), actor=told.pia.tag)
    n = len(told.world.records)
    given = {"request": asked.body}
    told.world.record("key.registered", [told.pia.tag], given, signers=[told.ada])
    bundle = whole(told)
    withhold(bundle, chain_of(bundle, told.pia.tag)[:1])
    why = f"key.registered: a record before record {n} is missing"
    assert undetermined(tmp_path, bundle, Check.RULES) == [(f"record {n}", why)]


def registered_by_nobody_who_may(told: Story, world: Rogue) -> tuple[str, int]:
    """Ada, who may do nothing with evidence, registers item 2; its tag and first record."""
    honest = world.fork()
    honest.case_keys = dict(world.case_keys)
    tag = honest.register(told.case, 2, by=told.dora)
    case = world.states[told.case]
    assert isinstance(case, Case)
    about = [(Kind.ITEM, tag), (Kind.REGISTER, case.register)]
    given = {"case": told.case, "number": 2}
    signed = world.draft("item.registered", about, given, signers=[told.ada])
    effects = {tag: Effect(honest.states[tag], True)}
    n = len(world.records)
    world.write(signed.statement, signed, effects, world.now)
    world.now += 60
    return tag, n


def test_what_follows_a_beginning_that_was_refused_is_judged_by_nobody(tmp_path: Path) -> None:
    told, world = rogue_story()
    tag, first = registered_by_nobody_who_may(told, world)
    n = len(world.records)
    world.record("note.recorded", [tag], signers=[told.dora])
    found = [f for f in bad(examined(tmp_path, whole(told))) if f.check is Check.RULES]
    refused = {f.subject for f in found if f.outcome is Outcome.FAILED}
    assert refused == {f"record {first}"}
    (later,) = (f for f in found if f.subject == f"record {n}")
    assert (later.outcome, later.detail) == (
        Outcome.UNDETERMINED,
        f"note.recorded: what came before record {n} could not be replayed",
    )


def test_after_an_act_of_a_later_version_a_prev_that_it_moved_is_still_one_of_the_chain(
    tmp_path: Path,
) -> None:
    told, world = rogue_story()
    head = world.chains[told.laptop].head
    first = unknown(told, world, "note.recorded", told.laptop)
    n = len(world.records)
    world.record("note.recorded", [told.laptop], signers=[told.dora], prev={told.laptop: head})
    why = f"the act item.blessed of record {first} is not known"
    assert undetermined(tmp_path, whole(told), Check.RULES) == [
        (f"record {first}", f"item.blessed: {why}"),
        (f"record {n}", f"note.recorded: {why}"),
    ]
    assert undetermined(tmp_path, whole(told), Check.STATEMENT) == []


def test_a_key_that_nobody_enrolled_is_named(tmp_path: Path) -> None:
    told, world = rogue_story()
    n = len(world.records)
    about, stranger = [told.laptop], told.dora.using(told.eve.signer)
    world.record("note.recorded", about, {"note": "x"}, signers=[stranger])
    (found,) = (f for f in bad(examined(tmp_path, whole(told))) if f.check is Check.KEY)
    assert (found.outcome, found.subject, found.rule) == (Outcome.FAILED, f"record {n}", "E_KEY")
    assert stranger.signer.key.id[:12] in found.detail


def test_a_correction_of_what_is_shown_passes(tmp_path: Path) -> None:
    told = story()
    entry = noted(told)
    given = {"corrects": entry, "act": "note.recorded", "field": "note", "value": "no child"}
    told.world.record("correction.recorded", [told.laptop], given, signers=[told.eve])
    assert bad(examined(tmp_path, whole(told))) == []


def test_what_follows_an_acceptance_that_nobody_can_judge_is_judged_by_nobody(
    tmp_path: Path,
) -> None:
    """Eve, who took it over, is not shown: whose the laptop is from then on is not known."""
    told = story()
    world, about = told.world, [told.laptop]
    given = {"to": told.eve.tag}
    release = world.record("transfer.released", about, given, signers=[told.dora])
    n = len(world.records)
    world.record("transfer.accepted", about, {"transfer": release}, signers=[told.eve])
    world.record("note.recorded", about, signers=[told.carl])
    bundle = whole(told)
    hide(bundle, told.eve.tag, chain_of(bundle, told.eve.tag))
    found = dict(undetermined(tmp_path, bundle, Check.RULES, "E_NO_GRANT"))
    assert found[f"record {n}"] == f"transfer.accepted: {told.eve.tag:.12} is not shown"
    why = f"note.recorded: whether record {n} changed it is not known"
    assert found == {f"record {n}": found[f"record {n}"], f"record {n + 1}": why}


def test_an_act_of_a_later_version_may_begin_a_subject(tmp_path: Path) -> None:
    told, world = rogue_story()
    honest = world.fork()
    honest.case_keys = dict(world.case_keys)
    tag = honest.register(told.case, 2, by=told.dora)
    world.states[tag] = honest.states[tag]
    n = unknown(told, world, "note.recorded", tag)
    why = f"item.blessed: the act item.blessed of record {n} is not known"
    assert undetermined(tmp_path, whole(told), Check.RULES) == [(f"record {n}", why)]
