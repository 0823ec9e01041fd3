"""A member's waiting posts are found without looking at all that they wrote."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_posts_held",
        "posts",
        ["author_id", "id"],
        sqlite_where=sa.text("status = 'held'"),
        postgresql_where=sa.text("status = 'held'"),
    )


def downgrade() -> None:
    op.drop_index("ix_posts_held", "posts")
