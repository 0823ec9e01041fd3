"""What SQLite needs by the clock: its write-ahead log brought into the database, and made short again.

Nobody takes statistics for the planner (ANALYZE). Without them every board has the plans that a house test proves, at
any size. With them each board has its own: taken before anybody moderated, they made `/log` walk through all members.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from contextlib import closing
from mmap import mmap
from typing import Any

from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from forum import jobs, walindex
from forum.db import WAL_BYTES, db, turn

log = logging.getLogger(__name__)

# Readers are gone in milliseconds. One that stays, as a backup does, is waited for no longer than a writer may be.
PATIENCE_MS = 1_000
# As many pages of the log are brought in at once, as SQLite itself would. A reply writes twenty.
DUE_PAGES = 1_000
# At four hundred replies a second it is due as often; to look takes a microsecond.
LOOK_EVERY_S = 0.1


def init(app: Flask) -> None:
    """Look at its length every ten minutes; it costs a look at the file's size."""
    jobs.define(app, shorten_log, name="shorten_log", minute="*/10")


def start(app: Flask) -> threading.Event:
    """Let a thread of this process bring the log in whenever it is due, until the event; call it after any fork.

    SQLite would let the writer do it who finds it due, with everybody in line behind: of 600 replies the twenty that
    were so unlucky took more than half of the time of all commits, and one of them 0.2 s. Readers and writers go on
    meanwhile.
    """
    is_over = threading.Event()
    threading.Thread(target=_bring_in_log, args=(app, is_over), name="log-upkeep", daemon=True).start()
    return is_over


def _bring_in_log(app: Flask, is_over: threading.Event) -> None:
    opened = None
    while not is_over.wait(LOOK_EVERY_S):
        try:
            connection, index = opened = opened or _opened(app)
            if index is None:
                log.info("the write-ahead log is brought in by those who write")
                return
            if walindex.waiting_pages(index) >= DUE_PAGES:
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        except (sqlite3.Error, SQLAlchemyError) as fault:
            log.warning("the write-ahead log could not be brought in: %s", fault)
            is_over.wait(PATIENCE_MS / 1000)


def _opened(app: Flask) -> tuple[Any, mmap | None]:
    """A connection of the thread's own, which stays open as long as it looks at the wal-index, and that."""
    with app.app_context():
        held = db.engine.raw_connection()
    connection: Any = held.driver_connection
    held.detach()
    connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    return connection, walindex.find(connection, app.config["SETTINGS"].database_path)


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
