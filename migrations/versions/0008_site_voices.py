"""A text costs the filter no more for all that its author wrote, nor for how often it was written before.

Who speaks for a site has a row of its own, which was looked up among all texts of the author. Of the same words those that
stand or wait, and those that were rejected, have an index each instead of one with what says nothing.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = depends_on = None

SPOKEN_SO_FAR = """
INSERT INTO site_voices (author_id, host, screening_id)
SELECT screenings.author_id, each.value, min(screenings.id)
FROM screenings, {each}(screenings.hosts) AS each
WHERE screenings.outcome = 'published'
AND screenings.kind IN ('thread', 'reply')
AND screenings.standing IN ('trusted', 'staff')
GROUP BY 1, 2
"""


def upgrade() -> None:
    op.create_table(
        "site_voices",
        sa.Column("author_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("host", sa.String(255), nullable=False),
        sa.Column("screening_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_site_voices_author_id")),
        sa.ForeignKeyConstraint(
            ["screening_id"], ["screenings.id"], name=op.f("fk_site_voices_screening_id")
        ),
        sa.PrimaryKeyConstraint("author_id", "host", name=op.f("pk_site_voices")),
        sqlite_with_rowid=False,
    )
    is_postgres = op.get_bind().dialect.name == "postgresql"
    op.execute(SPOKEN_SO_FAR.format(each="json_array_elements_text" if is_postgres else "json_each"))
    op.create_index(
        "ix_screenings_elsewhere",
        "screenings",
        ["fingerprint", "created_at"],
        sqlite_where=sa.text("decision != 'spam' AND decision != 'withdrawn' AND outcome != 'refused'"),
        postgresql_where=sa.text("decision != 'spam' AND decision != 'withdrawn' AND outcome != 'refused'"),
    )
    op.create_index(
        "ix_screenings_rejected",
        "screenings",
        ["fingerprint"],
        sqlite_where=sa.text("decision = 'spam'"),
        postgresql_where=sa.text("decision = 'spam'"),
    )
    op.drop_index("ix_screenings_fingerprint", "screenings")


def downgrade() -> None:
    op.create_index("ix_screenings_fingerprint", "screenings", ["fingerprint", "created_at"])
    op.drop_index("ix_screenings_rejected", "screenings")
    op.drop_index("ix_screenings_elsewhere", "screenings")
    op.drop_table("site_voices")
