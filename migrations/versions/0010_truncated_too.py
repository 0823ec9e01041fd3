"""On PostgreSQL the triggers of a board that was made when it first ran there do what those of one made now do: they hear of
TRUNCATE, and find their tables whatever the search path of who writes.
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = depends_on = None

TOUCH_ALL = """
CREATE OR REPLACE FUNCTION page_versions_all() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    clock bigint := page_versions_tick();
BEGIN
    UPDATE page_versions SET version = clock WHERE version <> clock;
    RETURN NULL;
END $$
"""
MEND = """
DO $$
DECLARE
    name text;
BEGIN
    FOR name IN
        SELECT CAST(CAST(oid AS regprocedure) AS text) FROM pg_proc
        WHERE pronamespace = CAST(current_schema() AS regnamespace)
        AND (proname ~ '^page_versions_' OR proname = 'moderation_acts_refuse')
    LOOP
        EXECUTE 'ALTER FUNCTION ' || name || ' SET search_path FROM CURRENT';
    END LOOP;
    FOR name IN
        SELECT DISTINCT CAST(CAST(tgrelid AS regclass) AS text) FROM pg_trigger
        JOIN pg_class ON pg_class.oid = tgrelid
        WHERE relnamespace = CAST(current_schema() AS regnamespace) AND tgname ~ '^page_versions_[0-9]+$'
    LOOP
        EXECUTE 'DROP TRIGGER IF EXISTS page_versions_all ON ' || name;
        EXECUTE 'CREATE TRIGGER page_versions_all AFTER TRUNCATE ON ' || name
            || ' FOR EACH STATEMENT EXECUTE FUNCTION page_versions_all()';
    END LOOP;
END $$
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(TOUCH_ALL)
        op.execute(MEND)


def downgrade() -> None:
    """A board made now has them from the start."""
