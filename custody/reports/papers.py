"""Papers for people to fill in and sign by hand: what they are made of, as text and as HTML.

A paper is no record: it says so itself, and names the state of the ledger that it was printed from.
Whatever a person is to write stays empty; nothing is ever ticked or signed for anybody.
"""

import html
from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import NamedTuple

from custody.core.keys import fingerprint
from custody.core.text import safe

WIDTH = 80
BLANK = "_" * 34  # a line of a text to write on
LABEL = 24  # columns of the names of facts
RECORD = "Printed from the ledger; the signed entries are the record. Times are UTC."
STYLE = """
@page { size: A4; margin: 15mm 14mm; }
body { font: 11pt/1.35 Arial, Helvetica, sans-serif; color: #000; max-width: 182mm;
       margin: 8mm auto; }
h1 { font-size: 17pt; margin: 0 0 2mm; } h2 { font-size: 12pt; margin: 5mm 0 1mm; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; }
td, th { vertical-align: top; padding: .6mm 2mm .6mm 0; overflow-wrap: anywhere; }
.facts th { width: 42mm; font-weight: normal; color: #444; }
.grid { margin: 3mm 0; font-size: 10pt; } .grid td, .grid th { border: .3mm solid #000;
         padding: 1mm 1.5mm; } .grid td { height: 11mm; }
.grid td:first-child { min-width: 24mm; } .grid th { background: #eee; }
.grid .blank { min-width: 24mm; }
.strong { border: .6mm solid #000; padding: 2mm; font-weight: bold; }
.piece, tr, .box { break-inside: avoid; } h2 { break-after: avoid; }
.boxes { display: flex; gap: 4mm; margin: 5mm 0; }
.box { border: .3mm solid #000; flex: 1; padding: 2mm; } .box p { margin: 0 0 2mm; }
.box div { border-bottom: .2mm solid #000; margin-top: 7mm; color: #444; font-size: 8.5pt; }
footer { border-top: .2mm solid #000; margin-top: 6mm; padding-top: 1.5mm; font-size: 8.5pt; }
"""


class Stamp(NamedTuple):
    """What the ledger was when the paper was printed: so many records under this root (hex)."""

    origin: str
    size: int
    root: str
    printed: str

    @property
    def lines(self) -> tuple[str, str]:
        """Below every paper."""
        root = fingerprint(self.root, 4)
        return (
            RECORD,
            f"Ledger {self.origin}, {self.size} records, root {root} …, printed {self.printed}",
        )


class Facts(NamedTuple):
    """Names and values; what is not on file is left out, None is to be filled in by hand."""

    rows: Sequence[tuple[str, str | None]]
    heading: str = ""


class Words(NamedTuple):
    """A paragraph; a strong one nobody may overlook."""

    text: str
    strong: bool = False


class Grid(NamedTuple):
    """A table; cells that are None are filled in by hand."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str | None]]


class Box(NamedTuple):
    """A person signs here: what each empty line is for."""

    title: str
    lines: Sequence[str]


class Boxes(NamedTuple):
    """Boxes side by side."""

    boxes: Sequence[Box]


Part = Facts | Words | Grid | Boxes


class Paper(NamedTuple):
    """One paper."""

    title: str
    stamp: Stamp
    parts: Sequence[Part]


def as_text(paper: Paper) -> str:
    """Plain text, UTF-8, LF, lines of 80 columns but for words that are longer."""
    title = safe(paper.title).upper()
    out = [title, "=" * len(title), ""]
    for part in paper.parts:
        out += [*_text(part), ""]
    out += ["-" * WIDTH, *(line for words in paper.stamp.lines for line in _wrapped(words, WIDTH))]
    return "\n".join(out) + "\n"


def _text(part: Part) -> Iterator[str]:
    match part:
        case Facts(rows, heading):
            if heading:
                yield safe(heading)
            yield from _rows(rows, "  " if heading else "")
        case Words(text, strong):
            lines = _wrapped(text, WIDTH - 4)
            yield from (f"!!  {line}" for line in lines) if strong else _wrapped(text, WIDTH)
        case Grid(columns, rows):
            for number, row in enumerate(rows):
                yield from [""] * bool(number)
                yield from _rows(list(zip(columns, row, strict=True)), "")
        case Boxes(boxes):
            for number, box in enumerate(boxes):
                yield from [""] * bool(number)
                yield safe(box.title)
                yield from _rows([(line, None) for line in box.lines], "  ")


def _rows(rows: Sequence[tuple[str, str | None]], indent: str) -> Iterator[str]:
    for name, value in rows:
        if value == "":
            continue
        room = WIDTH - len(indent) - LABEL - 2
        first, *rest = [BLANK] if value is None else _wrapped(value, room)
        above, last = ([], name) if len(name) <= LABEL else ([f"{indent}{name}"], "")
        yield from above
        yield f"{indent}{last:<{LABEL}}  {first}"
        yield from (f"{indent}{'':<{LABEL}}  {line}" for line in rest)


def _wrapped(text: str, width: int) -> list[str]:
    lines = [
        line
        for part in text.split("\n")
        for line in wrap(safe(part), width, break_long_words=False, break_on_hyphens=False) or [""]
    ]
    return lines or [""]


def as_html(paper: Paper) -> str:
    """One page after the other: no script, nothing loaded from elsewhere, ready to print."""
    title = _html(paper.title)
    body = "\n".join(map(_part, paper.parts))
    stamp = "<br>".join(map(_html, paper.stamp.lines))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        f"style-src 'unsafe-inline'\"><title>{title}</title><style>{STYLE}</style></head>\n"
        f"<body>\n<h1>{title}</h1>\n{body}\n<footer>{stamp}</footer>\n</body></html>\n"
    )


def _part(part: Part) -> str:
    match part:
        case Facts(rows, heading):
            told = "".join(
                f"<tr><th>{_html(name)}</th><td>{_cell(value)}</td></tr>"
                for name, value in rows
                if value != ""
            )
            above = f"<h2>{_html(heading)}</h2>" if heading else ""
            return f'<div class="piece">{above}<table class="facts">{told}</table></div>'
        case Words(text, strong):
            return f"<p class={'strong' if strong else 'plain'}>{_html(text)}</p>"
        case Grid(columns, rows):
            head = "".join(f"<th>{_html(name)}</th>" for name in columns)
            lines = (f"<tr>{''.join(map(_square, row))}</tr>" for row in rows)
            return f'<table class="grid"><tr>{head}</tr>{"".join(lines)}</table>'
        case Boxes(boxes):
            drawn = "".join(map(_box, boxes))
            return f'<div class="boxes">{drawn}</div>'


def _box(box: Box) -> str:
    lines = "".join(f"<div>{_html(line)}</div>" for line in box.lines)
    return f'<div class="box"><p><b>{_html(box.title)}</b></p>{lines}</div>'


def _square(value: str | None) -> str:
    return '<td class="blank"></td>' if value is None else f"<td>{_html(value)}</td>"


def _cell(value: str | None) -> str:
    return BLANK if value is None else _html(value)


def _html(text: str) -> str:
    return "<br>".join(html.escape(safe(part)) for part in text.split("\n"))
