"""Labels: what people call subjects, out of opened fields. Derived; `rebuild` makes them anew.

Each act's own fields label the items, cases and actors that it concerns; the fields that every
act has (notes, places, reasons) do not. A correction replaces what the corrected entry said.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import get_origin

from custody.core.disclosure import Disclosure
from custody.core.state import Actor
from custody.core.statement import Statement
from custody.ledger.past import Standing
from custody.ledger.storage import Changes, LabelRow, Reading
from custody_schemas.acts import Common, CorrectionRecorded
from custody_schemas.declare import Act, Kind

LABELLED = {Kind.ITEM, Kind.CASE, Kind.ACTOR}
LONGEST = 500  # characters; longer texts are no names
KEY = "key"  # label of an actor: the ids of her keys


def folded(words: str) -> str:
    """`words` as they are searched for: case, width and spacing do not matter."""
    return " ".join(unicodedata.normalize("NFKC", words).casefold().split())


def project(
    rows: Reading,
    changes: Changes,
    statement: Statement,
    opened: Sequence[Disclosure],
    run: tuple[int, Mapping[str, Standing]],
) -> None:
    """Add to `changes` the labels that a statement gives.

    Args:
        rows: the view before the batch.
        changes: what the batch has changed so far.
        statement: the statement.
        opened: its disclosures, as far as they are not erased.
        run: its first index, and the subjects as they stand after it.
    """
    first, after = run
    values = {each.field: each.value for each in opened}
    for place in statement.about:
        if place.kind not in LABELLED:
            continue
        tag = bytes.fromhex(place.tag)
        if isinstance(statement.act, CorrectionRecorded):
            _correct(rows, changes, statement.act, (tag, place.kind), values)
            continue
        for name, value in values.items():
            if name not in Common.FIELDS:
                changes.labels += _labels(tag, place.kind, name, value, first)
        subject = after[place.tag].subject
        if isinstance(subject, Actor):
            for key in subject.keys:
                changes.labels += _labels(tag, place.kind, KEY, key.id, first)


def _labels(tag: bytes, kind: Kind, name: str, value: object, n: int) -> Iterable[LabelRow]:
    texts = value if isinstance(value, tuple) else (str(value),)
    return [
        LabelRow(tag, name, folded(text), kind, text, n)
        for text in texts
        if text and len(text) <= LONGEST
    ]


def _correct(
    rows: Reading,
    changes: Changes,
    act: CorrectionRecorded,
    subject: tuple[bytes, Kind],
    values: Mapping[str, object],
) -> None:
    """Replace the labels that the corrected entry gave by that field, keeping their age."""
    corrected = Act.ALL.get(act.act)
    field = corrected.FIELDS.get(act.field) if corrected else None
    if field is None or not field.personal or field.name in Common.FIELDS:
        return
    tag, kind = subject
    first = _first_of(rows, changes, act.corrects)
    if first is None:
        return
    known = {row.folded: row for row in rows.labels(tag) if row.field == act.field}
    known |= {row.folded: row for row in changes.labels if (row.tag, row.field) == (tag, act.field)}
    gone = [row for row in known.values() if row.n == first]
    changes.labels = [row for row in changes.labels if row not in gone]
    changes.unlabelled += [(row.tag, row.field, row.folded) for row in gone]
    new = values.get("values" if get_origin(field.type) is tuple else "value", "")
    changes.labels += _labels(tag, kind, act.field, new, first)


def _first_of(rows: Reading, changes: Changes, statement: str) -> int | None:
    """First index of a statement's run, stored or in this batch."""
    key = bytes.fromhex(statement)
    stored = rows.statement(key)
    if stored is not None:
        return stored.first
    return next((first for made, first, _, _ in changes.statements if made == key), None)
