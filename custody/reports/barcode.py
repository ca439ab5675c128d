"""Codes that machines read: Code 128 and QR as black and white modules, and a small PNG writer.

Code 128 (ISO/IEC 15417) is made here, in code sets B and C: the shortest symbol that the two
allow. The QR code (ISO/IEC 18004) is made by segno, which is imported when one is drawn.
"""

import zlib
from collections.abc import Iterable, Sequence
from itertools import chain, cycle, repeat

from custody.core.errors import MalformedError

Row = list[bool]  # modules from left to right, True is dark

START_B, START_C, STOP = 104, 105, 106
TO_B, TO_C = 100, 99  # the values that change the code set, each in the other one
QUIET = 10  # light modules that a reader wants on both sides of a Code 128 symbol
QUIET_QR = 4  # and around a QR code
# Widths of bars and spaces, a bar first: six of each of the values 0 to 105, seven of the stop.
_SIX = (
    "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231"
    "113222123122123221223211221132221231213212223112312131311222321122321221312212322112322211"
    "212123212321232121111323131123131321112313132113132311211313231113231311112133112331132131"
    "113123113321133121313121211331231131213113213311213131311123311321331121312113312311332111"
    "314111221411431111111224111422121124121421141122141221112214112412122114122411142112142211"
    "241211221114413111241112134111111242121142121241114212124112124211411212421112421211212141"
    "214121412121111143111341131141114113114311411113411311113141114131311141411131211412211214"
    "211232"
)
WIDTHS = (*(_SIX[at : at + 6] for at in range(0, len(_SIX), 6)), "2331112")


def code128_values(text: str) -> list[int]:
    """The values of a symbol: start, data in as few values as can be, check value, stop.

    Raises:
        MalformedError: code sets B and C have no such character.
    """
    if not text or not all(" " <= each <= "~" for each in text):
        raise MalformedError(f"Code 128 holds printable ASCII characters only, not {text[:80]!r}")
    # For each place in the text, the shortest values that lead there, by the code set in force.
    ways: list[dict[int, list[int]]] = [{} for _ in range(len(text) + 2)]
    ways[0] = {TO_B: [START_B], TO_C: [START_C]}
    for at, here in enumerate(ways[: len(text)]):
        for code_set, other in ((TO_B, TO_C), (TO_C, TO_B)):
            if other in here:
                _keep(here, code_set, [*here[other], code_set])
        if TO_B in here:
            _keep(ways[at + 1], TO_B, [*here[TO_B], ord(text[at]) - 32])
        if TO_C in here and (pair := text[at : at + 2]).isdigit() and len(pair) == 2:
            _keep(ways[at + 2], TO_C, [*here[TO_C], int(pair)])
    found = min(ways[len(text)].values(), key=len)
    return [*found, check_value(found), STOP]


def _keep(ways: dict[int, list[int]], code_set: int, way: list[int]) -> None:
    if code_set not in ways or len(way) < len(ways[code_set]):
        ways[code_set] = way


def check_value(values: Sequence[int]) -> int:
    """The start value and each data value times its place, modulo 103."""
    return (values[0] + sum(at * value for at, value in enumerate(values))) % 103


def code128(text: str) -> Row:
    """The modules of the symbol, without its quiet zones of `QUIET` modules.

    Raises:
        MalformedError: as `code128_values`.
    """
    widths = (int(width) for value in code128_values(text) for width in WIDTHS[value])
    return list(chain.from_iterable(map(repeat, cycle((True, False)), widths)))


def qr(parts: Iterable[str]) -> list[Row]:
    """The modules of a QR code, without its quiet zone of `QUIET_QR` modules.

    It corrects errors in 15 % of its area at least (level M).

    parts: what it says, in parts that are each encoded as shortly as they can be: capital
        letters, digits and ` $%*+-./:` take two thirds of the room of other ASCII.
    """
    import segno

    made = segno.make(tuple(parts), error="m", micro=False)  # type: ignore[arg-type]
    return [[bool(module) for module in row] for row in made.matrix]


def framed(rows: Sequence[Row], quiet: int, width: int = 0) -> list[Row]:
    """The modules with `quiet` light ones around them, and at both sides what `width` wants."""
    inner = len(rows[0])
    left = max(quiet, (width - inner) // 2)
    right = max(quiet, width - inner - left)
    light: Row = [False] * (left + inner + right)
    framed_rows = [[*repeat(False, left), *row, *repeat(False, right)] for row in rows]
    return [*repeat(light, quiet), *framed_rows, *repeat(light, quiet)]


def scaled(rows: Iterable[Row], across: int, down: int) -> list[Row]:
    """Each module as `across` times `down` pixels."""
    wide = ([module for module in row for _ in range(across)] for row in rows)
    return [row for row in wide for _ in range(down)]


def png(rows: Sequence[Row]) -> bytes:
    """A PNG of one bit a pixel, dark pixels black; the rows are of one length."""
    width, height = len(rows[0]), len(rows)
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([1, 0, 0, 0, 0])
    lines = b"".join(b"\0" + _packed(row) for row in rows)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", header),
            _chunk(b"IDAT", zlib.compress(lines, 9)),
            _chunk(b"IEND", b""),
        ]
    )


def _packed(row: Row) -> bytes:
    """Eight pixels a byte, the first in its highest bit; 1 is white."""
    padded = [*row, *repeat(False, -len(row) % 8)]
    bits = "".join("0" if dark else "1" for dark in padded)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


def _chunk(name: bytes, data: bytes) -> bytes:
    check = zlib.crc32(name + data).to_bytes(4, "big")
    return len(data).to_bytes(4, "big") + name + data + check
