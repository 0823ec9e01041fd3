"""Runs the migrations on the application's database. It imports nothing of the board: only Flask's current app."""

from typing import Literal

import sqlalchemy as sa
from alembic import context
from flask import current_app

extension = current_app.extensions["migrate"].db


def render(kind: str, item: object, autogen: object) -> str | Literal[False]:
    """Write the board's own column types as the plain ones below them, so that migrations never import the board."""
    if kind == "type" and isinstance(item, sa.types.TypeDecorator):
        return f"sa.{type(item.impl_instance).__name__}()"
    return False


def run() -> None:
    """Each step in a transaction of its own, with foreign keys off while SQLite rebuilds tables, and checked at the end.

    The PRAGMA is said to the driver, because inside a transaction, which SQLAlchemy begins by itself, SQLite ignores it.
    """
    with extension.engine.connect() as connection:
        driver = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys = OFF")
        try:
            context.configure(
                connection=connection,
                target_metadata=extension.metadata,
                render_as_batch=True,
                render_item=render,
                transaction_per_migration=True,
            )
            with context.begin_transaction():
                context.run_migrations()
            connection.rollback()
            if broken := driver.execute("PRAGMA foreign_key_check").fetchall():
                raise RuntimeError(f"the migration left rows that point nowhere: {broken[:5]}")
        finally:
            driver.execute("PRAGMA foreign_keys = ON")


run()
