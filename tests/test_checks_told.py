"""What a check says that it found: of how many records, by whose signature, under which name."""

from pathlib import Path

import pytest

from custody.core.bundle import layout
from custody.core.findings import Check, Finding, Outcome, Report
from custody.core.record import Entry
from custody.core.verify import verify
from tests import log_keys
from tests.bundles import Bundle, examined, trust_in
from tests.test_checks_log import WITNESSED
from tests.worlds import story


def whole() -> Bundle:
    told = story()
    return Bundle(told.world, told.case, told.olga)


def laptop() -> Bundle:
    told = story()
    return Bundle(told.world, told.case, told.olga, [told.laptop])


def of(report: Report, check: Check) -> dict[str, str]:
    """Details of what a check found, by subject within the bundle; all must have passed."""
    found = [f for f in report.findings if f.check is check]
    assert {f.outcome for f in found} == {Outcome.PASSED}
    return {f.subject.removeprefix("case.zip: "): f.detail for f in found}


@pytest.mark.parametrize("mldsa", [True, False])
def test_which_signatures_of_the_log_were_examined(tmp_path: Path, mldsa: bool) -> None:
    bundle = whole()
    alone = {"log_mldsa": None, "groups": (), "quorum": "none"}
    report = examined(tmp_path, bundle, trust_in(bundle.world, **({} if mldsa else alone)))
    said = "signed with Ed25519 and ML-DSA-44" if mldsa else "signed with Ed25519"
    assert of(report, Check.CHECKPOINT) == {f"checkpoint of {bundle.size} records": said}


def witnesses(folder: Path, asked: bool, *parties: log_keys.Party) -> Finding:
    """What is found of countersignatures on a bundle."""
    bundle = whole()
    lines = "".join(party.line(bundle.checkpoint) for party in parties)
    bundle.files[layout.CHECKPOINT] = bundle.note + lines.encode()
    named = {"witnesses": WITNESSED["witnesses"]} if not asked else WITNESSED
    report = examined(folder, bundle, trust_in(bundle.world, **named))
    (found,) = (f for f in report.findings if f.check is Check.WITNESSES)
    assert found.subject == f"case.zip: checkpoint of {bundle.size} records"
    return found


def test_who_countersigned_is_named(tmp_path: Path) -> None:
    both = log_keys.COURT, log_keys.DEFENCE
    found = witnesses(tmp_path, True, *both)
    assert (found.outcome, found.detail) == (
        Outcome.PASSED,
        "countersigned by court, defence",
    )
    found = witnesses(tmp_path, True)
    assert (found.outcome, found.detail) == (Outcome.FAILED, "countersigned by nobody")


@pytest.mark.parametrize(
    ("parties", "names"), [((), "nobody"), ((log_keys.DEFENCE,), "defence")], ids=["none", "one"]
)
def test_who_countersigned_though_nobody_asked(
    tmp_path: Path, parties: tuple[log_keys.Party, ...], names: str
) -> None:
    found = witnesses(tmp_path, False, *parties)
    asked = "no trust file asks for independent countersignatures"
    assert (found.outcome, found.detail) == (
        Outcome.NOT_REQUIRED,
        f"{asked}; countersigned by {names}",
    )


def test_without_a_trust_file_each_check_still_says_something(tmp_path: Path) -> None:
    report = verify([whole().save(tmp_path / "case.zip")], None)
    assert {f.check for f in report.findings} == set(Check)
    excused = {f.check for f in report.findings if f.outcome is Outcome.NOT_REQUIRED}
    assert excused == {Check.EVIDENCE, Check.WITNESSES, Check.TIMESTAMP}


def test_how_many_records_of_what_are_under_the_checkpoint(tmp_path: Path) -> None:
    bundle = laptop()
    shown = bundle.files[layout.RECORDS].count(b"\n")
    companions = bundle.files[layout.COMPANIONS].count(b"\n")
    under = f"records under the checkpoint of {bundle.size}"
    found = of(examined(tmp_path, bundle), Check.INCLUSION)
    assert found.pop("companions") == f"{companions} {under}"
    assert found.pop("tallies and anchors") == f"1 {under}"
    assert found["item 1 of case K-2026/17"] == f"3 {under}"
    assert sum(int(said.partition(" ")[0]) for said in found.values()) == shown - 1


def test_how_many_records_of_each_chain_follow_each_other(tmp_path: Path) -> None:
    bundle = laptop()
    report = examined(tmp_path, bundle)
    chains = of(report, Check.CHAIN)
    assert chains.pop("order of the log") == ""
    entries = [e for e in bundle.read if isinstance(e, Entry) and bundle.shows(e.tag)]
    assert len(chains) == len({e.tag for e in entries})
    assert sum(int(said.removesuffix(" records")) for said in chains.values()) == len(entries)
    tallied = [said for said in of(report, Check.COMPLETENESS).values() if said.startswith("C1: ")]
    assert sorted(int(said.split()[-2]) for said in tallied) == sorted(
        int(said.removesuffix(" records")) for said in chains.values()
    )
