"""Taking in files and folders: everything is counted, nothing is guessed, changes are refused."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from custody.core.digest import Digests, digest_bytes, digest_file
from custody.core.errors import MalformedError, NotFoundError, StorageError, UsageError
from custody.images import manifest
from custody.images.acquiring import Acquired, acquire
from custody.images.facts import Adverse
from custody.images.intake import Kind, Type, plan, plans
from custody.store.vault import LocalVault
from tests.real_images import EVIDENCE
from tests.vaults import vault_at


@pytest.fixture
def vault(tmp_path: Path) -> LocalVault:
    return vault_at(tmp_path / "vault")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    place = tmp_path / "evidence"
    place.mkdir()
    return place


def codes(acquired: Acquired) -> list[Adverse]:
    return [fact.code for fact in acquired.facts]


def entries(vault: LocalVault, acquired: Acquired) -> list[dict[str, object]]:
    assert acquired.manifest is not None
    with vault.open(acquired.manifest.sha256) as file:
        return list(manifest.read(file.read()))


@pytest.mark.needs("evidence")
@pytest.mark.parametrize("in_place", [False, True])
def test_a_single_file_is_its_own_item(vault: LocalVault, in_place: bool) -> None:
    path = EVIDENCE / "iso9660.raw"
    done: list[int] = []
    acquired = acquire(plan([path]), vault, in_place=in_place, progress=done.append)
    assert acquired.plan.kind == Kind.FILE
    assert acquired.digests == digest_file(path)
    assert (acquired.manifest, acquired.media, acquired.facts) == (None, None, ())
    assert acquired.size == acquired.plan.size == 366_592
    assert vault.has(acquired.digests.sha256) is not in_place
    assert sum(done) == 366_592 * (1 if in_place else vault.PASSES)


def odd_folder(root: Path) -> None:
    """One of everything that a folder can hold."""
    (root / "a.b").write_bytes(b"1")
    (root / "a").mkdir()
    (root / "a" / "inner").write_bytes(b"2")
    (root / "empty folder").mkdir()
    (root / "empty").touch()
    Path(os.fsdecode(os.fsencode(root) + b"/caf\xe9\n")).write_bytes(b"3")
    (root / "hard").hardlink_to(root / "a.b")
    (root / "out").symlink_to("/etc/passwd")
    Path(os.fsdecode(os.fsencode(root) + b"/dangling")).symlink_to(os.fsdecode(b"no\xffwhere"))
    os.mkfifo(root / "pipe")
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(root / "talk"))
    if os.geteuid() == 0:
        os.mknod(root / "disk", 0o600 | 0o060000, os.makedev(7, 99))


def test_a_folder_holds_everything_and_follows_nothing(vault: LocalVault, root: Path) -> None:
    odd_folder(root)
    os.utime(root / "empty", ns=(10**9, -1_500_000_000))
    acquired = acquire(plan([root]), vault)
    found = {str(line["path"]): line for line in entries(vault, acquired)}
    names = [p.encode() for p in ("a", "a.b", "a/inner", "caf%e9%0a", "dangling", "empty")]
    assert [name.encode() for name in found][:3] == names[:3]
    assert set(found) - {"disk"} == {name.decode() for name in names} | {
        "empty%20folder",
        "hard",
        "out",
        "pipe",
        "talk",
    }
    assert found["caf%e9%0a"]["sha256"] == digest_bytes(b"3").sha256
    assert found["hard"]["blake3"] == found["a.b"]["blake3"] == digest_bytes(b"1").blake3
    assert (found["empty"]["size"], found["empty"]["mtime"]) == (0, -2)
    assert found["out"] == {"path": "out", "target": "/etc/passwd", "type": "symlink"}
    assert found["dangling"]["target"] == "no%ffwhere"
    assert (found["pipe"]["what"], found["talk"]["what"]) == ("fifo", "socket")
    assert found["empty%20folder"]["type"] == "folder"
    assert set(codes(acquired)) == {Adverse.SPECIAL_FILE}
    assert not acquired.disputed
    for taken in acquired.taken:
        assert vault.has(taken.digests.sha256)
    assert not vault.has(digest_file("/etc/passwd").sha256)


def test_the_same_folder_gives_the_same_item_in_any_order_of_creation(
    vault: LocalVault, tmp_path: Path
) -> None:
    found = []
    for place, order in (("one", range(50)), ("two", reversed(range(50)))):
        (tmp_path / place).mkdir()
        for number in order:
            path = tmp_path / place / f"{number}"
            path.write_bytes(b"%d" % number)
            os.utime(path, (5, 5))
        found.append(acquire(plan([tmp_path / place]), vault, in_place=place == "two"))
    assert found[0].digests == found[1].digests
    assert found[0].manifest == found[0].digests


def test_an_empty_folder_is_adverse(vault: LocalVault, root: Path) -> None:
    acquired = acquire(plan([root]), vault)
    assert codes(acquired) == [Adverse.NOTHING_INSIDE]
    assert acquired.digests == digest_bytes(b"")


names = st.binary(min_size=1, max_size=8).filter(
    lambda name: not {0, 0x2F} & set(name) and name not in (b".", b"..")
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(st.dictionaries(names, st.binary(max_size=20), max_size=8))
def test_any_names_and_contents_stand_in_the_manifest(
    tmp_path_factory: pytest.TempPathFactory, files: dict[bytes, bytes]
) -> None:
    place = tmp_path_factory.mktemp("any")
    for name, data in files.items():
        Path(os.fsdecode(os.fsencode(place) + b"/" + name)).write_bytes(data)
    vault = vault_at(tmp_path_factory.mktemp("vault"))
    acquired = acquire(plan([place]), vault)
    assert {each.member.name: each.digests for each in acquired.taken} == {
        name: digest_bytes(data) for name, data in files.items()
    }
    assert len(entries(vault, acquired)) == len(files)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: path.symlink_to("/etc/passwd"), "symbolic link to /etc/passwd"),
        (os.mkfifo, "is a fifo and is not opened"),
        (lambda path: path.with_name("odd").symlink_to(".") or path.touch(), None),
    ],
)
def test_a_path_that_is_a_link_or_special_is_refused(
    root: Path, make: Callable[[Path], object], words: str | None
) -> None:
    make(root / "odd2")
    if words is None:
        assert plan([root / "odd2"]).kind == Kind.FILE
        words, path = "symbolic link to .; links are not followed", root / "odd"
    else:
        path = root / "odd2"
    with pytest.raises(UsageError, match=words):
        plan([path])


def test_devices_are_never_opened() -> None:
    with pytest.raises(UsageError, match=r"/dev/zero is a device and is not opened"):
        plan(["/dev/zero"])


def test_several_items_are_refused_and_can_be_planned_apart(root: Path) -> None:
    (root / "a").touch()
    (root / "b").touch()
    paths = [root / "a", root / "b", root / "x" / ".." / "a"]
    with pytest.raises(UsageError, match="2 different items: a, b"):
        plan(paths)
    assert [each.name for each in plans(paths)] == [b"a", b"b"]
    with pytest.raises(NotFoundError, match=r"there is no .*missing"):
        plan([root / "missing"])
    with pytest.raises(UsageError, match="no path"):
        plan([])


class Meddler:
    """A vault before which something happens to the evidence, once."""

    def __init__(self, vault: LocalVault, act: Callable[[], object], after: bool) -> None:
        self.vault, self.act, self.after = vault, act, after
        self.put_bytes, self.place = vault.put_bytes, vault.place

    def put_many(self, sources: object, progress: object = None) -> object:
        if not self.after:
            self.act()
        yield from self.vault.put_many(sources, progress)  # type: ignore[arg-type]
        if self.after:
            self.act()


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda root: (root / "new").touch(), "changed while it was being read: new"),
        (lambda root: (root / "sub" / "f2").unlink(), "changed .*: sub/f2"),
        (lambda root: (root / "f1").write_bytes(b"other"), "changed .*: f1"),
        (lambda root: os.utime(root / "f1", (7, 7)), "changed .*: f1"),
        (lambda root: (root / "f1").rename(root / "f3"), "changed .*: f1, f3"),
        (lambda root: (root / "new").symlink_to("x"), "changed .*: new"),
    ],
    ids=["added", "removed", "rewritten", "touched", "renamed", "linked"],
)
def test_a_folder_that_changes_meanwhile_is_refused(
    vault: LocalVault, root: Path, act: Callable[[Path], object], words: str
) -> None:
    (root / "sub").mkdir()
    (root / "f1").write_bytes(b"first")
    (root / "sub" / "f2").write_bytes(b"second")
    meddler = Meddler(vault, lambda: act(root), after=True)
    with pytest.raises(StorageError, match=words):
        acquire(plan([root]), meddler)  # type: ignore[arg-type]


@pytest.mark.parametrize("accept", [False, True])
def test_a_file_that_vanishes_after_listing_is_refused_even_if_unreadable_is_accepted(
    vault: LocalVault, root: Path, accept: bool
) -> None:
    (root / "f1").write_bytes(b"first")
    meddler = Meddler(vault, (root / "f1").unlink, after=False)
    with pytest.raises(StorageError, match="f1 cannot be read: No such file"):
        acquire(plan([root]), meddler, accept_unreadable=accept)  # type: ignore[arg-type]


def test_a_single_file_that_is_replaced_meanwhile_is_refused(vault: LocalVault, root: Path) -> None:
    (root / "f1").write_bytes(b"first")
    meddler = Meddler(vault, lambda: os.utime(root / "f1", (7, 7)), after=True)
    with pytest.raises(StorageError, match="changed while it was being read: f1"):
        acquire(plan([root / "f1"]), meddler)  # type: ignore[arg-type]


UNREADABLE = """
import fcntl, os, sys
from pathlib import Path
from custody.core.errors import StorageError
from custody.images.acquiring import acquire
from custody.images.intake import plan
from tests.vaults import vault_at
os.setgroups([]); os.setgid(65534); os.setuid(65534)  # after the imports: they need our rights
root, vault = sys.argv[1], vault_at(Path(sys.argv[2]))
try:
    acquire(plan([root]), vault)
except StorageError as error:
    print(error)
acquired = acquire(plan([root]), vault, accept_unreadable=True)
for fact in acquired.facts:
    print(fact.code, fact.sentence)
with vault.open(acquired.manifest.sha256) as file:
    sys.stdout.write(file.read().decode())
try:
    acquire(plan([root + "/secret"]), vault, accept_unreadable=True)
except StorageError as error:
    print(error)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="root is needed to become somebody who may not read")
def test_unreadable_entries_stop_the_act_or_stand_in_the_manifest() -> None:
    place = Path(tempfile.mkdtemp())  # tmp_path lies below a folder that is closed to others
    place.chmod(0o755)
    root = place / "evidence"
    (root / "closed").mkdir(parents=True)
    (root / "closed" / "hidden").write_bytes(b"x")
    (root / "closed").chmod(0o700)
    (root / "open").write_bytes(b"y")
    os.utime(root / "open", (1, 1))
    (root / "secret").write_bytes(b"z")
    (root / "secret").chmod(0o600)
    for name in ("vault", "vault-keys"):
        (place / name).mkdir()
        os.chown(place / name, 65534, 65534)
    command = [sys.executable, "-c", UNREADABLE, str(root), str(place / "vault")]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    shutil.rmtree(place)
    assert run.returncode == 0, run.stderr
    lines = run.stdout.splitlines()
    assert "2 entries of" in lines[0]
    assert "cannot be read: closed (EACCES), secret (EACCES). Nothing was recorded" in lines[0]
    assert lines[1:3] == [
        "unreadable closed could not be read (EACCES)",
        "unreadable secret could not be read (EACCES)",
    ]
    assert lines[3] == '{"path":"closed","type":"unreadable","why":"EACCES"}'
    assert '"path":"open"' in lines[4]
    assert lines[5] == '{"path":"secret","type":"unreadable","why":"EACCES"}'
    assert "secret cannot be read: Permission denied" in lines[6]


@pytest.mark.needs("mount")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount")
def test_a_folder_mounted_inside_itself_is_refused(root: Path) -> None:
    (root / "inner").mkdir()
    command = ["mount", "--bind", str(root), str(root / "inner")]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        with pytest.raises(StorageError, match="mounted twice"):
            plan([root])
    finally:
        subprocess.run(["umount", str(root / "inner")], check=True)


def raw(root: Path, **parts: bytes) -> None:
    for number, data in parts.items():
        (root / f"disk.{number.strip('_')}").write_bytes(data)


@pytest.mark.parametrize("given_part", ["000", "001", "002"])
def test_raw_parts_are_one_item_from_any_of_them(
    vault: LocalVault, root: Path, given_part: str
) -> None:
    raw(root, _000=b"one", _001=b"two", _002=b"3")
    (root / "other.003").write_bytes(b"x")
    acquired = acquire(plan([root / f"disk.{given_part}"]), vault)
    assert acquired.plan.kind == Kind.RAW_SPLIT
    assert [line["path"] for line in entries(vault, acquired)] == [
        "disk.000",
        "disk.001",
        "disk.002",
    ]
    assert all(member.type == Type.SEGMENT for member in acquired.plan.members)
    assert acquired.media is not None
    assert acquired.media.decoded.digests == digest_bytes(b"onetwo3")
    assert codes(acquired) == [Adverse.END_NOT_STATED, Adverse.READ_ERRORS_NOT_STATED]


def test_the_media_of_raw_parts_is_held_against_the_log(vault: LocalVault, root: Path) -> None:
    raw(root, _001=b"a" * 700_000, _002=b"b" * 5)
    log = root / "acq.log"
    whole = subprocess.run(
        ["sh", "-c", f"cat '{root}/disk.001' '{root}/disk.002' | md5sum"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()[0]
    for stated, expected in ((whole, None), ("0" * 32, Adverse.LOG_HASH_MISMATCH)):
        log.write_text(f"MD5 hash calculated over data:\t\t{stated}\n")
        acquired = acquire(plan([root / "disk.001"]), vault, logs=[log])
        assert acquired.disputed is (expected is not None)
        assert (expected in codes(acquired)) is (expected is not None)
        (testimony,) = acquired.logs
        assert testimony.digests == digest_file(log)
        assert vault.has(testimony.digests.sha256)


@pytest.mark.needs("evidence")
def test_a_log_of_no_known_tool_is_kept_and_adverse(vault: LocalVault, root: Path) -> None:
    (root / "x.log").write_bytes(b"my own notes\n")
    acquired = acquire(plan([EVIDENCE / "iso9660.raw"]), vault, logs=[root / "x.log"])
    assert codes(acquired) == [Adverse.LOG_NOT_UNDERSTOOD]
    assert vault.has(digest_bytes(b"my own notes\n").sha256)


def test_a_lone_first_part_is_a_file_whose_end_is_not_stated(vault: LocalVault, root: Path) -> None:
    raw(root, _001=b"one")
    acquired = acquire(plan([root / "disk.001"]), vault)
    assert (acquired.plan.kind, acquired.digests) == (Kind.FILE, digest_bytes(b"one"))
    assert codes(acquired) == [Adverse.END_NOT_STATED]


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        (["002"], "segment disk.001 of disk is missing"),
        (["001", "003"], "segment disk.002 of disk is missing"),
        (["000", "002"], "segment disk.001 of disk"),
        (["001", "009"], "disk.002, disk.003, disk.004, disk.005, disk.006 and 2 more"),
    ],
)
def test_raw_parts_with_a_hole_are_refused_but_can_be_taken_as_files(
    root: Path, parts: list[str], words: str
) -> None:
    raw(root, **{f"_{part}": b"x" for part in parts})
    with pytest.raises(MalformedError, match=words):
        plan([root / f"disk.{parts[-1]}"])
    assert plan([root / f"disk.{parts[-1]}"], plain=True).kind == Kind.FILE


def test_names_that_only_look_like_segments_stand_alone(root: Path) -> None:
    for name in ("report.LOG", "prog.ELF", "year.2024", ".001", "E01", "x.00", "x.EX"):
        (root / name).write_bytes(b"x")
        assert plan([root / name]).kind == Kind.FILE, name


def test_what_an_in_place_item_says_equals_what_a_stored_one_says(
    vault: LocalVault, root: Path
) -> None:
    odd_folder(root)
    stored, left = (acquire(plan([root]), vault, in_place=each) for each in (False, True))
    assert stored == left
    assert isinstance(left.digests, Digests)
