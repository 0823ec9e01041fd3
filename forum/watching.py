"""How a process learns that somebody committed, so that what it keeps is right as of the last commit."""

from __future__ import annotations

import itertools
import logging
import math
import select
import sqlite3
import threading
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from mmap import mmap
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from forum import walindex

if TYPE_CHECKING:
    import psycopg

log = logging.getLogger(__name__)

# What the triggers of `page_versions` notify.
CHANNEL = "page_versions"
# A line to the server that was cut somewhere tells nothing, so once in this time it is asked for an answer.
PULSE_S = 1.0
# How a connection to PostgreSQL is made, and how libpq finds out that a server is gone which does not say so: after
# some ten seconds rather than two hours.
CONNECTING = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    "application_name": "engawa",
}


class Unreadable(Exception):
    """The database can't be asked at the moment."""


class Watch(Protocol):
    """Tells what changed since a page was made, by a connection of its own that never writes.

    While the moment stands still nothing has changed, and nothing else has to be asked.
    """

    def moment(self) -> int:
        """A number that is another one after each commit that changes what a page shows. Raises Unreadable."""
        ...

    def glance(self) -> int | None:
        """The moment, where it is known without asking; else None. It waits for nobody."""
        ...

    def newest(self, topics: Sequence[str]) -> int:
        """The version of whatever changed last of `topics`, 0 if nothing did; one statement. Raises Unreadable."""
        ...

    def state(self) -> int | None:
        """A number that is another one as soon as anybody has committed; None where there is none to be had."""
        ...

    def wrote(self) -> None:
        """To be told when this process has committed, before anybody hears of it."""
        ...

    def close(self) -> None:
        """Leave the database until something is asked again."""
        ...


class SqliteWatch:
    """The watch over a file. SQLite counts for a connection the commits of all others, in whatever process
    (`PRAGMA data_version`). Even the count is only asked for when the wal-index has changed since: a look at it takes
    0.2 µs, the statement 3 and the wait for the interpreter more.
    """

    def __init__(self, database: Path) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._index: mmap | None = None
        self._last: tuple[bytes | None, int] = None, 0
        """The header of the wal-index, and a moment that was asked for after this was read."""

    def moment(self) -> int:
        moment = self.glance()
        if moment is None:
            header = self._index[:] if self._index else None
            with self._lock:
                moment = self._ask("PRAGMA data_version")
            self._last = header, moment
        return moment

    def glance(self) -> int | None:
        seen, moment = self._last
        return moment if self._index and self._index[:] == seen else None

    def newest(self, topics: Sequence[str]) -> int:
        marks = ",".join("?" * len(topics))
        query = f"SELECT max(version) FROM page_versions WHERE topic IN ({marks})"  # noqa: S608 - marks only
        with self._lock:
            return self._ask(query, topics) or 0

    def state(self) -> int | None:
        try:
            return self.moment()
        except Unreadable:
            return None

    def wrote(self) -> None:
        """Nothing to do: the file tells of every commit, ours too."""

    def close(self) -> None:
        """Nothing to do: a file does not mind, and its wal-index must not be closed (`walindex.find`)."""

    def _ask(self, query: str, values: Sequence[str] = ()) -> Any:
        # Opened at the first question, because the application is made before a server forks its workers, and a
        # connection to SQLite must not be carried over a fork.
        try:
            if self._connection is None:
                connection = sqlite3.connect(self._database, isolation_level=None, check_same_thread=False)
                connection.execute("PRAGMA query_only = ON")
                connection.execute("SELECT 1 FROM sqlite_schema").fetchone()
                self._index = walindex.find(connection, self._database)
                self._connection = connection
            return self._connection.execute(query, values).fetchone()[0]
        except sqlite3.Error as fault:
            raise Unreadable from fault


class PostgresWatch:
    """The watch over a server, which sends a notification with each commit that changes a version.

    Whether one came is a look at the socket, of a microsecond or two. Between a commit and its notification lies a
    millisecond, on a busy machine some tens, in which another process still finds right what was right a moment ago;
    the one that committed does not, for it is told (`wrote`). A server that says nothing is asked every PULSE_S. Where
    no answer comes in that time nobody else waits for it: the watch is Unreadable until one does.
    """

    def __init__(self, address: str, pulse_s: float = PULSE_S) -> None:
        """`address` is one of libpq's, such as postgresql://user:password@host/board."""
        self._address = address
        self._pulse_s = pulse_s
        self._lock = threading.Lock()
        self._connection: psycopg.Connection[Any] | None = None
        self._socket: int | None = None
        """The connection's, while it is open."""
        self._moments = itertools.count()
        self._moment = next(self._moments)
        self._heard_s = self._asked_s = self._failed_s = -math.inf
        """When the server answered last, was asked last and failed last, by the clock of `time.monotonic`."""

    def moment(self) -> int:
        if self._is_due():
            with self._turn():
                # Unless another one has asked meanwhile.
                if self._is_due():
                    self._ask("SELECT 1")
        return self._moment

    def glance(self) -> int | None:
        # While somebody asks, the server may keep what it has to notify until it has answered.
        return None if self._lock.locked() or self._is_due() else self._moment

    def newest(self, topics: Sequence[str]) -> int:
        query = "SELECT max(version) FROM page_versions WHERE topic = ANY(%s)"
        with self._turn():
            return self._ask(query, [list(topics)]) or 0

    def state(self) -> int | None:
        """None: a notification comes after the commit, if only by a millisecond."""
        return None

    def wrote(self) -> None:
        self._moment = next(self._moments)

    def close(self) -> None:
        with self._lock:
            self._drop()

    def _is_due(self) -> bool:
        """Whether the server has to be asked: it has sent something, or nothing for long."""
        socket = self._socket
        return socket is None or time.monotonic() - self._heard_s > self._pulse_s or _has_unread(socket)

    @contextmanager
    def _turn(self) -> Generator[None]:
        """The turn to ask, which is not waited for when whoever has it is not answered."""
        now_s = time.monotonic()
        if now_s - self._failed_s < self._pulse_s:
            raise Unreadable
        asking_s = now_s - self._asked_s if self._lock.locked() else 0.0
        if not self._lock.acquire(timeout=max(0.0, PULSE_S - asking_s)):
            raise Unreadable
        try:
            yield
        finally:
            self._lock.release()

    def _drop(self) -> None:
        self.wrote()
        connection, self._connection, self._socket = self._connection, None, None
        if connection is not None:
            connection.close()

    def _ask(self, query: str, values: Sequence[Any] | None = None) -> Any:
        # Loaded where it is used: a board on a file needs none of it.
        import psycopg  # noqa: PLC0415

        self._asked_s = time.monotonic()
        try:
            if self._connection is None:
                self._connection = self._opened(psycopg)
            # What the server notified before it answers is handed over with the answer.
            row = self._connection.execute(query.encode(), values).fetchone()
        except psycopg.Error as fault:
            log.warning("the database can't be watched, so that no page is kept: %s", fault)
            # Nobody knows what was notified meanwhile.
            self._drop()
            self._failed_s = time.monotonic()
            raise Unreadable from fault
        self._heard_s = time.monotonic()
        return row[0] if row else None

    def _opened(self, psycopg: Any) -> psycopg.Connection[Any]:
        connection = psycopg.connect(self._address, autocommit=True, **CONNECTING)
        connection.add_notify_handler(lambda _: self.wrote())
        connection.execute(f"LISTEN {CHANNEL}")
        self.wrote()
        self._socket = connection.fileno()
        return connection


def _has_unread(socket: int) -> bool:
    """Whether the other end has sent something that nobody read yet, or has gone."""
    # One for each look, since two threads may not use the same.
    looked = select.poll()
    looked.register(socket, select.POLLIN)
    return bool(looked.poll(0))
