"""Indices from which the desk's first pages read their counts without touching the rows themselves."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

INDICES = (
    ("ix_report_district_reporter", "report", ["district_id", "reporter_key", "received_at", "state"]),
    ("ix_report_state_district", "report", ["state", "district_id", "received_at"]),
    ("ix_dark_spot_state_band", "dark_spot", ["state", "band", "district_id"]),
    ("ix_ticket_state_due", "ticket", ["state", "due_on", "district_id", "owner_id"]),
    ("ix_ticket_repaired_district", "ticket", ["repaired_at", "district_id", "opened_on"]),
)


def upgrade() -> None:
    """Go forward."""
    for name, table, columns in INDICES:
        op.create_index(name, table, columns, unique=False)


def downgrade() -> None:
    """Go back."""
    for name, table, _ in INDICES:
        op.drop_index(name, table)
