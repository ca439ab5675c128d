"""Adding rows, each table in one call of the driver, within the one writing transaction."""

from collections.abc import Sequence

from custody.ledger.storage import Changes, CheckpointRow, ErasureRow, LabelRow, Refusal
from custody.store.encrypting import LABELLED, EncryptingRows

CHAIN = "(tag, kind, count, head, changed, state) VALUES (?, ?, ?, ?, ?, ?)"

# Keyed by the members of Changes, in the order in which they are written: deletions first.
SQL = {
    "records": "INSERT INTO record (n, data, envelope) VALUES (?, ?, ?)",
    "envelopes": "INSERT INTO envelope (id, sha256, data) VALUES (?, ?, ?)",
    "statements": "INSERT INTO statement (id, first, count, envelope) VALUES (?, ?, ?, ?)",
    "disclosures": "INSERT INTO disclosure (envelope, scope, generation, texts) VALUES (?, ?, ?, ?)",
    "erasures": "INSERT INTO erasure (envelope, field, said, done) VALUES (?, ?, ?, ?)",
    "case_keys": "INSERT INTO case_key (tag, generation, stored) VALUES (?, ?, ?)",
    "before": f"INSERT INTO before {CHAIN} ON CONFLICT DO NOTHING",
    "subjects": f"INSERT INTO subject {CHAIN} ON CONFLICT (tag) DO UPDATE SET "
    "count = excluded.count, head = excluded.head, changed = excluded.changed, "
    "state = excluded.state",
    "places": "INSERT INTO place (tag, seq, n) VALUES (?, ?, ?)",
    "links": "INSERT INTO link (key, n) VALUES (?, ?)",
    "tiles": "INSERT INTO tile (level, place, data) VALUES (?, ?, ?)",
    "edges": "INSERT INTO edge (level, data) VALUES (?, ?) "
    "ON CONFLICT (level) DO UPDATE SET data = excluded.data",
    "unlabelled": "DELETE FROM label WHERE tag = ? AND field = ? AND blind = ?",
    "labels": f"{LABELLED} "
    "ON CONFLICT (tag, field, blind) DO UPDATE SET value = excluded.value, n = excluded.n",
    "prefixes": "INSERT INTO prefix (prefix, count, root) VALUES (?, ?, ?) "
    "ON CONFLICT (prefix) DO UPDATE SET count = excluded.count, root = excluded.root",
    "due": "INSERT INTO due (tag, of_case, look_at, marked) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (tag) DO UPDATE SET look_at = excluded.look_at, "
    "marked = CASE WHEN excluded.marked = 1 THEN 1 ELSE due.marked END",
    "hashed": "UPDATE due SET hashed = ? WHERE tag = ?",
}
DERIVED = ("subject", "before", "examined", "place", "link", "edge", "prefix", "label", "due")


class WritingRows(EncryptingRows):
    """The view of the transaction that holds the write lock."""

    def write(self, changes: Changes) -> None:
        """Add or renew all rows of `changes`; triggers refuse what may not be added.

        Raises:
            KeyStoreError: some of it is to be encrypted, and the keys are not at hand.
        """
        encrypted = self.encrypt_changes(changes)
        for member, sql in SQL.items():
            if rows := encrypted.get(member) or getattr(changes, member):
                self._connection.executemany(sql, rows)

    def add_checkpoint(self, row: CheckpointRow) -> None:
        self._connection.execute("INSERT INTO checkpoint (size, root, note) VALUES (?, ?, ?)", row)

    def refuse(self, key: bytes, refusal: Refusal) -> None:
        """Remember a refused statement; the first refusal stands."""
        sql = (
            "INSERT INTO refusal (statement, at, code, message) VALUES (?, ?, ?, ?) "
            "ON CONFLICT DO NOTHING"
        )
        self._connection.execute(sql, (key, *refusal))

    def clear_derived(self) -> None:
        """Empty the tables that `rebuild` makes anew from signed and kept rows."""
        for table in DERIVED:
            self._connection.execute(f"DELETE FROM {table}")

    def erase(self, envelope: int, texts: str, *, whole: bool) -> None:
        """Keep only these disclosures of a statement; `whole`: nor its envelope.

        Raises the driver's error where no entry says that the envelope is erased (migration 0002).
        """
        self.put_texts(envelope, texts)
        if whole:
            self._connection.execute("UPDATE envelope SET data = x'' WHERE id = ?", (envelope,))

    def erased(self, done: Sequence[ErasureRow]) -> None:
        """The bytes of these are gone from the file."""
        sql = "UPDATE erasure SET done = 1 WHERE envelope = ? AND field = ?"
        self._connection.executemany(sql, [row[:2] for row in done])

    def relabel(self, tag: bytes, but: str, labels: Sequence[LabelRow]) -> None:
        """These in place of all labels of a subject, those by the field `but` left as they are."""
        self._connection.execute("DELETE FROM label WHERE tag = ? AND field <> ?", (tag, but))
        self.write(Changes(labels=list(labels)))

    def mark_examined(self, size: int) -> None:
        """From here on `before` tells what changes after `size` records."""
        for table in ("before", "examined"):
            self._connection.execute(f"DELETE FROM {table}")
        self._connection.execute("INSERT INTO examined (size) VALUES (?)", (size,))

    def mark_cases(self, ledger: bytes) -> None:
        """The rows of the items of all cases are to be computed anew; the ledger's mark is taken."""
        self._connection.execute("UPDATE due SET marked = 1 WHERE tag = of_case AND marked = 0")
        self.unmark(ledger)

    def unmark(self, case: bytes) -> None:
        """The rows of its items are computed."""
        self._connection.execute("UPDATE due SET marked = 0 WHERE tag = ?", (case,))
