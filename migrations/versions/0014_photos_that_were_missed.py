"""A report remembers which of its photos were not kept, so that a repeat is told what the first sending was told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column("report", sa.Column("photos_missed", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Go back."""
    op.drop_column("report", "photos_missed")
