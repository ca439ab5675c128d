"""BagIt 1.0 (RFC 8493): manifests read, files measured; what must agree is asked in the checks."""

import re
from collections.abc import Iterable
from hashlib import sha256, sha512
from typing import NamedTuple

from blake3 import blake3

from custody.core.digest import SMALL, pump
from custody.core.errors import MalformedError

LENGTHS = {"sha256": 64, "sha512": 128}
OXUM = re.compile(r"Payload-Oxum: (0|[1-9][0-9]{0,18})\.(0|[1-9][0-9]{0,18})")


class Sums(NamedTuple):
    """Size in bytes and digests (hex) of one file."""

    size: int
    sha256: str
    sha512: str
    blake3: str


def measure(chunks: Iterable[bytes], size: int) -> Sums:
    """All digests in one reading; `size` only decides whether threads are worth their start."""
    counted, hashers = 0, (sha256(), sha512(), blake3())
    pieces = filter(None, chunks)
    if size > SMALL:

        def fill(block: memoryview) -> int:
            piece = next(pieces, b"")
            block[: len(piece)] = piece
            return len(piece)

        counted = pump(fill, [hasher.update for hasher in hashers])
    for piece in pieces:
        counted += len(piece)
        for hasher in hashers:
            hasher.update(piece)
    return Sums(counted, *(hasher.hexdigest() for hasher in hashers))


def read_manifest(data: bytes, algorithm: str) -> dict[str, str]:
    """Digest by path: `<hex>`, two spaces, path, LF, as `sha256sum -c` reads it.

    Raises:
        MalformedError: another form, or a path listed twice.
    """
    line_form = re.compile(f"([0-9a-f]{{{LENGTHS[algorithm]}}})  ([^\\x00-\\x1f]+)")
    listed: dict[str, str] = {}
    for number, line in enumerate(text_lines(data), 1):
        found = line_form.fullmatch(line)
        if not found or found[2] in listed:
            raise MalformedError(f"line {number} is no {algorithm} line, or lists a path again")
        listed[found[2]] = found[1]
    return listed


def payload_oxum(data: bytes) -> tuple[int, int]:
    """Bytes and number of the payload files, as bag-info.txt states them."""
    stated = [line for line in text_lines(data) if line.lower().startswith("payload-oxum")]
    found = OXUM.fullmatch(stated[0]) if len(stated) == 1 else None
    if not found:
        raise MalformedError("bag-info.txt must state one Payload-Oxum: <bytes>.<files>")
    return int(found[1]), int(found[2])


def text_lines(data: bytes) -> list[str]:
    """Raises MalformedError for text that is not UTF-8 or does not end its last line."""
    try:
        *lines, rest = data.decode().split("\n")
    except UnicodeDecodeError as error:
        raise MalformedError("not UTF-8 text") from error
    if rest:
        raise MalformedError("the last line has no end")
    return lines
