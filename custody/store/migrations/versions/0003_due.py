"""Where to look for what is due; `custody rebuild` fills it in a ledger of before."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "due",
        sa.Column("tag", sa.LargeBinary, primary_key=True),
        sa.Column("of_case", sa.LargeBinary, nullable=False),
        sa.Column("look_at", sa.Integer, nullable=True),
        sa.Column("marked", sa.Integer, nullable=False),
        sa.Column("hashed", sa.Integer, nullable=True),
        sqlite_with_rowid=False,
    )
    op.create_index("due_of_case", "due", ["of_case"])
    for column, condition in (
        ("look_at", "look_at IS NOT NULL"),
        ("marked", "marked <> 0"),
        ("hashed", "hashed IS NOT NULL"),
    ):
        op.create_index(f"due_{column}", "due", [column], sqlite_where=sa.text(condition))
