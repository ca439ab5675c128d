"""Objects of one vault copied to another disk as they are: encrypted, and read back with their keys."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from custody.core.digest import SMALL, Progress, UnreadableError, pump
from custody.core.errors import DamagedError, NotFoundError, StorageError
from custody.durable import sync_folder
from custody.places import up_to
from custody.store.keystore import Key, object_scope
from custody.store.objects import opened
from custody.store.staging import Staging, name, sync_file_system
from custody.store.vault import BATCH_BYTES, BATCH_FILES, LocalVault


class Replica(NamedTuple):
    """An object, and the bytes of its content; None where it is spoilt and was not copied."""

    sha256: str
    size: int | None


def replicate(vault: LocalVault, root: Path, progress: Progress | None) -> Iterator[Replica]:
    """Copy every object into a vault in the new folder `root`; what is yielded is durable.

    What lies on the other disk is decrypted there and held against its name. Progress is told the
    bytes of each twice.

    Raises:
        KeyStoreError: the keys are not at hand.
        StorageError: the other disk is full, or gave back other bytes than were written.
        OSError: it failed.
    """
    names = vault.objects()
    first = next(names, None)
    if first is None:
        return
    vault.keys.open()
    (root / "objects").mkdir(mode=0o700, parents=True)
    staging = Staging(root / "temp")
    batch: list[tuple[str, Path | None]] = []
    waiting = 0
    for sha256 in (first, *names):
        try:
            source = vault.location(sha256)
            batch.append((sha256, staging.duplicate(source, progress)))
            waiting += source.stat().st_size
        except UnreadableError:
            batch.append((sha256, None))
        if len(batch) >= BATCH_FILES or waiting >= BATCH_BYTES:
            yield from _settled(vault, root, batch, progress)
            batch, waiting = [], 0
    yield from _settled(vault, root, batch, progress)
    sync_folder(root / "objects")


def _settled(
    vault: LocalVault,
    root: Path,
    batch: list[tuple[str, Path | None]],
    progress: Progress | None,
) -> Iterator[Replica]:
    sync_file_system(root)
    folders, made = set[Path](), list[Replica]()
    for sha256, path in batch:
        size = None if path is None else _content(vault, sha256, path, progress)
        made.append(Replica(sha256, size))
        if path is None:
            continue
        if size is not None:
            target = root / "objects" / sha256[:2] / sha256[2:]
            target.parent.mkdir(exist_ok=True)
            name(path, target)
            folders.add(target.parent)
        path.unlink(missing_ok=True)
    for folder in sorted(folders):
        sync_folder(folder)
    yield from made


def _content(vault: LocalVault, sha256: str, path: Path, progress: Progress | None) -> int | None:
    """Bytes of a copy's content; None where the object itself is not what its name stands for.

    Raises:
        StorageError: the object is, and the copy of it is not.
    """
    size = _held(vault, sha256, path, progress)
    if size is None:
        try:
            sound = vault.verify(sha256).sha256 == sha256
        except (NotFoundError, StorageError):
            sound = False
        if sound:
            raise StorageError(
                f"the disk gave back other bytes of {sha256} than were written to it: do not trust "
                "it, choose another one"
            )
    return size


def _held(vault: LocalVault, sha256: str, path: Path, progress: Progress | None) -> int | None:
    def key() -> Key:
        return vault.keys.key(object_scope(sha256))

    hasher = hashlib.sha256()
    try:
        with opened(path, key, asked_of_disk=True) as file:
            data = up_to(file.readinto, SMALL)
            hasher.update(data)
            if progress:
                progress(len(data))
            size = len(data)
            if size == SMALL:
                size += pump(file.readinto, [hasher.update], progress)
    except (NotFoundError, DamagedError):
        return None
    return size if hasher.hexdigest() == sha256 else None
