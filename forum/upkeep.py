"""What the databases need beside what is asked of them.

SQLite, by the clock and at the end, has its write-ahead log made short again. Nobody takes statistics for its planner
(ANALYZE). Without them every board has the plans that a house test proves, at any size. With them each board has its
own: taken before anybody moderated, they made `/log` walk through all members.
"""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from multiprocessing.util import Finalize

from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from forum import jobs
from forum.db import db, turn
from forum.engines import WAL_BYTES

log = logging.getLogger(__name__)

# Readers are gone in milliseconds. One that stays, as a backup does, is waited for no longer than a writer may be.
PATIENCE_MS = 1_000


def init(app: Flask) -> None:
    """Look every ten minutes; it costs a look at the file's size. PostgreSQL looks after itself."""
    if app.config["SETTINGS"].is_on_sqlite:
        jobs.define(app, shorten_log, name="shorten_log", minute="*/10")


def empty_log_at_end(app: Flask) -> None:
    """Bring the log into the database when this process ends and no other one is in the way.

    So the database's file alone is the whole board once it is stopped: who copies it loses nothing. To be called in
    the process that serves, after any fork.
    """
    if not app.config["SETTINGS"].is_on_sqlite:
        return
    # After those who write at the end, such as read marks. Not by atexit, without which multiprocessing's children end.
    Finalize(None, _end, args=(app,), exitpriority=-1)


def _end(app: Flask) -> None:
    try:
        with app.app_context():
            _checkpoint()
    except (sqlite3.Error, SQLAlchemyError) as fault:
        log.warning("the write-ahead log could not be brought in: %s", fault)


def take_statistics() -> None:
    """Let PostgreSQL know how large its tables are, once much was written at once; a second for 200,000 posts.

    It plans by that, and by itself looks after a minute or two. Until then the page of a member walked through all
    threads. Nothing on SQLite, see above.
    """
    if not current_app.config["SETTINGS"].is_on_sqlite:
        with closing(db.engine.raw_connection()) as connection:
            connection.execute("ANALYZE")


def shorten_log() -> bool:
    """Bring the write-ahead log into the database and empty it, when it is due; False when a reader was in the way.

    SQLite begins the log anew by itself at a moment without any reader. On a board that is always being read there is
    none, and then the log only grows, and each look into it takes longer.
    """
    path = current_app.config["SETTINGS"].database_path
    log_path = path.with_name(f"{path.name}-wal")
    if not log_path.exists() or log_path.stat().st_size <= WAL_BYTES:
        return True
    is_done = _checkpoint()
    log.info("the write-ahead log was %s", "emptied" if is_done else "in use, and is looked at again later")
    return is_done


def _checkpoint() -> bool:
    # Not the engine's connection, which begins a transaction, and there is no checkpoint inside of one.
    with turn(), closing(db.engine.raw_connection()) as connection:
        before = connection.execute("PRAGMA busy_timeout").fetchone()[0]
        connection.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
        try:
            was_busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        finally:
            connection.execute(f"PRAGMA busy_timeout = {before}")
    return not was_busy
