"""Labels: what people call subjects, out of opened fields. Derived; `rebuild` makes them anew.

Each act's own fields label the items, cases and actors that it concerns; the fields that every
act has (notes, places, reasons) do not. A correction replaces what the corrected entry said; an
entry that is annulled names nothing.
"""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import get_origin

from custody.core.disclosure import Disclosure
from custody.core.state import Actor
from custody.core.statement import Statement
from custody.ledger.past import Standing
from custody.ledger.storage import LabelRow
from custody_schemas.acts import Common, CorrectionRecorded
from custody_schemas.declare import Act, Field, Kind

LABELLED = {Kind.ITEM, Kind.CASE, Kind.ACTOR}
LONGEST = 500  # characters; longer texts are no names
KEY = "key"  # label of an actor: the ids of her keys


def folded(words: str) -> str:
    """`words` as they are searched for: case, width and spacing do not matter."""
    return " ".join(unicodedata.normalize("NFKC", words).casefold().split())


class Labels:
    """Labels that are new, or gone, against those that are stored.

    rows: by tag, field and folded value; None for one that is gone.
    """

    def __init__(
        self,
        stored: Callable[[bytes], Iterable[LabelRow]],
        first_of: Callable[[str], int | None],
    ) -> None:
        """Args:
        stored: the stored labels of a subject.
        first_of: first index of a statement's run, by its id.
        """
        self._stored = stored
        self._first_of = first_of
        self.rows: dict[tuple[bytes, str, str], LabelRow | None] = {}

    def take(
        self,
        statement: Statement,
        opened: Sequence[Disclosure],
        first: int,
        after: Mapping[str, Standing],
    ) -> None:
        """Label what a statement concerns.

        Args:
            statement: the statement.
            opened: its disclosures, as far as they are not erased.
            first: first index of its run.
            after: the subjects as they stand after it.
        """
        values = {each.field: each.value for each in opened}
        for place in statement.about:
            if place.kind not in LABELLED or place.tag not in after:
                continue
            tag, act = bytes.fromhex(place.tag), statement.act
            if isinstance(act, CorrectionRecorded):
                self._correct(tag, place.kind, act, values)
                continue
            for name, value in values.items():
                if name not in Common.FIELDS:
                    self._put(tag, place.kind, name, value, first)
            subject = after[place.tag].subject
            if isinstance(subject, Actor):
                for key in subject.keys:
                    self._put(tag, place.kind, KEY, key.id, first)

    def _put(self, tag: bytes, kind: Kind, name: str, value: object, n: int) -> None:
        for text in value if isinstance(value, tuple) else (str(value),):
            if text and len(text) <= LONGEST:
                key = tag, name, folded(text)
                self.rows[key] = LabelRow(*key, kind, text, n)

    def _correct(
        self, tag: bytes, kind: Kind, act: CorrectionRecorded, values: Mapping[str, object]
    ) -> None:
        """Replace the labels that the corrected entry gave by that field, keeping their age."""
        field, first = corrected_field(act), self._first_of(act.corrects)
        if first is None or (field is None and not act.annuls):
            return
        present = {(row.tag, row.field, row.folded): row for row in self._stored(tag)}
        for key, row in {**present, **self.rows}.items():
            if row and (row.tag, row.n) == (tag, first) and act.field in (None, row.field):
                self.rows[key] = None
        if field is None:
            return
        value = values.get("values" if get_origin(field.type) is tuple else "value", "")
        self._put(tag, kind, field.name, value, first)


def corrected_field(act: CorrectionRecorded) -> Field | None:
    """The field that a correction replaces, if it is one that labels."""
    corrected = Act.ALL.get(act.act)
    field = corrected.FIELDS.get(act.field or "") if corrected else None
    return field if field and field.personal and field.name not in Common.FIELDS else None
