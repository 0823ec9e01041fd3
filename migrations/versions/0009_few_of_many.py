"""A few of many are found without the others: the staff among the members, and what people said of themselves among all
that they wrote.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_users_staff",
        "users",
        ["id"],
        sqlite_where=sa.text("role != 'member'"),
        postgresql_where=sa.text("role != 'member'"),
    )
    op.create_index(
        "ix_screenings_profile",
        "screenings",
        ["author_id", "id"],
        sqlite_where=sa.text("profile_change_id IS NOT NULL"),
        postgresql_where=sa.text("profile_change_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_screenings_profile", "screenings")
    op.drop_index("ix_users_staff", "users")
