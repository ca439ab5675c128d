"""Whole bundles: what an honest one gives, and that nothing can be left unasked."""

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from custody.core.__main__ import main
from custody.core.bundle import layout
from custody.core.errors import StorageError, UsageError
from custody.core.findings import EXCUSABLE, Check, Outcome
from custody.core.note import VerifierKey
from custody.core.summary import OTHER_LEDGER
from custody.core.text import as_text
from custody.core.verify import verify
from tests.bundles import Bundle, bad, examined, outcomes, trust_in, zipped
from tests.memory import LOG_KEY
from tests.worlds import Story, World, story


def whole(told: Story, mirror: bool = False) -> Bundle:
    return Bundle(told.world, told.case, told.olga, mirror=mirror)


def laptop(told: Story) -> Bundle:
    return Bundle(told.world, told.case, told.olga, items=[told.laptop])


@pytest.mark.parametrize("make", [whole, laptop, lambda told: whole(told, mirror=True)])
def test_an_honest_bundle_passes(tmp_path: Path, make: Callable[[Story], Bundle]) -> None:
    report = examined(tmp_path, make(story()))
    assert bad(report) == []
    assert report.verdict is Outcome.PASSED
    assert {finding.check for finding in report.findings} == set(Check)
    excused = {f.check for f in report.findings if f.outcome is Outcome.NOT_REQUIRED}
    assert excused == EXCUSABLE


def test_each_shown_subject_owes_a_pass_to_each_check_about_it(tmp_path: Path) -> None:
    told = story()
    report = examined(tmp_path, whole(told))
    subjects = len(told.world.states)
    for check in (Check.STATEMENT, Check.SIGNATURE, Check.RULES, Check.REDACTIONS):
        names = [f.subject for f in report.findings if f.check is check]
        assert len(names) == len(set(names)) == subjects, check
    assert sum(f.check is Check.COMPLETENESS for f in report.findings) == subjects + 1
    assert sum(f.check is Check.KEY for f in report.findings) == subjects + 1


def test_people_and_items_are_called_by_their_names(tmp_path: Path) -> None:
    text = as_text(examined(tmp_path, whole(story())))
    names = {f.subject for f in examined(tmp_path, whole(story())).findings}
    assert "item 1 of case K-2026/17" in names
    assert any(name.startswith("Olga (") for name in names)
    assert "item 1 of case K-2026/17: nobody is on file as holding it" in text


def test_a_bundle_of_one_item_shows_of_others_only_how_many(tmp_path: Path) -> None:
    told = story()
    phone = told.world.seize(told.case, 2, told.warrant, by=told.dora)
    note = {"note": "both seen"}
    told.world.record("note.recorded", [told.laptop, phone], note, signers=[told.dora])
    report = examined(tmp_path, laptop(told))
    assert report.verdict is Outcome.PASSED
    assert "2 other subjects that take part in shown entries: blinded tags only" in report.withheld
    assert not any("item 2" in line for line in report.withheld)


def test_an_item_of_the_register_that_is_not_shown_is_named(tmp_path: Path) -> None:
    told = story()
    bundle = whole(told)
    phone = told.world.item_tag(told.case, 2)
    told.world.seize(told.case, 2, told.warrant, by=told.dora)
    hiding = whole(told)
    chain = [n for n, e in enumerate(hiding.read) if getattr(e, "tag", "") == phone]
    hide(hiding, phone, chain)
    report = examined(tmp_path, hiding)
    assert outcomes(report, Check.COMPLETENESS) == {Outcome.PASSED, Outcome.FAILED}
    assert "item 2 of case K-2026/17, registered and not shown" in report.withheld
    assert examined(tmp_path, bundle).verdict is Outcome.PASSED


def hide(bundle: Bundle, tag: str, chain: list[int]) -> None:
    """Leave a subject out as an honest export would: its shared records become companions."""
    records = [r for n, r in enumerate(bundle.records) if n not in chain]
    bundle.lines(layout.RECORDS, records)
    bundle.edit(layout.PROOFS, lambda values: remove(values, lambda v: v["n"] in chain))
    bundle.edit(layout.SUBJECTS, lambda values: remove(values, lambda v: v["tag"] == tag))
    shared = {json.loads(r).get("env") for r in records}
    companions = [n for n in chain if json.loads(bundle.records[n])["env"] in shared]
    bundle.edit(
        layout.COMPANIONS,
        lambda values: values.extend(
            {"n": n, "path": bundle.path(n), "record": json.loads(bundle.records[n])}
            for n in companions
        ),
    )
    gone = {json.loads(bundle.records[n])["env"] for n in chain} - shared
    for env in gone:
        del bundle.files[layout.ENVELOPE.format(env)]
    bundle.edit(layout.DISCLOSURES, lambda values: remove(values, lambda v: v["env"] in gone))


def remove(values: list[dict[str, object]], which: Callable[[dict[str, object]], bool]) -> None:
    values[:] = [value for value in values if not which(value)]


def test_without_a_trust_file_everything_is_run_and_nothing_decided(tmp_path: Path) -> None:
    bundle = whole(story())
    path = bundle.save(tmp_path / "case.zip")
    report = verify([path], None)
    assert report.verdict is Outcome.UNDETERMINED
    assert {f.check for f in bad(report)} == {Check.CHECKPOINT, Check.KEY}
    assert outcomes(report, Check.RULES) == {Outcome.PASSED}
    genesis = bundle.leaves[0].hex()
    spoken = " ".join(genesis[at : at + 4] for at in range(0, 64, 4))
    assert f"record 0, by the bundle's own word: {spoken}" in as_text(report)


def test_another_ledgers_bundle_leads_with_that_and_proves_its_own_word_only(
    tmp_path: Path,
) -> None:
    bundle = whole(story())
    path = bundle.save(tmp_path / "case.zip")
    foreign = VerifierKey("other.example", LOG_KEY.type, LOG_KEY.public)
    theirs = World(origin="other.example")
    theirs.found("Ada")
    wrong = trust_in(theirs, log=foreign, log_mldsa=None, groups=(), quorum="none")
    report = verify([path], wrong)
    assert report.verdict is Outcome.FAILED
    assert report.leading == (f"case.zip: {OTHER_LEDGER}",)
    assert OTHER_LEDGER.startswith("this bundle is not from the ledger that the trust file names")
    text = as_text(report)
    assert text.split("\n")[1] == f"  {report.leading[0]}"
    word = "only within the bundle's own word, because of CHECKPOINT and KEY:"
    assert report.proved[0] == word
    assert f"PROVED\n  {word}\n" in text
    assert "the log signed the checkpoint (CHECKPOINT: 1 FAILED)" in report.not_proved


def test_nothing_leads_a_good_report_and_its_proofs_stand(tmp_path: Path) -> None:
    report = examined(tmp_path, whole(story()))
    assert report.leading == ()
    assert not any("own word" in line for line in report.proved)
    assert not any("FAILED" in line for line in report.not_proved)


def test_withheld_fields_are_listed_and_fail_nothing(tmp_path: Path) -> None:
    bundle = whole(story())
    bundle.edit(
        layout.DISCLOSURES,
        lambda values: remove(values, lambda v: v["name"] in ("serial", "owner")),
    )
    report = examined(tmp_path, bundle)
    assert report.verdict is Outcome.PASSED
    assert any("(item.registered): owner, serial" in line for line in report.withheld)


def test_the_exporters_own_files_are_called_so(tmp_path: Path) -> None:
    bundle = whole(story())
    bundle.files["data/reports/register.pdf"] = b"%PDF"
    report = examined(tmp_path, bundle)
    assert report.verdict is Outcome.PASSED
    assert any(
        line.startswith("in the bundle, not vouched for by any signed entry: case.zip has files")
        and line.endswith("the exporter's own word: 1 in data, 1 in data/reports")
        for line in report.not_proved
    )
    assert not any("data/reports" in line for line in report.withheld)


def test_who_waits_is_told_of_each_byte_as_often_as_it_is_read(tmp_path: Path) -> None:
    path = whole(story()).save(tmp_path / "case.zip")
    told: list[int] = []
    verify([path], None, progress=told.append)
    with zipfile.ZipFile(path) as archive:
        inside = sum(info.file_size for info in archive.infolist())
    assert sum(told) == path.stat().st_size + inside


def test_a_file_that_is_no_zip_is_a_failure_beside_others(tmp_path: Path) -> None:
    bundle = whole(story())
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"PK and nothing more of a zip")
    good = bundle.save(tmp_path / "case.zip")
    report = verify([broken, good], trust_in(bundle.world))
    assert report.verdict is Outcome.FAILED
    assert [(f.check, f.subject) for f in bad(report)] == [(Check.STRUCTURE, "broken.zip")]


def test_an_empty_bag_decides_nothing_well(tmp_path: Path) -> None:
    bundle = whole(story())
    path = tmp_path / "empty.zip"
    path.write_bytes(zipped({"data/README.txt": b"trust me"}))
    report = verify([path], trust_in(bundle.world))
    assert report.verdict is Outcome.FAILED
    assert not any(f.outcome is Outcome.PASSED for f in report.findings if f.check is Check.RULES)


def test_an_origin_that_no_ledger_can_have_is_a_finding(tmp_path: Path) -> None:
    bundle = whole(story())
    bundle.files[layout.CHECKPOINT] = bundle.note.replace(b"agency", b"a\x7fency", 1)
    report = examined(tmp_path, bundle)
    assert report.verdict is Outcome.FAILED
    assert any(f.check is Check.CHECKPOINT and "control" in f.detail for f in bad(report))


def test_bundles_of_two_ledgers_and_no_bundle_at_all_are_wrong_usage(tmp_path: Path) -> None:
    told, other = story(), World(origin="other.example")
    ada = other.found("Ada", "defr")
    case = other.open_case("X", by=ada)
    paths = [
        whole(told).save(tmp_path / "a.zip"),
        Bundle(other, case, ada).save(tmp_path / "b.zip"),
    ]
    with pytest.raises(UsageError, match="different ledgers"):
        verify(paths, None)
    with pytest.raises(UsageError, match="at least one bundle"):
        verify([], None)
    with pytest.raises(StorageError, match="nowhere"):
        verify([tmp_path / "nowhere.zip"], None)


def test_the_command_prints_and_exits_as_it_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = whole(story())
    path, trust = str(bundle.save(tmp_path / "case.zip")), tmp_path / "trust"
    trust.write_bytes(trust_in(bundle.world).encode())
    assert main([path, "--trust", str(trust)]) == 0
    assert "Every check was made" in capsys.readouterr().out
    assert main([path]) == 3
    assert "COULD NOT BE MADE" in capsys.readouterr().out
    bundle.files[layout.README] = b"changed"
    bundle.save(tmp_path / "case.zip", bundle.bag(manifest_sha256="00" * 32))
    assert main([path, "--trust", str(trust), "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["verdict"] == "FAILED"
    assert main([path, "--trust", path]) == 2
    assert "trust file" in capsys.readouterr().err
    assert main([str(tmp_path / "nowhere")]) == 5
    assert "nowhere" in capsys.readouterr().err


def test_the_command_writes_to_whatever_stands_for_a_terminal(tmp_path: Path) -> None:
    bundle = whole(story())
    with redirect_stdout(io.StringIO()) as told:
        assert main([str(bundle.save(tmp_path / "case.zip"))]) == 3
    assert "COULD NOT BE MADE" in told.getvalue()


def test_the_command_takes_proofs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bundle = whole(story())
    path, trust, proof = bundle.save(tmp_path / "c.zip"), tmp_path / "trust", tmp_path / "proof"
    trust.write_bytes(trust_in(bundle.world).encode())
    proof.write_bytes(bundle.proof(8))
    assert main([str(path), "--trust", str(trust), "--proof", str(proof)]) == 0
    assert "C2: 1 records that others show are all here" in capsys.readouterr().out


def test_the_verifier_runs_alone_and_in_any_locale(tmp_path: Path) -> None:
    told = story()
    told.world.record(
        "note.recorded", [told.laptop], {"note": "žluťoučký 証拠"}, signers=[told.dora]
    )
    path = whole(told).save(tmp_path / "case.zip")
    code = (
        "import sys\n"
        "for name in ('sqlmodel', 'sqlalchemy', 'pydantic', 'fastapi', 'click', 'rich', 'pyewf'):\n"
        "    sys.modules[name] = None\n"
        "from custody.core.__main__ import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        env={"PYTHONPATH": ".:schemas", "LC_ALL": "C", "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (3, b"")
    assert b"NOT PROVED" in done.stdout
