"""The vault: what it acknowledges is on the disk, whole; what fails leaves nothing behind."""

import fcntl
import hashlib
import os
import resource
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from custody.core import digest
from custody.core.digest import Digests, UnreadableError, digest_bytes
from custody.core.errors import NotFoundError, StorageError, UsageError
from custody.store.keystore import object_scope
from custody.store.vault import LocalVault
from tests.aged import decrypted
from tests.real_images import EVIDENCE
from tests.vaults import vault_at

LARGE = digest.BLOCK * 3 + 17


@pytest.fixture
def vault(tmp_path: Path) -> LocalVault:
    return vault_at(tmp_path / "vault")


def objects(root: Path) -> list[Path]:
    return sorted(path for path in (root / "objects").rglob("*") if path.is_file())


def temporaries(root: Path) -> list[Path]:
    return [p for p in (root / "temp").rglob("*") if p.is_file() and p.name != "lock"]


@pytest.mark.parametrize("size", [0, 1, 4096, LARGE])
def test_what_goes_in_comes_out(vault: LocalVault, tmp_path: Path, size: int) -> None:
    data = os.urandom(size)
    source = tmp_path / "evidence"
    source.write_bytes(data)
    done: list[int] = []
    digests = vault.put(source, done.append)
    assert digests == digest_bytes(data)
    assert sum(done) == vault.PASSES * size
    with vault.open(digests.sha256) as file:
        assert file.read() == data
    assert vault.size(digests.sha256) == size
    assert vault.verify(digests.sha256) == digests
    assert vault.has(digests.sha256)
    place = vault.location(digests.sha256)
    assert place == tmp_path / "vault/objects" / digests.sha256[:2] / digests.sha256[2:]
    assert stat.S_IMODE(place.stat().st_mode) == 0o440
    assert temporaries(tmp_path / "vault") == []


@pytest.mark.needs("evidence", "age")
def test_a_real_image_is_what_age_decrypts_out_of_the_vault(
    vault: LocalVault, tmp_path: Path
) -> None:
    image = EVIDENCE / "ext2.split.E01"
    digests = vault.put(image)
    key = vault.keys.key(object_scope(digests.sha256))
    assert decrypted(vault.location(digests.sha256), key.secret, tmp_path) == image.read_bytes()


def test_the_same_content_twice_is_one_object_and_is_verified(
    vault: LocalVault, tmp_path: Path
) -> None:
    first = vault.put_bytes(b"once")
    before = vault.location(first.sha256).stat()
    source = tmp_path / "again"
    source.write_bytes(b"once")
    assert vault.put(source) == first
    assert vault.location(first.sha256).stat().st_ino == before.st_ino
    assert len(objects(tmp_path / "vault")) == 1
    place = vault.location(first.sha256)
    place.chmod(0o600)
    place.write_bytes(b"rots")
    with pytest.raises(StorageError, match="no longer holds the content"):
        vault.put(source)
    assert place.read_bytes() == b"rots", "damage is shown, not mended over"
    assert vault.verify(first.sha256) == digest_bytes(b"rots")


def test_a_sparse_source_stays_right_and_takes_all_its_room(
    vault: LocalVault, tmp_path: Path
) -> None:
    source = tmp_path / "sparse"
    with source.open("wb") as file:
        file.seek(40 << 20)
        file.write(b"island")
        file.truncate(64 << 20)
    digests = vault.put(source)
    place = vault.location(digests.sha256)
    assert digests.sha256 == hashlib.sha256(source.read_bytes()).hexdigest()
    with vault.open(digests.sha256) as file:
        assert file.read() == source.read_bytes()
    assert place.stat().st_blocks * 512 >= 64 << 20


def test_many_files_keep_their_order_and_tell_which_could_not_be_read(
    vault: LocalVault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custody.store.vault.BATCH_FILES", 100)
    sources = []
    for number in range(230):  # more than two batches
        source = tmp_path / f"{number}"
        source.write_bytes(b"%d" % (number // 2))
        sources.append(source)
    sources.insert(150, tmp_path / "missing")
    results = list(vault.put_many(sources))
    assert len(results) == 231
    lost = results.pop(150)
    assert isinstance(lost, UnreadableError)
    assert lost.why == "ENOENT"
    assert results == [digest_bytes(b"%d" % (number // 2)) for number in range(230)]
    assert len(objects(tmp_path / "vault")) == 115
    assert temporaries(tmp_path / "vault") == []


def test_a_consumer_that_stops_leaves_no_temporary_files(
    vault: LocalVault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custody.store.vault.BATCH_FILES", 100)
    for number in range(150):
        (tmp_path / f"{number}").write_bytes(b"%d" % number)
    results = vault.put_many([tmp_path / f"{number}" for number in range(150)])
    assert next(results) == digest_bytes(b"0")
    assert isinstance(results, Iterator)
    results.close()  # type: ignore[attr-defined]
    assert temporaries(tmp_path / "vault") == []


@pytest.mark.parametrize("many", [False, True])
@pytest.mark.parametrize("size", [100, LARGE])
def test_a_source_that_grows_while_read_is_refused_and_nothing_counts(
    vault: LocalVault, tmp_path: Path, size: int, many: bool
) -> None:
    source = tmp_path / "live.log"
    source.write_bytes(os.urandom(size))

    def grow(_: int) -> None:
        with source.open("ab") as file:
            file.write(b"more")

    with pytest.raises(StorageError, match=r"live.log grew from"):
        if many:
            list(vault.put_many([source], grow))
        else:
            vault.put(source, grow)
    assert objects(tmp_path / "vault") == temporaries(tmp_path / "vault") == []


def test_what_is_no_object_name_is_refused(vault: LocalVault) -> None:
    for name in ("../../etc/passwd", "A" * 64, "0" * 63, ""):
        with pytest.raises(UsageError, match="64 lower-case hex"):
            vault.has(name)
    for ask in (vault.open, vault.size, vault.verify, vault.location):
        with pytest.raises(NotFoundError, match="the vault has no object 00"):
            ask("0" * 64)


@pytest.mark.needs("evidence")
def test_a_link_in_place_of_the_source_is_refused(vault: LocalVault, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(EVIDENCE / "ext2.E01")
    with pytest.raises(UnreadableError, match="link cannot be read"):
        vault.put(tmp_path / "link")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MiB."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)]
    if os.geteuid() or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("only root can mount a small file system; the file size limit is tested too")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


@pytest.mark.parametrize("size", [4 << 20, 200_000])
def test_a_full_disk_is_a_clear_refusal_that_leaves_nothing(
    small_disk: Path, tmp_path: Path, size: int
) -> None:
    vault = vault_at(small_disk / "vault")
    kept = vault.put_bytes(os.urandom(900_000))
    source = tmp_path / "evidence"
    source.write_bytes(os.urandom(size))
    for attempt in (lambda: vault.put(source), lambda: list(vault.put_many([source]))):
        with pytest.raises(StorageError, match=r"vault is full .*nothing was recorded"):
            attempt()
    assert temporaries(small_disk / "vault") == []
    assert len(objects(small_disk / "vault")) == 1
    assert vault.verify(kept.sha256) == kept


def test_a_write_that_the_system_cuts_short_is_a_refusal(tmp_path: Path) -> None:
    source = tmp_path / "evidence"
    source.write_bytes(os.urandom(LARGE))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, limits[1]))
    try:
        with pytest.raises(StorageError, match="vault is full"):
            vault_at(tmp_path / "vault").put(source)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert objects(tmp_path / "vault") == temporaries(tmp_path / "vault") == []


WRITER = """
import sys
from pathlib import Path
from tests.vaults import vault_at
vault = vault_at(Path(sys.argv[1]))
def stop(count):
    print("writing", flush=True)
    sys.stdin.read()
vault.put(sys.argv[2], stop)
"""


def writer(root: Path, source: Path) -> "subprocess.Popen[str]":
    """A process in the middle of a put."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, root, source],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "writing\n"
    return process


def test_sweeping_takes_what_the_dead_left_and_nothing_of_the_living(tmp_path: Path) -> None:
    root, source = tmp_path / "vault", tmp_path / "evidence"
    source.write_bytes(os.urandom(LARGE))
    with writer(root, source) as dead, writer(root, source) as living:
        assert len(temporaries(root)) == 2
        assert vault_at(root).sweep() == 0
        dead.kill()
        dead.communicate()
        assert vault_at(root).sweep() == 1
        assert len(temporaries(root)) == 1
        assert objects(root) == [], "nothing half-written counts"
        living.communicate()
    assert living.returncode == 0
    assert vault_at(root).has(hashlib.sha256(source.read_bytes()).hexdigest())
    vault_at(root).sweep()
    assert list((root / "temp").iterdir()) == []


def test_a_sweep_of_a_vault_that_does_not_exist_finds_nothing(tmp_path: Path) -> None:
    assert vault_at(tmp_path / "none").sweep() == 0
    assert not (tmp_path / "none").exists(), "looking creates nothing"


def test_locks_are_real(vault: LocalVault, tmp_path: Path) -> None:
    vault.put_bytes(b"x")
    (folder,) = (tmp_path / "vault/temp").iterdir()
    with (folder / "lock").open("r+") as file, pytest.raises(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_threads_can_put_at_once(vault: LocalVault, tmp_path: Path) -> None:
    results: list[Digests] = []
    data = [b"%d" % (number // 4) for number in range(40)]
    threads = [
        threading.Thread(target=lambda d=d: results.append(vault.put_bytes(d))) for d in data
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == sorted(digest_bytes(each) for each in data)
    assert len(objects(tmp_path / "vault")) == 10


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.lists(st.binary(max_size=50), max_size=20))
def test_any_contents_come_back(vault: LocalVault, contents: list[bytes]) -> None:
    for data in contents:
        digests = vault.put_bytes(data)
        with vault.open(digests.sha256) as file:
            assert file.read() == data
