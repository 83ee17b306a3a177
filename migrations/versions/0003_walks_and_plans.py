"""The walking network, who comes on a walk and notes what, and what makes a measure happen: owners, money, follow-up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

EMPTY = sa.text("'{}'")
NOTHING = sa.text("''")
BESIDE_WALKS = ("walk_group", "walk_signup", "signup_contact", "other_walk", "owner_request", "follow_up")


def upgrade() -> None:
    """Go forward."""
    for table, columns in _added().items():
        for column in columns:
            op.add_column(table, column)
    op.create_index(op.f("ix_walk_entry_client_id"), "walk_entry", ["client_id"], unique=True)
    op.create_index(op.f("ix_funding_state"), "funding", ["state"], unique=False)
    _walkway()
    _walks()
    _measures()


def downgrade() -> None:
    """Go back."""
    for table in reversed(BESIDE_WALKS):
        op.drop_table(table)
    op.drop_geospatial_table("walkway")
    op.drop_index(op.f("ix_funding_state"), table_name="funding")
    op.drop_index(op.f("ix_walk_entry_client_id"), table_name="walk_entry")
    for table, columns in _added().items():
        for column in columns:
            op.drop_column(table, column.name)


def _added() -> dict[str, tuple[sa.Column, ...]]:
    return {
        "walk": (
            sa.Column("planning", sa.JSON(), nullable=False, server_default=EMPTY),
            sa.Column("trial_done_on", sa.Date(), nullable=True),
            sa.Column("feedback", sa.JSON(), nullable=False, server_default=EMPTY),
        ),
        "walk_entry": (
            sa.Column("client_id", sa.String(length=36), nullable=True),
            sa.Column("revision", sa.Integer(), nullable=False, server_default=sa.text("0")),
        ),
        "measure": (sa.Column("details", sa.JSON(), nullable=False, server_default=EMPTY),),
        "funding": (
            sa.Column("state", sa.String(length=20), nullable=False, server_default=sa.text("'available'")),
            sa.Column("applied_sek", sa.Numeric(precision=14, scale=2), nullable=True),
            sa.Column("applied_by", sa.String(length=200), nullable=False, server_default=NOTHING),
            sa.Column("co_funding_percent", sa.Integer(), nullable=True),
            sa.Column("call_opens_on", sa.Date(), nullable=True),
            sa.Column("call_closes_on", sa.Date(), nullable=True),
            sa.Column("report_due_on", sa.Date(), nullable=True),
            sa.Column("version", sa.Integer(), nullable=False, server_default=sa.text("1")),
        ),
    }


def _walkway() -> None:
    op.create_geospatial_table(
        "walkway",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("steps", sa.Boolean(), nullable=False),
        sa.Column("lit", sa.Boolean(), nullable=True),
        *(sa.Column(side, sa.Double(), nullable=False) for side in ("west", "south", "east", "north")),
        sa.Column(
            "line",
            Geometry(
                geometry_type="LINESTRING",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_walkway")),
    )
    op.create_index("ix_walkway_box", "walkway", ["south", "north", "west", "east"], unique=False)


def _identified(table: str) -> tuple[sa.Column | sa.Constraint, ...]:
    return (
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _belongs(table: str, column: str, to: str, *, goes_with: bool = False) -> sa.Constraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete="CASCADE" if goes_with else None)


def _walks() -> None:
    op.create_table(
        "walk_group",
        *_identified("walk_group"),
        sa.Column("walk_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        _belongs("walk_group", "walk_id", "walk", goes_with=True),
        sa.UniqueConstraint("code", name=op.f("uq_walk_group_code")),
    )
    op.create_index(op.f("ix_walk_group_walk_id"), "walk_group", ["walk_id"], unique=False)
    op.create_table(
        "walk_signup",
        *_identified("walk_signup"),
        sa.Column("walk_id", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("organisation", sa.String(length=120), nullable=False),
        sa.Column("perspectives", sa.JSON(), nullable=False),
        sa.Column("needs", sa.String(length=300), nullable=False),
        sa.Column("lang", sa.String(length=10), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        _belongs("walk_signup", "walk_id", "walk", goes_with=True),
        sa.UniqueConstraint("token_hash", name=op.f("uq_walk_signup_token_hash")),
    )
    op.create_index(op.f("ix_walk_signup_walk_id"), "walk_signup", ["walk_id"], unique=False)
    op.create_table(
        "signup_contact",
        *_identified("signup_contact"),
        sa.Column("signup_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        _belongs("signup_contact", "signup_id", "walk_signup", goes_with=True),
        sa.UniqueConstraint("signup_id", name=op.f("uq_signup_contact_signup_id")),
    )
    op.create_table(
        "other_walk",
        *_identified("other_walk"),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("organiser", sa.String(length=200), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("meeting_place", sa.String(length=200), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        _belongs("other_walk", "district_id", "district"),
    )
    op.create_index(op.f("ix_other_walk_district_id"), "other_walk", ["district_id"], unique=False)
    op.create_index(op.f("ix_other_walk_starts_at"), "other_walk", ["starts_at"], unique=False)


def _measures() -> None:
    op.create_table(
        "owner_request",
        *_identified("owner_request"),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.String(length=200), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("will_be_done_on", sa.Date(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        _belongs("owner_request", "measure_id", "measure", goes_with=True),
        _belongs("owner_request", "organisation_id", "organisation"),
        sa.UniqueConstraint("token_hash", name=op.f("uq_owner_request_token_hash")),
    )
    op.create_index(op.f("ix_owner_request_measure_id"), "owner_request", ["measure_id"], unique=False)
    op.create_index(op.f("ix_owner_request_organisation_id"), "owner_request", ["organisation_id"], unique=False)
    op.create_table(
        "follow_up",
        *_identified("follow_up"),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("effect", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        _belongs("follow_up", "measure_id", "measure", goes_with=True),
    )
    op.create_index(op.f("ix_follow_up_measure_id"), "follow_up", ["measure_id"], unique=False)
    op.create_index(op.f("ix_follow_up_due_on"), "follow_up", ["due_on"], unique=False)
