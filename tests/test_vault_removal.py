"""An object that is removed: its key first, then its file; whatever strikes in between, no lie."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from custody.core.digest import digest_bytes
from custody.core.errors import KeyStoreError, NotFoundError, StorageError
from custody.store.keystore import object_scope
from custody.store.vault import LocalVault
from tests.bench import python_path
from tests.vaults import vault_at

DATA = bytes(range(256)) * 5000
SHA256 = digest_bytes(DATA).sha256
SCOPE = object_scope(SHA256)
CALLS = ("pwrite64", "fsync", "fdatasync", "unlink", "ftruncate", "link", "fchmod", "rename")

SCRIPT = """
import os, sys
from pathlib import Path
from tests.vaults import vault_at
vault = vault_at(Path(sys.argv[1]))
os.getppid()
vault.{what}
os.getppid()
"""
STEPS = (pytest.param(5, id="some"), pytest.param(1, id="all", marks=pytest.mark.soak))
PUT, REMOVE = "put(sys.argv[2])", "remove(sys.argv[2])"


@pytest.fixture
def vault(tmp_path: Path) -> LocalVault:
    return vault_at(tmp_path / "vault")


def test_what_is_removed_is_gone_and_its_neighbour_is_not(vault: LocalVault) -> None:
    vault.put_bytes(DATA)
    other = vault.put_bytes(b"other")
    size = vault.location(SHA256).stat().st_size
    assert vault.remove(SHA256) == (SHA256, True, True, size, True)
    assert vault.remove(SHA256) == (SHA256, False, False, 0, False), "safe to repeat"
    assert not vault.has(SHA256)
    assert not vault.keys.has(SCOPE)
    for ask in (vault.open, vault.verify, vault.size):
        with pytest.raises(NotFoundError, match="the vault has no object"):
            ask(SHA256)
    assert vault.verify(other.sha256) == other
    assert list(vault.objects()) == [other.sha256]


def test_no_copy_of_the_file_can_be_read_once_its_key_is_destroyed(
    vault: LocalVault, tmp_path: Path
) -> None:
    vault.put_bytes(DATA)
    kept = vault.location(SHA256).read_bytes()  # a backup
    vault.remove(SHA256)
    place = tmp_path / "vault/objects" / SHA256[:2] / SHA256[2:]
    place.write_bytes(kept)
    for ask in (vault.open, vault.verify):
        with pytest.raises(NotFoundError, match="there is no key of object/"):
            ask(SHA256)
    assert vault.remove(SHA256) == (SHA256, False, True, len(kept), True)


def test_what_comes_again_after_its_removal_is_there_and_old_copies_stay_dead(
    vault: LocalVault, tmp_path: Path
) -> None:
    vault.put_bytes(DATA)
    old = vault.location(SHA256).read_bytes()
    vault.remove(SHA256)
    assert vault.put_bytes(DATA).sha256 == SHA256
    assert vault.verify(SHA256).sha256 == SHA256
    path = vault.location(SHA256)
    path.chmod(0o600)
    path.write_bytes(old)
    with pytest.raises(StorageError, match="was made for another key"):
        vault.verify(SHA256)


def test_what_a_removal_left_that_was_cut_off_stands_in_nobodys_way(vault: LocalVault) -> None:
    vault.put_bytes(DATA)
    vault.keys.destroy([SCOPE])
    assert vault.put_bytes(DATA).sha256 == SHA256
    assert vault.verify(SHA256).sha256 == SHA256


def test_content_that_was_never_encrypted_is_deleted_and_that_is_said(vault: LocalVault) -> None:
    vault.put_bytes(DATA)
    path = vault.location(SHA256)
    vault.remove(SHA256)
    path.write_bytes(DATA)
    assert vault.remove(SHA256) == (SHA256, False, True, len(DATA), False)
    assert not path.exists()


def test_nothing_is_removed_where_the_keys_are_not_at_hand(vault: LocalVault) -> None:
    vault.put_bytes(DATA)
    vault.keys.close()
    away = vault.keys.place.ledger_key.rename(vault.keys.place.folder / "away")
    with pytest.raises(KeyStoreError, match="the ledger key is not at"):
        vault.remove(SHA256)
    assert vault.has(SHA256)
    away.rename(vault.keys.place.ledger_key)
    assert vault.verify(SHA256).sha256 == SHA256


def test_putting_and_removing_at_once_never_leaves_an_object_that_nothing_opens(
    vault: LocalVault, tmp_path: Path
) -> None:
    def put() -> None:
        for _ in range(15):
            assert vault_at(tmp_path / "vault").put_bytes(DATA).sha256 == SHA256

    def remove() -> None:
        for _ in range(30):
            vault_at(tmp_path / "vault").remove(SHA256)

    threads = [threading.Thread(target=work) for work in (put, put, remove)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert vault.has(SHA256) is vault.keys.has(SCOPE)
    if vault.has(SHA256):
        assert vault.verify(SHA256).sha256 == SHA256


def traced(root: Path, what: str, word: object, *options: str) -> subprocess.CompletedProcess[str]:
    """Do it in a process of its own that strace watches."""
    code = SCRIPT.format(what=what)
    python = [sys.executable, "-B", "-c", code, str(root), str(word)]
    environ = {**os.environ, **python_path()}
    command = ["strace", "-f", "-o", str(root.parent / "calls"), *options, *python]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)


def points(root: Path, what: str, word: object) -> Iterator[tuple[str, int]]:
    """Every call of each sort that it makes, undisturbed, by number."""
    made = traced(root, what, word, "-e", f"trace={','.join(CALLS)},getppid")
    assert made.returncode == 0, made.stderr
    seen, within = dict.fromkeys(CALLS, 0), False
    for line in (root.parent / "calls").read_text().splitlines():
        found = re.match(r"\d+ +(\w+)\(", line)
        call = found[1] if found else ""
        if call == "getppid":
            within = not within
        elif call in seen:
            seen[call] += 1
            if within:
                yield call, seen[call]


def struck(root: Path, what: str, word: object, call: str, when: int) -> None:
    fault = f"inject={call}:signal=KILL:when={when}"
    made = traced(root, what, word, "-e", f"trace={call}", "-e", fault)
    assert made.returncode == -9 or made.returncode == 137, made.stderr


def written(folder: Path) -> bytes:
    """All bytes of all files there but the list of calls."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != "calls")
    return b"".join(path.read_bytes() for path in files)


@pytest.mark.needs("strace")
@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_point_a_removal_is_finished_by_the_next(tmp_path: Path, step: int) -> None:
    first = tmp_path / "first" / "vault"
    first.parent.mkdir()
    vault_at(first).put_bytes(DATA)
    found = list(points(first, REMOVE, SHA256))
    assert {call for call, _ in found} >= {"pwrite64", "fsync", "unlink"}
    for number, (call, when) in enumerate(found[::step]):
        root = tmp_path / str(number) / "vault"
        root.parent.mkdir()
        vault_at(root).put_bytes(DATA)
        struck(root, REMOVE, SHA256, call, when)
        vault = vault_at(root)
        if vault.keys.has(SCOPE):
            assert vault.verify(SHA256).sha256 == SHA256, f"{call} {when}: not begun, and whole"
        elif vault.has(SHA256):
            with pytest.raises(NotFoundError):
                vault.verify(SHA256)
        vault.remove(SHA256)
        assert not vault.has(SHA256)
        assert not vault.keys.has(SCOPE)
        assert SHA256.encode() not in written(root.parent)


@pytest.mark.needs("strace")
@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_point_what_was_put_is_whole_or_not_there(tmp_path: Path, step: int) -> None:
    source = tmp_path / "evidence"
    source.write_bytes(DATA)
    first = tmp_path / "first" / "vault"
    first.parent.mkdir()
    vault_at(first)
    found = list(points(first, PUT, source))
    assert {call for call, _ in found} >= {"pwrite64", "fsync", "link", "fchmod"}
    for number, (call, when) in enumerate(found[::step]):
        root = tmp_path / str(number) / "vault"
        root.parent.mkdir()
        vault_at(root)
        struck(root, PUT, source, call, when)
        vault = vault_at(root)
        if vault.has(SHA256):
            assert vault.verify(SHA256).sha256 == SHA256, f"{call} {when}"
        vault.sweep()
        assert DATA[:256] not in written(root.parent)
        assert vault.put(source).sha256 == SHA256
        assert vault.verify(SHA256).sha256 == SHA256
        assert list(vault.objects()) == [SHA256]
