"""What was handed in, held against the digests that came with it. (R18, R84)

Every file must be listed, every listed file be there, and every digest stated agree; whatever else
is found is said by name. Names of a list are compared with names, never opened.
"""

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from custody.core.canonical import percent
from custody.core.digest import Digests, Progress, UnreadableError, pump
from custody.images.supplied import LEGACY, NONE, Stated
from custody.places import Place
from custody_schemas.terms import IntegrityVerdict

DEPTH_MOST = 256  # folders in a name; a list that nests deeper names nothing that was handed in
TRIED_MOST = 50_000  # beginnings that a list may suggest
GONE = "listed, and not there"
Parts = tuple[str, ...]


class File(NamedTuple):
    """A file that was taken in: its name below what was handed in, and where its bytes lie."""

    name: bytes
    digests: Digests
    place: Place


class Delivered(NamedTuple):
    """One item: what it is called, its files, and the folders inside; names as bytes of paths.

    name: of a folder; empty where the files stand for themselves.
    """

    name: bytes
    files: tuple[File, ...]
    folders: tuple[bytes, ...] = ()


class Judged(NamedTuple):
    """The verdict on one item, and a line for whatever speaks against it.

    legacy: files that agree by MD5 or SHA-1 alone.
    """

    verdict: IntegrityVerdict
    differs: tuple[str, ...]
    legacy: int = 0


class Comparison:
    """Lists held against the items of one delivery.

    own: SHA-256 of the lists themselves, which no list needs to name.
    """

    def __init__(
        self,
        lists: Sequence[Sequence[Stated]],
        delivered: Sequence[Delivered],
        own: Collection[str] = (),
    ) -> None:
        self.delivered, self.own = delivered, frozenset(own)
        self.stated: dict[File, list[Stated]] = {}
        self.missing: dict[str, list[Stated]] = {}
        for each in lists:
            self._assign(each)

    def _assign(self, stated: Sequence[Stated]) -> None:
        known = Known(self.delivered, [each.name for each in stated])
        for each in stated:
            file = known.file(each.name)
            if file is not None:
                self.stated.setdefault(file, []).append(each)
            elif each.algorithm != NONE or not known.folder(each.name):
                self.missing.setdefault(each.name, []).append(each)

    def _further(self, file: File) -> list[str]:
        """Algorithms that were not computed while the file was taken in."""
        stated = {each.algorithm for each in self.stated.get(file, ()) if each.supported}
        return sorted(stated - {"sha256", "blake3"})

    @property
    def size(self) -> int:
        """Bytes that are read again for digests of other kinds."""
        return sum(file.digests.size for file in self.stated if self._further(file))

    def about(self, item: Delivered) -> Iterator[Stated]:
        """What the lists state of one item, and of files that are nowhere."""
        for file in item.files:
            yield from self.stated.get(file, ())
        for stated in self.missing.values():
            yield from stated

    def judge(self, progress: Progress | None = None, *, part: bool = False) -> list[Judged]:
        """The verdict on each item, in order.

        part: what is handed in is a part of what the lists name; the rest is told all the same.

        Raises:
            StorageError: a file that was just taken in cannot be read.
        """
        return [self._of(each, progress, part) for each in self.delivered]

    def _of(self, item: Delivered, progress: Progress | None, part: bool) -> Judged:
        bad, good, legacy, unsupported = list[str](), 0, 0, 0
        for file in item.files:
            stated = self.stated.get(file, [])
            if not stated and file.digests.sha256 in self.own:
                continue
            wrong = list(_wrong(file, stated, digests(file, self._further(file), progress)))
            bad += wrong
            good += not wrong
            legacy += not wrong and all(each.algorithm in LEGACY for each in stated)
            unsupported += bool(stated) and all(
                not each.supported and each.algorithm != NONE for each in stated
            )
        gone = [f"{percent(_bytes(name))}: {GONE}" for name in self.missing]
        alien = unsupported if len(bad) == unsupported else 0
        verdict = _verdict(good, alien, len(bad) + (0 if part else len(gone)))
        return Judged(verdict, (*bad, *gone), legacy)


def _verdict(good: int, alien: int, bad: int) -> IntegrityVerdict:
    """One word for an item's files; `alien` of the `bad` have only digests nobody here computes."""
    if good:
        return IntegrityVerdict.PARTIAL if bad else IntegrityVerdict.MATCH
    if not bad:
        return IntegrityVerdict.NOT_CHECKED
    return IntegrityVerdict.ALGORITHM_UNSUPPORTED if alien == bad else IntegrityVerdict.MISMATCH


def _wrong(file: File, stated: Sequence[Stated], found: Mapping[str, str]) -> Iterator[str]:
    name = percent(file.name)
    if not stated:
        yield f"{name}: not in the list"
        return
    supported = [each for each in stated if each.supported]
    if not supported:
        kinds = ", ".join(sorted({each.algorithm for each in stated} - {NONE}))
        what = f"no digest that can be compared, only {kinds}" if kinds else "listed without digest"
        yield f"{name}: {what}"
    for each in supported:
        same = each.digest == found[each.algorithm]
        if not same and (each.certain or each.digest != found.get("blake3")):
            computed = found[each.algorithm]
            yield f"{name}: {each.algorithm} stated {each.digest}, computed {computed}"


def digests(file: File, further: Sequence[str], progress: Progress | None) -> Mapping[str, str]:
    """Digests by algorithm: those known, and the `further` ones, computed to compare only."""
    known = {"sha256": file.digests.sha256, "blake3": file.digests.blake3}
    if not further:
        return known
    hashers = {name: hashlib.new(name, usedforsecurity=False) for name in further}
    try:
        with file.place.open() as source:
            read = source.readinto
            pump(read, [each.update for each in hashers.values()], progress)
    except OSError as error:
        raise UnreadableError(file.place.name, error) from error
    return known | {name: each.hexdigest() for name, each in hashers.items()}


class Known:
    """The names of a delivery, and what a list calls them.

    A list may name files as the giver had them (`C:\\export\\a.txt`): one beginning is taken off all
    its names, the one by which most of them are known. A name with `..` names nothing.
    """

    def __init__(self, delivered: Sequence[Delivered], listed: Sequence[str]) -> None:
        self.full: dict[Parts, list[File]] = {}
        self.folders: set[Parts] = set()
        for item in delivered:
            for file in item.files:
                self.full.setdefault(_parts(_below(item.name, file.name)), []).append(file)
            self.folders |= {_parts(_below(item.name, folder)) for folder in item.folders}
        self.inner = _parts(_text(delivered[0].name)) if len(delivered) == 1 else ()
        self.prefix = self._prefix(dict.fromkeys(map(_spelt, listed)))

    def _prefix(self, listed: Collection[Parts]) -> tuple[int, Parts]:
        """How many names of the delivery's own to leave out, and what to take off a list's."""
        found: Counter[tuple[int, Parts]] = Counter()
        for inside in {0, len(self.inner)}:
            known = {parts[inside:] for parts in self.full}
            numbers = {number for parts in known for number in _ends(parts)[-1:]}
            for parts in listed:
                if len(found) > TRIED_MOST:
                    break
                for depth, number in enumerate(_ends(parts), 1):
                    if number in numbers and parts[-depth:] in known:
                        found[inside, parts[:-depth]] += 1
        if not found:
            return 0, ()
        return max(found, key=lambda each: (found[each], -each[0], -len(each[1])))

    def _known_as(self, name: str) -> Parts | None:
        inside, prefix = self.prefix
        parts = _spelt(name)
        if not parts or parts[: len(prefix)] != prefix:
            return None
        return (*self.inner[:inside], *parts[len(prefix) :])

    def file(self, name: str) -> File | None:
        """The one file that a list calls so."""
        parts = self._known_as(name)
        found = self.full.get(parts, []) if parts else []
        if len(found) > 1:  # names that Unicode takes for the same: then the bytes decide
            found = [each for each in found if _bytes(name).endswith(each.name)]
        return found[0] if len(found) == 1 else None

    def folder(self, name: str) -> bool:
        """Whether a list calls a folder so."""
        return self._known_as(name) in self.folders


def _below(folder: bytes, name: bytes) -> str:
    return _text(folder + b"/" + name if folder else name)


def _spelt(name: str) -> Parts:
    """A name of a list as parts, the giver's root left out; none where it could lead elsewhere."""
    drive = name[1:2] == ":" and name[:1].isalpha()
    plain = name if "/" in name and not drive else name.replace("\\", "/")
    plain = plain[2:] if drive else plain
    parts = tuple(part for part in _parts(plain) if part not in ("", "."))
    return () if ".." in parts or len(parts) > DEPTH_MOST else parts


def _ends(parts: Parts) -> list[int]:
    """A number for each end of `parts`, the shortest first: that of the same end is the same."""
    return list(accumulate(map(hash, reversed(parts)), lambda *both: hash(both)))


def _parts(name: str) -> Parts:
    return tuple(unicodedata.normalize("NFC", name).split("/"))


def _text(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")


def _bytes(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")
