"""The media inside an EWF image: decoded by libewf in one pass, its stored hashes recomputed.

A second pass, timed apart: the segment files themselves are hashed when they are taken in.
"""

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import ModuleType
from typing import NamedTuple, Protocol

from blake3 import blake3

from custody.core.digest import Digests, Progress, pump, quiet_open
from custody.core.errors import MissingExtraError
from custody.places import Content, Left, Place

LEGACY = ("md5", "sha1")


class Verdict(StrEnum):
    """Of a stated hash; computed, never typed."""

    MATCH = "match"
    MISMATCH = "mismatch"
    ABSENT = "absent"  # none was stated
    NOT_COMPUTED = "not_computed"  # the media could not be read to its end


class Comparison(NamedTuple):
    """A hash that somebody stated, beside the one computed from the media."""

    source: str  # "image", or the name of a log
    algorithm: str  # md5 and sha1 are legacy: they compare a claim, they identify nothing
    stated: str
    computed: str | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Decoded:
    """What the pass over the media gave. `digests` is None where it did not reach the end."""

    stated_size: int
    size: int
    digests: Digests | None
    computed: Mapping[str, str]  # algorithm -> hex, of those that were asked for
    stored: Mapping[str, str]  # what the image itself says
    failure: str = ""


class Handle(Protocol):
    """As much of a pyewf handle as is used here."""

    def open(self, filenames: list[str]) -> None: ...
    def open_file_objects(self, file_objects: list[Content]) -> None: ...
    def close(self) -> None: ...
    def get_media_size(self) -> int: ...
    def get_hash_values(self) -> dict[str, str]: ...
    def read_buffer(self, size: int) -> bytes: ...


def library() -> ModuleType:
    """libewf's binding. Raises MissingExtraError."""
    try:
        import pyewf
    except ImportError as error:
        raise MissingExtraError("reading E01 images", "images") from error
    module: ModuleType = pyewf
    return module


def decode(
    places: Sequence[Place], algorithms: Sequence[str] = (), progress: Progress | None = None
) -> Decoded:
    """Read the media of the image whose segments are at `places`, all of them, in order.

    What is kept encrypted is decrypted as libewf asks for it, and never lies in a file.

    `algorithms`: legacy ones to compute besides those that the image states. Damage inside the
    image is no error: it is told in `failure`, and the digests stay away.

    Raises:
        MissingExtraError: libewf-python is not installed.
    """
    handle: Handle = library().handle()
    with ExitStack() as stack:
        try:
            left = [place.path for place in places if isinstance(place, Left)]
            if len(left) == len(places):
                handle.open([openable(path, stack) for path in left])
            else:
                handle.open_file_objects([stack.enter_context(place.open()) for place in places])
        except OSError as error:
            return Decoded(0, 0, None, {}, {}, failure=first_words(error))
        stack.callback(handle.close)
        stored = {name.lower(): value.lower() for name, value in handle.get_hash_values().items()}
        size = handle.get_media_size()

        def read(into: memoryview) -> int:
            data = handle.read_buffer(len(into))
            into[: len(data)] = data
            return len(data)

        names = dict.fromkeys([*stored, *algorithms])
        result = hashed(read, [name for name in names if name in LEGACY], progress)
    reached = result.digests is not None and result.size == size
    return Decoded(
        size,
        result.size,
        result.digests if reached else None,
        result.computed if reached else {},
        stored,
        result.failure or ("" if reached else f"it ended after {result.size} of {size} bytes"),
    )


class Hashed(NamedTuple):
    """Digests of a stream, as far as it could be read."""

    size: int
    digests: Digests | None
    computed: Mapping[str, str]
    failure: str


def hashed(
    read: Callable[[memoryview], int], algorithms: Sequence[str], progress: Progress | None
) -> Hashed:
    """All that `read` gives, with SHA-256, BLAKE3 and the legacy `algorithms` in parallel."""
    sha256, second = hashlib.sha256(), blake3()
    legacy = {name: hashlib.new(name, usedforsecurity=False) for name in algorithms}
    done = 0

    def counted(count: int) -> None:
        nonlocal done
        done += count
        if progress:
            progress(count)

    takers = [sha256.update, second.update, *(each.update for each in legacy.values())]
    try:
        pump(read, takers, counted)
    except OSError as error:
        return Hashed(done, None, {}, first_words(error))
    computed = {name: each.hexdigest() for name, each in legacy.items()}
    digests = Digests(sha256.hexdigest(), second.hexdigest(), done)
    return Hashed(done, digests, {"sha256": digests.sha256, **computed}, "")


def raw_media(
    places: Sequence[Place], algorithms: Sequence[str] = (), progress: Progress | None = None
) -> Decoded:
    """The same for a raw image: its parts one after the other are the media."""
    size = sum(place.size() for place in places)
    with ExitStack() as stack:
        waiting = iter([stack.enter_context(place.open()) for place in places])
        current = next(waiting)

        def read(into: memoryview) -> int:
            nonlocal current
            while not (count := current.readinto(into)):
                following = next(waiting, None)
                if following is None:
                    return 0
                current = following
            return count

        result = hashed(read, [name for name in algorithms if name in LEGACY], progress)
    return Decoded(size, result.size, result.digests, result.computed, {}, result.failure)


def compare(decoded: Decoded, source: str, stated: Mapping[str, str]) -> list[Comparison]:
    """Every stated hash of the media beside the computed one."""
    return [
        Comparison(source, name, value, mine, verdict(value, mine))
        for name, value in stated.items()
        for mine in [decoded.computed.get(name)]
    ]


def verdict(stated: str, computed: str | None) -> Verdict:
    if computed is None:
        return Verdict.NOT_COMPUTED
    return Verdict.MATCH if stated == computed else Verdict.MISMATCH


def openable(path: Path, stack: ExitStack) -> str:
    """A name that libewf takes: it knows only UTF-8."""
    with suppress(UnicodeEncodeError):
        str(path).encode()
        return str(path)
    descriptor = quiet_open(path)
    stack.callback(os.close, descriptor)
    return f"/proc/self/fd/{descriptor}"


def first_words(error: OSError) -> str:
    """The first sentence of libewf's stack of messages."""
    return str(error).split(". ")[0]
