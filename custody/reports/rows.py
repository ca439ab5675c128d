"""Entries and analyses as rows of label and text, the same on paper and on a terminal."""

from custody.reports.beside import Analysis
from custody.reports.telling import Line


def entry_rows(line: Line) -> list[tuple[str, str]]:
    """What a line says, as label and text, empty ones left out."""
    key = f" – key {line.key} …" if line.key else ""  # of an erased entry nobody knows it
    rows = [
        ("by", "; ".join((f"{line.who[0]}{key}", *line.who[1:]))),
        ("happened", line.happened),
        ("signed", line.signed),
        ("recorded", line.recorded),
        ("late", line.late.removeprefix("late: ")),
        ("from – to", f"{line.source} – {line.target}" if line.target else ""),
        ("why", line.why),
        ("seal", line.seal),
        ("content", line.hash),
        ("place", line.place),
        *line.details,
        *(
            (f"corrected by #{c.by_number}", f"{c.field.replace('_', ' ')} is to read: {c.value}")
            if c.field
            else (f"annulled by #{c.by_number}", f"this entry should not be there: {c.value}")
            for c in line.corrections
        ),
        *((f"see #{later.by_number}", later.what) for later in line.later),
        ("withheld here", ", ".join(line.withheld)),
        ("entry", f"{line.entry[:16]} … (record {line.n})"),
    ]
    return [(label, text) for label, text in rows if text]


def analysis_rows(analysis: Analysis) -> list[tuple[str, str]]:
    """An analysis with its reviews, as label and text."""
    rows = [
        ("by", analysis.by),
        ("happened", analysis.when),
        ("question", analysis.question),
        ("method and tools", analysis.method),
        ("result", analysis.result),
        *(("review", review) for review in analysis.reviews),
    ]
    none = () if analysis.reviews else (("review", "none is on file"),)
    return [(label, text) for label, text in (*rows, *none) if text]
