"""When what a page shows last changed: one number a topic, kept by triggers in the database itself.

So whoever writes, a worker, a command, an import or a person with an SQL prompt, changes the number in the same
transaction. A page that was made before that is then known to be old, in every process. The one exception is
INSERT OR REPLACE on a connection that has not said `PRAGMA recursive_triggers = ON`, as ours have: SQLite then takes
the old row away without a trigger. The triggers are in `migrations/versions/0003_page_versions.py` and, for
the clock, 0007, and, for what changes all the time, 0011; these are the topics:

    thread 7        the thread's row, its posts, whether it is locked or pinned
    board alt       the rows of the board's threads, as its list shows them, and their opening posts
    threads         the same of all boards together, and the boards' counts
    boards          the boards' names, descriptions and order
    people          what is shown of members beside their posts
    log             what moderators did
    clock           the highest number of all; it goes on by chance, so that no number comes twice, not even when a
                    backup that is restored has set it back. On PostgreSQL once in a transaction, and then everybody
                    who listens is notified (`forum.watching`)
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.schema import Model


class PageVersion(Model):
    """A topic, and the reading of the clock at its last change. Written by triggers only."""

    __tablename__ = "page_versions"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - how SQLAlchemy takes a table's options

    topic: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    version: Mapped[int] = mapped_column(sa.BigInteger)


def newest(*topics: sa.ColumnElement[str] | str) -> sa.ScalarSelect[int]:
    """The version of whatever changed last of `topics`, as a column for the statement that reads them."""
    query = sa.select(sa.func.max(PageVersion.version)).where(PageVersion.topic.in_(topics))
    return query.scalar_subquery()
