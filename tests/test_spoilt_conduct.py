"""What people may not do: a real ledger refuses it by its code, and a verifier finds that code.

Then the same entry is forced in behind the rules, with software that asks nobody: into a ledger in
memory that is exported, and into a real one that is examined.
"""

import atexit
import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest

from custody.core import canonical, dsse, rules
from custody.core.bundle import layout
from custody.core.errors import CustodyError
from custody.core.findings import Check, Outcome
from custody.core.rules import Effect
from custody.core.statement import Statement
from custody.ledger import sequencer
from custody.ledger.past import Past
from custody_schemas.acts import PrivacyErased
from custody_schemas.terms import SealState
from tests.ledgers import Home, Live
from tests.memory import Signed
from tests.spoilt import collection
from tests.spoilt.conduct import CONDUCT
from tests.spoilt.misconduct import misread
from tests.spoilt.stage import Scenery, drop, spoilt_of, stage, went_on
from tests.test_rebuild import look
from tests.test_spoilt import examined
from tests.worlds import tell

DEFECTS = collection()
# Of an erasure that was forced in nothing was destroyed, and no list of it was kept.
UNDONE = {(check, Outcome.FAILED, "") for check in (Check.REDACTIONS, Check.STRUCTURE)}


@cache
def _told() -> Scenery:
    """A real ledger in which the story went on, to be copied."""
    folder = Path(mkdtemp(prefix="custody-conduct-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return went_on(tell(Live(Home.make(folder / "home"))))


@pytest.fixture
def scene(tmp_path: Path) -> Scenery:
    """A copy of that ledger, open."""
    told = _told()
    assert isinstance(told.world, Live)
    live = told.world.copied(tmp_path / "home")
    return replace(told, story=replace(told.story, world=live), world=live)


def refused(scene: Scenery, signed: Signed) -> str:
    """The code with which the ledger refuses it; nothing has changed, and it goes on."""
    live = scene.world
    assert isinstance(live, Live)
    live.home.now = live.now
    before = live.ledger.checkpoint()
    chains = {tag: live.ledger.chain(tag) for tag in live.states}
    states = {tag: live.ledger.subject(tag) for tag in live.states}
    with pytest.raises(CustodyError) as caught:
        live.ledger.submit([live.submission(signed)])
    assert live.ledger.checkpoint() == before
    assert {tag: live.ledger.chain(tag) for tag in live.states} == chains == live.chains
    assert {tag: live.ledger.subject(tag) for tag in live.states} == states == live.states
    live.record("note.recorded", [scene.story.laptop], signers=[scene.story.dora])
    return caught.value.code


@pytest.mark.parametrize("name", CONDUCT)
def test_a_ledger_refuses_it_and_nothing_has_changed(scene: Scenery, name: str) -> None:
    assert refused(scene, CONDUCT[name].tell(scene)) == CONDUCT[name].code


@pytest.mark.parametrize("name", CONDUCT)
def test_forced_in_it_is_found_by_the_same_code(tmp_path: Path, name: str) -> None:
    report = examined(DEFECTS[name].make(), tmp_path)
    found = {f.rule for f in report.findings if f.outcome is Outcome.FAILED}
    assert found == {CONDUCT[name].code}


def unasked(past: Past, made: Statement, *, at: int, n: int) -> dict[str, Effect]:
    """What the rules make of an entry; what they refuse changes nothing, and goes in."""
    try:
        return rules.admit(past, made, at=at, n=n)
    except CustodyError:
        subjects = {place.tag: past.subject(place.tag) for place in made.about}
        return {tag: Effect(subject, False) for tag, subject in subjects.items() if subject}


@pytest.mark.parametrize("name", CONDUCT)
def test_forced_into_a_ledger_it_is_found_by_its_own_examination(
    scene: Scenery, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The operator runs a build of his own, in which nobody has to heed the rules."""
    live = scene.world
    assert isinstance(live, Live)
    signed = CONDUCT[name].tell(scene)
    live.home.now = live.now
    with monkeypatch.context() as build:
        build.setattr(sequencer, "admit", unasked)
        live.ledger.submit([live.submission(signed)])
    found = [f for f in look(live, full=True).findings if f.outcome is not Outcome.PASSED]
    wanted = {(Check.RULES, Outcome.FAILED, CONDUCT[name].code)}
    if signed.statement.act.NAME == PrivacyErased.NAME:
        wanted |= UNDONE
    assert {(f.check, f.outcome, f.rule) for f in found} == wanted


def test_an_act_of_a_later_version_is_refused_and_judged_by_nobody(scene: Scenery) -> None:
    """A verifier cannot say what it does: UNDETERMINED, and never FAILED (SPEC §10)."""
    story = scene.story
    signed = story.world.draft("note.recorded", [story.laptop], signers=[story.eve])
    value = canonical.decode(signed.envelope.payload, canonical.STATEMENT_LIMIT)
    payload = canonical.encode({**value, "act": "item.blessed"})
    envelope = dsse.sign(dsse.STATEMENT, payload, [story.eve.signer])
    assert refused(scene, signed._replace(envelope=envelope)) == "E_MALFORMED"
    defect = DEFECTS["act_of_a_later_version"]
    assert (defect.check, defect.outcome) == (Check.RULES, Outcome.UNDETERMINED)


@pytest.mark.parametrize("leap", [-3600, 8 * 86_400])
def test_a_clock_that_leaps_stops_the_ledger(scene: Scenery, leap: int) -> None:
    """What stands in the log with an earlier time is FAILED: `time_runs_backwards`."""
    live = scene.world
    assert isinstance(live, Live)
    signed = live.draft("note.recorded", [scene.story.laptop], signers=[scene.story.eve])
    live.home.now = live.now + leap
    before = live.ledger.checkpoint()
    with pytest.raises(CustodyError) as caught:
        live.ledger.submit([live.submission(signed)])
    assert caught.value.code == "E_CLOCK"
    assert live.ledger.checkpoint() == before
    assert DEFECTS["time_runs_backwards"].check is Check.CHAIN


@pytest.mark.parametrize(
    ("name", "telling"),
    [
        ("seal_said_intact_over_another_number", "the verdict says intact, the number read off"),
        ("item_taken_over_as_sealed_with_another_number", "differs from the number on file"),
        ("seal_said_to_differ_over_its_own_number", "they are the same"),
    ],
)
def test_a_verdict_that_its_own_numbers_belie_is_found(
    tmp_path: Path, name: str, telling: str
) -> None:
    (found,) = (
        f for f in examined(DEFECTS[name].make(), tmp_path).findings if f.outcome is Outcome.FAILED
    )
    assert (found.check, found.rule) == (Check.STATEMENT, "E_SEAL")
    assert telling in found.detail


def test_a_ledger_takes_it_for_it_reads_no_number(scene: Scenery) -> None:
    misread(scene, verdict="intact", seal_read="S-3")
    seal = scene.world.item(scene.story.laptop).seal
    assert seal and seal.state is SealState.RESEALED


@pytest.mark.parametrize("withheld", ["seal_read", "seal_number"])
def test_who_has_not_both_numbers_cannot_tell(tmp_path: Path, withheld: str) -> None:
    own = stage()
    misread(own, verdict="intact", seal_read="S-3")
    bundle = own.bundle()
    drop(bundle, layout.DISCLOSURES, lambda line: line["name"] == withheld)
    assert examined(spoilt_of(bundle), tmp_path).verdict is Outcome.PASSED


def test_each_missing_segment_is_named(tmp_path: Path) -> None:
    (found,) = (
        f
        for f in examined(DEFECTS["segment_missing"].make(), tmp_path).findings
        if f.outcome is Outcome.FAILED
    )
    assert (found.check, found.detail) == (Check.EVIDENCE, "is missing")
