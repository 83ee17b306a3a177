"""Which dark spot a report belongs to has a narrow table of its own: a regrouping writes no report any more.

On PostgreSQL a report that moved was written anew with its nine index entries: half of a first regrouping's time.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

FOREIGN = "CONSTRAINT fk_report_dark_spot_id FOREIGN KEY(dark_spot_id) REFERENCES dark_spot (id)"


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "membership",
        sa.Column("report_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("dark_spot_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="fk_membership_report_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["dark_spot_id"], ["dark_spot.id"], name="fk_membership_dark_spot_id"),
        sa.PrimaryKeyConstraint("report_id", name="pk_membership"),
    )
    op.execute("INSERT INTO membership SELECT id, dark_spot_id FROM report WHERE dark_spot_id IS NOT NULL")
    op.create_index("ix_membership_dark_spot_id", "membership", ["dark_spot_id"], unique=False)
    op.drop_index("ix_report_spot_state", "report")
    if op.get_bind().dialect.name == "sqlite":
        _forget_the_key()
    op.drop_column("report", "dark_spot_id")


def _forget_the_key() -> None:
    """Take the foreign key out of the table's description, which SQLite has no command for: its own way, step by step.

    https://www.sqlite.org/lang_altertable.html, "Making Other Kinds Of Table Schema Changes". A table made anew would lose
    what SpatiaLite has tied to it. (Where a downgrade added the column, its key stands with it and goes with it.)
    """
    described = sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'report'")
    text = op.get_bind().scalar(described)
    number = op.get_bind().scalar(sa.text("PRAGMA schema_version"))
    op.execute("PRAGMA writable_schema = ON")
    changed = sa.text("UPDATE sqlite_master SET sql = :without WHERE type = 'table' AND name = 'report'")
    op.get_bind().execute(changed, {"without": text.replace(f"{FOREIGN},", "")})
    op.execute(f"PRAGMA schema_version = {number + 1}")
    op.execute("PRAGMA writable_schema = OFF")


def downgrade() -> None:
    """Go back."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"ALTER TABLE report ADD COLUMN dark_spot_id INTEGER {FOREIGN.split(' FOREIGN', maxsplit=1)[0]} REFERENCES dark_spot (id)"
        )
    else:
        op.add_column("report", sa.Column("dark_spot_id", sa.Integer(), nullable=True))
        op.create_foreign_key("fk_report_dark_spot_id", "report", "dark_spot", ["dark_spot_id"], ["id"])
    op.execute(
        "UPDATE report SET dark_spot_id = (SELECT m.dark_spot_id FROM membership m WHERE m.report_id = report.id)"
    )
    op.create_index("ix_report_spot_state", "report", ["dark_spot_id", "state"], unique=False)
    op.drop_table("membership")
