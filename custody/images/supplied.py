"""Lists of digests that come with evidence, as providers and tools write them.

Known: the lines of sha256sum and its kin (`digest  name`), the BSD and openssl form
(`SHA256 (name) = digest`), hashdeep files, and tables with a header (comma, semicolon or tab; also
PowerShell's Algorithm, Hash, Path). A list is hostile until compared: names are never opened, a
line that is not understood stops the reading, nothing is passed over in silence.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from custody.core.digest import printable
from custody.core.errors import MalformedError

LIMIT = 64 << 20  # bytes of a list
LINES_MOST = 1_000_000
LINE_MOST = 64 << 10  # characters
LENGTHS = {"md5": 32, "sha1": 40, "sha256": 64, "sha384": 96, "sha512": 128, "blake3": 64}
LEGACY = ("md5", "sha1")  # compared, never relied on
BY_LENGTH = {32: "md5", 40: "sha1", 64: "sha256", 96: "sha384", 128: "sha512"}
HEX = re.compile("[0-9A-Fa-f]+")
GNU = re.compile(r"(\\?)([0-9A-Fa-f]{32,128})(?:\t| [ *]?)(.+)", re.DOTALL)
BSD = re.compile(
    r"(\\?)([A-Za-z][A-Za-z0-9/-]{0,20}) ?\((.+)\) ?= ?([0-9A-Fa-f]{1,256})", re.DOTALL
)
ESCAPES = {"\\\\": "\\", "\\n": "\n", "\\r": "\r"}
HASHDEEP = "%%%% HASHDEEP-1.0"
DELIMITERS = ",;\t"
NAMES = {"file", "filename", "name", "path", "filepath", "fullpath", "relativepath", "pathname"}
NONE = "none"  # what stands for the algorithm where a table names a file and no digest of it
ENDINGS = ("hash", "checksum", "digest", "value", "sum")
FORMS = (
    "lines of sha256sum, md5sum or shasum; lines like `SHA256 (name) = …`; a hashdeep file; "
    "or a table whose header names the file and MD5, SHA-1, SHA-256 or SHA-512"
)


class Stated(NamedTuple):
    """A digest as a list states it: lower-case hex, the file's name in the list's own spelling.

    certain: whether the list itself names the algorithm; 64 digits alone could also be a BLAKE3.
    """

    name: str
    algorithm: str
    digest: str
    certain: bool = True

    @property
    def supported(self) -> bool:
        """Whether such a digest is computed here."""
        return self.algorithm in LENGTHS


def read(data: bytes) -> list[Stated]:
    """What the list states, in its order. Names are text whose stray bytes are surrogates.

    Raises:
        MalformedError: too long, of no known form, with a line that says something else, or empty.
    """
    if len(data) > LIMIT:
        raise MalformedError(f"a list of {len(data)} bytes; at most {LIMIT} are read")
    text = _decoded(data).removeprefix("\ufeff")
    lines = text.replace("\r\n", "\n").removesuffix("\n").split("\n")
    if len(lines) > LINES_MOST:
        raise MalformedError(f"a list of {len(lines)} lines; at most {LINES_MOST} are read")
    for number, line in enumerate(lines, 1):
        if len(line) > LINE_MOST:
            raise MalformedError(f"line {number} has {len(line)} characters: no list has such")
    found = list(_parsed(text, lines))
    if not found:
        raise MalformedError(f"it states no digest of any file. Known are {FORMS}")
    return found


def _decoded(data: bytes) -> str:
    for mark, encoding in (
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError as error:
                raise MalformedError(f"not the {encoding} that it begins as") from error
    return data.decode("utf-8", "surrogateescape")


def _parsed(text: str, lines: Sequence[str]) -> Iterator[Stated]:
    if lines[0].strip() == HASHDEEP:
        return _hashdeep(lines)
    first = next((line for line in lines if line.strip() and not _preface(line)), "")
    for delimiter in DELIMITERS:
        header = [_plain(cell) for cell in first.split(delimiter)]
        if _columns(header) is not None:
            return _table(text, delimiter)
    return _lines(lines)


def _lines(lines: Sequence[str]) -> Iterator[Stated]:
    """GNU and BSD forms, also mixed; blank lines and remarks are none."""
    for number, line in enumerate(lines, 1):
        if not line.strip() or line[0] in "#;":
            continue
        if found := BSD.fullmatch(line):
            escaped, algorithm, name, digest = found.groups()
            yield _stated(_unescaped(name, escaped), digest, _algorithm(algorithm), number)
        elif found := GNU.fullmatch(line):
            escaped, digest, name = found.groups()
            yield _stated(_unescaped(name, escaped), digest, "", number)
        else:
            raise MalformedError(
                f"line {number} is not understood: {_cut(line)}. Known are {FORMS}"
            )


def _unescaped(name: str, escaped: str) -> str:
    """A name as coreutils escape it where it holds a line feed or a backslash."""
    if not escaped:
        return name
    return re.sub(r"\\[\\nr]", lambda found: ESCAPES[found[0]], name)


def _hashdeep(lines: Sequence[str]) -> Iterator[Stated]:
    """`%%%% size,md5,sha256,filename`, then rows; the name is last and may hold commas."""
    if len(lines) < 2 or not lines[1].startswith("%%%% "):
        raise MalformedError("line 2 of a hashdeep file names its columns, and this one does not")
    columns = lines[1].removeprefix("%%%% ").strip().split(",")
    algorithms = [_algorithm(column) for column in columns[1:-1]]
    if columns[0] != "size" or columns[-1] != "filename" or not algorithms:
        raise MalformedError("line 2 of a hashdeep file reads size, algorithms, filename")
    for number, line in enumerate(lines[2:], 3):
        if not line.strip() or line.startswith("##"):
            continue
        cells = line.split(",", len(columns) - 1)
        if len(cells) != len(columns) or not cells[0].isdecimal() or not cells[-1]:
            raise MalformedError(f"line {number} has not the columns of line 2: {_cut(line)}")
        for algorithm, digest in zip(algorithms, cells[1:-1], strict=True):
            yield _stated(cells[-1], digest, algorithm, number)


def _preface(line: str) -> bool:
    """Whether a program wrote it ahead of a header: `sep=;` or `#TYPE …`."""
    return line.startswith(("#", "sep="))


class Columns(NamedTuple):
    """Where a table has what: the name, digests by algorithm, and a column that says which."""

    name: int
    digests: dict[int, str]
    algorithm: int | None


def _columns(header: Sequence[str]) -> Columns | None:
    """The columns of a header, or None where it is none."""
    names = [at for at, cell in enumerate(header) if cell in NAMES]
    digests = {at: "" for at, cell in enumerate(header) if cell in ENDINGS[:3]}
    for at, cell in enumerate(header):
        bare = next((cell.removesuffix(e) for e in ENDINGS if cell.endswith(e)), cell)
        if (algorithm := _algorithm(bare)) in LENGTHS:
            digests[at] = algorithm
    if not names or not digests:
        return None
    said = [at for at, cell in enumerate(header) if cell in ("algorithm", "hashalgorithm")]
    paths = [at for at in names if "path" in header[at]]
    return Columns((paths or names)[0], digests, said[0] if said else None)


def _table(text: str, delimiter: str) -> Iterator[Stated]:
    columns: Columns | None = None
    width = 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            if columns is None and _preface(row[0]):
                continue
            if columns is None:
                columns, width = _columns([_plain(cell) for cell in row]), len(row)
                if columns is None:
                    raise MalformedError("its header does not name the file and a digest")
            elif len(row) != width:
                raise MalformedError(
                    f"line {reader.line_num} has {len(row)} columns, the header {width}"
                )
            else:
                yield from _row(row, columns, reader.line_num)
    except csv.Error as error:
        raise MalformedError(f"line {reader.line_num} is no line of a table: {error}") from error


def _row(row: Sequence[str], columns: Columns, number: int) -> Iterator[Stated]:
    name = row[columns.name]
    if not name.strip():
        raise MalformedError(f"line {number} names no file")
    said = _algorithm(row[columns.algorithm]) if columns.algorithm is not None else ""
    given = [(at, row[at].strip()) for at in columns.digests if row[at].strip()]
    if not given:
        yield Stated(name, NONE, "")
    for at, digest in given:
        yield _stated(name, digest, columns.digests[at] or said, number)


def _stated(name: str, digest: str, algorithm: str, number: int) -> Stated:
    """One digest; without a name of its algorithm, its length tells.

    Raises:
        MalformedError: it has not the length of its algorithm, or is none at all.
    """
    certain = bool(algorithm)
    digest = digest.removeprefix("0x").lower()
    if not HEX.fullmatch(digest):
        raise MalformedError(f"line {number}: {_cut(digest)} is no digest in hexadecimal digits")
    algorithm = algorithm or BY_LENGTH.get(len(digest), "")
    if not algorithm or len(digest) != LENGTHS.get(algorithm, len(digest)):
        what = f"{algorithm} has {LENGTHS[algorithm]}" if algorithm else "none known has so many"
        raise MalformedError(f"line {number}: a digest of {len(digest)} digits; {what}")
    return Stated(name, algorithm, digest, certain)


def _algorithm(text: str) -> str:
    """`SHA-256`, `SHA2-256`, `sha 256` as sha256; what is not known stays as it is spelt."""
    plain = _plain(text)
    found = re.fullmatch(r"sha2?(256|384|512)", plain)
    return f"sha{found[1]}" if found else plain


def _plain(cell: str) -> str:
    return re.sub(r"[^a-z0-9]", "", cell.lower())


def _cut(text: str) -> str:
    """The beginning of a line, fit for a message."""
    return repr(printable(text[:60].encode("utf-8", "surrogateescape").decode("utf-8", "replace")))
