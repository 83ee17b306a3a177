"""A visit says which lamps it mended and whether it was seen to shine; a ticket when it was opened again, and its road plan."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column("ticket_visit", sa.Column("lamp_ids", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("ticket_visit", sa.Column("proves", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("ticket", sa.Column("needs_road_plan", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("ticket", sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Go back."""
    op.drop_column("ticket", "reopened_at")
    op.drop_column("ticket", "needs_road_plan")
    op.drop_column("ticket_visit", "proves")
    op.drop_column("ticket_visit", "lamp_ids")
