"""Fewer indices on reports and dark spots: each of them is written anew whenever a report moves from one spot to another."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

COVERED = (
    ("report", "state"), ("report", "kind"), ("report", "reporter_key"), ("report", "district_id"), ("report", "dark_spot_id"),
    ("dark_spot", "state"), ("dark_spot", "band"),
)  # fmt: skip
"""Columns whose index is the beginning of another, or that nothing looks for alone."""
BY_STATE = ("ix_report_state_received", "report", ["state", "received_at"])
"""Reports of a state are found by state, district and day as well."""
SELDOM = (
    ("source_id", ["source", "source_id"], True),
    ("lamp_id", ["lamp_id"], False),
    ("ticket_id", ["ticket_id"], False),
)
"""Numbers that few reports have: name, columns, whether it is unique."""
BESIDE_POSITION = ("report", "dark_spot")
"""Tables whose position is looked for by a box first, and then measured."""


def upgrade() -> None:
    """Go forward."""
    op.create_index("ix_report_spot_state", "report", ["dark_spot_id", "state"], unique=False)
    for table, column in COVERED:
        op.drop_index(f"ix_{table}_{column}", table)
    op.drop_index(BY_STATE[0], BY_STATE[1])
    for name, columns, unique in SELDOM:
        known = sa.text(f"{name} IS NOT NULL")
        op.drop_index(f"ix_report_{name}", "report")
        op.create_index(
            f"ix_report_{name}", "report", columns, unique=unique, postgresql_where=known, sqlite_where=known
        )
    if op.get_bind().dialect.name == "postgresql":
        for table in BESIDE_POSITION:
            op.execute(f"DROP INDEX IF EXISTS ix_{table}_geography")


def downgrade() -> None:
    """Go back."""
    if op.get_bind().dialect.name == "postgresql":
        for table in BESIDE_POSITION:
            op.execute(f"CREATE INDEX ix_{table}_geography ON {table} USING gist ((position::geography))")
    for name, columns, unique in SELDOM:
        op.drop_index(f"ix_report_{name}", "report")
        op.create_index(f"ix_report_{name}", "report", columns, unique=unique)
    for table, column in COVERED:
        op.create_index(f"ix_{table}_{column}", table, [column], unique=False)
    op.create_index(*BY_STATE, unique=False)
    op.drop_index("ix_report_spot_state", "report")
