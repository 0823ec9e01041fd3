"""Writing something new: a thread, a reply."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from forum.access import Viewer, may_reply, require_writer, visible_threads
from forum.errors import Forbidden, Invalid, Locked, NotFound
from forum.screening import asking
from forum.screening.models import Kind
from forum.spam.judging import Outcome, Submission, Verdict
from forum.text.excerpts import cut
from forum.text.languages import language_of
from forum.text.rendering import Rendered, render
from forum.text.slugs import slugify
from forum.threads import limits, mentions, publishing
from forum.threads.models import Board, Lock, Post, Status, Thread

# As much of a thread as tells the filter what it is about.
CONTEXT_LENGTH = 1000


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wrote, and how the form came to us."""

    body: str
    title: str = ""
    idempotency: str = ""
    form_age_s: float | None = None
    is_trap_filled: bool = False


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of it: `post_id` is 0 when it was refused, and `reasons` say why it was not published."""

    post_id: int
    outcome: Outcome
    reasons: tuple[dict[str, object], ...] = ()


def start_thread(session: Session, viewer: Viewer, board_slug: str, draft: Draft, now: datetime) -> Posted:
    """Open a thread on a board. Raises Forbidden, Invalid or TooFast; the same form twice gives the first result."""
    if (before := _made_before(session, viewer, draft)) is not None:
        return before
    require_writer(viewer)
    board_id = session.scalar(sa.select(Board.id).where(Board.slug == board_slug))
    if board_id is None:
        raise Invalid(board=_("Please choose a board."))
    limits.check_pace(session, viewer, is_thread=True, now=now)
    rendered = render(draft.body, mentions.known(session, draft.body))
    limits.check_links(viewer, len(rendered.links))
    submission, verdict = _screen(session, viewer, Kind.THREAD, draft, rendered, "", now)
    if verdict.outcome == Outcome.REFUSED:
        return _refused(session, viewer, submission, verdict, now)
    thread = Thread(
        board_id=board_id,
        author_id=viewer.id,
        title=draft.title,
        slug=slugify(draft.title),
        lang=language_of(draft.title),
        status=Status.HELD,
        created_at=now,
        last_post_at=now,
    )
    session.add(thread)
    session.flush()
    post = _add(session, viewer, thread.id, draft, rendered, now, is_opening=True)
    return _settle(session, viewer, post, submission, verdict, now)


def reply(session: Session, viewer: Viewer, thread_id: int, draft: Draft, now: datetime) -> Posted:
    """Answer in a thread; the same form twice gives one post.

    Raises NotFound, Forbidden, Locked, Invalid or TooFast.
    """
    if (before := _made_before(session, viewer, draft)) is not None:
        return before
    thread = find_open(session, viewer, thread_id)
    limits.check_pace(session, viewer, is_thread=False, now=now)
    rendered = render(draft.body, mentions.known(session, draft.body))
    limits.check_links(viewer, len(rendered.links))
    submission, verdict = _screen(
        session, viewer, Kind.REPLY, draft, rendered, context_of(session, thread), now
    )
    if verdict.outcome == Outcome.REFUSED:
        return _refused(session, viewer, submission, verdict, now)
    post = _add(session, viewer, thread.id, draft, rendered, now)
    return _settle(session, viewer, post, submission, verdict, now)


def find_open(session: Session, viewer: Viewer, thread_id: int) -> Thread:
    """A thread that the viewer may answer in; one statement. Raises NotFound, Forbidden or Locked."""
    query = (
        sa.select(Thread, Lock.thread_id.is_not(None))
        .outerjoin(Lock, Lock.thread_id == Thread.id)
        .where(Thread.id == thread_id, visible_threads(viewer))
    )
    row = session.execute(query).first()
    if row is None:
        raise NotFound
    thread, is_locked = row
    require_writer(viewer)
    if may_reply(viewer, thread.status, is_locked=is_locked):
        return thread
    if thread.status == Status.PUBLIC:
        raise Locked(_("This thread is locked and takes no more replies."))
    raise Forbidden(_("This thread is not public, so that it takes no replies."))


def context_of(session: Session, thread: Thread) -> str:
    """What a thread is about: its title and the beginning of its opening post. One statement."""
    opening = session.scalar(sa.select(Post.body).where(Post.thread_id == thread.id, Post.is_opening)) or ""
    return f"{thread.title}\n{cut(opening, CONTEXT_LENGTH)}"


def _made_before(session: Session, viewer: Viewer, draft: Draft) -> Posted | None:
    """What the same form made before: a double click, a second tab, a browser that sends again after a lost answer."""
    if not draft.idempotency:
        return None
    query = sa.select(Post.id, Post.status).where(
        Post.author_id == viewer.id, Post.idempotency == draft.idempotency
    )
    row = session.execute(query).first()
    if row is None:
        return None
    return Posted(row.id, Outcome.HELD if row.status == Status.HELD else Outcome.PUBLISHED)


def _screen(
    session: Session,
    viewer: Viewer,
    kind: Kind,
    draft: Draft,
    rendered: Rendered,
    context: str,
    now: datetime,
) -> tuple[Submission, Verdict]:
    submission = Submission(
        kind=kind,
        title=draft.title,
        body=draft.body,
        author_name=viewer.display_name or viewer.name,
        links=tuple(link.url for link in rendered.links),
        context=context,
        form_age_s=draft.form_age_s,
        is_trap_filled=draft.is_trap_filled,
    )
    return submission, asking.screen(session, viewer, submission, now)


def _refused(
    session: Session, viewer: Viewer, submission: Submission, verdict: Verdict, now: datetime
) -> Posted:
    row = asking.keep(session, viewer.id, submission, verdict, now)
    return Posted(0, verdict.outcome, tuple(row.reasons))


def _add(
    session: Session,
    viewer: Viewer,
    thread_id: int,
    draft: Draft,
    rendered: Rendered,
    now: datetime,
    *,
    is_opening: bool = False,
) -> Post:
    post = Post(
        thread_id=thread_id,
        author_id=viewer.id,
        is_opening=is_opening,
        status=Status.HELD,
        body=draft.body,
        html=rendered.html,
        lang=rendered.lang,
        created_at=now,
        idempotency=draft.idempotency or None,
    )
    session.add(post)
    session.flush()
    return post


def _settle(
    session: Session, viewer: Viewer, post: Post, submission: Submission, verdict: Verdict, now: datetime
) -> Posted:
    row = asking.keep(session, viewer.id, submission, verdict, now, post_id=post.id)
    if verdict.outcome == Outcome.PUBLISHED:
        publishing.publish(session, post.id, now)
    return Posted(post.id, verdict.outcome, tuple(row.reasons))
