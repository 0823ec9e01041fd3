"""The rows behind a page of the moderators' queue, in at most five statements however many things stand on it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.models import ProfileChange, User
from forum.moderation import acts
from forum.moderation.models import Act, ActKind, Report
from forum.moderation.queue import IS_PENDING, KEY, Place
from forum.people import PERSON
from forum.screening.models import Screening
from forum.text.excerpts import excerpt
from forum.threads.addresses import post_url
from forum.threads.models import Board, Post, Revision, Thread

# Two or three lines: enough to see whether an answer answers.
CONTEXT_LENGTH = 280

_ANSWERED = re.compile(r'<blockquote>.{0,200}?href="/p/([0-9]{1,12})"', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Answered:
    """What a post answers: the post that it quotes, else the one that opens its thread."""

    author: str
    excerpt: str
    lang: str
    url: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """The rows of a page, by the key of the thing or the id of the author that they belong to."""

    posts: Mapping[int, Any]
    screenings: Mapping[int, Sequence[Any]]
    authors: Mapping[int, Any]
    reports: Mapping[int, Sequence[Any]]
    answered: Mapping[int, Answered]


def gather(session: Session, places: Sequence[Place]) -> Evidence:
    """All that is known of what stands at these places of the line. Five statements."""
    post_ids = [place.key for place in places if place.key > 0]
    posts = {row.Post.id: row for row in session.execute(_posts(post_ids))} if post_ids else {}
    return Evidence(
        posts=posts,
        screenings=_grouped(session.execute(_screenings([place.key for place in places]))),
        authors={row.id: row for row in session.execute(_authors({place.author_id for place in places}))},
        reports=_grouped(session.execute(_reports(post_ids))) if post_ids else {},
        answered=_answered(session, [row.Post for row in posts.values()]),
    )


def _posts(post_ids: Sequence[int]) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(Post, Thread, Board)
        .join(Thread, Thread.id == Post.thread_id)
        .join(Board, Board.id == Thread.board_id)
        .where(Post.id.in_(post_ids))
    )


def _screenings(keys: Sequence[int]) -> sa.Select[*tuple[Any, ...]]:
    """Of each thing what waits and the newest, which is mostly the same row, with the version that it speaks of."""
    newest = sa.select(sa.func.max(Screening.id))
    of_posts = newest.where(Screening.post_id.in_([key for key in keys if key > 0]))
    of_profiles = newest.where(
        Screening.author_id.in_([-key for key in keys if key < 0]), Screening.profile_change_id.is_not(None)
    )
    waiting = sa.select(Screening.id).where(IS_PENDING, KEY.in_(keys))
    return (
        sa.select(KEY.label("key"), Screening, Revision, ProfileChange)
        .outerjoin(Revision, Revision.id == Screening.revision_id)
        .outerjoin(ProfileChange, ProfileChange.id == Screening.profile_change_id)
        .where(
            Screening.id.in_(
                sa.union_all(
                    of_posts.group_by(Screening.post_id), of_profiles.group_by(Screening.author_id), waiting
                )
            )
        )
        .order_by(Screening.id)
    )


def _authors(user_ids: Iterable[int]) -> sa.Select[*tuple[Any, ...]]:
    def count(*kinds: ActKind) -> sa.Label[int]:
        mine = sa.and_(Act.user_id == User.id, Act.kind.in_(kinds), ~acts.is_undone())
        counted = sa.select(sa.func.count()).select_from(Act).where(mine).correlate(User)
        return counted.scalar_subquery().label(f"n_{kinds[0]}")

    return sa.select(
        User.id,
        User.joined_at,
        User.approved_count,
        User.rejected_count,
        User.bio,
        User.bio_html,
        count(ActKind.REMOVE, ActKind.SPAM),
        count(ActKind.SUSPEND),
        *PERSON,
    ).where(User.id.in_(user_ids))


def _reports(post_ids: Sequence[int]) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(Report.post_id.label("key"), Report, User.name)
        .join(User, User.id == Report.reporter_id)
        .where(Report.post_id.in_(post_ids), Report.closed_by_id.is_(None))
        .order_by(Report.id)
    )


def _grouped(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.key, []).append(row)
    return found


def _answered(session: Session, posts: Sequence[Post]) -> dict[int, Answered]:
    replies = [post for post in posts if not post.is_opening]
    if not replies:
        return {}
    quoted = {post.id: int(match[1]) for post in replies if (match := _ANSWERED.search(post.html))}
    opening = sa.and_(Post.thread_id.in_([post.thread_id for post in replies]), Post.is_opening)
    rows = session.execute(
        sa.select(Post.id, Post.thread_id, Post.is_opening, Post.html, Post.lang, User.name)
        .join(User, User.id == Post.author_id)
        .where(sa.or_(opening, Post.id.in_(quoted.values())))
    ).all()
    by_id = {(row.thread_id, row.id): row for row in rows}
    openings = {row.thread_id: row for row in rows if row.is_opening}
    # A quotation of another thread says little about this one.
    sources = {post.id: by_id.get((post.thread_id, quoted.get(post.id, 0))) for post in replies}
    return {post.id: _answer_to(sources[post.id] or openings[post.thread_id]) for post in replies}


def _answer_to(row: Any) -> Answered:
    return Answered(row.name, excerpt(row.html, CONTEXT_LENGTH), row.lang, post_url(row.id))
