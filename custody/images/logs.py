"""Acquisition logs: what the imaging tool says it did. What a log does not say stays absent.

Known: ewfacquire (its -l file and its printed output), guymager (.info), FTK Imager (.txt). Only
lines where their tool writes them are read: device output quoted in a log can say anything.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import islice

from custody.core.digest import printable
from custody.core.errors import MalformedError

LIMIT = 16 << 20  # bytes; a list of bad sectors can be long
LISTED_MOST = 1 << 18  # spans of sectors, or segments, in one log
SECTORS_MOST = 1 << 48  # of a disk; what is more is no number of sectors
LENGTHS = {"md5": 32, "sha1": 40, "sha256": 64}


@dataclass(frozen=True, slots=True)
class AcquisitionLog:
    """None, or no entry: the log does not say. Times are as written, in a zone not stated.

    `errors` are the sectors not read, as (first, number); () only where the log says there were
    none. `segments` are file names as the tool wrote them, folders left out.
    """

    tool: str
    version: str | None = None
    started: str | None = None
    ended: str | None = None
    hashes: Mapping[str, str] = field(default_factory=dict)
    errors: tuple[tuple[int, int], ...] | None = None
    error_count: int | None = None
    segments: tuple[str, ...] | None = None
    aborted: bool = False


def read(data: bytes) -> AcquisitionLog:
    """The log in `data`.

    Raises:
        MalformedError: of no known tool, too long, or contradicting itself.
    """
    if len(data) > LIMIT:
        raise MalformedError(f"an acquisition log of {len(data)} bytes; at most {LIMIT} are read")
    text = decoded(data).replace("\r\n", "\n")
    text = text[: text.rfind("\n") + 1]  # a last line without its end may be half a number
    for marks, parse in PARSERS:
        if re.search(marks, text, re.MULTILINE):
            found = parse(text)
            number(str(sum(count for _, count in found.errors or ())))
            return found
    raise MalformedError(
        "this is no log of ewfacquire, guymager or FTK Imager that can be read here; attach it "
        "as a document"
    )


def decoded(data: bytes) -> str:
    """UTF-16 with its mark, UTF-8, or what Windows wrote."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def one(pattern: str, text: str) -> str | None:
    """The one value that a line of the log gives, None for none.

    Raises:
        MalformedError: two lines give different values.
    """
    found = {each.strip() for each in re.findall(pattern, text, re.MULTILINE)} - {"", "--"}
    if len(found) > 1:
        raise MalformedError(f"the log contradicts itself: {', '.join(sorted(found))[:200]}")
    return printable(found.pop()) if found else None


def hashes(text: str, pattern: str, names: Mapping[str, str]) -> dict[str, str]:
    """Hashes by algorithm; `pattern` holds NAME and HEX to be filled in."""
    found = {}
    for algorithm, name in names.items():
        hexadecimal = f"([0-9a-fA-F]{{{LENGTHS[algorithm]}}})"
        value = one(pattern.replace("NAME", name).replace("HEX", hexadecimal), text)
        if value is not None:
            found[algorithm] = value.lower()
    return found


def ewfacquire(text: str) -> AcquisitionLog:
    total = one(r"^Errors(?: reading device)?:\n[ \t]+total number: (\d+)$", text)
    found = listed(r"^[ \t]+at sector\(s\): (\d+) - \d+ number: (\d+) \(", text)
    return AcquisitionLog(
        "ewfacquire",
        version=one(r"^ewfacquire (\d{8}\S*)$", text),
        started=one(r"^Acquiry started at: (.+)$", text),
        ended=one(r"^Acquiry completed at: (.+)$", text),
        hashes=hashes(
            text,
            r"^NAME hash calculated over data:\s+HEX$",
            {"md5": "MD5", "sha1": "SHA1", "sha256": "SHA256"},
        ),
        errors=tuple(span(each[1], each[2]) for each in found) if total else None,
        error_count=number(total) if total else None,
        aborted=bool(
            re.search(r"^(Acquiry (failed|aborted)|ewfacquire: FAILURE)", text, re.MULTILINE)
        ),
    )


def guymager(text: str) -> AcquisitionLog:
    bad = re.search(
        r"^During acquisition, (\d+) bad sectors have been encountered\..*\n((?:[ \d,-]+\n)*)",
        text,
        re.MULTILINE,
    )
    none = re.search(r"^No bad sectors encountered during acquisition\.\s*$", text, re.MULTILINE)
    errors = ranges(bad[2]) if bad else () if none else None
    state = one(r"^State: (.+)$", text)
    _, _, files = text.partition("\nGenerated image files and their MD5 hashes\n")
    names = [each[1] for each in listed(r"^(?:n/a|[0-9a-f]{32})[ \t]+(\S.*)$", files)]
    return AcquisitionLog(
        "guymager",
        version=one(r"^Version\s*: (.+)$", text),
        started=one(r"^Acquisition started\s*: (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)", text),
        ended=one(r"^Ended\s*: (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)", text),
        hashes=hashes(
            text, r"^NAME hash\s*: HEX\s*$", {"md5": "MD5", "sha1": "SHA1", "sha256": "SHA256"}
        ),
        errors=errors,
        error_count=number(bad[1]) if bad else 0 if none else None,
        segments=tuple(printable(name.strip()) for name in names) or None,
        aborted=state is not None and not state.startswith("Finished successfully"),
    )


def ranges(text: str) -> tuple[tuple[int, int], ...]:
    """ "300-302, 7" as first sector and number of sectors."""
    found = listed(r"(\d+)(?:-(\d+))?", text)
    return tuple(through(each[1], each[2] or each[1]) for each in found)


def listed(pattern: str, text: str) -> list[re.Match[str]]:
    """What a log lists, line after line. Raises MalformedError: more than anybody would write."""
    found = list(islice(re.finditer(pattern, text, re.MULTILINE), LISTED_MOST + 1))
    if len(found) > LISTED_MOST:
        raise MalformedError(f"the log lists more than {LISTED_MOST} spans or files; no log does")
    return found


def number(digits: str) -> int:
    """A number of sectors. Raises MalformedError: more than any disk has."""
    if len(digits.lstrip("0")) > len(str(SECTORS_MOST)) or int(digits) > SECTORS_MOST:
        raise MalformedError(f"the log speaks of {digits[:20]}… sectors; no disk has so many")
    return int(digits)


def span(first: str, count: str) -> tuple[int, int]:
    """Sectors that were not read: the first, and how many."""
    return number(first), number(count)


def through(first: str, last: str) -> tuple[int, int]:
    """The same, where a log names the first and the last.

    Raises:
        MalformedError: the last comes before the first.
    """
    low, high = number(first), number(last)
    if high < low:
        raise MalformedError(f"the log says that sectors {low} through {high} were not read")
    return low, high - low + 1


def ftk_imager(text: str) -> AcquisitionLog:
    computed = section(r"^\[Computed Hashes\]$", text)
    image = section(r"^Image [Ii]nformation:\s*$", text)
    attention = section(r"^The following sector\(s\) on the source drive could not be read:", text)
    bad = listed(r"(\d+) through (\d+)", attention)
    errors = tuple(through(each[1], each[2]) for each in bad) if attention else None
    segments = re.search(r"^ Segment list:[ ]*\n((?:  \S.*\n?)+)", image, re.MULTILINE)
    lines = listed(r"^.*\S.*$", segments[1] if segments else "")
    names = [re.split(r"[\\/]", each[0].strip())[-1] for each in lines]
    algorithms = {"md5": "MD5", "sha1": "SHA1"}
    return AcquisitionLog(
        "FTK Imager",
        version=one(r"^Created By \S+ FTK\S* Imager (\d[\d.]*)\s*$", text),
        started=one(r"^ Acquisition started:\s+(.+)$", image),
        ended=one(r"^ Acquisition finished:\s+(.+)$", image),
        hashes=hashes(computed, r"^ NAME checksum:\s+HEX\s*$", algorithms),
        errors=errors,
        error_count=sum(count for _, count in errors) if errors is not None else None,
        segments=tuple(printable(name) for name in names if name) or None,
    )


def section(heading: str, text: str) -> str:
    """What follows a heading, to the next empty line; empty if there is no such heading."""
    found = re.search(heading, text, re.MULTILINE)
    return text[found.start() :].split("\n\n")[0] if found else ""


PARSERS: tuple[tuple[str, Callable[[str], AcquisitionLog]], ...] = (
    (r"\A\s*GUYMAGER ACQUISITION INFO FILE", guymager),
    (r"\A\s*Created By \S+ FTK\S* Imager", ftk_imager),
    (r"\A\s*Case Information:\s*\nAcquired using: (ADI|FTK)", ftk_imager),
    (r"\A\s*ewfacquire \d{8}|^(MD5|SHA1|SHA256) hash calculated over data:", ewfacquire),
)
