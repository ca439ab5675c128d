"""Exports by the real exporter, checked by our verifier and with the tools that README.txt names."""

import base64
import os
import re
import subprocess
import sys
import zipfile
from collections import Counter
from hashlib import sha256
from pathlib import Path

import pytest

from custody.core.bundle import layout
from custody.core.errors import StorageError
from custody.core.findings import Outcome
from custody.core.keys import Algorithm, read_spki
from custody.core.verify import verify
from custody.images.acquiring import acquire
from custody.images.intake import plan
from custody.ledger.zipping import BagWriter
from custody.store import age
from custody_cli.content import content
from tests.bench import bench
from tests.exports import IMAGE, SMALL_TEXT, Stage
from tests.signers import ml_dsa_signer, p256_signer
from tests.worlds import START

pytestmark = pytest.mark.needs("bash", "openssl", "sha256sum", "unzip")

GOOD = {
    Algorithm.ED25519: "Signature Verified Successfully",
    Algorithm.P256: "Verified OK",
}
SHAPES = [
    pytest.param((), True, True, id="case"),
    pytest.param((), False, False, id="case-records-only-no-mirror"),
    pytest.param(("image",), True, False, id="item-no-mirror"),
    pytest.param(("image", "text"), False, True, id="items-records-only"),
]


def unpacked(path: Path, folder: Path) -> Path:
    """The bag's top folder, out of the zip by Info-ZIP."""
    subprocess.run(["unzip", "-q", path, "-d", folder], check=True)
    (top,) = folder.iterdir()
    return top


def test_one_word_over_and_over_makes_no_bundle_unreadable(tmp_path: Path) -> None:
    """Readers refuse what unpacks to 200 times its size: what people wrote is stored then."""
    stage = Stage(tmp_path)
    for _ in range(12):
        given = {"attachments": ["a" * 4900] * 38}
        stage.live.record("note.recorded", [stage.text], given, signers=[stage.story.dora])
    made = stage.export("bundle.zip")
    with zipfile.ZipFile(made.path) as archive:
        stored = {
            info.filename.partition("/")[2]
            for info in archive.infolist()
            if info.file_size > layout.RATIO_FREE and info.compress_type == zipfile.ZIP_STORED
        }
    assert layout.DISCLOSURES in stored
    assert any(name.startswith("data/reports/") for name in stored)
    assert verify([made.path], stage.trust).verdict is Outcome.PASSED


@pytest.mark.parametrize("named", ["nobody", "item", "case"])
def test_who_is_said_to_receive_it_may_be_no_person(tmp_path: Path, named: str) -> None:
    """No rule asks that: it stops no export, and shows nothing of another case."""
    stage = Stage(tmp_path)
    live, story = stage.live, stage.story
    other = live.open_case("K-2026/18", by=story.olga, title="hidden")
    item = live.register(other, 1, by=story.dora)
    live.record("note.recorded", [item], {"note": "hidden"}, signers=[story.dora])
    to = {"nobody": "ab" * 32, "item": item, "case": other}[named]
    live.record("transfer.released", [stage.text], {"to": to}, signers=[story.dora])
    made = stage.export("bundle.zip", mirror=False)
    report = verify([made.path], stage.trust)
    assert report.verdict is Outcome.PASSED
    with zipfile.ZipFile(made.path) as archive:
        files = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
    assert to.encode() not in files[layout.RECORDS] + files[layout.SUBJECTS]
    assert not any(b"hidden" in data or b"K-2026/18" in data for data in files.values())


@pytest.mark.parametrize(("items", "evidence", "mirror"), SHAPES)
def test_what_is_exported_passes_every_check(
    tmp_path: Path, items: tuple[str, ...], evidence: bool, mirror: bool
) -> None:
    stage = Stage(tmp_path)
    tags = tuple(getattr(stage, name) for name in items)
    made = stage.export("bundle.zip", tags, evidence=evidence, mirror=mirror)
    report = verify([made.path], stage.trust)
    assert [f for f in report.findings if f.outcome is Outcome.FAILED] == []
    assert report.verdict is Outcome.PASSED
    names = zipfile.ZipFile(made.path).namelist()
    assert any("/data/items/" in name for name in names) is evidence
    assert any(name.endswith("mirror.jsonl") for name in names) is mirror
    assert not list(tmp_path.glob("*.partial"))


def test_an_empty_folder_is_taken_in_and_exported(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    (tmp_path / "desktop" / "old").mkdir(parents=True)
    for number, folder in ((4, "desktop"), (5, "desktop/old")):
        taken = acquire(plan([tmp_path / folder]), stage.vault)
        tag = stage.live.register(stage.story.case, number, by=stage.story.eve)
        stage.live.record("item.acquired", [tag], content(taken, False), signers=[stage.story.eve])
    made = stage.export("bundle.zip")
    report = verify([made.path], stage.trust)
    assert [f for f in report.findings if f.outcome is Outcome.FAILED] == []
    assert report.verdict is Outcome.PASSED
    with zipfile.ZipFile(made.path) as bundle:
        (inside, empty) = (
            bundle.read(name)
            for number in (4, 5)
            for name in bundle.namelist()
            if f"/data/items/{number}/" in name
        )
    assert (inside, empty) == (b'{"path":"old","type":"folder"}\n', b"")


@pytest.mark.parametrize(("items", "evidence", "mirror"), SHAPES)
def test_foreign_tools_accept_the_bag_and_its_manifests(
    tmp_path: Path, items: tuple[str, ...], evidence: bool, mirror: bool
) -> None:
    stage = Stage(tmp_path)
    tags = tuple(getattr(stage, name) for name in items)
    made = stage.export("bundle.zip", tags, evidence=evidence, mirror=mirror)
    top = unpacked(made.path, tmp_path / "x")
    for name in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        subprocess.run(["sha256sum", "--check", "--strict", "--quiet", name], cwd=top, check=True)
    for name in ("manifest-sha512.txt", "tagmanifest-sha512.txt"):
        subprocess.run(["sha512sum", "--check", "--strict", "--quiet", name], cwd=top, check=True)
    bagit = Path(sys.executable).with_name("bagit.py")
    subprocess.run([sys.executable, bagit, "--validate", "--quiet", top], check=True)
    if evidence:
        assert (top / "data/items/2/0001.dd").read_bytes() == IMAGE
    if evidence and not items:
        assert (top / "data/items/3/0001.txt").read_bytes() == SMALL_TEXT


@pytest.mark.parametrize(
    ("file", "refuse"),
    [
        ("data/items/2/0001.dd", {"manifest-sha256", "manifest-sha512"}),
        ("signature.json", {"tagmanifest-sha256", "tagmanifest-sha512"}),
    ],
)
def test_foreign_tools_refuse_a_changed_file(tmp_path: Path, file: str, refuse: set[str]) -> None:
    top = unpacked(Stage(tmp_path).export("bundle.zip").path, tmp_path / "x")
    data = bytearray((top / file).read_bytes())
    data[len(data) // 2] ^= 1
    (top / file).write_bytes(data)
    refused = set()
    for manifest in sorted(top.glob("*manifest-*.txt")):
        tool = f"{manifest.stem.rpartition('-')[2]}sum"
        command = [tool, "--check", "--strict", "--quiet", manifest.name]
        if subprocess.run(command, cwd=top, check=False, capture_output=True).returncode:
            refused.add(manifest.stem)
    assert refused == refuse
    bagit = Path(sys.executable).with_name("bagit.py")
    command = [sys.executable, str(bagit), "--validate", "--quiet", str(top)]
    assert subprocess.run(command, check=False, capture_output=True).returncode != 0


def commands(readme: str, section: int) -> str:
    """The indented lines under a numbered section of README.txt, as a shell script."""
    body = re.split(rf"^{section}\. ", readme, flags=re.MULTILINE)[1]
    body = re.split(rf"^{section + 1}\. |^WHAT IS INSIDE", body, flags=re.MULTILINE)[0]
    return "\n".join(line[7:] for line in body.splitlines() if line.startswith("       "))


def run(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def of(readme: str, envelope: Path, keyid: str, algorithm: str) -> str:
    """The commands of section 3 for that entry and key, with what README.txt says of its kind."""
    script = commands(readme, 3)
    script = re.sub(
        r"^E=.*", f"E=data/ledger/envelopes/{envelope.name}", script, flags=re.MULTILINE
    )
    script = re.sub(r"^K=.*", f"K={keyid}", script, flags=re.MULTILINE)
    if algorithm == "p256":
        (told,) = re.findall(r"\(For a P-256 key: (.*?)\. For an", readme, flags=re.DOTALL)
        instead = " ".join(told.split())
        script = re.sub(r"^openssl pkeyutl (?:.|\n)*?\.bin$", instead, script, flags=re.MULTILINE)
    return script


def test_the_by_hand_commands_of_the_readme_verify_every_entry(tmp_path: Path) -> None:
    """Each signature of each envelope, the key file's digest, and the checkpoint's Ed25519 line."""
    stage = Stage(tmp_path)
    live, ada = stage.live, stage.story.ada
    vera = live.enrol("Vera", "examiner", by=ada, signer=p256_signer(7))
    hal = live.enrol("Hal", "examiner", by=ada, partner=ml_dsa_signer(5))
    live.record("note.recorded", [stage.story.laptop], signers=[vera, hal])
    top = unpacked(stage.export("bundle.zip").path, tmp_path / "x")
    readme = (top / "data/README.txt").read_text()
    verified = Counter[str]()
    envelopes = sorted(top.glob("data/ledger/envelopes/*.json"))
    for envelope in envelopes:
        for keyid in re.findall(r'"keyid":"([0-9a-f]{64})"', envelope.read_text()):
            pem = (top / f"data/interop/keys/{keyid}.pem").read_text()
            spki = read_spki(base64.b64decode("".join(pem.splitlines()[1:-1])))
            assert spki.id == keyid
            verified[spki.algorithm] += 1
            if spki.algorithm is not Algorithm.ML_DSA_65:  # Debian's OpenSSL does not know it
                done = run(of(readme, envelope, keyid, spki.algorithm), top)
                told = re.findall("|".join(GOOD.values()), done.stdout)
                assert told == [GOOD[spki.algorithm]], done.stderr
                assert done.returncode == 0
                assert keyid in done.stdout  # sha256sum of the key file is the key id
    assert verified == {"ed25519": len(envelopes), "p256": 1, "ml-dsa-65": 1}
    log = run(commands(readme, 4).split("1f01")[0].rsplit("\n\n", 1)[0], top)
    assert "Signature Verified Successfully" in log.stdout, log.stderr


def test_the_by_hand_commands_refuse_another_checkpoint(tmp_path: Path) -> None:
    top = unpacked(Stage(tmp_path).export("bundle.zip").path, tmp_path / "x")
    readme = (top / "data/README.txt").read_text()
    note = (top / "data/ledger/checkpoint").read_text()
    origin, size, rest = note.split("\n", 2)
    (top / "data/ledger/checkpoint").write_text(f"{origin}\n{int(size) - 1}\n{rest}")
    log = run(commands(readme, 4).split("1f01")[0].rsplit("\n\n", 1)[0], top)
    assert log.returncode != 0
    assert "Signature Verification Failure" in log.stdout + log.stderr


def test_the_by_hand_commands_refuse_a_changed_entry(tmp_path: Path) -> None:
    made = Stage(tmp_path).export("bundle.zip")
    top = unpacked(made.path, tmp_path / "x")
    readme = (top / "data/README.txt").read_text()
    (name,) = re.findall(r"^ +E=(\S+)$", readme, flags=re.MULTILINE)
    text = (top / name).read_text()
    (top / name).write_text(text.replace('"payload":"eyJ', '"payload":"eyI', 1))
    done = run(commands(readme, 3), top)
    assert done.returncode != 0
    assert "Signature Verification Failure" in done.stdout + done.stderr


def test_evidence_that_the_vault_lost_or_spoilt_is_not_exported(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    spoilt = stage.vault.location(sha256(IMAGE).hexdigest())
    spoilt.chmod(0o600)
    with spoilt.open("r+b") as file:
        file.seek(age.START + 5)
        file.write(b"\xff\xff")
    with pytest.raises(StorageError, match="was altered, or is damaged: bytes 0 to 65535"):
        stage.export("bundle.zip")
    spoilt.write_bytes(IMAGE[1:])  # as if it had been put before there was encryption
    with pytest.raises(StorageError, match="does not have its digest any more"):
        stage.export("bundle.zip")
    assert [p.name for p in tmp_path.glob("bundle*")] == []


def test_an_attachment_that_is_not_there_is_left_out_and_listed(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    kept = stage.vault.put_bytes(b"a photograph")
    here = f"{kept.sha256} {kept.blake3}"
    lines = [f"{here} 99 lie.jpg", f"{here} 12 scene.jpg", f"{'0' * 64} {'1' * 64} 5 gone.pdf"]
    lines += ["whatever somebody wrote", f"{'2' * 64} {'1' * 64} 7 lost.pdf"]
    live, story = stage.live, stage.story
    live.record("note.recorded", [story.laptop], {"attachments": lines}, signers=[story.dora])
    made = stage.export("bundle.zip")
    report = verify([made.path], stage.trust)
    assert report.verdict is Outcome.PASSED
    with zipfile.ZipFile(made.path) as bundle:
        documents = [name for name in bundle.namelist() if "/data/documents/" in name]
        (names,) = (name for name in bundle.namelist() if name.endswith("reports/names.txt"))
        table = bundle.read(names).decode()
    assert [Path(name).stem for name in documents] == [kept.sha256]
    for number, name in (("0", "gone.pdf"), ("2", "lost.pdf")):
        path = f"data/documents/{number * 64}.pdf"
        assert f"not enclosed, because it is not in the vault: {path}  {name}\n" in table
    listed = [line for line in report.withheld if "attached to an entry and not enclosed" in line]
    assert [line.partition(": ")[2].partition(",")[0] for line in listed] == [
        "gone.pdf",
        "lost.pdf",
    ]


def test_whoever_exports_is_told_what_was_left_out(tmp_path: Path) -> None:
    run = bench(tmp_path)
    photo = run.file("scene.jpg", b"a photograph")
    run("note", "K-7", "-m", "x", "--attach", photo)
    digest = sha256(b"a photograph").hexdigest()
    run.vault_object(digest).unlink()
    words = ("export", "K-7", "--recipient", "X", "--purpose", "storage", "-o", tmp_path / "b.zip")
    assert f"left out, not in the vault: scene.jpg, {digest[:12]}" in run(*words).out


def test_a_bundle_cut_off_in_the_middle_is_never_there(tmp_path: Path) -> None:
    path = tmp_path / "bundle.zip"
    with pytest.raises(RuntimeError, match="power"), BagWriter(path, "top", START) as bag:
        bag.add("data/README.txt", b"x" * 100_000)
        raise RuntimeError("power")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts a small disk; CI runs as root")
def test_a_full_disk_leaves_nothing_behind_and_says_so(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], check=True)
    try:
        with (
            pytest.raises(StorageError, match="No space left on device; nothing was left there"),
            BagWriter(disk / "bundle.zip", "top", START) as bag,
        ):
            bag.stream("data/items/1/0001.bin", [os.urandom(1 << 20)], 1 << 20)
        assert list(disk.iterdir()) == []
    finally:
        subprocess.run(["umount", disk], check=True)


def test_an_export_that_is_being_written_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "bundle.zip"
    (tmp_path / "bundle.zip.partial").write_bytes(b"somebody else's")
    with pytest.raises(StorageError, match="another export is writing it"):
        BagWriter(path, "top", START)
    assert (tmp_path / "bundle.zip.partial").read_bytes() == b"somebody else's"
