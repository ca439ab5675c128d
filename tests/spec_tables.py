"""`python -m tests.spec_tables`: write the tables of SPEC.md that the code declares.

They stand between `<!-- NAME: from the code -->` and `<!-- end -->`; a test compares them.
"""

import json
import re
import typing
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

from custody.core import kept, state
from custody.core.bundle import layout
from custody.core.findings import Check
from custody.core.rules.rights import RIGHTS, Right
from custody.core.summary import PROVES
from custody_schemas import fields, terms
from custody_schemas.acts import Common, Deadline, Pack, Period, Profile, RetentionRule
from custody_schemas.codes import CODES
from custody_schemas.declare import (
    Act,
    Chars,
    Concern,
    Field,
    Matches,
    Record,
    Refers,
    Several,
    Within,
    field_of,
    words,
)

ROOT = Path(__file__).parent.parent
SPEC = ROOT / "SPEC.md"
VECTORS = ROOT / "tests" / "vectors"
PART = re.compile(
    r"(<!-- ([a-z0-9_/.-]+): from the (?:code|vectors) -->\n).*?(<!-- end -->)", re.DOTALL
)

TEXTS = {
    fields.HEX: "64 hex",
    "[0-9a-f]{32}": "32 hex",
    "[0-9a-f]{40}": "40 hex",
    str(field_of("", fields.Time).marks[0].pattern): "time",
}


def type_of(field: Field) -> str:
    """A type as people read it, with all its limits."""
    kind, marks = field.type, field.marks
    if typing.get_origin(kind) is tuple:
        element = field_of(field.name, typing.get_args(kind)[0])
        bounds = next(m for m in marks if isinstance(m, Several))
        inner = tuple(m for m in marks if not isinstance(m, Several)) + element.marks
        each = type_of(Field(field.name, element.type, inner, False, False))
        return f"list of {bounds.least}–{bounds.most}: {each}"
    if isinstance(kind, type) and issubclass(kind, StrEnum | Record):
        return f"`{kind.__name__}`"
    if kind is str:
        return _text(marks)
    if kind is int:
        low, high = next(m for m in marks if isinstance(m, Within))
        return f"integer {_number(low)} … {_number(high)}"
    return "boolean" if kind is bool else "enrolment envelope, as an object"


def _text(marks: tuple[Any, ...]) -> str:
    pattern = next((m.pattern for m in marks if isinstance(m, Matches)), None)
    limits = next((m for m in marks if isinstance(m, Chars)), None)
    refers = next((f" ({m.kind} tag)" for m in marks if isinstance(m, Refers)), "")
    if pattern is None:
        assert limits
        return f"text {limits.least}–{limits.most}"
    spelt = TEXTS.get(pattern, f"`{pattern}`".replace("|", "\\|"))
    return spelt + refers + (f", {limits.least}–{limits.most} characters" if limits else "")


def _number(value: int) -> str:
    powers = {2**53 - 1: "2^53-1", 2**40: "2^40", -(2**40): "-2^40"}
    return powers.get(value, str(value))


def members(kind: type[Record], without: Iterable[str] = ()) -> str:
    """Members of a record: those of the body, then those of `sd`."""
    helps = words(kind)[1]
    rows = ["| member | type | |", "| --- | --- | --- |"]
    for field in sorted(kind.FIELDS.values(), key=lambda field: (field.personal, field.name)):
        if field.name not in without:
            where = "sd" if field.personal else "body" if issubclass(kind, Act) else ""
            may = "may be absent; " if field.optional else ""
            name = f"`{where}.{field.name}`" if where else f"`{field.name}`"
            rows.append(f"| {name} | {type_of(field)} | {may}{helps.get(field.name, '')} |")
    return "\n".join(rows) if len(rows) > 2 else "No members of its own."


def places(kind: type[Act]) -> str:
    return "; ".join(_place(concern) for concern in kind.ABOUT)


def _place(concern: Concern) -> str:
    kinds = " or ".join(f"`{each}`" for each in concern.kinds)
    count = (
        str(concern.most) if concern.least == concern.most else f"{concern.least}–{concern.most}"
    )
    found = " (changes, where §2.5 calls it a finding)" if concern.finding else ""
    return f"{concern.mode} {count} {kinds}{found}"


def acts() -> str:
    common = set(Common.FIELDS)
    parts = []
    for name, kind in sorted(Act.ALL.items()):
        first, *others = kind.SIGNERS
        more = f"; may co-sign: {', '.join(others)}" if others else ""
        what = " ".join(words(kind)[0].split())
        head = f"#### {name}\n\n{what}\n\nPlaces: {places(kind)}. Leads: {first}{more}.\n"
        parts.append(f"{head}\n{members(kind, common)}\n")
    return "\n".join(parts)


def records() -> str:
    kinds: list[type[Record]] = [fields.Occurred, fields.Content, fields.Media]
    kinds += [Act.ALL["ledger.opened"].FIELDS[name].type for name in ("rules", "continues")]
    kinds += [Pack, RetentionRule, Period, Deadline, Profile]
    return "\n\n".join(f"**{kind.__name__}**\n\n{members(kind)}" for kind in kinds)


def states() -> str:
    kinds = [each for part in (kept, state) for each in vars(part).values()]
    homes = (kept.__name__, state.__name__)
    made = [k for k in kinds if isinstance(k, type) and issubclass(k, Record)]
    made = [k for k in dict.fromkeys(made) if k.__module__ in homes]
    rows = ["| state | members |", "| --- | --- |"]
    for kind in made:
        named = ", ".join(f"`{f.name}`{'?' if f.optional else ''}" for f in kind.FIELDS.values())
        rows.append(f"| {kind.__name__} | {named} |")
    return "\n".join(rows)


def used_enums() -> Iterator[type[StrEnum]]:
    """Enumerations that some act's member takes."""
    found: set[type[StrEnum]] = {terms.UnlockMethod}
    waiting: list[type[Record]] = list(Act.ALL.values())
    seen: set[type[Record]] = set()
    while waiting:
        kind = waiting.pop()
        if kind in seen:
            continue
        seen.add(kind)
        for field in kind.FIELDS.values():
            bare = field.type
            if typing.get_origin(bare) is tuple:
                bare = field_of("", typing.get_args(bare)[0]).type
            if isinstance(bare, type) and issubclass(bare, Record):
                waiting.append(bare)
            elif isinstance(bare, type) and issubclass(bare, StrEnum):
                found.add(bare)
    yield from sorted(found, key=lambda each: each.__name__)


def enums() -> str:
    rows = ["| name | values |", "| --- | --- |"]
    for kind in used_enums():
        rows.append(f"| `{kind.__name__}` | {', '.join(str(each) for each in kind)} |")
    return "\n".join(rows)


def codes() -> str:
    rows = ["| code | means | from |", "| --- | --- | --- |"]
    rows += [f"| `{name}` | {code.means} | {code.source} |" for name, code in CODES.items()]
    return "\n".join(rows)


def checks() -> str:
    rows = ["| check | a pass says |", "| --- | --- |"]
    rows += [f"| {check} | {PROVES[check]} |" for check in Check]
    return "\n".join(rows)


def rights() -> str:
    rows = [f"| role | {' | '.join(right.name for right in Right)} |"]
    rows.append("| --- |" + " --- |" * len(Right))
    for role, given in sorted(RIGHTS.items()):
        if given:
            marks = " | ".join("×" if right in given else "" for right in Right)
            rows.append(f"| `{role}` | {marks} |")
    return "\n".join(rows)


def limits() -> str:
    shown = {
        "files in the zip": layout.ENTRIES,
        "bytes of its central directory": layout.DIRECTORY_BYTES,
        "bytes of all files, unpacked": layout.TOTAL_BYTES,
        "ratio of unpacked to packed, of a file above the next line": layout.RATIO,
        "bytes up to which no ratio is asked": layout.RATIO_FREE,
        "bytes of a name": layout.NAME_BYTES,
        "bytes of a part of a name": layout.PART_BYTES,
        "parts of a name": layout.PARTS,
        "bytes of a manifest or bag-info.txt": layout.TAG_FILE_BYTES,
        "bytes of a line of a .jsonl file": layout.LINE_BYTES,
        "faulty lines of a .jsonl file before the rest is left unread": layout.FAULTS,
        "bytes of keys.json": layout.KEYS_BYTES,
        "case keys in keys.json": layout.CASE_KEYS,
        "bytes of checkpoint": layout.CHECKPOINT_BYTES,
    }
    rows = ["| limit | at most |", "| --- | --- |"]
    return "\n".join([*rows, *(f"| {what} | {most} |" for what, most in shown.items())])


def common() -> str:
    return members(Common)


TABLES = {
    f.__name__: f for f in (acts, records, states, enums, codes, checks, rights, limits, common)
}


def example(path: str) -> str:
    """A member of a vector, as an example block: `log.json/statements/0/payload`."""
    name, *steps = path.split("/")
    value = json.loads((VECTORS / name).read_text())
    for step in steps:
        value = value[int(step)] if isinstance(value, list) else value[step]
    text = value if isinstance(value, str) else json.dumps(value, indent=1, ensure_ascii=False)
    return f"```text\n{text.removesuffix(chr(10))}\n```"


def filled(text: str) -> str:
    """The text with every generated part made anew."""

    def part(found: re.Match[str]) -> str:
        name = found[2]
        made = TABLES[name]() if name in TABLES else example(name)
        return f"{found[1]}\n{made}\n\n{found[3]}"

    return PART.sub(part, text)


if __name__ == "__main__":
    SPEC.write_text(filled(SPEC.read_text()))
