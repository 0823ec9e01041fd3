"""How far members have read: a mark for each thread, and a moment before which all counts as read."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = depends_on = None


def upgrade() -> None:
    op.create_table(
        "read_marks",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("thread_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["thread_id"], ["threads.id"], name=op.f("fk_read_marks_thread_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_read_marks_user_id")),
        sa.PrimaryKeyConstraint("user_id", "thread_id", name=op.f("pk_read_marks")),
        sqlite_with_rowid=False,
    )
    op.add_column("users", sa.Column("read_before", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    # Not in a batch: that would make the table anew, and lose the triggers that keep the page versions.
    op.drop_column("users", "read_before")
    op.drop_table("read_marks")
