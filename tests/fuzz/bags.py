"""Readers of a bundle's parts: the zip, its manifests, the lines of its ledger files."""

import io
import zlib
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

from custody.core import canonical
from custody.core.bundle import contents
from custody.core.bundle.archive import Archive
from custody.core.bundle.bag import payload_oxum, read_manifest
from custody.core.errors import MalformedError
from custody.images import manifest
from tests.fuzz import Target, seeds
from tests.fuzz.mutating import json_like, json_lines
from tests.zips import Entry, zip_of

HASH, NODE = "ab" * 32, "A" * 43 + "="
ONE = {"v": 1, "cases": [{"key": HASH, "reference": "K-1"}], "subjects": []}
NUMBERED = {"key": HASH, "kind": "item", "reference": "K-1", "number": 2}
NAMING = {"key": HASH, "kind": "case", "reference": "K-1"}
Read = Callable[[bytes], Any]

# Readers of lines by a letter that stands before the line, with good lines.
LINES: dict[bytes, tuple[Read, Sequence[dict[str, Any]]]] = {
    b"p": (contents.read_proof, [{"n": 1, "path": [NODE]}]),
    b"s": (contents.read_subject, [{"tag": HASH, "count": 1, "head": HASH, "proof": [HASH]}]),
    b"e": (contents.read_earlier, [{"size": 3, "root": HASH, "path": [NODE]}]),
    b"o": (contents.read_opened, [{"env": HASH, "name": "make", "disclosure": "WyJ"}]),
    b"k": (contents.read_keys, [ONE, {**ONE, "cases": [], "subjects": [NUMBERED, NAMING]}]),
    b"r": (contents.read_leaf, []),
    b"c": (contents.read_companion, []),
}


def line(data: bytes) -> Any:
    """A line of a ledger file, by the reader that its first letter names."""
    if data[:1] not in LINES:
        raise MalformedError("no reader is called so")
    return LINES[data[:1]][0](data[1:])


def line_holds(_: Any, data: bytes) -> bool:
    """It is written again as it was; a record has a spelling of its own, see `formats`."""
    value = canonical.decode(data[1:], 1 << 20)
    return canonical.encode(value) == data[1:] and type(value) is dict


def lines() -> Iterator[bytes]:
    for letter, (_, good) in LINES.items():
        for value in good:
            yield letter + canonical.encode(value)
    for each in seeds.records():
        yield b"r" + each
        yield b'c{"n":0,"path":[],"record":' + each + b"}"


def spoilt_line(data: bytes, rng: Random) -> bytes:
    return data[:1] + json_like(data[1:], rng)


def listed(data: bytes) -> dict[str, str]:
    """A manifest of either algorithm, or bag-info.txt."""
    if data.startswith(b"P"):
        return {"oxum": "{}.{}".format(*payload_oxum(data))}
    return read_manifest(data, "sha512" if data[64:65] != b" " else "sha256")


def listed_holds(found: dict[str, str], data: bytes) -> bool:
    if "oxum" in found:
        return f"Payload-Oxum: {found['oxum']}\n".encode() in data
    return "".join(f"{digest}  {path}\n" for path, digest in found.items()).encode() == data


def lists() -> list[bytes]:
    one, other = f"{HASH}  data/a\n", f"{HASH}{HASH}  data/b c\n"
    return seeds.texts([one, one + one.replace("/a", "/ü"), other, "Payload-Oxum: 12.3\n", ""])


def folder_holds(found: list[dict[str, Any]], data: bytes) -> bool:
    return manifest.write(found) == data


def folders() -> list[bytes]:
    """Manifests of a folder with every type of entry, and of segments."""
    digests = {"blake3": HASH, "sha256": HASH, "size": 3}
    entries: list[dict[str, Any]] = [
        {"type": "file", "path": "a", "mtime": 1, **digests},
        {"type": "folder", "path": "b"},
        {"type": "symlink", "path": "b/c", "target": "../%ff"},
        {"type": "special", "path": "d", "what": "fifo"},
        {"type": "unreadable", "path": "e", "why": "EIO"},
    ]
    return [manifest.write(entries), manifest.write([{"type": "segment", "path": "x", **digests}])]


class Unpacked(dict[str, bytes]):
    """Everything in a zip, by path; `top` is its one folder."""

    top: str


def archive(data: bytes) -> Unpacked:
    """The whole zip, every file of it unpacked."""
    opened = Archive(io.BytesIO(data))
    found = Unpacked((path, b"".join(opened.chunks(path))) for path in opened.members)
    found.top = opened.top
    return found


def archive_holds(found: Unpacked, data: bytes) -> bool:
    """No byte belongs to nothing: stored anew, and as plainly, the files make a zip no longer."""
    anew = zip_of(*(Entry(f"{found.top}/{path}".encode(), each) for path, each in found.items()))
    packed = sum(len(zlib.compress(each, 9)) + 64 for each in found.values())
    return bool(found) and len(data) <= len(anew) + packed + 200 * len(found) + 100


def zips() -> Iterator[bytes]:
    """Zips of every form that is allowed."""
    plain, packed = Entry(b"t/a", b"hello"), Entry(b"t/b", b"hello " * 40, deflated=True)
    yield zip_of(plain)
    yield zip_of(plain, packed)
    yield zip_of(packed.spoilt(described=True), wide=True)
    yield zip_of(plain.spoilt(wide=True), packed.spoilt(wide=True, described=True))
    yield zip_of(Entry(b"t/c/" + b"x" * 50), plain.spoilt(flags=0x800), packed.spoilt(flags=6))


TARGETS = {
    "archive": Target(archive, archive_holds, zips),
    "ledger-line": Target(line, line_holds, lines, spoilt_line),
    "bag-manifest": Target(listed, listed_holds, lists),
    "item-manifest": Target(
        lambda data: list(manifest.read(data)), folder_holds, folders, json_lines
    ),
}
