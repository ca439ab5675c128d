"""Bundles made to hide, mislead or exhaust: each was taken for good, or cost too much, once."""

import json
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from custody.core import canonical, tags, times
from custody.core.bundle import layout
from custody.core.findings import Check, Outcome
from custody.core.proof import Proof
from custody.core.state import Case, Item
from custody.core.verify import verify
from tests.bundles import Bundle, bad, examined, line, trust_in
from tests.signers import ed25519_signer
from tests.test_checks_bag import MANIFEST, segmented
from tests.test_hidden_items import CHOSEN, c3, three_items, two_of_them
from tests.worlds import Story, World, story, tell

MIB = 1 << 20


def whole(told: Story, **more: Any) -> Bundle:
    return Bundle(told.world, told.case, told.olga, **more)


@pytest.mark.parametrize("name", ["0001.aff", "0001", "0001.e01.txt"])
def test_a_second_file_of_one_number_beside_segments(name: str, tmp_path: Path) -> None:
    bundle = segmented()
    bundle.files = {f"data/items/2/{name}": b"what a reader may open first", **bundle.files}
    found = bad(examined(tmp_path, bundle))
    assert found
    assert {f.check for f in found} == {Check.EVIDENCE}


def test_a_manifest_of_more_files_than_were_signed_ends_there(tmp_path: Path) -> None:
    bundle = segmented()
    more = line(blake3="00" * 32, path="x", sha256="00" * 32, size=0, type="segment") + b"\n"
    bundle.files["data/items/2/manifest.jsonl"] = MANIFEST + more * 3000
    found = bad(examined(tmp_path, bundle))
    assert len(found) == 2
    assert "more files, recorded 2" in found[1].detail


def test_a_proof_without_the_ml_dsa_line_convicts_nobody(tmp_path: Path) -> None:
    """Whoever breaks Ed25519 alone could else make every honest bundle fail."""
    told = story()
    other = replace(told, world=told.world.fork())
    for each, words in ((told, "as it was"), (other, "forged")):
        each.world.record("note.recorded", [told.laptop], {"note": words}, signers=[told.dora])
    proof = Proof.read(whole(other).proof(len(told.world.records) - 1))
    note = proof.note._replace(signatures=proof.note.signatures[:1])
    alone = Proof(proof.index, proof.path, note, proof.extra)
    bundle = whole(told)
    report = examined(tmp_path, bundle, proofs=[alone.encode()])
    (found,) = bad(report)
    assert (found.check, found.outcome) == (Check.COMPLETENESS, Outcome.UNDETERMINED)
    assert found.detail.endswith("its checkpoint lacks the log's ML-DSA-44 signature")
    both = examined(tmp_path, bundle, proofs=[proof.encode()])
    assert both.verdict is Outcome.FAILED


def test_a_key_that_opens_nothing_does_not_make_chosen_items_a_whole_case(tmp_path: Path) -> None:
    told = three_items()
    made = whole(told, items=two_of_them(told), mirror=True)
    keys = canonical.decode(made.files[layout.KEYS], layout.KEYS_BYTES)
    keys["cases"] = [{"key": "00" * 32, "reference": "K-2026/17"}]
    made.files[layout.KEYS] = canonical.encode(keys)
    report = examined(tmp_path, made)
    assert any(each.startswith(CHOSEN) for each in report.not_proved)


class WithEmptyCase(Bundle):
    """Chosen items of one case, beside another case that is shown whole and is empty."""

    other = ""

    def shows(self, tag: str) -> bool:
        case = self.world.states[self.other]
        assert isinstance(case, Case)
        return super().shows(tag) or tag == case.register

    def keys(self) -> dict[str, Any]:
        reference, key = self.world.case_keys[self.case]
        subjects = []
        for tag, state in self.world.states.items():
            if tag == self.case or (isinstance(state, Item) and self.shows(tag)):
                number = {"number": state.number} if isinstance(state, Item) else {}
                kind = "item" if number else "case"
                own = tags.subject_key(key, kind, reference, number.get("number")).hex()
                subjects.append({"key": own, "kind": kind, "reference": reference, **number})
        other, key = self.world.case_keys[self.other]
        cases = [{"key": key.hex(), "reference": other}]
        return {"v": 1, "cases": cases, "subjects": subjects}


def test_the_key_of_another_case_does_not_make_chosen_items_a_whole_case(tmp_path: Path) -> None:
    told = three_items()
    WithEmptyCase.other = told.world.open_case("K-9", by=told.olga)
    made = WithEmptyCase(told.world, told.case, told.olga, two_of_them(told), mirror=True)
    report = examined(tmp_path, made)
    assert report.verdict is Outcome.PASSED
    (level,) = c3(report)
    assert level.endswith("nothing was left out of the subjects shown")
    assert any(each.startswith(CHOSEN) for each in report.not_proved)


def test_a_proof_of_an_item_that_the_bundle_of_its_case_does_not_show(tmp_path: Path) -> None:
    """The register's tally is false too; who kept a proof of the item has the operator."""
    told = story()
    honest = replace(told, world=told.world.fork())
    phone = honest.world.seize(told.case, 2, told.warrant, by=told.dora)
    n = honest.world.chains[phone].count + len(told.world.records)
    proof = whole(honest).proof(n)
    told.world.now += 3600
    for _ in range(3):
        told.world.record("note.recorded", [told.laptop], {}, signers=[told.dora])
    found = bad(examined(tmp_path, whole(told), proofs=[proof]))
    (hidden,) = [f for f in found if "shows it of item 2" in f.detail]
    assert (hidden.check, hidden.outcome) == (Check.COMPLETENESS, Outcome.FAILED)


def test_two_bundles_of_one_name_are_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = story()
    first, folder = whole(told), tmp_path / "sub"
    folder.mkdir()
    data = first.save(tmp_path / "case.zip").read_bytes()
    made = {"export": first.export, "sha256": sha256(data).hexdigest(), "size": len(data)}
    told.world.record("export.created", [told.case], made, signers=[told.olga])
    whole(told, mirror=True).save(folder / "case.zip")
    monkeypatch.chdir(tmp_path)
    report = verify([Path("sub/case.zip"), Path("case.zip")], trust_in(told.world))
    assert bad(report) == []
    assert len({source.name for source in report.sources}) == 2


def test_a_key_that_came_later_signs_no_older_bundle(tmp_path: Path) -> None:
    """Who enrols could else add a key to the exporter, and sign other manifests with it."""
    told = story()
    older, later = whole(told), ed25519_signer(91)
    asked = told.world.request("Olga", later, actor=told.olga.tag)
    about = [told.olga.tag]
    told.world.record("key.registered", about, {"request": asked.body}, signers=[told.ada])
    newer = whole(told, mirror=True).save(tmp_path / "newer.zip")
    older.exporter = told.olga.using(later)
    report = verify([older.save(tmp_path / "older.zip"), newer], trust_in(told.world))
    (found,) = bad(report)
    assert found.subject == "older.zip: signature.json"
    assert found.detail == "not signed with a key of the person who prepared the export"


@pytest.mark.parametrize(
    "name", ["data/README.txt.html", "data/ledger/timestamps/9.1.tsr", "data/README.txt.d/x"]
)
def test_what_only_looks_like_the_ledgers_own_is_the_exporters_word(
    name: str, tmp_path: Path
) -> None:
    bundle = whole(story())
    bundle.files[name] = b"all is well\n"
    report = examined(tmp_path, bundle)
    assert any("not vouched for by any signed entry" in each for each in report.not_proved)


def test_a_shown_record_of_a_later_kind_is_not_passed_over(tmp_path: Path) -> None:
    told = story()
    world, n = told.world, len(told.world.records)
    members = {"v": 1, "kind": "later", "n": n, "at": world.now, "chain": world._head()}
    later = canonical.encode(members)
    world._leaf(later)
    bundle = whole(told)
    records = [*bundle.files[layout.RECORDS].splitlines(), later]
    bundle.lines(layout.RECORDS, sorted(records, key=lambda each: int(json.loads(each)["n"])))
    proof = {"n": n, "path": bundle.path(n)}
    bundle.edit(
        layout.PROOFS, lambda v: v.insert(next(k for k, p in enumerate(v) if p["n"] > n), proof)
    )
    (found,) = bad(examined(tmp_path, bundle))
    assert (found.check, found.outcome) == (Check.COMPLETENESS, Outcome.UNDETERMINED)
    assert found.subject == f"case.zip: record {n}"


@contextmanager
def memory(most: int) -> Iterator[None]:
    """Not more bytes than that are allocated inside."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < most
    finally:
        tracemalloc.stop()


TABLES = (
    layout.RECORDS,
    layout.PROOFS,
    layout.SUBJECTS,
    layout.COMPANIONS,
    layout.CONSISTENCY,
    layout.DISCLOSURES,
    layout.MIRROR,
)


@pytest.mark.parametrize("table", TABLES)
def test_a_file_of_nothing_but_faults_is_left_unread(table: str, tmp_path: Path) -> None:
    bundle = whole(story())
    bundle.files[table] = b"\n" * 50_000
    report = examined(tmp_path, bundle)
    of_it = [f for f in bad(report) if table in f.subject or "mirror" in f.subject]
    assert layout.FAULTS < len(of_it) < layout.FAULTS + 5
    assert any("1000 faults so far: the rest is not read" in f.detail for f in of_it)


def test_names_of_a_thousand_folders_are_refused(tmp_path: Path) -> None:
    bundle = whole(story())
    bundle.files |= {f"data/{n:03d}/{'a/' * 480}x": b"" for n in range(200)}
    path = bundle.save(tmp_path / "case.zip")
    with memory(20 * MIB):
        report = verify([path], trust_in(bundle.world))
    assert "has more than 16 parts" in bad(report)[0].detail


def test_more_case_keys_than_any_bundle_needs_are_refused(tmp_path: Path) -> None:
    """With a mirror each costs the search for all items that its case could have."""
    bundle = whole(story())
    cases = [{"key": f"{n:064x}", "reference": "K"} for n in range(layout.CASE_KEYS + 1)]
    keys = canonical.encode({"v": 1, "cases": cases, "subjects": []})
    bundle.files[layout.KEYS] = keys
    details = [f.detail for f in bad(examined(tmp_path, bundle)) if f.check is Check.STRUCTURE]
    assert "17 case keys, more than 16" in details


def forged_beside(told: Story) -> tuple[Bundle, Bundle]:
    """An honest bundle of the laptop, and one that says of another's record that it is of it."""
    phone = told.world.seize(told.case, 2, told.warrant, by=told.dora)
    honest = whole(told, items=[told.laptop], mirror=True)
    other = whole(told, items=[told.laptop])
    n = max(n for n, each in enumerate(other.read) if getattr(each, "tag", "") == phone)
    entry = canonical.encode({**json.loads(other.records[n]), "tag": told.laptop})
    shown = [*other.files[layout.RECORDS].splitlines(), entry]
    other.lines(layout.RECORDS, sorted(shown, key=lambda each: int(json.loads(each)["n"])))
    return honest, other


def test_a_record_that_is_in_no_log_speaks_against_no_other_bundle(tmp_path: Path) -> None:
    told = story()
    honest, other = forged_beside(told)
    paths = [b.save(tmp_path / f"{n}.zip") for n, b in (("honest", honest), ("other", other))]
    found = bad(verify(paths, trust_in(told.world)))
    assert any(f.check is Check.INCLUSION for f in found)
    assert [f for f in found if f.subject.startswith("honest.zip")] == []


def test_an_earlier_root_that_is_not_proved_makes_no_fork(tmp_path: Path) -> None:
    told = story()
    other, honest = whole(told), whole(told, mirror=True)
    other.edit(layout.CONSISTENCY, lambda values: values[0].update(root="ab" * 32))
    paths = [b.save(tmp_path / f"{n}.zip") for n, b in (("honest", honest), ("other", other))]
    found = bad(verify(paths, trust_in(told.world)))
    assert Check.FRESHNESS in {f.check for f in found}
    assert Check.CHECKPOINT not in {f.check for f in found}


class Far(World):
    """Its clock leaps out of the calendar for the tally."""

    def tally(self) -> None:
        self.now = 2**53 - 1
        super().tally()


def test_a_time_of_no_calendar_is_no_failure_of_the_verifier(tmp_path: Path) -> None:
    """Not every system has a date for it."""
    report = examined(tmp_path, whole(tell(Far())))
    assert report.sources[0].tallied == "Unix time 9007199254740991"
    assert times.spelt(times.LAST) == "9999-12-31T23:59:59Z"


@pytest.mark.parametrize("days", [0, 30])
def test_an_announcement_does_not_serve_for_what_came_after_it(days: int, tmp_path: Path) -> None:
    told = story()
    given = {"evidence": False, "mirror": False}
    n = len(told.world.records)
    announced = told.world.record("export.prepared", [told.case], given, signers=[told.olga])
    for _ in range(days):
        told.world.now += 86_400
        told.world.record("note.recorded", [told.laptop], {}, signers=[told.dora])
    bundle = whole(told)
    if days:
        bundle.export = announced
    said = examined(tmp_path, bundle).not_proved
    words = f"case.zip: {days + 1} of its records were made after record {n}, which announced it"
    assert [each for each in said if "announced" in each] == (
        [f"that a bundle of this content was announced to anybody: {words}"] if days else []
    )
