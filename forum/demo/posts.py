"""The threads of the demo, written as time went by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.text import names
from forum.text.cleaning import clean
from forum.text.languages import language_of
from forum.text.rendering import render
from forum.text.slugs import slugify
from forum.threads.models import Board, Post, Status, Thread


@dataclass(frozen=True, slots=True)
class Contribution:
    """A public post of the thread with the title `thread`, written at `at`."""

    at: datetime
    author: str
    body: str
    thread: str
    board: str
    is_opening: bool


def contributions(threads: Iterable[tuple[str, dict[str, Any]]], now: datetime) -> Iterator[Contribution]:
    """What is written in threads, each with the slug of its board; all of a thread, then the next."""
    for board, thread in threads:
        at = now - timedelta(days=thread["days_ago"])
        yield Contribution(at, thread["author"], thread["body"], thread["title"], board, is_opening=True)
        for reply in thread.get("reply", ()):
            at += timedelta(hours=reply["after_hours"])
            yield Contribution(at, reply["author"], reply["body"], thread["title"], board, is_opening=False)


def add_posts(session: Session, written: Iterable[Contribution]) -> dict[str, int]:
    """Write the posts of all threads, oldest first, and count them; returns the threads' ids by title."""
    members = {user.name_key: user for user in session.scalars(sa.select(User))}
    mentionable = {key: user.name for key, user in members.items()}
    boards = {board.slug: board.id for board in session.scalars(sa.select(Board))}
    threads: dict[str, Thread] = {}
    for post in sorted(written, key=lambda post: post.at):
        author_id = members[names.key(post.author)].id
        if post.is_opening:
            threads[post.thread] = _add_thread(session, post, boards[post.board], author_id)
        thread = threads[post.thread]
        thread.last_number = thread.posts_count = thread.last_number + 1
        thread.last_post_at, thread.last_author_id = post.at, author_id
        row = new_post(thread.id, author_id, post.body, post.at, mentionable)
        row.number, row.is_opening = thread.last_number, post.is_opening
        row.status, row.published_at = Status.PUBLIC, post.at
        session.add(row)
    session.flush()
    _count(session)
    return {title: thread.id for title, thread in threads.items()}


def new_post(thread_id: int, author_id: int, body: str, at: datetime, mentionable: Mapping[str, str]) -> Post:
    """A post that is not public yet."""
    body = clean(body)
    rendered = render(body, mentionable)
    return Post(
        thread_id=thread_id,
        author_id=author_id,
        status=Status.HELD,
        body=body,
        html=rendered.html,
        lang=rendered.lang,
        created_at=at,
    )


def _add_thread(session: Session, post: Contribution, board_id: int, author_id: int) -> Thread:
    thread = Thread(
        board_id=board_id,
        author_id=author_id,
        title=post.thread,
        slug=slugify(post.thread),
        lang=language_of(post.thread),
        status=Status.PUBLIC,
        created_at=post.at,
        last_post_at=post.at,
        last_number=0,
    )
    session.add(thread)
    session.flush()
    return thread


def _count(session: Session) -> None:
    """Set the counters of boards and members. What stands counts as approved, as if it had been written here."""
    in_board = Thread.board_id == Board.id
    n_posts = sa.select(sa.func.coalesce(sa.func.sum(Thread.posts_count), 0)).where(in_board)
    n_threads = sa.select(sa.func.count(Thread.id)).where(in_board)
    session.execute(
        sa.update(Board).values(
            threads_count=n_threads.scalar_subquery(), posts_count=n_posts.scalar_subquery()
        ),
        execution_options={"synchronize_session": False},
    )
    n_written = sa.select(sa.func.count(Post.id)).where(Post.author_id == User.id).scalar_subquery()
    session.execute(
        sa.update(User).values(posts_count=n_written, approved_count=User.approved_count + n_written),
        execution_options={"synchronize_session": False},
    )
    session.expire_all()
