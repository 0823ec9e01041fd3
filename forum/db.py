"""The one import of Flask-SQLAlchemy: the session, the one way to write, and the databases as they should be run."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import AbstractContextManager, contextmanager
from types import MappingProxyType
from typing import Any

from flask import Flask, current_app, g
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.engine import Connection, ExceptionContext
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from forum import statements
from forum.commits import Commits
from forum.drivers import kind_of
from forum.schema import Model
from forum.settings import BadSettings, Settings
from forum.statements import Source, Transaction, Transactions
from forum.turns import Turns
from forum.watching import CONNECTING, PostgresWatch, SqliteWatch

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

db = SQLAlchemy(metadata=Model.metadata, session_options={"expire_on_commit": False})


def init(app: Flask, settings: Settings) -> None:
    """Bind the database to the application."""
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    kind_of_database = _of_sqlite() if settings.is_on_sqlite else _of_postgres()
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = kind_of_database | {
        # What somebody wrote must not stand in the log beside the error that it caused.
        "hide_parameters": True,
        # A thread may need a second connection for a moment, because the text model reads what is committed. A cap
        # could make all threads wait for one another.
        "max_overflow": -1,
        # The connection that was used last has its statements prepared and its pages at hand.
        "pool_use_lifo": True,
    }
    turns = app.extensions["turns"] = Turns(settings.turns_path)
    watch = app.extensions["watch"] = (
        SqliteWatch(settings.database_path)
        if settings.is_on_sqlite
        else PostgresWatch(settings.database_address)
    )
    db.init_app(app)
    app.teardown_appcontext(_end)
    with app.app_context():
        # Before SQLAlchemy asks the first connection what it leads to.
        prepare = _prepare_sqlite if settings.is_on_sqlite else _prepare_postgres
        event.listen(db.engine, "connect", prepare, insert=True)
        event.listen(db.engine, "begin", _begin)
        event.listen(db.engine, "commit", _commit)
        event.listen(db.engine, "handle_error", _conceal)
        event.listen(db.engine, "engine_disposed", lambda _: watch.close())
        transactions = app.extensions["transactions"] = Transactions(db.engine)
    app.extensions["commits"] = Commits(turns, transactions)


def reading() -> Session:
    """The session of this request or job, for reading: one snapshot until the context ends or `write()` begins."""
    if "change" in g:
        raise RuntimeError("a session does not see what change() has written")
    return db.session()


def snapshot() -> Source:
    """The same for `Statement`s alone, and much cheaper: the session where it has begun, else a snapshot of its own.

    A page that reads through both sees two moments, between which only others' commits lie. Within `change()` it is
    what has been changed so far.
    """
    if "change" in g:
        return g.change
    if db.session.registry.has() and db.session().in_transaction():
        return db.session()
    if "snapshot" not in g:
        g.snapshot = current_app.extensions["transactions"].snapshot()
    return g.snapshot


@contextmanager
def write() -> Generator[Session]:
    """One transaction that may write: committed when the block ends, rolled back when it raises.

    Ends the snapshot that reading began, because SQLite can't turn a stale snapshot into a writer. While it waited its
    turn others may have written, so whatever a decision rests on is read inside the block: the viewer too, which
    `forum.web.viewer.writing` sees to. Opened by the view, the command or the job, never by a verb, and never twice.
    """
    with _writing(), turn():
        yield from _transaction(db.session())


@contextmanager
def change() -> Generator[Transaction]:
    """The same for `Statement`s alone, and a third of a millisecond cheaper; several at once have one commit."""
    with _writing(), current_app.extensions["commits"].change() as transaction:
        g.change = transaction
        try:
            yield transaction
        finally:
            del g.change


def turn() -> AbstractContextManager[None]:
    """The turn of one writer, for `write()` and for what keeps writers waiting without a transaction."""
    return current_app.extensions["turns"].turn()


@contextmanager
def _writing() -> Generator[None]:
    """Room for the one transaction of this context that writes, with nothing left of what was read before."""
    if "is_writing" in g:
        raise RuntimeError("a transaction that writes is open already")
    _end_snapshot()
    if db.session.registry.has():
        db.session().rollback()
    g.is_writing = True
    try:
        yield
    finally:
        del g.is_writing
        current_app.extensions["watch"].wrote()


def _end_snapshot() -> None:
    held: Transaction | None = g.pop("snapshot", None)
    if held is not None:
        held.end()


def _end(_fault: BaseException | None = None) -> None:
    """End what a request read by. With the line to a server it has ended already, and the answer is as good as ever."""
    _end_snapshot()
    try:
        db.session.remove()
    except DBAPIError as fault:
        if not fault.connection_invalidated:
            raise
        db.session.registry.clear()


def _transaction(session: Session) -> Generator[Session]:
    connection = session.connection(execution_options={"begin": "change"})
    try:
        with statements.reached_by(session, connection):
            yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise


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


def _prepare_postgres(connection: Any, record: object) -> None:
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise BadSettings(
            f"DATABASE_URL names a database whose encoding is {encoding}: make one with ENCODING 'UTF8'."
        )
    connection.autocommit = True
    connection.prepared_max = KEPT_STATEMENTS
    for sql in SAID_TO_POSTGRES:
        connection.execute(sql)


def _prepare_sqlite(connection: Any, record: object) -> None:
    # With isolation_level None the driver never begins by itself, so that BEGIN IMMEDIATE is ours to say.
    connection.isolation_level = None
    for name, value in PRAGMAS.items():
        connection.execute(f"PRAGMA {name} = {value}")


def _conceal(context: ExceptionContext) -> BaseException | None:
    """What `hide_parameters` does not hide: PostgreSQL tells values of its own accord."""
    fault, said = context.original_exception, context.sqlalchemy_exception
    kind_of(context.engine or db.engine).conceal(fault)
    if isinstance(said, DBAPIError):
        said.args = (f"({type(fault).__module__}.{type(fault).__name__}) {fault}",)
    return None


def _commit(connection: Connection) -> None:
    statements.must_be_open(connection.engine, connection.connection.driver_connection)


def _begin(connection: Connection) -> None:
    begins = getattr(kind_of(connection.engine), connection.get_execution_options().get("begin", "snapshot"))
    statements.say(connection.engine, connection.connection.driver_connection, begins)
