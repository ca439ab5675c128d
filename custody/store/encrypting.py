"""Writing what is stored encrypted, and writing it anew under other keys. (0024, 0039)

Keys are on the disk before anything is encrypted with them, and destroyed by `Database.forget` when
what they encrypted is written anew and no page of the file holds the old rows.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from custody.core.errors import KeyStoreError
from custody.ledger.storage import Changes, DisclosureRow, LabelRow, Unread
from custody.store.ciphers import CLEAR, LABELS, subject_scope
from custody.store.personal import (
    BEFORE,
    CASE,
    LABEL,
    OPENED,
    PAGE,
    Opened,
    disclosed_place,
    label_place,
    told,
)
from custody.store.rows import Rows

USED = (
    "SELECT 1 FROM place p JOIN record r ON r.n = p.n JOIN disclosure d ON d.envelope = r.envelope "
    "WHERE p.tag = ? AND d.scope = p.tag AND d.generation > 0 LIMIT 1"
)
RENEWED = (
    "INSERT INTO renewed (scope, generation) VALUES (?, ?) "
    "ON CONFLICT (scope) DO UPDATE SET generation = excluded.generation"
)
PUT = "UPDATE disclosure SET scope = ?, generation = ?, texts = ? WHERE envelope = ?"
LABELLED = "INSERT INTO label (tag, field, blind, kind, value, n) VALUES (?, ?, ?, ?, ?, ?)"
IN_CLEAR = (
    "what this ledger stores is still in the clear, and nothing is added to it so: run `custody "
    "rebuild`, which makes keys and encrypts it"
)
UNDONE = "; it would be lost with its key, so nothing was destroyed: run `custody verify --full`"
Row = tuple[Any, ...]


class EncryptingRows(Rows):
    """The view that writes, as far as keys are needed."""

    def encrypt_changes(self, changes: Changes) -> dict[str, list[Row]]:
        """The rows that are stored encrypted, by member; keys are made where there are none.

        Raises:
            KeyStoreError: the keys are not at hand, or are older than the ledger.
        """
        tags = {row.scope for row in changes.disclosures if row.texts}
        tags |= {tag for tag, *_ in changes.case_keys}
        under = self._ready(tags, named=bool(changes.labels or changes.unlabelled))
        return {
            "disclosures": [
                (row.envelope, row.scope, *self._texts_of(under, row))
                for row in changes.disclosures
            ],
            "case_keys": [
                (tag, *self._stored(under, tag, key + reference.encode(), CASE))
                for tag, key, reference in changes.case_keys
            ],
            "unlabelled": [
                (tag, field, self._ciphers.index(under[LABELS], folded))
                for tag, field, folded in changes.unlabelled
            ],
            "labels": [self._label(under[LABELS], row) for row in changes.labels],
        }

    def put_texts(self, envelope: int, texts: str) -> None:
        """Store other disclosures of a statement in the place of those that are there."""
        sql = "SELECT CAST(e.sha256 AS BLOB), CAST(d.scope AS BLOB) FROM disclosure d "
        sql += "LEFT JOIN envelope e ON e.id = d.envelope WHERE d.envelope = ?"
        digest, scope = self._one(sql, envelope) or (b"", b"")
        row = DisclosureRow(envelope, digest or b"", scope or b"", texts)
        made = self._texts_of(self._ready({row.scope} if texts else set(), named=False), row)
        self._connection.execute(PUT, (row.scope, *made, envelope))

    def renew(self, envelopes: Collection[int]) -> dict[str, int]:
        """Write all that is under the keys of these statements, and all labels, under new keys.

        The generation that each scope has now: `Database.forget` destroys the keys before it,
        when nothing is left in the file that they open.

        Raises:
            KeyStoreError: the keys are not at hand, or are older than the ledger.
            StorageError: something of it cannot be read, and would be lost with its key.
        """
        self._ready(set(), named=True)
        sql = "SELECT DISTINCT CAST(scope AS BLOB) FROM disclosure WHERE envelope IN ({})"
        found = {tag for (tag,) in self._among(sql, sorted(envelopes)) if tag}
        renewed = {subject_scope(tag): self._ciphers.renew(subject_scope(tag)) for tag in found}
        self._rewrite_disclosures(sorted(found), renewed)
        for tag in found:
            self._rewrite_case_key(tag, renewed[subject_scope(tag)])
        renewed[LABELS] = self._ciphers.renew(LABELS)
        self._rewrite_labels(renewed[LABELS])
        self._connection.executemany(RENEWED, renewed.items())
        return renewed

    def unencrypted(self, after: int) -> list[tuple[int, bytes, bytes]]:
        """Statements after that one whose disclosures stand in the clear: id, digest, envelope."""
        sql = (
            "SELECT d.envelope, coalesce(CAST(e.sha256 AS BLOB), x''), coalesce(CAST(e.data AS "
            "BLOB), x'') FROM disclosure d LEFT JOIN envelope e ON e.id = d.envelope "
            "WHERE d.generation = 0 AND d.envelope > ? ORDER BY d.envelope LIMIT ?"
        )
        return self._all(sql, after, PAGE)

    def encrypt(self, scopes: Iterable[tuple[int, bytes]]) -> None:
        """Encrypt disclosures that stand in the clear: those of a statement, under a scope."""
        for envelope, scope in scopes:
            texts = self.disclosures(envelope)
            self._connection.execute(
                "UPDATE disclosure SET scope = ? WHERE envelope = ?", (scope, envelope)
            )
            self.put_texts(envelope, "\n".join(texts))

    def encrypt_names(self) -> None:
        """Encrypt the keys of cases, and labels, that stand in the clear."""
        tags = [tag for (tag,) in self._all("SELECT tag FROM case_key WHERE generation = 0")]
        under = self._ready(set(tags), named=False)
        for tag in tags:
            self._rewrite_case_key(tag, under[subject_scope(tag)])
        if self.generation(LABELS) == CLEAR:
            generation = self._ciphers.ready({LABELS: 1}, lambda _: False)[LABELS]
            self._rewrite_labels(generation)
            self._connection.execute(RENEWED, (LABELS, generation))

    def encrypted(self) -> None:
        """Nothing is in the clear any more."""
        self._connection.execute("DELETE FROM renewed WHERE scope = ?", (BEFORE,))

    def _ready(self, tags: Collection[bytes], *, named: bool) -> dict[str, int]:
        """The generation with which each scope is written, `named`: that of labels too."""
        wanted = {subject_scope(tag): 1 for tag in tags}
        sql = "SELECT scope, CAST(generation AS INTEGER) FROM renewed WHERE scope IN ({})"
        wanted |= dict(self._among(sql, list(wanted)))
        if named:
            wanted[LABELS] = self.generation(LABELS)
            if wanted[LABELS] == CLEAR:
                raise KeyStoreError(IN_CLEAR)
        under = self._ciphers.ready(wanted, self._is_used)
        newer = [each for each in under.items() if wanted[each[0]] != each[1]]
        self._connection.executemany(RENEWED, newer)
        return under

    def _is_used(self, scope: str) -> bool:
        """Whether anything is encrypted under a scope."""
        if scope == LABELS:
            return self._one("SELECT 1 FROM label LIMIT 1") is not None
        tag = bytes.fromhex(scope.partition("/")[2])
        sql = "SELECT 1 FROM case_key WHERE tag = ? AND generation > 0"
        return any(self._one(each, tag) is not None for each in (USED, sql))

    def _texts_of(self, under: Mapping[str, int], row: DisclosureRow) -> tuple[int, bytes]:
        return self._stored(under, row.scope, row.texts.encode(), disclosed_place(row.digest))

    def _stored(
        self, under: Mapping[str, int], tag: bytes, value: bytes, place: str
    ) -> tuple[int, bytes]:
        """Generation and bytes of a value; nothing is encrypted of nothing."""
        scope = subject_scope(tag)
        if not value:
            return CLEAR, b""
        return under[scope], self._ciphers.write(scope, under[scope], value, place)

    def _label(self, generation: int, row: LabelRow) -> Row:
        blind = self._ciphers.index(generation, row.folded)
        place = label_place(row.tag, row.field, blind, row.kind, row.n)
        value = self._ciphers.write(LABELS, generation, row.value.encode(), place)
        return row.tag, row.field, blind, row.kind, value, row.n

    def _rewrite_disclosures(self, tags: Sequence[bytes], under: Mapping[str, int]) -> None:
        """Those of all statements of these scopes; the whole table is looked through."""
        marks, last = ", ".join("?" * len(tags)), 0
        sql = (
            f"SELECT d.envelope, CAST(e.sha256 AS BLOB), {OPENED} FROM disclosure d LEFT JOIN "
            f"envelope e ON e.id = d.envelope WHERE d.scope IN ({marks}) AND d.envelope > ? "
            "AND d.texts <> x'' ORDER BY d.envelope LIMIT ?"
        )
        while page := self._all(sql, *tags, last, PAGE):
            for envelope, *row in page:
                opened = Opened._make(row)
                texts = self._texts(opened)
                if isinstance(texts, Unread) and texts.destroyed:
                    continue  # nobody can read it, under whatever key it stands
                place = disclosed_place(opened.digest or b"")
                made = self._stored(under, opened.scope or b"", told(texts, UNDONE), place)
                self._connection.execute(PUT, (opened.scope, *made, envelope))
            last = page[-1][0]

    def _rewrite_case_key(self, tag: bytes, generation: int) -> None:
        found = self.case_key(tag)
        if found is not None:
            key, reference = found
            made = self._stored(
                {subject_scope(tag): generation}, tag, key + reference.encode(), CASE
            )
            sql = "UPDATE case_key SET generation = ?, stored = ? WHERE tag = ?"
            self._connection.execute(sql, (*made, tag))

    def _rewrite_labels(self, generation: int) -> None:
        """All of them; what cannot be read is left out, and is missing then, as it was before."""
        last, tags = b"", "SELECT DISTINCT tag FROM label WHERE tag > ? ORDER BY tag LIMIT ?"
        while page := self._all(tags, last, PAGE):
            found = self._named(self._all(f"{LABEL} WHERE tag > ? AND tag <= ?", last, page[-1][0]))
            kept = [
                self._label(generation, row) for row, value in found if isinstance(value, bytes)
            ]
            sql = "DELETE FROM label WHERE tag > ? AND tag <= ?"
            self._connection.execute(sql, (last, page[-1][0]))
            self._connection.executemany(LABELLED, kept)
            (last,) = page[-1]
