"""SpatiaLite notes no longer, at each row that is written, when its table was last written: nobody reads it.

It looked through all its tables for that, once for each geometry that the row has: a sixth of a first regrouping's time. The
triggers that keep its index, and those that refuse what is no such geometry, stay.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

NOTES = sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name GLOB 'tm[iud]_*' ORDER BY name")


def upgrade() -> None:
    """Go forward."""
    if op.get_bind().dialect.name == "sqlite":
        for name in op.get_bind().scalars(NOTES).all():
            op.execute(f'DROP TRIGGER "{name}"')


def downgrade() -> None:
    """Go back: to the same, since the notes are SpatiaLite's own and no page of any revision reads them."""
