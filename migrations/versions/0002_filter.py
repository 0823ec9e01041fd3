"""What the spam filter knows beside the text: near copies, sites, neighbourhoods, weights, models, rules, policies."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = depends_on = None


def upgrade() -> None:
    op.create_table(
        "link_hosts",
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("approved", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_link_hosts")),
    )
    op.create_table(
        "filter_models",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("file", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("state IN ('live', 'shadow', 'retired')", name=op.f("ck_filter_models_state")),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_filter_models_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filter_models")),
        sa.UniqueConstraint("digest", name=op.f("uq_filter_models_digest")),
    )
    with op.batch_alter_table("filter_models", schema=None) as batch_op:
        batch_op.create_index(
            "ix_filter_models_live",
            ["state"],
            unique=True,
            sqlite_where=sa.text("state = 'live'"),
            postgresql_where=sa.text("state = 'live'"),
        )
        batch_op.create_index(
            "ix_filter_models_shadow",
            ["state"],
            unique=True,
            sqlite_where=sa.text("state = 'shadow'"),
            postgresql_where=sa.text("state = 'shadow'"),
        )

    op.create_table(
        "filter_policies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hold_newcomer", sa.Double(), nullable=False),
        sa.Column("hold_known", sa.Double(), nullable=False),
        sa.Column("refuse", sa.Double(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_filter_policies_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filter_policies")),
    )
    op.create_table(
        "filter_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("pattern", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('phrase', 'site')", name=op.f("ck_filter_rules_kind")),
        sa.CheckConstraint("state IN ('live', 'shadow', 'ended')", name=op.f("ck_filter_rules_state")),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_filter_rules_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filter_rules")),
    )
    op.create_table(
        "service_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("screening_id", sa.Integer(), nullable=False),
        sa.Column("is_spam", sa.Boolean(), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("given_up_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["screening_id"], ["screenings.id"], name=op.f("fk_service_reports_screening_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_reports")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("service_reports", schema=None) as batch_op:
        batch_op.create_index("ix_service_reports_screening_id", ["screening_id"], unique=False)
        batch_op.create_index(
            "ix_service_reports_waiting",
            ["id"],
            unique=False,
            sqlite_where=sa.text("sent_at IS NULL AND given_up_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NULL AND given_up_at IS NULL"),
        )

    op.create_table(
        "text_bands",
        sa.Column("band", sa.BigInteger(), nullable=False),
        sa.Column("screening_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["screening_id"], ["screenings.id"], name=op.f("fk_text_bands_screening_id")),
        sa.PrimaryKeyConstraint("band", "screening_id", name=op.f("pk_text_bands")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("text_bands", schema=None) as batch_op:
        batch_op.create_index("ix_text_bands_screening_id", ["screening_id"], unique=False)

    with op.batch_alter_table("lessons", schema=None) as batch_op:
        batch_op.add_column(sa.Column("weight_steps", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(
            sa.Column("cause", sa.String(length=10), server_default="decision", nullable=False)
        )
        batch_op.add_column(sa.Column("with_id", sa.Integer(), nullable=True))
        batch_op.create_index("ix_lessons_with_id", ["with_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_lessons_with_id"), "lessons", ["with_id"], ["id"])

    with op.batch_alter_table("screenings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("standing", sa.String(length=10), server_default="", nullable=False))
        batch_op.add_column(sa.Column("signals", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("hosts", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("network", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("shadow_probability", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("rules", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("asked", sa.JSON(), nullable=True))
        batch_op.create_index("ix_screenings_created_at", ["created_at"], unique=False)
        batch_op.create_index("ix_screenings_network", ["network", "created_at"], unique=False)
        batch_op.create_index(
            "ix_screenings_network_kept",
            ["created_at"],
            unique=False,
            sqlite_where=sa.text("network IS NOT NULL"),
            postgresql_where=sa.text("network IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_screenings_asked_kept",
            ["created_at"],
            unique=False,
            sqlite_where=sa.text("asked IS NOT NULL"),
            postgresql_where=sa.text("asked IS NOT NULL"),
        )

    op.create_table(
        "filter_snapshots",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("file", sa.LargeBinary(), nullable=False),
        sa.Column("weights", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["lesson_id"], ["lessons.id"], name=op.f("fk_filter_snapshots_lesson_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_filter_snapshots")),
    )


def downgrade() -> None:
    op.drop_table("filter_snapshots")
    with op.batch_alter_table("screenings", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_screenings_asked_kept",
            sqlite_where=sa.text("asked IS NOT NULL"),
            postgresql_where=sa.text("asked IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_screenings_network_kept",
            sqlite_where=sa.text("network IS NOT NULL"),
            postgresql_where=sa.text("network IS NOT NULL"),
        )
        batch_op.drop_index("ix_screenings_network")
        batch_op.drop_index("ix_screenings_created_at")
        batch_op.drop_column("asked")
        batch_op.drop_column("rules")
        batch_op.drop_column("shadow_probability")
        batch_op.drop_column("network")
        batch_op.drop_column("hosts")
        batch_op.drop_column("signals")
        batch_op.drop_column("standing")

    # Without the column they would pass for what moderators said.
    op.execute("DELETE FROM lessons WHERE cause <> 'decision' AND undoes_id IS NOT NULL")
    op.execute("DELETE FROM lessons WHERE cause <> 'decision'")
    with op.batch_alter_table("lessons", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_lessons_with_id"), type_="foreignkey")
        batch_op.drop_index("ix_lessons_with_id")
        batch_op.drop_column("with_id")
        batch_op.drop_column("cause")
        batch_op.drop_column("weight_steps")

    with op.batch_alter_table("text_bands", schema=None) as batch_op:
        batch_op.drop_index("ix_text_bands_screening_id")

    op.drop_table("text_bands")
    with op.batch_alter_table("service_reports", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_service_reports_waiting",
            sqlite_where=sa.text("sent_at IS NULL AND given_up_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NULL AND given_up_at IS NULL"),
        )
        batch_op.drop_index("ix_service_reports_screening_id")

    op.drop_table("service_reports")
    op.drop_table("filter_rules")
    op.drop_table("filter_policies")
    with op.batch_alter_table("filter_models", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_filter_models_shadow",
            sqlite_where=sa.text("state = 'shadow'"),
            postgresql_where=sa.text("state = 'shadow'"),
        )
        batch_op.drop_index(
            "ix_filter_models_live",
            sqlite_where=sa.text("state = 'live'"),
            postgresql_where=sa.text("state = 'live'"),
        )

    op.drop_table("filter_models")
    op.drop_table("link_hosts")
