"""Bundles laid over each other: what is not under the log's checkpoint speaks against no other. (SPEC §12)"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from custody.core.bundle import layout
from custody.core.findings import Check, Finding, Outcome, Report
from custody.core.verify import verify
from tests.bundles import Bundle, bad, trust_in
from tests.worlds import Story, story

BOTH_WAYS = pytest.mark.parametrize("turned", [False, True], ids=["after", "before"])


def whole(told: Story, mirror: bool = False) -> Bundle:
    return Bundle(told.world, told.case, told.olga, mirror=mirror)


def beside(folder: Path, honest: Bundle, other: Bundle, turned: bool) -> Report:
    """Both together; `turned`: the other one is named first."""
    paths = [honest.save(folder / "honest.zip"), other.save(folder / "other.zip")]
    return verify(paths[::-1] if turned else paths, trust_in(honest.world))


def forked(told: Story, mirror: bool) -> tuple[Bundle, Bundle]:
    """The honest bundle, and one of a log that went another way in record 14, with its mirror."""
    other = replace(told, world=told.world.fork())
    told.world.record("note.recorded", [told.laptop], {"note": "here"}, signers=[told.dora])
    other.world.record("note.recorded", [told.laptop], {"note": "there"}, signers=[told.dora])
    return whole(told), whole(other, mirror)


def without_ed25519(lines: list[bytes]) -> list[bytes]:
    return [*lines[:-2], lines[-1]]


def without_ml_dsa(lines: list[bytes]) -> list[bytes]:
    return lines[:-1]


@BOTH_WAYS
@pytest.mark.parametrize("spoil", [without_ed25519, without_ml_dsa])
def test_a_log_that_nobody_signed_makes_no_fork_and_takes_no_place(
    tmp_path: Path, spoil: Callable[[list[bytes]], list[bytes]], turned: bool
) -> None:
    """Else whoever writes a log of his own could have an honest bundle's entries called strays."""
    honest, other = forked(story(), mirror=True)
    other.files[layout.CHECKPOINT] = b"".join(spoil(other.note.splitlines(keepends=True)))
    report = beside(tmp_path, honest, other, turned)
    assert report.verdict is Outcome.FAILED
    assert [f.subject for f in bad(report) if f.check is Check.CHECKPOINT] == [
        f"other.zip: checkpoint of {other.size} records"
    ]
    assert [f for f in bad(report) if "honest.zip" in f.subject] == []
    assert signature_of("honest.zip") in report.findings


def signature_of(name: str) -> Finding:
    """That a bundle's own signature passes: the entry that announced it is known."""
    subject = f"{name}: {layout.SIGNATURE}"
    return Finding(Check.FIXITY, Outcome.PASSED, subject, "signed by who prepared the export")


@BOTH_WAYS
def test_the_same_fork_under_the_logs_own_signature_is_the_logs_fault(
    tmp_path: Path, turned: bool
) -> None:
    report = beside(tmp_path, *forked(story(), mirror=False), turned)
    names = "other.zip and honest.zip" if turned else "honest.zip and other.zip"
    found = {(f.check, f.outcome, f.subject) for f in bad(report)}
    assert (Check.CHAIN, Outcome.FAILED, f"record 14 of {names}") in found
    assert (Check.CHECKPOINT, Outcome.FAILED, names) in found


@BOTH_WAYS
def test_a_mirror_that_was_altered_makes_no_fork(tmp_path: Path, turned: bool) -> None:
    """Whoever exports could else convict the log, and the bundles of others with it."""
    told = story()
    honest = whole(told)
    told.world.record("note.recorded", [told.laptop], signers=[told.dora])
    other = whole(told, mirror=True)
    lines = list(other.records)
    lines[5] = lines[5].replace(b'"at":17', b'"at":18')
    other.lines(layout.MIRROR, lines)
    report = beside(tmp_path, honest, other, turned)
    found = bad(report)
    assert "other.zip: mirror" in {f.subject for f in found}
    assert {f.check for f in found} == {Check.COMPLETENESS}
    assert [f for f in found if not f.subject.startswith("other.zip: ")] == []


@BOTH_WAYS
def test_a_record_that_is_not_in_the_tree_takes_no_place(tmp_path: Path, turned: bool) -> None:
    told = story()
    honest, other = whole(told), whole(told)
    lines = other.files[layout.RECORDS].splitlines()
    lines[7] = lines[7].replace(b'"at":17', b'"at":16')
    other.lines(layout.RECORDS, lines)
    report = beside(tmp_path, honest, other, turned)
    found = bad(report)
    assert (Check.INCLUSION, "other.zip: record 7") in {(f.check, f.subject) for f in found}
    assert [f for f in found if not f.subject.startswith("other.zip: ")] == []


@BOTH_WAYS
def test_what_accompanies_a_later_entry_is_none_of_an_older_bundle(
    tmp_path: Path, turned: bool
) -> None:
    """Of the laptop only a record of it is shown there, and not what came of it: it is no entry."""
    told = story()
    phone = told.world.seize(told.case, 2, told.warrant, by=told.dora)
    honest = Bundle(told.world, told.case, told.olga, [told.laptop])
    told.world.record("note.recorded", [told.laptop, phone], {"note": "x"}, signers=[told.dora])
    report = beside(tmp_path, honest, Bundle(told.world, told.case, told.olga, [phone]), turned)
    assert bad(report) == []
    read = {f.subject: f.detail for f in report.findings if f.check is Check.STATEMENT}
    assert read["item 1 of case K-2026/17"] == "3 entries"
