"""Labels as pictures: SVG and HTML pages with all that a label says, PNG with its codes only.

Lengths are millimetres. No font is embedded: text is laid out by a cautious guess of its width, the
names of item and ledger are made smaller until they fit, other texts are cut off with an ellipsis.
A PNG would need a font to hold text, so it holds the two codes, for programs that place them
themselves.
"""

import html
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from custody.core.text import safe
from custody.reports import barcode
from custody.reports.barcode import QUIET, QUIET_QR, Row
from custody.reports.labels import SHORT, Label

WIDE = 0.6  # guessed width of a character, by the size of its font
BOLD = 0.66
SMALLEST = 0.45  # of its size, below which the name of an item is cut in its middle
PIXELS_QR, PIXELS_BAR, BAR_HEIGHT = 6, 3, 90  # of a PNG
SVG = 'xmlns="http://www.w3.org/2000/svg"'


class Size(NamedTuple):
    """A page with `across` times `down` labels of `width` times `height`, `top` from its edge."""

    words: str
    page: tuple[float, float]
    width: float
    height: float
    across: int = 1
    down: int = 1
    top: float = 0

    @property
    def room(self) -> int:
        """Labels on a page."""
        return self.across * self.down


SIZES = {
    "sheet": Size("A4, 3 × 8 labels of 70 × 37 mm", (210, 297), 70, 37, 3, 8, 0.5),
    "roll": Size("62 × 29 mm, one label a page", (62, 29), 62, 29),
    "large": Size("100 × 50 mm, one label a page", (100, 50), 100, 50),
}


def pages(labels: Sequence[Label], size: Size, skip: int = 0) -> list[list[tuple[int, Label]]]:
    """The labels by page, each with its place on the page.

    skip: labels of the first page that are used up already.
    """
    found: list[list[tuple[int, Label]]] = []
    for at, label in enumerate(labels, skip):
        page, place = divmod(at, size.room)
        if page == len(found):
            found.append([])
        found[page].append((place, label))
    return found


def svg_page(page: Sequence[tuple[int, Label]], size: Size) -> str:
    """One page as an SVG document."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{_svg(page, size)}\n'


def html_pages(pages: Sequence[Sequence[tuple[int, Label]]], size: Size) -> str:
    """All pages as one document that a browser prints in the size of the labels."""
    width, height = size.page
    style = (
        f"@page {{ size: {width}mm {height}mm; margin: 0 }} body {{ margin: 0 }} "
        "svg { display: block; break-after: page; break-inside: avoid }"
    )
    body = "\n".join(_svg(page, size) for page in pages)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        f"style-src 'unsafe-inline'\"><title>Labels</title><style>{style}</style></head>\n"
        f"<body>\n{body}\n</body></html>\n"
    )


def png(label: Label) -> bytes:
    """The bar code above the QR code."""
    bars = barcode.scaled([barcode.code128(label.bars)], PIXELS_BAR, BAR_HEIGHT)
    square = barcode.scaled(barcode.qr(label.parts), PIXELS_QR, PIXELS_QR)
    width = max(
        len(bars[0]) + 2 * QUIET * PIXELS_BAR,
        len(square[0]) + 2 * QUIET_QR * PIXELS_QR,
    )
    above = barcode.framed(bars, QUIET * PIXELS_BAR, width)
    return barcode.png([*above, *barcode.framed(square, QUIET_QR * PIXELS_QR, width)])


def _svg(page: Sequence[tuple[int, Label]], size: Size) -> str:
    width, height = size.page
    drawn = []
    for place, label in page:
        down, across = divmod(place, size.across)
        left, top = across * size.width, size.top + down * size.height
        inner = "\n".join(_drawn(label, size.width, size.height))
        drawn.append(f'<g transform="translate({left:g} {top:g})">\n{inner}\n</g>')
    body = "\n".join(drawn)
    return (
        f'<svg {SVG} width="{width:g}mm" height="{height:g}mm" viewBox="0 0 {width:g} {height:g}" '
        f'font-family="Arial, Helvetica, sans-serif">\n{body}\n</svg>'
    )


def _drawn(label: Label, width: float, height: float) -> Iterator[str]:
    """The label: text to the left, the QR code to the right, the bar code below."""
    unit = min(width / 62, height / 29)
    edge = 1.5 * unit
    strip = 6.5 * unit
    room = height - 2 * edge - strip - 0.5 * unit
    square = min(room, 20 * unit)
    yield from _lines(label, edge, unit, width - square - 2.5 * edge, room)
    yield _modules(barcode.qr(label.parts), width - square - edge, edge, square)
    bars = barcode.code128(label.bars)
    step = min(0.45, width / (len(bars) + 2 * QUIET))
    left = (width - step * len(bars)) / 2
    yield _path(_runs(bars, left, height - edge - strip, step, strip))


def _lines(label: Label, left: float, unit: float, width: float, height: float) -> Iterator[str]:
    """What people read: the description gets the lines that are left over."""
    size, step = 2.6 * unit, 2.9 * unit
    most = width / (size * WIDE)
    tag = " ".join(label.tag[at : at + 4] for at in range(0, SHORT, 4))
    above = [safe(" · ".join(filter(None, (label.exhibit, label.kind))))]
    below = [safe(f"seal {label.seal}")] if label.seal else []
    free = int((height - 5 * unit) / step) - len(above) - len(below) - 2
    rows = [*above, *_wrapped(safe(label.description), most, free), *below, f"tag {tag}"]
    base = left + 4 * unit
    yield _name(label.code, left, base, 4.6 * unit, width)
    for row in filter(None, rows):
        base += step
        yield _text(_cut(row, most), left, base, size)
    yield _name(label.origin, left, base + step, size, width, weight="normal")


def _wrapped(text: str, width: float, lines: int) -> list[str]:
    """The text in as many lines at most, the last of them cut off."""
    found = [""]
    for word in text.split():
        longer = f"{found[-1]} {word}".strip()
        if found[-1] and _width(longer) > width and len(found) < lines:
            found.append(word)
        else:
            found[-1] = longer
    return found


def _name(
    words: str, left: float, base: float, size: float, width: float, *, weight: str = "bold"
) -> str:
    """A name: smaller where it is long, and cut in its middle where it is too long for that."""
    text = safe(words)
    most = width / (size * SMALLEST * BOLD)
    if _width(text) > most:
        end = text[-12:]
        text = f"{_cut(text, most - _width(end))}{end}"
    fitting = min(size, width / (_width(text) * BOLD))
    return _text(text, left, base, fitting, f' font-weight="{weight}"')


def _text(text: str, left: float, base: float, size: float, more: str = "") -> str:
    place = f'x="{left:.3f}" y="{base:.3f}" font-size="{size:.3f}"{more}'
    return f"<text {place}>{html.escape(text)}</text>"


def _cut(text: str, width: float) -> str:
    """The text, or its beginning with an ellipsis; the width is in characters."""
    if _width(text) <= width:
        return text
    while text and _width(text) + 1 > width:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _width(text: str) -> float:
    """Wide characters of East Asian scripts count as more than the others."""
    return sum(1.7 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)


def _modules(rows: Sequence[Row], left: float, top: float, side: float) -> str:
    """A square with its quiet zone."""
    step = side / (len(rows) + 2 * QUIET_QR)
    inner = left + QUIET_QR * step
    drawn = (
        _runs(row, inner, top + (QUIET_QR + at) * step, step, step) for at, row in enumerate(rows)
    )
    return _path("".join(drawn))


def _runs(row: Row, left: float, top: float, step: float, height: float) -> str:
    """Path of the dark modules of a row, neighbours as one."""
    found = []
    start = None
    for at, dark in enumerate([*row, False]):
        if dark and start is None:
            start = at
        elif not dark and start is not None:
            across = (at - start) * step
            found.append(
                f"M{left + start * step:.4f} {top:.4f}h{across:.4f}v{height:.4f}h-{across:.4f}z"
            )
            start = None
    return "".join(found)


def _path(path: str) -> str:
    return f'<path shape-rendering="crispEdges" d="{path}"/>'
