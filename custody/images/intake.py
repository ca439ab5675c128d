"""What is to be taken in as one item: a file, a folder, or the segments of an image.

Nothing is read here but names and a few headers. Links are never followed and special files never
opened; who wants what a link leads to names that path.
"""

import errno
import os
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from custody.core.digest import PathLike, UnreadableError, quiet_open, shown
from custody.core.errors import NotFoundError, StorageError, UsageError
from custody.images.sections import check_set
from custody.images.segments import RAW, Series, series_of, whole
from custody.places import Left

LISTED = 20  # names that a refusal shows before it counts the rest


class Kind(StrEnum):
    FILE = "file"
    FOLDER = "folder"
    IMAGE = "image"  # E01, S01, L01, Ex01, Lx01 in one segment or many
    RAW_SPLIT = "raw_split"  # .001 …, which say nothing of their number


class Type(StrEnum):
    """What an entry of a manifest is."""

    FILE = "file"
    SEGMENT = "segment"
    FOLDER = "folder"
    SYMLINK = "symlink"
    SPECIAL = "special"
    UNREADABLE = "unreadable"


class Member(NamedTuple):
    """One entry, named by its bytes below `Plan.base`; size and time as the file system has them.

    `detail`: a link's target, the kind of a special file, or the errno of an unreadable one.
    """

    name: bytes
    type: Type
    size: int = 0
    mtime_ns: int = 0
    detail: bytes = b""

    def looks(self) -> tuple[bytes, str, int, int, bytes]:
        """What must be the same when the folder is listed again (reading may have failed)."""
        kind = Type.FILE if self.type == Type.UNREADABLE else self.type
        detail = self.detail if self.type in (Type.SYMLINK, Type.SPECIAL) else b""
        return self.name, kind, self.size, self.mtime_ns, detail


@dataclass(frozen=True, slots=True)
class Plan:
    """One item to be: what it is called, and its members in the order of their bytes.

    The members of a set stand in the order of their numbers.
    """

    kind: Kind
    base: bytes
    name: bytes
    members: tuple[Member, ...]

    @property
    def size(self) -> int:
        """Bytes to be read."""
        return sum(m.size for m in self.members if m.type in (Type.FILE, Type.SEGMENT))

    def path(self, member: Member) -> bytes:
        """Where a member lies."""
        return os.path.join(self.base, member.name)  # noqa: PTH118

    def unreadable(self) -> list[Member]:
        """Members that cannot be opened, as far as that was tried."""
        return [member for member in self.members if member.type == Type.UNREADABLE]


def plan(paths: Sequence[PathLike], *, plain: bool = False) -> Plan:
    """The one item that `paths` are: one path, or several segments of one image.

    With `plain`, a file is only a file, whatever its name looks like.

    Raises:
        UsageError: several items, a link, or a special file.
        MalformedError: a set of segments with a hole, without its end, or of two images.
        NotFoundError, StorageError: not there, or not to be read.
    """
    found = plans(paths, plain=plain)
    if len(found) != 1:
        names = ", ".join(shown(each.name) for each in found[:LISTED])
        raise UsageError(
            f"{len(found)} different items: {names}. Take them in one by one, or put what belongs "
            "together into a folder and name the folder."
        )
    return found[0]


def plans(paths: Sequence[PathLike], *, plain: bool = False) -> list[Plan]:
    """The items that `paths` are, each once: segments of one image, all found, are one item."""
    if not paths:
        raise UsageError("no path to take in")
    items: dict[object, Plan] = {}
    for path in dict.fromkeys(Path(os.path.abspath(os.fsdecode(p))) for p in paths):  # noqa: PTH100
        refuse_odd(path)
        if path.is_dir():
            items[path] = folder(path)
        elif plain or (series := series_of(path)) is None:
            items[path] = Plan(
                Kind.FILE, os.fsencode(path.parent), os.fsencode(path.name), (named(path),)
            )
        elif (path.parent, series) not in items:
            items[path.parent, series] = segments(path.parent, series)
    return list(items.values())


def refuse_odd(path: Path) -> None:
    """Refuse a PATH that is a link or a special file: which of the two is meant, people must say."""
    try:
        mode = path.lstat().st_mode
        target = shown(path.readlink()) if stat.S_ISLNK(mode) else ""
    except FileNotFoundError as error:
        raise NotFoundError(f"there is no {shown(path)}") from error
    except OSError as error:
        raise UnreadableError(path, error) from error
    if target:
        raise UsageError(
            f"{shown(path)} is a symbolic link to {target}; links are not followed. "
            "Name the target itself."
        )
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise UsageError(
            f"{shown(path)} is a {special(mode)} and is not opened. Image a device with an "
            "imaging tool (write-blocked) and take in the image with its log."
        )


def segments(parent: Path, series: Series) -> Plan:
    """The set that a name belongs to, whole and of one image."""
    files = whole(parent, series)
    for path in files:
        refuse_odd(path)
    if series.family == RAW:
        kind = Kind.RAW_SPLIT
    else:
        kind = Kind.IMAGE
        check_set([Left(file) for file in files])
    members = tuple(named(path)._replace(type=Type.SEGMENT) for path in files)
    name = os.fsencode(files[0].name)
    if kind == Kind.RAW_SPLIT and len(members) == 1:
        return Plan(Kind.FILE, os.fsencode(parent), name, (named(files[0]),))
    return Plan(kind, os.fsencode(parent), name, members)


def named(path: Path) -> Member:
    """A regular file as a member of its parent folder."""
    try:
        info = path.lstat()
    except OSError as error:
        raise UnreadableError(path, error) from error
    return Member(os.fsencode(path.name), Type.FILE, info.st_size, info.st_mtime_ns)


def folder(root: Path) -> Plan:
    """Everything below `root`; what cannot be opened is marked, by trying."""
    base = os.fsencode(root)
    return Plan(Kind.FOLDER, base, os.fsencode(root.name), tuple(probed(base, walk(base))))


def walk(root: bytes) -> list[Member]:
    """Every name below `root`, sorted by the bytes of the path.

    Raises:
        StorageError: a folder met twice (a mount inside itself), or names that go while listed.
    """
    found: list[Member] = []
    seen: set[tuple[int, int]] = set()
    waiting = [b""]
    while waiting:
        below = waiting.pop()
        here = os.path.join(root, below) if below else root  # noqa: PTH118
        try:
            info = os.stat(here)  # noqa: PTH116
            with os.scandir(here) as entries:
                listed = [member(entry, below) for entry in entries]
        except OSError as error:
            why = errno.errorcode.get(error.errno or 0, "EIO")
            if not below or why not in ("EACCES", "EPERM", "EIO"):
                raise UnreadableError(here, error) from error
            found.append(Member(below, Type.UNREADABLE, detail=why.encode()))
            continue
        if (info.st_dev, info.st_ino) in seen:
            raise StorageError(f"{shown(here)} is mounted twice below {shown(root)}; unmount it")
        seen.add((info.st_dev, info.st_ino))
        if below:
            found.append(Member(below, Type.FOLDER))
        waiting += [each.name for each in listed if each.type == Type.FOLDER]
        found += [each for each in listed if each.type != Type.FOLDER]
    return sorted(found)


def member(entry: "os.DirEntry[bytes]", below: bytes) -> Member:
    """One name of a folder, not opened and not followed."""
    name = below + b"/" + entry.name if below else entry.name
    info = entry.stat(follow_symlinks=False)
    if stat.S_ISREG(info.st_mode):
        return Member(name, Type.FILE, info.st_size, info.st_mtime_ns)
    if stat.S_ISDIR(info.st_mode):
        return Member(name, Type.FOLDER)
    if stat.S_ISLNK(info.st_mode):
        return Member(name, Type.SYMLINK, detail=os.readlink(entry.path))  # noqa: PTH115
    return Member(name, Type.SPECIAL, detail=special(info.st_mode).encode())


def special(mode: int) -> str:
    """The manifest's word for what is neither file, folder nor link."""
    if stat.S_ISFIFO(mode):
        return "fifo"
    return "socket" if stat.S_ISSOCK(mode) else "device"


def probed(base: bytes, members: Iterable[Member]) -> Iterable[Member]:
    """The members, with files that cannot be opened marked so: before hours of copying."""
    for each in members:
        if each.type == Type.FILE:
            try:
                os.close(quiet_open(os.path.join(base, each.name)))  # noqa: PTH118
            except OSError as error:
                why = errno.errorcode.get(error.errno or 0, "EIO").encode()
                each = each._replace(type=Type.UNREADABLE, detail=why)
        yield each


def check_unchanged(plan: Plan) -> None:
    """Is everything still there, and as it was listed? To be asked after the last byte was read.

    Raises:
        StorageError: names what came, went or changed.
    """
    if plan.kind == Kind.FOLDER:
        now = walk(plan.base)
    else:
        now = [named(Path(os.fsdecode(plan.path(each)))) for each in plan.members]
        now = [each._replace(type=plan.members[0].type) for each in now]
    before = {each.looks() for each in plan.members}
    after = {each.looks() for each in now}
    if changed := sorted({look[0] for look in before ^ after}):
        names = ", ".join(shown(name) for name in changed[:LISTED])
        raise StorageError(
            f"{shown(plan.base)} changed while it was being read: {names}"
            f"{f' and {len(changed) - LISTED} more' if len(changed) > LISTED else ''}. Nothing of "
            "it was counted. Take it from a write-blocked or read-only mount."
        )


def accepting(plan: Plan, unreadable: bytes, why: str) -> Plan:
    """The plan with one more member known to be unreadable."""
    return replace(
        plan,
        members=tuple(
            each._replace(type=Type.UNREADABLE, detail=why.encode())
            if each.name == unreadable
            else each
            for each in plan.members
        ),
    )
