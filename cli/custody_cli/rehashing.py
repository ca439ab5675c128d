"""Content of items hashed again and compared with the digests on file. Verdicts are computed here."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from custody.core.canonical import unpercent
from custody.core.digest import Digests, digest_file
from custody.core.errors import DamagedError, MalformedError, NotFoundError, StorageError
from custody.images import manifest
from custody.store.vault import LocalVault
from custody_cli.names import ItemName
from custody_cli.run import Run
from custody_cli.told import Told, chain, text
from custody_schemas.fields import Content
from custody_schemas.terms import ContentForm, ContentPlace, IntegrityVerdict

Progress = Callable[[int], None] | None
LISTED = 10  # files that a verdict names


class Rehash(NamedTuple):
    """What became of an item's content.

    detail: for people; found: for the entry, where digests differ: item number, SHA-256, BLAKE3,
    size in bytes.
    """

    verdict: IntegrityVerdict
    detail: str = ""
    found: tuple[str, ...] = ()


class OnFile(NamedTuple):
    """Content as the entry that brought it says."""

    content: Content
    sha256: str
    blake3: str
    location: bytes


def content_on_file(run: Run, item: ItemName) -> OnFile | None:
    """The digests on file; None where the item has no digital content, or they are erased."""
    for told in chain(run.ledger, item.tag):
        if told.statement.id == item.state.content:
            return content_of(told)
    return None


def content_of(told: Told) -> OnFile | None:
    """The digests in an entry that brought content; None where they are erased."""
    content = getattr(told.statement.act, "content", None)
    if not isinstance(content, Content):
        return None
    sha256 = content.sha256 or text(told, "content_sha256")
    blake3 = content.blake3 or text(told, "content_blake3")
    if not (sha256 and blake3):
        return None
    return OnFile(content, sha256, blake3, unpercent(text(told, "location")))


def rehash(run: Run, item: ItemName, progress: Progress = None) -> Rehash | None:
    """The verdict on an item's content; None where there is nothing to compare."""
    if item.state.content is None:
        return None
    on_file = content_on_file(run, item)
    if on_file is None:
        return Rehash(IntegrityVerdict.NOT_CHECKED, "its digests were erased")
    places = _Places(run.vault, on_file)
    if places.gone():
        where = on_file.location.decode(errors="backslashreplace")
        return Rehash(IntegrityVerdict.NOT_CHECKED, f"it is not in the vault, and not at {where}")
    if on_file.content.form is ContentForm.FILE:
        return _of_file(item, on_file, places, progress)
    return _of_set(item, on_file, places, progress)


class _Places:
    """Where the bytes of one item are: in the vault, or left in place."""

    def __init__(self, vault: LocalVault, on_file: OnFile) -> None:
        self.vault, self.on_file = vault, on_file
        self.in_place = on_file.content.where is ContentPlace.IN_PLACE
        path = Path(on_file.location.decode(errors="surrogateescape"))
        self.path = path
        self.base = path if on_file.content.form is ContentForm.FOLDER else path.parent

    def gone(self) -> bool:
        return self.in_place and not self.path.exists()

    def digests(self, sha256: str, name: bytes | None, progress: Progress) -> Digests:
        """Of one file. Raises NotFoundError, StorageError."""
        if not self.in_place:
            return self.vault.verify(sha256, progress)
        path = self.path if name is None else self.base / name.decode(errors="surrogateescape")
        return digest_file(path, progress)


def _of_file(item: ItemName, on_file: OnFile, places: _Places, progress: Progress) -> Rehash:
    try:
        found = places.digests(on_file.sha256, None, progress)
    except DamagedError as error:  # so altered that there are no digests to tell
        return Rehash(IntegrityVerdict.MISMATCH, str(error))
    except (NotFoundError, StorageError) as error:
        return Rehash(IntegrityVerdict.UNREADABLE, str(error))
    expected = Digests(on_file.sha256, on_file.blake3, on_file.content.size)
    if found == expected:
        return Rehash(IntegrityVerdict.MATCH)
    detail = f"SHA-256 on file {expected.sha256}, found {found.sha256}"
    return Rehash(IntegrityVerdict.MISMATCH, detail, (_line(item, found),))


def _of_set(item: ItemName, on_file: OnFile, places: _Places, progress: Progress) -> Rehash:
    """A folder or segments: first the manifest, then every file that it lists."""
    try:
        listing = places.vault.verify(on_file.sha256)
        if (listing.sha256, listing.blake3) != (on_file.sha256, on_file.blake3):
            detail = "the manifest in the vault is not the one on file"
            return Rehash(IntegrityVerdict.MISMATCH, detail, (_line(item, listing),))
        with places.vault.open(on_file.sha256) as file:
            entries = [e for e in manifest.read(file.read()) if e["type"] in ("file", "segment")]
    except DamagedError as error:
        return Rehash(IntegrityVerdict.MISMATCH, f"the manifest: {error}")
    except (NotFoundError, StorageError, MalformedError) as error:
        return Rehash(IntegrityVerdict.UNREADABLE, f"the manifest: {error}")
    bad = list(_bad(entries, places, progress))
    if not bad:
        return Rehash(IntegrityVerdict.MATCH)
    verdict = IntegrityVerdict.PARTIAL if len(bad) < len(entries) else IntegrityVerdict.MISMATCH
    names = "; ".join(detail for detail, _ in bad[:LISTED])
    more = f"; and {len(bad) - LISTED} more" if len(bad) > LISTED else ""
    found = tuple(_line(item, each) for _, each in bad[:LISTED] if each is not None)
    return Rehash(verdict, f"{len(bad)} of {len(entries)} files: {names}{more}", found)


def _bad(
    entries: list[dict[str, Any]], places: _Places, progress: Progress
) -> Iterator[tuple[str, Digests | None]]:
    for entry in entries:
        try:
            found = places.digests(entry["sha256"], unpercent(entry["path"]), progress)
        except DamagedError:
            yield f"{entry['path']} differs", None
            continue
        except (NotFoundError, StorageError):
            yield f"{entry['path']} cannot be read", None
            continue
        if (found.sha256, found.blake3, found.size) != (
            entry["sha256"],
            entry["blake3"],
            entry["size"],
        ):
            yield f"{entry['path']} differs", found


def _line(item: ItemName, found: Digests) -> str:
    return f"{item.state.number} {found.sha256} {found.blake3} {found.size}"


def size_of(run: Run, items: list[ItemName]) -> int:
    """Bytes that checking these items reads."""
    found = (content_on_file(run, item) for item in items if item.state.content)
    return sum(each.content.size for each in found if each)
