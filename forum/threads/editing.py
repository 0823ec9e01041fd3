"""Changing what stands: edits with their history, deleting and bringing back one's own post."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from forum.access import (
    Viewer,
    listed_posts,
    may_delete,
    may_edit,
    may_restore,
    require_writer,
    visible_posts,
    visible_threads,
)
from forum.accounts.models import User
from forum.errors import Forbidden, Locked, NotFound
from forum.screening import asking
from forum.screening.examined import unread
from forum.screening.models import Decision, Kind, Screening
from forum.spam.evidence import added_passages
from forum.spam.judging import Outcome
from forum.text.languages import language_of
from forum.text.rendering import linked_addresses
from forum.text.slugs import slugify
from forum.threads import answering, limits, publishing
from forum.threads.models import Lock, Post, Revision, RevisionStatus, Status, Thread
from forum.threads.posting import (
    Draft,
    Posted,
    Prepared,
    refused,
    rendering_of,
    require_read,
    submission_of,
)


def find_own(session: Session, viewer: Viewer, post_id: int) -> tuple[Post, Thread]:
    """A post that the viewer may see, with its thread. Raises NotFound."""
    query = (
        sa.select(Post, Thread)
        .join(Thread, Thread.id == Post.thread_id)
        .where(Post.id == post_id, visible_posts(viewer), visible_threads(viewer))
    )
    row = session.execute(query).first()
    if row is None:
        raise NotFound
    return row[0], row[1]


def find_editable(session: Session, viewer: Viewer, post_id: int, now: datetime) -> tuple[Post, Thread]:
    """A post that the viewer may edit now, with its thread. Raises NotFound, Forbidden or Locked."""
    post, thread = find_own(session, viewer, post_id)
    require_writer(viewer)
    is_locked = _is_locked(session, thread)
    if may_edit(viewer, post.author_id, post.status, post.created_at, now, is_locked=is_locked):
        return post, thread
    if may_edit(viewer, post.author_id, post.status, post.created_at, now, is_locked=False):
        raise Locked(_("This thread is locked, so that what was said in it stays as it is."))
    raise Forbidden(_("Posts can be edited by their authors, for 30 days."))


def waiting_version(session: Session, viewer: Viewer, post_id: int) -> Revision | None:
    """The viewer's own version of a post that waits for a moderator; one statement."""
    is_waiting = sa.and_(Revision.status == RevisionStatus.HELD, Revision.editor_id == viewer.id)
    return session.scalars(sa.select(Revision).where(Revision.post_id == post_id, is_waiting)).first()


def find_quotable(session: Session, post_id: int, thread_id: int) -> Any:
    """The id, body and author's name of a public post of a thread, or None."""
    query = (
        sa.select(Post.id, Post.body, User.name)
        .join(User, User.id == Post.author_id)
        .join(Thread, Thread.id == Post.thread_id)
        .where(Post.id == post_id, Post.thread_id == thread_id, listed_posts())
    )
    return session.execute(query).first()


def find_deletable(session: Session, viewer: Viewer, post_id: int) -> tuple[Post, Thread]:
    """A post that the viewer may take away, with its thread. Raises NotFound or Forbidden."""
    post, thread = find_own(session, viewer, post_id)
    _require_deletable(viewer, post, thread)
    return post, thread


def _require_deletable(viewer: Viewer, post: Post, thread: Thread) -> None:
    require_writer(viewer)
    if not may_delete(viewer, post.author_id, post.status):
        raise Forbidden(_("Posts can be deleted by their authors."))
    answers = thread.posts_count - (post.status == Status.PUBLIC)
    if post.is_opening and answers:
        raise Forbidden(
            _("This post has answers that would lose their question. Ask a moderator if it has to go.")
        )


def prepare(session: Session, viewer: Viewer, post_id: int, draft: Draft, now: datetime) -> Prepared:
    """Render and examine a new version, for `edit`. It only reads, and is called before the transaction that writes.

    What can't be saved anyway, or is there already, is not examined, and no outside service hears of it. Raises what
    `edit` raises.
    """
    post, thread = find_editable(session, viewer, post_id, now)
    rendered = rendering_of(session, draft)
    context = "" if post.is_opening else answering.find(session, viewer, thread.id).context
    whole = submission_of(Kind.EDIT, viewer, draft, rendered, context)
    submission = replace(
        whole,
        title=draft.title if post.is_opening else "",
        added_links=(Counter(whole.links) - Counter(linked_addresses(post.html))).total(),
        added_text=added_passages(post.body, draft.body),
        post_age_s=(now - post.created_at).total_seconds(),
    )
    if _is_public(draft, post, thread) or _is_waiting(draft, waiting_version(session, viewer, post_id)):
        return Prepared(draft, rendered, unread(submission), is_read=False)
    limits.check_edits(session, viewer, now)
    limits.check_links(viewer, len(rendered.links))
    examined = asking.examine(session, viewer, submission, now, draft.origin, post_id)
    return Prepared(draft, rendered, examined)


def edit(session: Session, viewer: Viewer, post_id: int, prepared: Prepared, now: datetime) -> Posted | None:
    """Give a post a new version, and its thread a new title when it opens one. None: nothing was changed.

    The new text is screened like a new post. What is held leaves the old version public; a post that itself still waits
    goes on waiting with its new text, whatever the verdict, so that edits can't be used to try words on the filter. Who
    sends the public text again takes back the version that waits.

    Raises NotFound, Forbidden, Locked, Invalid, TooFast or Conflict.
    """
    post, thread = find_editable(session, viewer, post_id, now)
    draft, waiting = prepared.draft, waiting_version(session, viewer, post_id)
    title = draft.title if post.is_opening else ""
    if _is_public(draft, post, thread):
        return take_back(session, viewer, post_id, now)
    if _is_waiting(draft, waiting):
        return None
    limits.check_edits(session, viewer, now)
    limits.check_links(viewer, len(prepared.links))
    require_read(prepared)
    verdict = asking.screen(session, viewer, prepared.examined, now, post_id=post.id)
    if verdict.outcome == Outcome.REFUSED:
        return refused(session, viewer, prepared, verdict, now)
    asking.withdraw(session, post.id)
    if post.status == Status.HELD:
        kept = asking.keep_waiting(session, viewer.id, prepared.examined, verdict, now, post_id=post.id)
        post.body, post.html, post.lang = draft.body, prepared.rendered.html, prepared.rendered.lang
        if post.is_opening:
            thread.title, thread.slug, thread.lang = title, slugify(title), language_of(title)
        return Posted(post.id, Outcome.HELD, kept.reasons)
    revision = _revise(session, viewer, post, thread, draft, now)
    about = {"post_id": post.id, "revision_id": revision.id}
    kept = asking.keep(session, viewer.id, prepared.examined, verdict, now, **about)
    if verdict.outcome == Outcome.PUBLISHED:
        publishing.publish_revision(session, revision.id, now, prepared.rendered)
    return Posted(post.id, verdict.outcome, kept.reasons)


def take_back(session: Session, viewer: Viewer, post_id: int, now: datetime) -> Posted | None:
    """Take back the version that waits, so that the public one stands alone. None: no version waits."""
    post, _thread = find_editable(session, viewer, post_id, now)
    if waiting_version(session, viewer, post_id) is None:
        return None
    asking.withdraw(session, post_id)
    _replace_waiting(session, post_id)
    return Posted(post.id, Outcome.PUBLISHED, is_taken_back=True)


def delete(session: Session, viewer: Viewer, post_id: int, now: datetime) -> Posted:
    """Take one's own post away; twice is once. The outcome tells whether it was public or still waited.

    An opening post with answers stays: they would lose their question.
    """
    post, thread = find_own(session, viewer, post_id)
    outcome = Outcome.HELD if post.published_at is None else Outcome.PUBLISHED
    if post.status == Status.DELETED and post.author_id == viewer.id:
        return Posted(post.id, outcome)
    _require_deletable(viewer, post, thread)
    asking.withdraw(session, post.id)
    _replace_waiting(session, post.id)
    publishing.take_away(session, post.id, Status.DELETED, now)
    return Posted(post.id, outcome)


def restore(session: Session, viewer: Viewer, post_id: int, now: datetime) -> Posted:
    """Bring back a post that one deleted: public when it was public, waiting when it waited; twice is once."""
    post, thread = find_own(session, viewer, post_id)
    require_writer(viewer)
    if may_delete(viewer, post.author_id, post.status):
        return Posted(post_id, Outcome.PUBLISHED if post.status == Status.PUBLIC else Outcome.HELD)
    is_locked = _is_locked(session, thread)
    if not may_restore(viewer, post.author_id, post.status, is_locked=is_locked):
        if is_locked and may_restore(viewer, post.author_id, post.status, is_locked=False):
            raise Locked(_("This thread is locked. The post can be brought back when it is open again."))
        raise Forbidden(_("Only a post that you deleted yourself can be brought back."))
    waited = session.scalars(
        sa.select(Screening)
        .where(Screening.post_id == post_id, Screening.revision_id.is_(None))
        .order_by(Screening.id.desc())
        .limit(1)
    ).first()
    if waited is not None and waited.decision == Decision.WITHDRAWN:
        waited.decision = Decision.PENDING
        publishing.hold_again(session, post_id, now)
        return Posted(post_id, Outcome.HELD)
    publishing.publish(session, post_id, now)
    return Posted(post_id, Outcome.PUBLISHED)


def _is_public(draft: Draft, post: Post, thread: Thread) -> bool:
    """Whether a draft says what the post says already."""
    return draft.body == post.body and (not post.is_opening or draft.title == thread.title)


def _is_waiting(draft: Draft, waiting: Revision | None) -> bool:
    """Whether a draft says what the version that waits says."""
    if waiting is None:
        return False
    return draft.body == waiting.body and waiting.title in (None, draft.title)


def _is_locked(session: Session, thread: Thread) -> bool:
    return session.get(Lock, thread.id) is not None


def _revise(
    session: Session, viewer: Viewer, post: Post, thread: Thread, draft: Draft, now: datetime
) -> Revision:
    if post.versions == 1:
        _keep_first(session, post, thread)
    _replace_waiting(session, post.id)
    revision = Revision(
        post_id=post.id,
        editor_id=viewer.id,
        title=draft.title if post.is_opening else None,
        body=draft.body,
        status=RevisionStatus.HELD,
        created_at=now,
    )
    session.add(revision)
    session.flush()
    return revision


def _keep_first(session: Session, post: Post, thread: Thread) -> None:
    """Write down the version that is there, unless an earlier edit, which may wait or be rejected, has done so."""
    is_kept = session.scalar(
        sa.select(sa.exists().where(Revision.post_id == post.id, Revision.status == RevisionStatus.PUBLIC))
    )
    if is_kept:
        return
    session.add(
        Revision(
            post_id=post.id,
            editor_id=post.author_id,
            title=thread.title if post.is_opening else None,
            body=post.body,
            status=RevisionStatus.PUBLIC,
            created_at=post.created_at,
        )
    )
    session.flush()


def _replace_waiting(session: Session, post_id: int) -> None:
    waiting = sa.update(Revision).where(Revision.post_id == post_id, Revision.status == RevisionStatus.HELD)
    session.execute(waiting.values(status=RevisionStatus.REPLACED))
