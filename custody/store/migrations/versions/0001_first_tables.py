"""The first tables, and the triggers that keep signed rows as they were written."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# INSERT OR REPLACE deletes without asking a DELETE trigger: so whatever would collide is refused
# before it is inserted. max(), never count(*), which reads the whole table.
ADMITTED = {
    "record": "NEW.n IS (SELECT coalesce(max(n), -1) + 1 FROM record)",
    "envelope": "NEW.id IS (SELECT coalesce(max(id), 0) + 1 FROM envelope)"
    " AND NOT EXISTS (SELECT 1 FROM envelope WHERE sha256 = NEW.sha256)",
    "statement": "NOT EXISTS (SELECT 1 FROM statement WHERE id = NEW.id)",
    "checkpoint": "NEW.size > (SELECT coalesce(max(size), 0) FROM checkpoint)",
    "tile": "NEW.place IS (SELECT coalesce(max(place), -1) + 1 FROM tile WHERE level = NEW.level)",
}


def upgrade() -> None:
    """Make everything; there is no way back down from the first revision."""
    signed_tables()
    kept_tables()
    chain_tables()
    derived_tables()
    for table, condition in ADMITTED.items():
        guard(table, condition)


def guard(table: str, condition: str) -> None:
    """Refuse changing and deleting, and inserting anything but what comes next."""
    op.execute(
        f"CREATE TRIGGER {table}_next BEFORE INSERT ON {table} WHEN NOT ({condition}) "
        f"BEGIN SELECT raise(ABORT, '{table}: only the next row may be added'); END"
    )
    for event in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_{event.lower()} BEFORE {event} ON {table} "
            f"BEGIN SELECT raise(ABORT, '{table} is append-only'); END"
        )


def signed_tables() -> None:
    op.create_table(
        "record",
        sa.Column("n", sa.Integer, primary_key=True),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.Column("envelope", sa.Integer, nullable=True),
    )
    op.create_table(
        "envelope",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("sha256", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "statement",
        sa.Column("id", sa.LargeBinary, primary_key=True),
        sa.Column("first", sa.Integer, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("envelope", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "checkpoint",
        sa.Column("size", sa.Integer, primary_key=True),
        sa.Column("root", sa.LargeBinary, nullable=False),
        sa.Column("note", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "tile",
        sa.Column("level", sa.Integer, primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )


def kept_tables() -> None:
    op.create_table(
        "disclosure",
        sa.Column("envelope", sa.Integer, primary_key=True),
        sa.Column("texts", sa.String, nullable=False),
    )
    op.create_table(
        "case_key",
        sa.Column("tag", sa.LargeBinary, primary_key=True),
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.Column("reference", sa.String, nullable=False),
    )


def chain_tables() -> None:
    for table in ("subject", "before"):
        op.create_table(
            table,
            sa.Column("tag", sa.LargeBinary, primary_key=True),
            sa.Column("kind", sa.String, nullable=False),
            sa.Column("count", sa.Integer, nullable=False),
            sa.Column("head", sa.LargeBinary, nullable=False),
            sa.Column("changed", sa.Integer, nullable=False),
            sa.Column("state", sa.LargeBinary, nullable=False),
            sqlite_with_rowid=False,
        )
    op.create_table("examined", sa.Column("size", sa.Integer, primary_key=True))
    op.create_table(
        "place",
        sa.Column("tag", sa.LargeBinary, primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("n", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "link",
        sa.Column("key", sa.Integer, primary_key=True),
        sa.Column("n", sa.Integer, primary_key=True),
        sqlite_with_rowid=False,
    )


def derived_tables() -> None:
    op.create_table(
        "edge",
        sa.Column("level", sa.Integer, primary_key=True),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "prefix",
        sa.Column("prefix", sa.Integer, primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("root", sa.LargeBinary, nullable=True),
    )
    op.create_table(
        "label",
        sa.Column("tag", sa.LargeBinary, primary_key=True),
        sa.Column("field", sa.String, primary_key=True),
        sa.Column("folded", sa.String, primary_key=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("value", sa.String, nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("label_folded", "label", ["kind", "folded"])
    op.create_table(
        "refusal",
        sa.Column("statement", sa.LargeBinary, primary_key=True),
        sa.Column("at", sa.Integer, nullable=False),
        sa.Column("code", sa.String, nullable=False),
        sa.Column("message", sa.String, nullable=False),
        sqlite_with_rowid=False,
    )
