"""Runs the migrations on the application's database. It imports nothing of the board: only Flask's current app."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Literal

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
    PostgreSQL changes tables without rebuilding them, and looks after its foreign keys meanwhile.
    """
    with extension.engine.connect().execution_options(begin="change") as connection:
        context.configure(
            connection=connection,
            target_metadata=extension.metadata,
            render_as_batch=True,
            render_item=render,
            transaction_per_migration=True,
        )
        if connection.dialect.name == "sqlite":
            with without_foreign_keys(connection):
                migrate()
        else:
            migrate()


def migrate() -> None:
    with context.begin_transaction():
        context.run_migrations()


@contextmanager
def without_foreign_keys(connection: sa.Connection) -> Generator[None]:
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
        connection.rollback()
        if broken := driver.execute("PRAGMA foreign_key_check").fetchall():
            raise RuntimeError(f"the migration left rows that point nowhere: {broken[:5]}")
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


run()
