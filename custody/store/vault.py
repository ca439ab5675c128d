"""Evidence in a local folder, by content, encrypted: objects/<2 hex>/<62 hex>, read-only age files.

An object is named by the SHA-256 of its content and has a key of its own, in the key store.

Order of a put (design §7): temporary file in the same file system, encrypted while it is hashed;
key on the disk; header, which that key opens; fsync; drop the cached pages; read back from the
disk, decrypt and compare; link to its name (never over another); fsync the folders. Killed at any
point, nothing half-written counts; `sweep` removes what dead processes left, and a key without
object is taken by the next put of that content.

A file without age header is content that was put before there was encryption: it is read as it is.
"""

import io
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from custody import locking
from custody.core.digest import Digests, PathLike, Progress, UnreadableError, digest_file
from custody.core.errors import DamagedError, NotFoundError, StorageError, UsageError
from custody.durable import sync_folder
from custody.places import Place, digested
from custody.store import age
from custody.store.keystore import Key, KeyStore, object_scope
from custody.store.objects import Kept, Removed, encrypted, holds, looked_at, opened, weight
from custody.store.staging import Staged, Staging, discard, name, refusal, sweep, sync_file_system

SHA256 = re.compile(r"[0-9a-f]{64}")
BAD_DISK = (
    "the vault's disk gave back other bytes than were written to it; nothing was recorded. Do not "
    "trust this disk: choose a vault on another one."
)
BATCH_FILES = 1000
BATCH_BYTES = 256 << 20  # what may wait for one flush of the file system


class LocalVault:
    """A content-addressed folder. Putting the same content twice keeps one, verified, object.

    Progress is told every byte twice (PASSES): as it is written, and as it is read back.
    """

    PASSES = 2

    def __init__(self, root: Path, keys: KeyStore) -> None:
        self.keys = keys
        self._objects = root / "objects"
        self._temp = root / "temp"
        self._lock = root / "lock"
        self._staging = Staging(self._temp)

    def put(self, source: PathLike | Place, progress: Progress | None = None) -> Digests:
        """Take in one file; when this returns, its content is on the disk and was read back.

        Raises:
            UnreadableError: the source cannot be read; `why` says which errno.
            StorageError: the source changed meanwhile, the vault is full, or the disk gave back
                other bytes than were written. Nothing counts and nothing is left behind.
            KeyStoreError: there is nothing to encrypt with.
        """
        self._prepare()
        return self._settle([self._staging.copy(source, progress)], progress)[0]

    def put_bytes(self, data: bytes) -> Digests:
        """The same for bytes at hand (a manifest, a log)."""
        self._prepare()
        return self._settle([self._staging.keep(data)], None)[0]

    def put_many(
        self, sources: Iterable[PathLike | Place], progress: Progress | None = None
    ) -> Iterator[Digests | UnreadableError]:
        """`put` of each source, in order, with one flush of the file system for many small files.

        What is yielded is durable. A source that cannot be read yields its error, and the next
        one follows; any other error ends the whole as in `put`.
        """
        self._prepare()
        batch: list[Staged | UnreadableError] = []
        waiting = 0
        try:
            for source in sources:
                try:
                    staged = self._staging.copy(source, progress)
                    waiting += staged.digests.size
                    batch.append(staged)
                except UnreadableError as error:
                    batch.append(error)
                if len(batch) >= BATCH_FILES or waiting >= BATCH_BYTES:
                    yield from self._settle_batch(batch, progress)
                    batch, waiting = [], 0
            yield from self._settle_batch(batch, progress)
        finally:
            discard(each for each in batch if isinstance(each, Staged))

    def _settle_batch(
        self, batch: Sequence[Staged | UnreadableError], progress: Progress | None
    ) -> Iterator[Digests | UnreadableError]:
        staged = [each for each in batch if isinstance(each, Staged)]
        settled = iter(self._settle(staged, progress)) if staged else iter(())
        for each in batch:
            yield next(settled) if isinstance(each, Staged) else each

    def _settle(self, batch: Sequence[Staged], progress: Progress | None) -> list[Digests]:
        """Give what was written its key and its name, read back; durable when it returns."""
        folders: set[Path] = set()
        try:
            # Nobody removes an object, and destroys its key, between the one and the other.
            with locking.turn(self._lock, alone=False):
                scopes = [object_scope(each.digests.sha256) for each in batch]
                had, keys = self.keys.among(scopes), self.keys.ensure(scopes)
                for scope, staged in zip(scopes, batch, strict=True):
                    staged.finish(keys[scope].secret)
                if len(batch) == 1:
                    batch[0].sync()
                else:
                    sync_file_system(self._temp)
                for scope, staged in zip(scopes, batch, strict=True):
                    folders.add(self._name(staged, keys[scope], progress, new=scope not in had))
                for folder in sorted(folders):
                    sync_folder(folder)
                sync_folder(self._objects)
        except OSError as error:
            raise refusal(error) from error
        finally:
            discard(batch)
        return [staged.digests for staged in batch]

    def _name(self, staged: Staged, key: Key, progress: Progress | None, *, new: bool) -> Path:
        """Link a temporary file to its name, or check the object that has this name already.

        new: the key was made for it, so a file of that name is what a removal left that was cut
            off, and nothing opens it.
        """
        sha256 = staged.digests.sha256
        target = self._path(sha256)
        dead = new and target.exists() and self.is_encrypted(sha256)
        if target.exists() and not dead:
            if not holds(target, key, staged.digests, progress):
                raise StorageError(
                    f"{target} no longer holds the content that its name stands for: the vault's "
                    "disk is failing or the object was altered. Move it aside, do not delete it, "
                    "then repeat the act."
                )
            return target.parent
        if not holds(staged.path, key, staged.digests, progress):
            raise StorageError(BAD_DISK)
        target.parent.mkdir(exist_ok=True)
        if dead:
            staged.path.replace(target)
        else:
            name(staged.path, target)
        return target.parent

    def has(self, sha256: str) -> bool:
        """Whether an object of that name is there; its content is not looked at."""
        return self._path(sha256).is_file()

    def location(self, sha256: str) -> Path:
        """Where the object lies, encrypted. Raises NotFoundError."""
        path = self._path(sha256)
        if not path.is_file():
            raise NotFoundError(f"the vault has no object {sha256}; it was not stored or is lost")
        return path

    def open(self, sha256: str, *, damaged: bool = False) -> io.BufferedReader:
        """The content, for reading; whether it is what its name stands for is not checked.

        damaged: what was altered is given out all the same, as far as it can be made out.

        Raises:
            NotFoundError: no such object, or its key was destroyed.
            KeyStoreError: the keys are not at hand.
            DamagedError: now or while reading: it was altered, or cut off.
        """
        raw = self._raw(sha256, damaged=damaged)
        return io.BufferedReader(raw, age.CHUNK)

    def place(self, sha256: str, name: str = "", *, damaged: bool = False) -> Kept:
        """The object as something that can be opened, which is not done yet."""
        return Kept(self, sha256, name or f"the vault's object {sha256:.12}", damaged)

    def size(self, sha256: str) -> int:
        """Bytes of the content; for this no key is needed. Raises NotFoundError."""
        with io.FileIO(self.location(sha256)) as file:
            size = os.fstat(file.fileno()).st_size
            return age.plain_size(size) if encrypted(file) else size

    def verify(self, sha256: str, progress: Progress | None = None) -> Digests:
        """Digests of what the disk holds now, to compare: a difference is not an error here.

        Raises:
            NotFoundError: no such object, or its key was destroyed.
            KeyStoreError: the keys are not at hand.
            StorageError: it cannot be read.
            DamagedError: it is so altered that nothing opens it, or beside its content only.
        """
        path = self.location(sha256)
        try:
            with self._raw(sha256, damaged=True, asked_of_disk=True) as file:
                found = digested(file.readinto, self.size(sha256), progress)
                if found.sha256 == sha256 and isinstance(file, age.Opened) and file.altered:
                    raise DamagedError(f"{path} was altered, though its content can be made out")
                return found
        except OSError as error:
            raise UnreadableError(path, error) from error

    def _raw(
        self, sha256: str, *, damaged: bool, asked_of_disk: bool = False
    ) -> io.FileIO | age.Opened:
        path = self.location(sha256)
        return opened(
            path,
            lambda: self.keys.key(object_scope(sha256)),
            damaged=damaged,
            asked_of_disk=asked_of_disk,
        )

    def remove(self, sha256: str) -> Removed:
        """Destroy the object's key, then its file; on return both are gone, and looked for.

        Whoever has a backup without keys cannot read it from here on; of copies of the key store
        `keys.copies` tells. Safe to repeat, and to kill in between: the key goes first.

        Raises:
            KeyStoreError, StorageError: some of it may be there still; repeat it.
        """
        path, scope = self._path(sha256), object_scope(sha256)
        self._prepare()
        try:
            with locking.turn(self._lock, alone=True):
                size, sealed = looked_at(path)
                key = bool(self.keys.destroy([scope]))
                path.unlink(missing_ok=True)
                if path.parent.is_dir():
                    sync_folder(path.parent)
                if path.exists() or self.keys.has(scope):
                    raise StorageError(f"{path} is still there; repeat it")
        except OSError as error:
            raise refusal(error) from error
        return Removed(sha256, key, size is not None, size or 0, key or sealed)

    def encrypt(self, sha256: str) -> bool:
        """Encrypt an object that was put before there was encryption, in its place.

        False where its file is not what its name stands for: it stays as it is.

        Raises:
            KeyStoreError, StorageError: it is as it was.
        """
        self._prepare()
        path = self.location(sha256)
        staged = self._staging.copy(path, None)
        try:
            if staged.digests.sha256 != sha256:
                return False
            with locking.turn(self._lock, alone=False):
                scope = object_scope(sha256)
                key = self.keys.ensure([scope])[scope]
                staged.finish(key.secret)
                staged.sync()
                if not holds(staged.path, key, staged.digests, None):
                    raise StorageError(BAD_DISK)
                staged.path.replace(path)
                sync_folder(path.parent)
        except OSError as error:
            raise refusal(error) from error
        finally:
            discard([staged])
        return True

    def is_encrypted(self, sha256: str) -> bool:
        """Whether the object is, by its header: content may be an age file too.

        Raises NotFoundError.
        """
        return looked_at(self.location(sha256))[1]

    def needs_keys(self) -> bool:
        """Whether any object is encrypted for certain; small ones are looked at first."""
        found = sorted(map(self.location, filter(self.is_encrypted, self.objects())), key=weight)
        return any(digest_file(path).sha256 != path.parent.name + path.name for path in found)

    def objects(self) -> Iterator[str]:
        """SHA-256 of all objects, in order; nothing is opened."""
        for folder in sorted(self._objects.glob("??")):
            for path in sorted(folder.iterdir()):
                yield folder.name + path.name

    def sweep(self) -> int:
        """Remove temporary files of dead processes, never of living ones; how many there were."""
        return sweep(self._temp)

    def _prepare(self) -> None:
        self.keys.open()  # or else hours of copying would end in its refusal
        if self._objects.is_dir():
            return
        try:
            self._objects.mkdir(mode=0o700, parents=True, exist_ok=True)
            sync_folder(self._objects.parent)
            sync_folder(self._objects.parent.parent)
        except OSError as error:
            raise refusal(error) from error

    def _path(self, sha256: str) -> Path:
        if not SHA256.fullmatch(sha256):
            raise UsageError(f"{sha256!r} is not a SHA-256 in 64 lower-case hex digits")
        return self._objects / sha256[:2] / sha256[2:]
