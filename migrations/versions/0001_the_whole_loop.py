"""The tables of the whole loop: report, dark spot, walk, measure, ticket, notice, and what surrounds them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


PLACED = ("report", "lamp", "dark_spot", "ticket")
INDEXED = (*((table, "position") for table in PLACED), ("dark_spot", "shape"), ("district", "area"))

APPEND_ONLY_POSTGRESQL = (
    """
    CREATE FUNCTION history_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'history is append-only'; END $$
    """,
    """
    CREATE TRIGGER history_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON history
    FOR EACH STATEMENT EXECUTE FUNCTION history_is_append_only()
    """,
)
APPEND_ONLY_SQLITE = (
    "CREATE TRIGGER history_no_update BEFORE UPDATE ON history "
    "BEGIN SELECT RAISE(ABORT, 'history is append-only'); END",
    "CREATE TRIGGER history_no_delete BEFORE DELETE ON history "
    "BEGIN SELECT RAISE(ABORT, 'history is append-only'); END",
)


def upgrade() -> None:
    """Go forward."""
    _create_tables()
    for table, column in INDEXED:
        op.create_geospatial_index(
            f"idx_{table}_{column}", table, [column], unique=False, postgresql_using="gist", postgresql_ops={}
        )
    if op.get_bind().dialect.name == "postgresql":
        for statement in APPEND_ONLY_POSTGRESQL:
            op.execute(statement)
        for table in PLACED:  # "within N metres" asks in geography, which needs an index of its own
            op.execute(f"CREATE INDEX ix_{table}_geography ON {table} USING gist ((position::geography))")
    else:
        for statement in APPEND_ONLY_SQLITE:
            op.execute(statement)


def downgrade() -> None:
    """Go back to an empty database."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER history_append_only ON history")
        op.execute("DROP FUNCTION history_is_append_only()")
    _drop_tables()


def _create_tables() -> None:
    op.create_geospatial_table(
        "district",
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column(
            "area",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("population", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("priority_from", sa.Date(), nullable=True),
        sa.Column("priority_to", sa.Date(), nullable=True),
        sa.Column("priority_decision", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_district")),
        sa.UniqueConstraint("slug", name=op.f("uq_district_slug")),
    )
    op.create_table(
        "funding",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("amount_sek", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("decision", sa.String(length=200), nullable=False),
        sa.Column("purpose", sa.String(length=300), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funding")),
    )
    op.create_table(
        "history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thing", sa.String(length=20), nullable=False),
        sa.Column("thing_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_role", sa.String(length=20), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("from_state", sa.String(length=24), nullable=False),
        sa.Column("to_state", sa.String(length=24), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history")),
    )
    op.create_index("ix_history_thing", "history", ["thing", "thing_id", "id"], unique=False)
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("pending_key", sa.String(length=120), nullable=True),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("taken_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("pending_key", name=op.f("uq_job_pending_key")),
    )
    op.create_index("ix_job_done_run", "job", ["done_at", "run_at"], unique=False)
    op.create_geospatial_table(
        "municipality",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("epsg", sa.Integer(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("timezone", sa.String(length=60), nullable=False),
        sa.Column(
            "area",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column("population", sa.Integer(), nullable=True),
        sa.Column("safety_number", sa.String(length=40), nullable=False),
        sa.Column("safety_number_name", sa.String(length=100), nullable=False),
        sa.Column("fault_number", sa.String(length=40), nullable=False),
        sa.Column("reading_hours", sa.String(length=100), nullable=False),
        sa.Column("pole_pattern", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_municipality")),
        sa.UniqueConstraint("slug", name=op.f("uq_municipality_slug")),
    )
    op.create_table(
        "organisation",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("external", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("name", name=op.f("uq_organisation_name")),
    )
    op.create_table(
        "rule",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("decision", sa.String(length=200), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule")),
        sa.UniqueConstraint("kind", "valid_from", name=op.f("uq_rule_kind")),
    )
    op.create_index(op.f("ix_rule_kind"), "rule", ["kind"], unique=False)
    op.create_table(
        "staff",
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("password_hash", sa.String(length=300), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("lang", sa.String(length=10), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("email", name=op.f("uq_staff_email")),
    )
    op.create_geospatial_table(
        "dark_spot",
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("named_by_staff", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column(
            "shape",
            Geometry(
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("length_m", sa.Double(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=True),
        sa.Column("environment", sa.String(length=40), nullable=False),
        sa.Column("light_fact", sa.String(length=30), nullable=False),
        sa.Column("flow", sa.String(length=20), nullable=False),
        sa.Column("context", sa.JSON(), nullable=False),
        sa.Column("owner_land_id", sa.Integer(), nullable=True),
        sa.Column("owner_light_id", sa.Integer(), nullable=True),
        sa.Column("owner_vegetation_id", sa.Integer(), nullable=True),
        sa.Column("report_count", sa.Integer(), nullable=False),
        sa.Column("reporter_count", sa.Integer(), nullable=False),
        sa.Column("first_report_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_report_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("category_counts", sa.JSON(), nullable=False),
        sa.Column("when_counts", sa.JSON(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("score_low", sa.Double(), nullable=False),
        sa.Column("score_high", sa.Double(), nullable=False),
        sa.Column("band", sa.String(length=1), nullable=False),
        sa.Column("score_parts", sa.JSON(), nullable=False),
        sa.Column("score_version", sa.String(length=20), nullable=False),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_how", sa.String(length=40), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("public_text", sa.Text(), nullable=False),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column(
            "position",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_dark_spot_district_id")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["dark_spot.id"], name=op.f("fk_dark_spot_merged_into_id")),
        sa.ForeignKeyConstraint(["owner_land_id"], ["organisation.id"], name=op.f("fk_dark_spot_owner_land_id")),
        sa.ForeignKeyConstraint(["owner_light_id"], ["organisation.id"], name=op.f("fk_dark_spot_owner_light_id")),
        sa.ForeignKeyConstraint(
            ["owner_vegetation_id"], ["organisation.id"], name=op.f("fk_dark_spot_owner_vegetation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dark_spot")),
    )
    op.create_index(op.f("ix_dark_spot_band"), "dark_spot", ["band"], unique=False)
    op.create_index(op.f("ix_dark_spot_district_id"), "dark_spot", ["district_id"], unique=False)
    op.create_index(op.f("ix_dark_spot_score"), "dark_spot", ["score"], unique=False)
    op.create_index(op.f("ix_dark_spot_state"), "dark_spot", ["state"], unique=False)
    op.create_geospatial_table(
        "lamp",
        sa.Column("asset_id", sa.String(length=80), nullable=False),
        sa.Column("pole_number", sa.String(length=80), nullable=False),
        sa.Column("status", sa.String(length=30), nullable=False),
        sa.Column("off_reason", sa.String(length=300), nullable=False),
        sa.Column("off_decided_by", sa.String(length=200), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("cabinet", sa.String(length=60), nullable=False),
        sa.Column("section", sa.String(length=60), nullable=False),
        sa.Column("light_source", sa.String(length=60), nullable=False),
        sa.Column("luminaire", sa.String(length=120), nullable=False),
        sa.Column("height_m", sa.Double(), nullable=True),
        sa.Column("power_w", sa.Double(), nullable=True),
        sa.Column("lumen", sa.Double(), nullable=True),
        sa.Column("road_type", sa.String(length=60), nullable=False),
        sa.Column("environment", sa.String(length=40), nullable=False),
        sa.Column("installed_on", sa.Date(), nullable=True),
        sa.Column("last_patrol_on", sa.Date(), nullable=True),
        sa.Column("properties", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column(
            "position",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name=op.f("fk_lamp_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lamp")),
        sa.UniqueConstraint("asset_id", name=op.f("uq_lamp_asset_id")),
    )
    op.create_index(op.f("ix_lamp_cabinet"), "lamp", ["cabinet"], unique=False)
    op.create_index(op.f("ix_lamp_owner_id"), "lamp", ["owner_id"], unique=False)
    op.create_index(op.f("ix_lamp_pole_number"), "lamp", ["pole_number"], unique=False)
    op.create_table(
        "named_place",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("environment", sa.String(length=40), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_named_place_district_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_named_place")),
    )
    op.create_index(op.f("ix_named_place_district_id"), "named_place", ["district_id"], unique=False)
    op.create_index(op.f("ix_named_place_name"), "named_place", ["name"], unique=False)
    op.create_table(
        "plan",
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("goal", sa.Text(), nullable=False),
        sa.Column("child_perspective", sa.Text(), nullable=False),
        sa.Column("equality_perspective", sa.Text(), nullable=False),
        sa.Column("decision_body", sa.String(length=200), nullable=False),
        sa.Column("decision_on", sa.Date(), nullable=True),
        sa.Column("decision_reference", sa.String(length=100), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_plan_district_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
    )
    op.create_index(op.f("ix_plan_district_id"), "plan", ["district_id"], unique=False)
    op.create_index(op.f("ix_plan_state"), "plan", ["state"], unique=False)
    op.create_table(
        "staff_district",
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("fk_staff_district_district_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_staff_district_staff_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("staff_id", "district_id", name=op.f("pk_staff_district")),
    )
    op.create_table(
        "staff_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_session_staff_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_staff_session_token_hash")),
    )
    op.create_index(op.f("ix_staff_session_staff_id"), "staff_session", ["staff_id"], unique=False)
    op.create_geospatial_table(
        "walk",
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("leader_id", sa.Integer(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("perspective", sa.String(length=30), nullable=False),
        sa.Column("mandate", sa.String(length=200), nullable=False),
        sa.Column("light", sa.String(length=10), nullable=False),
        sa.Column("trial_on", sa.Date(), nullable=True),
        sa.Column("premeeting_on", sa.Date(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("feedback_on", sa.Date(), nullable=True),
        sa.Column("rewalk_on", sa.Date(), nullable=True),
        sa.Column("civil_dusk_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("meeting_place", sa.String(length=200), nullable=False),
        sa.Column("meeting_lon", sa.Double(), nullable=True),
        sa.Column("meeting_lat", sa.Double(), nullable=True),
        sa.Column("accessibility", sa.Text(), nullable=False),
        sa.Column("cancel_rule", sa.String(length=300), nullable=False),
        sa.Column("participants_max", sa.Integer(), nullable=False),
        sa.Column(
            "route",
            Geometry(
                geometry_type="LINESTRING",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column("length_m", sa.Double(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("attendance", sa.JSON(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_walk_district_id")),
        sa.ForeignKeyConstraint(["leader_id"], ["staff.id"], name=op.f("fk_walk_leader_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_walk")),
    )
    op.create_index(op.f("ix_walk_district_id"), "walk", ["district_id"], unique=False)
    op.create_index(op.f("ix_walk_starts_at"), "walk", ["starts_at"], unique=False)
    op.create_index(op.f("ix_walk_state"), "walk", ["state"], unique=False)
    op.create_table(
        "dark_spot_district",
        sa.Column("dark_spot_id", sa.Integer(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dark_spot_id"], ["dark_spot.id"], name=op.f("fk_dark_spot_district_dark_spot_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("fk_dark_spot_district_district_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("dark_spot_id", "district_id", name=op.f("pk_dark_spot_district")),
    )
    op.create_table(
        "plan_walk",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("walk_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_walk_plan_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["walk_id"], ["walk.id"], name=op.f("fk_plan_walk_walk_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("plan_id", "walk_id", name=op.f("pk_plan_walk")),
    )
    op.create_table(
        "spot_lineage",
        sa.Column("parent_id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("how", sa.String(length=10), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["child_id"], ["dark_spot.id"], name=op.f("fk_spot_lineage_child_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["dark_spot.id"], name=op.f("fk_spot_lineage_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spot_lineage")),
    )
    op.create_index(op.f("ix_spot_lineage_child_id"), "spot_lineage", ["child_id"], unique=False)
    op.create_index(op.f("ix_spot_lineage_parent_id"), "spot_lineage", ["parent_id"], unique=False)
    op.create_table(
        "walk_stop",
        sa.Column("walk_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("dark_spot_id", sa.Integer(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("question", sa.String(length=300), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("safe_place", sa.Boolean(), nullable=False),
        sa.Column("accessible", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["dark_spot_id"], ["dark_spot.id"], name=op.f("fk_walk_stop_dark_spot_id")),
        sa.ForeignKeyConstraint(["walk_id"], ["walk.id"], name=op.f("fk_walk_stop_walk_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_walk_stop")),
    )
    op.create_index(op.f("ix_walk_stop_dark_spot_id"), "walk_stop", ["dark_spot_id"], unique=False)
    op.create_index(op.f("ix_walk_stop_walk_id"), "walk_stop", ["walk_id"], unique=False)
    op.create_table(
        "walk_entry",
        sa.Column("stop_id", sa.Integer(), nullable=False),
        sa.Column("group_name", sa.String(length=40), nullable=False),
        sa.Column("scores", sa.JSON(), nullable=False),
        sa.Column("observations", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("proposal", sa.Text(), nullable=False),
        sa.Column("dissent", sa.Text(), nullable=False),
        sa.Column("lux", sa.Double(), nullable=True),
        sa.Column("lux_instrument", sa.String(length=120), nullable=False),
        sa.Column("responsible_guess_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["responsible_guess_id"], ["organisation.id"], name=op.f("fk_walk_entry_responsible_guess_id")
        ),
        sa.ForeignKeyConstraint(["stop_id"], ["walk_stop.id"], name=op.f("fk_walk_entry_stop_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_walk_entry")),
    )
    op.create_index(op.f("ix_walk_entry_stop_id"), "walk_entry", ["stop_id"], unique=False)
    op.create_table(
        "measure",
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.Column("dark_spot_id", sa.Integer(), nullable=True),
        sa.Column("walk_entry_id", sa.Integer(), nullable=True),
        sa.Column("district_id", sa.Integer(), nullable=True),
        sa.Column("responsible_id", sa.Integer(), nullable=True),
        sa.Column("responsible_role", sa.String(length=120), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("waiting_reason", sa.String(length=300), nullable=False),
        sa.Column("reject_reason", sa.String(length=500), nullable=False),
        sa.Column("cost_estimate_sek", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("cost_actual_sek", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("quick_win", sa.Boolean(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["dark_spot_id"], ["dark_spot.id"], name=op.f("fk_measure_dark_spot_id")),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_measure_district_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_measure_plan_id")),
        sa.ForeignKeyConstraint(["responsible_id"], ["organisation.id"], name=op.f("fk_measure_responsible_id")),
        sa.ForeignKeyConstraint(["walk_entry_id"], ["walk_entry.id"], name=op.f("fk_measure_walk_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure")),
    )
    op.create_index(op.f("ix_measure_dark_spot_id"), "measure", ["dark_spot_id"], unique=False)
    op.create_index(op.f("ix_measure_deadline"), "measure", ["deadline"], unique=False)
    op.create_index(op.f("ix_measure_district_id"), "measure", ["district_id"], unique=False)
    op.create_index(op.f("ix_measure_kind"), "measure", ["kind"], unique=False)
    op.create_index(op.f("ix_measure_plan_id"), "measure", ["plan_id"], unique=False)
    op.create_index(op.f("ix_measure_responsible_id"), "measure", ["responsible_id"], unique=False)
    op.create_index(op.f("ix_measure_state"), "measure", ["state"], unique=False)
    op.create_index(op.f("ix_measure_walk_entry_id"), "measure", ["walk_entry_id"], unique=False)
    op.create_table(
        "measure_funding",
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("funding_id", sa.Integer(), nullable=False),
        sa.Column("amount_sek", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.ForeignKeyConstraint(["funding_id"], ["funding.id"], name=op.f("fk_measure_funding_funding_id")),
        sa.ForeignKeyConstraint(
            ["measure_id"], ["measure.id"], name=op.f("fk_measure_funding_measure_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("measure_id", "funding_id", name=op.f("pk_measure_funding")),
    )
    op.create_geospatial_table(
        "ticket",
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("lamp_id", sa.Integer(), nullable=True),
        sa.Column("directions", sa.String(length=300), nullable=False),
        sa.Column("fault_code", sa.String(length=4), nullable=False),
        sa.Column("lamps_affected", sa.Integer(), nullable=False),
        sa.Column("priority", sa.String(length=2), nullable=False),
        sa.Column("priority_reason", sa.String(length=300), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=True),
        sa.Column("dark_spot_id", sa.Integer(), nullable=True),
        sa.Column("measure_id", sa.Integer(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("waiting_reason", sa.String(length=300), nullable=False),
        sa.Column("needs_lift", sa.Boolean(), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_safe_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("repaired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_how", sa.String(length=30), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cause_code", sa.String(length=30), nullable=False),
        sa.Column("action_code", sa.String(length=30), nullable=False),
        sa.Column("parts", sa.String(length=300), nullable=False),
        sa.Column("switch_on_test", sa.Boolean(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column(
            "position",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["assignee_id"], ["staff.id"], name=op.f("fk_ticket_assignee_id")),
        sa.ForeignKeyConstraint(["dark_spot_id"], ["dark_spot.id"], name=op.f("fk_ticket_dark_spot_id")),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_ticket_district_id")),
        sa.ForeignKeyConstraint(["lamp_id"], ["lamp.id"], name=op.f("fk_ticket_lamp_id")),
        sa.ForeignKeyConstraint(["measure_id"], ["measure.id"], name=op.f("fk_ticket_measure_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name=op.f("fk_ticket_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
    )
    op.create_index(op.f("ix_ticket_assignee_id"), "ticket", ["assignee_id"], unique=False)
    op.create_index(op.f("ix_ticket_dark_spot_id"), "ticket", ["dark_spot_id"], unique=False)
    op.create_index(op.f("ix_ticket_district_id"), "ticket", ["district_id"], unique=False)
    op.create_index(op.f("ix_ticket_due_on"), "ticket", ["due_on"], unique=False)
    op.create_index(op.f("ix_ticket_lamp_id"), "ticket", ["lamp_id"], unique=False)
    op.create_index(op.f("ix_ticket_measure_id"), "ticket", ["measure_id"], unique=False)
    op.create_index(op.f("ix_ticket_priority"), "ticket", ["priority"], unique=False)
    op.create_index(op.f("ix_ticket_repaired_at"), "ticket", ["repaired_at"], unique=False)
    op.create_index(op.f("ix_ticket_state"), "ticket", ["state"], unique=False)
    op.create_geospatial_table(
        "report",
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("receipt_hash", sa.String(length=64), nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("trust", sa.String(length=20), nullable=False),
        sa.Column("categories", sa.JSON(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=True),
        sa.Column("when_felt", sa.String(length=10), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_masked", sa.Boolean(), nullable=False),
        sa.Column("directions", sa.String(length=200), nullable=False),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.Column("method", sa.String(length=10), nullable=False),
        sa.Column("pole_number", sa.String(length=40), nullable=False),
        sa.Column("lang", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("source_id", sa.String(length=120), nullable=True),
        sa.Column("reporter_key", sa.String(length=64), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=True),
        sa.Column("lamp_id", sa.Integer(), nullable=True),
        sa.Column("dark_spot_id", sa.Integer(), nullable=True),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("duplicate_of_id", sa.Integer(), nullable=True),
        sa.Column("forwarded_to_id", sa.Integer(), nullable=True),
        sa.Column("better", sa.String(length=10), nullable=True),
        sa.Column("better_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column(
            "position",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["dark_spot_id"], ["dark_spot.id"], name=op.f("fk_report_dark_spot_id")),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_report_district_id")),
        sa.ForeignKeyConstraint(["duplicate_of_id"], ["report.id"], name=op.f("fk_report_duplicate_of_id")),
        sa.ForeignKeyConstraint(["forwarded_to_id"], ["organisation.id"], name=op.f("fk_report_forwarded_to_id")),
        sa.ForeignKeyConstraint(["lamp_id"], ["lamp.id"], name=op.f("fk_report_lamp_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_report_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("client_id", name=op.f("uq_report_client_id")),
        sa.UniqueConstraint("receipt_hash", name=op.f("uq_report_receipt_hash")),
        sa.UniqueConstraint("reference", name=op.f("uq_report_reference")),
    )
    op.create_index(op.f("ix_report_dark_spot_id"), "report", ["dark_spot_id"], unique=False)
    op.create_index(op.f("ix_report_district_id"), "report", ["district_id"], unique=False)
    op.create_index(op.f("ix_report_kind"), "report", ["kind"], unique=False)
    op.create_index(op.f("ix_report_lamp_id"), "report", ["lamp_id"], unique=False)
    op.create_index(op.f("ix_report_received_at"), "report", ["received_at"], unique=False)
    op.create_index(op.f("ix_report_reporter_key"), "report", ["reporter_key"], unique=False)
    op.create_index("ix_report_source_id", "report", ["source", "source_id"], unique=True)
    op.create_index(op.f("ix_report_state"), "report", ["state"], unique=False)
    op.create_index("ix_report_state_received", "report", ["state", "received_at"], unique=False)
    op.create_index(op.f("ix_report_ticket_id"), "report", ["ticket_id"], unique=False)
    op.create_table(
        "contact",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("wants_answer", sa.Boolean(), nullable=False),
        sa.Column("wants_invitation", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_contact_report_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sa.UniqueConstraint("report_id", name=op.f("uq_contact_report_id")),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=50), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mailed", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_notice_report_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index(op.f("ix_notice_handled_at"), "notice", ["handled_at"], unique=False)
    op.create_index(op.f("ix_notice_report_id"), "notice", ["report_id"], unique=False)
    op.create_table(
        "photo",
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("alt", sa.String(length=200), nullable=False),
        sa.Column("staged_for", sa.String(length=36), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("report_id", sa.Integer(), nullable=True),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("walk_entry_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_photo_report_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_photo_ticket_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["walk_entry_id"], ["walk_entry.id"], name=op.f("fk_photo_walk_entry_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo")),
        sa.UniqueConstraint("public_id", name=op.f("uq_photo_public_id")),
    )
    op.create_index(op.f("ix_photo_report_id"), "photo", ["report_id"], unique=False)
    op.create_index(op.f("ix_photo_staged_for"), "photo", ["staged_for"], unique=False)
    op.create_index(op.f("ix_photo_ticket_id"), "photo", ["ticket_id"], unique=False)
    op.create_index(op.f("ix_photo_walk_entry_id"), "photo", ["walk_entry_id"], unique=False)


def _drop_tables() -> None:
    op.drop_index(op.f("ix_photo_walk_entry_id"), table_name="photo")
    op.drop_index(op.f("ix_photo_ticket_id"), table_name="photo")
    op.drop_index(op.f("ix_photo_staged_for"), table_name="photo")
    op.drop_index(op.f("ix_photo_report_id"), table_name="photo")
    op.drop_table("photo")
    op.drop_index(op.f("ix_notice_report_id"), table_name="notice")
    op.drop_index(op.f("ix_notice_handled_at"), table_name="notice")
    op.drop_table("notice")
    op.drop_table("contact")
    op.drop_index(op.f("ix_report_ticket_id"), table_name="report")
    op.drop_index("ix_report_state_received", table_name="report")
    op.drop_index(op.f("ix_report_state"), table_name="report")
    op.drop_index("ix_report_source_id", table_name="report")
    op.drop_index(op.f("ix_report_reporter_key"), table_name="report")
    op.drop_index(op.f("ix_report_received_at"), table_name="report")
    op.drop_index(op.f("ix_report_lamp_id"), table_name="report")
    op.drop_index(op.f("ix_report_kind"), table_name="report")
    op.drop_index(op.f("ix_report_district_id"), table_name="report")
    op.drop_index(op.f("ix_report_dark_spot_id"), table_name="report")
    op.drop_geospatial_table("report")
    op.drop_index(op.f("ix_ticket_state"), table_name="ticket")
    op.drop_index(op.f("ix_ticket_repaired_at"), table_name="ticket")
    op.drop_index(op.f("ix_ticket_priority"), table_name="ticket")
    op.drop_index(op.f("ix_ticket_measure_id"), table_name="ticket")
    op.drop_index(op.f("ix_ticket_lamp_id"), table_name="ticket")
    op.drop_index(op.f("ix_ticket_due_on"), table_name="ticket")
    op.drop_index(op.f("ix_ticket_district_id"), table_name="ticket")
    op.drop_index(op.f("ix_ticket_dark_spot_id"), table_name="ticket")
    op.drop_index(op.f("ix_ticket_assignee_id"), table_name="ticket")
    op.drop_geospatial_table("ticket")
    op.drop_table("measure_funding")
    op.drop_index(op.f("ix_measure_walk_entry_id"), table_name="measure")
    op.drop_index(op.f("ix_measure_state"), table_name="measure")
    op.drop_index(op.f("ix_measure_responsible_id"), table_name="measure")
    op.drop_index(op.f("ix_measure_plan_id"), table_name="measure")
    op.drop_index(op.f("ix_measure_kind"), table_name="measure")
    op.drop_index(op.f("ix_measure_district_id"), table_name="measure")
    op.drop_index(op.f("ix_measure_deadline"), table_name="measure")
    op.drop_index(op.f("ix_measure_dark_spot_id"), table_name="measure")
    op.drop_table("measure")
    op.drop_index(op.f("ix_walk_entry_stop_id"), table_name="walk_entry")
    op.drop_table("walk_entry")
    op.drop_index(op.f("ix_walk_stop_walk_id"), table_name="walk_stop")
    op.drop_index(op.f("ix_walk_stop_dark_spot_id"), table_name="walk_stop")
    op.drop_table("walk_stop")
    op.drop_index(op.f("ix_spot_lineage_parent_id"), table_name="spot_lineage")
    op.drop_index(op.f("ix_spot_lineage_child_id"), table_name="spot_lineage")
    op.drop_table("spot_lineage")
    op.drop_table("plan_walk")
    op.drop_table("dark_spot_district")
    op.drop_index(op.f("ix_walk_state"), table_name="walk")
    op.drop_index(op.f("ix_walk_starts_at"), table_name="walk")
    op.drop_index(op.f("ix_walk_district_id"), table_name="walk")
    op.drop_geospatial_table("walk")
    op.drop_index(op.f("ix_staff_session_staff_id"), table_name="staff_session")
    op.drop_table("staff_session")
    op.drop_table("staff_district")
    op.drop_index(op.f("ix_plan_state"), table_name="plan")
    op.drop_index(op.f("ix_plan_district_id"), table_name="plan")
    op.drop_table("plan")
    op.drop_index(op.f("ix_named_place_name"), table_name="named_place")
    op.drop_index(op.f("ix_named_place_district_id"), table_name="named_place")
    op.drop_table("named_place")
    op.drop_index(op.f("ix_lamp_pole_number"), table_name="lamp")
    op.drop_index(op.f("ix_lamp_owner_id"), table_name="lamp")
    op.drop_index(op.f("ix_lamp_cabinet"), table_name="lamp")
    op.drop_geospatial_table("lamp")
    op.drop_index(op.f("ix_dark_spot_state"), table_name="dark_spot")
    op.drop_index(op.f("ix_dark_spot_score"), table_name="dark_spot")
    op.drop_index(op.f("ix_dark_spot_district_id"), table_name="dark_spot")
    op.drop_index(op.f("ix_dark_spot_band"), table_name="dark_spot")
    op.drop_geospatial_table("dark_spot")
    op.drop_table("staff")
    op.drop_index(op.f("ix_rule_kind"), table_name="rule")
    op.drop_table("rule")
    op.drop_table("organisation")
    op.drop_geospatial_table("municipality")
    op.drop_index("ix_job_done_run", table_name="job")
    op.drop_table("job")
    op.drop_index("ix_history_thing", table_name="history")
    op.drop_table("history")
    op.drop_table("funding")
    op.drop_geospatial_table("district")
