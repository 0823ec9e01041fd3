"""A member's page, with every decision made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from markupsafe import Markup
from sqlalchemy.orm import Session

from forum.access import Viewer, listed_posts, may_moderate, may_suspend, sees_all, visible_threads
from forum.accounts import cards, profiles
from forum.accounts.models import ProfileChange, Suspension, User
from forum.errors import NotFound
from forum.schema import Instant
from forum.text import names
from forum.text.excerpts import excerpt
from forum.text.languages import language_of
from forum.text.rendering import stored
from forum.threads.models import Post, Thread

POSTS_PER_PAGE = 20
EXCERPT_LENGTH = 200


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post in a list: where it stands and how it begins."""

    id: int
    title: str
    title_lang: str
    excerpt: str
    lang: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Suspended:
    """Why somebody may not write, and until when; None: for good."""

    reason: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class ProfilePage:
    """What a viewer sees of a member. `bio` is HTML or, of a member without a public post, plain words."""

    name: str
    display_name: str
    role: str
    card: list[tuple[str, str]]
    bio: Markup | str
    bio_lang: str
    joined_at: datetime
    posts_count: int
    posts: list[PostRow]
    older_than: int | None
    """The post that the next page begins behind; None on the last one."""
    waiting_posts: list[PostRow]
    waiting_words: ProfileChange | None
    suspension: Suspended | None
    """For the member and the staff only."""
    is_own: bool
    is_indexed: bool
    may_suspend: bool
    may_moderate: bool


def profile_page(
    session: Session, viewer: Viewer, name: str, before: int | None, now: datetime
) -> ProfilePage:
    """A member's page, from the newest post or from behind post `before`. Raises NotFound.

    Two statements, one more for an older page, three more for the member and the staff. A profile without a public post
    is no place for advertisement: search engines are asked not to list it, and its links stand there as mere words.
    """
    user = find(session, name)
    is_own = viewer.id == user.id
    is_inside = is_own or sees_all(viewer)
    posts, older_than = _posts(session, user.id, before)
    has_record = user.posts_count > 0
    return ProfilePage(
        name=user.name,
        display_name=user.display_name,
        role=user.role,
        card=cards.card_rows(user),
        bio=_bio(user.bio_html, are_links_shown=has_record or is_inside),
        bio_lang=language_of(user.bio),
        joined_at=user.joined_at,
        posts_count=user.posts_count,
        posts=posts,
        older_than=older_than,
        waiting_posts=_waiting_posts(session, viewer, user.id) if is_inside else [],
        waiting_words=profiles.waiting_change(session, user.id) if is_inside else None,
        suspension=_suspension(session, user.id, now) if is_inside else None,
        is_own=is_own,
        is_indexed=has_record and before is None,
        may_suspend=may_suspend(viewer, user.id, user.role),
        may_moderate=may_moderate(viewer),
    )


def find(session: Session, name: str) -> User:
    """The member of that name, however it is spelt. One statement. Raises NotFound."""
    user = session.scalars(sa.select(User).where(User.name_key == names.key(name))).first()
    if user is None:
        raise NotFound
    return user


def _bio(html: str, *, are_links_shown: bool) -> Markup | str:
    if not are_links_shown:
        return excerpt(html, profiles.LONGEST_BIO)
    return stored(html)


def _posts(session: Session, user_id: int, before: int | None) -> tuple[list[PostRow], int | None]:
    """A page of public posts, newest first, and behind which post the next one begins."""
    query = _query().where(Post.author_id == user_id, listed_posts())
    if before is not None:
        # The moment is looked up among what is shown, so that the number of a hidden post tells nothing.
        moment = session.scalar(query.with_only_columns(Post.created_at).where(Post.id == before))
        if moment is None:
            raise NotFound
        query = query.where(
            sa.tuple_(Post.created_at, Post.id) < sa.tuple_(moment, before, types=(Instant, sa.Integer))
        )
    newest = query.order_by(Post.created_at.desc(), Post.id.desc()).limit(POSTS_PER_PAGE + 1)
    rows = [_row(row) for row in session.execute(newest)]
    shown = rows[:POSTS_PER_PAGE]
    return shown, shown[-1].id if len(rows) > POSTS_PER_PAGE else None


def _waiting_posts(session: Session, viewer: Viewer, user_id: int) -> list[PostRow]:
    # In words, not as a parameter: SQLite takes the partial index only when it can read its condition.
    is_held = Post.status == sa.literal_column("'held'")
    waiting = _query().where(Post.author_id == user_id, is_held, visible_threads(viewer))
    return [_row(row) for row in session.execute(waiting.order_by(Post.id.desc()).limit(POSTS_PER_PAGE))]


def _suspension(session: Session, user_id: int, now: datetime) -> Suspended | None:
    in_force = sa.select(Suspension.until, Suspension.reason).where(
        Suspension.user_id == user_id, Suspension.in_force(now)
    )
    row = session.execute(in_force.order_by(Suspension.until.desc().nulls_first()).limit(1)).first()
    return Suspended(row.reason, row.until) if row else None


def _query() -> sa.Select[int, str, str, str, str, datetime]:
    columns = (Post.id, Thread.title, Thread.lang, Post.html, Post.lang, Post.created_at)
    return sa.select(*columns).join(Thread, Thread.id == Post.thread_id)


def _row(row: sa.Row[int, str, str, str, str, datetime]) -> PostRow:
    post_id, title, title_lang, html, lang, created_at = row
    return PostRow(post_id, title, title_lang, excerpt(html, EXCERPT_LENGTH), lang, created_at)
