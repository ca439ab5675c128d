"""Lists of digests that came with a delivery: read first, compared, kept with the entry."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from custody.core.canonical import percent
from custody.core.digest import Digests, Unchanging, digest_bytes, shown
from custody.core.errors import MalformedError
from custody.images import supplied
from custody.images.acquiring import Acquired
from custody.images.compared import Comparison, Delivered, File, Judged
from custody.images.intake import Kind, Type
from custody.images.supplied import Stated
from custody.places import Left
from custody.store.vault import LocalVault
from custody_cli import output
from custody_cli.content import LINES_MOST, bounded, line

FITTING = 100_000  # characters of the lines of one member


class Lists:
    """The lists, read before anything is copied: one that nobody can read stops the command."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self.stated: list[list[Stated]] = []
        self._data: list[tuple[bytes, bytes]] = []
        self._digests: list[Digests] = []
        for path in paths:
            data = read_whole(path)
            try:
                self.stated.append(supplied.read(data))
            except MalformedError as error:
                raise MalformedError(f"{shown(path.name)}: {error}") from error
            self._data.append((os.fsencode(path.name), data))
            self._digests.append(digest_bytes(data))

    def kept(self, vault: LocalVault) -> list[str]:
        """The lists as attachments, in the vault."""
        return [line(vault.put_bytes(data), name) for name, data in self._data]

    def judge(
        self, taken: Sequence[Acquired], vault: LocalVault, *, in_place: bool, part: bool
    ) -> list[tuple[Judged | None, tuple[str, ...]]]:
        """Of each item the verdict, None without a list, and what the lists state of it."""
        if not self.stated:
            return [(None, ())] * len(taken)
        delivered = [files_of(each, vault, in_place) for each in taken]
        own = [each.sha256 for each in self._digests]
        comparison = Comparison(self.stated, delivered, own)
        with output.progress(comparison.size, "comparing with the supplied digests") as progress:
            judged = comparison.judge(progress, part=part)
        return [
            (each, tuple(map(_spelt, comparison.about(item))))
            for each, item in zip(judged, delivered, strict=True)
        ]


def read_whole(path: Path) -> bytes:
    """A list's bytes. Raises StorageError, MalformedError: longer than any list."""
    with Unchanging(path) as file:
        if file.size > supplied.LIMIT:
            most = supplied.LIMIT
            raise MalformedError(f"{shown(path)} has {file.size} bytes; at most {most} are read")
        with os.fdopen(os.dup(file.descriptor), "rb") as reader:
            return reader.read()


def files_of(taken: Acquired, vault: LocalVault, in_place: bool) -> Delivered:
    """The files of one item, by the names that a list can give them."""
    plan = taken.plan
    files = tuple(
        File(
            member.name,
            digests,
            Left(Path(os.fsdecode(plan.path(member)))) if in_place else vault.place(digests.sha256),
        )
        for member, digests in taken.taken
    )
    if plan.kind is not Kind.FOLDER:
        return Delivered(b"", files)
    folders = tuple(each.name for each in plan.members if each.type is Type.FOLDER)
    return Delivered(plan.name, files, folders)


def _spelt(stated: Stated) -> str:
    name = percent(stated.name.encode("utf-8", "surrogateescape"))
    return f"{stated.algorithm} {stated.digest or '-'} {name}"


def fitted(lines: Iterable[str]) -> list[str]:
    """As many lines as a member can hold; the last one says how many more the list has."""
    every, room = bounded_all(lines), FITTING
    kept: list[str] = []
    for each in every:
        room -= len(each)
        if room < 0 or len(kept) == LINES_MOST - 1:
            return [*kept, f"and {len(every) - len(kept)} more, which the attached list tells"]
        kept.append(each)
    return kept


def bounded_all(lines: Iterable[str]) -> list[str]:
    """Every line, long ones cut."""
    return [bounded([each])[0] for each in lines]
