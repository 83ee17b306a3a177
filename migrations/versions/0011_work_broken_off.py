"""Work that was broken off for somebody's safety, until somebody has taken care of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "interruption",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["seen_by_id"], ["staff.id"], name=op.f("fk_interruption_seen_by_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_interruption_staff_id")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_interruption_ticket_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interruption")),
    )
    for column in ("ticket_id", "staff_id", "seen_at"):
        op.create_index(op.f(f"ix_interruption_{column}"), "interruption", [column], unique=False)


def downgrade() -> None:
    """Go back."""
    for column in ("seen_at", "staff_id", "ticket_id"):
        op.drop_index(op.f(f"ix_interruption_{column}"), table_name="interruption")
    op.drop_table("interruption")
