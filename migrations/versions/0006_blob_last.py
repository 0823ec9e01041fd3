"""A filter version's file stands behind what is asked about it with every text.

SQLite reads a row from its beginning: to learn since when a version is live it went through two hundred pages of file.
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = depends_on = None

ASKED = ("state", "note", "by_id", "created_at", "changed_at")


def upgrade() -> None:
    reorder("id", "digest", *ASKED, "file")


def downgrade() -> None:
    reorder("id", "digest", "file", *ASKED)


def reorder(*columns: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        # It keeps what is large beside the row.
        return
    with op.batch_alter_table("filter_models", recreate="always", partial_reordering=[columns]):
        pass
