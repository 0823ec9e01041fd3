"""The thread that somebody answers in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import aliased

from forum.access import Viewer, may_reply, require_writer, seen_by, visible_threads
from forum.errors import Forbidden, Locked, NotFound
from forum.statements import Source, Statement
from forum.text.excerpts import cut
from forum.threads.models import Lock, Post, Status, Thread

# As much of a thread as tells the filter what it is about.
CONTEXT_LENGTH = 1000


@dataclass(frozen=True, slots=True)
class Answered:
    """A thread as far as an answer has to know it."""

    id: int
    slug: str
    title: str
    lang: str
    status: str
    last_number: int
    is_locked: bool
    opening: str
    """The opening post's source; empty unless the thread is or was public."""
    answer_id: int | None
    """The post that the viewer's form made in an earlier try, with its status."""
    answer_status: str | None

    @property
    def context(self) -> str:
        """What it is about: its title and the beginning of its opening post."""
        return f"{self.title}\n{cut(self.opening, CONTEXT_LENGTH)}"


def find(source: Source, viewer: Viewer, thread_id: int, mark: str | None = None) -> Answered:
    """A thread that the viewer may see, and what the form of a mark has made. One statement. Raises NotFound."""
    given = {"thread_id": thread_id, "viewer_id": viewer.id, "mark": mark}
    row = _statement(seen_by(viewer)).first(source, given)
    if row is None:
        raise NotFound
    return Answered(*row)


def require_open(viewer: Viewer, thread: Answered) -> None:
    """Raise Forbidden or Locked unless the viewer may answer in a thread that they see."""
    require_writer(viewer)
    if may_reply(viewer, thread.status, is_locked=thread.is_locked):
        return
    if thread.status == Status.PUBLIC:
        raise Locked(_("This thread is locked and takes no more replies."))
    raise Forbidden(_("This thread is not public, so that it takes no replies."))


@cache
def _statement(viewer: Viewer) -> Statement:
    # By number, of which the opening post of a public thread has the lowest, and others take no answer: so that neither
    # all posts are looked at nor all that wait, which have none.
    opening = sa.select(Post.body).where(
        Post.thread_id == Thread.id, Post.is_opening, Post.number.is_not(None)
    )
    answer = aliased(Post)
    is_of_form = sa.and_(
        answer.author_id == sa.bindparam("viewer_id"), answer.idempotency == sa.bindparam("mark")
    )
    return Statement(
        sa.select(
            Thread.id,
            Thread.slug,
            Thread.title,
            Thread.lang,
            Thread.status,
            Thread.last_number,
            Lock.thread_id.is_not(None),
            sa.func.coalesce(opening.order_by(Post.number).limit(1).scalar_subquery(), ""),
            answer.id,
            answer.status,
        )
        .select_from(Thread)
        .outerjoin(answer, is_of_form)
        .outerjoin(Lock, Lock.thread_id == Thread.id)
        .where(Thread.id == sa.bindparam("thread_id"), visible_threads(viewer))
    )
