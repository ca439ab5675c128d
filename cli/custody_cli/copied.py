"""What a copy of an item consists of: its files, where their bytes lie, and what they must be."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from custody.core.canonical import percent, unpercent
from custody.core.digest import Digests, shown
from custody.core.errors import MalformedError, StorageError, UsageError
from custody.images import manifest
from custody.places import Left, Place
from custody.store.copying import Part
from custody_cli.names import ItemName
from custody_cli.rehashing import OnFile, content_on_file
from custody_cli.run import Run
from custody_cli.told import chain
from custody_schemas.fields import Content
from custody_schemas.terms import ContentForm, ContentPlace

UNNAMED = b"content"  # a file whose name is withheld or erased


class Whole(NamedTuple):
    """All of an item's content.

    left_out: what its folder holds and no copy does: links, special and unreadable files.
    """

    parts: tuple[Part, ...]
    folders: tuple[bytes, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(part.digests.size for part in self.parts)


def folder_name(item: ItemName, number: int) -> str:
    """What the folder of a working copy is called on its medium."""
    return f"{percent(item.name.encode()).replace('/', '-')}-copy-{number}"


def whole(run: Run, item: ItemName) -> Whole:
    """The content of an item as it is on file; nothing but a manifest is read.

    Raises:
        UsageError: there is none, or its digests were erased.
        NotFoundError, StorageError: the manifest is gone, or not the one on file.
    """
    on_file = content_on_file(run, item) if item.state.content else None
    if on_file is None:
        raise UsageError(f"{item.both}: no digital content is on file that could be copied")
    if on_file.content.form is ContentForm.FILE:
        digests = Digests(on_file.sha256, on_file.blake3, on_file.content.size)
        return Whole((Part(_name(run, item), _source(run, on_file, None, digests), digests),))
    entries = _entries(run, item, on_file)
    return Whole(
        tuple(_part(run, on_file, each) for each in entries if "sha256" in each),
        tuple(unpercent(each["path"]) for each in entries if each["type"] == "folder"),
        tuple(_left_out(entries)),
    )


def _name(run: Run, item: ItemName) -> bytes:
    """What the only file was called when it was taken in."""
    for told in chain(run.ledger, item.tag):
        if told.statement.id == item.state.content:
            lines = told.opened.get("files") or ()
            if isinstance(lines, tuple) and len(lines) == 1:
                return plain_name(unpercent(lines[0].rpartition(" ")[2]))
    return UNNAMED


def plain_name(name: bytes) -> bytes:
    """A name that stays in its folder. Raises MalformedError: it does not."""
    if b"/" in name:
        raise MalformedError(f"{percent(name)!r} does not name a file of one folder")
    return manifest.relative(name)


def _entries(run: Run, item: ItemName, on_file: OnFile) -> list[dict[str, Any]]:
    """The lines of the manifest, which is read only if it is the one on file."""
    found = run.vault.verify(on_file.sha256)
    if (found.sha256, found.blake3) != (on_file.sha256, on_file.blake3):
        raise StorageError(
            f"the manifest of {item.both} in the vault is not the one on file; `custody check "
            f"{item.name}` records that"
        )
    with run.vault.open(on_file.sha256) as file:
        return list(manifest.read(file.read()))


def _part(run: Run, on_file: OnFile, entry: dict[str, Any]) -> Part:
    name = unpercent(entry["path"])
    digests = Digests(entry["sha256"], entry["blake3"], entry["size"])
    return Part(name, _source(run, on_file, name, digests), digests, entry.get("mtime"))


def _source(run: Run, on_file: OnFile, name: bytes | None, digests: Digests) -> Place:
    """Where the bytes of a file lie: where they were left, or in the vault if it has them."""
    content: Content = on_file.content
    if content.where is ContentPlace.VAULT:
        return run.vault.place(digests.sha256)
    place = Path(os.fsdecode(on_file.location))
    if name is None:
        return Left(place)
    base = place if content.form is ContentForm.FOLDER else place.parent
    return Left(base / os.fsdecode(name))


def _left_out(entries: list[dict[str, Any]]) -> Iterator[str]:
    for each in entries:
        name = shown(unpercent(each["path"]))
        match each["type"]:
            case "symlink":
                yield f"{name} (a link to {shown(unpercent(each['target']))})"
            case "special":
                yield f"{name} (a {each['what']})"
            case "unreadable":
                yield f"{name} (could not be read: {each['why']})"
