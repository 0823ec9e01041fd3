"""Limits on pace, counted in one place for all workers.

Pace of posting is counted from the posts themselves (`forum.threads.limits`); this is for what leaves no row behind,
such as failed log-ins. The counters lie in their own SQLite file, so that counting never waits for the board's writer.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from flask_babel import gettext as _
from limits import RateLimitItem
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

from forum.errors import TooFast
from forum.settings import Settings


def init(app: Flask, settings: Settings) -> None:
    """Give the application its counters, or none when the operator has lifted the limits."""
    storage = SqliteStorage(settings.data_dir / "limits.sqlite3")
    app.extensions["limiter"] = FixedWindowRateLimiter(storage) if settings.forum_limits else None


def are_lifted() -> bool:
    """Whether the operator has lifted all limits for a load test."""
    return current_app.extensions["limiter"] is None


def hit(limit: RateLimitItem, *key: str) -> None:
    """Count one more of what `key` names, at the cost of one small write.

    Raises TooFast when there have been more than `limit` allows in its window.
    """
    limiter: FixedWindowRateLimiter | None = current_app.extensions["limiter"]
    if limiter is None or limiter.hit(limit, *key):
        return
    wait_s = max(1, round(limiter.get_window_stats(limit, *key).reset_time - time.time()))
    raise TooFast(
        _("That was too often. Please try again in %(minutes)s min.", minutes=-(-wait_s // 60)), wait_s
    )


class SqliteStorage(Storage):
    """Counters for `limits` in an SQLite file, which that library has no storage for.

    Nothing here must survive a power cut, so commits do not wait for the disk.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._local = threading.local()
        with self._connection() as connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS counters"
                " (key TEXT PRIMARY KEY, amount INTEGER, expires_at REAL) WITHOUT ROWID"
            )
            connection.execute("CREATE INDEX IF NOT EXISTS counters_by_end ON counters (expires_at)")
        # SQLite's locks do not survive a fork, and this runs before one.
        self._local.connection.close()
        del self._local.connection

    @property
    def base_exceptions(self) -> type[Exception]:
        return sqlite3.Error

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        now = time.time()
        with self._connection() as connection:
            connection.execute("DELETE FROM counters WHERE expires_at <= ?", (now,))
            row = connection.execute(
                "INSERT INTO counters VALUES (?, ?, ?)"
                " ON CONFLICT (key) DO UPDATE SET amount = amount + excluded.amount RETURNING amount",
                (key, amount, now + expiry),
            ).fetchone()
        return row[0]

    def get(self, key: str) -> int:
        row = self._find(key)
        return row[0] if row else 0

    def get_expiry(self, key: str) -> float:
        row = self._find(key)
        return row[1] if row else time.time()

    def check(self) -> bool:
        return self.get("") == 0

    def reset(self) -> int | None:
        with self._connection() as connection:
            return connection.execute("DELETE FROM counters").rowcount

    def clear(self, key: str) -> None:
        with self._connection() as connection:
            connection.execute("DELETE FROM counters WHERE key = ?", (key,))

    def _find(self, key: str) -> Any:
        query = "SELECT amount, expires_at FROM counters WHERE key = ? AND expires_at > ?"
        with self._connection() as connection:
            return connection.execute(query, (key, time.time())).fetchone()

    def _connection(self) -> sqlite3.Connection:
        # One connection a thread; `with` on it commits. After a fork each worker's threads open their own.
        if not hasattr(self._local, "connection"):
            connection = sqlite3.connect(self._path, timeout=10)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = OFF")
            self._local.connection = connection
        return self._local.connection
