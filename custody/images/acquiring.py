"""Take one item in: one read of the evidence, then what its image and its logs claim is compared.

Order: members (hashed, and stored unless in place) → media, from the vault's copy → names listed
again → manifest. The caller records only what is returned: whatever is raised before that, nothing
of the item counts.
"""

import errno
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from custody.core.canonical import percent
from custody.core.digest import Digests, PathLike, Progress, UnreadableError, digest_file, shown
from custody.core.errors import StorageError
from custody.images import manifest
from custody.images.facts import DISPUTING, Fact
from custody.images.intake import LISTED, Kind, Member, Plan, Type, accepting, check_unchanged
from custody.images.testimony import Media, Testimony, examine, facts, read_log
from custody.places import Left, Place

# What a disk or its permissions refuse; everything else means that the file is gone or another.
ACCEPTABLE = {errno.errorcode[each] for each in (errno.EACCES, errno.EPERM, errno.EIO)}


class Vault(Protocol):
    """Where content is kept: as much of `custody.store` as is needed here."""

    def put_many(
        self, sources: Iterable[PathLike], progress: Progress | None = None
    ) -> Iterator[Digests | UnreadableError]: ...
    def put_bytes(self, data: bytes) -> Digests: ...
    def place(self, sha256: str, name: str = ...) -> Place: ...


class Taken(NamedTuple):
    """A member that has content, and its digests."""

    member: Member
    digests: Digests


@dataclass(frozen=True, slots=True)
class Acquired:
    """What was taken in. `digests` are the item's: those of the only file, else of the manifest."""

    plan: Plan
    digests: Digests
    taken: tuple[Taken, ...]
    manifest: Digests | None  # its object in the vault; None for a single file
    media: Media | None  # of an image, or of raw parts
    logs: tuple[Testimony, ...]
    facts: tuple[Fact, ...]

    @property
    def size(self) -> int:
        """Bytes of all files together, as they were read."""
        return sum(each.digests.size for each in self.taken)

    @property
    def unread(self) -> int:
        """Entries of a folder that could not be read, or were not opened."""
        entries = self.plan.members if self.plan.kind == Kind.FOLDER else ()
        return sum(each.type in (Type.UNREADABLE, Type.SPECIAL) for each in entries)

    @property
    def disputed(self) -> bool:
        """Whether something puts the content itself in doubt (to be recorded with a reason)."""
        return any(fact.code in DISPUTING for fact in self.facts)


def acquire(
    plan: Plan,
    vault: Vault,
    *,
    in_place: bool = False,
    accept_unreadable: bool = False,
    logs: Sequence[PathLike] = (),
    progress: Progress | None = None,
) -> Acquired:
    """Take `plan` in; with `in_place` only its manifest and the logs go into the vault.

    With `accept_unreadable`, members that cannot be read stand so in the manifest of a folder.

    Raises:
        StorageError: unreadable members, a change meanwhile, a full or failing vault.
        MissingExtraError: an E01 image, without libewf-python.
    """
    if not accept_unreadable or plan.kind != Kind.FOLDER:
        refuse_unreadable(plan, plan.unreadable())
    plan, taken = take(plan, vault, in_place, accept_unreadable, progress)
    heard = tuple(read_log(path, vault) for path in logs)
    places = [
        Left(Path(os.fsdecode(plan.path(each.member))))
        if in_place
        else vault.place(each.digests.sha256, shown(each.member.name))
        for each in taken
    ]
    media = examine(plan, places, heard, progress)
    check_unchanged(plan)
    if plan.kind != Kind.FOLDER and len(taken) == 1:
        digests, listing = taken[0].digests, None
    else:
        digests = listing = vault.put_bytes(manifest.write(lines(plan, taken)))
    return Acquired(plan, digests, taken, listing, media, heard, tuple(facts(plan, media, heard)))


def take(
    plan: Plan, vault: Vault, in_place: bool, accept: bool, progress: Progress | None
) -> tuple[Plan, tuple[Taken, ...]]:
    """Digests of every member that has content; the plan with those marked that have none."""
    members = [each for each in plan.members if each.type in (Type.FILE, Type.SEGMENT)]
    sources = [plan.path(each) for each in members]
    found = digested(sources, progress) if in_place else vault.put_many(sources, progress)
    taken = []
    for member, result in zip(members, found, strict=True):
        if not isinstance(result, UnreadableError):
            taken.append(Taken(member, result))
        elif plan.kind == Kind.FOLDER and result.why in ACCEPTABLE:
            plan = accepting(plan, member.name, result.why)
            if not accept:
                refuse_unreadable(plan, plan.unreadable())
        else:
            raise result
    return plan, tuple(taken)


def digested(
    sources: Iterable[bytes], progress: Progress | None
) -> Iterator[Digests | UnreadableError]:
    """What a vault answers, without keeping anything."""
    for source in sources:
        try:
            yield digest_file(source, progress)
        except UnreadableError as error:
            yield error


def refuse_unreadable(plan: Plan, members: Sequence[Member]) -> None:
    """Stop for members that cannot be read, with all their names and what to do."""
    if not members:
        return
    names = ", ".join(f"{shown(m.name)} ({m.detail.decode()})" for m in members[:LISTED])
    more = f" and {len(members) - LISTED} more" if len(members) > LISTED else ""
    raise StorageError(
        f"{len(members)} entries of {shown(plan.base)} cannot be read: {names}{more}. Nothing was "
        "recorded. Read them with more rights or from an image of the medium, or accept that they "
        "are missing: they then stand in the manifest as unreadable, as an adverse fact."
    )


def lines(plan: Plan, taken: Sequence[Taken]) -> Iterator[dict[str, Any]]:
    """The manifest's lines, in the order of the bytes of the names."""
    digests = {each.member.name: each.digests for each in taken}
    for member in sorted(plan.members):
        path = percent(member.name)
        match member.type:
            case Type.FILE:
                seconds = member.mtime_ns // 10**9
                yield manifest.content_line(
                    "file", member.name, digests[member.name], mtime=seconds
                )
            case Type.SEGMENT:
                yield manifest.content_line("segment", member.name, digests[member.name])
            case Type.FOLDER:
                yield {"type": "folder", "path": path}
            case Type.SYMLINK:
                yield {"type": "symlink", "path": path, "target": percent(member.detail)}
            case Type.SPECIAL:
                yield {"type": "special", "path": path, "what": member.detail.decode()}
            case Type.UNREADABLE:
                yield {"type": "unreadable", "path": path, "why": member.detail.decode()}
