"""When what a page shows last changed: one number a topic, kept by triggers in the database itself.

So whoever writes, a worker, a command, an import or a person with an SQL prompt, changes the number in the same
transaction. A page that was made before that is then known to be old, in every process. The one exception is
INSERT OR REPLACE on a connection that has not said `PRAGMA recursive_triggers = ON`, as ours have: SQLite then takes
the old row away without a trigger. The triggers are in `migrations/versions/0003_page_versions.py` and, for
the clock, 0007; these are the topics:

    thread 7        the thread's row, its posts, whether it is locked or pinned
    board alt       the rows of the board's threads, as its list shows them, and their opening posts
    threads         the same of all boards together, and the boards' counts
    boards          the boards' names, descriptions and order
    people          what is shown of members beside their posts
    log             what moderators did
    clock           the highest number of all; it goes on by chance, so that no number comes twice, not even when a
                    backup that is restored has set it back
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Sequence
from mmap import mmap
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum import walindex
from forum.schema import Model


class PageVersion(Model):
    """A topic, and the reading of the clock at its last change. Written by triggers only."""

    __tablename__ = "page_versions"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - how SQLAlchemy takes a table's options

    topic: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    version: Mapped[int]


def newest(*topics: sa.ColumnElement[str] | str) -> sa.ScalarSelect[int]:
    """The version of whatever changed last of `topics`, as a column for the statement that reads them."""
    query = sa.select(sa.func.max(PageVersion.version)).where(PageVersion.topic.in_(topics))
    return query.scalar_subquery()


class Watch:
    """Tells what changed since a page was made, by a connection of its own that never writes.

    SQLite counts for a connection the commits of all others, in whatever process (`PRAGMA data_version`), so while
    that count stands still nothing has changed and nothing else has to be asked. Even the count is only asked for when
    the wal-index has changed since: a look at it takes 0.2 µs, the statement 3 and the wait for the interpreter more.
    """

    def __init__(self, database: Path) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._index: mmap | None = None
        self._last: tuple[bytes | None, int] = None, 0
        """The header of the wal-index, and a moment that was asked for after this was read."""

    def moment(self) -> int:
        """A number that is another one after each commit. Raises sqlite3.Error when the database can't be read."""
        header = self._index[:] if self._index else None
        seen, moment = self._last
        if header is None or header != seen:
            with self._lock:
                moment = self._ask("PRAGMA data_version")
            self._last = header, moment
        return moment

    def newest(self, topics: Sequence[str]) -> int:
        """The version of whatever changed last of `topics`, 0 if nothing did; one statement."""
        marks = ",".join("?" * len(topics))
        query = f"SELECT max(version) FROM page_versions WHERE topic IN ({marks})"  # noqa: S608 - marks only
        with self._lock:
            return self._ask(query, topics) or 0

    def _ask(self, query: str, values: Sequence[str] = ()) -> Any:
        # Opened at the first question, because the application is made before a server forks its workers, and a
        # connection to SQLite must not be carried over a fork.
        if self._connection is None:
            connection = sqlite3.connect(self._database, isolation_level=None, check_same_thread=False)
            connection.execute("PRAGMA query_only = ON")
            connection.execute("SELECT 1 FROM sqlite_schema").fetchone()
            self._index = walindex.find(connection, self._database)
            self._connection = connection
        return self._connection.execute(query, values).fetchone()[0]
