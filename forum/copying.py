"""A whole board out of another database, as when one that grew moves from a file to PostgreSQL, or back."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from forum.drivers import kind_of
from forum.engines import schema_version
from forum.errors import Conflict, NotFound
from forum.schema import Model
from forum.versions import PageVersion

BATCH_ROWS = 1000


def copy_from(session: Session, url: str, report: Callable[[str, int], None]) -> None:
    """Copy all rows of the board at `url`, an address of SQLAlchemy's, in the caller's transaction.

    They keep their numbers, so that every address and every login stays good. The versions of pages are not copied:
    here the triggers give new ones. `report` hears of each table and its number of rows. Constant memory. Raises
    NotFound where there is no board at `url`, and Conflict where it has another schema, this database is not empty, or
    does not take a row.
    """
    here, tables = session.connection(), _tables()
    with _opened(url) as (there, schema):
        if schema != schema_version(here):
            raise Conflict(
                "The two databases have different schemas: run `.venv/bin/flask db upgrade` on both."
            )
        filled = [table.name for table in tables if here.scalar(sa.select(sa.select(table).exists()))]
        if filled:
            raise Conflict(f"This database has to be empty, and there are rows in {', '.join(filled)}.")
        for table in tables:
            report(table.name, _copy(table, there, here))
    if here.dialect.name == "postgresql":
        _number_on(here)


@contextmanager
def _opened(url: str) -> Generator[tuple[Connection, str | None]]:
    """What is in the other database at this moment, and the version of its tables."""
    parts = sa.make_url(url)
    if parts.drivername == "sqlite" and not Path(parts.database or "").exists():
        raise NotFound(f"There is no file {parts.database}.")
    engine = sa.create_engine(parts, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with ExitStack() as opened:
        try:
            connection = opened.enter_context(engine.connect())
            connection.exec_driver_sql(kind_of(engine).snapshot)
            schema = schema_version(connection)
        except DBAPIError as fault:
            raise NotFound(f"There is no board to be read there: {fault.orig}") from None
        yield connection, schema


def _tables() -> list[sa.Table]:
    """Those that are copied, first the ones to which others point; asked for when every model is loaded."""
    return [table for table in Model.metadata.sorted_tables if table.name != PageVersion.__tablename__]


def _copy(table: sa.Table, there: Connection, here: Connection) -> int:
    """Copy a table's rows by their keys, for those that point to others of the table point back; returns how many."""
    n_rows = 0
    query = sa.select(table).order_by(*table.primary_key).execution_options(yield_per=BATCH_ROWS)
    try:
        with closing(there.execute(query)) as rows:
            for batch in rows.mappings().partitions():
                here.execute(sa.insert(table), [dict(row) for row in batch])
                n_rows += len(batch)
    except DBAPIError as fault:
        raise Conflict(
            f"Nothing was copied, for among the rows of {table.name} behind the first {n_rows:,} is one that this"
            f" database does not take: {fault.orig}"
        ) from None
    return n_rows


def _number_on(here: Connection) -> None:
    """Let new rows have the numbers behind those that were copied, which SQLite does by itself."""
    for table in _tables():
        column = table.autoincrement_column
        if column is not None:
            sequence = sa.func.pg_get_serial_sequence(table.name, column.name)
            following = sa.func.coalesce(sa.func.max(column), 0) + 1
            here.execute(sa.select(sa.func.setval(sequence, following, sa.false())).select_from(table))
