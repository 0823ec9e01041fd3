"""The versions of a post."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.access import Viewer, may_see_versions, visible_posts, visible_threads
from forum.errors import NotFound
from forum.text.diffs import Line, changes
from forum.threads.addresses import post_url
from forum.threads.models import Post, Revision, RevisionStatus, Thread

# A post that is edited more often shows its latest versions.
VERSIONS_SHOWN = 50


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
    newest_first = kept.order_by(Revision.id.desc()).limit(VERSIONS_SHOWN)
    rows = list(reversed(session.scalars(newest_first).all()))
    if len(rows) < 2:
        raise NotFound
    return History(
        post_url(post.id), post.title, post.thread_lang, post.lang, tuple(reversed(_compare(rows)))
    )


def _compare(rows: list[Revision]) -> list[Version]:
    found: list[Version] = []
    public: Revision | None = None
    for number, row in enumerate(rows, start=1):
        title, body = row.title or "", public.body if public else ""
        found.append(
            Version(
                number=number,
                created_at=row.created_at,
                status=row.status,
                title=title,
                is_title_changed=public is not None and title != (public.title or ""),
                lines=changes(body, row.body) if public else changes(row.body, row.body),
            )
        )
        if row.status == RevisionStatus.PUBLIC:
            public = row
    return found
