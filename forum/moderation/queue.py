"""What waits for a moderator: one line of held and reported things, in which one post is one thing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.cursors import place, read_place
from forum.moderation.models import Report
from forum.schema import Instant
from forum.screening.models import Screening
from forum.threads.models import Post, Status

# As many as are decided in one sitting; a longer page is only scrolled over.
ITEMS_PER_PAGE = 15

KEY = sa.func.coalesce(Screening.post_id, -Screening.author_id)
"""What the texts of one thing share: its post's id or, for a profile, the negative id of its member."""
IS_PENDING = Screening.decision == sa.literal_column("'pending'")
"""In words, not as a parameter: SQLite takes the partial index only when it can read its condition."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a thing stands in the line."""

    key: int
    """A post's id or, for a profile, the negative id of its member."""
    author_id: int
    since: datetime
    of_author: int
    """How many things of the same author wait, this one included."""


@dataclass(frozen=True, slots=True)
class Line:
    """A stretch of the line; `later` is the cursor of what follows, None at its end."""

    places: tuple[Place, ...]
    later: str | None


def waiting_count(session: Session) -> int:
    """How many things wait; one statement over the two small indexes of what is open."""
    return session.scalar(sa.select(sa.func.count()).select_from(_things())) or 0


def line(session: Session, after: str | None = None, author_id: int | None = None) -> Line:
    """The things that have waited longest, of all authors or of one; one statement at any depth.

    Raises NotFound for a cursor that we did not make.
    """
    things = _things()
    of_author = sa.func.count().over(partition_by=things.c.author_id).label("of_author")
    counted = sa.select(things, of_author).subquery()
    query = sa.select(counted).order_by(counted.c.since, counted.c.key).limit(ITEMS_PER_PAGE + 1)
    if author_id is not None:
        query = query.where(counted.c.author_id == author_id)
    if after is not None:
        behind = sa.tuple_(*read_place(after), types=(Instant, sa.Integer))
        query = query.where(sa.tuple_(counted.c.since, counted.c.key) > behind)
    found = [Place(row.key, row.author_id, row.since, row.of_author) for row in session.execute(query)]
    places = tuple(found[:ITEMS_PER_PAGE])
    later = place(places[-1].since, places[-1].key) if len(found) > ITEMS_PER_PAGE else None
    return Line(places, later)


def _things() -> sa.Subquery:
    """Held texts and open reports, put together by post. Reports on what is gone already wait for its return."""
    held = sa.select(KEY.label("key"), Screening.author_id, Screening.created_at.label("since")).where(
        IS_PENDING
    )
    reported = (
        sa.select(Report.post_id, Post.author_id, Report.created_at)
        .join(Post, Post.id == Report.post_id)
        .where(Report.closed_by_id.is_(None), Post.status == Status.PUBLIC)
    )
    both = sa.union_all(held, reported).subquery()
    since = sa.func.min(both.c.since).label("since")
    return sa.select(both.c.key, both.c.author_id, since).group_by(both.c.key, both.c.author_id).subquery()
