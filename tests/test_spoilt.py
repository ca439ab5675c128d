"""Each spoilt bundle fails the one check that its defect is about, and says where."""

from pathlib import Path

import pytest

from custody.core.findings import Check, Outcome, Report
from custody.core.verify import verify
from tests.bundles import bad, trust_in, zipped
from tests.spoilt import Defect, Spoilt, collection
from tests.spoilt.__main__ import NAMES, main
from tests.spoilt.operator import untallied
from tests.spoilt.stage import CASE, good, spoilt_of, stage

DEFECTS = collection()
WORST = (Outcome.UNDETERMINED, Outcome.FAILED)


def examined(made: Spoilt, folder: Path) -> Report:
    paths = [folder / name for name, _ in zip(NAMES, made.bundles, strict=False)]
    for path, data in zip(paths, made.bundles, strict=True):
        path.write_bytes(data)
    return verify(paths, made.trust, made.proofs)


def test_the_bundle_that_all_are_made_from_is_good(tmp_path: Path) -> None:
    _, bundle = good()
    made = Spoilt(frozenset(), (zipped(bundle.bag()),), trust_in(bundle.world))
    report = examined(made, tmp_path)
    assert bad(report) == []
    assert report.verdict is Outcome.PASSED


@pytest.mark.parametrize("defect", DEFECTS.values(), ids=DEFECTS.keys())
def test_a_spoilt_bundle_fails_where_it_is_spoilt(defect: Defect, tmp_path: Path) -> None:
    made = defect.make()
    report = examined(made, tmp_path)
    found = bad(report)
    main = {f.subject for f in found if (f.check, f.outcome) == (defect.check, defect.outcome)}
    others = {(f.check, f.outcome) for f in found} - {(defect.check, defect.outcome)}
    assert main == made.subjects, found
    assert others == defect.also.keys(), found
    assert report.verdict is max((f.outcome for f in found), key=WORST.index)


def test_a_false_tally_alone_passes_and_is_called_the_operators_claim(tmp_path: Path) -> None:
    bundle, _ = untallied(stage())
    report = examined(spoilt_of(bundle), tmp_path)
    assert report.verdict is Outcome.PASSED
    claims = [f.detail for f in report.findings if f.subject == f"case.zip: item 2 of {CASE}"]
    assert "C1: the operator claims under its log key that there are exactly 2 records" in claims
    assert any(
        "nothing was left out, beyond the operator's signed tally" in n for n in report.not_proved
    )


# What no bundle can bring about, and why.
NEVER = {
    (Check.TIMESTAMP, Outcome.FAILED): "this version does not examine time stamps",
    (Check.INCLUSION, Outcome.UNDETERMINED): "a proof that is not there is none",
    (Check.CHAIN, Outcome.UNDETERMINED): "what a record names is compared with what is shown",
    (Check.STATEMENT, Outcome.UNDETERMINED): "a statement that is not there is missing",
}


def test_every_check_is_failed_by_some_defect() -> None:
    assert {defect.check for defect in DEFECTS.values()} == set(Check)
    assert all(defect.make.__doc__ for defect in DEFECTS.values())
    assert all(why for defect in DEFECTS.values() for why in defect.also.values())


def test_every_bad_outcome_of_every_check_is_brought_about() -> None:
    possible = {(check, outcome) for check in Check for outcome in WORST} - NEVER.keys()
    mains = {(defect.check, defect.outcome) for defect in DEFECTS.values()}
    besides = {pair for defect in DEFECTS.values() for pair in defect.also}
    assert mains | besides == possible


def test_the_collection_can_be_written_out(tmp_path: Path) -> None:
    chosen = ["evidence_byte_flipped", "zip_with_a_symbolic_link"]
    main([str(tmp_path), *chosen])
    for name in chosen:
        folder = tmp_path / name
        assert sorted(path.name for path in folder.iterdir()) == [
            "case.zip",
            "defect.json",
            "trust",
        ]
