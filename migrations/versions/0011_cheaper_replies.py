"""What a reply changes beside its own rows costs less: on SQLite the versions of pages are raised without a temporary table
for each of them, and a text whose sender's network is not known, or no longer, stands in no index of networks.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = depends_on = None

TICK = "UPDATE page_versions SET version = version + 1 + (random() & 4294967295) WHERE topic = 'clock'; "
CLOCK = "(SELECT version FROM page_versions WHERE topic = 'clock')"
UPSERT = " ON CONFLICT (topic) DO UPDATE SET version = excluded.version; "

# A SELECT that reads from the table into which it inserts goes through a temporary one; these values do not.
VALUES = f"INSERT INTO page_versions (version, topic) VALUES ({CLOCK}, {{topic}}){UPSERT}"
SELECT = f"INSERT INTO page_versions (version, topic) SELECT {CLOCK}, {{topic}}{UPSERT}"

BOARD_OF_OPENING = (
    "'board ' || boards.slug FROM threads JOIN boards ON boards.id = threads.board_id "
    "WHERE threads.id = NEW.thread_id AND NEW.is_opening"
)
# The parts that are the same before and after.
THREADS, POSTS = "AFTER UPDATE ON threads", "AFTER INSERT ON posts WHEN NEW.status = 'public'"
COUNTS = "AFTER UPDATE OF threads_count, posts_count ON boards"
# Where there is no such board, the clock has this reading anyway.
BOARD_OF_THREAD = "coalesce('board ' || (SELECT slug FROM boards WHERE id = NEW.board_id), 'clock')"

# What happens seldom has a trigger of its own, so that the one for what happens all the time does not ask for it.
AFTER = {
    "page_versions_01": (THREADS, VALUES, ["'threads'", "'thread ' || NEW.id", BOARD_OF_THREAD]),
    "page_versions_01_moved": (
        f"{THREADS} WHEN OLD.id <> NEW.id OR OLD.board_id <> NEW.board_id",
        SELECT,
        ["'thread ' || OLD.id WHERE true", "'board ' || slug FROM boards WHERE id = OLD.board_id"],
    ),
    "page_versions_03": (POSTS, VALUES, ["'thread ' || NEW.thread_id"]),
    "page_versions_03_opening": (
        f"{POSTS} AND NEW.is_opening",
        SELECT,
        ["'threads' WHERE true", BOARD_OF_OPENING],
    ),
    "page_versions_14": (COUNTS, VALUES, ["'threads'"]),
}
MOVED = "(OLD.id <> NEW.id OR OLD.board_id <> NEW.board_id)"
BEFORE = {
    "page_versions_01": (
        THREADS,
        SELECT,
        [
            "'threads' WHERE true",
            "'thread ' || NEW.id WHERE true",
            "'board ' || boards.slug FROM boards WHERE boards.id = NEW.board_id",
            f"'thread ' || OLD.id WHERE true AND {MOVED}",
            f"'board ' || boards.slug FROM boards WHERE boards.id = OLD.board_id AND {MOVED}",
        ],
    ),
    "page_versions_03": (
        POSTS,
        SELECT,
        ["'thread ' || NEW.thread_id WHERE true", "'threads' WHERE NEW.is_opening", BOARD_OF_OPENING],
    ),
    "page_versions_14": (COUNTS, SELECT, ["'threads' WHERE true"]),
}


def upgrade() -> None:
    replace_triggers(BEFORE, AFTER)
    op.drop_index("ix_screenings_network", "screenings")
    op.create_index(
        "ix_screenings_network",
        "screenings",
        ["network", "created_at"],
        sqlite_where=sa.text("network IS NOT NULL"),
        postgresql_where=sa.text("network IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_screenings_network", "screenings")
    op.create_index("ix_screenings_network", "screenings", ["network", "created_at"])
    replace_triggers(AFTER, BEFORE)


def replace_triggers(
    old: dict[str, tuple[str, str, list[str]]], new: dict[str, tuple[str, str, list[str]]]
) -> None:
    if op.get_bind().dialect.name == "postgresql":
        return
    for name in old:
        op.execute(f"DROP TRIGGER {name}")
    for name, (event, touch, topics) in new.items():
        touches = "".join(touch.format(topic=topic) for topic in topics)
        op.get_bind().exec_driver_sql(f"CREATE TRIGGER {name} {event} BEGIN {TICK}{touches}END")
