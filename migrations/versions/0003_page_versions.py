"""The version of all that a page can show, kept by triggers, so that no writer can forget it."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = depends_on = None

ALL_THREADS = "'threads' WHERE true"
ALL_BOARDS = "'boards' WHERE true"
PEOPLE = "'people' WHERE true"
BOARD_OF = (
    "'board ' || boards.slug FROM threads JOIN boards ON boards.id = threads.board_id WHERE threads.id ="
)

# What is inserted, changed or deleted shows on these topics; {row} is NEW or OLD.
THREAD = (
    "'thread ' || {row}.id WHERE true",
    "'board ' || boards.slug FROM boards WHERE boards.id = {row}.board_id",
)
POST = (
    "'thread ' || {row}.thread_id WHERE true",
    # An opening post stands in the feeds of its board and of all boards.
    "'threads' WHERE {row}.is_opening",
    BOARD_OF + " {row}.thread_id AND {row}.is_opening",
)
MARK = ("'thread ' || {row}.thread_id WHERE true", BOARD_OF + " {row}.thread_id")
BOARD = ("'board ' || {row}.slug WHERE true",)

SHOWN_OF_BOARD = "id, slug, name, name_ja, description, description_ja, lang, position"
SHOWN_OF_PERSON = (
    "id, name, display_name, role, jet_role, prefecture, place, year_from, year_to, hidden_parts, is_demo"
)


def of(topics: tuple[str, ...], row: str, *moves_by: str) -> list[str]:
    """The topics of a row as it is and, when one of `moves_by` is changed, as it was before."""
    moved = " OR ".join(f"OLD.{column} <> NEW.{column}" for column in moves_by)
    before = of(tuple(f"{topic} AND ({moved})" for topic in topics), "OLD") if moves_by else []
    return [topic.format(row=row) for topic in topics] + before


# Table, what happens to it, when that matters, and the topics that it changes.
TRIGGERS = (
    ("threads", "INSERT", "", [ALL_THREADS, *of(THREAD, "NEW")]),
    ("threads", "UPDATE", "", [ALL_THREADS, *of(THREAD, "NEW", "id", "board_id")]),
    ("threads", "DELETE", "", [ALL_THREADS, *of(THREAD, "OLD")]),
    ("posts", "INSERT", "WHEN NEW.status = 'public'", of(POST, "NEW")),
    (
        "posts",
        "UPDATE",
        "WHEN 'public' IN (OLD.status, NEW.status)",
        of(POST, "NEW", "thread_id", "is_opening"),
    ),
    ("posts", "DELETE", "WHEN OLD.status = 'public'", of(POST, "OLD")),
    *(
        (table, change, "", [ALL_THREADS, *topics])
        for table in ("thread_locks", "thread_pins")
        for change, topics in (
            ("INSERT", of(MARK, "NEW")),
            ("UPDATE", of(MARK, "NEW", "thread_id")),
            ("DELETE", of(MARK, "OLD")),
        )
    ),
    ("boards", "INSERT", "", [ALL_BOARDS, *of(BOARD, "NEW")]),
    ("boards", f"UPDATE OF {SHOWN_OF_BOARD}", "", [ALL_BOARDS, *of(BOARD, "NEW", "slug")]),
    ("boards", "UPDATE OF threads_count, posts_count", "", [ALL_THREADS]),
    ("boards", "DELETE", "", [ALL_BOARDS, *of(BOARD, "OLD")]),
    ("users", f"UPDATE OF {SHOWN_OF_PERSON}", "", [PEOPLE]),
    ("users", "DELETE", "", [PEOPLE]),
    # Nobody is shown who has just come. Where they have posts, a program put an author back.
    ("users", "INSERT", "WHEN EXISTS (SELECT 1 FROM posts WHERE posts.author_id = NEW.id)", [PEOPLE]),
    ("moderation_acts", "INSERT", "", ["'log' WHERE true"]),
)

# SELECT the topic, then what it is selected from.
TOUCH = (
    "INSERT INTO page_versions (version, topic) "
    "SELECT (SELECT version FROM page_versions WHERE topic = 'clock'), {topic} "
    "ON CONFLICT (topic) DO UPDATE SET version = excluded.version; "
)


# PostgreSQL keeps each state of a row until the transaction ends, and an import changes the same few rows a thousand times.
# So there the clock goes on once in a transaction, and a topic that has its reading is left alone; to others, who see all
# of it at once or nothing, that is the same.
TICK = """
CREATE FUNCTION page_versions_tick() RETURNS bigint LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    reading bigint := nullif(current_setting('engawa.clock', true), '')::bigint;
BEGIN
    IF reading IS NULL THEN
        UPDATE page_versions SET version = version + 1 WHERE topic = 'clock' RETURNING version INTO reading;
        PERFORM set_config('engawa.clock', reading::text, true);
        PERFORM pg_notify('page_versions', '');
    END IF;
    RETURN reading;
END $$
"""
# What is truncated has no rows that a trigger could look at, so all topics change.
TOUCH_ALL = """
CREATE FUNCTION page_versions_all() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    clock bigint := page_versions_tick();
BEGIN
    UPDATE page_versions SET version = clock WHERE version <> clock;
    RETURN NULL;
END $$
"""
TOUCH_IN_POSTGRES = (
    "INSERT INTO page_versions (version, topic) SELECT clock, {topic} ON CONFLICT (topic) DO UPDATE "
    "SET version = excluded.version WHERE page_versions.version <> excluded.version; "
)


def upgrade() -> None:
    op.create_table(
        "page_versions",
        sa.Column("topic", sa.String(length=80), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("topic", name=op.f("pk_page_versions")),
        sqlite_with_rowid=False,
    )
    op.execute("INSERT INTO page_versions (topic, version) VALUES ('clock', 0)")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(TICK)
        op.execute(TOUCH_ALL)
        for table in dict.fromkeys(trigger[0] for trigger in TRIGGERS):
            op.execute(
                f"CREATE TRIGGER page_versions_all AFTER TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION page_versions_all()"
            )
        make_trigger = make_trigger_in_postgres
    else:
        make_trigger = make_trigger_in_sqlite
    for number, (table, change, when, topics) in enumerate(TRIGGERS):
        make_trigger(f"page_versions_{number:02}", f"AFTER {change} ON {table}", when, topics)


def make_trigger_in_sqlite(name: str, event: str, when: str, topics: list[str]) -> None:
    op.execute(
        f"CREATE TRIGGER {name} {event} {when} BEGIN "
        "UPDATE page_versions SET version = version + 1 WHERE topic = 'clock'; "
        + "".join(TOUCH.format(topic=topic) for topic in topics)
        + "END"
    )


def make_trigger_in_postgres(name: str, event: str, when: str, topics: list[str]) -> None:
    touches = "".join(TOUCH_IN_POSTGRES.format(topic=topic) for topic in topics)
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$ "
        "DECLARE clock bigint; BEGIN "
        # A trigger's own condition may not look into other tables.
        f"IF {when.removeprefix('WHEN ') or 'true'} THEN clock := page_versions_tick(); {touches} END IF; "
        "RETURN NULL; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} {event} FOR EACH ROW EXECUTE FUNCTION {name}()")


def downgrade() -> None:
    is_postgres = op.get_bind().dialect.name == "postgresql"
    for number in range(len(TRIGGERS)):
        name = f"page_versions_{number:02}"
        op.execute(f"DROP FUNCTION {name}() CASCADE" if is_postgres else f"DROP TRIGGER {name}")
    if is_postgres:
        op.execute("DROP FUNCTION page_versions_all() CASCADE")
        op.execute("DROP FUNCTION page_versions_tick()")
    op.drop_table("page_versions")
