"""The one import of Flask-SQLAlchemy: the session, the one way to write, and SQLite as it should be run."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from forum.schema import Model
from forum.settings import Settings

# How long a writer waits for the one before it. Longer than any write takes; shorter than a visitor's patience.
BUSY_TIMEOUT_MS = 10_000
CACHE_KIB = 16_384
MMAP_BYTES = 256 * 1024 * 1024

db = SQLAlchemy(metadata=Model.metadata, session_options={"expire_on_commit": False})


def init(app: Flask, settings: Settings) -> None:
    """Bind the database to the application."""
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
        # What somebody wrote must not stand in the log beside the error that it caused.
        "hide_parameters": True,
        # A thread may need a second connection for a moment, because the text model reads what is committed. A cap
        # could make all threads wait for one another.
        "max_overflow": -1,
        # The session ends each transaction itself before it gives the connection back.
        "pool_reset_on_return": None,
    }
    db.init_app(app)
    with app.app_context():
        event.listen(db.engine, "connect", _prepare)
        event.listen(db.engine, "begin", _begin)


def reading() -> Session:
    """The session of this request or job, for reading: one snapshot until the context ends or `write()` begins."""
    return db.session()


@contextmanager
def write() -> Generator[Session]:
    """One transaction that may write: committed when the block ends, rolled back when it raises.

    Ends the snapshot that reading began, because SQLite can't turn a stale snapshot into a writer. While it waited its
    turn others may have written, so whatever a decision rests on is read inside the block: the viewer too, which
    `forum.web.viewer.writing` sees to. Opened by the view, the command or the job, never by a verb, and never twice.
    """
    session = db.session()
    if session.info.get("is_writing"):
        raise RuntimeError("a transaction that writes is open already")
    session.rollback()
    session.connection(execution_options={"begin": "IMMEDIATE"})
    session.info["is_writing"] = True
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info["is_writing"] = False


def _prepare(connection: sqlite3.Connection, record: object) -> None:
    # With isolation_level None the driver never begins by itself, so that BEGIN IMMEDIATE is ours to say.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA journal_mode = WAL")
    # FULL: a commit that was answered survives a power cut, not only a killed process.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    # Else INSERT OR REPLACE would go round the triggers that keep what moderators did.
    connection.execute("PRAGMA recursive_triggers = ON")
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    connection.execute(f"PRAGMA mmap_size = {MMAP_BYTES}")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get('begin', 'DEFERRED')}")
