"""The light register as the domain asks for it, tickets with a clock and several lamps, and those who mend from outside."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

LAMP_TEXTS = {
    "phase": 10, "cable_type": 60, "pole_type": 60, "foundation": 60, "control": 60, "dimming": 120, "lighting_class": 20,
}  # fmt: skip
LAMP_NUMBERS = ("arm_m", "cct_k")
LAMP_DAYS = ("off_decided_on", "warranty_until", "replacement_on")


def upgrade() -> None:
    """Go forward."""
    _new_tables()
    for name, length in LAMP_TEXTS.items():
        op.add_column("lamp", sa.Column(name, sa.String(length), nullable=False, server_default=""))
    for name in LAMP_NUMBERS:
        op.add_column("lamp", sa.Column(name, sa.Double(), nullable=True))
    for name in LAMP_DAYS:
        op.add_column("lamp", sa.Column(name, sa.Date(), nullable=True))
    # Alembic will not alter constraints on SQLite, but both databases take a column that brings its own.
    op.execute(
        "ALTER TABLE lamp ADD COLUMN operator_id INTEGER CONSTRAINT fk_lamp_operator_id REFERENCES organisation (id)"
    )
    op.create_index("ix_lamp_operator_id", "lamp", ["operator_id"])
    op.add_column("ticket", sa.Column("source", sa.String(20), nullable=False, server_default="report"))
    op.add_column("ticket", sa.Column("pauses", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("ticket", sa.Column("reopened_count", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("ticket", sa.Column("called_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("ticket", sa.Column("called_whom", sa.String(200), nullable=False, server_default=""))
    op.execute(
        "ALTER TABLE ticket ADD COLUMN contractor_id INTEGER CONSTRAINT fk_ticket_contractor_id REFERENCES contractor (id)"
    )
    op.create_index("ix_ticket_contractor_id", "ticket", ["contractor_id"])


def downgrade() -> None:
    """Go back."""
    op.drop_index("ix_ticket_contractor_id", "ticket")
    for name in ("contractor_id", "called_whom", "called_at", "reopened_count", "pauses", "source"):
        op.execute(f"ALTER TABLE ticket DROP COLUMN {name}")
    op.drop_index("ix_lamp_operator_id", "lamp")
    for name in ("operator_id", *LAMP_DAYS, *LAMP_NUMBERS, *LAMP_TEXTS):
        op.execute(f"ALTER TABLE lamp DROP COLUMN {name}")
    for name in ("outside_answer", "dispatch", "contractor", "register_file", "lamp_correction", "ticket_lamp"):
        op.drop_table(name)


def _identified() -> list[sa.Column]:
    return [
        sa.Column("id", sa.Integer(), nullable=False, primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    ]


def _to(table: str, own: str, other: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([own], [f"{other}.id"], name=op.f(f"fk_{table}_{own}"), ondelete=ondelete)


def _new_tables() -> None:
    op.create_table(
        "ticket_lamp",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("lamp_id", sa.Integer(), nullable=False),
        _to("ticket_lamp", "ticket_id", "ticket", "CASCADE"),
        _to("ticket_lamp", "lamp_id", "lamp", "CASCADE"),
        sa.PrimaryKeyConstraint("ticket_id", "lamp_id", name=op.f("pk_ticket_lamp")),
    )
    op.create_index("ix_ticket_lamp_lamp_id", "ticket_lamp", ["lamp_id"])
    op.create_table(
        "lamp_correction",
        *_identified(),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("lamp_id", sa.Integer(), nullable=True),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("pole_number", sa.String(80), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("by_staff_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(200), nullable=False),
        sa.Column("decided_by", sa.String(200), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(500), nullable=False),
        _to("lamp_correction", "lamp_id", "lamp", "SET NULL"),
        _to("lamp_correction", "ticket_id", "ticket"),
        _to("lamp_correction", "by_staff_id", "staff"),
    )
    for name in ("status", "lamp_id", "ticket_id"):
        op.create_index(f"ix_lamp_correction_{name}", "lamp_correction", [name])
    op.create_table(
        "register_file",
        *_identified(),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("crs", sa.String(60), nullable=False),
        sa.Column("layer", sa.String(100), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("by_name", sa.String(200), nullable=False),
    )
    _contractor_tables()


def _contractor_tables() -> None:
    op.create_table(
        "contractor",
        *_identified(),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("by_mail", sa.Boolean(), nullable=False),
        sa.Column("webhook_url", sa.String(500), nullable=False),
        sa.Column("webhook_generation", sa.Integer(), nullable=False),
        sa.Column("api_key_hash", sa.String(64), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        _to("contractor", "organisation_id", "organisation"),
        sa.UniqueConstraint("organisation_id", name=op.f("uq_contractor_organisation_id")),
        sa.UniqueConstraint("api_key_hash", name=op.f("uq_contractor_api_key_hash")),
    )
    op.create_table(
        "dispatch",
        *_identified(),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("contractor_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("event", sa.String(20), nullable=False),
        sa.Column("nonce", sa.String(36), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(300), nullable=False),
        sa.Column("link_hash", sa.String(64), nullable=True),
        *(
            sa.Column(f"link_{name}_at", sa.DateTime(timezone=True), nullable=True)
            for name in ("expires", "used", "revoked")
        ),
        _to("dispatch", "ticket_id", "ticket"),
        _to("dispatch", "contractor_id", "contractor"),
        sa.UniqueConstraint("nonce", name=op.f("uq_dispatch_nonce")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_dispatch_link_hash")),
    )
    op.create_table(
        "outside_answer",
        sa.Column("id", sa.Integer(), nullable=False, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("contractor_id", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("wanted", sa.String(30), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("problem", sa.String(300), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        _to("outside_answer", "ticket_id", "ticket"),
        _to("outside_answer", "contractor_id", "contractor"),
    )
    for table in ("dispatch", "outside_answer"):
        for name in ("ticket_id", "contractor_id"):
            op.create_index(f"ix_{table}_{name}", table, [name])
