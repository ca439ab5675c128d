"""Bundles laid beside each other: honest ones never spoil one another, and only joined ones help. (SPEC §12)"""

from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import pytest

from custody.core.findings import Check, Outcome, Report
from custody.core.state import Item, Register
from custody.core.verify import verify
from tests.bundles import Bundle, bad, trust_in
from tests.exports import content_of
from tests.rogues import rogue_story
from tests.spoilt.stage import hide
from tests.test_adverse_days import told_of
from tests.test_adverse_keeping import LATER, passes, placed, scene
from tests.test_checks_seen import OwnCase
from tests.test_erased import erase, noted, without
from tests.worlds import Person, Story, World, story

DISK = bytes(70_000)


def of_all(folder: Path, *bundles: Bundle) -> Report:
    paths = [each.save(folder / f"{number}.zip") for number, each in enumerate(bundles, 1)]
    return verify(paths, trust_in(bundles[0].world))


def told() -> list[Bundle]:
    """Exports of one ledger: content comes, a remark goes, a key is revoked, and another case opens."""
    s = story()
    world = s.world
    disk, entry = world.register(s.case, 2, by=s.eve), noted(s)
    made = [Bundle(world, s.case, s.olga, evidence_promised=True)]
    world.record("item.acquired", [disk], content_of(DISK, "disk.dd"), signers=[s.eve])
    evidence = {"data/items/2/0001.dd": DISK}
    made.append(Bundle(world, s.case, s.olga, evidence=evidence, mirror=True))
    erase(s, entry)
    world.record("key.revoked", [s.eve.tag], {"key": s.eve.signer.key.id}, signers=[s.ada])
    made.append(without(s, entry))
    made.append(OwnCase(world, world.open_case("K-2026/90", by=s.olga), s.olga))
    return made


def test_honest_exports_pass_in_any_company(tmp_path: Path) -> None:
    made = told()
    for pair in permutations(made, 2):
        assert bad(of_all(tmp_path, *pair)) == []
    assert of_all(tmp_path, *made).verdict is Outcome.PASSED


def with_ivy() -> tuple[Story, World, Person]:
    s, world = rogue_story()
    ivy = world.enrol("Ivy", "examiner", by=s.ada)
    world.record("note.recorded", [s.laptop], {"note": "x"}, signers=[ivy])
    return s, world, ivy


@pytest.mark.parametrize("how", ["alone", "later", "later, and seen", "later, and mirrored"])
def test_who_is_hidden_may_be_shown_by_a_bundle_of_the_same_log(tmp_path: Path, how: str) -> None:
    """That it is the same log, a proof says: of what a signer saw, or the whole of it."""
    s, world, ivy = with_ivy()
    other, unseen = (world.open_case(f"K-2026/9{n}", by=s.olga) for n in (0, 1))
    first = OwnCase(world, s.case, s.olga)
    hide(first, ivy.tag)
    seen = how == "later, and seen"
    about, olga = [other if seen else unseen], [s.olga]
    world.record("note.recorded", about, {"note": "x"}, signers=olga)
    beside = OwnCase(world, other, s.olga, mirror=how == "later, and mirrored")
    report = of_all(tmp_path, *([first] if how == "alone" else [first, beside]))
    found = {(f.check, f.outcome) for f in bad(report)}
    missed = {(Check.KEY, Outcome.UNDETERMINED), (Check.RULES, Outcome.UNDETERMINED)}
    if how == "alone":
        missed |= {(Check.SIGNATURE, Outcome.UNDETERMINED)}
    joined = how in ("later, and seen", "later, and mirrored")
    assert found == (set() if joined else missed)


@pytest.mark.parametrize("within", [True, False])
def test_another_bundle_says_who_signed_up_to_the_last_root_that_both_know(
    tmp_path: Path, within: bool
) -> None:
    """Both show a revocation; its signer saw the log with Ivy's remark in it, or just without."""
    s, world = rogue_story()
    ivy = world.enrol("Ivy", "examiner", by=s.ada)
    acts: list[Callable[[], object]] = [
        lambda: world.record("note.recorded", [s.laptop], {"note": "x"}, signers=[ivy]),
        lambda: world.record(
            "key.revoked", [s.pia.tag], {"key": s.pia.signer.key.id}, signers=[s.ada]
        ),
    ]
    for act in acts if within else reversed(acts):
        act()
    other, unseen = (world.open_case(f"K-2026/9{n}", by=s.olga) for n in (0, 1))
    first = OwnCase(world, s.case, s.olga)
    hide(first, ivy.tag)
    world.record("note.recorded", [unseen], {"note": "x"}, signers=[s.olga])
    found = bad(of_all(tmp_path, first, OwnCase(world, other, s.olga)))
    missed = {(Check.KEY, Outcome.UNDETERMINED), (Check.RULES, Outcome.UNDETERMINED)}
    assert {(f.check, f.outcome) for f in found} == (set() if within else missed)


def test_a_mirror_says_nothing_of_a_log_that_went_on(tmp_path: Path) -> None:
    """What a newer bundle knows of the log is not in an older one's mirror."""
    s, world, ivy = with_ivy()
    other = world.open_case("K-2026/90", by=s.olga)
    mirrored = OwnCase(world, other, s.olga, mirror=True)
    world.record("note.recorded", [other], {"note": "x"}, signers=[s.olga])
    newer = OwnCase(world, s.case, s.olga)
    hide(newer, ivy.tag)
    found = bad(of_all(tmp_path, newer, mirrored))
    missed = {(Check.KEY, Outcome.UNDETERMINED), (Check.RULES, Outcome.UNDETERMINED)}
    assert {(f.check, f.outcome) for f in found} == missed


@pytest.mark.parametrize("newest_first", [False, True])
def test_what_nobody_looked_at_is_told_as_of_the_newest_of_them(
    tmp_path: Path, newest_first: bool
) -> None:
    s = scene()
    placed(s, review_by=LATER)
    early = Bundle(s.world, s.case, s.olga)
    passes(s)
    pair = [early, Bundle(s.world, s.case, s.olga)]
    if newest_first:
        pair.reverse()
    words = "a hold (legal hold) was to be looked at again by 2027-01-01T00:00:00Z"
    assert [each for _, _, each in told_of(of_all(tmp_path, *pair), "hold")] == [words]
    assert told_of(of_all(tmp_path, early), "hold") == []


def test_who_exported_is_known_to_the_older_bundle_only(tmp_path: Path) -> None:
    s = story()
    ute = s.world.enrol("Ute", "case_officer", by=s.ada)
    older = OwnCase(s.world, s.world.open_case("K-2026/91", by=ute), ute)
    s.world.record("note.recorded", [s.laptop], signers=[s.eve])
    newer = OwnCase(s.world, s.case, s.olga)
    hide(newer, ute.tag)
    assert bad(of_all(tmp_path, older, newer)) == []


class OwnItems(OwnCase):
    """An export of chosen items that shows nothing of other cases."""

    def shows(self, tag: str) -> bool:
        state = self.world.states[tag]
        if isinstance(state, Item | Register):
            return tag in self.items
        return super().shows(tag)


def test_who_signed_on_two_items_is_not_known_by_a_bundle_beside_those_of_each(
    tmp_path: Path,
) -> None:
    """It may be of another log, whether or not one bundle shows both records of the entry."""
    s, world = rogue_story()
    ivy = world.enrol("Ivy", "examiner", by=s.ada)
    phone = world.seize(s.case, 2, s.warrant, by=s.dora)
    world.record("note.recorded", [s.laptop, phone], {"note": "x"}, signers=[ivy])
    other, unseen = (world.open_case(f"K-2026/9{n}", by=s.olga) for n in (0, 1))
    halves = [OwnItems(world, s.case, s.olga, [item]) for item in (s.laptop, phone)]
    for half in halves:
        hide(half, ivy.tag)
    world.record("note.recorded", [unseen], {"note": "x"}, signers=[s.olga])
    found = bad(of_all(tmp_path, *halves, OwnCase(world, other, s.olga)))
    missed = {(Check.KEY, Outcome.UNDETERMINED), (Check.RULES, Outcome.UNDETERMINED)}
    assert {(f.check, f.outcome) for f in found} == missed
