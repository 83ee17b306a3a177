"""A plan has parties, and several days of looking at it again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column("plan", sa.Column("parties", sa.String(length=500), nullable=False, server_default=""))
    op.add_column("plan", sa.Column("review_dates", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    """Go back; of several days the first is kept where it always stood."""
    op.drop_column("plan", "review_dates")
    op.drop_column("plan", "parties")
