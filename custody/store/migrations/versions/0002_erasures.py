"""What signed entries say is erased; and only an envelope that one of them names may be emptied."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Everything else of the row stays, and nothing but emptiness takes the place of the envelope.
EMPTIED = (
    "NEW.id IS OLD.id AND NEW.sha256 IS OLD.sha256 AND NEW.data IS x''"
    " AND EXISTS (SELECT 1 FROM erasure WHERE envelope = OLD.id AND field = '')"
)
DONE = "NEW.envelope IS OLD.envelope AND NEW.field IS OLD.field AND NEW.said IS OLD.said"
KNOWN = "NOT EXISTS (SELECT 1 FROM erasure WHERE envelope = NEW.envelope AND field = NEW.field)"


def upgrade() -> None:
    """There is no way back: a database without the table cannot say what was erased."""
    op.create_table(
        "erasure",
        sa.Column("envelope", sa.Integer, primary_key=True),
        sa.Column("field", sa.String, primary_key=True),
        sa.Column("said", sa.Integer, nullable=False),
        sa.Column("done", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.execute("DROP TRIGGER envelope_update")
    refuse("envelope_update", "UPDATE ON envelope", EMPTIED, "envelope is append-only")
    refuse("erasure_next", "INSERT ON erasure", KNOWN, "erasure: it was said before")
    refuse("erasure_update", "UPDATE ON erasure", DONE, "erasure is append-only")
    refuse("erasure_delete", "DELETE ON erasure", "0", "erasure is append-only")


def refuse(name: str, event: str, unless: str, message: str) -> None:
    """A trigger that admits a change only where `unless` holds."""
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {event} WHEN NOT ({unless}) "
        f"BEGIN SELECT raise(ABORT, '{message}'); END"
    )
