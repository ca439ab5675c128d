"""`custody export` that withholds: profiles, fields, sensitive content, encryption. (R83, R99)"""

import json
import shutil
import zipfile
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from custody.core.canonical import from_base64url
from custody.core.errors import MalformedError
from custody.core.findings import Outcome
from custody.core.verify import verify
from custody.store import recipients
from tests import aged
from tests.bench import Bench, bench

SECRET = bytes(range(32))
PACK = """
name = "house"
version = 1
title = "rules of the house"
example = true
cooling_off_days = 1
justification = false
[[profiles]]
name = "defence"
text = "for the defence"
opens = ["exhibit", "name"]
ground = "third parties"
"""
TO = ("--recipient", "Counsel", "--outside", "defence", "--purpose", "other")


def furnished(folder: Path, *more: str) -> Bench:
    """The bench with the pack, a case under it, and an item with content."""
    run = bench(folder)
    file = folder / "house.toml"
    file.write_text(PACK)
    run("--as", "cy", "pack", "load", file, "--reason", "law", "--with", "bo:approver", "--yes")
    run("--as", "cy", "case", "open", "K-8", "--title", "zqtitle", "--legal-profile", "house")
    note = run.file("zqnote.txt", b"zq what he wrote")
    given = ("--exhibit", "JS/1", "--type", "document", "--description", "zqdescription", *more)
    run("acquire", "K-8", note, *given)
    return run


def made(run: Bench, *more: Any, status: int = 0) -> Any:
    path = run.folder / "b.zip"
    return run("export", "K-8", *TO, "-o", path, "--yes", *more, status=status)


def contents(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as bundle:
        return {name: bundle.read(name) for name in bundle.namelist()}


def holds(path: Path, text: str) -> list[str]:
    return [name for name, data in contents(path).items() if text.encode() in data]


def test_a_profile_withholds_what_it_does_not_open(tmp_path: Path) -> None:
    run = furnished(tmp_path)
    out = made(run, "--profile", "defence").out
    assert "opened by the profile defence of house, version 1" in out
    path = tmp_path / "b.zip"
    for text in ("zqtitle", "zqdescription", "zqnote"):
        assert holds(path, text) == []
    assert holds(path, "JS/1")
    report = verify([path], None)
    assert not [f for f in report.findings if f.outcome is Outcome.FAILED]
    assert any("by the profile defence" in row for row in report.withheld)


def test_a_field_is_redacted_on_a_ground(tmp_path: Path) -> None:
    run = furnished(tmp_path)
    made(run, "--redact", "item.registered.description", "--ground", "privileged")
    assert holds(tmp_path / "b.zip", "zqdescription") == []
    assert holds(tmp_path / "b.zip", "zqtitle")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--profile", "press"), "house has no profile 'press'; it has defence"),
        (("--redact", "serial"), "--redact goes with --ground TEXT"),
        (("--ground", "x"), "--redact goes with --ground TEXT"),
        (("--redact", "colours", "--ground", "x"), "no entry has a personal field colours"),
        (("--redact", "reference", "--ground", "x"), "reference of a case cannot be withheld"),
        (("--redact", "content_sha256", "--ground", "x"), "leave the evidence out"),
        (("--include-restricted", "K-8/1"), "it has no content that is sensitive"),
        (("--encrypt-to", "age1nobody"), "is no recipient like age1"),
        (("--encrypt-to", aged.spelt(SECRET)), "this is a secret key"),
    ],
)
def test_what_cannot_be_withheld_so_is_refused(
    tmp_path: Path, options: tuple[str, ...], words: str
) -> None:
    run = furnished(tmp_path)
    outcome = run.tried("export", "K-8", *TO, "-o", tmp_path / "b.zip", "--yes", *options)
    assert outcome.status in (2, 4)
    assert words in " ".join(outcome.err.split())
    assert not (tmp_path / "b.zip").exists()
    assert "export" not in run("log", "--act", "export.prepared").out


def test_sensitive_content_goes_only_when_it_is_named(tmp_path: Path) -> None:
    run = furnished(tmp_path, "--sensitivity", "medical")
    told = made(run)
    assert "its content is sensitive and is left out" in told.err
    assert "content of item 1 left out: it is sensitive" in told.out
    assert holds(tmp_path / "b.zip", "zq what he wrote") == []
    (tmp_path / "b.zip").replace(tmp_path / "without.zip")
    made(run, "--include-restricted", "K-8/1")
    assert holds(tmp_path / "b.zip", "zq what he wrote")
    for name in ("b.zip", "without.zip"):
        found = verify([tmp_path / name], None).findings
        assert not [f for f in found if f.outcome is Outcome.FAILED]


@pytest.mark.skipif(shutil.which("age") is None, reason="Debian's age is what opens it")
def test_an_encrypted_bundle_is_opened_by_its_recipients_alone(tmp_path: Path) -> None:
    run = furnished(tmp_path)
    other = bytes(32 * [7])
    path = run.folder / "b.zip"
    keys = [part for s in (SECRET, other) for part in ("--encrypt-to", aged.recipient(s))]
    answer = run.json("export", "K-8", *TO, "-o", path, "--yes", *keys)
    sealed = run.folder / "b.zip.age"
    assert answer["bundle"] == str(sealed)
    assert [each.name for each in run.folder.glob("b.zip*")] == ["b.zip.age"]
    assert b"zqtitle" not in sealed.read_bytes()
    plain = aged.decrypted(sealed, SECRET, tmp_path)
    assert plain is not None
    assert aged.decrypted(sealed, other, tmp_path) == plain
    assert aged.decrypted(sealed, bytes(32 * [9]), tmp_path) is None
    assert (answer["sha256"], answer["size"]) == (sha256(plain).hexdigest(), len(plain))
    path.write_bytes(plain)
    assert not [f for f in verify([path], None).findings if f.outcome is Outcome.FAILED]
    refused = run("verify", sealed, status=2)
    assert "age -d -i IDENTITY" in refused.err


def test_a_recipient_that_was_mistyped_is_found() -> None:
    good = aged.recipient(SECRET)
    assert recipients.read(good)
    for place in range(4, len(good)):
        wrong = good[:place] + ("q" if good[place] != "q" else "p") + good[place + 1 :]
        with pytest.raises(MalformedError, match=r"mistyped|no key"):
            recipients.read(wrong)


def test_what_is_restricted_of_an_export_leaves_neither_with_the_item_nor_with_the_case(
    tmp_path: Path,
) -> None:
    """The entry is on both, and takes an entry for each."""
    run = furnished(tmp_path)
    run("export", "K-8/1", *TO, "-o", run.folder / "a.zip", "--yes")
    number = len(run.json("item", "history", "K-8/1")["history"]) - 1
    words = ("--field", "recipient", "--ground", "request_of_person", "--yes")
    run("--as", "cy", "privacy", "restrict", "K-8/1", f"#{number}", *words)
    acts = [each["act"] for each in run.json("item", "history", "K-8/1")["history"]]
    assert acts[number - 1 :] == ["export.prepared", "export.created", "privacy.restricted"]
    others = ("--recipient", "Other", *TO[2:])
    for name, what in (("item.zip", "K-8/1"), ("case.zip", "K-8")):
        path = run.folder / name
        run("export", what, *others, "-o", path, "--yes")
        files = contents(path)
        (file,) = [data for name, data in files.items() if name.endswith("disclosures.jsonl")]
        texts = [from_base64url(json.loads(line)["disclosure"]) for line in file.splitlines()]
        assert any(b"Other" in text for text in texts)
        assert not any(b"Counsel" in text for text in texts)
    lift = ("--field", "recipient", "--ground", "request_of_person", "--lift", "--yes")
    said = run("--as", "cy", "privacy", "restrict", "K-8/1", f"#{number}", *lift)
    assert "recipient no longer restricted" in said.out


def test_what_is_restricted_of_an_entry_on_two_items_leaves_with_neither(tmp_path: Path) -> None:
    """The restriction stands on every chain on which the entry could be shown."""
    run = furnished(tmp_path)
    other = run.file("zqother.txt", b"zq another")
    given = ("--exhibit", "JS/2", "--type", "document", "--description", "zqdescription")
    run("acquire", "K-8", other, *given)
    run("note", "K-8/1", "K-8/2", "-m", "zqremark on both")
    number = len(run.json("item", "history", "K-8/1")["history"])
    words = ("--field", "note", "--ground", "request_of_person", "--yes")
    run("--as", "cy", "privacy", "restrict", "K-8/1", f"#{number}", *words)
    path = run.folder / "b.zip"
    run("export", "K-8/2", *TO, "-o", path, "--yes")
    (file,) = [data for name, data in contents(path).items() if name.endswith("disclosures.jsonl")]
    texts = [from_base64url(json.loads(line)["disclosure"]) for line in file.splitlines()]
    assert any(b"JS/2" in text for text in texts)
    assert not any(b"zqremark" in text for text in texts)
