"""STRUCTURE, FIXITY and EVIDENCE: files that are missing, spare, changed, or nobody's."""

from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from blake3 import blake3

from custody.core import canonical, dsse
from custody.core.bundle import layout
from custody.core.findings import Check, Finding, Outcome
from custody.core.text import as_text
from custody.core.verify import verify
from tests.bundles import Bundle, bad, examined, outcomes, trust_in, zipped
from tests.worlds import Story, story

FILE = "data/items/2/0001.dd"
IMAGE = b"an image of a disk " * 5000


def told_with(content: dict[str, Any], **personal: Any) -> tuple[Story, str]:
    """The story, with item 2 acquired by Eve; its tag."""
    told = story()
    tag = told.world.register(told.case, 2, by=told.eve)
    given = {"content": content, "stored_hash": "not_applicable", **personal}
    told.world.record("item.acquired", [tag], given, signers=[told.eve])
    return told, tag


def content_of(data: bytes, **more: Any) -> dict[str, Any]:
    small = len(data) < 65_536
    digests = {"sha256": sha256(data).hexdigest(), "blake3": blake3(data).hexdigest()}
    members = {"form": "file", "count": 1, "size": len(data), "where": "vault", **more}
    return members if small else {**members, **digests}


def imaged(files: Mapping[str, bytes] | None = None, **given: Any) -> Bundle:
    told, _ = told_with(content_of(IMAGE))
    evidence = {FILE: IMAGE} if files is None else files
    return Bundle(told.world, told.case, told.olga, evidence=evidence, **given)


def failures(folder: Path, bundle: Bundle, **more: Any) -> list[tuple[Check, str, str]]:
    report = examined(folder, bundle, **more)
    assert report.verdict is Outcome.FAILED
    return [(f.check, f.subject, f.detail) for f in bad(report)]


def test_evidence_that_matches_passes(tmp_path: Path) -> None:
    report = examined(tmp_path, imaged())
    assert report.verdict is Outcome.PASSED
    passed = Finding(
        Check.EVIDENCE,
        Outcome.PASSED,
        "case.zip: item 2 of case K-2026/17",
        "1 files, as signed in record 16",
    )
    assert passed in report.findings
    assert any("the media in them not decoded" in line for line in report.not_proved)


def test_a_changed_file_fails_by_both_digests_and_its_size(tmp_path: Path) -> None:
    found = failures(tmp_path, imaged({FILE: IMAGE + b"!"}))
    assert {check for check, _, _ in found} == {Check.EVIDENCE}
    details = " ".join(detail for _, _, detail in found)
    for telling in ("SHA-256 is", "BLAKE3 is", "bytes are 95001, recorded 95000"):
        assert telling in details


def test_a_second_file_and_one_of_no_item_are_nobodys(tmp_path: Path) -> None:
    files = {FILE: IMAGE, "data/items/2/0002.dd": b"x", "data/items/9/0001.bin": b"y"}
    found = failures(tmp_path, imaged(files))
    assert [(s, d) for _, s, d in found] == [
        ("case.zip: item 2 of case K-2026/17: data/items/2/0002.dd", "no shown entry names it"),
        ("case.zip: data/items/9/0001.bin", "no shown entry names it"),
    ]


def test_content_that_was_not_announced(tmp_path: Path) -> None:
    """No rule asked whether it may leave, and no certificate counts the copy."""
    bundle = imaged({})
    bundle.files[FILE] = IMAGE
    detail = "the export did not announce its content, and it is inside"
    item = "case.zip: item 2 of case K-2026/17"
    assert failures(tmp_path, bundle) == [(Check.EVIDENCE, item, detail)]


def test_files_of_an_item_without_content_are_nobodys(tmp_path: Path) -> None:
    found = failures(tmp_path, imaged({FILE: IMAGE, "data/items/1/0001.bin": b"z"}))
    assert found == [
        (
            Check.EVIDENCE,
            "case.zip: item 1 of case K-2026/17: 0001.bin",
            "no content of it is on file",
        )
    ]


def test_records_only_is_not_required_and_said(tmp_path: Path) -> None:
    report = examined(tmp_path, imaged({}))
    assert report.verdict is Outcome.PASSED
    assert outcomes(report, Check.EVIDENCE) == {Outcome.NOT_REQUIRED}
    line = "case.zip: item 2 of case K-2026/17: its content is not in the bundle"
    assert line in report.withheld


def test_content_that_the_export_promises_and_lacks_fails(tmp_path: Path) -> None:
    found = failures(tmp_path, imaged({}, evidence_promised=True))
    assert [d for _, _, d in found] == ["the export promises the content; it is missing"]


def test_small_content_is_compared_with_its_opened_digests(tmp_path: Path) -> None:
    note = b"a short note"
    personal = {
        "content_sha256": sha256(note).hexdigest(),
        "content_blake3": blake3(note).hexdigest(),
    }
    told, tag = told_with(content_of(note), **personal)
    bundle = Bundle(told.world, told.case, told.olga, [tag], evidence={FILE: note})
    assert examined(tmp_path, bundle).verdict is Outcome.PASSED
    bundle.files[FILE] = b"a short nope"
    assert [detail.partition(":")[0] for _, _, detail in failures(tmp_path, bundle)] == [
        "is not the file that was recorded"
    ]
    bundle.files[FILE] = note
    bundle.edit(layout.DISCLOSURES, lambda values: drop(values, "name", "content_sha256"))
    report = examined(tmp_path, bundle)
    assert report.verdict is Outcome.UNDETERMINED
    assert [(f.check, f.detail) for f in bad(report)] == [
        (Check.EVIDENCE, "the signed digests are withheld")
    ]


def drop(values: list[dict[str, Any]], member: str, value: object) -> None:
    values[:] = [each for each in values if each[member] != value]


PARTS = [b"first part" * 4000, b"second part" * 4000]
MANIFEST = b"".join(
    canonical.encode(
        {
            "blake3": blake3(part).hexdigest(),
            "path": f"x.E0{n}",
            "sha256": sha256(part).hexdigest(),
            "size": len(part),
            "type": "segment",
        }
    )
    + b"\n"
    for n, part in enumerate(PARTS, 1)
)


def segmented(count: int = 2, **more: Any) -> Bundle:
    content = {
        **content_of(b"x" * 65_536, form="segments", count=count),
        "size": sum(map(len, PARTS)),
        "sha256": sha256(MANIFEST).hexdigest(),
        "blake3": blake3(MANIFEST).hexdigest(),
        **more,
    }
    told, _ = told_with(content)
    evidence = {"data/items/2/manifest.jsonl": MANIFEST}
    evidence |= {f"data/items/2/000{n}.e0{n}": part for n, part in enumerate(PARTS, 1)}
    return Bundle(told.world, told.case, told.olga, evidence=evidence)


def test_segments_are_those_of_the_signed_manifest(tmp_path: Path) -> None:
    assert examined(tmp_path, segmented()).verdict is Outcome.PASSED


@pytest.mark.parametrize(
    ("spoil", "telling"),
    [
        (lambda files: files.update({"data/items/2/0002.e02": b"other"}), "SHA-256 is"),
        (lambda files: files.pop("data/items/2/0001.e01"), "is missing"),
        (lambda files: files.update({"data/items/2/0003.e03": b"more"}), "is not in the manifest"),
        (lambda files: files.pop("data/items/2/manifest.jsonl"), "which was signed, is missing"),
        (
            lambda files: files.update({"data/items/2/manifest.jsonl": MANIFEST[:-9] + b"\n"}),
            "is no manifest of files",
        ),
        (
            lambda files: files.update({"data/items/2/manifest.jsonl": b'["x"]\n'}),
            "is no manifest of files: list",
        ),
    ],
)
def test_segments_that_are_not(
    tmp_path: Path, spoil: Callable[[dict[str, bytes]], object], telling: str
) -> None:
    bundle = segmented()
    spoil(bundle.files)
    found = failures(tmp_path, bundle)
    assert {check for check, _, _ in found} == {Check.EVIDENCE}
    assert any(telling in detail for _, _, detail in found)


FOLDED = b"what could be read" * 4000


def foldered(lines: list[dict[str, Any]], **given: Any) -> Bundle:
    """Item 2 as a folder of one file and these entries."""
    sums = {"sha256": sha256(FOLDED).hexdigest(), "blake3": blake3(FOLDED).hexdigest()}
    first = {"type": "file", "path": "x", "mtime": 0, "size": len(FOLDED), **sums}
    manifest = b"".join(canonical.encode(entry) + b"\n" for entry in (first, *lines))
    content = {
        **content_of(b"x" * 65_536, form="folder", count=1),
        "size": len(FOLDED),
        "sha256": sha256(manifest).hexdigest(),
        "blake3": blake3(manifest).hexdigest(),
    }
    told, _ = told_with(content, **given)
    evidence = {"data/items/2/manifest.jsonl": manifest, "data/items/2/0001.bin": FOLDED}
    return Bundle(told.world, told.case, told.olga, evidence=evidence)


def test_what_a_folder_kept_shut_is_an_adverse_fact(tmp_path: Path) -> None:
    report = examined(
        tmp_path,
        foldered(
            [
                {"type": "unreadable", "path": "y/a", "why": "EACCES"},
                {"type": "unreadable", "path": "y/b", "why": "EACCES"},
                {"type": "special", "path": "y/c", "what": "fifo"},
            ],
            unread=3,
        ),
    )
    assert report.verdict is Outcome.PASSED, bad(report)
    found = [(f.subject, f.detail) for f in report.adverse if f.kind == "unread"]
    item = "item 2 of case K-2026/17"
    kept_shut = (
        "2 entries of the folder could not be read (EACCES), 1 special file was not opened (fifo)"
    )
    assert (item, f"{kept_shut}; data/items/2/manifest.jsonl") in found
    assert any("3 entries of the folder could not be read or opened" in what for _, what in found)
    assert not [f for f in examined(tmp_path, foldered([])).adverse if f.kind == "unread"]


def test_a_manifest_that_ends_in_nonsense_still_says_what_was_kept_shut(tmp_path: Path) -> None:
    bundle = foldered([{"type": "unreadable", "path": "y", "why": "EIO"}])
    bundle.files["data/items/2/manifest.jsonl"] += b'{"type":["unreadable"]}\n'
    report = examined(tmp_path, bundle)
    assert report.verdict is Outcome.FAILED
    assert any("1 entry of the folder could not be read (EIO)" in f.detail for f in report.adverse)


def flipped(made: bytes, part: bytes) -> bytes:
    """The zip with one byte changed where `part` is stored."""
    at = made.index(part)
    return made[:at] + bytes([made[at] ^ 1]) + made[at + 1 :]


def test_one_changed_byte_of_the_zip_is_one_damaged_file_and_no_cascade(tmp_path: Path) -> None:
    bundle = imaged()
    path = tmp_path / "case.zip"
    path.write_bytes(flipped(zipped(bundle.bag()), IMAGE))
    report = verify([path], trust_in(bundle.world))
    named = f"case.zip: item 2 of case K-2026/17: {FILE}"
    assert {(f.check, f.subject) for f in bad(report)} == {
        (Check.FIXITY, f"case.zip: {FILE}"),
        (Check.EVIDENCE, named),
    }
    assert len(bad(report)) == 2
    assert [f.detail for f in bad(report) if f.check is Check.EVIDENCE] == [
        "is not the file that was recorded: it is damaged and does not unpack"
    ]
    assert report.leading == (f"{named} is not the file that was recorded",)
    assert as_text(report).split("\n")[1] == f"  {report.leading[0]}"


def test_a_damaged_manifest_of_segments_says_nothing_of_them(tmp_path: Path) -> None:
    bundle = segmented()
    path = tmp_path / "case.zip"
    path.write_bytes(flipped(zipped(bundle.bag()), MANIFEST))
    report = verify([path], trust_in(bundle.world))
    assert [f.detail for f in bad(report) if f.check is Check.EVIDENCE] == [
        "is not the file that was recorded: it is damaged and does not unpack"
    ]


def test_a_manifest_of_fewer_files_than_were_signed(tmp_path: Path) -> None:
    found = failures(tmp_path, segmented(count=3))
    assert [detail for _, _, detail in found] == ["2 files, recorded 3"]


def test_attached_documents_are_more_than_the_exporters_word(tmp_path: Path) -> None:
    told = story()
    scan = b"a scanned form"
    line = f"{sha256(scan).hexdigest()} {blake3(scan).hexdigest()} {len(scan)} form.pdf"
    told.world.record("note.recorded", [told.laptop], {"attachments": [line]}, signers=[told.dora])
    bundle = Bundle(told.world, told.case, told.olga)
    bundle.files[f"data/documents/{sha256(scan).hexdigest()}.pdf"] = scan
    report = examined(tmp_path, bundle)
    assert report.verdict is Outcome.PASSED
    assert not any("own word" in line and "data/documents" in line for line in report.not_proved)


STRUCTURES: dict[str, tuple[Callable[[dict[str, bytes]], object], str, str]] = {
    "no readme": (lambda f: f.pop(layout.README), layout.README, "is missing"),
    "no keys": (lambda f: f.pop(layout.KEYS), layout.KEYS, "is missing"),
    "a spare ledger file": (
        lambda f: f.update({"data/ledger/more.jsonl": b""}),
        "data/ledger/more.jsonl",
        "has no place",
    ),
    "a spare time stamp": (
        lambda f: f.update({"data/ledger/timestamps/15.exe": b""}),
        "15.exe",
        "has no place",
    ),
    "a pack under a false name": (
        lambda f: f.update({"data/ledger/packs/" + "00" * 32: b"rules"}),
        "00" * 32,
        "its name is not its SHA-256",
    ),
    "a spoilt line": (
        lambda f: f.update({layout.PROOFS: b"{}\n" + f[layout.PROOFS]}),
        "proofs.jsonl line 1",
        "exactly the members n, path",
    ),
    "lines out of order": (
        lambda f: f.update({layout.RECORDS: f[layout.RECORDS] + f[layout.RECORDS]}),
        "records.jsonl line 17",
        "out of order",
    ),
    "a last line without end": (
        lambda f: f.update({layout.SUBJECTS: f[layout.SUBJECTS][:-1]}),
        "subjects.jsonl",
        "no end",
    ),
    "keys of another version": (
        lambda f: f.update({layout.KEYS: b'{"cases":[],"subjects":[],"v":2}'}),
        layout.KEYS,
        "unknown version",
    ),
    "no checkpoint at all": (
        lambda f: f.update({layout.CHECKPOINT: b"agency.example/evidence\n15\n"}),
        layout.CHECKPOINT,
        "note",
    ),
}


@pytest.mark.parametrize("spoilt", STRUCTURES)
def test_structure(tmp_path: Path, spoilt: str) -> None:
    spoil, subject, telling = STRUCTURES[spoilt]
    told = story()
    bundle = Bundle(told.world, told.case, told.olga)
    spoil(bundle.files)
    found = failures(tmp_path, bundle)
    assert any(
        check is Check.STRUCTURE and subject in where and telling in detail
        for check, where, detail in found
    ), found


BAGS: dict[str, tuple[Callable[[dict[str, bytes]], object], Check, str]] = {
    "a changed file": (
        lambda f: f.update({layout.README: b"what this was\n"}),
        Check.FIXITY,
        "sha512 is",
    ),
    "a file that is not listed": (
        lambda f: f.update({"data/reports/new.txt": b"new"}),
        Check.FIXITY,
        "is not listed in manifest-sha512.txt",
    ),
    "a listed file that is not there": (
        lambda f: f.pop(layout.README),
        Check.FIXITY,
        "is listed in manifest-sha256.txt and is not there",
    ),
    "no manifest": (lambda f: f.pop("manifest-sha512.txt"), Check.FIXITY, "no file"),
    "no tag manifest": (lambda f: f.pop("tagmanifest-sha256.txt"), Check.STRUCTURE, "is missing"),
    "a file beside the bag": (
        lambda f: f.update({"notes.txt": b""}),
        Check.STRUCTURE,
        "has no place in a bundle",
    ),
    "an older BagIt": (
        lambda f: f.update({"bagit.txt": f["bagit.txt"].replace(b"1.0", b"0.97")}),
        Check.STRUCTURE,
        "not that of BagIt 1.0",
    ),
    "a wrong oxum": (
        lambda f: f.update({"bag-info.txt": b"Payload-Oxum: 1.1\n"}),
        Check.STRUCTURE,
        "Payload-Oxum states (1, 1)",
    ),
    "a signature that is none": (
        lambda f: f.update({"signature.json": b"{}"}),
        Check.FIXITY,
        "not a DSSE envelope",
    ),
}


@pytest.mark.parametrize("spoilt", BAGS)
def test_bag(tmp_path: Path, spoilt: str) -> None:
    spoil, check, telling = BAGS[spoilt]
    told = story()
    bundle = Bundle(told.world, told.case, told.olga)
    files = bundle.bag()
    spoil(files)
    found = failures(tmp_path, bundle, files=files)
    assert any(c is check and telling in detail for c, _, detail in found), found


@pytest.mark.parametrize(
    "stated",
    [
        {"manifest_sha256": "00" * 32},
        {"manifest_sha512": "00" * 32},
        {"ledger": "other.example"},
        {"checkpoint": {"size": 15, "root": "00" * 32}},
        {"v": 2},
    ],
)
def test_the_exporter_signed_something_else(tmp_path: Path, stated: dict[str, Any]) -> None:
    told = story()
    bundle = Bundle(told.world, told.case, told.olga)
    found = failures(tmp_path, bundle, files=bundle.bag(**stated))
    assert found == [
        (
            Check.FIXITY,
            "case.zip: signature.json",
            "what was signed is not this ledger, checkpoint and these manifests",
        )
    ]


def test_somebody_else_signed_the_manifests(tmp_path: Path) -> None:
    told = story()
    bundle = Bundle(told.world, told.case, told.olga)
    bundle.exporter = told.dora
    found = failures(tmp_path, bundle)
    assert "not signed with a key of the person who prepared the export" in found[0][2]


def test_the_signature_names_no_export_that_is_shown(tmp_path: Path) -> None:
    told = story()
    bundle = Bundle(told.world, told.case, told.olga)
    report = examined(tmp_path, bundle, files=bundle.bag(export="00" * 32))
    assert report.verdict is Outcome.UNDETERMINED
    assert [f.check for f in bad(report)] == [Check.FIXITY, Check.COMPLETENESS]
    other = examined(tmp_path, bundle, files=bundle.bag(export=bundle.world.runs[3].signed.id))
    assert "prepared the export is not shown" in bad(other)[0].detail


def test_a_statement_is_no_signature_of_a_bundle(tmp_path: Path) -> None:
    told = story()
    bundle = Bundle(told.world, told.case, told.olga)
    files = bundle.bag()
    payload = dsse.Envelope.read(files["signature.json"]).payload
    signed = dsse.sign(dsse.STATEMENT, payload, [told.olga.signer])
    files["signature.json"] = signed.encode()
    found = failures(tmp_path, bundle, files=files)
    assert any("not of a bundle" in detail for _, _, detail in found)


def test_tags_are_recomputed_from_their_keys(tmp_path: Path) -> None:
    told = story()
    bundle = Bundle(told.world, told.case, told.olga, [told.laptop])
    keys = bundle.keys()
    keys["subjects"] = [key for key in keys["subjects"] if key["kind"] != "item"]
    bundle.files[layout.KEYS] = canonical.encode(keys)
    report = examined(tmp_path, bundle)
    assert report.verdict is Outcome.UNDETERMINED
    assert [(f.check, f.detail) for f in bad(report)] == [
        (Check.STRUCTURE, "no key in keys.json opens it")
    ]


def test_a_document_that_is_not_enclosed_is_named_with_its_digest(tmp_path: Path) -> None:
    told = story()
    digest = sha256(b"a scanned form").hexdigest()
    line = f"{digest} {blake3(b'').hexdigest()} 14 form.pdf"
    n = len(told.world.records)
    told.world.record("note.recorded", [told.laptop], {"attachments": [line]}, signers=[told.dora])
    report = examined(tmp_path, Bundle(told.world, told.case, told.olga))
    assert report.verdict is Outcome.PASSED
    words = f"record {n}: form.pdf, attached to an entry and not enclosed (SHA-256 {digest})"
    assert words in report.withheld


def test_a_single_file_under_another_number_is_not_that_file(tmp_path: Path) -> None:
    found = failures(tmp_path, imaged({"data/items/2/0002.dd": IMAGE}))
    assert [detail for _, _, detail in found] == ["its one file is not called 0001"]


def test_a_manifest_whose_files_have_not_the_size_that_was_signed(tmp_path: Path) -> None:
    bundle = segmented(size=sum(map(len, PARTS)) + 1)
    total = sum(map(len, PARTS))
    found = failures(tmp_path, bundle)
    assert [detail for _, _, detail in found] == [f"{total} bytes, recorded {total + 1}"]


def test_without_the_entry_of_the_export_no_content_was_promised(tmp_path: Path) -> None:
    bundle = imaged({}, evidence_promised=True)
    report = examined(tmp_path, bundle, files=bundle.bag(export="00" * 32))
    assert report.verdict is Outcome.UNDETERMINED
    assert outcomes(report, Check.EVIDENCE) == {Outcome.NOT_REQUIRED}
