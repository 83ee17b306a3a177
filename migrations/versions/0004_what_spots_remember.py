"""What a dark spot remembers: yesterday's score, what a merge or split moved, and what all scores of a day share."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

EMPTY = "{}"


def upgrade() -> None:
    """Go forward."""
    op.add_column("dark_spot", sa.Column("before", sa.JSON(), nullable=False, server_default=EMPTY))
    op.add_column("spot_lineage", sa.Column("by_staff", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("spot_lineage", sa.Column("moved", sa.JSON(), nullable=False, server_default=EMPTY))
    op.add_column("spot_lineage", sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "grouping_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grouping_round")),
    )
    op.execute("INSERT INTO grouping_round (id, number) VALUES (1, 0)")
    op.create_table(
        "score_basis",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("version", sa.String(40), nullable=False),
        sa.Column("corrections", sa.JSON(), nullable=False),
        sa.Column("reporters", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_score_basis")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("score_basis")
    op.drop_table("grouping_round")
    for column in ("undone_at", "moved", "by_staff"):
        op.drop_column("spot_lineage", column)
    op.drop_column("dark_spot", "before")
