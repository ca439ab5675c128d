"""FRESHNESS over several bundles: what stands beside an export does not vouch for its log. (SPEC §12)"""

from pathlib import Path

import pytest

from custody.core.bundle import layout
from custody.core.findings import Check, Finding, Outcome, Report
from custody.core.state import Case, Item, Register
from custody.core.statement import Seen
from custody.core.verify import verify
from tests.bundles import Bundle, bad, trust_in
from tests.rogues import rogue_story
from tests.spoilt.stage import drop
from tests.test_erased import erase, noted, without
from tests.worlds import Story


class OwnCase(Bundle):
    """An export of a whole case that shows nothing of other cases."""

    def shows(self, tag: str) -> bool:
        state = self.world.states[tag]
        if isinstance(state, Item | Register):
            return state.case == self.case
        return tag == self.case or not isinstance(state, Case)


class TwoLogs:
    """The operator shows Olga a log of his own making, and records in another what she signs there.

    `seen`: what Olga saw. `other`: the bundle of that log, of a case of hers. `n`: the record in
    the log that is handed out, `handed` the export of its case.
    """

    def __init__(self) -> None:
        self.told, world = rogue_story()
        self.second = world.open_case("K-2026/90", by=self.told.olga)
        fork = world.fork()
        fork.case_keys = dict(world.case_keys)
        self.other = OwnCase(fork, self.second, self.told.olga)
        self.seen = fork.seen()
        third = world.open_case("K-2026/91", by=self.told.olga)
        while len(world.records) < self.seen.size:
            world.record("note.recorded", [third], {"note": "x"}, signers=[self.told.olga])
        self.n = len(world.records)
        self.world = world

    def signed(self, seen: Seen) -> OwnCase:
        """The export, after Olga signed a note on the laptop."""
        about, olga = [self.told.laptop], self.told.olga
        self.world.record(
            "note.recorded", about, {"note": "x"}, signers=[olga], seen=seen._asdict()
        )
        return OwnCase(self.world, self.told.case, olga)


def of_all(folder: Path, *bundles: Bundle) -> Report:
    paths = [each.save(folder / f"{number}.zip") for number, each in enumerate(bundles, 1)]
    return verify(paths, trust_in(bundles[0].world))


def unproved(own: TwoLogs, name: str) -> Finding:
    """What is found of Olga's note, where that bundle shows it without a proof of what she saw."""
    why = f"no proof of it is in {name}"
    detail = f"the signer had seen root {own.seen.root} at {own.seen.size} records: {why}"
    return Finding(Check.FRESHNESS, Outcome.FAILED, f"record {own.n}", detail)


@pytest.mark.parametrize("handed_in", ["alone", "first", "last"])
def test_the_log_that_the_signer_was_shown_does_not_vouch_for_the_one_she_was_not(
    tmp_path: Path, handed_in: str
) -> None:
    """Each bundle is in order by itself but for this: to hand in the other must not heal it."""
    own = TwoLogs()
    handed = own.signed(own.seen)
    drop(handed, layout.CONSISTENCY, lambda each: each["size"] == own.seen.size)
    assert of_all(tmp_path, own.other).verdict is Outcome.PASSED
    bundles = {"alone": [handed], "first": [handed, own.other], "last": [own.other, handed]}
    report = of_all(tmp_path, *bundles[handed_in])
    name, beside = ("2.zip", "1.zip") if handed_in == "last" else ("1.zip", "2.zip")
    *order, seen = bad(report)
    assert seen == unproved(own, name)
    together = [(Check.CHAIN, f"record {own.n} of {beside} and {name}")]  # they show two logs
    expected = [] if handed_in == "alone" else together
    assert [(found.check, found.subject) for found in order] == expected
    assert report.verdict is Outcome.FAILED


def test_bundles_of_one_log_prove_it_each_by_itself(tmp_path: Path) -> None:
    own = TwoLogs()
    first = own.signed(own.world.seen())
    report = of_all(tmp_path, first, OwnCase(own.world, own.told.case, own.told.olga))
    assert report.verdict is Outcome.PASSED


def test_a_bundle_that_shows_the_entry_too_does_not_prove_it_for_another(tmp_path: Path) -> None:
    own = TwoLogs()
    own.seen = own.world.seen()
    first = own.signed(own.seen)
    second = OwnCase(own.world, own.told.case, own.told.olga)
    drop(second, layout.CONSISTENCY, lambda each: each["size"] == own.seen.size)
    assert bad(of_all(tmp_path, first, second)) == [unproved(own, "2.zip")]


def test_beside_a_bundle_from_before_an_erasure_nobody_proves_what_the_erased_signer_saw(
    tmp_path: Path,
) -> None:
    """Who exports afterwards no longer knows what she saw; without an erasure it is a defect."""
    told, _ = rogue_story()
    told.world.tally()
    seen = told.world.seen()
    entry = noted(told)
    before = Bundle(told.world, told.case, told.olga)
    later = without(told, entry)
    drop(later, layout.CONSISTENCY, lambda each: each["size"] == seen.size)
    (found,) = bad(of_all(tmp_path, before, later))
    assert found.detail.endswith("no proof of it is in 2.zip")
    erase(told, entry)
    after = without(told, entry)
    drop(after, layout.CONSISTENCY, lambda each: each["size"] == seen.size)
    assert bad(of_all(tmp_path, before, after)) == []


def unproved_in(path: Path, *bundles: Bundle) -> list[str]:
    """Bundles that show an entry and prove nothing of what its signer had seen."""
    words = "no proof of it is in "
    found = [f.detail for f in bad(of_all(path, *bundles)) if f.check is Check.FRESHNESS]
    assert all(words in each for each in found)
    return [each.partition(words)[2] for each in found]


def remark(told: Story) -> tuple[str, Seen]:
    told.world.tally()
    seen = told.world.seen()
    return noted(told), seen


def unlisted(bundle: Bundle, seen: Seen) -> Bundle:
    """The bundle without the proof of what she saw."""
    drop(bundle, layout.CONSISTENCY, lambda each: each["size"] == seen.size)
    return bundle


def test_who_still_has_the_envelope_that_was_erased_proves_what_its_signer_saw(
    tmp_path: Path,
) -> None:
    told, _ = rogue_story()
    entry, seen = remark(told)
    erase(told, entry)
    kept = unlisted(Bundle(told.world, told.case, told.olga), seen)
    assert unproved_in(tmp_path, kept) == ["1.zip"]


def test_the_erasure_of_another_entry_excuses_nobody(tmp_path: Path) -> None:
    told, _ = rogue_story()
    entry, seen = remark(told)
    before = Bundle(told.world, told.case, told.olga)
    erase(told, noted(told))
    later = unlisted(without(told, entry), seen)
    assert unproved_in(tmp_path, before, later) == ["2.zip"]


def test_an_erasure_that_only_another_bundle_shows_excuses_nobody(tmp_path: Path) -> None:
    told, _ = rogue_story()
    entry, seen = remark(told)
    early = unlisted(without(told, entry), seen)
    erase(told, entry)
    last = Bundle(told.world, told.case, told.olga)
    assert unproved_in(tmp_path, early, last) == ["1.zip"]


def test_who_shows_one_of_its_two_records_proves_what_the_signer_saw(tmp_path: Path) -> None:
    told, _ = rogue_story()
    phone = told.world.seize(told.case, 2, told.warrant, by=told.dora)
    told.world.tally()
    seen = told.world.seen()
    told.world.record("note.recorded", [told.laptop, phone], {"note": "x"}, signers=[told.eve])
    whole = Bundle(told.world, told.case, told.olga)
    half = unlisted(Bundle(told.world, told.case, told.olga, [told.laptop]), seen)
    half.files[layout.COMPANIONS] = b""
    assert unproved_in(tmp_path, whole, half) == ["2.zip"]
