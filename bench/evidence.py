"""Hashing and taking in evidence, against the tools that everybody has."""

import io
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from blake3 import blake3

from bench.measure import Row, by_turns, command
from custody.core.digest import Unchanging, digest_file, pump
from custody.store.staging import Sink, forget
from tests.vaults import vault_at

SMALL_FILES, SMALL_SIZE = 20_000, 4096
BLOCK = 1 << 24


def rows(folder: Path, gib: float) -> Iterator[Row]:
    """Rows 1 to 3 of design §9, and what encryption costs."""
    file = folder / "evidence.raw"
    _fill(file, int(gib * (1 << 30)))
    yield by_turns(
        f"SHA-256 + BLAKE3 of {gib:g} GiB, one pass, with progress",
        (
            "openssl dgst -sha256 of the same cached file",
            command("openssl", "dgst", "-sha256", file),
        ),
        lambda: digest_file(file, lambda done: None),
        target=0.95,
    )
    yield by_turns(
        f"{gib:g} GiB into the vault: encrypted, fsynced, read back",
        ("cp + sync + openssl dgst -sha256 of the copy", lambda: _copied(file, folder / "copy")),
        lambda: _taken_in(file, folder / "vault"),
        target=1.2,
    )
    yield by_turns(
        f"{gib:g} GiB into the vault, for what encryption costs",
        ("the same without encryption", lambda: _taken_in_plain(file, folder / "plain")),
        lambda: _taken_in(file, folder / "vault"),
        target=1.5,
    )
    file.unlink()
    many = folder / "many"
    _fill_many(many)
    yield by_turns(
        f"{SMALL_FILES:,} files of 4 KiB, both digests",
        ("hashdeep -r -c sha256", command("hashdeep", "-r", "-c", "sha256", many)),
        lambda: [digest_file(entry.path) for entry in os.scandir(many)],
        target=0.7,
    )


def _fill(path: Path, size: int) -> None:
    with path.open("wb") as file:
        block = os.urandom(BLOCK)
        for start in range(0, size, BLOCK):
            file.write(block[: min(BLOCK, size - start)])


def _fill_many(folder: Path) -> None:
    folder.mkdir()
    for number in range(SMALL_FILES):
        (folder / f"{number:05}").write_bytes(os.urandom(SMALL_SIZE))


def _copied(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    copy = target / "copy"
    subprocess.run(["cp", source, copy], check=True)
    subprocess.run(["sync", copy], check=True)
    subprocess.run(["openssl", "dgst", "-sha256", copy], check=True, stdout=subprocess.DEVNULL)
    shutil.rmtree(target)


def _taken_in_plain(source: Path, target: Path) -> None:
    """What the vault would do without keys: one read, two digests, fsync, read back, compare."""
    with target.open("wb", buffering=0) as file:
        sink = Sink(file.fileno())
        with Unchanging(source) as content:
            made = content.digests(lambda done: None, [sink.take])
        os.fsync(file.fileno())
    forget(target)
    hasher = blake3()
    with io.FileIO(target) as file:
        pump(file.readinto, [hasher.update])
    assert hasher.hexdigest() == made.blake3
    target.unlink()


def _taken_in(source: Path, vault: Path) -> None:
    shutil.rmtree(vault, ignore_errors=True)
    vault_at(vault).put(source)
    shutil.rmtree(vault)
