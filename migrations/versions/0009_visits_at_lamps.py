"""Visits at lamps, and who is on the way to one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "ticket_visit",
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=24), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_safe_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cause_code", sa.String(length=30), nullable=False),
        sa.Column("action_code", sa.String(length=30), nullable=False),
        sa.Column("parts", sa.String(length=300), nullable=False),
        sa.Column("switch_on_test", sa.Boolean(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("lamp_id", sa.Integer(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("base_priority", sa.String(length=2), nullable=False),
        sa.Column("leads", sa.Boolean(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["lamp_id"], ["lamp.id"], name=op.f("fk_ticket_visit_lamp_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_ticket_visit_staff_id")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_visit_ticket_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_visit")),
        sa.UniqueConstraint("client_id", name=op.f("uq_ticket_visit_client_id")),
    )
    op.create_index(op.f("ix_ticket_visit_ticket_id"), "ticket_visit", ["ticket_id"], unique=False)
    op.create_index(op.f("ix_ticket_visit_staff_id"), "ticket_visit", ["staff_id"], unique=False)
    op.create_table(
        "ticket_claim",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_ticket_claim_staff_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_claim_ticket_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_ticket_claim")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("ticket_claim")
    op.drop_index(op.f("ix_ticket_visit_staff_id"), table_name="ticket_visit")
    op.drop_index(op.f("ix_ticket_visit_ticket_id"), table_name="ticket_visit")
    op.drop_table("ticket_visit")
