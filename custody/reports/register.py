"""The custody register of a selection, as plain text and as HTML. (R40, R85; requirements T4)

Both say the same; neither is proof of anything: the signed entries beside them are.
"""

import html
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from custody.core import times
from custody.core.disclosure import Value
from custody.core.keys import fingerprint
from custody.core.state import Case, Item
from custody.core.text import safe
from custody.ledger.selection import Selection
from custody.reports import beside, withholding
from custody.reports.beside import Analysis
from custody.reports.gaps import Gap, all_gaps
from custody.reports.history import authorities, history
from custody.reports.members import Name
from custody.reports.people import names
from custody.reports.rows import analysis_rows, entry_rows
from custody.reports.telling import Line
from custody_schemas.acts import CorrectionRecorded

WIDTH = 96
STYLE = """
body { font: 15px/1.45 Georgia, 'Times New Roman', serif; max-width: 60em; margin: 2em auto;
       padding: 0 1em; color: #111; }
h1, h2 { font-weight: normal; } h2 { border-top: 2px solid #111; padding-top: .6em; }
table { border-collapse: collapse; width: 100%; margin: .6em 0 1.4em; }
th, td { text-align: left; vertical-align: top; padding: .3em .7em .3em 0;
         border-bottom: 1px solid #ccc; }
th { width: 11em; font-weight: normal; color: #555; }
.grid { font-size: 13px; } .grid th { width: auto; }
.entry { page-break-inside: avoid; } .mark { font-weight: bold; }
code { font: 13px/1.4 Menlo, Consolas, monospace; overflow-wrap: anywhere; }
@media print { body { max-width: none; margin: 0; } }
"""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One item: heading, what it is, its entries, what was found by examining it, its gaps."""

    heading: str
    facts: list[tuple[str, str]]
    lines: list[Line]
    analyses: list[Analysis]
    gaps: list[Gap]


def sheets(selection: Selection) -> list[Sheet]:
    """A sheet for each item asked for, in order of item number."""
    name, cited = names(selection), authorities(selection.history(selection.case))
    found = []
    for tag in sorted(selection.items, key=lambda tag: _item(selection, tag).number):
        chain = selection.history(tag)
        lines = history(chain, name, cited)
        exhibit = _said(_corrected(selection, tag), "exhibit")
        found.append(
            Sheet(
                f"Item {_item(selection, tag).number}: {exhibit}",
                _facts(selection, tag, name),
                lines,
                beside.analyses(beside.readings(chain), name),
                all_gaps(chain, name),
            )
        )
    return found


def _item(selection: Selection, tag: str) -> Item:
    item = selection.subjects[tag]
    assert isinstance(item, Item)
    return item


def _facts(selection: Selection, tag: str, name: Name) -> list[tuple[str, str]]:
    item, chain = _item(selection, tag), selection.history(tag)
    opened = _corrected(selection, tag)
    outside = f"outside: {item.outside}".replace("_", " ") if item.outside else "nobody"
    facts = [
        ("description", _said(opened, "description")),
        ("kind", item.type.replace("_", " ")),
        ("make, model, serial", ", ".join(_said(opened, k) for k in ("make", "model", "serial"))),
        ("held by", name(item.holder) if item.holder else outside),
        ("seal", item.seal.state.replace("_", " ") if item.seal else "never sealed"),
        ("entries", str(len(chain))),
    ]
    entries = beside.readings(chain)
    facts += [("other number", each.words) for each in beside.references(entries)]
    facts += [("limit of use", words) for words in beside.limits(entries)]
    if item.terminal:
        facts.append(("custody", "has ended for good"))
    if item.transfer:
        facts.append(("open hand-over", f"since {times.spelt(item.transfer.since)}"))
    if item.out:
        facts.append(("checked out", f"to {name(item.out.to)} since {times.spelt(item.out.since)}"))
    facts += [("working copy out", each.words) for each in beside.copies(item, chain, name)]
    if item.disputed:
        facts.append(("integrity", "DISPUTED"))
    facts += [("open discrepancy", each.words) for each in beside.discrepancies(item, chain)]
    return facts


COLUMNS = ("#", "recorded", "act", "from – to", "seal", "content")


def overview(sheet: Sheet) -> list[tuple[str, ...]]:
    """A row for each entry, under COLUMNS: what a paper form would show at a glance."""
    return [
        (
            str(line.number),
            line.recorded,
            line.heading,
            " – ".join(map(_short, (line.source, line.target) if line.target else line.who)),
            line.seal,
            line.hash,
        )
        for line in sheet.lines
    ]


def _short(name: str) -> str:
    """A name without the organisation."""
    return name.partition(" (")[0]


def _said(opened: Mapping[str, Value], member: str) -> str:
    """A personal value: withheld and empty are two things."""
    return str(opened[member]) or "–" if member in opened else "(withheld)"


def _corrected(selection: Selection, tag: str) -> dict[str, Value]:
    """What the registration says, with its corrections beside the values."""
    chain = selection.history(tag)
    opened = dict(chain[0][1].opened)
    for number, (_, told) in enumerate(chain, 1):
        act = told.statement.act
        if not isinstance(act, CorrectionRecorded) or act.field is None:
            continue
        if act.corrects == chain[0][1].statement.id:
            now = told.opened.get("value") or "(withheld)"
            opened[act.field] = f"{_said(opened, act.field)} [#{number}: {now}]"
    return opened


def _head(selection: Selection) -> list[tuple[str, str]]:
    checkpoint = selection.checkpoint
    opened = selection.history(selection.case)[0][1].opened
    return [
        ("case", str(opened.get("reference", "(withheld)"))),
        ("title", str(opened.get("title", "(withheld)"))),
        ("ledger", selection.origin),
        ("as of record", f"{checkpoint.size - 1}, root {fingerprint(checkpoint.root.hex(), 16)}"),
        ("shows", "the whole case" if selection.whole else "chosen items only"),
        ("state", _state(selection)),
        *(("withholds", line) for line in withholding.lines(selection)),
    ]


def _state(selection: Selection) -> str:
    case = selection.subjects[selection.case]
    return "closed" if isinstance(case, Case) and case.closed else "open"


NOTICE = (
    "This register retells the signed entries in this bundle. It proves nothing by itself: "
    "check the bundle, as data/README.txt says. Times are UTC. Personal fields that were withheld "
    "are named as such."
)


def as_text(selection: Selection) -> str:
    """The register in plain text, UTF-8, LF."""
    out = ["CUSTODY REGISTER", "=" * 16, "", *_wrapped(NOTICE, WIDTH), ""]
    out += _pairs(_head(selection))
    for sheet in sheets(selection):
        out += ["", safe(sheet.heading), "-" * min(len(sheet.heading), WIDTH), ""]
        out += _pairs(sheet.facts)
        out += ["", *_columns([COLUMNS, *overview(sheet)])]
        for line in sheet.lines:
            out += ["", f"#{line.number}  {safe(line.heading).upper()}"]
            out += _pairs(entry_rows(line), "    ")
        out += ["", "Analyses and reviews: " + ("none" if not sheet.analyses else "")]
        for analysis in sheet.analyses:
            out += [f"    #{analysis.entry}", *_pairs(analysis_rows(analysis), "        ")]
        out += ["", "Gaps: " + ("none" if not sheet.gaps else "")]
        out += [f"    {safe(gap.words)}" for gap in sheet.gaps]
    return "\n".join(out) + "\n"


def _pairs(pairs: Iterable[tuple[str, str]], indent: str = "") -> Iterator[str]:
    for label, text in pairs:
        first, *more = _wrapped(text, WIDTH - len(indent) - 24)
        yield f"{indent}{label[:22]:<22}  {first}"
        yield from (f"{indent}{'':<24}{part}" for part in more)


def _columns(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Rows under each other; the first is the heading. Long cells push the rest to the right."""
    widths = [max(len(safe(row[place])) for row in rows) for place in range(len(rows[0]))]
    for row in rows:
        cells = (f"{safe(cell):<{width}}" for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def _wrapped(text: str, width: int) -> list[str]:
    """Lines of at most `width`, broken at spaces where there are any."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        current = ""
        for word in safe(paragraph).split(" "):
            while len(word) > width:
                lines += [current] * bool(current)
                lines, current, word = [*lines, word[:width]], "", word[width:]
            joined = f"{current} {word}" if current else word
            if len(joined) > width:
                lines, current = [*lines, current], word
            else:
                current = joined
        lines.append(current)
    return lines


def as_html(selection: Selection) -> str:
    """The register as one page: no script, nothing loaded from elsewhere, ready to print."""
    body = ["<h1>Custody register</h1>", f"<p>{_html(NOTICE)}</p>", _table(_head(selection))]
    for sheet in sheets(selection):
        body += [f"<h2>{_html(sheet.heading)}</h2>", _table(sheet.facts), _grid(sheet)]
        for line in sheet.lines:
            body.append(
                f'<div class="entry"><p class="mark">#{line.number} {_html(line.heading)}</p>'
                f"{_table(entry_rows(line))}</div>"
            )
        body.append("<h3>Analyses and reviews</h3>" + ("" if sheet.analyses else "<p>none</p>"))
        body += [
            f'<p class="mark">#{analysis.entry}</p>{_table(analysis_rows(analysis))}'
            for analysis in sheet.analyses
        ]
        found = "".join(f"<li>{_html(gap.words)}</li>" for gap in sheet.gaps)
        body.append(f"<h3>Gaps</h3><ul>{found or '<li>none</li>'}</ul>")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\">"
        f"<title>Custody register</title><style>{STYLE}</style></head>\n<body>\n"
        + "\n".join(body)
        + "\n</body></html>\n"
    )


def _table(pairs: Iterable[tuple[str, str]]) -> str:
    rows = "".join(f"<tr><th>{_html(k)}</th><td>{_html(v)}</td></tr>" for k, v in pairs)
    return f"<table>{rows}</table>"


def _grid(sheet: Sheet) -> str:
    head = "".join(f"<th>{_html(title)}</th>" for title in COLUMNS)
    rows = "".join(
        f"<tr>{''.join(f'<td>{_html(cell)}</td>' for cell in row)}</tr>" for row in overview(sheet)
    )
    return f'<table class="grid"><tr>{head}</tr>{rows}</table>'


def _html(text: str) -> str:
    return "<br>".join(html.escape(safe(part)) for part in text.split("\n"))
