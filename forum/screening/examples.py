"""Good texts for the filter to learn from: what people whom the board trusts wrote, and nobody objected to.

Moderators decide about what looks like spam, so that the filter would hear little of what is good.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.models import IS_STAFF, User
from forum.moderation.models import Report
from forum.schema import EPOCH
from forum.screening import asking, textmodel
from forum.screening.models import Cause, Lesson, Screening
from forum.spam.evidence import TRUSTED_AGE_S, TRUSTED_APPROVED, TRUSTED_REJECTED_SHARE
from forum.spam.judging import Submission, text_of
from forum.spam.model import LESSON_RATE
from forum.threads.models import Post, Status, Thread

# Whoever would report a post has seen it by then.
STANDS_FOR = timedelta(days=2)
# A board of a hundred thousand posts is looked through in two days, for half a second an hour.
BATCH = 2_000
RUN_EVERY = timedelta(hours=1)
# Below, the model knows already.
TAUGHT_FROM = 0.2
# An hour's lessons can't outweigh what moderators decided.
MOST_LESSONS = 50
# What one person writes about, and how, must not become what the board calls good.
MOST_OF_ONE_AUTHOR = 2
# Nobody decided about this one text.
EXAMPLE_RATE = LESSON_RATE / 2


def doubted(session: Session, now: datetime) -> list[int]:
    """The numbers of good posts that the text model finds suspicious and that taught nothing yet, at most fifty,
    and two of each author.

    Each hour another stretch of the board is looked at, by the clock, so that nothing has to be remembered. Two
    statements and a reading of each post: half a second.
    """
    model = textmodel.current()
    if model is None:
        return []
    found = _standing(session, _stretch(session, now), now)
    some: list[int] = []
    by_author = Counter[int]()
    for post_id, author_id, text in found:
        if by_author[author_id] < MOST_OF_ONE_AUTHOR and model.probability(text) >= TAUGHT_FROM:
            by_author[author_id] += 1
            some.append(post_id)
    return some[:MOST_LESSONS]


def teach(session: Session, post_ids: Sequence[int], now: datetime) -> int:
    """Teach, each once, that these posts are good; returns how many still are when it is this transaction's turn.

    All workers take the lessons in like those of moderators; the weights of the evidence learn nothing here, since the
    posts were chosen for their words.
    """
    current = textmodel.current()
    if current is None:
        return 0
    model = current.copy()
    # Another worker may have taught them, or somebody objected, since they were found.
    still = [post_id for post_id, _author_id, _text in _standing(session, Post.id.in_(post_ids), now)]
    for post_id in still:
        screening = asking.of_public_post(session, post_id, now)
        step = model.step_for(screening.text, False, EXAMPLE_RATE)  # noqa: FBT003 - the label
        model.apply(screening.text, step)
        session.add(
            Lesson(
                screening_id=screening.id,
                text=screening.text,
                is_spam=False,
                step=step,
                cause=Cause.GOOD,
                created_at=now,
            )
        )
    session.flush()
    return len(still)


def _stretch(session: Session, now: datetime) -> sa.ColumnElement[bool]:
    """The posts whose turn it is this hour. One statement."""
    stretches = (session.scalar(sa.select(sa.func.max(Post.id))) or 0) // BATCH + 1
    start = (now - EPOCH) // RUN_EVERY % stretches * BATCH
    return Post.id.between(start, start + BATCH - 1)


def _standing(session: Session, some: sa.ColumnElement[bool], now: datetime) -> list[tuple[int, int, str]]:
    """The numbers, authors and texts of those good posts that taught nothing yet. One statement."""
    was_taught = sa.exists().where(Screening.post_id == Post.id, Lesson.screening_id == Screening.id)
    is_objected_to = sa.exists().where(Report.post_id == Post.id, Report.closed_by_id.is_(None))
    query = (
        sa.select(Post.id, Post.author_id, Post.body, Post.is_opening, Thread.title)
        .join(Thread, Thread.id == Post.thread_id)
        .join(User, User.id == Post.author_id)
        .where(
            some,
            Post.status == Status.PUBLIC,
            Thread.status == Status.PUBLIC,
            sa.func.coalesce(Post.edited_at, Post.published_at) < now - STANDS_FOR,
            # People who came by import can't log in, so that their posts are those of the import.
            sa.or_(_is_trusted(now), User.password_hash.is_(None)),
            ~was_taught,
            ~is_objected_to,
        )
        .order_by(Post.id)
    )
    return [
        (row.id, row.author_id, text_of(Submission("", row.body, title=row.title if row.is_opening else "")))
        for row in session.execute(query)
    ]


def _is_trusted(now: datetime) -> sa.ColumnElement[bool]:
    """The same as `standing_of` calls trusted, or staff."""
    return sa.or_(
        IS_STAFF,
        sa.and_(
            User.approved_count >= TRUSTED_APPROVED,
            User.joined_at <= now - timedelta(seconds=TRUSTED_AGE_S),
            User.rejected_count <= TRUSTED_REJECTED_SHARE * User.approved_count,
        ),
    )
