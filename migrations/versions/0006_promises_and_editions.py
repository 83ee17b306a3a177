"""Promises with their activities, and situation reports that cannot change once they are issued."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STAMPS = ("created_at", "updated_at")
FROZEN_POSTGRESQL = (
    """
    CREATE FUNCTION edition_is_frozen() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'an issued edition is frozen'; END $$
    """,
    """
    CREATE TRIGGER edition_frozen BEFORE UPDATE ON edition
    FOR EACH ROW WHEN (OLD.issued_at IS NOT NULL) EXECUTE FUNCTION edition_is_frozen()
    """,
)
FROZEN_SQLITE = (
    "CREATE TRIGGER edition_frozen BEFORE UPDATE ON edition WHEN OLD.issued_at IS NOT NULL "
    "BEGIN SELECT RAISE(ABORT, 'an issued edition is frozen'); END"
)


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "promise",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in STAMPS),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("parties", sa.String(length=300), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("agreement", sa.String(length=200), nullable=False),
        sa.Column("agreement_ends_on", sa.Date(), nullable=True),
        sa.Column("decision_body", sa.String(length=200), nullable=False),
        sa.Column("decision_on", sa.Date(), nullable=True),
        sa.Column("decision_reference", sa.String(length=100), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise")),
    )
    op.create_index(op.f("ix_promise_state"), "promise", ["state"], unique=False)
    op.create_table(
        "promise_district",
        sa.Column("promise_id", sa.Integer(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_promise_district_district_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["promise_id"], ["promise.id"], name=op.f("fk_promise_district_promise_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("promise_id", "district_id", name=op.f("pk_promise_district")),
    )  # fmt: skip
    op.create_table(
        "activity",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in STAMPS),
        sa.Column("promise_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("responsible_id", sa.Integer(), nullable=True),
        sa.Column("responsible_role", sa.String(length=120), nullable=False),
        sa.Column("implementation", sa.Text(), nullable=False),
        sa.Column("follow_up", sa.Text(), nullable=False),
        sa.Column("follow_up_on", sa.Date(), nullable=True),
        sa.Column("counter", sa.String(length=20), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("per", sa.String(length=20), nullable=False),
        sa.Column("counted_by_hand", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["promise_id"], ["promise.id"], name=op.f("fk_activity_promise_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["responsible_id"], ["organisation.id"], name=op.f("fk_activity_responsible_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
    )
    op.create_index(op.f("ix_activity_promise_id"), "activity", ["promise_id"], unique=False)
    _editions()
    if op.get_bind().dialect.name == "postgresql":
        for statement in FROZEN_POSTGRESQL:
            op.execute(statement)
    else:
        op.execute(FROZEN_SQLITE)


def _editions() -> None:
    op.create_table(
        "edition",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in STAMPS),
        sa.Column("district_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("picture", sa.Text(), nullable=False),
        sa.Column("efforts", sa.Text(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("framing", sa.String(length=300), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("issued_by", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_edition_district_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition")),
    )
    op.create_index(op.f("ix_edition_district_id"), "edition", ["district_id"], unique=False)
    op.create_index(op.f("ix_edition_issued_at"), "edition", ["issued_at"], unique=False)
    op.create_table(
        "subscription",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in STAMPS),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=True),
        sa.Column("lang", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=36), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("asked_by_mail_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("fk_subscription_district_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
        sa.UniqueConstraint("name", name=op.f("uq_subscription_name")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_subscription_key_hash")),
    )
    op.create_index(op.f("ix_subscription_address"), "subscription", ["address"], unique=False)
    op.create_index(op.f("ix_subscription_district_id"), "subscription", ["district_id"], unique=False)
    op.create_table(
        "edition_letter",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("subscription_id", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_edition_letter_edition_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["subscription_id"], ["subscription.id"], name=op.f("fk_edition_letter_subscription_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("edition_id", "subscription_id", name=op.f("pk_edition_letter")),
    )  # fmt: skip


def downgrade() -> None:
    """Go back."""
    for table in ("edition_letter", "subscription", "edition", "activity", "promise_district", "promise"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION edition_is_frozen()")
