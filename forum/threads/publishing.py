"""What is public: the one place where a post or a version appears or goes, with all counters kept right.

Counters speak of what everybody sees: a thread's count of its public posts, a board's and a member's of public posts in
public threads. They are changed by SQL expressions in the same transaction, never from a number read before.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import identity_key

from forum.accounts.models import User
from forum.schema import Instant
from forum.statements import Source, Statement
from forum.text.languages import language_of
from forum.text.rendering import Rendered, render
from forum.text.slugs import slugify
from forum.threads import mentions
from forum.threads.models import Board, Post, Revision, RevisionStatus, Status, Thread

_now = sa.bindparam("now", type_=Instant)
# A post with a new number is the newest of its thread. The clock was read before this writer's turn came, and the order
# of numbers is the order of publication.
_APPEND = Statement(
    sa.update(Thread)
    .where(Thread.id == sa.bindparam("thread_id"))
    .values(
        last_number=Thread.last_number + 1,
        posts_count=Thread.posts_count + 1,
        last_post_at=sa.case((Thread.last_post_at > _now, Thread.last_post_at), else_=_now),
        last_author_id=sa.bindparam("by_id"),
    )
    .returning(Thread.last_number, Thread.last_post_at, Thread.board_id, Thread.status)
)
_ADD = Statement(sa.insert(Post).returning(Post.id))
_COUNT_FOR_BOARD = Statement(
    sa.update(Board)
    .where(Board.id == sa.bindparam("board_id"))
    .values(posts_count=Board.posts_count + sa.bindparam("step"))
)
_COUNT_FOR_AUTHOR = Statement(
    sa.update(User)
    .where(User.id == sa.bindparam("author_id"))
    .values(posts_count=User.posts_count + sa.bindparam("step"))
)
_SHOW_THREAD = Statement(
    sa.update(Thread).where(Thread.id == sa.bindparam("thread_id")).values(status=sa.bindparam("new_status"))
)
_COUNTED_THREAD = Statement(
    sa.select(Thread.board_id, Thread.status, Thread.posts_count).where(
        Thread.id == sa.bindparam("thread_id")
    )
)
_COUNT_THREAD_FOR_BOARD = Statement(
    sa.update(Board)
    .where(Board.id == sa.bindparam("board_id"))
    .values(
        threads_count=Board.threads_count + sa.bindparam("sign"),
        posts_count=Board.posts_count + sa.bindparam("step"),
    )
)
_POSTS_BY_AUTHOR = Statement(
    sa.select(Post.author_id, sa.func.count().label("n_posts"))
    .where(Post.thread_id == sa.bindparam("thread_id"), Post.status == Status.PUBLIC)
    .group_by(Post.author_id)
)


class Added(NamedTuple):
    """A new post; `number` is None while it waits."""

    post_id: int
    number: int | None = None


def add(source: Source, post: Mapping[str, Any], now: datetime) -> Added:
    """Put a new post, by its columns, at the end of its thread, for everybody to see, with the thread that it opens.

    Four statements; for one that opens a thread six, and one for each author. They go past the session, which must not
    hold the thread.
    """
    given = {"thread_id": post["thread_id"], "by_id": post["author_id"], "now": now}
    thread = _APPEND.one(source, given)
    shown = {"status": Status.PUBLIC, "number": thread.last_number, "published_at": thread.last_post_at}
    added = Added(_ADD.one(source, {**post, **shown}).id, thread.last_number)
    if post["is_opening"]:
        _show_thread(source, post["thread_id"], Status.PUBLIC)
    elif thread.status == Status.PUBLIC:
        _count_beside(source, thread.board_id, post["author_id"], +1)
    return added


def add_held(source: Source, post: Mapping[str, Any]) -> Added:
    """Put a new post, by its columns, where it waits for a moderator. One INSERT."""
    return Added(_ADD.one(source, {**post, "status": Status.HELD}).id)


def publish(session: Session, post_id: int, now: datetime) -> None:
    """Make a post public, with its thread when it opens one. It gets its number the first time."""
    _change(session, post_id, Status.PUBLIC, now)


def take_away(session: Session, post_id: int, status: Status, now: datetime) -> None:
    """Take a post from the public, as REMOVED or DELETED; with it the thread that it opens. It keeps its number."""
    _change(session, post_id, status, now)


def hold_again(session: Session, post_id: int, now: datetime) -> None:
    """Let a post wait for a moderator again, as before a decision that is undone."""
    _change(session, post_id, Status.HELD, now)


def publish_revision(
    session: Session, revision_id: int, now: datetime, rendered: Rendered | None = None
) -> None:
    """Make a version the public one; `rendered` is its HTML, where it was made before the transaction."""
    revision = session.get_one(Revision, revision_id)
    revision.status = RevisionStatus.PUBLIC
    post = session.get_one(Post, revision.post_id)
    post.versions += 1
    _show(session, post, revision, rendered)


def reject_revision(session: Session, revision_id: int) -> None:
    """Let a waiting version never become public."""
    session.get_one(Revision, revision_id).status = RevisionStatus.REJECTED


def hold_revision_again(session: Session, revision_id: int) -> None:
    """Let a version wait again, as before a decision that is undone; the public version is the one before it."""
    revision = session.get_one(Revision, revision_id)
    was_public = revision.status == RevisionStatus.PUBLIC
    revision.status = RevisionStatus.HELD
    if not was_public:
        return
    session.flush()
    before = session.scalars(
        sa.select(Revision)
        .where(Revision.post_id == revision.post_id, Revision.status == RevisionStatus.PUBLIC)
        .order_by(Revision.id.desc())
        .limit(1)
    ).one()
    post = session.get_one(Post, revision.post_id)
    post.versions -= 1
    _show(session, post, before)


def _show(session: Session, post: Post, revision: Revision, rendered: Rendered | None = None) -> None:
    rendered = rendered or render(revision.body, mentions.known(session, revision.body))
    post.body, post.html, post.lang = revision.body, rendered.html, rendered.lang
    post.edited_at = revision.created_at if post.versions > 1 else None
    if revision.title is not None:
        thread = session.get_one(Thread, post.thread_id)
        thread.title = revision.title
        thread.slug = slugify(revision.title)
        thread.lang = language_of(revision.title)


def _change(session: Session, post_id: int, status: Status, now: datetime) -> None:
    post = session.get_one(Post, post_id)
    if post.status == status:
        return
    step = (status == Status.PUBLIC) - (post.status == Status.PUBLIC)
    if post.is_opening:
        _count_thread(session, post.thread_id, -1)
    post.status = status
    if status == Status.PUBLIC and post.number is None:
        post.number, newest_at = _next_number(session, post.thread_id)
        # The clock was read before this writer's turn came; the order of numbers is the order of publication.
        post.published_at = max(now, newest_at)
    session.flush()
    if step:
        _count_post(session, post, step)
    if post.is_opening:
        _show_thread(session, post.thread_id, status)
        # Whoever holds the thread sees what the statement made of it.
        held = session.identity_map.get(identity_key(Thread, post.thread_id))
        if held is not None:
            session.expire(held)


def _show_thread(source: Source, thread_id: int, status: Status) -> None:
    _SHOW_THREAD.run(source, {"thread_id": thread_id, "new_status": status})
    _count_thread(source, thread_id, +1)


def _next_number(session: Session, thread_id: int) -> tuple[int, datetime]:
    """A new number, and when the thread's newest post was published."""
    statement = sa.update(Thread).where(Thread.id == thread_id).values(last_number=Thread.last_number + 1)
    row = session.execute(statement.returning(Thread.last_number, Thread.last_post_at)).one()
    return row.last_number, row.last_post_at


def _count_post(session: Session, post: Post, step: int) -> None:
    """Keep the thread's count and newest post right, and the board's and author's unless it opens the thread."""
    newest = (
        sa.select(Post.published_at, Post.author_id)
        .where(Post.thread_id == post.thread_id, Post.status == Status.PUBLIC)
        .order_by(Post.number.desc())
        .limit(1)
    )
    last = session.execute(newest).first()
    thread = (
        sa.update(Thread)
        .where(Thread.id == post.thread_id)
        .values(
            posts_count=Thread.posts_count + step,
            last_post_at=last.published_at if last else Thread.created_at,
            last_author_id=last.author_id if last else None,
        )
    )
    board_id, status = session.execute(thread.returning(Thread.board_id, Thread.status)).one()
    if status != Status.PUBLIC or post.is_opening:
        return
    _count_beside(session, board_id, post.author_id, step)


def _count_beside(source: Source, board_id: int, author_id: int, step: int) -> None:
    """Keep the counts of the board and the author right."""
    _COUNT_FOR_BOARD.run(source, {"board_id": board_id, "step": step})
    _COUNT_FOR_AUTHOR.run(source, {"author_id": author_id, "step": step})


def _count_thread(source: Source, thread_id: int, sign: int) -> None:
    """Add a public thread with all its public posts to the board's and authors' counts, or take it off. O(posts)."""
    thread = _COUNTED_THREAD.one(source, {"thread_id": thread_id})
    if thread.status != Status.PUBLIC:
        return
    given = {"board_id": thread.board_id, "sign": sign, "step": sign * thread.posts_count}
    _COUNT_THREAD_FOR_BOARD.run(source, given)
    for author_id, n_posts in _POSTS_BY_AUTHOR.all(source, {"thread_id": thread_id}):
        _COUNT_FOR_AUTHOR.run(source, {"author_id": author_id, "step": sign * n_posts})
