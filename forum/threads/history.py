"""The versions of a post."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.access import Viewer, may_see_versions, visible_posts, visible_threads
from forum.errors import NotFound
from forum.text.diffs import Budget, Line, changes
from forum.threads.addresses import post_url
from forum.threads.models import Post, Revision, RevisionStatus, Thread

# A post that is edited more often shows its latest versions: each is the whole text, and readers look for the last.
VERSIONS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Version:
    """A version, and what changed in it against the public one before."""

    number: int
    created_at: datetime
    status: str
    title: str
    is_title_changed: bool
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class History:
    """The versions of a post, the newest first."""

    post_url: str
    thread_title: str
    thread_lang: str
    lang: str
    versions: tuple[Version, ...]


def versions(session: Session, viewer: Viewer, post_id: int) -> History:
    """The versions that the viewer may see; waiting and rejected ones are for the author and the staff.

    Two statements. Raises NotFound, also for a post that was never edited.
    """
    query = (
        sa.select(Post.id, Post.author_id, Post.lang, Thread.title, Thread.lang.label("thread_lang"))
        .join(Thread, Thread.id == Post.thread_id)
        .where(Post.id == post_id, visible_posts(viewer), visible_threads(viewer))
    )
    post = session.execute(query).first()
    if post is None:
        raise NotFound
    kept = sa.select(Revision).where(Revision.post_id == post_id)
    if not may_see_versions(viewer, post.author_id):
        kept = kept.where(Revision.status == RevisionStatus.PUBLIC)
    newest_first = kept.add_columns(sa.func.count().over()).order_by(Revision.id.desc()).limit(VERSIONS_SHOWN)
    rows = session.execute(newest_first).all()
    if len(rows) < 2:
        raise NotFound
    shown = _compare([row for row, _count in rows], rows[0][1])
    return History(post_url(post.id), post.title, post.thread_lang, post.lang, shown)


def _compare(rows: list[Revision], count: int) -> tuple[Version, ...]:
    """The latest of `count` versions, newest first; where comparisons run out, older ones are marked coarsely."""
    budget = Budget()
    return tuple(
        _version(row, _public_before(rows[place + 1 :]), count - place, budget)
        for place, row in enumerate(rows)
    )


def _public_before(older: list[Revision]) -> Revision | None:
    return next((row for row in older if row.status == RevisionStatus.PUBLIC), None)


def _version(row: Revision, before: Revision | None, number: int, budget: Budget) -> Version:
    title = row.title or ""
    return Version(
        number=number,
        created_at=row.created_at,
        status=row.status,
        title=title,
        is_title_changed=before is not None and title != (before.title or ""),
        lines=changes(before.body if before else row.body, row.body, budget),
    )
