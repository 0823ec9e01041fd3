"""What feed readers get: only what everybody sees, whoever asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.access import listed_posts
from forum.accounts.models import User
from forum.errors import NotFound
from forum.threads.addresses import board_url, post_url, thread_url
from forum.threads.models import Board, Post, Status, Thread

ENTRIES = 30


@dataclass(frozen=True, slots=True)
class Entry:
    """A thread with its opening post, or a post."""

    address: str
    permanent: str
    title: str
    author: str
    lang: str
    html: str
    published_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed: its own address, the page that it belongs to, and its entries, the newest first."""

    title: str
    address: str
    page: str
    entries: tuple[Entry, ...]


def site(session: Session, title: str) -> Feed:
    """The threads of all boards with the newest posts; one statement."""
    return Feed(title, "/feed.atom", "/", _threads(session))


def board(session: Session, slug: str) -> Feed:
    """The threads of a board with the newest posts; two statements. Raises NotFound."""
    found = session.scalars(sa.select(Board).where(Board.slug == slug)).first()
    if found is None:
        raise NotFound
    return Feed(
        found.name, f"{board_url(slug)}.atom", board_url(slug), _threads(session, Thread.board_id == found.id)
    )


def thread(session: Session, thread_id: int) -> Feed:
    """The newest posts of a thread; two statements. Raises NotFound."""
    found = session.scalars(
        sa.select(Thread).where(Thread.id == thread_id, Thread.status == Status.PUBLIC)
    ).first()
    if found is None:
        raise NotFound
    query = (
        _select()
        .where(Post.thread_id == thread_id, listed_posts())
        .order_by(Post.number.desc())
        .limit(ENTRIES)
    )
    entries = tuple(
        _entry(row, post_url(row.post_id), row.edited_at or row.published_at)
        for row in session.execute(query)
    )
    return Feed(found.title, f"/t/{thread_id}.atom", thread_url(found.id, found.slug), entries)


def _threads(session: Session, *clauses: sa.ColumnElement[bool]) -> tuple[Entry, ...]:
    # In words, not as a parameter, of which PostgreSQL expects a handful of rows: it took all opening posts first.
    is_first = Post.number == sa.literal_column("1")
    query = _select().where(Post.is_opening, is_first, listed_posts(), *clauses)
    rows = session.execute(query.order_by(Thread.last_post_at.desc(), Thread.id.desc()).limit(ENTRIES))
    return tuple(_entry(row, thread_url(row.thread_id, row.slug), row.last_post_at) for row in rows)


def _select() -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            Post.id.label("post_id"),
            Post.html,
            Post.lang,
            Post.published_at,
            Post.edited_at,
            Thread.id.label("thread_id"),
            Thread.slug,
            Thread.title,
            Thread.last_post_at,
            sa.func.coalesce(sa.func.nullif(User.display_name, ""), User.name).label("author"),
        )
        .select_from(Thread)
        .join(Post, Post.thread_id == Thread.id)
        .join(User, User.id == Post.author_id)
    )


def _entry(row: Any, address: str, updated_at: datetime) -> Entry:
    return Entry(
        address=address,
        permanent=post_url(row.post_id),
        title=row.title,
        author=row.author,
        lang=row.lang,
        html=row.html,
        published_at=row.published_at,
        updated_at=updated_at,
    )
