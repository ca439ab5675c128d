"""A report for people: five blocks of plain words, and no more said than was found.

It never calls a bundle valid, authentic, admissible or untampered: those are a court's words.
"""

import unicodedata
from collections.abc import Iterable, Iterator

from custody.core.findings import Anchor, Finding, Outcome, Report, Source

RESULTS = {
    Outcome.PASSED: "Every check was made, or excused by the trust file, and none failed.",
    Outcome.FAILED: "At least one check FAILED.",
    Outcome.UNDETERMINED: "No check failed, but at least one COULD NOT BE MADE.",
}
NOTHING = "nothing"
RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
# What leaves no ink although it counts as printable: fillers, joiners, selectors, a blank of Braille.
INKLESS = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0\U0001d159"
) | frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))


def as_text(report: Report) -> str:
    """The whole report; every line is safe to print on any terminal."""
    blocks = (
        ("RESULT", _result(report)),
        ("PROVED", map(safe, report.proved)),
        (
            "ADVERSE FACTS IN THE RECORD",
            (safe(f"{fact.subject}: {fact.detail}") for fact in report.adverse),
        ),
        ("NOT PROVED", map(safe, report.not_proved)),
        ("WITHHELD AND NOT SHOWN", map(safe, report.withheld)),
    )
    return "\n".join(line for title, lines in blocks for line in _block(title, lines))


def _block(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield title
    empty = True
    for line in lines:
        empty = False
        yield f"  {line}"
    if empty:
        yield f"  {NOTHING}"
    yield ""


def _result(report: Report) -> Iterator[str]:
    yield from map(safe, report.leading)
    yield RESULTS[report.verdict]
    for source in report.sources:
        yield from _source(source)
    yield from _trust(report.trust)
    if report.trust is None:
        for what, key in report.seen_keys:
            yield f"{safe(what)}, by the bundle's own word: {grouped(key)}"
    for finding in report.findings:
        if finding.outcome in (Outcome.FAILED, Outcome.UNDETERMINED):
            yield _line(finding)


def _source(source: Source) -> Iterator[str]:
    yield f"bundle {safe(source.name)}, {source.size} bytes"
    yield f"  SHA-256 {grouped(source.sha256)}"
    if source.origin:
        when = f", tallied {source.tallied}" if source.tallied else ""
        yield f"  ledger {safe(source.origin)}, {source.records} records{when}"
        yield f"  root {grouped(source.root)}"


def _trust(trust: Anchor | None) -> Iterator[str]:
    if trust is None:
        yield "no trust file was given: whose keys these are, nobody here can say"
        return
    yield f"trust file {grouped(trust.fingerprint)}"
    for what, key in trust.keys:
        yield f"  {safe(what)} {grouped(key)}"


def _line(finding: Finding) -> str:
    rule = f" ({finding.rule})" if finding.rule else ""
    detail = f": {finding.detail}" if finding.detail else ""
    return safe(f"{finding.check} {finding.outcome}, {finding.subject}{rule}{detail}")


def grouped(digest: str) -> str:
    """Groups of four, to be read aloud and compared."""
    return " ".join(digest[at : at + 4] for at in range(0, len(digest), 4))


def safe(text: str) -> str:
    r"""`text` as one line that cannot move, hide or reorder anything around it.

    Whatever does not print (controls, bidirectional and invisible characters) is written as
    `\u{…}`, a line feed as a space, a backslash as two; text with letters of right-to-left
    scripts is isolated.
    """
    if text.isascii() and text.isprintable() and "\\" not in text:
        return text  # nearly everything
    escaped = "".join(map(_escape, text))
    if any(unicodedata.bidirectional(character) in RIGHT_TO_LEFT for character in escaped):
        return f"\u2068{escaped}\u2069"
    return escaped


def _escape(character: str) -> str:
    if character == "\\":
        return "\\\\"
    if character == "\n":
        return " "
    shown = character.isprintable() and character not in INKLESS
    return character if shown else f"\\u{{{ord(character):x}}}"
