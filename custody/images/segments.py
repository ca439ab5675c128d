"""Names of segment files: which belong together, and whether one is missing.

libewf opens a set with a segment missing and says nothing, so the segments are counted here.
E01 … E99, EAA … EZZ, FAA … ZZZ (likewise S01, L01), Ex01 … Ex99, ExAA … EzZZ (likewise Lx01) in
either case, and raw parts .000 or .001 … .999, .1000 ….
"""

import os
import re
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from custody.core.digest import quiet_open, shown
from custody.core.errors import MalformedError

SIGNATURES = (b"EVF\x09\x0d\x0a\xff\x00", b"EVF2\x0d\x0a\x81\x00")
LOGICAL = (b"LVF\x09\x0d\x0a\xff\x00", b"LEF2\x0d\x0a\x81\x00")
FAMILIES = ("E", "S", "L", "EX", "LX")
RAW = "raw"
LETTERS = 26


class Series(NamedTuple):
    """What the names of one set have in common."""

    stem: bytes
    family: str


def number_of(extension: bytes, family: str) -> int | None:
    """The place, from 1 (raw parts: as written), that `extension` has in a series of `family`."""
    text = extension.decode("latin-1").upper()
    if family == RAW:
        return int(text) if re.fullmatch(r"[0-9]{3}|[1-9][0-9]{3,5}", text) else None
    if found := re.fullmatch(family + "([0-9]{2})", text):
        return int(found[1]) or None
    if not re.fullmatch("[A-Z]" * (len(family) + 2), text):
        return None
    # The last letter of the family moves on when ZZ is used up: EZZ, FAA; ExZZ, EyAA.
    turn = ord(text[len(family) - 1]) - ord(family[-1])
    if text[: len(family) - 1] != family[:-1] or turn < 0:
        return None
    high, low = (ord(letter) - ord("A") for letter in text[-2:])
    return 100 + (turn * LETTERS + high) * LETTERS + low


def series_of(path: Path) -> Series | None:
    """The set that a file belongs to by its name; None for a file that stands alone.

    Extensions of letters (.ELF, .LOG) and long numbers (.2024) count only where the numbered
    segments before them exist.
    """
    stem, _, extension = os.fsencode(path.name).rpartition(b".")
    if not stem:
        return None
    for family in (*FAMILIES, RAW):
        number = number_of(extension, family)
        if number is None:
            continue
        series = Series(stem, family)
        limit = 999 if family == RAW else 99
        if number <= limit or limit in members(path.parent, series):
            return series
    return None


def members(folder: Path, series: Series) -> dict[int, Path]:
    """The files of `folder` that belong to `series`, by number.

    Raises:
        MalformedError: two names for one number (img.E01 and img.e01).
    """
    found: dict[int, Path] = {}
    for entry in folder.iterdir():
        stem, _, extension = os.fsencode(entry.name).rpartition(b".")
        number = number_of(extension, series.family) if stem == series.stem else None
        if number is None or (number > 99 and series.family != RAW and not is_image(entry)):
            continue
        if number in found:
            raise MalformedError(
                f"{shown(entry)} and {shown(found[number])} are both segment {number}; "
                "put only one of them into the folder"
            )
        found[number] = entry
    return found


def whole(folder: Path, series: Series) -> list[Path]:
    """The segments in order, from the first to the last that is there.

    Raises:
        MalformedError: the first or one in between is missing. (Whether more should follow, only
            the content of the last one can tell.)
    """
    found = members(folder, series)
    first = 0 if series.family == RAW and 0 in found else 1
    missing = sorted(set(range(first, max(found) + 1)) - set(found))
    if missing:
        names = ", ".join(spelt(series, number) for number in missing[:5])
        more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
        raise MalformedError(
            f"segment {names}{more} of {shown(series.stem)} is missing from {shown(folder)}, "
            f"where {shown(found[max(found)].name)} is. Put all segments into one folder; if the "
            "others are lost, take in what is left as plain files (--plain)."
        )
    return [found[number] for number in sorted(found)]


def spelt(series: Series, number: int) -> str:
    """The usual file name of a segment, for messages."""
    stem, family = shown(series.stem), series.family
    if family == RAW:
        return f"{stem}.{number:03}"
    family = family[0] + family[1:].lower()
    if number <= 99:
        return f"{stem}.{family}{number:02}"
    high, low = divmod(number - 100, LETTERS)
    turn, high = divmod(high, LETTERS)
    last = chr(ord(family[-1]) + turn)
    return f"{stem}.{family[:-1]}{last}{chr(ord('A') + high)}{chr(ord('A') + low)}"


def is_image(path: Path, signatures: Iterable[bytes] = (*SIGNATURES, *LOGICAL)) -> bool:
    """Whether a regular file begins as a segment of an EWF image does."""
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return False
        descriptor = quiet_open(path)
        try:
            return os.read(descriptor, 8) in tuple(signatures)
        finally:
            os.close(descriptor)
    except OSError:
        return False  # nobody can tell; where it belongs to the set, taking it in says why
