"""Content that the receiver has before her, held against the digests on file."""

from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from custody.carried.checking import OfferedItem
from custody.carried.facts import OnFile
from custody.core.canonical import unpercent
from custody.core.digest import Digests, digest_file
from custody.core.errors import CustodyError, MalformedError
from custody.images import manifest
from custody_schemas.terms import ContentForm, IntegrityVerdict

Progress = Callable[[int], None] | None
LISTED = 10  # files that a verdict names


def compare(
    item: OfferedItem, path: Path | None, progress: Progress = None
) -> tuple[IntegrityVerdict, str] | None:
    """The verdict on an item's content, and for people why; None where it has none.

    path: the file, or the folder that holds the files; None where she does not have them.
    """
    on_file = item.content
    if item.state.content is None:
        return None
    if path is None:
        return IntegrityVerdict.NOT_CHECKED, ""
    if on_file is None or not (on_file.sha256 and on_file.blake3):
        return IntegrityVerdict.NOT_CHECKED, "its digests are not in the offer"
    if on_file.content.form is ContentForm.FILE:
        return _of_file(on_file, path, progress)
    if item.manifest is None:
        return IntegrityVerdict.NOT_CHECKED, "the list of its files is not in the offer"
    return _of_set(on_file, item.manifest, path, progress)


def _of_file(on_file: OnFile, path: Path, progress: Progress) -> tuple[IntegrityVerdict, str]:
    try:
        found = digest_file(path, progress)
    except (CustodyError, OSError) as error:
        return IntegrityVerdict.UNREADABLE, str(error)
    if found == Digests(on_file.sha256, on_file.blake3, on_file.content.size):
        return IntegrityVerdict.MATCH, ""
    return IntegrityVerdict.MISMATCH, f"SHA-256 on file {on_file.sha256}, found {found.sha256}"


def _of_set(
    on_file: OnFile, listing: bytes, path: Path, progress: Progress
) -> tuple[IntegrityVerdict, str]:
    """A folder or segments: every file that the manifest lists.

    Raises:
        MalformedError: the manifest of the offer is not the one on file.
    """
    if sha256(listing).hexdigest() != on_file.sha256:
        raise MalformedError("a list of files in the offer is not the one on file")
    entries = [each for each in manifest.read(listing) if each["type"] in ("file", "segment")]
    base = path if path.is_dir() else path.parent
    bad = list(_bad(entries, base, progress))
    if not bad:
        return IntegrityVerdict.MATCH, ""
    verdict = IntegrityVerdict.PARTIAL if len(bad) < len(entries) else IntegrityVerdict.MISMATCH
    more = f"; and {len(bad) - LISTED} more" if len(bad) > LISTED else ""
    return verdict, f"{len(bad)} of {len(entries)} files: {'; '.join(bad[:LISTED])}{more}"


def _bad(entries: list[dict[str, Any]], base: Path, progress: Progress) -> Iterator[str]:
    for each in entries:
        path = base / unpercent(each["path"]).decode(errors="surrogateescape")
        try:
            found = digest_file(path, progress)
        except (CustodyError, OSError):
            yield f"{each['path']} cannot be read"
            continue
        if found != Digests(each["sha256"], each["blake3"], each["size"]):
            yield f"{each['path']} differs"
