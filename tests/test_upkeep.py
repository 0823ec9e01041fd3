"""The write-ahead log does not grow for ever on a board that is always being read."""

from __future__ import annotations

import itertools
import sqlite3
import time
from contextlib import closing

import pytest

from forum import upkeep
from forum.db import db, write
from forum.engines import BUSY_TIMEOUT_MS
from tests import makers

pytestmark = pytest.mark.sqlite


@pytest.fixture
def grown(app):
    """A log that grew past any limit because the board was read at every moment; with its last reader."""
    path = app.config["SETTINGS"].database_path
    readers = itertools.cycle([sqlite3.connect(path), sqlite3.connect(path)])
    reader = begin(next(readers))
    with app.app_context():
        for number in range(4):
            with write() as session:
                makers.member(session, f"Member_{number}", bio="x" * 20_000_000)
            following = begin(next(readers))
            reader.rollback()
            reader = following
    yield path.with_name(f"{path.name}-wal"), reader
    reader.close()
    next(readers).close()


def begin(connection):
    """Let a connection hold a snapshot."""
    connection.execute("BEGIN")
    connection.execute("SELECT count(*) FROM users").fetchone()
    return connection


def test_a_log_that_grew_is_emptied_at_the_first_moment_without_a_reader(app, grown):
    log, reader = grown
    assert log.stat().st_size > 64 * 1024 * 1024
    with app.app_context():
        began = time.monotonic()
        assert not upkeep.shorten_log()
        # A writer would be patient for as long.
        assert time.monotonic() - began < BUSY_TIMEOUT_MS / 1000
        with write() as session:
            makers.member(session, "Meanwhile")
        reader.rollback()
        assert upkeep.shorten_log()
    assert log.stat().st_size == 0


def test_a_log_that_can_t_be_emptied_leaves_writers_their_patience(app):
    def patience_ms(connection):
        return connection.execute("PRAGMA busy_timeout").fetchone()[0]

    def deny(action, pragma, *more):
        return sqlite3.SQLITE_DENY if pragma == "wal_checkpoint" else sqlite3.SQLITE_OK

    with app.app_context():
        # The only connection of the pool is the one that is used.
        db.engine.dispose()
        with closing(db.engine.raw_connection()) as connection:
            usual_ms = patience_ms(connection)
            connection.set_authorizer(deny)
        with pytest.raises(sqlite3.DatabaseError):
            upkeep._checkpoint()
        with closing(db.engine.raw_connection()) as connection:
            assert patience_ms(connection) == usual_ms > upkeep.PATIENCE_MS
        db.engine.dispose()


def test_a_short_log_is_left_alone(app):
    path = app.config["SETTINGS"].database_path
    with app.app_context():
        with write() as session:
            makers.member(session)
        size = path.with_name(f"{path.name}-wal").stat().st_size
        assert upkeep.shorten_log()
    assert path.with_name(f"{path.name}-wal").stat().st_size == size > 0
