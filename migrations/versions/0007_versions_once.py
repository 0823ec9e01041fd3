"""The clock of page versions goes on by chance, so that no reading of it comes twice.

A backup that is restored sets the clock back. With steps of one the next change gave the page that it changed the number
which another change had given it before, and whoever kept that page took it for right.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = depends_on = None

BY_ONE = "SET version = version + 1 "
# Up to 2^32: two changes after one backup have the same number once in four thousand million times, and there are
# numbers for as many changes.
BY_CHANCE = "SET version = version + 1 + (random() & 4294967295) "


def upgrade() -> None:
    step(BY_ONE, BY_CHANCE)


def downgrade() -> None:
    step(BY_CHANCE, BY_ONE)


def step(before: str, after: str) -> None:
    (step_in_postgres if op.get_bind().dialect.name == "postgresql" else step_in_sqlite)(before, after)


def step_in_sqlite(before: str, after: str) -> None:
    triggers = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'page\\_versions\\_%' ESCAPE '\\'"
    for name, sql in op.get_bind().execute(sa.text(triggers)).all():
        op.execute(f"DROP TRIGGER {name}")
        op.get_bind().exec_driver_sql(sql.replace(before, after))


def step_in_postgres(before: str, after: str) -> None:
    # Here a chance is a number from 0 up to 1.
    before, after = (
        sql.replace("(random() & 4294967295)", "floor(random() * 4294967296)::bigint")
        for sql in (before, after)
    )
    tick = op.get_bind().scalar(sa.text("SELECT pg_get_functiondef('page_versions_tick'::regproc)"))
    op.get_bind().exec_driver_sql(tick.replace(before, after))
