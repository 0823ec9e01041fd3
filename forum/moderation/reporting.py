"""A member calls the moderators to a post."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _
from limits import RateLimitItemPerDay
from sqlalchemy.orm import Session

from forum import limiting
from forum.access import Viewer, may_report, require_writer, visible_posts, visible_threads
from forum.errors import Conflict, Forbidden, NotFound
from forum.moderation.models import Report, ReportReason
from forum.text.excerpts import excerpt
from forum.threads.models import Post, Thread

# Whoever finds more than twenty bad posts in a day has found a wave, and the moderators are there by then; more would
# only let one angry member bury the queue.
LIMIT = RateLimitItemPerDay(20)
# As much of a post as lets one recognise it.
EXCERPT_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Reportable:
    """The post on the form: enough to be sure that it is the right one."""

    post_id: int
    thread_title: str
    thread_lang: str
    excerpt: str
    lang: str
    is_reported: bool
    """By this viewer, and no moderator has answered yet."""


def find(session: Session, viewer: Viewer, post_id: int) -> Reportable:
    """The post that the viewer wants to report, in two statements. Raises NotFound or Forbidden."""
    query = (
        sa.select(Post, Thread.title, Thread.lang)
        .join(Thread, Thread.id == Post.thread_id)
        .where(Post.id == post_id, visible_posts(viewer), visible_threads(viewer))
    )
    row = session.execute(query).first()
    if row is None:
        raise NotFound(_("There is nothing at this address."))
    require_writer(viewer)
    post: Post = row[0]
    if not may_report(viewer, post.author_id, post.status):
        raise Forbidden(_("You can report posts of others, while they are public."))
    own = _own(session, viewer, post_id)
    is_reported = own is not None and own.closed_by_id is None
    return Reportable(post.id, row[1], row[2], excerpt(post.html, EXCERPT_LENGTH), post.lang, is_reported)


def report(
    session: Session, viewer: Viewer, post_id: int, reason: ReportReason, note: str, now: datetime
) -> None:
    """Put a post into the moderators' queue; after their answer again, since posts are edited.

    Raises NotFound, Forbidden, TooFast, or Conflict while the viewer's report on it is open.
    """
    if find(session, viewer, post_id).is_reported:
        raise Conflict(_("You have already reported this post, and the moderators know. Thank you."))
    limiting.hit(LIMIT, "report", str(viewer.id))
    row = _own(session, viewer, post_id) or Report(post_id=post_id, reporter_id=viewer.id)
    row.reason, row.note, row.created_at, row.closed_by_id = reason, note, now, None
    session.add(row)


def _own(session: Session, viewer: Viewer, post_id: int) -> Report | None:
    query = sa.select(Report).where(Report.post_id == post_id, Report.reporter_id == viewer.id)
    return session.scalars(query).first()
