"""The manifest of a folder or a set of segments: one canonical JSON line for each entry.

Sorted by the bytes of the path, percent-encoded and relative. Its digests are the item's. Segments
carry no times: the same image copied elsewhere is the same item.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from custody.core.canonical import decode, encode, percent, unpercent
from custody.core.digest import Digests
from custody.core.errors import MalformedError

LINE_LIMIT = 64 * 1024  # bytes; the longest Linux path percent-encodes to 12 KiB
HEX = frozenset("0123456789abcdef")
MEMBERS = {
    "file": {"blake3": str, "mtime": int, "path": str, "sha256": str, "size": int, "type": str},
    "segment": {"blake3": str, "path": str, "sha256": str, "size": int, "type": str},
    "folder": {"path": str, "type": str},
    "symlink": {"path": str, "target": str, "type": str},
    "special": {"path": str, "type": str, "what": str},
    "unreadable": {"path": str, "type": str, "why": str},
}
SPECIAL = {"fifo", "socket", "device"}


def content_line(kind: str, path: bytes, digests: Digests, **more: int) -> dict[str, Any]:
    """The line of a "file" (with mtime, Unix seconds) or a "segment"."""
    return {"type": kind, "path": percent(path), **digests._asdict(), **more}


def write(lines: Iterable[dict[str, Any]]) -> bytes:
    """The manifest's bytes; `lines` must be in order."""
    return b"".join(encode(line) + b"\n" for line in lines)


def read(data: bytes) -> Iterator[dict[str, Any]]:
    """The lines of a manifest, checked: what `write` would not have written is refused.

    Raises:
        MalformedError: names the line.
    """
    if data and not data.endswith(b"\n"):
        raise MalformedError("the manifest does not end with a line feed")
    before: bytes | None = None
    for number, line in enumerate(data.split(b"\n")[:-1], start=1):
        try:
            value = decode(line, LINE_LIMIT)
            path = check(value)
            if before is not None and path <= before:
                raise MalformedError("its path does not come after the one before")
        except MalformedError as error:
            raise MalformedError(f"line {number} of the manifest: {error}") from error
        before = path
        yield value


def check(value: Any) -> bytes:
    """The path of one line, whose members are what its type asks for."""
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        raise MalformedError("no object with a type")
    expected = MEMBERS.get(value["type"])
    if expected is None or {key: type(each) for key, each in value.items()} != expected:
        raise MalformedError(f"not the members of an entry of type {value['type']!r}")
    if value.get("size", 0) < 0:
        raise MalformedError("a size below zero")
    for name in {"sha256", "blake3"} & value.keys():
        if len(value[name]) != 64 or not HEX.issuperset(value[name]):
            raise MalformedError(f"{name} is not 64 lower-case hex digits")
    if value.get("what", "fifo") not in SPECIAL:
        raise MalformedError(f"{value['what']!r} is no kind of special file")
    unpercent(value.get("target", ""))
    return relative(unpercent(value["path"]))


def relative(path: bytes) -> bytes:
    """`path`, if it names something below the folder and in one way only."""
    if any(part in (b"", b".", b"..") for part in path.split(b"/")) or b"\0" in path:
        raise MalformedError(f"{percent(path)!r} does not name something below the folder")
    return path
