"""Makes a board large within a moment: rows as the board writes them, many at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.schema import Model
from forum.screening.examined import unread
from forum.screening.models import Decision, Kind, Screening
from forum.spam.judging import Outcome, Standing, Submission
from forum.threads.models import Post, Status, Thread
from tests import makers

BEGAN = datetime(2025, 1, 1, tzinfo=UTC)


def threads(session: Session, count: int, posts_each: int = 1) -> None:
    """Add `count` threads to the board `alt`, written by the members who are there, by turns."""
    board_id = makers.board(session).id
    authors = session.scalars(sa.select(User.id).order_by(User.id)).all()
    first = (session.scalar(sa.select(sa.func.max(Thread.id))) or 0) + 1
    made = [
        {
            "id": thread_id,
            "board_id": board_id,
            "author_id": authors[thread_id % len(authors)],
            "title": f"Thread {thread_id}",
            "slug": f"thread-{thread_id}",
            "lang": "en",
            "status": Status.PUBLIC,
            "created_at": BEGAN + timedelta(minutes=thread_id),
            "posts_count": posts_each,
            "last_number": posts_each,
            "last_post_at": BEGAN + timedelta(minutes=thread_id),
            "last_author_id": authors[thread_id % len(authors)],
        }
        for thread_id in range(first, first + count)
    ]
    _insert(session, Thread, made)
    _insert(session, Post, [_post(row, number) for row in made for number in range(1, posts_each + 1)])


def posts(session: Session, thread: Thread, count: int) -> None:
    """Add `count` posts to the end of a thread, by its author."""
    first = thread.last_number + 1
    row = {"id": thread.id, "author_id": thread.author_id, "created_at": BEGAN}
    _insert(session, Post, [_post(row, number) for number in range(first, first + count)])
    thread.posts_count += count
    thread.last_number += count
    session.flush()


def texts(session: Session, author_id: int, count: int, body: str, site: str) -> None:
    """Add `count` published texts of a moderator's as the filter keeps them, one a day before a fortnight ago, and as
    many of this week that were refused or taken back.
    """
    now, examined = datetime.now(UTC), unread(Submission(Kind.REPLY, body))
    row = {
        "kind": Kind.REPLY,
        "author_id": author_id,
        "text": examined.text,
        "fingerprint": examined.mark,
        "outcome": Outcome.PUBLISHED,
        "probability": 0.01,
        "reasons": [],
        "decision": Decision.NONE,
        "standing": Standing.STAFF,
        "hosts": [site],
    }
    old = [{**row, "created_at": now - timedelta(days=14 + day)} for day in range(count)]
    row |= {"standing": Standing.KNOWN, "created_at": now - timedelta(days=1)}
    refused, withdrawn = {**row, "outcome": Outcome.REFUSED}, {**row, "decision": Decision.WITHDRAWN}
    _insert(session, Screening, old + [refused, withdrawn] * (count // 2))


def _post(thread: dict[str, Any], number: int) -> dict[str, Any]:
    at = thread["created_at"] + timedelta(seconds=number)
    return {
        "thread_id": thread["id"],
        "author_id": thread["author_id"],
        "number": number,
        "is_opening": number == 1,
        "status": Status.PUBLIC,
        "body": "Let the tap drip at night.",
        "html": "<p>Let the tap drip at night.</p>",
        "lang": "en",
        "created_at": at,
        "published_at": at,
        "versions": 1,
    }


def _insert(session: Session, model: type[Model], rows: list[dict[str, Any]]) -> None:
    session.execute(sa.insert(Model.metadata.tables[model.__tablename__]), rows)
