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
from forum.threads import publishing
from forum.threads.models import Board, Post, Status, Thread


@dataclass(frozen=True, slots=True)
class Contribution:
    """A post that will be written at `at`; `opens` is the thread that it begins, else `thread` is its title."""

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


def add_posts(session: Session, posts: Iterable[Contribution]) -> dict[str, int]:
    """Write the posts of all threads oldest first; returns the threads' ids by title."""
    members = {user.name_key: user for user in session.scalars(sa.select(User))}
    mentionable = {key: user.name for key, user in members.items()}
    boards = {board.slug: board.id for board in session.scalars(sa.select(Board))}
    thread_ids: dict[str, int] = {}
    for post in sorted(posts, key=lambda post: post.at):
        author_id = members[names.key(post.author)].id
        if post.is_opening:
            thread_ids[post.thread] = _add_thread(session, post, boards[post.board], author_id)
        post_id = add_post(
            session,
            thread_ids[post.thread],
            author_id,
            post.body,
            post.at,
            mentionable,
            is_opening=post.is_opening,
        )
        publishing.publish(session, post_id, post.at)
    return thread_ids


def _add_thread(session: Session, post: Contribution, board_id: int, author_id: int) -> int:
    thread = Thread(
        board_id=board_id,
        author_id=author_id,
        title=post.thread,
        slug=slugify(post.thread),
        lang=language_of(post.thread),
        status=Status.HELD,
        created_at=post.at,
        last_post_at=post.at,
    )
    session.add(thread)
    session.flush()
    return thread.id


def add_post(
    session: Session,
    thread_id: int,
    author_id: int,
    body: str,
    at: datetime,
    mentionable: Mapping[str, str],
    *,
    is_opening: bool = False,
) -> int:
    """A post that is not public yet; returns its id."""
    body = clean(body)
    rendered = render(body, mentionable)
    post = Post(
        thread_id=thread_id,
        author_id=author_id,
        is_opening=is_opening,
        status=Status.HELD,
        body=body,
        html=rendered.html,
        lang=rendered.lang,
        created_at=at,
    )
    session.add(post)
    session.flush()
    return post.id
