"""Room for rows that are encrypted; those that are there stay in the clear, and are marked so.

Keys are not at hand here: `custody.ledger.encrypting` encrypts them when the ledger is opened.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MARKS = "INSERT INTO renewed SELECT ?, 0 WHERE EXISTS (SELECT 1 FROM disclosure)"


def upgrade() -> None:
    """There is no way back: nothing of this reads rows that are encrypted without it."""
    op.create_table(
        "renewed",
        sa.Column("scope", sa.String, primary_key=True),
        sa.Column("generation", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    for scope in ("", "labels"):
        op.get_bind().exec_driver_sql(MARKS, (scope,))
    disclosures()
    case_keys()
    labels()


def disclosures() -> None:
    op.rename_table("disclosure", "disclosed")
    op.create_table(
        "disclosure",
        sa.Column("envelope", sa.Integer, primary_key=True),
        sa.Column("scope", sa.LargeBinary, nullable=True),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("texts", sa.LargeBinary, nullable=False),
    )
    op.execute(
        "INSERT INTO disclosure SELECT envelope, NULL, 0, CAST(texts AS BLOB) FROM disclosed"
    )
    op.drop_table("disclosed")


def case_keys() -> None:
    """The reference after the key: joined here, because SQLite joins texts, and keys have zeros."""
    found = op.get_bind().exec_driver_sql(
        "SELECT tag, CAST(key AS BLOB), CAST(reference AS BLOB) FROM case_key"
    )
    rows = [(tag, 0, key + reference) for tag, key, reference in found]
    op.drop_table("case_key")
    op.create_table(
        "case_key",
        sa.Column("tag", sa.LargeBinary, primary_key=True),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("stored", sa.LargeBinary, nullable=False),
    )
    for row in rows:
        op.get_bind().exec_driver_sql("INSERT INTO case_key VALUES (?, ?, ?)", row)


def labels() -> None:
    op.drop_index("label_folded", "label")
    op.rename_table("label", "labelled")
    op.create_table(
        "label",
        sa.Column("tag", sa.LargeBinary, primary_key=True),
        sa.Column("field", sa.String, primary_key=True),
        sa.Column("blind", sa.LargeBinary, primary_key=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("value", sa.LargeBinary, nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO label SELECT tag, field, CAST(folded AS BLOB), kind, CAST(value AS BLOB), n "
        "FROM labelled"
    )
    op.drop_table("labelled")
    op.create_index("label_blind", "label", ["blind"])
