"""A thread as a viewer sees it: two statements for a guest, one more for a member, at any page of any thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.orm import Session

from forum.access import (
    Viewer,
    may_delete,
    may_edit,
    may_moderate,
    may_reply,
    may_report,
    may_restore,
    sees_all,
    visible_posts,
    visible_threads,
)
from forum.accounts.models import User
from forum.errors import NotFound
from forum.people import PERSON, Person, person_of
from forum.screening import words
from forum.screening.models import Decision, Screening
from forum.text.excerpts import excerpt
from forum.text.rendering import stored
from forum.threads.addresses import POSTS_PER_PAGE, board_url, page_of, post_url, thread_url
from forum.threads.models import Board, Lock, Pin, Post, Revision, RevisionStatus, Status, Thread

DESCRIPTION_LENGTH = 155
# A page shows this many waiting posts at most: to their author, or to the staff, who have the queue for the rest.
WAITING_SHOWN = 20


@dataclass(frozen=True, slots=True)
class PostView:
    """A post with every decision made: an address is None where the viewer may not go."""

    id: int
    number: int | None
    url: str
    lang: str
    author: Person
    created_at: datetime
    edited_at: datetime | None
    status: str
    status_note: str
    html: Markup
    history_url: str | None
    quote_url: str | None
    edit_url: str | None
    delete_url: str | None
    restore_url: str | None
    report_url: str | None
    moderate_url: str | None


@dataclass(frozen=True, slots=True)
class Pager:
    """Numbered pages; `url(k)` is the address of page k."""

    page: int
    pages: int
    url: Callable[[int], str]


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """One page of a thread."""

    id: int
    url: str
    title: str
    lang: str
    description: str
    board_name: str
    board_url: str
    is_pinned: bool
    is_locked: bool
    is_waiting: bool
    is_indexed: bool
    note: str
    lock_reason: str
    pager: Pager
    posts: tuple[PostView, ...]
    may_reply: bool
    reply_url: str
    moderate_url: str | None
    feed_url: str
    replies: int


@dataclass(frozen=True, slots=True)
class _Thread:
    """What the posts of a page need to know of their thread."""

    row: Any
    is_open: bool


def thread_page(
    session: Session, viewer: Viewer, thread_id: int, page: int, language: str, now: datetime
) -> ThreadPage:
    """Page `page` of a thread, 20 post numbers a page. Raises NotFound, also past the end.

    Costs two statements; for members one more, for their own waiting posts.
    """
    row = _find(session, viewer, thread_id)
    pages = max(1, page_of(row.last_number)) if row.last_number else 1
    if not 1 <= page <= pages:
        raise NotFound
    thread = _Thread(row, may_reply(viewer, row.status, is_locked=row.is_locked))
    posts = _numbered(session, viewer, thread, page, now)
    if page == pages and not viewer.is_guest:
        posts += _waiting(session, viewer, thread, now)
    url = thread_url(row.id, row.slug)
    return ThreadPage(
        id=row.id,
        url=url,
        title=row.title,
        lang=row.lang,
        description=excerpt(posts[0].html, DESCRIPTION_LENGTH) if posts and page == 1 else "",
        board_name=(language == "ja" and row.board_name_ja) or row.board_name,
        board_url=board_url(row.board_slug),
        is_pinned=row.is_pinned,
        is_locked=row.is_locked,
        is_waiting=row.status == Status.HELD,
        is_indexed=row.status == Status.PUBLIC,
        note=_thread_note(row.status),
        lock_reason=row.lock_reason or "",
        pager=Pager(page, pages, partial(thread_url, row.id, row.slug)),
        posts=tuple(posts),
        may_reply=thread.is_open,
        reply_url=f"/t/{row.id}/reply",
        moderate_url=f"/t/{row.id}/moderate" if may_moderate(viewer) else None,
        feed_url=f"/t/{row.id}.atom",
        replies=max(0, row.posts_count - 1),
    )


def slug_of(session: Session, viewer: Viewer, thread_id: int) -> str:
    """The slug in a thread's canonical address. Raises NotFound."""
    slug = session.scalar(sa.select(Thread.slug).where(Thread.id == thread_id, visible_threads(viewer)))
    if slug is None:
        raise NotFound
    return slug


def place_of(session: Session, viewer: Viewer, post_id: int) -> str:
    """The address of the page and place where a post stands now; one statement. Raises NotFound."""
    query = (
        sa.select(Post.number, Thread.id, Thread.slug, Thread.last_number)
        .join(Thread, Thread.id == Post.thread_id)
        .where(Post.id == post_id, visible_posts(viewer), visible_threads(viewer))
    )
    row = session.execute(query).first()
    if row is None:
        raise NotFound
    page = page_of(row.number or row.last_number or 1)
    return f"{thread_url(row.id, row.slug, page)}#p{post_id}"


def _find(session: Session, viewer: Viewer, thread_id: int) -> Any:
    query = (
        sa.select(
            Thread.id,
            Thread.slug,
            Thread.title,
            Thread.lang,
            Thread.status,
            Thread.posts_count,
            Thread.last_number,
            Board.slug.label("board_slug"),
            Board.name.label("board_name"),
            Board.name_ja.label("board_name_ja"),
            Lock.thread_id.is_not(None).label("is_locked"),
            Lock.reason.label("lock_reason"),
            Pin.thread_id.is_not(None).label("is_pinned"),
        )
        .join(Board, Board.id == Thread.board_id)
        .outerjoin(Lock, Lock.thread_id == Thread.id)
        .outerjoin(Pin, Pin.thread_id == Thread.id)
        .where(Thread.id == thread_id, visible_threads(viewer))
    )
    row = session.execute(query).first()
    if row is None:
        raise NotFound
    return row


def _numbered(session: Session, viewer: Viewer, thread: _Thread, page: int, now: datetime) -> list[PostView]:
    first = (page - 1) * POSTS_PER_PAGE + 1
    query = _posts(viewer, thread).where(Post.number.between(first, first + POSTS_PER_PAGE - 1))
    return [_view(row, viewer, thread, now) for row in session.execute(query.order_by(Post.number))]


def _waiting(session: Session, viewer: Viewer, thread: _Thread, now: datetime) -> list[PostView]:
    query = _posts(viewer, thread).where(Post.number.is_(None)).order_by(Post.id).limit(WAITING_SHOWN)
    return [_view(row, viewer, thread, now) for row in session.execute(query)]


def _posts(viewer: Viewer, thread: _Thread) -> sa.Select[*tuple[Any, ...]]:
    query = (
        sa.select(
            Post.id,
            Post.number,
            Post.author_id,
            Post.is_opening,
            Post.status,
            Post.html,
            Post.lang,
            Post.created_at,
            Post.edited_at,
            *PERSON,
        )
        .join(User, User.id == Post.author_id)
        .where(Post.thread_id == thread.row.id, visible_posts(viewer))
    )
    if viewer.is_guest:
        return query
    pending = sa.and_(Screening.post_id == Post.id, Screening.decision == Decision.PENDING)
    newer = sa.exists().where(Revision.post_id == Post.id, Revision.status == RevisionStatus.HELD)
    return query.add_columns(Screening.reasons, newer.label("has_newer")).outerjoin(Screening, pending)


def _view(row: Any, viewer: Viewer, thread: _Thread, now: datetime) -> PostView:
    url = post_url(row.id)
    is_public, is_locked = row.status == Status.PUBLIC, thread.row.is_locked
    return PostView(
        id=row.id,
        number=row.number,
        url=url,
        lang=row.lang,
        author=person_of(row),
        created_at=row.created_at,
        edited_at=row.edited_at,
        status=row.status,
        status_note="" if viewer.is_guest else _note(row, viewer),
        html=stored(row.html),
        history_url=f"{url}/history" if row.edited_at is not None else None,
        quote_url=f"/t/{thread.row.id}/reply?quote={row.id}" if thread.is_open and is_public else None,
        edit_url=f"{url}/edit"
        if may_edit(viewer, row.author_id, row.status, row.created_at, now, is_locked=is_locked)
        else None,
        delete_url=f"{url}/delete" if may_delete(viewer, row.author_id, row.status) else None,
        restore_url=f"{url}/restore"
        if may_restore(viewer, row.author_id, row.status, is_locked=is_locked)
        else None,
        report_url=f"{url}/report" if may_report(viewer, row.author_id, row.status) else None,
        moderate_url=f"{url}/moderate" if may_moderate(viewer) else None,
    )


def _note(row: Any, viewer: Viewer) -> str:
    """What the author or the staff must know about a post that not everybody sees as it stands here."""
    may_know = sees_all(viewer) or viewer.id == row.author_id
    if row.status == Status.HELD:
        why = words.for_staff if sees_all(viewer) else words.for_author
        return " ".join([_("Waiting for a moderator; nobody else sees it yet."), *why(row.reasons or ())])
    if row.status == Status.REMOVED:
        return _("Removed by a moderator; nobody else sees it.")
    if row.status == Status.DELETED:
        return _("Deleted by its author; nobody else sees it.")
    if may_know and row.has_newer:
        return _("A newer version waits for a moderator; others see this one.")
    return ""


def _thread_note(status: str) -> str:
    notes = {
        Status.HELD: _("This thread waits for a moderator; only its author and the moderators see it."),
        Status.REMOVED: _(
            "This thread was removed by a moderator; only its author and the moderators see it."
        ),
        Status.DELETED: _("This thread was deleted by its author; only they and the moderators see it."),
    }
    return notes.get(Status(status), "")
