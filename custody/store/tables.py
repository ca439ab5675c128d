"""The tables of a ledger, as SQLModel declares them; migrations make them, rows.py fills them.

Three sorts. *Signed*: record, envelope, statement, checkpoint, tile: rows are added and never
touched again (triggers, migration 0001), but that an envelope may be emptied that a signed entry
says is erased (0002). *Kept*: disclosure and case_key cannot be made anew from signed bytes and may
be erased; erasure is what makes an absence lawful; renewed says under which generations of keys.
*Derived*: the rest, which `custody rebuild` makes anew.

What people wrote is stored encrypted (ciphers.py): disclosure.texts, case_key.stored, label.value.

Models are declarations only: no row object is ever made of them, because SQLModel tables check
nothing and cost more than the signatures do. Hashes and tags are 32 bytes.
"""

from typing import ClassVar

from sqlalchemy import Index, MetaData, text
from sqlmodel import Field, SQLModel


class Table(SQLModel):
    """Base of our tables, with metadata of their own."""

    metadata: ClassVar[MetaData] = MetaData()


class Record(Table, table=True):
    """The leaves of the tree. `data` is the record; `envelope` saves looking up its `env`."""

    n: int = Field(primary_key=True)
    data: bytes
    envelope: int | None = None


class Envelope(Table, table=True):
    """DSSE envelopes exactly as they were submitted."""

    id: int = Field(primary_key=True)
    sha256: bytes = Field(unique=True)
    data: bytes


class Statement(Table, table=True):
    """Statement ids ever recorded, and the run of records that each stands for."""

    __table_args__ = ({"sqlite_with_rowid": False},)
    id: bytes = Field(primary_key=True)
    first: int
    count: int
    envelope: int


class Checkpoint(Table, table=True):
    """Signed notes; a size is signed once."""

    size: int = Field(primary_key=True)
    root: bytes
    note: bytes


class Tile(Table, table=True):
    """Full tiles: 256 hashes at tree level 8 · `level`, number `place` of that level."""

    level: int = Field(primary_key=True)
    place: int = Field(primary_key=True)
    data: bytes


class Disclosure(Table, table=True):
    """The opened `sd` fields of one statement, by field, a line each; erased ones are left out.

    scope: tag of the subject with whose key they are encrypted. generation: 0 in the clear.
    """

    envelope: int = Field(primary_key=True)
    scope: bytes | None = None
    generation: int
    texts: bytes


class Erasure(Table, table=True):
    """A field of a statement ('': the whole envelope) that record `said` says is erased.

    done: 1 when the bytes are gone from the file.
    """

    __table_args__ = ({"sqlite_with_rowid": False},)
    envelope: int = Field(primary_key=True)
    field: str = Field(primary_key=True)
    said: int
    done: int


class CaseKey(Table, table=True):
    """The secret from which all tags of a case are made, and after it the reference that goes in."""

    __tablename__ = "case_key"
    tag: bytes = Field(primary_key=True)
    generation: int
    stored: bytes


class Renewed(Table, table=True):
    """Scopes whose rows are not written with the first generation of their key.

    'labels': of all labels, 0 in the clear. '': there are rows of before there was encryption.
    """

    __table_args__ = ({"sqlite_with_rowid": False},)
    scope: str = Field(primary_key=True)
    generation: int


class Subject(Table, table=True):
    """Each chain as it stands, with the state that the rules have made of it (canonical JSON)."""

    __table_args__ = ({"sqlite_with_rowid": False},)
    tag: bytes = Field(primary_key=True)
    kind: str
    count: int
    head: bytes
    changed: int
    state: bytes


class Before(Table, table=True):
    """Each chain touched since the last examination, as it stood then (count 0: not yet)."""

    __table_args__ = ({"sqlite_with_rowid": False},)
    tag: bytes = Field(primary_key=True)
    kind: str
    count: int
    head: bytes
    changed: int
    state: bytes


class Examined(Table, table=True):
    """One row: the size up to which the last examination went, of which `before` tells."""

    size: int = Field(primary_key=True)


class Place(Table, table=True):
    """Which record is number `seq` of a chain."""

    __table_args__ = ({"sqlite_with_rowid": False},)
    tag: bytes = Field(primary_key=True)
    seq: int = Field(primary_key=True)
    n: int


class Link(Table, table=True):
    """Which records have a hash that begins with these 8 bytes (as a signed integer)."""

    __table_args__ = ({"sqlite_with_rowid": False},)
    key: int = Field(primary_key=True)
    n: int = Field(primary_key=True)


class Edge(Table, table=True):
    """The tiles of levels 1 and up that are not full yet, one a level."""

    level: int = Field(primary_key=True)
    data: bytes


class Prefix(Table, table=True):
    """Subject index root of the tags that begin with 12 bits; NULL where it must be made anew."""

    prefix: int = Field(primary_key=True)
    count: int
    root: bytes | None


class Label(Table, table=True):
    """What people call a subject: opened fields, and an HMAC of `folded` to search by."""

    __table_args__ = (Index("label_blind", "blind"), {"sqlite_with_rowid": False})
    tag: bytes = Field(primary_key=True)
    field: str = Field(primary_key=True)
    blind: bytes = Field(primary_key=True)
    kind: str
    value: bytes
    n: int


class Due(Table, table=True):
    """Items and cases: when something may have to be looked at first (Unix seconds).

    marked: 1 for a case whose items have to be computed anew, and for the ledger: those of all.
    hashed: index of the last record at which an item's content was hashed.
    """

    __table_args__ = (
        Index("due_look_at", "look_at", sqlite_where=text("look_at IS NOT NULL")),
        Index("due_of_case", "of_case"),
        Index("due_marked", "marked", sqlite_where=text("marked <> 0")),
        Index("due_hashed", "hashed", sqlite_where=text("hashed IS NOT NULL")),
        {"sqlite_with_rowid": False},
    )
    tag: bytes = Field(primary_key=True)
    of_case: bytes
    look_at: int | None = None
    marked: int
    hashed: int | None = None


class Refusal(Table, table=True):
    """Statements that were refused and can never be recorded (SPEC §2); proof of nothing."""

    __table_args__ = ({"sqlite_with_rowid": False},)
    statement: bytes = Field(primary_key=True)
    at: int
    code: str
    message: str
