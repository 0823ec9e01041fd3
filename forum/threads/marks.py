"""What is new to a member: how far they have read each thread, against the moment from which on anything is new.

A post is new when it is public, by somebody else, behind the member's mark in its thread, and published since they
joined or last called everything read. So a newcomer does not meet the whole archive as unread.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.access import Viewer, require_member, visible_threads
from forum.accounts.models import User
from forum.errors import NotFound
from forum.schema import EPOCH, Instant
from forum.sql import entry, greatest
from forum.threads import seeing
from forum.threads.addresses import page_of, thread_url
from forum.threads.models import Post, ReadMark, Status, Thread
from forum.threads.posts import PostText
from forum.threads.seeing import Mark

# Nobody reads on for a larger number than for this one, and to count costs a look at each post.
MOST_COUNTED = 99

_reader = sa.bindparam("reader_id", type_=sa.Integer)
_since = sa.bindparam("since", type_=Instant)

# What a statement about threads is joined with, as an outer join of ReadMark; its values are those of `values`.
OF_READER = sa.and_(ReadMark.user_id == _reader, ReadMark.thread_id == Thread.id)

# What is noted and not yet stored comes with the question: {"7": 40}, or NULL, so that it is not searched in vain.
_marks = sa.bindparam("noted", type_=sa.String)
_noted = sa.case((_marks.is_not(None), entry(_marks, Thread.id.expression)))
SEEN: sa.ColumnElement[int] = greatest(sa.func.coalesce(ReadMark.number, 0), sa.func.coalesce(_noted, 0))
"""The highest number that the reader has seen of a thread, 0 for one that they never opened."""

# A thread of thousands that somebody left early is counted from its end.
_uncounted = greatest(SEEN, Thread.last_number - MOST_COUNTED - 1)
_is_news = sa.and_(
    Post.thread_id == Thread.id,
    Post.status == Status.PUBLIC,
    Post.author_id != _reader,
    Post.published_at > _since,
)
_news = sa.select(sa.func.count()).where(_is_news, Post.number > _uncounted).correlate(Thread, ReadMark)
# The cheap question stands first, and SEEN but once in each: SQLite works it out as often as it is written.
_is_recent = Thread.last_post_at > _since
_is_behind = sa.and_(_is_recent, SEEN.between(1, Thread.last_number - 1))

IS_NEW = sa.and_(_is_recent, Thread.last_author_id != _reader, SEEN == 0).label("is_new")
"""Whether the reader never opened a thread that somebody else wrote in last. Costs nothing beside the join."""
NEWS = sa.case((_is_behind, _news.scalar_subquery()), else_=0).label("news")
"""How many posts are new in a thread that they have read before, of those that have its last hundred numbers."""

_first_new = sa.select(Post.id).where(_is_news, Post.number > SEEN).order_by(Post.number).limit(1)
_newest = (
    sa.select(Post.id)
    .where(Post.thread_id == Thread.id, Post.status == Status.PUBLIC)
    .order_by(Post.number.desc())
    .limit(1)
)
_place = sa.func.coalesce(
    _first_new.correlate(Thread, ReadMark).scalar_subquery(), _newest.correlate(Thread).scalar_subquery()
)


def values(viewer: Viewer) -> dict[str, Any]:
    """What OF_READER, SEEN, IS_NEW and NEWS ask about a viewer."""
    noted = seeing.here().noted(viewer.id)
    return {"reader_id": viewer.id, "since": since(viewer), "noted": json.dumps(noted) if noted else None}


def since(viewer: Viewer) -> datetime:
    """The moment up to which everything counts as read."""
    return max((moment for moment in (viewer.joined_at, viewer.read_before) if moment), default=EPOCH)


def first_new(viewer: Viewer, seen: int, texts: Iterable[PostText]) -> int | None:
    """The id of the post that a page's news begin with; None when all or none of it is new.

    `seen` is the reader's mark before the page was shown. No statement.
    """
    if not seen:
        return None
    shown = [text for text in texts if text.status == Status.PUBLIC and text.number is not None]
    unread, moment = [text for text in shown if (text.number or 0) > seen], since(viewer)
    new = [text for text in unread if text.author_id != viewer.id and _published_at(text) > moment]
    return new[0].id if new and new[0] is not shown[0] else None


def note(viewer: Viewer, thread_id: int, seen: int, texts: Iterable[PostText], now: datetime) -> None:
    """Note that a member has seen a page, up to its last public post, unless they had before; no statement."""
    number = max((text.number or 0 for text in texts if text.status == Status.PUBLIC), default=0)
    if number > seen and not viewer.is_guest:
        seeing.here().note(viewer.id, thread_id, Mark(number, now))


def first_unread(session: Session, viewer: Viewer, thread_id: int) -> str:
    """Where a reader goes on in a thread: at the first new post, or at the newest where none is new.

    Its beginning, when they never opened it. One statement. Raises NotFound.
    """
    query = (
        sa.select(Thread.slug, SEEN.label("seen"), Post.id, Post.number)
        .outerjoin(ReadMark, OF_READER)
        .outerjoin(Post, Post.id == _place)
        .where(Thread.id == thread_id, visible_threads(viewer))
    )
    row: Any = session.execute(query, values(viewer)).first()
    if row is None:
        raise NotFound
    if not row.seen or row.number is None:
        return thread_url(thread_id, row.slug)
    return f"{thread_url(thread_id, row.slug, page_of(row.number))}#p{row.id}"


def read_all(session: Session, viewer: Viewer, until: datetime, now: datetime) -> None:
    """Let everything that was published until then, and no later than now, count as read. Raises Forbidden."""
    require_member(viewer)
    moment = sa.literal(min(until, now), Instant)
    latest = greatest(sa.func.coalesce(User.read_before, moment), moment)
    session.execute(sa.update(User).where(User.id == viewer.id).values(read_before=latest))


def _published_at(text: PostText) -> datetime:
    return text.published_at or text.created_at
