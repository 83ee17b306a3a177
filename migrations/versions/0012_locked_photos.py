"""What was covered in a photo is kept, locked, until its disposal is decided."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "locked_photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("locked_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_locked_photo_photo_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_locked_photo")),
        sa.UniqueConstraint("public_id", name=op.f("uq_locked_photo_public_id")),
    )
    op.create_index(op.f("ix_locked_photo_photo_id"), "locked_photo", ["photo_id"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_table("locked_photo")
