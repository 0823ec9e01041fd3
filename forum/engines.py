"""The databases as they should be run: what SQLAlchemy makes their engines with, and each connection is told."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection, ExceptionContext
from sqlalchemy.exc import DBAPIError

from forum import statements
from forum.drivers import kind_of
from forum.settings import BadSettings, Settings
from forum.watching import CONNECTING, PostgresWatch, SqliteWatch, Watch

# How long SQLite waits for a writer that does not stand in line, as a migration is. Longer than any write takes;
# shorter than a visitor's patience.
BUSY_TIMEOUT_MS = 10_000
# Of each connection, of which a worker has a dozen; a board of 268 MB is read as quickly with 512 as with 4,096, for
# the system keeps its pages too.
CACHE_KIB = 512
# A page of a board of 268 MB is read as quickly with a map of it all as without any, from the system's own cache, and
# a map counts as the board's memory. This much holds a young board whole.
MMAP_BYTES = 8 * 1024 * 1024
# Statements that a connection keeps prepared: the board has some 300, and the driver by itself keeps 128.
KEPT_STATEMENTS = 500
# What the write-ahead log keeps of the disk once it has begun anew. A long reader lets it grow past this for a while.
WAL_BYTES = 64 * 1024 * 1024

# What every connection is told, and how `flask forum doctor` finds it again.
PRAGMAS: Mapping[str, int | str] = MappingProxyType(
    {
        "busy_timeout": BUSY_TIMEOUT_MS,
        "journal_mode": "wal",
        # FULL: a commit that was answered survives a power cut, not only a killed process.
        "synchronous": 2,
        "foreign_keys": 1,
        # Else INSERT OR REPLACE would go round the triggers that keep what moderators did.
        "recursive_triggers": 1,
        "cache_size": -CACHE_KIB,
        "mmap_size": MMAP_BYTES,
        "journal_size_limit": WAL_BYTES,
        # A sort that does not fit into the cache stays in memory all the same; pages sort 31 rows at most.
        "temp_store": 2,
    }
)

# What every connection to PostgreSQL is told.
SAID_TO_POSTGRES = (
    f"SET lock_timeout = {BUSY_TIMEOUT_MS}",
    # To compile a statement takes longer than any of ours runs.
    "SET jit = off",
    # To plan a statement anew with its values takes longer than to run it, and finds nothing better: what has to stand
    # in words for an index does.
    "SET plan_cache_mode = force_generic_plan",
)


def options(settings: Settings) -> dict[str, Any]:
    """What the engine is made with."""
    return (_of_sqlite() if settings.is_on_sqlite else _of_postgres()) | {
        # What somebody wrote must not stand in the log beside the error that it caused.
        "hide_parameters": True,
        # A thread may need a second connection for a moment, because the text model reads what is committed. A cap
        # could make all threads wait for one another.
        "max_overflow": -1,
        # The connection that was used last has its statements prepared and its pages at hand.
        "pool_use_lifo": True,
    }


def prepare(engine: sa.Engine) -> None:
    """Let the engine's connections be as ours should be, and its transactions begin and end in our words."""
    tell = _tell_sqlite if engine.dialect.name == "sqlite" else _tell_postgres
    # Before SQLAlchemy asks the first connection what it leads to.
    event.listen(engine, "connect", tell, insert=True)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "commit", _commit)
    event.listen(engine, "handle_error", _conceal)


def schema_version(connection: Connection) -> str | None:
    """The step of the migrations that a database has come to; None where there are no tables."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.scalar(sa.text("SELECT version_num FROM alembic_version"))


def watch_over(settings: Settings) -> Watch:
    """What tells of commits."""
    if settings.is_on_sqlite:
        return SqliteWatch(settings.database_path)
    return PostgresWatch(settings.database_address)


def _of_sqlite() -> dict[str, Any]:
    return {"connect_args": {"cached_statements": KEPT_STATEMENTS}}


def _of_postgres() -> dict[str, Any]:
    return {
        "connect_args": CONNECTING,
        # Values by their place, as SQLite has them.
        "paramstyle": "format",
        # A server may be started anew; its file is always there.
        "pool_pre_ping": True,
    }


def _tell_postgres(connection: Any, record: object) -> None:
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise BadSettings(
            f"DATABASE_URL names a database whose encoding is {encoding}: make one with ENCODING 'UTF8'."
        )
    connection.autocommit = True
    connection.prepared_max = KEPT_STATEMENTS
    for sql in SAID_TO_POSTGRES:
        connection.execute(sql)


def _tell_sqlite(connection: Any, record: object) -> None:
    # With isolation_level None the driver never begins by itself, so that BEGIN IMMEDIATE is ours to say.
    connection.isolation_level = None
    for name, value in PRAGMAS.items():
        connection.execute(f"PRAGMA {name} = {value}")


def _conceal(context: ExceptionContext) -> BaseException | None:
    """What `hide_parameters` does not hide: PostgreSQL tells values of its own accord."""
    fault, said = context.original_exception, context.sqlalchemy_exception
    if context.engine is not None:
        kind_of(context.engine).conceal(fault)
    if isinstance(said, DBAPIError):
        said.args = (f"({type(fault).__module__}.{type(fault).__name__}) {fault}",)
    return None


def _commit(connection: Connection) -> None:
    statements.must_be_open(connection.engine, connection.connection.driver_connection)


def _begin(connection: Connection) -> None:
    begins = getattr(kind_of(connection.engine), connection.get_execution_options().get("begin", "snapshot"))
    statements.say(connection.engine, connection.connection.driver_connection, begins)
